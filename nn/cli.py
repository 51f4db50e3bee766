"""The command line: `python -m nn train digits`, then `python -m nn predict MODEL`."""

from __future__ import annotations

import argparse
import csv
import os
import shlex
import sys
from collections.abc import Sequence
from dataclasses import asdict, replace
from pathlib import Path
from typing import Any, NoReturn, TypeAlias

import numpy as np

import autograd_core as ag
from nn import checkpoints, data, training
from nn.gradient_check import TOLERANCE, check_gradient
from nn.losses import CrossEntropyLoss
from nn.module import Module

Array: TypeAlias = np.ndarray[Any, Any]

SGD_LR = 0.1
"""The learning rate of `--optimizer sgd`, where none is given."""


class UsageError(Exception):
    """Something is wrong with what was asked for; the message is all the user needs to see."""


def main(argv: Sequence[str] | None = None) -> int:
    """Run a command; return the exit status.

    0: done; 1: the gradient check failed, or the training diverged; 2: an error in what was
    asked for, told in one line on the standard error.
    """
    try:
        options = _parser().parse_args(argv)
        run = _train if options.command == "train" else _predict
        status = run(options)
        sys.stdout.flush()
    except (UsageError, ImportError) as error:
        print(f"python -m nn: error: {' '.join(str(error).split())}", file=sys.stderr)
        return 2
    except KeyboardInterrupt:
        print("\npython -m nn: interrupted; nothing was written", file=sys.stderr)
        return 130
    except BrokenPipeError:  # the reader of our output, such as `head`, has seen enough
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        return 0
    return status


class _Parser(argparse.ArgumentParser):
    def error(self, message: str) -> NoReturn:
        raise UsageError(f"{message} (see {self.prog} --help)")


def _parser() -> argparse.ArgumentParser:
    parser = _Parser(prog="python -m nn", description="Train a perceptron, or use one.")
    commands = parser.add_subparsers(dest="command", required=True, metavar="train | predict")

    train = commands.add_parser("train", help="train on a data set and write the model to a file")
    train.add_argument("data", metavar="DATA", help=f"one of {', '.join(data.NAMES)}")
    train.add_argument(
        "--layers",
        type=_layers,
        metavar="N[,N...]",
        help="units of the hidden layers, such as 50 or 100,50; none for a linear model",
    )
    train.add_argument("--activation", choices=["relu", "tanh", "sigmoid"])
    train.add_argument("--optimizer", choices=["adam", "sgd"])
    train.add_argument("--lr", type=_positive, help="learning rate at the start")
    train.add_argument("--momentum", type=_below_one, help="of sgd (0.9)")
    train.add_argument("--decay", choices=["none", "linear", "cosine"], help="of the learning rate")
    train.add_argument("--epochs", type=_count)
    train.add_argument("--batch-size", type=_count)
    train.add_argument("--l2", type=_at_least_zero, help="weight decay")
    train.add_argument("--label-smoothing", type=_below_one)
    train.add_argument(
        "--validation",
        type=_below_one,
        metavar="FRACTION",
        help="of the training data, held out to show the accuracy in the progress bar (0.1)",
    )
    train.add_argument("--seed", type=_seed, default=0, help="decides split, weights and order (0)")
    train.add_argument("--out", metavar="FILE", help="where to write (models/DATA.safetensors)")
    train.add_argument("--no-check", action="store_true", help="leave out the gradient check")
    train.add_argument(
        "--checkpoint",
        metavar="FILE",
        help="save the state of the training there after every epoch",
    )
    train.add_argument(
        "--resume",
        action="store_true",
        help="go on from the checkpoint (OUT.checkpoint), if it is there",
    )
    train.add_argument("--quiet", action="store_true", help="no progress bar")

    predict = commands.add_parser("predict", help="use a model that `train` wrote")
    predict.add_argument("model", metavar="MODEL", help="the file")
    predict.add_argument(
        "--data",
        metavar="DATA",
        help="a CSV file, each line the raw features of one observation; or a data set, for its "
        "test part (by default that of the data set the model was trained on)",
    )
    return parser


def _train(options: argparse.Namespace) -> int:
    dataset = _dataset(options.data, options.seed)
    settings = _settings(options)
    out = Path(options.out or f"models/{dataset.name}.safetensors")
    if out.is_dir():
        raise UsageError(f"--out: {out} is a folder; name a file in it")
    try:
        out.parent.mkdir(parents=True, exist_ok=True)
    except OSError as error:
        raise UsageError(f"--out: the folder {out.parent} can't be made: {error}") from error

    checkpoint = options.checkpoint or (f"{out}.checkpoint" if options.resume else None)

    rng = np.random.default_rng(options.seed)
    model = training.make_network(dataset, settings, rng)
    print(
        f"{dataset.name}: {len(dataset.X_train)} observations to train on and "
        f"{len(dataset.X_test)} to test, {dataset.n_features} features, "
        f"{len(dataset.classes)} classes"
    )
    print(model)
    print(_summary(settings, options.seed))

    if not options.no_check:
        X, y = dataset.X_train[:20], dataset.y_train[:20]
        loss = CrossEntropyLoss(label_smoothing=settings.label_smoothing)
        worst = check_gradient(model, X, y, loss)
        verdict = "right" if worst < TOLERANCE else "WRONG"
        print(
            f"gradient check: {verdict}, worst relative error {worst:.1e} against finite "
            f"differences, over all {model.num_parameters()} parameters"
        )
        if not worst < TOLERANCE:
            print(f"python -m nn: error: it must be below {TOLERANCE:g}", file=sys.stderr)
            return 1

    sys.stdout.flush()  # before the progress bar, which goes to the standard error
    try:
        history = training.fit_split(
            model,
            dataset,
            settings,
            rng,
            progress=not options.quiet,
            checkpoint=checkpoint,
            resume=options.resume,
        )
    except (checkpoints.ModelFileError, OSError) as error:
        raise UsageError(str(error)) from error
    except training.NonFiniteError as error:
        print(f"python -m nn: error: {error}", file=sys.stderr)
        return 1
    if history.stopped == "interrupted":
        if checkpoint is None:
            raise KeyboardInterrupt
        print(
            f"\npython -m nn: interrupted; go on from {checkpoint} with --resume", file=sys.stderr
        )
        return 130
    accuracy = training.accuracy(model, dataset.X_test, dataset.y_test)
    print(f"training time: {sum(history['seconds']):.2f} s, final loss {history['loss'][-1]:.4f}")
    print(f"test accuracy: {accuracy:.4f} ({len(dataset.X_test)} observations)")
    metadata = {
        "data": dataset.name,
        "seed": options.seed,
        "classes": list(dataset.classes),
        "offset": dataset.scaler.mean_.tolist(),
        "scale": dataset.scaler.scale_.tolist(),
        "settings": asdict(settings),
        "test_accuracy": accuracy,
    }
    try:
        checkpoints.save(model, out, metadata)
    except OSError as error:
        raise UsageError(f"the model can't be written to {out}: {error}") from error
    print(f"model written to {out}")
    print(f"use it with: python -m nn predict {shlex.quote(str(out))}")
    return 0


def _settings(options: argparse.Namespace) -> training.Settings:
    """The data set's settings, with what was given on the command line."""
    settings = training.DEFAULTS[options.data]
    if options.optimizer == "sgd":
        settings = replace(settings, lr=SGD_LR)
    given = {name: getattr(options, name) for name in asdict(settings)}
    return replace(settings, **{name: value for name, value in given.items() if value is not None})


def _summary(settings: training.Settings, seed: int) -> str:
    momentum = f", momentum {settings.momentum:g}" if settings.optimizer == "sgd" else ""
    return (
        f"{settings.optimizer}, learning rate {settings.lr:g} (decay: {settings.decay}){momentum}, "
        f"l2 {settings.l2:g}, label smoothing {settings.label_smoothing:g}, {settings.epochs} "
        f"epochs of batches of {settings.batch_size}, {settings.validation:.0%} held out for "
        f"validation, seed {seed}"
    )


def _predict(options: argparse.Namespace) -> int:
    try:
        model, metadata = checkpoints.load(options.model)
        known = _Known(model, metadata)
    except checkpoints.ModelFileError as error:
        raise UsageError(str(error)) from error
    source = options.data or known.data
    if source in data.NAMES:
        dataset = _dataset(source, known.seed)
        if dataset.n_features != len(known.offset) or list(dataset.classes) != known.classes:
            raise UsageError(
                f"the model was trained on {known.data}, with {len(known.offset)} features and "
                f"{len(known.classes)} classes; it does not fit {source}"
            )
        raw = dataset.scaler.inverse_transform(dataset.X_test)
        _show_test(dataset, known.probabilities(raw))
    elif options.data is None:
        raise UsageError(f"{options.model} does not say what it was trained on; pass --data")
    else:
        X = read_features(source, len(known.offset))
        print(",".join(["class", *(f"p({name})" for name in known.classes)]))
        for p in known.probabilities(X):
            print(",".join([known.classes[p.argmax()], *(f"{value:.4f}" for value in p)]))
    return 0


class _Known:
    """A loaded model with what its metadata tell, checked."""

    def __init__(self, model: Module, metadata: dict[str, Any]) -> None:
        try:
            self.data = str(metadata["data"])
            self.seed = int(metadata["seed"])
            self.classes = [str(name) for name in metadata["classes"]]
            self.offset = np.array(metadata["offset"], float)
            self.scale = np.array(metadata["scale"], float)
            self.model = model
            n_scores = self.probabilities(self.offset.reshape(1, -1)).shape[1]
            if n_scores != len(self.classes):
                raise ValueError(f"it has {n_scores} scores for {len(self.classes)} classes")
        except (KeyError, TypeError, ValueError, OverflowError) as error:
            raise checkpoints.ModelFileError(
                f"the file is a model, but not one that `python -m nn train` wrote: "
                f"{type(error).__name__}: {error}"
            ) from error

    def probabilities(self, X: Array) -> Array:
        """The probabilities (n, K) of the classes for raw features X (n, d)."""
        with np.errstate(all="ignore"):
            scores = training.predict(self.model, (X - self.offset) / self.scale)
        finite = np.isfinite(scores).all(axis=1)
        if not finite.all():
            raise UsageError(
                f"the scores of observation {finite.argmin() + 1} overflow: its features are far "
                f"from those that the model was trained on, or the model is broken"
            )
        return np.array(ag.softmax(scores).value)


def _show_test(dataset: data.Split, p: Array) -> None:
    predicted = p.argmax(axis=1)
    right = predicted == dataset.y_test
    print(
        f"{dataset.name}, the {len(p)} test observations of seed {dataset.seed}: "
        f"accuracy {right.mean():.4f}"
    )
    wrong = np.flatnonzero(~right)
    shown = [*range(min(5, len(p))), *wrong[wrong >= 5][:5]]
    print("row  predicted   probability  true class")
    for i in shown:
        print(
            f"{i:3}  {dataset.classes[predicted[i]]:10}  {p[i].max():11.4f}  "
            f"{dataset.classes[dataset.y_test[i]]}{'' if right[i] else '  (wrong)'}"
        )
    print(f"({len(wrong)} of {len(p)} are wrong)")


def read_features(path: str, columns: int) -> Array:
    """Read a CSV file of numbers, one observation a line, without a header: (n, columns).

    Raises UsageError with the line and the column of the first cell that is no finite number.
    """
    rows = []
    try:
        with open(path, newline="", encoding="utf-8-sig") as file:
            reader = csv.reader(file)
            for cells in reader:
                if not cells or cells == [""]:
                    continue
                where = f"{path}, row {reader.line_num}"
                if len(cells) != columns:
                    raise UsageError(
                        f"{where} has {len(cells)} columns, but the model needs {columns}, "
                        f"separated by commas"
                    )
                rows.append(
                    [_cell(text, f"{where}, column {j}") for j, text in enumerate(cells, 1)]
                )
    except FileNotFoundError:
        raise UsageError(
            f"--data: {path} is neither a file nor a data set ({', '.join(data.NAMES)})"
        ) from None
    except (OSError, UnicodeDecodeError, csv.Error) as error:
        raise UsageError(f"--data: {path} can't be read as a CSV file: {error}") from error
    if not rows:
        raise UsageError(f"--data: {path} has no rows")
    return np.array(rows)


def _cell(text: str, where: str) -> float:
    try:
        number = float(text.replace("_", "?"))  # Python would read 1_0 as 10
    except ValueError:
        raise UsageError(
            f"{where}: {text[:40]!r} is not a number (the file must have no header)"
        ) from None
    if not np.isfinite(number):
        raise UsageError(f"{where}: {text!r} is not a finite number")
    return number


def _dataset(name: str, seed: int) -> data.Split:
    try:
        return data.load(name, seed, dtype=np.float32)
    except ValueError as error:
        raise UsageError(str(error)) from error


# Types of options; argparse puts their messages into its own.


def _layers(text: str) -> tuple[int, ...]:
    if text == "none":
        return ()
    return tuple(_count(part) for part in text.split(","))


def _count(text: str) -> int:
    return int(_number(text, "a whole number of at least 1", lambda n: n >= 1 and n == int(n)))


def _seed(text: str) -> int:
    return int(
        _number(
            text, "a whole number from 0 to 4294967295", lambda n: 0 <= n < 2**32 and n % 1 == 0
        )
    )


def _positive(text: str) -> float:
    return _number(text, "a number above 0", lambda x: x > 0)


def _at_least_zero(text: str) -> float:
    return _number(text, "a number of at least 0", lambda x: x >= 0)


def _below_one(text: str) -> float:
    return _number(text, "a number of at least 0 and below 1", lambda x: 0 <= x < 1)


def _number(text: str, what: str, fits: Any) -> float:
    try:
        number = float(text)
    except ValueError:
        number = np.nan
    if not np.isfinite(number) or not fits(number):
        raise argparse.ArgumentTypeError(f"{text!r} is not {what}")
    return number
