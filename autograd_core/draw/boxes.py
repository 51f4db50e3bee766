"""Boxes of a drawing: what stands in them, and their outlines, which tell the kinds apart."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import numpy as np

from autograd_core.draw import text
from autograd_core.draw.cells import BASELINE, ROW, Picture, cells
from autograd_core.draw.layout import Direction
from autograd_core.draw.scene import Box, Scene, gradient_of
from autograd_core.draw.style import FONT, SMALL, TITLE
from autograd_core.draw.text import short
from autograd_core.node import Node

SMALL_TAGS = "constant", "reference"  # with little in them, in the middle
TAGS = "initial", *SMALL_TAGS
PAD = 9.0
TIP = 13.0  # of the outline of an initial node, which points to where its value goes
WIDEST = 230.0  # room for a name


def picture(
    box: Box, scene: Scene, direction: Direction, values: bool, gradients: bool, precision: int
) -> Picture:
    """The inside and the outline of a box, with its upper left corner at (0, 0)."""
    node = scene.nodes[box.nodes[-1]]
    if box.kind == "collapsed":
        content = _stack([_title(box, node), _caption(box.operation)])
    elif box.kind == "reference":
        content = _title(box, node) if box.name else cells(node.frozen(), precision)
    else:
        content = _stack([_title(box, node), _arrays(box, node, values, gradients, precision)])
    w, h = max(content.width, 26) + 2 * PAD, max(content.height, 22) + 2 * PAD - 4
    left = PAD + (w - 2 * PAD - content.width) / 2 if box.kind in SMALL_TAGS else PAD
    tip = TIP if box.kind in TAGS else 0.0
    across, down = (0.0, tip) if direction == "TB" else (tip, 0.0)
    if direction == "RL":
        left += tip
    outline = _tag(w, h, direction) if tip else _outline(box, w, h)
    return Picture(outline + content.at(left, PAD - 2), w + across, h + down)


def describe(box: Box, scene: Scene, precision: int) -> str:
    """The box in words, for a tooltip and for those who can't see it."""
    if len(box.nodes) > 1:
        return f"{box.name}: {len(box.nodes):,} nodes drawn as one ({box.operation})"
    node = scene.nodes[box.nodes[0]]
    value = np.asarray(node.frozen())
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
            spans.append(f'<text class="{kind}" x="{short(x)}" y="16">{text.escape(words)}</text>')
            x += text.width(words, size, bold=kind != "caption")
    return Picture("".join(spans), x, 22.0 if spans else 0.0)


def _caption(words: str) -> Picture:
    svg = f'<text class="caption" y="{short(SMALL)}">{text.escape(words)}</text>'
    return Picture(svg, text.width(words, SMALL), SMALL + 4)


def _arrays(box: Box, node: Node, values: bool, gradients: bool, precision: int) -> Picture:
    """Value and gradient, one below the other or side by side, whichever is nearer to a square."""
    found = {"value": np.asarray(node.frozen())} if values else {}
    grad = gradient_of(node) if gradients else None
    if grad is not None:
        found["gradient"] = grad
    if box.kind == "constant" and len(found) == 1:
        ((word, array),) = found.items()
        return replace(cells(array, precision), kind=f"{word}s")
    if node.ndim == 0:
        column = max((text.width(word, SMALL) for word in found), default=0.0) + 9
        lines = [_line(word, text.number(x, precision), column) for word, x in found.items()]
        return _stack(lines, 0)
    blocks = [
        replace(_stack([_caption(word), cells(x, precision)]), kind=f"{word}s")
        for word, x in found.items()
    ]
    return min(_stack(blocks, 3), _row(blocks, 12), key=_stretched)


def _line(word: str, number: str, column: float) -> Picture:
    """A caption, and from `column` on a number."""
    y = short(BASELINE)
    svg = (
        f'<text class="caption" y="{y}">{word}</text>'
        f'<text class="number" x="{short(column)}" y="{y}">{number}</text>'
    )
    return Picture(svg, column + text.width(number, FONT), ROW, f"{word}s")


def _stretched(picture: Picture) -> float:
    """How far from a square it is."""
    w, h = max(picture.width, 1), max(picture.height, 1)
    return max(w / h, h / w)


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
        svg += inside.at(x, y)
        at += inside.height if down else inside.width
        across = max(across, inside.width if down else inside.height)
    return Picture(svg, across, at) if down else Picture(svg, at, across)


def _tag(w: float, h: float, direction: Direction) -> str:
    """The outline of an initial node: its tip points along the edges."""
    middle, right, bottom, tip = short(w / 2), short(w), short(h), short(TIP)
    end, low, half = short(w + TIP), short(h + TIP), short(h / 2)
    path = {
        "LR": f"M0 0H{right}L{end} {half}L{right} {bottom}H0z",
        "RL": f"M{end} 0H{tip}L0 {half}L{tip} {bottom}H{end}z",
        "TB": f"M0 0H{right}V{bottom}L{middle} {low}L0 {bottom}z",
    }[direction]
    return f'<path class="shape" d="{path}"/>'


def _outline(box: Box, w: float, h: float) -> str:
    """Round corners: computed. Stacked: several nodes."""
    size = f'width="{short(w)}" height="{short(h)}"'
    if box.kind == "collapsed":
        behind = f"M5 0V-5H{short(w + 5)}V{short(h - 5)}H{short(w)}"
        return f'<path class="shape" d="{behind}"/><rect class="shape" {size}/>'
    return f'<rect class="shape" {size} rx="11"/>'


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
        head = f"M{short(pad + 6)} {short(middle - 5)}v10l-8-5z"
    else:
        head = f"M{short(pad - 2)} {short(middle + 4)}h9l-4.5-8z"
    placed = replace(inside, kind="gradients").at(pad + arrow, middle - inside.height / 2)
    frame = f'<rect class="label" width="{short(w)}" height="{short(h)}" rx="4"/>'
    return Picture(f'{frame}<path class="flow" d="{head}"/>{placed}', w, h)
