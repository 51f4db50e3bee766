"""Solutions of the exercises of notebook 4."""

import numpy as np

import autograd_core as ag


class layer(ag.Operation):
    def forward(self, W, H):
        return W @ H

    def gradient(self, dA, A, W, H):
        return dA @ H.T, W.T @ dA


def undo(gradient, shape):
    while gradient.ndim > len(shape):
        gradient = gradient.sum(axis=0)
    for axis, length in enumerate(shape):
        if length == 1:
            gradient = gradient.sum(axis=axis, keepdims=True)
    return gradient


def gradients_of_exam(X, y, W1, W2):
    a1 = X @ W1
    h1 = np.maximum(a1, 0)
    da2 = 2 * (h1 @ W2 - y) / y.size
    da1 = np.where(a1 > 0, da2 @ W2.T, 0)
    return X.T @ da1, h1.T @ da2


def back_through_layer(dA, X, W, b):
    dZ = np.where(X @ W + b > 0, dA, 0)
    return dZ @ W.T, X.T @ dZ, dZ.sum(axis=0)


SOLUTIONS = {
    "4.1": layer,
    "4.2": undo,
    "4.3": gradients_of_exam,
    "4.4": back_through_layer,
}
