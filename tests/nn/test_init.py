"""Spread and limits of initial weights.

A statistic is allowed 5 of its own standard errors: of an estimated standard deviation this is
relatively sqrt((k - 1) / 4N) for N numbers of kurtosis k (3 if normal, 9/5 if uniform). The seeds
are fixed, so what passes once passes always.
"""

import json
from functools import partial
from pathlib import Path

import numpy as np
import pytest

from nn import init

EXACT = json.loads((Path(__file__).parents[1] / "data" / "exact.json").read_text())
EXACT = EXACT["001.initialisers"]
KURTOSIS = {"normal": 3.0, "uniform": 9 / 5}
SHAPE = (300, 200)


def check(draw, distribution, std, shape, mean=0.0):
    """Hold some 200 000 numbers to a mean, a standard deviation and a kind of distribution."""
    rng = np.random.default_rng(0)
    times = -(-200_000 // np.prod(shape))
    W = np.array([draw(shape, rng) for _ in range(times)])
    assert W.shape[1:] == shape
    k, N = KURTOSIS[distribution], W.size
    assert abs(W.mean() - mean) < 5 * std / np.sqrt(N)
    assert abs(W.std() / std - 1) < 5 * np.sqrt((k - 1) / (4 * N))
    largest = np.abs(W - mean).max() / std
    if distribution == "uniform":  # within 1e-3 of the end: none of N numbers with e ** -200
        assert np.sqrt(3) * 0.999 < largest <= np.sqrt(3) * (1 + 1e-12)
    else:  # beyond 3.5 standard deviations: none of N numbers with e ** -93
        assert largest > 3.5
    return W


@pytest.mark.parametrize("shape", EXACT)
def test_exact_figures(shape):
    figures, shape = EXACT[shape], tuple(int(n) for n in shape.split(","))
    for name in ("glorot", "he"):
        limit = figures[f"{name}_uniform_limit"]
        std = limit * figures["uniform_limit_to_std_factor"]
        W = check(getattr(init, f"{name}_uniform"), "uniform", std, shape)
        assert 0.999 * limit < np.abs(W).max() <= limit
        check(getattr(init, f"{name}_normal"), "normal", figures[f"{name}_normal_std"], shape)


@pytest.mark.parametrize("distribution", ["normal", "uniform"])
@pytest.mark.parametrize(("mode", "fan"), [("fan_in", 300), ("fan_out", 200)])
@pytest.mark.parametrize("gain", [1.0, 5 / 3])
def test_fans_and_gains(distribution, mode, fan, gain):
    he = partial(getattr(init, f"he_{distribution}"), mode=mode, gain=gain)
    check(he, distribution, gain / np.sqrt(fan), SHAPE)
    glorot = partial(getattr(init, f"glorot_{distribution}"), gain=gain)
    check(glorot, distribution, gain * np.sqrt(2 / 500), SHAPE)


def test_normal_and_uniform_and_constants():
    check(init.normal, "normal", 1.0, SHAPE)
    check(partial(init.normal, mean=3.0, std=0.1), "normal", 0.1, (500,), mean=3.0)
    check(init.uniform, "uniform", np.sqrt(1 / 12), SHAPE, mean=0.5)
    check(partial(init.uniform, low=-1, high=3), "uniform", np.sqrt(16 / 12), (500,), mean=1.0)
    np.testing.assert_array_equal(init.zeros((2, 3)), np.zeros((2, 3)))
    np.testing.assert_array_equal(init.constant((3,), value=0.01), [0.01] * 3)


@pytest.mark.parametrize("shape", [(5, 5), (7, 3), (3, 7), (1, 4)])
def test_orthogonal(shape):
    W = init.orthogonal(shape, np.random.default_rng(0), gain=2.0)
    product = W.T @ W if shape[0] >= shape[1] else W @ W.T
    np.testing.assert_allclose(product, 4 * np.eye(min(shape)), atol=1e-13)


def test_orthogonal_matrices_are_uniform():
    """Each entry has mean 0 and variance 1/n; a QR without its signs gives one-sided diagonals."""
    rng = np.random.default_rng(0)
    W = np.array([init.orthogonal((3, 3), rng) for _ in range(4000)])
    assert (np.abs(W.mean(axis=0)) < 5 * np.sqrt(1 / 3 / 4000)).all()
    # an entry x of a uniform direction in 3-D is uniform on [-1, 1]: x^2 has the variance 4/45
    assert (np.abs((W**2).mean(axis=0) - 1 / 3) < 5 * np.sqrt(4 / 45 / 4000)).all()
    assert abs(np.mean(np.linalg.det(W))) < 5 / np.sqrt(4000)


ALL = {
    "zeros": init.zeros,
    "constant": partial(init.constant, value=0.3),
    **{
        name: getattr(init, name)
        for name in (
            "normal",
            "uniform",
            "glorot_uniform",
            "glorot_normal",
            "he_uniform",
            "he_normal",
            "orthogonal",
        )
    },
}


@pytest.mark.parametrize("name", ALL)
def test_seed_dtype_and_shape(name):
    function = ALL[name]
    a = function((4, 3), np.random.default_rng(1))
    b = function((4, 3), np.random.default_rng(1), np.float32)
    c = function((4, 3), np.random.default_rng(2))
    assert a.dtype == np.float64
    assert b.dtype == np.float32
    np.testing.assert_array_equal(a.astype(np.float32), b)
    assert np.array_equal(a, c) == (name in ("zeros", "constant"))
    np.testing.assert_array_equal(function((4, 3), 1), a)  # a seed is as good as a generator
    if name in ("zeros", "constant", "normal", "uniform"):
        assert function((5,), np.random.default_rng(0)).shape == (5,)
        return
    for shape in ((3,), (0, 2), (2, 3, 4)):
        with pytest.raises(ValueError, match=f"{name}: the shape is"):
            function(shape, np.random.default_rng(0))


@pytest.mark.parametrize(
    ("function", "options", "words"),
    [
        (init.he_normal, {"mode": "fan"}, "he_normal: mode must be 'fan_in' or 'fan_out'"),
        (init.he_uniform, {"mode": "avg"}, "he_uniform: mode must be"),
        (init.glorot_normal, {"gain": 0}, "glorot_normal: gain must be more than 0"),
        (init.orthogonal, {"gain": -1}, "orthogonal: gain must be more than 0"),
        (init.normal, {"std": -1}, "normal: std must be at least 0"),
        (init.uniform, {"low": 2}, "uniform: high must be at least 2"),
        (init.constant, {"value": np.nan}, "constant: value must be finite"),
    ],
)
def test_wrong_options(function, options, words):
    with pytest.raises(ValueError, match=words):
        function((3, 2), np.random.default_rng(0), **options)


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


def test_orthogonal_keeps_the_length_of_every_signal():
    rng = np.random.default_rng(0)
    X = Y = rng.standard_normal((5, 30))
    for _ in range(50):
        Y = Y @ init.orthogonal((30, 30), rng)
    np.testing.assert_allclose(np.linalg.norm(Y, axis=1), np.linalg.norm(X, axis=1), rtol=1e-12)
