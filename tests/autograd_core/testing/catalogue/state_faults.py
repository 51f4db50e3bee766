"""Operations that are no pure functions: they remember something, or draw random numbers.

Their formulas are right.
"""

import itertools

import numpy as np

from autograd_core import Operation

from .entries import wrong
from .kinks import relu
from .matrices import mm
from .reductions import max, mean, std
from .smooth import exp, gaussian, sigmoid, sin, softplus, square, tanh

REAL = [0.5, -1.5, 2.0]
X = [[1.5, -2.0, 0.5], [3.0, 0.25, -1.0]]

# Values kept from one call to another ------------------------------------------------------


@wrong("state", REAL)
class square_of_stored_input(square):
    """The input is kept by the forward pass: that of the latest one."""

    def forward(self, X):
        self.X = X
        return X * X

    def gradient(self, dA, A, X):
        return 2 * dA * self.X


@wrong("state", REAL)
class relu_of_stored_mask(relu):
    """The mask is kept by the forward pass."""

    def forward(self, X):
        self.mask = X > 0
        return np.maximum(X, 0)

    def gradient(self, dA, A, X):
        return np.where(self.mask, dA, 0)


@wrong("state", REAL)
class exp_of_class_attribute(exp):
    """The output is kept in the class, for all of its nodes."""

    def forward(self, X):
        type(self).latest = np.exp(X)
        return self.latest

    def gradient(self, dA, A, X):
        return dA * self.latest


@wrong("state", REAL)
class sin_of_cached_shape(sin):
    """The cosine is kept for every shape: that of the first input which had it."""

    cache = {}  # noqa: RUF012

    def gradient(self, dA, A, X):
        if X.shape not in self.cache:
            self.cache[X.shape] = np.cos(np.asarray(X))
        return dA * self.cache[X.shape]


@wrong("state", REAL)
class gaussian_of_first_gradient(gaussian):
    """The slope is computed once for each node, and used ever after."""

    slope = None

    def gradient(self, dA, A, X):
        if self.slope is None:
            self.slope = -2 * X * A
        return dA * self.slope


@wrong("state", [1.0, 2.0, 4.0])
class mean_of_stored_count(mean):
    """The number of entries is kept in the class."""

    n = 1

    def forward(self, X):
        mean_of_stored_count.n = self.count(X)
        return super().forward(X)

    def gradient(self, dA, A, X):
        return self.spread(dA, X) / mean_of_stored_count.n


@wrong("state", X, [[0.5], [2.0], [-1.0]])
class mm_that_adds_up(mm):
    """The weights' gradient is added to that of the call before."""

    total = 0

    def gradient(self, dA, A, X, W):
        self.total = self.total + X.T @ dA
        return dA @ W.T, self.total


@wrong("state", REAL)
class softplus_with_momentum(softplus):
    """The mean of the gradient and that of the call before."""

    previous = None

    def gradient(self, dA, A, X):
        gradient = dA * sigmoid.of(X)
        if self.previous is not None:
            gradient = (gradient + self.previous) / 2
        self.previous = gradient
        return gradient


@wrong("state", X, at={"axis": 1})
class std_of_shared_buffer(std):
    """The deviations are kept in one buffer for each shape, which all nodes use."""

    buffers = {}  # noqa: RUF012

    def forward(self, X):
        buffer = self.buffers.setdefault((X.shape, X.dtype), np.empty(X.shape, X.dtype))
        buffer[...] = X - np.mean(X, axis=self.axis, keepdims=True)
        return super().forward(X)

    def gradient(self, dA, A, X):
        D = self.buffers[X.shape, X.dtype]
        scale = np.where(A == 0, 1, A)
        return self.spread(dA / scale, X) * D / self.count(X)


# Not deterministic -------------------------------------------------------------------------


@wrong("not deterministic", REAL)
class tanh_with_noise(tanh):
    """Noise of 1e-3 is added to the gradient."""

    rng = np.random.default_rng()

    def gradient(self, dA, A, X):
        exact = super().gradient(dA, A, X)
        return exact * (1 + 1e-3 * self.rng.standard_normal(X.shape).astype(X.dtype))


@wrong("not deterministic", REAL)
class sin_with_little_noise(sin):
    """Noise of 1e-13 is added to the gradient."""

    rng = np.random.default_rng()

    def gradient(self, dA, A, X):
        noise = 1e-13 * self.rng.standard_normal(X.shape)
        return dA * (np.cos(X) + noise.astype(X.dtype))


@wrong("not deterministic", REAL)
class dropout_drawn_again(Operation):
    """The backward pass draws another mask than the forward pass."""

    def forward(self, X):
        return X * self.mask(X)

    def gradient(self, dA, A, X):
        return dA * self.mask(X)

    def mask(self, X):
        return np.random.default_rng().integers(0, 2, X.shape).astype(X.dtype)


@wrong("not deterministic", REAL)
class square_every_other_time(square):
    """The factor 2 is forgotten in every other call."""

    calls = itertools.count()

    def gradient(self, dA, A, X):
        return (2 - next(self.calls) % 2) * dA * X


@wrong("not deterministic", [2.0, 1.0, 2.0, 2.0])
class max_random_of_ties(max):
    """One of the largest is drawn: each time right, but another one."""

    def gradient(self, dA, A, X):
        rank = np.random.default_rng().random(X.shape)
        reached = np.asarray(self.spread(A, X) == X)
        rank = np.where(reached, rank, -1)
        first = rank == np.max(rank, axis=self.axis, keepdims=True)
        return np.where(first, self.spread(dA, X), 0)
