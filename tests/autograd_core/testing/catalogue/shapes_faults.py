"""Wrong gradients of operations that move entries."""

import numpy as np

from .entries import wrong
from .shapes import (
    VECTOR,
    X,
    concatenate,
    diagonal,
    embedding,
    flatten,
    lower_triangle,
    pad,
    reverse,
    rotate,
    sort,
    take,
    take_columns,
    transpose,
)

SQUARE = [[1.5, -2.0], [3.0, 0.25]]


@wrong("always", SQUARE)
class transpose_not_transposed(transpose):
    """The upstream gradient as it is: silent if the matrix is square."""

    def gradient(self, dA, A, X):
        return dA


@wrong("shape", X)
class transpose_by_reshaping(transpose):
    """The entries keep their order and not their places: right for a row or a column."""

    def gradient(self, dA, A, X):
        return np.reshape(dA, X.shape)


@wrong("shape", X)
class flatten_by_columns(flatten):
    """The entries are put back column by column."""

    def gradient(self, dA, A, X):
        return np.reshape(dA, X.shape[::-1]).T


@wrong("shape", X, [[0.5, 1.0, -1.0]])
class concatenate_in_halves(concatenate):
    """Cuts in the middle: right if both have as many rows."""

    def gradient(self, dA, A, X, Y):
        half = len(dA) // 2
        return dA[:half], dA[half:]


@wrong("always", X, [[0.5, 1.0, -1.0], [2.0, 4.0, 0.0]])
class concatenate_exchanged(concatenate):
    """The parts are exchanged."""

    def gradient(self, dA, A, X, Y):
        return dA[len(Y) :], dA[: len(Y)]


@wrong("shape", X, np.zeros((0, 3)))
class concatenate_from_the_end(concatenate):
    """Cuts at -len(Y), which is the start and not the end if Y has no rows."""

    def gradient(self, dA, A, X, Y):
        return dA[: -len(Y)], dA[-len(Y) :]


@wrong("value", VECTOR, [2, 0, 2])
class take_last_of_repeated(take):
    """Of an entry that was taken twice only the last gradient is kept."""

    def gradient(self, dA, A, X, indices):
        dX = np.zeros_like(X)
        dX[indices] = dA
        return dX, None


@wrong("always", VECTOR, [2, 0, 1])
class take_to_the_front(take):
    """The gradients are put at the front, and not at the indices."""

    def gradient(self, dA, A, X, indices):
        chosen = np.expand_dims(np.arange(len(indices)), 1) == np.arange(len(X))
        return np.sum(np.where(chosen, np.expand_dims(dA, 1), 0), axis=0), None


@wrong("value", X, [1, 0, 1])
class embedding_mean_of_repeated(embedding):
    """A row that was taken twice gets the mean of its gradients."""

    def gradient(self, dA, A, table, indices):
        chosen = (np.expand_dims(indices, 1) == np.arange(len(table))).astype(dA.dtype)
        n = np.maximum(np.sum(chosen, axis=0), 1)
        return chosen.T @ dA / np.expand_dims(n, 1), None


@wrong("value", X, [1, 0, 1])
class embedding_without_row_0(embedding):
    """Row 0 is taken for padding."""

    def gradient(self, dA, A, table, indices):
        chosen = np.expand_dims(indices, 1) == np.arange(len(table))
        kept = np.logical_and(chosen, np.arange(len(table)) > 0)
        return kept.astype(dA.dtype).T @ dA, None


@wrong("shape", [3.0, 1.0, 2.0])
class sort_by_the_order(sort):
    """Indexes with the order and not with its inverse: the same for up to two entries."""

    def ranks(self, X):
        return np.argsort(X, kind="stable")


@wrong("value", [3.0, 1.0, 2.0])
class sort_of_sorted(sort):
    """The upstream gradient as it is: right for sorted entries."""

    def gradient(self, dA, A, X):
        return dA


@wrong("kink", [2.0, 1.0, 2.0], upstream=[1.0, 2.0, 4.0])
class sort_all_of_ties(sort):
    """Equal entries all get the gradient of the first of their places."""

    def ranks(self, X):
        return np.searchsorted(np.sort(X), X)


@wrong("always", VECTOR)
class reverse_not_reversed(reverse):
    """The upstream gradient as it is."""

    def gradient(self, dA, A, X):
        return dA


@wrong("shape", VECTOR)
class rotate_further(rotate):
    """Moved on by one more and not back: the same for two entries."""

    def gradient(self, dA, A, X):
        return np.concatenate([dA[-1:], dA[:-1]])


@wrong("always", SQUARE)
class lower_triangle_without_mask(lower_triangle):
    """The gradient passes everywhere."""

    def gradient(self, dA, A, X):
        return dA


@wrong("always", SQUARE)
class lower_triangle_without_diagonal(lower_triangle):
    """The diagonal is left out."""

    def gradient(self, dA, A, X):
        return np.where(np.tri(*X.shape, k=-1, dtype=bool), dA, 0)


@wrong("value", [[0.0, 1.0], [2.0, 3.0]])
class lower_triangle_of_nonzero(lower_triangle):
    """The mask is where the output is not 0: wrong for entries that are 0."""

    def gradient(self, dA, A, X):
        return np.where(A != 0, dA, 0)


@wrong("always", VECTOR)
class pad_off_by_one(pad):
    """One place too far."""

    def gradient(self, dA, A, X):
        return dA[2:-1]


@wrong("shape", VECTOR)
class diagonal_summed(diagonal):
    """Whole rows are summed: right for one entry."""

    def gradient(self, dA, A, X):
        return np.sum(dA, axis=1)


@wrong("always", X, at={"columns": (2, 0)})
class take_columns_from_the_left(take_columns):
    """The chosen columns' gradients go to the first columns."""

    def gradient(self, dA, A, X):
        zeros = np.zeros((len(X), X.shape[1] - len(self.columns)), dA.dtype)
        return np.concatenate([dA, zeros], axis=1)


@wrong("value", X, at={"columns": (1, 1)}, options=[{"columns": (2, 0)}, {"columns": (1, 1)}])
class take_columns_once(take_columns):
    """A column that was chosen twice counts once."""

    def gradient(self, dA, A, X):
        columns = np.array(self.columns)
        first = [c not in self.columns[:i] for i, c in enumerate(self.columns)]
        chosen = np.logical_and(columns[:, None] == np.arange(X.shape[1]), np.c_[first])
        return dA @ chosen.astype(dA.dtype)
