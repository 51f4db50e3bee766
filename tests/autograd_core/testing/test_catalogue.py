"""The checker on the catalogue: every wrong gradient is found, and no right one is called wrong."""

import pytest

from autograd_core.testing import check_operation

from .catalogue import CORRECT, VARIANTS, WRONG

RIGHT = [*CORRECT, *VARIANTS]


def name(entry):
    return entry.name


def faults(entry, seed):
    return check_operation(entry.operation, seed=seed, raises=False, **entry.kwargs).faults


@pytest.mark.parametrize("entry", WRONG, ids=name)
def test_a_wrong_gradient_is_found(entry):
    assert faults(entry, 0)


@pytest.mark.parametrize("entry", RIGHT[::6], ids=name)
def test_a_right_gradient_is_not_called_wrong(entry):
    assert not faults(entry, 0)


@pytest.mark.slow
@pytest.mark.parametrize("seed", range(1, 5))
@pytest.mark.parametrize("entry", WRONG, ids=name)
def test_a_wrong_gradient_is_found_with_other_seeds(entry, seed):
    assert faults(entry, seed)


@pytest.mark.slow
@pytest.mark.parametrize("seed", range(5))
@pytest.mark.parametrize("entry", RIGHT, ids=name)
def test_a_right_gradient_is_not_called_wrong_with_other_seeds(entry, seed):
    assert not faults(entry, seed)
