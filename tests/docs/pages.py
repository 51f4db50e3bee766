"""Runs the code of a Markdown page and compares what it prints with what the page says."""

import contextlib
import doctest
import io
import os
import re
import shlex
import subprocess
import sys
import tomllib
from pathlib import Path

ROOT = Path(__file__).parents[2]
BLOCK = re.compile(r"^```(python|sh|text)\n(.*?)^```$", re.DOTALL | re.MULTILINE)

# Each is run with the argument that makes it tell what it is, and nothing more.
SHOWN_ONLY = {"benchmarks": "--help", "pytest": "--version"}


def pages():
    """The README and all pages of the documentation that were written by hand."""
    found = [
        path
        for path in sorted((ROOT / "docs").rglob("*.md"))
        if not {"_build", "_generated"} & set(path.relative_to(ROOT / "docs").parts)
    ]
    return [ROOT / "README.md", *found]


def run_page(path, names):
    """Run all blocks of a page, in order and with the same names, in the present directory."""
    printed = None
    for kind, text in BLOCK.findall(path.read_text(encoding="utf-8")):
        if kind != "text":
            assert not printed, f"a block printed what the page does not show:\n{printed}"
        if kind == "python":
            out = io.StringIO()
            with contextlib.redirect_stdout(out):
                exec(compile(text, str(path), "exec"), names)
            printed = out.getvalue()
        elif kind == "sh":
            outputs = [run_command(line) for line in text.splitlines()]
            printed = None  # a page need not show it
            last = outputs[-1]
        elif printed is None:
            assert fits(text, last), f"the command printed\n{last}\nbut the page says\n{text}"
        else:
            assert printed == text
            printed = None
    assert not printed, f"a block printed what the page does not show:\n{printed}"


def fits(told, printed):
    """Whether a command printed that; "..." stands for anything, such as seconds."""
    checker = doctest.OutputChecker()
    return checker.check_output(told, printed, doctest.ELLIPSIS | doctest.NORMALIZE_WHITESPACE)


def run_command(line):
    """Run a line of shell, or what of it can be run here; return what its last part printed.

    What sets up an environment is looked at only: its extras must be those of pyproject.toml.
    """
    printed = ""
    for part in line.partition("#")[0].split("&&"):
        words = [word.removeprefix(".venv/bin/") for word in shlex.split(part)]
        match words:
            case ["make", target]:
                printed = run(["make", "-n", target], ROOT)
            case ["python3", "-m", "venv", ".venv"]:
                pass
            case ["pip", "install", *what]:
                for extra in re.findall(r"\[(\w+)\]", " ".join(what)):
                    assert extra in extras(), f"there is no extra {extra}"
            case ["jupyter", "lab", folder]:
                assert (ROOT / folder).is_dir()
            case ["python", "-m", module, *arguments]:
                printed = run_module(module, arguments)
            case _:
                raise AssertionError(f"{part!r}: nobody has said how this is tested")
    return printed


def run_module(module, arguments):
    command = [sys.executable, "-m", module]
    package = module.partition(".")[0]
    if package not in SHOWN_ONLY:
        return run([*command, *arguments], Path.cwd())
    told = run([*command, SHOWN_ONLY[package]], ROOT)
    for word in arguments:
        if package == "benchmarks" and word.startswith("--"):
            assert word in told, f"{module} has no {word}"
    return told


def run(command, folder):
    settings = {"OMP_NUM_THREADS": "1", "PYTHONWARNINGS": "error", "PYTHONIOENCODING": "utf-8"}
    done = subprocess.run(
        command,
        cwd=folder,
        env=os.environ | settings,
        capture_output=True,
        text=True,
        encoding="utf-8",
        check=False,
    )
    assert done.returncode == 0, f"{shlex.join(command)}\n{done.stdout}{done.stderr}"
    return done.stdout


def extras():
    pyproject = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))
    return pyproject["project"]["optional-dependencies"]
