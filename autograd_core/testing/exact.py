"""Checks of a gradient against itself: exact, so that they need no numeric derivative."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

import numpy as np

from autograd_core.node import InitialNode
from autograd_core.recording import recording
from autograd_core.testing.broken import Broken, at, differs
from autograd_core.testing.calls import lasting_gradients, lasting_output, repeatable
from autograd_core.testing.dtypes import integer_copies, right_types
from autograd_core.testing.numeric import REFUSED, attempt
from autograd_core.testing.points import Point, underflow
from autograd_core.testing.rounding import branches
from autograd_core.testing.subjects import Arrays, Function, Single, bind, pull_nodes
from autograd_core.values import Array

SCALES = (1, -1, 12, -12, 60, -60)  # powers of two by which the upstream is multiplied
EXTREME = 0.53  # of the largest exponent: squares of such numbers over- or underflow
ORDINARY = 0.14  # of it: products of a few such numbers and of one extreme do not

MANY = 256  # entries of an upstream: with more, they are not looked at one by one
GROSS = 2.0**30  # units in the last place: sums in another order differ by less, cancelling too


def exact_checks(point: Point, upstream: Array, others: list[Arrays]) -> Iterator[Broken]:
    """What does not hold at a point; `others` are other inputs that the subject accepts."""
    yield from lasting_output(point, others)
    yield from lasting_gradients(point, upstream)
    yield from repeatable(point, upstream, others)
    yield from linear_in_upstream(point, upstream)
    yield from independent_of_layout(point, upstream)
    yield from through_the_engine(point, upstream)
    yield from right_types(point, upstream)
    yield from integer_copies(point, upstream)
    yield from same_node_twice(point, upstream)


def linear_in_upstream(point: Point, upstream: Array) -> Iterator[Broken]:
    """g(c u) = c g(u) for c = -1 and powers of two, where nothing over- or underflows.

    Where numbers are too large or small for that, the same numbers but for their exponents are
    tried as well.
    """
    places = [point.inputs]
    output = attempt(point.subject, point.inputs)
    if not _of_ordinary_size([*point.inputs, output], upstream):
        places.append(
            tuple(np.asarray(np.frexp(x)[0]) if x.dtype.kind == "f" else x for x in point.inputs)
        )
    for inputs in places:
        output = attempt(point.subject, inputs)
        if output is None or output.shape != upstream.shape or not np.isfinite(output).all():
            continue
        try:
            found = list(_linear_at(point, inputs, output, upstream))
        except REFUSED:
            if inputs is point.inputs:
                raise
            continue  # outside of the domain
        if found:
            yield from found
            return


def _of_ordinary_size(arrays: Sequence[Array | None], upstream: Array) -> bool:
    """Whether products of a few of these numbers and of an extreme upstream can be told."""
    exponents = [np.abs(np.frexp(np.asarray(a, float))[1]).max(initial=0) for a in arrays]
    return bool(np.max(exponents) < ORDINARY * np.finfo(upstream.dtype).maxexp)


def _linear_at(point: Point, inputs: Arrays, output: Array, upstream: Array) -> Iterator[Broken]:
    subject = point.subject
    base = subject.pull(upstream, inputs, output)
    info = np.finfo(upstream.dtype)
    plain = _of_ordinary_size([*inputs, output, *base], upstream)
    extreme = int(EXTREME * info.maxexp)
    scales = (*SCALES, extreme, -extreme) if plain else SCALES
    one = upstream.dtype.type(1)
    for factor in (-one, *(np.ldexp(one, k) for k in scales)):
        scaled = subject.pull(upstream * factor, inputs, output)
        expected = [g * factor for g in base]
        for i, (g, e) in enumerate(zip(scaled, expected, strict=True)):
            sizes = np.abs(e)
            ordinary = np.isfinite(e) & (sizes < info.max / 2**70)
            ordinary &= (sizes > underflow(info) * 2**64) | (e == 0)
            largest = np.where(ordinary, sizes, 0).max(initial=0)
            off = ordinary & ~(np.abs(g - e) <= 8 * info.eps * largest) & (plain | ~np.isnan(g))
            # What was too small for the type may appear when it is multiplied, or the reverse.
            small = np.abs(g) <= underflow(info) * max(1.0, abs(factor))
            off &= ~small | (plain & (e != 0))
            if off.any():
                entry = tuple(int(k) for k in np.argwhere(off)[0])
                what = "negated" if factor == -1 else f"multiplied by {factor:g}"
                yield Broken(
                    "not linear in the upstream",
                    f"where the upstream is {what}, the gradient is not",
                    i, float(g[entry]), float(e[entry]), entry,
                )  # fmt: skip
                return
    zero = subject.pull(upstream * 0, inputs, output)
    for i, (g, b) in enumerate(zip(zero, base, strict=True)):
        off = np.isfinite(b) & (g != 0)
        if off.any():
            entry = tuple(int(k) for k in np.argwhere(off)[0])
            yield Broken(
                "not linear in the upstream", "an upstream of zeros does not give zeros",
                i, float(g[entry]), 0.0, entry,
            )  # fmt: skip
            return


def independent_of_layout(point: Point, upstream: Array) -> Iterator[Broken]:
    """Fortran-ordered, strided, reversed and read-only arrays give the same gradient."""
    subject, inputs = point.subject, point.inputs
    if not isinstance(subject, Single):
        return
    base = subject.pull(upstream, inputs)
    output = np.asarray(attempt(subject, inputs))
    for name, layout in LAYOUTS.items():
        arguments = [layout(a) for a in subject.arguments(inputs)]
        try:
            entries = subject.operation.gradient(layout(upstream), layout(output), *arguments)
            if not isinstance(entries, (tuple, list)):
                entries = (entries,)
            got = subject.collected([e() if callable(e) else e for e in entries], inputs, upstream)
        except (*REFUSED, AttributeError) as error:
            changed = "read-only" in str(error)
            yield Broken(
                "changed in place" if changed else "error",
                f"with {name} arrays gradient raised {type(error).__name__}: {error}"
                + ("; it must not change its arguments" if changed else ""),
            )
            return
        where = differs(base, got, GROSS)
        if where is not None and beyond_cancellation(point, upstream, base, got):
            yield Broken(
                "layout", f"with {name} arrays the gradient is another one",
                where[0], at(got, where), at(base, where), where[1],
            )  # fmt: skip
            return


def beyond_cancellation(point: Point, upstream: Array, base: list[Array], got: list[Array]) -> bool:
    """Whether two gradients differ by more than rounding of what is summed up in them.

    By linearity an entry is the sum of what each entry of the upstream gives alone. Where these
    cancel, sums in another order differ by their rounding, which may be all that is left. Beside
    a kink it decides on which side the gradient is.
    """
    if upstream.size > MANY:
        return True
    total = [np.zeros(g.shape) for g in base]
    for k in range(upstream.size):
        alone = np.zeros_like(upstream)
        alone.flat[k] = upstream.flat[k]
        parts = point.subject.pull(alone, point.inputs)
        total = [t + np.abs(part) for t, part in zip(total, parts, strict=True)]
    eps = float(np.finfo(upstream.dtype).eps)
    sides = branches(point.subject, point.inputs, upstream, eps, np.random.default_rng(0))
    for a, b, t, (low, high) in zip(base, got, total, sides, strict=True):
        rounding = 64 * eps * t
        near = (np.fmin(low, a) - rounding <= b) & (b <= np.fmax(high, a) + rounding)
        if not np.all((a == b) | (np.isnan(a) & np.isnan(b)) | near):
            return True
    return False


def _scalar_or(array: Array) -> Array:
    return array[()] if array.ndim == 0 and array.dtype.kind == "f" else array


def _strided(a: Array) -> Array:
    spaced = np.repeat(np.asarray(a), 2, axis=-1)[..., ::2] if np.ndim(a) else np.asarray(a)
    return _scalar_or(spaced)


def _reversed(a: Array) -> Array:
    a = np.asarray(a)
    return _scalar_or(np.array(a[::-1])[::-1] if a.ndim else a)


def _read_only(a: Array) -> Array:
    a = np.array(a)
    a.setflags(write=False)
    return _scalar_or(a)


LAYOUTS = {
    "Fortran-ordered": lambda a: _scalar_or(np.array(a, order="F")),
    "strided": _strided,
    "reversed": _reversed,
    "read-only": _read_only,
}


def through_the_engine(point: Point, upstream: Array) -> Iterator[Broken]:
    """The engine, which passes read-only arrays, gives the same gradient."""
    subject = point.subject
    if not isinstance(subject, Single):
        return
    try:
        node, xs = subject.nodes(point.inputs)
        got = pull_nodes(node, xs, upstream.astype(node.dtype))
        base = subject.pull(upstream, point.inputs)
    except Exception as error:
        kind = "changed in place" if "read-only" in str(error) else "error"
        yield Broken(kind, f"in a backward pass gradient raised {type(error).__name__}: {error}")
        return
    floats = [i for i, x in enumerate(point.inputs) if x.dtype.kind == "f"]
    where = differs([base[i].astype(got[i].dtype) for i in floats], [got[i] for i in floats], 64)
    if where is not None:
        yield Broken(
            "not deterministic", "a backward pass gave another gradient than gradient itself",
            floats[where[0]], at([got[i] for i in floats], where),
            at([base[i] for i in floats], where), where[1],
        )  # fmt: skip


def same_node_twice(point: Point, upstream: Array) -> Iterator[Broken]:
    """A node in two places gets the sum of both gradients."""
    inputs = point.inputs
    subject = point.subject
    if not isinstance(subject, Single):
        return
    for i in point.wanted:
        for j in point.wanted:
            if i >= j or inputs[i].shape != inputs[j].shape or not inputs[i].size:
                continue
            made: Function = subject.made
            separate = (*inputs[:j], inputs[i], *inputs[j + 1 :])
            try:
                value = attempt(subject, separate)
                if value is None or value.shape != upstream.shape:
                    continue
                if not np.isfinite(value).all():
                    continue
                expected = bind(made.function, made.options, separate).pull(upstream, separate)
                with recording(True):
                    xs = [InitialNode(a) for a in inputs]
                    xs[j] = xs[i]
                    node = made.function(*xs, **made.options)
                got = pull_nodes(node, xs, upstream)[i]
            except Exception as error:
                yield Broken("error", f"with one node as inputs {i} and {j}: {error}", i)
                return
            total = expected[i] + expected[j]
            size = np.maximum(np.abs(expected[i]), np.abs(expected[j]))
            off = np.isfinite(total) & ~(np.abs(got - total) <= 64 * np.finfo(float).eps * size)
            if off.any():
                entry = tuple(int(k) for k in np.argwhere(off)[0])
                yield Broken(
                    "same node twice",
                    f"with one node as inputs {i} and {j}, its gradient is not the sum of both",
                    i, float(got[entry]), float(total[entry]), entry,
                )  # fmt: skip
                return
