"""The recorded norms are those of the gradients, whatever became of the run in between."""

import numpy as np
import pytest

import nn
from nn.callbacks import Callback
from nn.report import GradientNorms

X = np.random.default_rng(0).normal(size=(20, 3))
Y = X[:, :1] ** 2


class Gradients(Callback):
    """Keeps a copy of all gradients of every step."""

    def __init__(self):
        self.steps = []

    def on_step_end(self, run):
        self.steps.append({path: p.grad.copy() for path, p in run.model.named_parameters()})


class StopAt(Callback):
    """Ends the run after so many steps."""

    def __init__(self, step):
        self.step = step

    def on_step_end(self, run):
        if run.step == self.step:
            run.stop("enough")


def fit(callbacks, epochs=3, dtype=np.float64, **options):
    net = nn.MLP([3, 4, 1], rng=0, dtype=dtype)
    optimizer = nn.optim.SGD(net.parameters(), lr=0.05)
    nn.fit(
        net, (X, Y), nn.MSELoss(), optimizer,
        epochs=epochs, batch_size=8, rng=0, callbacks=callbacks, progress=False, **options,
    )  # fmt: skip


@pytest.mark.parametrize("dtype", [np.float64, np.float32])
def test_norms_are_means_of_squares_over_the_steps_of_an_epoch(dtype):
    recorder, gradients = GradientNorms(), Gradients()
    fit([recorder, gradients], dtype=dtype)
    assert len(gradients.steps) == 9  # 8, 8 and 4 rows in each of three epochs
    assert list(recorder.norms) == ["0", "2"]
    for layer, norms in recorder.norms.items():
        squares = [
            sum(np.sum(step[f"{layer}.{name}"].astype(float) ** 2) for name in ("weight", "bias"))
            for step in gradients.steps
        ]
        expected = np.sqrt(np.mean(np.reshape(squares, (3, 3)), axis=1))
        np.testing.assert_allclose(norms, expected, rtol=1e-12 if dtype == np.float64 else 1e-5)


def test_they_go_on_when_a_run_is_resumed_in_the_middle_of_an_epoch(tmp_path):
    whole = GradientNorms()
    fit([whole, StopAt(99)])
    first, second = GradientNorms(), GradientNorms()
    checkpoint = nn.Checkpoint(tmp_path / "c", steps=1)
    fit([first, StopAt(5)], checkpoint=checkpoint)
    assert [len(norms) for norms in first.norms.values()] == [1, 1]
    # A reason to stop is part of the state; here the machine was switched off instead.
    state = nn.checkpoints.load_state(tmp_path / "c")
    state["history"]["stopped"] = ""
    nn.states.save_state(state, tmp_path / "c")
    fit([second, StopAt(99)], checkpoint=checkpoint, resume=True)
    assert second.norms == whole.norms


def test_a_new_run_starts_with_nothing():
    recorder = GradientNorms()
    fit([recorder])
    norms = recorder.norms
    fit([recorder])
    assert recorder.norms == norms


def test_parameters_without_a_gradient_count_nothing():
    class Partly(nn.Module):
        def __init__(self):
            super().__init__()
            self.used, self.unused = nn.Linear(3, 1, rng=0), nn.Linear(3, 1)

        def forward(self, X):
            return self.used(X)

    net, recorder = Partly(), GradientNorms()
    optimizer = nn.optim.SGD(net.used.parameters(), lr=0.1)
    nn.fit(net, (X, Y), nn.MSELoss(), optimizer, epochs=1, callbacks=recorder, progress=False)
    assert recorder.norms["unused"] == [0.0]
    assert recorder.norms["used"][0] > 0
