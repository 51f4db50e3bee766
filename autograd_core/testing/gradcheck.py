"""Verify the gradient of a function or of a graph at one point."""

from __future__ import annotations

import time
from collections.abc import Callable
from contextlib import suppress
from typing import Any

import numpy as np

from autograd_core.conversions import differentiating
from autograd_core.graph import Graph
from autograd_core.node import InitialNode, Node, Operation
from autograd_core.recording import recording
from autograd_core.testing.calling import callee
from autograd_core.testing.calls import changing
from autograd_core.testing.checking import Trouble, Verdict, check_point, of_broken, wrote
from autograd_core.testing.faults import as_fault
from autograd_core.testing.large import check_large
from autograd_core.testing.numeric import Precision, attempt, cast, precision
from autograd_core.testing.points import Point
from autograd_core.testing.reports import GradientError, Report, not_judged
from autograd_core.testing.shrinking import shrink
from autograd_core.testing.subjects import Arrays, Built, Function, Single, Subject, bind, quiet
from autograd_core.values import Array, as_float, wide

CALLS = 31  # of the function, before it counts as one that always gives the same
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
    returns a node of any shape. Integers and booleans count as float64, but for labels and the
    like: beside floating-point inputs, booleans are constants, and so are integers that the
    function refuses as floats, or with respect to which the gradient is None. For a node, `inputs`
    are the initial nodes to check, by default all that require a gradient; its graph is run again
    with other values, and afterwards is as it was. `upstream` is the gradient of something further
    on with respect to the output: by default numbers of both signs. Of large inputs some entries
    and random directions are checked.

    At a kink every element of the subdifferential is right. Where the slope is infinite, jumps,
    or is hidden by rounding, and where kinks of several operations meet, the report says so in
    `inconclusive`.

    >>> import numpy as np
    >>> gradcheck(lambda x: (x * np.sin(x)).sum(), [0.5, 1.0, -2.0]).ok
    True
    """
    start = time.perf_counter()
    with quiet(), differentiating():
        report = _Check(function, inputs, order, seed).run(upstream)
    report.seconds = time.perf_counter() - start
    if raises and not report.ok:
        raise GradientError(report)
    return report


def as_arrays(inputs: Any) -> Arrays:
    """An array, a number, or a sequence of such, as arrays; a list of numbers is one array.

    Nodes count as their values, and float16 as float32: slopes could not be resolved in it.
    """
    several = isinstance(inputs, (tuple, list)) and any(
        np.ndim(x) > 0 or isinstance(x, (np.ndarray, Node)) for x in inputs
    )
    found = inputs if isinstance(inputs, tuple) or several else (inputs,)
    return tuple(wide(np.array(x.value if isinstance(x, Node) else x)) for x in found)


class _Check:
    """One run: what is checked, where, and how a trouble is shrunk."""

    def __init__(self, function: Callable[..., Any] | Node, inputs: Any, order: int, seed: int):
        self.function, self.order, self.seed = function, order, seed
        self.rng = np.random.default_rng(seed)
        if isinstance(function, Node):
            self.xs = _initial_nodes(function, inputs)
            self.inputs = tuple(np.array(x._value) for x in self.xs)
            self.wanted = tuple(i for i, x in enumerate(self.xs) if x.requires_grad)
            name = f"the graph of {type(function).__name__}"
        else:
            self.xs = []
            name = getattr(function, "__name__", type(function).__name__)
        self.report = Report(name)
        if not isinstance(function, Node):
            self.inputs = self._as_floats(as_arrays(inputs))
            self.wanted = tuple(i for i, x in enumerate(self.inputs) if x.dtype.kind == "f")

    def _as_floats(self, inputs: Arrays) -> Arrays:
        """The inputs with whole numbers as float64, but for labels and the like."""
        if all(x.dtype.kind in "iub" for x in inputs):
            return tuple(x.astype(np.float64) for x in inputs)
        for i, x in enumerate(inputs):
            if x.dtype.kind in "iu":
                floats = (*inputs[:i], x.astype(np.float64), *inputs[i + 1 :])
                if self._varies(floats, i):
                    inputs = floats
        return inputs

    def _varies(self, inputs: Arrays, i: int) -> bool:
        """Whether the function takes other numbers for input i, and gives others for them."""
        moved = (*inputs[:i], inputs[i] + 1e-3, *inputs[i + 1 :])
        try:
            value, other = (np.asarray(self._bound(x).forward(x)) for x in (inputs, moved))
        except Exception:  # of the function, which may raise anything
            return False
        if np.array_equal(value, other) or not np.isfinite(other).all():
            return False
        with suppress(Exception):  # it is raised again where the gradient is judged
            output, xs = self._bound(inputs).nodes(inputs)
            upstream = np.ones(output.shape, output.dtype)
            if xs[i] not in Graph(output).gradients(upstream, [xs[i]]):
                self.report.inconclusive.append(
                    f"input {i} was not judged: its whole numbers count as labels, because the "
                    f"gradient with respect to them is None"
                )
                return False
        return True

    def run(self, upstream: Any) -> Report:
        try:
            subject = self._bound(self.inputs)
            value = np.asarray(subject.forward(tuple(x.copy() for x in self.inputs)))
        except ValueError as error:
            if "read-only" not in str(error):
                raise
            trouble = wrote(error, self.inputs, {})
            self.report.faults.append(as_fault(trouble, self.function, self._names(), None))
            return self.report
        if upstream is not None:
            upstream = upstream.value if isinstance(upstream, Node) else upstream
            upstream = np.broadcast_to(np.asarray(upstream, value.dtype), value.shape).copy()
        self.precision = _precision(subject, self.inputs, self.rng)
        point = Point(subject, self.inputs, self.precision, self.wanted)
        broken = changing(point, as_float(value), CALLS)
        troubles = [of_broken(point, broken, np.ones_like(value))] if broken else []
        for trouble in troubles or self._troubles(point, upstream)[:3]:
            small = shrink(trouble, self._again, alike=True)
            at = point if small.inputs is self.inputs else self._point(small.inputs)
            self.report.add(as_fault(small, self.function, self._names(), at))
        if not any(self.inputs[i].size for i in self.wanted):
            if self.wanted:
                self.report.inconclusive.append("nothing was judged: the inputs have no entries")
            else:
                self.report.faults.append(not_judged("no input requires a gradient"))
        return self.report

    def _troubles(self, point: Point, upstream: Array | None) -> list[Trouble]:
        """What is wrong at the point; what is not decided there goes into the report."""
        single = isinstance(point.subject, Single)
        verdict = self._checked(point, self.rng, upstream, single)
        self.report.cases = 1
        self.report.inconclusive += verdict.reasons
        if not verdict.judged:
            self.report.faults.append(not_judged(verdict.reasons[0]))
        if verdict.unknown:
            self.report.inconclusive.append(
                f"{verdict.unknown} entries could not be judged: the function has a jump or an "
                f"infinite slope there, or its rounding hides the slope"
            )
        if verdict.troubles and not single:
            return _without_kinks(point, self.function, verdict.troubles, self.report, self.rng)
        return verdict.troubles

    def _checked(
        self, point: Point, rng: np.random.Generator, upstream: Array | None, exact: bool
    ) -> Verdict:
        if sum(point.inputs[i].size for i in self.wanted) > SMALL:
            return check_large(point, rng, upstream)
        others = [
            tuple(x * 0.75 + 0.25 if x.dtype.kind == "f" else x for x in point.inputs),
            tuple(0.25 - x if x.dtype.kind == "f" else x for x in point.inputs),
            tuple(np.concatenate([x, x]) if x.ndim else x for x in point.inputs),
        ]
        return check_point(point, rng, exact, self.order > 1, others, upstream)

    def _again(self, inputs: Arrays, trouble: Trouble, upstream: Array | None) -> list[Trouble]:
        """The troubles with these inputs instead, for shrinking; a graph keeps those it has."""
        if isinstance(self.function, Node) and inputs is not self.inputs:
            return []
        rng = np.random.default_rng(self.seed)
        try:
            return self._checked(self._point(inputs), rng, upstream, trouble.exact).troubles
        except Exception:
            return []

    def _bound(self, inputs: Arrays) -> Subject:
        if isinstance(self.function, Node):
            return Built(self.function, self.xs)
        return bind(self.function, {}, inputs)

    def _point(self, inputs: Arrays) -> Point:
        return Point(self._bound(inputs), inputs, self.precision, self.wanted)

    def _names(self) -> list[str]:
        """What the inputs are called: by nodes themselves, or as parameters of the function."""
        if isinstance(self.function, Node):
            return [x.name or f"input {i}" for i, x in enumerate(self.xs)]
        with suppress(TypeError, ValueError):  # what has no signature, or asks for options too
            names = callee(self.function, fixed=True).inputs
            if len(names) == len(self.inputs):
                return list(names)
        return []


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
