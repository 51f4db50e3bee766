"""The entries of drawn arrays: which numbers, and how an array is filled with them."""

from __future__ import annotations

import math
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import numpy as np
from hypothesis import strategies as st
from hypothesis.strategies import SearchStrategy

from autograd_core.values import Array

ORDINARY = 4.0  # the size of ordinary numbers


def numbers(
    dtype: np.dtype[Any], min_value: float | None, max_value: float | None, everything: bool
) -> tuple[SearchStrategy[Any], tuple[Any, Any]]:
    """A strategy for numbers of the dtype, and the limits between which they are."""
    if dtype.kind == "b":
        return st.booleans(), (False, True)
    least, most = (
        (-ORDINARY, ORDINARY) if dtype.kind == "f" else (-3 if dtype.kind == "i" else 0, 3)
    )
    low, high = min_value, max_value
    if low is None:
        low = least if high is None or high >= least else high - (most - least)
    if high is None:
        high = most if low <= most else low + (most - least)
    if not -np.inf < low <= high < np.inf:
        raise ValueError(
            f"arrays: min_value={min_value} and max_value={max_value}: they must be finite "
            f"numbers, the first not above the second (None for no bound)"
        )
    if dtype.kind != "f":
        if math.ceil(low) > high:
            raise ValueError(f"arrays: there is no {dtype} from {min_value} to {max_value}")
        return st.integers(math.ceil(low), math.floor(high)), (low, high)

    info = np.finfo(dtype)
    width: Any = info.bits
    low, high = inward(low, high, dtype)
    if low > high:
        raise ValueError(f"arrays: there is no {dtype} from {min_value} to {max_value}")
    tiny = max(abs(low), abs(high)) * 2.0**-20
    choices: list[SearchStrategy[Any]] = []
    if math.ceil(low) <= high:
        choices.append(st.integers(math.ceil(low), math.floor(high)).map(float))
    if math.ceil(low * 8) <= high * 8:
        choices.append(st.integers(math.ceil(low * 8), math.floor(high * 8)).map(lambda k: k / 8))
    choices.append(st.floats(low, high, width=width).filter(lambda x: abs(x) >= tiny))
    if everything:
        bounds = (low if min_value is not None else None, high if max_value is not None else None)
        choices.append(st.floats(*bounds, allow_nan=False, allow_infinity=False, width=width))
        low = low if min_value is not None else float(info.min)
        high = high if max_value is not None else float(info.max)
        edges = [0.0, info.smallest_subnormal, info.smallest_normal, info.max]
        edges += [np.sqrt(info.smallest_normal), np.sqrt(info.max)]  # squares under- and overflow
        signed = [sign * float(edge) for edge in edges for sign in (1, -1)]
        inside = [edge for edge in signed if low <= edge <= high]
        if inside:
            choices.append(st.sampled_from(inside))
    return st.one_of(choices), (low, high)


def inward(low: float, high: float, dtype: np.dtype[Any]) -> tuple[float, float]:
    """The numbers of this dtype next to `low` and `high`, between them."""
    first, last = dtype.type(low), dtype.type(high)
    if float(first) < low:  # as float64: NumPy would compare in the smaller dtype
        first = np.nextafter(first, dtype.type(np.inf))
    if float(last) > high:
        last = np.nextafter(last, dtype.type(-np.inf))
    return float(first), float(last)


Draw = Callable[[SearchStrategy[Any]], Any]


@dataclass(frozen=True)
class Fill:
    """How arrays are filled: entry by entry, or from two numbers, maybe with other last bits."""

    dtype: np.dtype[Any]
    elements: SearchStrategy[Any]
    limits: tuple[Any, Any] | None  # None: no last bits are changed
    ties: bool = True

    def array(self, draw: Draw, shape: tuple[int, ...]) -> Array:
        size = math.prod(shape)
        kind = draw(KINDS) if self.ties and size > 1 else "any"
        if kind == "any":
            return np.array([draw(self.elements) for _ in range(size)], self.dtype).reshape(shape)
        two = np.array([draw(self.elements), draw(self.elements)], self.dtype)
        array = two[[draw(st.integers(0, 1)) for _ in range(size)]]
        if kind == "near ties" and self.limits:
            units = np.array([draw(st.integers(-2, 2)) for _ in range(size)], self.dtype)
            bits = draw(st.sampled_from((0, np.finfo(self.dtype).nmant // 2)))
            with np.errstate(over="ignore", invalid="ignore"):  # beyond the largest number
                unit = np.spacing(np.where(array == 0, 1, array).astype(self.dtype))
                moved = array + units * unit * self.dtype.type(2.0**bits)
            inside = (moved >= self.limits[0]) & (moved <= self.limits[1])
            array = np.where(inside, moved, array)
        return array.reshape(shape)


KINDS = st.sampled_from(("any", "ties", "near ties"))
