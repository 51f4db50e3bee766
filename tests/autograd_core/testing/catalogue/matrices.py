"""Products of matrices and vectors, convolutions, distances."""

import numpy as np

from autograd_core import Operation

from .entries import correct, variant
from .reductions import root

X = [[1.5, -2.0, 0.5], [3.0, 0.25, -1.0]]
W = [[0.5, -1.0], [2.0, 1.5], [-0.75, 3.0]]
BATCH = np.arange(12.0).reshape(2, 3, 2) - 5.5


@correct(X, W, signature="(b,p),(p,u)->(b,u)")
class mm(Operation):
    """A = X W."""

    def forward(self, X, W):
        return X @ W

    def gradient(self, dA, A, X, W):
        return lambda: dA @ W.T, lambda: X.T @ dA


@variant(X, W)
class mm_by_sums(mm):
    """Sums of products that are broadcast."""

    def gradient(self, dA, A, X, W):
        return (
            np.sum(np.expand_dims(dA, 1) * W, axis=2),
            np.sum(np.expand_dims(X, 2) * np.expand_dims(dA, 1), axis=0),
        )


@correct(BATCH, BATCH[:, :2].copy(), signature="(b,n,p),(b,p,m)->(b,n,m)")
class bmm(Operation):
    """The products of the matrices of two stacks."""

    def forward(self, X, Y):
        return X @ Y

    def gradient(self, dA, A, X, Y):
        return dA @ np.swapaxes(Y, 1, 2), np.swapaxes(X, 1, 2) @ dA


@correct(X, W, [0.5, -1.0], signature="(b,p),(p,u),(u)->(b,u)")
class linear(Operation):
    """A = X W + b."""

    def forward(self, X, W, b):
        return X @ W + b

    def gradient(self, dA, A, X, W, b):
        return dA @ W.T, X.T @ dA, dA


@variant(X, W, [0.5, -1.0])
class linear_that_sums(linear):
    """Sums the gradient of b over the batch itself."""

    def gradient(self, dA, A, X, W, b):
        return lambda: dA @ W.T, lambda: X.T @ dA, lambda: np.sum(dA, axis=0)


@correct([1.5, -2.0, 0.5], [3.0, 0.25], signature="(n),(m)->(n,m)")
class outer(Operation):
    """A_ij = x_i y_j."""

    def forward(self, x, y):
        return np.expand_dims(x, 1) * np.expand_dims(y, 0)

    def gradient(self, dA, A, x, y):
        return dA @ y, dA.T @ x


@correct([1.5, -2.0, 0.5], [3.0, 0.25, -1.0], signature="(n),(n)->()")
class dot(Operation):
    """The scalar product."""

    def forward(self, x, y):
        return np.sum(x * y)

    def gradient(self, dA, A, x, y):
        return dA * y, dA * x


@correct([1.5, -2.0], [[3.0, 0.25], [-1.0, 2.0]], signature="(n),(n,n)->()")
class quadratic(Operation):
    """A = x S x; S need not be symmetric."""

    def forward(self, x, S):
        return x @ (S @ x)

    def gradient(self, dA, A, x, S):
        return dA * (S @ x + S.T @ x), dA * np.expand_dims(x, 1) * x


@correct(X, [[0.5, 1.0, -1.0]], signature="(n,d),(m,d)->(n,m)")
class distances(Operation):
    """The Euclidean distance of each row of X from each of Y, with gradient 0 at distance 0."""

    def forward(self, X, Y):
        return root(np.sum, self.differences(X, Y), 2)[:, :, 0]

    def gradient(self, dA, A, X, Y):
        length = np.expand_dims(np.where(A == 0, 1, A), 2)
        d = np.expand_dims(dA, 2) * (self.differences(X, Y) / length)
        return np.sum(d, axis=1), -np.sum(d, axis=0)

    def differences(self, X, Y):
        return np.expand_dims(X, 1) - np.expand_dims(Y, 0)


@correct(X, [2.0, -0.5], signature="(b,t),(k)->(b,t)")
class convolution(Operation):
    """A_bt = sum over j of w_j X_b(t-j): causal, with zeros before the start."""

    def forward(self, X, w):
        return np.sum(np.stack([w[j] * self.later(X, j) for j in range(len(w))]), axis=0)

    def gradient(self, dA, A, X, w):
        dX = np.sum(np.stack([w[j] * self.earlier(dA, j) for j in range(len(w))]), axis=0)
        dw = np.stack([np.sum(dA * self.later(X, j)) for j in range(len(w))])
        return dX, dw

    def later(self, X, j):
        """The columns of X moved by j to the right."""
        n = X.shape[1]
        j = n if j > n else j
        return np.concatenate([np.zeros((X.shape[0], j), X.dtype), X[:, : n - j]], axis=1)

    def earlier(self, X, j):
        """The columns of X moved by j to the left."""
        n = X.shape[1]
        j = n if j > n else j
        return np.concatenate([X[:, j:], np.zeros((X.shape[0], j), X.dtype)], axis=1)


@correct([[3.0, 0.25], [-1.0, 2.0]], signature="(n,n)->()")
class trace(Operation):
    """The sum of the diagonal."""

    def forward(self, X):
        return np.trace(X)

    def gradient(self, dA, A, X):
        return dA * np.eye(len(X), dtype=dA.dtype)


@variant(X, [[1.5, -2.0, 0.5], [0.5, 1.0, -1.0]])
class distances_to_one_side(distances):
    """At distance 0 the gradient is a vector of length 1/2, and its opposite."""

    def gradient(self, dA, A, X, Y):
        zero = np.expand_dims(A == 0, 2)
        length = np.where(zero, 1, np.expand_dims(A, 2))
        first = np.arange(X.shape[1]) == 0
        unit = np.where(np.logical_and(zero, first), 0.5, self.differences(X, Y) / length)
        d = np.expand_dims(dA, 2) * unit
        return np.sum(d, axis=1), -np.sum(d, axis=0)
