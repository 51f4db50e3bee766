"""Boxes of a drawing: what stands in them, and their outlines, which tell the kinds apart."""

from __future__ import annotations

from typing import Any

import numpy as np

from autograd_core.draw import text
from autograd_core.draw.cells import Picture, cells
from autograd_core.draw.layout import Direction
from autograd_core.draw.scene import Box, Scene, gradient_of
from autograd_core.node import Node

SMALL_TAGS = "constant", "reference"  # with little in them, in the middle
TAGS = "initial", *SMALL_TAGS
PAD = 9.0
TIP = 13.0  # of the outline of an initial node, which points to where its value goes
TITLE, SMALL = 15.0, 11.0
WIDEST = 230.0  # room for a name


def picture(
    box: Box, scene: Scene, direction: Direction, values: bool, gradients: bool, precision: int
) -> Picture:
    """The inside and the outline of a box, with its upper left corner at (0, 0)."""
    node = scene.nodes[box.nodes[-1]]
    if box.kind == "collapsed":
        content = _stack([_title(box, node), _caption(box.operation, SMALL + 1)])
    elif box.kind == "reference":
        content = _title(box, node) if box.name else cells(np.asarray(node), precision)
    else:
        content = _stack([_title(box, node), _arrays(box, node, values, gradients, precision)])
    w, h = max(content.width, 26) + 2 * PAD, max(content.height, 22) + 2 * PAD - 4
    left = PAD + (w - 2 * PAD - content.width) / 2 if box.kind in SMALL_TAGS else PAD
    tip = TIP if box.kind in TAGS else 0.0
    across, down = (0.0, tip) if direction == "TB" else (tip, 0.0)
    if direction == "RL":
        left += tip
    body = f'<g transform="translate({left:g} {PAD - 2:g})">{content.svg}</g>'
    outline = _tag(w, h, direction) if tip else _outline(box, w, h)
    return Picture(f"{outline}{body}", w + across, h + down)


def describe(box: Box, scene: Scene, precision: int) -> str:
    """The box in words, for a tooltip and for those who can't see it."""
    if len(box.nodes) > 1:
        return f"{box.name}: {len(box.nodes):,} nodes drawn as one ({box.operation})"
    node = scene.nodes[box.nodes[0]]
    value = np.asarray(node)
    kind = box.operation if box.operation else box.kind
    told = text.number(value, precision) if value.ndim == 0 else text.value_range(value, precision)
    parts = [f"{kind} {box.name}" if box.name else kind, text.shape(value), f"value {told}"]
    grad = gradient_of(node)
    if grad is not None:
        told = text.number(grad, precision) if grad.ndim == 0 else text.value_range(grad, precision)
        parts.append(f"gradient {told}")
    return ", ".join(filter(None, parts))


def _title(box: Box, node: Node) -> Picture:
    """Name, operation and shape in a line."""
    spans: list[str] = []
    x = 0.0
    name = text.fit(box.name, WIDEST, TITLE, bold=True)
    shape = "" if box.kind == "collapsed" else text.shape(node)
    operation = "" if box.kind == "collapsed" else text.fit(box.operation, WIDEST, TITLE)
    for kind, words, size in (
        ("name", name, TITLE),
        ("operation", operation, TITLE),
        ("caption", shape, SMALL),
    ):
        if words:
            x += 8 if spans else 0
            spans.append(
                f'<text class="{kind}" x="{x:g}" y="16" font-size="{size:g}">'
                f"{text.escape(words)}</text>"
            )
            x += text.width(words, size, bold=kind != "caption")
    return Picture("".join(spans), x, 22.0 if spans else 0.0)


def _caption(words: str, size: float = SMALL, baseline: float = SMALL) -> Picture:
    svg = f'<text class="caption" y="{baseline:g}" font-size="{size:g}">{text.escape(words)}</text>'
    return Picture(svg, text.width(words, size), size + 4)


def _arrays(box: Box, node: Node, values: bool, gradients: bool, precision: int) -> Picture:
    """Value and gradient, one below the other or side by side, whichever is nearer to a square."""
    found = []
    if values:
        found.append(("values", "value", cells(np.asarray(node), precision)))
    grad = gradient_of(node) if gradients else None
    if grad is not None:
        found.append(("gradients", "gradient", cells(grad, precision)))
    if box.kind == "constant" and len(found) == 1:
        return _classed("values", found[0][2])
    if node.ndim == 0:
        column = max((text.width(word, SMALL) for _, word, _ in found), default=0.0) + 9
        lines = [_classed(kind, _line(word, inside, column)) for kind, word, inside in found]
        return _stack(lines, 0)
    blocks = [_classed(kind, _stack([_caption(word), inside])) for kind, word, inside in found]
    return min(_stack(blocks, 3), _row(blocks, 12), key=_stretched)


def _line(word: str, inside: Picture, column: float) -> Picture:
    """A caption, and from `column` on a number."""
    svg = (
        f'{_caption(word, baseline=14).svg}<g transform="translate({column:g} 0)">{inside.svg}</g>'
    )
    return Picture(svg, column + inside.width, inside.height)


def _stretched(picture: Picture) -> float:
    """How far from a square it is."""
    w, h = max(picture.width, 1), max(picture.height, 1)
    return max(w / h, h / w)


def _classed(kind: str, inside: Picture) -> Picture:
    return Picture(f'<g class="{kind}">{inside.svg}</g>', inside.width, inside.height)


def _stack(pictures: list[Picture], gap: float = 1) -> Picture:
    return _arranged(pictures, gap, down=True)


def _row(pictures: list[Picture], gap: float) -> Picture:
    return _arranged(pictures, gap, down=False)


def _arranged(pictures: list[Picture], gap: float, down: bool) -> Picture:
    svg, at, across = "", 0.0, 0.0
    for inside in pictures:
        if not inside.svg:
            continue
        at += gap if svg else 0
        x, y = (0.0, at) if down else (at, 0.0)
        svg += f'<g transform="translate({x:g} {y:g})">{inside.svg}</g>' if at else inside.svg
        at += inside.height if down else inside.width
        across = max(across, inside.width if down else inside.height)
    return Picture(svg, across, at) if down else Picture(svg, at, across)


def _tag(w: float, h: float, direction: Direction) -> str:
    """The outline of an initial node: its tip points along the edges."""
    path = {
        "LR": f"M0 0H{w:g}l{TIP:g} {h / 2:g}L{w:g} {h:g}H0z",
        "RL": f"M{w + TIP:g} 0H{TIP:g}L0 {h / 2:g}L{TIP:g} {h:g}H{w + TIP:g}z",
        "TB": f"M0 0H{w:g}V{h:g}L{w / 2:g} {h + TIP:g}L0 {h:g}z",
    }[direction]
    return f'<path class="shape" d="{path}"/>'


def _outline(box: Box, w: float, h: float) -> str:
    """Round corners: computed. Stacked: several nodes."""
    if box.kind == "collapsed":
        return (
            f'<path class="shape" d="M5 0V-5H{w + 5:g}V{h - 5:g}H{w:g}"/>'
            f'<rect class="shape" width="{w:g}" height="{h:g}"/>'
        )
    return f'<rect class="shape" width="{w:g}" height="{h:g}" rx="11"/>'


def edge_label(gradient: Any, precision: int, direction: Direction, one_of: bool) -> Picture:
    """The gradient that flowed back along an edge.

    Of an array only the colours are shown, because the numbers stand in the node that it
    flowed to; unless it is `one_of` several that were added up there.
    """
    array = np.asarray(gradient)
    inside = cells(array, precision, numbers=array.size == 1 or (one_of and array.size <= 16))
    pad, arrow = 5.0, 9.0
    h = max(inside.height + 4, 18.0)
    w = inside.width + arrow + 2 * pad
    middle = h / 2
    if direction != "TB":
        head = f"M{pad + 6:g} {middle - 5:g}v10l-8 -5z"
    else:
        head = f"M{pad - 2:g} {middle + 4:g}h9l-4.5 -8z"
    return Picture(
        f'<rect class="label" width="{w:g}" height="{h:g}" rx="4"/>'
        f'<path class="flow" d="{head}"/><g class="gradients" '
        f'transform="translate({pad + arrow:g} {middle - inside.height / 2:g})">{inside.svg}</g>',
        w,
        h,
    )
