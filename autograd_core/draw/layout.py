"""Where boxes and edges go: by Graphviz's `dot` if it is there, else by a layout of our own.

A layout knows nothing of what is drawn: boxes of fixed size and edges go in, positions and
curves come out. Both layouts work from top to bottom; other directions are made here.
"""

from __future__ import annotations

from dataclasses import replace
from typing import Literal

from autograd_core.draw import dot, layered
from autograd_core.draw.geometry import Placement, Problem, outlines, rectangle

Direction = Literal["LR", "TB", "RL"]
Engine = Literal["dot", "layered"]

MOST_FOR_DOT = 400  # boxes and edges; its time grows faster than their number


def lay_out(
    problem: Problem, direction: Direction = "LR", engine: Engine | None = None
) -> Placement:
    """Place the boxes so that edges run in `direction`.

    Without an `engine`, `dot` is taken if it is installed, the graph is of moderate size, and
    it does not take too long. With `engine="dot"`, an error of it is raised (dot.DotError).
    """
    if direction == "RL":
        return lay_out(problem, "LR", engine).mirrored()
    if direction == "LR":
        return _from_top(problem.transposed(), engine).transposed()
    return _from_top(problem, engine)


def _from_top(problem: Problem, engine: Engine | None) -> Placement:
    size = len(problem.sizes) + len(problem.edges)
    if engine == "dot" or (engine is None and size <= MOST_FOR_DOT):
        try:
            return _framed(problem, dot.place(problem))
        except dot.DotError:
            if engine == "dot":
                raise
    return _framed(problem, layered.place(problem))


def _framed(problem: Problem, placement: Placement) -> Placement:
    """With the outlines of groups, and moved so that everything begins at (0, 0)."""
    found = outlines(problem, placement.centres)
    boxes = [rectangle(*pair) for pair in zip(placement.centres, problem.sizes, strict=True)]
    boxes += [box for _, box in found]
    points = [point for curve in placement.curves for point in curve]
    left = min([box[0] for box in boxes] + [x for x, _ in points], default=0.0)
    top = min([box[1] for box in boxes] + [y for _, y in points], default=0.0)
    right = max([box[0] + box[2] for box in boxes] + [x for x, _ in points], default=0.0)
    bottom = max([box[1] + box[3] for box in boxes] + [y for _, y in points], default=0.0)
    return replace(
        placement,
        centres=[(x - left, y - top) for x, y in placement.centres],
        curves=[[(x - left, y - top) for x, y in curve] for curve in placement.curves],
        width=right - left,
        height=bottom - top,
        outlines=[(group, (x - left, y - top, w, h)) for group, (x, y, w, h) in found],
    )
