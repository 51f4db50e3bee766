"""Analytic gradients against numeric slopes at one point, without a tolerance to choose.

A gradient may differ from the numeric slope by the error bar of that slope, by a few units in
the last place of what is summed, and by what rounding of its arguments would do to it. What
differs by more is looked at again, on a second ladder and around the point, before it is
called a fault.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np

from autograd_core.testing.kinks import around, jointly
from autograd_core.testing.numeric import Numeric, attempt, cast
from autograd_core.testing.points import SAFETY, ULPS, Finding, Point, outside, underflow
from autograd_core.testing.rounding import branches, perturbed
from autograd_core.testing.slopes import UNKNOWN, Slopes
from autograd_core.values import Array


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
            found, missing = claims.compare(i, jacobian)
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

    It overflowed or lost all its digits on the way, and so the slopes are not its own.
    """
    if output is None:
        return np.ones(numeric.value.shape, bool)
    value = output.reshape(numeric.value.shape)
    small = ULPS * np.finfo(output.dtype).eps  # is rounding of numbers of ordinary size
    return ~(np.abs(value - numeric.value) <= 1e-2 * np.abs(numeric.value) + small)


def absorbed(numeric: Numeric, i: int) -> Array:
    """Where the largest step of an entry vanishes beside another, far larger input."""
    tables = [a.reshape(numeric.count, -1) for a in numeric.inputs if a.dtype.kind == "f"]
    largest = np.max([np.abs(a).max(axis=1, initial=0) for a in tables], axis=0)
    x = np.abs(numeric.inputs[i])
    own = np.maximum(x, 1).reshape(numeric.count, -1)
    beside = largest[:, None] * float(np.finfo(numeric.precision.kind).eps) > own / 8
    return beside.reshape(x.shape)


def least_precise(arrays: Sequence[Array]) -> Any:
    """The limits of the least precise type: what is computed from it may be rounded in it."""
    infos = [np.finfo(a.dtype) for a in arrays if a.dtype.kind == "f"]
    return max(infos, key=lambda info: info.eps)


class Claims:
    """The gradients that an operation gives for one upstream, and what they may be."""

    def __init__(
        self,
        point: Point,
        numeric: Numeric,
        upstream: Array,
        gradients: list[Array],
        rng: np.random.Generator,
    ) -> None:
        self.point, self.numeric, self.upstream, self.gradients = (
            point,
            numeric,
            upstream,
            gradients,
        )
        self.rng = rng
        self.count = numeric.count
        self.weights = upstream.reshape(self.count, -1).astype(numeric.precision.dtype)
        self.info = least_precise([upstream, *point.inputs])
        self.strange = np.zeros(self.count, bool)  # rows whose slopes are not their own
        self.columns: list[int] | None = None
        self.perturbed: list[tuple[Array, Array, Array]] | None = None
        self.hulls: list[tuple[Array, Array]] | None = None

    def compare(
        self, i: int, jacobian: Slopes, columns: list[int] | None = None
    ) -> tuple[Finding | None, int]:
        """The first wrong entry of the gradient by input i, and how many can't be judged.

        The Jacobian may be that of some `columns` of the input only.
        """
        self.columns = columns
        claimed = self.in_columns(self.gradients[i])
        hull = jacobian.contracted(self.weights[None])
        used = self.weights[None] != 0
        sizes = np.fmax(np.abs(jacobian.low), np.abs(jacobian.high))
        total = np.where(used, np.abs(self.weights[None]) * sizes, 0).sum(axis=-1)
        # An infinite slope times an upstream of 0 is not a number, and rightly so.
        large = ~(np.fmax(np.abs(jacobian.low), np.abs(jacobian.high)) < self.info.max / 16)
        beyond = ~np.isfinite(claimed) & ((jacobian.kind == UNKNOWN) | large).any(axis=-1)
        judged = (hull.kind != UNKNOWN) & ~beyond
        tolerance = SAFETY * hull.bar + ULPS * self.info.eps * (np.abs(claimed) + total)
        off = outside(claimed, hull, tolerance, self.info) & judged
        if off.any():
            vanishing = self.in_columns(absorbed(self.numeric, i)) & (hull.low == 0)
            judged &= ~(off & vanishing & (hull.high == 0))
            off &= judged
        suspect = off | self.lost(i, claimed, hull, tolerance)
        if suspect.any():
            suspect &= self.excused(i, claimed, hull, tolerance, jacobian)
            for j, r in self.some_of(suspect):
                if self.confirmed(i, self.column(j), r, claimed[j, r]):
                    return self.finding(i, j, r, claimed, hull), int((~judged).sum())
        return None, int((~judged).sum())

    def some_of(self, suspect: Array) -> list[tuple[int, int]]:
        """A few of the suspected entries, of different columns and rows."""
        found = np.argwhere(suspect)
        if len(found) > 6:
            found = found[np.linspace(0, len(found) - 1, 6).astype(int)]
        return [(int(j), int(r)) for j, r in found]

    def finding(self, i: int, j: int, r: int, claimed: Array, hull: Slopes) -> Finding:
        shape = self.point.inputs[i].shape
        flat = r * (self.point.inputs[i].size // self.count) + self.column(j)
        entry = tuple(int(k) for k in np.unravel_index(flat, shape)) if shape else ()
        low, high, bar = (float(a[j, r]) for a in (hull.low, hull.high, hull.bar))
        if hull.kind[j, r] == UNKNOWN:
            low = high = float(self.rounding()[i][0][j, r])
            bar = 0.0
        return Finding(i, entry, float(claimed[j, r]), low, high, bar, self.upstream)

    def in_columns(self, gradient: Array) -> Array:
        """A gradient as (entries of a row, rows)."""
        table = np.asarray(gradient).reshape(self.count, -1).T
        return table if self.columns is None else table[self.columns]

    def column(self, j: int) -> int:
        return j if self.columns is None else self.columns[j]

    # What is allowed -----------------------------------------------------------------------

    def rounding(self) -> list[tuple[Array, Array, Array]]:
        """For each input: the gradient in high precision, and what rounding would do to it.

        See `rounding.perturbed`.
        """
        if self.perturbed is None:
            dtype, eps = self.numeric.precision.dtype, float(self.info.eps)
            inputs, upstream = cast(self.point.inputs, dtype), self.upstream.astype(dtype)
            self.perturbed = perturbed(self.point.subject, inputs, upstream, eps, self.rng)
        columns = self.in_columns
        return [(columns(g), columns(a), columns(b)) for g, a, b in self.perturbed]

    def lost(self, i: int, claimed: Array, hull: Slopes, tolerance: Array) -> Array:
        """Where working precision gives something else than high precision.

        For entries where rounding of the forward hides the slope: a gradient in high precision
        that agrees with the slope as far as that is known is the one to compare with.
        """
        blurred = (hull.kind == UNKNOWN) | (tolerance > 1e-3 * np.abs(claimed))
        blurred &= np.isfinite(claimed) & ~self.strange
        if not blurred.any():
            return blurred
        exact = self.rounding()[i][0]
        known = np.isfinite(exact) & (np.abs(exact) < self.info.max / 16)
        known &= (hull.kind == UNKNOWN) | ~outside(exact, hull, tolerance, self.info)
        off = np.abs(claimed - exact) > ULPS * self.info.eps * (np.abs(claimed) + np.abs(exact))
        return blurred & known & off & (np.abs(exact) > underflow(self.info))

    def excused(
        self, i: int, claimed: Array, hull: Slopes, tolerance: Array, jacobian: Slopes
    ) -> Array:
        """False where the difference is no more than rounding of the arguments explains."""
        exact, by_inputs, by_output = self.rounding()[i]
        near = np.clip(claimed, hull.low, hull.high)
        true = np.where(hull.kind == UNKNOWN, exact, near)
        # Where the slope is blurred, the high precision decides.
        sharp = (hull.kind != UNKNOWN) & (outside(claimed, hull, tolerance, self.info))
        true = np.where(sharp, true, exact)
        error = np.abs(claimed - true)
        bar = np.where(sharp, tolerance, ULPS * self.info.eps * (np.abs(claimed) + np.abs(true)))
        allowed = bar + SAFETY * by_inputs
        zero = (claimed == 0) & (np.abs(true) > underflow(self.info))
        if zero.any():
            zero &= self.alone(i, jacobian)
        # Cancellation of numbers of the upstream's size shows in high precision as well, as much
        # smaller as that is more precise.
        gain = float(self.info.eps / np.finfo(exact.dtype).eps)
        unit = np.abs(self.weights).max(initial=0)
        floor = 64 * self.info.eps * unit
        shown = np.abs(exact - np.clip(exact, hull.low, hull.high)) * 64 * gain
        shown = np.where(hull.kind == UNKNOWN, floor, np.where(shown > 64 * floor, 0, shown))
        if gain <= 1:
            shown = np.full_like(shown, floor)
        cancels = np.minimum(shown, floor)
        allowed = np.where(zero, allowed, allowed + SAFETY * by_output + cancels)
        return ~np.isfinite(claimed) | (error > allowed)

    def alone(self, i: int, jacobian: Slopes) -> Array:
        """Where an entry meets one output only: nothing is summed up that could cancel."""
        some = (jacobian.low != 0) | (jacobian.high != 0)
        few = some.sum(axis=-1) <= 1
        if few.any():  # a slope may be too flat to be seen beside the value
            few &= self.numeric.met(i, self.columns).sum(axis=-1) <= 1
        return few

    # A second look ------------------------------------------------------------------------

    def confirmed(self, i: int, j: int, r: int, claimed: float) -> bool:
        """Is the entry wrong on a second ladder too, and unlike all slopes around the point?"""
        point = self.point.row(r)
        numeric = point.numeric()
        row = slice(r, r + 1)
        again = numeric.jacobian(i, [j], shift=1).contracted(self.weights[None, row])
        if again.kind[0, 0] == UNKNOWN:
            return self.wrong_in_precision(i, j, r, claimed, again)
        bar = SAFETY * again.bar + ULPS * self.info.eps * np.abs(claimed)
        if not outside(np.array([[claimed]]), again, bar, self.info)[0, 0]:
            return self.wrong_in_precision(i, j, r, claimed, again)
        if self.in_quanta(numeric, i, j, row, claimed, again):
            return False
        direction = tuple(np.zeros(x.shape) for x in point.inputs)
        direction[i].reshape(-1)[j] = 1
        low, high, rough = around(numeric, direction, self.weights[row][0], self.rng, 24)
        return not (low - rough <= claimed <= high + rough and high - low > rough)

    def in_quanta(
        self, numeric: Numeric, i: int, j: int, row: slice, claimed: float, tight: Slopes
    ) -> bool:
        """Whether the slope is an artefact of rounding numbers of size 1 inside the forward.

        What such a number adds changes in quanta, so that fine steps see another slope. If one
        in which rounding counts more contradicts it, and agrees with the gradient, that is it.
        """
        largest = max([1.0, *(float(np.abs(x).max(initial=0)) for x in numeric.inputs)])
        for floor in dict.fromkeys((1.0, min(largest, 32.0), largest)):
            numeric.floor = floor
            loose = numeric.jacobian(i, [j], shift=1).contracted(self.weights[None, row])
            numeric.floor = 0.0
            if loose.kind[0, 0] == UNKNOWN:
                continue
            bar = SAFETY * (loose.bar + tight.bar)
            contradicts = (tight.low > loose.high + bar) | (tight.high < loose.low - bar)
            tolerance = bar + ULPS * self.info.eps * np.abs(claimed)
            agrees = not outside(np.array([[claimed]]), loose, tolerance, self.info)[0, 0]
            if agrees and contradicts[0, 0]:
                return True
        return False

    def wrong_in_precision(self, i: int, j: int, r: int, claimed: float, again: Slopes) -> bool:
        """Where slopes can't tell: does the high precision contradict, beyond a unit's noise?"""
        at = j if self.columns is None else self.columns.index(j)
        exact = float(self.rounding()[i][0][at, r])
        if not np.isfinite(claimed) or abs(claimed - exact) <= 1e-3 * abs(exact):
            return False
        low, high = self.branches()[i]
        low, high = (float(self.in_columns(a)[at, r]) for a in (low, high))
        return not low - 1e-3 * abs(low) <= claimed <= high + 1e-3 * abs(high)

    def branches(self) -> list[tuple[Array, Array]]:
        """For each input: the gradients in high precision a few units in the last place away.

        Between them is that of the branch which the rounding of working precision takes.
        """
        if self.hulls is None:
            dtype, eps = self.numeric.precision.dtype, float(self.info.eps)
            inputs, upstream = cast(self.point.inputs, dtype), self.upstream.astype(dtype)
            self.hulls = branches(self.point.subject, inputs, upstream, eps, self.rng)
        return self.hulls
