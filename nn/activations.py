"""Activations as layers: functions of the scores, entry by entry or along an axis."""

from __future__ import annotations

from operator import index
from typing import Any

import autograd_core as ag
from autograd_core import Node
from nn.arguments import number
from nn.module import Module


class ReLU(Module):
    """max(X, 0), entry by entry; its derivative at 0 is 0.

    >>> ReLU()([-1.0, 2.0]).value
    array([0., 2.])
    """

    def forward(self, X: Any) -> Node:
        """max(X, 0)."""
        return ag.relu(X)


class LeakyReLU(Module):
    """X where X > 0, negative_slope X elsewhere; its derivative at 0 is the slope.

    Other than a ReLU's, its units can't die: a gradient flows for every input. (Maas, Hannun and
    Ng, "Rectifier nonlinearities improve neural network acoustic models", ICML 2013.)

    >>> LeakyReLU()([-1.0, 2.0]).value
    array([-0.01,  2.  ])
    """

    def __init__(self, negative_slope: float = 0.01) -> None:
        super().__init__()
        self.negative_slope = number("LeakyReLU: negative_slope", negative_slope)

    def forward(self, X: Any) -> Node:
        """X where X > 0, negative_slope X elsewhere."""
        return ag.leaky_relu(X, self.negative_slope)

    def options(self) -> dict[str, Any]:
        """The arguments that make such a layer."""
        return {"negative_slope": self.negative_slope}


class ELU(Module):
    """X where X > 0, alpha (e ** X - 1) elsewhere; its derivative at 0 is alpha.

    (Clevert, Unterthiner and Hochreiter, "Fast and accurate deep network learning by exponential
    linear units", ICLR 2016.)

    >>> ELU()([-1e9, 2.0]).value
    array([-1.,  2.])
    """

    def __init__(self, alpha: float = 1.0) -> None:
        super().__init__()
        self.alpha = number("ELU: alpha", alpha)

    def forward(self, X: Any) -> Node:
        """X where X > 0, alpha (e ** X - 1) elsewhere."""
        return ag.elu(X, self.alpha)

    def options(self) -> dict[str, Any]:
        """The arguments that make such a layer."""
        return {"alpha": self.alpha}


class Sigmoid(Module):
    """1 / (1 + e ** -X), entry by entry.

    >>> Sigmoid()(0.0).item()
    0.5
    """

    def forward(self, X: Any) -> Node:
        """1 / (1 + e ** -X)."""
        return ag.sigmoid(X)


class Tanh(Module):
    """The hyperbolic tangent, entry by entry.

    >>> Tanh()(0.0).item()
    0.0
    """

    def forward(self, X: Any) -> Node:
        """tanh(X)."""
        return ag.tanh(X)


class Softplus(Module):
    """log(1 + e ** X), entry by entry: a smooth ReLU, whose derivative is the sigmoid.

    >>> Softplus()([-1000.0, 1000.0]).value
    array([   0., 1000.])
    """

    def forward(self, X: Any) -> Node:
        """log(1 + e ** X)."""
        return ag.softplus(X)


class AlongAxis(Module):
    """The virtual parent of functions along the axis `dim`."""

    def __init__(self, dim: int = -1) -> None:
        super().__init__()
        try:
            self.dim = index(dim)
        except TypeError:
            raise TypeError(
                f"{type(self).__name__}: dim must be the number of an axis, but is {dim!r}"
            ) from None

    def options(self) -> dict[str, Any]:
        """The arguments that make such a layer."""
        return {"dim": self.dim}


class Softmax(AlongAxis):
    """e ** X / sum(e ** X) along the axis `dim`: scores become probabilities.

    Not before `CrossEntropyLoss`, which takes the scores themselves.

    >>> Softmax()([[0.0, 0.0], [1000.0, 0.0]]).value
    array([[0.5, 0.5],
           [1. , 0. ]])
    """

    def forward(self, X: Any) -> Node:
        """e ** X / sum(e ** X)."""
        return ag.softmax(X, self.dim)


class LogSoftmax(AlongAxis):
    """log(softmax(X)) along the axis `dim`, precise for every score: for `NLLLoss`.

    >>> LogSoftmax()([[1000.0, 0.0]]).value
    array([[    0., -1000.]])
    """

    def forward(self, X: Any) -> Node:
        """log(softmax(X))."""
        return ag.log_softmax(X, self.dim)


class Identity(Module):
    """X itself: a place where nothing happens.

    >>> Identity()(3.0)
    3.0
    """

    def forward(self, X: Any) -> Any:
        """X."""
        return X


ACTIVATIONS: dict[str, type[Module]] = {
    "relu": ReLU,
    "leaky_relu": LeakyReLU,
    "elu": ELU,
    "sigmoid": Sigmoid,
    "tanh": Tanh,
    "softplus": Softplus,
    "softmax": Softmax,
    "log_softmax": LogSoftmax,
    "identity": Identity,
}
"""Activations by the names that `MLP` takes."""
