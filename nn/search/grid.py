"""The searches: a training for every pair of learning rate and penalty."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Sequence
from itertools import product
from typing import Any, TypeAlias

import numpy as np

from nn.arguments import number
from nn.data import TensorDataset
from nn.extras import needs
from nn.losses import CrossEntropyLoss
from nn.metrics import named, with_threshold
from nn.module import Module
from nn.optim import SGD
from nn.penalties import decay_groups
from nn.search.result import Cell, GridSearch
from nn.training import NonFiniteError, fit
from nn.training.evaluation import known_threshold, scores_and_labels

Array: TypeAlias = np.ndarray[Any, Any]
Data: TypeAlias = tuple[Any, Any]

GRID = (1e-5, 1e-4, 1e-3, 1e-2, 1e-1, 1.0, 10.0)
"""The lecture's values of both eta and lambda: numpy.logspace(-5, 1, 7)."""


def grid_search(
    model: Callable[[np.random.Generator], Module],
    train: Data,
    test: Data,
    *,
    etas: Iterable[float] = GRID,
    lmbds: Iterable[float] = GRID,
    loss: Any = None,
    metric: str = "accuracy",
    epochs: int = 100,
    batch_size: int = 100,
    seed: int = 0,
    n_jobs: int = 1,
    verbose: bool = False,
) -> GridSearch:
    """Train `model(rng)` on `train` (X, y) by gradient descent with every eta and lambda.

    A step on a batch goes eta along the gradient of

        loss + lambda sum w ** 2

    over the weights (not the biases), whose gradient is 2 lambda w. The `loss` is
    `CrossEntropyLoss()`, the batch's mean; with `CrossEntropyLoss("sum")`, whose gradient is
    the sum over the batch as the lecture's code has it, an eta that is smaller by the batch size
    does the same to the loss. Every cell starts from the same weights and sees the same batches:
    both come from `seed`.

    A training that diverges gives nan and the search goes on; Ctrl-C ends it. With `verbose` each
    cell's scores are printed; `n_jobs` trainings run at once (joblib's meaning and back-ends: -1
    for all processors). `metric` is a name of `nn.metrics.METRICS`.

    >>> import nn
    >>> X = np.linspace(-1, 1, 20).reshape(-1, 1); y = (X[:, 0] > 0).astype(int)
    >>> result = grid_search(lambda rng: nn.Linear(1, 2, rng=rng), (X, y), (X, y),
    ...     etas=[1e-3, 1.0], lmbds=[1e-3, 1e9])
    >>> result.best_params, result.best_score
    ({'eta': 1.0, 'lmbd': 0.001}, 1.0)
    >>> np.isnan(result.test_scores).tolist()
    [[False, True], [False, True]]
    """
    if isinstance(model, Module) or not callable(model):
        raise TypeError(
            f"grid_search: model must be a function that makes one with a generator, such as "
            f"lambda rng: nn.MLP([64, 50, 10], rng=rng), but is a {type(model).__name__}"
        )
    judge = _judge(metric, known_threshold(loss))

    def cell(eta: float, lmbd: float) -> Cell:
        weights_rng, order_rng = (np.random.default_rng([seed, k]) for k in range(2))
        network = model(weights_rng)
        if not isinstance(network, Module):
            raise TypeError(
                f"grid_search: the function that makes a model returned a "
                f"{type(network).__name__}, which is no Module"
            )
        optimizer = SGD(decay_groups(network, 2 * lmbd), eta)
        failure = ""
        try:
            history = fit(
                network,
                train,
                CrossEntropyLoss() if loss is None else loss,
                optimizer,
                epochs=epochs,
                batch_size=batch_size,
                rng=order_rng,
                progress=False,
            )
            if history.stopped:  # by Ctrl-C, which ends the whole search
                raise KeyboardInterrupt
        except NonFiniteError as error:
            failure = str(error)
        network.zero_grad()
        if failure:
            return Cell(np.nan, np.nan, network, failure)
        with np.errstate(over="ignore", invalid="ignore"):  # of weights beyond all measure
            scores = [
                judge(*scores_and_labels(network, TensorDataset(*part))) for part in (train, test)
            ]
        failure = "the trained model's scores are not finite" if np.isnan(scores).any() else ""
        return Cell(scores[0], scores[1], network, failure)

    return _search(cell, etas, lmbds, metric, n_jobs, verbose)


def grid_search_estimator(
    estimator: Any,
    train: Data,
    test: Data,
    *,
    etas: Iterable[float] = GRID,
    lmbds: Iterable[float] = GRID,
    n_jobs: int = 1,
    verbose: bool = False,
) -> GridSearch:
    """The same search with a scikit-learn estimator that has `learning_rate_init` and `alpha`.

    Each cell is a clone of `estimator` with eta as its `learning_rate_init` and lambda as its
    `alpha`, fitted to `train` and scored by its `score`: `nn.MLPClassifier`, or scikit-learn's.
    Their penalty is alpha / (2 n) sum w ** 2 in a batch of n: another scale than `grid_search`'s.

    >>> import nn
    >>> X, y = [[0.0, 0.0], [0.0, 1.0], [1.0, 0.0], [1.0, 1.0]], [0, 1, 1, 1]
    >>> model = nn.MLPClassifier((4,), max_iter=500, tol=1e-3, random_state=0)
    >>> grid_search_estimator(model, (X, y), (X, y), etas=[0.1], lmbds=[1e-3]).best_score
    1.0
    """
    with needs("scikit-learn", "grid_search_estimator"):
        from sklearn.base import clone, is_classifier

    def cell(eta: float, lmbd: float) -> Cell:
        fitted = clone(estimator).set_params(learning_rate_init=eta, alpha=lmbd)
        try:
            with np.errstate(over="ignore", invalid="ignore", divide="ignore"):
                fitted.fit(*train)
                return Cell(fitted.score(*train), fitted.score(*test), fitted)
        except (ValueError, ArithmeticError) as error:  # theirs is a ValueError
            if "finite" not in str(error):
                raise
            return Cell(np.nan, np.nan, fitted, str(error))

    metric = "accuracy" if is_classifier(estimator) else "R2"
    return _search(cell, etas, lmbds, metric, n_jobs, verbose)


def _judge(metric: str, known: float | None) -> Callable[[Array, Array, float], float]:
    """The metric of scores and labels; nan where a score is not finite."""
    (function,) = named(metric).values()

    def judge(scores: Array, y: Array, threshold: float) -> float:
        if not np.isfinite(scores).all():
            return np.nan
        value = with_threshold(function, threshold if known is None else known)(y, scores)
        if np.ndim(value):
            raise ValueError(f"grid_search: {metric} is no number by which to compare models")
        return float(value)

    return judge


def _search(
    cell: Callable[[float, float], Cell],
    etas: Iterable[float],
    lmbds: Iterable[float],
    metric: str,
    n_jobs: int,
    verbose: bool,
) -> GridSearch:
    rows = tuple(number("grid_search: eta", eta, above=0) for eta in etas)
    columns = tuple(number("grid_search: lambda", lmbd, least=0) for lmbd in lmbds)
    if not rows or not columns:
        raise ValueError("grid_search: there must be at least one eta and one lambda")
    shape = (len(rows), len(columns))
    train_scores, test_scores = np.full(shape, np.nan), np.full(shape, np.nan)
    models = np.empty(shape, object)
    failures = {}
    pairs = list(product(rows, columns))
    for at, (eta, lmbd), done in zip(
        np.ndindex(shape), pairs, _results(cell, pairs, n_jobs), strict=True
    ):
        train_scores[at], test_scores[at], models[at] = done[:3]
        if done.failure:
            failures[at] = done.failure
        if verbose:
            print(
                f"eta = {eta:<8.3g} lambda = {lmbd:<8.3g} training {metric} "
                f"{done.train_score:.3f}, test {metric} {done.test_score:.3f}"
            )
    return GridSearch(rows, columns, train_scores, test_scores, models, failures, metric)


def _results(
    cell: Callable[[float, float], Cell], pairs: Sequence[tuple[float, float]], n_jobs: int
) -> Iterator[Cell]:
    """The cells in order, as they come."""
    if n_jobs == 1:
        yield from (cell(*pair) for pair in pairs)
        return
    with needs("joblib", "n_jobs other than 1"):
        from joblib import Parallel, delayed
    yield from Parallel(n_jobs=n_jobs, return_as="generator")(delayed(cell)(*p) for p in pairs)
