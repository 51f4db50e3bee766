"""Slopes from values alone: difference quotients on a ladder of steps, with error bars.

Each rung of the ladder is an eighth of the one before. The quotients to the right, to the left
and across are extrapolated to step 0 by Neville's rule; its last correction (or change, where
quotients fall off slowly) bounds the truncation, the precision of the values and their roughness
on the finest rungs bound the rounding. An estimate counts only if every finer rung agrees with
it, so that a bend 1e-10 away does not pass as a slope of one half.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np

from autograd_core.testing.limits import (
    RATIO,
    Ladder,
    better,
    bounds_nothing,
    finer_limits,
    limits_of,
    lost_beside_one,
    smallest_change,
    unchanged,
)
from autograd_core.values import Array

UNKNOWN, SMOOTH, KINK = 0, 1, 2
SHORT = 9  # rungs, where numbers are ordinary
TINY = 12  # rungs more for tiny numbers


@dataclass
class Slopes:
    """One-sided limits of slopes: the smaller, the larger, and their error bar."""

    low: Array
    high: Array
    bar: Array
    kind: Array  # UNKNOWN, SMOOTH or KINK

    def contracted(self, weights: Array) -> Slopes:
        """The slopes of sum(weights * values), the sum being over the last axis.

        Each value may take any slope between its limits: a hull that is never too small.
        """
        used = weights != 0
        unknown = np.any(used & (self.kind == UNKNOWN), axis=-1)
        kink = np.any(used & (self.kind == KINK), axis=-1)
        low = np.where(used, self.low, 0)
        high = np.where(used, self.high, 0)
        first, second = weights * low, weights * high
        kind = np.where(unknown, UNKNOWN, np.where(kink, KINK, SMOOTH))
        return Slopes(
            np.minimum(first, second).sum(axis=-1),
            np.maximum(first, second).sum(axis=-1),
            np.where(used, np.abs(weights) * self.bar, 0).sum(axis=-1),
            kind,
        )


def steps(x: Array, scale: Array, rungs: int, shift: int = 0) -> Array:
    """Powers of two in falling order, (rungs, *x.shape), to go from `x`.

    They start at an eighth of the larger of 1 and |x|. Where |x| (or `scale`, the smallest other
    size nearby, if x is 0) is tiny, `TINY` more are relative to that size: what is smooth at the
    scale of 1 needs the first ones, what bends at x's own scale the others. Elsewhere those are
    nan. All are halved `shift` times.
    """
    size = np.abs(np.where(x == 0, scale, x))
    size = np.where(np.isfinite(size) & (size > 0), size, 1)
    exponent = np.frexp(size)[1].astype(np.int64)
    count = np.arange(rungs).reshape(-1, *[1] * np.ndim(x))
    powers = np.where(x == 0, 0, np.maximum(exponent, 0)) - RATIO * (count + 1)
    ladder: Array = np.ldexp(np.ones(powers.shape, x.dtype), powers - shift)
    tiny = exponent < -2 * rungs
    if not tiny.any():
        return ladder
    below = np.minimum(exponent, -RATIO * rungs) - RATIO * (count[:TINY] + 1)
    finer = np.ldexp(np.ones(below.shape, x.dtype), below - shift)
    return np.concatenate([ladder, np.where(tiny, finer, np.nan)])


def slopes(
    center: Array,
    right: Array,
    left: Array,
    ups: Array,
    downs: Array,
    info: Any,
    rungs: int,
    floor: float = 0.0,
    largest: Any = 0.0,
) -> Slopes:
    """The slopes of values at a point, from the values `right` and `left` of it.

    For the arguments see `Ladder`; what is on more than `rungs` rungs is a finer ladder. Where a
    value is not finite there is no slope.
    """
    with np.errstate(all="ignore"):
        smallest = smallest_change(center, right, left)
        ladder = Ladder(center, right, left, ups, downs, info, floor, largest, smallest)
        coarse, fine = ladder.rungs(slice(rungs)), ladder.rungs(slice(rungs, None))
        finer, hidden = None, np.zeros(center.shape, bool)
        if len(right) > rungs:  # the coarser ladder has to agree with the finer one
            still = unchanged(fine)
            finer = bounds_nothing(finer_limits(fine), still)
        c, r, s = limits_of(coarse, finer)
        if finer is not None:
            hidden = still & lost_beside_one(r, s, coarse, ups[rungs])
            c, r, s = better(finer, (c, r, s))
            hidden &= (r.value == 0) & (s.value == 0)
        together = (r.value + s.value) / 2
        apart = np.abs(c.value - together) > 2 * (r.bar + s.bar + c.bar)
        bars = r.bar + s.bar
        kink = r.ok & s.ok & (np.abs(r.value - s.value) > 4 * bars)
        # Where the slopes meet but the curvatures do not, the sides are smoother.
        bent = r.ok & s.ok & ~kink & (apart | ~c.ok | (bars < c.bar))
        smooth = r.ok & s.ok & c.ok & ~kink
        # At the edge of where the function is defined, the slope from inside counts.
        no_left, no_right = _nothing(left), _nothing(right)
        inner_right, inner_left = r.ok & no_left & ~no_right, s.ok & no_right & ~no_left
        sides = [kink, bent, smooth, inner_right, inner_left]
        sides = [side & ~hidden for side in sides]
        low, high = np.minimum(r.value, s.value), np.maximum(r.value, s.value)
        return Slopes(
            np.select(sides, [low, together, c.value, r.value, s.value], np.nan),
            np.select(sides, [high, together, c.value, r.value, s.value], np.nan),
            np.select(sides, [bars, bars, c.bar, r.bar, s.bar], np.inf),
            np.select(sides, [KINK, SMOOTH, SMOOTH, SMOOTH, SMOOTH], UNKNOWN),
        )


def _nothing(values: Array) -> Array:
    """Where there is no finite value on the finest rungs that there are."""
    return ~np.isfinite(values[-TINY:]).any(axis=0)


def full(dtype: Any) -> int:
    """The number of rungs down to where rounding takes over."""
    return 18 if np.finfo(dtype).eps < 1e-17 else 14


def smallest_size(arrays: Sequence[Array]) -> float:
    """The smallest size of a number other than 0, or 1 if there is none."""
    sizes = [np.abs(np.asarray(a, float)).ravel() for a in arrays]
    together = np.concatenate([np.ones(1), *sizes])
    return float(together[together > 0].min())
