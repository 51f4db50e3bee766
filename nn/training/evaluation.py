"""Using a network: predictions and their accuracy, without a graph and in `eval` mode."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any, TypeAlias

import numpy as np

import autograd_core as ag
from nn.arguments import count
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
            return np.array(model(X))
        starts = range(0, len(X), batch_size)
        return np.concatenate([np.asarray(model(X[i : i + batch_size])) for i in starts])


def accuracy(model: Module, X: Any, y: Any) -> float:
    """The fraction of observations X (n, d) whose largest score is that of their label y (n,).

    A single column of scores stands for two classes (see `nn.metrics.accuracy_score`).

    >>> import nn
    >>> accuracy(nn.Identity(), np.array([[0.1, 0.9], [0.3, 0.2]]), np.array([1, 1]))
    0.5
    """
    return accuracy_score(y, predict(model, X))


def scores_and_labels(model: Module, dataset: Any) -> tuple[Array, Array]:
    """The model's scores of a whole data set of (features, ..., label), and the labels."""
    if isinstance(dataset, TensorDataset) and len(dataset) <= 2048:
        batches: Any = [dataset[:]]
    else:
        batches = DataLoader(dataset, batch_size=2048)
    scores, labels = [], []
    with evaluating(model):
        for *inputs, y in batches:
            scores.append(np.asarray(model(*inputs)))
            labels.append(np.asarray(y))
    return np.concatenate(scores), np.concatenate(labels)
