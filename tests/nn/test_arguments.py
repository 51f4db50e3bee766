"""Checks of arguments."""

import numpy as np
import pytest

from nn.arguments import count, number


def test_count():
    assert type(count("n", np.int32(3))) is int
    for wrong in (0, -1, 2.0, True, np.True_, "3", None):
        with pytest.raises(ValueError, match="n must be a whole number of at least 1"):
            count("n", wrong)


def test_number():
    assert type(number("x", np.float32(0.5))) is float
    assert number("x", 0, least=0) == 0
    assert number("x", 1, most=1) == 1
    for wrong in ("a", None, [1, 2]):
        with pytest.raises(TypeError, match="x must be a number"):
            number("x", wrong)


@pytest.mark.parametrize(
    ("value", "limits", "words"),
    [
        (-0.1, {"least": 0, "below": 1}, "at least 0 and less than 1, but is -0.1"),
        (1, {"least": 0, "below": 1}, "at least 0 and less than 1"),
        (0, {"above": 0}, "more than 0"),
        (2, {"least": 0, "most": 1}, "from 0 to 1"),
        (2, {"most": 1}, "at most 1"),
        (np.inf, {}, "finite, but is inf"),
        (np.nan, {"least": 0}, "at least 0, but is nan"),
    ],
)
def test_a_number_beyond_its_limits(value, limits, words):
    with pytest.raises(ValueError, match=f"x must be {words}"):
        number("x", value, **limits)
