"""All checks at one point, and what they find as faults."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field

import numpy as np

from autograd_core.testing.broken import Broken
from autograd_core.testing.calling import Options
from autograd_core.testing.calls import changing, unchanged_arguments
from autograd_core.testing.exact import exact_checks
from autograd_core.testing.judging import judge
from autograd_core.testing.numeric import attempt
from autograd_core.testing.points import Finding, Point
from autograd_core.testing.reports import same_class
from autograd_core.testing.rounding import jiggled
from autograd_core.testing.second_order import (
    DetachedError,
    NotDifferentiableError,
    second_order,
)
from autograd_core.testing.subjects import Arrays, WrongShapeError
from autograd_core.values import Array


@dataclass
class Trouble:
    """A fault at a point, before it is shrunk and reported."""

    kind: str
    message: str
    input: int
    entry: tuple[int, ...] | None
    analytic: float
    numeric: float
    error: float
    inputs: Arrays
    upstream: Array
    options: Options = field(default_factory=dict)
    exact: bool = False  # found by the exact checks
    second: bool = False  # or in the second order
    rows: bool = False  # in one of many rows


@dataclass
class Verdict:
    """What the checks at one point found."""

    troubles: list[Trouble] = field(default_factory=list)
    unknown: int = 0  # entries whose slope can't be told
    reasons: list[str] = field(default_factory=list)
    judged: bool = False  # there was something to judge


def upstreams_for(output: Array, rng: np.random.Generator) -> list[Array]:
    """Upstream gradients: numbers of both signs, some of them zero, and one entry alone."""
    dtype = output.dtype if output.dtype.kind == "f" else np.float64
    shape = output.shape
    mixed = rng.integers(4, 17, shape) / 8 * rng.choice([-1.0, 1.0], shape)
    some = np.where(rng.integers(0, 2, shape) == 1, rng.integers(4, 17, shape) / 8, 0.0)
    result = [mixed, some]
    if output.size > 1:
        alone = np.zeros(shape)
        alone.flat[rng.integers(0, output.size)] = -1.5
        result.append(alone)
    return [np.asarray(u, dtype) for u in result]


def check_point(
    point: Point,
    rng: np.random.Generator,
    exact: bool = False,
    second: bool = False,
    others: Sequence[Arrays] = (),
    upstream: Array | None = None,
) -> Verdict:
    """Judge the gradient at a point against numeric slopes and, as asked for, in other ways."""
    verdict = Verdict()
    output = attempt(point.subject, tuple(x.copy() for x in point.inputs))  # it may change them
    if output is None or not np.isfinite(output).all():
        verdict.reasons.append("the forward refuses these inputs or is not finite")
        return verdict
    verdict.judged = True
    if (broken := changing(point, output)) is not None:
        verdict.troubles.append(of_broken(point, broken, np.ones_like(output)))
        return verdict
    upstreams = upstreams_for(output, rng) if upstream is None else [upstream]
    try:
        for broken in unchanged_arguments(point, upstreams[0]):
            verdict.troubles.append(of_broken(point, broken, upstreams[0]))
        if verdict.troubles:
            return verdict
        findings, verdict.unknown = judge(point, upstreams, rng)
        for finding in findings:
            verdict.troubles.append(of_finding(point, finding))
        if exact and not findings:
            for broken in exact_checks(point, upstreams[0], list(others)):
                verdict.troubles.append(of_broken(point, broken, upstreams[0]))
        if second and all(t.kind == "dtype" for t in verdict.troubles) and not point.rows:
            for broken in second_order(point, upstreams[0], rng, ordinary(point)):
                trouble = of_broken(point, broken, upstreams[0])
                trouble.exact, trouble.second = False, True
                verdict.troubles.append(trouble)
    except DetachedError as error:
        message = f"gradient makes a constant of a node, so that its derivative is lost: {error}"
        trouble = _error(point, "second order", message, upstreams[0])
        trouble.second = True
        verdict.troubles.append(trouble)
    except NotDifferentiableError as error:
        verdict.reasons.append(f"second order: the gradient can't be run on nodes: {error}")
    except WrongShapeError as error:
        verdict.troubles.append(_error(point, "shape", str(error), upstreams[0]))
    except Exception as error:
        if isinstance(error, np.exceptions.AxisError) and not any(x.ndim for x in point.inputs):
            verdict.reasons.append(
                f"NumPy takes axis={point.options.get('axis')} of an array without axes, which has "
                f"none: gradient need not"
            )
            return verdict
        if isinstance(error, np.linalg.LinAlgError) and _is_noise(point, output, rng):
            verdict.reasons.append(
                "the forward is as good as singular: its value is rounding alone"
            )
            return verdict
        message = f"gradient raised {type(error).__name__}: {error}"
        verdict.troubles.append(_error(point, "error", message, upstreams[0]))
    return verdict


def _is_noise(point: Point, output: Array, rng: np.random.Generator) -> bool:
    """Whether rounding of the inputs changes the output altogether, or makes it impossible."""
    for _ in range(4):
        moved = jiggled(point.inputs, point.wanted, rng)
        value = attempt(point.subject, moved)
        if (
            value is None
            or np.abs(value - output).max(initial=0) > np.abs(output).max(initial=0) / 8
        ):
            return True
    return False


def ordinary(point: Point) -> bool:
    """Whether all numbers are of a size where rounding is harmless."""
    sizes = np.concatenate([np.abs(point.inputs[i]).ravel() for i in point.wanted] or [np.ones(1)])
    return point.short or bool(np.all((sizes == 0) | ((sizes > 1e-3) & (sizes < 100))))


def _error(point: Point, kind: str, message: str, upstream: Array) -> Trouble:
    nan = float("nan")
    return Trouble(kind, message, 0, None, nan, nan, 0.0, point.inputs, upstream, point.options)


def wrote(error: Exception, inputs: Arrays, options: Options) -> Trouble:
    """The error of a forward that tried to write to an array which is read-only."""
    nan = float("nan")
    return Trouble(
        "inputs changed in place",
        f"forward must change neither its inputs nor what it returned before, which are "
        f"read-only: {error}",
        0, None, nan, nan, 0.0, inputs, np.ones(()), options,
    )  # fmt: skip


def of_broken(point: Point, broken: Broken, upstream: Array) -> Trouble:
    """An exact check that does not hold, as a trouble."""
    return Trouble(
        broken.kind, broken.message, broken.input, broken.entry, broken.analytic, broken.numeric,
        0.0, point.inputs, upstream, point.options, exact=True,
    )  # fmt: skip


def of_finding(point: Point, finding: Finding) -> Trouble:
    """A wrong entry as a trouble, with its kind as far as that can be told."""
    analytic = finding.low if np.isnan(finding.analytic) else finding.analytic
    near = float(np.clip(analytic, finding.low, finding.high))
    kind, message = describe_finding(point, finding, near)
    return Trouble(
        kind, message, finding.input, finding.entry if finding.joint is None else None,
        finding.analytic, near, finding.bar, point.inputs, finding.upstream, point.options,
        rows=point.rows,
    )  # fmt: skip


def describe_finding(point: Point, finding: Finding, true: float) -> tuple[str, str]:
    """The kind of a wrong value, and a sentence about it."""
    x = point.inputs[finding.input]
    if finding.joint is not None:
        return "kink", (
            f"the gradient is outside the subdifferential: along the direction "
            f"{finding.joint.tolist()} it gives {finding.analytic:.6g}, but the slopes there are "
            f"from {finding.low:.6g} to {finding.high:.6g}"
        )
    at = f" at {float(x[finding.entry]):.12g}" if x.size else ""
    if finding.low < finding.high:
        return "kink", (
            f"{finding.analytic:.6g} is outside the subdifferential{at}, which is from "
            f"{finding.low:.6g} to {finding.high:.6g}"
        )
    what = same_class(finding.analytic, true, sorted({*x.shape, x.size}))
    off = abs(finding.analytic - true) / abs(true) if true else np.inf
    if what in ("not a number", "infinite"):
        return "overflow", f"the gradient is {what}{at}, where the true one is {true:.6g}"
    if what == "zero":
        return "wrong value", f"the gradient is zero{at}, where the true one is {true:.6g}"
    if off < 1e-2:
        return "precision", f"the gradient is {what}{at}"
    return "wrong value", f"the gradient is {what}{at}" if what != "wrong value" else (
        f"the gradient is {finding.analytic:.6g}{at}, where the slope is {true:.6g}"
    )
