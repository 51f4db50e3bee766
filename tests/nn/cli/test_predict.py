"""`predict`: answers for raw features, and files that are no models or do not fit."""

import csv
from pathlib import Path

import numpy as np
import pytest

from nn import cli, data
from nn.checkpoints import load, save
from nn.layers import MLP


def test_raw_features_from_a_csv_file(moons, folder, capsys):
    rows = data.load("moons", 0).X_test[:7]
    lines = [",".join(map(repr, map(float, row))) for row in rows]
    (folder / "x.csv").write_text("\ufeff" + "\r\n".join(lines) + "\r\n\r\n", encoding="utf-8")
    assert cli.main(["predict", moons, "--data", "x.csv"]) == 0
    header, *out = capsys.readouterr().out.splitlines()
    assert header == "class,p(upper),p(lower)"
    assert len(out) == 7
    net, _ = load(moons)
    for line, scores in zip(out, net(rows).value, strict=True):
        name, *p = line.split(",")
        assert name == ("upper", "lower")[scores.argmax()]
        expected = np.exp(scores) / np.exp(scores).sum()
        np.testing.assert_allclose([float(x) for x in p], expected, atol=1e-4)


def test_raw_features_are_scaled_as_in_training(folder, capsys):
    assert cli.main(["train", "cancer", "--epochs", "5", "--quiet", "--no-check"]) == 0
    cancer = data.load("cancer", 0)
    raw = cancer.scaler.inverse_transform(cancer.X_test)
    np.savetxt(folder / "x.csv", raw, delimiter=",")
    capsys.readouterr()
    assert cli.main(["predict", "models/cancer.safetensors", "--data", "x.csv"]) == 0
    predicted = [line.split(",")[0] for line in capsys.readouterr().out.splitlines()[1:]]
    labels = [cancer.classes[k] for k in cancer.y_test]
    right = np.mean(np.array(predicted) == labels)
    assert right > 0.9
    assert cli.main(["predict", "models/cancer.safetensors"]) == 0
    assert f"accuracy {right:.4f}" in capsys.readouterr().out


def test_names_with_commas_are_quoted(folder, capsys):
    rows = "".join(f'{x},"{"low, or so" if x < 5 else "high"}"\n' for x in range(10))
    (folder / "d.csv").write_text("x,level\n" + rows)
    assert cli.main(["train", "d.csv", "--target", "level", "--quiet", "--out", "m"]) == 0
    capsys.readouterr()
    assert cli.main(["predict", "m", "--data", "d.csv"]) == 0
    out = list(csv.reader(capsys.readouterr().out.splitlines()))
    assert out[0] == ["class", "p(high)", "p(low, or so)"]
    assert {len(row) for row in out} == {3}
    assert cli.main(["predict", "m"]) == 0
    assert "d, the 2 test observations of seed 0: accuracy" in capsys.readouterr().out


def test_numbers_are_in_the_units_of_the_target(folder, capsys):
    rows = "".join(f"{x},{1000 + 50 * x}\n" for x in range(40))
    (folder / "d.csv").write_text("x,y\n" + rows)
    argv = "train d.csv --target y --layers none --l2 0 --optimizer sgd --epochs 300 --decay linear"
    argv += " --quiet --out m"
    assert cli.main(argv.split()) == 0
    (folder / "new.csv").write_text("x\n2.5\n30\n")
    capsys.readouterr()
    assert cli.main(["predict", "m", "--data", "new.csv"]) == 0
    name, *values = capsys.readouterr().out.splitlines()
    assert name == "y"
    np.testing.assert_allclose([float(v) for v in values], [1125, 2500], rtol=1e-5)
    assert cli.main(["predict", "m"]) == 0
    table = capsys.readouterr().out.splitlines()[2:]
    for row in table[:8]:
        _, predicted, true = map(float, row.split())
        assert predicted == pytest.approx(true, rel=1e-5)


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("1,2\n3\n", "1 values are missing: row 2, column '2'"),
        ("1,2,3\n", "has 3 columns of features, but the model needs 2"),
        ("1;2\n", "1 cells are no finite numbers: row 1 ('1;2')"),
        ("1,2\n\n3,four\n", "column '2': 1 cells are no finite numbers: row 2 ('four')"),
        ("a,b\n1,2\n", "row 1 ('a') (the file must have no header)"),
        ("a,b\n", "row 1 ('a') (the file must have no header)"),
        ("1,\n", "row 1, column '2'"),
        ("1,2\n1_0,2\n", "row 2 ('1_0')"),
        ("1,2\n1,nan\n", "row 2, column '2'"),
        ("1,1e999\n", "row 1 ('1e999')"),
        ("0,0\n1e300,1e300\n", "observation 2 overflow"),
        ("", "can't be read as a CSV file"),
        ("\n\n", "can't be read as a CSV file"),
    ],
)
def test_a_csv_file_that_does_not_fit(moons, folder, fails, text, words):
    (folder / "x.csv").write_text(text)
    assert words in fails("predict", moons, "--data", "x.csv")


def test_a_binary_file_is_no_csv_file(moons, folder, fails):
    (folder / "x.csv").write_bytes(b"\xff\xfe\x00\x01")
    assert "can't be read as a CSV file" in fails("predict", moons, "--data", "x.csv")
    assert "can't be read" in fails("predict", moons, "--data", ".")
    assert "there is no file none" in fails("predict", moons, "--data", "none")


def test_files_that_are_no_models(moons, folder, fails):
    whole = Path(moons).read_bytes()
    for n in (0, 5, 100, 700, len(whole) // 2, len(whole) - 1):
        (folder / "cut").write_bytes(whole[:n])
        assert "cut is no model file, or is damaged" in fails("predict", "cut")
    save(MLP([2, 2]), "bare")
    assert "not one that `python -m nn train` wrote" in fails("predict", "bare")
    _, metadata = load(moons)
    save(MLP([3, 2]), "other", metadata)
    assert "not one that `python -m nn train` wrote" in fails("predict", "other")
    save(MLP([2, 3]), "other", metadata)
    assert "3 scores for 2 classes" in fails("predict", "other")


@pytest.mark.parametrize("key", ["source", "classes", "reading", "offset", "scale"])
@pytest.mark.parametrize("value", [None, 3, ["x"], {"evil": 1}])
def test_hostile_metadata(moons, fails, key, value):
    net, metadata = load(moons)
    save(net, "m", metadata | {key: value})
    Path("x.csv").write_text("1,2\n")
    assert "not one that `python -m nn train` wrote" in fails("predict", "m", "--data", "x.csv")
