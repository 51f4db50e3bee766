"""Second derivatives: the gradient is differentiated by the engine, and numerically."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace

import numpy as np

from autograd_core.conversions import ConstantError
from autograd_core.graph import Graph
from autograd_core.node import InitialNode, Node, Operation
from autograd_core.recording import recording
from autograd_core.testing.broken import Broken, differs
from autograd_core.testing.numeric import Numeric
from autograd_core.testing.points import SAFETY, Point
from autograd_core.testing.rounding import jiggled, own_rounding
from autograd_core.testing.slopes import SMOOTH
from autograd_core.testing.subjects import Arrays, Subject, placed
from autograd_core.values import Array

FEW = 512  # units in the last place of the sums of sizes in a second derivative


class Gradients:
    """The map from inputs to their gradients, one after the other in one axis."""

    operation: Operation | None = None

    def __init__(self, subject: Subject, upstream: Array, wanted: tuple[int, ...]) -> None:
        self.subject, self.upstream, self.wanted = subject, upstream, wanted

    def forward(self, inputs: Arrays) -> Array:
        kind = np.result_type(*(inputs[i].dtype for i in self.wanted))
        gradients = self.subject.pull(self.upstream.astype(kind), inputs)
        return np.concatenate([gradients[i].ravel() for i in self.wanted])

    def pull(self, upstream: Array, inputs: Arrays, output: Array | None = None) -> list[Array]:
        raise NotImplementedError

    def nodes(self, inputs: Arrays) -> tuple[Node, list[InitialNode]]:
        raise NotImplementedError


class NotDifferentiableError(Exception):
    """The gradient can't be run on nodes; the message says why."""


class DetachedError(Exception):
    """The gradient, run on nodes, makes a constant of one."""


def second_order(
    point: Point, upstream: Array, rng: np.random.Generator, ordinary: bool
) -> Iterator[Broken]:
    """What is wrong with the gradient as a graph, its derivative by inputs and by upstream."""
    inputs = point.inputs
    wanted = tuple(i for i in point.wanted if inputs[i].size)
    if not wanted:
        return
    v = [
        rng.integers(1, 9, inputs[i].shape) / 4 * rng.choice([-1, 1], inputs[i].shape)
        for i in wanted
    ]
    gradients, by_inputs, by_upstream = derivatives(point, upstream, wanted, v)
    plain = point.subject.pull(upstream, inputs)
    if ordinary and (where := differs([plain[i] for i in wanted], gradients, 256)) is not None:
        i, entry = where
        yield Broken(
            "second order", "the gradient as a graph has another value than of arrays",
            wanted[i], float(gradients[i][entry]), float(plain[wanted[i]][entry]), entry,
        )  # fmt: skip
        return
    gradients_moved, by_moved, upstream_moved = derivatives(
        replace(point, inputs=jiggled(inputs, wanted, rng), rows=False), upstream, wanted, v
    )
    numeric = Numeric(
        Gradients(point.subject, upstream, wanted), inputs, point.precision, False, point.inside
    )
    numeric.floor = 1.0
    largest = float(np.finfo(upstream.dtype).max) / 16  # the numeric side may hold larger ones
    if numeric.refused or not (np.abs(numeric.value) < largest).all():
        return
    weights: Array = np.concatenate([a.ravel() for a in v]).astype(point.precision.dtype)
    eps = float(np.finfo(upstream.dtype).eps)
    first = float(sum(np.abs(g * a).sum() for g, a in zip(gradients, v, strict=True)))
    for k, i in enumerate(wanted):
        direction = tuple(np.zeros(x.shape) for x in inputs)
        direction[i][...] = rng.integers(1, 5, inputs[i].shape) * rng.choice(
            [-1, 1], inputs[i].shape
        )
        slopes = numeric.along(direction)
        hull = slopes.contracted(weights[None])
        if hull.kind[0] != SMOOTH:
            continue
        if not ordinary:  # where rounding may be large, only what is no number is a fault
            if abs(hull.low[0]) < largest and not np.isfinite(by_inputs[k]).all():
                place = tuple(int(n) for n in np.argwhere(~np.isfinite(by_inputs[k]))[0])
                yield Broken(
                    "second order", "the derivative of the gradient is not finite",
                    i, float(by_inputs[k][place]), float(hull.low[0]), place,
                )  # fmt: skip
                return
            continue
        got = float(np.sum(by_inputs[k] * direction[i]))
        # Entry by entry: the changes of large entries that cancel must not cancel themselves.
        moved = float(np.sum(np.abs((by_inputs[k] - by_moved[k]) * direction[i])))
        total = float(np.sum(np.abs(by_inputs[k] * direction[i])))
        total += float((np.abs(weights) * np.fmax(np.abs(slopes.low), 0)).sum())
        # A second derivative may cancel to less than its parts, which are of the gradient's size
        # over that of the input.
        size = np.abs(inputs[i])[inputs[i] != 0].min(initial=1.0)
        total += first * float(np.abs(direction[i]).max(initial=0)) / float(size)
        allowed = SAFETY * (float(hull.bar[0]) + moved) + FEW * eps * total
        off = abs(got - float(hull.low[0]))
        if off > allowed:

            def along(
                inputs: Arrays, u: Array, i: int = i, k: int = k, d: Array = direction[i]
            ) -> Array:
                _, by_inputs, _ = derivatives(replace(point, inputs=inputs), u, wanted, v)
                return np.sum(by_inputs[k] * d)

            allowed += SAFETY * eps * float(own_rounding(along, inputs, upstream, rng))
        if not off <= allowed:
            yield Broken(
                "second order",
                "the derivative of the gradient, by the engine, is not that of its values: does "
                "gradient make constants of nodes?",
                i, got, float(hull.low[0]),
            )  # fmt: skip
            return
    if not ordinary:
        return
    # Forward mode: u^T J is linear in u, and its derivative by u along u, contracted with v, is
    # the gradient contracted with v.
    forward = float(np.sum(by_upstream * upstream))
    reverse = float(sum(np.sum(g * a) for g, a in zip(gradients, v, strict=True)))
    blur = SAFETY * float(np.abs((by_upstream - upstream_moved) * upstream).sum())
    moves = zip(gradients, gradients_moved, v, strict=True)
    blur += SAFETY * float(sum(np.abs((g - m) * a).sum() for g, m, a in moves))
    # The gradient may cancel to less than its parts, which are of the upstream's size.
    unit = float(np.abs(upstream).max(initial=0)) * max(float(np.abs(a).max()) for a in v)
    allowed = blur + FEW * eps * max(first, unit)
    if abs(forward - reverse) > allowed:

        def apart(inputs: Arrays, u: Array) -> Array:
            gradients, _, by_upstream = derivatives(replace(point, inputs=inputs), u, wanted, v)
            reverse = sum(np.sum(g * a) for g, a in zip(gradients, v, strict=True))
            return np.sum(by_upstream * u) - reverse

        allowed += SAFETY * eps * float(own_rounding(apart, inputs, upstream, rng))
    if not abs(forward - reverse) <= allowed:
        yield Broken(
            "second order",
            "the derivative of the gradient by the upstream (forward mode) is not the gradient: "
            "does gradient make a constant of the upstream?",
            wanted[0], forward, reverse,
        )  # fmt: skip


def derivatives(
    point: Point, upstream: Array, wanted: tuple[int, ...], v: list[Array]
) -> tuple[list[Array], list[Array], Array]:
    """Gradients by the wanted inputs as a graph, and the derivatives of sum(v * gradients).

    Those are by the wanted inputs and by the upstream.
    """
    try:
        with recording(True), placed(point.subject, point.inputs):
            node, xs = point.subject.nodes(point.inputs)
            u = InitialNode(upstream)
            found = Graph(node).gradients(u, [xs[i] for i in wanted], create_graph=True)
            total: Node | None = None
            for i, a in zip(wanted, v, strict=True):
                if xs[i] in found:
                    part = (found[xs[i]] * a.astype(upstream.dtype)).sum()
                    total = part if total is None else total + part
            by: dict[Node, Array] = {}
            variables = [u, *(xs[i] for i in wanted)]
            if total is not None and total.requires_grad:
                with recording(False):
                    by = Graph(total).gradients(np.ones((), total.dtype), variables)
    except Exception as error:
        if isinstance(error, ConstantError) or isinstance(error.__cause__, ConstantError):
            raise DetachedError(f"{error.__cause__ or error}") from error
        raise NotDifferentiableError(f"{type(error).__name__}: {error}") from error
    gradients = [
        np.array(found[xs[i]].value) if xs[i] in found else np.zeros(xs[i].shape) for i in wanted
    ]
    zeros = {x: np.zeros(x.shape) for x in variables}
    h = [np.array(by.get(x, zeros[x])) for x in variables]
    return gradients, h[1:], h[0]
