"""Layers that act differently in training: `Dropout` and `BatchNorm1d`.

`net.train()` and `net.eval()` say which it is; a new network is in training.
"""

from __future__ import annotations

from typing import Any

import numpy as np
from numpy.typing import DTypeLike

import autograd_core as ag
from autograd_core import InitialNode, Node
from nn.arguments import Seed, count, number
from nn.module import Buffer, Module, Parameter


class Dropout(Module):
    """In training X M / (1 - p), where each entry of the mask M is 0 with probability p, else 1.

    Dividing by 1 - p keeps the expectation at X, so that in `eval` mode nothing is to be done: X
    itself is returned. `rng` is a generator, which other modules may share, or a seed; its state
    is found by `named_generators()`. (Srivastava, Hinton, Krizhevsky, Sutskever and Salakhutdinov,
    "Dropout: a simple way to prevent neural networks from overfitting", JMLR 2014.)

    Every call in training draws a new mask. In the graph of that call it is a constant: where the
    graph is run again (`ag.Graph(...).forward()`), the same entries are dropped, and an X of
    another shape is an error. So call the module again for a new mask; and finite differences,
    which run the graph again, see the one function that the gradient is of.

    >>> layer = Dropout(0.5, rng=0)
    >>> layer(np.ones(6)).value, layer.eval()(np.ones(6))
    (array([2., 0., 0., 0., 2., 2.]), array([1., 1., 1., 1., 1., 1.]))
    """

    def __init__(self, p: float = 0.5, *, rng: Seed = None) -> None:
        super().__init__()
        self.p = number("Dropout: p", p, least=0, below=1)
        self.rng = np.random.default_rng(rng)

    def forward(self, X: Any) -> Any:
        """X M / (1 - p) in training, X in `eval` mode."""
        if not self.training or not self.p:
            return X
        X = _as_float(X)
        kept = self.rng.random(X.shape) >= self.p
        mask = np.where(kept, X.dtype.type(1 / (1 - self.p)), X.dtype.type(0))
        # Without `reshape`, a single row that took the place of X would be repeated for each
        # row of the mask when the graph is run again.
        return X.reshape(X.shape) * mask

    def options(self) -> dict[str, Any]:
        """The arguments that make such a layer (the state of `rng` is no part of it)."""
        return {"p": self.p}


class BatchNorm1d(Module):
    """(X - m) / sqrt(v + eps) weight + bias, column by column, for X (n, num_features).

    In training m and v are the mean and the biased variance of the batch's n rows, through which
    the gradient flows as well; n must be at least 2. Each call also moves the buffers

        running_mean <- (1 - momentum) running_mean + momentum m
        running_var <- (1 - momentum) running_var + momentum v n / (n - 1)

    which start at 0 and 1, and are m and v in `eval` mode. `weight` (gamma) starts at 1 and
    `bias` (beta) at 0; both have shape (num_features,), and are None with `affine=False`.
    A linear layer before this one needs no bias: m takes it off again, so its gradient is 0. X is
    cast to the buffers' dtype. (Ioffe and Szegedy, "Batch normalization", ICML 2015.)

    Where a graph is run again (`ag.Graph(...).forward()`), m and v are computed anew from the
    rows that X then has, or read from the buffers if the graph was made in `eval` mode. The
    buffers do not move: only calling the module does that. Nor is n checked again: of a single
    row in training the output is `bias`, and the gradient by X is 0.

    >>> layer = BatchNorm1d(1)
    >>> layer([[1.0], [3.0]]).value.round(3).tolist(), layer.running_mean.value
    ([[-1.0], [1.0]], array([0.2]))
    """

    def __init__(
        self,
        num_features: int,
        eps: float = 1e-5,
        momentum: float = 0.1,
        affine: bool = True,
        *,
        dtype: DTypeLike = np.float64,
    ) -> None:
        super().__init__()
        self.num_features = count("BatchNorm1d: num_features", num_features)
        self.eps = number("BatchNorm1d: eps", eps, least=0)
        self.momentum = number("BatchNorm1d: momentum", momentum, least=0, most=1)
        zeros, ones = np.zeros(self.num_features, dtype), np.ones(self.num_features, dtype)
        self.weight = Parameter(ones, name="weight") if affine else None
        self.bias = Parameter(zeros, name="bias") if affine else None
        self.running_mean = Buffer(zeros, name="running_mean")
        self.running_var = Buffer(ones, name="running_var")

    def forward(self, X: Any) -> Node:
        """The normalised X (n, num_features)."""
        X = _as_float(X, self.running_mean.dtype)
        layer = f"BatchNorm1d({self.num_features})"
        if X.ndim != 2 or X.shape[1] != self.num_features:
            raise ValueError(
                f"{layer}: the input X has shape {X.shape}, but it must be "
                f"(n, {self.num_features}), one observation a row"
            )
        if self.training:
            n = len(X)
            if n < 2:
                raise ValueError(
                    f"{layer}: in training a batch must have at least 2 observations, but X has "
                    f"shape {X.shape}: a single one has no variance. Leave out a last batch of "
                    f"one, or call eval() to use the network"
                )
            deviation: Node = ag.centered(X, axis=0)
            spread: Node = ag.rms(deviation, axis=0, eps=self.eps)
            # Long sums of float32 are right in float64.
            with np.errstate(over="ignore"):  # then `eval` mode is refused
                self._move(self.running_mean, np.mean(X.frozen(), 0, np.float64))
                squares = np.square(deviation.frozen())
                self._move(self.running_var, np.sum(squares, 0, np.float64) / (n - 1))
        else:
            if not np.isfinite(self.running_var.frozen()).all():
                raise ValueError(
                    f"{layer}: running_var is not finite: squares of the deviations in training "
                    f"overflowed {self.running_var.dtype}; scale X, or use to(np.float64)"
                )
            deviation = X - self.running_mean
            spread = ag.sqrt(self.running_var + self.eps)
        scale: Node = 1 / spread if self.weight is None else self.weight / spread
        A: Node = deviation * scale
        return A if self.bias is None else A + self.bias

    def _move(self, running: Buffer, batch: Any) -> None:
        moved = (1 - self.momentum) * running.frozen() + self.momentum * batch
        running.adopt(moved.astype(running.dtype))

    def options(self) -> dict[str, Any]:
        """The arguments that make such a layer."""
        return {
            "num_features": self.num_features,
            "eps": self.eps,
            "momentum": self.momentum,
            "affine": self.weight is not None,
        }


def _as_float(X: Any, dtype: DTypeLike | None = None) -> Node:
    """X as a node of this dtype, by default its own if that is floating-point, else float64."""
    X = X if isinstance(X, Node) else InitialNode(X, name="X", requires_grad=False)
    if dtype is None:
        dtype = X.dtype if X.dtype.kind == "f" else np.float64
    node: Node = X if X.dtype == dtype else X.astype(dtype)
    return node
