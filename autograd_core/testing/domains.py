"""What inputs may be, and numbers of all kinds from there."""

from __future__ import annotations

import inspect
import math
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Protocol

import numpy as np

from autograd_core.values import Array

Sizes = Mapping[str, int]

SPECIAL = np.array(
    [
        *(0.0, 1.0, 2.0, 3.0, 0.5, 0.25, 4.0, 5.0, 10.0, 1e-3, 1e-5, 1e-8, 1e-12, 1e-16, 7.0),
        *(20.0, 30.0, 38.5, 41.0, 60.0, 100.0, 300.0, 700.0, 740.0, 1e3, 1e4, 1e6, 1e9, 1e16),
        1 + 1e-9,
    ]
)
SPECIAL = np.concatenate([SPECIAL, -SPECIAL])

FAR = 8.0  # from 0: no ordinary number is farther

PATTERNS = (
    *("ordinary", "ties", "equal", "sorted", "positive", "negative", "whole", "near ties"),
    *("spread", "zeros", "some zeros", "some ones", "in steps", "copies", "special"),
    *("reversed", "ones", "large", "small", "one stands out"),
)
"""Kinds of arrays, by which cases take turns."""


@dataclass(frozen=True)
class integers:
    """Integers from low to high, which is excluded and may be the name of an axis."""

    low: int
    high: int | str


class Numbers(Protocol):
    """What one input may be."""

    differentiable: bool

    def draw(self, rng: np.random.Generator, shape: tuple[int, ...], sizes: Sizes) -> Array:
        """Ordinary numbers."""

    def inside(self, x: Array) -> Array:
        """Which of these are allowed."""

    def pool(self, rng: np.random.Generator, n: int) -> Array:
        """About n numbers of all sizes, special ones first."""


@dataclass(frozen=True)
class Reals:
    """All numbers between two bounds, which themselves are left out."""

    low: float = -math.inf
    high: float = math.inf
    differentiable = True

    def draw(self, rng: np.random.Generator, shape: tuple[int, ...], sizes: Sizes) -> Array:
        low, high = self.low, self.high
        if high - low < 4 * FAR:
            return np.asarray(low + (high - low) * rng.uniform(0.02, 0.98, shape))
        if low < 0 < high:  # far apart: they keep out what is too large, or of one sign
            x = np.clip(rng.normal(0, 1.5, shape), -FAR, FAR)
            return np.asarray(np.where(self.inside(x), x, -x))
        beyond = np.minimum(np.exp(rng.normal(0, 0.8, shape)), 2 * FAR)
        return np.asarray(low + beyond if abs(low) <= abs(high) else high - beyond)

    def inside(self, x: Array) -> Array:
        inside: Array = (x > self.low) & (x < self.high)
        if math.isinf(self.low) and math.isinf(self.high):
            inside = np.ones(np.shape(x), bool)
        return inside

    def pool(self, rng: np.random.Generator, n: int) -> Array:
        signs = rng.choice([-1.0, 1.0], n)
        wide = signs * 10.0 ** rng.uniform(-300, 300, n)
        middle = rng.permutation(signs) * 10.0 ** rng.uniform(-7, 3, n)
        bends = rng.permutation(signs) * np.exp(rng.uniform(0, 6.5, n))
        ordinary = self.draw(rng, (n,), {})
        bounds = [
            b + s * 10.0**-k
            for b, s in ((self.low, 1), (self.high, -1))
            if math.isfinite(b)
            for k in range(1, 12)
        ]
        span = [w * b for b in (self.low, self.high) if math.isfinite(b) for w in (0.5, 2.0)]
        mixed = np.stack([middle, ordinary, bends, wide], axis=1).ravel()
        numbers = np.concatenate([SPECIAL, bounds, span, -np.zeros(1), mixed])
        return numbers[self.inside(numbers)]


@dataclass(frozen=True)
class Choices:
    """One of several numbers: a label."""

    values: tuple[float, ...]
    differentiable = False

    def draw(self, rng: np.random.Generator, shape: tuple[int, ...], sizes: Sizes) -> Array:
        return np.asarray(rng.choice(np.array(self.values), shape))

    def inside(self, x: Array) -> Array:
        return np.isin(x, self.values)

    def pool(self, rng: np.random.Generator, n: int) -> Array:
        return self.draw(rng, (4 * n,), {}).astype(float)


@dataclass(frozen=True)
class Whole:
    """Integers, up to a number or the length of an axis."""

    low: int
    high: int | str
    differentiable = False

    def draw(self, rng: np.random.Generator, shape: tuple[int, ...], sizes: Sizes) -> Array:
        high = sizes.get(self.high, 2) if isinstance(self.high, str) else self.high
        if high <= self.low:  # there is none, and only an empty array can be drawn
            return np.zeros(shape, np.int64)
        return np.asarray(rng.integers(self.low, high, shape))

    def inside(self, x: Array) -> Array:
        return np.ones(np.shape(x), bool)

    def pool(self, rng: np.random.Generator, n: int) -> Array:
        return self.draw(rng, (4 * n,), {})


@dataclass(frozen=True)
class Drawn:
    """Whatever a function of a random generator and a shape gives."""

    function: Callable[[np.random.Generator, tuple[int, ...]], Any]
    differentiable = True

    def draw(self, rng: np.random.Generator, shape: tuple[int, ...], sizes: Sizes) -> Array:
        return np.asarray(self.function(rng, shape))

    def inside(self, x: Array) -> Array:
        return np.ones(np.shape(x), bool)

    def pool(self, rng: np.random.Generator, n: int) -> Array:
        return np.asarray(self.function(rng, (4 * n,)))


def as_numbers(entry: Any) -> Numbers:
    """One entry of a domain: None, a pair, integers(...), a set or list, or a function."""
    if entry is None:
        return Reals()
    if isinstance(entry, integers):
        return Whole(entry.low, entry.high)
    if callable(entry):
        return Drawn(entry)
    if isinstance(entry, tuple) and len(entry) == 2:
        low, high = entry
        return Reals(-math.inf if low is None else low, math.inf if high is None else high)
    if isinstance(entry, (set, frozenset, list)):
        return Choices(tuple(sorted(entry)))
    raise TypeError(
        f"domain: {entry!r} is no domain of an input: give None, a pair (low, high), "
        f"integers(low, high), a set of numbers, or a function (rng, shape) -> array"
    )


@dataclass(frozen=True)
class Domain:
    """What all inputs may be."""

    entries: tuple[Numbers, ...]
    predicate: Callable[..., Any] | None = None

    @property
    def draws(self) -> bool:
        """Whether a user's function draws some of the inputs."""
        return any(isinstance(e, Drawn) for e in self.entries)

    def inside(self, i: int, x: Array) -> Array:
        return self.entries[i].inside(x)

    def accepts(self, inputs: Sequence[Array]) -> bool:
        return self.predicate is None or bool(self.predicate(*inputs))

    def draw(
        self,
        rng: np.random.Generator,
        shapes: Sequence[tuple[int, ...]],
        sizes: Sizes,
        pattern: str,
    ) -> tuple[Array, ...]:
        """Arrays of one of the `PATTERNS`, with ordinary numbers where those can't be."""
        arrays: list[Array] = []
        for numbers, shape in zip(self.entries, shapes, strict=True):
            x = numbers.draw(rng, shape, sizes)
            if isinstance(numbers, Reals):
                patterned = _patterned(x, rng, pattern, numbers)
                if pattern == "copies" and arrays and arrays[0].shape == shape:
                    patterned = arrays[0]
                allowed = numbers.inside(patterned)
                x = np.where(allowed, patterned, x)
            elif pattern == "equal" and x.size and not isinstance(numbers, Drawn):
                x = np.full(shape, x.flat[0])
            arrays.append(np.array(x))
        return tuple(arrays)


def _patterned(x: Array, rng: np.random.Generator, pattern: str, numbers: Reals) -> Array:
    if not x.size:
        return x
    if pattern == "whole":
        return np.round(x * 3)
    if pattern == "ties":
        few = np.array([0.0, 1.0, -1.0, 2.0, x.flat[0]])
        few = few[numbers.inside(few)]
        return rng.choice(rng.choice(few, min(2, few.size), replace=False), x.shape)
    if pattern == "in steps":  # of 1, the distance at which most margins have their kink
        return rng.integers(-8, 9) / 4 + rng.integers(0, 3, x.shape)
    if pattern in ("some zeros", "some ones"):
        number = 0.0 if pattern == "some zeros" else 1.0
        return np.where(rng.integers(0, 2, x.shape) == 1, number, x)
    if pattern == "equal":
        return np.full(x.shape, x.flat[0])
    if pattern in ("sorted", "reversed"):
        ordered = np.sort(x, axis=None)
        return (ordered if pattern == "sorted" else ordered[::-1]).reshape(x.shape)
    if pattern in ("positive", "negative"):
        return np.abs(x) * (1 if pattern == "positive" else -1)
    if pattern == "near ties":
        return x.flat[0] * (1 + 2.0 ** -rng.integers(20, 40) * rng.integers(-2, 3, x.shape))
    if pattern == "spread":
        return x * 10.0 ** rng.uniform(-4, 2, x.shape)
    if pattern in ("zeros", "ones"):
        return np.full(x.shape, 0.0 if pattern == "zeros" else 1.0)
    if pattern == "special":
        return rng.choice(numbers.pool(rng, 16)[: 2 * SPECIAL.size], x.shape)
    if pattern in ("large", "small"):
        return x * (64 if pattern == "large" else 2.0**-20)
    if pattern == "one stands out":
        mask = rng.integers(0, x.size) == np.arange(x.size).reshape(x.shape)
        return np.where(mask, x + 40.0, x)
    return x


def as_domain(domain: Any, names: Sequence[str]) -> Domain:
    """The domain of inputs with these names, from what a user writes."""
    n = len(names)
    if domain is None or isinstance(domain, (tuple, integers, set, frozenset)):
        return Domain(tuple(as_numbers(domain) for _ in range(n)))
    if isinstance(domain, Mapping):
        unknown = set(domain) - set(names)
        if unknown:
            raise ValueError(f"domain: {sorted(unknown)} are no inputs; those are {list(names)}")
        return Domain(tuple(as_numbers(domain.get(name)) for name in names))
    if isinstance(domain, list):
        if len(domain) != n:
            raise ValueError(f"domain: there are {len(domain)} entries for {n} inputs")
        return Domain(tuple(as_numbers(entry) for entry in domain))
    if callable(domain):
        if next(iter(parameters(domain)), None) == "rng":
            return Domain(tuple(as_numbers(domain) for _ in range(n)))
        return Domain(tuple(Reals() for _ in range(n)), domain)
    raise TypeError(f"domain: {domain!r} is neither a pair, a list, a dictionary nor a function")


def parameters(function: Callable[..., Any]) -> list[str]:
    """The names of a function's parameters, where they can be told."""
    try:
        return list(inspect.signature(function).parameters)
    except (TypeError, ValueError):  # some that are written in C
        return []


def guesses(n: int) -> list[Domain]:
    """Domains of n inputs to try: all numbers, positive ones, probabilities, labels."""
    real = Reals()
    kinds: list[Numbers] = [Reals(0.0), Reals(0.0, 1.0), Reals(-1.0, 1.0)]
    labels: list[Numbers] = [Whole(0, 2), Choices((-1.0, 1.0)), *kinds]
    guesses = [Domain((real,) * n), *(Domain((kind,) * n) for kind in kinds)]
    if n > 1:
        for label in labels:
            guesses.append(Domain((*[real] * (n - 1), label)))
        guesses += [Domain((label, *[real] * (n - 1))) for label in labels]
        guesses += [Domain((*[k] * (n - 1), Whole(0, 2))) for k in kinds]
    return guesses
