"""Optimizers: they change parameters along their gradients.

The rules are PyTorch's, where it has them. Each is written once, in its `update`, as a pure
function of a gradient, a state and hyper-parameters, in arithmetic that arrays and nodes share:
so `unroll` can run it on nodes, and training can be differentiated through.

>>> import nn
>>> w = nn.Parameter(2.0)
>>> optimizer = SGD([w], lr=0.1)
>>> (w * w).backward(); optimizer.step(); w.value.round(12)
np.float64(1.6)
"""

from nn.optim import lr_scheduler
from nn.optim.lbfgs import LBFGS
from nn.optim.optimizer import Optimizer
from nn.optim.rules import (
    SGD,
    Adagrad,
    AdagradMomentum,
    Adam,
    AdamW,
    Momentum,
    Nesterov,
    RMSprop,
)
from nn.optim.unrolled import functional_call, unroll

__all__ = [
    "LBFGS",
    "SGD",
    "Adagrad",
    "AdagradMomentum",
    "Adam",
    "AdamW",
    "Momentum",
    "Nesterov",
    "Optimizer",
    "RMSprop",
    "functional_call",
    "lr_scheduler",
    "unroll",
]
