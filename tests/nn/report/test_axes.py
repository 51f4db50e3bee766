"""Axes: all numbers are on them, ticks are round and told apart."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from nn.report.axes import linear, logarithmic

NUMBERS = st.floats(-1e100, 1e100).map(lambda x: x if abs(x) > 1e-100 else 0.0)


@given(st.lists(NUMBERS, min_size=1, max_size=5), st.booleans())
def test_numbers_are_on_a_linear_axis(values, tight):
    axis = linear(values, tight=tight)
    assert axis.low < axis.high
    for x in values:
        assert -1e-6 <= axis.place(x) <= 1 + 1e-6
    assert 2 <= len(axis.ticks) <= 9
    assert all(axis.low <= tick <= axis.high for tick in axis.ticks)
    assert len(set(axis.labels)) == len(axis.ticks)


@given(st.lists(st.floats(1e-200, 1e200), min_size=1, max_size=5))
def test_numbers_are_on_a_logarithmic_axis(values):
    axis = logarithmic(values)
    for x in values:
        assert -1e-9 <= axis.place(x) <= 1 + 1e-9
    assert 2 <= len(axis.ticks) <= 9
    assert len(set(axis.labels)) == len(axis.ticks)


@pytest.mark.parametrize(
    ("values", "ticks"),
    [
        ([0, 1], (0, 0.2, 0.4, 0.6, 0.8, 1)),
        ([0.97, 1.0], (0.97, 0.98, 0.99, 1.0)),
        ([-3, 11], (-5, 0, 5, 10, 15)),
        ([2, 2], (1, 1.5, 2, 2.5, 3)),
        ([0], (-0.6, -0.4, -0.2, 0, 0.2, 0.4, 0.6)),
        ([np.nan, np.inf], (-0.6, -0.4, -0.2, 0, 0.2, 0.4, 0.6)),
    ],
)
def test_ticks_are_round(values, ticks):
    np.testing.assert_allclose(linear(values).ticks, ticks, atol=1e-15)


def test_epochs_are_whole_numbers():
    assert linear([1, 3], whole=True, tight=True).ticks == (1, 2, 3)
    assert linear([1, 80], whole=True, tight=True).ticks == (20, 40, 60, 80)


def test_a_logarithmic_axis_passes_over_what_it_can_not_show():
    assert logarithmic([0, np.inf, np.nan, 1, 100]).ticks == (1, 2, 5, 10, 20, 50, 100)
    assert logarithmic([0]).ticks == logarithmic([1.0]).ticks
