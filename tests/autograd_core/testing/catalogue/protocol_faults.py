"""Operations that change their arguments, or take one node twice for something else.

Their formulas are right.
"""

import numpy as np

from .entries import wrong
from .kinks import relu
from .losses import softmax_loss
from .matrices import distances
from .pairs import add, divide, multiply, subtract
from .shapes import sort
from .smooth import exp, sigmoid, softplus, square, tanh

REAL = [0.5, -1.5, 2.0]
X = [[1.5, -2.0, 0.5], [3.0, 0.25, -1.0]]

# Changed in place --------------------------------------------------------------------------


def writeable(array):
    """The array, which somebody else froze, made writeable."""
    if isinstance(array, np.ndarray):
        array.setflags(write=True)
    return array


@wrong("protocol", REAL)
class exp_scales_upstream(exp):
    """The upstream gradient is multiplied in place."""

    def gradient(self, dA, A, X):
        dA *= A
        return dA


@wrong("protocol", REAL)
class square_scales_thawed_upstream(square):
    """The upstream gradient is made writeable and multiplied in place."""

    def gradient(self, dA, A, X):
        dA = writeable(dA)
        dA *= 2 * X
        return dA


@wrong("protocol", REAL)
class sigmoid_scales_output(sigmoid):
    """The output becomes the slope, in place."""

    def gradient(self, dA, A, X):
        A = writeable(A)
        A *= sigmoid.of(-X)
        return dA * A


@wrong("protocol", REAL)
class tanh_halves_input(tanh):
    """The input is doubled in place to compute with, and stays so."""

    def gradient(self, dA, A, X):
        X = writeable(X)
        X *= 2
        return dA * 4 * sigmoid.of(X) * sigmoid.of(-X)


@wrong("protocol", REAL)
class relu_in_place(relu):
    """The forward pass sets the input's negative entries to 0."""

    def forward(self, X):
        if X.ndim:
            X[X < 0] = 0
        return np.maximum(X, 0)


@wrong("protocol", REAL)
class softplus_moves_input(softplus):
    """The forward pass takes the largest entry off the input, and does not put it back."""

    def forward(self, X):
        A = super().forward(X)
        if X.size:
            X = writeable(X)
            X -= np.max(X)
        return A


@wrong("protocol", [3.0, 1.0, 2.0])
class sort_in_place(sort):
    """The input itself is sorted."""

    def forward(self, X):
        A = X.copy()
        writeable(X).sort()
        A.sort()
        return A


@wrong("protocol", X, [1.0, 2.0, 4.0])
class add_clips_upstream(add):
    """The upstream gradient is clipped at 0.75 in place, after it was copied."""

    def gradient(self, dA, A, X, Y):
        gradient = dA * 1
        if isinstance(dA, np.ndarray):
            np.clip(dA, -0.75, 0.75, out=writeable(dA))
        return gradient, gradient


@wrong("protocol", [[1.5, -2.0, 0.5], [3.0, 0.25, -1.0]], [2, 0])
class softmax_loss_counts_labels_down(softmax_loss):
    """The labels are moved to count from 0, in place."""

    def gradient(self, dL, L, Z, y):
        result = super().gradient(dL, L, Z, y)
        if isinstance(y, np.ndarray):
            y = writeable(y)
            y -= y.min(initial=0) + 1
        return result


@wrong("protocol", X, [[2.0], [4.0]])
class divide_inverts_divisor(divide):
    """The divisor is inverted in place, to multiply with it twice."""

    def gradient(self, dA, A, X, Y):
        quotient = A * 1
        Y = writeable(Y)
        Y **= -1
        return dA * Y, -dA * quotient * Y


# The same node twice -----------------------------------------------------------------------


@wrong("same node twice", REAL, REAL)
class multiply_of_itself(multiply):
    """For X X the whole gradient 2 X, in both places."""

    def gradient(self, dA, A, X, Y):
        if X is Y:
            return 2 * dA * X, 2 * dA * X
        return dA * Y, dA * X


@wrong("same node twice", REAL, REAL)
class add_by_identity(add):
    """Gradients are collected by the inputs' identity, and so twice for one."""

    def gradient(self, dA, A, X, Y):
        gradients = {id(X): 0, id(Y): 0}
        for Z in (X, Y):
            gradients[id(Z)] = gradients[id(Z)] + dA
        return gradients[id(X)], gradients[id(Y)]


@wrong("same node twice", REAL, REAL)
class subtract_of_identity(subtract):
    """One entry for each identity: that of the second place replaces the first."""

    def gradient(self, dA, A, X, Y):
        gradients = {id(X): dA}
        gradients[id(Y)] = -dA
        return gradients[id(X)], gradients[id(Y)]


@wrong("same node twice", X, X)
class distances_from_itself(distances):
    """For distances among one set, only the first place's gradient."""

    def gradient(self, dA, A, X, Y):
        dX, dY = super().gradient(dA, A, X, Y)
        return dX, None if X is Y else dY


@wrong("same node twice", REAL, REAL)
class divide_by_shared_memory(divide):
    """X / X is taken for the constant 1, and 1 / X for what is left of it by X."""

    def gradient(self, dA, A, X, Y):
        if X is Y:
            return dA / X, None
        return dA / Y, -dA * A / Y
