"""The command line: what it prints, writes, and says when something is wrong."""

import os
import shlex
import signal
import subprocess
import sys
from pathlib import Path

import numpy as np
import pytest

import nn
from nn import cli, data
from nn.checkpoints import load, save
from nn.layers import MLP
from nn.training.loop import Run


@pytest.fixture(autouse=True)
def folder(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    return tmp_path


@pytest.fixture(scope="module")
def moons(tmp_path_factory):
    path = tmp_path_factory.mktemp("models") / "moons.safetensors"
    assert cli.main(["train", "moons", "--epochs", "30", "--quiet", "--out", str(path)]) == 0
    return str(path)


def fails(capsys, *argv, status=2):
    """Run a command that must fail; return its one line on the standard error."""
    assert cli.main(list(argv)) == status
    error = capsys.readouterr().err
    assert error.startswith("python -m nn: error: ")
    assert error.count("\n") == 1
    return error


def test_train_then_predict(capsys):
    assert cli.main(["train", "digits", "--epochs", "4", "--seed", "3"]) == 0
    out, err = capsys.readouterr()
    assert "3760 parameters" in out
    assert "gradient check: right, worst relative error" in out
    assert "training time: " in out
    assert "model written to models/digits.safetensors" in out
    assert "4/4" in err
    accuracy = next(line for line in out.splitlines() if line.startswith("test accuracy: "))
    accuracy = accuracy.split()[2]
    assert float(accuracy) > 0.85
    command = out.splitlines()[-1].removeprefix("use it with: python -m nn ")
    assert cli.main(shlex.split(command)) == 0
    out = capsys.readouterr().out
    assert f"the 360 test observations of seed 3: accuracy {accuracy}" in out
    assert cli.main(["predict", "models/digits.safetensors", "--data", "digits"]) == 0
    assert capsys.readouterr().out == out


def test_options_reach_the_training(capsys):
    argv = "train cancer --layers 7,5 --activation tanh --optimizer sgd --momentum 0.5 --epochs 2"
    argv += " --batch-size 16 --l2 0.01 --label-smoothing 0.1 --decay none --validation 0 --quiet"
    assert cli.main([*argv.split(), "--no-check", "--out", "a b/m"]) == 0
    out, err = capsys.readouterr()
    assert err == ""
    assert "gradient check" not in out
    assert "use it with: python -m nn predict 'a b/m'" in out
    net, metadata = load("a b/m")
    assert net.options() == {"units": [30, 7, 5, 2], "activation": "tanh"}
    assert metadata["settings"] == {
        "layers": [7, 5],
        "activation": "tanh",
        "optimizer": "sgd",
        "lr": 0.1,
        "epochs": 2,
        "batch_size": 16,
        "l2": 0.01,
        "momentum": 0.5,
        "label_smoothing": 0.1,
        "decay": "none",
        "validation": 0.0,
    }
    assert cli.main(["predict", "a b/m"]) == 0


def test_a_linear_model(capsys):
    assert cli.main(["train", "moons", "--layers", "none", "--epochs", "1", "--quiet"]) == 0
    assert "MLP(units=[2, 2], activation='relu'), 6 parameters" in capsys.readouterr().out


def test_the_same_seed_gives_the_same_file(folder):
    for name in "ab":
        argv = ["train", "moons", "--epochs", "1", "--quiet", "--no-check", "--out", name]
        assert cli.main(argv) == 0
    assert (folder / "a").read_bytes() == (folder / "b").read_bytes()


def test_predict_reads_raw_features_from_a_csv_file(moons, folder, capsys):
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
    right = np.mean([cancer.classes.index(k) == y for k, y in zip(predicted, cancer.y_test)])  # noqa: B905
    assert right > 0.9
    assert cli.main(["predict", "models/cancer.safetensors"]) == 0
    assert f"accuracy {right:.4f}" in capsys.readouterr().out


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("1,2\n3\n", "x.csv, row 2 has 1 columns, but the model needs 2"),
        ("1,2,3\n", "row 1 has 3 columns"),
        ("1;2\n", "separated by commas"),
        ("1,2\n\n3,four\n", "row 3, column 2: 'four' is not a number"),
        ("a,b\n1,2\n", "row 1, column 1: 'a' is not a number (the file must have no header)"),
        ("1,\n", "row 1, column 2: '' is not a number"),
        ("1,2\n1_0,2\n", "row 2, column 1: '1_0' is not a number"),
        ("1,2\n1,nan\n", "row 2, column 2: 'nan' is not a finite number"),
        ("1,1e999\n", "'1e999' is not a finite number"),
        ("0,0\n1e300,1e300\n", "observation 2 overflow"),
        ("", "has no rows"),
        ("\n\n", "has no rows"),
    ],
)
def test_a_csv_file_that_does_not_fit(moons, folder, capsys, text, words):
    (folder / "x.csv").write_text(text)
    assert words in fails(capsys, "predict", moons, "--data", "x.csv")


def test_a_binary_file_is_no_csv_file(moons, folder, capsys):
    (folder / "x.csv").write_bytes(b"\xff\xfe\x00\x01")
    assert "can't be read as a CSV file" in fails(capsys, "predict", moons, "--data", "x.csv")
    assert "can't be read" in fails(capsys, "predict", moons, "--data", ".")


def test_files_that_are_no_models(moons, folder, capsys):
    assert "there is no file none" in fails(capsys, "predict", "none")
    whole = Path(moons).read_bytes()
    for n in (0, 5, 100, 700, len(whole) // 2, len(whole) - 1):
        (folder / "cut").write_bytes(whole[:n])
        assert "cut is no model file, or is damaged" in fails(capsys, "predict", "cut")
    save(MLP([2, 2]), folder / "bare")
    assert "not one that `python -m nn train` wrote" in fails(capsys, "predict", "bare")
    _, metadata = load(moons)
    save(MLP([3, 2]), folder / "other", metadata)
    assert "not one that `python -m nn train` wrote" in fails(capsys, "predict", "other")
    save(MLP([2, 3]), folder / "other", metadata)
    assert "3 scores for 2 classes" in fails(capsys, "predict", "other")


def test_data_that_do_not_fit_the_model(moons, capsys):
    assert "it does not fit digits" in fails(capsys, "predict", moons, "--data", "digits")
    assert "neither a file nor a data set" in fails(capsys, "predict", moons, "--data", "nothing")


@pytest.mark.parametrize(
    ("argv", "words"),
    [
        ("train mnist", "no data set 'mnist'; there are digits, moons, cancer"),
        ("train", "DATA"),
        ("", "train | predict"),
        ("learn digits", "invalid choice: 'learn'"),
        ("train moons --layers 5,,3", "'' is not a whole number"),
        ("train moons --layers 0", "'0' is not a whole number"),
        ("train moons --layers 2.5", "'2.5' is not a whole number"),
        ("train moons --lr 0", "'0' is not a number above 0"),
        ("train moons --lr nan", "'nan' is not a number above 0"),
        ("train moons --lr x", "'x' is not a number above 0"),
        ("train moons --epochs 0", "'0' is not a whole number"),
        ("train moons --batch-size -3", "'-3' is not a whole number"),
        ("train moons --l2 -1", "'-1' is not a number of at least 0"),
        ("train moons --momentum 1", "below 1"),
        ("train moons --seed -1", "from 0 to 4294967295"),
        ("train moons --seed 1.5", "from 0 to 4294967295"),
        ("train moons --activation step", "invalid choice: 'step'"),
        ("train moons --optimizer lbfgs", "invalid choice: 'lbfgs'"),
        ("train moons --out .", "is a folder"),
        ("train moons --out file/m", "the folder file can't be made"),
    ],
)
def test_wrong_arguments(argv, words, folder, capsys):
    (folder / "file").write_text("")
    assert words in fails(capsys, *argv.split())
    assert [path.name for path in folder.iterdir()] == ["file"]


def test_a_wrong_gradient_stops_before_training(monkeypatch, capsys):
    for worst in (1e-5, np.nan):
        monkeypatch.setattr(cli, "check_gradient", lambda *_, worst=worst: worst)
        assert cli.main(["train", "moons", "--quiet"]) == 1
        out, err = capsys.readouterr()
        assert "gradient check: WRONG" in out
        assert "must be below 1e-05" in err
        assert "training time" not in out


def test_divergence_is_told_with_its_origin(folder, capsys):
    argv = ["train", "moons", "--lr", "1e30", "--optimizer", "sgd", "--quiet", "--no-check"]
    assert cli.main(argv) == 1
    err = capsys.readouterr().err
    assert "training diverged" in err
    assert "forward: " in err
    assert not (folder / "models" / "moons.safetensors").exists()


def test_an_interrupt_is_no_traceback(monkeypatch, capsys):
    def interrupt(*_, **__):
        history = nn.History()
        history.stopped = "interrupted"
        return history

    monkeypatch.setattr(cli.training, "fit_split", interrupt)
    assert cli.main(["train", "moons", "--no-check"]) == 130
    assert "interrupted; nothing was written" in capsys.readouterr().err
    assert cli.main(["train", "moons", "--no-check", "--resume", "--out", "m"]) == 130
    assert "interrupted; go on from m.checkpoint with --resume" in capsys.readouterr().err


def test_an_interrupted_training_is_resumed(folder, monkeypatch, capsys):
    argv = ["train", "moons", "--epochs", "4", "--quiet", "--no-check", "--out"]
    assert cli.main([*argv, "whole"]) == 0

    step = Run._make_step

    def step_with_ctrl_c(run, batch):
        if run.step == 16:
            os.kill(os.getpid(), signal.SIGINT)
        step(run, batch)

    with monkeypatch.context() as patch:
        patch.setattr(Run, "_make_step", step_with_ctrl_c)
        assert cli.main([*argv, "m", "--checkpoint", "c"]) == 130
    assert sorted(path.name for path in folder.iterdir()) == ["c", "whole"]
    assert nn.checkpoints.load_state("c")["counts"]["step"] == 17
    assert cli.main([*argv, "m", "--checkpoint", "c", "--resume"]) == 0
    assert (folder / "m").read_bytes() == (folder / "whole").read_bytes()
    assert "interrupted; go on from c with --resume" in capsys.readouterr().err
    (folder / "c").write_text("torn")
    assert "damaged" in fails(capsys, *argv, "m", "--checkpoint", "c", "--resume")


def test_a_missing_package_is_one_line(monkeypatch, capsys):
    monkeypatch.setitem(sys.modules, "sklearn", None)
    assert "pip install 'autograd-core[train]'" in fails(capsys, "train", "digits")


def test_python_m_nn(moons):
    command = [sys.executable, "-m", "nn", "predict", moons]
    root = Path(cli.__file__).parents[1]
    done = subprocess.run(command, capture_output=True, text=True, cwd=root)
    assert (done.returncode, done.stderr) == (0, "")
    assert "accuracy" in done.stdout
    done = subprocess.run(command[:3], capture_output=True, text=True, cwd=root)
    assert done.returncode == 2
    assert done.stderr.count("\n") == 1
