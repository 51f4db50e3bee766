"""Losses of K classes: weights, smoothing, probabilities, K - 1 scores, labels that don't fit."""

import json
from pathlib import Path

import numpy as np
import pytest

import autograd_core as ag
import nn
from autograd_core.testing import numerical_gradient, relative_error

RNG = np.random.default_rng(0)
N, K = 6, 4
Z = RNG.normal(0, 3, (N, K))
CLASSES = np.array([0, 3, 1, 2, 2, 0])
ROWS = RNG.dirichlet(np.ones(K), N)
W = np.array([0.5, 2.0, 1.0, 0.0])
LOG_P = Z - np.log(np.exp(Z).sum(axis=1, keepdims=True))


@pytest.mark.parametrize("reduction", ["mean", "sum", "none"])
@pytest.mark.parametrize("smoothing", [0.0, 0.1, 1.0])
@pytest.mark.parametrize("weight", [None, W])
@pytest.mark.parametrize("labels", [CLASSES, ROWS], ids=["classes", "probabilities"])
def test_weights_and_smoothing(labels, weight, smoothing, reduction):
    """The mean of labels is by the sum of their weights, that of probabilities by their number."""
    w = np.ones(K) if weight is None else weight
    t = (1 - smoothing) * (np.eye(K)[labels] if labels.ndim == 1 else labels) + smoothing / K
    terms = -(w * t * LOG_P).sum(axis=1)
    total = w[labels].sum() if labels.ndim == 1 else N
    expected = {"none": terms, "sum": terms.sum(), "mean": terms.sum() / total}[reduction]
    node = ag.InitialNode(Z)
    loss = nn.CrossEntropyLoss(reduction, smoothing, weight=weight)
    L = loss(node, labels)
    np.testing.assert_allclose(L.value, expected, rtol=1e-13)
    L.backward()
    differences = numerical_gradient(lambda z: np.asarray(loss(z, labels)), Z)
    assert relative_error(node.grad, differences) < 1e-8
    if labels.ndim == 1 and not smoothing:
        both = nn.NLLLoss(reduction, weight=weight)(nn.LogSoftmax()(Z), labels)
        np.testing.assert_allclose(both.value, expected, rtol=1e-13)


def test_one_hot_rows_are_the_labels_and_may_be_learnt():
    one_hot = ag.InitialNode(np.eye(K)[CLASSES])
    L = nn.CrossEntropyLoss()(Z, one_hot)
    np.testing.assert_allclose(L.value, nn.CrossEntropyLoss()(Z, CLASSES).value, rtol=1e-14)
    L.backward()
    np.testing.assert_allclose(one_hot.grad, -LOG_P / N, rtol=1e-13)


def test_class_weights_are_a_buffer():
    loss = nn.CrossEntropyLoss(weight=W)
    assert list(loss.parameters()) == []
    np.testing.assert_array_equal(loss.state_dict()["weight"], W)
    assert loss(Z.astype(np.float32), CLASSES).dtype == np.float32
    assert loss.float().weight.dtype == np.float32


def test_the_rows_of_other_weights_are_taken_when_labels_change():
    y = ag.InitialNode(CLASSES)
    graph = ag.Graph(nn.CrossEntropyLoss(weight=W)(Z, y))
    y.value = CLASSES[::-1]
    expected = nn.CrossEntropyLoss(weight=W)(Z, CLASSES[::-1]).value
    np.testing.assert_allclose(graph.forward(), expected, rtol=1e-15)


def test_extreme_scores_stay_finite():
    scores = ag.InitialNode([[1000.0, -1000.0, 0.0], [-1e300, 1e300, 0.0]])
    L = nn.CrossEntropyLoss("none")(scores, [1, 1])
    np.testing.assert_array_equal(L.value, [2000.0, 0.0])
    L.backward()
    np.testing.assert_array_equal(scores.grad, [[1, -1, 0], [0, 0, 0]])


def test_a_class_of_probability_0_costs_nothing_unless_it_is_the_label():
    log_p = ag.InitialNode([[0.0, -np.inf], [0.0, -np.inf]])
    L = nn.NLLLoss("none")(log_p, [0, 1])
    np.testing.assert_array_equal(L.value, [0.0, np.inf])
    L.backward()
    np.testing.assert_array_equal(log_p.grad, [[-1, 0], [0, -1]])


def test_K_outputs_and_K_minus_1_with_a_zero_have_the_same_loss():
    """12 and 8 parameters. The scores of class 0 are subtracted from those of the others."""
    file = Path(__file__).parents[2] / "data" / "exact.json"
    entry = json.loads(file.read_text())["004.overparam_K_vs_K_minus_1"]
    full, reduced = entry["K"]["inputs"], entry["K_minus_1_z0_is_0"]["inputs"]
    networks = [
        (full, nn.Sequential(nn.Linear(4, 3, bias=False)), entry["params_K"]),
        (
            reduced,
            nn.Sequential(nn.Linear(4, 2, bias=False), nn.PrependZero()),
            entry["params_K_minus_1"],
        ),
    ]
    for (inputs, net, size), expected in zip(networks, entry["losses_equal"], strict=True):
        net[0].weight.value = inputs["W"]
        assert net.num_parameters() == size
        z = net(inputs["H"])
        L = nn.CrossEntropyLoss()(z, entry["labels"])
        L.backward()
        np.testing.assert_allclose(L.value, expected, rtol=1e-12)
        np.testing.assert_allclose(z.grad, entry["torch_grad_logits"], rtol=1e-12)
        gradient = np.array(inputs["H"]).T @ z.grad[:, -net[0].out_features :]
        np.testing.assert_allclose(net[0].weight.grad, gradient, rtol=1e-12)


CE, NLL = nn.CrossEntropyLoss, nn.NLLLoss


@pytest.mark.parametrize(
    ("call", "kind", "words"),
    [
        (lambda: CE()(Z, CLASSES[:5]), ValueError, "one label for each row"),
        (lambda: CE()(Z, CLASSES[:, None]), ValueError, r"labels.reshape\(6\)"),
        (lambda: CE()(Z, np.eye(4, dtype=int)[CLASSES]), ValueError, "one-hot.*argmax"),
        (lambda: CE()(Z[0], 1), ValueError, r"Z.reshape\(1, -1\)"),
        (lambda: CE()(Z, CLASSES * 1.0), TypeError, r"astype\(int\)"),
        (lambda: CE()(Z, CLASSES + 1), ValueError, "range from 1 to 4"),
        (lambda: CE()(Z, CLASSES - 1), ValueError, "range from -1 to 2"),
        (lambda: CE()(Z[:, :1], CLASSES), ValueError, "one class only.*PrependZero"),
        (lambda: CE()(Z, 2 * ROWS), ValueError, "CrossEntropyLoss: .* must be from 0 to 1"),
        (lambda: CE()(Z, 0.9 * ROWS), ValueError, "row 0 sums to 0.9: each row must sum to 1"),
        (lambda: CE(label_smoothing=1.5), ValueError, "label_smoothing must be from 0 to 1"),
        (lambda: CE(weight=[1.0, -1.0]), ValueError, "CrossEntropyLoss: weight must be a list"),
        (lambda: CE(weight=[1.0, np.nan]), ValueError, "weight must be a list of K numbers"),
        (lambda: CE(weight=np.eye(2)), ValueError, "weight must be a list of K numbers"),
        (lambda: CE(weight=["a", "b"]), ValueError, "weight must be a list of K numbers"),
        (lambda: CE(weight=[1j, 1.0]), ValueError, "weight must be a list of K numbers"),
        (lambda: CE(weight=W[:3])(Z, CLASSES), ValueError, "3 class weights.*there must be 4"),
        (lambda: CE(weight=W)(Z[:1], [3]), ValueError, "the classes of all 1 labels have weight 0"),
        (lambda: NLL()(Z, CLASSES[:, None]), ValueError, r"NLLLoss: .*labels.reshape\(6\)"),
        (lambda: NLL()(Z, ROWS), ValueError, r"NLLLoss: .*must be \(n, K\) and \(n,\)"),
        (lambda: NLL()(Z, CLASSES + 1), ValueError, "NLLLoss: the labels range from 1 to 4"),
        (lambda: NLL()(Z, CLASSES * 1.0), TypeError, r"NLLLoss: .*astype\(int\)"),
        (lambda: NLL(weight=W[:3])(Z, CLASSES), ValueError, "NLLLoss: there are 3 class weights"),
    ],
)
def test_labels_and_weights_that_do_not_fit(call, kind, words):
    with pytest.raises(kind, match=words):
        call()
