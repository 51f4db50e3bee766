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

from autograd_core.draw.style import FONT, SMALL
from autograd_core.draw.text import escape, number, short, value_range, width

ROW = 20.0  # the height of a cell with a number
BASELINE = 14.0  # of its text
LARGEST = 8  # rows and columns that are shown as numbers
PIXELS = 24  # rows and columns of a heat map, of which each may stand for several
SMALL_PIXELS = 10  # the same of a small one
SIDE = 6.0  # of one of them, at least
LEVELS = 8  # of colour, in each direction


@dataclass(frozen=True)
class Picture:
    """A piece of SVG with its upper left corner at (0, 0), its size, and the class it has."""

    svg: str
    width: float
    height: float
    kind: str = ""

    def at(self, x: float, y: float) -> str:
        """The piece with its upper left corner at (x, y)."""
        kind = f' class="{self.kind}"' if self.kind else ""
        place = f"{short(x)} {short(y)}"
        move = "" if place == "0 0" else f' transform="translate({place})"'
        return f"<g{kind}{move}>{self.svg}</g>" if kind or move else self.svg


def cells(array: Any, precision: int = 4, numbers: bool = True) -> Picture:
    """Draw a number, up to 8 x 8 entries as cells with numbers, or more as a heat map.

    A vector is a row. Of an array with more axes all but the last are rows. With
    `numbers=False` there is a small heat map in any case.
    """
    array = np.asarray(array)
    if array.ndim == 0:
        return _line(number(array, precision), "number")
    if array.size == 0:
        return _line("no entries", "caption", SMALL)
    table = array.reshape(-1, array.shape[-1])
    if not numbers:
        return _heat_map(table, SMALL_PIXELS)
    if max(table.shape) <= LARGEST:
        return _numbers(table, precision)
    picture = _heat_map(table, PIXELS)
    caption = _line(value_range(array, precision), "caption", SMALL)
    return Picture(
        picture.svg + caption.at(0, picture.height),
        max(picture.width, caption.width),
        picture.height + caption.height,
    )


def _line(text: str, kind: str, font: float = FONT) -> Picture:
    svg = f'<text class="{kind}" y="{short(BASELINE)}">{escape(text)}</text>'
    return Picture(svg, width(text, font), ROW)


def _numbers(table: NDArray[Any], precision: int) -> Picture:
    texts = [[number(x, precision) for x in row] for row in table]
    w = max(24.0, round(max(width(text, FONT) for row in texts for text in row) + 10))
    rows = [
        f'<text class="entries" y="{short(i * ROW + BASELINE)}">'
        + "".join(f'<tspan x="{short((j + 0.5) * w)}">{text}</tspan>' for j, text in enumerate(row))
        + "</text>"
        for i, row in enumerate(texts)
    ]
    width_, height = table.shape[1] * w, len(table) * ROW
    lines = "".join(f"M{short(j * w)} 0v{short(height)}" for j in range(1, table.shape[1]))
    lines += "".join(f"M0 {short(i * ROW)}h{short(width_)}" for i in range(1, len(table)))
    svg = _colours(levels(table), w, ROW, lines) + "".join(rows)
    return Picture(svg, width_, height)


def _heat_map(table: NDArray[Any], most: int) -> Picture:
    small = levels(table)
    for axis in (0, 1):
        small = _strongest(small, axis, most)
    rows, columns = small.shape
    # A narrow one has wider pixels, so that its columns can be told apart.
    sides = (min(max(SIDE, most * SIDE / 2 / n), 3 * SIDE) for n in (columns, rows))
    wide, high = (round(side, 1) for side in sides)  # exactly as written: no gaps
    return Picture(_colours(small, wide, high), columns * wide, rows * high)


def _colours(table: NDArray[np.int8], wide: float, high: float, lines: str = "") -> str:
    """The colours of entries, of which each is `wide` and `high`, in a frame, with `lines`."""
    w, h = short(table.shape[1] * wide), short(len(table) * high)
    ground = f'<rect class="table" width="{w}" height="{h}"/>'
    frame = f'<path class="grid" d="M0 0h{w}v{h}h-{w}z{lines}"/>'
    return ground + _squares(table, wide, high) + frame


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
                length = short((end - j) * w)
                corner = f"M{short(j * w)} {short(i * h)}"
                paths[row[j]].append(f"{corner}h{length}v{short(h)}h-{length}z")
            j = end
    parts = []
    for level, path in sorted(paths.items()):
        kind = "x" if level > LEVELS else "p" if level > 0 else "m"
        strength = abs(level) / LEVELS
        opacity = f' fill-opacity="{strength:.2g}"' if strength < 1 else ""
        parts.append(f'<path class="{kind}"{opacity} d="{"".join(path)}"/>')
    return "".join(parts)
