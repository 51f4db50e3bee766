"""The command line: `python -m nn train digits`, then `evaluate` and `predict` with the model.

Each command has a module; `options` has their arguments, `source` finds the data to train on, and
`trained` is a model that was read back.
"""

from __future__ import annotations

import os
import sys
from collections.abc import Sequence

from nn.cli import evaluate, predict, train
from nn.cli.options import UsageError, make_parser
from nn.files import ModelFileError

COMMANDS = {"train": train.run, "evaluate": evaluate.run, "predict": predict.run}


def main(argv: Sequence[str] | None = None) -> int:
    """Run a command; return the exit status.

    0: done; 1: the gradient check failed, or the training diverged; 2: an error in what was
    asked for, told in one line on the standard error; 130: interrupted by Ctrl-C.
    """
    try:
        options = make_parser().parse_args(argv)
        status = COMMANDS[options.command](options)
        sys.stdout.flush()
    except BrokenPipeError:  # the reader of our output, such as `head`, has seen enough
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        return 0
    except (UsageError, ModelFileError, OSError, ImportError) as error:
        print(f"python -m nn: error: {' '.join(str(error).split())}", file=sys.stderr)
        return 2
    except KeyboardInterrupt:
        print("\npython -m nn: interrupted; nothing was written", file=sys.stderr)
        return 130
    return status
