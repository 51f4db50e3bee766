"""CSV files: numbers, categories, labels; and every cell that is wrong named."""

import sys

import numpy as np
import pytest

import nn
from nn.data import CSVDataset, column_names, read_csv

FRUIT = "size, colour ,kind,price\n3,red,apple,1.5\n9,green,melon,4\n\n4, red,apple,2e0\n"


@pytest.fixture
def path(tmp_path):
    return tmp_path / "a.csv"


def written(path, text):
    path.write_text(text, encoding="utf-8")
    return path


def test_numbers_categories_and_labels(path):
    table = read_csv(written(path, FRUIT), label="kind")
    assert table.names == ("size", "colour=green", "colour=red", "price")
    np.testing.assert_array_equal(table.features, [[3, 0, 1, 1.5], [9, 1, 0, 4], [4, 0, 1, 2]])
    np.testing.assert_array_equal(table.labels, [0, 1, 0])
    assert table.labels.dtype == np.int64
    assert table.classes == ("apple", "melon")
    assert table.categories == {"colour": ("green", "red")}


def test_stored_categories_and_classes_read_another_file_alike(path):
    first = read_csv(written(path, FRUIT), label="kind")
    written(path, "size,colour,kind,price\n1,green,melon,2\n")
    stored = {"categories": first.categories, "classes": first.classes}
    table = read_csv(path, label="kind", **stored)
    np.testing.assert_array_equal(table.features, [[1, 1, 0, 2]])
    np.testing.assert_array_equal(table.labels, [1])
    assert table.names == first.names
    written(path, "size,colour,kind,price\n1,green,melon,2\n1,blue,melon,2\n")
    with pytest.raises(ValueError, match="column 'colour', row 2: 'blue' is none of green, red"):
        read_csv(path, label="kind", **stored)
    written(path, "size,colour,kind,price\n1,red,kiwi,2\n")
    with pytest.raises(ValueError, match="column 'kind', row 1: 'kiwi' is none of apple, melon"):
        read_csv(path, label="kind", **stored)


def test_with_stored_categories_other_columns_must_be_numbers(path):
    """What was a column of numbers is not taken for categories when the numbers are gone."""
    first = read_csv(written(path, "a,colour\n1,red\n2,green\n"))
    assert first.columns == ("a", "colour")
    written(path, "colour,a,more\nred,much,1\ngreen,little,2\n")
    stored = {"features": first.columns, "categories": first.categories}
    with pytest.raises(
        ValueError, match=r"column 'a': 2 cells are no finite numbers: row 1 \('much'"
    ):
        read_csv(path, **stored)
    written(path, "colour,a,more\nred,3,1\ngreen,4,2\n")
    table = read_csv(path, **stored)
    assert table.names == first.names
    np.testing.assert_array_equal(table.features, [[3, 0, 1], [4, 1, 0]])


def test_names_are_no_categories(path):
    rows = "".join(f"n{i},town {i % 60},{i}\n" for i in range(121))
    written(path, "name,town,y\n" + rows)
    with pytest.raises(ValueError, match="column 'name': of 121 texts 121 are different"):
        read_csv(path, "y")
    assert read_csv(path, "y", features=["town"]).features.shape == (121, 60)
    assert read_csv(path, "y", categorical=["name"]).features.shape == (121, 181)


def test_without_a_header(path):
    table = read_csv(written(path, "1,2,x\n3,4,y\n"), -1, header=False)
    assert (table.names, table.classes) == (("1", "2"), ("x", "y"))
    np.testing.assert_array_equal(table.features, [[1, 2], [3, 4]])


def test_names_in_the_header(path):
    assert column_names(written(path, "\ufeffa; b\n1;2\n"), ";") == ["a", "b"]


def test_whole_labels_that_no_integer_holds_exactly_stay_numbers(path):
    table = read_csv(written(path, "a,y\n1,99999999999999999999\n2,3\n"), "y")
    np.testing.assert_array_equal(table.labels, [1e20, 3.0])


def test_classes_may_be_given_as_numbers(path):
    table = read_csv(written(path, "a,y\n1,7\n2,3\n"), "y", classes=[3, 7])
    assert (table.classes, table.labels.tolist()) == (("3", "7"), [1, 0])


def test_kinds_of_labels(path):
    written(path, "x,whole,real,digits\n1,3,0.5,10\n2,-1,1,9\n3,3,2,10\n")
    for label, expected, kind in (("whole", [3, -1, 3], "i"), ("real", [0.5, 1, 2], "f")):
        table = read_csv(path, label, features=["x"])
        np.testing.assert_array_equal(table.labels, expected)
        assert (table.labels.dtype.kind, table.classes) == (kind, None)
    assert read_csv(path, "whole", task="regression").labels.dtype == np.float64
    table = read_csv(path, -1, task="classification", dtype=np.float32)
    assert table.classes == ("9", "10")  # by size
    np.testing.assert_array_equal(table.labels, [1, 0, 1])
    assert table.features.dtype == np.float32
    assert table.names == ("x", "whole", "real")
    unlabelled = read_csv(path)
    assert unlabelled.labels is None
    assert unlabelled.features.shape == (3, 4)


def test_columns_of_numbers_can_be_categories(path):
    table = read_csv(written(path, "a,b\n1,5\n2,6\n1,7\n"), categorical=["a"])
    assert table.names == ("a=1", "a=2", "b")
    np.testing.assert_array_equal(table.features, [[1, 0, 5], [0, 1, 6], [1, 0, 7]])


def test_missing_values(path):
    written(path, 'a,b,y\n1,,0\n2,x,1\nNA,"",1\n4,x,?\n5,z,0\n')
    with pytest.raises(
        ValueError,
        match=r"a\.csv: 4 values are missing: row 1, column 'b'; row 3, column 'a'; row 3, column "
        r"'b'; row 4, column 'y'.*missing='drop'",
    ):
        read_csv(path, "y")
    table = read_csv(path, "y", missing="drop")
    np.testing.assert_array_equal(table.features, [[2, 1, 0], [5, 0, 1]])
    np.testing.assert_array_equal(table.labels, [1, 0])
    np.testing.assert_array_equal(read_csv(path, features=["y"], missing="drop").features[:, 0],
                                  [0, 1, 1, 0])  # fmt: skip
    with pytest.raises(ValueError, match="every row has a missing value"):
        read_csv(written(path, "a,b\n,1\n2,\n"), missing="drop")
    with pytest.raises(ValueError, match="row 2, column 'b'"):  # a row that is too short
        read_csv(written(path, "a,b\n1,2\n3\n"))


@pytest.mark.parametrize("cell", ["abc", "1,5", "inf", "-1e999", "1_0", "0x10", "1 2"])
def test_cells_that_are_no_numbers(path, cell):
    written(path, f'a,y\n1,0\n,1\n"{cell}",1\n')
    with pytest.raises(ValueError, match=r"column 'a': 1 cells are no finite numbers: row 3 \('"):
        read_csv(path, "y", missing="drop")


@pytest.mark.parametrize(
    ("text", "options", "words"),
    [
        ("a,b\n1,2\n3,4,5\n", {}, "can't be read as a CSV file.*line 3"),
        ("a,a\n1,2\n", {}, "'a' more than once"),
        ("a,\n1,2\n", {}, "a column without a name"),
        ("a,b\n", {}, "no rows below the header 'a', 'b'"),
        ("", {}, "can't be read as a CSV file"),
        ("a,b\n1,2\n", {"label": "c"}, "no column 'c'; there are 'a', 'b'"),
        ("a,b\n1,2\n", {"label": 2}, "no column 2"),
        ("a,b\n1,2\n", {"features": ["c"]}, "no column 'c'"),
        (
            "a,b\n1,2\n",
            {"categorical": ["c"]},
            "'c', named in categorical, is no feature; these are 'a', 'b'",
        ),
        ("a,b\n1,2\n", {"task": "clustering"}, "task must be"),
        ("a,b\n1,2\n", {"missing": "guess"}, "missing must be"),
        ("a,b\n1,x\n2,1\n", {"label": "b", "task": "regression"}, r"row 1 \('x'\)"),
        ("a,b\n1,x\n2,1\n", {"label": "b"}, r"\('x'\); if they are classes, pass task='class"),
        ("a,b\n1,2\n", {"separator": "||"}, "the separator must be one character, but is"),
        ("a,b\n1,2\n", {"separator": ""}, "the separator must be one character, but is ''"),
        ("a\n1e300\n", {"dtype": np.float32}, "column 'a': numbers are too large for float32"),
    ],
)
def test_files_and_arguments_that_are_wrong(path, text, options, words):
    with pytest.raises(ValueError, match=words):
        read_csv(written(path, text), **options)


def test_a_file_that_is_not_there_or_no_text(tmp_path):
    with pytest.raises(FileNotFoundError):
        read_csv(tmp_path / "none.csv")
    (tmp_path / "b").write_bytes(b"\xff\xfe\x00\x01")
    with pytest.raises(ValueError, match="can't be read as a CSV file"):
        read_csv(tmp_path / "b")


def test_byte_order_mark_separator_and_quotes(path):
    written(path, '\ufeffa;b\r\n1;"x; y"\r\n2;"z"\r\n')
    table = read_csv(path, separator=";")
    assert table.names == ("a", "b=x; y", "b=z")


def test_a_csv_file_as_a_dataset(path):
    """Features and labels of a file, by number and in batches (the data set of the lectures)."""
    rng = np.random.default_rng(0)
    X = rng.standard_normal((2500, 3))
    lines = [f"{','.join(map(repr, map(float, x)))},{int(x[0] > 0)}" for x in X]
    data = CSVDataset(written(path, "a,b,c,label\n" + "\n".join(lines)), label="label")
    assert len(data) == 2500
    np.testing.assert_array_equal(data[7][0], X[7])
    np.testing.assert_array_equal(data.arrays[0], X)
    assert data.table.names == ("a", "b", "c")
    batches = list(nn.DataLoader(data, batch_size=1000, shuffle=True, rng=0))
    assert [len(labels) for _, labels in batches] == [1000, 1000, 500]
    for features, labels in batches:
        np.testing.assert_array_equal(labels, features[:, 0] > 0)
    assert len(CSVDataset(path)[0]) == 1


def test_a_missing_package_is_named_with_the_remedy(path, monkeypatch):
    monkeypatch.setitem(sys.modules, "pandas", None)
    with pytest.raises(ImportError, match=r"read_csv needs pandas.*autograd-core\[train\]"):
        read_csv(written(path, FRUIT))
