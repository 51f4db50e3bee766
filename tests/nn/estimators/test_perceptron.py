"""The estimators against scikit-learn's own, from the same weights, and inside its tools."""

import pickle
import subprocess
import sys
import warnings
from pathlib import Path

import numpy as np
import pytest
from numpy.testing import assert_allclose
from sklearn.base import clone
from sklearn.datasets import load_breast_cancer, make_moons
from sklearn.exceptions import ConvergenceWarning
from sklearn.linear_model import LogisticRegression
from sklearn.model_selection import GridSearchCV, RandomizedSearchCV, cross_val_score
from sklearn.pipeline import make_pipeline
from sklearn.preprocessing import StandardScaler

import nn
from tests.nn.estimators.against import IRIS, LINE, PLANE, SAME, TWO, WEIGHTS, fitted


@pytest.mark.parametrize(
    ("kind", "data"),
    [
        ("MLPClassifier", IRIS),
        ("MLPClassifier", TWO),
        ("MLPClassifier", (IRIS[0], np.stack([IRIS[1] > 0, IRIS[1] > 1], axis=1).astype(int))),
        ("MLPRegressor", LINE),
        ("MLPRegressor", PLANE),
    ],
    ids=["three classes", "two", "labels", "one target", "two targets"],
)
@pytest.mark.parametrize(
    "options",
    [
        {"solver": "adam", "alpha": 0.5, "activation": "tanh"},
        {"solver": "adam", "hidden_layer_sizes": (), "beta_1": 0.8, "beta_2": 0.9},
        {"solver": "sgd", "hidden_layer_sizes": (7, 5), "activation": "logistic"},
        {"solver": "sgd", "momentum": 0, "learning_rate": "invscaling", "power_t": 0.3},
        {"solver": "sgd", "nesterovs_momentum": False, "alpha": 1.0},
    ],
    ids=lambda options: " ".join(map(str, options.values())),
)
def test_training_takes_the_steps_of_scikit_learn(kind, data, options):
    lr = 1e-3 if options["solver"] == "sgd" else 1e-2
    ours, sk = fitted(kind, data, max_iter=30, learning_rate_init=lr, **options)
    k = sk.n_outputs_ if kind == "MLPRegressor" else 1  # they report the mean over the targets
    if k == 1:
        assert_allclose(ours.loss_curve_, sk.loss_curve_, rtol=1e-9)
    assert_allclose(ours.predict(data[0]), sk.predict(data[0]), rtol=1e-8)
    for a, b in zip(ours.coefs_ + ours.intercepts_, sk.coefs_ + sk.intercepts_, strict=True):
        assert_allclose(a, b, rtol=1e-7, atol=1e-10)
    for name in ("n_iter_", "n_layers_", "n_outputs_", "out_activation_", "t_", "n_features_in_"):
        assert getattr(ours, name) == getattr(sk, name), name
    if kind == "MLPClassifier":
        assert (ours.classes_ == sk.classes_).all()
        assert_allclose(ours.predict_proba(data[0]), sk.predict_proba(data[0]), rtol=1e-8)
        assert_allclose(ours.predict_log_proba(data[0]), sk.predict_log_proba(data[0]), rtol=1e-7)
    assert_allclose(ours.score(*data), sk.score(*data), rtol=1e-9)


def test_weights_of_observations_count_as_in_scikit_learn():
    ours, sk = fitted("MLPClassifier", IRIS, WEIGHTS, max_iter=20, alpha=1.0)
    assert_allclose(ours.loss_curve_, sk.loss_curve_, rtol=1e-9)
    assert_allclose(ours.predict_proba(IRIS[0]), sk.predict_proba(IRIS[0]), rtol=1e-8)


def test_an_observation_of_weight_0_is_none():
    w = np.where(np.arange(150) % 3, WEIGHTS, 0)
    model = nn.MLPClassifier((5,), max_iter=20, batch_size=25, random_state=0, tol=np.float64(1))
    one = clone(model).fit(*IRIS, w)
    two = clone(model).fit(IRIS[0][w > 0], IRIS[1][w > 0], w[w > 0])
    assert one.loss_curve_ == two.loss_curve_


def test_lbfgs_comes_to_the_minimum_of_a_convex_loss():
    (X, y), alpha = IRIS, 10.0
    exact = LogisticRegression(C=1 / alpha, solver="newton-cg", tol=1e-10, max_iter=1000).fit(X, y)
    p = exact.predict_proba(X)[np.arange(len(y)), y]
    minimum = -np.log(p).mean() + alpha / 2 * (exact.coef_**2).sum() / len(y)
    model = nn.MLPClassifier((), solver="lbfgs", alpha=alpha, tol=1e-8, random_state=0).fit(X, y)
    assert model.n_iter_ < 200
    assert -1e-12 < model.loss_ - minimum < 1e-8  # an iteration that gains under 1e-9 is the last


def test_shuffled_batches_are_drawn_from_the_random_state():
    X, y = make_moons(300, noise=0.2, random_state=0)
    model = nn.MLPClassifier((20,), batch_size=30, learning_rate_init=0.02, random_state=1, tol=0)
    a, b = (clone(model).set_params(max_iter=100, n_iter_no_change=np.inf) for _ in range(2))
    with pytest.warns(ConvergenceWarning, match="after 100 epochs"):
        a.fit(X, y)
    with pytest.warns(ConvergenceWarning):
        b.fit(X, y)
    assert a.loss_curve_ == b.loss_curve_
    assert a.score(X, y) > 0.95


def test_an_estimator_survives_pickling_and_has_a_network_to_store(tmp_path):
    model = nn.MLPClassifier((5,), solver="lbfgs", random_state=0).fit(*IRIS)
    again = pickle.loads(pickle.dumps(model))
    assert (again.predict_proba(IRIS[0]) == model.predict_proba(IRIS[0])).all()
    nn.checkpoints.save(model.network_, tmp_path / "iris.safetensors")
    network, _ = nn.checkpoints.load(tmp_path / "iris.safetensors")
    assert (nn.predict(network, IRIS[0]).argmax(axis=1) == model.predict(IRIS[0])).all()


def test_warm_start_goes_on():
    options = {"max_iter": 5, "solver": "sgd", "momentum": 0, "warm_start": True}
    warm = nn.MLPClassifier((5,), **SAME, **options)
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", ConvergenceWarning)
        warm.fit(*IRIS).fit(*IRIS)
        at_once = clone(warm).set_params(max_iter=10).fit(*IRIS)
    assert_allclose(warm.loss_curve_, at_once.loss_curve_, rtol=1e-12)
    with pytest.raises(ValueError, match=r"classes \[0 1 2\], but now they are \[0 1\]"):
        warm.fit(*TWO)
    with pytest.raises(ValueError, match=r"\[4, 5, 3\] and sigmoid|\[4, 5, 3\] and relu, but now"):
        warm.set_params(hidden_layer_sizes=(6,)).fit(*IRIS)


@pytest.mark.parametrize("solver", ["adam", "lbfgs"])
def test_ctrl_c_leaves_what_was_learnt(solver):
    class Interrupted(nn.MLPRegressor):
        calls = 0

        def _losses(self, scores, targets):
            self.calls += 1
            if self.calls == 12:
                raise KeyboardInterrupt
            return super()._losses(scores, targets)

    model = Interrupted((5,), solver=solver, batch_size=50, tol=0, random_state=0)
    with pytest.warns(UserWarning, match="Interrupted: the training was interrupted"):
        model.fit(*LINE)
    assert np.isfinite(model.predict(LINE[0])).all()
    if solver == "adam":  # three batches an epoch, and the twelfth was not made
        assert model.n_iter_ == len(model.loss_curve_) == 3


def test_verbose_shows_a_bar(capsys):
    nn.MLPRegressor((5,), max_iter=50, tol=1, verbose=True).fit(*LINE)
    assert "training:" in capsys.readouterr().err


def test_float32_stays_float32():
    X = IRIS[0].astype(np.float32)
    model = nn.MLPClassifier((5,), max_iter=50, tol=1, random_state=0).fit(X, IRIS[1])
    assert {W.dtype for W in model.coefs_} == {np.dtype(np.float32)}
    assert model.predict_proba(X).dtype == np.float32


def test_it_works_in_pipelines_and_searches():
    X, y = load_breast_cancer(return_X_y=True)
    model = nn.MLPClassifier((10,), solver="lbfgs", max_iter=3000, alpha=10.0, random_state=0)
    pipe = make_pipeline(StandardScaler(), model)
    assert cross_val_score(pipe, X, y, cv=3).mean() > 0.96
    grid = {"mlpclassifier__alpha": [1.0, 1e4], "mlpclassifier__hidden_layer_sizes": [(5,), ()]}
    search = GridSearchCV(pipe, grid, cv=3).fit(X, y)
    assert search.best_params_["mlpclassifier__alpha"] == 1.0
    assert search.best_score_ > 0.96
    alphas = {"mlpclassifier__alpha": np.logspace(-2, 2, 20)}
    random = RandomizedSearchCV(pipe, alphas, n_iter=3, cv=3, random_state=0).fit(X, y)
    assert random.best_score_ > 0.96


def test_the_estimators_are_found_when_asked_for():
    code = (
        "import sys; sys.modules['sklearn'] = None; import nn\n"
        "try: nn.MLPClassifier\n"
        "except ImportError as error: print(error)"
    )
    root = Path(nn.__file__).parents[1]
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, cwd=root)
    assert "needs scikit-learn" in done.stdout, done.stderr
    assert "pip install 'autograd-core[train]'" in done.stdout
    with pytest.raises(AttributeError, match="module 'nn' has no attribute 'MLPClasifier'"):
        nn.MLPClasifier  # noqa: B018
    found = subprocess.run(
        [sys.executable, "-c", "import nn; print(nn.estimators.MLPRegressor is nn.MLPRegressor)"],
        capture_output=True, text=True, cwd=root,
    )  # fmt: skip
    assert found.stdout.strip() == "True", found.stderr
