"""The tables of a report, as HTML: confusions, epochs, and the observations that went worst."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any, TypeAlias

import numpy as np

from autograd_core.draw.text import escape, number
from nn.data import Split
from nn.metrics import confusion_matrix
from nn.report.outcome import Outcome, feature_names, spread

Array: TypeAlias = np.ndarray[Any, Any]

MOST_CLASSES = 30  # of more, the most frequent confusions are listed
WORST = 12  # observations that are shown
MOST_EPOCHS = 500
MOST_FEATURES = 8  # columns of them
LONGEST = 40  # name of a class or a feature
IMAGES = {"digits": (8, 8)}
"""The data sets whose features are the pixels of an image, in rows and columns."""


def confusion(outcome: Outcome) -> str:
    """How many observations of each class were taken for which."""
    names = outcome.split.classes
    counts = confusion_matrix(outcome.labels, outcome.answers, len(names))
    if len(names) > MOST_CLASSES:
        return _frequent(counts, names)
    head = "".join(f'<th scope="col">{short(name)}</th>' for name in names)
    rows = []
    for i, name in enumerate(names):
        total = max(int(counts[i].sum()), 1)
        cells = "".join(
            f'<td class="{"right" if i == j else "wrong"}" '
            f'style="--strength:{100 * n / total:.0f}">{n}</td>'
            for j, n in enumerate(counts[i].tolist())
        )
        rows.append(f'<tr><th scope="row">{short(name)}</th>{cells}</tr>')
    return scroll(
        "Confusion matrix",
        f'<table class="confusion"><thead><tr><td class="corner">true ↓ predicted →</td>{head}</tr>'
        f"</thead><tbody>{''.join(rows)}</tbody></table>",
    )


def _frequent(counts: Array, names: Sequence[str]) -> str:
    wrong = counts - np.diag(np.diag(counts))
    order = np.argsort(-wrong, axis=None, kind="stable")[:20]
    pairs = [divmod(int(k), len(names)) for k in order]
    rows = [
        [short(names[i]), short(names[j]), str(wrong[i, j])] for i, j in pairs if wrong[i, j] > 0
    ]
    if not rows:
        return f"<p>All {counts.sum():,} observations are classified right.</p>"
    return _table("The most frequent confusions", ["true", "predicted", "observations"], rows)


def epochs(history: Mapping[str, Sequence[Any]], norms: Mapping[str, Sequence[float]]) -> str:
    """The figures, a row an epoch; of very many epochs some, from the first to the last."""
    columns = {name: values for name, values in history.items() if name != "seconds"}
    columns |= {f"gradient of {layer}": values for layer, values in norms.items()}
    count = max(map(len, columns.values()), default=0)
    rows = [
        [str(i + 1), *(number(values[i]) if i < len(values) else "" for values in columns.values())]
        for i in spread(count, MOST_EPOCHS)
    ]
    return _table("All epochs", ["epoch", *map(short, columns)], rows)


def worst(outcome: Outcome) -> str:
    """The test observations whose class seemed least probable, or whose residual is largest."""
    labels, predicted = outcome.labels, outcome.predicted
    X = _raw(outcome.split)
    if not outcome.split.classes:
        residuals = labels - predicted
        order = np.argsort(-np.abs(residuals), kind="stable")[:WORST]
        told = [[number(v[i]) for v in (labels, predicted, residuals)] for i in order]
        return _rows(outcome, X[order], order, ["true", "predicted", "residual"], told)
    chances = outcome.answers[np.arange(len(labels)), labels]
    order = np.argsort(chances, kind="stable")[:WORST]
    names = outcome.split.classes
    told = [
        [
            short(names[labels[i]]),
            short(names[predicted[i]]),
            f"{chances[i]:.3f}",
            f"{outcome.answers[i, predicted[i]]:.3f}",
        ]
        for i in order
    ]
    if size := image_size(outcome.split):
        images = [_image(x.reshape(size), cells) for x, cells in zip(X[order], told, strict=True)]
        return f'<ul class="images">{"".join(images)}</ul>'
    return _rows(outcome, X[order], order, ["true", "predicted", "p(true)", "p(predicted)"], told)


def image_size(split: Split) -> tuple[int, int] | None:
    """The rows and columns of the images that the observations are, if they are images."""
    return None if "features" in split.reading else IMAGES.get(split.name)


def _raw(split: Split) -> Array:
    """The test features in raw units, without the noise of float32 in the last digits."""
    X = split.scaler.inverse_transform(split.X_test)
    size = np.abs(split.scaler.mean_) + split.scaler.scale_
    unit = 10.0 ** (np.floor(np.log10(size)) - 5)
    rounded: Array = np.round(X / unit) * unit
    return rounded


def _image(pixels: Array, told: Sequence[str]) -> str:
    true, predicted, chance, confidence = told
    top = pixels.max() or 1.0
    squares = "".join(
        f'<rect x="{j}" y="{i}" width="1.02" height="1.02" fill-opacity="{x / top:.2f}"/>'
        for (i, j), x in np.ndenumerate(pixels)
        if x > 0
    )
    rows, columns = pixels.shape
    wrong = predicted != true
    said = f"<b>{true}</b> taken for <b>{predicted}</b>" if wrong else f"<b>{true}</b>, right"
    also = f"<br>p({predicted}) = {confidence}" if wrong else ""
    picture = (
        f'<svg class="pixels" viewBox="0 0 {columns} {rows}" role="img" '
        f'aria-label="an image of class {true}">{squares}</svg>'
    )
    return f"<li>{picture}<p>{said}</p><p>p({true}) = {chance}{also}</p></li>"


def _rows(outcome: Outcome, X: Array, order: Array, heads: list[str], told: list[list[str]]) -> str:
    names = feature_names(outcome.split)[:MOST_FEATURES]
    rows = [
        [str(i + 1), *cells, *(number(x, 6) for x in row[: len(names)])]
        for i, cells, row in zip(order.tolist(), told, X, strict=True)
    ]
    table = _table("The worst of the test part", ["row", *heads, *map(short, names)], rows)
    left_out = X.shape[1] - len(names)
    return table + (f"<p>({left_out:,} more features are not shown.)</p>" if left_out else "")


def _table(name: str, heads: Sequence[str], rows: Sequence[Sequence[str]]) -> str:
    """A table of cells that are escaped already."""
    head = "".join(f'<th scope="col">{cell}</th>' for cell in heads)
    body = "".join(
        f'<tr><th scope="row">{row[0]}</th>{"".join(f"<td>{cell}</td>" for cell in row[1:])}</tr>'
        for row in rows
    )
    return scroll(name, f"<table><thead><tr>{head}</tr></thead><tbody>{body}</tbody></table>")


def scroll(name: str, content: str) -> str:
    """A table or a drawing that may be wider than the page."""
    return f'<div class="scroll" role="region" aria-label="{name}" tabindex="0">{content}</div>'


def short(name: str) -> str:
    """A name as HTML, not too long."""
    return escape(name if len(name) <= LONGEST else name[: LONGEST - 1] + "…")
