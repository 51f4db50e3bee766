"""Using a network: predictions and their accuracy, without a graph and in `eval` mode."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any, TypeAlias

import numpy as np

import autograd_core as ag
from nn.arguments import count, plain
from nn.data import DataLoader, StandardScaler, TensorDataset
from nn.metrics import accuracy_score
from nn.module import Module

Array: TypeAlias = np.ndarray[Any, Any]


@contextmanager
def evaluating(model: Module) -> Iterator[None]:
    """In the block the model is in `eval` mode and no graph is built; after it all is as before."""
    was_training = [module for _, module in model.named_modules() if module.training]
    model.eval()
    try:
        with ag.no_grad():
            yield
    finally:
        for module in was_training:
            module.training = True


def predict(
    model: Module, X: Any, *, batch_size: int | None = None, scaler: StandardScaler | None = None
) -> Array:
    """The scores (n, K) of the observations X (n, d), computed without a graph in `eval` mode.

    `batch_size` of them at a time, by default all at once. With the `scaler` that `nn.fit` was
    given, X is in raw units.

    >>> import nn
    >>> predict(nn.Identity(), np.array([[0.1, 0.9]]))
    array([[0.1, 0.9]])
    """
    if scaler is not None:
        X = scaler.transform(X)
    if batch_size is not None:
        batch_size = count("predict: batch_size", batch_size)
    with evaluating(model):
        if batch_size is None or len(X) <= batch_size:
            return np.array(plain(model(X)))
        starts = range(0, len(X), batch_size)
        return np.concatenate([plain(model(X[i : i + batch_size])) for i in starts])


def accuracy(model: Module, X: Any, y: Any, *, threshold: float | None = None) -> float:
    """The fraction of observations X (n, d) whose largest score is that of their label y (n,).

    A single column stands for two classes: above `threshold` it means class 1 (see
    `nn.metrics.accuracy_score`). By default that is 0.5 for probabilities that the model computes
    by a sigmoid, and 0 for scores.

    >>> import nn
    >>> accuracy(nn.Identity(), np.array([[0.1, 0.9], [0.3, 0.2]]), np.array([1, 1]))
    0.5
    """
    with evaluating(model):
        output = model(X)
    if threshold is None:
        threshold = natural_threshold(output)
    return accuracy_score(y, plain(output), threshold)


def natural_threshold(output: Any) -> float:
    """Above which a model's output means class 1: for what a sigmoid gave 0.5, else 0."""
    return 0.5 if isinstance(output, ag.sigmoid) else 0.0


def known_threshold(loss: Any) -> float | None:
    """The threshold of a loss, or of the one that a module is made of; None if there is none."""
    parts = [part for _, part in loss.named_modules()] if isinstance(loss, Module) else [loss]
    known = {getattr(part, "threshold", None) for part in parts} - {None}
    return known.pop() if len(known) == 1 else None


def scores_and_labels(model: Module, dataset: Any) -> tuple[Array, Array, float]:
    """The model's scores of a whole data set of (features, ..., label), the labels, and the
    natural threshold of the scores.
    """
    if isinstance(dataset, TensorDataset) and len(dataset) <= 2048:
        batches: Any = [dataset[:]]
    else:
        batches = DataLoader(dataset, batch_size=2048)
    scores, labels = [], []
    with evaluating(model):
        for *inputs, y in batches:
            output = model(*inputs)
            scores.append(np.asarray(plain(output)))
            labels.append(np.asarray(y))
    return np.concatenate(scores), np.concatenate(labels), natural_threshold(output)
