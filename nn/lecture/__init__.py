"""The names of M. Hjorth-Jensen's lectures on machine learning (FYS-STK), on top of this package.

`FFNN`, the schedulers, the cost and the activation functions have the lectures' names and
arguments, so that their examples run as written:

>>> import numpy as np
>>> X, yOR = np.array([[0, 0], [0, 1], [1, 0], [1, 1]]), np.array([[0], [1], [1], [1]])
>>> net = FFNN((2, 2, 1), output_func=sigmoid, cost_func=CostLogReg, seed=2023)
>>> scores = net.fit(X, yOR, Adam(eta=1e-1, rho=0.9, rho2=0.999), epochs=1000)
>>> net.predict(X).ravel(), scores["train_accs"][-1]
(array([0, 1, 1, 1]), np.float64(1.0))

Where the published code and its mathematics differ, this follows the mathematics:

- gradients are those of the cost function, by automatic differentiation: of the mean over the
  observations, not of their sum, and with 2 lam w for the penalty lam sum(w ** 2);
- a bias is added to each layer as it is (there through a column of 0.01, which its gradient
  ignores);
- Adagrad scales each entry (there each row), and epsilon stands outside the roots;
- schedulers keep their memory from epoch to epoch, as the methods are defined (there `fit` calls
  `reset()` after each, which takes the moments away from Adam); `reset()` is for a new start;
- an epoch goes through all observations in random order (there through a sample drawn with
  replacement, which leaves some out);
- errors are the cost of the outputs (there, in classification, of the rounded outputs), and with
  several outputs an observation is right when the largest output is that of its class.
"""

from nn.lecture.functions import (
    LRELU,
    RELU,
    CostCrossEntropy,
    CostLogReg,
    CostOLS,
    identity,
    sigmoid,
    softmax,
)
from nn.lecture.network import FFNN
from nn.lecture.schedulers import (
    Adagrad,
    AdagradMomentum,
    Adam,
    Constant,
    Momentum,
    RMS_prop,
    RMSprop,
    Scheduler,
)

__all__ = [
    "FFNN",
    "LRELU",
    "RELU",
    "Adagrad",
    "AdagradMomentum",
    "Adam",
    "Constant",
    "CostCrossEntropy",
    "CostLogReg",
    "CostOLS",
    "Momentum",
    "RMS_prop",
    "RMSprop",
    "Scheduler",
    "identity",
    "sigmoid",
    "softmax",
]
