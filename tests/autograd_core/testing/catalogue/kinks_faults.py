"""Wrong gradients of functions with kinks."""

import numpy as np

from .entries import wrong
from .kinks import (
    absolute,
    clip,
    elu,
    hinge,
    huber,
    leaky_relu,
    maximum,
    minimum,
    relu,
    softshrink,
)


@wrong("always", [-1.0, 2.0])
class relu_straight_through(relu):
    """The gradient passes where the output is 0."""

    def gradient(self, dA, A, X):
        return np.where(A >= 0, dA, 0)


@wrong("kink", [0.0, 2.0])
class relu_2_at_0(relu):
    """Both sides' masks hold at 0: derivative 2."""

    def gradient(self, dA, A, X):
        return np.where(X >= 0, dA, 0) + np.where(X == 0, dA, 0)


@wrong("kink", [0.0, 2.0])
class relu_minus_half_at_0(relu):
    """Derivative -1/2 at 0."""

    def gradient(self, dA, A, X):
        return np.where(X > 0, dA, np.where(X == 0, -0.5 * dA, 0))


@wrong("value", [-1.0, 2.0], upstream=[1.0, -1.0])
class relu_of_positive_upstream(relu):
    """A negative upstream gradient is dropped too."""

    def gradient(self, dA, A, X):
        return np.where(np.logical_and(X > 0, dA > 0), dA, 0)


@wrong("value", [1e-6])
class relu_with_threshold(relu):
    """0 up to 1e-5."""

    def gradient(self, dA, A, X):
        return np.where(X > 1e-5, dA, 0)


@wrong("kink", [0.0, 2.0])
class leaky_relu_0_at_0(leaky_relu):
    """Two strict masks, of which none holds at 0: 0 is not between the slope and 1."""

    def gradient(self, dA, A, X):
        return np.where(X > 0, dA, 0) + np.where(X < 0, self.slope * dA, 0)


@wrong("shape", [-1.0, 2.0], at={"slope": 0.25})
class leaky_relu_with_fixed_slope(leaky_relu):
    """The default slope, whatever the option says."""

    def gradient(self, dA, A, X):
        return np.where(X > 0, dA, 0.125 * dA)


@wrong("value", [-1.0, 2.0])
class leaky_relu_as_relu(leaky_relu):
    """0 where X < 0."""

    def gradient(self, dA, A, X):
        return np.where(X > 0, dA, np.where(X < 0, 0, self.slope * dA))


@wrong("shape", [-1.0, 2.0], at={"alpha": 2.0})
class elu_without_alpha(elu):
    """A + 1, which is right for alpha = 1."""

    def gradient(self, dA, A, X):
        return np.where(X > 0, dA, dA * np.exp(np.minimum(X, 0)))


@wrong("magnitude", [-45.0])
class elu_from_output(elu):
    """A + alpha: 0 where X < -37."""

    def gradient(self, dA, A, X):
        return np.where(X > 0, dA, dA * (A + self.alpha))


@wrong("kink", [0.0, 2.0])
class elu_twice_at_0(elu):
    """Both sides are added at 0: 1 + alpha."""

    def gradient(self, dA, A, X):
        left = self.alpha * np.exp(np.minimum(X, 0))
        return np.where(X >= 0, dA, 0) + np.where(X <= 0, dA * left, 0)


@wrong("kink", [0.0, 2.0])
class absolute_by_division(absolute):
    """X / |X|: 0 / 0 at 0."""

    def gradient(self, dA, A, X):
        return dA * X / A


@wrong("kink", [0.0, 2.0])
class absolute_2_at_0(absolute):
    """Derivative 2 at 0."""

    def gradient(self, dA, A, X):
        return np.where(X == 0, 2 * dA, dA * np.sign(X))


@wrong("magnitude", [1e-12, 2.0])
class absolute_with_epsilon(absolute):
    """X / (|X| + 1e-12): half of the gradient is gone at 1e-12."""

    def gradient(self, dA, A, X):
        return dA * X / (A + 1e-12)


@wrong("value", [-1.0, 2.0])
class absolute_of_positive(absolute):
    """1 everywhere."""

    def gradient(self, dA, A, X):
        return dA


@wrong("value", [3.0])
class clip_below_only(clip):
    """The upper limit is forgotten."""

    def gradient(self, dA, A, X):
        return np.where(self.low <= X, dA, 0)


@wrong("value", [3.0, 0.0])
class clip_straight_through(clip):
    """The gradient passes everywhere."""

    def gradient(self, dA, A, X):
        return dA


@wrong("kink", [2.0, 0.0])
class clip_2_at_limits(clip):
    """The limits' share is added once more."""

    def gradient(self, dA, A, X):
        at_limit = np.logical_or(self.low == X, self.high == X)
        return np.where(A == X, dA, 0) + np.where(at_limit, dA, 0)


@wrong("shape", [0.5, 1.5], at={"low": -0.25, "high": 0.75})
class clip_at_fixed_limits(clip):
    """The default limits, whatever the options say."""

    def gradient(self, dA, A, X):
        return np.where(np.logical_and(X >= -1, X <= 2), dA, 0)


@wrong("value", [2.0, 0.5])
class huber_as_square(huber):
    """X also where the loss is linear."""

    def gradient(self, dA, A, X):
        return dA * X


@wrong("shape", [0.5, 2.0], at={"delta": 0.25})
class huber_without_delta(huber):
    """The slope of the linear part is 1, which is right for delta = 1."""

    def gradient(self, dA, A, X):
        return np.where(np.absolute(X) <= self.delta, dA * X, dA * np.sign(X))


@wrong("value", [1.0, 0.5])
class huber_0_at_delta(huber):
    """Two strict masks, of which none holds at delta, where the derivative is delta."""

    def gradient(self, dA, A, X):
        size = np.absolute(X)
        linear = np.where(size > self.delta, dA * self.delta * np.sign(X), 0)
        return np.where(size < self.delta, dA * X, 0) + linear


@wrong("value", [0.25, 3.0])
class softshrink_straight_through(softshrink):
    """The gradient passes also where the output is 0."""

    def gradient(self, dA, A, X):
        return dA


@wrong("value", [-1.0, 3.0])
class softshrink_above_only(softshrink):
    """Negative inputs are forgotten."""

    def gradient(self, dA, A, X):
        return np.where(X > 0.5, dA, 0)


@wrong("value", [0.5, 0.25], [1, -1])
class hinge_without_label(hinge):
    """The label's sign is missing: right for y = 1."""

    def gradient(self, dL, L, A, y):
        return np.where(L > 0, -dL, 0), np.where(L > 0, -dL * A, 0)


@wrong("kink", [1.0, 0.5], [1, -1])
class hinge_outside_at_margin(hinge):
    """Where the margin is just met, the score is pushed back."""

    def gradient(self, dL, L, A, y):
        pull = np.where(L > 0, -dL * y, 0) + np.where(y * A == 1, dL * y, 0)
        return pull, np.where(L > 0, -dL * A, 0)


@wrong("value", [3.0, 0.5], [1, -1])
class hinge_beyond_margin(hinge):
    """The mask compares the score and not the margin: right while |A| < 1."""

    def gradient(self, dL, L, A, y):
        inside = np.logical_or(L > 0, A > 1)
        return np.where(inside, -dL * y, 0), np.where(inside, -dL * A, 0)


@wrong("kink", [1.0, 2.0], [1.0, -1.0])
class maximum_twice_at_ties(maximum):
    """Both get the whole gradient of a tie: each alone is possible, both together are not."""

    def gradient(self, dA, A, X, Y):
        return np.where(X >= Y, dA, 0), np.where(Y >= X, dA, 0)


@wrong("kink", [1.0, 2.0], [1.0, -1.0])
class maximum_none_at_ties(maximum):
    """None gets the gradient of a tie."""

    def gradient(self, dA, A, X, Y):
        return np.where(X > Y, dA, 0), np.where(Y > X, dA, 0)


@wrong("value", [1.0, 2.0], [1.000001, -1.0])
class maximum_of_near_ties(maximum):
    """What is equal within 1e-5 shares the gradient."""

    def gradient(self, dA, A, X, Y):
        near = np.absolute(X - Y) < 1e-5
        return (
            np.where(near, dA / 2, np.where(X > Y, dA, 0)),
            np.where(near, dA / 2, np.where(Y > X, dA, 0)),
        )


@wrong("value", [-1.0, 2.0], [-2.0, 1.0])
class maximum_by_size(maximum):
    """Compares |X| and |Y|: wrong for negative numbers."""

    def gradient(self, dA, A, X, Y):
        first = np.absolute(X) >= np.absolute(Y)
        return np.where(first, dA, 0), np.where(first, 0, dA)


@wrong("kink", [1.0, 2.0], [1.0, -1.0])
class minimum_twice_at_ties(minimum):
    """Both get the whole gradient of a tie."""

    def gradient(self, dA, A, X, Y):
        return np.where(X <= Y, dA, 0), np.where(Y <= X, dA, 0)


@wrong("always", [1.0, 2.0], [0.0, 5.0])
class minimum_as_maximum(minimum):
    """The gradient goes to the larger one."""

    def gradient(self, dA, A, X, Y):
        return np.where(X >= Y, dA, 0), np.where(X < Y, dA, 0)
