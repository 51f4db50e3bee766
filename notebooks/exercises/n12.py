"""Exercises of notebook 12: beyond first order."""

import numpy as np

from exercises.checking import agrees, arrays, exercise, floats, verifies


def valley(w):
    """A function with a full Hessian: f = (1 - w_0)^2 + 2 (w_1 - w_0^2)^2."""
    return (1 - w[0]) ** 2 + 2 * (w[1] - w[0] ** 2) ** 2


def valley_gradient(w):
    rest = w[1] - w[0] ** 2
    return np.array([-2 * (1 - w[0]) - 8 * w[0] * rest, 4 * rest])


def valley_hessian(w):
    return np.array([[2 - 8 * w[1] + 24 * w[0] ** 2, -8 * w[0]], [-8 * w[0], 4.0]])


@exercise("12.1")
def product(answer):
    """H v of f(w) = (1 - w_0)^2 + 2 (w_1 - w_0^2)^2, by two calls of ag.grad."""
    agrees(
        lambda w, v: answer(valley, w, v),
        lambda w, v: valley_hessian(w) @ v,
        w=arrays((2,), -2, 2),
        v=arrays((2,), -3, 3),
        atol=1e-9,
        hint="(f is (1 - w_0)^2 + 2 (w_1 - w_0^2)^2 here.) Take the gradient of the function "
        "w -> sum(grad(f)(w) v), whose sum is a scalar; v is a constant in it.",
    )


@exercise("12.2")
def newton_step(answer):
    """w - H^-1 g for f(w) = (1 - w_0)^2 + 2 (w_1 - w_0^2)^2 where its Hessian is regular."""

    def right(a, b):
        w = np.array([a, b])
        return w - np.linalg.solve(valley_hessian(w), valley_gradient(w))

    agrees(
        lambda a, b: answer(valley, np.array([a, b])),
        right,
        a=floats(-2, 2),
        b=floats(-2, 0),  # there the determinant of H is positive
        atol=1e-9,
        hint="(f is (1 - a)^2 + 2 (b - a^2)^2 here, and w = [a, b].) The step p solves H p = -g "
        "with the gradient g and the whole Hessian H at w; the new point is w + p.",
    )


@exercise("12.3")
def bell(answer):
    """The operation A = exp(-x^2 / 2), to be differentiated twice."""
    verifies(
        answer,
        lambda x: np.exp(-(x**2) / 2),
        inputs=[arrays((2,), -3, 3)],
        signature="()->()",
        domain=(-5, 5),
        hint="dA/dx = -x A, so the gradient is -dA x A, with x and A as they are given: what is "
        "turned into an array or a number, or kept from the forward, is a constant in the second "
        "derivative.",
    )


@exercise("12.4")
def largest_rate(answer):
    """2 / lambda_max of the Hessian 2 X^T X / n of mean squares."""
    agrees(
        answer,
        lambda X: len(X) / np.linalg.eigvalsh(X.T @ X)[-1],
        X=arrays((3, 2), 1, 3),
        hint="The gradient is 2 X^T (X w - y) / n, so H = 2 X^T X / n; the bound is 2 divided by "
        "the largest eigenvalue of H.",
    )
