"""Slopes from values alone: difference quotients on a ladder of steps, with error bars.

Each rung of the ladder is an eighth of the one before. The quotients to the right, to the left
and across are extrapolated to step 0 by Neville's rule; the last correction bounds the
truncation, the precision of the values and their roughness on the finest rungs bound the
rounding. An estimate counts only if every finer rung agrees with it, so that a bend 1e-10 away
does not pass as a slope of one half.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np

from autograd_core.values import Array

UNKNOWN, SMOOTH, KINK = 0, 1, 2
RATIO = 3  # of neighbouring steps, as a power of two
DEPTH = 3  # corrections of Neville's rule
ROUGH = 2.0**-10  # of the size of values, on the finest rungs
SHORT = 9  # rungs, where numbers are ordinary
TINY = 12  # rungs more for tiny numbers
GROWTH = 1.2  # quotients that grow so much on each of the finest rungs have no limit


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
) -> Slopes:
    """The slopes of values at a point, from the values `right` and `left` of it.

    `center` has shape S, `right` and `left` (rungs or more, *S); `ups` and `downs` are the steps
    really taken, in shapes that broadcast to those. `info` (np.finfo) is of the type in which
    the values were really computed, and `floor` the least size of what was rounded. Where a value
    is not finite there is no slope.
    """
    with np.errstate(all="ignore"):
        smallest = _smallest_change(center, right, left)
        parts = [slice(0, rungs)]
        if len(right) > rungs:
            parts = [slice(rungs, None), *parts]
        finer = None
        found: list[tuple[_Limit, _Limit, _Limit]] = []
        for part in parts:  # the finer ladder first: the coarser one has to agree with it
            limits = _limits(
                center,
                right[part],
                left[part],
                ups[part],
                downs[part],
                info,
                floor,
                finer,
                smallest,
            )
            found.append(limits)
            finer = limits
        c, r, s = found[0] if len(found) == 1 else _better(*found)
        together = (r.value + s.value) / 2
        apart = np.abs(c.value - together) > 2 * (r.bar + s.bar + c.bar)
        bars = r.bar + s.bar
        kink = r.ok & s.ok & (np.abs(r.value - s.value) > 4 * bars)
        # Where the slopes meet but the curvatures do not, only the sides are smooth.
        bent = r.ok & s.ok & ~kink & (apart | ~c.ok)
        smooth = r.ok & s.ok & c.ok & ~kink
        # At the edge of where the function is defined, the slope from inside counts.
        no_left, no_right = _nothing(left), _nothing(right)
        inner_right, inner_left = r.ok & no_left & ~no_right, s.ok & no_right & ~no_left
        sides = [kink, bent, smooth, inner_right, inner_left]
        low, high = np.minimum(r.value, s.value), np.maximum(r.value, s.value)
        return Slopes(
            np.select(sides, [low, together, c.value, r.value, s.value], np.nan),
            np.select(sides, [high, together, c.value, r.value, s.value], np.nan),
            np.select(sides, [bars, bars, c.bar, r.bar, s.bar], np.inf),
            np.select(sides, [KINK, SMOOTH, SMOOTH, SMOOTH, SMOOTH], UNKNOWN),
        )


@dataclass
class _Limit:
    """Limits of quotients, their error bars, and whether they can be told."""

    value: Array
    bar: Array
    ok: Array
    lowest: Array  # no rung admits less ...
    highest: Array  # ... or more


def _limits(
    center: Array,
    right: Array,
    left: Array,
    ups: Array,
    downs: Array,
    info: Any,
    floor: float,
    finer: tuple[_Limit, _Limit, _Limit] | None,
    smallest: Array,
) -> tuple[_Limit, _Limit, _Limit]:
    """The limits across, to the right and to the left, of one ladder."""
    up, down, step = (right - center) / ups, (center - left) / downs, (ups + downs) / 2
    across = (right - left) / (2 * step)
    size = np.fmax(np.fmax(np.abs(right), np.abs(left)), np.abs(center))
    rough = _roughness(center, right, left, across, step)
    # So rough is no rounding: there is a jump, or a wave shorter than the finest step.
    resolved = rough <= ROUGH * np.fmax.reduce(size, axis=0)
    rough = np.maximum(rough, _quantum(center, right, left, size, info, smallest))
    rounding = 4 * info.eps * np.maximum(size, floor) + 4 * info.smallest_subnormal + rough
    a, b, c = finer if finer is not None else (None, None, None)
    return (
        _limit(across, rounding / step, step, 2, resolved, a),
        _limit(up, rounding / ups, ups, 1, resolved, b),
        _limit(down, rounding / downs, downs, 1, resolved, c),
    )


def _better(
    fine: tuple[_Limit, _Limit, _Limit], coarse: tuple[_Limit, _Limit, _Limit]
) -> tuple[_Limit, _Limit, _Limit]:
    """Of two ladders the more precise: the coarse one only where both its sides can be told."""
    told = coarse[1].ok & coarse[2].ok
    more = coarse[1].bar + coarse[2].bar <= fine[1].bar + fine[2].bar
    use = told & (more | ~(fine[1].ok & fine[2].ok)) | ~(fine[1].ok | fine[2].ok)
    return tuple(
        _Limit(
            np.where(use, b.value, a.value),
            np.where(use, b.bar, a.bar),
            np.where(use, b.ok, a.ok),
            a.lowest,
            a.highest,
        )
        for a, b in zip(fine, coarse, strict=True)
    )  # type: ignore[return-value]


def _nothing(values: Array) -> Array:
    """Where there is no finite value on the finest rungs that there are."""
    return ~np.isfinite(values[-TINY:]).any(axis=0)


def _roughness(center: Array, right: Array, left: Array, across: Array, step: Array) -> Array:
    """How far the values on the finest rungs are from a straight line.

    What is smaller on these than on the three before, as steps are, is no rounding.
    """
    bend = np.abs((right - center) - (center - left))
    jitter = np.abs(np.diff(across, axis=0)) * step[1:]

    def rough(rungs: slice) -> Array:
        largest = np.fmax.reduce(np.concatenate([bend[rungs], jitter[rungs]]), axis=0)
        return np.where(np.isfinite(largest), 2 * largest, 0)

    finest, before = rough(slice(-3, None)), rough(slice(-6, -3))
    return np.where(64 * finest < before, 0, finest)


def _smallest_change(center: Array, right: Array, left: Array) -> Array:
    """The smallest change of a value that any step makes; infinite if none makes any."""
    change = np.fmax(np.abs(right - center), np.abs(left - center))
    smallest: Array = np.fmin.reduce(np.where(change > 0, change, np.inf), axis=0)
    return smallest


def _quantum(
    center: Array, right: Array, left: Array, size: Array, info: Any, smallest: Array
) -> Array:
    """The smallest change of a value, where the finest steps change nothing.

    If it is as small as rounding of numbers of ordinary size, that is what it is: the values
    come in quanta. If not, the function is constant there.
    """
    plateau = (right[-1] == center) & (left[-1] == center)
    rounding = 64 * info.eps * np.maximum(1, np.fmax.reduce(size, axis=0))
    return np.where(plateau & (smallest <= rounding), 2 * smallest, 0)


def _limit(
    quotients: Array, noise: Array, step: Array, power: int, resolved: Array, finer: _Limit | None
) -> _Limit:
    """The limit of quotients for step to 0, its error bar, and whether finer rungs agree.

    Neville's rule for q(h) = c + c1 h ** power + c2 h ** (2 power) + ...
    """
    step = np.broadcast_to(step, quotients.shape)
    previous = quotients
    best = np.full_like(quotients, np.nan)
    bar = np.full_like(quotients, np.inf)
    for j in range(1, DEPTH + 1):
        gain = (step[:-j] / step[j:]) ** power - 1
        correction = (previous[j:] - previous[j - 1 : -1]) / gain
        current = np.full_like(quotients, np.nan)
        current[j:] = previous[j:] + correction
        error = np.full_like(quotients, np.inf)
        error[j:] = np.where(np.isnan(correction), np.inf, np.abs(correction) + 1.5 * noise[j:])
        better = error < bar
        best, bar = np.where(better, current, best), np.where(better, error, bar)
        previous = current
    bar = bar + 4 * np.finfo(quotients.dtype).eps * np.abs(best)
    known = np.isfinite(bar) & np.isfinite(best)
    # Of a finer rung only the rounding excuses a difference: its truncation is smaller.
    low = np.where(known, best - 4 * noise, -np.inf)
    high = np.where(known, best + 4 * noise, np.inf)
    if finer is not None:
        low = np.concatenate([low, finer.lowest[None]])
        high = np.concatenate([high, finer.highest[None]])
    lowest = np.maximum.accumulate(low[::-1], axis=0)[::-1]
    highest = np.minimum.accumulate(high[::-1], axis=0)[::-1]
    count = np.cumsum(known[::-1], axis=0)[::-1]
    n = len(best) - 1
    agrees = known[:-1] & (count[1:] >= 2) & resolved
    agrees &= (best + 2 * bar)[:-1] >= lowest[1 : n + 1]
    agrees &= (best - 2 * bar)[:-1] <= highest[1 : n + 1]
    finest = np.abs(quotients[-5:])
    grows = (finest[1:] > GROWTH * finest[:-1]).all(axis=0)
    agrees &= ~(grows & (np.diff(np.sign(quotients[-5:]), axis=0) == 0).all(axis=0))
    error = np.where(agrees, bar[:-1], np.inf)
    k = np.argmin(error, axis=0)[None]
    value, error, ok = (np.take_along_axis(a, k, 0)[0] for a in (best, bar, agrees))
    return _Limit(value, error, ok, lowest[0], highest[0])


def full(dtype: Any) -> int:
    """The number of rungs down to where rounding takes over."""
    return 18 if np.finfo(dtype).eps < 1e-17 else 14


def smallest_size(arrays: Sequence[Array]) -> float:
    """The smallest size of a number other than 0, or 1 if there is none."""
    sizes = [np.abs(np.asarray(a, float)).ravel() for a in arrays]
    together = np.concatenate([np.ones(1), *sizes])
    return float(together[together > 0].min())
