"""`python -m nn predict MODEL`: answers of a model."""

from __future__ import annotations

import argparse
import csv
import sys
from typing import Any, TypeAlias

import numpy as np

from nn import data
from nn.cli.evaluate import test_part
from nn.cli.trained import Trained, shown

Array: TypeAlias = np.ndarray[Any, Any]


def run(options: argparse.Namespace) -> int:
    """Print the answers for a file of features as CSV; or some of those for the test part."""
    trained = Trained.load(options.model)
    if options.data is not None and options.data not in data.NAMES:
        X = trained.read(options.data)
        _print_csv(trained, trained.answers(X))
        return 0
    X, y, what = test_part(trained, options.data)
    answers = trained.answers(X)
    print(f"{what}: {shown(trained.quality(answers, y))}")
    if trained.classes:
        _show_classes(trained.classes, answers, y)
    else:
        print("row     predicted          true")
        for i in range(min(10, len(y))):
            print(f"{i:3}  {answers[i, 0]:12.6g}  {y[i]:12.6g}")
    return 0


def _print_csv(trained: Trained, answers: Array) -> None:
    writer = csv.writer(sys.stdout, lineterminator="\n")
    if not trained.classes:
        writer.writerow([trained.source.target])
        writer.writerows([f"{value:.9g}"] for value in answers[:, 0])
        return
    writer.writerow(["class", *(f"p({name})" for name in trained.classes)])
    for p in answers:
        writer.writerow([trained.classes[p.argmax()], *(f"{value:.4f}" for value in p)])


def _show_classes(names: list[str], p: Array, y: Array) -> None:
    """The first five, and five that are wrong."""
    predicted = p.argmax(axis=1)
    wrong = np.flatnonzero(predicted != y)
    print("row  predicted   probability  true class")
    for i in [*range(min(5, len(p))), *wrong[wrong >= 5][:5]]:
        mark = "" if predicted[i] == y[i] else "  (wrong)"
        print(f"{i:3}  {names[predicted[i]]:10}  {p[i].max():11.4f}  {names[y[i]]}{mark}")
    print(f"({len(wrong)} of {len(p)} are wrong)")
