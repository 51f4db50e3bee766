"""What arguments to try: strategies of Hypothesis that shrink to numbers as in a textbook."""

from __future__ import annotations

from math import ceil, floor
from typing import Any

import numpy as np
from hypothesis import strategies as st
from hypothesis.extra import numpy as hnp

STEPS = (1, 4, 1000)  # whole numbers are the simplest, then quarters, then thousandths
BLOCK = 3  # entries along an axis that are drawn at least


def floats(low: float, high: float) -> st.SearchStrategy[float]:
    """Numbers from low to high with at most three decimals; the simplest is the whole one by 0."""
    grids = []
    for steps in STEPS:
        first, last = ceil(low * steps), floor(high * steps)
        if first <= last:
            grids.append(st.integers(first, last).map(lambda k, steps=steps: k / steps))
    if not grids:
        raise ValueError(f"floats: there is no number of three decimals from {low} to {high}")
    return st.one_of(grids)


def integers(low: int, high: int) -> st.SearchStrategy[int]:
    """Whole numbers from low to high."""
    return st.integers(low, high)


def axes(*names: str, most: int = 3) -> st.SearchStrategy[tuple[int, ...]]:
    """Shapes whose axes have names: axes of one name have one length in all arguments.

    `X=arrays(axes("b", "p")), W=arrays(axes("p", "u"))` are matrices that can be multiplied.
    """
    return st.tuples(*(st.shared(st.integers(1, most), key=f"axis {name}") for name in names))


def arrays(shape: Any, low: float = -3.0, high: float = 3.0) -> st.SearchStrategy[Any]:
    """Arrays of floats; `shape` is a tuple, or a strategy of such, as `axes` makes them."""
    if not isinstance(shape, st.SearchStrategy):
        shape = st.just((shape,) if isinstance(shape, int) else shape)
    return ends(shape, floats(low, high))


@st.composite
def ends(draw: st.DrawFn, shapes: st.SearchStrategy[Any], elements: st.SearchStrategy[Any]) -> Any:
    """The last entries of a block of one size: what is not 0 stays while the shape shrinks."""
    shape = draw(shapes)
    block = tuple(max(length, BLOCK) for length in shape)
    array = draw(hnp.arrays(np.float64, block, elements=elements, fill=st.nothing()))
    kept = tuple(slice(n - length, n) for n, length in zip(block, shape, strict=True))
    return np.array(array[kept])
