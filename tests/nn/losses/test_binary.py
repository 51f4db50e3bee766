"""Losses of two classes: precise everywhere, finite at the ends, and strict about labels."""

import mpmath
import numpy as np
import pytest

import autograd_core as ag
import nn

RNG = np.random.default_rng(0)
A = RNG.normal(0, 3, (6, 2))
SOFT = RNG.random((6, 2))
SIGNS = np.where(RNG.random((6, 2)) > 0.5, 1, -1)


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


def test_the_four_ways_to_two_classes_agree():
    """Signs, 0 and 1, probabilities, and two columns of scores of which one is 0."""
    ones = (SIGNS[:, :1] + 1) // 2
    losses = [
        (nn.LogisticLoss(), lambda s: s, SIGNS[:, :1]),
        (nn.BCEWithLogitsLoss(), lambda s: s, ones),
        (nn.BCELoss(), ag.sigmoid, ones),
        (nn.CrossEntropyLoss(), nn.PrependZero(), ones[:, 0]),
    ]
    results = []
    for loss, layer, labels in losses:
        s = ag.InitialNode(A[:, :1])
        L = loss(layer(s), labels)
        L.backward()
        results.append([L.item(), *s.grad.ravel()])
    for result in results[1:]:
        np.testing.assert_allclose(result, results[0], rtol=1e-12)


def test_extreme_scores_stay_finite():
    column = ag.InitialNode([[1e4], [-1e4]])
    L = nn.LogisticLoss("none")(column, [[-1], [-1]])
    np.testing.assert_array_equal(L.value, [[1e4], [0.0]])
    L.backward()
    np.testing.assert_array_equal(column.grad, [[1.0], [0.0]])


@pytest.mark.parametrize("dtype", [np.float32, np.float64])
def test_probabilities_0_and_1_have_a_finite_loss_and_gradient(dtype):
    tiny = np.finfo(dtype).tiny
    P = ag.InitialNode(np.array([0, 0, 1, 1, tiny, tiny], dtype))
    L = nn.BCELoss("none")(P, [0, 1, 0, 1, 0, 1])
    L.backward()
    expected = [0, 100, 100, 0, 0, min(100, -np.log(float(tiny)))]
    np.testing.assert_allclose(L.value, expected, rtol=1e-6, atol=1e-30)
    assert np.isfinite(P.grad).all()


def test_a_nan_probability_is_traced_to_its_origin():
    x = ag.InitialNode([[-1.0]])
    with np.errstate(invalid="ignore"):
        L = nn.BCELoss()(ag.sigmoid(ag.log(x)), [[1.0]])
    assert "log" in str(ag.find_nonfinite(L))


def test_a_nan_probability_leaves_the_other_losses_as_they_are():
    P = ag.InitialNode([[np.nan], [0.5], [0.0], [0.25]])
    L = nn.BCELoss("none")(P, [[1.0], [0.0], [0.0], [1.0]])
    np.testing.assert_allclose(L.value.ravel(), [np.nan, np.log(2), 0.0, np.log(4)], rtol=1e-15)
    L.backward()
    np.testing.assert_allclose(P.grad[1:].ravel(), [2.0, 1.0, -4.0], rtol=1e-15)


@pytest.mark.parametrize(
    ("call", "words"),
    [
        (lambda: nn.BCEWithLogitsLoss()(A, SIGNS), "range from -1.0 to 1.0.*use LogisticLoss"),
        (lambda: nn.BCEWithLogitsLoss()(A, A * 0 + 2), "range from 2.0 to 2.0"),
        (lambda: nn.BCELoss()(SOFT, SIGNS), "range from -1.0 to 1.0.*use LogisticLoss"),
        (lambda: nn.BCELoss()([[1 + 1e-9]], [[1.0]]), "from 1.000000001 to 1.000000001"),
        (lambda: nn.BCELoss()(A, SOFT), "end the network with a Sigmoid, or use BCEWithLogitsLoss"),
        (lambda: nn.LogisticLoss()(A, A > 0), "use BCEWithLogitsLoss"),
        (lambda: nn.LogisticLoss()(A, SOFT), "each must be -1 or 1"),
    ],
)
def test_labels_that_do_not_fit(call, words):
    with pytest.raises(ValueError, match=words):
        call()
