"""The grid over learning rate and L2 penalty: its scores, its models, its many workers."""

import os
import signal

import numpy as np
import pytest
from numpy.testing import assert_allclose
from sklearn import neural_network as theirs

import nn
from nn.search import GRID, grid_search, grid_search_estimator

DIGITS = nn.data.load("digits", seed=0)
TRAIN, TEST = (DIGITS.X_train, DIGITS.y_train), (DIGITS.X_test, DIGITS.y_test)
SMALL = (TRAIN[0][:300], TRAIN[1][:300])

unfinished = pytest.mark.filterwarnings("ignore::sklearn.exceptions.ConvergenceWarning")


def network(rng):
    return nn.MLP([64, 50, 10], "sigmoid", rng=rng)


@pytest.fixture(scope="module")
def small():
    return grid_search(
        network, SMALL, TEST, etas=[1e-3, 1.0, 10.0], lmbds=[1e-4, 10.0], epochs=100, seed=1
    )


def test_a_small_grid_finds_the_good_cell_and_survives_the_bad(small):
    assert small.train_scores.shape == small.test_scores.shape == (3, 2)
    assert np.isnan(small.test_scores).tolist() == [[False, False], [False, True], [False, True]]
    assert np.isnan(small.train_scores).tolist() == np.isnan(small.test_scores).tolist()
    assert small.test_scores[1, 0] > 0.88  # of 300 images
    assert small.test_scores[0].max() < 0.3
    assert small.best_score == np.nanmax(small.test_scores)
    assert small.best_params == {"eta": small.etas[small.best[0]], "lmbd": 1e-4}
    assert set(small.failures) == {(1, 1), (2, 1)}
    assert "the loss became" in small.failures[2, 1]


def test_models_are_stored_and_their_scores_are_those_of_the_tables(small):
    for i, j in np.ndindex(3, 2):
        assert all(np.isfinite(W).all() for W in small.models[i, j].state_dict().values())
        if (i, j) not in small.failures:
            assert nn.accuracy(small.models[i, j], *TEST) == small.test_scores[i, j]
            assert nn.accuracy(small.models[i, j], *SMALL) == small.train_scores[i, j]
    assert small.best_model is small.models[small.best]


def test_a_cell_is_gradient_descent_on_the_loss_with_the_penalty():
    eta, lmbd = 0.3, 0.02
    found = grid_search(
        network, SMALL, TEST, etas=[eta], lmbds=[lmbd], epochs=3, batch_size=300, seed=5
    ).models[0, 0]
    net = network(np.random.default_rng([5, 0]))
    optimizer = nn.optim.SGD(net.parameters(), lr=eta)
    for _ in range(3):
        optimizer.zero_grad()
        (nn.CrossEntropyLoss()(net(SMALL[0]), SMALL[1]) + nn.l2_penalty(net, lmbd)).backward()
        optimizer.step()
    for path, W in net.state_dict().items():
        assert_allclose(found.state_dict()[path], W, rtol=1e-9, atol=1e-13)


def test_the_sum_over_a_batch_is_the_mean_with_a_larger_eta_and_a_smaller_lambda():
    n = len(SMALL[0])
    options = {"epochs": 5, "batch_size": n}
    mean = grid_search(network, SMALL, TEST, etas=[1.5], lmbds=[1e-3], **options)
    summed = grid_search(
        network, SMALL, TEST, etas=[1.5 / n], lmbds=[1e-3 * n], loss=nn.CrossEntropyLoss("sum"),
        **options,
    )  # fmt: skip
    for path, W in mean.models[0, 0].state_dict().items():
        assert_allclose(summed.models[0, 0].state_dict()[path], W, rtol=1e-9, atol=1e-12)


def test_the_order_of_the_cells_does_not_matter_nor_who_computes_them():
    options = {"epochs": 3, "seed": 2}
    one = grid_search(network, SMALL, TEST, etas=[0.1, 1.0], lmbds=[0.0, 0.01], **options)
    two = grid_search(network, SMALL, TEST, etas=[1.0, 0.1], lmbds=[0.01, 0.0], n_jobs=2, **options)
    assert (one.train_scores == two.train_scores[::-1, ::-1]).all()
    a, b = one.models[0, 1].state_dict(), two.models[1, 0].state_dict()
    assert all((a[path] == b[path]).all() for path in a)


def test_scores_are_printed(capsys):
    result = grid_search(
        lambda rng: nn.Linear(64, 10, rng=rng), SMALL, SMALL, etas=[1.0], lmbds=[1e-3, 1e9],
        epochs=40, verbose=True,
    )  # fmt: skip
    score = f"{result.best_score:.3f}"
    lines = capsys.readouterr().out.splitlines()
    assert lines[0].split("  ")[0] == "eta = 1"
    assert lines[0].endswith(f"training accuracy {score}, test accuracy {score}")
    assert lines[1].endswith("training accuracy nan, test accuracy nan")
    assert str(result).splitlines()[:3] == [
        "training accuracy, eta down, lambda across",
        "           0.001   1e+09",
        f"       1   {score}     nan",
    ]


def test_a_grid_for_regression():
    X = np.linspace(-1, 1, 40).reshape(-1, 1)
    result = grid_search(
        lambda rng: nn.MLP([1, 1], rng=rng), (X, 3 * X), (X, 3 * X), etas=[1e-9, 0.3],
        lmbds=[0.0], loss=nn.MSELoss(), metric="r2",
    )  # fmt: skip
    assert result.best == (1, 0)
    assert result.best_score > 0.999
    assert str(result).startswith("training r2")


@pytest.mark.parametrize("package", [nn, theirs])
def test_estimators_on_the_gates(package):
    X = np.array([[0.0, 0], [0, 1], [1, 0], [1, 1]])
    model = package.MLPClassifier(
        (2,), "logistic", max_iter=300, tol=0, n_iter_no_change=300, random_state=0
    )
    with pytest.warns(match=r"converged"):
        result = grid_search_estimator(
            model, (X, [0, 1, 1, 1]), (X, [0, 1, 1, 1]), etas=GRID[2::2], lmbds=GRID[::3]
        )
    assert result.test_scores.shape == (3, 3)
    assert result.best_score == 1
    assert result.test_scores[0].max() == 0.75  # eta 0.001 has gone nowhere
    assert result.best_model.learning_rate_init == result.best_params["eta"]
    assert result.best_model.alpha == result.best_params["lmbd"]


@unfinished
@pytest.mark.parametrize("package", [nn, theirs])
def test_estimators_that_diverge(package):
    X = np.random.default_rng(0).normal(size=(40, 3))
    model = package.MLPRegressor(hidden_layer_sizes=(5,), solver="sgd", max_iter=60, random_state=0)
    result = grid_search_estimator(model, (X, X[:, 0]), (X, X[:, 0]), etas=[0.01, 1e9], lmbds=[0.1])
    assert result.best == (0, 0)
    assert np.isnan(result.test_scores[1, 0])
    assert "finite" in result.failures[1, 0]
    assert result.metric == "R2"
    with pytest.raises(ValueError, match="hidden_layer_sizes"):  # that is no divergence
        grid_search_estimator(model.set_params(hidden_layer_sizes=(0,)), (X, X[:, 0]), (X, X[:, 0]))


@pytest.mark.parametrize(
    ("options", "error"),
    [
        ({"etas": [0.0]}, "eta must be more than 0, but is 0.0"),
        ({"lmbds": [-1.0]}, "lambda must be at least 0, but is -1.0"),
        ({"etas": []}, "at least one eta and one lambda"),
        ({"metric": "f1"}, "there is no metric 'f1'"),
    ],
)
def test_grids_that_can_not_be(options, error):
    with pytest.raises(ValueError, match=error):
        grid_search(network, SMALL, TEST, **options)


@pytest.mark.slow
@pytest.mark.parametrize("reduction", ["mean", "sum"])
def test_the_whole_grid_of_the_lecture_on_digits(reduction):
    result = grid_search(network, TRAIN, TEST, loss=nn.CrossEntropyLoss(reduction))
    assert result.test_scores.shape == (7, 7)
    assert 0.96 <= result.best_score <= 0.98
    assert result.best_params["eta"] in ({1.0, 10.0} if reduction == "mean" else {1e-2, 1e-1})
    assert {(5, 6), (6, 5), (6, 6)} == set(result.failures)
    assert np.nanmax(result.test_scores[:, 6]) < 0.2  # so large a penalty leaves no weights
    if reduction == "mean":
        assert result.test_scores[:2].max() < 0.2  # nor do so small steps lead anywhere


@pytest.mark.slow
@unfinished
@pytest.mark.parametrize("package", [nn, theirs])
def test_the_whole_grid_with_estimators_on_digits(package):
    model = package.MLPClassifier((50,), "logistic", batch_size=100, max_iter=100, random_state=0)
    result = grid_search_estimator(model, TRAIN, TEST)
    assert 0.96 <= result.best_score <= 0.99
    assert not result.failures
    assert result.test_scores[0].max() < 0.7  # eta = 1e-5
    assert np.nanmax(result.test_scores[6]) < result.best_score - 0.05  # eta = 10


@pytest.mark.slow
@unfinished
@pytest.mark.filterwarnings("default:::distributed", "default:::dask", "default:::joblib")
def test_searches_run_on_the_workers_of_a_dask_cluster(capsys):
    distributed = pytest.importorskip("dask.distributed", reason="dask is an extra")
    from joblib import parallel_backend
    from sklearn.model_selection import GridSearchCV

    options = {"etas": [0.1, 1.0], "lmbds": [0.0, 1e-3], "epochs": 3}
    alone = grid_search(network, SMALL, TEST, **options)
    model = nn.MLPClassifier((20,), max_iter=20, random_state=0)
    search = GridSearchCV(model, {"alpha": [1e-3, 1.0], "learning_rate_init": [1e-3, 1e-2]}, cv=2)
    here = search.fit(*SMALL).cv_results_["mean_test_score"]
    with (
        distributed.LocalCluster(
            n_workers=2, threads_per_worker=1, processes=True, dashboard_address=None
        ) as cluster,
        distributed.Client(cluster) as client,
        parallel_backend("dask"),
    ):
        there = search.set_params(n_jobs=-1).fit(*SMALL).cv_results_["mean_test_score"]
        together = grid_search(network, SMALL, TEST, n_jobs=-1, **options)
        done = client.run(lambda dask_worker: len(dask_worker.state.log))
    assert len(done) == 2
    assert sum(done.values()) > 0  # the workers had tasks
    assert (here == there).all()
    assert (alone.test_scores == together.test_scores).all()


def test_ctrl_c_ends_the_search_and_not_the_cell_alone(monkeypatch):
    trained = []

    def interrupted(*arguments, **options):
        trained.append(1)
        if len(trained) == 2:
            options["callbacks"] = [Press()]
        return nn.fit(*arguments, **options)

    class Press(nn.Callback):
        def on_step_end(self, run):
            os.kill(os.getpid(), signal.SIGINT)

    monkeypatch.setattr("nn.search.grid.fit", interrupted)
    with pytest.raises(KeyboardInterrupt):
        grid_search(network, SMALL, TEST, etas=[0.1, 1.0], lmbds=[0.0, 0.1], epochs=2)
    assert len(trained) == 2


def test_what_can_not_be_searched():
    with pytest.raises(TypeError, match=r"a function that makes one .* but is a MLP"):
        grid_search(nn.MLP([64, 10]), SMALL, TEST)
    with pytest.raises(ValueError, match="confusion_matrix is no number"):
        grid_search(
            network, SMALL, TEST, etas=[0.1], lmbds=[0.0], epochs=1, metric="confusion_matrix"
        )


def test_probabilities_are_compared_with_a_half():
    rng = np.random.default_rng(0)
    X = rng.normal(size=(60, 2))
    y = (X[:, :1] > 0).astype(float)

    def model(rng):
        net = nn.Sequential(nn.Linear(2, 1, rng=rng), nn.Sigmoid())
        net[0].weight.value = np.array([[5.0], [0.0]])
        return net

    found = grid_search(
        model, (X, y), (X, y), etas=[1e-6], lmbds=[0.0], loss=nn.BCELoss(), epochs=1
    )
    assert found.test_scores.item() == found.train_scores.item() == 1
