"""The settings learn the built-in data sets, and with the seed decide everything."""

from dataclasses import replace
from math import sin

import numpy as np
import pytest

import nn
from nn.data import load, load_csv
from nn.training import DEFAULTS, OTHERS, accuracy, fit_split, make_network


def run(name, seed, **changes):
    options = {k: changes.pop(k) for k in ("checkpoint", "resume", "progress") if k in changes}
    settings = replace(DEFAULTS[name], **changes)
    data = load(name, seed, dtype=np.float32)
    rng = np.random.default_rng(seed)
    net = make_network(data, settings, rng)
    history = fit_split(net, data, settings, rng, **options)
    return net, data, history


@pytest.mark.parametrize(("name", "least"), [("moons", 0.9), ("cancer", 0.93)])
def test_defaults_learn(name, least):
    net, data, history = run(name, 1)
    assert accuracy(net, data.X_test, data.y_test) > least
    assert history["loss"][-1] < 0.5 * history["loss"][0]
    names = {"loss", "val_loss", "accuracy", "val_accuracy", "lr", "seconds"}
    assert history.keys() == names
    for values in history.values():
        assert len(values) == history.epochs == DEFAULTS[name].epochs
        assert all(type(x) is float for x in values)
    assert {p.dtype for p in net.parameters()} == {np.dtype(np.float32)}


def test_digits_are_learnt():
    net, data, _ = run("digits", 1)
    assert accuracy(net, data.X_test, data.y_test) > 0.96


@pytest.mark.slow
def test_mean_accuracy_on_digits_over_ten_splits():
    results = []
    for seed in range(10):
        net, data, _ = run("digits", seed)
        assert [layer.options() for layer in net if isinstance(layer, nn.Linear)] == [
            {"in_features": 64, "out_features": 50, "bias": True},
            {"in_features": 50, "out_features": 10, "bias": True},
        ]
        results.append(accuracy(net, data.X_test, data.y_test))
    assert np.mean(results) >= 0.98


@pytest.mark.parametrize("optimizer", ["adam", "sgd"])
def test_the_seed_decides_everything(optimizer):
    a, _, one = run("moons", 5, epochs=3, optimizer=optimizer)
    b, _, two = run("moons", 5, epochs=3, optimizer=optimizer)
    _, _, three = run("moons", 6, epochs=3, optimizer=optimizer)
    assert (one["loss"], one["val_accuracy"]) == (two["loss"], two["val_accuracy"])
    for path, value in a.state_dict().items():
        np.testing.assert_array_equal(value, b.state_dict()[path])
    assert one["loss"] != three["loss"]


def test_nothing_can_be_held_out():
    _, _, history = run("moons", 0, epochs=2, validation=0.0)
    assert history.keys() == {"loss", "lr", "seconds"}


@pytest.mark.parametrize("decay", ["none", "linear", "cosine"])
def test_decay(decay):
    data = load("moons", 0)
    _, _, history = run("moons", 0, epochs=4, decay=decay, lr=0.2)
    steps = -(-len(data.X_train) * 9 // 10 // 32)
    done = (np.arange(1, 5) * steps - 1) / (4 * steps)  # at the last step of each epoch
    expected = {"none": done * 0 + 1, "linear": 1 - done, "cosine": (1 + np.cos(np.pi * done)) / 2}
    np.testing.assert_allclose(history["lr"], 0.2 * expected[decay], rtol=1e-13)


def test_a_resumed_run_is_the_same(tmp_path):
    whole, _, _ = run("moons", 0, epochs=6)
    checkpoint = nn.Checkpoint(tmp_path / "run", steps=7)
    run("moons", 0, epochs=6, checkpoint=checkpoint)
    middle = nn.checkpoints.load_state(tmp_path / "run")
    assert middle["counts"]["epoch"] == 6
    net, _, _ = run("moons", 0, epochs=6, checkpoint=checkpoint, resume=True)
    for path, value in whole.state_dict().items():
        np.testing.assert_array_equal(value, net.state_dict()[path])


@pytest.mark.parametrize(
    ("before", "now", "words"),
    [
        ({}, {"lr": 0.5}, "lr changed from 0.01 to 0.5"),
        ({}, {"l2": 0.5, "batch_size": 16}, "batch_size 32 where this one has 16"),
        ({}, {"epochs": 7}, "epochs changed from 2 to 7"),
        ({"decay": "none"}, {"decay": "linear"}, "decay changed from none to linear"),
    ],
)
def test_a_run_is_resumed_by_the_same_settings_only(tmp_path, before, now, words):
    checkpoint = tmp_path / "run"
    run("moons", 0, **{"epochs": 2, "checkpoint": checkpoint, **before})
    with pytest.raises(nn.checkpoints.ModelFileError, match=words):
        run("moons", 0, **{"epochs": 2, "checkpoint": checkpoint, "resume": True, **before, **now})


def test_without_a_decay_a_run_may_be_made_longer(tmp_path):
    options = {"decay": "none", "checkpoint": tmp_path / "run"}
    run("moons", 0, epochs=2, **options)
    net, _, history = run("moons", 0, epochs=4, resume=True, **options)
    whole, _, expected = run("moons", 0, epochs=4, decay="none")
    assert history["loss"] == expected["loss"]
    for path, value in whole.state_dict().items():
        np.testing.assert_array_equal(value, net.state_dict()[path])


def test_regression(tmp_path):
    rng = np.random.default_rng(0)
    x = rng.uniform(-3, 3, 300)
    rows = "".join(f"{a!r},{100 + 50 * sin(a)!r}\n" for a in x.tolist())
    (tmp_path / "sine.csv").write_text("x,y\n" + rows)
    data = load_csv(tmp_path / "sine.csv", "y", dtype=np.float32)
    net = make_network(data, OTHERS, rng)
    history = fit_split(net, data, OTHERS, rng)
    assert history.keys() == {"loss", "val_loss", "lr", "seconds"}
    line = np.polyfit(data.X_train[:, 0], data.y_train[:, 0], 1)
    error = nn.predict(net, data.X_test) - data.y_test
    assert np.mean(error**2) < 0.1 * np.mean((np.polyval(line, data.X_test) - data.y_test) ** 2)


def test_one_row_is_always_left_to_train_on():
    data = load("moons", 0)
    few = replace(data, X_train=data.X_train[:3], y_train=data.y_train[:3])
    rng = np.random.default_rng(0)
    settings = replace(OTHERS, validation=0.9, epochs=1)
    history = fit_split(make_network(few, settings, rng), few, settings, rng)
    assert history.epochs == 1


def test_unknown_names():
    with pytest.raises(ValueError, match="no optimizer 'lbfgs'; there are adam, sgd"):
        run("moons", 0, optimizer="lbfgs")
    with pytest.raises(ValueError, match="no decay 'step'; there are none, linear, cosine"):
        run("moons", 0, decay="step")


def test_the_progress_bar_shows_loss_and_accuracy(capsys):
    run("moons", 0, epochs=2, progress=True)
    shown = capsys.readouterr().err
    assert "2/2" in shown
    assert "loss=" in shown
    assert "val_accuracy=" in shown


def test_l2_is_for_the_weights_alone(monkeypatch):
    seen = []

    def fit(model, data, loss, optimizer, **options):
        seen.extend(optimizer.param_groups)

    monkeypatch.setattr("nn.training.settings.fit", fit)
    run("moons", 0, l2=0.25)
    decays = {p.ndim: group["weight_decay"] for group in seen for p in group["params"]}
    assert decays == {2: 0.25, 1: 0.0}
