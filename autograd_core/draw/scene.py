"""What a drawing shows: boxes, edges and groups, before any of them has a place."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass
from typing import Any, Literal

import numpy as np

from autograd_core.draw.collapse import Part, parts, summary
from autograd_core.draw.groups import Group, find_groups
from autograd_core.draw.names import Names, find_names, is_module
from autograd_core.events import Computed, Contribution
from autograd_core.graph import Graph
from autograd_core.node import Node
from autograd_core.values import Array

Kind = Literal["initial", "derived", "constant", "collapsed", "reference"]


@dataclass(frozen=True)
class Box:
    """A node, or several nodes that are drawn as one box (`kind` is "collapsed").

    A "reference" stands for a node that is drawn elsewhere.
    """

    id: str
    kind: Kind
    name: str  # "" if it has none
    operation: str  # "" of an initial node
    nodes: tuple[int, ...]  # indices in `Scene.nodes`
    group: int | None = None


@dataclass(frozen=True)
class Edge:
    """A node is input number `position` of another; `gradient` flowed back from that to it."""

    source: int  # indices of boxes
    target: int
    node_from: int  # indices of nodes
    node_to: int
    position: int
    gradient: Any = None


@dataclass(frozen=True)
class Scene:
    """All of a drawing but places, sizes and colours."""

    nodes: list[Node]
    outputs: list[int]
    names: dict[Node, str]
    boxes: list[Box]
    edges: list[Edge]
    groups: list[Group]
    note: str  # what was left out, if anything


def all_nodes(outputs: Iterable[Node]) -> list[Node]:
    """The nodes that lead to any of the outputs, each once, after its inputs."""
    nodes: dict[Node, None] = {}
    for output in outputs:
        nodes.update(dict.fromkeys(Graph(output).nodes))
    return list(nodes)


def gradient_of(node: Any) -> Array | None:
    """The `grad` of a node as an array, also where it is a node itself."""
    grad = node.grad if node.requires_grad else None
    return None if grad is None else np.asarray(grad.frozen() if isinstance(grad, Node) else grad)


def contributions(outputs: Iterable[Node]) -> dict[tuple[Node, int], Array]:
    """The gradients along the edges in the latest backward pass, by consumer and position.

    The pass is made again, from the `grad` that the output has, and touches no `grad`. There
    are none where the output has no `grad`, or where values have changed since.
    """
    found: dict[tuple[Node, int], Array] = {}

    def keep(event: Computed | Contribution) -> None:
        if isinstance(event, Contribution):
            key = event.node, event.position
            found[key] = found[key] + event.gradient if key in found else event.gradient

    for output in outputs:
        upstream = gradient_of(output)
        if upstream is None or not output.inputs:
            continue
        before = dict(found)
        try:
            with np.errstate(all="ignore"):
                Graph(output).gradients(upstream, on_event=keep)
        except RuntimeError:
            found = before
    return found


def scene(
    outputs: Node | Sequence[Node],
    *,
    gradients: bool = True,
    depth: int | None = None,
    names: Names | Any = None,
    collapse: bool | Collection[str] | None = None,
) -> Scene:
    """Collect what a drawing of the graph of `outputs` shows. See `draw.svg` for the options."""
    outputs = [outputs] if isinstance(outputs, Node) else list(outputs)
    if not outputs or not all(isinstance(output, Node) for output in outputs):
        kinds = ", ".join(sorted({type(output).__name__ for output in outputs})) or "nothing"
        raise TypeError(f"draw: what is to be drawn must be a node or several, but is {kinds}")
    if depth is not None and depth < 0:
        raise ValueError(f"draw: depth is {depth}, but it counts steps back: 0 or more")
    names = {"": names} if is_module(names) else names
    nodes = all_nodes(outputs)
    index = {node: i for i, node in enumerate(nodes)}
    groups = find_groups(nodes, names)
    roots = [group.module for group in groups if group.parent is None]
    called = find_names(nodes, names, roots)
    ends = [index[output] for output in outputs]
    shown, note = parts(nodes, ends, groups, collapse, depth)
    innermost: dict[int, int] = {}
    for g, group in enumerate(groups):
        innermost |= dict.fromkeys(group.nodes, g)
    boxes = [_box(part, nodes, called, groups, innermost) for part in shown]
    # Inside a collapsed group there is nothing to outline; groups with one box need no outline.
    box_of = {i: b for b, box in enumerate(boxes) for i in box.nodes}
    flowed = contributions(outputs) if gradients else {}
    edges: list[Edge] = []
    drawn: set[tuple[int, int]] = set()
    for b, box in enumerate(boxes):
        if shown[b].before:
            continue
        for i in box.nodes:
            for position, x in enumerate(nodes[i].inputs):
                source = box_of.get(index[x])
                if source is None or source == b:
                    continue
                if "collapsed" in (box.kind, boxes[source].kind):
                    if (source, b) in drawn:
                        continue  # one line for all that runs between two boxes
                    drawn.add((source, b))
                gradient = flowed.get((nodes[i], position))
                edges.append(Edge(source, b, index[x], i, position, gradient))
    return Scene(nodes, ends, called, boxes, edges, groups, note)


def _box(
    part: Part,
    nodes: Sequence[Node],
    names: dict[Node, str],
    groups: Sequence[Group],
    innermost: dict[int, int],
) -> Box:
    i = part.nodes[-1]
    if part.group is not None:
        group = groups[part.group]
        what = _what(nodes[j] for j in part.nodes)
        return Box(f"c{i}", "collapsed", group.label, what, part.nodes, group.parent)
    if len(part.nodes) > 1:
        what = _what(nodes[j] for j in part.nodes)
        return Box(f"c{i}", "collapsed", f"{len(part.nodes):,} nodes", what, part.nodes)
    node, name = nodes[i], names.get(nodes[i], "")
    kind: Kind = "derived"
    operation = type(node).__name__ if node.inputs else ""
    if part.before:
        kind, operation = "collapsed", f"{operation} and {part.before:,} before it"
    elif not node.inputs:
        kind = "initial" if name or node.requires_grad else "constant"
    return Box(f"n{i}", kind, name, operation, part.nodes, innermost.get(i))


def _what(nodes: Iterable[Node]) -> str:
    return summary([type(node).__name__ for node in nodes if node.inputs])
