"""Where a subject is judged, and what is found there."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any

import numpy as np

from autograd_core.testing.numeric import Numeric, Precision
from autograd_core.testing.slopes import Slopes
from autograd_core.testing.subjects import Arrays, Subject
from autograd_core.values import Array

SAFETY = 8  # times an error bar is a fault
ULPS = 32  # units in the last place that a few operations may be off


@dataclass
class Point:
    """Where a subject is judged."""

    subject: Subject
    inputs: Arrays
    precision: Precision
    wanted: tuple[int, ...]  # the inputs whose gradients are judged
    rows: bool = False
    inside: Callable[[int, Array], Array] | None = None
    options: dict[str, Any] = field(default_factory=dict)
    short: bool = False  # the numbers are ordinary: a short ladder does
    dtypes: tuple[Any, ...] = (np.float64, np.float32)  # in which the types must be right

    def numeric(self, short: bool = False) -> Numeric:
        return Numeric(self.subject, self.inputs, self.precision, self.rows, self.inside, short)

    def row(self, r: int) -> Point:
        """The same with one row only."""
        inputs = tuple(x[r : r + 1] for x in self.inputs) if self.rows else self.inputs
        return Point(
            self.subject, inputs, self.precision, self.wanted, self.rows, self.inside, self.options
        )


@dataclass
class Finding:
    """An entry of a gradient that is wrong."""

    input: int
    entry: tuple[int, ...]
    analytic: float
    low: float
    high: float
    bar: float
    upstream: Array
    joint: Array | None = None  # a direction in which, rather than along the entry


def underflow(info: Any) -> float:
    """Below this, a few multiplications on the way to a number may have met subnormal ones."""
    return float(info.tiny) * 2.0**20


def outside(claimed: Array, hull: Slopes, tolerance: Array, info: Any) -> Array:
    """Where a gradient is off the hull of slopes by more than the tolerance.

    Not where the true value is too large for the type, or so small that digits are lost.
    """
    off = ~(claimed >= hull.low - tolerance) | ~(claimed <= hull.high + tolerance)
    small = np.maximum(np.abs(hull.low), np.abs(hull.high)) < underflow(info)
    off &= ~(small & (np.abs(claimed) < 16 * underflow(info)))
    huge = np.maximum(np.abs(hull.low), np.abs(hull.high)) + tolerance > info.max / 16
    return off & ~huge
