"""Gradients from values alone, to hold the engine's gradients against."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np

from autograd_core.graph import Graph, restore
from autograd_core.node import InitialNode, Node
from autograd_core.recording import no_grad
from autograd_core.values import Array


def numerical_gradient(
    f: Callable[..., Any],
    *xs: Any,
    argnum: int = 0,
    upstream: Array | None = None,
    step: float | None = None,
) -> Array:
    """The gradient of sum(upstream * f(*xs)) by argument `argnum`, by central differences.

    Entry i is (F(x + h e_i) - F(x - h e_i)) / 2h with F = sum(upstream * f); `upstream` is ones
    by default. The error is about h**2 from the third derivative and eps / h from rounding; the
    default h is 2**-17 max(1, |x_i|) in float64, a power of two times a number of x's size.
    """
    arrays = [
        np.array(x, float if np.asarray(x).dtype.kind in "iub" and i == argnum else None)
        for i, x in enumerate(xs)
    ]

    def total() -> float:
        with no_grad():
            result = np.asarray(f(*[np.array(a) for a in arrays]))
        return float(np.sum(result if upstream is None else upstream * result))

    return _central_differences(total, arrays[argnum], step)


def graph_differences(output: Node, x: InitialNode, step: float | None = None) -> Array:
    """The gradient of sum(output) by the initial node x, by running the graph with x changed.

    Afterwards x and all other nodes have the values that they had before.
    """
    graph = Graph(output)
    original = x.value
    array = original.copy()
    states = graph.states()

    def total() -> float:
        x.value = array
        return float(np.sum(graph.forward()))

    try:
        return _central_differences(total, array, step)
    finally:
        x.value = original
        restore(states)


def relative_error(a: Array, b: Array) -> float:
    """max |a - b| relative to the largest entry of either; 0 if both are zero or empty."""
    a, b = np.asarray(a), np.asarray(b)
    scale = max(np.abs(a).max(initial=0), np.abs(b).max(initial=0))
    return float(np.abs(a - b).max(initial=0) / scale) if scale else 0.0


def _central_differences(total: Callable[[], float], x: Array, step: float | None) -> Array:
    """Change the entries of x in place, one after the other, and put each one back."""
    gradient = np.zeros(x.shape)
    relative = 2.0**-17 if step is None else step
    for i in np.ndindex(x.shape):
        at = x[i]
        h = relative * 2.0 ** np.ceil(np.log2(max(1.0, abs(float(at)))))
        x[i] = at + h
        up, above = float(x[i]), total()
        x[i] = at - h
        down, below = float(x[i]), total()
        x[i] = at
        gradient[i] = (above - below) / (up - down)
    return gradient
