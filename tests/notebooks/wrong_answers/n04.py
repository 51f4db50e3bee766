"""Mistakes that are made in the exercises of notebook 4."""

import numpy as np

import autograd_core as ag


class Layer(ag.Operation):
    def forward(self, W, H):
        return W @ H


class rules_for_rows(Layer):
    def gradient(self, dA, A, W, H):
        return dA @ W.T, H.T @ dA


class swapped(Layer):
    def gradient(self, dA, A, W, H):
        return W.T @ dA, dA @ H.T


class no_transpose(Layer):
    def gradient(self, dA, A, W, H):
        return dA @ H, W @ dA


class entry_by_entry(Layer):
    def gradient(self, dA, A, W, H):
        return np.ones_like(dA) @ H.T, W.T @ np.ones_like(dA)


class rows_forward(ag.Operation):
    def forward(self, W, H):
        return H @ W

    def gradient(self, dA, A, W, H):
        return H.T @ dA, dA @ W.T


def only_axes_in_front(gradient, shape):
    while gradient.ndim > len(shape):
        gradient = gradient.sum(axis=0)
    return gradient


def without_keepdims(gradient, shape):
    while gradient.ndim > len(shape):
        gradient = gradient.sum(axis=0)
    axes = tuple(k for k, n in enumerate(shape) if n == 1)
    return gradient.sum(axis=axes)


def mean_over_axes(gradient, shape):
    while gradient.ndim > len(shape):
        gradient = gradient.mean(axis=0)
    axes = tuple(k for k, n in enumerate(shape) if n == 1)
    return gradient.mean(axis=axes, keepdims=True)


def unchanged(gradient, shape):
    return gradient


def first_entries(gradient, shape):
    while gradient.ndim > len(shape):
        gradient = gradient[0]
    return gradient[tuple(slice(n) for n in shape)]


def exam(X, y, W1, W2, scale=2.0, mask=True, passes=lambda a: a > 0):
    a1 = X @ W1
    h1 = np.maximum(a1, 0)
    da2 = scale * (h1 @ W2 - y)
    dh1 = da2 @ W2.T
    da1 = np.where(passes(a1), dh1, 0) if mask else dh1
    return X.T @ da1, h1.T @ da2


def sum_for_mean(X, y, W1, W2):
    return exam(X, y, W1, W2)


def factor_2_missing(X, y, W1, W2):
    return exam(X, y, W1, W2, 1 / y.size)


def divides_by_rows(X, y, W1, W2):
    return exam(X, y, W1, W2, 2 / len(y))


def mask_missing(X, y, W1, W2):
    return exam(X, y, W1, W2, 2 / y.size, mask=False)


def passes_at_zero(X, y, W1, W2):
    return exam(X, y, W1, W2, 2 / y.size, passes=lambda a: a >= 0)


def target_minus_output(X, y, W1, W2):
    return exam(X, y, W1, W2, -2 / y.size)


def transpose_missing(X, y, W1, W2):
    a1 = X @ W1
    da2 = 2 * (np.maximum(a1, 0) @ W2 - y) / y.size
    return X.T @ np.where(a1 > 0, da2 @ W2, 0), np.maximum(a1, 0).T @ da2


def bias_not_summed(dA, X, W, b):
    dZ = np.where(X @ W + b > 0, dA, 0)
    return dZ @ W.T, X.T @ dZ, dZ


def bias_mean(dA, X, W, b):
    dZ = np.where(X @ W + b > 0, dA, 0)
    return dZ @ W.T, X.T @ dZ, dZ.mean(axis=0)


def relu_forgotten(dA, X, W, b):
    return dA @ W.T, X.T @ dA, dA.sum(axis=0)


def mask_without_b(dA, X, W, b):
    dZ = np.where(X @ W > 0, dA, 0)
    return dZ @ W.T, X.T @ dZ, dZ.sum(axis=0)


def mask_of_gradient(dA, X, W, b):
    dZ = np.maximum(dA, 0)
    return dZ @ W.T, X.T @ dZ, dZ.sum(axis=0)


WRONG = [
    ("4.1", "takes the rules for rows", rules_for_rows, "the shape (u, p) of W"),
    ("4.1", "returns the gradients in the wrong order", swapped, "the shape (p, b) of H"),
    ("4.1", "forgets to transpose", no_transpose, "one product"),
    ("4.1", "forgets the upstream gradient", entry_by_entry, "upstream"),
    ("4.1", "multiplies the other way round", rows_forward, "one product"),
    ("4.2", "sums over the axes in front only", only_axes_in_front, "where the shape has 1"),
    ("4.2", "loses the axes of length 1", without_keepdims, "keepdims"),
    ("4.2", "takes the mean", mean_over_axes, "Sum over"),
    ("4.2", "returns the gradient as it is", unchanged, "shape"),
    ("4.2", "takes one of the repeated entries", first_entries, "Sum over"),
    ("4.3", "differentiates the sum", sum_for_mean, "2 d / n"),
    ("4.3", "forgets the factor 2", factor_2_missing, "2 d / n"),
    ("4.3", "divides by the number of rows", divides_by_rows, "number of entries of y"),
    ("4.3", "forgets relu", mask_missing, "nothing passes where a <= 0"),
    ("4.3", "lets the gradient pass at 0", passes_at_zero, "nothing passes where a <= 0"),
    ("4.3", "has target minus output", target_minus_output, "2 d / n"),
    ("4.3", "forgets to transpose W2", transpose_missing, "rules 1, 3, 2"),
    ("4.4", "does not sum the gradient by b", bias_not_summed, "sum over rows"),
    ("4.4", "takes the mean over rows", bias_mean, "sum over rows"),
    ("4.4", "forgets relu", relu_forgotten, "First through relu"),
    ("4.4", "forgets b in the mask of relu", mask_without_b, "X W + b > 0"),
    ("4.4", "takes relu of the gradient", mask_of_gradient, "First through relu"),
]
