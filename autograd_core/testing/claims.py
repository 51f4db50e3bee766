"""The gradients that an operation claims at a point, there and in high precision."""

from __future__ import annotations

from collections.abc import Sequence
from functools import cached_property
from typing import Any

import numpy as np

from autograd_core.testing.numeric import REFUSED, Numeric, attempt, cast
from autograd_core.testing.points import Point, underflow
from autograd_core.testing.rounding import Rounding, branches, perturbed, scatter
from autograd_core.testing.subjects import Arrays
from autograd_core.values import Array


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
        self.exact: list[Array] | None = None
        self.rounding: Rounding | None = None
        self.hulls: list[tuple[Array, Array]] | None = None
        self.scattered: list[Array] | None = None

    def in_columns(self, gradient: Array) -> Array:
        """A gradient as (entries of a row, rows)."""
        table = np.asarray(gradient).reshape(self.count, -1).T
        return table if self.columns is None else table[self.columns]

    def entry(self, gradient: Array, j: int, r: int) -> float:
        """Entry j of row r."""
        return float(np.asarray(gradient).reshape(self.count, -1)[r, j])

    def column(self, j: int) -> int:
        """Which entry of a row the one is that comes j-th in `in_columns`."""
        return j if self.columns is None else self.columns[j]

    def high(self) -> tuple[Arrays, Array]:
        """The inputs and the upstream in high precision."""
        dtype = self.numeric.precision.dtype
        return cast(self.point.inputs, dtype), self.upstream.astype(dtype)

    def in_high_precision(self) -> list[Array]:
        """The gradients in high precision."""
        if self.exact is None:
            inputs, upstream = self.high()
            try:
                self.exact = self.point.subject.pull(
                    upstream, inputs, attempt(self.point.subject, inputs)
                )
            except REFUSED:
                self.exact = [np.full(x.shape, np.nan) for x in inputs]
        return self.exact

    def by_rounding(self, i: int) -> tuple[Array, Array, Array]:
        """What rounding of the inputs and of the output does to the gradient by input i.

        The third is what it does to the outputs of each row, in proportion: where rounding of
        the inputs changes a value so much, a gradient need not be more precise than that.
        """
        if self.rounding is None:
            inputs, upstream = self.high()
            self.rounding = perturbed(
                self.point.subject,
                inputs,
                upstream,
                self.in_high_precision(),
                float(self.info.eps),
                self.rng,
            )
        found = self.rounding
        of_output = found.of_output.reshape(self.count, -1).max(axis=1, initial=0)
        more = np.maximum(self.off_by / (4 * float(self.info.eps)), 1)
        by_output = self.in_columns(found.by_output[i]) * more
        return self.in_columns(found.by_inputs[i]), by_output, of_output

    @cached_property
    def off_by(self) -> Array:
        """By how much of itself the output that the gradient is given is off, in each row.

        Not where it is too small for the type: a gradient may not use it there.
        """
        value, true = attempt(self.point.subject, self.point.inputs), self.numeric.value
        if value is None:
            return np.zeros(self.count)
        off = np.abs(value.reshape(true.shape) - true) / np.abs(true)
        counts = np.isfinite(off) & (np.abs(true) > underflow(np.finfo(value.dtype)))
        return np.asarray(np.where(counts, off, 0).max(axis=1, initial=0))

    def scatter(self, i: int) -> Array:
        """By how much the error of the gradient by input i is another one near by."""
        if self.scattered is None:
            dtype, inputs = self.numeric.precision.dtype, self.point.inputs
            self.scattered = scatter(self.point.subject, inputs, self.upstream, dtype, self.rng)
        return self.scattered[i]

    def noise(self, i: int, j: int, r: int) -> float:
        """How far entry j of row r may be off in high precision, by rounding there."""
        by_inputs, by_output, _ = self.by_rounding(i)
        gain = np.finfo(self.numeric.precision.dtype).eps / self.info.eps
        return float((by_inputs[j, r] + by_output[j, r]) * gain)

    def branches(self) -> list[tuple[Array, Array]]:
        """For each input: the gradients in high precision a few units in the last place away.

        Between them is that of the branch which the rounding of working precision takes.
        """
        if self.hulls is None:
            inputs, upstream = self.high()
            eps = float(self.info.eps)
            self.hulls = branches(self.point.subject, inputs, upstream, eps, self.rng)
        return self.hulls
