"""Exercises of notebook 2: a graph of numbers."""

import numpy as np

import autograd_core as ag
from exercises.checking import Wrong, agrees, exercise, floats

MOST_OPERATIONS = 6


@exercise("2.1")
def value_and_slope(answer):
    """The value and the derivative of f(x) = x^2 exp(x^2), in at most 6 operations."""

    def right(x):
        return x**2 * np.exp(x**2), 2 * x * np.exp(x**2) * (1 + x**2)

    hint = (
        "a has two consumers, b and f: the gradient at a is b + ab, and that at x is 2x times it."
    )
    agrees(answer, right, x=floats(-2, 2), hint=hint)
    nodes = answer(ag.InitialNode(1.5, name="x"))
    if not all(isinstance(node, ag.Node) for node in nodes):
        raise Wrong("the operations can't be counted: use operators and NumPy's functions only.")
    count = operations(nodes)
    if count > MOST_OPERATIONS:
        raise Wrong(
            f"the numbers are right, but they take {count} operations, and "
            f"{MOST_OPERATIONS} are enough.",
            node=nodes[1],
            hint="Keep a, b and f, and use them in the derivative: 2x (b + f).",
        )


def operations(nodes):
    """The number of different operations in the graphs of these nodes."""
    return sum(bool(node.inputs) for node in {n for end in nodes for n in ag.Graph(end).nodes})


@exercise("2.2")
def gradients(answer):
    """The partial derivatives of f = p q + x, where p = x y and q = exp(-p)."""

    def right(x, y):
        dp = np.exp(-x * y) * (1 - x * y)
        return y * dp + 1, x * dp

    agrees(
        answer,
        right,
        x=floats(-2, 2),
        y=floats(-2, 2),
        atol=1e-12,
        hint="Two contributions arrive at p, from q and from r, and two at x, from p and from f.",
    )


@exercise("2.3")
def tangents(answer):
    """The tangents of a = x^2, b = exp(x), c = 1 + b and d = a / c, if x has the tangent dx."""

    def right(x, dx):
        a, b = x**2, np.exp(x)
        c = 1 + b
        da, db = 2 * x * dx, b * dx
        return da, db, db, (da * c - a * db) / c**2

    agrees(
        answer,
        right,
        x=floats(-3, 3),
        dx=floats(-2, 2),
        atol=1e-12,
        hint="Every tangent is made of tangents of the parents; that of a / c is "
        "(da c - a dc) / c^2. Begin with dx, which need not be 1.",
    )
