"""Numbers as people write them, and cells."""

from xml.etree import ElementTree

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from autograd_core.draw.cells import cells, levels
from autograd_core.draw.text import ELLIPSIS, INFINITY, MINUS, fit, number, value_range, width


@pytest.mark.parametrize(
    ("x", "text"),
    [
        (0.38216, "0.3822"),
        (-0.25, "M0.25"),
        (0.0, "0"),
        (-0.0, "0"),
        (5.0, "5"),
        (62.5, "62.5"),
        (0.1, "0.1"),
        (123456, "123456"),
        (12345.678, "12346"),
        (999.99, "1000"),
        (0.99999, "1"),
        (1.2e-7, "1.2eM7"),
        (-3e300, "M3e300"),
        (1234567.0, "1.235e6"),
        (0.00012344, "0.0001234"),
        (np.float32(0.1), "0.1"),
        (np.nan, "nan"),
        (-np.inf, f"M{INFINITY}"),
        (np.True_, "True"),
        (np.int64(-7), "M7"),
    ],
)
def test_numbers(x, text):
    assert number(x) == text.replace("M", MINUS)


@given(x=st.floats(-9e307, 9e307), precision=st.integers(1, 17))
def test_number_is_near_what_it_stands_for(x, precision):
    told = float(number(x, precision).replace(MINUS, "-"))
    assert abs(told - x) <= 0.51 * 10.0 ** (1 - precision) * abs(x)


def test_range_says_what_is_not_finite():
    assert value_range([1.0, np.inf, -2.0, np.nan]) == f"{MINUS}2 to 1, 2 not finite"
    assert value_range([np.nan]) == "1 not finite"
    assert value_range([]) == "no entries"


@given(text=st.text(), room=st.floats(20, 300))
def test_texts_are_cut_to_fit(text, room):
    cut = fit(text, room, 13)
    assert width(cut, 13) <= room
    assert cut == text or (cut.endswith(ELLIPSIS) and text.startswith(cut[:-1]))


def test_levels_tell_sign_and_size():
    assert levels(np.array([[8.0, -8.0, 1.0, 0.0, np.nan]])).tolist() == [[8, -8, 1, 0, 9]]
    assert levels(np.zeros((2, 2))).tolist() == [[0, 0], [0, 0]]
    assert levels(np.array([[1e308, -1e308, 5e-324]])).tolist() == [[8, -8, 0]]
    assert levels(np.array([[True, False]])).tolist() == [[8, 0]]


@pytest.mark.parametrize(
    "shape", [(), (1,), (8,), (9,), (8, 8), (1, 9), (3, 0), (2, 2, 2), (99, 70)]
)
@pytest.mark.parametrize("numbers", [True, False])
def test_cells_stay_within_their_size(shape, numbers):
    array = np.random.default_rng(0).normal(size=shape)
    picture = cells(array, numbers=numbers)
    root = ElementTree.fromstring(f"<g>{picture.svg}</g>")
    for rect in root.iter("rect"):
        assert float(rect.get("width")) <= picture.width
        assert float(rect.get("height")) <= picture.height
    texts = ["".join(text.itertext()) for text in root.iter("text")]
    if shape and max(shape) > 8 and numbers:
        assert texts == [value_range(array)]


def test_large_heat_map_keeps_the_strongest_entry():
    array = np.zeros((100, 100))
    array[37, 59] = -5
    picture = cells(array)
    paths = list(ElementTree.fromstring(f"<g>{picture.svg}</g>").iter("path"))
    (found,) = [path for path in paths if path.get("class") == "m"]
    assert found.get("fill-opacity", "1") == "1"
