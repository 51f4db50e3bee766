"""L1 and L2 penalties: exact figures, which parameters they take, and weight decay."""

import json
from pathlib import Path

import numpy as np
import pytest

import autograd_core as ag
import nn
from autograd_core.testing import graph_differences, relative_error
from nn.penalties import decay_groups

EXACT = json.loads((Path(__file__).parents[1] / "data" / "exact.json").read_text())


@pytest.mark.parametrize(
    ("penalty", "value", "gradient"),
    [
        (nn.l2_penalty, "l2_value_lambda_sum_w2", "l2_grad_2_lambda_w"),
        (nn.l1_penalty, "l1_value", "l1_grad_sign"),
    ],
)
def test_exact_figures(penalty, value, gradient):
    entry = EXACT["001.l1_l2_penalty"]
    layer = nn.Linear(3, 2, bias_init=lambda shape, rng, dtype: np.ones(shape))
    layer.weight.value = entry["W"]
    J = penalty(layer, entry["lambda"])
    J.backward()
    np.testing.assert_allclose(J.value, entry[value], rtol=1e-12)
    np.testing.assert_allclose(layer.weight.grad, entry[gradient], rtol=1e-12)
    assert layer.bias.grad is None


@pytest.mark.parametrize("penalty", [nn.l1_penalty, nn.l2_penalty])
@pytest.mark.parametrize("biases", [False, True])
def test_weights_of_all_layers_and_biases_if_asked(penalty, biases):
    net = nn.MLP([3, 4, 2], "tanh", rng=0, batch_norm=True)
    for p in net.parameters():
        p.value += 0.5
    f = abs if penalty is nn.l1_penalty else np.square
    chosen = [p for path, p in net.named_parameters() if biases or path in ("0.weight", "3.weight")]
    assert len(chosen) == (5 if biases else 2)
    J = penalty(net, 0.3, biases=biases)
    expected = 0.3 * np.sum([f(p.value).sum() for p in chosen])
    np.testing.assert_allclose(J.value, expected, rtol=1e-14)
    J.backward()
    for p in net.parameters():
        assert (p.grad is not None) == any(p is q for q in chosen)
        if p.grad is not None:
            assert relative_error(p.grad, graph_differences(J, p)) < 1e-8


def test_a_penalty_is_weight_decay_of_twice_its_factor():
    X, y = np.random.default_rng(0).random((8, 3)), np.arange(8) % 2
    nets = [nn.MLP([3, 4, 2], rng=0) for _ in range(2)]
    for net, decay in zip(nets, (0.0, 0.2), strict=True):
        optimizer = nn.optim.SGD(net.parameters(), lr=0.1, weight_decay=decay)
        for _ in range(5):
            optimizer.zero_grad()
            loss = nn.CrossEntropyLoss()(net(X), y)
            (loss if decay else loss + nn.l2_penalty(net, 0.1, biases=True)).backward()
            optimizer.step()
    for a, b in zip(*(net.parameters() for net in nets), strict=True):
        np.testing.assert_allclose(a.value, b.value, rtol=1e-12)


def test_decay_groups_decay_the_weights_alone():
    X, y = np.random.default_rng(0).random((8, 3)), np.arange(8) % 2
    nets = [nn.MLP([3, 4, 2], rng=0, batch_norm=True) for _ in range(2)]
    groups = [nets[0].parameters(), decay_groups(nets[1], 0.2)]
    for net, params in zip(nets, groups, strict=True):
        optimizer = nn.optim.SGD(params, lr=0.1)
        for _ in range(5):
            optimizer.zero_grad()
            loss = nn.CrossEntropyLoss()(net(X), y)
            (loss + nn.l2_penalty(net, 0.1) if net is nets[0] else loss).backward()
            optimizer.step()
    for a, b in zip(*(net.parameters() for net in nets), strict=True):
        np.testing.assert_allclose(a.value, b.value, rtol=1e-12)
    assert len(decay_groups(nn.Linear(2, 1, bias=False), 0.2)) == 1


def test_l1_has_no_slope_at_0():
    w = nn.Parameter([0.0, 2.0, -3.0])
    nn.l1_penalty([w], 2.0).backward()
    np.testing.assert_array_equal(w.grad, [0.0, 2.0, -2.0])


def test_the_factor_may_be_a_node_and_float32_stays():
    lmbd = ag.InitialNode(0.5)
    w = nn.Parameter([1.0, 2.0])
    nn.l2_penalty([w], lmbd).backward()
    assert lmbd.grad == 5.0
    assert nn.l2_penalty(nn.Linear(2, 1, dtype=np.float32), np.float64(0.1)).dtype == np.float32


@pytest.mark.parametrize("penalty", [nn.l1_penalty, nn.l2_penalty])
def test_what_is_refused(penalty):
    name = penalty.__name__
    for lmbd in (-1, np.nan, np.inf):
        with pytest.raises(ValueError, match=f"{name}: lmbd must be at least 0"):
            penalty(nn.Linear(2, 1), lmbd)
    for empty in (nn.ReLU(), nn.BatchNorm1d(3), []):
        with pytest.raises(ValueError, match=f"{name}: there are no weights"):
            penalty(empty, 0.1)
    with pytest.raises(TypeError, match=r"also for one: \[w\]"):
        penalty(nn.Parameter([1.0]), 0.1)
    with pytest.raises(ValueError, match=rf"{name}: lmbd must be a single number.*\(2,\)"):
        penalty(nn.Linear(2, 1), ag.InitialNode([0.1, 0.2]))
