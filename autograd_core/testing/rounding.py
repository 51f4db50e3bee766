"""What rounding does to a gradient: that of its arguments, and that inside its computation."""

from __future__ import annotations

import contextlib
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np

from autograd_core.testing.numeric import REFUSED, attempt, cast
from autograd_core.testing.subjects import Arrays, Subject
from autograd_core.values import Array

CODES = 5  # bits
TRIALS = 16  # points near by: at any one of them the rounding may be zero by chance
SMALLER: dict[Any, Any] = {np.dtype(np.float64): np.float32, np.dtype(np.float32): np.float16}


@dataclass
class Rounding:
    """What rounding of the arguments to working precision does, at most."""

    by_inputs: list[Array]  # to the gradients, of the inputs and the upstream
    by_output: list[Array]  # to the gradients, of the output
    of_output: Array  # to each output, in proportion to itself


def perturbed(
    subject: Subject,
    inputs: Arrays,
    upstream: Array,
    exact: list[Array],
    eps: float,
    rng: np.random.Generator,
) -> Rounding:
    """What rounding to `eps` does to the gradients, which are `exact` in high precision.

    All arguments are perturbed by a few units in the last place of `upstream`'s type. Rounding
    grows in proportion: a change that does not grow with the perturbation is another branch,
    and allows nothing.
    """
    dtype = upstream.dtype.type
    output = attempt(subject, inputs)
    of_output = Changes(() if output is None else output.shape)
    by_inputs, by_output = ([Changes(g.shape) for g in exact] for _ in range(2))
    small = 2.0**8 * float(np.finfo(dtype).eps)
    for *signs, sign, out in _signs([*inputs, upstream, upstream], rng):
        for k, size in enumerate((small, 16 * small)):
            moved = tuple(
                x * (1 + dtype(size) * s) if x.dtype.kind == "f" else x
                for x, s in zip(inputs, signs, strict=True)
            )
            trials = [(by_inputs, (upstream * (1 + dtype(size) * sign), moved, None))]
            if output is not None:
                value = attempt(subject, moved)
                if value is not None and value.shape == output.shape:
                    of_output.add(k, (value - output) / output)
                if subject.operation is not None:
                    rounded = output * (1 + dtype(size) * out)
                    trials.append((by_output, (upstream, inputs, rounded)))
            for changes, trial in trials:
                with contextlib.suppress(*REFUSED):
                    for change, a, b in zip(changes, subject.pull(*trial), exact, strict=True):
                        change.add(k, a - b)
    few = 4 * eps / small
    return Rounding(
        [few * change.that_grows() for change in by_inputs],
        [few * change.that_grows() for change in by_output],
        few * of_output.that_grows(),
    )


def _signs(arrays: Sequence[Array], rng: np.random.Generator) -> Iterator[list[Array]]:
    """Combinations of signs for the entries of arrays, so that no changes cancel by chance.

    Entries have numbers below 32, which are different for neighbours, and for entries at the same
    place in different arrays. In one combination all signs are the same; and for any two entries
    with different numbers there is one in which they differ.
    """
    numbers = rng.permutation(2**CODES)
    codes = [numbers[(np.arange(a.size) + 11 * k) % 2**CODES] for k, a in enumerate(arrays)]
    for bit in range(CODES + 1):
        signs = [np.where(code >> bit & 1, -1.0, 1.0) for code in codes]
        yield [s.reshape(a.shape) for s, a in zip(signs, arrays, strict=True)]


class Changes:
    """The largest changes of an array by small and by large perturbations."""

    def __init__(self, shape: tuple[int, ...]) -> None:
        self.largest = [np.zeros(shape), np.zeros(shape)]

    def add(self, k: int, change: Array) -> None:
        size = np.abs(change)
        self.largest[k] = np.maximum(self.largest[k], np.where(np.isfinite(size), size, 0))

    def that_grows(self) -> Array:
        """Those by small perturbations, where large ones change more."""
        by_small, by_large = self.largest
        return np.where(by_large > 4 * by_small, by_small, 0)


def jiggled(inputs: Arrays, wanted: Sequence[int], rng: np.random.Generator) -> Arrays:
    """Inputs some units in the last place up or down, those that are `wanted`."""
    return tuple(
        x * (1 + 16 * np.finfo(x.dtype).eps * rng.choice([-1.0, 1.0], x.shape)).astype(x.dtype)
        if i in wanted
        else x
        for i, x in enumerate(inputs)
    )


def beside(inputs: Arrays, size: Any, rng: np.random.Generator) -> Arrays:
    """Floating-point inputs changed at random by up to `size` of themselves."""
    return tuple(
        (x * (1 + x.dtype.type(size) * rng.uniform(-1, 1, x.shape))).astype(x.dtype)
        if x.dtype.kind == "f"
        else x
        for x in inputs
    )


def branches(
    subject: Subject, inputs: Arrays, upstream: Array, eps: float, rng: np.random.Generator
) -> list[tuple[Array, Array]]:
    """For each input: the least and the largest gradient at the point and close around it.

    Beside a kink that is as close as the rounding of the inputs, all of its sides are met.
    """
    found = []
    for trial in range(TRIALS + 1):
        moved = beside(inputs, 4 * eps if trial else 0, rng)
        with contextlib.suppress(*REFUSED):
            found.append(subject.pull(upstream, moved))
    if not found:
        return [(np.full(x.shape, np.nan),) * 2 for x in inputs]
    return [(np.fmin.reduce(gs), np.fmax.reduce(gs)) for gs in zip(*found, strict=True)]


def scatter(
    subject: Subject, inputs: Arrays, upstream: Array, dtype: type, rng: np.random.Generator
) -> list[Array]:
    """By how much the error of each gradient differs between points some units away.

    The error is that of the type of `inputs` against `dtype`. At the point itself it is not looked
    at: a gradient may be wrong there alone.
    """
    errors: list[list[Array]] = []
    for _ in range(TRIALS):
        moved = beside(inputs, 16 * np.finfo(upstream.dtype).eps, rng)
        wide = cast(moved, dtype)
        with contextlib.suppress(*REFUSED):
            low = subject.pull(upstream, moved)
            high = subject.pull(upstream.astype(dtype), wide)
            errors.append([a - b for a, b in zip(low, high, strict=True)])
    if not errors:
        return [np.zeros(x.shape) for x in inputs]
    ranges = [np.max(e, axis=0) - np.min(e, axis=0) for e in zip(*errors, strict=True)]
    return [np.where(np.isfinite(width), width, 0) for width in ranges]


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
        *moved, u = cast(beside((*inputs, upstream), 4 * eps, rng), smaller)
        wide = cast(tuple(moved), upstream.dtype.type)
        try:
            low = compute(tuple(moved), u)
            high = compute(wide, u.astype(upstream.dtype))
        except Exception:  # then nothing is known
            return np.zeros(())
        difference = np.abs(np.asarray(low, upstream.dtype) - high)
        largest = np.maximum(largest, np.where(np.isfinite(difference), difference, 0))
    return largest / eps
