"""Graphviz's `dot`: as a layout, and as what makes PNG and PDF files."""

from __future__ import annotations

import shutil
import subprocess
from typing import Any

from autograd_core.draw.geometry import (
    GAP,
    MARGIN,
    Curve,
    Placement,
    Point,
    Problem,
    nested,
)

SECONDS = 4.0  # for a layout; after that it is given up


class DotError(RuntimeError):
    """The program `dot` is missing, or failed, or took too long."""


def run(source: str, output: str, seconds: float) -> bytes:
    """What `dot` makes of `source`, as `output`: plain, png, pdf."""
    program = shutil.which("dot")
    if program is None:
        raise DotError("the program `dot` of Graphviz is not installed (https://graphviz.org)")
    try:
        done = subprocess.run(
            [program, f"-T{output}"],
            input=source.encode(),
            capture_output=True,
            timeout=seconds,
            check=True,
        )
    except subprocess.TimeoutExpired:
        raise DotError(f"`dot` took more than {seconds:g} seconds") from None
    except (subprocess.CalledProcessError, OSError) as error:
        message = getattr(error, "stderr", None) or f"{error}".encode()
        raise DotError(f"`dot` failed: {message.decode(errors='replace').strip()}") from None
    return done.stdout


def place(problem: Problem) -> Placement:
    """Lay the boxes out from top to bottom. Raises DotError."""
    from graphviz import Digraph

    graph = Digraph(
        graph_attr={
            "nodesep": _inches(GAP),
            "ranksep": _inches(problem.layer_gap),
            "newrank": "true",
        },
        node_attr={"shape": "box", "fixedsize": "true", "label": ""},
        edge_attr={"dir": "none", "tailport": "s"},
    )
    _add_groups(graph, problem, None, _boxes_of(problem), nested(problem.group_of, problem.parents))
    for (source, target), weight in zip(problem.edges, problem.weights(), strict=True):
        into = "n" if target in problem.through else "_"
        graph.edge(str(source), str(target), headport=into, weight=str(weight))
    return _read(run(graph.source, "plain", SECONDS).decode(), problem)


def _boxes_of(problem: Problem) -> dict[int | None, list[int]]:
    """The boxes that are right inside each group, and those outside of all (None)."""
    boxes: dict[int | None, list[int]] = {}
    for i in range(len(problem.sizes)):
        boxes.setdefault(problem.group_of[i] if problem.group_of else None, []).append(i)
    return boxes


def _add_groups(
    graph: Any,
    problem: Problem,
    group: int | None,
    boxes: dict[int | None, list[int]],
    groups: dict[int | None, list[int]],
) -> None:
    for i in boxes.get(group, ()):
        w, h = problem.sizes[i]
        graph.node(str(i), width=_inches(w), height=_inches(h))
    for g in groups.get(group, ()):
        with graph.subgraph(name=f"cluster{g}", graph_attr={"margin": str(MARGIN)}) as inside:
            _add_groups(inside, problem, g, boxes, groups)


def _inches(points: float) -> str:
    return f"{points / 72:.4f}"


def _read(text: str, problem: Problem) -> Placement:
    """The plain output: y runs upward, everything is in inches."""
    width = height = 0.0
    centres: list[Point] = [(0.0, 0.0)] * len(problem.sizes)
    curves: dict[tuple[int, int], list[Curve]] = {}
    for line in text.splitlines():
        words = line.split()
        if words[0] == "graph":
            width, height = 72 * float(words[2]), 72 * float(words[3])
        elif words[0] == "node":
            centres[int(words[1])] = 72 * float(words[2]), height - 72 * float(words[3])
        elif words[0] == "edge":
            n = int(words[3])
            numbers = [72 * float(word) for word in words[4 : 4 + 2 * n]]
            curve = [(x, height - y) for x, y in zip(numbers[::2], numbers[1::2], strict=True)]
            curves.setdefault((int(words[1]), int(words[2])), []).append(curve)
    for parallel in curves.values():
        parallel.reverse()
    return Placement(centres, [curves[edge].pop() for edge in problem.edges], width, height, "dot")
