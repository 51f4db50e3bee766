"""`python -m autograd_core check PATH[:NAME]`: a table of the operations of a file.

Each operation is checked in a process of its own, with a time limit: if one hangs or crashes,
the others are still checked.
"""

from __future__ import annotations

import argparse
import json
import math
import tempfile
import textwrap
from collections import Counter
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any

from autograd_core.testing.processes import Children

EPILOG = """\
Keyword arguments for check_operation, where an operation needs any, stand in the file itself:

  CHECK = {"my_loss": {"signature": "(b,K),(b)->(b)"}, "my_log": {"domain": (0, None)}}

A function that makes one node is checked too if CHECK names it.

exit status: 0 no operation is wrong; 1 one is, or could not be judged, or crashed, or took too
long; 2 the file can't be read or imported, or defines no operation; 130 interrupted
"""


class UsageError(Exception):
    """An error in what was asked for, told without a traceback."""


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """The arguments of the command."""
    parser.formatter_class = argparse.RawDescriptionHelpFormatter
    parser.epilog = EPILOG
    parser.add_argument(
        "path",
        metavar="PATH[:NAME]",
        help="a Python file, or a module by its dotted name; of it one operation, or all",
    )
    parser.add_argument(
        "--timeout",
        type=_seconds,
        default=60.0,
        metavar="SECONDS",
        help="time limit for each operation (default: 60)",
    )
    parser.add_argument(
        "--seed", type=int, default=0, help="another seed makes other inputs (default: 0)"
    )
    parser.add_argument(
        "--jobs",
        type=_jobs,
        default=1,
        metavar="N",
        help="how many operations to check at a time (default: 1)",
    )
    parser.add_argument("--json", action="store_true", help="print a list of results as JSON")


def run(options: argparse.Namespace) -> int:
    """Check, print, and return the exit status: 1 if an operation is not right, else 0."""
    path, name = _split(options.path)
    results = []
    with tempfile.TemporaryDirectory() as folder, Children(Path(folder), options.timeout) as it:
        names = _names(it, path, name)
        width = max(len("operation"), *map(len, names))
        if not options.json:
            print(f"{'operation':<{width}}  {'verdict':<12}   cases  seconds")
        for result in _check(it, path, names, options):
            results.append(result)
            if not options.json:
                row = "{operation:<{width}}  {verdict:<12}  {cases:>6}  {seconds:>7.1f}"
                print(row.format(width=width, **result), flush=True)
    if options.json:
        print(json.dumps(results, indent=2))
    else:
        _print_reports(results)
    return int(any(result["verdict"] not in ("ok", "inconclusive") for result in results))


def _names(children: Children, path: str, name: str | None) -> list[str]:
    """The operations to check: all that `path` defines, or the one of that name."""
    result = children.run("list", path, name)
    if "error" in result:
        raise UsageError(f"{path} can't be checked: {result['error']}")
    names: list[str] = result["operations"]
    if not names:
        raise UsageError(f"{path} defines no operation: no class with a forward and a gradient")
    return names


def _check(
    children: Children, path: str, names: list[str], options: argparse.Namespace
) -> Iterator[dict[str, Any]]:
    """The results of the operations, in their order, each as soon as it is there."""

    def check(name: str) -> dict[str, Any]:
        result = children.run("check", path, name, options.seed)
        nothing = {"operation": name, "cases": 0, "faults": [], "inconclusive": [], "report": ""}
        return nothing | {"report": result.pop("error", "")} | result

    executor = ThreadPoolExecutor(options.jobs)
    try:
        yield from executor.map(check, names)
    finally:
        executor.shutdown(wait=False, cancel_futures=True)


def _print_reports(results: list[dict[str, Any]]) -> None:
    """What there is to say of each operation that is not simply right, and a summary."""
    for result in results:
        if result["verdict"] != "ok":
            text = textwrap.indent(result["report"], "  ")
            print(f"\n{result['operation']}: {result['verdict']}\n{text}")
    verdicts = Counter(result["verdict"] for result in results)
    parts = ", ".join(f"{n} {verdict}" for verdict, n in verdicts.items())
    print(f"\n{len(results)} operation{'s' * (len(results) != 1)}: {parts}")


def _split(argument: str) -> tuple[str, str | None]:
    """PATH and NAME; a colon elsewhere, as in C:\\ops.py, belongs to the path."""
    path, colon, name = argument.rpartition(":")
    return (path, name) if colon and path and name.isidentifier() else (argument, None)


def _seconds(text: str) -> float:
    seconds = float(text)
    if not (0 < seconds < math.inf):
        raise argparse.ArgumentTypeError(f"must be a positive number of seconds, but is {text}")
    return seconds


def _jobs(text: str) -> int:
    jobs = int(text)
    if jobs < 1:
        raise argparse.ArgumentTypeError(f"must be at least 1, but is {text}")
    return jobs
