"""Calls that leave each other alone: arguments, results and what is remembered."""

from __future__ import annotations

import contextlib
from collections.abc import Iterator

import numpy as np

from autograd_core.testing.broken import Broken, at, differs
from autograd_core.testing.numeric import REFUSED, attempt
from autograd_core.testing.points import Point
from autograd_core.testing.subjects import Arrays, Single, bind
from autograd_core.values import Array

OVERWRITTEN = (
    "a later call of {} changed the array that this one had returned: it must return a new array "
    "each time"
)


def changing(point: Point, output: Array, calls: int = 1) -> Broken | None:
    """The same inputs give the same value again: if not, no gradient can be judged."""
    subject = point.subject
    if isinstance(subject, Single):  # what makes the operation may draw, too
        subject = subject.made
    for _ in range(calls):
        again = attempt(subject, tuple(x.copy() for x in point.inputs))
        if again is None or not np.array_equal(again, output, equal_nan=True):
            return Broken(
                "not deterministic",
                "two calls at the same inputs gave different values: it draws random numbers, or "
                "uses something else that changes. Fix the seed in it; of a network with Dropout, "
                "call eval()",
            )
    return None


def unchanged_arguments(point: Point, upstream: Array) -> Iterator[Broken]:
    """Upstream, output and inputs are as before after `forward` and after `gradient`."""
    subject = point.subject
    if not isinstance(subject, Single):
        return
    arguments = subject.arguments(point.inputs)
    before = [np.array(a) for a in arguments]
    try:
        output = np.array(subject.operation.forward(*arguments))
        for i, (a, b) in enumerate(zip(arguments, before, strict=True)):
            if not np.array_equal(a, b, equal_nan=a.dtype.kind == "f"):
                yield Broken("inputs changed in place", f"forward changed input {i} in place", i)
        arguments = [np.array(a) for a in before]
        passed, kept = np.array(upstream), np.array(output)
        call = [a[()] if a.ndim == 0 and a.dtype.kind == "f" else a for a in arguments]
        entries = subject.operation.gradient(passed, kept, *call)
        for entry in entries if isinstance(entries, (tuple, list)) else (entries,):
            if callable(entry):
                entry()
    except REFUSED:
        return  # found elsewhere
    if not np.array_equal(passed, upstream, equal_nan=True):
        yield Broken("upstream changed in place", "gradient changed the upstream in place")
    if not np.array_equal(kept, output, equal_nan=True):
        yield Broken("output changed in place", "gradient changed the output in place")
    for i, (a, b) in enumerate(zip(arguments, before, strict=True)):
        if not np.array_equal(a, b, equal_nan=a.dtype.kind == "f"):
            yield Broken("inputs changed in place", f"gradient changed input {i} in place", i)


def lasting_output(point: Point, others: list[Arrays]) -> Iterator[Broken]:
    """What `forward` has returned stays as it is when it is called again with other inputs."""
    subject = point.subject
    if not isinstance(subject, Single):
        return
    output = subject.operation.forward(*subject.arguments(point.inputs))
    before = np.array(output)
    for other in others:
        with contextlib.suppress(*REFUSED):  # found elsewhere, if it is a fault
            subject.made.forward(other)
            if [x.shape for x in other] == [x.shape for x in point.inputs]:
                subject.operation.forward(*subject.arguments(other))
        if not np.array_equal(output, before, equal_nan=before.dtype.kind == "f"):
            yield Broken("output overwritten", OVERWRITTEN.format("forward"))
            return


def lasting_gradients(point: Point, upstream: Array) -> Iterator[Broken]:
    """So does what `gradient` has returned, when it is called with another upstream."""
    subject = point.subject
    if not isinstance(subject, Single):
        return
    output = np.array(subject.operation.forward(*subject.arguments(point.inputs)))
    entries = subject.raw(upstream, output, subject.arguments(point.inputs))
    entries = [entry for entry in entries if isinstance(entry, np.ndarray)]
    before = [entry.copy() for entry in entries]
    subject.raw(2 * upstream, output, subject.arguments(point.inputs))
    if differs(before, entries) is not None:
        yield Broken("gradient overwritten", OVERWRITTEN.format("gradient"))


def repeatable(point: Point, upstream: Array, others: list[Arrays]) -> Iterator[Broken]:
    """The same arguments give the same gradient, whatever ran in between."""
    subject, inputs = point.subject, point.inputs
    output = attempt(subject, inputs)
    first = subject.pull(upstream, inputs, output)
    for _ in range(3):
        again = subject.pull(upstream, inputs, output)
        if (where := differs(first, again)) is not None:
            yield Broken(
                "not deterministic",
                "two calls of gradient with the same arguments gave different results",
                where[0], at(again, where), at(first, where), where[1],
            )  # fmt: skip
            return
    if not isinstance(subject, Single):
        return
    for other in others:
        if attempt(subject, other) is None:
            continue
        with contextlib.suppress(*REFUSED):
            subject.made.forward(other)
        again = subject.pull(upstream, inputs, output)
        if (where := differs(first, again)) is not None:
            yield Broken(
                "state",
                "the gradient is another one after a forward with other inputs in between: it "
                "uses something that forward has stored",
                where[0], at(again, where), at(first, where), where[1],
            )  # fmt: skip
            return
    for other in others:
        if [x.shape for x in other] != [x.shape for x in inputs]:
            continue
        value = attempt(subject, other)
        if value is None or value.shape != upstream.shape:
            continue
        try:
            fresh = bind(subject.made.function, subject.made.options, other)
            expected, got = fresh.pull(upstream, other), subject.pull(upstream, other)
        except REFUSED:
            continue
        if (where := differs(expected, got)) is not None:
            yield Broken(
                "state",
                "the gradient of an operation that has run before is not that of a new one",
                where[0], at(got, where), at(expected, where), where[1],
            )  # fmt: skip
            return
