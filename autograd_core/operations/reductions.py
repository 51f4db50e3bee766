"""Sums, means and extremes over axes.

`axis` is None (all axes), an integer or a tuple of integers, negative ones counted from the
end; with `keepdims` the reduced axes stay, with length 1.
"""

from __future__ import annotations

import math
from typing import Any

import numpy as np
from numpy.lib.array_utils import normalize_axis_tuple

from autograd_core.node import Operation
from autograd_core.protocols import implements
from autograd_core.values import Array, Gradients, Value, as_float

Axis = int | tuple[int, ...] | None


class Reduction(Operation):
    """The virtual parent of operations over `axis` with `keepdims`."""

    def __init__(self, X: Any, axis: Axis = None, keepdims: bool = False) -> None:
        self.axis = axis
        self.keepdims = bool(keepdims)
        super().__init__(X)

    def spread(self, reduced: Value, shape: tuple[int, ...]) -> Value:
        """`reduced`, of the output's shape, repeated along the reduced axes to fill `shape`."""
        if isinstance(reduced, np.generic):  # a scalar, and no node: many times faster
            return np.full(shape, reduced)
        if not self.keepdims and self.axis is not None and shape:
            axes = normalize_axis_tuple(self.axis, len(shape))
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
        with np.errstate(over="ignore", invalid="ignore"):
            A = X.sum(self.axis, keepdims=self.keepdims)  # it checks the axis
        n = count(X.shape, self.axis)
        A = A / n
        finite = math.isfinite(A) if A.ndim == 0 else np.isfinite(A).all()
        if not finite:  # the sum may have overflowed where the mean does not
            A = (X / n).sum(self.axis, keepdims=self.keepdims)
        return A

    def gradient(self, dA: Value, A: Value, X: Value) -> Gradients:
        return lambda: self.spread(dA / count(X.shape, self.axis), X.shape)


class Extreme(Reduction):
    """The virtual parent of max and min. Where several are, each has an equal share."""

    def gradient(self, dA: Value, A: Value, X: Value) -> Gradients:
        def dX() -> Value:
            reached = self.spread(A, X.shape) == X
            n = np.sum(reached, axis=self.axis, keepdims=self.keepdims)
            share = dA / np.maximum(n, 1).astype(dA.dtype)  # there is none if A is nan
            return np.where(reached, self.spread(share, X.shape), 0)

        return dX


class max(Extreme, numpy=np.max):
    """The largest entry. Where several are, each gets an equal share of the gradient."""

    def forward(self, X: Array) -> Array:
        return np.max(X, axis=self.axis, keepdims=self.keepdims)


class min(Extreme, numpy=np.min):
    """The smallest entry. Where several are, each gets an equal share of the gradient."""

    def forward(self, X: Array) -> Array:
        return np.min(X, axis=self.axis, keepdims=self.keepdims)


implements(np.amax)(max)
implements(np.amin)(min)


class var(Reduction, numpy=np.var):
    """The sum of squared deviations from the mean, divided by n - ddof."""

    def __init__(self, X: Any, axis: Axis = None, ddof: float = 0, keepdims: bool = False) -> None:
        self.ddof = ddof
        super().__init__(X, axis, keepdims)

    def forward(self, X: Array) -> Array:
        X = as_float(X)
        if X.size == 0:
            return np.var(X, self.axis, ddof=self.ddof, keepdims=self.keepdims)
        deviations = X - mean.of(X, self.axis, keepdims=True)
        n = count(X.shape, self.axis) - self.ddof
        return sum_of_squares(deviations, n, self.axis, self.keepdims)

    def gradient(self, dA: Value, A: Value, X: Value) -> Gradients:
        def dX() -> Value:
            share = self.spread(2 * dA / (count(X.shape, self.axis) - self.ddof), X.shape)
            return share * (X - mean.of(X, self.axis, keepdims=True))

        return dX


def sum_of_squares(D: Array, n: float, axis: Axis = None, keepdims: bool = False) -> Array:
    """sum(D ** 2) / n, also where the squares overflow and this does not."""
    with np.errstate(over="ignore"):
        A = np.sum(np.square(D), axis=axis, keepdims=keepdims) / n
    if n <= 1 or np.isfinite(A).all():
        return A
    if D.dtype.itemsize < 4:
        return sum_of_squares(D.astype(np.float32), n, axis, keepdims).astype(D.dtype)
    return np.sum(np.square(D / math.sqrt(n)), axis=axis, keepdims=keepdims)


def count(shape: tuple[int, ...], axis: Axis) -> int:
    """How many entries lie along `axis` of an array of this shape (1 if none, for a divisor)."""
    if axis is None:
        return math.prod(shape) or 1
    return math.prod(shape[i] for i in normalize_axis_tuple(axis, len(shape))) or 1
