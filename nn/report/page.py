"""The page of a report, put together."""

from __future__ import annotations

import os
from collections.abc import Mapping
from importlib.resources import files
from pathlib import Path
from string import Template

import numpy as np

import autograd_core as ag
from autograd_core.draw import network
from autograd_core.draw.save import write_text
from autograd_core.draw.style import style_sheet
from autograd_core.draw.text import escape, number
from nn.plots import grid
from nn.report import batch, charts, tables
from nn.report.outcome import Outcome, feature_names, spread
from nn.report.regions import regions
from nn.training.evaluation import predict

STEPS = 120  # of the decision boundary's grid, in each direction
MOST_POINTS = 1000  # that are drawn


def walkthrough_path(path: str | os.PathLike[str]) -> Path:
    """Where the step-through page of a report is: `report-walkthrough.html` beside it."""
    path = Path(path)
    return path.with_name(f"{path.stem}-walkthrough.html")


def write(outcome: Outcome, path: str | os.PathLike[str]) -> None:
    """Write the page to `path`, and the step-through page of one small batch beside it.

    Each appears under its name only when it is complete. OSError if it can't be written.
    """
    batch.walk(outcome, walkthrough_path(path))
    write_text(path, page(outcome, walkthrough_path(path).name))


def page(outcome: Outcome, walkthrough: str | None = None) -> str:
    """The HTML, which needs no network and runs no script.

    `walkthrough` is the address of a step-through page, relative to this one.
    """
    split = outcome.split
    main = next(iter(outcome.figures.items()), None)
    headline = f"test {main[0]} {main[1]:.4f}" if main else "no test figures"
    link = ""
    if walkthrough is not None:
        link = (
            f'<p><a href="{escape(walkthrough)}">Step through the computation of the loss and of '
            f"all gradients</a> for {min(batch.ROWS, len(split.X_train))} training observations, "
            f"with the trained weights.</p>"
        )
    pictures = [
        *_training(outcome),
        *(_classification(outcome) if split.classes else _regression(outcome)),
    ]
    # There are two columns at most: a wide card leaves no gap before an even number of others.
    wide = len(pictures) % 2 == 0 or len(outcome.settings.layers) > 3
    drawing = tables.scroll("Network", network(outcome.model, weights=True))
    cards = [
        _card("Results", _facts(_results(outcome)) + link),
        _card("Settings", _facts(_settings(outcome))),
        _card("Network", drawing, _NETWORK, wide=wide),
        *pictures,
        _card("The hardest test observations", tables.worst(outcome), _hardest(outcome), wide=True),
    ]
    names = {layer: outcome.norms[path] for layer, path in _layer_names(outcome).items()}
    table = tables.epochs(outcome.history, names)
    summary = "<summary>All figures, epoch by epoch</summary>"
    cards.append(f'<section class="wide epochs"><details>{summary}{table}</details></section>')
    return Template(_resource("report.html")).substitute(
        title=escape(f"{split.name}: {headline}"),
        name=escape(split.name),
        headline=escape(headline),
        style=style_sheet() + _resource("report.css"),
        cards="\n".join(cards),
    )


def _card(title: str, content: str, note: str = "", wide: bool = False) -> str:
    kind = ' class="wide"' if wide else ""
    about = f'<p class="note">{note}</p>' if note else ""
    return f"<section{kind}><h2>{title}</h2>{about}{content}</section>"


_NETWORK = "The trained weights: orange is positive, blue is negative, and wide is large."


def _facts(facts: Mapping[str, str]) -> str:
    lines = "".join(f"<dt>{escape(k)}</dt><dd>{escape(v)}</dd>" for k, v in facts.items())
    return f"<dl>{lines}</dl>"


def _results(outcome: Outcome) -> dict[str, str]:
    history, split = outcome.history, outcome.split
    facts = {
        f"test {name}": f"{x:.4f}" if abs(x) < 10 else number(x)
        for name, x in outcome.figures.items()
    }
    if split.classes:
        wrong = int((outcome.predicted != outcome.labels).sum())
        facts["wrong"] = f"{wrong} of {len(split.X_test)} test observations"
    for name in ("accuracy", "val_accuracy", "loss", "val_loss"):
        if history.get(name):
            facts[_FIGURES[name]] = number(history[name][-1])
    facts["training time"] = f"{sum(history['seconds']):.2f} s for {history.epochs} epochs"
    return facts


_FIGURES = {
    "loss": "training loss",
    "val_loss": "validation loss",
    "accuracy": "training accuracy",
    "val_accuracy": "validation accuracy",
}


def _settings(outcome: Outcome) -> dict[str, str]:
    split, settings = outcome.split, outcome.settings
    n, m = len(split.X_train), len(split.X_test)
    what = f"{len(split.classes)} classes" if split.classes else f"the number {outcome.target}"
    facts = {
        "data": f"{split.name}, split with seed {split.seed}",
        "observations": f"{n:,} to train on, {m:,} to test",
        "predicted": f"{what}, from {split.n_features:,} features",
        "network": "-".join(map(str, [split.n_features, *settings.layers, split.n_outputs]))
        + (f", {settings.activation}" if settings.layers else ""),
        "parameters": f"{outcome.model.num_parameters():,}",
        "optimizer": settings.optimizer
        + (f", momentum {settings.momentum:g}" if settings.optimizer == "sgd" else ""),
        "learning rate": f"{settings.lr:g} (decay: {settings.decay})",
        "weight decay": f"{settings.l2:g}",
        "epochs": f"{settings.epochs}, batches of {settings.batch_size}",
        "validation": f"{settings.validation:.0%} of the training observations",
    }
    if split.classes:
        facts["label smoothing"] = f"{settings.label_smoothing:g}"
    return facts


def _training(outcome: Outcome) -> list[str]:
    history = outcome.history
    cards = []
    for key, title in (("loss", "Loss"), ("accuracy", "Accuracy")):
        series = {
            _FIGURES[name]: history[name] for name in (key, f"val_{key}") if history.get(name)
        }
        if series:
            single = next(iter(series)) if len(series) == 1 else ""
            chart = charts.curves(title, series, y_label=single or key)
            cards.append(_card(f"{title} by epoch", chart))
    norms = {layer: outcome.norms[path] for layer, path in _layer_names(outcome).items()}
    if norms:
        chart = charts.curves("Norm of the gradient", norms, log=True, y_label="norm")
        note = "The norm of each layer's gradient, as a mean over the steps of the epoch."
        cards.append(_card("Gradients by layer", chart, note))
    return cards


def _layer_names(outcome: Outcome) -> dict[str, str]:
    """The paths of layers by the names that the drawing of the network has for them."""
    paths = list(outcome.norms)
    layers = len(outcome.settings.layers)
    if len(paths) != layers + 1:
        return {path: path for path in paths}
    hidden = ["hidden"] if layers == 1 else [f"hidden {k}" for k in range(1, layers + 1)]
    return dict(zip([*hidden, "output"], paths, strict=True))


def _classification(outcome: Outcome) -> list[str]:
    split = outcome.split
    cards = [_card("Confusion matrix", tables.confusion(outcome), "Of the test part.")]
    if split.n_features != 2:
        return cards
    points = split.scaler.inverse_transform(split.X_test)
    some = spread(len(points), MOST_POINTS)
    xs, ys, places = grid(points, STEPS)
    with np.errstate(all="ignore"):
        scores = predict(outcome.model, split.scaler.transform(places).astype(split.X_test.dtype))
        p = ag.softmax(scores).value
    chart = regions(
        "The most probable class by the two features, and the test observations",
        xs,
        ys,
        p.reshape(STEPS, STEPS, -1),
        points[some],
        outcome.labels[some],
        outcome.predicted[some],
        split.classes,
        *feature_names(split),
    )
    shown = "Test" if len(some) == len(points) else f"{len(some):,} of {len(points):,} test"
    note = f"{shown} observations by their true class; a ring marks what is classified wrong."
    return [*cards, _card("Decision boundary", chart, note)]


def _regression(outcome: Outcome) -> list[str]:
    y, p = outcome.labels, outcome.predicted
    some = spread(len(y), MOST_POINTS)
    note = "" if len(some) == len(y) else f"{len(some):,} of {len(y):,} test observations."
    y, p = y[some], p[some]
    target = outcome.target
    predicted = f"predicted {target}"
    against = charts.points(
        f"Predicted against true {target}", y, p, f"true {target}", predicted, diagonal=True
    )
    residuals = charts.points(
        f"Residuals, true minus predicted {target}, by prediction", p, y - p, predicted, "residual"
    )
    return [_card("Predictions", against, note), _card("Residuals", residuals, note)]


def _hardest(outcome: Outcome) -> str:
    rows = "" if tables.image_size(outcome.split) else "Rows are counted in the test part."
    if outcome.split.classes:
        return f"Those whose true class was given the least probability. {rows}"
    return f"Those whose residuals, true minus predicted, are largest. {rows}"


def _resource(name: str) -> str:
    return (files("nn.report") / name).read_text(encoding="utf-8")
