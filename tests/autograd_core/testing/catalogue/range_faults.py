"""Wrong gradients of functions of single entries: at some magnitudes, or with little precision."""

import numpy as np

from .entries import wrong
from .smooth import (
    cube,
    exp,
    expm1,
    gaussian,
    log,
    log10,
    sigmoid,
    silu,
    sin,
    softplus,
    softsign,
    sqrt,
    square,
    tanh,
)

# At some magnitudes ------------------------------------------------------------------------


@wrong("magnitude", [40.0])
class sigmoid_from_output(sigmoid):
    """A (1 - A): 0 where X > 37."""

    def gradient(self, dA, A, X):
        return dA * A * (1 - A)


@wrong("magnitude", [-800.0])
class sigmoid_of_large_exp(sigmoid):
    """e ** -X overflows: nan where X < -709."""

    def gradient(self, dA, A, X):
        e = np.exp(-X)
        return dA * e / np.square(1 + e)


@wrong("magnitude", [50.0])
class sigmoid_of_clipped_exponent(sigmoid):
    """The exponent is clipped at 30."""

    def gradient(self, dA, A, X):
        e = np.exp(-np.clip(np.absolute(X), 0, 30))
        return dA * e / np.square(1 + e)


@wrong("magnitude", [20.0])
class tanh_from_output(tanh):
    """1 - A ** 2: 0 where |X| > 19."""

    def gradient(self, dA, A, X):
        return dA * (1 - A * A)


@wrong("magnitude", [800.0])
class softplus_of_large_exp(softplus):
    """e ** X overflows: nan where X > 709."""

    def gradient(self, dA, A, X):
        return dA * np.exp(X) / (1 + np.exp(X))


@wrong("magnitude", [-800.0])
class silu_of_large_exp(silu):
    """e ** -X overflows: nan where X < -709."""

    def gradient(self, dA, A, X):
        e = np.exp(-X)
        return dA * (1 + e + X * e) / np.square(1 + e)


@wrong("magnitude", [-40.0])
class expm1_from_output(expm1):
    """A + 1: 0 where X < -37."""

    def gradient(self, dA, A, X):
        return dA * (A + 1)


@wrong("magnitude", [20.0])
class exp_clipped(exp):
    """The output is clipped at 1e6, so that nothing explodes."""

    def gradient(self, dA, A, X):
        return dA * np.clip(A, None, 1e6)


@wrong("magnitude", [1e-9])
class log_held(log):
    """Divides by 1e-7 where X is smaller."""

    def gradient(self, dA, A, X):
        return dA / np.maximum(X, 1e-7)


@wrong("magnitude", [1e-110])
class cube_from_vanishing_output(cube):
    """3 A / X with a guard at 0: 0 where X ** 3 underflows and X ** 2 does not."""

    def gradient(self, dA, A, X):
        return 3 * dA * A / np.where(X == 0, 1, X)


@wrong("magnitude", [1e-170])
class square_from_output(square):
    """2 sqrt(A) with X's sign: 0 where X ** 2 underflows."""

    def gradient(self, dA, A, X):
        return 2 * dA * np.sqrt(A) * np.sign(X)


@wrong("magnitude", [1e-9])
class sqrt_masked(sqrt):
    """0 where the output is below 1e-4."""

    def gradient(self, dA, A, X):
        return np.where(A < 1e-4, 0, dA / (2 * A))


@wrong("magnitude", [-1e20])
class softsign_of_squares(softsign):
    """1 - 2 |A| + A ** 2: right, but 0 or mostly rounding where |X| is large."""

    def gradient(self, dA, A, X):
        return dA * np.square(1 - np.absolute(A))


# With little precision ---------------------------------------------------------------------


@wrong("precision", [1.0, 3.0])
class log_with_epsilon(log):
    """1e-8 is added to the divisor."""

    def gradient(self, dA, A, X):
        return dA / (X + 1e-8)


@wrong("precision", [1.0, 3.0])
class sqrt_with_epsilon(sqrt):
    """1e-11 is added to the divisor."""

    def gradient(self, dA, A, X):
        return dA / (2 * A + 1e-11)


@wrong("precision", [1.0, 3.0])
class log10_with_few_digits(log10):
    """log10(e) to four digits."""

    def gradient(self, dA, A, X):
        return 0.4343 * dA / X


@wrong("precision", [0.5, 1.5])
class sin_by_differences(sin):
    """A central difference with a step of 1e-3."""

    def gradient(self, dA, A, X):
        return dA * (np.sin(X + 1e-3) - np.sin(X - 1e-3)) / 2e-3


@wrong("precision", [0.5, 1.5])
class tanh_by_one_sided_differences(tanh):
    """A one-sided difference with a step of 1e-7."""

    def gradient(self, dA, A, X):
        return dA * (np.tanh(X + 1e-7) - A) / 1e-7


@wrong("precision", [21.0])
class softplus_linear_above_20(softplus):
    """1 where X > 20, wrong by 2e-9 at most."""

    def gradient(self, dA, A, X):
        return np.where(X > 20, dA, dA * sigmoid.of(X))


@wrong("precision", [0.5, 1.5])
class gaussian_in_float32(gaussian):
    """Half of it is computed in float32."""

    def gradient(self, dA, A, X):
        return -2 * dA * (X * A).astype(np.float32)
