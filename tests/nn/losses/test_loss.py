"""What holds for every loss: values, gradients, exact figures, dtypes, shapes, labels."""

import json
from pathlib import Path

import numpy as np
import pytest

import autograd_core as ag
import nn
from autograd_core.testing import numerical_gradient, relative_error

FIGURES = json.loads((Path(__file__).parents[2] / "data" / "exact.json").read_text())["losses"]

RNG = np.random.default_rng(0)
Z = RNG.normal(0, 3, (6, 4))
CLASSES = np.array([0, 3, 1, 2, 2, 0])
ROWS = RNG.dirichlet(np.ones(4), 6)
A = RNG.normal(0, 3, (6, 2))
P = RNG.uniform(0.05, 0.95, (6, 2))
SOFT = RNG.random((6, 2))
SIGNS = np.where(RNG.random((6, 2)) > 0.5, 1, -1)


def log_softmax(Z):
    return Z - np.log(np.exp(Z).sum(axis=1, keepdims=True))


def huber(A, y):
    d = abs(A - y)
    return np.where(d <= 1, d**2 / 2, d - 0.5)


CASES = [
    (nn.CrossEntropyLoss, Z, CLASSES, lambda Z, y: -log_softmax(Z)[np.arange(len(y)), y]),
    (nn.CrossEntropyLoss, Z, ROWS, lambda Z, t: -(t * log_softmax(Z)).sum(axis=1)),
    (nn.NLLLoss, Z, CLASSES, lambda P, y: -P[np.arange(len(y)), y]),
    (nn.MSELoss, A, SOFT, lambda A, y: (A - y) ** 2),
    (nn.L1Loss, A, SOFT, lambda A, y: abs(A - y)),
    (nn.HuberLoss, A, SOFT, huber),
    (nn.BCELoss, P, SOFT, lambda P, y: -y * np.log(P) - (1 - y) * np.log(1 - P)),
    (
        nn.BCEWithLogitsLoss,
        A,
        SOFT,
        lambda A, y: y * np.log(1 + np.exp(-A)) + (1 - y) * np.log(1 + np.exp(A)),
    ),
    (nn.LogisticLoss, A, SIGNS, lambda A, y: np.log(1 + np.exp(-y * A))),
]
every_loss = pytest.mark.parametrize(("kind", "scores", "labels", "formula"), CASES)


@pytest.mark.parametrize("reduction", ["mean", "sum", "none"])
@every_loss
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


@pytest.mark.parametrize("name", [name for name in FIGURES if name.split(".")[0] in dir(nn)])
def test_exact_figures(name):
    entry, (kind, reduction) = FIGURES[name], name.split(".")
    saturated = reduction.startswith("saturated")
    scores = ag.InitialNode(entry["input"])
    L = getattr(nn, kind)("none" if saturated else reduction)(scores, np.array(entry["target"]))
    L.backward()
    np.testing.assert_allclose(L.value, entry["value"], rtol=1e-12)
    if saturated:
        np.testing.assert_allclose(scores.grad, [[1], [-1], [0], [0]])
    else:
        np.testing.assert_allclose(scores.grad, entry["grad_seed_ones"], rtol=1e-12)


def test_exact_figures_of_the_logistic_loss():
    entry = FIGURES["logistic_pm1.none"]
    a = ag.InitialNode(entry["inputs"]["a"])
    L = nn.LogisticLoss("none")(a, entry["inputs"]["y"])
    L.backward()
    np.testing.assert_allclose(L.value, entry["value"], rtol=1e-12)
    np.testing.assert_allclose(a.grad, entry["grad"]["a"], rtol=1e-12)


@every_loss
def test_float32_stays_float32(kind, scores, labels, formula):
    node = ag.InitialNode(scores.astype(np.float32))
    L = kind()(node, labels)
    L.backward()
    assert L.dtype == node.grad.dtype == np.float32


@every_loss
def test_a_graph_can_be_run_again_with_other_labels_and_more_rows(kind, scores, labels, formula):
    x = ag.InitialNode(scores[:1])
    y = ag.InitialNode(labels[:1], requires_grad=False)
    graph = ag.Graph(kind()(x, y))
    x.value, y.value = scores, labels
    np.testing.assert_allclose(graph.forward(), np.mean(formula(scores, labels)), rtol=1e-13)


@every_loss
def test_a_nan_score_gives_a_nan_loss(kind, scores, labels, formula):
    """So that a training that diverges is found by its loss, and traced to its origin."""
    bad = scores.copy()
    bad[0, 0] = np.nan
    assert np.isnan(kind()(bad, labels).value)


@pytest.mark.parametrize("reduction", ["mean", "sum", "none"])
@every_loss
def test_a_column_of_scores_against_flat_labels_is_an_error(
    kind, scores, labels, formula, reduction
):
    column, flat = np.full((3, 1), 0.5), [1, 1, 1] if labels is not CLASSES else [0, 0, 0]
    with pytest.raises(ValueError, match=r"labels\.reshape\(\(3, 1\)\)") as error:
        kind(reduction)(column, np.array(flat))
    assert f"{kind.__name__}: the scores are (3, 1)" in str(error.value)


@every_loss
def test_labels_that_are_nan_or_too_few_or_missing(kind, scores, labels, formula):
    with pytest.raises(ValueError, match=rf"{kind.__name__}: {labels.size} of {labels.size} label"):
        kind()(scores, labels * np.nan)
    with pytest.raises(ValueError, match=f"{kind.__name__}: the scores are .* the labels are"):
        kind()(scores, labels[:5])
    with pytest.raises(ValueError, match=f"{kind.__name__}: there is no mean of no observations"):
        kind()(scores[:0], labels[:0])
    assert kind("sum")(scores[:0], labels[:0]).item() == 0


@every_loss
def test_the_reduction_is_checked(kind, scores, labels, formula):
    with pytest.raises(ValueError, match=rf"{kind.__name__}: .*'mean', 'sum' or 'none'"):
        kind("average")


@pytest.mark.parametrize("dtype", [np.float64, np.float32])
@pytest.mark.parametrize(
    ("loss", "scores", "labels", "value", "gradient"),
    [
        (nn.BCEWithLogitsLoss("sum"), [[np.inf], [-np.inf]], [[1], [0]], 0, [[0], [0]]),
        (nn.BCEWithLogitsLoss("sum"), [[np.inf], [0.0]], [[1], [1]], np.log(2), [[0], [-0.5]]),
        (nn.BCEWithLogitsLoss("sum"), [[-np.inf]], [[1]], np.inf, [[-1]]),
        (nn.LogisticLoss("sum"), [[np.inf], [-np.inf]], [[1], [-1]], 0, [[0], [0]]),
        (nn.BCELoss("sum"), [[1.0], [0.0]], [[1], [0]], 0, [[-1], [1]]),
        (
            nn.CrossEntropyLoss(),
            [[1, 2, -np.inf]],
            [[0.5, 0.5, 0.0]],
            0.813262,
            [[-0.231059, 0.231059, 0]],
        ),
        (nn.CrossEntropyLoss(), [[1, 2, -np.inf]], [1], 0.313262, [[0.268941, -0.268941, 0]]),
        (nn.CrossEntropyLoss(), [[1, -np.inf]], [[0.5, 0.5]], np.inf, None),
        (
            nn.CrossEntropyLoss("sum", weight=[1, 0]),
            [[1.0, -np.inf], [1.0, 1.0]],
            [1, 0],
            np.log(2),
            [[0, 0], [-0.5, 0.5]],
        ),
        (nn.NLLLoss("sum", weight=[1, 0]), [[0.0, -np.inf]], [1], 0, [[0, 0]]),
    ],
)
def test_infinite_scores(dtype, loss, scores, labels, value, gradient):
    Z = ag.InitialNode(np.array(scores, dtype))
    integers = loss.__class__ in (nn.CrossEntropyLoss, nn.NLLLoss) and np.ndim(labels) == 1
    J = loss(Z, np.array(labels) if integers else np.array(labels, dtype))
    np.testing.assert_allclose(J.value, value, rtol=1e-6)
    if gradient is not None:
        J.backward()
        np.testing.assert_allclose(Z.grad, gradient, atol=1e-6)


@pytest.mark.parametrize("cost", ["CostLogReg", "CostCrossEntropy"])
def test_infinite_scores_in_the_lectures_costs(cost):
    functions = nn.lecture.functions
    Z, t = ag.InitialNode([[np.inf, -np.inf]]), np.array([[1.0, 0.0]])
    output = functions.sigmoid if cost == "CostLogReg" else functions.softmax
    if cost == "CostCrossEntropy":
        Z = ag.InitialNode([[0.0, -np.inf]])
    J = functions.from_scores(output, getattr(functions, cost), t, Z)
    assert J.item() == 0


def test_means_of_more_rows_than_float16_can_count():
    n = 70_000
    Z, y = ag.InitialNode(np.zeros((n, 2), np.float16)), np.zeros(n, int)
    for loss in (
        nn.CrossEntropyLoss(),
        nn.CrossEntropyLoss(weight=[1, 1]),
        nn.CrossEntropyLoss(label_smoothing=0.1),
        nn.NLLLoss(weight=[2, 1]),
    ):
        J = loss(Z, y)
        assert abs(J.item() - (0 if isinstance(loss, nn.NLLLoss) else np.log(2))) < 1e-3
        Z.zero_grad()
        J.backward()
        slope = 1 if isinstance(loss, nn.NLLLoss) else 0.5 - loss.label_smoothing / 2
        np.testing.assert_allclose(Z.grad[:, 0], -slope / n, atol=6e-8)
    Z.zero_grad()
    nn.CrossEntropyLoss(weight=[1000.0, 3000.0])(Z, np.arange(n) % 2).backward()
    np.testing.assert_allclose(Z.grad[:2, 0], [-0.25 / n, 0.75 / n], atol=6e-8)
    A = ag.InitialNode(np.full((n, 1), 0.5, np.float16))
    for loss in (nn.MSELoss(), nn.L1Loss(), nn.HuberLoss(), nn.BCELoss()):
        A.zero_grad()
        J = loss(A, np.zeros((n, 1)))
        assert np.isfinite(J.item())
        assert J.item() > 0.1
        J.backward()
        assert (A.grad > 0).all()
