"""The regions of classes in the plane as SVG, with observations.

Classes differ by the shapes of their marks as well as by their colours.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Sequence
from itertools import pairwise
from typing import Any, TypeAlias

import numpy as np

from autograd_core.draw.text import escape
from nn.report.axes import linear
from nn.report.frame import COLOURS, HEIGHT, ROW, Plot, axes, image, legend, plot_area

Array: TypeAlias = np.ndarray[Any, Any]

LEVELS = 5  # of the certainty in a region
SHAPES = (
    "M-4 0a4 4 0 1 0 8 0a4 4 0 1 0-8 0z",
    "M-4-4h8v8h-8z",
    "M0-5l5 9h-10z",
    "M0-5.5l5 5.5-5 5.5-5-5.5z",
    "M-5-4h10l-5 9z",
    "M-5-1.7h3.3v-3.3h3.4v3.3h3.3v3.4h-3.3v3.3h-3.4v-3.3h-3.3z",
)


def regions(
    what: str,
    xs: Array,
    ys: Array,
    probabilities: Array,
    observations: Array,
    labels: Array,
    predicted: Array,
    classes: Sequence[str],
    x_label: str,
    y_label: str,
) -> str:
    """The plane, coloured by the most probable class, and observations (n, 2) with their labels.

    `probabilities` (rows, columns, K) are those at the coordinates `ys` and `xs`. Observations
    whose `predicted` class is not that of their label have a ring.
    """
    winners = probabilities.argmax(axis=2)
    K = len(classes)
    # 0 where the classes are equally probable, and LEVELS where there is no doubt.
    certainty = (probabilities.max(axis=2) - 1 / K) / (1 - 1 / K)
    levels = np.ceil(certainty * LEVELS).astype(int).clip(1, LEVELS)
    above, rows = legend(list(classes), _mark_sample)
    x, y = linear([xs[0], xs[-1]], tight=True), linear([ys[0], ys[-1]], tight=True)
    plot = plot_area(x, y, rows * ROW, True, HEIGHT + 60)
    w = (plot.right - plot.left) / len(xs)
    h = (plot.bottom - plot.top) / len(ys)
    codes = winners * (LEVELS + 1) + levels
    parts = [above]
    for code, path in sorted(_runs(codes[::-1], plot, w, h).items()):
        k, level = divmod(code, LEVELS + 1)
        parts.append(
            f'<path class="region c{k % COLOURS}" style="--strength:{10 + 40 * level // LEVELS}%" '
            f'd="{path}"/>'
        )
    parts.append(f'<path class="boundary" d="{_boundary(probabilities, xs, ys, plot)}"/>')
    parts.append(axes(plot, x_label, y_label, grid=False))
    for point, label, guess in zip(observations, labels, predicted, strict=True):
        a, b = plot.at(*map(float, point))
        title, ring = classes[label], ""
        if guess != label:
            title += f", taken for {classes[guess]}"
            ring = '<circle class="ring" r="8"/>'
        inside = f"{_mark(label)}{ring}<title>{escape(title)}</title>"
        parts.append(f'<g transform="translate({a:.1f} {b:.1f})">{inside}</g>')
    return image(plot, what, parts)


def _runs(codes: Array, plot: Plot, w: float, h: float) -> dict[int, str]:
    """A path for each code: its rectangles, neighbours in a row joined.

    They overlap a little, so that no background shines through between them.
    """
    paths: dict[int, str] = defaultdict(str)
    for i, row in enumerate(codes):
        cuts = [0, *(np.flatnonzero(np.diff(row)) + 1).tolist(), len(row)]
        for start, end in pairwise(cuts):
            x, y, length = plot.left + start * w, plot.top + i * h, (end - start) * w
            paths[int(row[start])] += f"M{x:.1f} {y:.1f}h{length:.1f}v{h + 0.5:.1f}h{-length:.1f}z"
    return paths


def _boundary(probabilities: Array, xs: Array, ys: Array, plot: Plot) -> str:
    """Where the most probable class changes: a line through each square of the grid it crosses."""
    winners = probabilities.argmax(axis=2)
    corners = np.stack([winners[:-1, :-1], winners[:-1, 1:], winners[1:, 1:], winners[1:, :-1]])
    path = []
    for i, j in np.argwhere((corners != corners[0]).any(axis=0)):
        around = [(i, j), (i, j + 1), (i + 1, j + 1), (i + 1, j), (i, j)]
        sides = [side for side in pairwise(around) if winners[side[0]] != winners[side[1]]]
        ends = [plot.at(*_crossing(probabilities, xs, ys, *side)) for side in sides]
        # Three classes or more meet inside a square.
        middle = (sum(x for x, _ in ends) / len(ends), sum(y for _, y in ends) / len(ends))
        lines = [ends] if len(ends) == 2 else [[end, middle] for end in ends]
        for (x1, y1), (x2, y2) in lines:
            path.append(f"M{x1:.1f} {y1:.1f}L{x2:.1f} {y2:.1f}")
    return "".join(path)


def _crossing(
    p: Array, xs: Array, ys: Array, a: tuple[int, int], b: tuple[int, int]
) -> tuple[float, float]:
    """The point between two points of the grid at which their classes are equally probable."""
    first, second = p[a].argmax(), p[b].argmax()
    before, after = p[a][first] - p[a][second], p[b][second] - p[b][first]
    t = before / (before + after) if before + after > 0 else 0.5
    return (
        float(xs[a[1]] + t * (xs[b[1]] - xs[a[1]])),
        float(ys[a[0]] + t * (ys[b[0]] - ys[a[0]])),
    )


def _mark_sample(k: int) -> str:
    return f'<g transform="translate(18 0)">{_mark(k)}</g>'


def _mark(k: int) -> str:
    shape = SHAPES[(k + k // COLOURS) % len(SHAPES)]  # another one when a colour comes again
    return f'<path class="mark c{k % COLOURS}" d="{shape}"/>'
