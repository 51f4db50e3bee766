"""What an operation is called on: shapes, numbers and options, as given or found by trying."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from typing import Any

import numpy as np

from autograd_core.testing import operand_shapes
from autograd_core.testing.calling import Options, callee, given_options, variants
from autograd_core.testing.checking import Trouble, wrote
from autograd_core.testing.domains import Domain, Reals, as_domain, guesses
from autograd_core.testing.numeric import Precision, precision
from autograd_core.testing.operand_shapes import Shapes, fits
from autograd_core.testing.points import Point
from autograd_core.testing.subjects import Arrays, Subject, bind
from autograd_core.values import Array

MANY = 6  # numbers, which are hardly all positive by chance


class Operands:
    """The `shapes` and the `domain` of an operation's inputs, and points where it is judged."""

    def __init__(
        self,
        operation: Callable[..., Any],
        signature: str | None,
        domain: Any,
        options: Mapping[str, Any] | Sequence[Mapping[str, Any]] | None,
        dtypes: Sequence[type],
        most: int,
    ) -> None:
        self.fixed = given_options(options)
        self.callee = callee(operation, bool(self.fixed))
        self.signature, self.asked, self.most = signature, domain, most
        self.dtypes = tuple(np.dtype(dtype) for dtype in dtypes)
        self.precisions: dict[str, Precision] = {}
        self.refused: list[Trouble] = []  # because the forward writes to what is read-only
        self.complaint = ""  # the last error of the forward, or of a function that is the domain
        self.domain = Domain(())  # which accepts anything, while shapes are tried
        self.domain, self.shapes = self._found()

    def _found(self) -> tuple[Domain, list[Shapes]]:
        """The domain and the shapes: as given, or the first that the forward accepts most of."""
        n = len(self.callee.inputs)
        if self.signature is not None:
            n = len(operand_shapes.parse(self.signature))
        if self.callee.several:
            n = n if self.signature is not None else 2
            self.callee = self.callee.of(n)
        if self.signature is not None and n != len(self.callee.inputs):
            raise ValueError(
                f"signature: {self.signature!r} has {n} inputs, but {self.callee.name} has "
                f"{len(self.callee.inputs)}: {', '.join(self.callee.inputs)}"
            )
        asked = as_domain(self.asked, self.callee.inputs)
        best: tuple[int, Domain, list[Shapes]] = (0, asked, [])
        for domain in [asked] if self.asked is not None else guesses(n):
            found = self._found_shapes(domain, n)
            if len(found) > 1.3 * best[0]:
                best = len(found), domain, found
            if domain == Domain((Reals(),) * n) and self._accepts_always(domain, found):
                break  # what is refused is so for its shape: no other numbers would be accepted
        return best[1], best[2]

    def _accepts_always(self, domain: Domain, found: list[Shapes]) -> bool:
        """Whether many numbers from a domain are accepted time and again, and so not by chance."""
        rng = np.random.default_rng(1)
        options = self.fixed[0] if self.fixed else {}
        large = [s for s in found if all(np.prod(x) >= MANY for x in s.inputs)][:8]
        return len(large) > 2 and all(
            self.bind(domain.draw(rng, s.inputs, s.sizes, "ordinary"), options) is not None
            for s in large
            for _ in range(2)
        )

    def _found_shapes(self, domain: Domain, n: int) -> list[Shapes]:
        rng = np.random.default_rng(0)

        def accepts(shapes: Shapes) -> bool:
            inputs = self.drawn(domain, rng, shapes)
            if inputs is None:
                return False
            subject = self.bind(inputs, self.fixed[0] if self.fixed else {})
            return subject is not None

        if self.signature is not None:
            given = operand_shapes.of_signature(self.signature, rng, self.most)
            return [shapes for shapes in given if accepts(shapes)]
        found = operand_shapes.found(n, accepts, rng, self.most)
        if not domain.draws:
            return found
        return [shapes for shapes in found if self.drawn(domain, rng, shapes) is not None]

    def drawn(self, domain: Domain, rng: np.random.Generator, shapes: Shapes) -> Arrays | None:
        """Ordinary inputs, or None if a function that draws them has no such shapes."""
        try:
            return domain.draw(rng, shapes.inputs, shapes.sizes, "ordinary")
        except Exception as error:  # of a user's function, which may raise anything
            self.complaint = f"{type(error).__name__}: {error} (the function in domain=)"
            return None

    def possible(self, shapes: Shapes) -> bool:
        """Whether inputs of these shapes fit the signature and can be drawn."""
        if self.signature is not None and not fits(self.signature, shapes.inputs):
            return False
        rng = np.random.default_rng(0)
        return not self.domain.draws or self.drawn(self.domain, rng, shapes) is not None

    def allows(self, inputs: Sequence[Array]) -> bool:
        """Whether inputs are in the domain, if that is a function which tells."""
        try:
            return self.domain.accepts(inputs)
        except Exception as error:  # as above
            self.complaint = f"{type(error).__name__}: {error} (the function in domain=)"
            return False

    def options(self, shape: tuple[int, ...]) -> list[Options]:
        """The options to call with where the first input has this shape."""
        return self.fixed or variants(self.callee.optional, shape)

    def draw(self, rng: np.random.Generator, shapes: Shapes, pattern: str = "ordinary") -> Arrays:
        """Inputs of these shapes from the domain."""
        return self.domain.draw(rng, shapes.inputs, shapes.sizes, pattern)

    def bind(self, inputs: Arrays, options: Options) -> Subject | None:
        """The subject, if the forward accepts these inputs and is finite there."""
        if not self.allows(inputs):
            return None
        try:
            subject = bind(self.callee.function, options, inputs)
            value = subject.forward(tuple(x.copy() for x in inputs))  # it may change them
        except Exception as error:
            if "read-only" in str(error) and not self.refused:
                self.refused.append(wrote(error, inputs, options))
            self.complaint = f"{type(error).__name__}: {error}"
            return None
        return subject if np.isfinite(value).all() else None

    def point(
        self, inputs: Arrays, options: Options, rows: bool = False, wide: bool = False
    ) -> Point | None:
        """The point with these inputs, if the forward accepts them.

        Its slopes are taken inside the domain, unless it may be `wide`.
        """
        subject = self.bind(inputs, options)
        if subject is None:
            return None
        key = repr((sorted(options.items()), inputs[0].dtype))
        if key not in self.precisions:
            self.precisions[key] = precision(subject, inputs)
        wanted = tuple(
            i
            for i, x in enumerate(inputs)
            if x.dtype.kind == "f" and self.domain.entries[i].differentiable
        )
        inside = None
        if any(not isinstance(e, Reals) or e != Reals() for e in self.domain.entries) and not wide:
            inside = self.domain.inside
        point = Point(subject, inputs, self.precisions[key], wanted, rows, inside, options)
        point.dtypes = self.dtypes
        return point
