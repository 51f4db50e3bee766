"""Slopes from values alone: right within their error bars, with long and with short floats."""

import numpy as np
import pytest

from autograd_core.testing.slopes import KINK, SMOOTH, UNKNOWN, full, slopes, steps

DTYPES = [np.float64, np.longdouble]
SIZES = [1e-200, 1e-9, 1e-5, 0.1, 1.0, 2.7, 30.0, 500.0]


def slopes_of(f, x, dtype):
    x = np.array(x, dtype)
    h = steps(x, np.ones_like(x), full(dtype))
    with np.errstate(all="ignore"):
        right, left = x + h, x - h
        values = f(x), f(right), f(left)
        return slopes(*values, right - x, x - left, np.finfo(dtype), full(dtype))


@pytest.mark.parametrize("dtype", DTYPES)
@pytest.mark.parametrize(
    ("f", "derivative", "at"),
    [
        (np.exp, np.exp, SIZES),
        (np.log, lambda x: 1 / x, [*SIZES, 1e200]),
        (np.sin, np.cos, [*SIZES, 1e4]),
        (np.square, lambda x: 2 * x, [-1e-9, 0.1, 1e150]),
        (np.cbrt, lambda x: 1 / (3 * np.cbrt(x) ** 2), [1e-200, 1.0, 1e100]),
    ],
)
def test_smooth_functions_have_their_derivative_within_the_bar(f, derivative, at, dtype):
    found, true = slopes_of(f, at, dtype), derivative(np.array(at, dtype))
    assert (found.kind == SMOOTH).all()
    assert (np.abs(found.low - true) <= found.bar).all()
    assert (found.bar < 1e-5 * np.abs(true)).all()
    assert np.array_equal(found.low, found.high)


@pytest.mark.parametrize("dtype", DTYPES)
@pytest.mark.parametrize(
    ("f", "low", "high"), [(np.abs, -1, 1), (lambda x: np.maximum(x, 0), 0, 1)]
)
def test_a_kink_has_both_limits_and_its_surroundings_one(f, low, high, dtype):
    found = slopes_of(f, [0.0, 1e-10, -1e-10, 1e-200, -1e-200, 3.0], dtype)
    assert found.kind.tolist() == [KINK, *[SMOOTH] * 5]
    assert abs(found.low[0] - low) < 1e-6
    assert abs(found.high[0] - high) < 1e-6
    assert np.allclose(found.low[1:], [high, low, high, low, high], atol=1e-3)


@pytest.mark.parametrize("dtype", DTYPES)
@pytest.mark.parametrize("f", [np.sqrt, np.cbrt, np.sign, lambda x: np.sqrt(np.abs(x))])
def test_an_infinite_slope_or_a_jump_is_no_slope(f, dtype):
    assert slopes_of(f, 0.0, dtype).kind == UNKNOWN


@pytest.mark.parametrize("dtype", DTYPES)
def test_a_wave_shorter_than_the_steps_is_no_slope(dtype):
    assert slopes_of(np.cos, 1e30, dtype).kind == UNKNOWN


def test_values_in_quanta_do_not_pass_as_constant():
    found = slopes_of(lambda x: np.log(1 + 2.0**-40 * x), 1.0, np.longdouble)
    true = 2.0**-40 / (1 + 2.0**-40)
    assert abs(found.low - true) <= 8 * found.bar


def test_a_bend_between_curvatures_is_smooth():
    def huber(x):
        return np.where(np.abs(x) <= 1, x * x / 2, np.abs(x) - 0.5)

    found = slopes_of(huber, [-1.0, 1.0], np.longdouble)
    assert (found.kind == SMOOTH).all()
    assert (np.abs(found.low - [-1, 1]) <= 8 * found.bar).all()
    assert (found.bar < 1e-9).all()


def test_at_the_edge_of_the_domain_the_slope_from_inside_counts():
    def f(x):
        return np.where(x >= 0, x + x * x, np.nan)

    found = slopes_of(f, 0.0, np.longdouble)
    assert found.kind == SMOOTH
    assert abs(found.low - 1) <= found.bar


@pytest.mark.parametrize("dtype", DTYPES)
@pytest.mark.parametrize("exponent", [1.05, 1.2, 1.5, 1.6, 1.95, 2.05, 2.5, 2.95, 3.3, 4.5])
def test_a_slope_of_quotients_that_are_no_series_of_powers(exponent, dtype):
    found = slopes_of(lambda x: np.abs(x) ** exponent + 2 * x, [0.0], dtype)
    edge = slopes_of(lambda x: x**exponent + 2 * x, [0.0], dtype)
    for slope in (found, edge):
        known = slope.kind != UNKNOWN
        assert known.all() or exponent < 1.4
        assert (np.abs(slope.low - 2) <= slope.bar)[known].all()
        assert (slope.bar < 1e-3)[known].all()


@pytest.mark.parametrize("dtype", DTYPES)
@pytest.mark.parametrize("f", [lambda x: x * np.log(x), lambda x: x**0.95, np.sqrt])
def test_an_infinite_slope_at_an_edge_is_no_slope(f, dtype):
    assert slopes_of(f, [0.0], dtype).kind == UNKNOWN


def test_the_noise_of_a_large_constant_does_not_pass_as_a_slope():
    found = slopes_of(lambda x: x**2.6 + 1e3, [0.0], np.longdouble)
    assert found.kind == SMOOTH
    assert np.abs(found.low) <= 2 * found.bar
