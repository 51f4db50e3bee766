"""Functions of single entries that have derivatives everywhere inside their domain."""

import math

import numpy as np

from autograd_core import Operation

from .entries import correct, variant

REAL = [-2.5, 0.0, 0.5, 3.0]
POSITIVE = [0.25, 1.0, 3.0]


@correct(REAL)
class square(Operation):
    """A = X ** 2."""

    def forward(self, X):
        return X * X

    def gradient(self, dA, A, X):
        return 2 * dA * X


@correct(REAL)
class cube(Operation):
    """A = X ** 3."""

    def forward(self, X):
        return X * X * X

    def gradient(self, dA, A, X):
        return 3 * dA * np.square(X)


@correct(REAL)
class polynomial(Operation):
    """A = 2 X ** 4 - 3 X ** 2 + X - 5."""

    def forward(self, X):
        return ((2 * X * X - 3) * X + 1) * X - 5

    def gradient(self, dA, A, X):
        return dA * ((8 * X * X - 6) * X + 1)


@correct(POSITIVE)
class reciprocal(Operation):
    """A = 1 / X."""

    def forward(self, X):
        return 1 / X

    def gradient(self, dA, A, X):
        return -dA * A * A


@correct(REAL)
class exp(Operation):
    """A = e ** X."""

    def forward(self, X):
        return np.exp(X)

    def gradient(self, dA, A, X):
        return dA * A


@correct(REAL)
class expm1(Operation):
    """A = e ** X - 1."""

    def forward(self, X):
        return np.expm1(X)

    def gradient(self, dA, A, X):
        return dA * np.exp(X)


@correct(POSITIVE, domain=(0, None))
class log(Operation):
    """The natural logarithm."""

    def forward(self, X):
        return np.log(X)

    def gradient(self, dA, A, X):
        return dA / X


LOG_10 = math.log(10)


@correct(POSITIVE)
class log10(Operation):
    """The logarithm to base 10."""

    def forward(self, X):
        return np.log(X) / LOG_10

    def gradient(self, dA, A, X):
        return dA / LOG_10 / X


@correct(POSITIVE)
class log1p(Operation):
    """A = log(1 + X)."""

    def forward(self, X):
        return np.log1p(X)

    def gradient(self, dA, A, X):
        return dA / (1 + X)


@correct(POSITIVE)
class sqrt(Operation):
    """The square root. Its derivative at 0 is infinite."""

    def forward(self, X):
        return np.sqrt(X)

    def gradient(self, dA, A, X):
        return dA / (2 * A)


@correct(REAL)
class sin(Operation):
    """The sine."""

    def forward(self, X):
        return np.sin(X)

    def gradient(self, dA, A, X):
        return dA * np.cos(X)


@correct(REAL)
class arctan(Operation):
    """The inverse of the tangent."""

    def forward(self, X):
        return np.arctan(X)

    def gradient(self, dA, A, X):
        return dA / (1 + X * X)


@correct(REAL)
class gaussian(Operation):
    """A = e ** (-X ** 2)."""

    def forward(self, X):
        return np.exp(-X * X)

    def gradient(self, dA, A, X):
        return -2 * dA * X * A


@correct([-2.5, 0.25, 3.0])
class softsign(Operation):
    """A = X / (1 + |X|)."""

    def forward(self, X):
        return X / (1 + np.absolute(X))

    def gradient(self, dA, A, X):
        size = 1 + np.absolute(X)
        return dA / size / size


@correct(REAL)
class sinc(Operation):
    """A = sin(X) / X, and 1 at 0."""

    def forward(self, X):
        divisor = np.where(X == 0, 1, X)
        return np.where(X == 0, 1, np.sin(X) / divisor)

    def gradient(self, dA, A, X):
        small = np.absolute(X) < 1
        divisor = np.where(small, 1, X)
        return dA * np.where(small, self.series(np.clip(X, -1, 1)), (np.cos(X) - A) / divisor)

    def series(self, X):
        """The sum of (-1) ** k 2 k X ** (2 k - 1) / (2 k + 1)! over k = 1, 2, ..."""
        total = 0 * X
        for k in range(12, 0, -1):
            total = (-1) ** k * 2 * k / math.factorial(2 * k + 1) + X * X * total
        return X * total


@correct(REAL)
class sigmoid(Operation):
    """A = 1 / (1 + e ** -X)."""

    def forward(self, X):
        e = np.exp(-np.absolute(X))
        return np.where(X >= 0, e**0, e) / (1 + e)

    def gradient(self, dA, A, X):
        return dA * sigmoid.of(X) * sigmoid.of(-X)


@correct(REAL)
class tanh(Operation):
    """The hyperbolic tangent; 1 - tanh(X) ** 2 = 4 s(2 X) s(-2 X) with the sigmoid s."""

    def forward(self, X):
        return np.tanh(X)

    def gradient(self, dA, A, X):
        return dA * 4 * sigmoid.of(2 * X) * sigmoid.of(-2 * X)


@correct(REAL)
class softplus(Operation):
    """A = log(1 + e ** X)."""

    def forward(self, X):
        return np.maximum(X, 0) + np.log1p(np.exp(-np.absolute(X)))

    def gradient(self, dA, A, X):
        return dA * sigmoid.of(X)


@correct(REAL)
class silu(Operation):
    """A = X s(X) with the sigmoid s."""

    def forward(self, X):
        return X * sigmoid.of(X)

    def gradient(self, dA, A, X):
        return dA * sigmoid.of(X) * (1 + X * sigmoid.of(-X))


@variant([-800.0, -1.0, 0.0, 40.0])
class sigmoid_from_exp(sigmoid):
    """e / (1 + e) ** 2 with e = e ** -|X|: another formula for the same."""

    def gradient(self, dA, A, X):
        e = np.exp(-np.absolute(X))
        return dA * e / (1 + e) / (1 + e)


@variant([-400.0, -1.0, 0.0, 30.0])
class tanh_from_exp(tanh):
    """4 e / (1 + e) ** 2 with e = e ** (-2 |X|), made when it is needed."""

    def gradient(self, dA, A, X):
        def dX():
            e = np.exp(-2 * np.absolute(X))
            return 4 * dA * e / np.square(1 + e)

        return [dX]


@variant([-2.0, 0.0, 3.0])
class polynomial_by_powers(polynomial):
    """The sum of c_k k X ** (k - 1) in another order."""

    def gradient(self, dA, A, X):
        return dA - 6 * dA * X + 8 * dA * X**3


@variant([1e-150, 0.5, 3.0, 1e100])
class reciprocal_from_input(reciprocal):
    """-1 / X ** 2, with two divisions."""

    def gradient(self, dA, A, X):
        return -(dA / X / X)


@variant([1e-200, 1.0, 1e200])
class sqrt_from_input(sqrt):
    """1 / (2 sqrt(X)), not from the output."""

    def gradient(self, dA, A, X):
        return 0.5 * dA / np.sqrt(X)
