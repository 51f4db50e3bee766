"""What an engine did in one forward and one backward pass, as it told by events."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from itertools import groupby
from typing import NamedTuple

import numpy as np

from autograd_core.draw.formulas import Rule, rules_of
from autograd_core.events import Computed, Contribution
from autograd_core.graph import Graph, restore
from autograd_core.node import InitialNode, Node, Operation
from autograd_core.testing import numerical_gradient
from autograd_core.values import Array

MOST = 16  # entries up to which a gradient is estimated at all of them
SAMPLE = 5  # entries at which it is estimated otherwise
BUDGET = 1_000_000  # operations that all estimates together may run: some seconds


class Term(NamedTuple):
    """A contribution to the gradient of `input`, from its consumer's `gradient`."""

    input: Node
    gradient: Array
    before: Array | None
    """The sum of the contributions before this one; None of the first."""
    total: Array
    last: bool
    """Whether the gradient of `input` is complete with it."""
    rule: Rule


class Pull(NamedTuple):
    """The call of one node's `gradient`: the upstream gradient, and what went to its inputs."""

    node: Operation
    upstream: Array
    terms: list[Term]


class Estimate(NamedTuple):
    """A gradient by finite differences, at some entries or at all."""

    entries: list[tuple[int, ...]]
    estimates: Array
    gradients: Array
    """The engine's, at the same entries."""
    error: str = ""
    """Why there is no estimate, if there is none."""

    @property
    def difference(self) -> float:
        """The largest difference, relative to the largest gradient (or absolute, if that is 0)."""
        scale = max(np.abs(self.gradients).max(initial=0), np.abs(self.estimates).max(initial=0))
        largest = np.abs(self.gradients - self.estimates).max(initial=0)
        return float(largest / scale) if scale else 0.0


@dataclass
class Record:
    """A forward and a backward pass through the graph that led to `output`."""

    output: Node
    nodes: list[Node]
    computed: list[Node] = field(default_factory=list)
    """The derived nodes in the order in which their values were computed."""
    pulls: list[Pull] = field(default_factory=list)
    """The steps of the backward pass."""
    gradients: dict[Node, Array] = field(default_factory=dict)
    """The gradients by all nodes that one arrived at, the output included."""
    estimates: dict[Node, Estimate] = field(default_factory=dict)
    """The finite differences by the initial nodes that require a gradient."""


@contextmanager
def recorded(output: Node) -> Iterator[Record]:
    """Run the graph forward and backward, and record what happens.

    Inside the `with` statement the nodes hold the values and the gradients of this run; after
    it, what they held before. Initial nodes keep their present values.
    """
    graph = Graph(output)
    nodes = graph.nodes
    states = graph.states()
    grads = [node._grad for node in nodes]
    try:
        for node in nodes:
            node._grad = None
        yield _run(graph)
    finally:
        restore(states)
        for node, grad in zip(nodes, grads, strict=True):
            node._grad = grad


def _run(graph: Graph) -> Record:
    record = Record(graph.output, graph.nodes)
    contributions: list[Contribution] = []

    def keep(event: Computed | Contribution) -> None:
        if isinstance(event, Computed):
            record.computed.append(event.node)
        else:
            contributions.append(event)

    with np.errstate(all="ignore"):  # a page about a nan is as good as any
        graph.forward(keep)
        if graph.output.requires_grad:
            graph.backward(on_event=keep)
            record.gradients = {x: x._grad for x in graph.nodes if x._grad is not None}
            record.pulls = _pulls(contributions)
            wanted = [x for x in graph.nodes if isinstance(x, InitialNode) and x.requires_grad]
            runs = 2 * max(len(wanted), 1) * max(len(record.computed), 1)
            most = BUDGET // runs  # entries of each
            for x in wanted:
                record.estimates[x] = estimate(graph, x, record.gradients[x], most)
    return record


def _pulls(contributions: list[Contribution]) -> list[Pull]:
    """The contributions, those of one node together, with the rules that made them."""
    last = {event.node.inputs[event.position]: event for event in contributions}
    so_far: dict[Node, Array] = {}
    pulls: list[Pull] = []
    for _, events in groupby(contributions, lambda event: id(event.node)):
        of_node = list(events)
        node = of_node[0].node
        assert isinstance(node, Operation)
        upstream = of_node[0].upstream
        wanted = {node.inputs[event.position] for event in of_node}
        rules = rules_of(node, upstream, wanted)
        terms = []
        for event in of_node:
            x = node.inputs[event.position]
            before, so_far[x] = so_far.get(x), event.total
            rule, is_last = rules[event.position], last[x] is event
            if not _agree(rule.result.value, event.gradient):
                rule = rule._replace(derived=False)
            terms.append(Term(x, event.gradient, before, event.total, is_last, rule))
        pulls.append(Pull(node, upstream, terms))
    return pulls


def _agree(of_nodes: Array, of_arrays: Array) -> bool:
    """Whether `gradient` did the same on nodes, where its rule is read off, as on arrays."""
    same_shape = np.shape(of_nodes) == np.shape(of_arrays)
    return same_shape and np.allclose(of_nodes, of_arrays, rtol=1e-5, atol=0, equal_nan=True)


def estimate(graph: Graph, x: InitialNode, gradient: Array, most: int) -> Estimate:
    """The gradient by `x` from values alone, at `most` entries, and at few if it has many."""
    if most == 0:
        return _without("the graph is large")
    array = np.array(x.value)
    n = min(x.size if x.size <= MOST else SAMPLE, most)
    flat = np.linspace(0, x.size - 1, n).astype(int)
    entries = [tuple(int(i) for i in np.unravel_index(k, x.shape)) for k in flat]
    original = x.value

    def values(some: Array) -> Array:
        array.flat[flat] = some
        x.value = array
        return graph.forward()

    # The step that balances the error of the formula and that of rounding; 2**-17 for float64.
    step = 2.0 ** round(np.log2(np.finfo(x.dtype).eps) / 3)
    at = np.asarray(gradient).reshape(-1)[flat]
    states = graph.states()
    try:
        estimates = numerical_gradient(values, array.flat[flat], step=step)
    except (ValueError, TypeError, ArithmeticError) as error:
        return _without(str(error))
    finally:
        x.value = original
        restore(states)
    return Estimate(entries, estimates, at)


def _without(reason: str) -> Estimate:
    return Estimate([], np.zeros(0), np.zeros(0), reason)
