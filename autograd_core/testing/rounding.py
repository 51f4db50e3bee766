"""What rounding does to a gradient: that of its arguments, and that inside its computation."""

from __future__ import annotations

import contextlib
from collections.abc import Callable
from typing import Any

import numpy as np

from autograd_core.testing.numeric import REFUSED, attempt
from autograd_core.testing.subjects import Arrays, Subject
from autograd_core.values import Array

TRIALS = 16  # points near by: at any one of them the rounding may be zero by chance
SMALLER: dict[Any, Any] = {np.dtype(np.float64): np.float32, np.dtype(np.float32): np.float16}


def perturbed(
    subject: Subject, inputs: Arrays, upstream: Array, eps: float, rng: np.random.Generator
) -> list[tuple[Array, Array, Array]]:
    """For each input: its gradient, and what rounding of the arguments to `eps` would do to it.

    The second is from perturbing inputs and upstream by a few units in the last place, the
    third from perturbing the output. Rounding grows in proportion: a change that does not
    grow with the perturbation is another branch, and allows nothing.
    """
    dtype = upstream.dtype.type
    output = attempt(subject, inputs)
    try:
        exact = subject.pull(upstream, inputs, output)
    except REFUSED:
        zeros = [np.zeros(x.shape) for x in inputs]
        return [(np.full(x.shape, np.nan), z, z) for x, z in zip(inputs, zeros, strict=True)]
    small = 2.0**8 * float(np.finfo(dtype).eps)
    large = 16 * small
    changes = [[np.zeros(x.shape) for x in inputs] for _ in range(4)]
    for _ in range(2):
        signs = [rng.choice([-1.0, 1.0], x.shape) for x in inputs]
        sign, out = (rng.choice([-1.0, 1.0], upstream.shape) for _ in range(2))
        for k, size in enumerate((small, large)):
            moved = tuple(
                x * (1 + dtype(size) * s) if x.dtype.kind == "f" else x
                for x, s in zip(inputs, signs, strict=True)
            )
            trials = [(upstream * (1 + dtype(size) * sign), moved, None)]
            if output is not None and subject.operation is not None:
                trials.append((upstream, inputs, output * (1 + dtype(size) * out)))
            for which, trial in enumerate(trials):
                try:
                    changed = subject.pull(*trial)
                except REFUSED:
                    continue
                for i, (a, b) in enumerate(zip(changed, exact, strict=True)):
                    difference = np.abs(a - b)
                    difference = np.where(np.isfinite(difference), difference, 0)
                    number = 2 * which + k
                    changes[number][i] = np.maximum(changes[number][i], difference)
    few = 4 * eps / small
    result = []
    for i, g in enumerate(exact):
        parts = []
        for which in (0, 2):
            by_small, by_large = changes[which][i], changes[which + 1][i]
            parts.append(np.where(by_large > 4 * by_small, by_small * few, 0))
        result.append((g, *parts))
    return result


def branches(
    subject: Subject, inputs: Arrays, upstream: Array, eps: float, rng: np.random.Generator
) -> list[tuple[Array, Array]]:
    """For each input: the least and the largest gradient at the point and close around it.

    Beside a kink that is as close as the rounding of the inputs, all of its sides are met.
    """
    found = []
    for trial in range(TRIALS + 1):
        size = upstream.dtype.type(4 * eps if trial else 0)
        moved = tuple(
            x * (1 + size * rng.uniform(-1, 1, x.shape)) if x.dtype.kind == "f" else x
            for x in inputs
        )
        with contextlib.suppress(*REFUSED):
            found.append(subject.pull(upstream, moved))
    if not found:
        return [(np.full(x.shape, np.nan),) * 2 for x in inputs]
    return [(np.fmin.reduce(gs), np.fmax.reduce(gs)) for gs in zip(*found, strict=True)]


def own_rounding(
    compute: Callable[[Arrays, Array], Array],
    inputs: Arrays,
    upstream: Array,
    rng: np.random.Generator,
) -> Array:
    """The largest rounding of an array that is computed from inputs and an upstream gradient.

    Where parts of a result cancel, what is left of rounding them may be all there is. How large
    the parts are, nobody says; but in a type with fewer bits the same rounding is as much larger
    as the type is less precise. So it is computed in both types with the same numbers, which the
    smaller one can hold, and what differs is the rounding.

    It is told in units of eps: times the eps of a type, it is the rounding in that type. It is 0
    where the smaller type can't be computed in.
    """
    smaller = SMALLER.get(upstream.dtype)
    if smaller is None:
        return np.zeros(())
    eps = float(np.finfo(smaller).eps)
    largest: Array = np.zeros(())
    for _ in range(TRIALS):
        moved = tuple(
            (x * (1 + 4 * eps * rng.uniform(-1, 1, x.shape))).astype(smaller)
            if x.dtype.kind == "f"
            else x
            for x in inputs
        )
        wide = tuple(x.astype(upstream.dtype) if x.dtype.kind == "f" else x for x in moved)
        u = (upstream * (1 + 4 * eps * rng.uniform(-1, 1, upstream.shape))).astype(smaller)
        try:
            low = compute(moved, u)
            high = compute(wide, u.astype(upstream.dtype))
        except Exception:  # then nothing is known
            return np.zeros(())
        difference = np.abs(np.asarray(low, upstream.dtype) - high)
        largest = np.maximum(largest, np.where(np.isfinite(difference), difference, 0))
    return largest / eps
