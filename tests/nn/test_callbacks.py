"""Callbacks are called at their moments; early stopping puts the best weights back."""

import numpy as np
import pytest

import nn


def fit(*callbacks, epochs=6, lr=0.1, losses=None, **options):
    """A small training; with `losses`, its validation losses are these."""
    net, X = nn.Linear(1, 1, rng=0), np.linspace(-1, 1, 8).reshape(-1, 1)
    optimizer = nn.optim.SGD(net.parameters(), lr=lr)
    if losses is not None:
        options["validation"] = (X, X)
        options["metrics"] = {"score": lambda y, p: next(scores)}
        scores = iter(np.repeat(losses, 2).tolist())
    history = nn.fit(net, (X, 3 * X), nn.MSELoss(), optimizer, epochs=epochs, batch_size=4, rng=0,
                     callbacks=callbacks, **options)  # fmt: skip
    return net, history


class Note(nn.Callback):
    def __init__(self):
        self.calls = []
        self.weights = []

    def on_train_begin(self, run):
        self.calls.append(("begin", run.epoch, run.step))

    def on_step_end(self, run):
        self.calls.append(("step", run.epoch, run.step))

    def on_epoch_end(self, run):
        self.calls.append(("epoch", run.epoch, run.step))
        self.weights.append(run.model.state_dict())

    def on_train_end(self, run):
        self.calls.append(("end", run.epoch, run.step))


def test_moments():
    note = Note()
    fit(note, epochs=2)
    assert note.calls == [
        ("begin", 0, 0), ("step", 0, 1), ("step", 0, 2), ("epoch", 1, 2), ("step", 1, 3),
        ("step", 1, 4), ("epoch", 2, 4), ("end", 2, 4),
    ]  # fmt: skip


@pytest.mark.parametrize(("moment", "epochs"), [("on_epoch_end", 3), ("on_step_end", 2)])
def test_a_callback_can_stop(moment, epochs):
    class Stop(nn.Callback):
        pass

    setattr(Stop, moment, lambda self, run: run.stop("enough") if run.step == 6 else None)
    note = Note()
    _, history = fit(note, Stop(), epochs=9)
    assert (history.stopped, history.epochs) == ("enough", epochs)
    assert note.calls[-1] == ("end", epochs, 6)


@pytest.mark.parametrize(
    ("values", "options", "best", "epochs"),
    [
        ([5, 4, 3, 3.5, 3.2, 9, 9, 9], {"patience": 3}, 3, 6),
        ([5, 4, 3, 3.5, 2, 9, 9, 9], {"patience": 2}, 5, 7),
        ([5, 4, 3, 2, 1, 0.5, 0.2, 0.1], {"patience": 1}, 8, 8),
        ([5, 4.9, 4.8, 4.7, 4, 4, 4, 4], {"patience": 2, "min_delta": 0.15}, 5, 7),
        ([1, 2, 3, 2, 2, 2, 2, 2], {"patience": 4, "mode": "max"}, 3, 7),
        ([np.nan, 2, np.nan, 1, np.nan, 3, 3, 3], {"patience": 2}, 4, 6),
    ],
)
def test_early_stopping(values, options, best, epochs):
    note, stopping = Note(), nn.EarlyStopping(monitor="val_score", **options)
    net, history = fit(note, stopping, epochs=8, losses=values)
    assert (stopping.best_epoch, history.epochs) == (best, epochs)
    assert stopping.best == values[best - 1]
    assert bool(history.stopped) == (epochs < 8)
    for name, value in net.state_dict().items():
        np.testing.assert_array_equal(value, note.weights[best - 1][name])


def test_early_stopping_can_leave_the_last_weights():
    note = Note()
    stopping = nn.EarlyStopping(1, monitor="val_score", restore_best=False)
    net, history = fit(note, stopping, losses=[1, 2, 3, 4, 5, 6])
    assert history.stopped == "val_score has not improved for 1 epochs"
    np.testing.assert_array_equal(net.weight.value, note.weights[1]["weight"])
    assert not np.array_equal(net.weight.value, note.weights[0]["weight"])


def test_early_stopping_is_used_again_from_the_start():
    stopping = nn.EarlyStopping(2, monitor="loss")
    _, first = fit(stopping, lr=1e-9)
    _, second = fit(stopping, lr=1e-9)
    assert first["loss"] == second["loss"]
    assert stopping.best_epoch == second.epochs == 6


def test_modes_and_errors():
    assert nn.EarlyStopping(monitor="val_accuracy").mode == "max"
    assert nn.EarlyStopping().mode == "min"
    with pytest.raises(ValueError, match=r"no 'val_loss' in the history; there are loss, lr"):
        fit(nn.EarlyStopping())
    for patience in (0, 2.5, np.nan, "3"):
        with pytest.raises(ValueError, match="patience must be a whole number of at least 1"):
            nn.EarlyStopping(patience)
    with pytest.raises(ValueError, match="min_delta must be at least 0"):
        nn.EarlyStopping(min_delta=-1)
    with pytest.raises(TypeError, match="'matrix' must be a number, but is \\[1, 2\\]"):
        fit(nn.EarlyStopping(monitor="matrix"), metrics={"matrix": lambda y, p: [1, 2]})
    with pytest.raises(ValueError, match="mode"):
        nn.EarlyStopping(mode="least")
