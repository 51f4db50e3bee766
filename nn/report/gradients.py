"""How large the gradients of the layers are in the course of a training."""

from __future__ import annotations

from collections.abc import Mapping
from math import sqrt
from typing import TYPE_CHECKING, Any

import numpy as np

from nn.callbacks import Callback
from nn.module import Parameter

if TYPE_CHECKING:
    from nn.training.loop import Run


class GradientNorms(Callback):
    """Records the norm of each layer's gradient, weights and bias together, in each epoch.

    `norms` has a list for each module with parameters, by its path: the root of the mean, over
    the steps of the epoch, of the sum of the squares of all entries. They go on with a run that
    is resumed.

    >>> import nn
    >>> net, recorder = nn.Linear(1, 1, init=nn.init.zeros), GradientNorms()
    >>> optimizer = nn.optim.SGD(net.parameters(), lr=0.5)
    >>> _ = nn.fit(net, (np.zeros((4, 1)), np.ones((4, 1))), nn.MSELoss(), optimizer, epochs=2,
    ...     callbacks=recorder, progress=False)
    >>> recorder.norms  # b = 0, then 1: the gradient by b is 2 (b - 1)
    {'': [2.0, 0.0]}
    """

    def __init__(self) -> None:
        self._layers: dict[str, list[Parameter]] = {}
        self._forget()

    def _forget(self) -> None:
        self.norms: dict[str, list[float]] = {}
        self._squares: dict[str, float] = {}
        self._steps = 0

    def on_train_begin(self, run: Run) -> None:
        """Find the layers; a new run starts with nothing."""
        if run.epoch == 0 and run.step == 0:
            self._forget()
        self._layers = {}
        for path, parameter in run.model.named_parameters():
            self._layers.setdefault(path.rpartition(".")[0], []).append(parameter)

    def on_step_end(self, run: Run) -> None:
        """Add the squares of this step."""
        self._steps += 1
        for layer, parameters in self._layers.items():
            squares = 0.0
            for parameter in parameters:
                grad = parameter.grad
                if grad is not None:
                    squares += float(np.vdot(grad, grad))
            self._squares[layer] = self._squares.get(layer, 0.0) + squares

    def on_epoch_end(self, run: Run) -> None:
        """Note the norms of the epoch."""
        for layer, squares in self._squares.items():
            self.norms.setdefault(layer, []).append(sqrt(squares / self._steps))
        self._squares, self._steps = {}, 0

    def state_dict(self) -> dict[str, Any]:
        """The norms of all epochs, and the sums of the one under way."""
        return {"norms": self.norms, "squares": self._squares, "steps": self._steps}

    def load_state_dict(self, state: Mapping[str, Any]) -> None:
        """Go back to a `state_dict()`."""
        self.norms = {layer: list(norms) for layer, norms in state["norms"].items()}
        self._squares, self._steps = dict(state["squares"]), int(state["steps"])
