"""Functions over the axes of an array."""

import math

import numpy as np

from autograd_core import Operation

from .entries import correct, variant

X = [[1.5, -2.0, 0.5], [3.0, 0.25, -1.0]]
TIES = [[2.0, 1.0, 2.0, 2.0], [0.0, 1.0, -1.0, 1.0]]


class Reduction(Operation):
    """The virtual parent of operations over `axis` with `keepdims`."""

    def __init__(self, X, axis=None, keepdims=False):
        self.axis, self.keepdims = axis, keepdims
        super().__init__(X)

    def axes(self, X):
        """The axes that are reduced, counted from the start."""
        if self.axis is None:
            return list(range(X.ndim))
        return [axis % X.ndim for axis in np.atleast_1d(np.array(self.axis, int))]

    def count(self, X):
        """The number of entries that are reduced to one."""
        return math.prod(X.shape[axis] for axis in self.axes(X))

    def spread(self, A, X):
        """The output, or its gradient, repeated to fill the input's shape."""
        axes = self.axes(X)
        kept = [1 if i in axes else n for i, n in enumerate(X.shape)]
        return np.broadcast_to(np.reshape(A, kept), X.shape)

    def squeezed(self, kept):
        """A result with the reduced axes kept, as `keepdims` wants it."""
        return kept if self.keepdims else np.squeeze(kept, self.axis)


@correct(X, at={"axis": 1})
class sum(Reduction):
    """The sum."""

    def forward(self, X):
        return np.sum(X, axis=self.axis, keepdims=self.keepdims)

    def gradient(self, dA, A, X):
        return self.spread(dA, X)


@correct(X)
def sum_of_rows(X):
    """The sum over the first axis, as a function of nodes."""
    return sum(X, axis=0)


@variant(X)
class sum_from_the_end(sum):
    """The entries are added up in another order, and the gradient is made when needed."""

    def forward(self, X):
        reverse = np.flip(X, self.axis) if X.ndim else X
        return np.sum(reverse, axis=self.axis, keepdims=self.keepdims)

    def gradient(self, dA, A, X):
        return (lambda: self.spread(dA, X),)


@correct(X, at={"axis": 0})
class mean(Reduction):
    """The sum divided by the number of entries."""

    def forward(self, X):
        return np.mean(X, axis=self.axis, keepdims=self.keepdims)

    def gradient(self, dA, A, X):
        return self.spread(dA, X) / self.count(X)


@variant(X)
class mean_of_shares(mean):
    """The sum of X / n."""

    def forward(self, X):
        return np.sum(X / self.count(X), axis=self.axis, keepdims=self.keepdims)

    def gradient(self, dA, A, X):
        return self.spread(dA / self.count(X), X)


@correct(X, at={"axis": 1})
class max(Reduction):
    """The largest entry; several have equal shares of the gradient."""

    def forward(self, X):
        return np.max(X, axis=self.axis, keepdims=self.keepdims)

    def gradient(self, dA, A, X):
        reached = self.spread(A, X) == X
        n = np.sum(reached, axis=self.axis, keepdims=True)
        return np.where(reached, self.spread(dA, X), 0) / n.astype(dA.dtype)


@variant(TIES, at={"axis": 1})
class max_first_of_ties(max):
    """The first of several gets the whole gradient."""

    def gradient(self, dA, A, X):
        reached = np.asarray(self.spread(A, X) == X)
        axes = self.axes(X)
        rows = np.moveaxis(reached, axes, range(len(axes)))
        flat = rows.reshape(self.count(X), -1)
        chosen = self.chosen(flat).reshape(rows.shape)
        return np.where(np.moveaxis(chosen, range(len(axes)), axes), self.spread(dA, X), 0)

    def chosen(self, reached):
        """In each column the first that is reached."""
        return np.logical_and(reached, np.cumsum(reached, axis=0) == 1)


@variant(TIES, at={"axis": 1})
class max_last_of_ties(max_first_of_ties):
    """The last of several gets the whole gradient."""

    def chosen(self, reached):
        return super().chosen(reached[::-1])[::-1]


@correct(X, at={"axis": -1})
class min(max):
    """The smallest entry; several have equal shares of the gradient."""

    def forward(self, X):
        return np.min(X, axis=self.axis, keepdims=self.keepdims)


def deviations(X, axis):
    """X - mean(X), and exactly 0 where all are equal."""
    D = X - np.max(X, axis=axis, keepdims=True)
    return D - np.mean(D, axis=axis, keepdims=True)


@correct(X, at={"axis": 1})
class var(Reduction):
    """The mean of the squared deviations from the mean."""

    def forward(self, X):
        D = deviations(X, self.axis)
        return np.mean(D * D, axis=self.axis, keepdims=self.keepdims)

    def gradient(self, dA, A, X):
        return self.spread(dA, X) * 2 * deviations(X, self.axis) / self.count(X)


def root(reduced, X, axis):
    """sqrt(reduced(X ** 2)) with the axis kept, where the squares could overflow or vanish."""
    scale = np.max(np.absolute(X), axis=axis, keepdims=True)
    ratio = X / np.where(scale == 0, 1, scale)
    return scale * np.sqrt(reduced(ratio * ratio, axis=axis, keepdims=True))


@correct(X, at={"axis": 1})
class norm(Reduction):
    """The root of the sum of squares, with gradient 0 where all are 0."""

    def forward(self, X):
        return self.squeezed(root(np.sum, X, self.axis))

    def gradient(self, dA, A, X):
        length = self.spread(A, X)
        return self.spread(dA, X) * (X / np.where(length == 0, 1, length))


@variant([[0.0, 0.0, 0.0], [3.0, 0.0, 4.0]], at={"axis": 1})
class norm_1_at_0(norm):
    """Where all are 0, a vector of length 1/2 and not of length 0."""

    def gradient(self, dA, A, X):
        length = self.spread(A, X)
        direction = np.where(length == 0, 0.5 / self.count(X), X)
        return self.spread(dA, X) * (direction / np.where(length == 0, 1, length))


@correct(X, at={"axis": 1})
class std(Reduction):
    """The root of the variance, with gradient 0 where all entries are equal."""

    def forward(self, X):
        return self.squeezed(root(np.mean, deviations(X, self.axis), self.axis))

    def gradient(self, dA, A, X):
        scale = np.where(A == 0, 1, A)
        share = self.spread(dA, X) / self.count(X)
        return share * (deviations(X, self.axis) / self.spread(scale, X))


def softmax(X, axis):
    """e ** X / sum(e ** X)."""
    e = np.exp(X - np.max(X, axis=axis, keepdims=True))
    return e / np.sum(e, axis=axis, keepdims=True)


@correct(X, at={"axis": 1})
class logsumexp(Reduction):
    """A = log(sum(e ** X))."""

    def forward(self, X):
        largest = np.max(X, axis=self.axis, keepdims=True)
        total = np.sum(np.exp(X - largest), axis=self.axis, keepdims=True)
        return self.squeezed(largest + np.log(total))

    def gradient(self, dA, A, X):
        return self.spread(dA, X) * softmax(X, self.axis)


@correct(X, signature="(n)->()", domain=(-1000, 1000))
class prod(Operation):
    """The product of the entries along the last axis."""

    def forward(self, X):
        return np.prod(X, axis=-1)

    def gradient(self, dA, A, X):
        if X.size == 0:
            return np.zeros_like(X)
        return np.stack([dA * self.others(X, i) for i in range(X.shape[-1])], axis=-1)

    def others(self, X, i):
        """The product of all entries but the one at i."""
        product = np.ones(X.shape[:-1], X.dtype)
        for j in range(X.shape[-1]):
            product = product if i == j else product * X[..., j]
        return product


@correct(X, signature="(n)->(n)")
class cumsum(Operation):
    """The sums of the entries up to each, along the last axis."""

    def forward(self, X):
        return np.cumsum(X, axis=-1)

    def gradient(self, dA, A, X):
        n = dA.shape[-1]
        return dA @ np.tril(np.ones((n, n), dA.dtype))


@variant(X)
class cumsum_by_slices(cumsum):
    """Each entry's sum from there on, added up by itself."""

    def gradient(self, dA, A, X):
        n = dA.shape[-1]
        if n == 0:
            return dA
        return np.stack([np.sum(dA[..., i:], axis=-1) for i in range(n)], axis=-1)
