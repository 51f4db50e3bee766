"""Axes of charts: where numbers stand, and which of them are written."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from math import ceil, floor, isfinite, log10

from autograd_core.draw.text import number

MOST_TICKS = 6


@dataclass(frozen=True)
class Axis:
    """The numbers from `low` to `high`, by their logarithms if `log`; `ticks` are written."""

    low: float
    high: float
    ticks: tuple[float, ...]
    log: bool = False

    def place(self, x: float) -> float:
        """0 for `low`, 1 for `high`, and so on."""
        if self.log:
            return (log10(x) - log10(self.low)) / (log10(self.high) - log10(self.low))
        return (x - self.low) / (self.high - self.low)

    @property
    def labels(self) -> list[str]:
        """The ticks as they are written."""
        if self.log:
            return [number(tick) if 1e-3 <= tick <= 1e3 else f"{tick:.0e}" for tick in self.ticks]
        if len(self.ticks) < 2:
            return [number(tick) for tick in self.ticks]
        # As many digits as tell one tick from the next, and one more for steps of 25.
        largest, step = max(map(abs, self.ticks)), self.ticks[1] - self.ticks[0]
        digits = max(4, floor(log10(largest)) - floor(log10(step)) + 2)
        return [number(tick, digits) for tick in self.ticks]


def linear(values: Iterable[float], *, whole: bool = False, tight: bool = False) -> Axis:
    """An axis around the finite numbers among `values`, with round ticks.

    `whole`: the ticks are integers. `tight`: it ends with the values, not with a tick.

    >>> linear([0.13, 0.87]).ticks
    (0.0, 0.2, 0.4, 0.6, 0.8, 1.0)
    """
    finite = [x for x in values if isfinite(x)] or [0.0]
    low, high = min(finite), max(finite)
    largest = max(abs(low), abs(high))
    if high - low <= 1e-9 * largest:  # of which the rest is rounding
        room = largest / 2 or 0.5
        low, high = low - room, high + room
    rough = (high - low) / (MOST_TICKS - 1)
    power = 10.0 ** floor(log10(rough))
    step = next(k * power for k in (1, 2, 2.5, 5, 10) if k * power >= rough * (1 - 1e-9))
    if whole:
        step = max(1.0, float(ceil(step)))
    first, last = floor(low / step + 1e-9), ceil(high / step - 1e-9)
    ticks = [round(k * step, 12 - floor(log10(step))) for k in range(first, last + 1)]
    if tight:
        return Axis(low, high, tuple(tick for tick in ticks if low <= tick <= high))
    return Axis(ticks[0], ticks[-1], tuple(ticks))


def logarithmic(values: Iterable[float]) -> Axis:
    """An axis around the numbers above 0 among `values`.

    The ticks are powers of ten, and twice and five times these where they are few.

    >>> logarithmic([0.03, 0.3]).ticks, logarithmic([1e-7, 3.0]).ticks
    ((0.02, 0.05, 0.1, 0.2, 0.5), (1e-07, 1e-05, 0.001, 0.1, 10.0))
    """
    positive = [x for x in values if x > 0 and isfinite(x)] or [1.0]
    low, high = min(positive), max(positive)
    first, last = floor(log10(low)), ceil(log10(high))
    if last - first <= 2:
        fine = [float(f"{k}e{e}") for e in range(first - 1, last + 2) for k in (1, 2, 5)]
        start = max(i for i, tick in enumerate(fine) if tick <= low)
        end = next(i for i, tick in enumerate(fine) if tick >= high and i > start)
        ticks = tuple(fine[start : end + 1])
    else:
        step = ceil((last - first) / (MOST_TICKS - 1))
        ticks = tuple(float(f"1e{e}") for e in range(first, last + step, step))
    return Axis(ticks[0], ticks[-1], ticks, log=True)
