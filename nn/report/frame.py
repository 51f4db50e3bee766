"""What all charts have: an area between two axes, a legend, and the image around them.

Colours are classes of the page's style sheet.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import NamedTuple

from autograd_core.draw.text import escape, fit, width
from nn.report.axes import Axis

WIDTH = 460.0
HEIGHT = 300.0  # without a legend
BELOW = 46.0  # for the numbers and the name of an axis
FONT = 14.0
ROW = 20.0  # of a legend
COLOURS = 6  # of curves and classes; after these they repeat


class Plot(NamedTuple):
    """The area between two axes, in an image of a width and a height."""

    x: Axis
    y: Axis
    left: float
    top: float
    right: float
    bottom: float

    @property
    def height(self) -> float:
        """That of the image."""
        return self.bottom + BELOW

    def at(self, x: float, y: float) -> tuple[float, float]:
        """Where a point of the chart is in the image."""
        return (
            self.left + self.x.place(x) * (self.right - self.left),
            self.bottom - self.y.place(y) * (self.bottom - self.top),
        )


def plot_area(x: Axis, y: Axis, above: float, has_label: bool, height: float = HEIGHT) -> Plot:
    """The area, with room for what is written around it and `above` for a legend."""
    left = 12 + max(width(label, FONT) for label in y.labels) + (ROW if has_label else 0)
    right = WIDTH - max(10.0, *(width(label, FONT) / 2 for label in x.labels))
    return Plot(x, y, left, 10 + above, right, above + height - BELOW)


def axes(plot: Plot, x_label: str, y_label: str, grid: bool = True) -> str:
    """The frame, the ticks with their numbers, and what the axes are."""
    parts, frame = [], ""
    for tick, label in zip(plot.x.ticks, plot.x.labels, strict=True):
        x, _ = plot.at(tick, plot.y.low)
        frame += f"M{x:.1f} {plot.bottom:.1f}v5"
        parts.append(text(x, plot.bottom + 20, label, "middle"))
    lines = ""
    for tick, label in zip(plot.y.ticks, plot.y.labels, strict=True):
        _, y = plot.at(plot.x.low, tick)
        frame += f"M{plot.left:.1f} {y:.1f}h-5"
        lines += f"M{plot.left:.1f} {y:.1f}H{plot.right:.1f}"
        parts.append(text(plot.left - 8, y + 5, label, "end"))
    if grid:
        parts.insert(0, f'<path class="gridline" d="{lines}"/>')
    middle = (plot.left + plot.right) / 2
    room = plot.right - plot.left
    parts.append(text(middle, plot.bottom + 40, fit(x_label, room, FONT), "middle"))
    if y_label:
        height = (plot.top + plot.bottom) / 2
        label = fit(y_label, plot.bottom - plot.top, FONT)
        turned = f'<g transform="translate(14 {height:.1f}) rotate(-90)">'
        parts.append(f"{turned}{text(0, 0, label, 'middle')}</g>")
    frame += f"M{plot.left:.1f} {plot.top:.1f}V{plot.bottom:.1f}H{plot.right:.1f}"
    return f'<path class="frame" d="{frame}"/>{"".join(parts)}'


def text(x: float, y: float, content: str, anchor: str) -> str:
    """A line of text with its anchor at (x, y)."""
    return (
        f'<text x="{x:.1f}" y="{y:.1f}" font-size="{FONT:g}" text-anchor="{anchor}">'
        f"{escape(content)}</text>"
    )


def legend(names: Sequence[str], sample: Callable[[int], str]) -> tuple[str, int]:
    """The names with their samples, and in how many rows; a single name needs none."""
    if len(names) < 2:
        return "", 0
    parts, x, row = [], 4.0, 0
    for k, name in enumerate(names):
        shown = fit(name, WIDTH / 2, FONT)
        length = 34 + width(shown, FONT) + 16
        if x + length > WIDTH and x > 4:
            x, row = 4.0, row + 1
        y = row * ROW + 12
        inside = f"{sample(k)}{text(34, 5, shown, 'start')}"
        parts.append(f'<g transform="translate({x:.1f} {y:.1f})">{inside}</g>')
        x += length
    return "".join(parts), row + 1


def image(plot: Plot, what: str, parts: Sequence[str]) -> str:
    """The element `svg` around the parts; `what` it shows is its text alternative."""
    return (
        f'<svg xmlns="http://www.w3.org/2000/svg" class="ag chart" role="img" '
        f'aria-label="{escape(what)}" width="{WIDTH:g}" height="{plot.height:g}" '
        f'viewBox="0 0 {WIDTH:g} {plot.height:g}">{"".join(parts)}</svg>'
    )
