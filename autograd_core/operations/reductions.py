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
from autograd_core.values import Array, Gradients, Value, as_float, power_of_two, wide

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
        A = np.sum(wide(X), axis=self.axis, keepdims=self.keepdims)
        return A.astype(X.dtype) if X.dtype == np.float16 else A

    def gradient(self, dA: Value, A: Value, X: Value) -> Gradients:
        return lambda: self.spread(dA, X.shape)


class mean(Reduction, numpy=np.mean):
    """A = (1/n) sum of X over `axis`, n being the number of entries in each sum."""

    def forward(self, X: Array) -> Array:
        return plain_mean(X, self.axis, self.keepdims)

    def gradient(self, dA: Value, A: Value, X: Value) -> Gradients:
        return lambda: self.spread(wide(dA) / count(X.shape, self.axis), X.shape)


def plain_mean(X: Array, axis: Axis, keepdims: bool, dtype: Any = None) -> Array:
    """The mean of an array, summed in `dtype`, also where the sum overflows and it does not."""
    if X.dtype.kind != "f" or X.dtype.itemsize < 4 or X.size == 0:
        return np.mean(X, axis=axis, keepdims=keepdims)
    with np.errstate(over="ignore", invalid="ignore"):
        A = X.sum(axis, dtype, keepdims=keepdims)  # it checks the axis
    n = count(X.shape, axis)
    A = A / n
    finite = math.isfinite(A) if A.ndim == 0 else np.isfinite(A).all()
    return A if finite else (X / n).sum(axis, dtype, keepdims=keepdims)


def long(X: Array) -> Any:
    """The dtype in which long sums are made: float64, or a wider one of X's own."""
    return np.result_type(X.dtype, np.float64)


class centered(Operation):
    """A = X - mean(X) over `axis`: the deviations from the mean."""

    def __init__(self, X: Any, axis: Axis = None) -> None:
        self.axis = axis
        super().__init__(X)

    def forward(self, X: Array) -> Array:
        D = wide(as_float(X))
        for _ in range(2):  # the second mean is what rounding has left in the first one
            D = D - plain_mean(D, self.axis, keepdims=True, dtype=long(D)).astype(D.dtype)
        return D.astype(as_float(X).dtype, copy=False)

    def gradient(self, dA: Value, A: Value, X: Value) -> Gradients:
        return lambda: dA - np.mean(dA, axis=self.axis, keepdims=True)


class Extreme(Reduction):
    """The virtual parent of max and min. Where several are, each has an equal share."""

    def gradient(self, dA: Value, A: Value, X: Value) -> Gradients:
        def dX() -> Value:
            reached = self.spread(A, X.shape) == X
            n = np.sum(reached, axis=self.axis, keepdims=self.keepdims)
            share = wide(dA)
            share = share / np.maximum(n, 1).astype(share.dtype)  # there is none if A is nan
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
        D = centered.of(wide(X), self.axis)
        n = self.divisor(X.shape)
        return sum_of_squares(D, n, self.axis, self.keepdims).astype(X.dtype, copy=False)

    def gradient(self, dA: Value, A: Value, X: Value) -> Gradients:
        def dX() -> Value:
            share = self.spread(2 * wide(dA) / self.divisor(X.shape), X.shape)
            return share * centered.of(X, self.axis)

        return dX

    def divisor(self, shape: tuple[int, ...]) -> float:
        """n - ddof, or 0 where that is less, as NumPy has it."""
        n = count(shape, self.axis) - self.ddof
        return n if n > 0 else 0


class rms(Reduction):
    """A = sqrt(mean(X ** 2) + eps) over `axis`: the root mean square. Its derivative at 0 is 0."""

    def __init__(self, X: Any, axis: Axis = None, eps: float = 0.0, keepdims: bool = False) -> None:
        self.eps = float(eps)
        super().__init__(X, axis, keepdims)

    def forward(self, X: Array) -> Array:
        Y = wide(as_float(X))
        with np.errstate(over="ignore", invalid="ignore"):
            A = np.sqrt(plain_mean(np.square(Y), self.axis, True, long(Y)) + self.eps)
        info = np.finfo(Y.dtype)
        least, most = np.sqrt(info.tiny / info.eps), np.sqrt(info.max)
        if not ((least < A) & (most > A)).all():  # squares over- or underflow, and A may not
            largest = np.max(np.absolute(Y), self.axis, keepdims=True, initial=float(self.eps > 0))
            scale = power_of_two(largest)
            mean = plain_mean(np.square(Y / scale), self.axis, True, long(Y))
            A = scale * np.sqrt(mean + self.eps / scale / scale)
        A = A.astype(as_float(X).dtype, copy=False)
        return A if self.keepdims else np.squeeze(A, self.axis)

    def gradient(self, dA: Value, A: Value, X: Value) -> Gradients:
        def dX() -> Value:
            share = self.spread(wide(dA) / count(X.shape, self.axis), X.shape)
            return share * (X / self.spread(np.where(A == 0, 1, A), X.shape))

        return dX


def sum_of_squares(D: Array, n: float, axis: Axis = None, keepdims: bool = False) -> Array:
    """sum(D ** 2) / n, also where the squares overflow and this does not."""
    with np.errstate(over="ignore"):
        A = np.sum(np.square(D), axis=axis, dtype=long(D), keepdims=keepdims) / n
    if n <= 1 or np.isfinite(A).all():
        return A
    return np.sum(np.square(D / math.sqrt(n)), axis=axis, dtype=long(D), keepdims=keepdims)


def count(shape: tuple[int, ...], axis: Axis) -> int:
    """How many entries lie along `axis` of an array of this shape (1 if none, for a divisor)."""
    if axis is None:
        return math.prod(shape) or 1
    return math.prod(shape[i] for i in normalize_axis_tuple(axis, len(shape))) or 1
