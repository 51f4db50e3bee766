"""Losses: modules that compare scores with labels.

Each takes `reduction`: "mean" over all entries (the default), "sum", or "none" for one loss per
observation or entry. Labels that are an array, not a node, are cast to the scores' dtype, so
that float32 stays float32. Labels that don't fit the scores are an error: nothing is broadcast.
"""

from nn.losses.binary import BCELoss, BCEWithLogitsLoss, LogisticLoss
from nn.losses.loss import Loss
from nn.losses.multiclass import CrossEntropyLoss, NLLLoss
from nn.losses.regression import HuberLoss, L1Loss, MSELoss

__all__ = [
    "BCELoss",
    "BCEWithLogitsLoss",
    "CrossEntropyLoss",
    "HuberLoss",
    "L1Loss",
    "LogisticLoss",
    "Loss",
    "MSELoss",
    "NLLLoss",
]
