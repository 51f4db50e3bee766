"""Verify an operation on inputs of all shapes, values and options."""

from __future__ import annotations

import time
from collections.abc import Callable, Mapping, Sequence
from typing import Any

import numpy as np

from autograd_core.testing import shapes as shapes_module
from autograd_core.testing.calling import Options, callee, given_options, variants
from autograd_core.testing.checking import Trouble, Verdict, check_point
from autograd_core.testing.domains import (
    PATTERNS,
    Domain,
    Reals,
    Whole,
    as_domain,
)
from autograd_core.testing.numeric import Precision, attempt, precision
from autograd_core.testing.points import Point
from autograd_core.testing.reports import GradientError, Report
from autograd_core.testing.second_order import NotDifferentiableError, derivatives
from autograd_core.testing.shapes import Shapes
from autograd_core.testing.shrinking import as_fault, shrink
from autograd_core.testing.subjects import Arrays, Subject, bind, quiet
from autograd_core.testing.sweeps import guesses, named_lengths, rows_of_values
from autograd_core.values import Array

DTYPES = (np.float64, np.float32)
CASES = 96  # of shapes
PLAIN = ("ordinary", "positive", "negative", "sorted", "reversed", "ties", "whole", "equal")


def check_operation(
    operation: Callable[..., Any],
    *,
    signature: str | None = None,
    domain: Any = None,
    options: Mapping[str, Any] | Sequence[Mapping[str, Any]] | None = None,
    dtypes: Sequence[type] = DTYPES,
    cases: int | None = None,
    seed: int = 0,
    order: int = 2,
    raises: bool = True,
) -> Report:
    """Verify the gradient of an operation; raise `GradientError` if it is wrong.

    `operation` is a subclass of `Operation`, or a function of nodes that returns a node.
    Shapes, values and options are found by trying, unless they are given:

    - `signature` has the axes of the inputs, as "(b,p),(p,u)->(b,u)", or "(),()->()" for
      entries that are broadcast;
    - `domain` is what inputs may be: None (all numbers), a pair (low, high), or a list or
      dictionary with one of these, `integers(low, high)`, a set of numbers, or a function
      (rng, shape) -> array for each input; or a function of all inputs that says whether they
      are allowed;
    - `options` are those to call with, or a list of such; without it, keyword parameters with
      defaults are varied: booleans both ways, an axis over all axes.

    The same `seed` gives the same report. `order` 1 leaves second derivatives out.

    >>> from autograd_core import sigmoid
    >>> check_operation(sigmoid).ok
    True
    """
    with quiet():
        check = _Check(operation, signature, domain, options, dtypes, cases or CASES, seed, order)
        report = check.run()
    if raises and not report.ok:
        raise GradientError(report)
    return report


class _Check:
    """One run: cases of shapes, then sweeps of values, until something is wrong."""

    def __init__(
        self,
        operation: Callable[..., Any],
        signature: str | None,
        domain: Any,
        options: Mapping[str, Any] | Sequence[Mapping[str, Any]] | None,
        dtypes: Sequence[type],
        cases: int,
        seed: int,
        order: int,
    ) -> None:
        self.rng = np.random.default_rng(seed)
        self.fixed = given_options(options)
        self.callee = callee(operation, bool(self.fixed))
        self.signature, self.dtypes, self.most, self.order = signature, dtypes, cases, order
        self.report = Report(self.callee.name)
        self.troubles: list[Trouble] = []
        self.precisions: dict[str, Precision] = {}
        self.refused: list[Trouble] = []  # because the forward changes its inputs
        self.unknown = self.entries = 0
        self.asked = domain
        self.domain, self.shapes = self._inputs()

    def run(self) -> Report:
        start = time.perf_counter()
        if not self.shapes:
            self.report.inconclusive.append(
                "no inputs were found that the forward accepts: give signature= and domain="
            )
        self.troubles += self.refused
        for part in (self._cases, self._sweeps, self._float32):
            if not self.troubles:
                part()
        if self.unknown:
            self.report.inconclusive.append(
                f"{self.unknown} of {self.entries} entries could not be judged: the forward has a "
                f"jump or an infinite slope there, or its rounding hides the slope"
            )
        for trouble in self.troubles[:3]:
            small = self._small(trouble)
            self.report.faults.append(as_fault(small, self.callee.function, self.callee.name))
        self.report.inconclusive = list(dict.fromkeys(self.report.inconclusive))
        self.report.seconds = time.perf_counter() - start
        return self.report

    # Inputs ---------------------------------------------------------------------------------

    def _inputs(self) -> tuple[Domain, list[Shapes]]:
        """The domain and the shapes: as given, or the first that the forward accepts most of."""
        n = len(self.callee.inputs)
        if self.signature is not None:
            n = len(shapes_module.parse(self.signature))
        if self.callee.several:
            n = n if self.signature is not None else 2
            self.callee = self.callee.of(n)
        if self.signature is not None and n != len(self.callee.inputs):
            raise ValueError(
                f"signature: {self.signature!r} has {n} inputs, but {self.callee.name} has "
                f"{len(self.callee.inputs)}: {', '.join(self.callee.inputs)}"
            )
        asked = as_domain(self.asked, self.callee.inputs)
        best: tuple[int, Domain, list[Shapes]] = (0, asked, [])
        for domain in [asked] if self.asked is not None else guesses(n):
            found = self._found_shapes(domain, n)
            if len(found) > 1.3 * best[0]:
                best = len(found), domain, found
        return best[1], best[2]

    def _found_shapes(self, domain: Domain, n: int) -> list[Shapes]:
        rng = np.random.default_rng(0)

        def accepts(shapes: Shapes) -> bool:
            inputs = domain.draw(rng, shapes.inputs, shapes.sizes, "ordinary")
            subject = self._bind(inputs, self.fixed[0] if self.fixed else {})
            return subject is not None

        if self.signature is not None:
            given = shapes_module.of_signature(self.signature, rng, self.most)
            return [shapes for shapes in given if accepts(shapes)]
        return shapes_module.found(n, accepts, rng, self.most)

    def _bind(self, inputs: Arrays, options: Options) -> Subject | None:
        """The subject, if the forward accepts these inputs and is finite there."""
        if not self.domain_accepts(inputs):
            return None
        try:
            subject = bind(self.callee.function, options, inputs)
            value = subject.forward(tuple(x.copy() for x in inputs))  # it may change them
        except Exception as error:
            if "read-only" in str(error) and not self.refused:
                self.refused.append(_changed_in_place(error, inputs, options))
            return None
        return subject if np.isfinite(value).all() else None

    def domain_accepts(self, inputs: Arrays) -> bool:
        domain = getattr(self, "domain", None)
        return domain is None or domain.accepts(inputs)

    def _options(self, shape: tuple[int, ...]) -> list[Options]:
        return self.fixed or variants(self.callee.optional, shape)

    def _point(
        self, inputs: Arrays, options: Options, rows: bool = False, wide: bool = False
    ) -> Point | None:
        subject = self._bind(inputs, options)
        if subject is None:
            return None
        key = repr((sorted(options.items()), inputs[0].dtype))
        if key not in self.precisions:
            self.precisions[key] = precision(subject, inputs)
        wanted = tuple(
            i
            for i, x in enumerate(inputs)
            if x.dtype.kind == "f" and self.domain.entries[i].differentiable
        )
        inside = None
        if any(not isinstance(e, Reals) or e != Reals() for e in self.domain.entries) and not wide:
            inside = self.domain.inside
        return Point(subject, inputs, self.precisions[key], wanted, rows, inside, options)

    # Cases of shapes -----------------------------------------------------------------------

    def _cases(self) -> None:
        """Small cases of all shapes and options, whose values take turns through the patterns."""
        done: list[Arrays] = []
        rounds = min(8, max(1, self.most // max(1, len(self.shapes))))
        for turn, number in enumerate(n for _ in range(rounds) for n in range(len(self.shapes))):
            shapes = self.shapes[number]
            if self.asked is None and self._labels_of_nothing(shapes):
                continue
            every = self._options(shapes.inputs[0] if shapes.inputs else ())
            pattern = "ordinary" if turn < 2 else PATTERNS[turn % len(PATTERNS)]
            each = min(len(every), 3)
            for options in [every[(5 * turn + 7 * k) % len(every)] for k in range(each)]:
                inputs = self.domain.draw(self.rng, shapes.inputs, shapes.sizes, pattern)
                point = self._point(inputs, options)
                if point is None:
                    inputs = self.domain.draw(self.rng, shapes.inputs, shapes.sizes, "ordinary")
                    point = self._point(inputs, options)
                if point is None:
                    continue
                others = [self.domain.draw(self.rng, shapes.inputs, shapes.sizes, "ordinary")]
                exact = turn <= 12 or turn % 6 == 0
                second = self.order > 1 and (turn <= 24 or turn % 6 == 0)
                point.short = pattern in PLAIN
                if self._take(
                    check_point(point, self.rng, exact, second, others + done[-1:]), point
                ):
                    return
                done.append(inputs)

    def _labels_of_nothing(self, shapes: Shapes) -> bool:
        """Guessed labels that can't be right, because an axis that they count may be empty."""
        pairs = list(zip(self.domain.entries, shapes.inputs, strict=True))
        labels = any(isinstance(e, Whole) and np.prod(s) > 0 for e, s in pairs)
        return labels and any(not isinstance(e, Whole) and np.prod(s) == 0 for e, s in pairs)

    def _take(self, verdict: Verdict, point: Point) -> bool:
        """Count a verdict; whether something is wrong."""
        self.report.cases += point.inputs[0].shape[0] if point.rows else 1
        self.unknown += verdict.unknown
        self.entries += sum(point.inputs[i].size for i in point.wanted)
        if verdict.judged:
            self.report.inconclusive += verdict.reasons
        self.troubles += verdict.troubles
        return bool(verdict.troubles)

    def _small(self, trouble: Trouble) -> Trouble:
        """The trouble in its own row only, if it is of a sweep; then shrunk as far as it goes."""
        if trouble.rows and trouble.entry:
            r = trouble.entry[0]
            found = self._again(tuple(x[r : r + 1] for x in trouble.inputs), trouble, None)
            found = [t for t in found if t.kind == trouble.kind]
            if not found:
                return trouble
            trouble = found[0]
        return shrink(trouble, self._again) if not trouble.rows else trouble

    def _again(self, inputs: Arrays, trouble: Trouble, upstream: Array | None) -> list[Trouble]:
        """The troubles with these inputs instead, for shrinking."""
        rng = np.random.default_rng(0)
        point = self._point(inputs, trouble.options)
        if point is None:
            return []
        others = [tuple(x + (x.dtype.kind == "f") * 0.5 for x in inputs)]
        return check_point(point, rng, trouble.exact, trouble.second, others, upstream).troubles

    # Sweeps of values ----------------------------------------------------------------------

    def _sweeps(self) -> None:
        """Many rows of values at once, where rows of the first axis do not touch each other."""
        trailing: dict[tuple[Any, ...], None] = {}
        for shapes in self.shapes:
            leading = {s[0] if s else None for s in shapes.inputs}
            if len(leading) == 1 and leading <= {2, 3}:
                trailing[tuple(s[1:] for s in shapes.inputs)] = None
        alone = tuple(() for _ in self.callee.inputs)
        order = sorted(trailing, key=lambda t: (t != alone, sum(np.prod(s) for s in t)))
        wide = self.domain
        if self.asked is None:  # what was found by trying is no bound
            kept = (Reals() if isinstance(e, Reals) else e for e in self.domain.entries)
            wide = Domain(tuple(kept), self.domain.predicate)
        swept = 0
        for tails in order[:12]:
            every = self._options((2, *tails[0]))
            for options in every[:6]:
                if self._independent(tails, options):
                    swept += self._sweep(rows_of_values(wide, tails, self.rng), options)
                if self.troubles:
                    return
            if (swept and tails == alone) or swept > 3:
                return
        self._singles()

    def _sweep(self, rows: list[Arrays], options: Options) -> int:
        """Judge rows at once; 0 if they touch each other."""
        rows = [r for r in rows if self.domain.accepts([np.array([x]) for x in r])]
        kept = self._finite(rows, options)
        if len(kept) < 3:
            return 0
        inputs = tuple(np.stack([np.asarray(r[i]) for r in kept]) for i in range(len(kept[0])))
        point = self._point(inputs, options, rows=True, wide=self.asked is None)
        if point is None:
            return 0
        if not self._take(check_point(point, self.rng), point) and self.order > 1:
            self._second_of_rows(point)
        return 1

    def _second_of_rows(self, point: Point) -> None:
        """Second derivatives that are not finite: those of all rows at once, then one by one."""
        value = attempt(point.subject, point.inputs)
        if value is None or not point.wanted:
            return
        v = [np.ones(point.inputs[i].shape) for i in point.wanted]
        try:
            _, second, _ = derivatives(point, np.ones_like(value), point.wanted, v)
        except NotDifferentiableError:
            return
        n = len(point.inputs[0])
        broken = np.any([~np.isfinite(h.reshape(n, -1)).all(axis=1) for h in second], axis=0)
        for x in point.inputs:  # products of larger ones overflow in any case
            size = np.abs(x.reshape(n, -1))
            broken &= ((size == 0) | ((size > 1e-5) & (size < 1e5))).all(axis=1)
        for r in np.argwhere(broken).ravel()[:8]:
            single = self._point(point.row(int(r)).inputs, point.options)
            if single is not None and self._take(
                check_point(single, self.rng, second=True), single
            ):
                return

    def _finite(self, rows: list[Arrays], options: Options) -> list[Arrays]:
        """The rows that the forward accepts and where it is finite."""
        if not rows:
            return []
        inputs = tuple(np.stack([np.asarray(r[i]) for r in rows]) for i in range(len(rows[0])))
        try:
            value = np.asarray(bind(self.callee.function, options, inputs).forward(inputs))
            if value.shape[:1] == (len(rows),):
                good = np.isfinite(value.reshape(len(rows), -1)).all(axis=1)
                return [row for row, ok in zip(rows, good, strict=True) if ok]
        except Exception:
            pass
        kept = []
        for row in rows:
            single = tuple(np.asarray(x)[None] for x in row)
            if self._bind(single, options) is not None:
                kept.append(row)
        return kept

    def _independent(self, tails: tuple[tuple[int, ...], ...], options: Options) -> bool:
        """Whether a change of one row changes no other row of the output, by trying."""
        n, sizes = 4, named_lengths(self.domain, tails)
        both = [
            self.domain.draw(self.rng, [(n, *t) for t in tails], sizes, "ordinary")
            for _ in range(2)
        ]
        subject = self._bind(both[0], options)
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
        """Cases of special values and of all sizes, one by one."""
        some = [s for s in self.shapes if all(0 < np.prod(x) <= 6 for x in s.inputs)]
        for k in range(40 if some else 0):
            shapes = some[(7 * k) % len(some)]
            every = self._options(shapes.inputs[0])
            options = every[(3 * k) % len(every)]
            base = self.domain.draw(self.rng, shapes.inputs, shapes.sizes, "ordinary")
            inputs = []
            for e, x in zip(self.domain.entries, base, strict=True):
                if isinstance(e, Reals):
                    pool = e.pool(self.rng, 16)
                    scale = 10.0 ** self.rng.integers(-200, 200)
                    y = self.rng.choice(pool, x.shape) if k % 2 else x * scale
                    x = np.where(e.inside(y), y, x)
                inputs.append(x)
            point = self._point(tuple(inputs), options)
            if point is not None and self._take(check_point(point, self.rng), point):
                return

    def _float32(self) -> None:
        """Ordinary cases in the other types."""
        for dtype in self.dtypes:
            if np.dtype(dtype) == np.float64:
                continue
            for k, shapes in enumerate(self.shapes[:: max(1, len(self.shapes) // 10)]):
                every = self._options(shapes.inputs[0] if shapes.inputs else ())
                drawn = self.domain.draw(self.rng, shapes.inputs, shapes.sizes, "ordinary")
                inputs = tuple(x.astype(dtype) if x.dtype.kind == "f" else x for x in drawn)
                point = self._point(inputs, every[k % len(every)])
                if point is not None and self._take(check_point(point, self.rng), point):
                    return


def _changed_in_place(error: Exception, inputs: Arrays, options: Options) -> Trouble:
    nan = float("nan")
    return Trouble(
        "inputs changed in place",
        f"forward must not change its inputs, which are read-only: {error}",
        0, None, nan, nan, 0.0, inputs, np.ones(()), options,
    )  # fmt: skip
