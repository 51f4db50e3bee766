"""`fit`: what it accepts, what it refuses, and what its options do."""

import sys
from functools import partial

import numpy as np
import pytest

import autograd_core as ag
import nn
from nn.optim.lr_scheduler import ExponentialLR, ReduceLROnPlateau

X = np.linspace(-1, 1, 21).reshape(-1, 1)
Y = 3 * X - 1


def fit(data=(X, Y), net=None, loss=None, optimizer=None, **options):
    net = net or nn.Linear(1, 1, rng=0)
    if optimizer is None:
        parameters = net.parameters() if isinstance(net, nn.Module) else [nn.Parameter(1.0)]
        optimizer = nn.optim.SGD(parameters, lr=0.2)
    if not isinstance(data, nn.DataLoader):
        options = {"batch_size": 5, "rng": 0} | options
    if callable(options.get("scheduler")):
        options["scheduler"] = options["scheduler"](optimizer)
    return net, nn.fit(net, data, loss or nn.MSELoss(), optimizer, **{"epochs": 60, **options})


def test_regression_with_a_ragged_last_batch():
    net, history = fit(metrics="r2")
    np.testing.assert_allclose(net.weight.value, [[3.0]], rtol=1e-6)
    np.testing.assert_allclose(net.bias.value, [-1.0], rtol=1e-6)
    assert history["loss"][-1] < 1e-10
    assert 1 - history["r2"][-1] < 1e-10
    assert history["lr"] == [0.2] * 60
    assert history.stopped == ""


def test_arrays_and_a_loader_are_the_same():
    a, one = fit(epochs=3)
    b, two = fit(nn.DataLoader(nn.TensorDataset(X, Y), 5, shuffle=True, rng=0), epochs=3)
    assert one["loss"] == two["loss"]
    np.testing.assert_array_equal(a.weight.value, b.weight.value)


def test_the_loss_is_the_mean_over_all_rows():
    """With a learning rate of 0 after the first step, every batch has the same parameters."""
    expected = {"mean": np.mean, "sum": np.sum}
    for reduction, total in expected.items():
        net, loss = nn.Linear(1, 1, rng=0), nn.MSELoss(reduction)
        before = (nn.predict(net, X) - Y) ** 2
        optimizer = nn.optim.SGD(net.parameters(), lr=1e-300)
        _, history = fit(net=net, loss=loss, optimizer=optimizer, validation=(X, Y), epochs=1)
        for name in ("loss", "val_loss"):
            np.testing.assert_allclose(history[name], [total(before)], rtol=1e-13)


def test_validation_and_metrics():
    rng = np.random.default_rng(0)
    features = rng.standard_normal((3000, 4))
    labels = features[:, :3].argmax(axis=1)
    net = nn.Linear(4, 3, rng=0)
    kinds = [
        (features[2500:], labels[2500:]),
        nn.TensorDataset(features[2500:], labels[2500:]),
        nn.DataLoader(nn.TensorDataset(features[2500:], labels[2500:]), 7, shuffle=True, rng=5),
    ]
    for validation in kinds:
        _, history = fit(
            (features[:2500], labels[:2500]), net, nn.CrossEntropyLoss(), epochs=2, batch_size=100,
            validation=validation, metrics=["accuracy", "confusion_matrix"],
        )  # fmt: skip
        scores = nn.predict(net, features)
        expected = nn.CrossEntropyLoss()(scores[2500:], labels[2500:]).item()
        np.testing.assert_allclose(history["val_loss"][-1], expected, rtol=1e-12)
        for name, part in (("val_", slice(2500, None)), ("", slice(2500))):
            right = scores[part].argmax(axis=1) == labels[part]
            assert history[f"{name}accuracy"][-1] == right.mean()
            matrix = history[f"{name}confusion_matrix"][-1]
            assert type(matrix) is list
            assert np.trace(matrix) == right.sum()


def test_a_nan_in_the_validation_data_is_told():
    bad = X[:9].copy()
    bad[4] = np.nan
    with pytest.raises(
        nn.NonFiniteError, match=r"scores of the validation data have a nan after epoch 1.* row 4:"
    ) as caught:
        fit(validation=(bad, Y[:9]), metrics="r2")
    assert caught.value.history.epochs == 0


def test_one_callback_and_one_metric_need_no_list():
    def spread(y, scores):
        return scores.std()

    stopping = nn.EarlyStopping(2, monitor="spread", mode="max")
    _, history = fit(callbacks=stopping, metrics=spread, epochs=3)
    assert len(history["spread"]) == 3
    assert stopping.best == max(history["spread"])


def test_a_batch_may_be_larger_than_the_data_and_the_data_a_single_row():
    _, history = fit(batch_size=1000, epochs=2)
    assert history.epochs == 2
    _, history = fit((X[:1], Y[:1]), epochs=2)
    assert history.epochs == 2


def test_dropout_and_batch_normalisation_are_off_where_it_is_judged():
    net = nn.Sequential(nn.Linear(1, 8, rng=0), nn.BatchNorm1d(8), nn.Dropout(0.5, rng=0),
                        nn.Linear(8, 1, rng=0))  # fmt: skip
    _, history = fit(net=net, epochs=2, validation=(X, Y), batch_size=7)
    judged = nn.MSELoss()(nn.predict(net, X), Y).item()
    np.testing.assert_allclose(history["val_loss"][-1], judged, rtol=1e-13)
    assert all(module.training for _, module in net.named_modules())


def test_several_inputs_and_a_loss_that_is_a_function():
    class Both(nn.Module):
        def __init__(self):
            super().__init__()
            self.a, self.b = nn.Linear(1, 1, rng=0), nn.Linear(1, 1, rng=1)

        def forward(self, U, V):
            return self.a(U) + self.b(V)

    net = Both()

    def loss(scores, y):
        return ag.mse(scores, y) + nn.l2_penalty(net, 1e-6)

    _, history = fit((X, X**2, 2 * X - X**2), net, loss, epochs=400, validation=(X, X**2, Y))
    np.testing.assert_allclose([net.a.weight.item(), net.b.weight.item()], [2, -1], atol=1e-4)
    assert history["val_loss"][-1] > 0.1


def test_schedules():
    def exponential(optimizer):
        return ExponentialLR(optimizer, 0.5)

    _, history = fit(scheduler=exponential, epochs=3)
    assert history["lr"] == [0.2, 0.1, 0.05]
    _, history = fit(scheduler=exponential, scheduler_every="step", epochs=2)  # 5 steps an epoch
    np.testing.assert_allclose(history["lr"], [0.2 * 0.5**4, 0.2 * 0.5**9])

    def plateau(optimizer):
        return ReduceLROnPlateau(optimizer, factor=0.5, patience=0)

    for validation in (None, (X, X * 0 + 1e9)):  # with validation its loss counts: it never falls
        _, history = fit(scheduler=plateau, epochs=3, validation=validation)
        assert (history["lr"] == [0.2, 0.2, 0.1]) == (validation is not None)


@pytest.mark.parametrize("options", [{"clip_norm": 0.01}, {"clip_value": 0.01}])
def test_clipping(options):
    net = nn.Linear(1, 1, rng=0)
    before = np.array([net.weight.item(), net.bias.item()])
    fit(net=net, epochs=1, batch_size=21, **options)
    change = np.array([net.weight.item(), net.bias.item()]) - before
    size = np.linalg.norm(change) if "clip_norm" in options else np.absolute(change).max()
    np.testing.assert_allclose(size, 0.2 * 0.01, rtol=1e-5)


def test_an_optimizer_with_a_line_search():
    net = nn.MLP([1, 4, 1], "tanh", rng=0)
    optimizer = nn.optim.LBFGS(net.parameters(), line_search_fn="strong_wolfe")
    _, history = fit((X, np.sin(3 * X)), net, optimizer=optimizer, epochs=20, batch_size=21)
    assert history["loss"][-1] < 1e-4


def test_scaling_is_fitted_to_the_training_features_alone():
    raw = 1000 + 50 * X
    scaler = nn.data.StandardScaler()
    net, history = fit((raw, Y), scaler=scaler, validation=(raw[:5] + 7, Y[:5]))
    np.testing.assert_allclose(scaler.mean_, raw.mean(axis=0))
    np.testing.assert_allclose(nn.predict(net, raw, scaler=scaler), Y, atol=1e-5)
    judged = np.mean((nn.predict(net, raw[:5] + 7, scaler=scaler) - Y[:5]) ** 2)
    np.testing.assert_allclose(history["val_loss"][-1], judged, rtol=1e-12)
    mean = scaler.mean_
    fit((raw + 1, Y), scaler=scaler, epochs=1)
    assert scaler.mean_ is mean  # a fitted one stays


def test_the_progress_bar(capsys, monkeypatch):
    fit(epochs=2)
    fit(epochs=2, progress=False)
    assert capsys.readouterr().err == ""  # here the standard error is no terminal
    monkeypatch.setattr(sys.stderr, "isatty", lambda: True)
    fit(epochs=2)
    assert "2/2" in capsys.readouterr().err
    monkeypatch.undo()
    monkeypatch.setitem(sys.modules, "ipykernel", object())  # in a notebook
    fit(epochs=2)
    assert "2/2" in capsys.readouterr().err


def test_without_tqdm_there_is_no_bar(monkeypatch):
    for module in [name for name in sys.modules if name.split(".")[0] == "tqdm"]:
        monkeypatch.delitem(sys.modules, module)
    monkeypatch.setitem(sys.modules, "tqdm", None)
    fit(epochs=1)
    with pytest.raises(ImportError, match=r"the progress bar needs tqdm.*autograd-core\[train\]"):
        fit(epochs=1, progress=True)


OTHER = ExponentialLR(nn.optim.SGD([nn.Parameter(1.0)], 1.0), 0.5)
LOADER = nn.DataLoader(nn.TensorDataset(X, Y), 5)


@pytest.mark.parametrize(
    ("options", "error", "words"),
    [
        ({"epochs": 0}, ValueError, "epochs must be a whole number of at least 1"),
        ({"epochs": 1.5}, ValueError, "epochs must be a whole number"),
        ({"epochs": None}, ValueError, "epochs must be a whole number .* but is None"),
        ({"epochs": np.nan}, ValueError, "epochs must be a whole number"),
        ({"batch_size": 0}, ValueError, "batch_size must be"),
        ({"batch_size": "all"}, ValueError, "batch_size must be a whole number"),
        ({"net": nn.Linear}, TypeError, r"the model must be a Module, but is the class Linear"),
        ({"optimizer": nn.optim.SGD}, TypeError, r"an Optimizer, but is the class SGD: make one"),
        ({"loss": nn.MSELoss}, TypeError, r"make one, MSELoss\(\.\.\.\)"),
        ({"loss": 3}, TypeError, "must be a function or a Module, but is an int"),
        ({"loss": lambda A, y: 3.0}, TypeError, r"a node with one number.* a float of shape \(\)"),
        ({"loss": lambda A, y: A}, TypeError, r"a node with one number.* of shape \(5, 1\)"),
        ({"callbacks": [print]}, TypeError, "a callback must be a Callback"),
        ({"callbacks": [nn.EarlyStopping]}, TypeError, "the class EarlyStopping: make one"),
        ({"scheduler": OTHER}, ValueError, "another optimizer, so it would change nothing"),
        ({"progress": "yes"}, ValueError, "progress must be True, False or 'auto'"),
        ({"metrics": {"loss": max}}, ValueError, "can't be named 'loss'"),
        ({"metrics": {"val_x": max}}, ValueError, "can't be named 'val_x'"),
        ({"metrics": {"x": 3}}, TypeError, "the metric 'x' must be a function"),
        ({"data": [X, Y]}, TypeError, r"of arrays make a tuple \(X, y\)"),
        ({"validation": [X, Y]}, TypeError, r"the validation data is a list"),
        ({"data": (X, 3)}, ValueError, "has 21 and 0 rows"),
        ({"checkpoint": "none/run"}, FileNotFoundError, "run can't be written: there is no folder"),
        ({"checkpoint": "."}, IsADirectoryError, "is a folder"),
        ({"scheduler_every": "batch"}, ValueError, "'epoch' or 'step'"),
        ({"resume": True}, ValueError, "say from where"),
        ({"data": LOADER, "rng": 1}, ValueError, "to the DataLoader"),
        ({"data": (X, Y[:3])}, ValueError, "has 21 and 3 rows"),
        ({"data": (X[:0], Y[:0])}, ValueError, "at least one"),
        ({"data": (X,)}, ValueError, r"must be \(X, y\)"),
        ({"data": 3}, TypeError, "but is a int"),
        ({"data": nn.TensorDataset(X)}, TypeError, r"must be a tuple \(features, label\)"),
        (
            {"data": nn.DataLoader(nn.TensorDataset(X, Y), 50, drop_last=True)},
            ValueError,
            "no batch",
        ),
        ({"validation": (X, Y[:3])}, ValueError, "the validation data has 21 and 3 rows"),
        ({"metrics": ["f1"]}, ValueError, "no metric 'f1'"),
        ({"loss": nn.MSELoss("none")}, ValueError, "must be one number"),
        ({"data": LOADER, "scaler": nn.data.StandardScaler()}, TypeError, "arrays"),
        (
            {"optimizer": nn.optim.SGD(nn.Linear(1, 1).parameters(), 1)},
            ValueError,
            "is the model's",
        ),
    ],
)
def test_wrong_arguments(options, error, words):
    with pytest.raises(error, match=words):
        fit(**options)


class Doubled(nn.Module):
    def __init__(self):
        super().__init__()
        self.loss = nn.BCELoss()

    def forward(self, P, y):
        return 2 * self.loss(P, y)


class ByHand(nn.Module):
    def forward(self, X):
        return 1 / (1 + np.exp(-X))


def metric_with_an_option(y, scores, threshold=None):
    return -1.0 if threshold is None else threshold


@pytest.mark.parametrize(
    ("last", "loss", "threshold"),
    [
        (nn.Sigmoid, nn.BCELoss(), 0.5),
        (nn.Identity, nn.BCEWithLogitsLoss(), 0.0),
        (nn.Sigmoid, nn.MSELoss(), 0.5),
        (nn.Sigmoid, lambda P, y: nn.BCELoss()(P, y) + 0.0, 0.5),
        (nn.Sigmoid, Doubled(), 0.5),
        (ByHand, nn.BCELoss(), 0.5),
        (ByHand, Doubled(), 0.5),
        (nn.Tanh, nn.MSELoss(), 0.0),
    ],
)
def test_metrics_know_what_the_scores_are(last, loss, threshold):
    rng = np.random.default_rng(0)
    X = rng.normal(size=(40, 1))
    y = (X > 0).astype(float)
    net = nn.Sequential(nn.Linear(1, 1, rng=0), last())
    optimizer = nn.optim.Adam(net.parameters(), lr=0.3)
    metrics = {
        "accuracy": nn.metrics.accuracy_score,
        "confusion_matrix": nn.metrics.confusion_matrix,
        "one's own": metric_with_an_option,
        "own": partial(nn.metrics.accuracy_score, threshold=1e3),
    }
    history = nn.fit(
        net, (X, y), loss, optimizer, epochs=30, validation=(X, y), metrics=metrics, progress=False
    )
    assert history["one's own"][-1] == -1
    right = ((nn.predict(net, X) > threshold) == y).mean()
    assert history["accuracy"][-1] == history["val_accuracy"][-1] == right
    assert np.trace(history["confusion_matrix"][-1]) == 40 * right
    assert history["own"][-1] == 1 - y.mean()
    assert nn.accuracy(net, X, y) == right or last is ByHand
    assert nn.accuracy(net, X, y, threshold=threshold) == right
    assert nn.accuracy(net, X, y, threshold=1e3) == 1 - y.mean()
    assert right > 0.9 or last is nn.Tanh  # which is near 0 for class 0
