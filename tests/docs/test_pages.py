"""The code of the README and of every page runs, and prints what the page says."""

import ast
import inspect
import re

import pytest

import autograd_core as ag
from tests.docs import pages


@pytest.mark.parametrize("path", pages.pages(), ids=lambda path: path.stem)
def test_the_code_of_a_page_prints_what_the_page_says(path, tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("PYTHONPATH", str(pages.ROOT))
    # The class at the start of the README is an excerpt, which imports nothing.
    names = {"Operation": ag.Operation} if path.name == "README.md" else {}
    pages.run_page(path, names)


def code_blocks(path):
    return [t for kind, t in pages.BLOCK.findall(path.read_text("utf-8")) if kind == "python"]


@pytest.mark.parametrize("name", ["README.md", "docs/explanation/the_one_idea.md"])
def test_the_class_that_is_shown_is_the_librarys(name):
    """But for types and for the errors that `forward` raises where shapes do not fit."""
    shown = ast.parse(next(text for text in code_blocks(pages.ROOT / name) if "class mm" in text))
    shown = next(x for x in shown.body if isinstance(x, ast.ClassDef))
    library = ast.parse(inspect.getsource(ag.mm)).body[0]
    assert ast.get_docstring(shown) == ast.get_docstring(library)
    for ours, theirs in zip(shown.body[1:], library.body[1:], strict=True):
        assert [a.arg for a in ours.args.args] == [a.arg for a in theirs.args.args]
        assert ast.unparse(ours.body[-1]) == ast.unparse(theirs.body[-1])


def test_a_page_that_says_something_else_is_caught(tmp_path):
    page = tmp_path / "page.md"
    page.write_text("```python\nprint(1)\n```\n\n```text\n2\n```\n")
    with pytest.raises(AssertionError):
        pages.run_page(page, {})
    page.write_text("```python\nprint(1)\n```\n")
    with pytest.raises(AssertionError, match="does not show"):
        pages.run_page(page, {})
    page.write_text("```sh\npip install autograd-core[nothing]\n```\n")
    with pytest.raises(AssertionError, match="no extra nothing"):
        pages.run_page(page, {})
    page.write_text("```sh\nrm file\n```\n")
    with pytest.raises(AssertionError, match="how this is tested"):
        pages.run_page(page, {})


def test_all_code_of_pages_is_run():
    """No block of code is hidden from the tests by being marked otherwise."""
    for path in pages.pages():
        for fence in re.findall(r"^ *(?:`{3,}|:{3,})(\S*)", path.read_text("utf-8"), re.MULTILINE):
            assert fence in {"", "python", "sh", "text", "{toctree}", "{raw}"}, (path.name, fence)
