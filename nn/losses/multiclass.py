"""Losses of K classes."""

from __future__ import annotations

from typing import Any

import numpy as np
from numpy.typing import ArrayLike

import autograd_core as ag
from autograd_core import InitialNode, Node
from nn.arguments import number
from nn.losses.loss import Loss
from nn.module import Buffer


class ClassLoss(Loss):
    """The virtual parent of losses with a weight for each class and integer labels."""

    def __init__(self, reduction: str, weight: ArrayLike | None) -> None:
        super().__init__(reduction)
        self.weight = None
        if weight is not None:
            try:
                w = np.array(weight, float)
                fits = w.ndim == 1 and bool((np.isfinite(w) & (w >= 0)).all())
            except (TypeError, ValueError):
                fits = False
            if not fits:
                raise ValueError(
                    f"{type(self).__name__}: weight must be a list of K numbers of at least 0, one "
                    f"for each class, but is {weight!r}"
                )
            self.weight = Buffer(w, name="weight")

    def as_weight(self, scores: Node) -> Node | None:
        """The weights (K,) of the classes, in the scores' dtype."""
        w = self.weight
        if w is not None and w.shape != scores.shape[1:]:
            raise ValueError(
                f"{type(self).__name__}: there are {w.size} class weights, but the scores are "
                f"{scores.shape}: there must be {scores.shape[1]}, one for each column"
            )
        return w if w is None or w.dtype == scores.dtype else w.astype(scores.dtype)

    def for_mean(self, w: Node | None, y: Node) -> Node | None:
        """The weights of the classes by the mean weight of the labels y, if there is a mean."""
        if w is None or self.reduction != "mean" or not y.size:
            return w
        mean = ag.mean(w[y])
        if not mean.item():
            raise ValueError(
                f"{type(self).__name__}: there is no weighted mean, because the classes of all "
                f"{y.size} labels have weight 0"
            )
        scaled: Node = w / mean
        return scaled

    def refuse_one_column(self, scores: Node, y: Node) -> None:
        """An error for scores (n, 1), which are meant for a loss of two classes."""
        if scores.ndim == 2 and scores.shape[1] == 1:
            raise ValueError(
                f"{type(self).__name__}: the scores are {scores.shape} and the labels are "
                f"{y.shape}: one column is one class only. For two classes make two columns "
                f"(PrependZero adds one), or use BCEWithLogitsLoss with "
                f"labels.reshape({scores.shape})"
            )

    def check_classes(self, scores: Node, y: Node) -> None:
        """An error if y are not integers (n,) from 0 to K - 1 for scores (n, K)."""
        loss = type(self).__name__
        if scores.ndim != 2 or y.shape != scores.shape[:1]:
            if scores.ndim == 1:
                remedy = "make the scores of a single observation a row with Z.reshape(1, -1)"
            elif y.shape == scores.shape:
                remedy = "for one-hot labels pass labels.argmax(axis=1)"
            elif y.shape == (len(scores), 1):
                remedy = f"reshape the labels with labels.reshape({len(scores)})"
            else:
                remedy = "there must be one label for each row"
            raise ValueError(
                f"{loss}: the scores are {scores.shape} and the labels are {y.shape}, but they "
                f"must be (n, K) and (n,): {remedy}"
            )
        self.refuse_nan(y)
        if y.dtype.kind not in "iu":
            raise TypeError(
                f"{loss}: the labels are {y.dtype}, but must be the integer numbers of the "
                f"classes: pass labels.astype(int) if they are"
            )
        K, labels = scores.shape[1], y.frozen()
        if y.size and not (labels.min() >= 0 and labels.max() < K):
            raise ValueError(
                f"{loss}: the labels range from {labels.min()} to {labels.max()}, but the scores "
                f"have {K} columns: labels must be from 0 to {K - 1}"
            )


class CrossEntropyLoss(ClassLoss):
    """L_i = w_y (log(sum_k e ** Z_ik) - Z_iy), y = y_i: for one of K classes.

    Scores Z (n, K) without softmax, labels y (n,) integers from 0 to K - 1. Computed by
    log-sum-exp, precise for every score (`autograd_core.softmax_loss`). The weights w of the
    classes are 1, or `weight`, K numbers; then "mean" is sum_i L_i / sum_i w_{y_i}.

    Labels may also be the probabilities of the classes, floats t (n, K) whose rows sum to 1:
    L_i = -sum_k w_k t_ik log(softmax(Z_i)_k), of which "mean" is the mean, with weights as well.

    With `label_smoothing` e, each t_ik becomes (1 - e) t_ik + e / K; of an integer label t is
    one-hot. It keeps the scores from growing without bound (Szegedy et al., "Rethinking the
    Inception architecture for computer vision", CVPR 2016).

    K - 1 scores, of the classes but the first, with a `PrependZero` last in the network, are all
    that K classes need.

    >>> CrossEntropyLoss()([[0.0, 0.0], [1000.0, 0.0]], [0, 0]).item()
    0.34657359027997264
    """

    def __init__(
        self,
        reduction: str = "mean",
        label_smoothing: float = 0.0,
        *,
        weight: ArrayLike | None = None,
    ) -> None:
        super().__init__(reduction, weight)
        self.label_smoothing = number(
            "CrossEntropyLoss: label_smoothing", label_smoothing, least=0, most=1
        )

    def options(self) -> dict[str, Any]:
        """The arguments that make such a loss, but for `weight`."""
        return {**super().options(), "label_smoothing": self.label_smoothing}

    def forward(self, Z: Any, y: Any) -> Node:
        """The loss of scores Z (n, K) against labels y (n,) or probabilities y (n, K)."""
        Z = self.as_scores(Z)
        y = y if isinstance(y, Node) else InitialNode(y, name="labels", requires_grad=False)
        self.refuse_one_column(Z, y)
        e, w = self.label_smoothing, self.as_weight(Z) if Z.ndim == 2 else None
        if y.ndim == Z.ndim == 2 and y.shape == Z.shape and y.dtype.kind == "f":
            t = self.as_probabilities(y, Z)
            t = t * (1 - e) + e / Z.shape[1] if e else t
            return self.reduce(-ag.sum(ag.weighted(ag.log_softmax(Z), _weighted(t, w)), axis=1))
        self.check_classes(Z, y)
        w = self.for_mean(w, y)
        if not e:
            return self.reduce(_weighted(ag.softmax_loss(Z, y), None if w is None else w[y]))
        share = e / Z.shape[1]
        t = ag.where(_one_hot(y, Z), Z.dtype.type(1 - e + share), Z.dtype.type(share))
        return self.reduce(-ag.sum(ag.weighted(ag.log_softmax(Z), _weighted(t, w)), axis=1))

    def as_probabilities(self, t: Node, Z: Node) -> Node:
        """The rows of probabilities t in the dtype of the scores Z."""
        self.refuse_nan(t)
        rows = t.frozen()
        if not ((rows >= 0) & (rows <= 1)).all():
            raise ValueError(
                f"CrossEntropyLoss: the labels are {t.shape} {t.dtype}, rows of probabilities, but "
                f"range from {rows.min():g} to {rows.max():g}: probabilities must be from 0 to 1"
            )
        sums = rows.sum(axis=1, dtype=float)
        if (stray := np.flatnonzero(np.absolute(sums - 1) > SUM_TOLERANCE)).size:
            raise ValueError(
                f"CrossEntropyLoss: the labels are {t.shape} {t.dtype}, rows of probabilities, but "
                f"row {stray[0]} sums to {sums[stray[0]]:g}: each row must sum to 1"
            )
        node: Node = t if t.dtype == Z.dtype else t.astype(Z.dtype)
        return node


class NLLLoss(ClassLoss):
    """L_i = -w_y P_iy, y = y_i: the negative log likelihood, for one of K classes.

    P (n, K) are the logarithms of probabilities, such as a `LogSoftmax` gives; labels y (n,) are
    integers from 0 to K - 1. `CrossEntropyLoss` is both in one. The weights w of the classes are
    1, or `weight`, K numbers; then "mean" is sum_i L_i / sum_i w_{y_i}.

    >>> round(NLLLoss()(np.log([[0.5, 0.5], [0.25, 0.75]]), [0, 1]).item(), 12)
    0.490414626506
    """

    def __init__(self, reduction: str = "mean", *, weight: ArrayLike | None = None) -> None:
        super().__init__(reduction, weight)

    def forward(self, P: Any, y: Any) -> Node:
        """The loss of log-probabilities P (n, K) against labels y (n,)."""
        P = self.as_scores(P)
        y = y if isinstance(y, Node) else InitialNode(y, name="labels", requires_grad=False)
        self.refuse_one_column(P, y)
        self.check_classes(P, y)
        w = self.for_mean(self.as_weight(P), y)
        L = -ag.sum(ag.where(_one_hot(y, P), P, 0), axis=1)
        return self.reduce(_weighted(L, None if w is None else w[y]))


SUM_TOLERANCE = 1e-3
"""How far the sum of probabilities may be from 1: rounded to float16, it is within 5e-4."""


def _weighted(L: Node, w: Node | None) -> Node:
    return L if w is None else ag.weighted(L, w)


def _one_hot(y: Node, Z: Node) -> Node:
    """True at the label of each row; made from y, so that it is right when y has changed."""
    return y.reshape(-1, 1) == np.arange(Z.shape[1])
