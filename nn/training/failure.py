"""What to say when a training meets a nan or an infinity: which layer, which operation."""

from __future__ import annotations

from typing import Any

import autograd_core as ag
from autograd_core import InitialNode, Node
from nn.module import Module


class NonFiniteError(ArithmeticError):
    """A loss or gradient is nan or infinite; the message says in which layer and operation.

    The parameters are those before the step. `history` has the epochs before.
    """

    history: Any = None


def explain(model: Module, L: Node) -> str:
    """The layer, and the report of `autograd_core.find_nonfinite`, for a loss L."""
    found = ag.find_nonfinite(L)
    if found is None:
        return "no operation made it: the gradients were finite before they were clipped or added"
    return f"{_where(model, found.node)}\n{found}"


def _where(model: Module, node: Node) -> str:
    modules = dict(model.named_modules())
    paths = {id(p): path for path, p in model.named_parameters()}
    if id(node) in paths:
        return f"the parameter {paths[id(node)]} itself is not finite"
    if isinstance(node, InitialNode):
        return "the data are not finite: look for missing values and divisions by 0"
    level: list[Node] = [node]
    seen: set[Node] = set()
    how = "in"
    while level:
        near = [paths[id(x)] for n in level for x in n.inputs if id(x) in paths]
        if near:
            layer = near[0].rpartition(".")[0]
            what = f"layer {layer}, {type(modules[layer]).__name__}" if layer else "the model"
            names = ", ".join(p for p in paths.values() if p.rpartition(".")[0] == layer)
            return f"{how} {what} (its parameters: {names})"
        seen.update(level)
        level = list({x: None for n in level for x in n.inputs if x not in seen})
        how = "after"
    return "before the first layer with parameters"
