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

from nn import checkpoints, data, init, optim, training
from nn.gradient_check import check_gradient
from nn.layers import MLP, Identity, Linear, ReLU, Sigmoid, Tanh
from nn.losses import BCEWithLogitsLoss, CrossEntropyLoss, LogisticLoss, MSELoss
from nn.module import Module, Parameter, Sequential
from nn.training import accuracy, predict, train

__all__ = [
    "MLP",
    "BCEWithLogitsLoss",
    "CrossEntropyLoss",
    "Identity",
    "Linear",
    "LogisticLoss",
    "MSELoss",
    "Module",
    "Parameter",
    "ReLU",
    "Sequential",
    "Sigmoid",
    "Tanh",
    "accuracy",
    "check_gradient",
    "checkpoints",
    "data",
    "init",
    "optim",
    "predict",
    "train",
    "training",
]
