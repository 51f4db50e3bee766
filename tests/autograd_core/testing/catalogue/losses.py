"""Softmax, and losses with labels."""

import numpy as np

from autograd_core import Operation
from autograd_core.testing import integers

from .entries import correct, variant
from .kinks import signs
from .reductions import softmax as shares
from .smooth import sigmoid

Z = [[1.5, -2.0, 0.5], [3.0, 0.25, -1.0]]
LABELS = {"signature": "(b,K),(b)->(b)", "domain": {"y": integers(0, "K")}}
SIGNS = {"signature": "(),()->()", "domain": {"y": {-1, 1}}}


@correct(Z, signature="(b,K)->(b,K)")
class softmax(Operation):
    """P = e ** Z / sum(e ** Z), in rows."""

    def forward(self, Z):
        return shares(Z, -1)

    def gradient(self, dP, P, Z):
        # A constant may be taken from dP: with that of the leader, its own share is exactly 0.
        leads = np.max(P, axis=-1, keepdims=True) == P
        n = np.sum(leads, axis=-1, keepdims=True).astype(dP.dtype)
        d = dP - np.sum(np.where(leads, dP, 0), axis=-1, keepdims=True) / n
        return P * (d - np.sum(P * d, axis=-1, keepdims=True))


@correct(Z, signature="(b,K)->(b,K)")
class log_softmax(Operation):
    """L = log(e ** Z / sum(e ** Z)), in rows."""

    def forward(self, Z):
        D = Z - np.max(Z, axis=-1, keepdims=True)
        return D - np.log(np.sum(np.exp(D), axis=-1, keepdims=True))

    def gradient(self, dL, L, Z):
        own = np.eye(Z.shape[-1], dtype=bool)  # each entry's own share is 1 - P, not P
        P = np.expand_dims(shares(Z, -1), -1)
        others = np.sum(np.where(own, 0, np.swapaxes(P, -1, -2)), axis=-1)
        cross = np.sum(np.where(own, 0, P * np.expand_dims(dL, -2)), axis=-1)
        return dL * others - cross


def one_hot(y, Z):
    """Where the labels y are, among the columns of Z."""
    return np.expand_dims(y, 1) == np.arange(Z.shape[1])


@correct(Z, [2, 0], **LABELS)
class softmax_loss(Operation):
    """L_i = log(sum_k e ** Z_ik) - Z_iy for integer labels y = y_i."""

    def forward(self, Z, y):
        if y.dtype.kind not in "iu":
            raise TypeError(f"softmax_loss: the labels y must be integers, but are {y.dtype}")
        D = Z - Z[np.arange(len(Z)), y][:, None]
        largest = np.max(D, axis=1, keepdims=True)
        return (largest + np.log(np.sum(np.exp(D - largest), axis=1, keepdims=True)))[:, 0]

    def gradient(self, dL, L, Z, y):
        return np.expand_dims(dL, 1) * self.error(Z, y), None

    def error(self, Z, y):
        """softmax(Z) minus the one-hot labels: for the label, minus the sum of the others."""
        label, P = one_hot(y, Z), shares(Z, 1)
        others = np.where(label, 0, P)
        return np.where(label, -np.sum(others, axis=1, keepdims=True), P)


@correct([1.5, -2.0], [1, -1], **SIGNS)
class logistic_loss(Operation):
    """L = log(1 + e ** (-y A)) for labels y of -1 and 1."""

    def forward(self, A, y):
        s = -signs(y, A) * A
        return np.maximum(s, 0) + np.log1p(np.exp(-np.absolute(s)))

    def gradient(self, dL, L, A, y):
        y = signs(y, A)
        slope = -dL * sigmoid.of(-y * A)
        return slope * y, slope * A


@correct([1.5, -2.0], [0.0, 0.75], signature="(),()->()", domain={"y": (0, 1)})
class binary_cross_entropy(Operation):
    """L = log(1 + e ** A) - y A for scores A and y from 0 to 1."""

    def forward(self, A, y):
        # max(A, 0) - y A, where nothing is lost for y = 1 and a large score
        larger = np.maximum(A, 0) * (1 - y) + np.maximum(-A, 0) * y
        return larger + np.log1p(np.exp(-np.absolute(A)))

    def gradient(self, dL, L, A, y):
        return dL * ((1 - y) * sigmoid.of(A) - y * sigmoid.of(-A)), -dL * A


@correct([0.25, 0.75], [0.0, 1.0], signature="(),()->()", domain=(0, 1))
class cross_entropy_of_probabilities(Operation):
    """L = -y log(P) - (1 - y) log(1 - P)."""

    def forward(self, P, y):
        return -(y * np.log(P) + (1 - y) * np.log1p(-P))

    def gradient(self, dL, L, P, y):
        return dL * ((1 - y) / (1 - P) - y / P), dL * (np.log1p(-P) - np.log(P))


@correct(Z, [[1.0, 0.0, -1.0], [0.5, 2.0, 0.0]], signature="(b,p),(b,p)->()")
class mse(Operation):
    """The mean of (A - y) ** 2 over all entries."""

    def forward(self, A, y):
        if A.shape != y.shape:
            raise ValueError(f"mse: the scores are {A.shape} and the labels are {y.shape}")
        return np.mean(np.square(A - y))

    def gradient(self, dL, L, A, y):
        slope = 2 * dL * (A - y) / A.size
        return slope, -slope


@variant(Z, [2, 0])
class softmax_loss_by_cases(softmax_loss):
    """e ** (Z - Z_y) / (sum of those): another formula, with a matrix for the label's share."""

    def error(self, Z, y):
        own = np.eye(Z.shape[1], dtype=bool)[np.asarray(y)]
        P = shares(Z, 1)
        return np.where(own, -np.sum(P * ~own, axis=1, keepdims=True), P)


@variant([1.5, -2.0], [1, -1], order=1)
class logistic_loss_from_exp(logistic_loss):
    """e / (1 + e) with e = e ** -|y A|, or 1 / (1 + e): right to first order.

    At A = 0, where |A| has no derivative, these lines do not give the second one.
    """

    def gradient(self, dL, L, A, y):
        y = signs(y, A)
        s = -y * A
        e = np.exp(-np.absolute(s))
        slope = -dL * np.where(s > 0, 1 / (1 + e), e / (1 + e))
        return slope * y, slope * A


@variant(Z, [[1.0, 0.0, -1.0], [0.5, 2.0, 0.0]])
class mse_of_shares(mse):
    """2 / n is multiplied in at the end."""

    def gradient(self, dL, L, A, y):
        return [lambda: (A - y) * (2 / A.size * dL), lambda: (y - A) * (2 / A.size * dL)]
