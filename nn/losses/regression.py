"""Losses of numbers: squares, absolute values, and Huber's between the two."""

from __future__ import annotations

from typing import Any

import autograd_core as ag
from autograd_core import Node
from nn.arguments import number
from nn.losses.loss import Loss


class MSELoss(Loss):
    """L = (A - y) ** 2, entry by entry: for regression. A and y have the same shape.

    >>> MSELoss()([[1.0], [3.0]], [[0.0], [0.0]]).item()
    5.0
    """

    def forward(self, A: Any, y: Any) -> Node:
        """The loss of predictions A against targets y of the same shape."""
        A = self.as_scores(A)
        y = self.as_labels(y, A)
        if self.reduction == "mean" and A.size:
            return ag.mse(A, y)
        return self.reduce(ag.square(A - y))


class L1Loss(Loss):
    """L = |A - y|, entry by entry: for regression in which single large errors are to count less.

    A and y have the same shape. The gradient is sign(A - y), and 0 where they are equal.

    >>> L1Loss()([[1.0], [3.0]], [[0.0], [0.0]]).item()
    2.0
    """

    def forward(self, A: Any, y: Any) -> Node:
        """The loss of predictions A against targets y of the same shape."""
        A = self.as_scores(A)
        return self.reduce(ag.absolute(A - self.as_labels(y, A)))


class HuberLoss(Loss):
    """L = d ** 2 / 2 where d = |A - y| <= delta, and delta (d - delta / 2) beyond, entry by entry.

    Half the square for small errors and a straight line for large ones, with the same slope where
    they meet. A and y have the same shape. (Huber, "Robust estimation of a location parameter",
    Annals of Mathematical Statistics 35, 1964.)

    >>> HuberLoss("none")([[1.0], [3.0]], [[0.0], [0.0]]).value.ravel()
    array([0.5, 2.5])
    """

    def __init__(self, reduction: str = "mean", delta: float = 1.0) -> None:
        super().__init__(reduction)
        self.delta = number("HuberLoss: delta", delta, above=0)

    def options(self) -> dict[str, Any]:
        """The arguments that make such a loss."""
        return {**super().options(), "delta": self.delta}

    def forward(self, A: Any, y: Any) -> Node:
        """The loss of predictions A against targets y of the same shape."""
        A = self.as_scores(A)
        d = A - self.as_labels(y, A)
        near = ag.clip(d, -self.delta, self.delta)
        return self.reduce(near * (d - 0.5 * near))  # no square that could overflow
