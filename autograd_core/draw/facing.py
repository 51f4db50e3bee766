"""The forward graph and the backward graph of its gradients, facing each other."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from typing import Any

import numpy as np

from autograd_core.draw.cells import Picture
from autograd_core.draw.collapse import MOST
from autograd_core.draw.layout import Engine
from autograd_core.draw.names import Names
from autograd_core.draw.scene import Box, Scene, scene
from autograd_core.draw.svg import document, render, title_of
from autograd_core.draw.text import short
from autograd_core.graph import Graph
from autograd_core.node import InitialNode, Node
from autograd_core.recording import recording

BETWEEN = 36.0
HEADING = 30.0
FORWARD, BACKWARD = "forward \N{RIGHTWARDS ARROW}", "\N{LEFTWARDS ARROW} backward"
PARTIAL = "\N{PARTIAL DIFFERENTIAL}"


def facing(
    node: Node,
    *inputs: Node,
    values: bool = True,
    precision: int = 4,
    names: Names | Any = None,
    engine: Engine | None = None,
    prefix: str = "",
    style: bool = True,
) -> str:
    """Draw the graph of `node`, and below it that of its gradients by `inputs`.

    The backward graph is what `backward(create_graph=True)` makes of the same operations (no
    `grad` is touched). It runs from right to left. Where it uses a value of the forward graph,
    a small tag has the name of that; nodes without a name are called v1, v2 and so on.
    `inputs` are by default all initial nodes that require a gradient. For the other options see
    `draw.svg`.

    >>> import autograd_core as ag
    >>> x = ag.InitialNode(1.0, name="x")
    >>> "backward" in facing(ag.square(x), x)
    True
    """
    forward = Graph(node)
    wanted = inputs or tuple(
        x for x in forward.nodes if isinstance(x, InitialNode) and x.requires_grad
    )
    with recording(True):
        upstream = InitialNode(np.ones(node.shape, node.dtype), requires_grad=False)
        gradients = forward.gradients(upstream, wanted, create_graph=True)
    missing = [x for x in wanted if x not in gradients]
    if missing or not wanted:
        raise ValueError(
            f"draw.facing: {type(node).__name__} has no gradient by "
            f"{missing[0].name or 'one of the inputs' if missing else 'any of its nodes'}: it "
            f"was not computed from it, or does not require one"
        )
    ends = [gradients[x] for x in wanted]
    whole = scene([node, *ends], gradients=False, names=names, collapse=False)
    if len(whole.boxes) > MOST:
        raise ValueError(
            f"draw.facing: there are {len(whole.boxes):,} nodes, but more than {MOST} can't be "
            f"read; draw.svg of the node or of a gradient collapses such graphs"
        )
    whole = _named(whole, node, gradients)
    first = set(forward.nodes)
    above = [b for b, box in enumerate(whole.boxes) if whole.nodes[box.nodes[0]] in first]
    top, _ = render(_forward(whole, above), values, False, "LR", precision, engine, prefix)
    backward = _backward(whole, above)
    bottom, _ = render(backward, values, False, "RL", precision, engine, prefix)
    width = max(top.width, bottom.width)
    lower = HEADING + top.height + BETWEEN
    svg = (
        _heading(FORWARD, 0)
        + top.at(width - top.width, HEADING)
        + f'<path class="between" d="M0 {short(lower - BETWEEN / 2)}h{short(width)}"/>'
        + _heading(BACKWARD, lower)
        + bottom.at(width - bottom.width, lower + HEADING)
    )
    drawing = Picture(svg, width, lower + HEADING + bottom.height)
    return document(drawing, "", f"{title_of(whole)}, forward and backward", style)


def _forward(whole: Scene, above: Sequence[int]) -> Scene:
    """The boxes of the forward graph, with the edges between them."""
    new = {b: i for i, b in enumerate(above)}
    edges = [
        replace(edge, source=new[edge.source], target=new[edge.target])
        for edge in whole.edges
        if edge.source in new and edge.target in new
    ]
    return replace(whole, boxes=[whole.boxes[b] for b in above], edges=edges)


def _backward(whole: Scene, above: Sequence[int]) -> Scene:
    """The other boxes, and a reference for each use of a box of the forward graph."""
    new: dict[int, int] = {}
    boxes: list[Box] = []
    for b, box in enumerate(whole.boxes):
        if b not in set(above):
            new[b] = len(boxes)
            boxes.append(replace(box, group=None))
    edges = []
    for edge in whole.edges:
        if edge.target not in new:
            continue
        source = new.get(edge.source)
        if source is None:
            used = whole.boxes[edge.source]
            source = len(boxes)
            name = f"r{edge.node_from}-{edge.node_to}-{edge.position}"
            boxes.append(replace(used, id=name, kind="reference", operation="", group=None))
        edges.append(replace(edge, source=source, target=new[edge.target]))
    return replace(whole, boxes=boxes, edges=edges)


def _named(whole: Scene, node: Node, gradients: dict[Node, Node]) -> Scene:
    """With names for the gradients of what has a name, and for what the backward graph uses."""
    of = whole.names.get(node) or type(node).__name__
    index = {n: i for i, n in enumerate(whole.nodes)}
    boxes = list(whole.boxes)
    for x, gradient in gradients.items():
        name = of if x is node else whole.names.get(x)
        b = index.get(gradient)
        if name and b is not None and not boxes[b].name:
            boxes[b] = replace(boxes[b], name=f"{PARTIAL}{of}/{PARTIAL}{name}")
    forward = set(Graph(node).nodes)
    used = {edge.source for edge in whole.edges if whole.nodes[edge.node_to] not in forward}
    count = 0
    for b in sorted(used):
        box = boxes[b]
        if whole.nodes[box.nodes[0]] in forward and box.kind != "constant" and not box.name:
            count += 1
            boxes[b] = replace(box, name=f"v{count}")
    return replace(whole, boxes=boxes)


def _heading(words: str, y: float) -> str:
    return f'<text class="heading" y="{short(y + 18)}">{words}</text>'
