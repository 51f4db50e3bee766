"""Operations that move entries and compute nothing."""

from __future__ import annotations

import math
from collections.abc import Sequence
from typing import Any

import numpy as np

from autograd_core.node import Node, Operation
from autograd_core.protocols import ArrayInterface, implements
from autograd_core.values import PYTHON_NUMBERS, Array, Gradients, Value, as_ints, holds_nodes


class reshape(Operation, numpy=np.reshape):
    """The entries of X, in order, in another shape; one length may be -1."""

    def __init__(self, X: Any, shape: Any) -> None:
        self.new_shape = as_ints("reshape: shape", shape)
        super().__init__(X)

    def forward(self, X: Array) -> Array:
        return np.reshape(X, self.new_shape)

    def gradient(self, dA: Value, A: Value, X: Value) -> Gradients:
        return lambda: np.reshape(dA, X.shape)


class transpose(Operation, numpy=np.transpose):
    """The entries of X with the axes in the order `axes`, by default reversed."""

    def __init__(self, X: Any, axes: Sequence[int] | None = None) -> None:
        self.axes = None if axes is None else as_ints("transpose: axes", axes)
        super().__init__(X)

    def forward(self, X: Array) -> Array:
        return np.transpose(X, self.axes)

    def gradient(self, dA: Value, A: Value, X: Value) -> Gradients:
        if self.axes is None:
            return lambda: np.transpose(dA)
        order = [axis % X.ndim for axis in self.axes]
        return lambda: np.transpose(dA, [order.index(axis) for axis in range(X.ndim)])


class broadcast_to(Operation, numpy=np.broadcast_to):
    """X repeated along new axes and axes of length 1, to fill `shape`."""

    def __init__(self, X: Any, shape: Any) -> None:
        self.new_shape = as_ints("broadcast_to: shape", shape)
        super().__init__(X)

    def forward(self, X: Array) -> Array:
        return np.broadcast_to(X, self.new_shape)

    def gradient(self, dA: Value, A: Value, X: Value) -> Gradients:
        return dA  # the sum over the repetitions undoes broadcasting


class concatenate(Operation, numpy=np.concatenate):
    """The arrays of a sequence joined along an axis that they have, or flattened (None)."""

    def __init__(self, arrays: Sequence[Any], axis: int | None = 0) -> None:
        self.axis = axis
        super().__init__(*arrays)

    def forward(self, *arrays: Array) -> Array:
        return np.concatenate(arrays, self.axis)

    def gradient(self, dA: Value, A: Value, *arrays: Value) -> Gradients:
        axis = 0 if self.axis is None else self.axis % A.ndim
        lengths = [X.size if self.axis is None else X.shape[axis] for X in arrays]
        entries, start = [], 0
        for X, n in zip(arrays, lengths, strict=True):
            part = (slice(None),) * axis + (slice(start, start + n),)
            entries.append(lambda part=part, X=X: np.reshape(dA[part], X.shape))
            start += n
        return entries


class stack(Operation, numpy=np.stack):
    """Arrays of one shape joined along a new axis."""

    def __init__(self, arrays: Sequence[Any], axis: int = 0) -> None:
        self.axis = axis
        super().__init__(*arrays)

    def forward(self, *arrays: Array) -> Array:
        return np.stack(arrays, self.axis)

    def gradient(self, dA: Value, A: Value, *arrays: Value) -> Gradients:
        axis = self.axis % A.ndim
        return [lambda i=i: dA[(slice(None),) * axis + (i,)] for i in range(len(arrays))]


class index(Operation, numpy=ArrayInterface.__getitem__):
    """A = X[key], as NumPy has it: integers, slices, None, ..., arrays of integers or booleans.

    Nodes in the key are inputs of the operation too.
    """

    def __init__(self, X: Any, key: Any) -> None:
        self.key, nodes = _split_key(key)
        super().__init__(X, *nodes)

    def forward(self, X: Array, *indices: Array) -> Array:
        return X[_join_key(self.key, indices)]

    def gradient(self, dA: Value, A: Value, X: Value, *indices: Value) -> Gradients:
        key = _join_key(self.key, indices)
        return lambda: scatter.of(dA, key, X.shape), *(None for _ in indices)


class scatter(Operation):
    """Zeros of `shape` with the entries of X added at `key`: the transpose of `index`."""

    def __init__(self, X: Any, key: Any, shape: tuple[int, ...]) -> None:
        self.key, nodes = _split_key(key)
        self.new_shape = shape
        super().__init__(X, *nodes)

    def forward(self, X: Array, *indices: Array) -> Array:
        A = np.zeros(self.new_shape, X.dtype)
        key = _join_key(self.key, indices)
        if any(isinstance(k, np.ndarray) for k in key):
            np.add.at(A, key, X)  # an entry that is indexed twice gets both
        else:
            A[key] = X
        return A

    def gradient(self, dA: Value, A: Value, X: Value, *indices: Value) -> Gradients:
        return lambda: dA[_join_key(self.key, indices)], *(None for _ in indices)


class _Input:
    """Stands in a stored key where an input of the operation belongs."""


def _split_key(key: Any) -> tuple[tuple[Any, ...], list[Node]]:
    """Separate the nodes from the rest of a key, of which arrays are copied."""
    parts: list[Any] = []
    nodes: list[Node] = []
    for part in key if isinstance(key, tuple) else (key,):
        if isinstance(part, Node) or holds_nodes(part):
            nodes.append(part)
            parts.append(_Input)
        elif isinstance(part, (list, tuple, range, np.ndarray)):
            array = np.array(part)  # a copy: a later change of the key is not this graph's
            parts.append(
                array
                if array.size
                else array.astype(array.dtype if isinstance(part, np.ndarray) else int)
            )
        else:
            parts.append(part)
    return tuple(parts), nodes


def _join_key(key: tuple[Any, ...], indices: Sequence[Any]) -> tuple[Any, ...]:
    remaining = iter(indices)
    return tuple(next(remaining) if part is _Input else part for part in key)


class take(Operation, numpy=np.take):
    """The entries of X at integer `indices`, along `axis` or of X flattened (None).

    A has the shape of X with that axis replaced by the shape of the indices.
    """

    def __init__(self, X: Any, indices: Any, axis: int | None = None) -> None:
        self.axis = axis
        if type(indices) in PYTHON_NUMBERS:  # which else would take the dtype of X
            indices = np.asarray(indices)
        super().__init__(X, indices)

    def forward(self, X: Array, indices: Array) -> Array:
        if indices.dtype.kind not in "iu":
            hint = "; use X[mask]" if indices.dtype.kind == "b" else ""
            raise TypeError(f"take: the indices must be integers, but are {indices.dtype}{hint}")
        return np.take(X, indices, self.axis)

    def gradient(self, dA: Value, A: Value, X: Value, indices: Value) -> Gradients:
        if self.axis is None:
            return lambda: np.reshape(scatter.of(dA, indices, (math.prod(X.shape),)), X.shape), None
        key = (slice(None),) * (self.axis % X.ndim) + (indices,)
        return lambda: scatter.of(dA, key, X.shape), None


class expand_dims(Operation, numpy=np.expand_dims):
    """X with new axes of length 1 at the positions `axis` of the result."""

    def __init__(self, X: Any, axis: Any) -> None:
        self.axis = axis
        super().__init__(X)

    def forward(self, X: Array) -> Array:
        return np.expand_dims(X, self.axis)

    def gradient(self, dA: Value, A: Value, X: Value) -> Gradients:
        return lambda: np.reshape(dA, X.shape)


class squeeze(Operation, numpy=np.squeeze):
    """X without its axes of length 1, or without those in `axis`."""

    def __init__(self, X: Any, axis: Any = None) -> None:
        self.axis = axis
        super().__init__(X)

    def forward(self, X: Array) -> Array:
        return np.squeeze(X, self.axis)

    def gradient(self, dA: Value, A: Value, X: Value) -> Gradients:
        return lambda: np.reshape(dA, X.shape)


class swapaxes(Operation, numpy=np.swapaxes):
    """X with two axes exchanged."""

    def __init__(self, X: Any, axis1: int, axis2: int) -> None:
        self.axis1, self.axis2 = axis1, axis2
        super().__init__(X)

    def forward(self, X: Array) -> Array:
        return np.swapaxes(X, self.axis1, self.axis2)

    def gradient(self, dA: Value, A: Value, X: Value) -> Gradients:
        return lambda: np.swapaxes(dA, self.axis1, self.axis2)


@implements(np.ravel)
def ravel(X: Any) -> Node:
    """The entries of X in one axis."""
    return reshape(X, -1)
