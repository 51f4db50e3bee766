"""Wrong gradients of functions over the axes of an array."""

import numpy as np

from .entries import wrong
from .reductions import (
    TIES,
    X,
    cumsum,
    deviations,
    logsumexp,
    max,
    mean,
    min,
    norm,
    prod,
    softmax,
    std,
    sum,
    var,
)

SQUARE = [[1.5, -2.0], [3.0, 0.25]]


@wrong("always", X, at={"axis": 1}, upstream=[2.0, -3.0])
class sum_without_upstream(sum):
    """Ones, whatever the upstream gradient is."""

    def gradient(self, dA, A, X):
        return np.ones_like(X)


@wrong("shape", X, at={"axis": 1})
class sum_of_all_upstream(sum):
    """The whole upstream gradient is added up: right without axes."""

    def gradient(self, dA, A, X):
        return np.broadcast_to(np.sum(dA), X.shape)


@wrong("shape", SQUARE, at={"axis": 1})
class sum_along_the_wrong_axis(sum):
    """The upstream gradient is broadcast as it is: right for axis 0, silent if X is square."""

    def gradient(self, dA, A, X):
        return np.broadcast_to(dA, X.shape)


@wrong("shape", SQUARE, at={"axis": -1})
class sum_of_a_negative_axis(sum):
    """A negative axis is not counted from the end, and so is none that was reduced."""

    def axes(self, X):
        return super().axes(X) if self.axis is None else list(np.atleast_1d(self.axis))


@wrong("always", X)
class mean_as_sum(mean):
    """The division by n is missing."""

    def gradient(self, dA, A, X):
        return self.spread(dA, X)


@wrong("shape", X, at={"axis": 1})
class mean_over_all(mean):
    """Divides by the number of all entries: right without axes."""

    def gradient(self, dA, A, X):
        return self.spread(dA, X) / X.size


@wrong("shape", X, at={"axis": 1})
class mean_over_rows(mean):
    """Divides by the number of rows, whatever the axis."""

    def gradient(self, dA, A, X):
        return self.spread(dA, X) / (len(X) if X.ndim else 1)


@wrong("always", [1.0, 2.0, 4.0])
class mean_with_ddof(mean):
    """Divides by n - 1 where n > 1."""

    def gradient(self, dA, A, X):
        n = self.count(X)
        return self.spread(dA, X) / (n - 1 if n > 1 else 1)


@wrong("shape", [1.0, 2.0, 4.0])
class mean_of_two(mean):
    """Divides by 2, as tried out with two entries."""

    def gradient(self, dA, A, X):
        return self.spread(dA, X) / (1 if self.count(X) == 1 else 2)


@wrong("kink", TIES, at={"axis": 1})
class max_whole_to_ties(max):
    """Each of several gets the whole gradient."""

    def gradient(self, dA, A, X):
        return np.where(self.spread(A, X) == X, self.spread(dA, X), 0)


@wrong("kink", TIES, at={"axis": 1})
class max_half_to_ties(max):
    """Each of several gets a half: right for two, too much for three."""

    def gradient(self, dA, A, X):
        reached = self.spread(A, X) == X
        several = np.sum(reached, axis=self.axis, keepdims=True) > 1
        dX = self.spread(dA, X)
        return np.where(reached, np.where(several, dX / 2, dX), 0)


@wrong("kink", TIES, at={"axis": 1})
class max_none_to_ties(max):
    """Where several are largest, none gets any."""

    def gradient(self, dA, A, X):
        reached = self.spread(A, X) == X
        alone = np.sum(reached, axis=self.axis, keepdims=True) == 1
        return np.where(np.logical_and(reached, alone), self.spread(dA, X), 0)


@wrong("kink", TIES, at={"axis": 1})
class max_shared_by_all(max):
    """Ties are divided by the number of all entries, not by theirs."""

    def gradient(self, dA, A, X):
        reached = self.spread(A, X) == X
        several = np.sum(reached, axis=self.axis, keepdims=True) > 1
        dX = self.spread(dA, X)
        return np.where(reached, np.where(several, dX / self.count(X), dX), 0)


@wrong("value", [[1.0, 1.000001, 0.0]], at={"axis": 1})
class max_of_near_ties(max):
    """What is within 1e-5 of the largest counts as a tie."""

    def gradient(self, dA, A, X):
        reached = self.spread(A, X) - 1e-5 <= X
        n = np.sum(reached, axis=self.axis, keepdims=True)
        return np.where(reached, self.spread(dA, X), 0) / n.astype(dA.dtype)


@wrong("shape", X, at={"axis": 1})
class max_of_all(max):
    """Only the largest entry of the whole array gets a gradient."""

    def gradient(self, dA, A, X):
        return np.where(np.max(X) == X, self.spread(dA, X), 0)


@wrong("value", [[-3.0, -1.0, 2.0]], at={"axis": 1})
class min_by_size(min):
    """The entry with the smallest |X| gets the gradient."""

    def gradient(self, dA, A, X):
        size = np.absolute(X)
        smallest = np.min(size, axis=self.axis, keepdims=True)
        reached = size == smallest
        n = np.sum(reached, axis=self.axis, keepdims=True)
        return np.where(reached, self.spread(dA, X), 0) / n.astype(dA.dtype)


@wrong("always", X, at={"axis": 1})
class var_without_factor(var):
    """The factor 2 is missing."""

    def gradient(self, dA, A, X):
        return self.spread(dA, X) * deviations(X, self.axis) / self.count(X)


@wrong("always", X, at={"axis": 1})
class var_of_constant_mean(var):
    """2 X / n, as if the mean were 0."""

    def gradient(self, dA, A, X):
        return self.spread(dA, X) * 2 * X / self.count(X)


@wrong("shape", X, at={"axis": 1})
class var_around_the_mean_of_all(var):
    """The deviations are from the mean of the whole array."""

    def gradient(self, dA, A, X):
        return self.spread(dA, X) * 2 * deviations(X, None) / self.count(X)


@wrong("kink", [[1.5, 1.5, 1.5], [1.0, 2.0, 4.0]], at={"axis": 1})
class std_nan_if_equal(std):
    """0 / 0 where all entries are equal."""

    def gradient(self, dA, A, X):
        share = self.spread(dA, X) / self.count(X)
        return share * deviations(X, self.axis) / self.spread(A, X)


@wrong("always", X, at={"axis": 1})
class std_as_var(std):
    """The gradient of the variance."""

    def gradient(self, dA, A, X):
        return self.spread(dA, X) * 2 * deviations(X, self.axis) / self.count(X)


@wrong("precision", X, at={"axis": 1})
class std_with_epsilon(std):
    """1e-7 is added to the divisor."""

    def gradient(self, dA, A, X):
        share = self.spread(dA, X) / self.count(X)
        return share * deviations(X, self.axis) / (self.spread(A, X) + 1e-7)


@wrong("kink", [[0.0, 0.0, 0.0], [3.0, 0.0, 4.0]], at={"axis": 1})
class norm_nan_at_0(norm):
    """0 / 0 where all are 0."""

    def gradient(self, dA, A, X):
        return self.spread(dA, X) * X / self.spread(A, X)


@wrong("kink", [[0.0, 0.0, 0.0], [3.0, 0.0, 4.0]], at={"axis": 1})
class norm_too_long_at_0(norm):
    """1 for every entry where all are 0: each is possible, but not all of them together."""

    def gradient(self, dA, A, X):
        length = self.spread(A, X)
        return self.spread(dA, X) * np.where(length == 0, 1, X / np.where(length == 0, 1, length))


@wrong("magnitude", [[3e200, 4e200]], at={"axis": 1})
class norm_of_squares(norm):
    """The squares overflow, or vanish."""

    def gradient(self, dA, A, X):
        length = np.sqrt(np.sum(X * X, axis=self.axis, keepdims=True))
        return self.spread(dA, X) * X / np.where(length == 0, 1, length)


@wrong("always", X, at={"axis": 1})
class norm_as_its_square(norm):
    """2 X, the gradient of the squared norm."""

    def gradient(self, dA, A, X):
        return self.spread(dA, X) * 2 * X


@wrong("magnitude", [[800.0, 799.0]], at={"axis": 1})
class logsumexp_of_large_exp(logsumexp):
    """e ** X overflows."""

    def gradient(self, dA, A, X):
        e = np.exp(X)
        return self.spread(dA, X) * e / np.sum(e, axis=self.axis, keepdims=True)


@wrong("shape", X, at={"axis": 1})
class logsumexp_over_all(logsumexp):
    """The softmax is over the whole array: right without axes."""

    def gradient(self, dA, A, X):
        return self.spread(dA, X) * softmax(X, None)


@wrong("magnitude", [[0.0, -50.0]], at={"axis": 1})
class logsumexp_held(logsumexp):
    """Shares below 1e-12 are raised to it."""

    def gradient(self, dA, A, X):
        return self.spread(dA, X) * np.maximum(softmax(X, self.axis), 1e-12)


@wrong("value", [0.0, 2.0, 3.0])
class prod_from_output(prod):
    """A / X: 0 / 0 where an entry is 0."""

    def others(self, X, i):
        return np.prod(np.asarray(X), axis=-1) / X[..., i]


@wrong("value", [0.0, 2.0, 0.0])
class prod_of_nonzero(prod):
    """The product of the other entries that are not 0: right for one 0, wrong for two."""

    def others(self, X, i):
        if np.all(np.asarray(X[..., i] != 0)):
            return super().others(X, i)
        return super().others(np.where(X == 0, 1, X), i)


@wrong("shape", [1.0, 2.0, 4.0])
class prod_of_pairs(prod):
    """Only the neighbour: right for one and two entries."""

    def others(self, X, i):
        return X[..., i - 1] if X.shape[-1] > 1 else super().others(X, i)


@wrong("always", [1.0, 2.0, 4.0])
class cumsum_forwards(cumsum):
    """Adds up to each entry, not from it on."""

    def gradient(self, dA, A, X):
        n = dA.shape[-1]
        return dA @ np.triu(np.ones((n, n), dA.dtype))


@wrong("always", [1.0, 2.0, 4.0])
class cumsum_without_itself(cumsum):
    """The entry itself is left out."""

    def gradient(self, dA, A, X):
        n = dA.shape[-1]
        return dA @ np.tril(np.ones((n, n), dA.dtype), -1)


@wrong("always", [1.0, 2.0, 4.0])
class cumsum_as_sum(cumsum):
    """Each entry gets the sum of the whole upstream gradient."""

    def gradient(self, dA, A, X):
        return np.broadcast_to(np.sum(dA, axis=-1, keepdims=True), X.shape)
