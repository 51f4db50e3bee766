"""LaTeX in pages and notebooks as MathML, which browsers draw by themselves, without a script."""

from __future__ import annotations

import re
from typing import Any

from docutils import nodes
from latex2mathml.converter import convert
from sphinx.application import Sphinx
from sphinx.util import logging

logger = logging.getLogger(__name__)


def mathml(latex: str, display: str = "inline") -> str:
    r"""The `math` element; ValueError if there is a command that is not known.

    >>> mathml("x^2").count("<msup>")
    1
    """
    latex = re.sub(r"\\(begin|end)\{(aligned|split|align|gathered)\}", r"\\\1{align*}", latex)
    if r"\\" in latex and r"\begin" not in latex:
        latex = rf"\begin{{align*}}{latex}\end{{align*}}"
    try:
        element = convert(latex, display=display)
    except Exception as error:  # of many kinds: what it says is all there is
        raise ValueError(f"{latex!r} is no LaTeX that can be shown: {error}") from error
    if unknown := re.search(r"<m[io][^>]*>\\(\w+)", element):
        raise ValueError(rf"{latex!r}: the command \{unknown[1]} is not known")
    return element


def _visit(display: str) -> Any:
    def visit(translator: Any, node: Any) -> None:
        try:
            element = mathml(node.astext(), display)
        except ValueError as error:
            logger.warning("mathematics: %s", error, location=node)
            element = ""
        if display == "block":
            element = f'<div class="math">{element}</div>\n'
        translator.body.append(element)
        raise nodes.SkipNode

    return visit


def setup(app: Sphinx) -> None:
    app.add_html_math_renderer(
        "mathml", inline_renderers=(_visit("inline"), None), block_renderers=(_visit("block"), None)
    )
