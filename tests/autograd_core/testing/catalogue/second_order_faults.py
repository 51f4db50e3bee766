"""Gradients that are right, and can't be differentiated again."""

import numpy as np

from autograd_core import Node

from .entries import wrong
from .kinks import elu
from .losses import softmax
from .matrices import mm
from .pairs import divide, hypot
from .reductions import logsumexp, norm
from .reductions import softmax as shares
from .smooth import exp, log, sigmoid, square, tanh

REAL = [0.5, -1.5, 2.25]
X = [[1.5, -2.0, 0.5], [3.0, 0.25, -1.0]]


@wrong("second order", REAL)
class square_of_constant_input(square):
    """The input is made an array, and so a constant."""

    def gradient(self, dA, A, X):
        return 2 * dA * np.asarray(X)


@wrong("second order", REAL)
class sigmoid_of_constant_slope(sigmoid):
    """The slope is made an array, and so a constant."""

    def gradient(self, dA, A, X):
        return dA * np.asarray(sigmoid.of(X) * sigmoid.of(-X))


@wrong("second order", REAL)
class exp_of_constant_output(exp):
    """The output is made an array, and so a constant."""

    def gradient(self, dA, A, X):
        return dA * np.asarray(A)


@wrong("second order", REAL)
class tanh_of_constant_upstream(tanh):
    """The upstream gradient is made an array: nothing flows on to what it was computed from."""

    def gradient(self, dA, A, X):
        return np.asarray(dA) * 4 * sigmoid.of(2 * X) * sigmoid.of(-2 * X)


@wrong("second order", X, [[0.5], [2.0], [-1.0]])
class mm_of_constant_weights(mm):
    """The gradient by X takes W for a constant."""

    def gradient(self, dA, A, X, W):
        return dA @ np.asarray(W).T, X.T @ dA


@wrong("second order", [1.5, -2.0], [0.5, 3.0])
class divide_of_constant_output(divide):
    """The gradient by Y takes the quotient for a constant."""

    def gradient(self, dA, A, X, Y):
        return dA / Y, -dA * np.asarray(A) / Y


@wrong("second order", X)
class softmax_of_constant_output(softmax):
    """The probabilities are taken for constants."""

    def gradient(self, dP, P, Z):
        return super().gradient(dP, np.asarray(P), Z)


@wrong("second order", X, at={"axis": 1})
class norm_of_constant_length(norm):
    """The length is taken for a constant."""

    def gradient(self, dA, A, X):
        return super().gradient(dA, np.asarray(A), X)


@wrong("second order", [1.5, -2.0], [0.5, 3.0])
class hypot_detached(hypot):
    """The direction is rounded to four digits when it is differentiated again."""

    def gradient(self, dA, A, X, Y):
        if isinstance(dA, Node):
            return dA * (X / (A + 1e-4)), dA * (Y / (A + 1e-4))
        return super().gradient(dA, A, X, Y)


@wrong("second order", [0.5, 3.0])
class log_with_a_formula_for_nodes(log):
    """What is done with nodes has the wrong sign."""

    def gradient(self, dA, A, X):
        return -dA / X if isinstance(X, Node) else dA / X


@wrong("second order", X, at={"axis": 1})
class logsumexp_of_constant_shares(logsumexp):
    """The shares are taken for constants."""

    def gradient(self, dA, A, X):
        return self.spread(dA, X) * shares(np.asarray(X), self.axis)


@wrong("second order", [20000.0, -1.0])
class elu_of_unused_overflow(elu):
    """e ** X overflows where it is not used: 0 times infinity in the second derivative."""

    def gradient(self, dA, A, X):
        return np.where(X > 0, dA, self.alpha * dA * np.exp(X))
