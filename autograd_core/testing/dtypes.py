"""The types of values and gradients: as those of the inputs, and no digits cut off."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import numpy as np

from autograd_core.testing.broken import Broken, at, differs
from autograd_core.testing.numeric import REFUSED, attempt, cast
from autograd_core.testing.points import Point
from autograd_core.testing.subjects import Single, bind
from autograd_core.values import Array


def right_types(point: Point, upstream: Array) -> Iterator[Broken]:
    """In each dtype, where inputs and output are of one type, so is the gradient."""
    for dtype in point.dtypes:
        inputs = tuple(
            x.astype(dtype)
            if x.dtype.kind == "f"
            else x.astype(np.int8)
            if x.dtype.kind in "iu"
            else x
            for x in point.inputs
        )
        try:
            subject = (
                bind(point.subject.made.function, point.subject.made.options, inputs)
                if isinstance(point.subject, Single)
                else None
            )
            if not isinstance(subject, Single):
                return
            arguments = subject.arguments(inputs)
            output = np.asarray(subject.operation.forward(*arguments))
        except REFUSED:
            continue
        if {a.dtype for a in arguments if a.dtype.kind == "f"} != {np.dtype(dtype)}:
            continue
        if output.dtype.kind != "f" or not output.ndim or not np.isfinite(output).all():
            continue
        if output.dtype != dtype:
            if not any(_is_dtype(value) for value in point.options.values()):
                yield Broken("dtype", f"of {np.dtype(dtype)} arrays the value is {output.dtype}")
                return
            continue
        try:
            entries = subject.raw(upstream.astype(dtype), output, subject.arguments(inputs))
        except Exception as error:
            yield Broken("error", f"of {np.dtype(dtype)} arrays gradient raised {error}")
            return
        for i, (entry, a) in enumerate(zip(entries, arguments, strict=True)):
            if a.dtype.kind != "f" or not isinstance(entry, np.ndarray) or not entry.ndim:
                continue
            if entry.dtype != a.dtype and np.any(entry):
                yield Broken(
                    "dtype",
                    f"of {np.dtype(dtype)} arrays, the gradient by input {i} is {entry.dtype}; "
                    f"Python's numbers, such as float(np.log(2)), change no dtype",
                    subject.places[i] if subject.places[i] >= 0 else i,
                )
                return


def _is_dtype(option: Any) -> bool:
    """Whether an option asks for a dtype, so that the value may have another than the inputs."""
    return isinstance(option, (type, np.dtype)) or (
        isinstance(option, str) and option in np.sctypeDict
    )


def integer_copies(point: Point, upstream: Array) -> Iterator[Broken]:
    """Integers in place of equal floats give the same gradient, not one that is cut to integers."""
    subject = point.subject
    if not isinstance(subject, Single):
        return
    for i, x in enumerate(point.inputs):
        if x.dtype.kind != "f" or not x.size:
            continue
        # Beside integers, smaller types than float64 become that, and more precise.
        kind = np.promote_types(x.dtype, np.int64)
        inputs, u = cast(point.inputs, kind.type), upstream.astype(kind)
        whole = np.round(np.clip(inputs[i], -3, 3))
        floats = (*inputs[:i], whole, *inputs[i + 1 :])
        integers = (*inputs[:i], whole.astype(np.int64), *inputs[i + 1 :])
        if point.inside is not None and not point.inside(i, whole).all():
            continue
        try:
            of_floats = bind(subject.made.function, subject.made.options, floats)
            of_integers = bind(subject.made.function, subject.made.options, integers)
            a, b = attempt(of_floats, floats), attempt(of_integers, integers)
            if a is None or b is None or a.shape != b.shape or not np.isfinite(a).all():
                continue
            if a.shape != upstream.shape:
                continue
            if not np.allclose(a, b, rtol=1e-3, atol=1e-6):
                continue  # the forward means something else by integers
            expected = of_floats.pull(u, floats)
            got = of_integers.pull(u, integers)
        except Exception:
            continue
        expected[i] = got[i]  # integers have no gradient: nobody asks for this one
        if (where := differs(expected, got, 256)) is not None:
            yield Broken(
                "dtype",
                f"where input {i} has integers, the gradient by input {where[0]} is another one "
                f"than for the same numbers as floats",
                where[0], at(got, where), at(expected, where), where[1],
            )  # fmt: skip
            return
