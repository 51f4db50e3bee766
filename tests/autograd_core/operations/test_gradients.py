"""Every operation: values and gradients of first and second order, dtypes, memory."""

from dataclasses import dataclass
from typing import Any

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

import autograd_core as ag
from autograd_core import operations
from autograd_core.recording import recording
from autograd_core.testing import numerical_gradient
from tests.autograd_core.operations.cases import CASES, Example

every_case = pytest.mark.parametrize("case", CASES, ids=str)
half_as_often = settings(max_examples=settings().max_examples // 2)  # there are many cases
seeds = st.integers(0, 2**16)


def test_every_operation_has_a_case():
    assert {case.operation for case in CASES} == set(operations.__all__)


@dataclass
class Run:
    """One call of an operation, with gradients by its inputs: the parts of a comparison."""

    inputs: list[Any]  # nodes; where no gradient is wanted, arrays
    output: ag.Node
    gradients: list[Any]


def run(case, example, upstream=None):
    """Call the operation on nodes and go backward."""
    wanted = case.by(example)
    inputs = [ag.InitialNode(a) if i in wanted else a for i, a in enumerate(example.arrays)]
    output = case(*inputs, **example.options)
    if wanted:
        output.backward(upstream)
    return Run(inputs, output, [inputs[i].grad for i in wanted])


def plain(case, example):
    return np.asarray(case.numpy(*example.arrays, **example.options))


def assert_same(a, b):
    """To the bit, but for the padding of long doubles."""
    np.testing.assert_array_equal(a, b, strict=True)
    np.testing.assert_array_equal(np.signbit(a), np.signbit(b))


def weights(shape, seed):
    """Numbers of both signs, from 0.5 to 1.5 in size and exact in float16."""
    rng = np.random.default_rng(seed)
    return np.asarray(rng.integers(32, 96, shape) / 64 * rng.choice([-1.0, 1.0], shape))


def size(array):
    """The largest absolute value."""
    return float(np.abs(np.asarray(array, np.float64)).max(initial=0))


# Finite differences ------------------------------------------------------------------------

TOLERANCE = 2.0**-22
"""How far a gradient may be from central differences, relative to the scale below.

The step h is at most 2**-15 for numbers up to 4. The differences are off by h**2 / 6 = 2**-33
times the third derivative, which is at most 2**8 times the scale on the numbers of the cases
(the steepest is 1 / x from 1/4 or 1/2 on): 2**-25. And they are off by the rounding of what is
differenced, 2**-53 / h = 2**-38 times the sum of its terms. This leaves a factor of 8, and a
gradient that is wrong in its sixth digit does not pass.
"""


def assert_derivative(analytical, numerical, terms):
    """`terms`: the sum of the absolute values of what was added up and then differenced.

    A gradient can be 0 where the function and its third derivative are not: so a part of the
    function's own size belongs to the scale.
    """
    scale = max(size(numerical), size(analytical), 2.0**-5 * terms)
    np.testing.assert_allclose(analytical, numerical, rtol=0, atol=TOLERANCE * scale)


@every_case
@half_as_often
@given(data=st.data(), seed=seeds)
def test_gradient_is_that_of_finite_differences(case, data, seed):
    example = data.draw(case.examples)
    wanted = case.by(example)
    value = plain(case, example)
    if not wanted:
        with pytest.raises(ValueError, match="no gradient flows through it"):
            case(*map(ag.InitialNode, example.arrays), **example.options).backward()
        return
    upstream = weights(value.shape, seed)
    result = run(case, example, upstream)
    for i, gradient in zip(wanted, result.gradients, strict=True):
        numerical = numerical_gradient(
            lambda *inputs: case(*inputs, **example.options),
            *example.arrays,
            argnum=i,
            upstream=upstream,
        )
        assert_derivative(gradient, numerical, np.sum(np.abs(upstream * value)))


@every_case
@half_as_often
@given(data=st.data(), seed=seeds)
def test_second_derivative_is_that_of_finite_differences(case, data, seed):
    """By the inputs and by the upstream gradient, in a random direction of all of them."""
    example = data.draw(case.examples)
    wanted = case.by(example)
    if not wanted:
        return
    upstream = weights(np.shape(plain(case, example)), seed)
    start = [*(example.arrays[i] for i in wanted), upstream]
    directions = [weights(a.shape, seed + i + 1) for i, a in enumerate(start)]
    factors = [weights(a.shape, seed - i - 1 & 0xFFFF) for i, a in enumerate(start[:-1])]

    def gradients(t, as_nodes):
        """The first gradients after t steps in the direction, and the nodes they depend on."""
        at = [ag.InitialNode(a + t * d) for a, d in zip(start, directions, strict=True)]
        inputs = list(example.arrays)
        for i, x in zip(wanted, at, strict=False):
            inputs[i] = x
        with recording(True):
            output = case(*inputs, **example.options)
            output.backward(at[-1] if as_nodes else at[-1].value, create_graph=as_nodes)
        return [x.grad for x in at[:-1]], at

    def weighted(t):
        """All first gradients as one number: sum(factors * gradients)."""
        first, _ = gradients(t, as_nodes=False)
        return sum(np.sum(f * g) for f, g in zip(factors, first, strict=True))

    first, at = gradients(0.0, as_nodes=True)
    terms = sum(np.sum(np.abs(f * g)) for f, g in zip(factors, first, strict=True))
    total = sum((f * g).sum() for f, g in zip(factors, first, strict=True))
    for x in at:
        x.zero_grad()
    if isinstance(total, ag.Node) and total.requires_grad:
        total.backward()
    entries = [d * x.grad for d, x in zip(directions, at, strict=True) if x.grad is not None]
    along = sum(np.sum(entry) for entry in entries)
    # What cancels in a sum along the direction still belongs to the scale.
    terms = getattr(terms, "item", lambda: terms)() + 2.0**5 * sum(size(entry) for entry in entries)
    assert_derivative(along, numerical_gradient(weighted, 0.0), terms)


# Values and dtypes -------------------------------------------------------------------------


def assert_close(actual, expected, eps, scale, what):
    """Within a few dozen roundings of numbers of the size `scale`."""
    assert np.shape(actual) == np.shape(expected), what
    error = size(np.asarray(actual, np.longdouble) - expected)
    assert error <= 32 * eps * scale, f"{what}: off by {error / eps / scale:.1f} eps"


@every_case
@half_as_often
@given(data=st.data())
def test_value_is_numpys(case, data):
    example = data.draw(case.examples)
    value = case(*example.arrays, **example.options).value
    expected = plain(case, example)
    assert type(value) is np.ndarray
    assert value.dtype == expected.dtype
    assert_close(value, expected, 2.0**-52, max(1, size(expected)), "value")


@every_case
@half_as_often
@given(data=st.data(), seed=seeds)
def test_other_dtypes(case, data, seed):
    """The dtype is kept, and all is right to a few of its eps: the inputs are the same numbers."""
    example = data.draw(case.examples)
    upstream = weights(np.shape(plain(case, example)), seed)
    expected = run(case, example, upstream)
    scale = max(1, *map(size, [*example.arrays, expected.output.value, *expected.gradients]))
    for dtype in (np.float16, np.float32, np.longdouble):
        cast = [a.astype(dtype) if a.dtype.kind == "f" else a for a in example.arrays]
        other = Example(tuple(cast), example.options)
        actual = run(case, other, upstream)
        assert actual.output.dtype == plain(case, other).dtype
        if "dtype" not in example.options and expected.output.dtype.kind == "f":
            assert actual.output.dtype == dtype
        eps = float(max(np.finfo(dtype).eps, np.finfo(float).eps))
        assert_close(actual.output.value, expected.output.value, eps, scale, "value")
        for a, e in zip(actual.gradients, expected.gradients, strict=True):
            assert type(a) is np.ndarray
            assert a.dtype == dtype
            assert_close(a, e, eps, scale, "gradient")


@every_case
@half_as_often
@given(data=st.data())
def test_integers_and_booleans(case, data):
    """They give what the same numbers give as floats, or as they are, and get no gradient."""
    example = data.draw(case.examples)
    for dtype in (np.int64, np.int32, np.uint8, bool):
        integers = [np.rint(abs(a) if dtype in (np.uint8, bool) else a) for a in example.arrays]
        cast = [a.astype(dtype) for a in integers]
        inputs = [ag.InitialNode(a) for a in cast]
        try:
            with np.errstate(all="ignore"):  # this is about the kind of the result
                expected = case.numpy(*cast, **example.options)
            if np.asarray(expected).dtype.kind == "f":
                floats = [
                    i.astype(float) if a.dtype.kind == "f" else i
                    for i, a in zip(cast, example.arrays, strict=True)
                ]
                expected = case.numpy(*floats, **example.options)
        except (ValueError, TypeError, IndexError, RuntimeWarning):
            continue  # NumPy refuses: 1 / 0, a negative power of an integer, -True
        try:
            output = case(*inputs, **example.options)
        except (ValueError, TypeError):
            continue  # the operation refuses: labels that it can't have
        assert not output.requires_grad
        assert all(x.grad is None for x in inputs)
        if np.asarray(expected).dtype.kind == "f":
            assert output.dtype.kind == "f"
            eps = float(max(np.finfo(output.dtype).eps, np.finfo(float).eps))
            assert_close(output.value, expected, eps, max(1, size(expected)), dtype)
        else:
            np.testing.assert_array_equal(output.value, expected, strict=True)


def test_small_integers_do_not_wrap_around():
    """Bytes, such as the pixels of a picture: -x and x - y are no bytes."""
    x, y = np.array([0, 3], np.uint8), np.array([100, 1], np.uint8)
    assert ag.mse(x, y).item() == (100**2 + 2**2) / 2
    for operation in (ag.sigmoid, ag.softplus, ag.sech2, ag.softmax, ag.log_softmax, ag.logsumexp):
        for cast in (np.uint8, np.int8, np.int64):
            expected = operation(x.astype(float)).value
            np.testing.assert_allclose(operation(x.astype(cast)).value, expected, rtol=2e-3)


@pytest.mark.parametrize("dtype", [np.int64, bool])
def test_an_integer_input_beside_a_float_gets_no_gradient(dtype):
    x, n = ag.InitialNode([0.5, 2.0]), ag.InitialNode(np.array([1, 0], dtype))
    for output in (x * n, x + n, x - 2 * n, n / x, x**n, ag.where(n, x, n), np.maximum(x, n)):
        x.zero_grad()
        output.backward()
        assert x.grad.dtype == np.float64
        assert n.grad is None
        with pytest.raises(TypeError, match="only floating-point values"):
            ag.InitialNode(n, requires_grad=True)


# Memory ------------------------------------------------------------------------------------

LAYOUTS = {
    "as it is": lambda a: a.copy(),
    "Fortran order": lambda a: a.copy(order="F"),
    "every second entry": lambda a: np.repeat(a[..., None], 2, axis=-1)[..., 0],
    "backwards": lambda a: a[::-1].copy()[::-1] if a.ndim else a.copy(),
}


def frozen(array):
    array.flags.writeable = False
    return array


@every_case
@half_as_often
@given(data=st.data(), seed=seeds, layout=st.sampled_from(list(LAYOUTS)), locked=st.booleans())
def test_arguments_stay_as_they_are(case, data, seed, layout, locked):
    example = data.draw(case.examples)
    upstream = weights(np.shape(plain(case, example)), seed)
    given_arrays = [LAYOUTS[layout](a) for a in (*example.arrays, upstream)]
    if locked:
        given_arrays = [frozen(a) for a in given_arrays]
    before = [(a.tobytes(), a.strides, a.flags.writeable) for a in given_arrays]
    options = repr(example.options)
    actual = run(case, Example(tuple(given_arrays[:-1]), example.options), given_arrays[-1])
    assert before == [(a.tobytes(), a.strides, a.flags.writeable) for a in given_arrays]
    assert options == repr(example.options)
    for x, array in zip(actual.inputs, example.arrays, strict=True):
        np.testing.assert_array_equal(getattr(x, "value", x), array)
    # Another layout may add up in another order.
    expected = run(case, example, upstream)
    scale = max(1, *map(size, [expected.output.value, *expected.gradients]))
    assert_close(actual.output.value, expected.output.value, 2.0**-52, scale, "value")
    for a, e in zip(actual.gradients, expected.gradients, strict=True):
        assert_close(a, e, 2.0**-52, scale, "gradient")


@every_case
@half_as_often
@given(data=st.data(), seed=seeds)
def test_nothing_that_can_be_written_to_is_shared(case, data, seed):
    example = data.draw(case.examples)
    upstream = weights(np.shape(plain(case, example)), seed)
    result = run(case, example, upstream)
    initial = [x for x in result.inputs if isinstance(x, ag.Node)]
    derived = [node for node in ag.Graph(result.output).nodes if node.inputs]
    for i, gradient in zip(case.by(example), result.gradients, strict=True):
        assert type(gradient) is np.ndarray
        assert gradient.shape == example.arrays[i].shape
        assert gradient.dtype == example.arrays[i].dtype
    readable = [a for node in derived for a in (node.value, node.grad) if a is not None]
    assert not any(a.flags.writeable for a in readable)
    writable = [*example.arrays, upstream, *(a for x in initial for a in (x.value, x.grad))]
    assert all(a.flags.writeable for a in writable)
    for i, a in enumerate(writable):
        for b in [*writable[:i], *readable]:
            assert not np.shares_memory(a, b)
    # So spoiling everything that can be spoiled changes nothing.
    value, grads = np.array(result.output.value), [np.array(x.grad) for x in initial]
    for a in writable:
        a.fill(0)
    for x in initial:
        x.zero_grad()
    np.testing.assert_array_equal(result.output.value, value)
    if initial:
        upstream[...] = weights(upstream.shape, seed)
        result.output.backward(upstream)
        for x, grad in zip(initial, grads, strict=True):
            np.testing.assert_array_equal(x.grad, grad)


@every_case
@half_as_often
@given(data=st.data(), seed=seeds)
def test_results_are_the_same_to_the_bit(case, data, seed):
    """Computed twice, on arrays, without recording, and by running the graph again."""
    example = data.draw(case.examples)
    upstream = weights(np.shape(plain(case, example)), seed)
    first, second = run(case, example, upstream), run(case, example, upstream)
    with ag.no_grad():
        unrecorded = case(*example.arrays, **example.options)
    for other in (second.output, unrecorded, case(*example.arrays, **example.options)):
        assert_same(other.value, first.output.value)
    for a, b in zip(first.gradients, second.gradients, strict=True):
        assert_same(a, b)

    changed = [np.flip(a.ravel()).reshape(a.shape) for a in example.arrays]
    expected = run(case, Example(tuple(changed), example.options), upstream)
    wanted = case.by(example)
    nodes = [ag.InitialNode(a, requires_grad=i in wanted) for i, a in enumerate(example.arrays)]
    graph = ag.Graph(case(*nodes, **example.options))
    for x, array in zip(nodes, changed, strict=True):
        x.value = array
    assert_same(graph.forward(), expected.output.value)
    if wanted:
        graph.backward(upstream)
        for i, gradient in zip(wanted, expected.gradients, strict=True):
            assert_same(nodes[i].grad, gradient)


# Kinks -------------------------------------------------------------------------------------

KINKS = {  # what the operations say their gradient is where there is none, or several
    "relu": (ag.relu, [0.0, -0.0], [0, 0]),
    "leaky_relu": (lambda x: ag.leaky_relu(x, 0.25), [0.0], [0.25]),
    "elu": (lambda x: ag.elu(x, 2.0), [0.0], [2]),
    "absolute": (np.absolute, [0.0, -0.0], [0, 0]),
    "sign": (np.sign, [0.0], [0]),
    "maximum of equals": (lambda x: np.maximum(x, [1.0, 2.0]), [1.0, 3.0], [0.5, 1]),
    "maximum of itself": (lambda x: np.maximum(x, x), [1.0, 3.0], [1, 1]),
    "minimum of equals": (lambda x: np.minimum([1.0, 2.0], x), [1.0, 3.0], [0.5, 0]),
    "clip at a limit": (lambda x: np.clip(x, 0, 1), [0.0, 1.0, 0.5, -0.5, 1.5], [1, 1, 1, 0, 0]),
    "max of ties": (np.max, [3.0, 1.0, 3.0], [0.5, 0, 0.5]),
    "min of ties": (np.min, [[2.0, 2.0], [2.0, 3.0]], [[1 / 3, 1 / 3], [1 / 3, 0]]),
    "max along an axis": (
        lambda x: np.max(x, axis=1),
        [[2.0, 2.0], [2.0, 3.0]],
        [[0.5] * 2, [0, 1]],
    ),
    "infinite ties": (np.max, [np.inf, np.inf, 1.0], [0.5, 0.5, 0]),
    "0 ** 0": (lambda x: x**0, [0.0, -0.0, 2.0], [0, 0, 0]),
    "0 ** 1": (lambda x: x**1, [0.0, -0.0, 2.0], [1, 1, 1]),
    "0 ** 2": (lambda x: x**2, [0.0, -0.0, 2.0], [0, 0, 4]),
    "0 to a node": (lambda x: x ** ag.InitialNode([0.0, 1.0, 2.0]), [0.0, 0.0, 0.0], [0, 1, 0]),
    "1 ** x": (lambda x: 1.0**x, [0.0, 5.0], [0, 0]),
    "0 ** x": (lambda x: 0.0**x, [1.0, 5.0], [0, 0]),
}


@pytest.mark.parametrize("name", KINKS)
def test_gradients_at_kinks(name):
    function, value, expected = KINKS[name]
    x = ag.InitialNode(value)
    function(x).backward()
    np.testing.assert_array_equal(x.grad, expected)


def test_infinite_slopes():
    x = ag.InitialNode([0.0, 4.0])
    with np.errstate(divide="ignore"):
        np.sqrt(x).backward()
    np.testing.assert_array_equal(x.grad, [np.inf, 0.25])


def test_powers_of_negative_numbers_have_no_gradient_by_the_exponent():
    x, n = ag.InitialNode([-2.0, 2.0]), ag.InitialNode([3.0, 0.0])
    with np.errstate(invalid="ignore"):
        (x**n).backward()
    np.testing.assert_array_equal(x.grad, [12, 0])
    np.testing.assert_array_equal(n.grad, [np.nan, np.log(2)])


@pytest.mark.parametrize("exponent", [0, 1, 2, 3, 4])
@pytest.mark.parametrize("zero", [0.0, -0.0])
def test_all_derivatives_of_powers_at_0(exponent, zero):
    x = ag.InitialNode(zero)
    derivative = x**exponent
    for order in range(exponent + 2):
        expected = np.prod(range(1, exponent + 1)) if order == exponent else 0
        assert derivative.item() == expected
        x.zero_grad()
        derivative.backward(create_graph=True)
        derivative = x.grad


@pytest.mark.parametrize("dtype", [np.float16, np.float32, np.float64, np.longdouble])
def test_masked_entries_are_zero_whatever_they_were(dtype):
    X = np.array([np.inf, np.nan, -1, -0.0, 2, -np.inf, np.nan, 3], dtype)
    mask = np.array([False] * 4 + [True] * 4)
    A = ag.masked(X, mask).value
    assert A.dtype == dtype
    np.testing.assert_array_equal(A, [0, 0, 0, 0, 2, -np.inf, np.nan, 3])
    assert not np.signbit(A[:4]).any()
    assert ag.masked(X.reshape(2, 4)[:, ::2].T, mask[:2]).shape == (2, 2)
