"""Verify the gradient of a function or of a graph at one point."""

from __future__ import annotations

import time
from collections.abc import Callable
from typing import Any

import numpy as np

from autograd_core.graph import Graph
from autograd_core.node import InitialNode, Node, Operation
from autograd_core.recording import recording
from autograd_core.testing.checking import Trouble, Verdict, check_point
from autograd_core.testing.large import check_large
from autograd_core.testing.numeric import Precision, attempt, cast, precision
from autograd_core.testing.points import Point
from autograd_core.testing.reports import GradientError, Report
from autograd_core.testing.shrinking import as_fault, shrink
from autograd_core.testing.subjects import Arrays, Built, Function, Single, Subject, bind, quiet
from autograd_core.values import Array

SMALL = 64  # entries of the inputs together, up to which each is looked at


def gradcheck(
    function: Callable[..., Any] | Node,
    inputs: Any = None,
    *,
    upstream: Any = None,
    order: int = 1,
    seed: int = 0,
    raises: bool = True,
) -> Report:
    """Verify a gradient at one point; raise `GradientError` if it is wrong.

    A function is called with nodes made of `inputs` (an array, or a sequence of arrays) and
    returns a node of any shape. For a node, `inputs` are the initial nodes to check, by default
    all that require a gradient; its graph is run again with other values, and afterwards is as
    it was. `upstream` is the gradient of something further on by the output: by default numbers
    of both signs. Of large inputs some entries and random directions are checked.

    At a kink every element of the subdifferential is right. Where the slope is infinite, jumps,
    or is hidden by rounding, and where kinks of several operations meet, the report says so in
    `inconclusive`.

    >>> import numpy as np
    >>> gradcheck(lambda x: (x * np.sin(x)).sum(), [0.5, 1.0, -2.0]).ok
    True
    """
    start = time.perf_counter()
    with quiet():
        report, troubles, again, made = _run(function, inputs, upstream, order, seed)
        name = report.subject
        for trouble in troubles[:3]:
            small = trouble if isinstance(function, Node) else shrink(trouble, again)
            report.faults.append(as_fault(small, made, name))
    report.seconds = time.perf_counter() - start
    if raises and not report.ok:
        raise GradientError(report)
    return report


def as_arrays(inputs: Any) -> Arrays:
    """An array, a number, or a sequence of such, as arrays; a list of numbers is one array."""
    several = isinstance(inputs, (tuple, list)) and any(
        np.ndim(x) > 0 or isinstance(x, (np.ndarray, Node)) for x in inputs
    )
    if isinstance(inputs, tuple) or several:
        return tuple(np.array(x) for x in inputs)
    array = np.array(inputs)
    return (array,)


def _run(
    function: Callable[..., Any] | Node, inputs: Any, upstream: Any, order: int, seed: int
) -> tuple[Report, list[Trouble], Callable[..., list[Trouble]], Any]:
    rng = np.random.default_rng(seed)
    if isinstance(function, Node):
        xs = _initial_nodes(function, inputs)
        arrays = tuple(np.array(x._value) for x in xs)
        subject: Subject = Built(function, xs)
        report = Report(f"the graph of {type(function).__name__}")
        wanted = tuple(i for i, x in enumerate(xs) if x.requires_grad)
    else:
        arrays = as_arrays(inputs)
        subject = bind(function, {}, arrays)
        report = Report(getattr(function, "__name__", type(function).__name__))
        wanted = tuple(i for i, x in enumerate(arrays) if x.dtype.kind == "f")
    value = np.asarray(subject.forward(tuple(x.copy() for x in arrays)))
    given = (
        None
        if upstream is None
        else np.broadcast_to(np.asarray(upstream, value.dtype), value.shape).copy()
    )
    point = Point(subject, arrays, _precision(subject, arrays, rng), wanted)

    def check(at: Point, rng: np.random.Generator, u: Array | None, full: bool) -> Verdict:
        if sum(at.inputs[i].size for i in wanted) > SMALL:
            return check_large(at, rng, u)
        others = [
            tuple(x * 0.75 + 0.25 if x.dtype.kind == "f" else x for x in at.inputs),
            tuple(0.25 - x if x.dtype.kind == "f" else x for x in at.inputs),
            tuple(np.concatenate([x, x]) if x.ndim else x for x in at.inputs),
        ]
        return check_point(at, rng, full, order > 1, others, u)

    def again(changed: Arrays, trouble: Trouble, u: Array | None) -> list[Trouble]:
        if isinstance(function, Node):
            return []
        try:
            moved = Point(bind(function, {}, changed), changed, point.precision, wanted)
            return check(moved, np.random.default_rng(seed), u, trouble.exact).troubles
        except Exception:
            return []

    verdict = check(point, rng, given, isinstance(subject, Single))
    report.cases = 1
    report.inconclusive = list(verdict.reasons)
    if verdict.unknown:
        report.inconclusive.append(
            f"{verdict.unknown} entries could not be judged: the function has a jump or an "
            f"infinite slope there, or its rounding hides the slope"
        )
    troubles = verdict.troubles
    if troubles and not isinstance(subject, Single):
        troubles = _without_kinks(point, function, troubles, report, rng)
    return report, troubles, again, function


def _initial_nodes(output: Node, inputs: Any) -> list[InitialNode]:
    if inputs is None:
        xs = [x for x in Graph(output).nodes if isinstance(x, InitialNode) and x.requires_grad]
    else:
        xs = list(inputs) if isinstance(inputs, (tuple, list)) else [inputs]
    if not xs or not all(isinstance(x, InitialNode) for x in xs):
        raise ValueError(
            "gradcheck: of a graph, the inputs to check must be its initial nodes, and there must "
            "be one that requires a gradient"
        )
    return xs


def _precision(subject: Subject, inputs: Arrays, rng: np.random.Generator) -> Precision:
    """The precision of the forward, from numbers nearby if they are accepted."""
    near = tuple(
        np.asarray(
            x * (1 + rng.uniform(0.1, 0.3, x.shape)) + (x == 0) * rng.uniform(0.1, 1, x.shape),
            x.dtype,
        )
        if x.dtype.kind == "f"
        else x
        for x in inputs
    )
    value = attempt(subject, near)
    usable = value is not None and np.isfinite(value).all()
    return precision(subject, near if usable else inputs)


def _without_kinks(
    point: Point,
    function: Callable[..., Any] | Node,
    troubles: list[Trouble],
    report: Report,
    rng: np.random.Generator,
) -> list[Trouble]:
    """The troubles that kinks inside the function do not explain.

    A gradient of composed operations need not be in the subdifferential where several of them
    have a kink. If each operation by itself is right there, some have one, and all around the
    point the whole is right, nothing is decided.
    """
    numeric = [t for t in troubles if not t.exact and not t.second]
    if not numeric:
        return troubles
    output = point.subject.nodes(point.inputs)[0]
    kinked: list[str] = []
    for node in Graph(output).nodes:
        if not isinstance(node, Operation) or not node.requires_grad:
            continue
        local = _local(node)
        if local is None:
            continue
        verdict = check_point(local, rng)
        if verdict.troubles:
            report.inconclusive.append(f"the operation {type(node).__name__} is wrong by itself")
            return troubles
        if has_kink(local) or verdict.unknown:
            kinked.append(type(node).__name__)
    if not kinked:
        return troubles
    for _ in range(4):
        near = tuple(
            x + 1e-3 * rng.normal(size=x.shape) * np.where(x == 0, 1, np.abs(x))
            if x.dtype.kind == "f"
            else x
            for x in point.inputs
        )
        subject = point.subject
        if not isinstance(subject, (Built, Function)):
            return troubles
        around = Point(subject, near, point.precision, point.wanted)
        if check_point(around, rng).troubles:
            return troubles
    names = ", ".join(dict.fromkeys(kinked))
    report.inconclusive.append(
        f"the gradient is not a slope here, but kinks of {names} meet at this point: each "
        f"operation is right by itself, and so is the whole all around"
    )
    return [t for t in troubles if t not in numeric]


def _local(node: Operation) -> Point | None:
    """One operation of a graph by itself, at its inputs' values."""
    with recording(True):
        inputs = tuple(np.array(a) for a in node._arrays)
        if sum(x.size for x in inputs) > SMALL:
            return None
        xs = [InitialNode(a) for a in inputs]
    single = Single(Function(lambda *_: node, {}), node, xs)
    single.places = list(range(len(inputs)))
    wanted = tuple(i for i, x in enumerate(inputs) if x.dtype.kind == "f")
    wide = cast(inputs, np.float64)
    kind = Precision(np.longdouble, np.longdouble)
    value = attempt(single, cast(inputs, np.longdouble))
    if value is None or value.dtype != np.longdouble:
        kind = Precision(np.float64, np.float64)
    return Point(single, wide, kind, wanted)


def has_kink(point: Point) -> bool:
    """Whether slopes to the right and to the left differ somewhere."""
    numeric = point.numeric()
    return any((numeric.jacobian(i).kind != 1).any() for i in point.wanted if point.inputs[i].size)
