"""Classification with scikit-learn's interface."""

from __future__ import annotations

from typing import Any, TypeAlias

import numpy as np

import autograd_core as ag
from autograd_core import Node
from nn.estimators.perceptron import Perceptron
from nn.extras import needs
from nn.losses import BCEWithLogitsLoss, CrossEntropyLoss

with needs("scikit-learn", "MLPClassifier"):
    from sklearn.base import ClassifierMixin
    from sklearn.metrics import accuracy_score
    from sklearn.utils import column_or_1d
    from sklearn.utils.multiclass import check_classification_targets, type_of_target

Array: TypeAlias = np.ndarray[Any, Any]


class MLPClassifier(ClassifierMixin, Perceptron):  # type: ignore[misc]
    """A multi-layer perceptron for classes y (n,) of any kind, or labels y (n, K) of 0 and 1.

    It minimises L_i = -log p_i, p_i the probability of observation i's class, with a penalty on
    the weights (see `alpha` of `nn.estimators.perceptron.Perceptron`, which also names the
    parameters):

    - two classes have one output s, and p = 1 / (1 + exp(-s)) is the probability of the second;
    - K > 2 classes have K outputs and softmax;
    - K labels, of which each may or may not hold, have K outputs, as two classes have; L_i is
      the sum over the labels.

    After `fit` it has `classes_`, `n_features_in_`, `n_outputs_`, `out_activation_` ("logistic"
    or "softmax"), `network_` (an `nn.MLP`, whose weights `coefs_` and `intercepts_` are),
    `n_iter_`, `loss_`, and but for "lbfgs" `loss_curve_`; with `early_stopping` also
    `validation_scores_` and `best_validation_score_`.

    >>> from sklearn.datasets import load_iris
    >>> X, y = load_iris(return_X_y=True)
    >>> MLPClassifier((10,), solver="lbfgs", random_state=0).fit(X, y).score(X, y) > 0.97
    True
    """

    classes_: Array

    def predict_proba(self, X: Any) -> Array:
        """The probabilities (n, K) of the classes in the order of `classes_`, or of the labels."""
        Z = self._pair(self._scores(X))
        probabilities = ag.softmax(Z) if self.out_activation_ == "softmax" else ag.sigmoid(Z)
        return np.array(probabilities.value)

    def predict_log_proba(self, X: Any) -> Array:
        """The logarithms of the probabilities: precise near 0, and -inf where these round to 0."""
        Z = self._pair(self._scores(X))
        softmax = self.out_activation_ == "softmax"
        log = ag.log_softmax(Z).value if softmax else -ag.softplus(-Z).value
        return np.where(np.exp(log) > 0, log, -np.inf).astype(log.dtype)

    def _pair(self, Z: Array) -> Array:
        """For two classes the scores of both: -s and s."""
        return np.concatenate([-Z, Z], axis=1) if self.n_outputs_ == 1 else Z

    def _encode(self, y: Array, again: bool) -> Array:
        check_classification_targets(y)
        multilabel = type_of_target(y).startswith("multilabel")
        if multilabel:
            classes, targets = np.arange(y.shape[1]), y
        else:
            classes, targets = np.unique(column_or_1d(y, warn=True), return_inverse=True)
            if len(classes) < 2:
                (only,) = classes.tolist()
                raise ValueError(
                    f"MLPClassifier: all labels are {only!r}: there must be at least one class more"
                )
        if again and not np.array_equal(classes, self.classes_):
            raise ValueError(
                f"MLPClassifier: warm_start goes on with the classes {self.classes_}, but now "
                f"they are {classes}: set warm_start=False"
            )
        self.classes_ = classes
        if not multilabel and len(classes) > 2:
            self.out_activation_, self.n_outputs_ = "softmax", len(classes)
            return targets.astype(np.int64)
        self.out_activation_ = "logistic"
        targets = targets.reshape(len(y), -1)
        self.n_outputs_ = targets.shape[1]
        return targets.astype(np.float64)

    def _losses(self, scores: Any, targets: Array) -> Node:
        if self.out_activation_ == "softmax":
            return CrossEntropyLoss("none")(scores, targets)  # type: ignore[no-any-return]
        return ag.sum(BCEWithLogitsLoss("none")(scores, targets), axis=1)

    def _decode(self, scores: Array) -> Array:
        if self.out_activation_ == "softmax":
            return np.asarray(self.classes_[scores.argmax(axis=1)])
        above = (scores > 0).astype(np.int64)
        return np.asarray(self.classes_[above[:, 0]] if self.n_outputs_ == 1 else above)

    def _quality(self, y: Array, predicted: Array, weights: Array | None) -> float:
        return float(accuracy_score(y, predicted, sample_weight=weights))

    def __sklearn_tags__(self) -> Any:
        tags = super().__sklearn_tags__()
        tags.classifier_tags.multi_label = True
        return tags
