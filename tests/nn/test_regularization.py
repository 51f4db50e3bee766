"""Dropout and batch normalisation: exact figures, statistics, both modes, graphs run again."""

import copy
import json
from pathlib import Path

import numpy as np
import pytest

import autograd_core as ag
import nn
from autograd_core.testing import graph_differences, numerical_gradient, relative_error

EXACT = json.loads((Path(__file__).parents[1] / "data" / "exact.json").read_text())
RNG = np.random.default_rng(0)
X = RNG.normal(1, 2, (6, 3))


class Draws(np.random.Generator):
    """A generator whose numbers below 1/2 are where a mask has zeros."""

    def __init__(self, mask):
        super().__init__(np.random.PCG64(0))
        self.mask = np.array(mask)

    def random(self, shape):
        assert shape == self.mask.shape
        return np.where(self.mask > 0, 0.5, 0.4999)


def test_dropout_has_the_exact_figures():
    entry = EXACT["001.dropout"]
    x = ag.InitialNode(entry["X"])
    A = nn.Dropout(0.5, rng=Draws(entry["mask"]))(x)
    A.backward(entry["upstream"])
    np.testing.assert_allclose(A.value, entry["out"], rtol=1e-12)
    np.testing.assert_allclose(x.grad, entry["dX"], rtol=1e-12)


@pytest.mark.parametrize("p", ["0.2", "0.5"])
def test_dropout_keeps_the_fraction_and_the_mean(p):
    figures = EXACT["001.dropout"]["statistics"][p]
    kept = nn.Dropout(float(p), rng=1)(np.ones((100, 100))).value
    error = np.mean(kept > 0) - figures["mean_of_kept_fraction"]
    assert abs(error) < 4 * figures["std_of_kept_fraction_for_n_10000"]
    np.testing.assert_allclose(kept[kept > 0], 1 / (1 - float(p)), rtol=1e-15)


def test_dropout_draws_a_new_mask_for_each_pass_and_for_each_entry():
    layer, ones = nn.Dropout(0.5, rng=0), np.ones((20, 30))
    a, b = layer(ones).value, layer(ones).value
    assert not np.array_equal(a, b)
    assert np.ptp(a, axis=0).all()  # no column is kept or dropped as a whole
    assert np.ptp(a, axis=1).all()
    again = nn.Dropout(0.5, rng=np.random.default_rng(0))
    np.testing.assert_array_equal(again(ones).value, a)


def test_dropout_does_nothing_in_eval_mode_or_at_rate_0():
    layer = nn.Dropout(0.5, rng=0).eval()
    before = layer.rng.bit_generator.state
    assert layer(X) is X
    assert nn.Dropout(0)(X) is X
    assert layer.rng.bit_generator.state == before


def test_dropout_in_a_graph_that_is_run_again_keeps_its_mask():
    x = ag.InitialNode(X)
    graph = ag.Graph(nn.Dropout(0.5, rng=0)(x))
    mask = graph.output.value != 0
    x.value = 3 * X
    np.testing.assert_allclose(graph.forward(), 6 * X * mask)
    for rows in (X[:1], X[:2]):  # a single row must not be repeated for every row of the mask
        x.value = rows
        with pytest.raises(ValueError, match="reshape"):
            graph.forward()


@pytest.mark.parametrize("dtype", [np.float32, np.float64])
def test_dropout_keeps_the_dtype_and_draws_the_same(dtype):
    x = ag.InitialNode(X, dtype=dtype)
    A = nn.Dropout(0.3, rng=0)(x)
    A.backward()
    assert A.dtype == x.grad.dtype == dtype
    np.testing.assert_array_equal(A.value != 0, nn.Dropout(0.3, rng=0)(X).value != 0)
    assert nn.Dropout(0.3)([1, 2]).dtype == np.float64
    net = nn.Sequential(nn.Dropout(0.3), nn.Linear(3, 2, dtype=dtype))
    assert net(X).dtype == dtype


@pytest.mark.parametrize("p", [1, 1.5, -0.1, np.nan])
def test_the_rate_is_from_0_to_below_1(p):
    with pytest.raises(ValueError, match="Dropout: p must be at least 0 and less than 1"):
        nn.Dropout(p)


# ------------------------------------------------------------------------ batch normalisation


def exact_layer():
    entry = EXACT["001.batch_norm"]
    layer = nn.BatchNorm1d(3, eps=entry["eps"], momentum=entry["momentum"])
    layer.weight.value, layer.bias.value = entry["gamma"], entry["beta"]
    return entry, layer


def test_batch_norm_has_the_exact_figures():
    entry, layer = exact_layer()
    x = ag.InitialNode(entry["X"])
    A = layer(x)
    A.backward(entry["upstream"])
    for actual, name in (
        (A.value, "train_output"),
        (x.grad, "dX"),
        (layer.weight.grad, "dgamma"),
        (layer.bias.grad, "dbeta"),
        (layer.running_mean.value, "running_mean_after_1"),
        (layer.running_var.value, "running_var_after_1_unbiased"),
        (layer.eval()(entry["X"]).value, "eval_output_after_1"),
    ):
        np.testing.assert_allclose(actual, entry[name], rtol=1e-12, err_msg=name)


def test_running_statistics_over_several_batches():
    layer = nn.BatchNorm1d(3, momentum=0.3)
    mean, var = np.zeros(3), np.ones(3)
    for n in (2, 6, 4):
        layer(X[:n])
        mean = 0.7 * mean + 0.3 * X[:n].mean(axis=0)
        var = 0.7 * var + 0.3 * X[:n].var(axis=0, ddof=1)
    np.testing.assert_allclose(layer.running_mean.value, mean, rtol=1e-14)
    np.testing.assert_allclose(layer.running_var.value, var, rtol=1e-14)
    layer.eval()(X)
    np.testing.assert_allclose(layer.running_mean.value, mean, rtol=1e-14)


@pytest.mark.parametrize("affine", [True, False])
@pytest.mark.parametrize("training", [True, False])
def test_gradients_of_batch_norm(training, affine):
    layer = nn.BatchNorm1d(3, affine=affine)
    layer.running_mean.value, layer.running_var.value = [0.5, 1.0, -1.0], [0.3, 2.0, 1.0]
    if affine:
        layer.weight.value, layer.bias.value = [1.2, 0.7, -0.5], [0.1, -0.2, 0.3]
    layer.train(training)
    upstream = RNG.standard_normal(X.shape)
    x = ag.InitialNode(X)
    J = ag.sum(layer(x) * upstream)
    J.backward()
    copied = copy.deepcopy(layer)
    differences = numerical_gradient(lambda X: np.asarray(copied(X)), X, upstream=upstream)
    assert relative_error(x.grad, differences) < 1e-8
    for node in (x, *layer.parameters()):
        assert relative_error(node.grad, graph_differences(J, node)) < 1e-8
    assert layer.num_parameters() == (6 if affine else 0)


def test_batch_norm_in_a_graph_that_is_run_again():
    x = ag.InitialNode(X)
    layer = nn.BatchNorm1d(3)
    graph = ag.Graph(layer(x))
    moved = layer.running_mean.value.copy()
    x.value = other = RNG.normal(-3, 5, (9, 3))  # the statistics are those of the 9 new rows
    np.testing.assert_allclose(graph.forward(), nn.BatchNorm1d(3)(other).value, rtol=1e-14)
    np.testing.assert_array_equal(layer.running_mean.value, moved)

    graph = ag.Graph(layer.eval()(x))
    layer.running_mean.value = [1.0, 2.0, 3.0]  # read anew, and so are other rows
    x.value = X
    np.testing.assert_allclose(graph.forward(), layer(X).value, rtol=1e-14)


def test_the_scale_and_place_of_the_inputs_do_not_matter():
    layer = nn.BatchNorm1d(3, eps=0)
    np.testing.assert_allclose(layer(100 * X - 7).value, layer(X).value, rtol=1e-12)


def test_batch_norm_keeps_its_dtype_and_moves():
    layer = nn.BatchNorm1d(3, dtype=np.float32)
    for x in (X, ag.InitialNode(X)):
        assert layer(x).dtype == np.float32
    assert {a.dtype for a in layer.state_dict().values()} == {np.dtype(np.float32)}
    assert layer.double()(X).dtype == np.float64
    assert {a.dtype for a in layer.state_dict().values()} == {np.dtype(np.float64)}


@pytest.mark.parametrize(
    ("call", "words"),
    [
        (lambda: nn.BatchNorm1d(3)(X[:1]), r"at least 2 observations, but X has shape \(1, 3\)"),
        (lambda: nn.BatchNorm1d(3)(X[:0]), "at least 2 observations"),
        (lambda: nn.BatchNorm1d(2)(X), r"shape \(6, 3\), but it must be \(n, 2\)"),
        (lambda: nn.BatchNorm1d(3)(X[0]), r"shape \(3,\), but it must be \(n, 3\)"),
        (lambda: nn.BatchNorm1d(0), "num_features must be a whole number"),
        (lambda: nn.BatchNorm1d(3, eps=-1), "BatchNorm1d: eps must be at least 0"),
        (lambda: nn.BatchNorm1d(3, momentum=2), "momentum must be from 0 to 1"),
    ],
)
def test_what_batch_norm_refuses(call, words):
    with pytest.raises(ValueError, match=words):
        call()


def test_in_eval_mode_one_observation_will_do():
    assert nn.BatchNorm1d(3).eval()(X[:1]).shape == (1, 3)


@pytest.mark.parametrize("dtype", [np.float32, np.float64])
@pytest.mark.parametrize("affine", [True, False])
def test_deviations_whose_squares_overflow(dtype, affine):
    size = 1e25 if dtype == np.float32 else 1e200
    X = ag.InitialNode((np.array([[1.0], [-1.0], [3.0], [0.5]]) * size).astype(dtype))
    layer = nn.BatchNorm1d(1, affine=affine, dtype=dtype)
    A = layer(X)
    small = nn.BatchNorm1d(1, eps=0, affine=affine)(X.value.astype(float) / size)
    np.testing.assert_allclose(A.value, small.value, rtol=1e-5)
    ag.sum(A * np.array([[1.0], [2.0], [0.0], [3.0]], dtype)).backward()
    assert np.isfinite(X.grad).all()
    assert X.grad.any()
    with pytest.raises(ValueError, match="running_var is not finite"):
        layer.eval()(X)


def test_an_offset_does_not_matter_in_float32():
    rng = np.random.default_rng(0)
    X = (rng.normal(size=(10_000, 3)) * 4 + 1e6).astype(np.float32)
    layer = nn.BatchNorm1d(3, momentum=1.0, dtype=np.float32)
    exact = nn.BatchNorm1d(3, momentum=1.0)
    np.testing.assert_allclose(layer(X).value, exact(X).value, atol=2e-5)
    np.testing.assert_allclose(layer.running_mean.value, exact.running_mean.value, rtol=1e-7)
    np.testing.assert_allclose(layer.running_var.value, exact.running_var.value, rtol=1e-5)
