"""Wrong gradients of functions that broadcast."""

import numpy as np

from .entries import wrong
from .pairs import (
    COLUMN,
    ROW,
    X,
    add,
    divide,
    hypot,
    logaddexp,
    multiply,
    multiply_add,
    power,
    subtract,
    triple_product,
    where,
)

SQUARE = [[1.5, -2.0], [3.0, 0.25]]

# Always ------------------------------------------------------------------------------------


@wrong("always", [1.5, -2.0], [0.5, 3.0])
class subtract_as_add(subtract):
    """The minus is missing."""

    def gradient(self, dA, A, X, Y):
        return dA, dA


@wrong("always", [1.5, -2.0], [0.5, 3.0])
class multiply_mixed_up(multiply):
    """The entries are exchanged: right for X Y with Y = X."""

    def gradient(self, dA, A, X, Y):
        return dA * X, dA * Y


@wrong("always", [1.5, -2.0], [0.5, 3.0])
class multiply_by_one_factor_only(multiply):
    """None for the second factor, as if it were a constant."""

    def gradient(self, dA, A, X, Y):
        return dA * Y, None


@wrong("always", [1.5, -2.0], [0.5, 3.0])
class divide_with_wrong_sign(divide):
    """The minus is missing in the gradient by Y."""

    def gradient(self, dA, A, X, Y):
        return dA / Y, dA * A / Y


@wrong("value", [1.5, -2.0], [0.5, 3.0])
class divide_by_first_power(divide):
    """X / Y in place of X / Y ** 2: right for Y = 1."""

    def gradient(self, dA, A, X, Y):
        return dA / Y, -dA * X / Y


@wrong("always", [0.5, 3.0], [2.0, -1.5])
class power_without_logarithm(power):
    """The gradient by the exponent lacks log(X)."""

    def gradient(self, dA, A, X, Y):
        return dA * Y * X ** (Y - 1), dA * A


@wrong("always", [0.5, 3.0], [2.0, -1.5])
class power_of_same_degree(power):
    """The exponent is not lowered."""

    def gradient(self, dA, A, X, Y):
        return dA * Y * A, dA * A * np.log(X)


@wrong("always", [1, 0], [1.5, -2.0], [0.5, 3.0])
class where_exchanged(where):
    """The masks are exchanged."""

    def gradient(self, dA, A, condition, X, Y):
        return None, np.where(condition, 0, dA), np.where(condition, dA, 0)


@wrong("always", [1, 0], [1.5, -2.0], [0.5, 3.0])
class where_without_mask(where):
    """The gradient passes to both."""

    def gradient(self, dA, A, condition, X, Y):
        return None, dA, dA


# For some values ---------------------------------------------------------------------------


@wrong("value", [0.0, 2.0], [3.0, 1.0])
class multiply_from_output(multiply):
    """A / X: 0 / 0 at 0."""

    def gradient(self, dA, A, X, Y):
        return dA * A / X, dA * A / Y


@wrong("value", [0.0, 2.0], [3.0, 1.0], [-1.0, 4.0])
class triple_product_skipping_zeros(triple_product):
    """A / X with a guard at 0, where the product of the others may be anything."""

    def gradient(self, dA, A, *factors):
        return [np.where(F == 0, 0, dA * A / np.where(F == 0, 1, F)) for F in factors]


@wrong("value", [1.5, 2.0], [-0.5, 3.0])
class divide_by_positive(divide):
    """|Y| in the gradient by X: wrong for negative divisors."""

    def gradient(self, dA, A, X, Y):
        return dA / np.absolute(Y), -dA * A / Y


@wrong("value", [0.5, 3.0], [2.0, 1.5])
class power_of_large_base(power):
    """log(X) is held at 0 or more: wrong for X < 1."""

    def gradient(self, dA, A, X, Y):
        return dA * Y * X ** (Y - 1), dA * A * np.maximum(np.log(X), 0)


@wrong("value", [0.5, 3.0], [-2.0, 1.5])
class power_of_positive_exponent(power):
    """0 for negative exponents."""

    def gradient(self, dA, A, X, Y):
        return np.maximum(Y, 0) * dA * X ** (Y - 1), dA * A * np.log(X)


@wrong("value", [1, 1], [1.5, -2.0], [0.5, 3.0], upstream=[1.0, -1.0])
class where_of_positive_upstream(where):
    """The mask is combined with that of a positive upstream gradient."""

    def gradient(self, dA, A, condition, X, Y):
        mask = np.logical_and(condition, dA > 0)
        return None, np.where(mask, dA, 0), np.where(condition, 0, dA)


@wrong("kink", [0.0, 2.0], [0.0, 1.0])
class hypot_nan_at_0(hypot):
    """0 / 0 where both are 0."""

    def gradient(self, dA, A, X, Y):
        return dA * X / A, dA * Y / A


@wrong("kink", [0.0, 2.0], [0.0, 1.0])
class hypot_too_long_at_0(hypot):
    """(1, 1) at 0: each entry is possible, but the vector is longer than 1."""

    def gradient(self, dA, A, X, Y):
        divisor = np.where(A == 0, 1, A)
        return [np.where(A == 0, dA, dA * (Z / divisor)) for Z in (X, Y)]


# At some magnitudes ------------------------------------------------------------------------


@wrong("magnitude", [1e200], [2e200])
class divide_by_large_square(divide):
    """Y ** 2 overflows: 0 where |Y| > 1e154."""

    def gradient(self, dA, A, X, Y):
        return dA / Y, -dA * X / np.square(Y)


@wrong("magnitude", [1e-200], [2e-200])
class hypot_of_squares(hypot):
    """The squares overflow, or vanish."""

    def gradient(self, dA, A, X, Y):
        A = np.sqrt(X * X + Y * Y)
        divisor = np.where(A == 0, 1, A)
        return dA * X / divisor, dA * Y / divisor


@wrong("magnitude", [800.0], [799.0])
class logaddexp_of_large_exp(logaddexp):
    """e ** X overflows: nan beyond 709."""

    def gradient(self, dA, A, X, Y):
        x, y = np.exp(X), np.exp(Y)
        return dA * x / (x + y), dA * y / (x + y)


@wrong("magnitude", [1e-13], [2e-13])
class divide_with_epsilon(divide):
    """1e-12 is added to the divisor."""

    def gradient(self, dA, A, X, Y):
        return dA / (Y + 1e-12), -dA * A / (Y + 1e-12)


# For some shapes ---------------------------------------------------------------------------


@wrong("shape", X, ROW)
class add_mean_over_batch(add):
    """The mean over the axes that were broadcast, in place of the sum."""

    def gradient(self, dA, A, X, Y):
        return [np.mean(dA, axis=tuple(range(dA.ndim - Z.ndim))) for Z in (X, Y)]


@wrong("shape", X, COLUMN)
class add_of_one_or_all(add):
    """Where the shapes differ, all is added up: right for a scalar."""

    def gradient(self, dA, A, X, Y):
        return [dA if Z.shape == A.shape else np.broadcast_to(np.sum(dA), Z.shape) for Z in (X, Y)]


@wrong("shape", X, ROW)
class multiply_of_first_row(multiply):
    """The first row of the gradient, in place of the sum over rows."""

    def gradient(self, dA, A, X, Y):
        dX, dY = dA * Y, dA * X
        return dX if X.ndim == dA.ndim else dX[0], dY if Y.ndim == dA.ndim else dY[0]


@wrong("shape", SQUARE, [0.5, -1.5])
class multiply_summed_over_columns(multiply):
    """The last axis is summed in place of the first: no error if there are as many."""

    def gradient(self, dA, A, X, Y):
        dX, dY = dA * Y, dA * X
        return (
            np.sum(dX, axis=-1) if X.ndim < dX.ndim else dX,
            np.sum(dY, axis=-1) if Y.ndim < dY.ndim else dY,
        )


@wrong("shape", X, [[2.0], [4.0]])
class subtract_summed_twice(subtract):
    """A column's sum is multiplied by its length, as if it had been broadcast again."""

    def gradient(self, dA, A, X, Y):
        n = dA.shape[-1] if Y.ndim and Y.shape[-1] == 1 else 1
        return dA, -dA * n


@wrong("shape", X, ROW, COLUMN)
class multiply_add_without_rows(multiply_add):
    """Divides the summand's gradient by the number of rows."""

    def gradient(self, dA, A, X, Y, Z):
        return dA * Y, dA * X, dA / (len(dA) if dA.ndim else 1)


@wrong("shape", [[1.5, 2.0, -1.0]], [0.5, 3.0, 1.0])
class divide_row_by_last(divide):
    """With an axis of length 3 the divisor's last entry is used for all, as if it were a scale."""

    def gradient(self, dA, A, X, Y):
        divisor = Y[..., 2:] if Y.ndim and Y.shape[-1] == 3 else Y
        return dA / divisor, -dA * A / Y


@wrong("shape", np.zeros((0, 3)), ROW)
class multiply_scaled_by_largest(multiply):
    """Divides by the largest entry to be safe, and fails where there is none."""

    def gradient(self, dA, A, X, Y):
        scale = np.max(np.absolute(dA))
        scale = np.where(scale == 0, 1, scale)
        return dA / scale * Y * scale, dA / scale * X * scale
