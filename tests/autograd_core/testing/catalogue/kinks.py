"""Functions with kinks: any element of the subdifferential is right there."""

import numpy as np

from autograd_core import Operation

from .entries import correct, variant

REAL = [-2.5, -0.75, 0.25, 3.0]


@correct(REAL)
class relu(Operation):
    """A = max(X, 0), with derivative 0 at 0."""

    def forward(self, X):
        return np.maximum(X, 0)

    def gradient(self, dA, A, X):
        return np.where(X > 0, dA, 0)


@variant([-1.0, 0.0, 2.0])
class relu_1_at_0(relu):
    """Derivative 1 at 0."""

    def gradient(self, dA, A, X):
        return np.where(X >= 0, dA, 0)


@variant([-1.0, 0.0, 2.0])
class relu_half_at_0(relu):
    """Derivative 1/2 at 0."""

    def gradient(self, dA, A, X):
        return dA * (0.5 + 0.5 * np.sign(X))


@correct(REAL, options=[{}, {"slope": 0.25}])
class leaky_relu(Operation):
    """A = X where X > 0, slope X elsewhere."""

    def __init__(self, X, slope=0.125):
        self.slope = slope
        super().__init__(X)

    def forward(self, X):
        return np.where(X > 0, X, self.slope * X)

    def gradient(self, dA, A, X):
        return np.where(X > 0, dA, self.slope * dA)


@variant([-1.0, 0.0, 2.0])
class leaky_relu_1_at_0(leaky_relu):
    """Derivative 1 at 0."""

    def gradient(self, dA, A, X):
        return np.where(X >= 0, dA, self.slope * dA)


@correct(REAL, options=[{}, {"alpha": 0.5}, {"alpha": 2.0}])
class elu(Operation):
    """A = X where X > 0, alpha (e ** X - 1) elsewhere."""

    def __init__(self, X, alpha=1.0):
        self.alpha = alpha
        super().__init__(X)

    def forward(self, X):
        return np.where(X > 0, X, self.alpha * np.expm1(-np.absolute(X)))

    def gradient(self, dA, A, X):
        return np.where(X > 0, dA, self.alpha * dA * np.exp(np.minimum(X, 0)))


@variant([-1.0, 0.0, 2.0], at={"alpha": 0.5})
class elu_1_at_0(elu):
    """Derivative 1 at 0, also where it is alpha from the left."""

    def gradient(self, dA, A, X):
        return np.where(X >= 0, dA, self.alpha * dA * np.exp(-np.absolute(X)))


@correct(REAL)
class absolute(Operation):
    """A = |X|, with derivative 0 at 0."""

    def forward(self, X):
        return np.absolute(X)

    def gradient(self, dA, A, X):
        return dA * np.sign(X)


@variant([-1.0, 0.0, 2.0])
class absolute_minus_1_at_0(absolute):
    """Derivative -1 at 0."""

    def gradient(self, dA, A, X):
        return np.where(X > 0, dA, -dA)


@variant([-1.0, 0.0, 2.0])
class absolute_half_at_0(absolute):
    """Derivative 1/2 at 0."""

    def gradient(self, dA, A, X):
        return np.where(X == 0, dA / 2, dA * np.sign(X))


@correct(REAL, options=[{}, {"low": -0.25, "high": 0.75}])
class clip(Operation):
    """X held between `low` and `high`, with derivative 1 at both."""

    def __init__(self, X, low=-1.0, high=2.0):
        self.low, self.high = low, high
        super().__init__(X)

    def forward(self, X):
        return np.clip(X, self.low, self.high)

    def gradient(self, dA, A, X):
        return np.where(A == X, dA, 0)


@variant([-1.0, 0.0, 2.0])
class clip_0_at_limits(clip):
    """Derivative 0 at both limits."""

    def gradient(self, dA, A, X):
        return np.where(np.logical_and(self.low < X, self.high > X), dA, 0)


@variant([-1.0, 0.0, 2.0])
class clip_half_at_limits(clip):
    """Derivative 1/2 at both limits."""

    def gradient(self, dA, A, X):
        return dA * (np.sign(X - self.low) - np.sign(X - self.high)) / 2


@correct(REAL, options=[{}, {"delta": 0.25}])
class huber(Operation):
    """A = X ** 2 / 2 where |X| <= delta, delta (|X| - delta / 2) elsewhere."""

    def __init__(self, X, delta=1.0):
        self.delta = delta
        super().__init__(X)

    def forward(self, X):
        size = np.absolute(X)
        small = np.minimum(size, self.delta)
        return small * (size - small / 2)

    def gradient(self, dA, A, X):
        return dA * np.clip(X, -self.delta, self.delta)


@variant([-1.0, -0.5, 1.0, 2.0])
class huber_by_cases(huber):
    """Two cases, with the same slope where they meet."""

    def gradient(self, dA, A, X):
        return np.where(np.absolute(X) < self.delta, dA * X, dA * self.delta * np.sign(X))


@correct(REAL)
class softshrink(Operation):
    """X moved by 1/2 towards 0, and 0 where it would pass it."""

    def forward(self, X):
        return X - np.clip(X, -0.5, 0.5)

    def gradient(self, dA, A, X):
        return np.where(np.absolute(X) > 0.5, dA, 0)


def signs(y, A):
    """The labels; integers with the dtype of the scores A, which they must not change."""
    return y if y.dtype.kind == "f" else y.astype(A.dtype)


@correct([1.5, -0.25, 0.5], [1, -1, 1], signature="(),()->()", domain={"y": {-1, 1}})
class hinge(Operation):
    """L = max(0, 1 - y A) for scores A and labels y of -1 and 1, with derivative 0 at the kink."""

    def forward(self, A, y):
        return np.maximum(1 - signs(y, A) * A, 0)

    def gradient(self, dL, L, A, y):
        inside, y = L > 0, signs(y, A)
        return np.where(inside, -dL * y, 0), np.where(inside, -dL * A, 0)


@variant([1.0, -0.25, -1.0], [1, -1, -1])
class hinge_with_margin_inside(hinge):
    """Derivative -y where the margin is just met."""

    def gradient(self, dL, L, A, y):
        y = signs(y, A)
        inside = y * A <= 1
        return np.where(inside, -dL * y, 0), np.where(inside, -dL * A, 0)


@correct([1.0, 2.0, -3.0], [[0.5], [-4.0]])
class maximum(Operation):
    """The larger of X and Y; where they are equal, each gets half of the gradient."""

    def forward(self, X, Y):
        return np.maximum(X, Y)

    def gradient(self, dA, A, X, Y):
        half = np.where(X == Y, dA / 2, 0)
        return np.where(X > Y, dA, half), np.where(Y > X, dA, half)


@variant([1.0, 2.0, 3.0], [1.0, 2.0, -1.0])
class maximum_all_to_the_first(maximum):
    """Where they are equal, X gets the whole gradient."""

    def gradient(self, dA, A, X, Y):
        return np.where(X >= Y, dA, 0), np.where(X < Y, dA, 0)


@variant([1.0, 2.0, 3.0], [1.0, 2.0, -1.0])
class maximum_all_to_the_second(maximum):
    """Where they are equal, Y gets the whole gradient."""

    def gradient(self, dA, A, X, Y):
        return np.where(X > Y, dA, 0), np.where(X <= Y, dA, 0)


@correct([1.0, 2.0, -3.0], [[0.5], [-4.0]])
class minimum(Operation):
    """The smaller of X and Y; where they are equal, X gets the gradient."""

    def forward(self, X, Y):
        return np.minimum(X, Y)

    def gradient(self, dA, A, X, Y):
        return np.where(X <= Y, dA, 0), np.where(X > Y, dA, 0)
