"""The arguments of the commands, and what they may be."""

from __future__ import annotations

import argparse
from collections.abc import Callable
from math import isfinite, nan
from typing import NoReturn

from nn import data
from nn.training.settings import DECAYS


class UsageError(Exception):
    """Something is wrong with what was asked for; the message is all the user needs to see."""


class _Parser(argparse.ArgumentParser):
    def error(self, message: str) -> NoReturn:
        raise UsageError(f"{message} (see {self.prog} --help)")


def make_parser() -> argparse.ArgumentParser:
    """The parser of `python -m nn`."""
    parser = _Parser(prog="python -m nn", description="Train a perceptron, test it, and use it.")
    commands = parser.add_subparsers(
        dest="command", required=True, metavar="train | evaluate | predict"
    )
    train = commands.add_parser("train", help="train on data and write the model to a file")
    names = ", ".join(data.NAMES)
    train.add_argument(
        "data", metavar="DATA", help=f"one of {names}; or a CSV file with a header, and --target"
    )
    _add_reading(train.add_argument_group("how a CSV file is read"))
    _add_settings(train.add_argument_group("network and training (each data set has its own)"))
    _add_files(train)

    evaluate = commands.add_parser("evaluate", help="test a model that `train` wrote")
    evaluate.add_argument("model", metavar="MODEL", help="the file")
    evaluate.add_argument(
        "--data",
        metavar="CSV",
        help="a file like the one it was trained on, with the target (by default the test part of "
        "what it was trained on); of a data set: raw features and, last, the class, no header",
    )
    predict = commands.add_parser("predict", help="use a model that `train` wrote")
    predict.add_argument("model", metavar="MODEL", help="the file")
    predict.add_argument(
        "--data",
        metavar="CSV",
        help="a file like the one it was trained on, without the target (by default the test part "
        "of what it was trained on); of a data set: a line of raw features each, no header",
    )
    return parser


def _add_reading(group: argparse._ArgumentGroup) -> None:
    group.add_argument("--target", metavar="COLUMN", help="what is to be predicted")
    group.add_argument(
        "--task",
        choices=["auto", "classification", "regression"],
        default="auto",
        help="auto: texts are classes, and whole numbers if they are few and occur again",
    )
    group.add_argument(
        "--ignore",
        metavar="COLUMN",
        action="append",
        default=[],
        help="a column not to use (may be given several times)",
    )
    group.add_argument(
        "--categorical",
        metavar="COLUMN",
        action="append",
        default=[],
        help="a column whose numbers are categories, as texts always are (several times)",
    )
    group.add_argument(
        "--missing",
        choices=["error", "drop"],
        default="error",
        help="rows with empty cells are an error, or are left out",
    )
    group.add_argument(
        "--separator", type=_separator, default=",", help="between cells: a character, or tab (,)"
    )


def _add_settings(group: argparse._ArgumentGroup) -> None:
    group.add_argument(
        "--layers",
        type=_layers,
        metavar="N[,N...]",
        help="units of the hidden layers, such as 50 or 100,50; none for a linear model",
    )
    group.add_argument("--activation", choices=["relu", "tanh", "sigmoid"])
    group.add_argument("--optimizer", choices=["adam", "sgd"])
    group.add_argument("--lr", type=_positive, help="learning rate at the start")
    group.add_argument("--momentum", type=_below_one, help="of sgd (0.9)")
    group.add_argument("--decay", choices=list(DECAYS), help="of the learning rate")
    group.add_argument("--epochs", type=_count)
    group.add_argument("--batch-size", type=_count)
    group.add_argument("--l2", type=_at_least_zero, help="weight decay, of the weights alone")
    group.add_argument("--label-smoothing", type=_below_one, help="of a classification")
    group.add_argument(
        "--validation",
        type=_below_one,
        metavar="FRACTION",
        help="of the training data, held out to show the accuracy in the progress bar (0.1)",
    )
    group.add_argument("--seed", type=_seed, default=0, help="decides split, weights and order (0)")


def _add_files(train: argparse.ArgumentParser) -> None:
    train.add_argument("--out", metavar="FILE", help="where to write (models/DATA.safetensors)")
    train.add_argument(
        "--checkpoint",
        metavar="FILE",
        help="save the state of the training there after every epoch (without this, in "
        "OUT.checkpoint when it is interrupted)",
    )
    train.add_argument(
        "--resume", action="store_true", help="go on from the checkpoint, if it is there"
    )
    train.add_argument(
        "--report",
        metavar="FILE",
        help="write a page on the training there, such as report.html, and beside it one that "
        "steps through the gradients of a small batch (report-walkthrough.html)",
    )
    train.add_argument("--no-check", action="store_true", help="leave out the gradient check")
    train.add_argument("--quiet", action="store_true", help="no progress bar")


# Types of options; argparse puts their messages into its own.


def _layers(text: str) -> tuple[int, ...]:
    if text == "none":
        return ()
    return tuple(_count(part) for part in text.split(","))


def _separator(text: str) -> str:
    character = "\t" if text in ("tab", "\\t") else text
    if len(character) != 1:
        raise argparse.ArgumentTypeError(f"{text!r} is not one character, nor tab")
    return character


def _count(text: str) -> int:
    return int(_number(text, "a whole number of at least 1", lambda n: n >= 1 and n == int(n)))


def _seed(text: str) -> int:
    what = "a whole number from 0 to 4294967295"
    return int(_number(text, what, lambda n: 0 <= n < 2**32 and n == int(n)))


def _positive(text: str) -> float:
    return _number(text, "a number above 0", lambda x: x > 0)


def _at_least_zero(text: str) -> float:
    return _number(text, "a number of at least 0", lambda x: x >= 0)


def _below_one(text: str) -> float:
    return _number(text, "a number of at least 0 and below 1", lambda x: 0 <= x < 1)


def _number(text: str, what: str, fits: Callable[[float], bool]) -> float:
    try:
        number = float(text)
    except ValueError:
        number = nan
    if not isfinite(number) or not fits(number):
        raise argparse.ArgumentTypeError(f"{text!r} is not {what}")
    return number
