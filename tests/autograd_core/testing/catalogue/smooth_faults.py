"""Wrong gradients of functions of single entries."""

import numpy as np

from .entries import wrong
from .smooth import (
    arctan,
    cube,
    exp,
    expm1,
    log,
    log1p,
    log10,
    polynomial,
    reciprocal,
    sigmoid,
    silu,
    sin,
    softplus,
    softsign,
    sqrt,
    square,
    tanh,
)

# Always ------------------------------------------------------------------------------------


@wrong("always", [0.5, -1.5])
class square_without_factor(square):
    """The factor 2 is missing."""

    def gradient(self, dA, A, X):
        return dA * X


@wrong("always", [0.5, -1.5])
class cube_of_lower_degree(cube):
    """3 X in place of 3 X ** 2."""

    def gradient(self, dA, A, X):
        return 3 * dA * X


@wrong("always", [0.5, -1.5])
class polynomial_without_a_term(polynomial):
    """The derivative of the linear term is missing."""

    def gradient(self, dA, A, X):
        return dA * (8 * X * X - 6) * X


@wrong("always", [0.5, 3.0])
class reciprocal_with_wrong_sign(reciprocal):
    """The minus is missing."""

    def gradient(self, dA, A, X):
        return dA * A * A


@wrong("always", [0.5, -1.5])
class exp_of_the_power_rule(exp):
    """X e ** (X - 1), as if e ** X were X ** e."""

    def gradient(self, dA, A, X):
        return dA * X * np.exp(X - 1)


@wrong("always", [0.5, 3.0])
class log_of_output(log):
    """Divides by the output in place of the input."""

    def gradient(self, dA, A, X):
        return dA / A


@wrong("always", [0.5, 3.0])
class log10_without_factor(log10):
    """The gradient of the natural logarithm."""

    def gradient(self, dA, A, X):
        return dA / X


@wrong("always", [0.5, 3.0])
class sqrt_twice_too_large(sqrt):
    """The factor 1/2 is missing."""

    def gradient(self, dA, A, X):
        return dA / A


@wrong("always", [0.5, -1.5])
class sin_of_output(sin):
    """The cosine of the output in place of the input."""

    def gradient(self, dA, A, X):
        return dA * np.cos(A)


@wrong("always", [0.5, -1.5])
class sigmoid_of_input(sigmoid):
    """X (1 - X): meant for the output."""

    def gradient(self, dA, A, X):
        return dA * X * (1 - X)


@wrong("always", [0.5, -1.5])
class tanh_without_square(tanh):
    """1 - A in place of 1 - A ** 2."""

    def gradient(self, dA, A, X):
        return dA * (1 - A)


@wrong("always", [0.5, -1.5])
class softplus_reversed(softplus):
    """The sigmoid of -X."""

    def gradient(self, dA, A, X):
        return dA * sigmoid.of(-X)


@wrong("always", [0.5, -1.5])
class silu_without_product_rule(silu):
    """Only the first term of the product rule."""

    def gradient(self, dA, A, X):
        return dA * sigmoid.of(X)


@wrong("always", [0.5, -1.5])
class arctan_of_tan(arctan):
    """The derivative of the tangent in place of its inverse's."""

    def gradient(self, dA, A, X):
        return dA * (1 + X * X)


@wrong("always", [0.5, -1.5])
class cube_without_gradient(cube):
    """None, as if it were constant."""

    def gradient(self, dA, A, X):
        return None


@wrong("always", [0.5, -1.5], upstream=[2.0, 3.0])
class square_without_upstream(square):
    """The upstream gradient is ignored."""

    def gradient(self, dA, A, X):
        return 2 * X


# For some upstream gradients ---------------------------------------------------------------


@wrong("shape", [0.5, -1.5])
class exp_of_summed_upstream(exp):
    """The sum of the upstream gradient for each entry: right for one entry."""

    def gradient(self, dA, A, X):
        return np.sum(dA) * A


@wrong("value", [0.5, -1.5], upstream=[2.0, 3.0])
class tanh_of_mean_upstream(tanh):
    """The mean of the upstream gradient for each entry: right for ones."""

    def gradient(self, dA, A, X):
        return np.mean(dA) * 4 * sigmoid.of(2 * X) * sigmoid.of(-2 * X)


@wrong("value", [0.5, -1.5], upstream=[2.0, 3.0])
class sin_of_squared_upstream(sin):
    """The upstream gradient twice: right for ones."""

    def gradient(self, dA, A, X):
        return dA * dA * np.cos(X)


@wrong("value", [0.5, -1.5], upstream=[1.0, -1.0])
class sigmoid_of_positive_upstream(sigmoid):
    """A negative upstream gradient is dropped."""

    def gradient(self, dA, A, X):
        return np.maximum(dA, 0) * sigmoid.of(X) * sigmoid.of(-X)


@wrong("value", [0.5, -1.5], upstream=[0.5, 20.0])
class softplus_of_clipped_upstream(softplus):
    """The upstream gradient is clipped at 10."""

    def gradient(self, dA, A, X):
        return np.clip(dA, -10, 10) * sigmoid.of(X)


@wrong("value", [0.5, 1.5], upstream=[0.25, -3.0])
class log1p_of_upstream_sign(log1p):
    """Only the sign of the upstream gradient."""

    def gradient(self, dA, A, X):
        return np.sign(dA) / (1 + X)


@wrong("value", [0.5, -1.5], upstream=[0.0, 2.0])
class expm1_of_smoothed_upstream(expm1):
    """A zero upstream gradient is replaced by 1e-3."""

    def gradient(self, dA, A, X):
        return np.where(dA == 0, 1e-3, dA) * np.exp(X)


# For some values ---------------------------------------------------------------------------


@wrong("value", [-2.0])
class square_of_positive(square):
    """2 |X|: wrong where X < 0."""

    def gradient(self, dA, A, X):
        return 2 * dA * np.absolute(X)


@wrong("value", [-2.0])
class softsign_without_absolute(softsign):
    """1 / (1 + X) ** 2: wrong where X < 0."""

    def gradient(self, dA, A, X):
        return dA / np.square(1 + X)


@wrong("value", [2.0])
class arctan_for_large_inputs(arctan):
    """1 / X ** 2 where |X| > 1."""

    def gradient(self, dA, A, X):
        size = np.absolute(X)
        return dA / np.where(size > 1, X * X, 1 + X * X)


@wrong("value", [4.0])
class sin_of_one_half_turn(sin):
    """The cosine from the sine, without its sign: wrong where it is negative."""

    def gradient(self, dA, A, X):
        return dA * np.sqrt(1 - A * A)


@wrong("value", [1.0])
class log_masked(log):
    """0 where the output is 0, to be on the safe side: wrong at X = 1."""

    def gradient(self, dA, A, X):
        return np.where(A == 0, 0, dA / X)


@wrong("value", [0.0])
class expm1_masked(expm1):
    """0 where the input is 0."""

    def gradient(self, dA, A, X):
        return np.where(X == 0, 0, dA * np.exp(X))


@wrong("value", [0.0])
class cube_from_output(cube):
    """3 A / X: 0 / 0 at 0."""

    def gradient(self, dA, A, X):
        return 3 * dA * A / X


@wrong("value", [-1.5])
class silu_as_relu(silu):
    """0 where X < 0."""

    def gradient(self, dA, A, X):
        return np.where(X < 0, 0, dA * sigmoid.of(X) * (1 + X * sigmoid.of(-X)))


@wrong("value", [6.0])
class softplus_linear_above_5(softplus):
    """1 where X > 5, where the forward pass is not linear."""

    def gradient(self, dA, A, X):
        return np.where(X > 5, dA, dA * sigmoid.of(X))
