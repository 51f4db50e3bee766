"""Metrics: how good predictions are, as numbers for people; arguments as in scikit-learn."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from functools import partial
from typing import Any, TypeAlias

import numpy as np
from numpy.typing import ArrayLike

from autograd_core.values import power_of_two
from nn.arguments import plain

Array: TypeAlias = np.ndarray[Any, Any]

Metric: TypeAlias = Callable[[Any, Any], Any]
"""A function (labels, predictions) -> number or array, as all in this file."""


def accuracy_score(y_true: ArrayLike, y_pred: ArrayLike, threshold: float | None = None) -> float:
    """The fraction of observations whose class is predicted right.

    `y_true` holds classes (n,), or (n, 1); `y_pred` holds

    - classes (n,), integers;
    - or scores (n, K) of K classes, of which the largest counts;
    - or scores of one of two classes, (n, 1) or floating-point (n,): above `threshold` they mean
      class 1, and else the other one, 0 or -1. By default it is 0, which is for scores; pass 0.5
      for probabilities. (`nn.fit` and `nn.accuracy` do so where they are.)

    >>> accuracy_score([1, 1, 0], [[0.1, 0.9], [0.3, 0.2], [2.0, 1.0]])
    0.6666666666666666
    """
    y, predicted = _classes("accuracy_score", y_true, y_pred, threshold)
    return float(np.mean(y == predicted))


def confusion_matrix(
    y_true: ArrayLike,
    y_pred: ArrayLike,
    num_classes: int | None = None,
    threshold: float | None = None,
) -> Array:
    """C[i, j], the number of observations of class i that were predicted as class j.

    Classes are integers from 0, predictions as in `accuracy_score` (labels -1 and 1 are counted
    as 0 and 1). Without `num_classes` it is the number of columns of the scores, or what the
    largest class needs.

    >>> confusion_matrix([0, 0, 1, 1], [0, 1, 1, 1])
    array([[1, 1],
           [0, 2]])
    """
    y, predicted = _classes("confusion_matrix", y_true, y_pred, threshold)
    shape = np.shape(y_pred)
    if num_classes is None:
        columns = max(2, shape[1]) if len(shape) == 2 else 0
        num_classes = max(columns, int(max(y.max(), predicted.max())) + 1)
    for what, k in (("labels", y), ("predictions", predicted)):
        if k.min() < 0 or k.max() >= num_classes:
            raise ValueError(
                f"confusion_matrix: the {what} range from {k.min()} to {k.max()}, but must be "
                f"from 0 to {num_classes - 1}"
            )
    counts = np.bincount(y * num_classes + predicted, minlength=num_classes**2)
    return counts.reshape(num_classes, num_classes)


def r2_score(y_true: ArrayLike, y_pred: ArrayLike) -> float:
    """1 - sum((y - p) ** 2) / sum((y - mean(y)) ** 2): 1 is perfect, 0 no better than the mean.

    Of targets with several columns (n, k) it is the mean of the columns' scores. Where y is
    constant, it is 1 if p is right everywhere and else 0.

    >>> r2_score([1.0, 2.0, 3.0], [1.0, 2.0, 4.0])
    0.5
    """
    y, p = np.asarray(y_true, float), np.asarray(y_pred, float)
    if y.shape != p.shape or y.ndim not in (1, 2) or len(y) < 2:
        raise ValueError(
            f"r2_score: the targets are {y.shape} and the predictions {p.shape}, but both must be "
            f"(n,) or (n, k) alike, with n at least 2"
        )
    y, p = y.reshape(len(y), -1), p.reshape(len(p), -1)
    constant = (y == y[0]).all(axis=0)
    size = power_of_two(np.absolute(y).max(axis=0))  # so that squares do not underflow
    y, p = y / size, p / size
    residual = np.sum((y - p) ** 2, axis=0)
    total = np.sum((y - y.mean(axis=0)) ** 2, axis=0)
    ratio = np.where(constant, (y != p).any(axis=0), residual / np.where(constant, 1, total))
    return float(np.mean(1 - ratio))


METRICS: dict[str, Metric] = {
    "accuracy": accuracy_score,
    "r2": r2_score,
    "confusion_matrix": confusion_matrix,
}
"""Metrics by the names that `nn.fit` takes."""


Metrics: TypeAlias = Iterable[str | Metric] | Mapping[str, Metric] | str | Metric
"""What `named` takes: one metric or several."""


def named(metrics: Metrics) -> dict[str, Metric]:
    """Metrics by name: of names in `METRICS`, functions (by their own names), or a dictionary.

    >>> list(named(["r2", accuracy_score]))
    ['r2', 'accuracy_score']
    """
    found: dict[str, Metric] = {}
    if isinstance(metrics, Mapping):
        found = dict(metrics)
    else:
        several = [metrics] if isinstance(metrics, str) or callable(metrics) else metrics
        for metric in several:
            name = metric if isinstance(metric, str) else getattr(metric, "__name__", "")
            if not name or name in found:
                raise TypeError(
                    f"a metric has no name of its own: pass a dictionary {{name: {metric!r}}}"
                )
            if isinstance(metric, str) and metric not in METRICS:
                raise ValueError(f"there is no metric {metric!r}; there are {', '.join(METRICS)}")
            found[name] = METRICS[metric] if isinstance(metric, str) else metric
    for name, metric in found.items():
        if not callable(metric):
            raise TypeError(f"the metric {name!r} must be a function, but is {metric!r}")
    return found


def with_threshold(metric: Metric, threshold: float) -> Metric:
    """The metric with this threshold, if it is one of this file that was given none."""
    options = getattr(metric, "keywords", {})
    if getattr(metric, "func", metric) not in (accuracy_score, confusion_matrix):
        return metric
    known: Any = metric
    return metric if "threshold" in options else partial(known, threshold=threshold)


def _classes(
    what: str, y_true: ArrayLike, y_pred: ArrayLike, threshold: float | None
) -> tuple[Array, Array]:
    """Classes and predicted classes, integers (n,)."""
    y, p = np.asarray(plain(y_true)), np.asarray(plain(y_pred))
    fits = p.ndim in (1, 2) and (y.shape == p.shape[:1] or y.shape == (*p.shape[:1], 1))
    if not fits or not y.size:
        raise ValueError(
            f"{what}: the labels are {y.shape} and the predictions are {p.shape}, but they must be "
            f"(n,), and (n,) or (n, K), of at least one observation"
        )
    y = y.reshape(len(y))
    for name, numbers in (("labels", y), ("predictions", p)):
        if numbers.dtype.kind not in "fiub" or np.isnan(numbers).any():
            kind = "nan" if numbers.dtype.kind == "f" else numbers.dtype
            raise ValueError(
                f"{what}: there are {name} that are {kind}, but labels must be the integer numbers "
                f"of classes, and predictions these or scores"
            )
    if y.dtype.kind == "f" and not (y == np.round(y)).all():
        raise ValueError(f"{what}: the labels are no whole numbers, so they are no classes")
    y = y.astype(np.int64)
    if p.ndim == 2 and p.shape[1] > 1:
        return y, p.argmax(axis=1)
    if p.dtype.kind in "iub":
        return y, p.reshape(len(p)).astype(np.int64)
    if not np.isin(y, (-1, 0, 1)).all() or {-1, 0} <= set(y.tolist()):
        raise ValueError(
            f"{what}: scores {p.shape} are those of two classes, 0 and 1 or -1 and 1, but the "
            f"labels range from {y.min()} to {y.max()}: there must be a column for each class"
        )
    return (y > 0).astype(np.int64), (p.reshape(len(p)) > (threshold or 0)).astype(np.int64)
