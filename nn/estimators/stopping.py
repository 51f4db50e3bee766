"""When an estimator's training ends: scikit-learn's rule."""

from __future__ import annotations

from collections.abc import Callable
from math import inf
from typing import TYPE_CHECKING, Any

from nn.callbacks import Callback
from nn.module import Module

if TYPE_CHECKING:
    from nn.training.loop import Run


class NoImprovement(Callback):
    """Ends training after more than `patience` epochs in a row without a gain of `tol`.

    What is to gain is the loss (which falls) or, with `score`, that function's value of the
    model (which rises): then the model has its best weights at the end. A gain is counted from
    the best value so far, which any gain, however small, moves. With `adaptive` the learning rate
    is divided by 5 instead, until it is 1e-6 or less.

    >>> import nn, numpy as np
    >>> net, X = nn.Linear(1, 1, rng=0), np.ones((4, 1))
    >>> stop = NoImprovement(tol=0.1, patience=2)
    >>> history = nn.fit(net, (X, 2 * X), nn.MSELoss(), nn.optim.SGD(net.parameters(), lr=0.1),
    ...     epochs=100, callbacks=[stop])
    >>> history.epochs, history.stopped
    (7, 'the loss has not improved by 0.1 for more than 2 epochs')
    """

    def __init__(
        self,
        tol: float,
        patience: float,
        score: Callable[[Module], float] | None = None,
        adaptive: bool = False,
    ) -> None:
        self.tol, self.patience, self.score, self.adaptive = tol, patience, score, adaptive
        self.best, self.count = -inf, 0
        self.scores: list[float] = []
        self._weights: dict[str, Any] | None = None

    def on_epoch_end(self, run: Run) -> None:
        """Count the epoch if it is no better; stop, or lower the rate, if it was one too many."""
        if self.score is None:
            value = -float(run.history["loss"][-1])
        else:
            value = float(self.score(run.model))
            self.scores.append(value)
        self.count = self.count + 1 if value < self.best + self.tol else 0
        if value > self.best:
            self.best = value
            if self.score is not None:
                self._weights = run.model.state_dict()
        if self.count <= self.patience:
            return
        if self.adaptive and run.optimizer.lr > 1e-6:
            run.optimizer.lr /= 5
            self.count = 0
        else:
            what = "loss" if self.score is None else "validation score"
            run.stop(
                f"the {what} has not improved by {self.tol:g} for more than {self.patience} epochs"
            )

    def on_train_end(self, run: Run) -> None:
        """Put the weights of the best score back."""
        if self._weights is not None:
            run.model.load_state_dict(self._weights)
