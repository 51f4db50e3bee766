"""Kinks: the slopes around a point, and gradients that are wrong along several entries only."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np

from autograd_core.testing.numeric import Numeric, attempt, cast
from autograd_core.testing.points import SAFETY, ULPS, Finding, Point
from autograd_core.testing.slopes import KINK, UNKNOWN, Slopes, smallest_size
from autograd_core.testing.subjects import Arrays
from autograd_core.values import Array

if TYPE_CHECKING:
    from autograd_core.testing.claims import Claims


JUMP = 1e-3  # of a value: what changes by less beside the point is no jump


def around(
    numeric: Numeric,
    direction: Arrays,
    weights: Array,
    rng: np.random.Generator,
    samples: int,
) -> tuple[float, float, float]:
    """The hull of the slopes at points around, along a direction, and how rough it is."""
    inputs, dtype = numeric.inputs, numeric.precision.dtype
    sizes = entry_sizes(inputs)
    near = dtype(numeric.precision.eps**0.4)
    length = dtype(1e5 * numeric.precision.eps) * max(
        [s[d != 0].max() for s, d in zip(sizes, direction, strict=True) if np.any(d)]
    )
    found, alone = [], False
    for offsets in neighbours(inputs, rng, samples):
        jumps = beyond_jump(numeric, near, sizes, offsets)
        if jumps.all():
            alone = True
            continue
        values = []
        for sign in (1, -1):
            at = tuple(
                x + near * s * o + sign * length * d if x.dtype.kind == "f" else x
                for x, s, o, d in zip(inputs, sizes, offsets, direction, strict=True)
            )
            values.append(attempt(numeric.subject, at))
        above, below = values
        if above is not None and below is not None and above.shape == below.shape:
            slope = ((above - below) / (2 * length)).ravel()
            if np.isfinite(slope).all():
                found.append(np.where(jumps, np.nan, slope))
    if not found and not alone:
        return -np.inf, np.inf, 0.0
    if not found or np.isnan(found).all(axis=0).any():  # a value by itself: there is no hull
        return np.inf, -np.inf, 0.0
    low, high = weights * np.nanmin(found, axis=0), weights * np.nanmax(found, axis=0)
    rough = (2e-4 + 8 * float(near)) * float(np.fmax(np.abs(low), np.abs(high)).sum())
    return float(np.minimum(low, high).sum()), float(np.maximum(low, high).sum()), rough


def beyond_jump(numeric: Numeric, near: Any, sizes: list[Array], offsets: Arrays) -> Array:
    """Which outputs jump between the point and one near by, whose slopes are not the point's.

    A value that changes continuously comes closer as the point does.
    """
    center = numeric.value.ravel()
    changes = []
    for closer in (1.0, 2.0**-10):
        value = attempt(
            numeric.subject,
            tuple(
                x + near * x.dtype.type(closer) * s * o if x.dtype.kind == "f" else x
                for x, s, o in zip(numeric.inputs, sizes, offsets, strict=True)
            ),
        )
        if value is None or value.size != center.size:
            return np.zeros(center.shape, bool)
        changes.append(np.abs(value.ravel() - center))
        if (changes[0] <= JUMP * np.abs(center)).all():
            return np.zeros(center.shape, bool)
    return (changes[0] > JUMP * np.abs(center)) & (changes[1] > changes[0] / 2)


def neighbours(inputs: Arrays, rng: np.random.Generator, samples: int) -> list[Arrays]:
    """Offsets around a point: at random, and with each entry in turn above or below."""
    found = [tuple(np.array(rng.normal(size=x.shape)) for x in inputs) for _ in range(samples)]
    entries = [(i, j) for i, x in enumerate(inputs) if x.dtype.kind == "f" for j in range(x.size)]
    for i, j in entries[:16]:
        for sign in (-4.0, 4.0):
            offsets = tuple(np.array(rng.normal(size=x.shape)) for x in inputs)
            offsets[i].reshape(-1)[j] = sign
            found.append(offsets)
    return found


def jointly(claims: Claims, jacobians: dict[int, Slopes]) -> Finding | None:
    """A wrong gradient at a kink that only a direction through several entries shows."""
    kinks = {
        i: ((s.kind == KINK) & (claims.weights[None] != 0)).any(axis=-1)
        for i, s in jacobians.items()
    }
    rows = np.any([k.any(axis=0) for k in kinks.values()], axis=0) if kinks else np.zeros(0)
    several = np.argwhere(rows).ravel()
    for r in claims.rng.permutation(several)[:8]:
        point = claims.point.row(int(r))
        numeric = point.numeric()
        row = slice(r, r + 1)
        claimed = [g[row] if claims.point.rows else g for g in claims.gradients]
        if rounding_alone(point, numeric) or not resolved(claims, numeric, jacobians, kinks, row):
            continue
        for direction in directions(claims, point, kinks, int(r)):
            value = float(
                np.sum(
                    [np.sum(np.asarray(claimed[i], np.longdouble) * direction[i]) for i in kinks]
                )
            )
            parts = [
                np.abs(np.asarray(claimed[i], np.longdouble) * direction[i]).sum() for i in kinks
            ]
            rounding = ULPS * float(claims.info.eps) * float(np.sum(parts))
            at_point = numeric.along(direction).contracted(claims.weights[row])
            if at_point.kind[0] == UNKNOWN:
                continue
            for samples in (12, 200):
                low, high, rough = around(
                    numeric, direction, claims.weights[row][0], claims.rng, samples
                )
                low = min(low, float(at_point.low[0]))
                high = max(high, float(at_point.high[0]))
                rough = max(rough, SAFETY * float(at_point.bar[0])) + rounding
                if not np.isfinite(low) or low - rough <= value <= high + rough:
                    break
            else:
                i = next(iter(kinks))
                return Finding(i, (), value, low, high, rough, claims.upstream, direction[i])
    return None


def rounding_alone(point: Point, numeric: Numeric) -> bool:
    """Whether a value, which the gradient is given, is another one in high precision.

    So is the standard deviation of equal numbers whose mean is rounded.
    """
    value = attempt(point.subject, point.inputs)
    if value is None:
        return True
    value = value.reshape(numeric.value.shape)
    return bool((np.abs(value - numeric.value) > np.abs(value) / 8).any())


def resolved(
    claims: Claims,
    numeric: Numeric,
    jacobians: dict[int, Slopes],
    kinks: dict[int, Array],
    row: slice,
) -> bool:
    """Whether slopes around the point, along an entry at a kink, are those at the kink.

    If not, the kink is the coarse view of something smaller, or another one is near.
    """
    for i, kink in kinks.items():
        for j in np.argwhere(kink[:, row.start]).ravel()[:2]:
            here = jacobians[i].contracted(claims.weights[None])
            low, high = float(here.low[j, row.start]), float(here.high[j, row.start])
            direction = tuple(np.zeros(x.shape) for x in numeric.inputs)
            direction[i].reshape(-1)[j] = 1
            found_low, found_high, rough = around(
                numeric, direction, claims.weights[row][0], claims.rng, 24
            )
            slack = 10 * rough + SAFETY * float(here.bar[j, row.start])
            if found_high - found_low < 0.5 * (high - low) - slack:
                return False
            if found_low < low - slack or found_high > high + slack:
                return False
    return True


def directions(claims: Claims, point: Point, kinks: dict[int, Array], r: int) -> list[Arrays]:
    """All entries at a kink together, and a few others through them."""
    at_kink = []
    for i, x in enumerate(point.inputs):
        mask = np.zeros(x.shape)
        if i in kinks:
            mask = kinks[i][:, r].reshape(x.shape).astype(float)
        at_kink.append(mask)
    # Entries of one size: with another, a step along the direction would cross other kinks.
    sizes = entry_sizes(cast(point.inputs, claims.numeric.precision.dtype))
    there = [s[m != 0] for s, m in zip(sizes, at_kink, strict=True)]
    size = claims.rng.choice(np.concatenate([a.ravel() for a in there]))
    ones = tuple(m * (s == size) for m, s in zip(at_kink, sizes, strict=True))
    some = tuple(m * claims.rng.integers(-2, 3, m.shape) for m in ones)
    half = tuple(m * claims.rng.integers(0, 2, m.shape) for m in ones)
    return [d for d in (ones, some, half) if any(np.any(m) for m in d)]


def entry_sizes(inputs: Arrays) -> list[Array]:
    """|x| of each entry, and for an x = 0 the smallest other size."""
    scale = smallest_size([x for x in inputs if x.dtype.kind == "f"])
    return [np.where(x == 0, scale, np.abs(x)) if x.dtype.kind == "f" else x for x in inputs]
