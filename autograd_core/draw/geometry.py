"""What a layout is given and what it gives back: boxes, groups, places, curves."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from dataclasses import dataclass, field, replace
from itertools import pairwise

import numpy as np

Point = tuple[float, float]
Rectangle = tuple[float, float, float, float]  # x, y, width, height
Curve = list[Point]  # cubic Bezier pieces: a point, then two control points and a point for each

GAP = 24.0  # between boxes of one layer
LAYER_GAP = 40.0  # between layers
STRAIGHT = 6
MARGIN = 22.0  # from a group's outline to what is inside: its label stands there


@dataclass(frozen=True)
class Problem:
    """Boxes of fixed sizes, edges (source, target) without a cycle, and groups of boxes.

    `group_of[i]` is the group that box i is in, or None; `parents[g]` the group that group g is
    in, or None. Edges leave a box in the middle, and enter those of `through` there too.
    """

    sizes: Sequence[tuple[float, float]]
    edges: Sequence[tuple[int, int]]
    group_of: Sequence[int | None] = ()
    parents: Sequence[int | None] = ()
    layer_gap: float = LAYER_GAP
    through: Collection[int] = ()

    def groups_around(self, box: int) -> list[int]:
        """The groups that a box is in, the outermost first."""
        groups = []
        group = self.group_of[box] if self.group_of else None
        while group is not None:
            groups.append(group)
            group = self.parents[group]
        return groups[::-1]

    def weights(self) -> list[int]:
        """How much each edge is to be straight: much, unless it comes from where nothing enters.

        So that a chain of operations runs straight, and weights and constants join it.
        """
        entered = {target for _, target in self.edges}
        from_start = {t for s, t in self.edges if t in self.through and s not in entered}
        return [1 if s not in entered or s in from_start else STRAIGHT for s, _ in self.edges]

    def transposed(self) -> Problem:
        """The same with width and height exchanged."""
        return replace(self, sizes=[(h, w) for w, h in self.sizes])


@dataclass(frozen=True)
class Placement:
    """The centres of the boxes, a curve for each edge, and the width and height of it all."""

    centres: list[Point]
    curves: list[Curve]
    width: float
    height: float
    engine: str
    outlines: list[tuple[int, Rectangle]] = field(default_factory=list)  # of groups

    def mirrored(self) -> Placement:
        """The same with left and right exchanged."""
        return replace(
            self,
            centres=[(self.width - x, y) for x, y in self.centres],
            curves=[[(self.width - x, y) for x, y in curve] for curve in self.curves],
            outlines=[(g, (self.width - x - w, y, w, h)) for g, (x, y, w, h) in self.outlines],
        )

    def transposed(self) -> Placement:
        """The same with x and y exchanged."""
        return Placement(
            [(y, x) for x, y in self.centres],
            [[(y, x) for x, y in curve] for curve in self.curves],
            self.height,
            self.width,
            self.engine,
            [(group, (y, x, h, w)) for group, (x, y, w, h) in self.outlines],
        )


def nested(
    group_of: Sequence[int | None], parents: Sequence[int | None]
) -> dict[int | None, list[int]]:
    """The groups right inside each group (None: inside no other), of those that hold boxes."""
    inside: dict[int | None, list[int]] = {}
    seen: set[int | None] = {None}
    for group in group_of:
        while group not in seen and group is not None:
            seen.add(group)
            inside.setdefault(parents[group], []).append(group)
            group = parents[group]
    return inside


def rectangle(centre: Point, size: tuple[float, float]) -> Rectangle:
    """The rectangle of a size around a centre."""
    return centre[0] - size[0] / 2, centre[1] - size[1] / 2, *size


def overlap(a: Rectangle, b: Rectangle) -> bool:
    """Whether two rectangles have more than a border in common."""
    return (
        a[0] + a[2] > b[0] + 0.01
        and b[0] + b[2] > a[0] + 0.01
        and a[1] + a[3] > b[1] + 0.01
        and b[1] + b[3] > a[1] + 0.01
    )


def outlines(problem: Problem, centres: Sequence[Point]) -> list[tuple[int, Rectangle]]:
    """A rectangle around the boxes of each group, outer groups before those inside.

    There is none where the layout has put a stranger between the boxes of a group.
    """
    boxes = [rectangle(*pair) for pair in zip(centres, problem.sizes, strict=True)]
    members: dict[int, set[int]] = {}
    children: dict[int, dict[int, None]] = {}  # dictionaries, for their order
    direct: dict[int, list[Rectangle]] = {}
    for i, box in enumerate(boxes):
        around = problem.groups_around(i)
        for group in around:
            members.setdefault(group, set()).add(i)
        for outer, inner in pairwise(around):
            children.setdefault(outer, {})[inner] = None
        if around:
            direct.setdefault(around[-1], []).append(box)
    parents = {inner: outer for outer, inside in children.items() for inner in inside}
    order = [group for group in members if group not in parents]
    for group in order:
        order += children.get(group, ())
    found: dict[int, Rectangle] = {}
    for group in reversed(order):
        inside = direct.get(group, []) + [found[g] for g in children.get(group, ())]
        found[group] = _padded_union(inside)
    corners = np.array([(x, y, x + w, y + h) for x, y, w, h in boxes]).reshape(-1, 4)
    clear = []
    for group in order:
        x, y, w, h = found[group]
        within = np.flatnonzero(
            (corners[:, :2] < (x + w, y + h)).all(1) & (corners[:, 2:] > (x, y)).all(1)
        )
        if members[group].issuperset(within.tolist()):
            clear.append((group, found[group]))
    return clear


def _padded_union(inside: Sequence[Rectangle]) -> Rectangle:
    left = min(x for x, _, _, _ in inside) - MARGIN
    top = min(y for _, y, _, _ in inside) - MARGIN
    right = max(x + w for x, _, w, _ in inside) + MARGIN
    bottom = max(y + h for _, y, _, h in inside) + MARGIN
    return left, top, right - left, bottom - top
