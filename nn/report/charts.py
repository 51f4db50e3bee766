"""Curves and points as SVG; curves differ by their dashes as well as by their colours."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from math import isfinite
from typing import Any, TypeAlias

import numpy as np

from autograd_core.draw.text import escape, number
from nn.report.axes import Axis, linear, logarithmic
from nn.report.frame import COLOURS, ROW, Plot, axes, image, legend, plot_area

Array: TypeAlias = np.ndarray[Any, Any]

FEW = 25  # points of a curve that are marked


def curves(
    what: str, series: Mapping[str, Sequence[float]], *, log: bool = False, y_label: str = ""
) -> str:
    """Figures by epoch, a curve for each name. The text alternative begins with `what` they are."""
    everything = [value for values in series.values() for value in values]
    epochs = max(map(len, series.values()), default=1)
    x = linear([1, epochs], whole=True, tight=True) if epochs > 1 else Axis(0.5, 1.5, (1.0,))
    y = logarithmic(everything) if log else linear(everything)
    above, rows = legend([*series], _dash_sample)
    plot = plot_area(x, y, rows * ROW, bool(y_label))
    parts = [above, axes(plot, "epoch", y_label)]
    for k, (name, values) in enumerate(series.items()):
        parts.append(_curve(plot, k, name, values))
    told = "; ".join(
        f"{name} from {number(values[0])} to {number(values[-1])}"
        for name, values in series.items()
        if len(values)
    )
    return image(plot, f"{what} in {epochs} epoch{'s' if epochs > 1 else ''}: {told}", parts)


def _curve(plot: Plot, k: int, name: str, values: Sequence[float]) -> str:
    """The line, broken where a value can't be drawn, with marks if they are few."""
    steps, marks, pen = [], [], "M"
    for epoch, value in enumerate(values, 1):
        if not isfinite(value) or (plot.y.log and value <= 0):
            pen = "M"
            continue
        x, y = plot.at(epoch, value)
        steps.append(f"{pen}{x:.1f} {y:.1f}")
        pen = "L"
        title = f"<title>{escape(name)}, epoch {epoch}: {number(value)}</title>"
        marks.append(f'<circle cx="{x:.1f}" cy="{y:.1f}" r="3">{title}</circle>')
    shown = "".join(marks) if len(values) <= FEW else ""
    return f'<g class="curve c{k % COLOURS} d{k % 4}"><path d="{"".join(steps)}"/>{shown}</g>'


def points(
    what: str,
    x: Sequence[float] | Array,
    y: Sequence[float] | Array,
    x_label: str,
    y_label: str,
    *,
    diagonal: bool = False,
) -> str:
    """Points of the plane, with the line y = x for `diagonal`, and else with y = 0."""
    xs, ys = [float(a) for a in x], [float(a) for a in y]
    if diagonal:
        horizontal = vertical = linear([*xs, *ys])
        line = [(horizontal.low, horizontal.low), (horizontal.high, horizontal.high)]
    else:
        horizontal, vertical = linear(xs), linear([*ys, 0.0])
        line = [(horizontal.low, 0.0), (horizontal.high, 0.0)]
    plot = plot_area(horizontal, vertical, 0.0, True)
    ends = "L".join("{:.1f} {:.1f}".format(*plot.at(*point)) for point in line)
    parts = [axes(plot, x_label, y_label), f'<path class="rule" d="M{ends}"/>']
    marks = "".join("M{:.1f} {:.1f}h0".format(*plot.at(a, b)) for a, b in zip(xs, ys, strict=True))
    parts.append(f'<path class="points" d="{marks}"/>')
    return image(plot, what, parts)


def _dash_sample(k: int) -> str:
    return f'<g class="curve c{k % COLOURS} d{k % 4}"><path d="M0 0h28"/></g>'
