"""Run the notebooks of the course and store them with their outputs, the same on any machine.

    python notebooks/run.py                     all of them
    python notebooks/run.py notebooks/01_*.ipynb
    python notebooks/run.py --check             store nothing; fail if stored outputs are stale

Each runs from a clean kernel of this Python, in the directory of the notebooks. An error, a
warning, or anything written to stderr is a failure.
"""

from __future__ import annotations

import argparse
import base64
import os
import re
import sys
from pathlib import Path
from tempfile import NamedTemporaryFile
from typing import Any

import nbformat
from jupyter_client.kernelspec import KernelSpec
from jupyter_client.manager import AsyncKernelManager
from nbclient import NotebookClient

HERE = Path(__file__).resolve().parent
TIMEOUT = 600  # seconds for a cell
PRELUDE = """
import warnings
warnings.simplefilter("error")
warnings.filterwarnings("ignore", module="ipykernel")  # of the kernel about itself
del warnings
"""
ANSI = re.compile(r"\x1b\[[0-9;]*m")  # colours in tracebacks
NUMBER = re.compile(r"[-+]?\d[\d.]*(?:e[-+]?\d+)?")
TEXT = ("text/plain", "text/html", "text/latex", "text/markdown")
NOISE = {
    "an address in memory": re.compile(r"\b0x[0-9a-f]{6,}"),
    "a path": re.compile(r"(?:/home/|/root/|/tmp/|/usr/|site-packages|[A-Z]:\\\\)"),
    "a time": re.compile(r"\b\d+(?:\.\d+)?(?:e-?\d+)? ?(?:ms|µs|us|ns|seconds)\b|\(\d+\.\d+ s\)"),
    "a date": re.compile(r"\b20\d\d-\d\d-\d\d\b"),
}


class ThisPython(AsyncKernelManager):
    """A kernel of the Python that runs this, whatever kernels the machine has installed."""

    @property
    def kernel_spec(self) -> KernelSpec:
        launcher = [sys.executable, "-m", "ipykernel_launcher", "--log-level=ERROR"]
        argv = [*launcher, "-f", "{connection_file}"]
        return KernelSpec(argv=argv, display_name="Python 3", language="python")


class WroteToStderrError(Exception):
    """A cell wrote to stderr: mostly a warning that does not pass through `warnings`."""


def notebooks() -> list[Path]:
    """All notebooks of the course, in order."""
    return sorted(HERE.glob("[0-9][0-9]_*.ipynb"))


def read(path: Path) -> Any:
    return nbformat.read(path, as_version=4)


def execute(notebook: Any) -> Any:
    """Run a notebook in a clean kernel, in place, and return it normalised."""
    for cell in notebook.cells:
        if cell.cell_type == "code":
            cell.outputs, cell.execution_count = [], None
    cells = notebook.cells
    notebook.cells = [nbformat.v4.new_code_cell(PRELUDE), *cells]
    client = NotebookClient(
        notebook,
        kernel_manager_class=ThisPython,
        timeout=TIMEOUT,
        record_timing=False,
        coalesce_streams=True,
        resources={"metadata": {"path": str(HERE)}},
    )
    # fixed hashes, so that sets and the drawings of what is in them have one order
    client.execute(env={**os.environ, "PYTHONHASHSEED": "0"})
    notebook.cells = notebook.cells[1:]
    for index, cell in enumerate(notebook.cells):
        for output in cell.get("outputs", []):
            if output.output_type == "stream" and output.name == "stderr":
                raise WroteToStderrError(f"cell {index} wrote to stderr: {output.text}")
    return normalised(notebook)


def normalised(notebook: Any) -> Any:
    """Without what differs from one machine or one run to the next."""
    notebook.metadata = nbformat.from_dict(
        {
            "kernelspec": {"display_name": "Python 3", "language": "python", "name": "python3"},
            "language_info": {"name": "python"},
        }
    )
    notebook.nbformat, notebook.nbformat_minor = 4, 5
    count = 0
    for index, cell in enumerate(notebook.cells):
        cell.id = f"cell-{index}"
        cell.metadata = nbformat.from_dict(
            {"tags": cell.metadata["tags"]} if "tags" in cell.metadata else {}
        )
        if cell.cell_type != "code":
            continue
        count += 1
        cell.execution_count = count
        for output in cell.outputs:
            if "metadata" in output:
                output.metadata = nbformat.from_dict({})
            if output.output_type == "execute_result":
                output.execution_count = count
            if "image/png" in output.get("data", {}):
                output.data["image/png"] = without_texts(output.data["image/png"])
    nbformat.validate(notebook)
    return notebook


def without_texts(image: str) -> str:
    """A PNG in base64 without its text chunks: they tell the version of what drew it."""
    data = base64.b64decode(image)
    kept, at = [data[:8]], 8
    while at < len(data):
        length = int.from_bytes(data[at : at + 4]) + 12
        if data[at + 4 : at + 8] not in (b"tEXt", b"iTXt", b"zTXt"):
            kept.append(data[at : at + length])
        at += length
    return base64.b64encode(b"".join(kept)).decode()


def texts(notebook: Any) -> list[list[str]]:
    """The text that each code cell has put out: streams and text/plain, not images."""
    found = []
    for cell in notebook.cells:
        if cell.cell_type == "code":
            plain = (o.get("text") or o.get("data", {}).get("text/plain") for o in cell.outputs)
            found.append([text for text in plain if text is not None])
    return found


def words(texts: list[str]) -> list[str]:
    """Texts without their numbers and spaces.

    The last digits of a sum, and so the step at which a long iteration ends, differ between
    processors: numbers are held to other sources than the machine that stored them.
    """
    return [re.sub(r"\s+", "", NUMBER.sub("#", text)) for text in texts]


def stale(stored: Any, fresh: Any, numbers: bool = True) -> list[str]:
    """What differs between stored outputs and fresh ones: a sentence for each cell."""
    sentences = []
    for k, (old, new) in enumerate(zip(texts(stored), texts(fresh), strict=True), 1):
        if old != new and (numbers or words(old) != words(new)):
            sentences.append(f"code cell {k} is stored with {old!r}, but gives {new!r}")
    return sentences


def noise(notebook: Any) -> list[str]:
    """What in the outputs depends on the machine or on the moment: a sentence for each."""
    sentences = []
    for index, cell in enumerate(notebook.cells):
        for output in cell.get("outputs", []):
            data = output.get("data", {})
            for text in [output.get("text", ""), *(data.get(kind, "") for kind in TEXT)]:
                for what, pattern in NOISE.items():
                    match = pattern.search(text)
                    if match:
                        sentences.append(f"cell {index} shows {what}: {match.group()!r}")
    return sentences


def write(notebook: Any, path: Path) -> None:
    """Store a notebook: all of it or nothing."""
    text = nbformat.writes(notebook).rstrip("\n") + "\n"
    with NamedTemporaryFile("w", dir=path.parent, suffix=".part", delete=False) as file:
        file.write(text)
    os.chmod(file.name, 0o644)
    os.replace(file.name, path)


def run(path: Path, check: bool) -> list[str]:
    """Run one notebook; store it, or say what is stale. What is wrong, as sentences."""
    stored = read(path)
    fresh = execute(read(path))
    problems = noise(fresh)
    if check:
        problems += stale(stored, fresh)
    elif not problems:
        write(fresh, path)
    return problems


def main() -> int:
    parser = argparse.ArgumentParser(description=(__doc__ or "").partition("\n")[0])
    parser.add_argument("paths", nargs="*", type=Path, help="notebooks; all, if none is given")
    parser.add_argument("--check", action="store_true", help="store nothing, compare")
    arguments = parser.parse_args()
    failed = False
    for path in arguments.paths or notebooks():
        try:
            problems = run(path, arguments.check)
        except Exception as error:  # of a cell: the other notebooks are run all the same
            problems = [ANSI.sub("", str(error))]
        failed = failed or bool(problems)
        print(f"{path.name}: {'; '.join(problems) or 'ok'}", flush=True)
    return 1 if failed else 0


if __name__ == "__main__":
    sys.exit(main())
