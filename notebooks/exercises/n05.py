"""Exercises of notebook 5: losses."""

import numpy as np
from hypothesis import strategies as st

from exercises.checking import agrees, arrays, axes, exercise, floats, verifies


@exercise("5.1")
def slope_of_logistic_loss(answer):
    """The derivative -y / (1 + exp(y a)) of log(1 + exp(-y a)) by the score a."""
    agrees(
        answer,
        lambda a, y: -y / (1 + np.exp(y * a)),
        a=floats(-700, 700),
        y=st.sampled_from([1, -1]),
        hint="The chain rule: 1 / (1 + exp(-y a)) times the derivative of exp(-y a). Multiply "
        "numerator and denominator by exp(y a). Do not subtract from 1 what is nearly 1: the "
        "digits of the difference are lost.",
    )


@exercise("5.2")
def log_sum_exp_of_rows(answer):
    """log(sum(exp(Z))) of each row of Z (b, K), for entries from -1000 to 1000."""

    def right(Z):
        M = Z.max(axis=1)
        return M + np.log(np.exp(Z - M.reshape(-1, 1)).sum(axis=1))

    agrees(
        answer,
        right,
        Z=arrays(axes("b", "K"), -1000, 1000),
        atol=1e-12,
        hint="L = M + log(sum(exp(z - M))), where each row has its own largest entry M. "
        "To subtract it from the row, M must be a column, (b, 1).",
    )


@exercise("5.3")
def weights_without_the_last_class(answer):
    """Weights (d, K - 1) with the probabilities of W (d, K), the last class having the score 0."""
    agrees(
        answer,
        lambda W: W[:, :-1] - W[:, -1:],
        W=arrays(st.tuples(st.integers(1, 3), st.integers(2, 4))),
        atol=1e-12,
        hint="Probabilities stay the same if the same number is subtracted from all scores of an "
        "observation: here the last class's score, X @ W[:, -1:].",
    )


@exercise("5.4")
def cross_entropy(answer):
    """L = logsumexp(Z) - sum(P Z) by rows: the operation, with gradients by Z and by P."""

    def right(Z, P):
        M = Z.max(axis=1)
        L = M + np.log(np.exp(Z - M.reshape(-1, 1)).sum(axis=1))
        return L - (P * Z).sum(axis=1)

    verifies(
        answer,
        right,
        # with these the two terms do not cancel: a rounding error is no mistake
        inputs=[arrays(axes("b", "K"), 0, 1000), arrays(axes("b", "K"), 0, 0.25)],
        signature="(b,k),(b,k)->(b)",
        domain=[(-1000, 1000), (-3, 3)],
        hint="The gradient of the log-sum-exp of a row is its softmax, and that of the sum of P Z "
        "is P by Z and Z by P; mind the minus. Each row is multiplied by its entry of dL, "
        "dL.reshape(-1, 1).",
    )
