"""The catalogue says the truth: what it lists as correct is, and what it lists as wrong is not.

Nothing of the gradient checker is used.
"""

import dataclasses
import itertools
import zlib

import numpy as np
import pytest

from autograd_core import InitialNode

from .catalogue import CORRECT, FAULTS, VARIANTS, WRONG
from .catalogue.reference import disagreement, gradients

RIGHT = CORRECT + VARIANTS


@pytest.fixture(autouse=True)
def no_warnings_of_overflow():
    with np.errstate(all="ignore"):
        yield


def each(*lists):
    listed = list(itertools.chain(*lists))
    return pytest.mark.parametrize("entry", listed, ids=[entry.name for entry in listed])


# Inputs ------------------------------------------------------------------------------------

ORDINARY = [0.0, -0.0, 0.25, 0.5, 1.0, 2.0, 3.0, -0.25, -0.5, -1.0, -2.0, -3.0]
MAGNITUDES = np.array(
    [1e-5, 0.1, 7.0, 21.0, 38.0, 100.0, 700.0, 745.0, 800.0]
    + [10.0**k for k in (-300, -200, -155, -110, -20, -8, 8, 20, 110, 154, 200, 300)]
)


def upstream_of(entry, shape, dtype=np.float64):
    if entry.upstream is not None and entry.upstream.shape == shape:
        return entry.upstream.astype(dtype)
    rng = np.random.default_rng(zlib.crc32(entry.name.encode()))
    return np.asarray(rng.choice([-1.75, -0.6, 0.55, 1.3, 2.2], shape)).astype(dtype)


def domains(entry):
    """What the entry's domain says of each input of the trigger: a pair, a set, or nothing."""
    domain = entry.kwargs.get("domain")
    names = entry.node().forward.__code__.co_varnames[1:]
    each_one = [domain.get(name) if isinstance(domain, dict) else domain for name in names]
    each_one = each_one[: len(entry.trigger)]
    return [d if isinstance(d, (tuple, set)) else (None, None) for d in each_one]


def inside(values, domain):
    if isinstance(domain, set):
        return np.isin(values, list(domain))
    low, high = (-np.inf if domain[0] is None else domain[0], domain[1])
    return (values >= low) & (values <= (np.inf if high is None else high))


def other_inputs(entry, rng, kind):
    """Floats of the kind in place of those of the trigger, and its labels in another order."""
    inputs = []
    for x, domain in zip(entry.trigger, domains(entry), strict=True):
        pool = np.array({"ordinary": ORDINARY, "large": [*MAGNITUDES, *-MAGNITUDES]}[kind])
        pool = pool[inside(pool, domain)] if x.dtype.kind == "f" else np.ravel(x)
        inputs.append(rng.choice(pool, x.shape).astype(x.dtype))
    return inputs


def has_infinite_derivative(entry, arrays):
    """At 0 the square root has, and no gradient is right or wrong."""
    return entry.name.startswith("sqrt") and any((x == 0).any() for x in arrays)


def finite_inputs(entry, kind, n, seed=0):
    """Up to n inputs at which the forward pass is finite."""
    rng = np.random.default_rng(seed)
    found = 0
    for _ in range(200 * n):
        arrays = other_inputs(entry, rng, kind)
        A = entry.call(*arrays).value
        if np.isfinite(A).all() and not has_infinite_derivative(entry, arrays):
            found += 1
            yield arrays, A
        if found == n:
            return


# Other properties: "" if they hold -----------------------------------------------------------


def made(entry, arrays):
    return entry.operation(*map(np.array, arrays), **entry.at)


def pull(node, upstream, arrays):
    """The output, and what the operation's own `gradient` gives for each input."""
    A = np.asarray(node.forward(*arrays))
    for array in (A, upstream, *arrays):
        array.setflags(write=False)
    entries = node.gradient(upstream, A, *arrays)
    entries = entries if isinstance(entries, (tuple, list)) else (entries,)
    return A, [entry() if callable(entry) else entry for entry in entries]


def bits(*arrays):
    return [None if x is None else (np.shape(x), np.asarray(x).tobytes()) for x in arrays]


def changes(entry, arrays, upstream):
    """Is an input, the output or the upstream gradient changed in place?"""
    copies, given = [np.array(x) for x in arrays], np.array(upstream)
    try:
        before = bits(*arrays, made(entry, arrays).value, upstream)
        A, _ = pull(made(entry, arrays), given, copies)
    except ValueError as error:
        return f"{error}" if "read-only" in f"{error}" else ""
    return "" if bits(*copies, A, given) == before else "something was changed in place"


def differs(entry, arrays, upstream):
    """Do calls with the same arguments give different results?"""
    node = made(entry, arrays)
    results = []
    for _ in range(6):
        A, pulled = pull(node, np.array(upstream), [np.array(x) for x in arrays])
        results.append(bits(A, *pulled))
    return "" if all(result == results[0] for result in results) else "results differ"


def remembers(entry, arrays, upstream, others):
    """Does a gradient depend on what the operation was called with before?"""
    arrays, others = ([np.array(x) for x in inputs] for inputs in (arrays, others))
    node = made(entry, arrays)
    A, before = pull(node, upstream, arrays)
    _, elsewhere = pull(node, upstream, others)
    _, alone = pull(made(entry, others), upstream, others)
    after = node.gradient(upstream, A, *arrays)
    after = after if isinstance(after, (tuple, list)) else (after,)
    after = [entry() if callable(entry) else entry for entry in after]
    if bits(*before) != bits(*after) or bits(*elsewhere) != bits(*alone):
        return "the gradient depends on another call"
    return disagreement(entry, others, upstream)


def dtypes(entry, arrays):
    """Have the output and the gradients the dtype of the floating-point inputs?"""
    for dtype in (np.float32, np.float64):
        copies = [x.astype(dtype) if x.dtype.kind == "f" else x for x in arrays]
        A = made(entry, copies).value
        _, pulled = pull(made(entry, copies), upstream_of(entry, A.shape, dtype), copies)
        wanted = [None if g is None else dtype for g in pulled]
        got = [None if g is None else g.dtype for g in pulled]
        if any(x.dtype == dtype for x in copies) and [A.dtype, *got] != [dtype, *wanted]:
            return f"{A.dtype} and {got} for {dtype.__name__}"
    return ""


def integers(entry, arrays):
    """Do integers give the same as the same numbers in floating point?"""
    whole = [np.rint(x) if x.dtype.kind == "f" else x for x in arrays]
    expected = made(entry, whole).value
    if not np.isfinite(expected).all() or any((np.abs(x) > 2**31).any() for x in whole):
        return ""
    try:
        value = made(entry, [x.astype(int) for x in whole]).value
    except (ValueError, TypeError) as error:
        return f"{error}"
    return "" if np.allclose(value, expected, rtol=1e-12, atol=0) else f"{value} for {expected}"


def second_order(entry, dtype=np.longdouble):
    """Does the engine's derivative of sum(v * gradient) agree with a difference quotient?"""
    rng = np.random.default_rng(0)
    arrays = [x.astype(dtype) if x.dtype.kind == "f" else x for x in entry.distinct()]
    upstream = upstream_of(entry, entry.node().shape, dtype)
    weights = [rng.uniform(0.5, 2, x.shape).astype(dtype) for x in arrays]
    moves = [rng.uniform(-1, 1, x.shape).astype(dtype) for x in (*arrays, upstream)]

    def contraction(t):
        moved = [
            x + t * d if x.dtype.kind == "f" else x
            for x, d in zip((*arrays, upstream), moves, strict=True)
        ]
        grads = gradients(entry, moved[:-1], moved[-1])
        return sum(np.sum(w * g) for w, g in zip(weights, grads, strict=True) if g is not None)

    nodes, given = [InitialNode(x) for x in arrays], InitialNode(upstream)
    entry.call(*nodes).backward(given, create_graph=True)
    firsts = [(w, x.grad) for w, x in zip(weights, nodes, strict=True) if x.requires_grad]
    for x in nodes:
        x.zero_grad()
    total = sum((np.sum(first * w) for w, first in firsts), start=0 * given.sum())
    total.backward()
    value = sum(
        np.sum(x.grad * d)
        for x, d in zip((*nodes, given), moves, strict=True)
        if x.requires_grad and x.grad is not None
    )
    h = dtype(2.0**-16)
    halves = [(contraction(s) - contraction(-s)) / (2 * s) for s in (h / 2, h)]
    quotient = (4 * halves[0] - halves[1]) / 3  # Richardson: the error is of order h ** 4
    return "" if abs(value - quotient) <= 1e-9 * (1 + abs(quotient)) else f"{value} for {quotient}"


# Tests -------------------------------------------------------------------------------------


def test_it_is_large_enough_and_well_described():
    names = [entry.name for entry in [*RIGHT, *WRONG]]
    assert len(names) == len(set(names))
    assert len(CORRECT) >= 35
    assert len(VARIANTS) >= 16
    assert len(WRONG) >= 170
    for fault in FAULTS:
        assert sum(entry.fault == fault for entry in WRONG) >= 5, fault
    for entry in [*RIGHT, *WRONG]:
        assert entry.operation.__doc__, entry.name


@each(CORRECT, VARIANTS)
def test_examples_are_in_the_domain(entry):
    for x, domain in zip(entry.trigger, domains(entry), strict=True):
        assert inside(x, domain).all()


@each(entry for entry in WRONG if entry.fault not in ("dtype", "protocol"))
def test_triggers_are_in_the_domain(entry):
    for x, domain in zip(entry.trigger, domains(entry), strict=True):
        assert inside(x, domain).all()


@each(RIGHT)
def test_correct_gradients(entry):
    check_at(entry, [entry.distinct()], [2, 1])


@pytest.mark.slow
@each(RIGHT)
def test_correct_gradients_at_many_points(entry):
    check_at(entry, [], [10, 15], seed=1)


def check_at(entry, points, numbers, seed=0):
    points = list(points)
    for kind, n in zip(("ordinary", "large"), numbers, strict=True):
        found = list(finite_inputs(entry, kind, n, seed))
        assert found, f"no {kind} inputs at which the forward pass is finite"
        points += [arrays for arrays, _ in found]
    for arrays in points:
        A = entry.call(*arrays).value
        assert not disagreement(entry, arrays, upstream_of(entry, A.shape)), arrays


@each(RIGHT)
def test_correct_operations_are_pure_functions(entry):
    arrays = entry.distinct()
    upstream = upstream_of(entry, entry.node().shape)
    others = next(iter(finite_inputs(entry, "ordinary", 1, seed=3)))[0]
    assert not changes(entry, arrays, upstream)
    assert not differs(entry, arrays, upstream)
    assert not remembers(entry, arrays, upstream, others)
    assert not dtypes(entry, arrays)
    assert not integers(entry, arrays)


@each(CORRECT)
def test_correct_second_derivatives(entry):
    assert not second_order(entry)


@each(WRONG)
@pytest.mark.filterwarnings("ignore::autograd_core.GradientWarning")  # they make constants
def test_wrong_gradients(entry):
    """At its trigger each has the fault that it is said to have."""
    arrays = entry.distinct()
    try:
        upstream = upstream_of(entry, entry.node().shape)
    except ValueError:  # from the forward pass
        assert entry.fault in ("dtype", "protocol")
        return
    if entry.fault == "protocol":
        assert changes(entry, arrays, upstream)
    elif entry.fault == "state":
        others = [-0.75 * (x[..., ::-1] if upstream.ndim else np.repeat(x, 2)) for x in arrays]
        assert remembers(entry, arrays, upstream, others)
    elif entry.fault == "not deterministic":
        assert differs(entry, arrays, upstream)
    elif entry.fault == "second order":
        assert not disagreement(entry, arrays, upstream)
        assert second_order(entry)
    elif entry.fault == "dtype":
        wrong_value = disagreement(entry, arrays, upstream)
        assert wrong_value or dtypes(entry, arrays) or integers(entry, arrays)
    elif entry.fault == "same node twice":
        assert disagreement(entry, arrays, upstream)
        apart = dataclasses.replace(entry, trigger=tuple(np.array(x) for x in entry.trigger))
        assert not disagreement(apart, apart.trigger, upstream)
    else:
        assert disagreement(entry, arrays, upstream)
