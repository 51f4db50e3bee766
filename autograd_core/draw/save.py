"""Drawings as files, written whole or not at all."""

from __future__ import annotations

import os
from collections.abc import Sequence
from pathlib import Path
from typing import Any
from uuid import uuid4

from autograd_core.draw import dot
from autograd_core.draw.dot_source import dot_source
from autograd_core.draw.svg import svg
from autograd_core.node import Node

SECONDS = 60.0  # for `dot` to make a file


def save(node: Node | Sequence[Node], path: str | os.PathLike[str], **options: Any) -> None:
    """Write a drawing of the graph of `node` as a .svg, .png, .pdf or .dot file.

    `options` are those of `draw.svg`. An SVG file is exactly what `draw.svg` gives, and needs
    nothing else. A DOT file is plain text for Graphviz, with the same contents; PNG and PDF
    files are made of it by the program `dot` (RuntimeError where that is missing). The file
    appears under its name only when it is complete.
    """
    path = Path(path)
    kind = path.suffix.lower()
    if kind == ".svg":
        data = svg(node, **options).encode()
    elif kind in (".dot", ".gv"):
        data = dot_source(node, **options).encode()
    elif kind in (".png", ".pdf"):
        source = dot_source(node, **options)
        try:
            data = dot.run(source, kind[1:], SECONDS)
        except dot.DotError as error:
            raise dot.DotError(
                f"draw.save: {path.name} can't be made: {error}. Graphviz makes {kind} files; "
                f"an .svg file needs nothing but this package, and browsers can print it as PDF"
            ) from None
    else:
        raise ValueError(
            f"draw.save: {path.name} ends in {kind or 'nothing'}, but what is to be written "
            f"is told by .svg, .png, .pdf or .dot"
        )
    write(path, data)


def write(path: str | os.PathLike[str], data: bytes) -> None:
    """Write a file that appears under its name only when it is complete."""
    path = Path(os.path.realpath(path))  # what a link stands for is replaced, not the link
    if path.is_dir():
        raise IsADirectoryError(f"{path} is a folder; name a file in it")
    if not path.parent.is_dir():
        raise FileNotFoundError(f"{path} can't be written: there is no folder {path.parent}")
    temporary = path.with_name(f".{uuid4().hex}.tmp")
    try:
        with open(temporary, "xb") as file:
            file.write(data)
        os.replace(temporary, path)
    finally:
        temporary.unlink(missing_ok=True)


def write_text(path: str | os.PathLike[str], content: str) -> None:
    """Write a text file in UTF-8 that appears under its name only when it is complete."""
    write(path, content.encode("utf-8", "replace"))
