"""Mistakes in the exercises of notebook 11: the ten faults themselves, and half repairs."""

import numpy as np

from exercises import ten_bugs


def with_gradient(operation, gradient):
    """The class that a student writes: the forward of the operation, another gradient."""
    return type(operation.__name__, (operation,), {"gradient": gradient})


def answers(number, operation, text, *mistakes):
    """The faulty operation itself as an answer, and others."""
    yield number, "leaves it as it was", operation, text
    for mistake, gradient, says in mistakes:
        yield number, mistake, with_gradient(operation, gradient), says


WRONG = [
    *answers(
        "11.1", ten_bugs.mean_of_squares, "divided by the number of entries",
        ("divides by the rows only", lambda self, dA, A, x: 2 * dA * x / x.shape[0], "x.size"),
        ("forgets the inner derivative", lambda self, dA, A, x: dA * np.ones(x.shape) / x.size,
         "your gradient by x"),
    ),
    *answers(
        "11.2", ten_bugs.difference, "falls by 1",
        ("turns both signs", lambda self, dA, A, x, y: (-dA, dA), "right gradient by x"),
        ("gives one gradient", lambda self, dA, A, x, y: dA, "gradient"),
    ),
    *answers(
        "11.3", ten_bugs.exponential, "upstream gradient",
        ("adds it", lambda self, dA, A, x: dA + A, "chain rule"),
        ("exp of the output", lambda self, dA, A, x: dA * np.exp(A), "your gradient by x"),
    ),
    *answers(
        "11.4", ten_bugs.product, "has W's shape",
        ("in the other order", lambda self, dA, A, X, W: (dA @ W.T, dA @ X.T), "W's shape"),
        ("swaps the two", lambda self, dA, A, X, W: (X.T @ dA, dA @ W.T), "gradient"),
    ),
    *answers(
        "11.5", ten_bugs.row_means, "spread along the rows",
        ("forgets to divide", lambda self, dA, A, X: np.broadcast_to(dA[:, None], X.shape),
         "dA[i] / p"),
        ("divides by the rows", lambda self, dA, A, X: np.broadcast_to(
            dA[:, None] / X.shape[0], X.shape), "dA[i] / p"),
    ),
    *answers(
        "11.6", ten_bugs.row_softmax, "Sum over all outputs j",
        ("forgets the output", lambda self, dA, A, X: dA - np.sum(dA * A, axis=1, keepdims=True),
         "Sum over"),
        ("sums the columns", lambda self, dA, A, X: A * (dA - np.sum(dA * A, axis=0)), "Sum over"),
        ("forgets the upstream in the sum", lambda self, dA, A, X: A * dA - A * A, "Sum over"),
    ),
    *answers(
        "11.7", ten_bugs.larger, "add up to 1",
        ("gives nothing at ties", lambda self, dA, A, x, y: (dA * (x > y), dA * (y > x)),
         "add up to 1"),
        ("swaps the two", lambda self, dA, A, x, y: (dA * (x < y), dA * (y >= x)),
         "right gradient"),
    ),
    *answers(
        "11.8", ten_bugs.length, "0 / 0",
        ("adds a small number", lambda self, dA, A, X: dA * X / (A + 1e-6), "don't add"),
        ("forgets the length", lambda self, dA, A, X: dA * X, "your gradient by X"),
        ("twice", lambda self, dA, A, X: 2 * dA * X / np.where(A == 0, 1, A), "twice"),
    ),
    *answers(
        "11.9", ten_bugs.soft_plus, "overflows",
        ("clips the argument", lambda self, dA, A, x: dA / (1 + np.exp(-np.clip(x, -30, 30))),
         "exp(x - A)"),
        ("the other sign", lambda self, dA, A, x: dA / (1 + np.exp(x)), "1 / (1 + exp(-x))"),
    ),
    *answers(
        "11.10", ten_bugs.sine, "makes a constant of a node",
        ("loses the sign", lambda self, dA, A, x: -dA * np.cos(x), "wrong sign"),
        ("takes the root", lambda self, dA, A, x: dA * np.sqrt(1 - A**2), "right gradient"),
    ),
]  # fmt: skip
