"""Data sets: observations by number; one-hot labels and the intercept's column of ones."""

from __future__ import annotations

from abc import ABC, abstractmethod
from typing import Any, TypeAlias

import numpy as np
from numpy.typing import ArrayLike, DTypeLike

import autograd_core as ag
from autograd_core import Node
from nn.arguments import plain

Array: TypeAlias = np.ndarray[Any, Any]


class Dataset(ABC):
    """The virtual parent of data sets: observations 0 to len - 1, each (features, label).

    A subclass says how many there are and makes the one asked for; a `DataLoader` stacks them.

    >>> import nn
    >>> class Squares(nn.data.Dataset):
    ...     def __len__(self): return 100
    ...     def __getitem__(self, i): return [float(i)], float(i * i)
    >>> nn.data.DataLoader(Squares(), batch_size=2).first()
    (array([[0.],
           [1.]]), array([0., 1.]))
    """

    @abstractmethod
    def __len__(self) -> int:
        """The number of observations."""

    @abstractmethod
    def __getitem__(self, index: Any) -> Any:
        """The observation with this number: (features, label)."""


class TensorDataset(Dataset):
    """Arrays that are as long as each other: observation i is the tuple of their rows i.

    The arrays are not copied. An index may be a number, a slice, or an array of numbers.

    >>> TensorDataset([[1.0, 2.0], [3.0, 4.0]], [0, 1])[1]
    (array([3., 4.]), np.int64(1))
    """

    def __init__(self, *arrays: ArrayLike) -> None:
        if not arrays:
            raise ValueError("TensorDataset: pass at least one array")
        self.arrays = tuple(np.asarray(plain(array)) for array in arrays)
        shapes = [array.shape for array in self.arrays]
        if not all(shapes):
            raise ValueError(
                f"TensorDataset: the arrays have the shapes {shapes}; each needs rows, but a "
                f"number has none"
            )
        if len({shape[0] for shape in shapes}) > 1:
            raise ValueError(
                f"TensorDataset: the arrays have {', '.join(str(s[0]) for s in shapes)} rows "
                f"(shapes {', '.join(map(str, shapes))}), but there must be one row of each for "
                f"every observation"
            )

    def __len__(self) -> int:
        return len(self.arrays[0])

    def __getitem__(self, index: Any) -> tuple[Any, ...]:
        return tuple(array[index] for array in self.arrays)

    def __repr__(self) -> str:
        return f"TensorDataset({', '.join(f'{a.shape} {a.dtype}' for a in self.arrays)})"


def one_hot(
    labels: ArrayLike, num_classes: int | None = None, dtype: DTypeLike = np.float64
) -> Array:
    """Rows of zeros with a one at the label: (n,) integers give (n, num_classes).

    By default there are as many classes as the largest label needs.

    >>> one_hot([0, 2])
    array([[1., 0., 0.],
           [0., 0., 1.]])
    """
    y = np.asarray(labels)
    if y.ndim != 1 or (y.size and y.dtype.kind not in "iub"):
        raise ValueError(f"one_hot: the labels are {y.shape} {y.dtype}, but must be (n,) integers")
    y = y.astype(np.int64)
    K = int(y.max(initial=-1)) + 1 if num_classes is None else num_classes
    if y.size and not (y.min() >= 0 and y.max() < K):
        raise ValueError(
            f"one_hot: the labels range from {y.min()} to {y.max()}, but must be from 0 to "
            f"{K - 1} for {K} classes"
        )
    rows = np.zeros((len(y), K), dtype)
    rows[np.arange(len(y)), y] = 1
    return rows


def add_intercept(X: Any) -> Any:
    """X (n, d) with a column of ones in front, (n, d + 1): row 0 of the weights is the intercept.

    Of a node it makes a node, so that it also serves between layers. The other way is a bias
    that is added, as in `nn.Linear`; values and gradients are the same.

    >>> add_intercept([[2.0], [3.0]])
    array([[1., 2.],
           [1., 3.]])
    """
    if not isinstance(X, Node):
        X = np.asarray(X)
    if X.ndim != 2:
        raise ValueError(f"add_intercept: X has shape {X.shape}, but must be (n, d)")
    dtype = X.dtype if X.dtype.kind == "f" else np.dtype(np.float64)
    ones = np.ones((X.shape[0], 1), dtype)
    if isinstance(X, Node):
        return ag.concatenate([ones, X], axis=1)
    return np.concatenate([ones, X], axis=1)
