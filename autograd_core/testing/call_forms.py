"""How an operation is called: on how many nodes, in which form, with which options."""

from __future__ import annotations

import inspect
from collections.abc import Callable
from dataclasses import dataclass, field
from functools import partial
from itertools import combinations, permutations
from typing import Any

import numpy as np

from autograd_core import operations
from autograd_core.node import Operation

SMOOTH: tuple[Callable[..., Any], ...] = (
    operations.add, operations.multiply, operations.subtract, operations.negative,
    operations.square, operations.sin, operations.cos, operations.tanh, operations.sigmoid,
    operations.softplus, operations.sech2, operations.exp, operations.expm1, operations.sum,
    operations.mean, operations.var, operations.logsumexp, operations.softmax,
    operations.log_softmax, operations.mm, operations.matmul, operations.mse,
    operations.transpose, operations.reshape, operations.swapaxes, operations.expand_dims,
    operations.broadcast_to, operations.concatenate, operations.stack, operations.index,
)  # fmt: skip
"""Operations of the library that have all derivatives wherever they accept the shapes."""


def _axes_of(shape: tuple[int, ...], default: Any) -> list[Any]:
    axes: list[Any] = [] if default is inspect.Parameter.empty else [default]
    axes += range(-len(shape), len(shape))
    if default is None:
        axes += combinations(range(len(shape)), 2)
    return axes or [0]


OPTIONS: dict[str, Callable[[tuple[int, ...], Any], list[Any]]] = {
    "axis": _axes_of,
    "axis1": lambda shape, _: list(range(-len(shape), len(shape))) or [0],
    "axis2": lambda shape, _: list(range(-len(shape), len(shape))) or [0],
    "axes": lambda shape, _: [None, *permutations(range(len(shape)))],
    "shape": lambda shape, _: [(-1,), shape[::-1], (1, *shape), (*shape, 1), (2, *shape)],
    "key": lambda shape, _: [
        0, -1, slice(None, None, -1), slice(1, None), [0, 0], (..., 0), None, (..., None)
    ],
}  # fmt: skip
"""Options by name, with what they may be for a first input of some shape (not all will fit)."""


@dataclass(frozen=True, eq=False)
class CallForm:
    """How an operation is called: on how many nodes, and with which options."""

    operation: Callable[..., Any]
    n_inputs: int
    as_sequence: bool = False  # the nodes are one argument, as in concatenate([X, Y])
    fixed: dict[str, Any] = field(default_factory=dict)
    varied: dict[str, Any] = field(default_factory=dict)  # options by name, with their defaults
    position: int = 0  # in the list of operations that the graph was made of

    def options(self, shape: tuple[int, ...], choice: int) -> dict[str, Any]:
        """The fixed options and one of the choices for those that vary."""
        options = dict(self.fixed)
        for name, default in self.varied.items():
            values = OPTIONS[name](shape, default) if name in OPTIONS else [default, not default]
            choice, which = divmod(choice, len(values))
            options[name] = values[which]
        return options


def call_form(operation: Callable[..., Any], position: int = 0) -> CallForm:
    """Read off the signature how an Operation class, a function or a partial of one is called."""
    fixed: dict[str, Any] = {}
    whole: Any = operation
    if isinstance(whole, partial) and not whole.args:
        operation, fixed = whole.func, whole.keywords
    name = getattr(operation, "__name__", repr(operation))
    if not callable(operation):
        raise TypeError(f"graphs: {operation!r} is no Operation class and no function of nodes")
    if isinstance(operation, np.ufunc):
        return CallForm(operation, operation.nin, fixed=fixed, position=position)
    parameters = list(inspect.signature(operation).parameters.values())
    as_sequence = False
    if isinstance(operation, type) and issubclass(operation, Operation):
        inputs = list(inspect.signature(operation.forward).parameters.values())[1:]
        named = [p for p in inputs if p.kind in (p.POSITIONAL_ONLY, p.POSITIONAL_OR_KEYWORD)]
        n_inputs = len(named)
        if not named:  # forward(self, *arrays)
            n_inputs, as_sequence = 2, parameters[0].kind != parameters[0].VAR_POSITIONAL
        options = parameters[1:] if as_sequence else parameters[n_inputs:]
    else:
        inputs = [p for p in parameters if p.name not in fixed and p.default is p.empty]
        n_inputs = sum(p.kind in (p.POSITIONAL_ONLY, p.POSITIONAL_OR_KEYWORD) for p in inputs)
        n_inputs = n_inputs or 2 * any(p.kind == p.VAR_POSITIONAL for p in inputs)
        options = [p for p in parameters if p.default is not p.empty]
    varied = {}
    for p in options:
        if p.name in fixed or p.kind in (p.VAR_POSITIONAL, p.VAR_KEYWORD):
            continue
        if p.name in OPTIONS or isinstance(p.default, bool):
            varied[p.name] = p.default
        elif p.default is p.empty:
            raise ValueError(
                f"graphs: {name} needs the option {p.name}: give it with "
                f"functools.partial({name}, {p.name}=...)"
            )
    if n_inputs == 0:
        raise ValueError(f"graphs: {name} takes no node, so it can't stand in a graph")
    return CallForm(operation, n_inputs, as_sequence, fixed, varied, position)
