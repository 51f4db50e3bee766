"""Splits of observations into parts for training, validation and test."""

from __future__ import annotations

from math import ceil
from typing import Any, TypeAlias

import numpy as np
from numpy.typing import ArrayLike

from nn.arguments import Seed

Array: TypeAlias = np.ndarray[Any, Any]


def train_test_split(
    *arrays: ArrayLike,
    test_size: float | int = 0.25,
    random_state: Seed = None,
    shuffle: bool = True,
    stratify: ArrayLike | None = None,
) -> list[Array]:
    """Split arrays of the same length alike, so that rows that belong together stay so.

    Returns [a_train, a_test, b_train, b_test, ...]. `test_size` is a fraction (rounded up) or a
    number of observations; `random_state` a seed or a generator. With `stratify=y` each class
    of y has the same share in both parts, to within one observation. Without `shuffle` the
    last observations are the test part. Names and sizes are scikit-learn's.

    >>> X, y = np.arange(10).reshape(5, 2), np.arange(5)
    >>> X_train, X_test, y_train, y_test = train_test_split(X, y, test_size=2, random_state=0)
    >>> bool((X_test[:, 0] == 2 * y_test).all()), len(y_test)
    (True, 2)
    """
    parts = _split("train_test_split", arrays, [test_size], random_state, shuffle, stratify)
    return [array[rows] for array in map(np.asarray, arrays) for rows in parts]


def train_validation_test_split(
    *arrays: ArrayLike,
    validation_size: float | int = 0.2,
    test_size: float | int = 0.2,
    random_state: Seed = None,
    shuffle: bool = True,
    stratify: ArrayLike | None = None,
) -> list[Array]:
    """The same in three parts: [a_train, a_validation, a_test, b_train, ...].

    Both sizes are fractions of all observations, or numbers of them.

    >>> [len(part) for part in train_validation_test_split(np.arange(10), random_state=0)]
    [6, 2, 2]
    """
    name = "train_validation_test_split"
    sizes = [validation_size, test_size]
    parts = _split(name, arrays, sizes, random_state, shuffle, stratify)
    return [array[rows] for array in map(np.asarray, arrays) for rows in parts]


def _split(
    name: str,
    arrays: tuple[ArrayLike, ...],
    sizes: list[float | int],
    random_state: Seed,
    shuffle: bool,
    stratify: ArrayLike | None,
) -> list[Array]:
    """The rows of the training part and of each part of `sizes`."""
    lengths = [len(array) for array in map(np.atleast_1d, arrays)]
    if not arrays or len(set(lengths)) > 1:
        raise ValueError(f"{name}: the arrays have {lengths or 'no'} rows, but must have as many")
    n = lengths[0]
    counts = [_count(name, size, n) for size in sizes]
    if sum(counts) >= n:
        raise ValueError(
            f"{name}: of {n} observations {' + '.join(map(str, counts))} are held out, and none "
            f"is left to train on"
        )
    rng = np.random.default_rng(random_state)
    if not shuffle:
        if stratify is not None:
            raise ValueError(f"{name}: stratify needs shuffle=True")
        order = np.arange(n)
    else:
        order = rng.permutation(n)
    if stratify is None:
        return list(np.split(order, np.cumsum([n - sum(counts), *counts[:-1]])))
    y = np.asarray(stratify)
    if y.shape != (n,):
        raise ValueError(f"{name}: stratify has shape {y.shape}, but must be ({n},)")
    return _stratified(name, order, y, counts, rng)


def _stratified(
    name: str, order: Array, y: Array, counts: list[int], rng: np.random.Generator
) -> list[Array]:
    """Give each part its share of every class; who is left over goes by the largest remainder."""
    classes, of = np.unique(y, return_inverse=True)
    members = np.bincount(of)
    if members.min() < len(counts) + 1 or min(counts) < len(classes):
        raise ValueError(
            f"{name}: the smallest of {len(classes)} classes ({classes[members.argmin()]!s}) has "
            f"{members.min()} observations and the parts have {', '.join(map(str, counts))}; for "
            f"stratify every class needs one observation in every part"
        )
    waiting = [order[of[order] == k] for k in range(len(classes))]
    parts: list[Array] = []
    for count in counts:
        shares = members * (count / len(y))
        taken = np.floor(shares).astype(int)
        ties = rng.permutation(len(classes))
        remainders = (shares - taken)[ties]
        extra = ties[np.argsort(-remainders, kind="stable")][: count - taken.sum()]
        taken[extra] += 1
        parts.append(np.concatenate([w[:t] for w, t in zip(waiting, taken, strict=True)]))
        waiting = [w[t:] for w, t in zip(waiting, taken, strict=True)]
    return [rng.permutation(part) for part in (np.concatenate(waiting), *parts)]


def _count(name: str, size: float | int, n: int) -> int:
    if isinstance(size, (int, np.integer)) and not isinstance(size, bool) and size >= 1:
        return int(size)
    if isinstance(size, (float, np.floating)) and 0 < size < 1:
        return ceil(float(size) * n)
    raise ValueError(
        f"{name}: a size must be a fraction between 0 and 1 or a number of observations of at "
        f"least 1, but is {size!r}"
    )
