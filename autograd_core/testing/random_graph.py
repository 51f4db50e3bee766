"""Random computation graphs as recipes: values and steps, to build, to print, to evaluate anew.

`strategies.graphs` draws the numbers that decide; here they become a graph.
"""

from __future__ import annotations

import sys
import warnings
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import Any

import numpy as np

from autograd_core import operations
from autograd_core.node import InitialNode, Node
from autograd_core.recording import no_grad
from autograd_core.testing.call_forms import CallForm
from autograd_core.values import Array

LARGEST_SIZE = 64  # entries of a node
LARGEST_RANK = 4
ATTEMPTS = 16  # how many nodes are tried as the last input of an operation


@dataclass(frozen=True, eq=False)
class Step:
    """One operation of a graph.

    `inputs` says what it is called on: an int is the position of a node, counted from the
    initial ones on through the steps before; a float is a constant.
    """

    form: CallForm
    inputs: tuple[int | float, ...]
    options: dict[str, Any]

    @property
    def operation(self) -> Callable[..., Any]:
        """The Operation class, or the function of nodes."""
        return self.form.operation

    @property
    def parents(self) -> list[int]:
        """The positions of the nodes among the inputs."""
        return [i for i in self.inputs if isinstance(i, int)]

    def __call__(self, nodes: Sequence[Any]) -> Any:
        """The operation on those of the `nodes` that are its inputs."""
        inputs = [nodes[i] if isinstance(i, int) else i for i in self.inputs]
        if self.form.as_sequence:
            return self.operation(inputs, **self.options)
        return self.operation(*inputs, **self.options)


class RandomGraph:
    """A graph as a recipe: the `values` of its initial nodes, and `steps` in order.

    `inputs` and `output` are nodes, built once. `graph(*xs)` is the function: it builds the graph
    on other nodes or arrays, so `ag.vjp(graph, *graph.values)` works. `print(graph)` shows the
    code, which gives the same graph when it is run. The last step is the output, and all others
    lead to it.
    """

    def __init__(self, values: Sequence[Array], steps: Sequence[Step]) -> None:
        self.values = tuple(values)
        self.steps = tuple(steps)

    @cached_property
    def nodes(self) -> list[Node]:
        """The initial nodes x0, x1, ... and those of the steps a0, a1, ..."""
        nodes: list[Any] = [InitialNode(v, name=f"x{i}") for i, v in enumerate(self.values)]
        for i, step in enumerate(self.steps):
            node = step(nodes)
            node.name = f"a{i}"
            nodes.append(node)
        return nodes

    @property
    def inputs(self) -> list[InitialNode]:
        """The initial nodes."""
        return self.nodes[: len(self.values)]  # type: ignore[return-value]

    @property
    def output(self) -> Node:
        """The node of the last step."""
        return self.nodes[-1]

    def __call__(self, *xs: Any) -> Any:
        if len(xs) != len(self.values):
            raise ValueError(
                f"RandomGraph: got {len(xs)} arguments for {len(self.values)} initial nodes"
            )
        nodes = list(xs)
        for step in self.steps:
            nodes.append(step(nodes))
        return nodes[-1]

    def uses(self, operation: Callable[..., Any]) -> bool:
        """Whether a step is of this operation."""
        return any(step.operation is operation for step in self.steps)

    @property
    def code(self) -> str:
        """Python code that makes the initial nodes x0, x1, ... and from them a0, a1, ..."""
        lines = []
        imports = {"import autograd_core as ag": None}
        names = [f"x{i}" for i in range(len(self.values))]
        for name, value in zip(names, self.values, strict=True):
            array = repr(value.tolist())
            if value.size == 0:
                imports["import numpy as np"] = None
                array = f"np.zeros({value.shape})"
            dtype = "" if value.dtype == np.float64 else f", dtype={value.dtype.name!r}"
            lines.append(f"{name} = ag.InitialNode({array}{dtype})")
        for i, step in enumerate(self.steps):
            function, needed = _spelled(step.form)
            imports[needed] = None
            inputs = ", ".join(names[k] if isinstance(k, int) else repr(k) for k in step.inputs)
            if step.form.as_sequence:
                inputs = f"[{inputs}]"
            options = "".join(f", {name}={value!r}" for name, value in step.options.items())
            lines.append(f"a{i} = {function}({inputs}{options})")
            names.append(f"a{i}")
        return "\n".join([*filter(None, imports), "", *lines])

    def __str__(self) -> str:
        return self.code

    def __repr__(self) -> str:
        # Hypothesis prints `graph=` before the first line.
        plural = "" if len(self.steps) == 1 else "s"
        return f"# {len(self.steps)} operation{plural}\n{self.code}"


def _spelled(form: CallForm) -> tuple[str, str]:
    """How the operation is called in code, and the line that makes that name known."""
    name = getattr(form.operation, "__name__", "")
    if getattr(operations, name, None) is form.operation:
        return f"ag.{name}", ""
    if getattr(np, name, None) is form.operation:
        return f"np.{name}", "import numpy as np"
    module = getattr(form.operation, "__module__", None) or ""
    if getattr(sys.modules.get(module), name, None) is form.operation:
        return name, f"from {module} import {name}"
    return f"operations[{form.position}]", "# operations is the list that graphs() was given"


RawStep = tuple[CallForm, tuple[int | float, ...], int]
"""An operation; for each input the number that decides on a node, or a constant; and the number
that decides on the options."""


def grow(
    values: Sequence[Array],
    raw_steps: Iterable[RawStep],
    largest: float,
    which: int | None = None,
    kept: int | None = None,
) -> RandomGraph:
    """The graph that the raw steps decide on; what does not fit is left out.

    Of all that was computed, the output is the node with most operations before it. A number
    `which` chooses the node with the least instead, or the next, ...; and of its operations only
    the last `kept` stay, with the values before them as those of initial nodes.
    """
    steps: list[Step] = []
    loose = set(range(len(values)))  # the nodes that no step uses yet
    with warnings.catch_warnings(), no_grad():
        warnings.simplefilter("error", RuntimeWarning)  # so that no graph gives one
        known: list[Node] = [InitialNode(value) for value in values]
        for form, picks, choice in raw_steps:
            # Loose ones first, or they are lost; of these the arrays, or few graphs have any.
            newest_first = range(len(known) - 1, -1, -1)
            order = sorted(newest_first, key=lambda i: (i not in loose, known[i].size == 1))
            for step in _candidates(form, picks, choice, order, known):
                node = _accepted(step, known, largest)
                if node is not None:
                    loose.difference_update(step.parents)
                    loose.add(len(known))
                    known.append(node)
                    steps.append(step)
                    break
    if not steps:
        return RandomGraph(values[-1:], [])
    return _part(known, len(values), steps, which, kept)


def _candidates(
    form: CallForm,
    picks: Sequence[int | float],
    choice: int,
    order: Sequence[int],
    known: Sequence[Node],
) -> Iterator[Step]:
    """The step that was picked, then the same with other nodes for its last input."""
    # Pick 0 is the first of `order` for the first input, the second for the second, and so on.
    chosen = [
        pick if isinstance(pick, float) and i else order[(i + int(pick)) % len(order)]
        for i, pick in enumerate(picks[: form.n_inputs])
    ]
    start = form.n_inputs - 1 + int(picks[form.n_inputs - 1])
    others = [order[(start + k) % len(order)] for k in range(len(order))]
    others.sort(key=lambda i: i in chosen)  # x - x and the like only if it was picked
    for last in (chosen[-1], *others[:ATTEMPTS]):
        inputs = (*chosen[:-1], last)
        shape = known[inputs[0]].shape  # type: ignore[index]
        yield Step(form, inputs, form.options(shape, choice))


def _accepted(step: Step, known: Sequence[Node], largest: float) -> Node | None:
    """The node of the step, or None if the operation refuses, or its value is out of bounds."""
    try:
        node = step(known)
    except (ValueError, TypeError, IndexError, RuntimeWarning):
        return None
    if not isinstance(node, Node):
        name = getattr(step.operation, "__name__", step.operation)
        raise TypeError(f"graphs: {name} returned a {type(node).__name__}, but must return a node")
    value = node.value
    if value.dtype.kind != "f" or value.ndim > LARGEST_RANK or value.size > LARGEST_SIZE:
        return None
    if value.size == 0 and all(known[i].size for i in step.parents):  # x[1:] of one entry
        return None
    return node if (np.absolute(value) <= largest).all() else None


def _part(
    known: Sequence[Node],
    n_initial: int,
    steps: Sequence[Step],
    which: int | None,
    kept: int | None,
) -> RandomGraph:
    """The graph of one output, as `grow` says."""
    before = [{i} for i in range(n_initial)]  # a node with all before it
    for i, step in enumerate(steps, n_initial):
        before.append({i}.union(*[before[k] for k in step.parents]))
    by_size = sorted(before[n_initial:], key=len)
    needed = by_size[-1 if which is None else min(which, len(steps) - 1)]
    inside = sorted(i for i in needed if i >= n_initial)[-(kept or 0) :]
    starts = {k for i in inside for k in steps[i - n_initial].parents}.difference(inside)
    order = [*sorted(starts), *inside]
    new = {old: i for i, old in enumerate(order)}
    parts = []
    for i in inside:
        step = steps[i - n_initial]
        inputs = tuple([new[k] if isinstance(k, int) else k for k in step.inputs])
        parts.append(Step(step.form, inputs, step.options))
    return RandomGraph([np.array(known[i].value) for i in sorted(starts)], parts)
