"""Analytic gradients against numeric slopes at one point, without a tolerance to choose.

A gradient may differ from the numeric slope by the error bar of that slope, by a few units in
the last place of what is summed, and by what rounding of its arguments would do to it. What
differs by more is looked at again, on a second ladder and around the point, before it is
called a fault.
"""

from __future__ import annotations

import numpy as np

from autograd_core.testing.claims import Claims
from autograd_core.testing.confirming import confirmed
from autograd_core.testing.kinks import jointly
from autograd_core.testing.numeric import Numeric, attempt
from autograd_core.testing.points import SAFETY, ULPS, Finding, Point, outside, underflow
from autograd_core.testing.slopes import UNKNOWN, Slopes
from autograd_core.values import Array

NOISE = 2048  # units in the last place: more has not come from rounding numbers of ordinary size
ELSEWHERE = 40  # other places, by which it is told whether a value depends on an entry at all
LITTLE = 1e-3  # of the largest entry of a gradient


def judge(
    point: Point, upstreams: list[Array], rng: np.random.Generator
) -> tuple[list[Finding], int]:
    """The wrong entries (the first of each input), and how many could not be judged."""
    numeric = point.numeric(point.short)
    jacobians = {i: numeric.jacobian(i) for i in point.wanted if point.inputs[i].size}
    strange = unlike(attempt(point.subject, point.inputs), numeric)
    for jacobian in jacobians.values():
        jacobian.kind[:, strange] = UNKNOWN
    findings: list[Finding] = []
    unknown = 0
    for upstream in upstreams:
        gradients = point.subject.pull(upstream, point.inputs)
        claims = Claims(point, numeric, upstream, gradients, rng)
        claims.strange = strange.any(axis=1)
        for i, jacobian in jacobians.items():
            found, missing = compare(claims, i, jacobian)
            unknown = max(unknown, missing)
            if found is not None:
                findings.append(found)
        if not findings and upstream is upstreams[0]:
            found = jointly(claims, jacobians)
            if found is not None:
                findings.append(found)
        if findings:
            break
    return findings, unknown


def unlike(output: Array | None, numeric: Numeric) -> Array:
    """Where the value in working precision is not that of which slopes are taken.

    It over- or underflowed or lost all its digits on the way, and so the slopes are not its own.
    """
    if output is None:
        return np.ones(numeric.value.shape, bool)
    info, true = np.finfo(output.dtype), np.abs(numeric.value)
    off = np.abs(output.reshape(true.shape) - numeric.value)
    # Rounding of numbers of ordinary size, or of a value that is itself too small for the type.
    rounding = (off <= ULPS * info.eps) & ((true > info.eps**2) | (true < underflow(info)))
    return ~((off <= 1e-2 * true) | rounding)


def absorbed(numeric: Numeric, i: int) -> Array:
    """For each entry the slope along which its longest step is lost beside the largest input.

    Infinite where the step itself is.
    """
    eps = float(np.finfo(numeric.precision.kind).eps)
    x = np.abs(numeric.inputs[i])
    step = np.maximum(x, 1).reshape(numeric.count, -1) / 8
    rounding = eps * np.maximum(numeric.largest, 1)
    return np.asarray(np.where(rounding > step, np.inf, 4 * rounding / step)).reshape(x.shape)


def lost_beside_others(claims: Claims, i: int) -> Array:
    """Which entries change no value, but would if all numbers were of ordinary size.

    Beside the largest number of its row another one is lost: so may be what depends on both, as
    is (a - b)^2 - (a - c)^2 for an a that is large.
    """
    numeric, inputs = claims.numeric, claims.numeric.inputs
    sizes = [np.abs(x).reshape(claims.count, -1) for x in inputs if x.dtype.kind == "f"]
    together = np.concatenate(sizes, axis=1)
    smallest = np.where(together > 0, together, np.inf).min(axis=1, initial=np.inf)
    eps = float(np.finfo(numeric.precision.kind).eps)
    rows = smallest < eps * numeric.largest[:, 0]
    if not rows.any():
        return np.zeros((1, claims.count), bool)
    used = claims.weights[None] != 0
    met = np.any([numeric.met(i, claims.columns, claims.rng) for _ in range(ELSEWHERE)], axis=0)
    return np.asarray((met & used).any(axis=-1) & rows)


def compare(
    claims: Claims, i: int, jacobian: Slopes, columns: list[int] | None = None
) -> tuple[Finding | None, int]:
    """The first wrong entry of the gradient by input i, and how many can't be judged.

    The Jacobian may be that of some `columns` of the input only.
    """
    claims.columns = columns
    claimed = claims.in_columns(claims.gradients[i])
    hull = jacobian.contracted(claims.weights[None])
    used = claims.weights[None] != 0
    sizes = np.fmax(np.abs(jacobian.low), np.abs(jacobian.high))
    total = np.where(used, np.abs(claims.weights[None]) * sizes, 0).sum(axis=-1)
    # An infinite slope times an upstream of 0 is not a number, and rightly so.
    large = ~(np.fmax(np.abs(jacobian.low), np.abs(jacobian.high)) < claims.info.max / 16)
    beyond = ~np.isfinite(claimed) & ((jacobian.kind == UNKNOWN) | large).any(axis=-1)
    size = np.where(np.isfinite(claimed), np.abs(claimed), 0)
    tolerance = SAFETY * hull.bar + ULPS * claims.info.eps * (size + total)
    judged = (hull.kind != UNKNOWN) & ~beyond
    judged &= np.isfinite(claimed) | (tolerance < claims.info.max / 16)
    off = outside(claimed, hull, tolerance, claims.info) & judged
    if off.any():
        unit = np.abs(claims.weights).max(initial=0)
        unseen = np.abs(claimed) <= unit * claims.in_columns(absorbed(claims.numeric, i))
        unseen |= lost_beside_others(claims, i)
        judged &= ~(off & unseen & (hull.low == 0) & (hull.high == 0))
        off &= judged
    suspect = off | lost_digits(claims, i, claimed, hull, tolerance)
    if suspect.any():
        suspect &= excused(claims, i, claimed, hull, tolerance, jacobian)
        for j, r in some_of(claims, suspect):
            if confirmed(claims, i, claims.column(j), r, claimed[j, r]):
                found = finding(claims, i, j, r, claimed, hull, bool(off[j, r]))
                return found, int((~judged).sum())
    return None, int((~judged).sum())


def some_of(claims: Claims, suspect: Array) -> list[tuple[int, int]]:
    """A few of the suspected entries, of different columns and rows."""
    found = np.argwhere(suspect)
    if len(found) > 6:
        found = found[np.linspace(0, len(found) - 1, 6).astype(int)]
    return [(int(j), int(r)) for j, r in found]


def finding(
    claims: Claims, i: int, j: int, r: int, claimed: Array, hull: Slopes, off_slope: bool
) -> Finding:
    """The entry with what it should be: the slope, or where that tells nothing, the gradient
    in high precision."""
    shape = claims.point.inputs[i].shape
    flat = r * (claims.point.inputs[i].size // claims.count) + claims.column(j)
    entry = tuple(int(k) for k in np.unravel_index(flat, shape)) if shape else ()
    low, high, bar = (float(a[j, r]) for a in (hull.low, hull.high, hull.bar))
    if not off_slope:
        low = high = claims.entry(claims.in_high_precision()[i], claims.column(j), r)
        bar = claims.noise(i, j, r)
    return Finding(i, entry, float(claimed[j, r]), low, high, bar, claims.upstream)


def lost_digits(claims: Claims, i: int, claimed: Array, hull: Slopes, tolerance: Array) -> Array:
    """Where working precision gives something else than high precision.

    For entries where rounding of the forward hides the slope: a gradient in high precision
    that agrees with the slope as far as that is known is the one to compare with.
    """
    blurred = (hull.kind == UNKNOWN) | (tolerance > 1e-3 * np.abs(claimed))
    infinite = ~np.isfinite(claimed)
    hidden = (hull.kind != UNKNOWN) & ~(tolerance < claims.info.max / 16)
    blurred = np.where(infinite, hidden, blurred) & ~claims.strange
    if not blurred.any():
        return blurred
    exact = claims.in_columns(claims.in_high_precision()[i])
    known = np.isfinite(exact) & (np.abs(exact) < claims.info.max / 16)
    known &= (hull.kind == UNKNOWN) | ~outside(exact, hull, tolerance, claims.info)
    off = np.abs(claimed - exact) > ULPS * claims.info.eps * (np.abs(claimed) + np.abs(exact))
    off |= infinite
    # Smaller ones are no ordinary numbers: what they are made of may have underflowed rightly.
    return blurred & known & off & (np.abs(exact) > float(claims.info.tiny) ** 0.75)


def excused(
    claims: Claims, i: int, claimed: Array, hull: Slopes, tolerance: Array, jacobian: Slopes
) -> Array:
    """False where the difference is no more than rounding of the arguments explains."""
    exact = claims.in_columns(claims.in_high_precision()[i])
    by_inputs, by_output, of_output = claims.by_rounding(i)
    # Where the slope is blurred, the high precision decides.
    sharp = (hull.kind != UNKNOWN) & (outside(claimed, hull, tolerance, claims.info))
    true = np.where(sharp, np.clip(claimed, hull.low, hull.high), exact)
    error = np.abs(claimed - true)
    bar = np.where(sharp, tolerance, ULPS * claims.info.eps * (np.abs(claimed) + np.abs(true)))
    # Nor need it be more precise than the value is where that met subnormal numbers on its way.
    tiny = np.abs(true) < float(claims.info.eps) ** 2
    lost = of_output + np.where(tiny, claims.off_by, 0)
    allowed = bar + SAFETY * (by_inputs + lost * np.abs(true))
    # Rounding of the output may lose digits, but all of them only where others are summed up, or
    # if the gradient as a whole loses little.
    zero = (claimed == 0) & (np.abs(true) > underflow(claims.info))
    if zero.any():
        zero &= alone(claims, i, jacobian)
        most = np.where(np.isfinite(exact), np.abs(exact), 0).max(axis=0)
        zero &= (by_output == 0) | (SAFETY * by_output > LITTLE * most)
    # What is lost because a number is as good as 1 is the same near by; other rounding is noise.
    unit = float(claims.info.eps) * float(np.abs(claims.weights).max(initial=0))
    noise = np.minimum(SAFETY * claims.in_columns(claims.scatter(i)), NOISE * unit)
    inside = rounding_inside(claims, error, np.abs(exact - true))
    allowed = np.where(zero, allowed, allowed + SAFETY * by_output + noise + inside)
    return ~np.isfinite(claimed) | (error > allowed)


def rounding_inside(claims: Claims, error: Array, error_in_high_precision: Array) -> Array:
    """What rounding between the operations of a composed function explains, at most.

    Numbers of the upstream's size may cancel there, in high precision too, but by so much less
    as that is more precise.
    """
    if claims.point.subject.operation is not None:
        return np.zeros(error.shape)
    floor = 64 * float(claims.info.eps) * float(np.abs(claims.weights).max(initial=0))
    gain = float(claims.info.eps) / float(np.finfo(claims.numeric.precision.dtype).eps)
    shrinks = (error_in_high_precision * gain <= 64 * error) | (gain <= 1)
    return np.asarray(np.where(shrinks, floor, 0))


def alone(claims: Claims, i: int, jacobian: Slopes) -> Array:
    """Where an entry meets one output only: nothing is summed up that could cancel."""
    some = (jacobian.low != 0) | (jacobian.high != 0)
    few = some.sum(axis=-1) <= 1
    if few.any():  # a slope may be too flat to be seen beside the value
        few &= claims.numeric.met(i, claims.columns).sum(axis=-1) <= 1
    return few
