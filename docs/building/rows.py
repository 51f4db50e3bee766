"""The table of rows with links, and the tests that it names as pages."""

from __future__ import annotations

import ast
import re
from collections.abc import Callable
from pathlib import Path

TEST = re.compile(r"`(tests/([\w/]+)\.py)::(test_\w+)`")


def linked(table: str) -> str:
    """The table in which each test is a link to its code."""
    return TEST.sub(lambda match: f"[`{match[3]}`](#{_label(match[2], match[3])})", table)


def _label(module: str, name: str) -> str:
    return f"{module}-{name}".replace("/", "-").replace("_", "-")


def write_pages(root: Path, put: Callable[[str, str], None]) -> None:
    """Write a page for each test file that the table names, with a heading for each test."""
    table = (root / "docs" / "rows.md").read_text(encoding="utf-8")
    files = sorted({match[1] for match in TEST.finditer(table)})
    for file in files:
        put(f"{Path(file).stem}.md", _page(file, (root / file).read_text(encoding="utf-8")))
    toctree = "\n".join(Path(file).stem for file in files)
    put(
        "index.md",
        "# Tests of the rows\n\nThe code that shows each row of the [table](../../rows.md).\n\n"
        f"```{{toctree}}\n:maxdepth: 1\n\n{toctree}\n```\n",
    )


def _page(file: str, source: str) -> str:
    """The code of a file in its order, each test under a heading of its own."""
    module = file.removeprefix("tests/").removesuffix(".py")
    lines = source.splitlines()
    parts, start = [f"# {file}"], 0
    for node in ast.parse(source).body:
        if isinstance(node, ast.FunctionDef) and node.name.startswith("test_row"):
            first = min([node.lineno, *(x.lineno for x in node.decorator_list)]) - 1
            parts += [_code(lines[start:first])]
            parts += [f"({_label(module, node.name)})=\n## {node.name}"]
            parts += [_code(lines[first : node.end_lineno])]
            start = node.end_lineno or start
    parts.append(_code(lines[start:]))
    return "\n\n".join(part for part in parts if part) + "\n"


def _code(lines: list[str]) -> str:
    code = "\n".join(lines).strip("\n")
    return f"````python\n{code}\n````" if code else ""
