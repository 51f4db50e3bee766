"""The lectures' activation and cost functions: values, and gradients as nodes."""

import numpy as np
import pytest

import autograd_core as ag
from nn.lecture import (
    LRELU,
    RELU,
    CostCrossEntropy,
    CostLogReg,
    CostOLS,
    identity,
    sigmoid,
    softmax,
)

rng = np.random.default_rng(0)
Z = rng.standard_normal((4, 3))
LABELS = np.eye(3, dtype=int)[[0, 2, 1, 1]]
ACTIVATIONS = {
    identity: lambda z: z,
    sigmoid: lambda z: 1 / (1 + np.exp(-z)),
    softmax: lambda z: np.exp(z) / np.exp(z).sum(axis=-1, keepdims=True),
    RELU: lambda z: np.where(z > 0, z, 0),
    LRELU: lambda z: np.where(z > 0, z, 1e-3 * z),
}


@pytest.mark.parametrize("f", ACTIVATIONS)
def test_activations(f):
    out = f(Z)
    assert type(out) is np.ndarray
    np.testing.assert_allclose(out, ACTIVATIONS[f](Z), rtol=1e-12)
    node = f(ag.InitialNode(Z))
    assert isinstance(node, ag.Node)
    np.testing.assert_array_equal(node.value, out)
    whole = np.array([[-1, 0, 2]])
    np.testing.assert_allclose(f(whole), ACTIVATIONS[f](whole), rtol=1e-12)


COSTS = {
    CostOLS: lambda t, p: np.sum((t - p) ** 2) / 4,
    CostLogReg: lambda t, p: -np.sum(t * np.log(p) + (1 - t) * np.log(1 - p)) / 4,
    CostCrossEntropy: lambda t, p: -np.sum(t * np.log(p)) / 12,
}


@pytest.mark.parametrize("cost", COSTS)
def test_costs(cost):
    P, func = ACTIVATIONS[softmax](Z), cost(LABELS)
    np.testing.assert_allclose(func(P), COSTS[cost](LABELS, P), rtol=1e-12)
    direction, h = rng.standard_normal(P.shape), 1e-5
    slope = (COSTS[cost](LABELS, P + h * direction) - COSTS[cost](LABELS, P - h * direction)) / (
        2 * h
    )
    np.testing.assert_allclose((ag.grad(func)(P) * direction).sum(), slope, rtol=1e-6)
    assert np.isfinite(func(1 - LABELS))  # all wrong, and sure of it
    with pytest.raises(ValueError, match=r"targets are \(4, 3\), but the outputs are \(4, 1\)"):
        func(P[:, :1])
