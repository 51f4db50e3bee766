"""Losses: one number per observation, or their mean. Labels must have the shape they need."""

from __future__ import annotations

from typing import Any

import numpy as np

from autograd_core.node import Operation
from autograd_core.operations.activations import sigmoid
from autograd_core.operations.reductions import sum_of_squares
from autograd_core.operations.softmax import shifted_exp, softmax, softmax_pullback
from autograd_core.values import Array, Gradients, Value, as_float, wide


class softmax_loss(Operation):
    """L_i = log(sum_k e ** Z_ik) - Z_iy, y = y_i: the negative log likelihood of the labels.

    Z (b, K) are scores, y (b,) integer labels from 0 to K - 1; the result has shape (b,). The
    gradient is softmax(Z) minus the one-hot labels.
    """

    def forward(self, Z: Array, y: Array) -> Array:
        _check_labels("softmax_loss", Z, y)
        Z, rows = as_float(Z), np.arange(len(Z))
        try:
            z_label = Z[rows, y]
        except IndexError:
            z_label = None
        if z_label is None or (y.size and y.min() < 0):  # NumPy counts negative ones from the end
            raise ValueError(
                f"softmax_loss: the labels y range from {y.min()} to {y.max()}, but Z has "
                f"{Z.shape[1]} columns: labels must be from 0 to {Z.shape[1] - 1}"
            )
        leader = Z.argmax(axis=1) if Z.size else rows
        m = Z[rows, leader]
        e = shifted_exp(np.ascontiguousarray(Z.T), m)[1]
        e[leader, rows] = 0
        return ((m - z_label) + np.log1p(np.add.reduce(e, 0))).astype(Z.dtype)

    def gradient(self, dL: Value, L: Value, Z: Value, y: Value) -> Gradients:
        return lambda: dL.reshape(-1, 1) * softmax_error.of(Z, y), None


class softmax_error(Operation):
    """A = softmax(Z) minus the one-hot labels y, for scores Z (b, K) and labels y (b,).

    The label's entry is minus the sum of the others, so that nothing is lost where it leads.
    """

    def forward(self, Z: Array, y: Array) -> Array:
        _check_labels("softmax_error", Z, y)
        Z, rows = as_float(Z), np.arange(len(Z))
        columns = np.ascontiguousarray(Z.T)
        e = shifted_exp(columns, np.maximum.reduce(columns, 0, initial=-np.inf))[1]
        e_label = e[y, rows]
        e[y, rows] = 0
        others = np.add.reduce(e, 0)
        total = others + e_label
        e /= total
        e[y, rows] = others / -total
        return e.T.astype(Z.dtype, copy=False)

    def gradient(self, dA: Value, A: Value, Z: Value, y: Value) -> Gradients:
        return lambda: softmax_pullback(dA, softmax.of(Z), -1), None


def _check_labels(operation: str, Z: Array, y: Array) -> None:
    if Z.ndim != 2 or y.shape != Z.shape[:1]:
        hint = (
            "; for one-hot labels pass y.argmax(axis=1)"
            if Z.ndim == 2 and y.shape == Z.shape
            else ""
        )
        raise ValueError(
            f"{operation}: the scores Z are {Z.shape} and the labels y are {y.shape}: "
            f"they must be (b, K) and (b,){hint}"
        )
    if y.dtype.kind not in "iu":
        raise TypeError(f"{operation}: the labels y must be integers, but are {y.dtype}")


class logistic_loss(Operation):
    """L = log(1 + e ** (-y A)), entry by entry, for scores A and labels y in {-1, 1}."""

    def forward(self, A: Array, y: Array) -> Array:
        check_same_shape("logistic_loss", A, y)
        if not (np.absolute(y) == 1).all():
            raise ValueError(
                f"logistic_loss: the labels y must be -1 or 1, {_stray(y, (-1, 1))}; for labels 0 "
                f"and 1 pass 2 * y - 1"
            )
        A = as_float(A)
        s = -A * labels(y, A)  # not -y: for labels of an unsigned dtype that is 255
        return np.maximum(s, 0) + np.log1p(np.exp(-np.absolute(s)))

    def gradient(self, dL: Value, L: Value, A: Value, y: Value) -> Gradients:
        return lambda: -dL * y * sigmoid.of(-A * y), lambda: -dL * A * sigmoid.of(-A * y)


class binary_cross_entropy(Operation):
    """L = -y log(P) - (1 - y) log(1 - P), entry by entry, for probabilities P and y in [0, 1].

    Each logarithm is held at -100 or more, so that P = 0 and P = 1 give a finite loss; where it is
    held, its gradient is 0. From scores, compute `logistic_loss` or `softplus` instead: they lose
    nothing.
    """

    def forward(self, P: Array, y: Array) -> Array:
        check_same_shape("binary_cross_entropy", P, y)
        for name, array in (("probabilities P", P), ("labels y", y)):
            if not ((array >= 0) & (array <= 1)).all():
                raise ValueError(
                    f"binary_cross_entropy: the {name} must be from 0 to 1, "
                    f"{_stray(np.where((array >= 0) & (array <= 1), 0, array), (0,))}"
                )
        P = as_float(P)
        y = labels(y, P)
        with np.errstate(divide="ignore"):
            log_p, log_q = np.maximum(np.log(P), -100), np.maximum(np.log1p(-P), -100)
        return -(y * log_p + (1 - y) * log_q)

    def gradient(self, dL: Value, L: Value, P: Value, y: Value) -> Gradients:
        # Where a logarithm is held at -100 its slope is 0; there divide by 1 instead of 0.
        p, q = np.where(P > LEAST, P, 1), np.where(1 - P > LEAST, 1 - P, 1)

        def dP() -> Value:
            return dL * (np.where(1 - P > LEAST, (1 - y) / q, 0) - np.where(P > LEAST, y / p, 0))

        def dy() -> Value:
            log_p = np.where(P > LEAST, np.log(p), -100)
            log_q = np.where(1 - P > LEAST, np.log1p(np.where(1 - P > LEAST, -P, 0)), -100)
            return dL * (log_q - log_p)

        return dP, dy


LEAST = float(np.exp(-100.0))


class mse(Operation):
    """The mean of (A - y) ** 2 over all entries: a scalar."""

    def forward(self, A: Array, y: Array) -> Array:
        check_same_shape("mse", A, y)
        A = as_float(A)
        D = wide(A - labels(y, A))
        return sum_of_squares(D, A.size).astype(A.dtype, copy=False)

    def gradient(self, dL: Value, L: Value, A: Value, y: Value) -> Gradients:
        share = 2 * wide(dL) / (A.size or 1)
        return lambda: (A - y) * share, lambda: (y - A) * share


def check_same_shape(loss: str, A: Array, y: Array) -> None:
    """Broadcasting (n, 1) scores against (n,) labels would silently give n * n losses."""
    if A.shape != y.shape:
        raise ValueError(
            f"{loss}: the scores are {A.shape} and the labels are {y.shape}: they must have the "
            f"same shape; reshape the labels with y.reshape({A.shape})"
        )


def labels(y: Array, A: Array) -> Array:
    """Integer and boolean labels in the dtype of the scores, which they must not change."""
    return y if y.dtype.kind == "f" else y.astype(A.dtype)


def _stray(y: Array, allowed: tuple[int, ...]) -> Any:
    stray = y[~np.isin(y, allowed)].ravel()
    return f"but {stray.size} of {y.size} are not, the first of them {stray[0]}"
