"""Docstrings as reStructuredText.

Docstrings in this project are plain text with a little of Markdown: code in `backticks`, lists
with "- ", formulas such as e ** X and Z_ik, and indented lines of formulas. Sphinx wants
reStructuredText; this translates.
"""

from __future__ import annotations

import re
from collections.abc import Mapping

CODE = re.compile(r"`([^`]+)`")
POWER = r"(?P<base>\w+|\))(?: \*\* |\*\*)(?P<exponent>\((?P<inside>[^()]+)\)|-?\w+(?:\([^()]*\))?)"
SUBSCRIPT = r"(?P<name>\b[A-Za-z]|\bsum|\))_(?P<index>[A-Za-z0-9]{1,2}\b|\{\w+\})(?!\()"
MATHEMATICS = re.compile(f"{POWER}|{SUBSCRIPT}")


def to_rest(lines: list[str], links: Mapping[str, str]) -> list[str]:
    """The lines of a docstring as reStructuredText; `links` are full names by what is written."""
    written: list[str] = []
    for block in _blocks(lines):
        written += [*_block(block, links), ""]
    return written


def _blocks(lines: list[str]) -> list[list[str]]:
    """Lines that belong together: paragraphs, lists, examples, formulas."""
    blocks: list[list[str]] = [[]]
    for line in lines:
        block = blocks[-1]
        if not line.strip():
            blocks.append([])
            continue
        begins_example = line.startswith(">>> ") and block and not block[0].startswith(">>> ")
        begins_list = line.startswith("- ") and block and block[-1].endswith(":")
        if begins_example or begins_list:
            blocks.append([])
        blocks[-1].append(line)
    return [block for block in blocks if block]


def _block(block: list[str], links: Mapping[str, str]) -> list[str]:
    if block[0].startswith(">>> "):
        return block
    if all(line.startswith("    ") for line in block):  # formulas, a line each
        return [f"    | {_inline(line.strip(), links)}" for line in block]
    if block[0].startswith("- "):
        items: list[str] = []
        for line in block:
            if line.startswith("- "):
                items.append(line[2:])
            else:
                items[-1] += f"\n{line.strip()}"
        return [
            f"{'- ' if i == 0 else '  '}{line}"
            for item in items
            for i, line in enumerate(_inline(item, links).splitlines())
        ]
    return _inline("\n".join(line.strip() for line in block), links).splitlines()


def _inline(text: str, links: Mapping[str, str]) -> str:
    """A paragraph: code and links, mathematics, and the rest with what Sphinx would take amiss."""
    parts = []
    for i, part in enumerate(CODE.split(text)):
        parts.append(_code(part, links) if i % 2 else _prose(part))
    return "".join(parts).strip()


def _code(code: str, links: Mapping[str, str]) -> str:
    code = " ".join(code.split())
    target = links.get(code.removesuffix("()"))
    if target:
        return rf"\ :py:obj:`{code} <{target}>`\ "
    return rf"\ ``{code}``\ "


def _prose(text: str) -> str:
    for typed, sign in (("<-", "←"), ("<=", "≤"), (">=", "≥")):
        text = text.replace(typed, sign)
    parts, end = [], 0
    for match in MATHEMATICS.finditer(text):
        parts += [_escaped(text[end : match.start()]), rf"\ :math:`{_latex(match)}`\ "]
        end = match.end()
    return "".join([*parts, _escaped(text[end:])])


def _latex(match: re.Match[str]) -> str:
    """A power or a name with an index as LaTeX."""
    if match["name"]:
        name = r"\sum" if match["name"] == "sum" else match["name"]
        return f"{name}_{{{_indices(match['index'].strip('{}'))}}}"
    exponent = match["inside"] or match["exponent"]
    return f"{_name(match['base'])}^{{{_exponent(exponent)}}}"


def _exponent(text: str) -> str:
    parts = re.split(r"(\w+)", text)  # every second one is a word
    return "".join(_name(x) if i % 2 else x.replace(" ", r"\,") for i, x in enumerate(parts))


def _name(word: str) -> str:
    """X and Z_ik as they are, 2 as a number, longer words upright; beta1 with an index."""
    if match := re.fullmatch(r"([A-Za-z])_([A-Za-z0-9]{1,2})", word):
        return f"{match[1]}_{{{match[2]}}}"
    if len(word) == 1 or not word[0].isalpha():
        return word
    upright = word.replace("_", r"\_")
    return rf"\mathrm{{{upright}}}"


def _indices(text: str) -> str:
    name, _, index = text.partition("_")
    return f"{name}_{{{index}}}" if index else name


def _escaped(text: str) -> str:
    return re.sub(r"([*|\\])|_(?!\w)", lambda match: "\\" + match[0], text)
