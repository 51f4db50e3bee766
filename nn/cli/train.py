"""`python -m nn train DATA`: check the gradient, train, test, and write the model."""

from __future__ import annotations

import argparse
import shlex
import sys
from collections.abc import Mapping
from dataclasses import asdict, replace
from pathlib import Path

import numpy as np

from nn import checkpoints, data, files, report, training
from nn.cli.options import UsageError
from nn.cli.source import Source
from nn.cli.trained import Trained, describe, shown
from nn.gradient_check import TOLERANCE, check_gradient
from nn.layers import MLP
from nn.training import NonFiniteError, Settings

SGD_LR = 0.1
"""The learning rate of `--optimizer sgd`, where none is given."""


def run(options: argparse.Namespace) -> int:
    """Train a model; return the exit status."""
    source = Source(
        options.data, options.seed, options.target, options.task, options.ignore,
        options.categorical, options.missing, options.separator,
    )  # fmt: skip
    split = source.load()
    settings = _settings(options, source, split)
    out = _prepared("--out", Path(options.out or f"models/{split.name}.safetensors"))
    path = options.checkpoint or f"{out}.checkpoint"
    taken = {"the model": str(out), "the checkpoint": path}
    if source.is_file:
        taken["the data"] = source.data
    page = _report_path(options.report, taken)
    rng = np.random.default_rng(options.seed)
    model = training.make_network(split, settings, rng)

    print(_summary(split, source))
    print(model)
    print(_shown(settings, split, options.seed))
    if not options.no_check and not _gradient_is_right(model, split, settings):
        return 1
    sys.stdout.flush()  # before the progress bar, which goes to the standard error

    # Without being asked for, the state is saved only at the end, also by an interrupt.
    every = 1 if options.checkpoint or options.resume else settings.epochs
    # Always, so that a report can be asked for when a training is resumed.
    norms = report.GradientNorms()
    try:
        history = training.fit_split(
            model,
            split,
            settings,
            rng,
            progress=not options.quiet,
            checkpoint=checkpoints.Checkpoint(path, epochs=every),
            resume=options.resume,
            callbacks=[norms],
        )
    except OSError as error:
        raise UsageError(f"the checkpoint can't be written to {path}: {error}") from error
    except NonFiniteError as error:
        print(f"python -m nn: error: {error}", file=sys.stderr)
        return 1
    if history.stopped == "interrupted":
        if not Path(path).exists():
            raise KeyboardInterrupt
        print(
            f"\npython -m nn: interrupted after {history.epochs} epochs; the same command with "
            f"--resume goes on from {path}",
            file=sys.stderr,
        )
        return 130

    metadata = describe(split, source) | {"settings": asdict(settings)}
    trained = Trained(model, metadata)
    answers = trained.answers(split.X_test)
    figures = trained.quality(answers, split.test_labels())
    print(f"training time: {sum(history['seconds']):.2f} s, final loss {history['loss'][-1]:.4f}")
    print(f"test {shown(figures, ': ')} ({len(split.X_test)} observations)")
    try:
        checkpoints.save(model, out, metadata | {"test": figures})
    except OSError as error:
        raise UsageError(f"the model can't be written to {out}: {error}") from error
    if not options.checkpoint:
        Path(path).unlink(missing_ok=True)
    print(f"model written to {out}")
    if page is not None:
        outcome = report.Outcome(
            model,
            split,
            settings,
            history,
            answers,
            figures,
            norms.norms,
            source.target or "target",
        )
        try:
            report.write(outcome, page)
        except OSError as error:
            raise UsageError(f"the report can't be written to {page}: {error}") from error
        print(f"report written to {page}")
    print(f"use it with: python -m nn predict {shlex.quote(str(out))}")
    return 0


def _settings(options: argparse.Namespace, source: Source, split: data.Split) -> Settings:
    """The data set's settings, with what was given on the command line."""
    settings = training.OTHERS if source.is_file else training.DEFAULTS[source.data]
    if options.optimizer == "sgd":
        settings = replace(settings, lr=SGD_LR)
    elif options.momentum is not None:
        raise UsageError("--momentum is for --optimizer sgd")
    if options.label_smoothing is not None and split.task == "regression":
        raise UsageError("--label-smoothing is for classes, but the target is a number")
    given = {name: getattr(options, name) for name in asdict(settings)}
    return replace(settings, **{name: value for name, value in given.items() if value is not None})


def _prepared(option: str, path: Path) -> Path:
    """A path at which a file can be written, its folder made."""
    try:
        if not path.is_dir():
            path.parent.mkdir(parents=True, exist_ok=True)
        files.refuse_unwritable(path)
    except FileExistsError:
        raise UsageError(f"{option}: {path.parent} is no folder") from None
    except OSError as error:
        raise UsageError(f"{option}: {error}") from error
    return path


def _report_path(given: str | None, taken: Mapping[str, str]) -> Path | None:
    """The path of the report, if there is to be one; neither it nor the page beside it is taken."""
    if given is None:
        return None
    page = _prepared("--report", Path(given))
    beside = _prepared("--report", report.walkthrough_path(page))
    for what, path in taken.items():
        if Path(path).resolve() in (page.resolve(), beside.resolve()):
            raise UsageError(f"--report: {path} is the file of {what}; name another one")
    return page


def _summary(split: data.Split, source: Source) -> str:
    what = f"{len(split.classes)} classes" if split.classes else f"the number {source.target}"
    return (
        f"{split.name}: {len(split.X_train)} observations to train on and {len(split.X_test)} to "
        f"test, {split.n_features} features, {what}"
    )


def _shown(settings: Settings, split: data.Split, seed: int) -> str:
    momentum = f", momentum {settings.momentum:g}" if settings.optimizer == "sgd" else ""
    smoothing = f", label smoothing {settings.label_smoothing:g}" if split.classes else ""
    return (
        f"{settings.optimizer}, learning rate {settings.lr:g} (decay: {settings.decay}){momentum}, "
        f"l2 {settings.l2:g}{smoothing}, {settings.epochs} epochs of batches of "
        f"{settings.batch_size}, {settings.validation:.0%} held out for validation, seed {seed}"
    )


def _gradient_is_right(model: MLP, split: data.Split, settings: Settings) -> bool:
    loss = training.make_loss(split, settings)
    worst = check_gradient(model, split.X_train[:20], split.y_train[:20], loss)
    right = worst < TOLERANCE
    print(
        f"gradient check: {'right' if right else 'WRONG'}, worst relative error {worst:.1e} "
        f"against finite differences, over all {model.num_parameters()} parameters"
    )
    if not right:
        print(f"python -m nn: error: it must be below {TOLERANCE:g}", file=sys.stderr)
    return right
