"""Metrics agree with scikit-learn's, and refuse what can't be compared."""

import json
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from nn import metrics
from nn.metrics import accuracy_score, confusion_matrix, r2_score

EXACT = json.loads((Path(__file__).parents[1] / "data" / "exact.json").read_text("utf-8"))


@given(st.integers(1, 40), st.integers(2, 5), st.integers(0, 999))
def test_as_scikit_learn(n, K, seed):
    from sklearn import metrics as theirs

    rng = np.random.default_rng(seed)
    y, scores = rng.integers(0, K, n), rng.standard_normal((n, K))
    predicted = scores.argmax(axis=1)
    for p in (scores, predicted):
        assert accuracy_score(y, p) == theirs.accuracy_score(y, predicted)
        np.testing.assert_array_equal(
            confusion_matrix(y, p, K), theirs.confusion_matrix(y, predicted, labels=range(K))
        )
    assert confusion_matrix(y, scores).shape == (K, K)
    if n > 1:
        for targets in (scores, scores[:, :1], scores[:, 0]):
            guess = targets + rng.standard_normal(targets.shape)
            np.testing.assert_allclose(
                r2_score(targets, guess), theirs.r2_score(targets, guess), rtol=1e-10, atol=1e-12
            )


def test_accuracy_of_the_lectures():
    entry = EXACT["001.accuracy"]
    assert accuracy_score(entry["y"], entry["pred"]) == entry["accuracy"]


def test_a_single_column_of_scores():
    scores = np.array([[2.0], [-1.0], [0.4]])
    assert (
        accuracy_score([1, 1, 1], scores) == accuracy_score([[1], [1], [1]], scores[:, 0]) == 2 / 3
    )
    assert accuracy_score([1, -1, -1], scores) == 2 / 3
    assert accuracy_score([1.0, 0.0, 0.0], scores, threshold=0.5) == 1
    np.testing.assert_array_equal(confusion_matrix([1, -1, -1], scores), [[1, 1], [0, 1]])
    np.testing.assert_array_equal(
        confusion_matrix([0, 2], [2, 2]), [[0, 0, 1], [0, 0, 0], [0, 0, 1]]
    )


def test_r2_of_constant_targets():
    assert r2_score([2.0, 2.0], [2.0, 2.0]) == 1
    assert r2_score([2.0, 2.0], [2.0, 2.1]) == 0


@pytest.mark.parametrize(
    ("call", "words"),
    [
        (lambda: accuracy_score([1, 0], [1, 0, 0]), r"labels are \(2,\) and the predictions are"),
        (lambda: accuracy_score([[1, 0]], [[1, 0]]), r"labels are \(1, 2\)"),
        (lambda: accuracy_score([], []), "at least one"),
        (lambda: accuracy_score([0.5], [[1.0, 2.0]]), "no whole numbers"),
        (lambda: accuracy_score([0, 2], [[1.0], [2.0]]), "a column for each class"),
        (lambda: accuracy_score([0, -1], [[1.0], [2.0]]), "a column for each class"),
        (lambda: confusion_matrix([0, 3], [0, 1], 2), "labels range from 0 to 3"),
        (lambda: confusion_matrix([0, -1], [0, 1]), "labels range from -1"),
        (lambda: accuracy_score([0, 1], [[np.nan, 1.0], [0.0, 1.0]]), "predictions that are nan"),
        (lambda: accuracy_score([0, np.nan], [0, 1]), "labels that are nan"),
        (lambda: accuracy_score(["a"], ["a"]), "labels that are <U1"),
        (lambda: r2_score([1.0, 2.0], [[1.0], [2.0]]), "alike"),
        (lambda: r2_score([1.0], [1.0]), "at least 2"),
        (lambda: metrics.named(["f1"]), "no metric 'f1'; there are accuracy, r2"),
    ],
)
def test_errors(call, words):
    with pytest.raises(ValueError, match=words):
        call()


def test_names():
    assert metrics.named("r2") == {"r2": r2_score}
    assert metrics.named({"own": max}) == {"own": max}
    assert list(metrics.named([accuracy_score, "confusion_matrix"])) == [
        "accuracy_score",
        "confusion_matrix",
    ]

    class Nameless:
        def __call__(self, y, p):
            return 0

    for unnamed in ([Nameless()], [max, max]):
        with pytest.raises(TypeError, match="pass a dictionary"):
            metrics.named(unnamed)
    assert metrics.named(max) == {"max": max}
    with pytest.raises(TypeError, match="'x' must be a function, but is 3"):
        metrics.named({"x": 3})


@pytest.mark.parametrize("size", [1e-200, 1e-160, 1.0, 1e150, 1e200, 1.7e307])
def test_r2_does_not_depend_on_the_unit(size):
    y, p = np.array([1.0, 2.0, 3.0]), np.array([1.0, 2.0, 3.5])
    assert r2_score(y * size, p * size) == pytest.approx(0.875, rel=1e-14)
    both = np.column_stack([y * size, y / size])
    assert r2_score(both, np.column_stack([p * size, p / size])) == pytest.approx(0.875, rel=1e-14)


def test_a_threshold_is_that_of_the_scores():
    y, p = [1, 0, 1, 0], np.array([[0.9], [0.2], [0.7], [0.4]])
    assert accuracy_score(y, p) == 0.5
    assert accuracy_score(y, p, 0.5) == accuracy_score(y, p - 0.5) == 1
    assert confusion_matrix(y, p, threshold=0.5).tolist() == [[2, 0], [0, 2]]
