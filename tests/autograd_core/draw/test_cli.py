"""`python -m autograd_core walkthrough SCRIPT.py:FUNCTION`."""

import json
import re

import pytest

from autograd_core.cli import main

SCRIPT = """
import numpy as np
import autograd_core as ag

features = np.array([[1.0, 2.0], [-1.0, 3.0]])

def loss():
    weights = ag.InitialNode([[0.5], [-0.25]])
    y = np.array([[1], [-1]])
    scores = ag.mm(features, weights)
    return ag.mean(ag.logistic_loss(scores, y))

def nothing():
    pass

number = 3
"""


@pytest.fixture(autouse=True)
def script(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    monkeypatch.syspath_prepend(tmp_path)
    (tmp_path / "script.py").write_text(SCRIPT)
    return tmp_path


def test_the_variables_of_the_function_and_of_the_script_give_the_names(script, capsys):
    assert main(["walkthrough", "script.py:loss", "-o", "page.html"]) == 0
    assert capsys.readouterr().out == "page.html\n"
    page = (script / "page.html").read_text(encoding="utf-8")
    data = json.loads(re.search(r'id="data">(.*?)</script>', page)[1])
    names = {text for _, text in data["symbols"]}
    assert {"features", "weights", "y", "scores"} <= names


def test_the_page_is_called_after_the_function(script):
    assert main(["walkthrough", "script.py:loss"]) == 0
    assert (script / "loss.html").is_file()


@pytest.mark.parametrize(
    ("argument", "said"),
    [
        ("script.py", "names no function: write SCRIPT.py:FUNCTION"),
        ("missing.py:loss", "there is no file missing.py"),
        ("script.py:other", "script.py has no function 'other'"),
        ("script.py:number", "script.py has no function 'number'"),
        ("script.py:nothing", "nothing returned NoneType, but must return the node"),
    ],
)
def test_mistakes_are_told_in_a_sentence(argument, said, capsys, script):
    assert main(["walkthrough", argument]) == 2
    assert said in capsys.readouterr().err
    assert not list(script.glob("*.html"))


def test_a_folder_that_is_not_there_is_told(capsys):
    assert main(["walkthrough", "script.py:loss", "-o", "none/page.html"]) == 2
    assert "there is no folder" in capsys.readouterr().err
