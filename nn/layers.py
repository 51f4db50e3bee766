"""Layers: linear maps, activations, and the multi-layer perceptron made of them."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from itertools import pairwise
from typing import Any

import numpy as np
from numpy.typing import DTypeLike

import autograd_core as ag
from autograd_core import InitialNode, Node
from nn.init import Initializer, glorot_uniform, he_uniform
from nn.module import Module, Parameter, Sequential

Seed = np.random.Generator | int | None
"""A random generator, or what makes one: a number, or None for a different one every time."""


class Linear(Module):
    """A = XW + b: X (n, in_features), one observation a row; A (n, out_features).

    `weight` is W (in_features, out_features) and `bias` is b (out_features,), or None with
    `bias=False`. W comes from `init(shape, rng, dtype)`, by default `glorot_uniform`; b is 0.
    An X that is an array, not a node, is cast to the weights' dtype.

    >>> layer = Linear(3, 2, rng=0)
    >>> layer(np.ones((5, 3))).shape
    (5, 2)
    """

    def __init__(
        self,
        in_features: int,
        out_features: int,
        bias: bool = True,
        *,
        init: Initializer = glorot_uniform,
        rng: Seed = None,
        dtype: DTypeLike = np.float64,
    ) -> None:
        super().__init__()
        self.in_features = _count("Linear: in_features", in_features)
        self.out_features = _count("Linear: out_features", out_features)
        shape = (self.in_features, self.out_features)
        W = init(shape, np.random.default_rng(rng), dtype)
        if np.shape(W) != shape:
            raise ValueError(f"Linear: init gave weights of shape {np.shape(W)}, not {shape}")
        self.weight = Parameter(W, name="weight", dtype=dtype)
        self.bias = Parameter(np.zeros(shape[1]), name="bias", dtype=dtype) if bias else None

    def forward(self, X: Any) -> Node:
        """A = XW + b."""
        if not isinstance(X, Node):
            X = InitialNode(X, name="X", requires_grad=False, dtype=self.weight.dtype)
        if X.ndim != 2 or X.shape[1] != self.in_features:
            raise ValueError(self._misfit(X.shape))
        A = ag.mm(X, self.weight)
        return A if self.bias is None else A + self.bias

    def _misfit(self, shape: tuple[int, ...]) -> str:
        layer = f"Linear({self.in_features}, {self.out_features})"
        wanted = f"it must be (n, {self.in_features}), one observation a row"
        if shape == (self.in_features,):
            remedy = f"; make a row of a single observation with X.reshape(1, {shape[0]})"
        elif len(shape) > 2 and np.prod(shape[1:]) == self.in_features:
            remedy = "; flatten each observation with X.reshape(len(X), -1)"
        elif len(shape) == 2 and shape[0] == self.in_features:
            remedy = "; if the observations are columns, pass X.T"
        elif len(shape) == 2:
            remedy = f"; for {shape[1]} columns make a Linear({shape[1]}, {self.out_features})"
        else:
            remedy = ""
        return f"{layer}: the input X has shape {shape}, but {wanted}{remedy}"

    def options(self) -> dict[str, Any]:
        """The arguments that make such a layer."""
        return {
            "in_features": self.in_features,
            "out_features": self.out_features,
            "bias": self.bias is not None,
        }


class ReLU(Module):
    """max(X, 0), entry by entry; its derivative at 0 is 0.

    >>> np.asarray(ReLU()([-1.0, 2.0]))
    array([0., 2.])
    """

    def forward(self, X: Any) -> Node:
        """max(X, 0)."""
        return ag.relu(X)


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


class Identity(Module):
    """X itself: a place where nothing happens.

    >>> Identity()(3.0)
    3.0
    """

    def forward(self, X: Any) -> Any:
        """X."""
        return X


ACTIVATIONS: dict[str, Callable[[], Module]] = {
    "relu": ReLU,
    "sigmoid": Sigmoid,
    "tanh": Tanh,
    "identity": Identity,
}
"""Activations by the names that `MLP` takes."""


class MLP(Sequential):
    """The multi-layer perceptron with layers of `units`, the first the inputs', the last the scores'.

    An activation follows every linear layer but the last: "relu", "tanh", "sigmoid",
    "identity", or a Module class. Weights before a ReLU are `he_uniform`, others
    `glorot_uniform`; biases are 0. `rng` is a generator or a seed.

    >>> MLP([64, 50, 10], rng=0)
    MLP(units=[64, 50, 10], activation='relu'), 3760 parameters
      0: Linear(in_features=64, out_features=50, bias=True), weight (64, 50), bias (50,), 3250 parameters
      1: ReLU()
      2: Linear(in_features=50, out_features=10, bias=True), weight (50, 10), bias (10,), 510 parameters
    """  # noqa: E501

    def __init__(
        self,
        units: Sequence[int],
        activation: str | Callable[[], Module] = "relu",
        *,
        rng: Seed = None,
        dtype: DTypeLike = np.float64,
    ) -> None:
        if isinstance(units, int) or len(units) < 2:
            raise ValueError(
                f"MLP: units is {units!r}; it must list the numbers of units from the inputs to "
                f"the scores, at least two of them: [64, 50, 10]"
            )
        if isinstance(activation, str):
            if activation not in ACTIVATIONS:
                raise ValueError(
                    f"MLP: there is no activation {activation!r}; it must be "
                    f"{', '.join(map(repr, ACTIVATIONS))}, or a Module class"
                )
            make = ACTIVATIONS[activation]
        elif isinstance(activation, Module) or not callable(activation):
            raise TypeError(
                f"MLP: activation must be a name or a Module class such as nn.Tanh, but is a "
                f"{type(activation).__name__}"
            )
        else:
            make = activation
        rng = np.random.default_rng(rng)
        modules: list[Module] = []
        last = len(units) - 2
        for i, (n_in, n_out) in enumerate(pairwise(units)):
            init = he_uniform if make is ReLU and i < last else glorot_uniform
            modules.append(Linear(n_in, n_out, init=init, rng=rng, dtype=dtype))
            if i < last:
                modules.append(make())
        super().__init__(*modules)
        self.units = [int(n) for n in units]
        self.activation = next((name for name, kind in ACTIVATIONS.items() if kind is make), make)

    def options(self) -> dict[str, Any]:
        """The arguments that make such a network."""
        return {"units": self.units, "activation": self.activation}


def _count(what: str, n: Any) -> int:
    if isinstance(n, (bool, np.bool_)) or not isinstance(n, (int, np.integer)) or n < 1:
        raise ValueError(f"{what} must be a whole number of at least 1, but is {n!r}")
    return int(n)
