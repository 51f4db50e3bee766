"""Sweeps: many rows of values of all sizes and patterns, judged all at once."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from typing import Any

import numpy as np

from autograd_core.testing.broken import differs
from autograd_core.testing.calling import Options
from autograd_core.testing.checking import check_point
from autograd_core.testing.domains import PATTERNS, SPECIAL, Domain, Reals, Whole
from autograd_core.testing.numeric import attempt
from autograd_core.testing.operand_shapes import Shapes
from autograd_core.testing.operands import Operands
from autograd_core.testing.points import Point
from autograd_core.testing.second_order import DetachedError, NotDifferentiableError, derivatives
from autograd_core.testing.subjects import Arrays, bind
from autograd_core.testing.tally import Tally

GAPS = (5, 15, 25, 33, *(36 + k / 2 for k in range(16)), 80, 300, 600, 720, 1e4, 1e300)
"""By how much one entry of a row stands out: from 37 on, 1 + e ** -gap is 1."""
LONGER = 12  # cases with longer axes
SINGLES = 40  # cases of special values and of all sizes, where rows can't be judged at once


def named_lengths(domain: Domain, tails: Sequence[tuple[int, ...]]) -> dict[str, int]:
    """The lengths of axes by which labels are counted: those of the last axis."""
    last = max((tail[-1] for tail in tails if tail), default=2)
    named = [e.high for e in domain.entries if isinstance(e, Whole)]
    return {name: last for name in named if isinstance(name, str)}


def rows_of_values(
    domain: Domain, tails: Sequence[tuple[int, ...]], rng: np.random.Generator
) -> list[Arrays]:
    """Rows of inputs: numbers of all sizes, and for rows of several entries all patterns."""
    entries = domain.entries
    rows: list[Arrays] = []
    if not any(tails):
        pools = [e.pool(rng, 60 if len(entries) == 1 else 40) for e in entries]
        if len(pools) == 1:
            return [(x,) for x in pools[0]]
        first = [p[: SPECIAL.size] for p in pools]
        if len(pools) == 2:
            rows += [(a, b) for a in first[0][::3] for b in first[1][::3]]
            rows += [(a, b) for a in first[0] for b in first[1] if (a == 0) != (b == 0)]
            rows += [(a, a) for a in pools[0][::2] if entries[0] == entries[1]]
        for _ in range(200):
            rows.append(tuple(rng.choice(p) for p in pools))
        return rows
    sizes = named_lengths(domain, tails)

    def draw(pattern: str) -> Arrays:
        single = [(1, *tail) for tail in tails]  # functions that draw know whole inputs
        return tuple(x[0] for x in domain.draw(rng, single, sizes, pattern))

    for pattern in PATTERNS * 3:
        rows.append(draw(pattern))
    for gap in GAPS:
        rows.append(standing_out(domain, draw("ordinary"), gap, rng))
    for _ in range(30):
        row = []
        for e, tail, x in zip(entries, tails, draw("ordinary"), strict=True):
            row.append(rng.choice(e.pool(rng, 16), tail) if isinstance(e, Reals) else x)
        rows.append(tuple(row))
    return rows


def standing_out(domain: Domain, inputs: Arrays, gap: float, rng: np.random.Generator) -> Arrays:
    """The inputs with one entry of each larger by the gap, where it may be."""
    moved = []
    for e, x in zip(domain.entries, inputs, strict=True):
        if isinstance(e, Reals) and x.size:
            at = rng.integers(0, x.size)
            bumped = np.where(np.arange(x.size).reshape(x.shape) == at, x + gap, x)
            x = np.where(e.inside(bumped), bumped, x)
        moved.append(x)
    return tuple(moved)


class Sweeps:
    """Sweeps over the operands of an operation, if it treats the rows of its inputs one by one."""

    def __init__(
        self, operands: Operands, rng: np.random.Generator, order: int, tally: Tally
    ) -> None:
        self.operands, self.rng, self.order, self.tally = operands, rng, order, tally

    def run(self) -> None:
        """Many rows of values, and a few cases with longer axes."""
        self._rows()
        if not self.tally.troubles:
            self._longer()

    def _longer(self) -> None:
        """Ordinary cases with axes of 4 and 5: up to 3 entries all are neighbours or ends."""
        if any(c.isdigit() for c in self.operands.signature or ""):
            return  # there are lengths which may not be changed
        some = [shapes for shapes in self.operands.shapes if any(3 in s for s in shapes.inputs)]
        for k in range(LONGER if some else 0):
            shapes, length = some[(7 * k) % len(some)], 4 + k % 2
            inputs = tuple(tuple(length if n == 3 else n for n in s) for s in shapes.inputs)
            sizes = {name: length if n == 3 else n for name, n in shapes.sizes.items()}
            if not self.operands.possible(Shapes(inputs, sizes)):
                continue
            every = self.operands.options(inputs[0])
            drawn = self.operands.draw(self.rng, Shapes(inputs, sizes))
            point = self.operands.point(drawn, every[(3 * k) % len(every)])
            if point is None:
                continue
            point.short = True
            if self.tally.take(check_point(point, self.rng), point):
                return

    def _rows(self) -> None:
        """Many rows of values at once, where rows of the first axis do not touch each other."""
        trailing: dict[tuple[Any, ...], None] = {}
        for shapes in self.operands.shapes:
            leading = {s[0] if s else None for s in shapes.inputs}
            if len(leading) == 1 and leading <= {2, 3}:
                trailing[tuple(s[1:] for s in shapes.inputs)] = None
        alone = tuple(() for _ in self.operands.callee.inputs)
        order = sorted(trailing, key=lambda t: (t != alone, sum(np.prod(s) for s in t)))
        wide = self.operands.domain
        if self.operands.asked is None:  # what was found by trying is no bound
            kept = (Reals() if isinstance(e, Reals) else e for e in self.operands.domain.entries)
            wide = Domain(tuple(kept), self.operands.domain.predicate)
        swept = 0
        order = [t for t in order if self.operands.possible(self._many(4, t))]
        for tails in order[:12]:
            every = self.operands.options((2, *tails[0]))
            for options in every[:6]:
                if self._independent(tails, options):
                    swept += self._sweep(rows_of_values(wide, tails, self.rng), options)
                if self.tally.troubles:
                    return
            if (swept and tails == alone) or swept > 3:
                return
        self._singles()

    def _many(self, n: int, tails: tuple[tuple[int, ...], ...]) -> Shapes:
        """The shapes of n rows."""
        return Shapes(
            tuple((n, *tail) for tail in tails), named_lengths(self.operands.domain, tails)
        )

    def _sweep(self, rows: list[Arrays], options: Options) -> int:
        """Judge rows at once; 0 if they touch each other."""
        rows = [r for r in rows if self.operands.allows([np.array([x]) for x in r])]
        kept = self._finite(rows, options)
        if len(kept) < 3:
            return 0
        inputs = tuple(np.stack([np.asarray(r[i]) for r in kept]) for i in range(len(kept[0])))
        point = self.operands.point(inputs, options, rows=True, wide=self.operands.asked is None)
        if point is None:
            return 0
        if self.tally.take(check_point(point, self.rng), point):
            return 1
        if not self._remembered(point) and self.order > 1:
            self._second_of_rows(point)
        return 1

    def _remembered(self, point: Point) -> bool:
        """Whether the gradient is wrong with the rows in reverse, after a call with these shapes.

        Rows that do not touch each other have the gradients that they had before. Those that
        differ are judged against slopes, as rounding may depend on the order.
        """
        other = replace(point, inputs=tuple(x[::-1].copy() for x in point.inputs))
        value = attempt(point.subject, point.inputs)
        if value is None:
            return False
        try:
            first = point.subject.pull(np.ones_like(value), point.inputs)
            again = point.subject.pull(np.ones_like(value), other.inputs)
        except Exception:
            return False  # found elsewhere
        if differs(first, [g[::-1] for g in again]) is None:
            return False
        verdict = check_point(other, self.rng)
        for trouble in verdict.troubles:
            trouble.kind = "state"
            trouble.message = (
                f"after a gradient at other inputs of the same shape, {trouble.message}: it uses "
                f"something that was stored by shape"
            )
        return self.tally.take(verdict, other)

    def _second_of_rows(self, point: Point) -> None:
        """Second derivatives that are not finite: those of all rows at once, then one by one."""
        value = attempt(point.subject, point.inputs)
        if value is None or not point.wanted:
            return
        v = [np.ones(point.inputs[i].shape) for i in point.wanted]
        try:
            _, second, _ = derivatives(point, np.ones_like(value), point.wanted, v)
        except (NotDifferentiableError, DetachedError):
            return
        n = len(point.inputs[0])
        broken = np.any([~np.isfinite(h.reshape(n, -1)).all(axis=1) for h in second], axis=0)
        for x in point.inputs:  # products of larger ones overflow in any case
            size = np.abs(x.reshape(n, -1))
            broken &= ((size == 0) | ((size > 1e-5) & (size < 1e5))).all(axis=1)
        for r in np.argwhere(broken).ravel()[:8]:
            single = self.operands.point(point.row(int(r)).inputs, point.options)
            if single is not None and self.tally.take(
                check_point(single, self.rng, second=True), single
            ):
                return

    def _finite(self, rows: list[Arrays], options: Options) -> list[Arrays]:
        """The rows that the forward accepts and where it is finite."""
        if not rows:
            return []
        inputs = tuple(np.stack([np.asarray(r[i]) for r in rows]) for i in range(len(rows[0])))
        try:
            value = np.asarray(bind(self.operands.callee.function, options, inputs).forward(inputs))
            if value.shape[:1] == (len(rows),):
                good = np.isfinite(value.reshape(len(rows), -1)).all(axis=1)
                return [row for row, ok in zip(rows, good, strict=True) if ok]
        except Exception:
            pass
        kept = []
        for row in rows:
            single = tuple(np.asarray(x)[None] for x in row)
            if self.operands.bind(single, options) is not None:
                kept.append(row)
        return kept

    def _independent(self, tails: tuple[tuple[int, ...], ...], options: Options) -> bool:
        """Whether a change of one row changes no other row of the output, by trying."""
        n = 4
        both = [self.operands.draw(self.rng, self._many(n, tails)) for _ in range(2)]
        subject = self.operands.bind(both[0], options)
        value = None if subject is None else attempt(subject, both[0])
        if subject is None or value is None or value.shape[:1] != (n,):
            return False
        for r in range(n):
            moved = tuple(x.copy() for x in both[0])
            for x, other in zip(moved, both[1], strict=True):
                x[r] = other[r]
            changed = attempt(subject, moved)
            if changed is None or changed.shape != value.shape:
                return False
            rest = np.arange(n) != r
            if not np.array_equal(changed[rest], value[rest], equal_nan=True):
                return False
        return True

    def _singles(self) -> None:
        """Cases of special values, of all sizes and with an entry that stands out, one by one."""
        some = [s for s in self.operands.shapes if all(0 < np.prod(x) <= 6 for x in s.inputs)]
        for k in range(SINGLES + len(GAPS) if some else 0):
            shapes = some[(7 * k) % len(some)]
            every = self.operands.options(shapes.inputs[0])
            options = every[(3 * k) % len(every)]
            inputs = self.operands.draw(self.rng, shapes)
            if k < SINGLES:
                inputs = self._of_all_sizes(inputs, special=k % 2 == 1)
            else:
                inputs = standing_out(self.operands.domain, inputs, GAPS[k - SINGLES], self.rng)
            point = self.operands.point(inputs, options)
            if point is not None and self.tally.take(check_point(point, self.rng), point):
                return

    def _of_all_sizes(self, inputs: Arrays, special: bool) -> Arrays:
        """Special values, or the inputs times a power of ten."""
        result = []
        for e, x in zip(self.operands.domain.entries, inputs, strict=True):
            if isinstance(e, Reals):
                pool = e.pool(self.rng, 16)
                scale = 10.0 ** self.rng.integers(-200, 200)
                y = self.rng.choice(pool, x.shape) if special else x * scale
                x = np.where(e.inside(y), y, x)
            result.append(x)
        return tuple(result)
