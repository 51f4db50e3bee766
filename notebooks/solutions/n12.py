"""Solutions of the exercises of notebook 12."""

import numpy as np

import autograd_core as ag


def product(f, w, v):
    return ag.grad(lambda w: ag.sum(ag.grad(f)(w) * v))(w)


def newton_step(f, w):
    return w - np.linalg.solve(ag.hessian(f)(w), ag.grad(f)(w))


class bell(ag.Operation):
    def forward(self, x):
        return np.exp(-(x**2) / 2)

    def gradient(self, dA, A, x):
        return -dA * x * A


def largest_rate(X):
    H = 2 * X.T @ X / len(X)
    return 2 / np.linalg.eigvalsh(H)[-1]


SOLUTIONS = {"12.1": product, "12.2": newton_step, "12.3": bell, "12.4": largest_rate}
