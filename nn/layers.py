"""Layers: linear maps, changes of shape, and the multi-layer perceptron."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from itertools import pairwise
from math import prod
from typing import Any

import numpy as np
from numpy.typing import DTypeLike

import autograd_core as ag
from autograd_core import InitialNode, Node
from nn.activations import ACTIVATIONS, ELU, LeakyReLU, ReLU
from nn.arguments import Seed, count, number
from nn.init import Initializer, glorot_uniform, he_uniform, zeros
from nn.module import Module, Parameter, Sequential
from nn.regularization import BatchNorm1d, Dropout


class Linear(Module):
    """A = XW + b: X (n, in_features), one observation a row; A (n, out_features).

    `weight` is W (in_features, out_features) and `bias` is b (out_features,), or None with
    `bias=False`. W comes from `init(shape, rng, dtype)`, by default `glorot_uniform`, then b from
    `bias_init`, by default `zeros`: any function of `nn.init`, whose options `functools.partial`
    fixes. X is cast to the weights' dtype.

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
        bias_init: Initializer = zeros,
        rng: Seed = None,
        dtype: DTypeLike = np.float64,
    ) -> None:
        super().__init__()
        self.in_features = count("Linear: in_features", in_features)
        self.out_features = count("Linear: out_features", out_features)
        shape = (self.in_features, self.out_features)
        rng = np.random.default_rng(rng)
        W = init(shape, rng, dtype)
        if np.shape(W) != shape:
            raise ValueError(f"Linear: init gave weights of shape {np.shape(W)}, not {shape}")
        self.weight = Parameter(W, name="weight", dtype=dtype)
        self.bias = None
        if bias:
            b = bias_init(shape[1:], rng, dtype)
            if np.shape(b) != shape[1:]:
                raise ValueError(f"Linear: bias_init gave shape {np.shape(b)}, not {shape[1:]}")
            self.bias = Parameter(b, name="bias", dtype=dtype)

    def forward(self, X: Any) -> Node:
        """A = XW + b."""
        if not isinstance(X, Node):
            X = InitialNode(X, name="X", requires_grad=False, dtype=self.weight.dtype)
        elif X.dtype != self.weight.dtype:
            X = X.astype(self.weight.dtype)
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


class Flatten(Module):
    """X (n, ...) as a matrix (n, p): all entries of an observation in one row.

    >>> Flatten()(np.zeros((5, 8, 8))).shape
    (5, 64)
    """

    def forward(self, X: Any) -> Node:
        """X reshaped to (n, p)."""
        shape = np.shape(X)
        if len(shape) < 2:
            raise ValueError(
                f"Flatten: the input X has shape {shape}, but it must be (n, ...) with two axes or "
                f"more, the first for the observations"
            )
        p = prod(shape[1:])
        return ag.reshape(X, (-1 if p else shape[0], p))  # -1: also for another n, run again


class PrependZero(Module):
    """Scores Z (n, K - 1) of the classes 1 to K - 1 become (n, K): class 0 has the score 0.

    Softmax does not change when a number is added to all scores of a row, so K columns of scores
    are one more than is needed. After a linear layer of K - 1 outputs, this makes class 0 the
    reference class: with `CrossEntropyLoss` the losses are the same as with K outputs, of which
    the first was subtracted from each, and there are fewer parameters. For K = 2 it is logistic
    regression.

    >>> PrependZero()([[1.0, 2.0]]).value
    array([[0., 1., 2.]])
    """

    def forward(self, Z: Any) -> Node:
        """A column of zeros, then Z."""
        Z = Z if isinstance(Z, Node) else InitialNode(Z, name="Z", requires_grad=False)
        if Z.ndim != 2 or Z.shape[1] < 1:
            raise ValueError(
                f"PrependZero: the scores Z have shape {Z.shape}, but must be (n, K - 1) with at "
                f"least one column"
            )
        # Made from Z, so that there are as many zeros as rows when the graph is run again.
        return ag.concatenate([ag.where(False, Z[:, :1], 0), Z], axis=1)


class MLP(Sequential):
    """The multi-layer perceptron with layers of `units`, the first the inputs', the last the scores'.

    An activation follows every linear layer but the last: a name of `nn.activations.ACTIVATIONS`
    ("relu", "leaky_relu", "elu", "tanh", "sigmoid", ...), or a Module class. With `batch_norm`, a
    `BatchNorm1d` stands before each activation (and the linear layer before it has no bias, which
    the mean would take off again), and with `dropout` > 0 a `Dropout` of that rate after it.
    Weights come from `init`; without one they are `he_uniform` before a ReLU, LeakyReLU or ELU, and
    `glorot_uniform` elsewhere. Biases are 0. `rng` is a generator or a seed: it makes the weights,
    and then the masks of the dropout.

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
        dropout: float = 0.0,
        batch_norm: bool = False,
        init: Initializer | None = None,
        rng: Seed = None,
        dtype: DTypeLike = np.float64,
    ) -> None:
        if not isinstance(units, (Sequence, np.ndarray)) or len(units) < 2:
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
            make: Callable[[], Module] = ACTIVATIONS[activation]
        elif isinstance(activation, Module) or not callable(activation):
            raise TypeError(
                f"MLP: activation must be a name or a Module class such as nn.Tanh, but is a "
                f"{type(activation).__name__}"
            )
        else:
            make = activation
        dropout = number("MLP: dropout", dropout, least=0, below=1)
        rng = np.random.default_rng(rng)
        modules: list[Module] = []
        last = len(units) - 2
        for i, (n_in, n_out) in enumerate(pairwise(units)):
            default = he_uniform if make in (ReLU, LeakyReLU, ELU) and i < last else glorot_uniform
            normed = batch_norm and i < last
            modules.append(
                Linear(n_in, n_out, not normed, init=init or default, rng=rng, dtype=dtype)
            )
            if normed:
                modules.append(BatchNorm1d(n_out, dtype=dtype))
            if i < last:
                modules.append(make())
                if dropout:
                    modules.append(Dropout(dropout, rng=rng))
        super().__init__(*modules)
        self.units = [int(n) for n in units]
        self.activation = next((name for name, kind in ACTIVATIONS.items() if kind is make), make)
        self.dropout, self.batch_norm = dropout, bool(batch_norm)

    def options(self) -> dict[str, Any]:
        """The arguments that make such a network."""
        options: dict[str, Any] = {"units": self.units, "activation": self.activation}
        if self.dropout:
            options["dropout"] = self.dropout
        if self.batch_norm:
            options["batch_norm"] = True
        return options
