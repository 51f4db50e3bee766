"""A thin neural-network package on `autograd_core`: no gradient is written here.

>>> import numpy as np, nn
>>> net = nn.MLP([2, 8, 2], rng=0)
>>> optimizer = nn.optim.Adam(net.parameters(), lr=0.1)
>>> X, y = np.array([[0.0, 0], [0, 1], [1, 0], [1, 1]]), np.array([0, 1, 1, 0])
>>> for _ in range(100):
...     optimizer.zero_grad()
...     loss = nn.CrossEntropyLoss()(net(X), y)
...     loss.backward()
...     optimizer.step()
>>> nn.predict(net, X).argmax(axis=1)
array([0, 1, 1, 0])
"""

from importlib import import_module
from typing import TYPE_CHECKING, Any

from nn import callbacks, checkpoints, data, init, lecture, metrics, optim, plots, search, training
from nn.activations import (
    ELU,
    Identity,
    LeakyReLU,
    LogSoftmax,
    ReLU,
    Sigmoid,
    Softmax,
    Softplus,
    Tanh,
)
from nn.callbacks import Callback, EarlyStopping
from nn.checkpoints import Checkpoint
from nn.clip import clip_grad_norm_, clip_grad_value_
from nn.containers import ModuleDict, ModuleList
from nn.data import DataLoader, Dataset, TensorDataset
from nn.gradient_check import check_gradient
from nn.layers import MLP, Flatten, Linear, PrependZero
from nn.losses import (
    BCELoss,
    BCEWithLogitsLoss,
    CrossEntropyLoss,
    HuberLoss,
    L1Loss,
    LogisticLoss,
    MSELoss,
    NLLLoss,
)
from nn.module import HiddenModuleWarning, Module, Sequential
from nn.parameter import Buffer, Parameter
from nn.penalties import l1_penalty, l2_penalty
from nn.regularization import BatchNorm1d, Dropout
from nn.training import History, NonFiniteError, accuracy, fit, predict

__all__ = [
    "ELU",
    "MLP",
    "BCELoss",
    "BCEWithLogitsLoss",
    "BatchNorm1d",
    "Buffer",
    "Callback",
    "Checkpoint",
    "CrossEntropyLoss",
    "DataLoader",
    "Dataset",
    "Dropout",
    "EarlyStopping",
    "Flatten",
    "HiddenModuleWarning",
    "History",
    "HuberLoss",
    "Identity",
    "L1Loss",
    "LeakyReLU",
    "Linear",
    "LogSoftmax",
    "LogisticLoss",
    "MSELoss",
    "Module",
    "ModuleDict",
    "ModuleList",
    "NLLLoss",
    "NonFiniteError",
    "Parameter",
    "PrependZero",
    "ReLU",
    "Sequential",
    "Sigmoid",
    "Softmax",
    "Softplus",
    "Tanh",
    "TensorDataset",
    "accuracy",
    "callbacks",
    "check_gradient",
    "checkpoints",
    "clip_grad_norm_",
    "clip_grad_value_",
    "data",
    "fit",
    "init",
    "l1_penalty",
    "l2_penalty",
    "lecture",
    "metrics",
    "optim",
    "plots",
    "predict",
    "search",
    "training",
]

if TYPE_CHECKING:
    from nn import estimators as estimators
    from nn.estimators import MLPClassifier as MLPClassifier
    from nn.estimators import MLPRegressor as MLPRegressor


def __getattr__(name: str) -> Any:
    """The estimators, imported when they are first used: they need scikit-learn, an extra."""
    if name in ("MLPClassifier", "MLPRegressor", "estimators"):
        estimators = import_module("nn.estimators")
        return estimators if name == "estimators" else getattr(estimators, name)
    raise AttributeError(f"module 'nn' has no attribute {name!r}")
