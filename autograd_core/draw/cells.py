"""Arrays as pictures: a number, cells with numbers, or a heat map.

Colours are told by classes and opacity only, so that the style sheet decides what they are:
`p` (positive), `m` (negative) and `x` (not finite), the stronger the larger the entry is
beside the largest of the array.
"""

from __future__ import annotations

from collections import defaultdict
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from autograd_core.draw.text import escape, number, value_range, width

FONT = 13.0
ROW = 20.0  # the height of a cell with a number
LARGEST = 8  # rows and columns that are shown as numbers
PIXELS = 24  # rows and columns of a heat map, of which each may stand for several
SMALL_PIXELS = 10  # the same of a small one
SIDE = 6.0  # of one of them, at least
LEVELS = 8  # of colour, in each direction


@dataclass(frozen=True)
class Picture:
    """A piece of SVG and its size, to be placed with its upper left corner at (0, 0)."""

    svg: str
    width: float
    height: float


def cells(array: Any, precision: int = 4, numbers: bool = True) -> Picture:
    """Draw a number, up to 8 x 8 entries as cells with numbers, or more as a heat map.

    A vector is a row. Of an array with more axes all but the last are rows. With
    `numbers=False` there is a small heat map in any case.
    """
    array = np.asarray(array)
    if array.ndim == 0:
        return _line(number(array, precision), "number")
    if array.size == 0:
        return _line("no entries", "caption")
    table = array.reshape(-1, array.shape[-1])
    if not numbers:
        return _heat_map(table, SMALL_PIXELS)
    if max(table.shape) <= LARGEST:
        return _numbers(table, precision)
    picture = _heat_map(table, PIXELS)
    caption = _line(value_range(array, precision), "caption", FONT - 2)
    return Picture(
        f'{picture.svg}<g transform="translate(0 {picture.height:g})">{caption.svg}</g>',
        max(picture.width, caption.width),
        picture.height + caption.height,
    )


def _line(text: str, kind: str, font: float = FONT) -> Picture:
    svg = f'<text class="{kind}" y="{ROW - 6:g}" font-size="{font:g}">{escape(text)}</text>'
    return Picture(svg, width(text, font), ROW)


def _numbers(table: NDArray[Any], precision: int) -> Picture:
    texts = [[number(x, precision) for x in row] for row in table]
    w = max(24.0, round(max(width(text, FONT) for row in texts for text in row) + 10))
    rows = [
        f'<text y="{i * ROW + ROW - 6:g}" font-size="{FONT:g}">'
        + "".join(f'<tspan x="{(j + 0.5) * w:g}">{text}</tspan>' for j, text in enumerate(row))
        + "</text>"
        for i, row in enumerate(texts)
    ]
    columns = table.shape[1]
    lines = "".join(f"M{j * w:g} 0v{len(table) * ROW:g}" for j in range(columns + 1))
    lines += "".join(f"M0 {i * ROW:g}h{columns * w:g}" for i in range(len(table) + 1))
    svg = _ground(columns * w, len(table) * ROW)
    svg += f'{_squares(levels(table), w, ROW)}<path class="grid" d="{lines}"/>'
    svg += f'<g class="entries">{"".join(rows)}</g>'
    return Picture(svg, columns * w, len(table) * ROW)


def _heat_map(table: NDArray[Any], most: int) -> Picture:
    small = levels(table)
    for axis in (0, 1):
        small = _strongest(small, axis, most)
    rows, columns = small.shape
    # A narrow one has wider pixels, so that its columns can be told apart.
    wide, high = (min(max(SIDE, most * SIDE / 2 / n), 3 * SIDE) for n in (columns, rows))
    w, h = columns * wide, rows * high
    frame = f'<path class="grid" d="M0 0h{w:g}v{h:g}h{-w:g}z"/>'
    return Picture(_ground(w, h) + _squares(small, wide, high) + frame, w, h)


def _ground(w: float, h: float) -> str:
    return f'<rect class="table" width="{w:g}" height="{h:g}"/>'


def levels(table: NDArray[Any]) -> NDArray[np.int8]:
    """The strength of colour of each entry, -8 to 8, and 9 where it is not finite."""
    finite = np.isfinite(table)
    entries = np.where(finite, table, 0).astype(np.float64)
    largest = np.abs(entries).max(initial=0)
    # Divided before it is multiplied: the largest may be the largest number there is.
    scaled = entries / largest * LEVELS if largest > 0 else entries
    rounded = np.sign(scaled) * np.ceil(np.abs(scaled) - 0.5)
    return np.where(finite, rounded, LEVELS + 1).astype(np.int8)


def _strongest(table: NDArray[np.int8], axis: int, most: int) -> NDArray[np.int8]:
    """At most `most` lines along an axis: of each block of entries the strongest."""
    if table.shape[axis] <= most:
        return table
    blocks = np.array_split(table, most, axis)
    strongest = []
    for block in blocks:
        largest, least = block.max(axis), block.min(axis)
        strongest.append(np.where(largest >= -least, largest, least))
    return np.stack(strongest, axis)


def _squares(table: NDArray[np.int8], w: float, h: float) -> str:
    """Rectangles of equal colour as one path each, neighbours in a row joined."""
    paths: dict[int, list[str]] = defaultdict(list)
    for i, row in enumerate(table.tolist()):
        j = 0
        while j < len(row):
            end = j + 1
            while end < len(row) and row[end] == row[j]:
                end += 1
            if row[j]:
                length = (end - j) * w
                paths[row[j]].append(f"M{j * w:g} {i * h:g}h{length:g}v{h:g}h{-length:g}z")
            j = end
    return "".join(
        f'<path class="{"x" if level > LEVELS else "p" if level > 0 else "m"}" '
        f'fill-opacity="{min(abs(level) / LEVELS, 1):.2g}" d="{"".join(path)}"/>'
        for level, path in sorted(paths.items())
    )
