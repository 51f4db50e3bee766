"""From a case that fails to the smallest that fails in the same way."""

from __future__ import annotations

from collections.abc import Callable, Iterator

import numpy as np

from autograd_core.testing.checking import Trouble
from autograd_core.testing.subjects import Arrays
from autograd_core.values import Array

Again = Callable[[Arrays, Trouble, Array | None], list[Trouble]]
ATTEMPTS = 120


def shrink(trouble: Trouble, again: Again, alike: bool = False) -> Trouble:
    """The smallest case found with a fault of the same kind: fewer entries, simpler numbers.

    With `alike`, axes of the same length get the same length: inputs are what they were meant to be
    to each other.
    """
    left = ATTEMPTS
    progress = True
    while progress and left > 0:
        progress = False
        for inputs in simpler(trouble.inputs, trouble, alike):
            if left <= 0:
                break
            left -= 1
            found = _alike(again(inputs, trouble, None), trouble)
            if found is not None:
                trouble, progress = found, True
                break
    ones = np.ones_like(trouble.upstream)
    return _alike(again(trouble.inputs, trouble, ones), trouble) or trouble


def _alike(found: list[Trouble], trouble: Trouble) -> Trouble | None:
    """The first of the same kind, by the same input if there is one."""
    same = [t for t in found if t.kind == trouble.kind]
    return min(same, key=lambda t: t.input != trouble.input, default=None)


def simpler(inputs: Arrays, trouble: Trouble, alike: bool = False) -> Iterator[Arrays]:
    """Smaller inputs first: shorter axes, then numbers that are easier to compute with."""
    lengths = sorted({n for x in inputs for n in x.shape if n > 1}, reverse=True)
    for n in lengths:
        for shorter in dict.fromkeys((1, n // 2, n - 1)):
            start = _start(trouble, n, shorter)
            for which in _axes_of_length(inputs, n, alike):
                if 0 < shorter < n:
                    yield tuple(
                        _cut(x, axes, start, shorter) for x, axes in zip(inputs, which, strict=True)
                    )
    floats = [i for i, x in enumerate(inputs) if x.dtype.kind == "f"]
    for i in floats:
        for value in (1.0, 2.0, 0.0, -1.0, 0.5, 3.0):
            if all(_simplicity(value) < _simplicity(float(x)) for x in inputs[i].flat):
                yield (*inputs[:i], np.full_like(inputs[i], value), *inputs[i + 1 :])
            for k in range(inputs[i].size):
                x = inputs[i].copy()
                before = float(x.flat[k])
                if _simplicity(value) < _simplicity(before):
                    x.flat[k] = value
                    yield (*inputs[:i], x, *inputs[i + 1 :])
        for k in range(inputs[i].size):
            x = inputs[i].copy()
            before = float(x.flat[k])
            for digits in (0, 1, 2):
                rounded = (
                    float(np.format_float_scientific(before, precision=digits))
                    if np.isfinite(before)
                    else 0.0
                )
                if _simplicity(rounded) < _simplicity(before):
                    x.flat[k] = rounded
                    yield (*inputs[:i], x.copy(), *inputs[i + 1 :])


def _simplicity(x: float) -> int:
    """How many signs it takes to write a number, and less for the plainest."""
    order = [1.0, 2.0, 0.0, -1.0, 0.5, 3.0]
    return (
        order.index(x)
        if x in order and np.copysign(1, x) == np.copysign(1, order[order.index(x)])
        else (10 + len(repr(float(x))))
    )


def _axes_of_length(inputs: Arrays, n: int, alike: bool) -> Iterator[list[tuple[int, ...]]]:
    """Which axes of this length to cut: of all inputs, or of one axis of one input."""
    everywhere = [tuple(a for a, m in enumerate(x.shape) if m == n) for x in inputs]
    yield everywhere
    firsts = [tuple(a for a, m in enumerate(x.shape) if m == n and a == 0) for x in inputs]
    if any(firsts) and firsts != everywhere:
        yield firsts
    for i, axes in enumerate([] if alike else everywhere):
        for a in axes:
            yield [(a,) if k == i else () for k in range(len(inputs))]


def _cut(x: Array, axes: tuple[int, ...], start: int, length: int) -> Array:
    for axis in axes:
        begin = min(start, x.shape[axis] - length)
        x = np.take(x, range(begin, begin + length), axis)
    return x.copy()


def _start(trouble: Trouble, n: int, shorter: int) -> int:
    """Where to cut, so that the wrong entry stays."""
    if not trouble.entry:
        return 0
    shape = trouble.inputs[trouble.input].shape
    places = [k for k, m in zip(trouble.entry, shape, strict=False) if m == n]
    return max(0, min(places[0] if places else 0, n - shorter))
