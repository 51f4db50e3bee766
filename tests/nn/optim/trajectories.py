"""What PyTorch does, from data/optimizers.json; and the network of that file."""

import json
from pathlib import Path

import numpy as np

import autograd_core as ag
import nn

EXACT = json.loads((Path(__file__).parents[2] / "data" / "optimizers.json").read_text())
X, Y = np.array(EXACT["X"]), np.array(EXACT["y"])
INITIAL = [np.array(a) for a in EXACT["initial"]]


def loss(ws, X=X, y=Y):
    """The loss of the 2-3-1 network with the parameters W1, b1, W2, b2."""
    W1, b1, W2, b2 = ws
    return ag.mse(ag.tanh(X @ W1 + b1) @ W2 + b2, y)


def parameters(dtype=None):
    return [nn.Parameter(a, dtype=dtype) for a in INITIAL]


def train(optimizer, steps=20):
    """All parameters end to end after each of the steps: (steps, 13)."""

    def closure():
        optimizer.zero_grad()
        L = loss(optimizer.params)
        L.backward()
        return L

    path = []
    for _ in range(steps):
        optimizer.step(closure)
        path.append(np.concatenate([np.ravel(p.value) for p in optimizer.params]))
    return np.array(path)
