"""Boxes and the points of long edges in layers: their order, and how far apart they stand."""

from __future__ import annotations

from bisect import bisect_left, bisect_right, insort
from collections.abc import Collection, Sequence
from itertools import pairwise

SWEEPS = 12
STRAIGHTENING = 12
MOST_POINTS = 4000  # of long edges: those that would need more run straight
MOST_SWAPPED = 600  # places up to which neighbours are swapped
POINT = 4.0  # the width of a point of a long edge
BEND = 8.0  # how much more a long edge resists to be bent

Neighbour = tuple[int, float, float]  # the place, the offset and the weight of the edge


def latest_layers(n: int, edges: Sequence[tuple[int, int]]) -> list[int]:
    """The layer of each of `n` boxes, 0 at the top: the last one before all its consumers."""
    inputs: list[list[int]] = [[] for _ in range(n)]
    waiting = [0] * n
    for source, target in edges:
        inputs[target].append(source)
        waiting[source] += 1
    height = [0] * n
    ready = [i for i in range(n) if not waiting[i]]
    done = 0
    while ready:
        target = ready.pop()
        done += 1
        for source in inputs[target]:
            height[source] = max(height[source], height[target] + 1)
            waiting[source] -= 1
            if not waiting[source]:
                ready.append(source)
    if done < n:
        raise ValueError("layout: the edges go round in a circle, so there is no order of layers")
    top = max(height, default=0)
    return [top - h for h in height]


class Layers:
    """Places in layers: first the boxes, then the points of long edges.

    `edges` are (source, target, offset, weight): the edge is straight when the target stands
    `offset` to the right of the source, and the greater its weight, the more it is so. The boxes
    `first` are in the first layer.
    """

    def __init__(
        self,
        widths: Sequence[float],
        edges: Sequence[tuple[int, int, float, float]],
        gap: float,
        first: Collection[int] = (),
    ) -> None:
        self.widths = list(widths)
        self.boxes = len(self.widths)
        self.gap = gap
        self.layer_of = latest_layers(
            self.boxes, [(source, target) for source, target, _, _ in edges]
        )
        for box in first:
            self.layer_of[box] = 0
        self.paths: list[list[int]] = []  # of each edge: the places that it passes
        self.up: list[list[Neighbour]] = [[] for _ in widths]
        self.down: list[list[Neighbour]] = [[] for _ in widths]
        for source, target, offset, weight in edges:
            self.paths.append(self._path(source, target))
            for i, (a, b) in enumerate(pairwise(self.paths[-1])):
                if self.layer_of[b] == self.layer_of[a] + 1:
                    self.down[a].append((b, 0.0 if i else -offset, weight))
                    self.up[b].append((a, 0.0 if i else offset, weight))
        self.layers: list[list[int]] = [[] for _ in range(max(self.layer_of, default=-1) + 1)]
        for place in self._depth_first():
            self.layers[self.layer_of[place]].append(place)
        self.position = [0] * len(self.widths)
        self._take(self.layers)

    def _path(self, source: int, target: int) -> list[int]:
        """The source, a new point in each layer between, and the target."""
        between = range(self.layer_of[source] + 1, self.layer_of[target])
        if len(self.widths) - self.boxes + len(between) > MOST_POINTS:
            return [source, target]
        points = list(range(len(self.widths), len(self.widths) + len(between)))
        self.widths += [POINT] * len(between)
        self.layer_of += between
        self.up += [[] for _ in between]
        self.down += [[] for _ in between]
        return [source, *points, target]

    def _depth_first(self) -> list[int]:
        """All places, from the last layer up, neighbours near each other."""
        seen = [False] * len(self.widths)
        found = []
        for start in sorted(range(len(seen)), key=lambda i: -self.layer_of[i]):
            stack = [start]
            while stack:
                place = stack.pop()
                if not seen[place]:
                    seen[place] = True
                    found.append(place)
                    stack += [i for i, _, _ in reversed(self.up[place])]
        return found

    def _take(self, layers: Sequence[Sequence[int]]) -> None:
        self.layers = [list(layer) for layer in layers]
        for layer in self.layers:
            self._number(layer)

    def _number(self, layer: Sequence[int]) -> None:
        for i, place in enumerate(layer):
            self.position[place] = i

    def order(self) -> None:
        """Order each layer so that few edges cross."""
        best, fewest = [list(layer) for layer in self.layers], self._crossings()
        for sweep in range(SWEEPS):
            if not fewest:
                break
            down = sweep % 2 == 0
            for layer in self.layers if down else reversed(self.layers):
                self._sort(layer, self.up if down else self.down)
            if len(self.widths) <= MOST_SWAPPED:
                for layer in self.layers:
                    self._swap(layer)
            crossings = self._crossings()
            if crossings < fewest:
                best, fewest = [list(layer) for layer in self.layers], crossings
        self._take(best)

    def _sort(self, layer: list[int], neighbours: list[list[Neighbour]]) -> None:
        """Sort by the median position of the neighbours."""
        wish = {}
        for place in layer:
            near = sorted(self.position[i] for i, _, _ in neighbours[place])
            if near:
                middle = len(near) // 2
                wish[place] = (near[middle] + near[-1 - middle]) / 2
            else:
                wish[place] = self.position[place]
        layer.sort(key=wish.__getitem__)
        self._number(layer)

    def _swap(self, layer: list[int]) -> None:
        """Exchange neighbours for as long as that takes crossings away."""
        improved = True
        while improved:
            improved = False
            for i, (a, b) in enumerate(pairwise(list(layer))):
                if layer[i] == a and self._crossed(a, b) > self._crossed(b, a):
                    layer[i], layer[i + 1] = b, a
                    self.position[a], self.position[b] = i + 1, i
                    improved = True

    def _crossed(self, left: int, right: int) -> int:
        """How often the edges of two neighbours cross."""
        count = 0
        for sides in (self.up, self.down):
            positions = sorted(self.position[i] for i, _, _ in sides[right])
            count += sum(bisect_left(positions, self.position[i]) for i, _, _ in sides[left])
        return count

    def _crossings(self) -> int:
        """How many pairs of edges between neighbouring layers cross."""
        count = 0
        for layer in self.layers:
            passed: list[int] = []
            for place in layer:
                positions = [self.position[i] for i, _, _ in self.down[place]]
                count += sum(len(passed) - bisect_right(passed, p) for p in positions)
                for p in positions:
                    insort(passed, p)
        return count

    def across(self) -> list[float]:
        """The x of the middle of each place: near to its neighbours, in order, not too close."""
        closest = []
        x = [0.0] * len(self.widths)
        for layer in self.layers:
            at = 0.0
            closest.append([0.0] * len(layer))
            for i, place in enumerate(layer):
                if i:
                    at += (self.widths[layer[i - 1]] + self.widths[place]) / 2 + self.gap
                closest[-1][i] = x[place] = at
        for sweep in range(STRAIGHTENING):
            down = sweep % 2 == 0
            layers = list(zip(self.layers, closest, strict=True))
            for layer, distances in layers if down else reversed(layers):
                wishes, weights = [], []
                for place in layer:
                    near = self.up[place] if down else self.down[place]
                    if sweep >= STRAIGHTENING // 2:
                        near = self.up[place] + self.down[place]
                    total = sum(weight for _, _, weight in near)
                    wish = sum((x[i] + offset) * weight for i, offset, weight in near)
                    wishes.append(wish / total if near else x[place])
                    bend = BEND if place >= self.boxes else 1.0
                    weights.append(bend * total or 0.01)
                for place, at in zip(layer, _spread(wishes, weights, distances), strict=True):
                    x[place] = at
        return x


def _spread(
    wishes: Sequence[float], weights: Sequence[float], closest: Sequence[float]
) -> list[float]:
    """Places in order, no closer than in `closest`, by least squares nearest to the wishes.

    With `closest` taken off it is isotonic regression, by pooling adjacent violators.
    """
    pools: list[tuple[float, float, int]] = []  # mean, weight, number
    for wish, weight, at in zip(wishes, weights, closest, strict=True):
        mean, total, count = wish - at, weight, 1
        while pools and pools[-1][0] > mean:
            before, w, n = pools.pop()
            mean = (before * w + mean * total) / (w + total)
            total, count = w + total, count + n
        pools.append((mean, total, count))
    means = [mean for mean, _, count in pools for _ in range(count)]
    return [mean + at for mean, at in zip(means, closest, strict=True)]
