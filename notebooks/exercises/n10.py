"""Exercises of notebook 10: what goes wrong."""

import numpy as np
from hypothesis import strategies as st

import autograd_core as ag
from exercises.checking import agrees, arrays, exercise, floats, integers, verifies

EPS = 0.1


@exercise("10.1")
def spread(answer):
    """The standard deviation of weights before a leaky ReLU that keeps the mean square."""
    agrees(
        answer,
        lambda n, s: np.sqrt(2 / (n * (1 + s**2))),
        n=integers(1, 1000),
        s=floats(0, 1),
        hint="Of a symmetric distribution, one half keeps its square a^2 and the other half gets "
        "(s a)^2, so n sigma^2 (1 + s^2) / 2 must be 1; and sigma is the root of the variance.",
    )


@exercise("10.2")
def standardise(answer):
    """The gradient of A = (X - m) / sqrt(v + 0.1), m and v of the columns of X."""
    verifies(
        answer,
        lambda X: (X - np.mean(X, axis=0)) / np.sqrt(np.var(X, axis=0) + EPS),
        inputs=[arrays((3, 2), -5, 5)],
        rtol=1e-7,
        signature="(b,p)->(b,p)",
        domain=(-10, 10),
        hint="With r = 1 / sqrt(v + 0.1), each entry of X acts in three ways. By itself: r dA. "
        "Through m: minus r times a mean over the rows, so that each column sums to 0. Through v: "
        "minus r A times another mean over the rows, of dA A.",
    )


@exercise("10.3")
def factor(answer):
    """The factor min(1, bound / norm) by which two gradients are multiplied together."""

    def right(g, h, bound):
        norm = np.sqrt(np.sum(g**2) + np.sum(h**2))
        return bound / norm if norm > bound else 1.0

    agrees(
        answer,
        right,
        g=arrays((2,), -10, 10),
        h=arrays((2, 2), -10, 10),
        bound=floats(0.1, 5),
        hint="The norm is one number, the root of the sum of all squares, of g and of h. Where it "
        "is at most the bound, as for gradients that are all 0, the factor is 1.",
    )


@exercise("10.4")
def safe_root(answer):
    """sqrt(x) where x > 0, else 0, with the gradient 1 / (2 sqrt(x)) where x > 0, else 0."""

    def value_and_gradient(x):
        value = answer(ag.InitialNode(x)).value
        return value, ag.grad(lambda x: ag.sum(answer(x)))(x)

    def right(x):
        root = np.sqrt(np.maximum(x, 0))
        return root, np.where(x > 0, 0.5 / np.where(x > 0, root, 1), 0)

    agrees(
        value_and_gradient,
        right,
        x=arrays((2,), -4, 4) | st.just(np.array([1.0, 0.0])),
        hint="(Part 0 is the value, part 1 the gradient.) Replace x by 1 where it is not positive, "
        "before the root is taken; after it, replace the result by 0 there.",
    )
