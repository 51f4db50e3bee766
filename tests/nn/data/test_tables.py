"""CSV files to train on: what is to be learnt, split in shares, and scaled by the training part."""

import numpy as np
import pytest

from nn.data import load_csv, read_csv


@pytest.fixture
def path(tmp_path):
    return tmp_path / "table.csv"


def written(path, columns):
    """A file of columns by name."""
    rows = zip(*columns.values(), strict=True)
    lines = [",".join(columns), *(",".join(map(str, row)) for row in rows)]
    path.write_text("\n".join(lines))
    return path


X = np.random.default_rng(0).normal(5, 3, 40).tolist()


@pytest.mark.parametrize(
    ("target", "options", "classes"),
    [
        (["b", "a"] * 20, {}, ("a", "b")),
        ([10, 9] * 20, {}, ("9", "10")),
        ([0.5, 1.5] * 20, {}, ()),
        ([0.5, 1.5] * 20, {"task": "classification"}, ("0.5", "1.5")),
        ([10, 9] * 20, {"task": "regression"}, ()),
        (list(range(40)), {}, ()),  # too many to be classes
        (["+1", "-1"] * 20, {}, ("-1", "+1")),
    ],
)
def test_what_is_to_be_learnt(path, target, options, classes):
    data = load_csv(written(path, {"x": X, "y": target}), "y", **options)
    assert data.classes == classes
    assert data.task == ("classification" if classes else "regression")
    assert data.n_outputs == (len(classes) or 1)
    assert (len(data.X_train), len(data.X_test), data.n_features) == (32, 8, 1)
    if classes:
        assert data.y_train.shape == (32,)
        assert np.bincount(data.y_test).tolist() == [4, 4]
        assert data.test_labels() is data.y_test
    else:
        assert data.y_train.shape == (32, 1)
        np.testing.assert_allclose([data.y_train.mean(), data.y_train.std()], [0, 1], atol=1e-12)
        assert set(data.test_labels().round(9)) <= set(map(float, target))


def test_pairs_stay_together_and_the_training_part_scales(path):
    target = [3 * x + 1 for x in X]
    data = load_csv(written(path, {"x": X, "y": target}), "y", seed=3)
    raw = data.scaler.inverse_transform(data.X_test)[:, 0]
    np.testing.assert_allclose(data.test_labels(), 3 * raw + 1, rtol=1e-12)
    np.testing.assert_allclose(data.X_train.mean(), 0, atol=1e-12)
    other = load_csv(path, "y", seed=4)
    assert not np.array_equal(other.X_test, data.X_test)
    assert load_csv(path, "y", seed=3, dtype=np.float32).y_test.dtype == np.float32


def test_other_files_are_read_alike(path):
    columns = {"x": X, "colour": ["red", "green"] * 20, "id": range(40), "y": ["n", "m"] * 20}
    data = load_csv(written(path, columns), "y", ignore=["id"])
    assert data.n_features == 3
    path.write_text("colour,more,x\ngreen,1,2.5\n")
    table = read_csv(path, **data.reading)
    np.testing.assert_array_equal(table.features, [[2.5, 1, 0]])


def test_a_rare_class_is_no_obstacle(path):
    """It has no observation for both parts, so the parts are drawn without regard to classes."""
    data = load_csv(written(path, {"x": X, "y": ["a"] * 20 + ["b"] * 19 + ["c"]}), "y")
    assert data.classes == ("a", "b", "c")
    assert len(data.y_test) == 8


@pytest.mark.parametrize(
    ("target", "arguments", "words"),
    [
        (["a"] * 40, {}, "all of column 'y' is a: there is nothing to learn"),
        ([1.5] * 40, {}, "all of column 'y' is 1.5: there is nothing to learn"),
        (["a", "b"] * 20, {"target": "z"}, "no column 'z'; there are 'x', 'y'"),
        (["a", "b"] * 20, {"ignore": ["z"]}, "no column 'z'"),
        (["a", "b"] * 20, {"ignore": ["x"]}, "no column but 'y' to predict it from"),
        (["a", "b"] * 20, {"task": "regression"}, r"40 cells are no finite numbers: row 1 \('a'\)"),
        ([*["a", "b"] * 19, "c", ""], {}, "1 values are missing: row 40, column 'y'"),
        (["a", "b"] * 20, {"categorical": ["y"]}, "'y', named in categorical, is no feature"),
    ],
)
def test_what_can_not_be_learnt(path, target, arguments, words):
    written(path, {"x": X, "y": target})
    with pytest.raises(ValueError, match=words):
        load_csv(path, **{"target": "y", **arguments})


def test_names_are_no_classes(path):
    written(path, {"x": range(60), "y": [f"n{i}" for i in range(60)]})
    with pytest.raises(ValueError, match="of 60 entries of column 'y' 60 are different"):
        load_csv(path, "y")


def test_rows_with_missing_values_can_be_left_out(path):
    written(path, {"x": [*X[:-1], ""], "y": ["a", "b"] * 20})
    data = load_csv(path, "y", missing="drop")
    assert len(data.X_train) + len(data.X_test) == 39
