"""CSV files to train on: split and scaled like the built-in data sets."""

from __future__ import annotations

import os
from collections.abc import Sequence
from pathlib import Path
from typing import Any, Literal, TypeAlias

import numpy as np
from numpy.typing import DTypeLike

from nn.data.csv import MANY, Table, Task, column_names, read_csv
from nn.data.prepared import Split
from nn.data.scaling import StandardScaler
from nn.data.splits import train_test_split

Array: TypeAlias = np.ndarray[Any, Any]

MOST_CLASSES = 20
"""More different whole numbers than this are no classes, unless the task says so."""


def load_csv(
    path: str | os.PathLike[str],
    target: str,
    seed: int = 0,
    *,
    task: Task = "auto",
    ignore: Sequence[str] = (),
    categorical: Sequence[str] = (),
    missing: Literal["error", "drop"] = "error",
    separator: str = ",",
    test_size: float = 0.2,
    dtype: DTypeLike = np.float64,
) -> Split:
    """Read a CSV file with `read_csv`, split it, and scale it by its training part.

    The column `target` is to be predicted from all others but those to `ignore`. Its texts are
    classes, and so are at most 20 different whole numbers, if they occur twice on the average;
    other numbers are a regression's targets, which are scaled as well. `task` decides otherwise.
    The test part, a fraction
    `test_size` drawn with `seed`, has every class in the same proportion, if there is enough of
    each.

    >>> import pathlib, tempfile
    >>> path = pathlib.Path(tempfile.mkdtemp(), "fruit.csv")
    >>> rows = [f"{size},{'melon' if size > 5 else 'apple'}" for size in range(10)]
    >>> _ = path.write_text("\\n".join(["size,kind", *rows]))
    >>> data = load_csv(path, "kind")
    >>> data.classes, data.X_train.shape, sorted(data.y_test.tolist())
    (('apple', 'melon'), (8, 1), [0, 1])
    """
    names = column_names(path, separator)
    for name in (target, *ignore):
        if name not in names:
            raise ValueError(
                f"{path}: there is no column {name!r}; there are {', '.join(map(repr, names))}"
            )
    features = [name for name in names if name != target and name not in ignore]
    if not features:
        raise ValueError(f"{path}: there is no column but {target!r} to predict it from")
    reading: dict[str, Any] = {"features": features, "separator": separator}

    def read(task: Task) -> Table:
        return read_csv(
            path, target, task=task, categorical=categorical, missing=missing, **reading
        )

    table = read(task)
    if task == "auto" and table.classes is None and _few_whole_numbers(np.asarray(table.labels)):
        table = read("classification")
    y = np.asarray(table.labels)
    classes = table.classes or ()
    if len(np.unique(y)) < 2:
        only = classes[0] if classes else y[0]
        raise ValueError(f"{path}: all of column {target!r} is {only}: there is nothing to learn")
    if len(classes) > max(MANY, len(y) / 2):
        raise ValueError(
            f"{path}: of {len(y)} entries of column {target!r} {len(classes)} are different, as if "
            f"they were names: there is no learning such classes"
        )
    rows = np.arange(len(y))
    train, test = train_test_split(
        rows, test_size=test_size, random_state=seed, stratify=_strata(y, test_size, classes)
    )
    scaler = StandardScaler().fit(table.features[train])
    target_scaler = None
    if not classes:
        y = y.astype(float).reshape(-1, 1)
        target_scaler = StandardScaler().fit(y[train])
        y = target_scaler.transform(y).astype(dtype)
    with np.errstate(over="ignore"):  # of a test row far outside: its score tells
        X = scaler.transform(table.features).astype(dtype)
    return Split(
        name=Path(path).stem,
        seed=int(seed),
        X_train=X[train],
        y_train=y[train],
        X_test=X[test],
        y_test=y[test],
        classes=classes,
        scaler=scaler,
        target_scaler=target_scaler,
        reading={**reading, "categories": table.categories},
    )


def _few_whole_numbers(y: Array) -> bool:
    return y.dtype.kind == "i" and len(np.unique(y)) <= min(MOST_CLASSES, len(y) / 2)


def _strata(y: Array, test_size: float, classes: tuple[str, ...]) -> Array | None:
    """The classes, if each has an observation for both parts."""
    enough = (
        bool(classes)
        and np.bincount(y).min() >= 2
        and len(classes) <= test_size * len(y)
        and len(classes) <= (1 - test_size) * len(y)
    )
    return y if enough else None
