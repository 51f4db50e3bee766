"""Losses: values and gradients against formulas, extremes, and labels that don't fit."""

import mpmath
import numpy as np
import pytest

import autograd_core as ag
import nn
from autograd_core.testing import numerical_gradient, relative_error

RNG = np.random.default_rng(0)
Z = RNG.normal(0, 3, (6, 4))
CLASSES = np.array([0, 3, 1, 2, 2, 0])
A = RNG.normal(0, 3, (6, 2))
SOFT = RNG.random((6, 2))
SIGNS = np.where(RNG.random((6, 2)) > 0.5, 1, -1)


def cross_entropy(Z, y):
    return np.log(np.exp(Z).sum(axis=1)) - Z[np.arange(len(y)), y]


CASES = [
    (nn.CrossEntropyLoss, Z, CLASSES, cross_entropy),
    (nn.MSELoss, A, SOFT, lambda A, y: (A - y) ** 2),
    (
        nn.BCEWithLogitsLoss,
        A,
        SOFT,
        lambda A, y: y * np.log(1 + np.exp(-A)) + (1 - y) * np.log(1 + np.exp(A)),
    ),
    (nn.LogisticLoss, A, SIGNS, lambda A, y: np.log(1 + np.exp(-y * A))),
]


@pytest.mark.parametrize("reduction", ["mean", "sum", "none"])
@pytest.mark.parametrize(("kind", "scores", "labels", "formula"), CASES)
def test_values_and_gradients(kind, scores, labels, formula, reduction):
    node = ag.InitialNode(scores)
    L = kind(reduction=reduction)(node, labels)
    expected = formula(scores, labels)
    if reduction != "none":
        expected = getattr(np, reduction)(expected)
    np.testing.assert_allclose(L.value, expected, rtol=1e-13)
    L.backward()
    differences = numerical_gradient(lambda s: np.asarray(kind(reduction)(s, labels)), scores)
    assert relative_error(node.grad, differences) < 1e-8


@pytest.mark.parametrize(("kind", "scores", "labels", "formula"), CASES)
def test_float32_stays_float32(kind, scores, labels, formula):
    node = ag.InitialNode(scores.astype(np.float32))
    L = kind()(node, labels)
    L.backward()
    assert L.dtype == node.grad.dtype == np.float32


@pytest.mark.parametrize(("kind", "scores", "labels", "formula"), CASES)
def test_labels_may_be_a_node_that_changes(kind, scores, labels, formula):
    y = ag.InitialNode(labels[::-1].copy(), requires_grad=False)
    graph = ag.Graph(kind()(ag.InitialNode(scores), y))
    y.value = labels
    np.testing.assert_allclose(graph.forward(), np.mean(formula(scores, labels)), rtol=1e-13)


@pytest.mark.parametrize("z", [0.0, 1e-9, 0.7, 5.0, 36.5, 40.0, 300.0, 700.0, 1e4])
@pytest.mark.parametrize("sign", [1, -1])
@pytest.mark.parametrize("t", [0.0, 1.0, 0.3])
def test_bce_is_precise_for_every_score(z, sign, t):
    z = sign * z
    node = ag.InitialNode(z)
    L = nn.BCEWithLogitsLoss()(node, t)
    L.backward()
    with mpmath.workdps(700):
        s, q = mpmath.mpf(z), mpmath.mpf(t)
        loss = q * mpmath.log1p(mpmath.exp(-s)) + (1 - q) * mpmath.log1p(mpmath.exp(s))
        slope = 1 / (1 + mpmath.exp(-s)) - q
        if abs(s) > 1000:  # more digits than 700 would be needed
            loss = q * max(-s, 0) + (1 - q) * max(s, 0)
            slope = (1 if s > 0 else 0) - q
    assert L.item() == pytest.approx(float(loss), rel=1e-14, abs=0)
    assert float(node.grad) == pytest.approx(float(slope), rel=1e-13, abs=0)


def test_extreme_scores_stay_finite():
    scores = ag.InitialNode([[1000.0, -1000.0, 0.0], [-1e300, 1e300, 0.0]])
    L = nn.CrossEntropyLoss("none")(scores, [1, 1])
    np.testing.assert_array_equal(L.value, [2000.0, 0.0])
    L.backward()
    np.testing.assert_array_equal(scores.grad, [[1, -1, 0], [0, 0, 0]])
    column = ag.InitialNode([[1e4], [-1e4]])
    L = nn.LogisticLoss("none")(column, [[-1], [-1]])
    np.testing.assert_array_equal(L.value, [[1e4], [0.0]])
    L.backward()
    np.testing.assert_array_equal(column.grad, [[1.0], [0.0]])


def test_label_smoothing():
    e, K = 0.1, 4
    t = np.full(Z.shape, e / K)
    t[np.arange(6), CLASSES] += 1 - e
    logp = Z - np.log(np.exp(Z).sum(axis=1, keepdims=True))
    node = ag.InitialNode(Z)
    L = nn.CrossEntropyLoss("none", label_smoothing=e)(node, CLASSES)
    np.testing.assert_allclose(L.value, -(t * logp).sum(axis=1), rtol=1e-13)
    L.backward()
    np.testing.assert_allclose(node.grad, np.exp(logp) - t, rtol=1e-12, atol=1e-15)
    with pytest.raises(ValueError, match="label_smoothing must be from 0 to 1"):
        nn.CrossEntropyLoss(label_smoothing=1.5)


def test_the_logistic_losses_agree():
    a, b = ag.InitialNode(A), ag.InitialNode(A)
    nn.LogisticLoss()(a, SIGNS).backward()
    nn.BCEWithLogitsLoss()(b, (SIGNS + 1) // 2).backward()
    np.testing.assert_allclose(a.grad, b.grad, rtol=1e-13)


@pytest.mark.parametrize(
    ("kind", "labels"),
    [
        (nn.CrossEntropyLoss, [0, 0, 0]),
        (nn.MSELoss, [0.0, 1.0, 2.0]),
        (nn.BCEWithLogitsLoss, [0, 1, 1]),
        (nn.LogisticLoss, [-1, 1, 1]),
    ],
)
@pytest.mark.parametrize("reduction", ["mean", "sum", "none"])
def test_a_column_of_scores_against_flat_labels_is_an_error(kind, labels, reduction):
    column = ag.InitialNode(np.zeros((3, 1)))
    with pytest.raises(ValueError, match=r"labels\.reshape\(\(3, 1\)\)") as error:
        kind(reduction)(column, np.array(labels))
    assert f"{kind.__name__}: the scores are (3, 1)" in str(error.value)
    assert "(3,)" in str(error.value)


@pytest.mark.parametrize(
    ("call", "kind", "words"),
    [
        (lambda: nn.CrossEntropyLoss()(Z, CLASSES[:5]), ValueError, "one label for each row"),
        (lambda: nn.CrossEntropyLoss()(Z, CLASSES[:, None]), ValueError, r"labels.reshape\(6\)"),
        (lambda: nn.CrossEntropyLoss()(Z, np.eye(4)[CLASSES]), ValueError, "argmax"),
        (lambda: nn.CrossEntropyLoss()(Z[0], 1), ValueError, r"Z.reshape\(1, -1\)"),
        (lambda: nn.CrossEntropyLoss()(Z, CLASSES * 1.0), TypeError, r"astype\(int\)"),
        (lambda: nn.CrossEntropyLoss()(Z, CLASSES * np.nan), ValueError, "6 of 6 labels are nan"),
        (lambda: nn.CrossEntropyLoss()(Z, CLASSES + 1), ValueError, "range from 1 to 4"),
        (lambda: nn.CrossEntropyLoss()(Z, CLASSES - 1), ValueError, "range from -1 to 2"),
        (lambda: nn.MSELoss()(A, A * np.nan), ValueError, "12 of 12 labels are nan"),
        (lambda: nn.MSELoss()(A, A[:3]), ValueError, "one label for each score"),
        (lambda: nn.MSELoss()(A, 1.0), ValueError, "one label for each score"),
        (lambda: nn.BCEWithLogitsLoss()(A, SIGNS), ValueError, "use LogisticLoss"),
        (lambda: nn.BCEWithLogitsLoss()(A, A * 0 + 2), ValueError, "range from 2 to 2"),
        (lambda: nn.BCEWithLogitsLoss()(A, A * np.nan), ValueError, "nan"),
        (lambda: nn.LogisticLoss()(A, A > 0), ValueError, "use BCEWithLogitsLoss"),
        (lambda: nn.LogisticLoss()(A, SOFT), ValueError, "each must be -1 or 1"),
        (lambda: nn.LogisticLoss()(A, SIGNS * np.nan), ValueError, "nan"),
        (lambda: nn.MSELoss("average"), ValueError, "'mean', 'sum' or 'none'"),
        (lambda: nn.MSELoss()(A[:0], A[:0]), ValueError, "no mean of no observations"),
        (lambda: nn.CrossEntropyLoss()(Z[:0], CLASSES[:0]), ValueError, "no observations"),
    ],
)
def test_labels_that_do_not_fit(call, kind, words):
    with pytest.raises(kind, match=words):
        call()
