"""Ctrl-C ends a training cleanly: after a step, with the history, to be gone on with."""

import os
import signal
import subprocess
import sys
import threading
from pathlib import Path

import numpy as np
import pytest

import nn

X = np.linspace(-1, 1, 20).reshape(-1, 1)


def fit(*callbacks, **options):
    net = nn.Linear(1, 1, rng=0)
    optimizer = nn.optim.Adam(net.parameters(), lr=0.1)
    options = {"epochs": 8, "batch_size": 5, "rng": 0, "callbacks": callbacks} | options
    return net, nn.fit(net, (X, 3 * X), nn.MSELoss(), optimizer, **options)


class At(nn.Callback):
    """Does something at a step."""

    def __init__(self, step, action, moment="on_step_end"):
        self.step, self.action = step, action
        setattr(self, moment, self.act)
        self.ended = False

    def act(self, run):
        if run.step == self.step:
            self.action()

    def on_train_end(self, run):
        self.ended = True


def interrupt():
    raise KeyboardInterrupt


def press():
    os.kill(os.getpid(), signal.SIGINT)


@pytest.mark.parametrize("action", [interrupt, press])
@pytest.mark.parametrize(("moment", "epochs"), [("on_step_end", 2), ("on_epoch_end", 3)])
def test_an_interrupt_keeps_the_history_and_can_be_gone_on_from(tmp_path, action, moment, epochs):
    whole, expected = fit(At(0, interrupt))
    at = At(10 if moment == "on_step_end" else 12, action, moment)
    net, history = fit(at, checkpoint=tmp_path / "run")
    assert (history.stopped, history.epochs, at.ended) == ("interrupted", epochs, True)
    assert history["loss"] == expected["loss"][:epochs]
    assert signal.getsignal(signal.SIGINT) is signal.default_int_handler
    state = nn.checkpoints.load_state(tmp_path / "run")
    assert state["counts"]["step"] == at.step
    np.testing.assert_array_equal(state["model"]["weight"], net.weight.value)
    net, history = fit(At(0, interrupt), checkpoint=tmp_path / "run", resume=True)
    assert (history.stopped, history["loss"]) == ("", expected["loss"])
    np.testing.assert_array_equal(net.weight.value, whole.weight.value)


def test_an_interrupted_validation_is_gone_on_from_before_its_epoch(tmp_path):
    """Two of them leave an epoch whose steps are made but whose losses are not recorded."""
    calls = []

    def metric(y, scores):
        calls.append(len(y))
        if len(calls) == at:
            press()
            press()
        return 0.0

    options = {"validation": (X[:7], 3 * X[:7]), "metrics": {"metric": metric}}
    at = 0
    whole, expected = fit(**options)
    calls.clear()
    at = 5  # of two an epoch
    _, history = fit(checkpoint=tmp_path / "run", **options)
    assert (history.stopped, history.epochs, len(calls)) == ("interrupted", 2, 5)
    net, history = fit(checkpoint=tmp_path / "run", resume=True, **options)
    assert history["loss"] == expected["loss"]
    np.testing.assert_array_equal(net.weight.value, whole.weight.value)


def test_the_second_interrupt_is_at_once():
    seen = []

    class Slow(nn.MSELoss):
        def forward(self, A, y):
            seen.append("forward")
            if len(seen) == 3:
                press()
                seen.append("the first one waits")
                press()
                seen.append("never reached")
            return super().forward(A, y)

    net = nn.Linear(1, 1, rng=0)
    optimizer = nn.optim.SGD(net.parameters(), lr=0.1)
    history = nn.fit(net, (X, X), Slow(), optimizer, epochs=5, batch_size=20)
    assert (history.stopped, history.epochs) == ("interrupted", 2)
    assert seen == ["forward"] * 3 + ["the first one waits"]


def test_in_another_thread_the_signal_is_left_alone():
    results = []
    thread = threading.Thread(target=lambda: results.append(fit()[1]))
    thread.start()
    thread.join()
    assert results[0].epochs == 8


CHILD = """
import sys, numpy as np, nn
class Tell(nn.Callback):
    def on_epoch_end(self, run):
        if run.epoch == 3:
            print("three", flush=True)
net, X = nn.MLP([5, 20, 1], rng=0), np.random.default_rng(0).standard_normal((500, 5))
optimizer = nn.optim.Adam(net.parameters())
history = nn.fit(net, (X, X[:, :1]), nn.MSELoss(), optimizer, epochs=10**9, callbacks=[Tell()])
print(history.stopped, history.epochs >= 3, len(history["loss"]) == len(history["seconds"]))
"""


def test_a_signal_to_a_process():
    root = Path(nn.__file__).parents[1]
    child = subprocess.Popen([sys.executable, "-c", CHILD], stdout=subprocess.PIPE,
                             stderr=subprocess.PIPE, text=True, cwd=root)  # fmt: skip
    assert child.stdout.readline() == "three\n"
    child.send_signal(signal.SIGINT)
    out, err = child.communicate(timeout=60)
    assert (out, err, child.returncode) == ("interrupted True True\n", "", 0)
