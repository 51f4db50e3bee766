"""Solutions of notebook 11: the ten operations with their gradients repaired."""

import numpy as np

from exercises import ten_bugs


class mean_of_squares(ten_bugs.mean_of_squares):
    def gradient(self, dA, A, x):
        return 2 * dA * x / x.size


class difference(ten_bugs.difference):
    def gradient(self, dA, A, x, y):
        return dA, -dA


class exponential(ten_bugs.exponential):
    def gradient(self, dA, A, x):
        return dA * A


class product(ten_bugs.product):
    def gradient(self, dA, A, X, W):
        return dA @ W.T, X.T @ dA


class row_means(ten_bugs.row_means):
    def gradient(self, dA, A, X):
        return np.broadcast_to(dA[:, None] / X.shape[1], X.shape)


class row_softmax(ten_bugs.row_softmax):
    def gradient(self, dA, A, X):
        return A * (dA - np.sum(dA * A, axis=1, keepdims=True))


class larger(ten_bugs.larger):
    def gradient(self, dA, A, x, y):
        return dA * (x >= y), dA * (y > x)


class length(ten_bugs.length):
    def gradient(self, dA, A, X):
        return dA * X / np.where(A == 0, 1.0, A)


class soft_plus(ten_bugs.soft_plus):
    def gradient(self, dA, A, x):
        return dA * np.exp(x - A)  # e^x / (1 + e^x), without overflow


class sine(ten_bugs.sine):
    def gradient(self, dA, A, x):
        return dA * np.cos(x)


SOLUTIONS = {
    "11.1": mean_of_squares,
    "11.2": difference,
    "11.3": exponential,
    "11.4": product,
    "11.5": row_means,
    "11.6": row_softmax,
    "11.7": larger,
    "11.8": length,
    "11.9": soft_plus,
    "11.10": sine,
}
