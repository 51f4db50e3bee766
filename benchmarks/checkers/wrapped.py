"""An operation of the catalogue as functions of arrays, which other checkers can call."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np

from autograd_core import Graph, InitialNode
from autograd_core.values import freeze, undo_broadcasting
from tests.autograd_core.testing.catalogue import Entry


class Wrapped:
    """An operation at an entry's trigger, as functions of its floating-point inputs.

    `forward` and `gradient` are called on arrays as the engine calls them: read-only, one array
    where one node is given twice, with the output that belongs to the inputs; and what the
    engine does to gradients is done here. `error` is what the operation itself has raised.
    """

    def __init__(self, entry: Entry) -> None:
        self.entry, self.arrays = entry, tuple(np.array(x) for x in entry.distinct())
        nodes = [InitialNode(x) for x in self.arrays]
        self.node = entry.call(*nodes)
        self.places = [next(i for i, x in enumerate(nodes) if x is y) for y in self.node.inputs]
        self.floats = [i for i, x in enumerate(self.arrays) if x.dtype.kind == "f"]
        self.inputs = [np.array(self.arrays[i]) for i in self.floats]
        self.output = np.array(self.node.value)
        self.upstream = entry.upstream
        self.error: Exception | None = None

    def forward(self, *floats: Any) -> np.ndarray:
        return np.asarray(self._own(lambda: self.node.forward(*self._arguments(floats))))

    def gradient(self, upstream: Any, output: Any, *floats: Any) -> tuple[np.ndarray, ...]:
        entries = self._own(
            lambda: self.node.gradient(frozen(upstream), frozen(output), *self._arguments(floats))
        )
        entries = entries if isinstance(entries, (tuple, list)) else (entries,)
        sums = {i: np.zeros_like(x) for i, x in zip(self.floats, self.inputs, strict=True)}
        for i, entry in zip(self.places, entries, strict=True):
            array = self._own(entry) if callable(entry) else entry
            if i in sums and array is not None:
                fitted = self._own(undo_broadcasting, np.asarray(array), sums[i].shape)
                sums[i] = sums[i] + fitted.astype(sums[i].dtype)
        return tuple(np.asarray(gradient) for gradient in sums.values())

    def second(self, v: Any, upstream: Any, *floats: Any) -> Any:
        """The engine's gradients of sum(v * gradient), by the upstream and by the inputs."""
        return self._own(self._second, v, upstream, floats)

    def _second(self, v: Any, upstream: Any, floats: Any) -> tuple[np.ndarray, ...]:
        nodes, u = [InitialNode(x) for x in self.arrays], InitialNode(upstream)
        for i, x in zip(self.floats, floats, strict=True):
            nodes[i] = InitialNode(x)
        xs = [nodes[i] for i in self.floats]
        first = Graph(self.entry.call(*nodes)).gradients(u, xs, create_graph=True)
        terms = [(first[x] * np.asarray(w)).sum() for w, x in zip(v, xs, strict=True) if x in first]
        total = sum(terms, start=0 * u.sum())
        second = Graph(total).gradients(np.ones((), total.dtype), [u, *xs])
        return tuple(np.array(second.get(x, np.zeros(x.shape, x.dtype))) for x in (u, *xs))

    def _arguments(self, floats: Any) -> list[Any]:
        given = list(self.arrays)
        for i, x in zip(self.floats, floats, strict=True):
            given[i] = x
        once = [frozen(x) for x in given]
        return [once[i] for i in self.places]

    def _own(self, function: Callable[..., Any], *arguments: Any) -> Any:
        try:
            return function(*arguments)
        except Exception as error:
            self.error = error
            raise


def frozen(array: Any) -> Any:
    """The same memory as the engine hands it out: read-only, and a NumPy scalar without axes."""
    return freeze(np.asarray(array).view())
