"""Random graphs: the engine against finite differences and against a naive second evaluation.

No tolerance here is a number that was chosen. That of the naive evaluation is a bound of the
rounding errors, carried along with the numbers (see naive.py). That of finite differences is the
change from one step to the next, and the forward pass's rounding error over the step.
"""

from collections import Counter
from itertools import pairwise

import numpy as np
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

import autograd_core as ag
from autograd_core.testing.call_forms import SMOOTH, call_form
from autograd_core.testing.random_graph import grow
from autograd_core.testing.strategies import CONSTANTS, PICKS, graphs, shapes
from tests.autograd_core.testing.naive import EPS, ROUNDINGS, evaluate, gradient

LONG = np.longdouble
LONG_EPS = np.finfo(LONG).eps  # on some platforms that of float64
STEPS = [LONG(2.0) ** -k for k in range(1, 26)]
ILL_CONDITIONED = 1e-2  # an error of a value from which on the analysis of errors fails


def limit_of_quotients(function, noise):
    """The derivative of t -> function(t) at 0, entry by entry, and how wrong it may be.

    Central quotients for steps that are halved, extrapolated once (Richardson). The error is the
    larger of the changes to the step before and after, and the rounding error over the step, for
    which `noise` bounds that of `function`. The step with the least error counts, of those with
    which all finer ones agree: where a function turns many times within a step, the quotients
    are small and change little, but all wrong.
    """
    with np.errstate(all="ignore"):  # at the first steps anything may happen
        quotients = [(function(h) - function(-h)) / (2 * h) for h in STEPS]
        limits = np.array([(4 * fine - coarse) / 3 for coarse, fine in pairwise(quotients)])
        changes = np.abs(np.diff(limits, axis=0))
        rounding = np.array([2 * noise / h for h in STEPS[2:-1]])
        errors = np.maximum(changes[:-1], changes[1:]) + rounding
        limits = limits[1:-1]
        for k in range(len(errors)):
            finer = np.abs(limits[k] - limits[k:]) <= errors[k] + errors[k:]
            errors[k] = np.where(finer.all(axis=0), errors[k], np.inf)
    best = errors.argmin(axis=0)[None]
    return np.take_along_axis(limits, best, 0)[0], np.take_along_axis(errors, best, 0)[0]


def check(graph, seed):
    """Hold the engine's value, gradients and (of some) H v against both; say what was found."""
    found = Counter(graphs=1)
    rng = np.random.default_rng(seed)
    output = graph.output
    upstream = np.asarray(rng.standard_normal(output.shape))
    duals = evaluate(graph)
    if not EPS * max(np.max(x.e, initial=0) for x in duals) < ILL_CONDITIONED:
        found["ill-conditioned"] += 1
        return found

    assert (np.abs(output.value - duals[-1].v) <= EPS * duals[-1].e).all(), "value"
    output.backward(upstream)
    for x, value in zip(graph.inputs, graph.values, strict=True):
        assert x.grad.shape == value.shape
        assert x.grad.dtype == value.dtype == float
    engine = np.concatenate([x.grad.ravel() for x in graph.inputs])
    naive, error = gradient(duals, upstream)
    tolerance = EPS * error
    assert (np.abs(engine - naive) <= tolerance).all(), "gradient"
    found["not zero"] += bool((np.abs(naive) > tolerance).any())
    found["narrow"] += bool(tolerance.max(initial=0) < 1e-7 * np.abs(naive).max(initial=0))

    starts = np.cumsum([value.size for value in graph.values])[:-1]
    values = [np.asarray(value, LONG) for value in graph.values]
    direction = rng.integers(-3, 4, naive.size).astype(LONG)
    directions = [
        d.reshape(value.shape) for d, value in zip(np.split(direction, starts), values, strict=True)
    ]

    def moved(t):
        return [value + t * d for value, d in zip(values, directions, strict=True)]

    again = [ag.InitialNode(value) for value in values]
    rerun = ag.Graph(graph(*again))

    def contraction(t):
        for x, value in zip(again, moved(t), strict=True):
            x.value = value
        return np.sum(rerun.forward() * upstream)

    terms = np.abs(duals[-1].v * upstream)
    noise = 2 * LONG_EPS * np.sum(duals[-1].e * np.abs(upstream) + ROUNDINGS * terms)
    numeric, error = limit_of_quotients(contraction, noise)
    error = error + tolerance @ np.abs(direction)
    assert abs(engine @ direction - numeric) <= error, "finite differences"
    found["narrow difference"] += bool(error < 1e-5 * abs(numeric))

    if seed % 10 == 3:
        check_second_order(graph, upstream, duals, moved, direction, found)
    return found


def check_second_order(graph, upstream, duals, moved, direction, found):
    """H v by the engine, all initial nodes in one, against quotients of the naive gradient.

    Both are computed in longdouble. The error of the quotients includes their rounding over the
    step, which is hundreds of times that of H v.
    """
    ends = np.cumsum([value.size for value in graph.values])

    def whole(flat):
        xs = [
            flat[end - value.size : end].reshape(value.shape)
            for end, value in zip(ends, graph.values, strict=True)
        ]
        return ag.sum(graph(*xs) * upstream)

    def naive(t):
        return gradient(evaluate(graph, moved(t)), upstream)[0]

    flat = np.concatenate([value.ravel() for value in moved(0)])
    product = ag.hvp(whole)(flat, direction)
    noise = 2 * LONG_EPS * gradient(duals, upstream)[1]
    numeric, error = limit_of_quotients(naive, noise)
    assert (np.abs(product - numeric) <= error).all(), "second order"
    found["second order"] += 1
    found["second order not zero"] += bool((np.abs(product) > error).any())


def random_graph(rng):
    """A graph of up to 30 operations, from more numbers than Hypothesis would draw in the time."""
    forms = [call_form(operation) for operation in SMOOTH]
    shape = tuple(rng.choice((1, 2, 3, 3), rng.choice((0, 1, 2, 2, 3))))
    values = []
    for _ in range(rng.integers(1, 4)):
        sides = [rng.choice((1, n)) for n in shape][rng.integers(0, len(shape) + 1) :]
        reverse = rng.random() < 0.3
        value = 2 * rng.standard_normal(shape[::-1] if reverse else sides)
        values.append(np.round(4 * value) / 4 if rng.random() < 0.3 else value)  # zeros and ties

    def one_of(choices):
        return choices[rng.integers(len(choices))]

    steps = [
        (one_of(forms), (one_of(PICKS), one_of(PICKS + CONSTANTS)), int(rng.integers(100)))
        for _ in range(rng.integers(1, 60))
    ]
    return grow([np.asarray(value) for value in values], steps, largest=1e3)


def check_many(number):
    """Check random graphs until `number` of them had a gradient that is not zero everywhere.

    The others, such as those of the variance of a single entry, are checked too.
    """
    found = Counter()
    seed = 0
    while found["not zero"] < number:
        seed += 1
        graph = random_graph(np.random.default_rng(seed))
        if not 1 <= len(graph.steps) <= 30:
            continue
        try:
            found.update(check(graph, seed))
        except AssertionError as error:
            raise AssertionError(f"{error} of graph {seed} is wrong:\n{graph}") from None
        uses = Counter(i for step in graph.steps for i in step.parents)
        found["sharing"] += max(uses.values()) > 1
        found["20 operations"] += len(graph.steps) >= 20
        found.update(f"uses {step.operation.__name__}" for step in graph.steps)
    # What is checked must be worth checking, and the tolerances must be narrow.
    assert found["ill-conditioned"] < 0.05 * number
    assert found["sharing"] > 0.7 * number
    assert found["20 operations"] > 0.2 * number
    assert found["second order not zero"] > 0.03 * number
    assert all(found[f"uses {operation.__name__}"] for operation in SMOOTH)
    assert found["narrow"] > 0.8 * number
    assert found["narrow difference"] > 0.8 * number
    return found


def test_three_hundred_random_graphs():
    check_many(300)


@pytest.mark.slow
def test_ten_thousand_random_graphs():
    """Takes about 4 minutes on one core that is free."""
    check_many(10_000)


@given(graphs(max_operations=10), st.integers(0, 999))
def test_graphs_that_hypothesis_draws_and_would_shrink(graph, seed):
    check(graph, seed)


@settings(suppress_health_check=[HealthCheck.filter_too_much])
@given(graphs(shape=shapes(1, 3).filter(lambda shape: 0 in shape), max_operations=10))
def test_graphs_with_empty_axes(graph):
    check(graph, 0)
