"""The built-in data sets, their split and scaling."""

import sys

import numpy as np
import pytest

from nn.data import load


@pytest.mark.parametrize(
    ("name", "sizes", "features", "classes"),
    [("digits", (1437, 360), 64, 10), ("moons", (400, 100), 2, 2), ("cancer", (455, 114), 30, 2)],
)
def test_sizes_and_types(name, sizes, features, classes):
    data = load(name, seed=3, dtype=np.float32)
    assert (len(data.X_train), len(data.X_test)) == (len(data.y_train), len(data.y_test)) == sizes
    assert data.n_features == data.X_test.shape[1] == features
    assert len(data.classes) == classes
    assert data.X_train.dtype == data.X_test.dtype == np.float32
    for y in (data.y_train, data.y_test):
        assert y.dtype.kind == "i"
        assert set(y) == set(range(classes))


@pytest.mark.parametrize("name", ["digits", "moons", "cancer"])
def test_the_seed_decides_the_split(name):
    a, b, c = load(name, 1), load(name, 1), load(name, 2)
    np.testing.assert_array_equal(a.X_test, b.X_test)
    np.testing.assert_array_equal(a.y_train, b.y_train)
    assert not np.array_equal(a.X_test, c.X_test)


@pytest.mark.parametrize("name", ["digits", "moons", "cancer"])
def test_every_class_is_split_in_the_same_proportion(name):
    data = load(name, 0)
    for k in range(len(data.classes)):
        n_test, n_train = (data.y_test == k).sum(), (data.y_train == k).sum()
        assert abs(n_test - 0.2 * (n_test + n_train)) <= 1.5


def test_the_split_keeps_every_observation_with_its_label():
    from sklearn.datasets import load_digits

    data, source = load("digits", 0), load_digits()
    label = {tuple(x): y for x, y in zip(source.data / 16, source.target, strict=True)}
    X, y = np.vstack([data.X_train, data.X_test]), np.concatenate([data.y_train, data.y_test])
    assert len(X) == 1797
    assert all(label[tuple(row)] == k for row, k in zip(X, y, strict=True))
    assert {tuple(row) for row in X} == set(label)


def test_scaling_uses_the_training_part_only():
    data = load("cancer", 0)
    np.testing.assert_allclose(data.X_train.mean(axis=0), 0, atol=1e-12)
    np.testing.assert_allclose(data.X_train.std(axis=0), 1, rtol=1e-12)
    assert np.abs(data.X_test.mean(axis=0)).max() > 1e-3
    digits = load("digits", 0)
    assert digits.X_train.min() == 0
    assert digits.X_train.max() == 1
    np.testing.assert_array_equal(
        digits.scaler.transform(np.full((1, 64), 8.0)), np.full((1, 64), 0.5)
    )


def test_unknown_names_and_seeds():
    with pytest.raises(ValueError, match="no data set 'mnist'; there are digits, moons, cancer"):
        load("mnist")
    with pytest.raises(ValueError, match="seed must not be negative"):
        load("moons", -1)


def test_a_missing_package_is_named_with_the_remedy(monkeypatch):
    monkeypatch.setitem(sys.modules, "sklearn", None)
    with pytest.raises(ImportError, match=r"needs scikit-learn.*autograd-core\[train\]"):
        load("digits")
