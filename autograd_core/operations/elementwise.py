"""Arithmetic and functions of single entries; the inputs are broadcast against each other."""

from __future__ import annotations

from copy import deepcopy
from typing import Any

import numpy as np

from autograd_core.node import Node, Operation
from autograd_core.protocols import ArrayInterface, stacked
from autograd_core.values import Array, Gradients, Value, holds_nodes

# In every gradient below, dA is the upstream gradient and A the output.


class add(Operation, numpy=np.add):
    """A = X + Y."""

    def forward(self, X: Array, Y: Array) -> Array:
        return X + Y

    def gradient(self, dA: Value, A: Value, X: Value, Y: Value) -> Gradients:
        return dA, dA


class subtract(Operation, numpy=np.subtract):
    """A = X - Y."""

    def forward(self, X: Array, Y: Array) -> Array:
        return X - Y

    def gradient(self, dA: Value, A: Value, X: Value, Y: Value) -> Gradients:
        return dA, lambda: -dA


class multiply(Operation, numpy=np.multiply):
    """A = X Y, entry by entry."""

    def forward(self, X: Array, Y: Array) -> Array:
        return X * Y

    def gradient(self, dA: Value, A: Value, X: Value, Y: Value) -> Gradients:
        return lambda: dA * Y, lambda: dA * X


class weighted(Operation):
    """A = X W, and 0 where W is 0, also where X is infinite: a weight of 0 leaves X out."""

    def forward(self, X: Array, W: Array) -> Array:
        with np.errstate(invalid="ignore"):
            A = X * W
        return np.where(np.isinf(X) & (W == 0), A.dtype.type(0), A)

    def gradient(self, dA: Value, A: Value, X: Value, W: Value) -> Gradients:
        return lambda: dA * W, lambda: dA * X


class divide(Operation, numpy=np.divide):
    """A = X / Y, entry by entry."""

    def forward(self, X: Array, Y: Array) -> Array:
        return X / Y

    def gradient(self, dA: Value, A: Value, X: Value, Y: Value) -> Gradients:
        return lambda: dA / Y, lambda: -(dA * A / Y)  # Y**2 would overflow early


class negative(Operation, numpy=np.negative):
    """A = -X."""

    def forward(self, X: Array) -> Array:
        return -X

    def gradient(self, dA: Value, A: Value, X: Value) -> Gradients:
        return lambda: -dA


class positive(Operation, numpy=np.positive):
    """A = X, as a node of its own."""

    def forward(self, X: Array) -> Array:
        return +X

    def gradient(self, dA: Value, A: Value, X: Value) -> Gradients:
        return dA


class power(Operation, numpy=np.power):
    """A = X ** Y.

    The gradient with respect to Y is nan where X is negative: there X ** Y has no real neighbours.
    """

    def forward(self, X: Array, Y: Array) -> Array:
        return X**Y

    def gradient(self, dA: Value, A: Value, X: Value, Y: Value) -> Gradients:
        return lambda: dA * Y * lower_power.of(X, Y, 1), lambda: dA * A * log_or_0(X)


class lower_power(Operation):
    """A = X ** (Y - n), as in the n-th derivative of X ** Y, precise where Y - n is rounded.

    At X = 0 and Y = 0, 1, ..., n - 1 it is 1 and not infinite, because it is multiplied by
    Y (Y - 1) ... (Y - n + 1) = 0 there, and the product must be 0.
    """

    def __init__(self, X: Any, Y: Any, n: int) -> None:
        self.n = n
        super().__init__(X, Y)

    def forward(self, X: Array, Y: Array) -> Array:
        Y = Y.astype(np.result_type(X, Y), copy=False)
        E = Y - self.n
        if ((Y >= 0) & (self.n > Y)).any():
            infinite = np.absolute(X) < np.finfo(E.dtype).tiny
            X = np.where(infinite & np.isin(Y, range(self.n)), 1, X)
        A = X**E
        with np.errstate(invalid="ignore"):
            back = E - Y
            rest = (Y - (E - back)) - (self.n + back)  # the error of E, by Knuth's two-sum
            if rest.any():
                missing = rest * log_or_0(np.absolute(X))
                A = np.where(np.isfinite(missing), A * (1 + missing), A)
        return A

    def gradient(self, dA: Value, A: Value, X: Value, Y: Value) -> Gradients:
        return (
            lambda: dA * (Y - self.n) * lower_power.of(X, Y, self.n + 1),
            lambda: dA * A * log_or_0(X),
        )


def log_or_0(X: Value) -> Value:
    """log(X), and 0 at X = 0, where X ** Y is 0 or infinite for all Y nearby."""
    return np.log(np.where(X == 0, 1, X))


class square(Operation, numpy=np.square):
    """A = X ** 2."""

    def forward(self, X: Array) -> Array:
        return np.square(X)

    def gradient(self, dA: Value, A: Value, X: Value) -> Gradients:
        return lambda: 2 * (dA * X)


class sqrt(Operation, numpy=np.sqrt):
    """The square root. Its derivative at 0 is infinite."""

    def forward(self, X: Array) -> Array:
        return np.sqrt(X)

    def gradient(self, dA: Value, A: Value, X: Value) -> Gradients:
        return lambda: dA / (2 * A)


class absolute(Operation, numpy=np.absolute):
    """A = |X|. The derivative at 0 is taken to be 0."""

    def forward(self, X: Array) -> Array:
        return np.absolute(X)

    def gradient(self, dA: Value, A: Value, X: Value) -> Gradients:
        return lambda: dA * np.sign(X)


class exp(Operation, numpy=np.exp):
    """A = e ** X."""

    def forward(self, X: Array) -> Array:
        return np.exp(X)

    def gradient(self, dA: Value, A: Value, X: Value) -> Gradients:
        return lambda: dA * A


class expm1(Operation, numpy=np.expm1):
    """A = e ** X - 1, precise for small X."""

    def forward(self, X: Array) -> Array:
        return np.expm1(X)

    def gradient(self, dA: Value, A: Value, X: Value) -> Gradients:
        return lambda: dA * np.exp(X)  # A + 1 is 0 for X < -37


class log(Operation, numpy=np.log):
    """The natural logarithm."""

    def forward(self, X: Array) -> Array:
        return np.log(X)

    def gradient(self, dA: Value, A: Value, X: Value) -> Gradients:
        return lambda: dA / X


class log1p(Operation, numpy=np.log1p):
    """A = log(1 + X), precise for small X."""

    def forward(self, X: Array) -> Array:
        return np.log1p(X)

    def gradient(self, dA: Value, A: Value, X: Value) -> Gradients:
        return lambda: dA / (1 + X)


class sin(Operation, numpy=np.sin):
    """The sine of X in radians."""

    def forward(self, X: Array) -> Array:
        return np.sin(X)

    def gradient(self, dA: Value, A: Value, X: Value) -> Gradients:
        return lambda: dA * np.cos(X)


class cos(Operation, numpy=np.cos):
    """The cosine of X in radians."""

    def forward(self, X: Array) -> Array:
        return np.cos(X)

    def gradient(self, dA: Value, A: Value, X: Value) -> Gradients:
        return lambda: -dA * np.sin(X)


class maximum(Operation, numpy=np.maximum):
    """The larger of X and Y, entry by entry. Where they are equal, each gets half the gradient."""

    def forward(self, X: Array, Y: Array) -> Array:
        return np.maximum(X, Y)

    def gradient(self, dA: Value, A: Value, X: Value, Y: Value) -> Gradients:
        return lambda: _where_above(X, Y, dA), lambda: _where_above(Y, X, dA)


class minimum(Operation, numpy=np.minimum):
    """The smaller of X and Y, entry by entry. Where they are equal, each gets half the gradient."""

    def forward(self, X: Array, Y: Array) -> Array:
        return np.minimum(X, Y)

    def gradient(self, dA: Value, A: Value, X: Value, Y: Value) -> Gradients:
        return lambda: _where_above(Y, X, dA), lambda: _where_above(X, Y, dA)


def _where_above(X: Value, Y: Value, dA: Value) -> Value:
    """dA where X > Y, half of it where they are equal."""
    return masked.of(dA, X > Y) + masked.of(dA / 2, X == Y)


class where(Operation, numpy=np.where):
    """X where `condition` holds, Y elsewhere."""

    def __init__(self, condition: Any, X: Any, Y: Any) -> None:
        (condition,) = stacked([condition])
        if getattr(condition, "dtype", None) != np.bool:  # else numbers would count for A's dtype
            condition = np.not_equal(condition, 0)
        super().__init__(condition, X, Y)

    def forward(self, condition: Array, X: Array, Y: Array) -> Array:
        return np.where(condition, X, Y)

    def gradient(self, dA: Value, A: Value, condition: Value, X: Value, Y: Value) -> Gradients:
        return None, lambda: masked.of(dA, condition), lambda: masked.of(dA, ~condition)


class masked(Operation):
    """A = X where `mask` holds, 0 elsewhere, also where X is infinite or nan.

    np.where takes a branch for every entry, and where the mask looks random the processor takes
    half of them wrong; to blank out bits takes none.
    """

    def forward(self, X: Array, mask: Array) -> Array:
        bits = BITS.get(X.dtype.itemsize)
        if bits is None:  # longdouble
            return np.where(mask, X, 0)
        mask = mask if mask.dtype.kind == "b" else mask != 0
        return (X.view(bits) & -mask.astype(bits)).view(X.dtype)  # -1 has all bits

    def gradient(self, dA: Value, A: Value, X: Value, mask: Value) -> Gradients:
        return lambda: masked.of(dA, mask), None


BITS = {2: np.int16, 4: np.int32, 8: np.int64}


class clip(Operation, numpy=np.clip):
    """X limited to [a_min, a_max]; None is no limit. The derivative at a limit is 1.

    Where a_min is not less than a_max, A = a_max for every X, and the derivative is 0.
    """

    def __init__(
        self,
        X: Any,
        a_min: Any = None,
        a_max: Any = None,
        *,
        min: Any = None,  # noqa: A002
        max: Any = None,  # noqa: A002
    ) -> None:
        a_min, a_max = (a_min if min is None else min), (a_max if max is None else max)
        if any(isinstance(limit, Node) or holds_nodes(limit) for limit in (a_min, a_max)):
            raise TypeError("clip: a_min and a_max can't be nodes; use maximum and minimum")
        self.a_min, self.a_max = deepcopy(a_min), deepcopy(a_max)
        below = np.True_ if a_min is None or a_max is None else np.less(a_min, a_max)
        self.below = None if below.all() else below
        super().__init__(X)

    def forward(self, X: Array) -> Array:
        return np.clip(X, self.a_min, self.a_max)

    def gradient(self, dA: Value, A: Value, X: Value) -> Gradients:
        return lambda: masked.of(dA, A == X if self.below is None else (A == X) & self.below)


class astype(Operation, numpy=ArrayInterface.astype):
    """The entries of X as `dtype`. Floating-point gradients are cast back."""

    def __init__(self, X: Any, dtype: Any) -> None:
        self.dtype_ = np.dtype(dtype)
        super().__init__(X)

    def forward(self, X: Array) -> Array:
        return X.astype(self.dtype_)

    def gradient(self, dA: Value, A: Value, X: Value) -> Gradients:
        return dA
