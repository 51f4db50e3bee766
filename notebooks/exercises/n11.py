"""Exercises of notebook 11: the ten operations, each with its gradient to be repaired."""

import numpy as np

from exercises.checking import arrays, axes, exercise, verifies

ENTRIES = {"signature": "(n),(n)->(n)", "inputs": [arrays(axes("n")), arrays(axes("n"))]}
ROWS = [arrays(axes("b", "p"))]
TYPES = {"dtypes": (np.float64,)}  # halves and the like may turn float32 into float64 here


@exercise("11.1")
def mean_of_squares(answer):
    """The gradient of the mean of x^2."""
    hint = "A mean is a sum divided by the number of entries, x.size; so is its gradient."
    verifies(answer, lambda x: np.mean(x**2), hint=hint, order=1, **TYPES)


@exercise("11.2")
def difference(answer):
    """The gradients of x - y by x and by y."""
    hint = "If y grows by 1, x - y falls by 1."
    verifies(answer, lambda x, y: x - y, hint=hint, order=1, **ENTRIES, **TYPES)


@exercise("11.3")
def exponential(answer):
    """The gradient of exp(x), with the upstream gradient."""
    hint = "The chain rule: the upstream gradient dA times the derivative of the operation itself."
    verifies(answer, lambda x: np.exp(x), hint=hint, order=1, **TYPES)


@exercise("11.4")
def product(answer):
    """The gradients of the matrix product XW by X and by W."""
    verifies(
        answer,
        lambda X, W: X @ W,
        inputs=[arrays(axes("b", "p")), arrays(axes("p", "u"))],
        signature="(b,p),(p,u)->(b,u)",
        hint="The gradient by W has W's shape (p, u): which product of X (b, p), transposed or "
        "not, with dA (b, u), transposed or not, has it?",
        order=1,
        **TYPES,
    )


@exercise("11.5")
def row_means(answer):
    """The gradient of the mean of each row."""
    verifies(
        answer,
        lambda X: np.mean(X, axis=1),
        inputs=ROWS,
        signature="(b,p)->(b)",
        hint="dA has one entry for each row, (b,); all entries of row i get dA[i] / p. As a "
        "column, dA[:, None], it is spread along the rows.",
        order=1,
        **TYPES,
    )


def softmax_of_rows(X):
    E = np.exp(X - np.max(X, axis=1, keepdims=True))
    return E / np.sum(E, axis=1, keepdims=True)


@exercise("11.6")
def row_softmax(answer):
    """The gradient of the softmax of each row."""
    verifies(
        answer,
        softmax_of_rows,
        inputs=ROWS,
        signature="(b,p)->(b,p)",
        domain=(-5, 5),
        hint="Sum over all outputs j of the row: sum_j dA_j A_j (delta_jk - A_k) "
        "= A_k (dA_k - sum_j dA_j A_j).",
        order=1,
        **TYPES,
    )


@exercise("11.7")
def larger(answer):
    """The gradients of the larger one of x and y, and at ties a split."""
    hint = "At a tie the shares of x and y must add up to 1: one gets all, or each gets a half."
    verifies(answer, lambda x, y: np.maximum(x, y), hint=hint, order=1, **ENTRIES, **TYPES)


@exercise("11.8")
def length(answer):
    """The gradient of the length of each row, which is finite at 0 as well."""
    verifies(
        answer,
        lambda X: np.sqrt(np.sum(X**2, axis=1, keepdims=True)),
        inputs=ROWS,
        signature="(b,p)->(b,1)",
        domain=lambda X: np.all((X == 0) | (np.abs(X) > 1e-3)),  # whose squares don't underflow
        hint="At a row of zeros this is 0 / 0 = nan; 0 will do there. Elsewhere X / A must remain "
        "as it is, so don't add a small number to A: replace A where it is 0.",
        order=1,
        **TYPES,
    )


@exercise("11.9")
def soft_plus(answer):
    """The gradient of log(1 + exp(x)), for small and large x alike."""
    verifies(
        answer,
        lambda x: np.logaddexp(0, x),
        hint="exp(800) overflows. Write the quotient so that nothing large is left above the bar: "
        "1 / (1 + exp(-x)), or exp(x - A) with the output A.",
        order=1,
        **TYPES,
    )


@exercise("11.10")
def sine(answer):
    """The gradient of sin x, which can be differentiated again."""
    verifies(
        answer,
        lambda x: np.sin(x),
        hint="np.asarray makes a constant of a node. The gradient is called with nodes when it is "
        "to be differentiated again, and NumPy's functions take nodes as they are.",
        **TYPES,
    )
