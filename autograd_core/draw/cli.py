"""`python -m autograd_core walkthrough SCRIPT.py:FUNCTION`: a page from a function."""

from __future__ import annotations

import argparse
import inspect
import sys
from collections.abc import Callable
from types import FrameType
from typing import Any

from autograd_core.draw.walkthrough import walkthrough
from autograd_core.node import Node
from autograd_core.testing.cli import UsageError
from autograd_core.testing.discovery import load


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """The arguments of the command."""
    parser.add_argument(
        "function",
        metavar="SCRIPT.py:FUNCTION",
        help="a function without arguments that returns a node; its variables give the names",
    )
    parser.add_argument(
        "-o", "--output", metavar="PAGE.html", help="where to write (default: FUNCTION.html)"
    )
    parser.add_argument(
        "--precision", type=int, default=4, metavar="N", help="significant digits (default: 4)"
    )


def run(options: argparse.Namespace) -> int:
    """Call the function, write the page, print where it is, and return the exit status."""
    path, colon, name = options.function.rpartition(":")
    if not (colon and path and name.isidentifier()):
        raise UsageError(f"{options.function} names no function: write SCRIPT.py:FUNCTION")
    try:
        module = load(path)
    except FileNotFoundError as error:
        raise UsageError(str(error)) from None
    function = getattr(module, name, None)
    if not callable(function):
        raise UsageError(f"{path} has no function {name!r}")
    node, variables = call(function)
    if not isinstance(node, Node):
        raise UsageError(
            f"{name} returned {type(node).__name__}, but must return the node to walk through, "
            f"such as a loss"
        )
    output = options.output or f"{name}.html"
    names = vars(module) | variables
    try:
        walkthrough(node, output, names=names, precision=options.precision)
    except OSError as error:
        raise UsageError(str(error)) from None
    print(output)
    return 0


def call(function: Callable[[], Any]) -> tuple[Any, dict[str, Any]]:
    """What a function returns, and the variables that it had when it did."""
    variables: dict[str, Any] = {}
    code = getattr(inspect.unwrap(function), "__code__", None)

    def watch(frame: FrameType, event: str, _: Any) -> None:
        if event == "return" and frame.f_code is code:
            variables.update(frame.f_locals)

    before = sys.getprofile()
    sys.setprofile(watch)
    try:
        return function(), variables
    finally:
        sys.setprofile(before)
