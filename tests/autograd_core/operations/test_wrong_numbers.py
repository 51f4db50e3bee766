"""Numbers that were wrong once: index-like inputs, counts, limits, offsets, exponents."""

import mpmath
import numpy as np
import pytest

import autograd_core as ag

MANY = 70_000  # more than float16 can hold
REDUCTIONS = [ag.mean, ag.var, ag.rms, ag.max, ag.min]


@pytest.mark.parametrize("dtype", [np.float16, np.float32, np.float64])
@pytest.mark.parametrize("axis", [None, 0, 1, -1])
def test_an_index_that_is_a_number_of_python_is_an_integer(dtype, axis):
    x = ag.InitialNode(np.arange(6, dtype=dtype).reshape(2, 3))
    taken = ag.take(x, 1, axis=axis)
    np.testing.assert_array_equal(taken.value, np.take(x.value, 1, axis=axis))
    assert taken.dtype == dtype
    taken.backward()
    expected = np.zeros((2, 3))
    expected[(0, 1) if axis is None else (slice(None),) * (axis % 2) + (1,)] = 1
    np.testing.assert_array_equal(x.grad, expected)


def test_a_large_index_of_a_float16_array_is_itself():
    y = ag.InitialNode(np.where(np.arange(4096) == 2049, 1, 0).astype(np.float16))
    assert ag.take(y, 2049).item() == y[2049].item() == ag.take(y, np.int64(2049)).item() == 1
    assert ag.take(y, [2049, 2048]).value.tolist() == [1, 0]


def test_indices_that_are_no_integers_are_refused():
    x = ag.InitialNode([1.0, 2.0])
    for wrong in (1.0, [0.5], True, [True]):
        with pytest.raises(TypeError, match="take"):
            ag.take(x, wrong)


@pytest.mark.parametrize("operation", REDUCTIONS, ids=lambda f: f.__name__)
@pytest.mark.parametrize("order", [1, 2])
def test_counts_beyond_65504_in_float16(operation, order):
    """As in float32, rounded, for the value and both derivatives."""
    x = np.where(np.arange(MANY) % 2, 0.125, 0.25).astype(np.float16)
    results = []
    for dtype in (np.float16, np.float32):
        f = lambda x: operation(x)  # noqa: E731
        value, gradient = ag.value_and_grad(f)(x.astype(dtype))
        second = ag.hvp(f)(x.astype(dtype), x.astype(dtype)) if order == 2 else 0
        assert value.dtype == gradient.dtype == dtype
        results.append((value, gradient, second))
    for half, single in zip(*results, strict=True):
        rounded = np.asarray(single, np.float32)
        np.testing.assert_allclose(half, rounded, rtol=2e-3, atol=1.2e-7)
    assert np.abs(results[0][1]).max() > 0


def test_mse_of_many_in_float16():
    h, z = ag.InitialNode(np.full(MANY, 0.1, np.float16)), np.zeros(MANY, np.float16)
    J = ag.mse(h, z)
    assert abs(J.item() - 0.01) < 1e-5
    J.backward()
    np.testing.assert_allclose(h.grad, 0.2 / MANY, atol=6e-8)
    h.zero_grad()
    ag.mean(h).backward()
    np.testing.assert_allclose(h.grad, 1.43e-5, atol=6e-8)


@pytest.mark.parametrize("rows", [4096, MANY])
def test_sums_over_many_rows_in_float16(rows):
    """NumPy's own sum over the first axis stops where the next number is rounded away."""
    b = ag.InitialNode(np.zeros(3, np.float16))
    ag.mean(np.ones((rows, 3), np.float16) + b).backward()
    np.testing.assert_allclose(b.grad, 1 / 3, rtol=2e-2)
    x = np.full((rows, 2), 0.25, np.float16)
    if rows == 4096:
        assert ag.sum(x, axis=0).value.tolist() == [1024, 1024]
    assert ag.sum(x, axis=0).dtype == np.float16
    W = ag.InitialNode(np.ones((2, 1), np.float16))
    c = ag.InitialNode(np.zeros(1, np.float16))
    ag.mse(ag.mm(x, W) + c, np.zeros((rows, 1), np.float16)).backward()
    np.testing.assert_allclose(c.grad, 1.0, rtol=2e-2)


def test_softmax_of_many_leaders_in_float16():
    X = np.zeros(MANY, np.float16)
    u = np.where(np.arange(MANY) < 1000, 64, 0).astype(np.float16)
    gradient = ag.vjp(ag.softmax, X)[1](u)
    np.testing.assert_allclose(gradient[:1000], 64 / MANY * (1 - 1 / 70), rtol=2e-2)


# Masks and limits --------------------------------------------------------------------------


@pytest.mark.parametrize("mask", [[1, 0, 2], [0.5, 0.0, -1.0], [255, 0, 256], [True, False, True]])
@pytest.mark.parametrize("dtype", [np.float16, np.float32, np.float64, np.longdouble, np.int64])
def test_a_mask_may_be_of_any_numbers(mask, dtype):
    X = ag.InitialNode(np.array([1, 2, 3], dtype))
    np.testing.assert_array_equal(ag.masked(X, mask).value, [1, 0, 3])
    np.testing.assert_array_equal(ag.masked(X, ag.InitialNode(mask)).value, [1, 0, 3])
    if X.requires_grad:
        ag.masked(X, mask).backward()
        np.testing.assert_array_equal(X.grad, [1, 0, 1])


@pytest.mark.parametrize(
    ("low", "high", "expected"),
    [
        (2, 1, [0, 0, 0, 0]),
        (1, 1, [0, 0, 0, 0]),
        (1, 2, [0, 1, 1, 0]),
        (None, 1, [1, 1, 0, 0]),
        (2, None, [0, 0, 1, 1]),
        ([2, 1, 1, 1], [1, 1, 2, 2], [0, 0, 1, 0]),
        (-np.inf, np.inf, [1, 1, 1, 1]),
    ],
)
def test_clip_is_constant_where_its_limits_meet_or_cross(low, high, expected):
    x = np.array([0.0, 1.0, 2.0, 3.0])
    clip = lambda x: ag.sum(ag.clip(x, low, high))  # noqa: E731
    np.testing.assert_array_equal(ag.grad(clip)(x), expected)
    np.testing.assert_array_equal(ag.hvp(clip)(x, x), np.zeros(4))
    np.testing.assert_array_equal(ag.clip(x, low, high).value, np.clip(x, low, high))


def test_limits_that_are_nodes_are_refused():
    x = ag.InitialNode([1.0, 2.0])
    for limit in (x[0], [x[0], x[1]]):
        with pytest.raises(TypeError, match="use maximum and minimum"):
            ag.clip(x, limit, 3)


@pytest.mark.parametrize("ddof", [0, 1, 1.5, 2, 5])
@pytest.mark.filterwarnings("ignore::RuntimeWarning")
def test_ddof_is_numpys(ddof):
    for x in (np.array([1.0, 2.0]), np.array([[1.0, 4.0], [2.0, 2.0]])):
        expected = np.var(x, axis=-1, ddof=ddof)
        np.testing.assert_array_equal(ag.var(x, axis=-1, ddof=ddof).value, expected)


def test_a_ddof_beyond_the_number_of_entries_is_told():
    with pytest.warns(RuntimeWarning, match="divide by zero"):
        assert ag.var(np.array([1.0, 2.0]), ddof=5).item() == np.inf


def test_weights_of_0_leave_infinite_entries_out():
    X = np.array([np.inf, -np.inf, np.nan, 3.0])
    np.testing.assert_array_equal(ag.weighted(X, [0, 0, 0, 0.0]).value, [0, 0, np.nan, 0])
    assert ag.weighted(X, 2.0).value[0] == np.inf
    np.testing.assert_array_equal(
        ag.grad(lambda X: ag.sum(ag.weighted(X, [0, 2, 0, 1])))(X), [0, 2, 0, 1]
    )


# Offsets and sizes -------------------------------------------------------------------------


def exact_moments(x, axis=0):
    x = x.astype(np.longdouble)
    d = x - x.mean(axis, keepdims=True)
    return d.astype(float), (d**2).mean(axis).astype(float)


@pytest.mark.parametrize("offset", [0.0, 1e6, -1e6, 1.6e7])
@pytest.mark.parametrize("n", [10, 1000, 30_000])
def test_the_variance_does_not_depend_on_the_offset(offset, n):
    rng = np.random.default_rng(0)
    x = (rng.normal(size=(n, 2)) * 4 + offset).astype(np.float32)
    d, v = exact_moments(x)
    node = ag.InitialNode(x)
    A = ag.var(node, axis=0)
    np.testing.assert_allclose(A.value, v, rtol=3e-6)
    A.backward()
    np.testing.assert_allclose(node.grad, 2 * d / n, rtol=3e-6, atol=1e-6 / n)
    np.testing.assert_allclose(ag.centered(x, axis=0).value, d, rtol=1e-6, atol=1e-5)


def test_the_mean_is_taken_off_where_sums_overflow():
    x = np.array([1.7e308, 1.3e308, 1.5e308])
    np.testing.assert_allclose(ag.centered(x).value / 1e307, [2, -2, 0], atol=1e-14)
    assert ag.centered(np.array([[1, 2], [3, 6]])).value.tolist() == [[-2, -1], [0, 3]]


@pytest.mark.parametrize("dtype", [np.float32, np.float64])
def test_the_root_mean_square_over_the_whole_range(dtype):
    low, high = (-37, 37) if dtype is np.float32 else (-300, 300)
    for exponent in range(low, high, 7):
        x = (np.array([3.0, -4.0, 0.0, 12.0]) * 10.0**exponent).astype(dtype)
        node = ag.InitialNode(x)
        A = ag.rms(node)
        exact = np.sqrt(np.mean(x.astype(np.longdouble) ** 2))
        np.testing.assert_allclose(A.value, dtype(exact), rtol=4 * np.finfo(dtype).eps)
        A.backward()
        slope = (x.astype(np.longdouble) / exact / 4).astype(dtype)
        np.testing.assert_allclose(node.grad, slope, rtol=8 * np.finfo(dtype).eps)


def test_the_root_mean_square_of_columns_of_all_sizes():
    x = np.array([[3e200, 3e-200, 3.0, 0.0], [4e200, 4e-200, 4.0, 0.0]])
    half = np.sqrt(12.5)
    np.testing.assert_allclose(
        ag.rms(x, axis=0).value, [half * 1e200, half * 1e-200, half, 0], rtol=1e-15
    )
    np.testing.assert_allclose(
        ag.rms(x, axis=0, eps=1e-4).value, [half * 1e200, 1e-2, np.sqrt(12.5001), 1e-2], rtol=1e-15
    )
    gradient = ag.grad(lambda x: ag.sum(ag.rms(x, axis=0)))(x)
    np.testing.assert_allclose(gradient[0, :3], 1.5 / half, rtol=1e-15)
    np.testing.assert_array_equal(gradient[:, 3], 0)


# Powers ------------------------------------------------------------------------------------


def error_in_units(found, x, y, order):
    """The error of the derivative of x ** y in units in the last place."""
    with mpmath.workdps(60):
        x, y = mpmath.mpf(float(x)), mpmath.mpf(float(y))
        factor = mpmath.fprod(y - k for k in range(order))
        exact = factor * x ** (y - order)
        if not 1e-300 < abs(exact) < 1e300:
            return 0.0
        eps = float(np.finfo(found.dtype).eps)
        return float(abs(mpmath.mpf(float(found)) - exact) / abs(exact)) / eps


@pytest.mark.parametrize("order", [1, 2])
@pytest.mark.parametrize("dtype", [np.float64, np.float32])
def test_the_slope_of_a_power_keeps_its_digits(order, dtype):
    rng = np.random.default_rng(0)
    x = np.exp(rng.uniform(-80, 80, 400) * (8 if dtype is np.float64 else 1)).astype(dtype)
    y = np.concatenate([rng.uniform(-1, 1, 200), 10.0 ** rng.uniform(-12, 0, 200)]).astype(dtype)
    f = lambda x: ag.sum(x**y)  # noqa: E731
    with np.errstate(all="ignore"):
        found = ag.grad(f)(x) if order == 1 else ag.hvp(f)(x, np.ones_like(x))
    limit = np.finfo(dtype).max ** 0.8
    fits = (1 / limit < np.abs(found)) & (np.abs(found) < limit)
    errors = [
        error_in_units(*args, order) for args in zip(found[fits], x[fits], y[fits], strict=True)
    ]
    assert len(errors) > 100
    assert max(errors) < 4


@pytest.mark.parametrize("y", [0.0, 1.0, 2.0, 3.0])
def test_all_derivatives_of_whole_powers_at_0(y):
    f = lambda x: x**y  # noqa: E731
    for order in range(6):
        exact = float(np.prod([y - k for k in range(order)])) if order == y else 0.0
        assert f(ag.InitialNode(0.0)).item() == (exact if order else float(y == 0))
        f = ag.grad(f)
