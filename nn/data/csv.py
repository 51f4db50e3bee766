"""CSV files: numbers, categories and labels, with every cell that is wrong named."""

from __future__ import annotations

import os
from collections.abc import Mapping, Sequence
from math import isfinite, nan
from typing import Any, Literal, NamedTuple, TypeAlias

import numpy as np
from numpy.typing import DTypeLike

from nn.data.datasets import TensorDataset, one_hot
from nn.extras import needs

Array: TypeAlias = np.ndarray[Any, Any]

MISSING = frozenset({"", "na", "n/a", "nan", "null", "none", "?"})
"""Cells that hold no value, in lower case."""

MANY = 50
"""More categories than this must occur twice on the average."""

Task: TypeAlias = Literal["auto", "classification", "regression"]


class Table(NamedTuple):
    """What a CSV file holds: `features` (n, d) under `names`, and `labels` (n,) or None.

    Labels are numbers, or the integer numbers of `classes`. `columns` are the file's columns that
    became features, and `categories` has the categories of those that became one-hot columns:
    pass them on, `columns` as `features`, to read other files in the same way.
    """

    features: Array
    labels: Array | None
    names: tuple[str, ...]
    classes: tuple[str, ...] | None
    categories: dict[str, tuple[str, ...]]
    columns: tuple[str, ...]


def read_csv(
    path: str | os.PathLike[str],
    label: str | int | None = None,
    *,
    features: Sequence[str] | None = None,
    categorical: Sequence[str] = (),
    categories: Mapping[str, Sequence[str]] | None = None,
    classes: Sequence[str] | None = None,
    task: Task = "auto",
    missing: Literal["error", "drop"] = "error",
    separator: str = ",",
    header: bool = True,
    dtype: DTypeLike = np.float64,
) -> Table:
    """Read a CSV file with a header: features, labels, names.

    `label` is the name of the column of labels, or its number (-1: the last); `features` the
    columns to use, by default all others. A column of numbers is a feature; a column with none,
    or one named in `categorical`, becomes a one-hot column for each of its categories, in
    alphabetic order and named "column=category". Labels are classes if they are no numbers, or
    with task="classification"; their order is alphabetic (numeric for numbers). With `columns`,
    `categories` and `classes` of an earlier `Table` (`columns` as `features`) everything comes
    out as it did there: then a column that is not in `categories` must be numbers.

    An empty cell (or NA, nan, null, none, ?) is an error that names row and column, or its row
    is left out with missing="drop". Errors as well are a cell that is no number among numbers,
    a category that is not in `categories`, and a column of texts that hardly repeat, such as
    names, unless it is named in `categorical`. Rows are counted from 1 after the header; lines
    that are empty don't count. Without a `header` the columns are named "1", "2", ...

    >>> import pathlib, tempfile
    >>> path = pathlib.Path(tempfile.mkdtemp(), "fruit.csv")
    >>> _ = path.write_text("size,colour,kind\\n3,red,apple\\n9,green,melon\\n")
    >>> table = read_csv(path, label="kind")
    >>> table.names, table.features.tolist(), table.classes, table.labels.tolist()
    (('size', 'colour=green', 'colour=red'), [[3.0, 0.0, 1.0], [9.0, 1.0, 0.0]], ('apple', 'melon'), [0, 1])
    """  # noqa: E501
    if task not in ("auto", "classification", "regression"):
        raise ValueError(
            f"read_csv: task must be 'auto', 'classification' or 'regression', not {task!r}"
        )
    if missing not in ("error", "drop"):
        raise ValueError(f"read_csv: missing must be 'error' or 'drop', but is {missing!r}")
    columns = _read(path, separator, header)
    label = _label(path, label, columns)
    if features is None:
        features = [name for name in columns if name != label]
    for name in features:
        if name not in columns:
            raise ValueError(f"{path}: there is no column {name!r}; there are {_list(columns)}")
    for name in categorical:
        if name not in features:
            raise ValueError(
                f"{path}: {name!r}, named in categorical, is no feature; these are "
                f"{_list(features)}"
            )
    used = [*features] if label is None else [*features, label]
    columns = {name: columns[name] for name in used}
    row_numbers = _complete_rows(path, columns, missing)
    columns = {name: cells[row_numbers - 1] for name, cells in columns.items()}

    known = dict(categories or {})
    found: dict[str, tuple[str, ...]] = {}
    blocks, names = [], []
    for name in features:
        where = f"{path}, column {name!r}"
        cells = columns[name]
        named = name in known or name in categorical
        numbers = None if named else _numbers(cells)
        if numbers is None or (categories is None and np.isnan(numbers).all()):
            kinds = tuple(known[name]) if name in known else tuple(sorted(set(cells.tolist())))
            if not named and len(kinds) > max(MANY, len(cells) / 2):
                raise ValueError(
                    f"{where}: of {len(cells)} texts {len(kinds)} are different, as if they were "
                    f"names: leave the column out, or name it in categorical"
                )
            found[name] = kinds
            blocks.append(one_hot(_codes(where, cells, kinds, row_numbers), len(kinds)))
            names += [f"{name}={kind}" for kind in kinds]
        else:
            remedy = "if the column holds categories, name it in categorical"
            _refuse_texts(where, cells, numbers, row_numbers, remedy if categories is None else "")
            blocks.append(numbers.reshape(-1, 1))
            names.append(name)
    X = np.concatenate(blocks, axis=1) if blocks else np.zeros((len(row_numbers), 0))
    labels, label_classes = None, None
    if label is not None:
        where = f"{path}, column {label!r}"
        labels, label_classes = _labels(where, columns[label], row_numbers, task, classes)
    with np.errstate(over="ignore"):
        X = X.astype(dtype)
    if not np.isfinite(X).all():
        raise ValueError(
            f"{path}, column {names[np.argwhere(~np.isfinite(X))[0, 1]]!r}: numbers are too large "
            f"for {X.dtype}"
        )
    return Table(X, labels, tuple(names), label_classes, found, tuple(features))


class CSVDataset(TensorDataset):
    """A CSV file as a data set of (features, label), read by `read_csv` with the same arguments.

    `table` has the names, classes and categories. Without `label` an observation is (features,).
    """

    def __init__(
        self, path: str | os.PathLike[str], label: str | int | None = None, **options: Any
    ) -> None:
        self.table = read_csv(path, label, **options)
        labels = self.table.labels
        super().__init__(self.table.features, *(() if labels is None else (labels,)))


def column_names(path: str | os.PathLike[str], separator: str = ",") -> list[str]:
    """The names in the header of a CSV file."""
    return list(_read(path, separator, True, lines=2))


def _read(
    path: str | os.PathLike[str], separator: str, named: bool, lines: int | None = None
) -> dict[str, Array]:
    """The columns by name, of strings without spaces around them; the first `lines`, or all."""
    if len(separator) != 1:
        raise ValueError(f"{path}: the separator must be one character, but is {separator!r}")
    with needs("pandas", "read_csv"):
        import pandas as pd
    try:
        # The header is read as a row, because pandas would rename columns of the same name and
        # make an index of surplus cells; and cells stay text, because it would guess.
        frame = pd.read_csv(
            path,
            sep=separator,
            header=None,
            dtype=str,
            keep_default_na=False,
            encoding="utf-8-sig",
            nrows=lines,
        )
    except FileNotFoundError:
        raise
    except (ValueError, OSError) as error:  # of pandas, with the line: surplus cells, quotes
        raise ValueError(f"{path} can't be read as a CSV file: {error}") from error
    rows = [[cell.strip() if isinstance(cell, str) else "" for cell in row] for row in frame.values]
    header = rows.pop(0) if named else [f"{j + 1}" for j in range(frame.shape[1])]
    twice = sorted({name for name in header if header.count(name) > 1})
    if twice or "" in header:
        raise ValueError(
            f"{path}: the header must name every column, each differently, but has "
            f"{'a column without a name' if '' in header else f'{_list(twice)} more than once'}"
        )
    if not rows:
        raise ValueError(f"{path} has no rows below the header {_list(header)}")
    cells = np.array(rows, dtype=object).reshape(len(rows), len(header))
    return {name: cells[:, j] for j, name in enumerate(header)}


def _label(
    path: str | os.PathLike[str], label: str | int | None, columns: Mapping[str, Array]
) -> str | None:
    names = list(columns)
    if isinstance(label, int) and -len(names) <= label < len(names):
        return names[label]
    if label is not None and label not in names:
        raise ValueError(f"{path}: there is no column {label!r}; there are {_list(names)}")
    return label


def _complete_rows(
    path: str | os.PathLike[str], columns: Mapping[str, Array], missing: str
) -> Array:
    """The numbers of the rows without a missing cell."""
    empty = np.array([[str(cell).lower() in MISSING for cell in c] for c in columns.values()])
    if missing == "error" and empty.any():
        names = list(columns)
        where = [f"row {i + 1}, column {names[j]!r}" for i, j in np.argwhere(empty.T)]
        raise ValueError(
            f"{path}: {len(where)} values are missing: {_some(where, '; ')}. Fill them in, or "
            f"leave such rows out with missing='drop'"
        )
    rows = np.flatnonzero(~empty.any(axis=0)) + 1
    if not len(rows):
        raise ValueError(f"{path}: every row has a missing value")
    return rows


def _number(cell: str) -> float:
    try:
        number = float(cell.replace("_", "?"))  # Python would read 1_0 as 10
    except ValueError:
        return nan
    return number if isfinite(number) else nan


def _numbers(cells: Array) -> Array:
    """The numbers in the cells, and nan for those that hold no finite one."""
    return np.array([_number(cell) for cell in cells])


def _refuse_texts(where: str, cells: Array, numbers: Array, rows: Array, remedy: str) -> None:
    if (bad := np.isnan(numbers)).any():
        wrong = [f"row {rows[i]} ({cells[i]!r})" for i in np.flatnonzero(bad)]
        raise ValueError(
            f"{where}: {len(wrong)} cells are no finite numbers: {_some(wrong, ', ')}"
            f"{'; ' if remedy else ''}{remedy}"
        )


def _codes(where: str, cells: Array, kinds: Sequence[str], rows: Array) -> Array:
    code = {kind: k for k, kind in enumerate(kinds)}
    for cell, row in zip(cells, rows, strict=True):
        if cell not in code:
            raise ValueError(f"{where}, row {row}: {cell!r} is none of {_some(list(kinds), ', ')}")
    return np.array([code[cell] for cell in cells], np.int64)


def _labels(
    where: str, cells: Array, rows: Array, task: Task, classes: Sequence[str] | None
) -> tuple[Array, tuple[str, ...] | None]:
    numbers = _numbers(cells)
    some = not np.isnan(numbers).all()
    if task == "regression" or (task == "auto" and classes is None and some):
        remedy = "" if task == "regression" else "if they are classes, pass task='classification'"
        _refuse_texts(where, cells, numbers, rows, remedy)
        whole = all(cell.lstrip("+-").isdigit() for cell in cells) and abs(numbers).max() < 2**53
        return numbers.astype(np.int64) if whole and task == "auto" else numbers, None
    if classes is None:
        kinds = set(cells.tolist())
        numeric = not np.isnan(numbers).any()
        classes = sorted(kinds, key=(lambda kind: (float(kind), kind)) if numeric else str)
    classes = [str(kind) for kind in classes]
    return _codes(where, cells, classes, rows), tuple(classes)


def _list(names: Any) -> str:
    return ", ".join(map(repr, names))


def _some(parts: list[str], separator: str) -> str:
    shown = separator.join(parts[:5])
    return f"{shown} and {len(parts) - 5} more" if len(parts) > 5 else shown
