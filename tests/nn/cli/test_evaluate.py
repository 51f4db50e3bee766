"""`evaluate`: figures for the test part, or for a file with the target."""

import numpy as np
import pytest

from nn import cli, data
from nn.checkpoints import load, save

ROWS = [f"{x},{'a' if x < 4 else 'b'},{'high' if x > 5 else 'low'},{2 * x + 1}" for x in range(12)]
CSV = "x,kind,level,y\n" + "\n".join(ROWS) + "\n"


@pytest.fixture
def trained(folder):
    (folder / "d.csv").write_text(CSV)
    for target, ignored, out in (("level", "y", "classes"), ("y", "level", "numbers")):
        argv = ["train", "d.csv", "--target", target, "--ignore", ignored, "--out", out]
        assert cli.main([*argv, "--quiet", "--no-check"]) == 0


def printed(capsys, *argv):
    capsys.readouterr()
    assert cli.main(list(argv)) == 0
    return capsys.readouterr().out.splitlines()


def test_the_test_part(trained, capsys):
    first, second, names, *rows = printed(capsys, "evaluate", "classes")
    accuracy = load("classes")[1]["test"]["accuracy"]
    assert first == f"d, the 3 test observations of seed 0: accuracy {accuracy:.4f}"
    assert second.startswith("confusion matrix (rows: true class")
    assert names.split() == ["high", "low"]
    counts = np.array([[int(n) for n in row.split()[1:]] for row in rows])
    assert counts.sum() == 3
    assert np.trace(counts) / 3 == pytest.approx(accuracy)


def test_a_regression(trained, capsys):
    (line,) = printed(capsys, "evaluate", "numbers", "--data", "d.csv")
    figures = line.partition("d.csv, 12 observations: R2 ")[2]
    r2, rmse, mae = (float(part.split()[-1]) for part in figures.split(","))
    rows = printed(capsys, "predict", "numbers", "--data", "d.csv")
    assert rows[0] == "y"
    error = np.array(rows[1:], float) - (2 * np.arange(12) + 1)
    np.testing.assert_allclose(rmse, np.sqrt(np.mean(error**2)), rtol=1e-4)
    np.testing.assert_allclose(mae, np.abs(error).mean(), rtol=1e-4)
    np.testing.assert_allclose(r2, 1 - np.mean(error**2) / np.var(2 * np.arange(12)), atol=1e-4)


def test_a_single_row_has_no_r2(trained, folder, capsys):
    (folder / "one.csv").write_text("x,kind,level,y\n3,a,low,7\n")
    (line,) = printed(capsys, "evaluate", "numbers", "--data", "one.csv")
    assert line.startswith("one.csv, 1 observations: root mean squared error ")


def test_columns_in_another_order(trained, folder, capsys):
    lines = [line.split(",") for line in CSV.splitlines()]
    turned = "\n".join(",".join([*line[::-1], "surplus"]) for line in lines)
    (folder / "turned.csv").write_text(turned)
    first, second = (
        printed(capsys, "evaluate", "classes", "--data", name)[0].partition(":")[2]
        for name in ("d.csv", "turned.csv")
    )
    assert first == second


def test_a_data_set_takes_features_and_class_without_a_header(moons, folder, capsys):
    test = data.load("moons", 0)
    classes = [test.classes[k] for k in test.y_test]
    rows = [f"{x!r},{y!r},{k}" for (x, y), k in zip(test.X_test.tolist(), classes, strict=True)]
    (folder / "f.csv").write_text("\n".join(rows))
    by_file, by_name = (printed(capsys, "evaluate", moons, *a) for a in (["--data", "f.csv"], []))
    assert by_file[1:] == by_name[1:]


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("x,kind,y\n1,a,3\n", "there is no column 'level'"),
        ("x,level,y\n1,low,3\n", "there is no column 'kind'"),
        ("x,kind,level\n1,c,low\n", "column 'kind', row 1: 'c' is none of a, b"),
        ("x,kind,level\n1,a,mid\n", "column 'level', row 1: 'mid' is none of high, low"),
        ("x,kind,level\nq,a,low\n", "column 'x': 1 cells are no finite numbers: row 1 ('q')"),
        ("x,kind,level\n1,a,low\n,a,low\n", "1 values are missing: row 2, column 'x'"),
    ],
)
def test_a_file_that_does_not_fit(trained, folder, fails, text, words):
    (folder / "f.csv").write_text(text)
    assert words in fails("evaluate", "classes", "--data", "f.csv")


def test_a_file_that_is_gone_or_has_changed(trained, folder, fails):
    (folder / "d.csv").write_text(CSV + "20,b,high,41\n")
    for command in ("evaluate", "predict"):
        assert "d.csv, on which it was trained, has changed since" in fails(command, "classes")
    (folder / "d.csv").unlink()
    assert "d.csv, on which it was trained, is gone: pass --data" in fails("evaluate", "classes")
    assert "there is no file d.csv" in fails("evaluate", "classes", "--data", "d.csv")


def test_another_data_set(moons, trained, fails):
    assert "it does not fit digits" in fails("evaluate", moons, "--data", "digits")
    assert "trained on d.csv; it does not fit moons" in fails(
        "predict", "classes", "--data", "moons"
    )


def test_a_broken_model(moons, fails):
    net, metadata = load(moons)
    net[0].weight.value = np.full(net[0].weight.shape, np.nan)
    save(net, "broken", metadata)
    assert "the model is broken" in fails("evaluate", "broken")
