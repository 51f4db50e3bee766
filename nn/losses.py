"""Losses: modules that compare scores with labels.

Each takes `reduction`: "mean" over all entries (the default), "sum", or "none" for one loss per
observation or entry. Labels that are an array, not a node, are cast to the scores' dtype, so
that float32 stays float32. Labels that don't fit the scores are an error: nothing is broadcast.
"""

from __future__ import annotations

from typing import Any

import numpy as np

import autograd_core as ag
from autograd_core import InitialNode, Node
from nn.module import Module


class Loss(Module):
    """The virtual parent of the losses: it checks labels and reduces."""

    def __init__(self, reduction: str = "mean") -> None:
        super().__init__()
        if reduction not in ("mean", "sum", "none"):
            raise ValueError(
                f"{type(self).__name__}: reduction must be 'mean', 'sum' or 'none', but is "
                f"{reduction!r}"
            )
        self.reduction = reduction

    def options(self) -> dict[str, Any]:
        """The arguments that make such a loss."""
        return {"reduction": self.reduction}

    def reduce(self, L: Node) -> Node:
        """The mean or the sum of L, or L itself."""
        if self.reduction == "none":
            return L
        if self.reduction == "sum":
            return ag.sum(L)
        if L.size == 0:
            raise ValueError(f"{type(self).__name__}: there is no mean of no observations")
        return ag.mean(L)

    def as_scores(self, scores: Any) -> Node:
        """The scores as a node of floating-point numbers."""
        if not isinstance(scores, Node):
            scores = InitialNode(scores, name="scores", requires_grad=False)
        node: Node = scores if scores.dtype.kind == "f" else scores.astype(np.float64)
        return node

    def as_labels(self, labels: Any, scores: Node) -> Node:
        """The labels as a node of the scores' dtype, if they have the scores' shape."""
        loss = type(self).__name__
        if not isinstance(labels, Node):
            labels = InitialNode(labels, name="labels", requires_grad=False, dtype=scores.dtype)
        if labels.shape != scores.shape:
            remedy = (
                f"reshape the labels with labels.reshape({scores.shape})"
                if labels.size == scores.size
                else "there must be one label for each score"
            )
            raise ValueError(
                f"{loss}: the scores are {scores.shape} but the labels are {labels.shape}: {remedy}"
            )
        self.refuse_nan(labels)
        node: Node = labels if labels.dtype == scores.dtype else labels.astype(scores.dtype)
        return node

    def refuse_nan(self, labels: Node) -> None:
        """An error if a label is nan."""
        if labels.dtype.kind == "f" and (missing := np.isnan(np.asarray(labels))).any():
            raise ValueError(
                f"{type(self).__name__}: {missing.sum()} of {labels.size} labels are nan: leave "
                f"these observations out"
            )


class CrossEntropyLoss(Loss):
    """L_i = log(sum_k e ** Z_ik) - Z_iy, y = y_i: for one of K classes.

    Scores Z (n, K) without softmax, labels y (n,) integers from 0 to K - 1. Computed by
    log-sum-exp, precise for every score (`autograd_core.softmax_loss`).

    With `label_smoothing` e, the label has probability 1 - e + e / K and each other class e / K:
    L_i = -sum_k t_ik log(softmax(Z_i)_k), which keeps the scores from growing without bound
    (Szegedy et al., "Rethinking the Inception architecture for computer vision", CVPR 2016).

    >>> CrossEntropyLoss()([[0.0, 0.0], [1000.0, 0.0]], [0, 0]).item()
    0.34657359027997264
    """

    def __init__(self, reduction: str = "mean", label_smoothing: float = 0.0) -> None:
        super().__init__(reduction)
        if not 0 <= label_smoothing <= 1:
            raise ValueError(
                f"CrossEntropyLoss: label_smoothing must be from 0 to 1, but is {label_smoothing}"
            )
        self.label_smoothing = float(label_smoothing)

    def options(self) -> dict[str, Any]:
        """The arguments that make such a loss."""
        return {**super().options(), "label_smoothing": self.label_smoothing}

    def forward(self, Z: Any, y: Any) -> Node:
        """The loss of scores Z (n, K) against labels y (n,)."""
        Z = self.as_scores(Z)
        y = y if isinstance(y, Node) else InitialNode(y, name="labels", requires_grad=False)
        if Z.ndim == 2 and Z.shape[1] == 1:
            raise ValueError(
                f"CrossEntropyLoss: the scores are {Z.shape} and the labels are {y.shape}: one "
                f"column is one class only. For two classes make two columns, or use "
                f"BCEWithLogitsLoss with labels.reshape({Z.shape})"
            )
        if Z.ndim != 2 or y.shape != Z.shape[:1]:
            if Z.ndim == 1:
                remedy = "make the scores of a single observation a row with Z.reshape(1, -1)"
            elif y.shape == Z.shape:
                remedy = "for one-hot labels pass labels.argmax(axis=1)"
            elif y.shape == (len(Z), 1):
                remedy = f"reshape the labels with labels.reshape({len(Z)})"
            else:
                remedy = "there must be one label for each row"
            raise ValueError(
                f"CrossEntropyLoss: the scores are {Z.shape} and the labels are {y.shape}, but "
                f"they must be (n, K) and (n,): {remedy}"
            )
        self.refuse_nan(y)
        if y.dtype.kind not in "iu":
            raise TypeError(
                f"CrossEntropyLoss: the labels are {y.dtype}, but must be the integer numbers of "
                f"the classes: pass labels.astype(int) if they are"
            )
        K, labels = Z.shape[1], np.asarray(y)
        if y.size and not (labels.min() >= 0 and labels.max() < K):
            raise ValueError(
                f"CrossEntropyLoss: the labels range from {labels.min()} to {labels.max()}, but "
                f"the scores have {K} columns: labels must be from 0 to {K - 1}"
            )
        if not self.label_smoothing:
            return self.reduce(ag.softmax_loss(Z, y))
        share = Z.dtype.type(self.label_smoothing / K)
        is_label = y.reshape(-1, 1) == np.arange(K)
        t = ag.where(is_label, 1 - (K - 1) * share, share)
        return self.reduce(-ag.sum(t * ag.log_softmax(Z), axis=1))


class MSELoss(Loss):
    """L = (A - y) ** 2, entry by entry: for regression. A and y have the same shape.

    >>> MSELoss()([[1.0], [3.0]], [[0.0], [0.0]]).item()
    5.0
    """

    def forward(self, A: Any, y: Any) -> Node:
        """The loss of predictions A against targets y of the same shape."""
        A = self.as_scores(A)
        y = self.as_labels(y, A)
        if self.reduction == "mean" and A.size:
            return ag.mse(A, y)
        return self.reduce(ag.square(A - y))


class BCEWithLogitsLoss(Loss):
    """L = y softplus(-Z) + (1 - y) softplus(Z), entry by entry: for two classes, 0 and 1.

    This is -y log(p) - (1 - y) log(1 - p) with p = sigmoid(Z), computed from the scores Z so
    that value and gradient are precise for every score. Labels y have Z's shape and are from 0
    to 1: a label between is the probability of class 1.

    >>> BCEWithLogitsLoss()([[0.0], [1000.0]], [[0.0], [1.0]]).item()
    0.34657359027997264
    """

    def forward(self, Z: Any, y: Any) -> Node:
        """The loss of scores Z against labels y of the same shape."""
        Z = self.as_scores(Z)
        y = self.as_labels(y, Z)
        labels = np.asarray(y)
        if y.size and not (labels.min() >= 0 and labels.max() <= 1):
            hint = "; for labels -1 and 1 use LogisticLoss" if labels.min() == -1 else ""
            raise ValueError(
                f"BCEWithLogitsLoss: the labels range from {labels.min():g} to "
                f"{labels.max():g}, but must be from 0 to 1{hint}"
            )
        return self.reduce(y * ag.softplus(-Z) + (1 - y) * ag.softplus(Z))


class LogisticLoss(Loss):
    """L = log(1 + e ** (-y A)), entry by entry: for two classes, -1 and 1.

    Labels y have the shape of the scores A. With labels 0 and 1, `BCEWithLogitsLoss` is the
    same loss.

    >>> LogisticLoss()([[0.0], [1000.0]], [[-1], [1]]).item()
    0.34657359027997264
    """

    def forward(self, A: Any, y: Any) -> Node:
        """The loss of scores A against labels y of the same shape."""
        A = self.as_scores(A)
        y = self.as_labels(y, A)
        labels = np.asarray(y)
        if not (np.absolute(labels) == 1).all():
            hint = "; for labels 0 and 1 use BCEWithLogitsLoss" if (labels == 0).any() else ""
            raise ValueError(
                f"LogisticLoss: the labels range from {labels.min():g} to {labels.max():g}, but "
                f"each must be -1 or 1{hint}"
            )
        return self.reduce(ag.logistic_loss(A, y))
