"""From a case that fails to the smallest that fails in the same way."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import Any

import numpy as np

from autograd_core.testing.checking import Trouble
from autograd_core.testing.reports import Fault
from autograd_core.testing.subjects import Arrays
from autograd_core.values import Array

Again = Callable[[Arrays, Trouble, Array | None], list[Trouble]]
ATTEMPTS = 120


def shrink(trouble: Trouble, again: Again) -> Trouble:
    """The smallest case found with a fault of the same kind: fewer entries, simpler numbers."""
    left = ATTEMPTS
    progress = True
    while progress and left > 0:
        progress = False
        for inputs in simpler(trouble.inputs, trouble):
            if left <= 0:
                break
            left -= 1
            found = [t for t in again(inputs, trouble, None) if t.kind == trouble.kind]
            if found:
                trouble, progress = found[0], True
                break
    ones = np.ones_like(trouble.upstream)
    found = [t for t in again(trouble.inputs, trouble, ones) if t.kind == trouble.kind]
    return found[0] if found else trouble


def simpler(inputs: Arrays, trouble: Trouble) -> Iterator[Arrays]:
    """Smaller inputs first: shorter axes, then numbers that are easier to compute with."""
    lengths = sorted({n for x in inputs for n in x.shape if n > 1}, reverse=True)
    for n in lengths:
        for shorter in dict.fromkeys((1, n // 2, n - 1)):
            start = _start(trouble, n, shorter)
            for which in _axes_of_length(inputs, n):
                if 0 < shorter < n:
                    yield tuple(
                        _cut(x, axes, start, shorter) for x, axes in zip(inputs, which, strict=True)
                    )
    floats = [i for i, x in enumerate(inputs) if x.dtype.kind == "f"]
    for i in floats:
        for value in (1.0, 2.0, 0.0, -1.0, 0.5, 3.0):
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


def _axes_of_length(inputs: Arrays, n: int) -> Iterator[list[tuple[int, ...]]]:
    """Which axes of this length to cut: of all inputs, or of one axis of one input."""
    everywhere = [tuple(a for a, m in enumerate(x.shape) if m == n) for x in inputs]
    yield everywhere
    firsts = [tuple(a for a, m in enumerate(x.shape) if m == n and a == 0) for x in inputs]
    if any(firsts) and firsts != everywhere:
        yield firsts
    for i, axes in enumerate(everywhere):
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


def as_fault(trouble: Trouble, operation: Any, name: str) -> Fault:
    """The trouble with the code that reproduces it."""
    return Fault(
        kind=trouble.kind, message=trouble.message, input=trouble.input, entry=trouble.entry,
        analytic=trouble.analytic, numeric=trouble.numeric, error=trouble.error,
        inputs=trouble.inputs, upstream=trouble.upstream, options=dict(trouble.options),
        code=reproduction(trouble, operation, name),
    )  # fmt: skip


def reproduction(trouble: Trouble, operation: Any, name: str) -> str:
    """A program that runs the check at the case of a trouble."""
    module = getattr(operation, "__module__", None)
    path = getattr(operation, "__qualname__", name)
    lines = ["import numpy as np", "", "from autograd_core.testing import gradcheck"]
    if module in (None, "__main__") or not path.isidentifier():
        lines.append(f"# and {name} as it is defined")
    else:
        lines.append(f"from {module} import {path}")
    arrays = ", ".join(literal(x) for x in trouble.inputs)
    call = path if path.isidentifier() else name
    if trouble.options:
        given = ", ".join(f"{k}={v!r}" for k, v in trouble.options.items())
        call = f"lambda *xs: {call}(*xs, {given})"
    order = ", order=2" if trouble.second else ""
    lines += [
        "",
        f"gradcheck({call}, [{arrays}],",
        f"          upstream={literal(trouble.upstream)}{order})",
    ]
    return "\n".join(lines)


def literal(x: Array) -> str:
    """An array as it is written in a program."""
    x = np.asarray(x)
    if not x.size:
        return f"np.zeros({x.shape}, np.{x.dtype})"
    dtype = "" if x.dtype in (np.dtype(float), np.dtype(int)) else f", dtype=np.{x.dtype}"
    text = repr(x.tolist()).replace("nan", "np.nan").replace("inf", "np.inf")
    return f"np.array({text}{dtype})"
