"""Spread and limits of initial weights."""

import numpy as np
import pytest

from nn import init

SHAPE = (300, 200)


@pytest.mark.parametrize(
    ("function", "variance"),
    [
        (init.glorot_uniform, 2 / (300 + 200)),
        (init.glorot_normal, 2 / (300 + 200)),
        (init.he_uniform, 2 / 300),
        (init.he_normal, 2 / 300),
    ],
)
def test_mean_and_variance(function, variance):
    W = function(SHAPE, np.random.default_rng(0))
    assert W.shape == SHAPE
    assert abs(W.mean()) < 4 * np.sqrt(variance / W.size)
    assert abs(W.var() / variance - 1) < 4 * np.sqrt(2 / W.size)
    if function.__name__.endswith("uniform"):
        limit = np.sqrt(3 * variance)
        assert 0.999 * limit < np.abs(W).max() <= limit
    else:
        assert np.abs(W).max() > 3.5 * np.sqrt(variance)


@pytest.mark.parametrize("name", ["glorot_uniform", "glorot_normal", "he_uniform", "he_normal"])
def test_generator_and_dtype(name):
    function = getattr(init, name)
    a = function((4, 3), np.random.default_rng(1))
    b = function((4, 3), np.random.default_rng(1), np.float32)
    assert a.dtype == np.float64
    assert b.dtype == np.float32
    np.testing.assert_array_equal(a.astype(np.float32), b)
    for shape in ((3,), (0, 2), (2, 3, 4)):
        with pytest.raises(ValueError, match=f"{name}: the shape is"):
            function(shape, np.random.default_rng(0))


def test_he_keeps_the_size_of_signals_through_relu_layers():
    rng = np.random.default_rng(0)
    X = rng.standard_normal((200, 300))
    for _ in range(10):
        X = np.maximum(X @ init.he_normal((300, 300), rng), 0)
    assert 0.3 < np.sqrt(np.mean(X**2)) < 3


def test_glorot_keeps_the_size_of_gradients_through_linear_layers():
    rng = np.random.default_rng(0)
    G = rng.standard_normal((200, 300))
    for _ in range(10):
        G = G @ init.glorot_uniform((300, 300), rng).T
    assert 0.3 < np.sqrt(np.mean(G**2)) < 3
