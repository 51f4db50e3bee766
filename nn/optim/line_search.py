"""A line search for the strong Wolfe conditions.

Nocedal and Wright, "Numerical optimization", 2nd edition 2006, algorithms 3.5 and 3.6 with cubic
interpolation (equation 3.59). The bounds on the points that are tried are those of M. Schmidt's
minFunc, 2005, which PyTorch has as well.
"""

from __future__ import annotations

from collections.abc import Callable
from math import isfinite, sqrt
from typing import Any, NamedTuple


class Point(NamedTuple):
    """A function along a line: at distance t its value, its slope, and the whole gradient."""

    t: float
    value: float
    slope: float
    g: Any


def strong_wolfe(
    along: Callable[[float], Point],
    start: Point,
    t: float,
    c1: float = 1e-4,
    c2: float = 0.9,
    least: float = 1e-9,
    max_evaluations: int = 25,
) -> tuple[Point, int]:
    """Return a point with value <= start's + c1 t slope and |slope| <= c2 |start's slope|.

    `t` is the first distance to try. The second result is the number of points that were tried.
    If there is no such point among `max_evaluations`, or only within a distance of `least`, the
    best point that was found is returned.

    >>> strong_wolfe(lambda t: Point(t, (t - 3) ** 2, 2 * (t - 3), None), Point(0, 9, -6, None), 1)
    (Point(t=1, value=4, slope=-4, g=None), 1)
    """

    def decreases(p: Point) -> bool:
        return p.value <= start.value + c1 * p.t * start.slope

    def is_flat(p: Point) -> bool:
        return abs(p.slope) <= -c2 * start.slope

    before, new = start, along(t)
    count = 1
    while True:  # go on until a minimum must lie between two points, `low` the better
        if not decreases(new) or (count > 1 and new.value >= before.value):
            low, high = (before, new)
            break
        if is_flat(new):
            return new, count
        if new.slope >= 0:
            low, high = (new, before)
            break
        if count >= max_evaluations:
            return new, count
        t = minimum_of_cubic(before, new, new.t + 0.01 * (new.t - before.t), 10 * new.t)
        before, new = new, along(t)
        count += 1

    stuck = False
    while count < max_evaluations and abs(high.t - low.t) >= least:
        left, right = sorted((low.t, high.t))
        t = minimum_of_cubic(low, high, left, right)
        margin = 0.1 * (right - left)
        if min(right - t, t - left) >= margin:
            stuck = False
        elif stuck or t >= right or t <= left:  # near an end twice: it may never leave it
            t = right - margin if right - t < t - left else left + margin
            stuck = False
        else:
            stuck = True
        new = along(t)
        count += 1
        if not decreases(new) or new.value >= low.value:
            high = new
        else:
            if is_flat(new):
                return new, count
            if new.slope * (high.t - low.t) >= 0:
                high = low
            low = new
    return low, count


def minimum_of_cubic(a: Point, b: Point, left: float, right: float) -> float:
    """Where the cubic with the values and slopes at a and b is least, held in [left, right].

    The middle of [left, right] if the cubic has no minimum, a value is not finite, or a is b.
    """
    if a.t > b.t:
        a, b = b, a
    if a.t < b.t and isfinite(a.value + b.value + a.slope + b.slope):
        d1 = a.slope + b.slope - 3 * (a.value - b.value) / (a.t - b.t)
        square = d1 * d1 - a.slope * b.slope
        if square >= 0:
            d2 = sqrt(square)
            width = b.slope - a.slope + 2 * d2
            if width:
                t = b.t - (b.t - a.t) * (b.slope + d2 - d1) / width
                return min(max(t, left), right)
    return (left + right) / 2
