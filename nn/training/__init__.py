"""Training: `fit`, what it tells, how it is resumed, and settings that work for the data sets."""

from nn.training.evaluation import accuracy, predict
from nn.training.failure import NonFiniteError
from nn.training.fitting import fit
from nn.training.history import History
from nn.training.settings import (
    DEFAULTS,
    OTHERS,
    Settings,
    fit_split,
    make_loss,
    make_network,
)

__all__ = [
    "DEFAULTS",
    "OTHERS",
    "History",
    "NonFiniteError",
    "Settings",
    "accuracy",
    "fit",
    "fit_split",
    "make_loss",
    "make_network",
    "predict",
]
