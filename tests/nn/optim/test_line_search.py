"""The strong Wolfe conditions hold where the search ends."""

import numpy as np
import pytest

import autograd_core as ag
from nn.optim.line_search import Point, minimum_of_cubic, strong_wolfe

FUNCTIONS = {  # by distance; all go down at 0. The last three are those of More and Thuente, 1994
    "quadratic": lambda t: (t - 3) ** 2,
    "steep far off": lambda t: ag.exp(t) - 5 * t,
    "waves": lambda t: ag.cos(3 * t) + 0.1 * (t - 4) ** 2 - t,
    "flat at first": lambda t: -t / (t**2 + 2),
    "a wiggle": lambda t: (t + 0.004) ** 5 - 2 * (t + 0.004) ** 4,
}


@pytest.mark.parametrize("first", [1e-3, 0.1, 1.0, 10.0])
@pytest.mark.parametrize("c2", [0.9, 0.1, 1e-3])
@pytest.mark.parametrize("name", FUNCTIONS)
def test_both_conditions_hold(name, c2, first):
    f = ag.value_and_grad(FUNCTIONS[name])
    tried = []

    def along(t):
        value, slope = f(t)
        tried.append(t)
        return Point(t, float(value), float(slope), slope)

    start = along(0.0)
    end, count = strong_wolfe(along, start, first, 1e-4, c2, least=0)
    assert end.value <= start.value + 1e-4 * end.t * start.slope
    assert abs(end.slope) <= c2 * abs(start.slope)
    assert count == len(tried) - 1 <= 25


def test_the_minimum_of_a_cubic_is_exact():
    def f(t):
        return t**3 - 3 * t  # least at 1

    a, b = (Point(t, f(t), 3 * t**2 - 3, None) for t in (0.5, 3.0))
    np.testing.assert_allclose(minimum_of_cubic(a, b, 0.5, 3.0), 1, rtol=1e-14)
    assert minimum_of_cubic(b, a, 1.5, 3.0) == 1.5
    assert minimum_of_cubic(a, b._replace(value=np.inf), 0.5, 3.0) == 1.75
    assert minimum_of_cubic(a, a, 0.5, 3.0) == 1.75


def test_values_that_are_not_finite_are_stepped_back_from():
    def along(t):
        return Point(t, (t - 0.1) ** 2, 2 * (t - 0.1), t) if t < 1 else Point(t, np.inf, 1.0, t)

    end, _ = strong_wolfe(along, along(0.0), 8.0, c2=0.5)
    assert abs(end.slope) <= 0.1
    assert end.g == end.t
