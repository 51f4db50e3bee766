"""What the layers compute, and what they say when shapes don't fit."""

from functools import partial

import numpy as np
import pytest

import autograd_core as ag
import nn
from autograd_core.testing import graph_differences, relative_error


def test_linear_is_x_w_plus_b():
    layer = nn.Linear(3, 2, rng=0)
    layer.bias.value = [1.0, -1.0]
    X = np.arange(12.0).reshape(4, 3)
    np.testing.assert_allclose(layer(X).value, X @ layer.weight.value + [1.0, -1.0], rtol=1e-15)
    assert layer.weight.shape == (3, 2)
    assert layer.bias.shape == (2,)


def test_linear_without_bias_maps_zero_to_zero():
    layer = nn.Linear(3, 2, bias=False)
    assert layer.bias is None
    assert layer.num_parameters() == 6
    np.testing.assert_array_equal(layer(np.zeros((1, 3))).value, np.zeros((1, 2)))


def test_gradients_of_linear():
    layer = nn.Linear(3, 2, rng=0)
    X = np.arange(12.0).reshape(4, 3)
    upstream = np.arange(8.0).reshape(4, 2)
    layer(X).backward(upstream)
    np.testing.assert_allclose(layer.weight.grad, X.T @ upstream, rtol=1e-15)
    np.testing.assert_allclose(layer.bias.grad, upstream.sum(axis=0), rtol=1e-15)


def test_the_input_may_be_a_node():
    X = ag.InitialNode(np.ones((1, 3)))
    layer = nn.Linear(3, 2, rng=0)
    layer(X).backward()
    np.testing.assert_allclose(X.grad, layer.weight.value.sum(axis=1, keepdims=True).T)


def test_arrays_are_cast_to_the_dtype_of_the_weights():
    layer = nn.Linear(2, 1, dtype=np.float32)
    for X in ([[1, 2]], np.ones((1, 2)), np.ones((1, 2), np.float32)):
        assert layer(X).dtype == np.float32
    assert nn.Linear(2, 1)(np.ones((1, 2), np.float32)).dtype == np.float64


@pytest.mark.parametrize(
    ("shape", "remedy"),
    [
        ((3,), r"X\.reshape\(1, 3\)"),
        ((5, 4), r"make a Linear\(4, 2\)"),
        ((3, 7), r"pass X\.T"),
        ((2, 3, 1), r"X\.reshape\(len\(X\), -1\)"),
        ((), "one observation a row"),
        ((4,), "one observation a row"),
    ],
)
def test_a_wrong_shape_is_named_with_a_remedy(shape, remedy):
    with pytest.raises(ValueError, match=remedy) as error:
        nn.Linear(3, 2)(np.ones(shape))
    assert f"Linear(3, 2): the input X has shape {shape}" in str(error.value)


@pytest.mark.parametrize("wrong", [0, -1, 2.5, True, "3", None])
def test_features_must_be_counts(wrong):
    with pytest.raises(ValueError, match="in_features must be a whole number"):
        nn.Linear(wrong, 2)
    with pytest.raises(ValueError, match="out_features must be a whole number"):
        nn.Linear(2, wrong)


def test_init_and_seed_decide_the_weights():
    ones = nn.Linear(2, 3, init=lambda shape, rng, dtype: np.ones(shape))
    np.testing.assert_array_equal(ones.weight.value, np.ones((2, 3)))
    a, b = nn.Linear(2, 3, rng=5), nn.Linear(2, 3, rng=np.random.default_rng(5))
    np.testing.assert_array_equal(a.weight.value, b.weight.value)
    assert not np.array_equal(a.weight.value, nn.Linear(2, 3, rng=6).weight.value)
    with pytest.raises(ValueError, match=r"shape \(3, 2\), not \(2, 3\)"):
        nn.Linear(2, 3, init=lambda shape, rng, dtype: np.ones((3, 2)))


def test_the_default_is_glorot_weights_and_zero_bias():
    layer = nn.Linear(30, 20, rng=0)
    expected = nn.init.glorot_uniform((30, 20), np.random.default_rng(0))
    np.testing.assert_array_equal(layer.weight.value, expected)
    np.testing.assert_array_equal(layer.bias.value, np.zeros(20))


def test_nodes_are_cast_to_the_dtype_of_the_weights_and_gradients_back():
    X = ag.InitialNode(np.ones((1, 2)))
    A = nn.Linear(2, 1, dtype=np.float32)(X)
    A.backward()
    assert A.dtype == np.float32
    assert X.grad.dtype == np.float64


def test_bias_init_decides_the_biases():
    layer = nn.Linear(2, 3, bias_init=partial(nn.init.constant, value=0.01))
    np.testing.assert_array_equal(layer.bias.value, [0.01] * 3)
    assert nn.Linear(2, 3, bias=False, bias_init=nn.init.zeros).bias is None
    with pytest.raises(ValueError, match=r"bias_init gave shape \(2,\), not \(3,\)"):
        nn.Linear(2, 3, bias_init=lambda shape, rng, dtype: np.ones(2))


def test_flatten():
    X = np.arange(24.0).reshape(4, 3, 2)
    x = ag.InitialNode(X)
    graph = ag.Graph(nn.Flatten()(x))
    np.testing.assert_array_equal(graph.output.value, X.reshape(4, 6))
    graph.backward(X.reshape(4, 6))
    np.testing.assert_array_equal(x.grad, X)
    x.value = X[:2]
    np.testing.assert_array_equal(graph.forward(), X[:2].reshape(2, 6))
    for shape in ((0, 3, 2), (4, 6), (4, 0, 2)):
        assert nn.Flatten()(np.ones(shape)).shape == (shape[0], np.prod(shape[1:]))
    with pytest.raises(ValueError, match=r"Flatten: the input X has shape \(3,\)"):
        nn.Flatten()(np.ones(3))


def test_prepend_zero():
    Z = ag.InitialNode([[1.0, np.inf], [3.0, 4.0]], dtype=np.float32)
    graph = ag.Graph(nn.PrependZero()(Z))
    np.testing.assert_array_equal(graph.output.value, [[0, 1, np.inf], [0, 3, 4]])
    assert graph.output.dtype == np.float32
    graph.backward([[5, 6, 7], [8, 9, 10]])
    np.testing.assert_array_equal(Z.grad, [[6, 7], [9, 10]])
    Z.value = np.ones((3, 2), np.float32)
    np.testing.assert_array_equal(graph.forward(), [[0, 1, 1]] * 3)
    for shape in ((3,), (3, 0)):
        with pytest.raises(ValueError, match="PrependZero: the scores Z have shape"):
            nn.PrependZero()(np.ones(shape))


def test_mlp_is_a_sequential_without_a_last_activation():
    net = nn.MLP([64, 50, 10], rng=0)
    assert isinstance(net, nn.Sequential)
    assert [type(layer) for layer in net] == [nn.Linear, nn.ReLU, nn.Linear]
    assert net.num_parameters() == 3250 + 510
    W1, b1, W2, b2 = (p.value for p in net.parameters())
    X = np.random.default_rng(0).random((5, 64))
    np.testing.assert_allclose(net(X).value, np.maximum(X @ W1 + b1, 0) @ W2 + b2, rtol=1e-13)


@pytest.mark.parametrize(
    ("units", "count"),
    [([2, 2, 3, 2], 23), ([2, 2, 4, 1], 23), ([2, 20, 40, 20, 1], 1741), ([10, 100, 10], 2110)],
)
def test_parameter_counts(units, count):
    assert nn.MLP(units).num_parameters() == count


def test_mlp_starts_with_he_before_relu_and_glorot_elsewhere():
    rng = np.random.default_rng(3)
    hidden, last = nn.init.he_uniform((8, 6), rng), nn.init.glorot_uniform((6, 4), rng)
    net = nn.MLP([8, 6, 4], rng=3)
    np.testing.assert_array_equal(net[0].weight.value, hidden)
    np.testing.assert_array_equal(net[2].weight.value, last)
    tanh = nn.MLP([8, 6, 4], "tanh", rng=3)
    expected = nn.init.glorot_uniform((8, 6), np.random.default_rng(3))
    np.testing.assert_array_equal(tanh[0].weight.value, expected)
    for activation in ("leaky_relu", "elu"):
        net = nn.MLP([8, 6, 4], activation, rng=3)
        np.testing.assert_array_equal(net[0].weight.value, hidden)
    net = nn.MLP([8, 6, 4], rng=3, init=nn.init.zeros)
    assert not any(p.value.any() for p in net.parameters())


def test_the_activation_is_a_name_or_a_class():
    assert isinstance(nn.MLP([2, 3, 1], "sigmoid")[1], nn.Sigmoid)
    assert isinstance(nn.MLP([2, 3, 1], nn.Tanh)[1], nn.Tanh)
    assert nn.MLP([2, 3, 1], nn.Tanh).options() == {"units": [2, 3, 1], "activation": "tanh"}
    for name, kind in nn.activations.ACTIVATIONS.items():
        for activation in (name, kind):
            net = nn.MLP([2, 3, 1], activation)
            assert type(net[1]) is kind
            assert net.activation == name
    assert nn.MLP([2, 3, 1], lambda: nn.ELU(0.5))[1].alpha == 0.5
    with pytest.raises(ValueError, match="no activation 'rellu'"):
        nn.MLP([2, 3, 1], "rellu")
    with pytest.raises(TypeError, match="a name or a Module class"):
        nn.MLP([2, 3, 1], nn.Tanh())


def test_dropout_and_batch_norm_in_an_mlp():
    net = nn.MLP([2, 3, 3, 1], "tanh", dropout=0.2, batch_norm=True, rng=0)
    hidden = [nn.Linear, nn.BatchNorm1d, nn.Tanh, nn.Dropout]
    assert [type(layer) for layer in net] == [*hidden, *hidden, nn.Linear]
    assert [layer.bias is None for layer in net if isinstance(layer, nn.Linear)] == [1, 1, 0]
    assert net.options() == {
        "units": [2, 3, 3, 1],
        "activation": "tanh",
        "dropout": 0.2,
        "batch_norm": True,
    }
    assert [type(layer) for layer in nn.MLP([2, 3, 1], dropout=0.2)][2:] == [nn.Dropout, nn.Linear]
    X = np.ones((4, 2))
    again = nn.MLP(**net.options(), rng=0)
    np.testing.assert_array_equal(net(X).value, again(X).value)
    with pytest.raises(ValueError, match="MLP: dropout must be at least 0 and less than 1"):
        nn.MLP([2, 3, 1], dropout=1)


@pytest.mark.parametrize("units", [[], [3], 3])
def test_mlp_needs_at_least_inputs_and_scores(units):
    with pytest.raises(ValueError, match="units"):
        nn.MLP(units)


def test_float32_stays_float32():
    net = nn.MLP([3, 4, 2], rng=0, dtype=np.float32)
    L = nn.CrossEntropyLoss()(net(np.ones((2, 3))), [0, 1])
    L.backward()
    assert L.dtype == np.float32
    assert {p.grad.dtype for p in net.parameters()} == {np.dtype(np.float32)}


@pytest.mark.parametrize("options", [{}, {"dropout": 0.3, "batch_norm": True}])
@pytest.mark.parametrize("activation", list(nn.activations.ACTIVATIONS))
def test_gradients_of_networks_agree_with_differences(activation, options):
    net = nn.MLP([3, 5, 4, 2], activation, rng=1, **options)
    X = np.random.default_rng(0).standard_normal((6, 3))
    J = ag.sum(ag.square(net(X)))
    J.backward()
    for parameter in net.parameters():
        assert relative_error(parameter.grad, graph_differences(J, parameter)) < 1e-7
