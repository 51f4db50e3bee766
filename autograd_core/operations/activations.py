"""The functions between layers, computed so that they are right over the whole float range."""

from __future__ import annotations

from typing import Any

import numpy as np

from autograd_core.node import Operation
from autograd_core.operations.elementwise import masked
from autograd_core.values import Array, Gradients, Value, as_float


class relu(Operation):
    """A = max(X, 0). The derivative at 0 is 0."""

    def forward(self, X: Array) -> Array:
        return np.maximum(X, 0)

    def gradient(self, dA: Value, A: Value, X: Value) -> Gradients:
        return lambda: masked.of(dA, X > 0)


class leaky_relu(Operation):
    """A = X where X > 0, slope X elsewhere. The derivative at 0 is the slope."""

    def __init__(self, X: Any, slope: float = 0.01) -> None:
        self.slope = float(slope)
        super().__init__(X)

    def forward(self, X: Array) -> Array:
        return np.where(X > 0, X, self.slope * np.minimum(X, 0))

    def gradient(self, dA: Value, A: Value, X: Value) -> Gradients:
        return lambda: np.where(X > 0, dA, self.slope * dA)


class elu(Operation):
    """A = X where X > 0, alpha (e ** X - 1) elsewhere."""

    def __init__(self, X: Any, alpha: float = 1.0) -> None:
        self.alpha = float(alpha)
        super().__init__(X)

    def forward(self, X: Array) -> Array:
        return np.where(X > 0, X, self.alpha * np.expm1(np.minimum(X, 0)))

    def gradient(self, dA: Value, A: Value, X: Value) -> Gradients:
        return lambda: np.where(X > 0, dA, dA * (self.alpha * np.exp(np.minimum(X, 0))))


class sigmoid(Operation):
    """A = 1 / (1 + e ** -X)."""

    def forward(self, X: Array) -> Array:
        X = as_float(X)
        e = np.exp(-np.absolute(X))  # at most 1, so nothing overflows
        return np.where(X >= 0, 1, e) / (1 + e)

    def gradient(self, dA: Value, A: Value, X: Value) -> Gradients:
        return lambda: dA * (sech2.of(X / 2) / 4)  # A (1 - A) would be 0 for X > 37


class tanh(Operation, numpy=np.tanh):
    """The hyperbolic tangent."""

    def forward(self, X: Array) -> Array:
        return np.tanh(X)

    def gradient(self, dA: Value, A: Value, X: Value) -> Gradients:
        return lambda: dA * sech2.of(X)  # 1 - A ** 2 would be 0 for |X| > 19


class sech2(Operation):
    """A = 1 - tanh(X) ** 2 = 4 / (e ** X + e ** -X) ** 2: the hyperbolic secant, squared."""

    def forward(self, X: Array) -> Array:
        size = np.minimum(np.absolute(as_float(X)), 1e4)  # beyond, A is 0, and so is e
        e = np.exp(-2 * size)
        return 4 * e / np.square(1 + e)

    def gradient(self, dA: Value, A: Value, X: Value) -> Gradients:
        return lambda: dA * (-2 * A * np.tanh(X))


class softplus(Operation):
    """A = log(1 + e ** X)."""

    def forward(self, X: Array) -> Array:
        X = as_float(X)
        return np.maximum(X, 0) + np.log1p(np.exp(-np.absolute(X)))

    def gradient(self, dA: Value, A: Value, X: Value) -> Gradients:
        return lambda: dA * sigmoid.of(X)
