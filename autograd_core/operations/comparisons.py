"""Operations that are constant almost everywhere: they take part in a graph and have gradient 0."""

from __future__ import annotations

import numpy as np

from autograd_core.node import Operation
from autograd_core.values import Array, Gradients, Value


class Constant(Operation):
    """The virtual parent of operations whose gradient is 0 wherever there is one."""

    def gradient(self, dA: Value, A: Value, *inputs: Value) -> Gradients:
        return (None,) * len(inputs)


class less(Constant, numpy=np.less):
    """X < Y."""

    def forward(self, X: Array, Y: Array) -> Array:
        return X < Y


class less_equal(Constant, numpy=np.less_equal):
    """X <= Y."""

    def forward(self, X: Array, Y: Array) -> Array:
        return X <= Y


class greater(Constant, numpy=np.greater):
    """X > Y."""

    def forward(self, X: Array, Y: Array) -> Array:
        return X > Y


class greater_equal(Constant, numpy=np.greater_equal):
    """X >= Y."""

    def forward(self, X: Array, Y: Array) -> Array:
        return X >= Y


class equal(Constant, numpy=np.equal):
    """X == Y."""

    def forward(self, X: Array, Y: Array) -> Array:
        return np.equal(X, Y)


class not_equal(Constant, numpy=np.not_equal):
    """X != Y."""

    def forward(self, X: Array, Y: Array) -> Array:
        return np.not_equal(X, Y)


class logical_and(Constant, numpy=np.logical_and):
    """True where both X and Y are nonzero."""

    def forward(self, X: Array, Y: Array) -> Array:
        return np.logical_and(X, Y)


class logical_or(Constant, numpy=np.logical_or):
    """True where X or Y is nonzero."""

    def forward(self, X: Array, Y: Array) -> Array:
        return np.logical_or(X, Y)


class logical_not(Constant, numpy=np.logical_not):
    """True where X is zero."""

    def forward(self, X: Array) -> Array:
        return np.logical_not(X)


class bitwise_and(Constant, numpy=np.bitwise_and):
    """X & Y, of booleans or integers."""

    def forward(self, X: Array, Y: Array) -> Array:
        return X & Y


class bitwise_or(Constant, numpy=np.bitwise_or):
    """X | Y, of booleans or integers."""

    def forward(self, X: Array, Y: Array) -> Array:
        return X | Y


class invert(Constant, numpy=np.invert):
    """~X, of booleans or integers."""

    def forward(self, X: Array) -> Array:
        return np.invert(X)


class sign(Constant, numpy=np.sign):
    """-1, 0 or 1."""

    def forward(self, X: Array) -> Array:
        return np.sign(X)


class heaviside(Constant, numpy=np.heaviside):
    """0 where X < 0, 1 where X > 0, `at_zero` where X = 0: the perceptron's threshold."""

    def forward(self, X: Array, at_zero: Array) -> Array:
        return np.heaviside(X, at_zero)

    def gradient(self, dA: Value, A: Value, X: Value, at_zero: Value) -> Gradients:
        return None, lambda: np.where(X == 0, dA, 0)
