"""The README's code runs, and prints what the README says."""

import contextlib
import io
import re
from pathlib import Path

README = (Path(__file__).parent.parent / "README.md").read_text(encoding="utf-8")


def test_the_examples_print_what_they_say(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    blocks = re.findall(r"```(python|text)\n(.*?)```", README, re.DOTALL)
    assert [kind for kind, _ in blocks].count("text") == 4
    names = {}
    exec("from autograd_core import Operation\n" + blocks[0][1], names)  # the class of the start
    printed = ""
    for kind, text in blocks[1:]:
        if kind == "python":
            out = io.StringIO()
            with contextlib.redirect_stdout(out):
                exec(text, names)
            printed = out.getvalue()
        else:
            assert printed == text
    assert {path.name for path in tmp_path.iterdir()} == {"graph.svg", "page.html"}


def test_the_class_at_the_start_is_the_librarys():
    import inspect

    import autograd_core as ag

    code = README.split("```python\n")[1].split("```")[0]
    library = inspect.getsource(ag.mm)
    docstring, gradient = code.splitlines()[1], code.splitlines()[-2:]
    assert docstring in library
    assert "return X @ W" in library
    assert gradient[-1] in library
