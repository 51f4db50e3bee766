"""Limits of difference quotients on a ladder of steps, by Neville's rule, with error bars."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import Any, TypeAlias

import numpy as np

from autograd_core.values import Array

RATIO = 3  # of neighbouring steps, as a power of two
DEPTH = 3  # corrections of Neville's rule
ROUGH = 2.0**-10  # of the size of values, on the finest rungs
STAIRS = 2.0**-30  # of the size of values: nobody means stairs that are lower
MULTIPLES = 2.0**40  # larger ones are whole numbers in any case
GROWTH = 1.2  # quotients that grow so much on each of the finest rungs have no limit


@dataclass
class Limit:
    """Limits of quotients, their error bars, and whether they can be told."""

    value: Array
    bar: Array
    ok: Array
    lowest: Array  # no rung admits less ...
    highest: Array  # ... or more


Limits: TypeAlias = tuple[Limit, Limit, Limit]
"""Across, to the right, and to the left."""


@dataclass
class Ladder:
    """Values at a point and to both sides of it, and what is known of their rounding.

    `center` has shape S, `right` and `left` (rungs, *S), and `ups` and `downs`, the steps really
    taken, shapes that broadcast to those. `info` (np.finfo) is of the type in which the values
    were really computed, `floor` the least size of what was rounded, `largest` the largest input,
    and `smallest` the smallest change of a value that any step makes.
    """

    center: Array
    right: Array
    left: Array
    ups: Array
    downs: Array
    info: Any
    floor: float
    largest: Any
    smallest: Array

    def rungs(self, part: slice) -> Ladder:
        """The same with some of the rungs."""
        some = (a[part] for a in (self.right, self.left, self.ups, self.downs))
        right, left, ups, downs = some
        return replace(self, right=right, left=left, ups=ups, downs=downs)

    def values(self, there: Array) -> Ladder:
        """The same with the values alone for which `there` holds."""
        sides = (self.right, self.left, self.ups, self.downs)
        right, left, ups, downs = (np.broadcast_to(a, self.right.shape)[:, there] for a in sides)
        return replace(
            self,
            center=self.center[there],
            right=right,
            left=left,
            ups=ups,
            downs=downs,
            largest=np.broadcast_to(self.largest, there.shape)[there],
            smallest=self.smallest[there],
        )


def limits_of(ladder: Ladder, finer: Limits | None) -> Limits:
    """The limits across, to the right and to the left."""
    center, right, left, info = ladder.center, ladder.right, ladder.left, ladder.info
    ups, downs, step = ladder.ups, ladder.downs, (ladder.ups + ladder.downs) / 2
    up, down = (right - center) / ups, (center - left) / downs
    across = (right - left) / (2 * step)
    size = np.fmax(np.fmax(np.abs(right), np.abs(left)), np.abs(center))
    rough = _roughness(center, right, left, across, step)
    # So rough is no rounding: there is a jump, or a wave shorter than the finest step.
    resolved = rough <= ROUGH * np.fmax.reduce(size, axis=0)
    rough = np.maximum(rough, _quantum(ladder, size))
    # Subnormal numbers take a hundred times as long; in longdouble this is as good as nothing.
    least = max(4 * info.smallest_subnormal, info.dtype.type(2) ** -4096)
    rounding = 4 * info.eps * np.maximum(size, ladder.floor) + least + rough
    a, b = (None, None) if finer is None else (finer[0], _together(*finer[1:]))
    sides, steps = np.stack([up, down], 1), np.stack([ups, downs], 1)
    one_sided = _limit(sides, rounding[:, None] / steps, steps, 1, resolved, b)
    return _limit(across, rounding / step, step, 2, resolved, a), *_apart(one_sided)


def _together(right: Limit, left: Limit) -> Limit:
    """Both sides as one limit: NumPy takes hardly longer for twice the numbers."""
    pairs = zip(_fields(right), _fields(left), strict=True)
    return Limit(*(np.stack(pair) for pair in pairs))


def _apart(both: Limit) -> tuple[Limit, Limit]:
    fields = _fields(both)
    return Limit(*(f[0] for f in fields)), Limit(*(f[1] for f in fields))


def _fields(limit: Limit) -> tuple[Array, ...]:
    return limit.value, limit.bar, limit.ok, limit.lowest, limit.highest


def finer_limits(ladder: Ladder) -> Limits:
    """The limits of a ladder that most values do not have."""
    there = (np.isfinite(ladder.right) | np.isfinite(ladder.left)).any(axis=0)
    limits = limits_of(ladder.values(there), None)

    def everywhere(limit: Limit) -> Limit:
        def put(values: Array, otherwise: float | bool) -> Array:
            result = np.full(there.shape, otherwise, values.dtype)
            result[there] = values
            return result

        return Limit(
            put(limit.value, np.nan),
            put(limit.bar, np.inf),
            put(limit.ok, False),
            put(limit.lowest, -np.inf),
            put(limit.highest, np.inf),
        )

    across, to_right, to_left = map(everywhere, limits)
    return across, to_right, to_left


def unchanged(ladder: Ladder) -> Array:
    """Where no step of a ladder changes a value."""
    right, left, center = ladder.right, ladder.left, ladder.center
    same_right, same_left = (((v == center) | np.isnan(v)).all(axis=0) for v in (right, left))
    there = np.isfinite(right).any(axis=0) | np.isfinite(left).any(axis=0)
    return np.asarray(same_right & same_left & there)


def bounds_nothing(finer: Limits, still: Array) -> Limits:
    """The limits of a ladder, which contradict no coarser one where its values stand still."""
    across, right, left = (
        replace(
            limit,
            lowest=np.where(still, -np.inf, limit.lowest),
            highest=np.where(still, np.inf, limit.highest),
        )
        for limit in finer
    )
    return across, right, left


def lost_beside_one(right: Limit, left: Limit, ladder: Ladder, step: Array) -> Array:
    """Where there is a slope whose change along a step is lost beside numbers of ordinary size.

    A value of 0 may be what is left of two ones: finer steps don't change it, whatever its slope.
    """
    above, below, center = ladder.right, ladder.left, ladder.center
    size = np.fmax.reduce(np.fmax(np.fmax(np.abs(above), np.abs(below)), np.abs(center)), axis=0)
    least = ladder.info.eps * np.maximum(1, size) / step  # the slope of a change that is seen
    up, down = (s.ok & (s.value != 0) & (np.abs(s.value) < least) for s in (right, left))
    no_up, no_down = (~np.isfinite(values).any(axis=0) for values in (above, below))
    meet = np.abs(right.value - left.value) <= 4 * (right.bar + left.bar)  # else it is a bend
    return np.asarray((up & down & meet) | (up & no_down) | (down & no_up))


def better(fine: Limits, coarse: Limits) -> Limits:
    """Of two ladders the more precise: the coarse one only where both its sides can be told."""
    told = coarse[1].ok & coarse[2].ok
    more = coarse[1].bar + coarse[2].bar <= fine[1].bar + fine[2].bar
    use = told & (more | ~(fine[1].ok & fine[2].ok)) | ~(fine[1].ok | fine[2].ok)
    return tuple(
        Limit(
            np.where(use, b.value, a.value),
            np.where(use, b.bar, a.bar),
            np.where(use, b.ok, a.ok),
            a.lowest,
            a.highest,
        )
        for a, b in zip(fine, coarse, strict=True)
    )  # type: ignore[return-value]


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


def smallest_change(center: Array, right: Array, left: Array) -> Array:
    """The smallest change of a value that any step makes; infinite if none makes any."""
    change = np.fmax(np.abs(right - center), np.abs(left - center))
    smallest: Array = np.fmin.reduce(np.where(change > 0, change, np.inf), axis=0)
    return smallest


def _quantum(ladder: Ladder, size: Array) -> Array:
    """The smallest change of a value, where the finest steps change nothing.

    If it is as small as rounding of numbers of ordinary size, or of the `largest` input or its
    square, that is what it is: the values come in quanta. So it is if all changes are multiples
    of it: larger numbers have cancelled. If not, the function is constant there.
    """
    center, right, left, smallest = ladder.center, ladder.right, ladder.left, ladder.smallest
    plateau = (right[-1] == center) & (left[-1] == center)
    sizes = np.maximum(1, np.fmax.reduce(size, axis=0))
    inside = ladder.largest * np.maximum(1, ladder.largest)
    small = smallest <= 64 * ladder.info.eps * np.maximum(sizes, inside)
    perhaps = plateau & ~small & (smallest <= STAIRS * sizes)
    if perhaps.any():
        steps = [np.abs(values[:, perhaps] - center[perhaps]) for values in (right, left)]
        small[perhaps] = _multiples(np.concatenate(steps))
    return np.where(plateau & small, 2 * smallest, 0)


def _multiples(changes: Array) -> Array:
    """Whether changes, of which there must be some, are whole multiples of the smallest."""
    smallest = np.where(changes > 0, changes, np.inf).min(axis=0)
    ratio = changes / smallest
    counted = (ratio > 0) & (ratio < MULTIPLES)
    whole = np.abs(ratio - np.rint(ratio)) < 1e-3
    return np.asarray((whole | ~counted).all(axis=0) & (counted.sum(axis=0) >= 4))


def _limit(
    quotients: Array, noise: Array, step: Array, power: int, resolved: Array, finer: Limit | None
) -> Limit:
    """The limit of quotients for step to 0, its error bar, and whether finer rungs agree.

    Neville's rule for q(h) = c + c1 h ** power + c2 h ** (2 power) + ... While quotients change
    as these powers do, the last correction bounds the error. Where they fall off more slowly, as
    those of x ** 2.5 at 0, the rule gains nothing, and the last change is the bound instead.
    """
    good = np.isfinite(quotients) & np.isfinite(noise)
    # Arithmetic with nan and infinity takes a hundred times as long in longdouble.
    table, noise = np.where(good, quotients, 0), np.where(good, noise, 0)
    best = np.zeros_like(table)
    bar = np.full_like(table, np.inf)
    told = np.zeros(table.shape, bool)  # and not where quotients do not come to rest
    for j in range(1, DEPTH + 1):
        good = good[1:] & good[:-1]
        change = table[1:] - table[:-1]
        gain = (step[:-j] / step[j:]) ** power - 1
        table = table[1:] + change / gain
        change = np.abs(change)
        before = np.concatenate([0 * change[:1], change[:-1]])
        as_powers = change <= 2 * before * 2.0 ** (-RATIO * power * j)
        error = np.where(as_powers, change / gain, change) + 1.5 * noise[j:]
        rests = as_powers | (change <= before / 2) | (change <= 4 * noise[j:])
        better = good & (error < bar[j:])
        best[j:] = np.where(better, table, best[j:])
        bar[j:] = np.where(better, error, bar[j:])
        told[j:] = np.where(better, rests, told[j:])
    best, bar, noise, told = best[1:], bar[1:], noise[1:], told[1:]
    known = np.isfinite(bar)
    bar = np.where(known, bar + 4 * np.finfo(quotients.dtype).eps * np.abs(best), np.inf)
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
    agrees = (told & known)[:-1] & (count[1:] >= 2) & resolved
    agrees &= (best + 2 * bar)[:-1] >= lowest[1 : n + 1]
    agrees &= (best - 2 * bar)[:-1] <= highest[1 : n + 1]
    finest = np.abs(quotients[-5:])
    grows = (finest[1:] > GROWTH * finest[:-1]).all(axis=0)
    agrees &= ~(grows & (np.diff(np.sign(quotients[-5:]), axis=0) == 0).all(axis=0))
    error = np.where(agrees, bar[:-1], np.inf)
    k = np.argmin(error, axis=0)[None]
    value, error, ok = (np.take_along_axis(a, k, 0)[0] for a in (best, bar, agrees))
    return Limit(value, error, ok, lowest[0], highest[0])
