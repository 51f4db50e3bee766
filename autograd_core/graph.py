"""The nodes of a computation in order, and two loops over them: forward and backward."""

from __future__ import annotations

from collections.abc import Collection
from functools import cached_property
from typing import Any

from autograd_core.events import Computed, Contribution, OnEvent
from autograd_core.node import Node
from autograd_core.pullback import as_upstream, pull
from autograd_core.recording import recording
from autograd_core.values import freeze


def topological_order(output: Node) -> list[Any]:
    """Return the derived nodes that lead to `output`, each once, inputs before consumers.

    Two passes over the edges: the first counts the consumers of every node; the second starts
    at the output and takes a node when the last of its consumers has been taken.
    """
    consumers = {output: 0}
    stack = [output]
    while stack:
        for x in stack.pop()._inputs:
            if x in consumers:
                consumers[x] += 1
            elif x is not None and x._inputs:
                consumers[x] = 1
                stack.append(x)
    order = []
    ready = [output] if output._inputs else []
    while ready:
        node = ready.pop()
        order.append(node)
        for x in node._inputs:
            if x in consumers:
                consumers[x] -= 1
                if consumers[x] == 0:
                    ready.append(x)
    order.reverse()
    return order


def restore(states: list[tuple[Any, Any, Any]]) -> None:
    """Give operations the values and the inputs' values back that they had."""
    for node, value, arrays in states:
        node._value, node._arrays = value, arrays


class Graph:
    """The computation that led to `output`, which can be run again with other initial values.

    `nodes` holds every node once, each after its inputs. After values of initial nodes were
    changed, `forward()` computes all values anew, in place, and `backward()` then gives the
    gradients there:

    >>> import autograd_core as ag
    >>> x = ag.InitialNode(3.0)
    >>> graph = ag.Graph(x * x)
    >>> x.value = 5.0
    >>> graph.forward()
    array(25.)
    >>> graph.backward(); x.grad
    array(10.)
    """

    def __init__(self, output: Node) -> None:
        self.output = output
        self._derived = topological_order(output)
        initial = {
            x: None
            for node in self._derived
            for x in node._inputs
            if x is not None and not x._inputs
        }
        self._initial: list[Any] = list(initial) if self._derived else [output]
        self._needed: tuple[list[bool], Collection[Node]] = ([], ())

    @cached_property
    def nodes(self) -> list[Node]:
        """Every node once, each after its inputs."""
        nodes: dict[Node, None] = {}
        for node in self._derived:
            nodes.update(dict.fromkeys(node.inputs))
            nodes[node] = None
        self._initial = [node for node in nodes if not node._inputs] or [self.output]
        return list(nodes) or [self.output]

    def forward(self, on_event: OnEvent | None = None) -> Any:
        """Compute the derived nodes again, first to last, and return the output's value.

        A node whose inputs have not changed keeps its value, and so stays in step with other
        graphs. If an operation refuses the new values, all nodes keep the values they had.
        """
        states = self.states()
        try:
            for node in self._derived:
                node._run_again()
                if on_event is not None:
                    on_event(Computed(node))
        except BaseException:
            restore(states)
            raise
        return self.output.value

    def states(self) -> list[tuple[Any, Any, Any]]:
        """The derived nodes with what they hold, to `restore` after a trial."""
        return [(node, node._value, node._arrays) for node in self._derived]

    def backward(
        self,
        upstream: Any = None,
        create_graph: bool = False,
        on_event: OnEvent | None = None,
    ) -> None:
        """Set `grad` of every node that needs one: d(output)/d(node), contracted with `upstream`.

        Initial nodes add it to the `grad` they have; derived nodes start afresh. See
        `Node.backward` for `upstream` and `create_graph`.
        """
        with recording(create_graph):
            upstream = as_upstream(self.output, upstream, create_graph, self._initial)
            gradients = self.gradients(upstream, None, create_graph, on_event)
            wanted = [x for x in self._initial if x._requires_grad]
            # All are made before the first is kept: an error leaves every grad as it was.
            grads = [x._new_grad(gradients.get(x), create_graph) for x in wanted]
        for x, grad in zip(wanted, grads, strict=True):
            x._grad = grad
        for node in self._derived:
            node._grad = gradients.get(node)

    def gradients(
        self,
        upstream: Any,
        wanted: Collection[Node] | None = None,
        create_graph: bool = False,
        on_event: OnEvent | None = None,
    ) -> dict[Node, Any]:
        """Return the gradients by node, and leave every `grad` as it is.

        Each node is visited once, after all its consumers, so its gradient is complete when it
        is handed on. Only nodes on the way from the output to a `wanted` node (if None: to any
        node that requires a gradient) are visited.
        """
        if wanted is None:  # asked now: it may have been set since the graph was built
            flags = [x._requires_grad for x in self._initial]
            if flags != self._needed[0]:
                wanted = [x for x in self._initial if x._requires_grad]
                self._needed = flags, self._on_the_way(wanted)
            needed = self._needed[1]
        else:
            needed = self._on_the_way(wanted)
        totals = {self.output: freeze(upstream)}
        for node in reversed(self._derived):
            upstream = totals.get(node)
            if upstream is None or node not in needed:
                continue
            for i, gradient in pull(node, upstream, needed, create_graph):
                x = node._inputs[i]
                totals[x] = freeze(totals[x] + gradient if x in totals else gradient)
                if on_event is not None:
                    on_event(Contribution(node, i, upstream, gradient, totals[x]))
        return totals

    def _on_the_way(self, wanted: Collection[Node]) -> Collection[Node]:
        """The nodes on the way from `wanted` nodes to the output, themselves included."""
        needed = set(wanted)
        for node in self._derived:
            if not needed.isdisjoint(node._inputs) and node._value.dtype.kind == "f":
                needed.add(node)
        return needed
