"""The layers of a model, read off the graph that it builds."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any

import numpy as np

from autograd_core.draw.names import is_module
from autograd_core.graph import Graph
from autograd_core.node import InitialNode, Node
from autograd_core.operations import linear_algebra, shapes
from autograd_core.operations.elementwise import add, astype
from autograd_core.recording import recording
from autograd_core.values import Array


@dataclass
class Chain:
    """Linear layers one after the other: A = XW + b, then functions of the entries of A."""

    weights: list[Array] = field(default_factory=list)
    """W (inputs, outputs) of each layer."""
    biases: list[Array | None] = field(default_factory=list)
    """b (outputs,) of each layer, or None."""
    activations: list[list[str]] = field(default_factory=list)
    """The names of the functions after each layer."""

    @property
    def units(self) -> list[int]:
        """The units of all layers, the inputs included."""
        return [len(self.weights[0]), *(W.shape[1] for W in self.weights)]


def chain_of(model: Any) -> Chain:
    """Run `model` on a row of zeros, in `eval` mode, and find its layers in the graph.

    ValueError if its parameters are not used in one layer after the other.
    """
    if not is_module(model):
        raise TypeError(
            f"draw.network: {type(model).__name__} is neither a list of numbers of units, such as "
            f"[12, 5, 10], nor a model"
        )
    matrices = {id(p): path for path, p in model.named_parameters() if p.ndim == 2}
    first = next((p for _, p in model.named_parameters() if p.ndim == 2), None)
    if first is None:
        raise ValueError(
            f"draw.network: {type(model).__name__} has no weight matrix, so there are no units to "
            f"draw"
        )
    # It requires a gradient so that all that is computed from it is remembered.
    x = InitialNode(np.zeros((1, first.shape[0]), first.dtype), requires_grad=True)
    training = [module for _, module in model.named_modules() if module.training]
    model.eval()
    try:
        with recording(True):
            output = model(x)
    finally:
        for module in training:
            module.training = True
    return _follow(type(model).__name__, x, output, matrices)


def _follow(name: str, x: Node, output: Node, matrices: dict[int, str]) -> Chain:
    """The layers between `x` and `output`: products with one of the matrices."""
    chain = Chain()
    layers_before: dict[Node, int] = {x: 0}  # of the nodes computed from x
    for node in Graph(output).nodes:
        before = {layers_before[i] for i in node.inputs if i in layers_before}
        if not before:
            continue
        layers_before[node] = layers = before.pop()
        branches = bool(before)
        A, *others = node.inputs
        if isinstance(node, linear_algebra.mm) and id(others[0]) in matrices:
            branches = branches or layers < len(chain.weights)
            chain.weights.append(np.asarray(others[0].frozen()))
            chain.biases.append(None)
            chain.activations.append([])
            layers_before[node] = layers + 1
        elif isinstance(node, add) and isinstance(A, linear_algebra.mm) and others[0].ndim == 1:
            chain.biases[-1] = np.asarray(others[0].frozen())
        elif layers and not others and node.shape == A.shape and _is_function(node):
            chain.activations[layers - 1].append(type(node).__name__)
        if branches:
            raise ValueError(
                f"draw.network: the layers of {name} are not one after the other, so that their "
                f"units are no chain; draw.svg(model(X)) draws any graph"
            )
    if len(chain.weights) < len(matrices):
        unused = list(matrices.values())[: len(matrices) - len(chain.weights)]
        raise ValueError(
            f"draw.network: {name} has {len(matrices)} weight matrices but uses only "
            f"{len(chain.weights)} as XW for the inputs X of a layer ({', '.join(unused)}, ...); "
            f"draw.svg(model(X)) draws any graph"
        )
    return chain


def _is_function(node: Node) -> bool:
    """Whether it is an activation, and not merely another form of the same numbers."""
    return not isinstance(node, astype) and type(node).__module__ != shapes.__name__
