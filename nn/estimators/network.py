"""The networks of the estimators, with scikit-learn's initial weights."""

from __future__ import annotations

from math import sqrt
from typing import Any

from numpy.typing import DTypeLike

from nn.layers import MLP, Linear


def initial_network(
    units: list[int], activation: str, factor: float, random_state: Any, dtype: DTypeLike
) -> MLP:
    """An MLP whose weights and biases are uniform in +-sqrt(factor / (fan_in + fan_out)).

    They are drawn from a `numpy.random.RandomState` in scikit-learn's order.

    >>> import numpy as np
    >>> net = initial_network([2, 1], "relu", 6, np.random.RandomState(0), np.float32)
    >>> bool(abs(net[0].weight.value).max() <= 2 ** 0.5)
    True
    """
    network = MLP(units, activation, rng=0, dtype=dtype)
    for layer in linear_layers(network):
        assert layer.bias is not None
        bound = sqrt(factor / (layer.in_features + layer.out_features))
        layer.weight.value = random_state.uniform(-bound, bound, layer.weight.shape)
        layer.bias.value = random_state.uniform(-bound, bound, layer.bias.shape)
    return network


def linear_layers(network: MLP) -> list[Linear]:
    """The layers with weights, in order."""
    return [layer for layer in network if isinstance(layer, Linear)]
