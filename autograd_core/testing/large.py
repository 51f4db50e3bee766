"""Gradients of many entries: random directions for all of them, and some entries one by one."""

from __future__ import annotations

import numpy as np

from autograd_core.testing.calls import changing
from autograd_core.testing.checking import Trouble, Verdict, of_broken, of_finding, upstreams_for
from autograd_core.testing.claims import Claims
from autograd_core.testing.judging import compare
from autograd_core.testing.numeric import Numeric, attempt
from autograd_core.testing.points import SAFETY, ULPS, Point
from autograd_core.testing.slopes import UNKNOWN
from autograd_core.values import Array

DIRECTIONS = 4
SAMPLED = 12  # entries of each input


def check_large(point: Point, rng: np.random.Generator, upstream: Array | None) -> Verdict:
    """Judge sampled entries of the gradient, and the whole along random directions."""
    verdict = Verdict()
    output = attempt(point.subject, point.inputs)
    if output is None or not np.isfinite(output).all():
        verdict.reasons.append("the forward refuses these inputs or is not finite")
        return verdict
    verdict.judged = True
    if (broken := changing(point, output)) is not None:
        verdict.troubles.append(of_broken(point, broken, np.ones_like(output)))
        return verdict
    u = upstreams_for(output, rng)[0] if upstream is None else upstream
    gradients = point.subject.pull(u, point.inputs)
    numeric = point.numeric()
    claims = Claims(point, numeric, u, gradients, rng)
    for i in point.wanted:
        size = point.inputs[i].size
        largest = np.argsort(
            -np.abs(np.where(np.isfinite(gradients[i]), gradients[i], np.inf)).ravel()
        )
        picked = (
            {*largest[:2], *rng.choice(size, min(size, SAMPLED), replace=False)} if size else set()
        )
        columns = sorted(int(j) for j in picked)
        if not columns:
            continue
        jacobian = numeric.jacobian(i, columns)
        finding, unknown = compare(claims, i, jacobian, columns)
        verdict.unknown += unknown
        if finding is not None:
            verdict.troubles.append(of_finding(point, finding))
            return verdict
    for _ in range(DIRECTIONS):
        trouble = _along(point, numeric, u, gradients, rng, verdict)
        if trouble is not None:
            verdict.troubles.append(trouble)
            break
    return verdict


def _along(
    point: Point,
    numeric: Numeric,
    upstream: Array,
    gradients: list[Array],
    rng: np.random.Generator,
    verdict: Verdict,
) -> Trouble | None:
    """A random direction in which the gradient is not the slope."""
    direction = tuple(
        rng.choice([-1.0, 1.0], x.shape) * rng.integers(1, 4, x.shape)
        if i in point.wanted
        else np.zeros(x.shape)
        for i, x in enumerate(point.inputs)
    )
    slopes = numeric.along(direction)
    weights = upstream.reshape(1, -1).astype(point.precision.dtype)
    hull = slopes.contracted(weights)
    parts = [np.asarray(gradients[i], float) * direction[i] for i in point.wanted]
    claimed = float(sum(p.sum() for p in parts))
    total = float(sum(np.abs(p).sum() for p in parts))
    if hull.kind[0] == UNKNOWN:
        verdict.unknown += 1
        return None
    eps = float(np.finfo(upstream.dtype).eps)
    allowed = SAFETY * float(hull.bar[0]) + ULPS * eps * total
    if hull.low[0] - allowed <= claimed <= hull.high[0] + allowed:
        return None
    return Trouble(
        "wrong value",
        "along a random direction through all entries the gradient is not the slope; entries "
        "sampled one by one are right",
        point.wanted[0], None, claimed, float(np.clip(claimed, hull.low[0], hull.high[0])),
        float(hull.bar[0]), point.inputs, upstream, point.options,
    )  # fmt: skip
