"""Training learns, is decided by the seed, and stops where the loss is not finite."""

from dataclasses import replace

import numpy as np
import pytest

import nn
from nn.data import load
from nn.training import DEFAULTS, NonFiniteLossError, Settings, accuracy, fit, make_network, predict

QUICK = Settings(epochs=3)


def run(name, seed, **changes):
    settings = replace(DEFAULTS[name], **changes)
    data = load(name, seed, dtype=np.float32)
    rng = np.random.default_rng(seed)
    net = make_network(data, settings, rng)
    history = fit(net, data, settings, rng)
    return net, data, history


@pytest.mark.parametrize(("name", "least"), [("moons", 0.9), ("cancer", 0.93)])
def test_defaults_learn(name, least):
    net, data, history = run(name, 1)
    assert accuracy(net, data.X_test, data.y_test) > least
    assert history.loss[-1] < 0.5 * history.loss[0]
    assert len(history.loss) == len(history.validation_accuracy) == DEFAULTS[name].epochs
    assert all(type(x) is float for x in history.loss + history.validation_accuracy)
    assert history.seconds > 0
    assert {p.dtype for p in net.parameters()} == {np.dtype(np.float32)}


def test_digits_are_learnt():
    net, data, _ = run("digits", 1)
    assert accuracy(net, data.X_test, data.y_test) > 0.96


@pytest.mark.slow
def test_mean_accuracy_on_digits_over_ten_splits():
    results = []
    for seed in range(10):
        net, data, history = run("digits", seed)
        assert [layer.options() for layer in net if isinstance(layer, nn.Linear)] == [
            {"in_features": 64, "out_features": 50, "bias": True},
            {"in_features": 50, "out_features": 10, "bias": True},
        ]
        assert history.seconds < 3
        results.append(accuracy(net, data.X_test, data.y_test))
    assert np.mean(results) >= 0.972


@pytest.mark.parametrize("optimizer", ["adam", "sgd"])
def test_the_seed_decides_everything(optimizer):
    a, _, one = run("moons", 5, epochs=3, optimizer=optimizer)
    b, _, two = run("moons", 5, epochs=3, optimizer=optimizer)
    _, _, three = run("moons", 6, epochs=3, optimizer=optimizer)
    assert (one.loss, one.validation_accuracy) == (two.loss, two.validation_accuracy)
    for path, value in a.state_dict().items():
        np.testing.assert_array_equal(value, b.state_dict()[path])
    assert one.loss != three.loss


def test_nothing_can_be_held_out():
    _, _, history = run("moons", 0, epochs=2, validation=0.0)
    assert len(history.loss) == 2
    assert history.validation_accuracy == []


def fit_line(**options):
    X = np.linspace(-1, 1, 21).reshape(-1, 1)
    net = nn.Linear(1, 1, rng=0)
    arguments = {
        "loss": nn.MSELoss(),
        "optimizer": nn.optim.SGD(net.parameters(), lr=0.2),
        "epochs": 60,
        "batch_size": 5,
        "rng": np.random.default_rng(0),
    } | options
    return net, arguments["optimizer"], nn.train(net, X, 3 * X - 1, **arguments)


def test_regression_with_a_ragged_last_batch():
    net, _, history = fit_line()
    np.testing.assert_allclose(net.weight.value, [[3.0]], rtol=1e-6)
    np.testing.assert_allclose(net.bias.value, [-1.0], rtol=1e-6)
    assert history.loss[-1] < 1e-10


@pytest.mark.parametrize("decay", ["none", "linear", "cosine"])
def test_decay_lowers_the_learning_rate_and_puts_it_back(decay):
    net = nn.Linear(1, 1, rng=0)
    used = []

    class Recorder(nn.optim.SGD):
        def step(self):
            used.append(self.lr)
            super().step()

    optimizer = Recorder(net.parameters(), lr=0.2)
    X = np.ones((10, 1))
    options = {"epochs": 2, "batch_size": 2, "rng": np.random.default_rng(0), "decay": decay}
    nn.train(net, X, X, loss=nn.MSELoss(), optimizer=optimizer, **options)
    assert optimizer.lr == 0.2
    done = np.arange(10) / 10
    expected = {"none": done * 0 + 1, "linear": 1 - done, "cosine": (1 + np.cos(np.pi * done)) / 2}
    np.testing.assert_allclose(used, 0.2 * expected[decay], rtol=1e-14)


def test_divergence_is_an_error_that_names_the_operation():
    net = nn.MLP([1, 3, 1], rng=0)
    optimizer = nn.optim.SGD(net.parameters(), lr=1e200)
    X = np.ones((4, 1))
    options = {"epochs": 10, "batch_size": 4, "rng": np.random.default_rng(0)}
    with pytest.raises(NonFiniteLossError, match=r"(?s)epoch 2, step 2.*forward: .* not finite"):
        nn.train(net, X, X * 1e5, loss=nn.MSELoss(), optimizer=optimizer, **options)
    assert optimizer.lr == 1e200


@pytest.mark.parametrize(
    ("options", "words"),
    [
        ({"epochs": 0}, "must be at least 1"),
        ({"batch_size": 0}, "must be at least 1"),
        ({"decay": "step"}, "decay must be"),
    ],
)
def test_wrong_options(options, words):
    with pytest.raises(ValueError, match=words):
        fit_line(**options)


def test_observations_and_labels_must_be_as_many():
    net = nn.Linear(1, 1)
    options = {"epochs": 1, "batch_size": 1, "rng": np.random.default_rng(0)}
    options |= {"loss": nn.MSELoss(), "optimizer": nn.optim.SGD(net.parameters(), lr=0.1)}
    for X, y in ((np.ones((3, 1)), np.ones((2, 1))), (np.ones((0, 1)), np.ones((0, 1)))):
        with pytest.raises(ValueError, match="observations X and"):
            nn.train(net, X, y, **options)


def test_unknown_optimizer():
    with pytest.raises(ValueError, match="no optimizer 'lbfgs'; there are adam, sgd"):
        run("moons", 0, optimizer="lbfgs")


def test_predict_leaves_the_mode_alone_and_makes_no_graph():
    seen = []

    class Watch(nn.Module):
        def forward(self, X):
            seen.append(self.training)
            return X

    net = nn.Sequential(nn.Linear(2, 3, rng=0), Watch())
    net[0].eval()
    assert predict(net, np.ones((4, 2))).shape == (4, 3)
    assert seen == [False]
    assert [m.training for _, m in net.named_modules()] == [True, False, True]


def test_accuracy():
    scores = np.array([[0.1, 0.9], [0.8, 0.2], [0.3, 0.4], [1.0, 0.0]])
    assert accuracy(nn.Identity(), scores, [1, 0, 0, 0]) == 0.75
    assert accuracy(nn.Identity(), np.array([[2.0], [-1.0]]), [1, 1]) == 0.5
    with pytest.raises(ValueError, match=r"labels are \(4, 1\)"):
        accuracy(nn.Identity(), scores, np.zeros((4, 1)))


def test_the_progress_bar_shows_loss_and_accuracy(capsys):
    data = load("moons", 0, dtype=np.float32)
    rng = np.random.default_rng(0)
    settings = replace(DEFAULTS["moons"], epochs=2)
    fit(make_network(data, settings, rng), data, settings, rng, progress=True)
    shown = capsys.readouterr().err
    assert "2/2" in shown
    assert "loss=" in shown
    assert "validation accuracy=" in shown
