"""The nodes of a computation in order, and two loops over them: forward and backward."""

from __future__ import annotations

from collections.abc import Collection
from typing import TYPE_CHECKING, Any

from autograd_core.events import Computed, Contribution, OnEvent
from autograd_core.recording import recording
from autograd_core.values import freeze

if TYPE_CHECKING:
    from autograd_core.node import Node


def topological_order(output: Node) -> list[Node]:
    """Return `output` and all nodes it was computed from, each once, inputs before consumers.

    Two passes over the edges: the first counts the consumers of every node; the second starts
    at the output and takes a node when the last of its consumers has been taken.
    """
    consumers = {output: 0}
    stack = [output]
    while stack:
        for x in stack.pop().inputs:
            if x in consumers:
                consumers[x] += 1
            else:
                consumers[x] = 1
                stack.append(x)
    order = []
    ready = [output]
    while ready:
        node = ready.pop()
        order.append(node)
        for x in node.inputs:
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
        self.nodes = topological_order(output)
        self._derived: list[Any] = [node for node in self.nodes if node.inputs]

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
            upstream = self.output._as_upstream(upstream, create_graph)
            gradients = self.gradients(upstream, None, create_graph, on_event)
            needed = [node for node in self.nodes if node._requires_grad or node in gradients]
            # All are made before the first is kept: an error leaves every grad as it was.
            grads = [node._new_grad(gradients.get(node), create_graph) for node in needed]
        for node, grad in zip(needed, grads, strict=True):
            node._grad = grad

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
            wanted = [node for node in self.nodes if node._requires_grad and not node.inputs]
        needed = set(wanted)
        for node in self._derived:
            if not needed.isdisjoint(node.inputs) and node._value.dtype.kind == "f":
                needed.add(node)
        totals = {self.output: freeze(upstream)}
        for node in reversed(self._derived):
            if node not in needed or node not in totals:
                continue
            upstream = totals[node]
            for i, gradient in node._pull(upstream, needed, create_graph):
                x = node.inputs[i]
                totals[x] = freeze(totals[x] + gradient if x in totals else gradient)
                if on_event is not None:
                    on_event(Contribution(node, i, upstream, gradient, totals[x]))
        return totals
