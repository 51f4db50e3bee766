"""`python -m nn evaluate MODEL`: how good a model is."""

from __future__ import annotations

import argparse
from typing import Any, TypeAlias

import numpy as np

from nn import data
from nn.cli.options import UsageError
from nn.cli.trained import Trained, shown
from nn.metrics import confusion_matrix

Array: TypeAlias = np.ndarray[Any, Any]


def run(options: argparse.Namespace) -> int:
    """Test a model on the test part of its data, or on a file with the target."""
    trained = Trained.load(options.model)
    if options.data is None or options.data in data.NAMES:
        X, y, what = test_part(trained, options.data)
    else:
        X, y = trained.read_labelled(options.data)
        what = f"{options.data}, {len(X)} observations"
    answers = trained.answers(X)
    print(f"{what}: {shown(trained.quality(answers, y))}")
    if trained.classes:
        counts = confusion_matrix(y, answers, len(trained.classes))
        print("confusion matrix (rows: true class, columns: predicted class)")
        print(_table(counts, trained.classes))
    return 0


def test_part(trained: Trained, name: str | None) -> tuple[Array, Array, str]:
    """Scaled features and labels of what the model has not seen, and what they are.

    UsageError if it was trained on another data set than the one named, if one is.
    """
    if name not in (None, trained.source.data):
        raise UsageError(f"the model was trained on {trained.source.data}; it does not fit {name}")
    split = trained.test_part()
    n = len(split.X_test)
    what = f"{split.name}, the {n} test observations of seed {split.seed}"
    return split.X_test, split.test_labels(), what


def _table(counts: Array, names: list[str]) -> str:
    width = max(len(name) for name in [*names, str(counts.max())])
    lines = [" ".join(f"{name:>{width}}" for name in ["", *names])]
    for name, row in zip(names, counts, strict=True):
        lines.append(" ".join([f"{name:>{width}}", *(f"{n:{width}}" for n in row)]))
    return "\n".join(lines)
