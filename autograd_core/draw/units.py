"""Layers of units as SVG: circles in columns, and a line for each weight."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import pairwise
from typing import NamedTuple

import numpy as np

from autograd_core.draw import text
from autograd_core.draw.style import COLOURS, style_sheet
from autograd_core.values import Array

MOST = 20  # units of a layer that are all drawn
ENDS = (6, 3, 1)  # units at each end of a longer one: the first of these with which
MOST_LINKS = 6000  # there are no more lines than that
RADIUS = 13.0
PITCH = 34.0  # from one unit to the next
SPACE = 140.0  # from one layer to the next, at least
SLOPE = 0.4  # the same, as a fraction of the height
LONGEST = 220.0  # label
LINE = 20.0  # from one line of text to the next
FONT = 16.0
MARGIN = 18.0
THICKEST = 5.0  # line


@dataclass(frozen=True)
class Layer:
    """The number of units of a layer, and what stands below it."""

    units: int
    label: str
    activation: str


class Link(NamedTuple):
    """A line from a unit, or from the one that is always 1, to a unit of the next layer."""

    layer: int
    source: int | None
    target: int
    value: float | None


def drawing(
    layers: Sequence[Layer],
    has_bias: Sequence[bool],
    weights: Sequence[Array | None],
    biases: Sequence[Array | None],
    prefix: str,
    style: bool,
) -> str:
    """The SVG. `weights` and `biases` are those from each layer to the next, None if not shown.

    `has_bias` tells of each layer whether it has a unit that is always 1.
    """
    prefix = text.escape(prefix)
    ends = next(n for n in ENDS if _links_of(layers, n) <= MOST_LINKS or n == ENDS[-1])
    columns = _columns(layers, has_bias, ends)
    links = [*_links(columns, weights, biases)]
    sizes = [abs(x.value) for x in links if x.value is not None and np.isfinite(x.value)]
    largest = max(sizes, default=0.0)
    # The strong ones last, so that no weak one crosses them.
    links.sort(key=lambda link: 0 if link.value is None else abs(link.value))
    parts = [_line(link, columns, largest) for link in links]
    parts += [_column(k, column, prefix) for k, column in enumerate(columns)]
    lines = [_lines(column) for column in columns]
    bottom = max(y for column in columns for y in column.places.values()) + RADIUS
    for column, texts in zip(columns, lines, strict=True):
        parts.append(_captions(column, texts, bottom + 8))
    height = bottom + 8 + max(map(len, lines)) * LINE + MARGIN
    width = columns[-1].x + columns[-1].width / 2 + MARGIN
    if sizes:
        legend, legend_width = _legend(largest, height)
        parts.append(legend)
        height, width = height + LINE + MARGIN, max(width, legend_width + 2 * MARGIN)
    units = ", ".join(f"{layer.units:,}" for layer in layers)
    count = sum(a.units * b.units for a, b in pairwise(layers))
    title = f"Network with layers of {units} units and {count:,} weights"
    sheet = f"<style>{text.escape(style_sheet() + _sheet())}</style>" if style else ""
    return (
        f'<svg xmlns="http://www.w3.org/2000/svg" class="ag network" role="img" '
        f'width="{width:.0f}" height="{height:.0f}" viewBox="0 0 {width:.0f} {height:.0f}">'
        f"<title>{title}</title>{sheet}"
        f'<rect class="paper" width="{width:.0f}" height="{height:.0f}"/>{"".join(parts)}</svg>'
    )


def _shown(units: int, ends: int) -> list[int]:
    if (units <= MOST and ends == ENDS[0]) or units <= 2 * ends + 1:
        return list(range(units))
    return [*range(ends), *range(units - ends, units)]


def _links_of(layers: Sequence[Layer], ends: int) -> int:
    shown = [len(_shown(layer.units, ends)) for layer in layers]
    return sum(a * b for a, b in pairwise(shown))


@dataclass
class _Column:
    """A layer with the places of its units."""

    layer: Layer
    x: float
    width: float
    places: dict[int, float]
    bias: float | None
    dots: float | None

    def y(self, unit: int | None) -> float:
        y = self.bias if unit is None else self.places[unit]
        assert y is not None
        return y


def _columns(layers: Sequence[Layer], has_bias: Sequence[bool], ends: int) -> list[_Column]:
    shown = [_shown(layer.units, ends) for layer in layers]
    # An ellipsis takes a place as well.
    slots = [len(s) + (len(s) < layer.units) for s, layer in zip(shown, layers, strict=True)]
    above = max(n / 2 + bias for n, bias in zip(slots, has_bias, strict=True))
    space = max(SPACE, SLOPE * PITCH * max(slots))
    columns: list[_Column] = []
    for layer, units, n, bias in zip(layers, shown, slots, has_bias, strict=True):
        column = _Column(layer, 0.0, 0.0, {}, None, None)
        column.width = max(
            2 * RADIUS, *(text.width(line, FONT, bold) for line, _, bold in _lines(column))
        )
        if columns:
            last = columns[-1]
            column.x = last.x + max(space, (last.width + column.width) / 2 + MARGIN)
        else:
            column.x = MARGIN + column.width / 2
        top = MARGIN + (above - n / 2 + 0.5) * PITCH - (PITCH / 2 - RADIUS)
        gap = len(units) // 2 if n > len(units) else len(units)
        column.places = {
            unit: top + (place + (place >= gap)) * PITCH for place, unit in enumerate(units)
        }
        column.bias = top - PITCH if bias else None
        column.dots = top + gap * PITCH if n > len(units) else None
        columns.append(column)
    return columns


def _links(
    columns: Sequence[_Column], weights: Sequence[Array | None], biases: Sequence[Array | None]
) -> Iterator[Link]:
    for k, (left, right) in enumerate(pairwise(columns)):
        W, b = weights[k], biases[k]
        for target in right.places:
            if left.bias is not None:
                yield Link(k, None, target, None if b is None else float(b[target]))
            for source in left.places:
                value = None if W is None else float(W[source, target])
                yield Link(k, source, target, value)


def _line(link: Link, columns: Sequence[_Column], largest: float) -> str:
    left, right = columns[link.layer], columns[link.layer + 1]
    source = "bias" if link.source is None else link.source
    line = (
        f'd="M{left.x:.1f} {left.y(link.source):.1f}L{right.x:.1f} {right.y(link.target):.1f}" '
        f'data-from="{link.layer}-{source}" data-to="{link.layer + 1}-{link.target}"'
    )
    kind = "link constant" if link.source is None else "link"
    if link.value is None:
        return f'<path class="{kind}" {line}/>'
    value = text.number(link.value)
    if not np.isfinite(link.value):
        return f'<path class="{kind} x" stroke-width="{THICKEST:g}" {line} data-value="{value}"/>'
    strength = abs(link.value) / largest if largest else 0.0
    strength **= 1.5  # or the many weak ones would hide the few that matter
    sign = " p" if link.value > 0 else " m" if link.value < 0 else ""
    return (
        f'<path class="{kind}{sign}" stroke-width="{0.5 + (THICKEST - 0.5) * strength:.2f}" '
        f'stroke-opacity="{0.25 + 0.75 * strength:.2f}" {line} data-value="{value}">'
        f"<title>{value}</title></path>"
    )


def _column(k: int, column: _Column, prefix: str) -> str:
    circles = "".join(
        f'<circle id="{prefix}u{k}-{unit}" class="unit" cx="{column.x:.1f}" cy="{y:.1f}" '
        f'r="{RADIUS:g}" data-unit="{unit}"/>'
        for unit, y in column.places.items()
    )
    if column.bias is not None:
        circles += (
            f'<circle id="{prefix}u{k}-bias" class="unit one" cx="{column.x:.1f}" '
            f'cy="{column.bias:.1f}" r="{RADIUS:g}"/><text class="middle" x="{column.x:.1f}" '
            f'y="{column.bias + 5:.1f}" font-size="15">1</text>'
        )
    if column.dots is not None:
        circles += "".join(
            f'<circle class="dot" cx="{column.x:.1f}" cy="{column.dots + step:.1f}" r="2.5"/>'
            for step in (-9, 0, 9)
        )
    kind = "input" if k == 0 else "computed"
    return (
        f'<g class="layer {kind}" data-layer="{k}" data-units="{column.layer.units}">{circles}</g>'
    )


def _lines(column: _Column) -> list[tuple[str, str, bool]]:
    """The texts below a layer: each with its class, and whether it is bold."""
    layer = column.layer
    count = f"{layer.units:,} unit{'s' if layer.units > 1 else ''}"
    lines = [(layer.label, "name", True), (count, "caption", False)]
    if column.dots is not None:
        lines.append((f"({len(column.places)} drawn)", "caption", False))
    if layer.activation:
        lines.append((layer.activation, "function", False))
    return [(text.fit(line, LONGEST, FONT, bold), kind, bold) for line, kind, bold in lines]


def _captions(column: _Column, lines: list[tuple[str, str, bool]], top: float) -> str:
    parts = [
        f'<text class="middle {kind}" x="{column.x:.1f}" y="{top + (i + 1) * LINE - 5:.1f}" '
        f'font-size="{FONT:g}">{text.escape(line)}</text>'
        for i, (line, kind, _) in enumerate(lines)
    ]
    # In full, where it had to be cut.
    title = f"<title>{text.escape(column.layer.label)}</title>"
    return f'<g class="below">{title}{"".join(parts)}</g>'


def _legend(largest: float, top: float) -> tuple[str, float]:
    """What the lines mean, and how wide that is."""
    x, y, parts = MARGIN, top + LINE / 2, []
    for kind, sign in (("m", text.MINUS), ("p", "+")):
        meaning = f"{sign}{text.number(largest)}"
        parts.append(
            f'<path class="link {kind}" stroke-width="{THICKEST:g}" d="M{x:.1f} {y:.1f}h30"/>'
            f'<text x="{x + 38:.1f}" y="{y + 5:.1f}" font-size="{FONT:g}">{meaning}</text>'
        )
        x += 38 + text.width(meaning, FONT) + 24
    return f'<g class="legend">{"".join(parts)}</g>', x - 24 - MARGIN


def _sheet() -> str:
    """The rules that a network needs besides those of all drawings."""

    def paint(what: str, name: str) -> str:
        return f"{what}:{COLOURS[name][0]};{what}:var(--ag-{name});"

    rules = {
        ".unit": paint("fill", "derived") + paint("stroke", "derived-line") + "stroke-width:1.8",
        ".input .unit": paint("fill", "initial") + paint("stroke", "initial-line"),
        ".layer .one": paint("fill", "constant")
        + paint("stroke", "constant-line")
        + "stroke-dasharray:4 3",
        ".dot": paint("fill", "muted"),
        ".link": paint("stroke", "line") + "fill:none",
        ".link.constant": "stroke-dasharray:4 3",
        ".link.p": paint("stroke", "positive-line"),
        ".link.m": paint("stroke", "negative-line"),
        ".link.x": paint("stroke", "not-finite"),
        ".middle": "text-anchor:middle",
        ".function": paint("fill", "derived-line") + "font-weight:600",
    }
    return "".join(f".ag.network {selector}{{{body}}}" for selector, body in rules.items())
