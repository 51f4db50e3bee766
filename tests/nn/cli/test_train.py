"""`train`: what it prints, writes, and says when something is wrong."""

import errno
import os
import shlex
import signal

import numpy as np
import pytest

import nn
from nn import cli
from nn.checkpoints import load
from nn.training.loop import Run

QUICK = ["--epochs", "2", "--quiet", "--no-check"]
FRUIT = "size,colour,price,kind\n" + "".join(
    f"{size},{'red' if size % 2 else 'green'},{size * 1.5},{'melon' if size > 10 else 'apple'}\n"
    for size in range(20)
)


def test_train_then_predict_and_evaluate(capsys):
    assert cli.main(["train", "digits", "--epochs", "4", "--seed", "3"]) == 0
    out, err = capsys.readouterr()
    assert "4/4" in err
    assert "val_accuracy=" in err
    assert "3760 parameters" in out
    assert "gradient check: right, worst relative error" in out
    assert "training time: " in out
    assert "model written to models/digits.safetensors" in out
    line = next(line for line in out.splitlines() if line.startswith("test accuracy: "))
    accuracy = line.split()[2]
    assert float(accuracy) > 0.85
    command = out.splitlines()[-1].removeprefix("use it with: python -m nn ")
    expected = f"the 360 test observations of seed 3: accuracy {accuracy}"
    for argv in (shlex.split(command), [*shlex.split(command), "--data", "digits"]):
        assert cli.main(argv) == 0
        assert expected in capsys.readouterr().out
    assert cli.main(["evaluate", "models/digits.safetensors"]) == 0
    assert expected in capsys.readouterr().out
    assert os.listdir("models") == ["digits.safetensors"]


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
    assert f"test accuracy: {metadata['test']['accuracy']:.4f}" in out


def test_a_linear_model(capsys):
    assert cli.main(["train", "moons", "--layers", "none", "--epochs", "1", "--quiet"]) == 0
    assert "MLP(units=[2, 2], activation='relu'), 6 parameters" in capsys.readouterr().out


@pytest.mark.parametrize("layers", ["1,1", "2,2,2"])
def test_units_that_are_off_are_no_wrong_gradient(layers, capsys):
    assert cli.main(["train", "moons", "--layers", layers, "--epochs", "1", "--quiet"]) == 0
    assert "gradient check: right" in capsys.readouterr().out


def test_the_same_seed_gives_the_same_file(folder):
    for name in "ab":
        assert cli.main(["train", "moons", *QUICK, "--out", name]) == 0
    assert (folder / "a").read_bytes() == (folder / "b").read_bytes()


def test_classes_of_a_csv_file(folder, capsys):
    (folder / "fruit.csv").write_text(FRUIT)
    assert cli.main(["train", "fruit.csv", "--target", "kind", "--quiet"]) == 0
    out = capsys.readouterr().out
    assert "fruit: 16 observations to train on and 4 to test, 4 features, 2 classes" in out
    assert "gradient check: right" in out
    assert "test accuracy: " in out
    _, metadata = load("models/fruit.safetensors")
    assert metadata["classes"] == ["apple", "melon"]
    assert metadata["reading"]["categories"] == {"colour": ["green", "red"]}


def test_numbers_of_a_csv_file(folder, capsys):
    (folder / "fruit.csv").write_text(FRUIT)
    argv = "train fruit.csv --target price --ignore kind --ignore colour --validation 0 --quiet"
    assert cli.main(argv.split()) == 0
    out = capsys.readouterr().out
    assert "1 features, the number price" in out
    assert "label smoothing" not in out
    line = next(line for line in out.splitlines() if line.startswith("test R2: "))
    assert float(line.split()[2].strip(",")) > 0.95  # it is a straight line
    assert "root mean squared error: " in line


@pytest.mark.parametrize(
    ("argv", "words"),
    [
        ("", "--target must name the column of f.csv that is to be predicted: one of a, b, kind"),
        ("--target c", "there is no column 'c'; there are 'a', 'b', 'kind'"),
        ("--target kind --ignore c", "there is no column 'c'"),
        ("--target kind --ignore a --ignore b", "no column but 'kind' to predict it from"),
        ("--target kind --task regression --missing drop", "row 1 ('x'), row 2 ('y')"),
        ("--target b", "1 values are missing: row 3, column 'b'"),
        ("--target kind --separator ;", "there is no column 'kind'; there are 'a,b,kind'"),
        ("--target a --missing drop --label-smoothing 0.1 --task regression", "is for classes"),
    ],
)
def test_a_csv_file_that_does_not_fit(folder, fails, argv, words):
    (folder / "f.csv").write_text("a,b,kind\n1,2,x\n3,4,y\n5,,x\n7,8,y\n")
    assert words in fails("train", "f.csv", *argv.split())
    assert os.listdir() == ["f.csv"]


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("a,kind\n1,x\n2,x\n", "all of column 'kind' is x: there is nothing to learn"),
        ("a,kind\n1,x\n", "there is nothing to learn"),
        ("a,kind\n", "has no rows"),
        ("", "can't be read as a CSV file"),
    ],
)
def test_too_little_to_learn_from(folder, fails, text, words):
    (folder / "f.csv").write_text(text)
    assert words in fails("train", "f.csv", "--target", "kind")


@pytest.mark.parametrize("text", ["a,kind\n1,x\n2,y\n", "a,kind\n" + "1,x\n1,y\n" * 4])
def test_two_rows_and_constant_columns_can_be_trained_on(folder, text):
    (folder / "f.csv").write_text(text)
    argv = ["train", "f.csv", "--target", "kind", "--epochs", "2", "--quiet"]
    assert cli.main([*argv, "--validation", "0.9", "--batch-size", "1000"]) == 0


def test_a_wrong_gradient_stops_before_training(monkeypatch, capsys):
    for worst in (1e-5, np.nan):
        monkeypatch.setattr("nn.cli.train.check_gradient", lambda *_, worst=worst: worst)
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
    assert os.listdir("models") == []


@pytest.mark.parametrize("which", ["--out", "--checkpoint"])
def test_a_folder_that_can_not_be_written_to_is_found_before_training(monkeypatch, fails, which):
    monkeypatch.setattr(os, "access", lambda *_: False)
    monkeypatch.setattr("nn.training.loop.Run.go", lambda _: pytest.fail("it was trained"))
    error = fails("train", "moons", "--no-check", which, "x/m" if which == "--out" else "m")
    assert "can't be written" in error


def test_a_full_disc_is_told(monkeypatch, fails, folder):
    writes, full_at = [], []

    def full(_):
        writes.append("a file")
        if [len(writes)] == full_at:
            raise OSError(errno.ENOSPC, "No space left on device")

    monkeypatch.setattr(os, "fsync", full)
    argv = ["train", "moons", *QUICK, "--out", "m", "--checkpoint", "c"]  # a state, a state, m
    failing = {1: ("checkpoint", []), 2: ("checkpoint", ["c"]), 3: ("model", ["c"])}
    for number, (what, left) in failing.items():
        writes[:], full_at[:] = [], [number]
        assert f"the {what} can't be written to {what[0]}: [Errno 28] No space" in fails(*argv)
        assert os.listdir() == left


def press_at(monkeypatch, at):
    """Ctrl-C in the step with this number."""
    step = Run._make_step

    def step_with_ctrl_c(run, batch):
        if run.step == at:
            os.kill(os.getpid(), signal.SIGINT)
        step(run, batch)

    monkeypatch.setattr(Run, "_make_step", step_with_ctrl_c)


@pytest.mark.parametrize("checkpoint", [[], ["--checkpoint", "c"]])
def test_an_interrupted_training_is_resumed(folder, monkeypatch, capsys, fails, checkpoint):
    argv = ["train", "moons", "--epochs", "4", "--quiet", "--no-check", "--out"]
    assert cli.main([*argv, "whole"]) == 0
    path = "c" if checkpoint else "m.checkpoint"
    argv += ["m", *checkpoint]
    with monkeypatch.context() as patch:
        press_at(patch, 16)
        assert cli.main(argv) == 130
    assert sorted(os.listdir()) == [path, "whole"]
    assert f"after 1 epochs; the same command with --resume goes on from {path}" in (
        capsys.readouterr().err
    )
    assert nn.checkpoints.load_state(path)["counts"]["step"] == 17
    assert "lr changed from 0.01 to 0.5" in fails(*argv, "--resume", "--lr", "0.5")
    assert "epochs changed from 4 to 9" in fails(*argv, "--resume", "--epochs", "9")
    assert cli.main([*argv, "--resume"]) == 0
    assert (folder / "m").read_bytes() == (folder / "whole").read_bytes()
    assert sorted(os.listdir()) == (["c", "m", "whole"] if checkpoint else ["m", "whole"])
    (folder / path).write_text("torn")
    assert "damaged" in fails(*argv, "--resume")


def test_an_interrupt_at_once_leaves_nothing_to_go_on_from(monkeypatch, capsys):
    def two(*_):
        os.kill(os.getpid(), signal.SIGINT)
        os.kill(os.getpid(), signal.SIGINT)

    monkeypatch.setattr(Run, "_make_step", two)
    assert cli.main(["train", "moons", *QUICK]) == 130
    assert "interrupted; nothing was written" in capsys.readouterr().err
    assert os.listdir("models") == []
