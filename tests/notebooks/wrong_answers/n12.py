"""Mistakes that are made in the exercises of notebook 12."""

import numpy as np

import autograd_core as ag


def slope_along_v(f, w, v):
    return ag.sum(ag.grad(f)(w) * v)


def multiplies_after(f, w, v):
    return ag.grad(lambda w: ag.sum(ag.grad(f)(w)))(w) * v


def no_scalar(f, w, v):
    return ag.grad(lambda w: ag.grad(f)(w) * v)(w)


def gradient_times_gradient(f, w, v):
    return ag.grad(lambda w: ag.sum(ag.grad(f)(w) * w))(w) * v


def coarse_differences(f, w, v):
    return (ag.grad(f)(w + 1e-3 * v) - ag.grad(f)(w)) / 1e-3


def uphill(f, w):
    return w + np.linalg.solve(ag.hessian(f)(w), ag.grad(f)(w))


def only_the_diagonal(f, w):
    return w - ag.grad(f)(w) / np.diag(ag.hessian(f)(w))


def multiplies_by_the_hessian(f, w):
    return w - ag.hessian(f)(w) @ ag.grad(f)(w)


def only_the_step(f, w):
    return -np.linalg.solve(ag.hessian(f)(w), ag.grad(f)(w))


class Bell(ag.Operation):
    def forward(self, x):
        return np.exp(-(x**2) / 2)


class forgets_the_inner_derivative(Bell):
    def gradient(self, dA, A, x):
        return dA * A


class wrong_sign(Bell):
    def gradient(self, dA, A, x):
        return dA * x * A


class forgets_the_upstream(Bell):
    def gradient(self, dA, A, x):
        return -x * A


class leaves_the_graph(Bell):
    def gradient(self, dA, A, x):
        return -dA * np.asarray(x) * np.asarray(A)


class keeps_the_value(ag.Operation):
    def forward(self, x):
        self.slope = -x * np.exp(-(x**2) / 2)
        return np.exp(-(x**2) / 2)

    def gradient(self, dA, A, x):
        return dA * self.slope


class another_bell(ag.Operation):
    def forward(self, x):
        return np.exp(-(x**2))

    def gradient(self, dA, A, x):
        return -2 * dA * x * A


def forgets_the_factor_of_two(X):
    return 2 / np.linalg.eigvalsh(X.T @ X / len(X))[-1]


def forgets_the_mean(X):
    return 2 / np.linalg.eigvalsh(2 * X.T @ X)[-1]


def smallest_eigenvalue(X):
    return len(X) / np.linalg.eigvalsh(X.T @ X)[0]


def one_over(X):
    return 1 / np.linalg.eigvalsh(2 * X.T @ X / len(X))[-1]


def trace(X):
    return 2 / np.trace(2 * X.T @ X / len(X))


WRONG = [
    ("12.1", "stops at the slope along v", slope_along_v, "should have shape (2,)"),
    ("12.1", "multiplies by v at the end", multiplies_after, "sum(grad(f)(w) v)"),
    ("12.1", "forgets the sum", no_scalar, "only a scalar function has a gradient"),
    ("12.1", "takes w for v", gradient_times_gradient, "v is a constant"),
    ("12.1", "takes differences", coarse_differences, "not right in this case"),
    ("12.2", "goes uphill", uphill, "H p = -g"),
    ("12.2", "divides by the diagonal", only_the_diagonal, "the whole Hessian"),
    ("12.2", "multiplies by H", multiplies_by_the_hessian, "solves H p = -g"),
    ("12.2", "gives the step", only_the_step, "the new point is w + p"),
    ("12.3", "forgets the inner derivative", forgets_the_inner_derivative, "-x A"),
    ("12.3", "has the sign wrong", wrong_sign, "-dA x A"),
    ("12.3", "forgets the upstream gradient", forgets_the_upstream, "-dA x A"),
    ("12.3", "makes arrays of nodes", leaves_the_graph, "turned into an array"),
    ("12.3", "keeps the slope from the forward", keeps_the_value, "kept from the forward"),
    ("12.3", "leaves out the half", another_bell, "not right in this case"),
    ("12.4", "forgets the 2 of the square", forgets_the_factor_of_two, "2 X^T X / n"),
    ("12.4", "forgets to divide by n", forgets_the_mean, "2 X^T X / n"),
    ("12.4", "takes the smallest eigenvalue", smallest_eigenvalue, "largest eigenvalue"),
    ("12.4", "takes 1 for 2", one_over, "the bound is 2 divided by"),
    ("12.4", "takes the trace", trace, "largest eigenvalue"),
]
