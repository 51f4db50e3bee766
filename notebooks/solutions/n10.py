"""Solutions of the exercises of notebook 10."""

import numpy as np

import autograd_core as ag


def spread(n, s):
    return np.sqrt(2 / (n * (1 + s**2)))


class standardise(ag.Operation):
    def forward(self, X):
        return (X - np.mean(X, axis=0)) / np.sqrt(np.var(X, axis=0) + 0.1)

    def gradient(self, dA, A, X):
        r = 1 / np.sqrt(np.var(X, axis=0) + 0.1)
        return r * (dA - np.mean(dA, axis=0) - A * np.mean(dA * A, axis=0))


def factor(g, h, bound):
    norm = np.sqrt(np.sum(g**2) + np.sum(h**2))
    return bound / norm if norm > bound else 1.0


def safe_root(x):
    positive = x > 0
    return ag.where(positive, ag.sqrt(ag.where(positive, x, 1.0)), 0.0)


SOLUTIONS = {"10.1": spread, "10.2": standardise, "10.3": factor, "10.4": safe_root}
