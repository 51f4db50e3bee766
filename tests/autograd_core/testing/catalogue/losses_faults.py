"""Wrong gradients of softmax and losses."""

import numpy as np

from .entries import wrong
from .losses import (
    Z,
    binary_cross_entropy,
    cross_entropy_of_probabilities,
    log_softmax,
    logistic_loss,
    mse,
    one_hot,
    shares,
    softmax,
    softmax_loss,
)
from .smooth import sigmoid

TARGETS = [[1.0, 0.0, -1.0], [0.5, 2.0, 0.0]]


@wrong("always", Z)
class softmax_of_diagonal(softmax):
    """P (1 - P), as if the entries of a row were independent."""

    def gradient(self, dP, P, Z):
        return dP * P * (1 - P)


@wrong("value", Z, upstream=[[1.0, 2.0, 0.0], [-1.0, 0.5, 3.0]])
class softmax_without_upstream_inside(softmax):
    """P (dP - sum(dP) / K): right where the upstream gradient is constant."""

    def gradient(self, dP, P, Z):
        return P * (dP - np.mean(dP, axis=-1, keepdims=True))


@wrong("shape", Z)
class softmax_over_all(softmax):
    """The inner sum is over the whole batch: right for one observation."""

    def gradient(self, dP, P, Z):
        return P * (dP - np.sum(P * dP))


@wrong("shape", [[1.5, -2.0], [0.25, 1.0]])
class softmax_over_columns(softmax):
    """The inner sum is over the batch in place of the classes."""

    def gradient(self, dP, P, Z):
        return P * (dP - np.sum(P * dP, axis=0, keepdims=True))


@wrong("magnitude", [[800.0, 799.0]])
class softmax_of_large_exp(softmax):
    """The probabilities are computed again without subtracting the largest score."""

    def gradient(self, dP, P, Z):
        e = np.exp(Z)
        return super().gradient(dP, e / np.sum(e, axis=-1, keepdims=True), Z)


@wrong("magnitude", [[50.0, 0.0]], upstream=[[1.0, 1.5]])
class softmax_held(softmax):
    """Probabilities below 1e-12 are raised to it."""

    def gradient(self, dP, P, Z):
        return super().gradient(dP, np.maximum(P, 1e-12), Z)


@wrong("always", Z)
class log_softmax_of_one(log_softmax):
    """dL - P, without the sum of the upstream gradient: right where that is 1."""

    def gradient(self, dL, L, Z):
        return dL - shares(Z, -1)


@wrong("always", Z)
class log_softmax_of_output(log_softmax):
    """The output is taken for the probabilities, without the exponential."""

    def gradient(self, dL, L, Z):
        return dL - L * np.sum(dL, axis=-1, keepdims=True)


@wrong("shape", Z)
class log_softmax_over_all(log_softmax):
    """The upstream gradient is summed over the whole batch."""

    def gradient(self, dL, L, Z):
        return dL - shares(Z, -1) * np.sum(dL)


@wrong("always", Z, [2, 0])
class softmax_loss_without_label(softmax_loss):
    """The probabilities alone."""

    def error(self, Z, y):
        return shares(Z, 1)


@wrong("value", Z, [2, 1])
class softmax_loss_of_first_class(softmax_loss):
    """The label is taken for 0."""

    def error(self, Z, y):
        return super().error(Z, np.asarray(y) * 0)


@wrong("value", [[1.5, -2.0, 0.5]], [1])
class softmax_loss_of_labels_from_1(softmax_loss):
    """Labels are counted from 1, and held at the first: right for label 0."""

    def error(self, Z, y):
        return super().error(Z, np.maximum(np.asarray(y) - 1, 0))


@wrong("shape", Z, [2, 0])
class softmax_loss_of_each_label(softmax_loss):
    """Every label of the batch is taken from every row: right if all have the same."""

    def error(self, Z, y):
        label = np.broadcast_to(np.any(one_hot(np.asarray(y), Z), axis=0), Z.shape)
        return shares(Z, 1) - label.astype(Z.dtype)


@wrong("shape", Z, [2, 0])
class softmax_loss_mean(softmax_loss):
    """Divides by the batch, though each observation has its own loss."""

    def error(self, Z, y):
        return super().error(Z, y) / len(Z)


@wrong("shape", Z, [2, 0], upstream=[1.0, 3.0])
class softmax_loss_of_first_upstream(softmax_loss):
    """The first observation's upstream gradient is used for all."""

    def gradient(self, dL, L, Z, y):
        return dL[:1, None] * self.error(Z, y), None


@wrong("magnitude", [[40.0, 0.0]], [0])
class softmax_loss_that_cancels(softmax_loss):
    """P - 1 for the label: 0 where the label leads by more than 37."""

    def error(self, Z, y):
        return shares(Z, 1) - one_hot(y, Z).astype(Z.dtype)


@wrong("precision", Z, [2, 0])
class softmax_loss_with_smoothing(softmax_loss):
    """The one-hot labels are smoothed by 1e-6, which the forward pass knows nothing of."""

    def error(self, Z, y):
        label = one_hot(y, Z).astype(Z.dtype)
        return super().error(Z, y) + 1e-6 * (label - 1 / Z.shape[1])


@wrong("always", [1.5, -2.0], [1, -1])
class logistic_loss_with_wrong_sign(logistic_loss):
    """The sigmoid of the margin in place of its opposite."""

    def gradient(self, dL, L, A, y):
        slope = -dL * sigmoid.of(y * A)
        return slope * y, slope * A


@wrong("value", [1.5, -2.0], [1, -1])
class logistic_loss_of_positive_label(logistic_loss):
    """The label is missing in front: right for y = 1."""

    def gradient(self, dL, L, A, y):
        slope = -dL * sigmoid.of(-y * A)
        return slope, slope * A


@wrong("value", [1.5, -2.0], [1, -1])
class logistic_loss_of_labels_0_and_1(logistic_loss):
    """s(A) - y, which is meant for labels 0 and 1: right for y = 1."""

    def gradient(self, dL, L, A, y):
        return dL * (sigmoid.of(A) - y), -dL * A * sigmoid.of(-y * A)


@wrong("magnitude", [-800.0, 1.0], [1, 1])
class logistic_loss_of_large_exp(logistic_loss):
    """e ** (-y A) overflows."""

    def gradient(self, dL, L, A, y):
        e = np.exp(-y * A)
        slope = -dL * e / (1 + e)
        return slope * y, slope * A


@wrong("magnitude", [40.0, 1.0], [1, 1])
class logistic_loss_that_cancels(logistic_loss):
    """1 - s(y A): 0 where the margin is more than 37."""

    def gradient(self, dL, L, A, y):
        slope = -dL * (1 - sigmoid.of(y * A))
        return slope * y, slope * A


@wrong("value", [1.5, -2.0], [0.0, 0.75])
class binary_cross_entropy_of_rounded_labels(binary_cross_entropy):
    """Labels are rounded to 0 and 1: wrong between them."""

    def gradient(self, dL, L, A, y):
        label = np.where(y >= 0.5, 1, 0)
        return dL * (sigmoid.of(A) - label), -dL * A


@wrong("always", [1.5, -2.0], [0.0, 0.75])
class binary_cross_entropy_by_label(binary_cross_entropy):
    """The gradient by the label has the wrong sign."""

    def gradient(self, dL, L, A, y):
        return super().gradient(dL, L, A, y)[0], dL * A


@wrong("precision", [0.25, 0.75], [0.0, 1.0])
class cross_entropy_with_epsilon(cross_entropy_of_probabilities):
    """1e-7 is added to the divisors."""

    def gradient(self, dL, L, P, y):
        slope = (1 - y) / (1 - P + 1e-7) - y / (P + 1e-7)
        return dL * slope, super().gradient(dL, L, P, y)[1]


@wrong("value", [0.25, 0.75], [0.0, 1.0])
class cross_entropy_of_positive_class(cross_entropy_of_probabilities):
    """The term of 1 - y is missing: right for y = 1."""

    def gradient(self, dL, L, P, y):
        return -dL * y / P, super().gradient(dL, L, P, y)[1]


@wrong("magnitude", [1e-9, 0.5], [1.0, 1.0])
class cross_entropy_held(cross_entropy_of_probabilities):
    """Probabilities are held between 1e-7 and 1 - 1e-7."""

    def gradient(self, dL, L, P, y):
        held = np.clip(P, 1e-7, 1 - 1e-7)
        return dL * ((1 - y) / (1 - held) - y / held), super().gradient(dL, L, P, y)[1]


@wrong("always", Z, TARGETS)
class mse_as_sum(mse):
    """The division by n is missing."""

    def gradient(self, dL, L, A, y):
        slope = 2 * dL * (A - y)
        return slope, -slope


@wrong("shape", Z, TARGETS)
class mse_over_batch(mse):
    """Divides by the number of rows: right for one column."""

    def gradient(self, dL, L, A, y):
        slope = 2 * dL * (A - y) / len(A)
        return slope, -slope


@wrong("always", Z, TARGETS)
class mse_of_half(mse):
    """The factor 2 is missing, as if half the squares were the loss."""

    def gradient(self, dL, L, A, y):
        slope = dL * (A - y) / A.size
        return slope, -slope


@wrong("always", Z, TARGETS)
class mse_of_both_signs(mse):
    """The labels get the gradient of the scores."""

    def gradient(self, dL, L, A, y):
        slope = 2 * dL * (A - y) / A.size
        return slope, slope


@wrong("value", Z, TARGETS)
class mse_as_absolute(mse):
    """The sign of A - y, where it is more than 1: the Huber loss's gradient."""

    def gradient(self, dL, L, A, y):
        slope = 2 * dL * np.clip(A - y, -1, 1) / A.size
        return slope, -slope
