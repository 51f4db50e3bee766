"""The notebooks of the course as pages: copies with the library's drawings as part of the page."""

from __future__ import annotations

import json
import re
from collections.abc import Callable
from pathlib import Path
from typing import Any


def write_pages(notebooks: Path, put: Callable[[str, str], None]) -> None:
    """Write a copy of each notebook with `put(path, text)`."""
    for path in sorted(notebooks.glob("[0-9][0-9]_*.ipynb")):
        notebook = json.loads(path.read_text(encoding="utf-8"))
        # One that was never run does not say so, and its code would have no colours.
        notebook["metadata"].setdefault("language_info", {"name": "python"})
        for cell in notebook["cells"]:
            for output in cell.get("outputs", []):
                _show_drawing(output.get("data", {}))
        put(path.name, json.dumps(notebook, indent=1, ensure_ascii=False))


def _show_drawing(data: dict[str, Any]) -> None:
    """An SVG of ours as HTML: as an image of its own it would not know if the page is dark."""
    svg = "".join(data.get("image/svg+xml", ""))
    if svg.startswith("<svg") and 'class="ag"' in svg[:200]:
        del data["image/svg+xml"]
        without_ids = re.sub(r' id="[^"]*"', "", svg)  # they would be twice on the page
        data["text/html"] = f'<div class="drawing">{without_ids}</div>'
