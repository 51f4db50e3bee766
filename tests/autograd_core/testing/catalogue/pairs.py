"""Functions of two or three inputs that are broadcast against each other."""

import numpy as np

from autograd_core import Operation
from autograd_core.testing import integers

from .entries import correct, variant
from .smooth import sigmoid

X = [[1.5, -2.0, 0.5], [3.0, 0.25, -1.0]]
ROW = [0.5, -1.5, 2.0]
COLUMN = [[2.0], [-3.0]]


@correct(X, ROW)
class add(Operation):
    """A = X + Y. One array, the upstream gradient itself, is the gradient of both."""

    def forward(self, X, Y):
        return X + Y

    def gradient(self, dA, A, X, Y):
        return dA, dA


@correct(X, COLUMN)
class subtract(Operation):
    """A = X - Y."""

    def forward(self, X, Y):
        return X - Y

    def gradient(self, dA, A, X, Y):
        return dA, -dA


@correct(X, ROW)
class multiply(Operation):
    """A = X Y."""

    def forward(self, X, Y):
        return X * Y

    def gradient(self, dA, A, X, Y):
        return dA * Y, dA * X


@correct(X, COLUMN)
class divide(Operation):
    """A = X / Y."""

    def forward(self, X, Y):
        return X / Y

    def gradient(self, dA, A, X, Y):
        return lambda: dA / Y, lambda: -dA * A / Y


@correct(X, ROW, COLUMN)
class triple_product(Operation):
    """A = X Y Z."""

    def forward(self, X, Y, Z):
        return X * Y * Z

    def gradient(self, dA, A, X, Y, Z):
        return lambda: dA * (Y * Z), lambda: dA * (X * Z), lambda: dA * (X * Y)


@correct([[0.5, 1.0, 3.0]], [[2.0], [-1.5]], domain={"X": (0.01, 100), "Y": (-10, 10)})
class power(Operation):
    """A = X ** Y for positive X."""

    def forward(self, X, Y):
        return X**Y

    def gradient(self, dA, A, X, Y):
        return dA * Y * X ** (Y - 1), dA * A * np.log(X)


@correct([[True], [False]], X, ROW, domain={"condition": integers(0, 2)})
class where(Operation):
    """X where the condition holds, Y elsewhere."""

    def forward(self, condition, X, Y):
        return np.where(condition, X, Y)

    def gradient(self, dA, A, condition, X, Y):
        return None, np.where(condition, dA, 0), np.where(condition, 0, dA)


@correct(X, ROW)
class hypot(Operation):
    """A = sqrt(X ** 2 + Y ** 2), with gradient 0 at X = Y = 0."""

    def forward(self, X, Y):
        larger = np.maximum(np.absolute(X), np.absolute(Y))
        divisor = np.where(larger == 0, 1, larger)
        return larger * np.sqrt(np.square(X / divisor) + np.square(Y / divisor))

    def gradient(self, dA, A, X, Y):
        divisor = np.where(A == 0, 1, A)
        return dA * (X / divisor), dA * (Y / divisor)


@correct(X, COLUMN)
class logaddexp(Operation):
    """A = log(e ** X + e ** Y)."""

    def forward(self, X, Y):
        return np.maximum(X, Y) + np.log1p(np.exp(-np.absolute(X - Y)))

    def gradient(self, dA, A, X, Y):
        return dA * sigmoid.of(X - Y), dA * sigmoid.of(Y - X)


@correct(X, ROW, [[1.0], [4.0]])
class multiply_add(Operation):
    """A = X Y + Z."""

    def forward(self, X, Y, Z):
        return X * Y + Z

    def gradient(self, dA, A, X, Y, Z):
        return dA * Y, dA * X, dA


@variant(X, ROW)
class add_with_copies(add):
    """Two arrays of its own."""

    def gradient(self, dA, A, X, Y):
        return dA * 1, dA * 1


@variant(X, ROW)
class multiply_that_sums(multiply):
    """Undoes the broadcasting itself, as far as leading axes go."""

    def gradient(self, dA, A, X, Y):
        return self.summed(dA * Y, X), self.summed(dA * X, Y)

    def summed(self, gradient, X):
        return np.sum(gradient, axis=tuple(range(gradient.ndim - X.ndim)))


@variant(X, COLUMN)
class divide_by_input(divide):
    """-X / Y ** 2, with two divisions."""

    def gradient(self, dA, A, X, Y):
        return [dA / Y, -(dA * (X / Y) / Y)]


@variant([0.0, 1.0], [0.0, 1.0])
class hypot_1_at_0(hypot):
    """The gradient (1, 0) at 0: a vector of length 1, as in every direction from there."""

    def gradient(self, dA, A, X, Y):
        divisor = np.where(A == 0, 1, A)
        return np.where(A == 0, dA, dA * (X / divisor)), dA * (Y / divisor)


@variant(X, COLUMN)
class logaddexp_by_shares(logaddexp):
    """The shares of the two exponentials, of which the larger is held at 1."""

    def gradient(self, dA, A, X, Y):
        larger = np.maximum(X, Y)
        x, y = np.exp(X - larger), np.exp(Y - larger)
        return dA * x / (x + y), dA * y / (x + y)
