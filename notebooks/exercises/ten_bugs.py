"""Ten operations whose gradients are wrong, each in a way of its own: for notebook 11."""

import numpy as np

import autograd_core as ag


class mean_of_squares(ag.Operation):
    """The mean of x^2 over all entries."""

    def forward(self, x):
        return np.mean(x**2)

    def gradient(self, dA, A, x):
        return 2 * dA * x


class difference(ag.Operation):
    """x - y."""

    def forward(self, x, y):
        return x - y

    def gradient(self, dA, A, x, y):
        return dA, dA


class exponential(ag.Operation):
    """exp(x), entry by entry."""

    def forward(self, x):
        return np.exp(x)

    def gradient(self, dA, A, x):
        return A


class product(ag.Operation):
    """The matrix product of X (b, p) and W (p, u)."""

    def forward(self, X, W):
        return X @ W

    def gradient(self, dA, A, X, W):
        return dA @ W.T, dA.T @ X


class row_means(ag.Operation):
    """The mean of each row of X (b, p), as a vector (b,)."""

    def forward(self, X):
        return np.mean(X, axis=1)

    def gradient(self, dA, A, X):
        return np.broadcast_to(dA / X.shape[1], X.shape)


class row_softmax(ag.Operation):
    """exp(x_ij) / sum over j of exp(x_ij), in each row of X (b, p)."""

    def forward(self, X):
        E = np.exp(X - np.max(X, axis=1, keepdims=True))
        return E / np.sum(E, axis=1, keepdims=True)

    def gradient(self, dA, A, X):
        return dA * A * (1 - A)


class larger(ag.Operation):
    """The larger one of x and y, entry by entry."""

    def forward(self, x, y):
        return np.maximum(x, y)

    def gradient(self, dA, A, x, y):
        return dA * (x >= y), dA * (y >= x)


class length(ag.Operation):
    """The length of each row of X (b, p), as a column (b, 1)."""

    def forward(self, X):
        return np.sqrt(np.sum(X**2, axis=1, keepdims=True))

    def gradient(self, dA, A, X):
        return dA * X / A


class soft_plus(ag.Operation):
    """log(1 + exp(x)), entry by entry."""

    def forward(self, x):
        return np.logaddexp(0, x)

    def gradient(self, dA, A, x):
        return dA * np.exp(x) / (1 + np.exp(x))


class sine(ag.Operation):
    """sin(x), entry by entry."""

    def forward(self, x):
        return np.sin(x)

    def gradient(self, dA, A, x):
        return dA * np.cos(np.asarray(x))


TEN = (
    mean_of_squares,
    difference,
    exponential,
    product,
    row_means,
    row_softmax,
    larger,
    length,
    soft_plus,
    sine,
)
