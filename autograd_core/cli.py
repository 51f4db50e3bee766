"""The command line: `python -m autograd_core COMMAND`."""

from __future__ import annotations

import argparse
import os
import sys
from collections.abc import Sequence

from autograd_core.draw import cli as walkthrough
from autograd_core.testing import cli as check

PROGRAM = "python -m autograd_core"


def make_parser() -> argparse.ArgumentParser:
    """The parser of all commands; each sets `run`, a function of the parsed options."""
    parser = argparse.ArgumentParser(prog=PROGRAM, description="Reverse-mode autodiff on NumPy.")
    commands = parser.add_subparsers(title="commands", metavar="COMMAND", required=True)
    command = commands.add_parser(
        "check",
        help="verify the gradients of the operations in a file",
        description="Verify the gradients of the operations that a Python file defines.",
    )
    check.add_arguments(command)
    command.set_defaults(run=check.run)
    command = commands.add_parser(
        "walkthrough",
        help="write a page that steps through the graph that a function makes",
        description="Write a page that steps through the forward and the backward pass.",
    )
    walkthrough.add_arguments(command)
    command.set_defaults(run=walkthrough.run)
    return parser


def main(argv: Sequence[str] | None = None) -> int:
    """Run a command; return the exit status."""
    try:
        options = make_parser().parse_args(argv)
        status: int = options.run(options)
        sys.stdout.flush()
    except BrokenPipeError:  # the reader of our output, such as `head`, has seen enough
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        return 141  # as if ended by SIGPIPE: not 0, which would say that all is right
    except check.UsageError as error:
        print(f"{PROGRAM}: error: {error}", file=sys.stderr)
        return 2
    except KeyboardInterrupt:
        print(f"\n{PROGRAM}: interrupted", file=sys.stderr)
        return 130
    return status
