"""Wrong gradients of products, convolutions and distances."""

import numpy as np

from .entries import wrong
from .matrices import (
    BATCH,
    W,
    X,
    bmm,
    convolution,
    distances,
    dot,
    linear,
    mm,
    outer,
    quadratic,
    trace,
)

SQUARE = [[1.5, -2.0], [3.0, 0.25]]
OTHER = [[0.5, -1.0], [2.0, 1.5]]


@wrong("always", SQUARE, OTHER)
class mm_without_transpose(mm):
    """W and X are not transposed: silent if all is square."""

    def gradient(self, dA, A, X, W):
        return dA @ W, X @ dA


@wrong("shape", SQUARE, OTHER)
class mm_transposed_if_needed(mm):
    """Transposes only if the shapes don't fit: wrong where W is square."""

    def gradient(self, dA, A, X, W):
        fits = dA.shape[1] == W.shape[0]
        return dA @ (W if fits else W.T), X.T @ dA


@wrong("shape", X, W)
class mm_mean_over_batch(mm):
    """Divides the weights' gradient by the batch: right for one observation."""

    def gradient(self, dA, A, X, W):
        return dA @ W.T, X.T @ dA / (len(X) or 1)


@wrong("always", X, W)
class mm_without_inputs(mm):
    """None for X, as if it were data always."""

    def gradient(self, dA, A, X, W):
        return None, X.T @ dA


@wrong("shape", X, W)
class mm_of_first_observation(mm):
    """Only the first row counts for the weights: right for one observation."""

    def gradient(self, dA, A, X, W):
        return dA @ W.T, X[:1].T @ dA[:1]


@wrong("value", X, W, upstream=[[1.0, 2.0], [-1.0, 0.5]])
class mm_of_row_upstream(mm):
    """The mean of each row of the upstream gradient: right for ones."""

    def gradient(self, dA, A, X, W):
        dA = np.broadcast_to(np.mean(dA, axis=1, keepdims=True), A.shape)
        return dA @ W.T, X.T @ dA


@wrong("precision", X, W)
class mm_in_float32(mm):
    """The weights' gradient is computed in float32."""

    def gradient(self, dA, A, X, W):
        return dA @ W.T, X.T.astype(np.float32) @ dA.astype(np.float32)


@wrong("always", BATCH, BATCH[:, :2].copy())
class bmm_reversed(bmm):
    """The products of the gradients stand in the wrong order: silent if all is square."""

    def gradient(self, dA, A, X, Y):
        return np.swapaxes(Y, 1, 2) @ dA, dA @ np.swapaxes(X, 1, 2)


@wrong("shape", BATCH, BATCH[:, :2].copy())
class bmm_summed_over_batch(bmm):
    """The second stack gets the sum over the batch, as if its matrices were one."""

    def gradient(self, dA, A, X, Y):
        dY = np.sum(np.swapaxes(X, 1, 2) @ dA, axis=0, keepdims=True)
        return dA @ np.swapaxes(Y, 1, 2), np.broadcast_to(dY, Y.shape)


@wrong("shape", BATCH[:, :2].copy(), BATCH[:, 1:].copy())
class bmm_of_wrong_axes(bmm):
    """Exchanges the first two axes, not the last two: silent if all lengths are equal."""

    def gradient(self, dA, A, X, Y):
        return dA @ np.swapaxes(Y, 0, 1), np.swapaxes(X, 1, 2) @ dA


@wrong("shape", X, W, [0.5, -1.0])
class linear_mean_of_bias(linear):
    """The mean over the batch for the bias."""

    def gradient(self, dA, A, X, W, b):
        return dA @ W.T, X.T @ dA, np.mean(dA, axis=0)


@wrong("shape", X, W, [0.5, -1.0])
class linear_first_of_bias(linear):
    """The first row for the bias, as a sum of one row is."""

    def gradient(self, dA, A, X, W, b):
        return dA @ W.T, X.T @ dA, dA[0]


@wrong("shape", SQUARE, OTHER, [0.5, -1.0])
class linear_bias_over_units(linear):
    """The bias' gradient is summed over units: silent if there are as many as observations."""

    def gradient(self, dA, A, X, W, b):
        return dA @ W.T, X.T @ dA, np.sum(dA, axis=1)


@wrong("shape", X, W, [0.5, -1.0])
class linear_bias_over_all(linear):
    """All entries of the bias get the sum over the batch and the units."""

    def gradient(self, dA, A, X, W, b):
        return dA @ W.T, X.T @ dA, np.broadcast_to(np.sum(dA), b.shape)


@wrong("always", X, W, [0.5, -1.0])
class linear_without_bias(linear):
    """The bias has no gradient."""

    def gradient(self, dA, A, X, W, b):
        return dA @ W.T, X.T @ dA, None


@wrong("shape", [1.5, -2.0], [3.0, 0.25])
class outer_without_transpose(outer):
    """dA x in place of dA' x: an error, or silent if both have the same length."""

    def gradient(self, dA, A, x, y):
        return dA @ y, dA @ x


@wrong("always", [1.5, -2.0], [3.0, 0.25, 1.0])
class outer_of_sums(outer):
    """The sums of the upstream gradient, without the other factor."""

    def gradient(self, dA, A, x, y):
        return np.sum(dA, axis=1), np.sum(dA, axis=0)


@wrong("value", [1.5, -2.0], [3.0, 0.25])
class dot_of_positive(dot):
    """|y| for y: wrong for negative entries."""

    def gradient(self, dA, A, x, y):
        return dA * y, dA * np.absolute(x)


@wrong("value", [1.5, -2.0], OTHER)
class quadratic_of_symmetric(quadratic):
    """2 S x: right if S is symmetric."""

    def gradient(self, dA, A, x, S):
        return 2 * dA * (S @ x), dA * np.expand_dims(x, 1) * x


@wrong("always", [1.5, -2.0], OTHER)
class quadratic_as_bilinear(quadratic):
    """The second x is taken for a constant."""

    def gradient(self, dA, A, x, S):
        return dA * (S @ x), dA * np.expand_dims(x, 1) * x


@wrong("kink", X, [[1.5, -2.0, 0.5]])
class distances_nan_at_0(distances):
    """0 / 0 for equal points."""

    def gradient(self, dA, A, X, Y):
        d = np.expand_dims(dA / A, 2) * self.differences(X, Y)
        return np.sum(d, axis=1), -np.sum(d, axis=0)


@wrong("always", X, [[0.5, 1.0, -1.0]])
class distances_to_both(distances):
    """Both gradients have the same sign."""

    def gradient(self, dA, A, X, Y):
        dX, dY = super().gradient(dA, A, X, Y)
        return dX, -dY


@wrong("always", X, [2.0, -0.5])
class convolution_not_reversed(convolution):
    """The upstream gradient is moved to the right, as the input was."""

    def gradient(self, dA, A, X, w):
        dX = np.sum(np.stack([w[j] * self.later(dA, j) for j in range(len(w))]), axis=0)
        return dX, super().gradient(dA, A, X, w)[1]


@wrong("shape", X, [2.0, -0.5, 4.0])
class convolution_of_two_taps(convolution):
    """The third weight and those after it are forgotten."""

    def gradient(self, dA, A, X, w):
        taps = range(2 if len(w) > 2 else len(w))
        dX = np.sum(np.stack([w[j] * self.earlier(dA, j) for j in taps]), axis=0)
        return dX, super().gradient(dA, A, X, w)[1]


@wrong("shape", X, [2.0, -0.5])
class convolution_of_first_signal(convolution):
    """The weights' gradient is that of the first signal of the batch."""

    def gradient(self, dA, A, X, w):
        dw = np.stack([np.sum(dA[:1] * self.later(X[:1], j)) for j in range(len(w))])
        return super().gradient(dA, A, X, w)[0], dw


@wrong("shape", SQUARE)
class trace_of_all(trace):
    """Ones everywhere, not only on the diagonal: right for one entry."""

    def gradient(self, dA, A, X):
        return dA * np.ones_like(X)
