"""From what a check found to what a report tells: the case, its gradients, and code for it."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np

from autograd_core.testing.checking import Trouble
from autograd_core.testing.points import SAFETY, ULPS, Point
from autograd_core.testing.reports import Fault
from autograd_core.testing.reproduction import reproduction
from autograd_core.testing.slopes import UNKNOWN
from autograd_core.values import Array

MOST = 64  # entries of all inputs together, up to which the right gradient is told at each


def as_fault(
    trouble: Trouble, checked: Any, names: Sequence[str], point: Point | None, remedy: str = ""
) -> Fault:
    """The trouble as a report has it; `point` is its case, where the forward can be run."""
    given, right = _gradients(trouble, point) if point is not None else ({}, {})
    return Fault(
        kind=trouble.kind, message=trouble.message, input=trouble.input, entry=trouble.entry,
        analytic=trouble.analytic, numeric=trouble.numeric, error=trouble.error,
        inputs=trouble.inputs, upstream=trouble.upstream, options=dict(trouble.options),
        code=reproduction(trouble, checked, names), names=tuple(names), given=given, right=right,
        remedy=remedy, subject=None if point is None else point.subject,
    )  # fmt: skip


def _gradients(trouble: Trouble, point: Point) -> tuple[dict[int, Array], dict[int, Array]]:
    """By input: the gradient that the operation gives at the case, and what it should be.

    Nothing is given where `gradient` raises. Where no slope can be told, the right one is nan.
    """
    inputs, upstream = trouble.inputs, trouble.upstream
    wanted = [i for i in point.wanted if inputs[i].size]
    given: dict[int, Array] = {}
    right: dict[int, Array] = {}
    try:
        pulled = point.subject.pull(upstream, inputs)
        given = {i: np.array(pulled[i]) for i in wanted}
    except Exception:  # it is a fault that may raise anything, and has been reported as one
        given = {}
    jointly = trouble.kind == "kink" and trouble.entry is None  # by itself each entry may be right
    if sum(x.size for x in inputs) <= MOST and not jointly:
        right = {i: _right(point, i, upstream, given.get(i)) for i in wanted}
    i, entry = trouble.input, trouble.entry
    if entry is not None and not (trouble.exact or trouble.second):  # as the message has them
        if i in given and given[i][entry].size == 1:
            given[i][entry] = trouble.analytic
        if i in right and right[i][entry].size == 1:
            right[i][entry] = trouble.numeric
    return given, right


def _right(point: Point, i: int, upstream: Array, given: Array | None) -> Array:
    """The slope by each entry; where the given gradient is one that is right, that."""
    x = point.inputs[i]
    numeric = point.numeric()
    weights = upstream.reshape(1, -1).astype(point.precision.dtype)
    hull = numeric.jacobian(i).contracted(weights[None])
    found = (hull.low, hull.high, hull.bar)
    low, high, bar = (np.asarray(a[:, 0], float).reshape(x.shape) for a in found)
    middle = (low + high) / 2
    if given is not None:
        near = np.clip(given, low, high)
        allowed = SAFETY * bar + ULPS * np.finfo(upstream.dtype).eps * np.abs(near)
        middle = np.where(np.abs(given - near) <= allowed, given, near)
    return np.where(hull.kind[:, 0].reshape(x.shape) == UNKNOWN, np.nan, middle)
