"""What happens while a graph runs, told to whoever asks: `graph.backward(on_event=print)`."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from autograd_core.node import Node


@dataclass(frozen=True, slots=True)
class Computed:
    """`Graph.forward` has computed the value of `node` from the values of its inputs."""

    node: Node


@dataclass(frozen=True, slots=True)
class Contribution:
    """`Graph.backward` has called `node.gradient`, and this is its entry for one input.

    `gradient` has the shape and dtype of `node.inputs[index]`; `total` is the sum of the
    contributions that this input has received so far in this backward pass.
    """

    node: Node
    index: int
    upstream: Any
    gradient: Any
    total: Any


OnEvent = Callable[[Computed | Contribution], None]
