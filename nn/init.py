"""Initial weights: random matrices whose spread keeps signals and gradients at their size.

Each function takes a shape, a random generator or a seed, a dtype and options. A weight matrix
has the shape (fan_in, fan_out): fan_in rows meet the inputs and fan_out columns make the outputs.
Where only (shape, rng, dtype) are passed, as by `Linear`, `functools.partial` fixes the options:

>>> import nn
>>> from functools import partial
>>> small, positive = partial(normal, std=0.1), partial(constant, value=0.01)
>>> layer = nn.Linear(64, 50, init=small, bias_init=positive)
>>> layer.bias.value[:3]
array([0.01, 0.01, 0.01])

The numbers are drawn in float64, so that a generator gives the same weights in every dtype.

`gain` multiplies the standard deviation, to make up for the activation that follows: 1 for none
and for sigmoid, 5/3 for tanh, sqrt(2) for ReLU, sqrt(2 / (1 + slope ** 2)) for a leaky ReLU.

The sources are Glorot and Bengio, "Understanding the difficulty of training deep feedforward
neural networks", AISTATS 2010, equation 16; He, Zhang, Ren and Sun, "Delving deep into
rectifiers", ICCV 2015, equations 10 and 14; and Saxe, McClelland and Ganguli, "Exact solutions to
the nonlinear dynamics of learning in deep linear neural networks", ICLR 2014.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from math import sqrt
from typing import Any, TypeAlias

import numpy as np
from numpy.typing import DTypeLike

from nn.arguments import Seed, number

Array: TypeAlias = np.ndarray[Any, Any]

Initializer: TypeAlias = Callable[[tuple[int, ...], np.random.Generator, DTypeLike], Array]
"""A function (shape, rng, dtype) -> array, as all in this file."""


def zeros(shape: Sequence[int], rng: Seed = None, dtype: DTypeLike = np.float64) -> Array:
    """All 0: for biases. Hidden units whose weights all start at 0 stay equal for ever.

    >>> zeros((2,))
    array([0., 0.])
    """
    return np.zeros(shape, dtype)


def constant(
    shape: Sequence[int], rng: Seed = None, dtype: DTypeLike = np.float64, *, value: float
) -> Array:
    """All equal to `value`.

    >>> constant((2,), value=0.01)
    array([0.01, 0.01])
    """
    return np.full(shape, number("constant: value", value), dtype)


def normal(
    shape: Sequence[int],
    rng: Seed,
    dtype: DTypeLike = np.float64,
    *,
    mean: float = 0.0,
    std: float = 1.0,
) -> Array:
    """Normal with this mean and standard deviation.

    >>> normal((64, 50), 0).shape
    (64, 50)
    """
    mean, std = number("normal: mean", mean), number("normal: std", std, least=0)
    return np.random.default_rng(rng).normal(mean, std, tuple(shape)).astype(dtype)


def uniform(
    shape: Sequence[int],
    rng: Seed,
    dtype: DTypeLike = np.float64,
    *,
    low: float = 0.0,
    high: float = 1.0,
) -> Array:
    """Uniform on [low, high].

    >>> bool(uniform((64, 50), np.random.default_rng(0), low=-1).min() >= -1)
    True
    """
    low = number("uniform: low", low)
    high = number("uniform: high", high, least=low)
    return np.random.default_rng(rng).uniform(low, high, tuple(shape)).astype(dtype)


def glorot_uniform(
    shape: Sequence[int], rng: Seed, dtype: DTypeLike = np.float64, *, gain: float = 1.0
) -> Array:
    """Uniform on [-a, a] with a = gain sqrt(6 / (fan_in + fan_out)): for tanh and sigmoid.

    >>> bool(np.abs(glorot_uniform((64, 50), 0)).max() <= (6 / 114) ** 0.5)
    True
    """
    fans = sum(_fans("glorot_uniform", shape))
    a = number("glorot_uniform: gain", gain, above=0) * sqrt(6 / fans)
    return uniform(shape, rng, dtype, low=-a, high=a)


def glorot_normal(
    shape: Sequence[int], rng: Seed, dtype: DTypeLike = np.float64, *, gain: float = 1.0
) -> Array:
    """Normal with mean 0 and standard deviation gain sqrt(2 / (fan_in + fan_out)).

    >>> glorot_normal((64, 50), 0).std().round(2)  # 0.1325 wanted
    np.float64(0.13)
    """
    fans = sum(_fans("glorot_normal", shape))
    std = number("glorot_normal: gain", gain, above=0) * sqrt(2 / fans)
    return normal(shape, rng, dtype, std=std)


def he_uniform(
    shape: Sequence[int],
    rng: Seed,
    dtype: DTypeLike = np.float64,
    *,
    mode: str = "fan_in",
    gain: float = sqrt(2),
) -> Array:
    """Uniform on [-a, a] with a = gain sqrt(3 / fan): for ReLU, which halves the second moment.

    `mode` says which fan: "fan_in" keeps the size of the signals on the way forward, "fan_out"
    that of the gradients on the way back.

    >>> bool(np.abs(he_uniform((64, 50), 0)).max() <= (6 / 64) ** 0.5)
    True
    """
    a = number("he_uniform: gain", gain, above=0) * sqrt(3 / _fan("he_uniform", shape, mode))
    return uniform(shape, rng, dtype, low=-a, high=a)


def he_normal(
    shape: Sequence[int],
    rng: Seed,
    dtype: DTypeLike = np.float64,
    *,
    mode: str = "fan_in",
    gain: float = sqrt(2),
) -> Array:
    """Normal with mean 0 and standard deviation gain / sqrt(fan), `mode` as in `he_uniform`.

    >>> he_normal((64, 50), 0).std().round(2)  # 0.1768 wanted
    np.float64(0.18)
    """
    std = number("he_normal: gain", gain, above=0) / sqrt(_fan("he_normal", shape, mode))
    return normal(shape, rng, dtype, std=std)


def orthogonal(
    shape: Sequence[int], rng: Seed, dtype: DTypeLike = np.float64, *, gain: float = 1.0
) -> Array:
    """W with W.T @ W = gain ** 2 I, or W @ W.T if there are fewer rows than columns.

    Such a W, uniform over all there are, keeps the length of what it multiplies (by the side
    with the fewer entries), so a deep chain of them neither blows up nor fades.

    >>> W = orthogonal((5, 3), 0)
    >>> bool(np.allclose(W.T @ W, np.eye(3)))
    True
    """
    fan_in, fan_out = _fans("orthogonal", shape)
    gain = number("orthogonal: gain", gain, above=0)
    Q, R = np.linalg.qr(normal((max(fan_in, fan_out), min(fan_in, fan_out)), rng))
    Q = Q * np.where(np.diag(R) < 0, -1, 1)  # so that Q is uniform: R's diagonal is then positive
    return np.ascontiguousarray((gain * (Q if fan_in >= fan_out else Q.T)).astype(dtype))


def _fans(name: str, shape: Sequence[int]) -> tuple[int, int]:
    if len(shape) != 2 or min(shape) < 1:
        raise ValueError(
            f"{name}: the shape is {tuple(shape)}, but a weight matrix has the shape "
            f"(fan_in, fan_out), both at least 1"
        )
    return int(shape[0]), int(shape[1])


def _fan(name: str, shape: Sequence[int], mode: str) -> int:
    fan_in, fan_out = _fans(name, shape)
    if mode not in ("fan_in", "fan_out"):
        raise ValueError(f"{name}: mode must be 'fan_in' or 'fan_out', but is {mode!r}")
    return fan_in if mode == "fan_in" else fan_out
