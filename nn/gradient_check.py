"""The gradient of a whole network, held against finite differences."""

from __future__ import annotations

from copy import deepcopy
from typing import Any

import numpy as np

from autograd_core import InitialNode, Node
from autograd_core.conversions import differentiating
from autograd_core.testing import graph_differences
from nn.losses import CrossEntropyLoss
from nn.module import Module

STEPS = (2.0**-20, 2.0**-24)
"""Steps of the differences by the size of an entry: the second where the first disagrees."""

TOLERANCE = 1e-5
"""A relative error that a right gradient stays below in float64."""


def check_gradient(model: Module, X: Any, y: Any, loss: Module | None = None) -> float:
    """Return the worst relative error of the gradient of loss(model(X), y) over all parameters.

    For each parameter this is max |gradient - differences| by the largest entry of either, or
    by the smallest that differences resolve to the tolerance, if that is more (a bias before a
    batch normalisation has gradient 0, and differences that are rounding alone). It is computed
    on a copy of the model in float64, by running the network twice for each entry of a
    parameter; about 20 rows X are enough. The model itself is not touched.

    A ReLU has a kink, and a difference taken across one is no derivative. So where an entry
    disagrees, it is computed again with a step 16 times smaller, and its better value counts:
    a wrong gradient disagrees with both. And where a parameter is exactly 0, as biases are at the
    start, it is moved by up to 0.01 in the copy: for a row of zeros, or after units that are all
    off, a ReLU's input would be exactly 0, where it has no derivative.

    If the loss or a gradient is nan, so is the result, which then is below no tolerance.

    >>> import nn
    >>> check_gradient(nn.MLP([3, 4, 2], rng=0), np.eye(3), np.array([0, 1, 1])) < TOLERANCE
    True
    """
    loss = CrossEntropyLoss() if loss is None else loss
    network = deepcopy(model).to(np.float64)
    network.zero_grad()
    rng = np.random.default_rng(0)
    for parameter in network.parameters():
        value = parameter.value
        parameter.value = np.where(value == 0, rng.uniform(-0.01, 0.01, value.shape), value)
    with differentiating():
        output = loss(network(InitialNode(X, requires_grad=False, dtype=np.float64)), y)
    if not isinstance(output, Node):
        raise TypeError(
            f"check_gradient: the loss must return a node, but returned a {type(output).__name__}"
        )
    if output.size != 1:
        raise ValueError(f"check_gradient: the loss has shape {output.shape}; it must be a scalar")
    output.backward()
    # A difference of two losses is rounded by some eps |loss|, which is divided by the step.
    least = 8 * np.finfo(float).eps * max(1.0, abs(output.item())) / STEPS[0] / TOLERANCE
    worst = 0.0
    for parameter in network.parameters():
        gradient = np.zeros(parameter.shape) if parameter.grad is None else parameter.grad
        best = graph_differences(output, parameter, STEPS[0])
        for step in STEPS[1:]:
            if _error(gradient, best, least) < TOLERANCE:
                break
            again = graph_differences(output, parameter, step)
            best = np.where(abs(again - gradient) < abs(best - gradient), again, best)
        worst = float(np.maximum(worst, _error(gradient, best, least)))  # unlike `max` keeps nan
    return worst


def _error(gradient: Any, differences: Any, least: float) -> float:
    """max |gradient - differences| by the largest entry of either, or by `least`."""
    largest = max(np.abs(gradient).max(initial=0), np.abs(differences).max(initial=0), least)
    return float(np.abs(gradient - differences).max(initial=0) / largest)
