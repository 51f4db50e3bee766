"""Rows of values of all sizes and patterns, to be judged all at once."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from autograd_core.testing.domains import PATTERNS, SPECIAL, Choices, Domain, Numbers, Reals, Whole
from autograd_core.testing.subjects import Arrays

GAPS = (5, 15, 25, 33, *(36 + k / 2 for k in range(16)), 80, 300, 600, 720, 1e4, 1e300)
"""By how much one entry of a row stands out: from 37 on, 1 + e ** -gap is 1."""


def named_lengths(domain: Domain, tails: Sequence[tuple[int, ...]]) -> dict[str, int]:
    """The lengths of axes by which labels are counted: those of the last axis."""
    last = max((tail[-1] for tail in tails if tail), default=2)
    named = [e.high for e in domain.entries if isinstance(e, Whole)]
    return {name: last for name in named if isinstance(name, str)}


def rows_of_values(
    domain: Domain, tails: Sequence[tuple[int, ...]], rng: np.random.Generator
) -> list[Arrays]:
    """Rows of inputs: numbers of all sizes, and for rows of several entries all patterns."""
    entries = domain.entries
    rows: list[Arrays] = []
    if not any(tails):
        pools = [e.pool(rng, 60 if len(entries) == 1 else 40) for e in entries]
        if len(pools) == 1:
            return [(x,) for x in pools[0]]
        first = [p[: SPECIAL.size] for p in pools]
        if len(pools) == 2:
            rows += [(a, b) for a in first[0][::3] for b in first[1][::3]]
            rows += [(a, b) for a in first[0] for b in first[1] if (a == 0) != (b == 0)]
            rows += [(a, a) for a in pools[0][::2] if entries[0] == entries[1]]
        for _ in range(200):
            rows.append(tuple(rng.choice(p) for p in pools))
        return rows
    sizes = named_lengths(domain, tails)
    for pattern in PATTERNS * 3:
        rows.append(domain.draw(rng, tails, sizes, pattern))
    for gap in GAPS:
        base = domain.draw(rng, tails, sizes, "ordinary")
        moved = []
        for e, x in zip(entries, base, strict=True):
            if isinstance(e, Reals) and x.size:
                at = rng.integers(0, x.size)
                bumped = np.where(np.arange(x.size).reshape(x.shape) == at, x + gap, x)
                x = np.where(e.inside(bumped), bumped, x)
            moved.append(x)
        rows.append(tuple(moved))
    for _ in range(30):
        row = []
        for e, tail, x in zip(
            entries, tails, domain.draw(rng, tails, sizes, "ordinary"), strict=True
        ):
            row.append(rng.choice(e.pool(rng, 16), tail) if isinstance(e, Reals) else x)
        rows.append(tuple(row))
    return rows


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
