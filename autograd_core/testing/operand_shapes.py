"""Shapes of inputs: from a signature, or found by trying."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field
from itertools import product
from math import prod
from typing import TypeVar

import numpy as np

from autograd_core.testing.domains import Sizes

Shape = tuple[int, ...]
LENGTHS = (2, 3, 1, 0)
MOST = 3  # axes
LARGEST = 12  # entries

T = TypeVar("T")


@dataclass(frozen=True)
class Shapes:
    """The shapes of all inputs, and the lengths of the axes that a signature names."""

    inputs: tuple[Shape, ...]
    sizes: Sizes = field(default_factory=dict)


def parse(signature: str) -> list[tuple[str, ...]]:
    """The axes of each input, of a signature as NumPy's generalized functions have it."""
    text = signature.replace(" ", "")
    if not re.fullmatch(r"(\([\w,]*\),?)+(->(\([\w,]*\),?)+)?", text):
        raise ValueError(
            f"signature: {signature!r} is not of the form '(b,p),(p,u)->(b,u)', with the names of "
            f"the axes of each input in brackets"
        )
    groups = re.findall(r"\(([\w,]*)\)", text.split("->")[0])
    return [tuple(name for name in group.split(",") if name) for group in groups]


def fits(signature: str, shapes: Sequence[Shape]) -> bool:
    """Whether inputs of these shapes are those of the signature: each name has one length."""
    inputs = parse(signature)
    lengths = {name: int(name) for axes in inputs for name in axes if name.isdigit()}
    if not any(inputs):
        return True  # entries that are broadcast
    return all(len(axes) == len(shape) for axes, shape in zip(inputs, shapes, strict=True)) and all(
        lengths.setdefault(name, n) == n
        for axes, shape in zip(inputs, shapes, strict=True)
        for name, n in zip(axes, shape, strict=True)
    )


def of_signature(signature: str, rng: np.random.Generator, most: int) -> list[Shapes]:
    """Every axis at 0, 1, 2 and 3 in all combinations, or a sample of them."""
    inputs = parse(signature)
    names = sorted({name for axes in inputs for name in axes if not name.isdigit()})
    if not names:
        return [Shapes(shapes) for shapes in broadcast(len(inputs), rng, most)]
    combinations = list(product(LENGTHS, repeat=len(names)))
    combinations = sample(combinations, rng, most)
    result = []
    for lengths in combinations:
        sizes = dict(zip(names, lengths, strict=True))
        shapes = tuple(tuple(sizes[a] if a in sizes else int(a) for a in axes) for axes in inputs)
        result.append(Shapes(shapes, sizes))
    return result


def broadcast(n: int, rng: np.random.Generator, most: int) -> list[tuple[Shape, ...]]:
    """Shapes of n arrays that broadcast to each other: equal ones, and repeated axes."""
    full = [
        s for ndim in range(MOST + 1) for s in product(LENGTHS, repeat=ndim) if prod(s) <= LARGEST
    ]
    if n == 1:
        return [(shape,) for shape in sample(full, rng, most)]
    found = [(shape,) * n for shape in sample(full, rng, most // 3)]
    for shape in sample(full, rng, most):
        several = []
        for _ in range(n):
            kept = shape[int(rng.integers(0, len(shape) + 1)) :] if rng.integers(2) else shape
            several.append(tuple(1 if rng.integers(3) == 0 else k for k in kept))
        found.append(tuple(several))
    return list(dict.fromkeys(found))[:most]


def sample(items: Sequence[T], rng: np.random.Generator, most: int) -> list[T]:
    """Some of the items in their order, the first always among them."""
    if len(items) <= most:
        return list(items)
    chosen = {0, *(int(k) for k in rng.choice(len(items), most, replace=False))}
    return [items[k] for k in sorted(chosen)][:most]


def candidates(n: int) -> Iterator[tuple[Shape, ...]]:
    """Shapes of n inputs to try, those without an empty axis."""
    small = [shape for ndim in range(3) for shape in product((2, 3, 1), repeat=ndim)]
    if n == 1:
        ranks = range(MOST + 1)
        every = (shape for ndim in ranks for shape in product((2, 3, 1), repeat=ndim))
        yield from ((shape,) for shape in every if prod(shape) <= LARGEST)
    elif n == 2:
        yield from product(small, repeat=2)
        cubes = [(2, 3, 2), (2, 1, 3), (1, 2, 3), (3, 2, 1)]
        yield from ((c, s) for c in cubes for s in (*small, *cubes))
        yield from ((s, c) for c in cubes for s in small)
    else:
        few = [(), (2,), (3,), (1,), (2, 3), (2, 1), (1, 3), (3, 2), (2, 2)]
        yield from product(few, repeat=n) if n <= 3 else (((s,) * n) for s in small)


def found(
    n: int, accepts: Callable[[Shapes], bool], rng: np.random.Generator, most: int
) -> list[Shapes]:
    """Shapes that a forward accepts, by trying; empty axes in place of those of the same length."""
    accepted = [Shapes(inputs) for inputs in candidates(n) if accepts(Shapes(inputs))]
    chosen = spread_out(accepted, rng, most)
    empty = []
    for shapes in sample(accepted, rng, 24):
        for length in (2, 3):
            changed = tuple(tuple(0 if k == length else k for k in s) for s in shapes.inputs)
            if changed != shapes.inputs:
                empty.append(Shapes(changed))
    unique = {shapes.inputs: shapes for shapes in [*chosen, *empty]}
    return list(unique.values())[: most + 24]


def spread_out(accepted: list[Shapes], rng: np.random.Generator, most: int) -> list[Shapes]:
    """A sample with all combinations of ranks in it."""
    by_ranks: dict[tuple[int, ...], list[Shapes]] = {}
    for shapes in accepted:
        by_ranks.setdefault(tuple(len(s) for s in shapes.inputs), []).append(shapes)
    each = max(4, most // max(1, len(by_ranks)))
    return [shapes for group in by_ranks.values() for shapes in sample(group, rng, each)][
        : 2 * most
    ]
