"""Products of matrices."""

from __future__ import annotations

from typing import Any

import numpy as np

from autograd_core.node import Node, Operation
from autograd_core.protocols import implements
from autograd_core.values import Array, Gradients, Value


class mm(Operation):
    """Matrix product A = XW of X (b, p) and W (p, u), giving (b, u)."""

    def forward(self, X: Array, W: Array) -> Array:
        if X.ndim != 2 or W.ndim != 2:
            raise ValueError(f"mm: X is {X.shape} and W is {W.shape}: both must be matrices")
        if X.shape[1] != W.shape[0]:
            raise ValueError(
                f"mm: X is {X.shape} but W is {W.shape}: the {X.shape[1]} columns of X must "
                f"match the {W.shape[0]} rows of W"
            )
        return X @ W

    def gradient(self, dA: Value, A: Value, X: Value, W: Value) -> Gradients:
        return lambda: dA @ W.T, lambda: X.T @ dA


class matmul(Operation):
    """A = X @ Y as NumPy has it: products of vectors, matrices, and stacks of matrices."""

    def forward(self, X: Array, Y: Array) -> Array:
        return X @ Y

    def gradient(self, dA: Value, A: Value, X: Value, Y: Value) -> Gradients:
        # Make a row of a vector on the left and a column of one on the right; undo it at the end.
        row, column = X.ndim == 1, Y.ndim == 1
        if row:
            X, dA = np.expand_dims(X, 0), np.expand_dims(dA, dA.ndim if column else -2)
        if column:
            Y, dA = np.expand_dims(Y, 1), np.expand_dims(dA, -1)

        def dX() -> Value:
            dX = dA @ np.swapaxes(Y, -1, -2)
            return np.squeeze(dX, -2) if row else dX

        def dY() -> Value:
            dY = np.swapaxes(X, -1, -2) @ dA
            return np.squeeze(dY, -1) if column else dY

        return dX, dY


@implements(np.matmul)
def matmul_or_mm(X: Any, Y: Any) -> Node:
    """`X @ Y`: for two matrices the lecture's `mm`."""
    return mm(X, Y) if np.ndim(X) == np.ndim(Y) == 2 else matmul(X, Y)
