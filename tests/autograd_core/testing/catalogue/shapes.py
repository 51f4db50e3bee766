"""Operations that move entries."""

import numpy as np

from autograd_core import Operation, no_grad
from autograd_core.testing import integers

from .entries import correct, variant

X = [[1.5, -2.0, 0.5], [3.0, 0.25, -1.0]]
VECTOR = [1.5, -2.0, 0.5, 3.0]


@correct(X, signature="(n,m)->(m,n)")
class transpose(Operation):
    """The transposed matrix: the gradient is a view of the upstream gradient."""

    def forward(self, X):
        return X.T

    def gradient(self, dA, A, X):
        return dA.T


@correct(X)
class flatten(Operation):
    """All entries in one axis: input, output and gradients share their memory."""

    def forward(self, X):
        return np.reshape(X, -1)

    def gradient(self, dA, A, X):
        return np.reshape(dA, X.shape)


@variant(X)
class identity(Operation):
    """The input itself, and the upstream gradient itself."""

    def forward(self, X):
        return X

    def gradient(self, dA, A, X):
        return dA


@correct(X, [[0.5, 1.0, -1.0]], signature="(a,n),(b,n)->(c,n)")
class concatenate(Operation):
    """The rows of X, and below them those of Y."""

    def forward(self, X, Y):
        return np.concatenate([X, Y], axis=0)

    def gradient(self, dA, A, X, Y):
        return dA[: len(X)], dA[len(X) :]


@correct(VECTOR, [2, 0, 2], signature="(K),(n)->(n)", domain={"indices": integers(0, "K")})
class take(Operation):
    """The entries at integer indices."""

    def forward(self, X, indices):
        return X[indices]

    def gradient(self, dA, A, X, indices):
        chosen = np.expand_dims(indices, 1) == np.arange(len(X))
        return np.sum(np.where(chosen, np.expand_dims(dA, 1), 0), axis=0), None


@correct(X, [1, 0, 1], signature="(K,d),(n)->(n,d)", domain={"indices": integers(0, "K")})
class embedding(Operation):
    """The rows of a table at integer indices."""

    def forward(self, table, indices):
        return table[indices]

    def gradient(self, dA, A, table, indices):
        chosen = np.expand_dims(indices, 1) == np.arange(len(table))
        return chosen.astype(dA.dtype).T @ dA, None


@correct(VECTOR, signature="(n)->(n)")
class sort(Operation):
    """The entries in ascending order."""

    def forward(self, X):
        return np.sort(X)

    def gradient(self, dA, A, X):
        with no_grad():  # the order is a constant
            ranks = self.ranks(np.asarray(X))
        return dA[ranks]

    def ranks(self, X):
        """The position of each entry in the sorted array."""
        return np.argsort(np.argsort(X, kind="stable"))


@variant([2.0, 1.0, 2.0, 0.0, 2.0])
class sort_last_first(sort):
    """Of equal entries the last comes first."""

    def ranks(self, X):
        order = len(X) - 1 - np.argsort(X[::-1], kind="stable")
        return np.argsort(order)


@correct(VECTOR, signature="(n)->(n)")
class reverse(Operation):
    """The entries in reverse order."""

    def forward(self, X):
        return X[::-1]

    def gradient(self, dA, A, X):
        return dA[::-1]


@correct(VECTOR, signature="(n)->(n)")
class rotate(Operation):
    """The entries moved by one to the right, the last one to the front."""

    def forward(self, X):
        return np.roll(X, 1)

    def gradient(self, dA, A, X):
        return np.concatenate([dA[1:], dA[:1]])


@correct(X, signature="(n,m)->(n,m)")
class lower_triangle(Operation):
    """The entries on and below the diagonal; 0 elsewhere."""

    def forward(self, X):
        return np.where(self.mask(X), X, 0)

    def gradient(self, dA, A, X):
        return np.where(self.mask(X), dA, 0)

    def mask(self, X):
        return np.tri(*X.shape, dtype=bool)


@correct(VECTOR, signature="(n)->(m)")
class pad(Operation):
    """One 0 before the entries and two after them."""

    def forward(self, X):
        return np.concatenate([np.zeros(1, X.dtype), X, np.zeros(2, X.dtype)])

    def gradient(self, dA, A, X):
        return dA[1:-2]


@correct(VECTOR, signature="(n)->(n,n)")
class diagonal(Operation):
    """The matrix with the entries on its diagonal."""

    def forward(self, X):
        return np.diag(X)

    def gradient(self, dA, A, X):
        return np.sum(np.where(np.eye(len(X), dtype=bool), dA, 0), axis=1)


@correct(X, at={"columns": (2, 0)}, signature="(n,3)->(n,m)", options={"columns": (2, 0)})
class take_columns(Operation):
    """Columns that were chosen when the operation was made."""

    def __init__(self, X, columns):
        self.columns = list(columns)
        super().__init__(X)

    def forward(self, X):
        return X[:, self.columns]

    def gradient(self, dA, A, X):
        chosen = np.array(self.columns)[:, None] == np.arange(X.shape[1])
        return dA @ chosen.astype(dA.dtype)
