"""Checks of the estimators' parameters, made when `fit` starts, as scikit-learn does."""

from __future__ import annotations

from collections.abc import Iterable
from math import inf
from numbers import Integral, Real
from typing import Any, TypeAlias

import numpy as np

from nn.activations import ACTIVATIONS

Array: TypeAlias = np.ndarray[Any, Any]

NAMES = {"logistic": "sigmoid"}
"""scikit-learn's names of activations that have another one here."""

OPTIONS: dict[str, tuple[str, ...]] = {
    "activation": (*NAMES, *ACTIVATIONS),
    "solver": ("sgd", "adam", "lbfgs"),
    "learning_rate": ("constant", "invscaling", "adaptive"),
}

COUNTS = ("max_iter", "max_fun", "n_iter_no_change")

RANGES: dict[str, tuple[float, float]] = {
    "alpha": (0, inf),
    "power_t": (0, inf),
    "tol": (0, inf),
    "momentum": (0, 1),
    "beta_1": (0, 1),
    "beta_2": (0, 1),
    "validation_fraction": (0, 1),
    "learning_rate_init": (0, inf),
    "epsilon": (0, inf),
}
"""At least the first number, and less than the second."""

POSITIVE = ("learning_rate_init", "epsilon", "validation_fraction")


def check_parameters(estimator: Any) -> None:
    """Raise ValueError or TypeError for the first parameter that cannot be.

    >>> import nn
    >>> check_parameters(nn.MLPClassifier(alpha=-1))
    Traceback (most recent call last):
    ValueError: MLPClassifier: alpha must be at least 0, but is -1
    """
    name = type(estimator).__name__
    for key, options in OPTIONS.items():
        value = getattr(estimator, key)
        if value not in options:
            wanted = ", ".join(map(repr, options))
            raise ValueError(f"{name}: {key} must be one of {wanted}, but is {value!r}")
    for key in COUNTS:
        value = getattr(estimator, key)
        if not is_count(value) and not (key == "n_iter_no_change" and value == inf):
            raise ValueError(f"{name}: {key} must be a whole number from 1, but is {value!r}")
    for key, (least, below) in RANGES.items():
        value = getattr(estimator, key)
        if not isinstance(value, Real) or isinstance(value, bool):
            raise TypeError(f"{name}: {key} must be a number, but is {value!r}")
        x = float(value)
        low = x > least if key in POSITIVE else x >= least
        if not low or not x < below:
            bound = "more than" if key in POSITIVE else "at least"
            limit = f" and less than {below}" if below < inf else ""
            raise ValueError(f"{name}: {key} must be {bound} {least}{limit}, but is {value}")
    if estimator.batch_size != "auto" and not is_count(estimator.batch_size):
        raise ValueError(
            f"{name}: batch_size must be 'auto' or a whole number from 1, but is "
            f"{estimator.batch_size!r}"
        )
    if not all(map(is_count, sizes(estimator.hidden_layer_sizes))):
        raise ValueError(
            f"{name}: hidden_layer_sizes must be the numbers of units of the hidden layers, such "
            f"as (100,), but is {estimator.hidden_layer_sizes!r}"
        )


def is_count(value: Any) -> bool:
    """Whether this is a whole number from 1."""
    return isinstance(value, Integral) and not isinstance(value, bool) and int(value) >= 1


def sizes(hidden_layer_sizes: Any) -> list[Any]:
    """The units of the hidden layers as a list: a single number is one layer.

    >>> sizes(100), sizes((20, 10)), sizes(())
    ([100], [20, 10], [])
    """
    if isinstance(hidden_layer_sizes, Iterable):
        return list(hidden_layer_sizes)
    return [hidden_layer_sizes]


def checked_weights(sample_weight: Any, X: Array) -> Array | None:
    """Weights (n,) of the observations in X's dtype, or None."""
    if sample_weight is None:
        return None
    weights = np.asarray(sample_weight, X.dtype)
    if weights.ndim == 0:
        weights = np.full(len(X), weights)
    if weights.shape != (len(X),):
        raise ValueError(
            f"fit: sample_weight has shape {weights.shape}, but must be ({len(X)},), one number "
            f"for each observation"
        )
    if not np.isfinite(weights).all() or not (weights >= 0).all() or not weights.any():
        raise ValueError("fit: sample_weight must be finite, not negative, and not all zero")
    return weights
