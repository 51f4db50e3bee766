"""The step-through page of one small batch."""

from __future__ import annotations

import os
from copy import deepcopy

import numpy as np

from autograd_core import InitialNode
from autograd_core.draw import walkthrough
from nn.report.outcome import Outcome
from nn.training.settings import make_loss

ROWS = 3


def walk(outcome: Outcome, path: str | os.PathLike[str]) -> None:
    """Write the page for the first training observations and the trained network.

    It is computed in float64, so that finite differences are good to many digits.
    """
    split = outcome.split
    net = deepcopy(outcome.model).double().eval()
    X = InitialNode(split.X_train[:ROWS].astype(np.float64), name="X", requires_grad=False)
    y = split.y_train[:ROWS]
    if split.task == "regression":
        y = y.astype(np.float64)
    J = make_loss(split, outcome.settings)(net(X), y)
    J.name = "J"
    walkthrough(J, path, names={"net": net})
