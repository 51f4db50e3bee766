"""Find the operation that first made a NaN or an infinity."""

from __future__ import annotations

from typing import Any, Literal, NamedTuple

import numpy as np

from autograd_core.events import Computed, Contribution
from autograd_core.graph import Graph
from autograd_core.node import Node
from autograd_core.values import describe


class NonFinite(NamedTuple):
    """Where the first NaN or infinity is; prints as a report.

    `node` is the operation that made it (or the initial node that holds it). `phase` is
    "forward" if it is in the node's value; "backward" if it is in the gradient that the node's
    `gradient` gave for input number `position`, from a finite upstream gradient.
    """

    node: Node
    phase: Literal["forward", "backward"]
    position: int | None
    report: str

    def __str__(self) -> str:
        return self.report


def find_nonfinite(output: Node) -> NonFinite | None:
    """Return where the first NaN or infinity arises on the way to `output` and back, or None.

    Values are looked at as they are, in the order in which they were computed. If all are
    finite, the backward pass is made (no `grad` is touched) and its gradients are looked at.

    >>> import autograd_core as ag
    >>> x = ag.InitialNode([1.0, 0.0], name="x")
    >>> print(find_nonfinite(ag.mean(ag.sqrt(x))))
    backward: the gradient of sqrt (2,) float64 for its input 0 has 1 of 2 entries not finite
      first: inf at [1]
      upstream: (2,), from 0.5 to 0.5
      input 0: InitialNode 'x' (2,) float64, from 0 to 1
    """
    graph = Graph(output)
    for node in graph.nodes:
        if not np.isfinite(node._value).all():
            lines = [f"forward: {describe(node)} has {_count(node._value)}", *_inputs(node)]
            return NonFinite(node, "forward", None, "\n".join(lines))
    found: list[Contribution] = []

    def look(event: Computed | Contribution) -> None:
        if isinstance(event, Contribution) and not np.isfinite(event.total).all():
            found.append(event)
            raise _FoundError

    if output.requires_grad:
        try:
            with np.errstate(all="ignore"):
                graph.gradients(np.ones(output.shape, output.dtype), on_event=look)
        except _FoundError:
            event = found[0]
            what = f"the gradient of {describe(event.node)} for its input {event.position}"
            if np.isfinite(event.gradient).all():
                what = f"the sum of the gradients for {describe(event.node.inputs[event.position])}"
            lines = [
                f"backward: {what} has {_count(event.total)}",
                f"  upstream: {event.upstream.shape}, {_range(event.upstream)}",
                *_inputs(event.node),
            ]
            return NonFinite(event.node, "backward", event.position, "\n".join(lines))
    return None


class _FoundError(Exception):
    """Leaves the backward pass at the first gradient that is not finite."""


def _count(array: Any) -> str:
    array = np.asarray(array)
    wrong = ~np.isfinite(array)
    where = tuple(int(i) for i in np.argwhere(wrong)[0])
    at = f" at {list(where)}" if where else ""
    return f"{wrong.sum()} of {wrong.size} entries not finite\n  first: {array[where]}{at}"


def _inputs(node: Node) -> list[str]:
    return [f"  input {i}: {describe(x)}, {_range(x._value)}" for i, x in enumerate(node.inputs)]


def _range(array: Any) -> str:
    array = np.asarray(array)
    finite = array[np.isfinite(array)]
    return f"from {finite.min():.6g} to {finite.max():.6g}" if finite.size else "nothing finite"
