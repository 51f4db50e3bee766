"""The parent of all losses."""

from __future__ import annotations

from typing import Any, ClassVar

import numpy as np

import autograd_core as ag
from autograd_core import InitialNode, Node
from nn.module import Module


class Loss(Module):
    """The virtual parent of the losses: it checks labels and reduces."""

    threshold: ClassVar[float | None] = None
    """Above which a score means class 1; None if it is for the network's last layer to say."""

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
        if labels.dtype.kind == "f" and (missing := np.isnan(labels.frozen())).any():
            raise ValueError(
                f"{type(self).__name__}: {missing.sum()} of {labels.size} labels are nan: leave "
                f"these observations out"
            )
