"""Where longdouble has no more bits than float64: the checker on a part of the catalogue."""

import numpy as np
import pytest

from autograd_core.testing import check_operation, gradcheck, numeric
from autograd_core.testing.numeric import Precision, precision
from autograd_core.testing.subjects import bind

from .catalogue import CORRECT, VARIANTS, WRONG
from .test_gradcheck import half_square

RIGHT = [*CORRECT, *VARIANTS][::3]
WITHOUT_MORE_BITS = ("always", "shape", "value", "kink")
"""Faults that can be seen without a higher precision than that of the operation."""
HIDDEN = ("softmax_loss_that_cancels",)
"""Where the gradient is 0 by rounding, so is the value: only more bits tell."""
OTHERS = [entry for entry in WRONG if entry.fault not in WITHOUT_MORE_BITS][::3]
SEEN = [entry for entry in WRONG if entry.fault in WITHOUT_MORE_BITS][::3]


@pytest.fixture(autouse=True)
def no_wider_type(monkeypatch):
    monkeypatch.setattr(numeric, "WIDEST", np.float64)


def name(entry):
    return entry.name


def faults(entry):
    return check_operation(entry.operation, raises=False, **entry.kwargs).faults


def test_slopes_are_taken_in_float64():
    X = np.array([1.0, 2.0])
    assert precision(bind(np.exp, {}, (X,)), (X,)) == Precision(np.float64, np.float64)


@pytest.mark.parametrize("entry", RIGHT[::8], ids=name)
def test_a_right_gradient_is_not_called_wrong(entry):
    assert not faults(entry)


@pytest.mark.parametrize("entry", SEEN[::2], ids=name)
def test_a_wrong_gradient_is_found(entry):
    assert faults(entry)


@pytest.mark.slow
@pytest.mark.parametrize("entry", SEEN[1::2], ids=name)
def test_a_wrong_gradient_is_found_in_the_rest(entry):
    assert faults(entry)


def test_at_one_point():
    assert gradcheck(lambda x: np.tanh(x).sum(), [0.5, 1e-9, -30.0], order=2).ok
    assert not gradcheck(half_square, [0.5, 1.0], raises=False).ok


@pytest.mark.slow
@pytest.mark.parametrize("entry", [e for e in RIGHT if e not in RIGHT[::8]], ids=name)
def test_a_right_gradient_is_not_called_wrong_in_the_rest(entry):
    assert not faults(entry)


@pytest.mark.slow
@pytest.mark.parametrize("entry", [e for e in OTHERS if e.name not in HIDDEN], ids=name)
def test_a_wrong_gradient_of_another_kind_is_found(entry):
    assert faults(entry)
