"""What happens while a graph runs, told to whoever asks: `graph.backward(on_event=print)`."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING, Any, NamedTuple

if TYPE_CHECKING:
    from autograd_core.node import Node


class Computed(NamedTuple):
    """`Graph.forward` has computed the value of `node` from the values of its inputs."""

    node: Node


class Contribution(NamedTuple):
    """`Graph.backward` has called `node.gradient`, and this is its entry for one input.

    `gradient` has the shape and dtype of `node.inputs[position]`; `total` is the sum of the
    contributions that this input has received so far in this backward pass.
    """

    node: Node
    position: int
    upstream: Any
    gradient: Any
    total: Any


OnEvent = Callable[[Computed | Contribution], None]
