"""Sums, means and extremes over axes.

`axis` is None (all axes), an integer or a tuple of integers, negative ones counted from the
end; with `keepdims` the reduced axes stay, with length 1.
"""

from __future__ import annotations

import math
from typing import Any

import numpy as np

from autograd_core.node import Node, Operation
from autograd_core.protocols import implements
from autograd_core.values import Array, Gradients, Value

Axis = int | tuple[int, ...] | None


class Reduction(Operation):
    """The virtual parent of operations over `axis` with `keepdims`."""

    def __init__(self, X: Any, axis: Axis = None, keepdims: bool = False) -> None:
        self.axis = axis
        self.keepdims = bool(keepdims)
        super().__init__(X)

    def spread(self, reduced: Value, shape: tuple[int, ...]) -> Value:
        """`reduced`, of the output's shape, repeated along the reduced axes to fill `shape`."""
        if not self.keepdims and self.axis is not None:
            axes = self.axis if isinstance(self.axis, tuple) else (self.axis,)
            axes = tuple(axis % len(shape) for axis in axes)
            reduced = reduced.reshape([1 if i in axes else n for i, n in enumerate(shape)])
        return np.broadcast_to(reduced, shape)


class sum(Reduction, numpy=np.sum):
    """A = sum of X over `axis`."""

    def forward(self, X: Array) -> Array:
        return np.sum(X, axis=self.axis, keepdims=self.keepdims)

    def gradient(self, dA: Value, A: Value, X: Value) -> Gradients:
        return lambda: self.spread(dA, X.shape)


class mean(Reduction, numpy=np.mean):
    """A = (1/n) sum of X over `axis`, n being the number of entries in each sum."""

    def forward(self, X: Array) -> Array:
        if X.dtype.kind != "f" or X.dtype.itemsize < 4 or X.size == 0:
            return np.mean(X, axis=self.axis, keepdims=self.keepdims)
        with np.errstate(over="ignore"):
            A = X.sum(self.axis, keepdims=self.keepdims)  # it checks the axis
        n = count(X.shape, self.axis)
        A = A / n
        finite = math.isfinite(A) if A.ndim == 0 else np.isfinite(A).all()
        if not finite:  # the sum may have overflowed where the mean does not
            A = (X / n).sum(self.axis, keepdims=self.keepdims)
        return A

    def gradient(self, dA: Value, A: Value, X: Value) -> Gradients:
        return lambda: self.spread(dA / count(X.shape, self.axis), X.shape)


class max(Reduction, numpy=np.max):
    """The largest entry. Where several are, each gets an equal share of the gradient."""

    def forward(self, X: Array) -> Array:
        return np.max(X, axis=self.axis, keepdims=self.keepdims)

    def gradient(self, dA: Value, A: Value, X: Value) -> Gradients:
        def dX() -> Value:
            largest = self.spread(A, X.shape) == X
            share = dA / np.sum(largest, axis=self.axis, keepdims=self.keepdims)
            return np.where(largest, self.spread(share, X.shape), 0)

        return dX


class min(Reduction, numpy=np.min):
    """The smallest entry. Where several are, each gets an equal share of the gradient."""

    def forward(self, X: Array) -> Array:
        return np.min(X, axis=self.axis, keepdims=self.keepdims)

    def gradient(self, dA: Value, A: Value, X: Value) -> Gradients:
        def dX() -> Value:
            smallest = self.spread(A, X.shape) == X
            share = dA / np.sum(smallest, axis=self.axis, keepdims=self.keepdims)
            return np.where(smallest, self.spread(share, X.shape), 0)

        return dX


implements(np.amax)(max)
implements(np.amin)(min)


@implements(np.var)
def var(X: Any, axis: Axis = None, ddof: float = 0, keepdims: bool = False) -> Node:
    """The mean squared deviation from the mean; the sum is divided by n - ddof."""
    squares = np.square(X - mean(X, axis, keepdims=True))
    return sum(squares, axis, keepdims) / (count(squares.shape, axis) - ddof)


def count(shape: tuple[int, ...], axis: Axis) -> int:
    """How many entries lie along `axis` of an array of this shape (1 if none, for a divisor)."""
    if axis is None:
        return math.prod(shape) or 1
    axes = axis if isinstance(axis, tuple) else (axis,)
    return math.prod(shape[i] for i in axes) or 1
