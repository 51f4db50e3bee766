"""Losses of numbers: what is special about each."""

import numpy as np
import pytest

import autograd_core as ag
import nn

A = np.array([[0.0], [1.0], [2.5], [-4.0]])
ZERO = np.zeros((4, 1))


@pytest.mark.parametrize("delta", [0.5, 1.0, 2.5])
def test_huber_is_a_square_near_0_and_a_line_beyond(delta):
    node = ag.InitialNode(A)
    L = nn.HuberLoss("none", delta=delta)(node, ZERO)
    d = abs(A)
    expected = np.where(d < delta, d**2 / 2, delta * (d - delta / 2))
    np.testing.assert_allclose(L.value, expected, rtol=1e-15)
    L.backward()  # also exactly at the border, where both have this slope
    np.testing.assert_allclose(node.grad, np.clip(A, -delta, delta), rtol=1e-15)


def test_huber_and_l1_of_large_errors_do_not_overflow():
    for loss in (nn.HuberLoss(), nn.L1Loss()):
        assert loss([1e300], [-1e300]).item() == pytest.approx(2e300)


def test_the_slope_of_l1_is_a_sign():
    node = ag.InitialNode(A)
    nn.L1Loss("sum")(node, ZERO).backward()
    np.testing.assert_array_equal(node.grad, np.sign(A))


@pytest.mark.parametrize("delta", [0, -1, np.nan, np.inf])
def test_delta_must_be_positive(delta):
    with pytest.raises(ValueError, match="HuberLoss: delta must be more than 0"):
        nn.HuberLoss(delta=delta)


@pytest.mark.parametrize("kind", [nn.MSELoss, nn.L1Loss, nn.HuberLoss])
def test_one_target_for_all_is_no_broadcast(kind):
    for y in (1.0, np.zeros(1), np.zeros((1, 4)), np.zeros(4)):
        with pytest.raises(ValueError, match=rf"{kind.__name__}: the scores are \(4, 1\)"):
            kind()(A, y)
