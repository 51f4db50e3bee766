"""What the activations compute, and their gradients."""

import json
from pathlib import Path

import numpy as np
import pytest

import autograd_core as ag
import nn
from autograd_core.testing import numerical_gradient, relative_error
from nn.activations import ACTIVATIONS

FIGURES = json.loads((Path(__file__).parents[1] / "data" / "exact.json").read_text())["activations"]
X = np.array([[-2.0, -0.5, 0.1], [0.5, 1.0, 3.0]])


def softmax(X, axis=-1):
    return np.exp(X) / np.exp(X).sum(axis=axis, keepdims=True)


CASES = [
    (nn.ReLU(), lambda X: np.where(X > 0, X, 0)),
    (nn.LeakyReLU(), lambda X: np.where(X > 0, X, 0.01 * X)),
    (nn.LeakyReLU(0.3), lambda X: np.where(X > 0, X, 0.3 * X)),
    (nn.ELU(), lambda X: np.where(X > 0, X, np.exp(X) - 1)),
    (nn.ELU(0.5), lambda X: np.where(X > 0, X, 0.5 * (np.exp(X) - 1))),
    (nn.Sigmoid(), lambda X: 1 / (1 + np.exp(-X))),
    (nn.Tanh(), np.tanh),
    (nn.Softplus(), lambda X: np.log(1 + np.exp(X))),
    (nn.Softmax(), softmax),
    (nn.Softmax(dim=0), lambda X: softmax(X, 0)),
    (nn.LogSoftmax(), lambda X: np.log(softmax(X))),
    (nn.LogSoftmax(dim=0), lambda X: np.log(softmax(X, 0))),
    (nn.Identity(), lambda X: X),
]


@pytest.mark.parametrize(("layer", "function"), CASES, ids=[repr(layer) for layer, _ in CASES])
def test_values_and_gradients(layer, function):
    np.testing.assert_allclose(layer(X), function(X), rtol=1e-14)
    assert layer.num_parameters() == 0
    upstream = np.arange(1.0, 7).reshape(2, 3)  # a sum of softmax would have no gradient
    node = ag.InitialNode(X)
    ag.sum(layer(node) * upstream).backward()
    differences = numerical_gradient(lambda X: np.asarray(layer(X)), X, upstream=upstream)
    assert relative_error(node.grad, differences) < 1e-8
    assert layer(ag.InitialNode(X, dtype=np.float32)).dtype == np.float32


@pytest.mark.parametrize(
    ("name", "layer"),
    [
        ("relu", nn.ReLU()),
        ("leaky_relu_0.01", nn.LeakyReLU()),
        ("elu_1", nn.ELU()),
        ("elu_0.5", nn.ELU(0.5)),
        ("sigmoid", nn.Sigmoid()),
        ("tanh", nn.Tanh()),
        ("softplus", nn.Softplus()),
        ("identity", nn.Identity()),
    ],
)
def test_exact_figures(name, layer):
    """(The file's sigmoid and tanh are less precise than the engine's beyond +-5.)"""
    z = np.array(FIGURES["z"])
    node = ag.InitialNode(z)
    A = ag.positive(layer(node))
    A.backward()
    kept = abs(z) <= 5 if name in ("sigmoid", "tanh") else slice(None)
    np.testing.assert_allclose(A.value[kept], np.array(FIGURES[name]["value"])[kept], rtol=1e-12)
    derivative = np.array(FIGURES[name]["derivative"])
    np.testing.assert_allclose(node.grad[kept], derivative[kept], rtol=1e-12)


def test_options_make_the_same_layer():
    for layer, _ in CASES:
        assert repr(type(layer)(**layer.options())) == repr(layer)
    assert repr(nn.LeakyReLU(0.3)) == "LeakyReLU(negative_slope=0.3)"
    assert repr(nn.Softmax(0)) == "Softmax(dim=0)"


def test_options_must_be_numbers():
    with pytest.raises(TypeError, match="LeakyReLU: negative_slope must be a number, but is 'x'"):
        nn.LeakyReLU("x")
    with pytest.raises(ValueError, match="ELU: alpha must be finite, but is nan"):
        nn.ELU(np.nan)
    for dim in (0.5, "0", None):
        for kind in (nn.Softmax, nn.LogSoftmax):
            with pytest.raises(
                TypeError, match=f"{kind.__name__}: dim must be the number of an ax"
            ):
                kind(dim)
    assert nn.Softmax(np.int64(1)).dim == 1


def test_every_name_is_that_of_its_class():
    for name, kind in ACTIVATIONS.items():
        assert kind.__name__.lower() == name.replace("_", "")
        assert getattr(nn, kind.__name__) is kind
