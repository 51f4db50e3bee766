"""The commands as a process: exit statuses, and one line for an error."""

import subprocess
import sys
from pathlib import Path

import pytest

import nn
from nn import cli

ROOT = Path(nn.__file__).parents[1]


def test_python_m_nn(moons):
    command = [sys.executable, "-m", "nn", "evaluate", moons]
    done = subprocess.run(command, capture_output=True, text=True, cwd=ROOT)
    assert (done.returncode, done.stderr) == (0, "")
    assert "accuracy" in done.stdout
    done = subprocess.run(command[:3], capture_output=True, text=True, cwd=ROOT)
    assert done.returncode == 2
    assert done.stderr.count("\n") == 1


def test_a_reader_that_has_seen_enough_is_no_error(moons):
    rows = "1,2\n" * 20_000
    process = subprocess.run(
        ["sh", "-c", f"{sys.executable} -m nn predict {moons} --data /dev/stdin | head -1"],
        input=rows, capture_output=True, text=True, cwd=ROOT,
    )  # fmt: skip
    assert (process.stdout, process.stderr) == ("class,p(upper),p(lower)\n", "")


def test_a_missing_package_is_one_line(monkeypatch, fails):
    monkeypatch.setitem(sys.modules, "sklearn", None)
    assert "pip install 'autograd-core[train]'" in fails("train", "digits")


def test_an_interrupt_while_data_are_read_is_no_traceback(monkeypatch, capsys):
    def interrupt(*_, **__):
        raise KeyboardInterrupt

    monkeypatch.setattr("nn.cli.source.load", interrupt)
    assert cli.main(["train", "moons"]) == 130
    assert "interrupted; nothing was written" in capsys.readouterr().err


@pytest.mark.parametrize("command", ["train", "evaluate", "predict"])
def test_help(command, capsys):
    with pytest.raises(SystemExit) as exit:
        cli.main([command, "--help"])
    assert exit.value.code == 0
    assert f"python -m nn {command}" in capsys.readouterr().out
