"""Operations that lose or add precision, or make integers of their numbers."""

import numpy as np

from .entries import wrong
from .kinks import leaky_relu, relu
from .losses import one_hot, shares, softmax_loss
from .matrices import mm
from .pairs import add, multiply
from .reductions import mean, sum
from .shapes import take
from .smooth import exp, sin, square

REAL = [0.5, -1.5, 2.25]
FLOAT32 = np.array(REAL, np.float32)
X = [[1.5, -2.0, 0.5], [3.0, 0.25, -1.0]]
W = [[0.5, -1.0], [2.0, 1.5], [-0.75, 3.0]]


@wrong("dtype", REAL)
class sin_in_float32(sin):
    """The gradient is computed in float32."""

    def gradient(self, dA, A, X):
        return dA.astype(np.float32) * np.cos(X.astype(np.float32))


@wrong("dtype", X, W)
class mm_in_float16(mm):
    """Gradients go through float16, to save memory."""

    def gradient(self, dA, A, X, W):
        dA = dA.astype(np.float16).astype(X.dtype)
        return dA @ W.T, X.T @ dA


@wrong("dtype", REAL)
class exp_forward_in_float32(exp):
    """The output is float32, whatever the input is."""

    def forward(self, X):
        return np.exp(X.astype(np.float32))


@wrong("dtype", FLOAT32)
class relu_forward_in_float64(relu):
    """The 0 is an array of its own, which makes float64 of float32."""

    def forward(self, X):
        return np.maximum(X, np.array(0.0))


@wrong("dtype", FLOAT32)
class mean_forward_in_float64(mean):
    """The number of entries is a NumPy number, which makes float64 of float32."""

    def forward(self, X):
        n = np.float64(self.count(X))
        return np.sum(X, axis=self.axis, keepdims=self.keepdims) / n


@wrong("dtype", FLOAT32)
class relu_by_mask_in_float64(relu):
    """The mask is of float64 numbers, and so is the gradient of float32."""

    def gradient(self, dA, A, X):
        return dA * np.where(X > 0, 1.0, 0.0)


@wrong("dtype", FLOAT32)
class leaky_relu_by_slopes_in_float64(leaky_relu):
    """The slopes are an array of float64, and so is the gradient of float32."""

    def gradient(self, dA, A, X):
        return np.array([self.slope, 1.0])[np.asarray(X > 0).astype(int)] * dA


@wrong("dtype", np.array(X, np.float32), [2, 0])
class softmax_loss_of_eye(softmax_loss):
    """The one-hot labels are float64, and so is the gradient of float32."""

    def error(self, Z, y):
        own = np.eye(Z.shape[1])[np.asarray(y)]
        others = np.where(one_hot(y, Z), 0, shares(Z, 1))
        return others - own * np.sum(others, axis=1, keepdims=True)


@wrong("dtype", FLOAT32, FLOAT32[::-1].copy())
class add_of_python_floats(add):
    """The upstream gradient is made float64."""

    def gradient(self, dA, A, X, Y):
        return dA, dA.astype(float)


@wrong("dtype", [1, 2, -3], [0.5, 1.5, 2.5])
class multiply_by_integers(multiply):
    """The second gradient is put into an array like the first factor: cut off for integers."""

    def gradient(self, dA, A, X, Y):
        dX, dY = super().gradient(dA, A, X, Y)
        return dX, dY.astype(X.dtype)


@wrong("dtype", [1.0, 2.0, 4.0])
class mean_by_integer_division(mean):
    """1 // n is 0 for more than one entry."""

    def gradient(self, dA, A, X):
        return self.spread(dA, X) * (1 // self.count(X))


@wrong("dtype", REAL, [2, 0, 2])
class take_of_integer_upstream(take):
    """The gradients are added up in an array like the indices, of integers."""

    def gradient(self, dA, A, X, indices):
        dX, _ = super().gradient(dA, A, X, indices)
        return dX.astype(indices.dtype), None


@wrong("dtype", [0.5, 1.5, 2.5])
class sum_of_whole_upstream(sum):
    """The upstream gradient is rounded down to an integer."""

    def gradient(self, dA, A, X):
        return self.spread(dA, X).astype(int)


@wrong("dtype", [0.1, -1.3])
class square_with_float32_factor(square):
    """One factor is float32: right for inputs that it can hold."""

    def gradient(self, dA, A, X):
        return 2 * dA * X.astype(np.float32)
