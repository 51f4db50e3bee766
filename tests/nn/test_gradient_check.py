"""The gradient check passes right networks and finds wrong ones."""

import time

import numpy as np
import pytest

import autograd_core as ag
import nn
from nn.gradient_check import TOLERANCE, check_gradient

X = np.random.default_rng(0).standard_normal((20, 5))
Y = np.arange(20) % 3


@pytest.mark.parametrize("activation", ["relu", "tanh", "sigmoid"])
@pytest.mark.parametrize("seed", range(5))
def test_right_networks_pass(activation, seed):
    net = nn.MLP([5, 8, 6, 3], activation, rng=seed, dtype=np.float32)
    assert check_gradient(net, X, Y) < 1e-6


def test_the_network_for_the_digits_takes_a_few_seconds():
    start = time.perf_counter()
    net = nn.MLP([64, 50, 10], rng=0, dtype=np.float32)
    rng = np.random.default_rng(0)
    assert check_gradient(net, rng.random((20, 64)), rng.integers(0, 10, 20)) < 1e-6
    assert time.perf_counter() - start < 20


def test_the_model_is_not_touched():
    net = nn.MLP([5, 4, 3], rng=0, dtype=np.float32)
    before = net.state_dict()
    check_gradient(net, X, Y)
    assert all(p.grad is None and p.dtype == np.float32 for p in net.parameters())
    for path, value in net.state_dict().items():
        np.testing.assert_array_equal(value, before[path])


class almost_relu(ag.relu):
    """A ReLU whose derivative is one part in ten thousand too large."""

    def gradient(self, dA, A, X):
        return lambda: np.where(X > 0, dA * 1.0001, 0)


class WrongReLU(nn.Module):
    def forward(self, X):
        return almost_relu(X)


def test_a_slightly_wrong_gradient_is_found():
    net = nn.MLP([5, 8, 3], WrongReLU, rng=0)
    assert 5e-5 < check_gradient(net, X, Y) < 2e-4
    assert TOLERANCE < 5e-5


def test_a_kink_next_to_the_weights_is_no_false_alarm():
    net = nn.Sequential(nn.Linear(1, 1), nn.ReLU(), nn.Linear(1, 2, rng=0))
    net[0].weight.value = [[1.0]]
    net[0].bias.value = [3e-7]  # nearer to the kink than the first step
    assert check_gradient(net, np.array([[0.0], [1.0]]), np.array([0, 1])) < TOLERANCE


@pytest.mark.parametrize("hidden", [[1, 1], [2, 2, 2]])
@pytest.mark.parametrize("seed", range(5))
def test_units_that_are_off_are_no_false_alarm(hidden, seed):
    """The units after them see nothing but their biases, which are 0 at the start."""
    assert check_gradient(nn.MLP([5, *hidden, 3], rng=seed), X, Y) < TOLERANCE


def test_rows_of_zeros_are_no_false_alarm():
    assert check_gradient(nn.MLP([5, 4, 3], rng=0), X * 0, Y) < TOLERANCE
    assert check_gradient(nn.MLP([5, 8, 3], WrongReLU, rng=0), X * 0, Y) > 5e-5


def test_nan_is_not_right():
    assert np.isnan(check_gradient(nn.MLP([5, 3], rng=0), X * np.nan, Y))


def test_parameters_that_are_not_used_have_gradient_zero():
    net = nn.MLP([5, 3], rng=0)
    net.unused = nn.Parameter([1.0])
    assert check_gradient(net, X, Y) < TOLERANCE


def test_the_loss_must_be_a_scalar():
    with pytest.raises(ValueError, match=r"shape \(20,\); it must be a scalar"):
        check_gradient(nn.MLP([5, 3], rng=0), X, Y, nn.CrossEntropyLoss("none"))


def test_a_bias_before_a_batch_normalisation_is_no_false_alarm():
    X = np.random.default_rng(0).standard_normal((8, 5))
    net = nn.Sequential(
        nn.Linear(5, 4, rng=0), nn.BatchNorm1d(4), nn.Tanh(), nn.Linear(4, 3, rng=0)
    )
    assert nn.check_gradient(net, X, np.arange(8) % 3) < 1e-5
