"""What a check says of an answer: in a sentence, in numbers, and in a drawing."""

from __future__ import annotations

import html
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

import numpy as np

COLORS = {True: "#1a7f37", False: "#cf222e", None: "#8a8f98"}


@dataclass(frozen=True)
class Verdict:
    """The verdict on an answer, which displays itself in a notebook.

    `ok` is True, False, or None where there is no answer yet. `case` has the smallest
    arguments for which the answer is wrong, what it gives there, and what is right. `drawing`
    is the graph of that case as SVG, where there is one.
    """

    number: str
    ok: bool | None
    message: str
    case: Mapping[str, Any] = field(default_factory=dict)
    hint: str = ""
    drawing: str | None = None

    def __str__(self) -> str:
        lines = [f"{self.number}: {self.message}"]
        if self.case:
            width = max(len(name) for name in self.case)
            for name, value in self.case.items():
                text = shown(value).replace("\n", "\n" + " " * (width + 5))
                lines.append(f"  {name:>{width}} = {text}")
        if self.hint:
            lines.append(f"Hint: {self.hint}")
        return "\n".join(lines)

    def __repr__(self) -> str:
        return str(self)

    def _repr_mimebundle_(self, include: Any = None, exclude: Any = None) -> dict[str, str]:
        return {"text/plain": str(self), "text/html": self._html()}

    def _html(self) -> str:
        style = f"border-left: 4px solid {COLORS[self.ok]}; padding: 0.1em 1em"
        parts = [f"<p><strong>{self.number}</strong>: {html.escape(self.message)}</p>"]
        if self.case:
            cell = "text-align: left; vertical-align: top; padding: 0.1em 1em 0.1em 0"
            rows = "".join(
                f'<tr><th scope="row" style="{cell}">{html.escape(name)}</th>'
                f'<td style="{cell}"><pre style="margin: 0">{html.escape(shown(value))}</pre>'
                "</td></tr>"
                for name, value in self.case.items()
            )
            parts.append(f"<table>{rows}</table>")
        if self.drawing:
            parts.append(f'<div style="overflow-x: auto">{self.drawing}</div>')
        if self.hint:
            parts.append(f"<p><em>Hint</em>: {html.escape(self.hint)}</p>")
        return f'<div style="{style}">{"".join(parts)}</div>'


def shown(value: Any) -> str:
    """A value as a reader writes it: numbers to 12 digits, arrays as lists of rows."""
    if isinstance(value, (tuple, list)) and any(np.ndim(x) for x in value):
        return ",\n".join(shown(x) for x in value)
    if isinstance(value, list) and value and all(isinstance(x, (int, float)) for x in value):
        return f"[{', '.join(shown(x) for x in value)}], a list"
    if isinstance(value, tuple):
        return f"({', '.join(shown(x) for x in value)})"
    if isinstance(value, (float, np.floating)):
        return f"{value:.12g}"
    if isinstance(value, np.ndarray):
        if value.ndim == 0:
            return shown(value.item())
        text = np.array2string(value, separator=", ", threshold=50, precision=8)
        return f"{text} of shape {value.shape}" if value.size == 0 else text
    return str(value)
