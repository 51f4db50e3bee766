"""Numeric derivatives of a subject: Jacobians by entries, and slopes along directions."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass

import numpy as np

from autograd_core.testing.slopes import SHORT, Slopes, full, slopes, smallest_size, steps
from autograd_core.testing.subjects import Arrays, Subject
from autograd_core.values import Array

WIDEST = np.longdouble if np.finfo(np.longdouble).eps < np.finfo(np.float64).eps else np.float64
"""The type with the most bits: on some platforms longdouble has no more than float64."""

REFUSED = (ValueError, TypeError, IndexError, ArithmeticError, np.linalg.LinAlgError)
"""What a forward may raise to say that it does not accept its inputs."""


@dataclass(frozen=True)
class Precision:
    """The type in which the forward is called to take slopes, and the one that it computes in."""

    dtype: type
    kind: type

    @property
    def eps(self) -> float:
        return float(np.finfo(self.kind).eps)


def cast(inputs: Arrays, dtype: type) -> Arrays:
    """The floating-point inputs in another type; integers and booleans as they are."""
    return tuple(x.astype(dtype) if x.dtype.kind == "f" else x for x in inputs)


def attempt(subject: Subject, inputs: Arrays) -> Array | None:
    """The value as a floating-point array, or None if the forward refuses the inputs."""
    try:
        value = np.asarray(subject.forward(inputs))
    except REFUSED:
        return None
    return value if value.dtype.kind == "f" else value.astype(np.float64)


def precision(subject: Subject, inputs: Arrays) -> Precision:
    """The precision in which the forward really computes, found by trial.

    A forward that casts to a smaller type inside gives values of a large type on a coarse
    grid: steps that are far above the large type's precision change nothing.
    """
    for dtype in dict.fromkeys((WIDEST, np.float64)):
        base = cast(inputs, dtype)
        value = attempt(subject, base)
        if value is None or not np.isfinite(value).all():
            continue
        kind = _grid(subject, base, value) or value.dtype.type
        if np.finfo(kind).eps > np.finfo(value.dtype).eps:
            kind = _everywhere(subject, base, kind)
        if kind is dtype or dtype is np.float64:
            return Precision(dtype, kind)
    return Precision(np.float64, np.float64)


def _everywhere(subject: Subject, base: Arrays, kind: type) -> type:
    """The type whose grid values are on for far larger and smaller numbers, too.

    Of a type's grid the width is in proportion to the numbers. Stairs keep theirs.
    """
    for factor in (2.0**12, 2.0**-12):
        scaled = tuple(x * x.dtype.type(factor) if x.dtype.kind == "f" else x for x in base)
        value = attempt(subject, scaled)
        if value is None or not np.isfinite(value).all():
            continue
        found = _grid(subject, scaled, value)
        if found is not None and np.finfo(found).eps < np.finfo(kind).eps:
            kind = found
    return kind


def _grid(subject: Subject, base: Arrays, value: Array) -> type | None:
    """The type below whose precision most relative changes of all inputs are lost.

    A few are not: those across a middle between two numbers of the type. None where the values
    change too little for a grid to be seen.
    """

    def change(relative: float) -> Array | None:
        factor = 1 + relative * np.longdouble(1)
        moved = tuple(x * x.dtype.type(factor) if x.dtype.kind == "f" else x for x in base)
        result = attempt(subject, moved)
        return None if result is None or result.shape != value.shape else np.abs(result - value)

    large = change(2.0**-10)
    found: type = value.dtype.type
    if large is None or not np.any(large):
        return None
    own = np.finfo(found).eps
    for kind in (np.float64, np.float32, np.float16):
        if np.finfo(kind).eps <= own:
            continue
        unit = 2.0 ** -(np.finfo(kind).nmant + 4)
        changes = [change(part * unit) for part in (1, -1, 0.75, -0.75)]
        # What would be seen of a change so small, if the forward had the precision of its type.
        seen = large * (0.75 * unit * 2.0**10) > 4 * own * np.abs(value)
        some = [c[seen] != 0 for c in changes if c is not None]
        if not seen.any() or not some:
            return None
        if np.mean(some) > 0.5:
            break
        found = kind
    return found


class Numeric:
    """Numeric slopes of a subject at one point.

    With `rows`, entries of the first axis do not touch each other (each output row depends on
    the same row of the inputs only), so that all rows are changed at once. Inputs and output
    are seen as (rows, entries) then, else as a single row.
    """

    def __init__(
        self,
        subject: Subject,
        inputs: Arrays,
        precision: Precision,
        rows: bool = False,
        inside: Callable[[int, Array], Array] | None = None,
        short: bool = False,
    ) -> None:
        self.subject, self.precision, self.rows, self.inside = subject, precision, rows, inside
        self.floor = 0.0  # the least size of numbers that are rounded inside the forward
        self.rungs = SHORT if short else full(precision.dtype)
        self.inputs = cast(inputs, precision.dtype)
        value = attempt(subject, self.inputs)
        self.refused = value is None
        self.shape = () if value is None else value.shape
        self.count = inputs[0].shape[0] if rows else 1
        self.value = self._in_rows(value)
        tables = [a.reshape(self.count, -1) for a in self.inputs if a.dtype.kind == "f"]
        sizes = [np.abs(table).max(axis=1, initial=0) for table in tables]
        self.largest = np.max([np.zeros(self.count), *sizes], axis=0)[:, None]

    def jacobian(self, i: int, columns: Sequence[int] | None = None, shift: int = 0) -> Slopes:
        """d(output)/d(input i): slopes of shape (entries of a row, rows, outputs of a row).

        By the entries `columns` only, if given; `shift` gives another ladder (see `steps`).
        """
        x = self.inputs[i]
        table = x.reshape(self.count, -1)
        scale = np.full(table.shape, 1.0)
        if (table == 0).any():
            sizes = [a.reshape(self.count, -1) for a in self.inputs if a.dtype.kind == "f"]
            if self.rows:
                scale = np.array(
                    [[smallest_size([s[r] for s in sizes])] for r in range(len(table))]
                )
                scale = np.broadcast_to(scale, table.shape)
            else:
                scale = np.full(table.shape, smallest_size(sizes))
        js = range(table.shape[1]) if columns is None else columns
        ladder = steps(table, scale, self.rungs, shift)[..., list(js)]  # (rungs, rows, entries)
        right = [[self._moved(i, table, j, h[:, k]) for k, j in enumerate(js)] for h in ladder]
        left = [[self._moved(i, table, j, -h[:, k]) for k, j in enumerate(js)] for h in ladder]
        entries = (len(ladder), len(js), *self.value.shape)
        center = np.broadcast_to(self.value, entries[1:])
        at = table[:, list(js)]
        ups, downs = (at + ladder) - at, at - (at - ladder)
        return slopes(
            center,
            np.reshape(right, entries).astype(self.precision.dtype, copy=False),
            np.reshape(left, entries).astype(self.precision.dtype, copy=False),
            np.moveaxis(ups, 2, 1)[..., None],
            np.moveaxis(downs, 2, 1)[..., None],
            np.finfo(self.precision.kind),
            self.rungs,
            self.floor,
            self.largest,
        )

    def met(
        self,
        i: int,
        columns: Sequence[int] | None = None,
        rng: np.random.Generator | None = None,
    ) -> Array:
        """Which outputs an entry of input i changes where all numbers are of ordinary size.

        In the shape of `jacobian`. The numbers have other exponents, and with `rng` each is
        multiplied by a factor as well; they keep their signs.
        """
        inputs = tuple(
            np.where(x == 0, x.dtype.type(0.5), np.frexp(x)[0]) if x.dtype.kind == "f" else x
            for x in self.inputs
        )
        if rng is not None:
            inputs = tuple(
                x * (2 ** rng.uniform(-6, 1, x.shape)).astype(x.dtype) if x.dtype.kind == "f" else x
                for x in inputs
            )
        table = inputs[i].reshape(self.count, -1)
        before = self._in_rows(attempt(self.subject, inputs))
        found = []
        for j in range(table.shape[1]) if columns is None else columns:
            moved = table.copy()
            moved[:, j] *= self.precision.dtype(1.25)
            x = moved.reshape(inputs[i].shape)
            value = self._in_rows(attempt(self.subject, (*inputs[:i], x, *inputs[i + 1 :])))
            found.append((value != before) & np.isfinite(value) & np.isfinite(before))
        return np.array(found)

    def along(self, direction: Arrays) -> Slopes:
        """Slopes along a direction (an array for each input): shape (rows, outputs of a row)."""
        sizes = [
            np.abs(x).max(initial=0)
            for x, d in zip(self.inputs, direction, strict=True)
            if x.dtype.kind == "f" and np.any(d)
        ]
        scale = self.precision.dtype(max([1.0, *[float(s) for s in sizes]]))
        ladder = steps(np.array(scale), np.array(scale), self.rungs)
        right = [self._at(direction, h) for h in ladder]
        left = [self._at(direction, -h) for h in ladder]
        h = ladder.reshape(-1, 1, 1)
        return slopes(
            self.value,
            np.stack(right),
            np.stack(left),
            h,
            h,
            np.finfo(self.precision.kind),
            self.rungs,
            self.floor,
            self.largest,
        )

    def _at(self, direction: Arrays, step: Array) -> Array:
        moved = tuple(
            x + step * d.astype(self.precision.dtype) if x.dtype.kind == "f" else x
            for x, d in zip(self.inputs, direction, strict=True)
        )
        outside = np.zeros(self.count, bool)
        if self.inside is not None:
            for i, x in enumerate(moved):
                if x.dtype.kind == "f":
                    kept = self.inside(i, x).reshape(self.count, -1)
                    outside |= ~kept.all(axis=1)
        if outside.all():
            return np.full(self.value.shape, np.nan, self.precision.dtype)
        moved = tuple(
            np.where(outside.reshape(-1, *[1] * (x.ndim - 1)) if self.rows else False, x, y)
            for x, y in zip(self.inputs, moved, strict=True)
        )
        value = self._in_rows(attempt(self.subject, moved))
        return np.where(outside[:, None], np.nan, value)

    def _moved(self, i: int, table: Array, j: int, step: Array) -> Array:
        """The value, in rows, where column j of input i is changed."""
        column = table[:, j] + step
        outside = np.isnan(step)
        if self.inside is not None:
            outside = outside | ~self.inside(i, column)
        if outside.any():
            if outside.all():
                return np.full(self.value.shape, np.nan, self.precision.dtype)
            column = np.where(outside, table[:, j], column)
        moved = table.copy()
        moved[:, j] = column
        x = moved.reshape(self.inputs[i].shape)
        value = attempt(self.subject, (*self.inputs[:i], x, *self.inputs[i + 1 :]))
        in_rows = self._in_rows(value)
        return np.where(outside[:, None], np.nan, in_rows) if outside.any() else in_rows

    def _in_rows(self, value: Array | None) -> Array:
        """The output as (rows, outputs of a row); not a number where there is none."""
        if value is None or value.shape != self.shape:
            value = np.full(self.shape, np.nan)
        return (
            value.astype(self.precision.dtype).reshape(self.count, -1)
            if value.size
            else (np.zeros((self.count, 0), self.precision.dtype))
        )
