"""Parameters and buffers."""

import numpy as np
import pytest

import nn


def test_parameters_require_a_gradient():
    assert nn.Parameter([1.0]).requires_grad
    with pytest.raises(TypeError, match="floating-point"):
        nn.Parameter([1, 2])
    assert nn.Parameter([1, 2], dtype=float).dtype == np.float64
    assert not nn.Parameter([1.0], requires_grad=False).requires_grad


def test_buffers_do_not_and_may_be_integers():
    buffer = nn.Buffer([1.0], name="b")
    assert not buffer.requires_grad
    (buffer * nn.Parameter([2.0])).backward()
    assert buffer.grad is None
    assert nn.Buffer([1, 2]).to(np.float32).dtype == np.int64


@pytest.mark.parametrize("kind", [nn.Parameter, nn.Buffer])
def test_to_keeps_the_object_and_its_name(kind):
    node = kind([1.5], name="w")
    assert node.to(np.float32) is node
    assert (node.dtype, node.name, node.value) == (np.float32, "w", 1.5)
    assert node.requires_grad == (kind is nn.Parameter)
