"""Wrong gradients of normalisation."""

import numpy as np

from .entries import wrong
from .normalisation import ROW, X, batch_norm, centre, layer_norm, normalise, proportions
from .reductions import deviations, norm

BETA = [1.0, 0.0, -1.0]


@wrong("always", X)
class layer_norm_of_constants(layer_norm):
    """Mean and width are taken for constants."""

    def pullback(self, dA, A, X):
        return dA / self.width(X)


@wrong("always", X)
class layer_norm_of_constant_width(layer_norm):
    """Only the width is taken for a constant."""

    def pullback(self, dA, A, X):
        return (dA - np.mean(dA, axis=-1, keepdims=True)) / self.width(X)


@wrong("always", X)
class layer_norm_without_epsilon(layer_norm):
    """Divides by the standard deviation, without the 0.1 that is added to the variance."""

    def width(self, X):
        return np.sqrt(np.square(super().width(X)) - 0.1)

    def forward(self, X):
        return deviations(X, -1) / super().width(X)


@wrong("precision", X)
class layer_norm_with_other_epsilon(layer_norm):
    """1e-6 more is added to the variance than by the forward pass."""

    def pullback(self, dA, A, X):
        width = super().width(X)
        return super().pullback(dA, A, X) * (width / np.sqrt(np.square(width) + 1e-6))


@wrong("shape", [[1.5, -1.75], [0.75, 0.25]])
class layer_norm_over_batch(layer_norm):
    """The upstream gradient's mean is over the batch."""

    def pullback(self, dA, A, X):
        along = A * np.mean(dA * A, axis=-1, keepdims=True)
        return (dA - np.mean(dA, axis=0, keepdims=True) - along) / self.width(X)


@wrong("always", X)
class layer_norm_unbiased(layer_norm):
    """The part along A is divided by n - 1."""

    def pullback(self, dA, A, X):
        n = X.shape[-1]
        along = A * np.sum(dA * A, axis=-1, keepdims=True) / (n - 1 if n > 1 else 1)
        return (dA - np.mean(dA, axis=-1, keepdims=True) - along) / self.width(X)


@wrong("value", X, ROW, BETA)
class batch_norm_without_gamma(batch_norm):
    """The factor gamma is missing: right for ones."""

    def gradient(self, dA, A, X, gamma, beta):
        return self.pullback(dA, self.normalised(X), X), dA * self.normalised(X), dA


@wrong("value", X, ROW, BETA)
class batch_norm_of_output(batch_norm):
    """gamma's gradient uses the output, which is only normalised for gamma 1 and beta 0."""

    def gradient(self, dA, A, X, gamma, beta):
        return self.pullback(dA * gamma, self.normalised(X), X), dA * A, dA


@wrong("shape", X, ROW, BETA)
class batch_norm_over_units(batch_norm):
    """Means are over n = the number of units, not of observations."""

    def pullback(self, dA, A, X):
        n = X.shape[1]
        along = A * np.sum(dA * A, axis=0, keepdims=True) / n
        return (dA - np.sum(dA, axis=0, keepdims=True) / n - along) / self.width(X)


@wrong("shape", X, ROW, BETA)
class batch_norm_mean_of_beta(batch_norm):
    """The mean over the batch for beta."""

    def gradient(self, dA, A, X, gamma, beta):
        normalised = self.normalised(X)
        return self.pullback(dA * gamma, normalised, X), dA * normalised, np.mean(dA, axis=0)


@wrong("always", X)
class normalise_by_constant(normalise):
    """The length is taken for a constant."""

    def gradient(self, dA, A, X):
        return dA / norm.of(X, axis=1, keepdims=True)


@wrong("always", X)
class normalise_along_input(normalise):
    """The projection uses the input in place of the unit vector: right for length 1."""

    def gradient(self, dA, A, X):
        return (dA - X * np.sum(dA * X, axis=1, keepdims=True)) / norm.of(X, axis=1, keepdims=True)


@wrong("shape", X)
class normalise_over_all(normalise):
    """The projection is summed over the batch too."""

    def gradient(self, dA, A, X):
        return (dA - A * np.sum(dA * A)) / norm.of(X, axis=1, keepdims=True)


@wrong("magnitude", [[3e-200, 4e-200]])
class normalise_of_squares(normalise):
    """The length from squares that vanish."""

    def gradient(self, dA, A, X):
        length = np.sqrt(np.sum(X * X, axis=1, keepdims=True))
        return (dA - A * np.sum(dA * A, axis=1, keepdims=True)) / length


@wrong("value", X, upstream=[[1.0, 2.0, 3.0], [2.0, 0.5, 1.0]])
class centre_as_identity(centre):
    """The mean is taken for a constant."""

    def gradient(self, dA, A, X):
        return dA


@wrong("shape", X)
class centre_of_rows(centre):
    """The mean is over rows, not columns."""

    def gradient(self, dA, A, X):
        return dA - np.mean(dA, axis=1, keepdims=True)


@wrong("always", [3.0, 0.25, 1.0])
class proportions_of_diagonal(proportions):
    """(1 - A) / sum(X), as if the entries were independent."""

    def gradient(self, dA, A, X):
        return dA * (1 - A) / np.sum(X)


@wrong("precision", [3.0, 0.25, 1.0])
class proportions_with_epsilon(proportions):
    """1e-9 is added to the sum."""

    def gradient(self, dA, A, X):
        return (dA - np.sum(dA * A)) / (np.sum(X) + 1e-9)
