"""The LaTeX of pages and notebooks can be shown as MathML."""

import json
import re

import pytest

from tests.docs.pages import ROOT, pages

pytest.importorskip("latex2mathml", reason="the site's formulas need the extra docs")
from building.mathematics import mathml

FORMULA = re.compile(r"\$\$(.+?)\$\$|(?<![\\$\w])\$(?! )([^$\n]+?)(?<! )\$(?![\d$])", re.DOTALL)


def formulas_of(text):
    text = re.sub(r"```.*?```|`[^`]*`", "", text, flags=re.DOTALL)
    return [display or inline for display, inline in FORMULA.findall(text)]


def texts():
    for path in pages():
        yield path.name, path.read_text(encoding="utf-8")
    for path in sorted((ROOT / "notebooks").glob("*.ipynb")):
        cells = json.loads(path.read_text(encoding="utf-8"))["cells"]
        markdown = ["".join(c["source"]) for c in cells if c["cell_type"] == "markdown"]
        yield path.name, "\n\n".join(markdown)


@pytest.mark.parametrize(("name", "text"), [pytest.param(*x, id=x[0]) for x in texts()])
def test_formulas_can_be_shown(name, text):
    for formula in formulas_of(text):
        assert "<math" in mathml(formula)


def test_what_is_not_known_is_an_error():
    with pytest.raises(ValueError, match=r"\\foo is not known"):
        mathml(r"x + \foo y")
    with pytest.raises(ValueError, match="no LaTeX"):
        mathml(r"\frac{1}{")


def test_several_lines_are_a_table():
    for latex in (r"a &= b \\ c &= d", r"\begin{aligned} a &= b \\ c &= d \end{aligned}"):
        assert mathml(latex, "block").count("<mtr>") == 2
