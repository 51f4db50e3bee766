"""Splits keep what belongs together, and have the sizes and shares that were asked for."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from nn.data import train_test_split, train_validation_test_split


@given(st.integers(2, 200), st.floats(0.01, 0.99), st.integers(0, 1000), st.booleans())
def test_pairs_stay_together_and_nothing_is_lost(n, size, seed, shuffle):
    X, y = np.arange(2 * n).reshape(n, 2), np.arange(n) * 3
    n_test = int(np.ceil(size * n))
    if n_test >= n:
        with pytest.raises(ValueError, match="none is left"):
            train_test_split(X, y, test_size=size)
        return
    split = train_test_split(X, y, test_size=size, random_state=seed, shuffle=shuffle)
    X_train, X_test, y_train, y_test = split
    assert len(X_test) == len(y_test) == n_test
    for rows, labels in ((X_train, y_train), (X_test, y_test)):
        np.testing.assert_array_equal(rows[:, 0] * 3, labels * 2)
    assert sorted([*y_train, *y_test]) == y.tolist()
    again = train_test_split(X, y, test_size=size, random_state=seed, shuffle=shuffle)
    assert all(np.array_equal(a, b) for a, b in zip(split, again, strict=True))
    if not shuffle:
        np.testing.assert_array_equal(np.concatenate([y_train, y_test]), y)


@given(st.lists(st.integers(3, 40), min_size=1, max_size=6), st.integers(0, 99))
def test_stratified_shares_are_right_to_within_one(members, seed):
    y = np.random.default_rng(seed).permutation(np.repeat(np.arange(len(members)), members))
    n = len(y)
    sizes = {"validation_size": max(len(members), n // 5), "test_size": max(len(members), n // 4)}
    if sum(sizes.values()) > n // 2:
        return
    rows = np.arange(n)
    parts = train_validation_test_split(rows, random_state=seed, stratify=y, **sizes)
    assert [len(part) for part in parts[1:]] == list(sizes.values())
    assert sorted(np.concatenate(parts)) == rows.tolist()
    for part in parts[1:]:
        share = np.array(members) * len(part) / n
        assert np.absolute(np.bincount(y[part], minlength=len(members)) - share).max() < 1 + 1e-9


def test_sizes_are_scikit_learns():
    from sklearn.model_selection import train_test_split as theirs

    for n, size in ((1797, 0.2), (569, 0.25), (10, 0.3), (150, 0.1), (7, 3), (100, 0.07)):
        ours = [len(part) for part in train_test_split(np.arange(n), test_size=size)]
        assert ours == [len(part) for part in theirs(np.arange(n), test_size=size)]
    assert [len(part) for part in train_test_split(np.arange(1797), test_size=0.2)] == [1437, 360]


def test_seeds_and_generators():
    rows = np.arange(50)
    a, b = (train_test_split(rows, random_state=seed)[1] for seed in (0, 1))
    assert not np.array_equal(a, b)
    rng = np.random.default_rng(0)
    first, second = (train_test_split(rows, random_state=rng)[1] for _ in range(2))
    np.testing.assert_array_equal(first, a)
    assert not np.array_equal(first, second)


def test_three_parts():
    parts = train_validation_test_split(
        np.arange(100), list("ab" * 50), validation_size=0.1, test_size=30, shuffle=False
    )
    assert [len(part) for part in parts] == [60, 10, 30] * 2
    np.testing.assert_array_equal(np.concatenate(parts[:3]), np.arange(100))


@pytest.mark.parametrize(
    ("arguments", "options", "words"),
    [
        ([], {}, "the arrays have no rows"),
        ([np.ones(3), np.ones(2)], {}, r"\[3, 2\] rows"),
        ([np.ones(3)], {"test_size": 0.0}, "must be a fraction"),
        ([np.ones(3)], {"test_size": 1.5}, "must be a fraction"),
        ([np.ones(3)], {"test_size": 3}, "none is left"),
        ([np.ones(3)], {"test_size": True}, "must be a fraction"),
        ([np.ones(4)], {"stratify": [0, 1, 1, 1]}, r"class .0. has|classes \(0\) has 1"),
        ([np.ones(4)], {"stratify": [0, 1]}, r"stratify has shape \(2,\)"),
        ([np.ones(4)], {"stratify": [0, 0, 1, 1], "shuffle": False}, "needs shuffle"),
    ],
)
def test_errors(arguments, options, words):
    with pytest.raises(ValueError, match=words):
        train_test_split(*arguments, **options)
