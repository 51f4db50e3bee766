"""What an operation of the catalogue is checked at: entries with other triggers."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass, replace
from typing import Any

import numpy as np

from autograd_core.testing.calling import callee, given_options, variants
from autograd_core.testing.domains import as_domain
from autograd_core.testing.operand_shapes import Shapes, found, of_signature, parse
from benchmarks.checkers.wrapped import Wrapped
from tests.autograd_core.testing.catalogue import CORRECT, VARIANTS, Entry

RIGHT = CORRECT + VARIANTS
SHAPES = 12  # inputs of an operation in the column "many shapes"


@dataclass
class Inputs:
    """What an operation is checked at: entries with that trigger, those options."""

    entry: Entry
    ordinary: list[Entry]
    shapes: list[Entry]
    magnitudes: list[Entry]


def parent(entry: Entry) -> Entry | None:
    """The right operation that a wrong one is made from, or the one itself."""
    right = {other.operation: other for other in RIGHT}
    classes = entry.operation.__mro__ if isinstance(entry.operation, type) else [entry.operation]
    return next((right[c] for c in classes if c in right), None)


def inputs_of(entry: Entry, seed: int, magnitudes: int) -> Inputs:
    rng = np.random.default_rng([seed, *entry.name.encode()])
    called = callee(entry.operation, fixed=True)
    signature = entry.kwargs.get("signature")
    if called.several and signature:
        called = called.of(len(parse(signature)))
    domain = as_domain(entry.kwargs.get("domain"), called.inputs)
    fixed = given_options(entry.kwargs.get("options"))

    def at(arrays: Any, options: dict[str, Any]) -> Entry | None:
        """The entry there, if the forward accepts that and is finite."""
        moved = replace(entry, trigger=tuple(arrays), at=options, upstream=None)
        try:
            return moved if np.isfinite(moved.node().value).all() else None
        except (ValueError, TypeError, IndexError):
            return None

    def drawn(shapes: Shapes, options: dict[str, Any]) -> Entry | None:
        draws = (domain.draw(rng, shapes.inputs, shapes.sizes, "ordinary") for _ in range(20))
        return next(filter(None, (at(arrays, options) for arrays in draws)), None)

    def of_any_size(shapes: Shapes, options: dict[str, Any], k: int) -> Entry | None:
        """Ordinary numbers times one power of 10, or each times its own, or some of them 0."""
        arrays = list(domain.draw(rng, shapes.inputs, shapes.sizes, "ordinary"))
        for i, x in enumerate(arrays):
            if domain.entries[i].differentiable:
                powers = 10.0 ** rng.uniform(-300, 300, x.shape if k % 3 == 1 else ())
                y = x * powers if k % 3 < 2 else np.where(rng.integers(0, 2, x.shape), x, 0.0)
                arrays[i] = np.where(domain.entries[i].inside(y), y, x)
        moved = at(arrays, options)
        return moved if moved is not None and has_finite_gradient(moved) else None

    if signature is None:
        options = fixed[0] if fixed else {}
        every = found(len(called.inputs), lambda s: drawn(s, options) is not None, rng, 64)
    else:
        every = of_signature(signature, rng, 64)

    def of_shapes(some: list[Shapes], make: Callable[..., Entry | None]) -> Iterator[Entry]:
        for k, shapes in enumerate(some):
            choices = fixed or variants(called.optional, shapes.inputs[0])
            moved = make(shapes, choices[(5 * k) % len(choices)], k)
            if moved is not None:
                yield moved

    example = parent(entry) or entry
    shapes = Shapes(tuple(x.shape for x in example.trigger), {})
    labels = dict(zip_axes(signature, shapes))
    usual = drawn(Shapes(shapes.inputs, labels), example.at)
    full = [s for s in every if all(np.prod(x) > 0 for x in s.inputs)]
    some = spread(full, SHAPES - 3) + spread([s for s in every if s not in full], 3)
    small = [s for s in full if all(np.prod(x) <= 6 for x in s.inputs)]
    tried = [small[int(k)] for k in rng.integers(0, len(small), 20 * magnitudes)] if small else []
    wide = of_shapes(tried, of_any_size)
    return Inputs(
        entry,
        [usual] if usual is not None else [],
        list(of_shapes(some, lambda s, options, _: drawn(s, options))),
        [moved for _, moved in zip(range(magnitudes), wide, strict=False)],
    )


def spread(items: list[Shapes], n: int) -> list[Shapes]:
    """n of the items, evenly: some of them again if there are fewer."""
    return [items[int(k)] for k in np.linspace(0, len(items) - 1, n)] if items else []


def zip_axes(signature: str | None, shapes: Shapes) -> Iterator[tuple[str, int]]:
    """The lengths of the axes that a signature names."""
    for axes, shape in zip(parse(signature) if signature else [], shapes.inputs, strict=False):
        yield from zip(axes, shape, strict=False)


def has_finite_gradient(entry: Entry) -> bool:
    op = Wrapped(entry)
    gradients = op.gradient(np.ones_like(op.output), op.output, *op.inputs)
    return all(np.isfinite(gradient).all() for gradient in gradients)
