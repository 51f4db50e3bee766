"""A layered layout of our own, for where Graphviz is missing or takes too long.

In the manner of Sugiyama, Tagawa and Toda ("Methods for visual understanding of hierarchical
system structures", IEEE Transactions on Systems, Man and Cybernetics, 1981): every box in the
last layer before its consumers; a point for each layer that a long edge passes; an order
within the layers by medians and swaps; then places as near to the neighbours as they may be.

An edge bends in the gaps between layers only, and runs straight down through its own place in
a layer, so that it crosses no box. A group is laid out first, and is then a box in the layout
of what is around it, with a port where an edge crosses its outline.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field, replace

from autograd_core.draw.geometry import GAP, MARGIN, Curve, Placement, Point, Problem, nested
from autograd_core.draw.layers import POINT, Layers

PORTS = 18.0  # between edges that enter a box


def place(problem: Problem) -> Placement:
    """Lay the boxes out from top to bottom.

    Groups that a path leaves and enters again can't be boxes; then there are none.
    """
    try:
        return _Layout(problem).placement()
    except ValueError:
        if not problem.group_of:
            raise
        return place(replace(problem, group_of=(), parents=()))


@dataclass
class _Inside:
    """What is in a group, in coordinates that begin at its upper left corner."""

    width: float = 0.0
    height: float = 0.0
    centres: dict[int, Point] = field(default_factory=dict)  # of boxes right inside
    corners: dict[int, Point] = field(default_factory=dict)  # of groups right inside
    curves: dict[int, Curve] = field(default_factory=dict)  # the parts of edges that run here
    ports: dict[int, float] = field(default_factory=dict)  # x of edges that cross the outline


class _Layout:
    def __init__(self, problem: Problem) -> None:
        self.problem = problem
        self.weights = problem.weights()
        self.around = [(None, *problem.groups_around(i)) for i in range(len(problem.sizes))]
        self.inside: dict[int | None, _Inside] = {}
        self.boxes: dict[int | None, list[int]] = {}
        self.groups = nested(problem.group_of, problem.parents)
        self.edges: dict[int | None, list[int]] = {}
        for i, groups in enumerate(self.around):
            self.boxes.setdefault(groups[-1], []).append(i)
        for e, (source, target) in enumerate(problem.edges):
            for group in dict.fromkeys((*self.around[source], *self.around[target])):
                common = set(self.around[source]) & set(self.around[target])
                if group not in common or group == _innermost(common, self.around[source]):
                    self.edges.setdefault(group, []).append(e)

    def placement(self) -> Placement:
        order: list[int | None] = [None]
        for group in order:
            order += self.groups.get(group, ())
        for group in reversed(order):
            self.inside[group] = self._lay_out(group)
        centres: list[Point] = [(0.0, 0.0)] * len(self.problem.sizes)
        pieces: dict[tuple[int, int | None], Curve] = {}
        corner: dict[int | None, Point] = {None: (0.0, 0.0)}
        for group in order:
            inside, (left, top) = self.inside[group], corner[group]
            for i, (x, y) in inside.centres.items():
                centres[i] = left + x, top + y
            for g, (x, y) in inside.corners.items():
                corner[g] = left + x, top + y
            for e, curve in inside.curves.items():
                pieces[e, group] = [(left + x, top + y) for x, y in curve]
        curves = []
        for e, (source, target) in enumerate(self.problem.edges):
            way = dict.fromkeys((*reversed(self.around[source]), *self.around[target]))
            parts = [pieces[e, group] for group in way if (e, group) in pieces]
            curves.append([*parts[0], *(point for part in parts[1:] for point in part[1:])])
        whole = self.inside[None]
        return Placement(centres, curves, whole.width, whole.height, "layered")

    def _lay_out(self, group: int | None) -> _Inside:
        """Lay out what is right inside a group, the groups there being boxes."""
        pad = 0.0 if group is None else MARGIN
        boxes, groups = self.boxes.get(group, []), self.groups.get(group, [])
        sizes = [self.problem.sizes[i] for i in boxes]
        sizes += [(self.inside[g].width, self.inside[g].height) for g in groups]
        item = {("box", i): n for n, i in enumerate(boxes)}
        item |= {("group", g): len(boxes) + n for n, g in enumerate(groups)}
        entries: dict[int, int] = {}
        edges: list[tuple[int, int, float, float]] = []
        numbers = self.edges.get(group, [])
        out: list[float] = []  # where an edge leaves its source, from the middle of that
        into: list[float | None] = []  # None: side by side with the others that enter there
        for e in numbers:
            ends = []
            for which, box in enumerate(self.problem.edges[e]):
                key = self._item(box, group)
                if key is None:  # outside
                    ends.append(len(sizes))
                    if which == 0:
                        entries[e] = len(sizes)
                    sizes.append((POINT, 0.0))
                else:
                    ends.append(item[key])
            a, b = ends
            out.append(self._port(e, self.problem.edges[e][0], group) or 0.0)
            into.append(self._port(e, self.problem.edges[e][1], group))
            edges.append((a, b, out[-1] - (into[-1] or 0.0), self.weights[e]))
        layers = Layers([w for w, _ in sizes], edges, GAP, list(entries.values()))
        layers.order()
        x = layers.across()
        left = min((x[i] - w / 2 for i, w in enumerate(layers.widths)), default=0.0) - pad
        x = [at - left for at in x]
        heights = [
            max((sizes[i][1] for i in layer if i < len(sizes)), default=0.0)
            for layer in layers.layers
        ]
        tops = [pad]
        for height in heights:
            tops.append(tops[-1] + height + self.problem.layer_gap)
        bottom = (tops[-1] - self.problem.layer_gap if heights else pad) + pad
        right = max((x[i] + w / 2 for i, w in enumerate(layers.widths)), default=0.0) + pad
        found = _Inside(right, bottom)
        middle = [
            (x[i], tops[layers.layer_of[i]] + heights[layers.layer_of[i]] / 2)
            for i in range(len(sizes))
        ]
        found.centres = {i: middle[n] for n, i in enumerate(boxes)}
        for n, g in enumerate(groups, len(boxes)):
            found.corners[g] = middle[n][0] - sizes[n][0] / 2, middle[n][1] - sizes[n][1] / 2
        enters = _side_by_side(layers.paths, into, x, layers.widths)
        for n, e in enumerate(numbers):
            path = layers.paths[n]
            lines = []
            for place in path:
                layer = layers.layer_of[place]
                lines.append((x[place], tops[layer], tops[layer] + heights[layer]))
            source, target = path[0], path[-1]
            begin = (x[source] + out[n], middle[source][1] + sizes[source][1] / 2, lines[0][2])
            end = (x[target] + enters[n], lines[-1][1], middle[target][1] - sizes[target][1] / 2)
            source_outside, target_outside = (
                self._item(box, group) is None for box in self.problem.edges[e]
            )
            if source_outside:
                begin = x[source], 0.0, lines[0][2]
                found.ports[e] = x[source]
            if target_outside:
                end = x[target], lines[-1][1], bottom
                found.ports[e] = x[target]
            found.curves[e] = _curve([begin, *lines[1:-1], end])
        return found

    def _item(self, box: int, group: int | None) -> tuple[str, int] | None:
        """What stands for a box in the layout of a group: itself, a group inside, or nothing."""
        around = self.around[box]
        if group not in around:
            return None
        level = around.index(group) + 1
        inner = around[level] if level < len(around) else None
        return ("box", box) if inner is None else ("group", inner)

    def _port(self, e: int, box: int, group: int | None) -> float | None:
        """Where an edge crosses the outline of a group inside, from the middle of that."""
        key = self._item(box, group)
        if key is None or key[0] == "box":
            return None
        inside = self.inside[key[1]]
        return inside.ports[e] - inside.width / 2


def _innermost(common: set[int | None], around: Sequence[int | None]) -> int | None:
    return [group for group in around if group in common][-1]


def _side_by_side(
    paths: Sequence[Sequence[int]],
    fixed: Sequence[float | None],
    x: Sequence[float],
    widths: Sequence[float],
) -> list[float]:
    """Where each edge enters its target, from the middle of that, in the order they come in."""
    entering: dict[int, list[int]] = {}
    for n, path in enumerate(paths):
        if fixed[n] is None:
            entering.setdefault(path[-1], []).append(n)
    at = [offset or 0.0 for offset in fixed]
    for target, numbers in entering.items():
        step = min(PORTS, 0.7 * widths[target] / len(numbers))
        numbers.sort(key=lambda n: x[paths[n][-2]])
        for i, n in enumerate(numbers):
            at[n] = (i - (len(numbers) - 1) / 2) * step
    return at


def _curve(lines: Sequence[tuple[float, float, float]]) -> Curve:
    """Straight down each (x, top, bottom), and from one to the next in an S."""
    x, top, bottom = lines[0]
    curve: Curve = [(x, top)]
    for i, (x, top, bottom) in enumerate(lines):
        if i:
            x0, y0 = curve[-1]
            bend = (top - y0) / 2
            curve += [(x0, y0 + bend), (x, top - bend), (x, top)]
        if bottom > top:
            third = (bottom - top) / 3
            curve += [(x, top + third), (x, bottom - third), (x, bottom)]
    return curve
