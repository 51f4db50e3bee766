"""Normalisation of rows, columns and vectors."""

import numpy as np

from autograd_core import Operation

from .entries import correct, variant
from .reductions import deviations, norm, root

X = [[1.5, -1.75, 0.5], [0.75, 0.25, -1.0]]
ROW = [0.5, -1.5, 2.0]


class Normalisation(Operation):
    """The virtual parent of A = (X - mean) / sqrt(variance + 0.1) over `over`, an axis."""

    over = -1

    def forward(self, X):
        return deviations(X, self.over) / self.width(X)

    def width(self, X):
        D = deviations(X, self.over)
        return np.sqrt(np.mean(D * D, axis=self.over, keepdims=True) + 0.1)

    def pullback(self, dA, A, X):
        """The gradient by X: what is left of dA without its mean and its part along A."""
        along = A * np.mean(dA * A, axis=self.over, keepdims=True)
        return (dA - np.mean(dA, axis=self.over, keepdims=True) - along) / self.width(X)


@correct(X, signature="(b,p)->(b,p)", domain=(-2, 2))
class layer_norm(Normalisation):
    """Each row normalised."""

    def gradient(self, dA, A, X):
        return self.pullback(dA, A, X)


@correct(X, ROW, [1.0, 0.0, -1.0], signature="(b,p),(p),(p)->(b,p)", domain={"X": (-2, 2)})
class batch_norm(Normalisation):
    """Each column normalised, then multiplied by gamma and moved by beta."""

    over = 0

    def forward(self, X, gamma, beta):
        return self.normalised(X) * gamma + beta

    def gradient(self, dA, A, X, gamma, beta):
        normalised = self.normalised(X)
        return lambda: self.pullback(dA * gamma, normalised, X), lambda: dA * normalised, dA

    def normalised(self, X):
        return deviations(X, 0) / self.width(X)


@correct(X, signature="(b,p)->(b,p)")
class normalise(Operation):
    """Each row divided by its length."""

    def forward(self, X):
        return X / root(np.sum, X, 1)

    def gradient(self, dA, A, X):
        # dA - A sum(A dA), with sum(A A) = 1 in front of dA, so that A_i A_i dA_i drops out
        a, b = np.expand_dims(A, 2), np.expand_dims(A, 1)
        u, v = np.expand_dims(dA, 2), np.expand_dims(dA, 1)
        across = np.sum(b * (b * u - a * v), axis=2)
        return across / norm.of(X, axis=1, keepdims=True)


@correct(X, signature="(b,p)->(b,p)")
class centre(Operation):
    """Each column minus its mean."""

    def forward(self, X):
        return deviations(X, 0)

    def gradient(self, dA, A, X):
        return deviations(dA, 0)


@correct([3.0, 0.25, 1.0], signature="(n)->(n)", domain=(1e-3, 1e3))
class proportions(Operation):
    """Positive numbers divided by their sum."""

    def forward(self, X):
        return X / np.sum(X)

    def gradient(self, dA, A, X):
        return np.sum(A * (np.expand_dims(dA, 1) - dA), axis=1) / np.sum(X)


@variant(X)
class layer_norm_by_sums(layer_norm):
    """(n dA - sum(dA) - A sum(dA A)) / (n width)."""

    def pullback(self, dA, A, X):
        n = X.shape[-1]
        total = np.sum(dA, axis=-1, keepdims=True)
        return (n * dA - total - A * np.sum(dA * A, axis=-1, keepdims=True)) / (n * self.width(X))


@variant(X, ROW, [1.0, 0.0, -1.0])
class batch_norm_that_sums(batch_norm):
    """Sums the gradients of gamma and beta itself."""

    def gradient(self, dA, A, X, gamma, beta):
        normalised = self.normalised(X)
        dgamma = np.sum(dA * normalised, axis=0)
        return self.pullback(dA * gamma, normalised, X), dgamma, np.sum(dA, axis=0)
