"""Losses of two classes."""

from __future__ import annotations

from typing import Any

import numpy as np

import autograd_core as ag
from autograd_core import Node
from nn.losses.loss import Loss


class BCELoss(Loss):
    """L = -y log(P) - (1 - y) log(1 - P), entry by entry: for two classes, 0 and 1.

    P are probabilities of class 1, such as a `Sigmoid` gives; labels y have P's shape and are
    from 0 to 1. Each logarithm is held at -100 or more, so value and gradient are finite at P = 0
    and P = 1; where it is held, its gradient is 0, so that a probability that is 0 for a label 1
    stays there. `BCEWithLogitsLoss` takes the scores before the sigmoid and loses nothing: prefer
    it for training.

    >>> BCELoss("none")([[0.5], [0.0]], [[1.0], [1.0]]).value.round(4).tolist()
    [[0.6931], [100.0]]
    """

    threshold = 0.5

    def forward(self, P: Any, y: Any) -> Node:
        """The loss of probabilities P against labels y of the same shape."""
        P = self.as_scores(P)
        y = self.as_labels(y, P)
        _refuse_beyond_0_and_1(self, y)
        p = P.frozen()
        missing = np.isnan(p)
        if (stray := p[~missing & ~((p >= 0) & (p <= 1))]).size:
            raise ValueError(
                f"BCELoss: there are probabilities from {stray.min()} to {stray.max()}, but they "
                f"must be from 0 to 1: end the network with a Sigmoid, or use BCEWithLogitsLoss"
            )
        if missing.any():  # their losses are nan, and `find_nonfinite` can say what made them
            known = ag.where(missing, 0.5, P)
            return self.reduce(ag.where(missing, P, ag.binary_cross_entropy(known, y)))
        return self.reduce(ag.binary_cross_entropy(P, y))


class BCEWithLogitsLoss(Loss):
    """L = y softplus(-Z) + (1 - y) softplus(Z), entry by entry: for two classes, 0 and 1.

    This is -y log(p) - (1 - y) log(1 - p) with p = sigmoid(Z), computed from the scores Z so
    that value and gradient are precise for every score. Labels y have Z's shape and are from 0
    to 1: a label between is the probability of class 1.

    >>> BCEWithLogitsLoss()([[0.0], [1000.0]], [[0.0], [1.0]]).item()
    0.34657359027997264
    """

    threshold = 0.0

    def forward(self, Z: Any, y: Any) -> Node:
        """The loss of scores Z against labels y of the same shape."""
        Z = self.as_scores(Z)
        y = self.as_labels(y, Z)
        _refuse_beyond_0_and_1(self, y)
        return self.reduce(ag.weighted(ag.softplus(-Z), y) + ag.weighted(ag.softplus(Z), 1 - y))


class LogisticLoss(Loss):
    """L = log(1 + e ** (-y A)), entry by entry: for two classes, -1 and 1.

    Labels y have the shape of the scores A. With labels 0 and 1, `BCEWithLogitsLoss` is the
    same loss.

    >>> LogisticLoss()([[0.0], [1000.0]], [[-1], [1]]).item()
    0.34657359027997264
    """

    threshold = 0.0

    def forward(self, A: Any, y: Any) -> Node:
        """The loss of scores A against labels y of the same shape."""
        A = self.as_scores(A)
        y = self.as_labels(y, A)
        labels = y.frozen()
        if not (np.absolute(labels) == 1).all():
            hint = "; for labels 0 and 1 use BCEWithLogitsLoss" if (labels == 0).any() else ""
            raise ValueError(
                f"LogisticLoss: the labels range from {labels.min():g} to {labels.max():g}, but "
                f"each must be -1 or 1{hint}"
            )
        return self.reduce(ag.logistic_loss(A, y))


def _refuse_beyond_0_and_1(loss: Loss, y: Node) -> None:
    labels = y.frozen()
    if y.size and not (labels.min() >= 0 and labels.max() <= 1):
        hint = "; for labels -1 and 1 use LogisticLoss" if labels.min() == -1 else ""
        raise ValueError(
            f"{type(loss).__name__}: the labels range from {labels.min()} to {labels.max()}, but "
            f"must be from 0 to 1{hint}"
        )
