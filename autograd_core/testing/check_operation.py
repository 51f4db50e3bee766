"""Verify an operation on inputs of all shapes, values and options."""

from __future__ import annotations

import time
from collections.abc import Callable, Mapping, Sequence
from typing import Any

import numpy as np

from autograd_core.conversions import differentiating
from autograd_core.testing.checking import Trouble, check_point
from autograd_core.testing.domains import PATTERNS, Drawn, Whole
from autograd_core.testing.faults import as_fault
from autograd_core.testing.operand_shapes import Shapes
from autograd_core.testing.operands import Operands
from autograd_core.testing.reports import GradientError, Report, not_judged
from autograd_core.testing.shrinking import shrink
from autograd_core.testing.subjects import Arrays, quiet
from autograd_core.testing.sweeps import Sweeps
from autograd_core.testing.tally import Tally
from autograd_core.values import Array

DTYPES = (np.float64, np.float32)
CASES = 96  # of shapes
OTHER_SHAPES = (
    "The forward accepts these shapes. If it is not meant for them, let it refuse them, or tell "
    'which it is meant for: signature="(b,p),(p,u)->(b,u)" for matrices that are multiplied'
)
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
      (rng, shape) -> array for each input; or a function of all inputs, whose first is not
      called rng, that says whether they are allowed. The bounds of a pair are left out: (0, None)
      is all x > 0, and for x >= 0 give a function that draws zeros too. Of integers(low, high),
      as in `range`, only high is;
    - `options` are those to call with, or a list of such; without it, keyword parameters with
      defaults are varied: booleans both ways, an axis over all axes.

    In each of the `dtypes` the value and the gradient must be of the type of the inputs. For x of
    float32, np.log(2) * x is float64, and so a network would leave float32 unnoticed. Without
    np.float32 among them this is not looked at.

    The same `seed` gives the same report. `order` 1 leaves second derivatives out.

    >>> from autograd_core import sigmoid
    >>> check_operation(sigmoid).ok
    True
    """
    start = time.perf_counter()
    most = cases or CASES
    with quiet(), differentiating():
        operands = Operands(operation, signature, domain, options, dtypes, most)
        report = _Check(operands, most, seed, order).run()
    report.seconds = time.perf_counter() - start
    if raises and not report.ok:
        raise GradientError(report)
    return report


class _Check:
    """One run: cases of shapes, then sweeps of values, until something is wrong."""

    def __init__(self, operands: Operands, most: int, seed: int, order: int) -> None:
        self.operands, self.most, self.order = operands, most, order
        self.rng = np.random.default_rng(seed)
        self.report = Report(operands.callee.name)
        self.tally = Tally(self.report)

    def run(self) -> Report:
        sweeps = Sweeps(self.operands, self.rng, self.order, self.tally)
        for part in (self._cases, sweeps.run, self._float32):
            if not self.operands.refused and not self.tally.troubles:
                part()
        self.tally.close()
        callee = self.operands.callee
        for trouble in [*self.operands.refused, *self.tally.troubles][:3]:
            small = self._small(trouble)
            point = self.operands.point(small.inputs, small.options)
            remedy = OTHER_SHAPES if self._may_be_the_shapes(small) else ""
            self.report.add(as_fault(small, callee.function, callee.inputs, point, remedy))
        if self.report.ok and not self.report.cases:
            complaint = self.operands.complaint
            raised = f". The last one that was tried raised {complaint}" if complaint else ""
            self.report.add(
                not_judged(
                    f"no inputs were found that the forward accepts: give signature= and "
                    f"domain={raised}"
                )
            )
        return self.report

    def _may_be_the_shapes(self, trouble: Trouble) -> bool:
        """Whether the gradient may be right for the shapes that the operation is meant for."""
        stacks = any(x.ndim > 2 for x in trouble.inputs)
        return self.operands.signature is None and (trouble.kind in ("error", "shape") or stacks)

    # Cases of shapes -----------------------------------------------------------------------

    def _cases(self) -> None:
        """Small cases of all shapes and options, whose values take turns through the patterns."""
        done: list[Arrays] = []
        n = len(self.operands.shapes)
        rounds = min(8, max(1, self.most // max(1, n)))
        for turn, (k, shapes) in enumerate([*enumerate(self.operands.shapes)] * rounds):
            if self.operands.asked is None and self._labels_of_nothing(shapes):
                continue
            every = self.operands.options(shapes.inputs[0] if shapes.inputs else ())
            # 7 has no factor in common with their number: shapes that come again get others.
            pattern = "ordinary" if turn < 2 else PATTERNS[(k + 7 * (turn // n)) % len(PATTERNS)]
            each = min(len(every), 3)
            for options in [every[(5 * turn + 7 * j) % len(every)] for j in range(each)]:
                inputs = self.operands.draw(self.rng, shapes, pattern)
                point = self.operands.point(inputs, options)
                if point is None:
                    inputs = self.operands.draw(self.rng, shapes)
                    point = self.operands.point(inputs, options)
                if point is None:
                    continue
                others = [self.operands.draw(self.rng, shapes)]
                exact = turn <= 12 or turn % 6 == 0
                second = self.order > 1 and (turn <= 24 or turn % 6 == 0)
                point.short = pattern in PLAIN
                if self.tally.take(
                    check_point(point, self.rng, exact, second, others + done[-1:]), point
                ):
                    return
                done.append(inputs)

    def _labels_of_nothing(self, shapes: Shapes) -> bool:
        """Guessed labels that can't be right, because an axis that they count may be empty."""
        pairs = list(zip(self.operands.domain.entries, shapes.inputs, strict=True))
        labels = any(isinstance(e, Whole) and np.prod(s) > 0 for e, s in pairs)
        return labels and any(not isinstance(e, Whole) and np.prod(s) == 0 for e, s in pairs)

    def _small(self, trouble: Trouble) -> Trouble:
        """The trouble shrunk as far as it goes."""
        if trouble.rows and trouble.entry:
            trouble = self._in_few_rows(trouble, trouble.entry[0])
        return shrink(trouble, self._again) if not trouble.rows else trouble

    def _in_few_rows(self, trouble: Trouble, r: int) -> Trouble:
        """A trouble of a sweep in row r alone, or with some of the rows after it."""
        n = len(trouble.inputs[trouble.input])
        for count in (1, 2, 4, 8):
            rows = [(r + k) % n for k in range(count)]
            for upstream in (None, trouble.upstream[rows]):
                found = self._judged(tuple(x[rows] for x in trouble.inputs), trouble, upstream)
                alike = [t for t in found if t.kind == trouble.kind]
                if alike:
                    return alike[0]
        return trouble

    def _again(self, inputs: Arrays, trouble: Trouble, upstream: Array | None) -> list[Trouble]:
        """The troubles with these inputs instead, for shrinking.

        What a function draws is drawn again in other shapes, and not changed otherwise.
        """
        shapes = Shapes(tuple(x.shape for x in inputs))
        if not self.operands.possible(shapes):
            return []
        if self.operands.domain.draws:
            new = self.operands.draw(np.random.default_rng(0), shapes)
            for i, e in enumerate(self.operands.domain.entries):
                if isinstance(e, Drawn) and inputs[i].shape != trouble.inputs[i].shape:
                    inputs = (*inputs[:i], new[i], *inputs[i + 1 :])
                elif isinstance(e, Drawn) and not np.array_equal(inputs[i], trouble.inputs[i]):
                    return []
        return self._judged(inputs, trouble, upstream)

    def _judged(self, inputs: Arrays, trouble: Trouble, upstream: Array | None) -> list[Trouble]:
        """The troubles with these inputs instead, if the forward accepts them."""
        rng = np.random.default_rng(0)
        point = self.operands.point(inputs, trouble.options)
        if point is None:
            return []
        others = [tuple(x + (x.dtype.kind == "f") * 0.5 for x in inputs)]
        return check_point(point, rng, trouble.exact, trouble.second, others, upstream).troubles

    def _float32(self) -> None:
        """Ordinary cases in the other types."""
        for dtype in self.operands.dtypes:
            if np.dtype(dtype) == np.float64:
                continue
            few = self.operands.shapes[:: max(1, len(self.operands.shapes) // 10)]
            for k, shapes in enumerate(few):
                every = self.operands.options(shapes.inputs[0] if shapes.inputs else ())
                drawn = self.operands.draw(self.rng, shapes)
                inputs = tuple(x.astype(dtype) if x.dtype.kind == "f" else x for x in drawn)
                point = self.operands.point(inputs, every[k % len(every)])
                if point is not None and self.tally.take(check_point(point, self.rng), point):
                    return
