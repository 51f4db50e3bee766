"""Regression with scikit-learn's interface."""

from __future__ import annotations

from typing import Any, TypeAlias

import numpy as np

import autograd_core as ag
from autograd_core import Node
from nn.estimators.perceptron import Perceptron
from nn.extras import needs
from nn.losses import MSELoss

with needs("scikit-learn", "MLPRegressor"):
    from sklearn.base import RegressorMixin
    from sklearn.metrics import r2_score
    from sklearn.utils import column_or_1d

Array: TypeAlias = np.ndarray[Any, Any]


class MLPRegressor(RegressorMixin, Perceptron):  # type: ignore[misc]
    """A multi-layer perceptron for numbers y (n,), or several at once: y (n, k).

    It minimises L_i = 1/2 sum_k (a_ik - y_ik) ** 2, with a the network's output, and a penalty
    on the weights (see `alpha` of `nn.estimators.perceptron.Perceptron`, which also names the
    parameters). scikit-learn reports 1/k of this loss for k outputs, and goes along the gradient
    of this one.

    After `fit` it has the same attributes as `MLPClassifier`, but for `classes_`.

    >>> X = np.linspace(-1, 1, 50).reshape(-1, 1)
    >>> model = MLPRegressor((10,), "tanh", solver="lbfgs", alpha=0, random_state=0)
    >>> model.fit(X, X[:, 0] ** 2).score(X, X[:, 0] ** 2) > 0.99
    True
    """

    def _validated(self, X: Any, y: Any, again: bool) -> tuple[Any, Any]:
        X, y = super()._validated(X, y, again)
        return X, np.asarray(y, X.dtype)

    def _encode(self, y: Array, again: bool) -> Array:
        self.out_activation_ = "identity"
        self._flat = y.ndim == 1 or y.shape[1] == 1
        targets = column_or_1d(y, warn=True).reshape(-1, 1) if self._flat else y
        self.n_outputs_ = targets.shape[1]
        return targets

    def _losses(self, scores: Any, targets: Array) -> Node:
        half: Node = 0.5 * ag.sum(MSELoss("none")(scores, targets), axis=1)
        return half

    def _decode(self, scores: Array) -> Array:
        return scores[:, 0] if self._flat else scores

    def _quality(self, y: Array, predicted: Array, weights: Array | None) -> float:
        return float(r2_score(y, predicted, sample_weight=weights))

    def __sklearn_tags__(self) -> Any:
        tags = super().__sklearn_tags__()
        tags.target_tags.multi_output = True
        return tags
