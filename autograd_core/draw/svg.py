"""Drawings of graphs as SVG: text, cells, curves and ids are all made here."""

from __future__ import annotations

from collections import Counter
from collections.abc import Collection, Sequence
from dataclasses import replace
from itertools import pairwise
from typing import Any

from autograd_core.draw import boxes, text
from autograd_core.draw.cells import Picture
from autograd_core.draw.geometry import LAYER_GAP, Curve, Placement, Point, Problem
from autograd_core.draw.layout import Direction, Engine, lay_out
from autograd_core.draw.names import Names
from autograd_core.draw.scene import Box, Edge, Scene, scene
from autograd_core.draw.style import FONT, style_sheet
from autograd_core.draw.text import short
from autograd_core.node import Node

EDGE_SPACE = 16.0  # around the whole
MOST_LABELS = 60  # edges: of more, the gradients are told in tooltips only
LABEL_GAP = 26.0  # between a label and what its edge joins
NOTE = 14.0


def svg(
    node: Node | Sequence[Node],
    *,
    values: bool = True,
    gradients: bool = True,
    direction: Direction = "LR",
    depth: int | None = None,
    precision: int = 4,
    names: Names | Any = None,
    collapse: bool | Collection[str] | None = None,
    engine: Engine | None = None,
    prefix: str = "",
    style: bool = True,
) -> str:
    """Draw the graph that led to `node`, or to several nodes, as the text of an SVG image.

    Nodes that were computed have round corners; initial ones are tags that point to where
    their value goes, constants have a dashed outline. Each shows its name, operation, shape,
    value and gradient, as numbers up to 8 x 8 entries and as a heat map beyond. Edges carry
    the gradient that flowed back along them in the latest backward pass. Modules of `nn` are
    groups with a label.

    - `values`, `gradients`: whether they are shown.
    - `direction`: "LR", from left to right, or "TB", from top to bottom.
    - `depth`: how many steps back from `node` are shown.
    - `precision`: significant digits.
    - `names`: names by variable, such as `locals()`, for nodes that have none; or a module.
    - `collapse`: modules to be drawn as one box, by path or class (True: all). A graph of more
      than 150 boxes is collapsed further, and the drawing says so, unless it is False.
    - `engine`: "dot" (of Graphviz) or "layered" (our own); by default dot where it is there.
    - `prefix` of all ids, and `style=False` to leave the style sheet out: for several drawings
      on a page, of which one has it.

    >>> import autograd_core as ag
    >>> x = ag.InitialNode(3.0, name="x")
    >>> svg(ag.square(x)).count('class="node')
    2
    """
    if direction not in ("LR", "TB"):
        raise ValueError(f"draw: direction is {direction!r}, but must be 'LR' or 'TB'")
    if engine not in (None, "dot", "layered"):
        raise ValueError(f"draw: engine is {engine!r}, but must be 'dot', 'layered' or None")
    what = scene(node, gradients=gradients, depth=depth, names=names, collapse=collapse)
    drawing, _ = render(what, values, gradients, direction, precision, engine, prefix)
    return document(drawing, what.note, title_of(what), style)


def render(
    scene: Scene,
    values: bool = True,
    gradients: bool = True,
    direction: Direction = "LR",
    precision: int = 4,
    engine: Engine | None = None,
    prefix: str = "",
) -> tuple[Picture, Placement]:
    """Groups, edges and nodes of a scene, without the element `svg` around them; their places.

    The first places are those of the boxes of the scene.
    """
    pictures = [
        boxes.picture(box, scene, direction, values, gradients, precision) for box in scene.boxes
    ]
    labels: dict[int, Picture] = {}  # by edge
    if gradients and len(scene.edges) <= MOST_LABELS:
        consumers = Counter(edge.node_from for edge in scene.edges)
        labels = {
            e: boxes.edge_label(edge.gradient, precision, direction, consumers[edge.node_from] > 1)
            for e, edge in enumerate(scene.edges)
            if edge.gradient is not None
        }
    placement, curves, label_at = _place(scene, pictures, labels, direction, engine)
    parts = [_groups(scene, placement)]
    for e, edge in enumerate(scene.edges):
        label = labels[e].at(*_corner(labels[e], label_at[e])) if e in labels else ""
        parts.append(_edge(edge, curves[e], label, precision, prefix))
    for b, box in enumerate(scene.boxes):
        parts.append(_node(box, scene, pictures[b], placement.centres[b], precision, prefix))
    parts.append(_group_labels(scene, placement))
    return Picture("".join(parts), placement.width, placement.height), placement


def _place(
    scene: Scene,
    pictures: Sequence[Picture],
    labels: dict[int, Picture],
    direction: Direction,
    engine: Engine | None,
) -> tuple[Placement, list[list[Curve]], dict[int, tuple[float, float]]]:
    """The layout, in which a label is a box in the middle of its edge."""
    sizes = [(picture.width, picture.height) for picture in pictures]
    group_of = [box.group for box in scene.boxes]
    edges: list[tuple[int, int]] = []
    pieces: list[range] = []
    label_box: dict[int, int] = {}
    for e, edge in enumerate(scene.edges):
        ends = [edge.source, edge.target]
        if e in labels:
            label_box[e] = len(sizes)
            ends.insert(1, len(sizes))
            sizes.append((labels[e].width, labels[e].height))
            group_of.append(_common(scene, edge))
        pieces.append(range(len(edges), len(edges) + len(ends) - 1))
        edges += pairwise(ends)
    parents = [group.parent for group in scene.groups]
    gap = LABEL_GAP if labels else LAYER_GAP
    problem = Problem(sizes, edges, group_of, parents, gap, frozenset(label_box.values()))
    placement = lay_out(problem, direction, engine)
    curves = [[placement.curves[i] for i in piece] for piece in pieces]
    return placement, curves, {e: placement.centres[i] for e, i in label_box.items()}


def _common(scene: Scene, edge: Edge) -> int | None:
    """The innermost group that both ends of an edge are in."""
    around = set()
    group = scene.boxes[edge.source].group
    while group is not None:
        around.add(group)
        group = scene.groups[group].parent
    group = scene.boxes[edge.target].group
    while group is not None and group not in around:
        group = scene.groups[group].parent
    return group


def document(drawing: Picture, note: str, title: str, style: bool = True) -> str:
    """The element `svg` around a drawing, with a line below it that says what is left out."""
    w = max(drawing.width, text.width(note, NOTE) if note else 0) + 2 * EDGE_SPACE
    h = drawing.height + 2 * EDGE_SPACE + (NOTE + 10 if note else 0)
    below = ""
    if note:
        y = drawing.height + 2 * EDGE_SPACE + 4
        below = (
            f'<text class="caption note" x="{EDGE_SPACE:g}" y="{y:g}" font-size="{NOTE:g}">'
            f"{text.escape(note)}</text>"
        )
    sheet = f"<style>{text.escape(style_sheet())}</style>" if style else ""
    return (
        f'<svg xmlns="http://www.w3.org/2000/svg" class="ag" role="img" '
        f'width="{w:.0f}" height="{h:.0f}" viewBox="0 0 {w:.0f} {h:.0f}">'
        f"<title>{text.escape(title)}</title>{sheet}"
        f'<rect class="paper" width="{w:.0f}" height="{h:.0f}"/>'
        f"{replace(drawing, kind='drawing').at(EDGE_SPACE, EDGE_SPACE)}{below}</svg>"
    )


def title_of(scene: Scene) -> str:
    names = [
        scene.names.get(scene.nodes[i]) or type(scene.nodes[i]).__name__ for i in scene.outputs
    ]
    count = len(scene.nodes)
    return f"Graph of {', '.join(names)}: {count:,} node{'s' if count > 1 else ''}"


def _corner(picture: Picture, centre: Point) -> Point:
    return centre[0] - picture.width / 2, centre[1] - picture.height / 2


def _groups(scene: Scene, placement: Placement) -> str:
    parts = []
    for g, (x, y, w, h) in placement.outlines:
        group = scene.groups[g]
        parts.append(
            f'<g class="group" data-path="{text.escape(group.path)}">'
            f"<title>{text.escape(group.label)}</title>"
            f'<rect class="outline" x="{short(x)}" y="{short(y)}" width="{short(w)}" '
            f'height="{short(h)}" rx="8"/></g>'
        )
    return "".join(parts)


def _group_labels(scene: Scene, placement: Placement) -> str:
    """Drawn last: edges that enter a group pass behind its label."""
    parts = []
    for g, (x, y, w, _) in placement.outlines:
        label = text.fit(scene.groups[g].label, w - 16, FONT, bold=True)
        parts.append(
            f'<text class="group-label" x="{short(x + 8)}" y="{short(y + 16)}">'
            f"{text.escape(label)}</text>"
        )
    return "".join(parts)


def _node(
    box: Box, scene: Scene, picture: Picture, centre: Point, precision: int, prefix: str
) -> str:
    kinds = f"node {box.kind}"
    if set(box.nodes) & set(scene.outputs):
        kinds += " output"
    if len(box.nodes) == 1:
        data = f'data-node="{box.nodes[0]}"'
    else:
        data = f'data-nodes="{_ranges(box.nodes)}"'
    title = text.escape(boxes.describe(box, scene, precision))
    x, y = map(short, _corner(picture, centre))
    return (
        f'<g id="{text.escape(prefix)}{box.id}" class="{kinds}" {data} '
        f'transform="translate({x} {y})"><title>{title}</title>{picture.svg}</g>'
    )


def _ranges(numbers: Sequence[int]) -> str:
    """`3-7 9`: the numbers in a collapsed box."""
    runs: list[list[int]] = []
    for i in numbers:
        if runs and i == runs[-1][1] + 1:
            runs[-1][1] = i
        else:
            runs.append([i, i])
    return " ".join(f"{a}-{b}" if b > a else f"{a}" for a, b in runs)


def _edge(
    edge: Edge,
    curves: Sequence[Curve],
    label: str,
    precision: int,
    prefix: str,
) -> str:
    """The curves up to the label and from there on, an arrow head, and the label."""
    line = "".join(map(_path, curves))
    (cx, cy), (x, y) = curves[-1][-2:]
    head = _head(cx, cy, x, y)
    i, j, position = edge.node_from, edge.node_to, edge.position
    title = ""
    if edge.gradient is not None:
        told = text.value_range(edge.gradient, precision)
        if edge.gradient.ndim == 0:
            told = text.number(edge.gradient, precision)
        title = f"<title>gradient along this edge: {text.escape(told)}</title>"
    return (
        f'<g id="{text.escape(prefix)}e{i}-{j}-{position}" class="edge" data-from="{i}" '
        f'data-to="{j}" data-position="{position}">{title}'
        f'<path class="line" d="{line}"/><path class="head" d="{head}"/>'
        f"{label}</g>"
    )


def _path(curve: Curve) -> str:
    """The curve, each piece from where it begins: these numbers are short."""
    (x, y), *rest = [(round(x, 1), round(y, 1)) for x, y in curve]
    path = f"M{short(x)} {short(y)}c"
    numbers = []
    for i, (to_x, to_y) in enumerate(rest):
        numbers += [short(to_x - x), short(to_y - y)]
        if i % 3 == 2:
            x, y = to_x, to_y
    return path + _joined(numbers)


def _joined(numbers: Sequence[str]) -> str:
    """Numbers with spaces between them, where they are needed."""
    return " ".join(numbers).replace(" -", "-")


def _head(cx: float, cy: float, x: float, y: float) -> str:
    """A triangle with its tip at (x, y), coming from (cx, cy)."""
    length = ((x - cx) ** 2 + (y - cy) ** 2) ** 0.5 or 1.0
    ux, uy = (x - cx) / length, (y - cy) / length
    sides = -9 * ux - 4.5 * uy, -9 * uy + 4.5 * ux, 9 * uy, -9 * ux
    return f"M{short(x)} {short(y)}l{_joined([short(side) for side in sides])}z"
