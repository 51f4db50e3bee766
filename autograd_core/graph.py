"""The nodes of a computation in order, and two loops over them: forward and backward."""

from __future__ import annotations

from collections.abc import Collection
from typing import TYPE_CHECKING, Any

from autograd_core.events import Computed, Contribution, OnEvent

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
        """Compute the value of every derived node again, first to last; return the output's.

        Where an operation refuses the new values, all nodes keep the values they had.
        """
        before = [(node._value, node._arrays) for node in self._derived]
        try:
            for node in self._derived:
                node._run()
                if on_event is not None:
                    on_event(Computed(node))
        except BaseException:
            for node, (value, arrays) in zip(self._derived, before, strict=True):
                node._value, node._arrays = value, arrays
            raise
        return self.output.value

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
        upstream = self.output._as_upstream(upstream, create_graph)
        gradients = self.gradients(upstream, None, create_graph, on_event)
        for node in self.nodes:
            if node.requires_grad:
                node._receive(gradients.get(node))

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
        if wanted is None:
            needed = {node for node in self.nodes if node.requires_grad}
        else:
            needed = set(wanted)
            for node in self.nodes:
                if node.requires_grad and not needed.isdisjoint(node.inputs):
                    needed.add(node)
        totals = {self.output: upstream}
        for node in reversed(self.nodes):
            if node not in needed or node not in totals:
                continue
            upstream = totals[node]
            for i, gradient in node._pull(upstream, needed, create_graph):
                x = node.inputs[i]
                totals[x] = totals[x] + gradient if x in totals else gradient
                if on_event is not None:
                    on_event(Contribution(node, i, upstream, gradient, totals[x]))
        return totals
