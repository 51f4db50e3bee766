"""Softmax and its logarithm, right for scores of any size.

Everything is computed from e = exp(X - m), m being the largest score: no e is more than 1, so
nothing overflows. Where one score leads, 1 minus its probability is the sum of the others', and
never the difference of two numbers near 1.
"""

from __future__ import annotations

from typing import Any

import numpy as np

from autograd_core.node import Operation
from autograd_core.operations.reductions import Axis, Reduction
from autograd_core.values import Array, Gradients, Value, as_float, wide


def shifted_exp(X: Array, m: Array) -> tuple[Array, Array]:
    """Return X - m and exp(X - m), for m >= X; in float64 if X is float32 or float16.

    A rounding error in the difference would put a relative error of |X - m| / 2 units in the
    last place into the exponential. Of float32 numbers the difference is exact in float64; for
    float64 the error (from Knuth's two-sum) is multiplied in.
    """
    if X.dtype.itemsize < 8:
        difference = X.astype(np.float64) - m
        return difference, np.exp(difference)
    with np.errstate(invalid="ignore", over="ignore"):
        difference = X - m
        shift = difference - X
        error = (X - (difference - shift)) - (m + shift)
        e = np.exp(difference)
        return difference, np.where(np.isfinite(error), e + e * error, e)


def _finite_max(X: Array, axis: Axis, **initial: Any) -> Array:
    """The largest entries with the axes kept, or 0 where they are infinite."""
    m = np.max(X, axis=axis, keepdims=True, **initial)
    return np.where(np.isinf(m), 0, m)


def _log_sum(e: Array, axis: Axis) -> Array:
    """log(sum(e)) where the largest entries are 1: one of them stays out, for log1p."""
    largest = e == 1
    others = np.sum(np.where(largest, 0, e), axis=axis, keepdims=True)
    ties = np.sum(largest, axis=axis, keepdims=True) - 1
    with np.errstate(divide="ignore"):
        return np.log1p(others + ties)


def softmax_pullback(dA: Value, A: Value, axis: Axis) -> Value:
    """The gradient dX_k = A_k sum_j A_j (dA_k - dA_j) of A = softmax(X).

    It does not change when a constant is subtracted from dA. The constant is the entry at the
    largest A, because that one's share then is 0, and where it is nearly all, the rest of the
    sum keeps its precision.
    """
    if A.size == 0:  # there is no largest
        return dA
    leads = np.max(A, axis=axis, keepdims=True) == A
    leader = np.sum(np.where(leads, wide(dA), 0), axis=axis, keepdims=True)
    d = dA - leader / np.sum(leads, axis=axis, keepdims=True).astype(leader.dtype)
    return A * (d - np.sum(A * d, axis=axis, keepdims=True))


class logsumexp(Reduction):
    """A = log(sum(e ** X)) over `axis`."""

    def forward(self, X: Array) -> Array:
        X = as_float(X)
        m = _finite_max(X, self.axis)
        A = (m + _log_sum(shifted_exp(X, m)[1], self.axis)).astype(X.dtype)
        return A if self.keepdims else np.squeeze(A, self.axis)

    def gradient(self, dA: Value, A: Value, X: Value) -> Gradients:
        return lambda: self.spread(dA, X.shape) * softmax.of(X, self.axis)


class softmax(Operation):
    """A = e ** X / sum(e ** X) along `axis`, which may be a tuple, or None for all axes."""

    def __init__(self, X: Any, axis: Axis = -1) -> None:
        self.axis = axis
        super().__init__(X)

    def forward(self, X: Array) -> Array:
        X = as_float(X)
        _, e = shifted_exp(X, _finite_max(X, self.axis, initial=-np.inf))
        return (e / np.sum(e, axis=self.axis, keepdims=True)).astype(X.dtype)

    def gradient(self, dA: Value, A: Value, X: Value) -> Gradients:
        return lambda: softmax_pullback(dA, A, self.axis)


class log_softmax(Operation):
    """A = log(softmax(X)) along `axis`, which may be a tuple, or None for all axes."""

    def __init__(self, X: Any, axis: Axis = -1) -> None:
        self.axis = axis
        super().__init__(X)

    def forward(self, X: Array) -> Array:
        X = as_float(X)
        difference, e = shifted_exp(X, _finite_max(X, self.axis, initial=-np.inf))
        return (difference - _log_sum(e, self.axis)).astype(X.dtype)

    def gradient(self, dA: Value, A: Value, X: Value) -> Gradients:
        def dX() -> Value:
            # dA - softmax sum(dA), with 1 - softmax = -expm1(A) for the entry's own share
            others = np.sum(dA, axis=self.axis, keepdims=True) - dA
            return -dA * np.expm1(A) - softmax.of(X, self.axis) * others

        return dX
