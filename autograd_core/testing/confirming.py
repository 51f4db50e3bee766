"""A second look at what seems wrong: other steps, points around, and the high precision."""

from __future__ import annotations

import numpy as np

from autograd_core.testing.claims import Claims
from autograd_core.testing.kinks import around
from autograd_core.testing.numeric import REFUSED, Numeric
from autograd_core.testing.points import SAFETY, ULPS, outside
from autograd_core.testing.slopes import UNKNOWN, Slopes

SMALL_BIAS = 1e-6  # of a slope: what a step adds to 1 in second order is lost


def confirmed(claims: Claims, i: int, j: int, r: int, claimed: float) -> bool:
    """Is the entry wrong on a second ladder too, and unlike all slopes around the point?"""
    point = claims.point.row(r)
    numeric = point.numeric()
    row = slice(r, r + 1)
    again = numeric.jacobian(i, [j], shift=1).contracted(claims.weights[None, row])
    if again.kind[0, 0] == UNKNOWN:
        return wrong_in_precision(claims, i, j, r, claimed)
    finite = bool(np.isfinite(claimed))
    bar = SAFETY * again.bar + ULPS * claims.info.eps * (abs(claimed) if finite else 0)
    if not outside(np.array([[claimed]]), again, bar, claims.info)[0, 0]:
        return wrong_in_precision(claims, i, j, r, claimed)
    if finite and in_quanta(claims, numeric, i, j, row, claimed, again):
        return False
    if at_zero(claims, i, j, r, claimed, again):
        return False
    direction = tuple(np.zeros(x.shape) for x in point.inputs)
    direction[i].reshape(-1)[j] = 1
    low, high, rough = around(numeric, direction, claims.weights[row][0], claims.rng, 24)
    return not (low - rough <= claimed <= high + rough and high - low > rough)


def at_zero(claims: Claims, i: int, j: int, r: int, claimed: float, again: Slopes) -> bool:
    """Whether the slope may be that at 0, and is so by the gradient in high precision.

    Beside the longest steps a tiny number is nothing; and where a value is the same on both
    sides of 0, the quotients across are 0 for all of these.
    """
    inputs, upstream = claims.high()
    x = inputs[i].reshape(claims.count, -1)
    eps = float(np.finfo(claims.numeric.precision.kind).eps)
    exact = claims.entry(claims.in_high_precision()[i], j, r)
    if not 0 < abs(x[r, j]) < eps or not abs(claimed - exact) <= 1e-3 * abs(exact):
        return False
    x[r, j] = 0
    try:
        gradient = claims.point.subject.pull(upstream, inputs)[i].reshape(claims.count, -1)
    except REFUSED:
        return False
    bar = SAFETY * again.bar
    return not outside(gradient[r : r + 1, j : j + 1], again, bar, claims.info)[0, 0]


def in_quanta(
    claims: Claims, numeric: Numeric, i: int, j: int, row: slice, claimed: float, tight: Slopes
) -> bool:
    """Whether the slope is an artefact of rounding numbers of size 1 inside the forward.

    What such a number adds changes in quanta, so that fine steps see another slope. So it does if
    the number is of the size of the largest input, or of its square. If one
    in which rounding counts more contradicts it, and agrees with the gradient, that is it. So it
    is if the gradient is off by little: steps of a power of two from a number of size 1 are so
    regularly rounded that no error shows.
    """
    off = np.abs(claimed - np.clip(claimed, tight.low, tight.high))
    near = off[0, 0] <= SMALL_BIAS * abs(claimed)
    largest = max(1.0, float(numeric.largest.max()))
    square = largest**2 if largest < 1e150 else largest
    for floor in dict.fromkeys((1.0, min(largest, 32.0), largest, square)):
        numeric.floor = floor
        loose = numeric.jacobian(i, [j], shift=1).contracted(claims.weights[None, row])
        numeric.floor = 0.0
        if loose.kind[0, 0] == UNKNOWN:
            continue
        bar = SAFETY * (loose.bar + tight.bar)
        contradicts = (tight.low > loose.high + bar) | (tight.high < loose.low - bar)
        tolerance = bar + ULPS * claims.info.eps * np.abs(claimed)
        agrees = not outside(np.array([[claimed]]), loose, tolerance, claims.info)[0, 0]
        if agrees and (contradicts[0, 0] or near):
            return True
    return False


def wrong_in_precision(claims: Claims, i: int, j: int, r: int, claimed: float) -> bool:
    """Where slopes can't tell: does the high precision contradict, beyond a unit's noise?"""
    exact = claims.entry(claims.in_high_precision()[i], j, r)
    if not np.isfinite(exact) or abs(claimed - exact) <= 1e-3 * abs(exact):
        return False
    low, high = (claims.entry(g, j, r) for g in claims.branches()[i])
    return not low - 1e-3 * abs(low) <= claimed <= high + 1e-3 * abs(high)
