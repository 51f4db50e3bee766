"""Initial weights: random matrices whose spread keeps signals and gradients at their size.

Each function takes the shape (fan_in, fan_out) of a weight matrix, of which fan_in rows meet
the inputs and fan_out columns make the outputs; a random generator; and a dtype. The numbers
are drawn in float64, so that a generator gives the same weights in every dtype.

The sources are Glorot and Bengio, "Understanding the difficulty of training deep feedforward
neural networks", AISTATS 2010, equation 16; and He, Zhang, Ren and Sun, "Delving deep into
rectifiers", ICCV 2015, equation 10.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from math import sqrt
from typing import Any, TypeAlias

import numpy as np
from numpy.typing import DTypeLike

Array: TypeAlias = np.ndarray[Any, Any]

Initializer: TypeAlias = Callable[[tuple[int, ...], np.random.Generator, DTypeLike], Array]
"""A function (shape, rng, dtype) -> array, as all in this file."""


def glorot_uniform(
    shape: Sequence[int], rng: np.random.Generator, dtype: DTypeLike = np.float64
) -> Array:
    """Uniform on [-a, a] with a = sqrt(6 / (fan_in + fan_out)): for tanh and sigmoid.

    >>> bool(np.abs(glorot_uniform((64, 50), np.random.default_rng(0))).max() <= (6 / 114) ** 0.5)
    True
    """
    fan_in, fan_out = _fans("glorot_uniform", shape)
    a = sqrt(6 / (fan_in + fan_out))
    return rng.uniform(-a, a, (fan_in, fan_out)).astype(dtype)


def glorot_normal(
    shape: Sequence[int], rng: np.random.Generator, dtype: DTypeLike = np.float64
) -> Array:
    """Normal with mean 0 and standard deviation sqrt(2 / (fan_in + fan_out)).

    >>> glorot_normal((64, 50), np.random.default_rng(0)).std().round(2)  # 0.1325 wanted
    np.float64(0.13)
    """
    fan_in, fan_out = _fans("glorot_normal", shape)
    return rng.normal(0, sqrt(2 / (fan_in + fan_out)), (fan_in, fan_out)).astype(dtype)


def he_uniform(
    shape: Sequence[int], rng: np.random.Generator, dtype: DTypeLike = np.float64
) -> Array:
    """Uniform on [-a, a] with a = sqrt(6 / fan_in): for ReLU, which halves the second moment.

    >>> bool(np.abs(he_uniform((64, 50), np.random.default_rng(0))).max() <= (6 / 64) ** 0.5)
    True
    """
    fan_in, fan_out = _fans("he_uniform", shape)
    a = sqrt(6 / fan_in)
    return rng.uniform(-a, a, (fan_in, fan_out)).astype(dtype)


def he_normal(
    shape: Sequence[int], rng: np.random.Generator, dtype: DTypeLike = np.float64
) -> Array:
    """Normal with mean 0 and standard deviation sqrt(2 / fan_in).

    >>> he_normal((64, 50), np.random.default_rng(0)).std().round(2)  # 0.1768 wanted
    np.float64(0.18)
    """
    fan_in, fan_out = _fans("he_normal", shape)
    return rng.normal(0, sqrt(2 / fan_in), (fan_in, fan_out)).astype(dtype)


def _fans(name: str, shape: Sequence[int]) -> tuple[int, int]:
    if len(shape) != 2 or min(shape) < 1:
        raise ValueError(
            f"{name}: the shape is {tuple(shape)}, but a weight matrix has the shape "
            f"(fan_in, fan_out), both at least 1"
        )
    return int(shape[0]), int(shape[1])
