"""Activation and cost functions, which give arrays of arrays, and nodes of nodes."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np

import autograd_core as ag
from autograd_core import Node


def identity(X: Any) -> Any:
    """X."""
    return X


def sigmoid(X: Any) -> Any:
    """1 / (1 + e ** -X)."""
    return _as_given(ag.sigmoid, X)


def softmax(X: Any) -> Any:
    """e ** X / the sum of e ** X along the last axis."""
    return _as_given(lambda X: ag.softmax(X, axis=-1), X)


def RELU(X: Any) -> Any:
    """max(X, 0)."""
    return _as_given(ag.relu, X)


def LRELU(X: Any) -> Any:
    """X where X > 0, else 0.001 X: the slope of the lectures' code, 10e-4.

    >>> LRELU(np.array([-1.0, 2.0]))
    array([-1.e-03,  2.e+00])
    """
    return _as_given(lambda X: ag.leaky_relu(X, 1e-3), X)


# Cost functions: each takes the targets and returns a function of the outputs.

Cost = Callable[[Any], Callable[[Any], Any]]


def CostOLS(target: Any) -> Callable[[Any], Any]:
    """sum((target - output) ** 2) / n, with n the number of observations.

    >>> CostOLS(np.array([[1.0], [2.0]]))(np.array([[0.0], [0.0]]))
    np.float64(2.5)
    """

    def func(X: Any) -> Any:
        return _as_given(lambda X: _by_rows(ag.square(X - _like(target, X))), X)

    return func


def CostLogReg(target: Any) -> Callable[[Any], Any]:
    """-sum(t log(p) + (1 - t) log(1 - p)) / n for probabilities p of class 1 and targets t.

    Finite at p = 0 and p = 1, where logarithms are held at -100.
    """

    def func(X: Any) -> Any:
        def cost(X: Any) -> Any:
            return _by_rows(ag.binary_cross_entropy(X, _like(target, X)))

        return _as_given(cost, X)

    return func


def CostCrossEntropy(target: Any) -> Callable[[Any], Any]:
    """-sum(t log(p)) / n K for probabilities p (n, K) and one-hot targets t (n, K).

    Finite at p = 0, which counts as the smallest positive number. (The lectures divide by all n K
    entries, not by n.)
    """

    def func(X: Any) -> Any:
        def cost(X: Any) -> Any:
            t = _like(target, X)
            return -ag.mean(t * ag.log(ag.maximum(X, np.finfo(X.dtype).tiny)))

        return _as_given(cost, X)

    return func


def from_scores(output_func: Any, cost_func: Any, target: Any, Z: Node) -> Node:
    """The cost as a function of the last layer's Z: precise also where its output is 0 or 1."""
    t = _like(target, Z)
    if (output_func, cost_func) == (sigmoid, CostLogReg):
        return _by_rows(ag.weighted(ag.softplus(-Z), t) + ag.weighted(ag.softplus(Z), 1 - t))
    if (output_func, cost_func) == (softmax, CostCrossEntropy):
        return -ag.mean(ag.weighted(ag.log_softmax(Z), t))
    cost: Node = cost_func(target)(output_func(Z))
    return cost


def _by_rows(L: Node) -> Node:
    """The sum of the losses by the number of rows, which float16 could not hold."""
    mean: Node = ag.mean(L) * (L.size / len(L))
    return mean


def _like(target: Any, X: Node) -> Any:
    """The targets, which must have the outputs' shape."""
    if np.shape(target) != X.shape:
        raise ValueError(f"the targets are {np.shape(target)}, but the outputs are {X.shape}")
    return np.asarray(target, X.dtype)


def _as_given(f: Callable[[Any], Any], X: Any) -> Any:
    """f(X), as a node if X is one, else as an array."""
    if isinstance(X, Node):
        return f(X)
    with ag.no_grad():
        return f(ag.InitialNode(np.asarray(X, float), requires_grad=False)).value[()]
