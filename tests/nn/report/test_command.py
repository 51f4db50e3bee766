"""`python -m nn train --report`."""

import os
import signal
import sys

import pytest

from nn import cli
from nn.training.loop import Run
from tests.nn.report.parsed import Page

QUICK = ["--epochs", "2", "--quiet", "--no-check"]


@pytest.fixture(autouse=True)
def folder(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    return tmp_path


def read(path):
    return Page(path.read_text(encoding="utf-8"))


def test_a_report_is_written(folder, capsys):
    assert cli.main(["train", "moons", *QUICK, "--out", "m", "--report", "a b/r.html"]) == 0
    out = capsys.readouterr().out
    assert "report written to a b/r.html" in out
    assert sorted(os.listdir("a b")) == ["r-walkthrough.html", "r.html"]
    page = read(folder / "a b" / "r.html")
    accuracy = next(line.split()[2] for line in out.splitlines() if line.startswith("test acc"))
    assert f"test accuracy {accuracy}" in " ".join(page.text)


def test_a_report_of_a_csv_file_names_the_target(folder):
    lines = [f"{i},{2 * i + 0.5}" for i in range(30)]
    (folder / "f.csv").write_text("\n".join(["a,price", *lines]))
    assert cli.main(["train", "f.csv", "--target", "price", *QUICK, "--report", "r.html"]) == 0
    assert "the number price, from 1 features" in " ".join(read(folder / "r.html").text)


def test_the_model_is_the_same_with_a_report(folder):
    assert cli.main(["train", "moons", *QUICK, "--out", "with", "--report", "r.html"]) == 0
    assert cli.main(["train", "moons", *QUICK, "--out", "without"]) == 0
    assert (folder / "with").read_bytes() == (folder / "without").read_bytes()


def fails(capsys, *argv):
    assert cli.main(["train", "moons", *QUICK, *argv]) == 2
    error = capsys.readouterr().err
    assert error.startswith("python -m nn: error: --report: ")
    assert error.count("\n") == 1
    return error


def test_what_can_not_be_written_is_found_before_training(folder, capsys, monkeypatch):
    monkeypatch.setattr(Run, "go", lambda _: pytest.fail("it was trained"))
    (folder / "file").write_text("")
    (folder / "r-walkthrough.html").mkdir()
    assert "is a folder" in fails(capsys, "--report", ".")
    assert "r-walkthrough.html is a folder" in fails(capsys, "--report", "r.html")
    assert "file is no folder" in fails(capsys, "--report", "file/r.html")
    assert "m is the file of the model" in fails(capsys, "--report", "./m", "--out", "m")
    same = ["--report", "x.html", "--out", "x-walkthrough.html"]
    assert "x-walkthrough.html is the file of the model" in fails(capsys, *same)
    same = ["--report", "m.checkpoint", "--out", "m"]
    assert "m.checkpoint is the file of the checkpoint" in fails(capsys, *same)
    monkeypatch.setattr(os, "access", lambda path, _: os.path.basename(path) != "locked")
    assert "can't be written" in fails(capsys, "--report", "locked/r.html")


def test_the_data_are_not_overwritten(folder, capsys):
    (folder / "f.csv").write_text("a,kind\n1,x\n2,y\n")
    assert cli.main(["train", "f.csv", "--target", "kind", *QUICK, "--report", "f.csv"]) == 2
    assert "f.csv is the file of the data" in capsys.readouterr().err
    assert (folder / "f.csv").read_text() == "a,kind\n1,x\n2,y\n"


def test_a_full_disc_leaves_the_model_and_no_torn_report(folder, capsys, monkeypatch):
    def full(*_):
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(sys.modules["nn.report.page"], "write_text", full)
    assert cli.main(["train", "moons", *QUICK, "--out", "m", "--report", "r.html"]) == 2
    assert "the report can't be written to r.html" in capsys.readouterr().err
    assert sorted(os.listdir()) == ["m", "r-walkthrough.html"]


@pytest.mark.parametrize("at_first", [[], ["--report", "r.html"]])
def test_a_report_after_an_interrupt_tells_of_all_epochs(folder, monkeypatch, at_first):
    step = Run._make_step

    def step_with_ctrl_c(run, batch):
        if run.step == 16:
            os.kill(os.getpid(), signal.SIGINT)
        step(run, batch)

    argv = ["train", "moons", "--epochs", "4", "--quiet", "--no-check", "--out", "m"]
    with monkeypatch.context() as patch:
        patch.setattr(Run, "_make_step", step_with_ctrl_c)
        assert cli.main([*argv, *at_first]) == 130
    assert not (folder / "r.html").exists()
    assert cli.main([*argv, "--resume", "--report", "r.html"]) == 0
    assert cli.main([*argv, "--report", "whole.html"]) == 0
    resumed, whole = read(folder / "r.html").rows[-5:], read(folder / "whole.html").rows[-5:]
    assert resumed == whole
    assert [row[0] for row in resumed[1:]] == ["1", "2", "3", "4"]
    assert all(resumed[1])
