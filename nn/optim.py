"""Optimizers: they change parameters along their gradients.

The rules are PyTorch's. Each is written once, in `update`, as a function of a gradient and a
state that returns the change and the next state, in arithmetic that arrays and nodes share.

>>> import nn
>>> w = nn.Parameter(2.0)
>>> optimizer = SGD([w], lr=0.1)
>>> (w * w).backward(); optimizer.step(); w.value.round(12)
np.float64(1.6)
"""

from __future__ import annotations

from abc import ABC, abstractmethod
from collections.abc import Iterable
from math import isfinite, sqrt
from typing import Any

import numpy as np

from autograd_core import InitialNode
from nn.module import Module


class Optimizer(ABC):
    """The virtual parent of optimizers: parameters, `lr`, `zero_grad()` and `step()`.

    `params` are the nodes to change: `net.parameters()`. The learning rate `lr` may be changed
    between steps. With `weight_decay`, weight_decay * value is added to each gradient: the
    gradient of weight_decay / 2 times the sum of squares (L2 regularisation).
    """

    initial_state: Any = None

    def __init__(self, params: Iterable[InitialNode], lr: float, weight_decay: float = 0.0) -> None:
        name = type(self).__name__
        if isinstance(params, Module):
            raise TypeError(f"{name}: pass the parameters of the module: net.parameters()")
        if isinstance(params, InitialNode):
            raise TypeError(f"{name}: params must be a list, also for one parameter: [w]")
        self.params = list(params)
        if not self.params:
            raise ValueError(
                f"{name}: there are no parameters. (Modules in a list are not found by "
                f"net.parameters(); put them into a Sequential)"
            )
        for i, p in enumerate(self.params):
            if not isinstance(p, InitialNode) or not p.requires_grad:
                raise TypeError(
                    f"{name}: parameter {i} is a {type(p).__name__}, but must be a Parameter or "
                    f"an InitialNode with requires_grad=True"
                )
        if len({id(p) for p in self.params}) < len(self.params):
            raise ValueError(f"{name}: a parameter is there more than once; pass each once")
        self.lr = _checked(f"{name}: lr", lr, above=0)
        self.weight_decay = _checked(f"{name}: weight_decay", weight_decay, least=0)
        dtypes = dict.fromkeys(p.dtype for p in self.params)
        self._blocks = [
            _Block([p for p in self.params if p.dtype == dtype], self.initial_state)
            for dtype in dtypes
        ]

    @property
    def lr(self) -> float:
        """The learning rate: a factor of every change."""
        return self._lr

    @lr.setter
    def lr(self, lr: float) -> None:
        self._lr = _checked(f"{type(self).__name__}: lr", lr, least=0)

    @abstractmethod
    def update(self, gradient: Any, state: Any) -> tuple[Any, Any]:
        """Return what is to be subtracted from a parameter, and its next state."""

    def zero_grad(self) -> None:
        """Forget the gradients, before the next `backward()`."""
        for p in self.params:
            p.zero_grad()

    def step(self) -> None:
        """Change every parameter that has a `grad`."""
        self._blocks = [part for block in self._blocks for part in block.split()]
        for block in self._blocks:
            if block.params[0].grad is None:
                continue
            gradient = block.vector(p.grad for p in block.params)
            if self.weight_decay:
                gradient = gradient + self.weight_decay * block.vector(block.params)
            change, block.state = self.update(gradient, block.state)
            start = 0
            for p in block.params:
                end = start + p.size
                p.adopt(np.asarray(p) - change[start:end].reshape(p.shape))
                start = end

    def __repr__(self) -> str:
        options = ", ".join(f"{k.lstrip('_')}={v!r}" for k, v in self._options().items())
        return f"{type(self).__name__}({len(self.params)} parameters, {options})"

    def _options(self) -> dict[str, Any]:
        return {k: v for k, v in vars(self).items() if k not in ("params", "_blocks")}


class _Block:
    """Parameters of one dtype laid end to end, so that a rule takes a few calls of NumPy, not a
    few for each parameter; with the state of the rule, which holds numbers and such vectors."""

    def __init__(self, params: list[InitialNode], state: Any) -> None:
        self.params = params
        self.state = state

    def vector(self, arrays: Iterable[Any]) -> Any:
        """One array with the entries of all."""
        return np.concatenate([np.asarray(array).ravel() for array in arrays])

    def split(self) -> list[_Block]:
        """Part the parameters that have a `grad` from those that have none, which must wait."""
        ready = [p.grad is not None for p in self.params]
        if all(ready) or not any(ready):
            return [self]
        entries = np.repeat(ready, [p.size for p in self.params])
        return [
            _Block(
                [p for p, r in zip(self.params, ready, strict=True) if r == part],
                _entries(self.state, entries == part),
            )
            for part in (True, False)
        ]


def _entries(state: Any, chosen: Any) -> Any:
    """The state for the chosen entries of a block."""
    if isinstance(state, tuple):
        return tuple(_entries(part, chosen) for part in state)
    return state[chosen] if isinstance(state, np.ndarray) else state


class SGD(Optimizer):
    """Gradient descent, with momentum: v <- momentum v + g, w <- w - lr v.

    Without momentum w <- w - lr g. It is stochastic when the gradient is that of a batch.
    """

    initial_state = 0.0  # v

    def __init__(
        self,
        params: Iterable[InitialNode],
        lr: float,
        momentum: float = 0.0,
        weight_decay: float = 0.0,
    ) -> None:
        super().__init__(params, lr, weight_decay)
        self.momentum = _checked("SGD: momentum", momentum, least=0, below=1)

    def update(self, gradient: Any, state: Any) -> tuple[Any, Any]:
        """lr v and v."""
        v = self.momentum * state + gradient if self.momentum else gradient
        return self.lr * v, v


class Adam(Optimizer):
    """Adaptive moment estimation (Kingma and Ba, ICLR 2015, algorithm 1).

    With g the gradient and t = 1, 2, ... the number of the step,

        m <- beta1 m + (1 - beta1) g
        v <- beta2 v + (1 - beta2) g ** 2
        w <- w - lr (m / (1 - beta1 ** t)) / (sqrt(v / (1 - beta2 ** t)) + eps)

    """

    initial_state = (0, 0.0, 0.0)  # t, m, v

    def __init__(
        self,
        params: Iterable[InitialNode],
        lr: float = 1e-3,
        betas: tuple[float, float] = (0.9, 0.999),
        eps: float = 1e-8,
        weight_decay: float = 0.0,
    ) -> None:
        super().__init__(params, lr, weight_decay)
        beta1, beta2 = betas
        self.betas = (
            _checked("Adam: beta1", beta1, least=0, below=1),
            _checked("Adam: beta2", beta2, least=0, below=1),
        )
        self.eps = _checked("Adam: eps", eps, least=0)

    def update(self, gradient: Any, state: Any) -> tuple[Any, Any]:
        """lr m' / (sqrt(v') + eps), with the corrected moments m' and v', and (t, m, v)."""
        t, m, v = state
        beta1, beta2 = self.betas
        t = t + 1
        m = beta1 * m + (1 - beta1) * gradient
        v = beta2 * v + (1 - beta2) * (gradient * gradient)
        # The corrections are numbers, so taking them out of the arrays saves two divisions.
        root = np.sqrt(v) * (1 / sqrt(1 - beta2**t)) + self.eps
        return (self.lr / (1 - beta1**t)) * m / root, (t, m, v)


def _checked(
    what: str,
    value: Any,
    above: float | None = None,
    least: float | None = None,
    below: float | None = None,
) -> float:
    """`value` as a Python float, which never changes an array's dtype."""
    number = float(value)
    fits = (
        isfinite(number)
        and (above is None or number > above)
        and (least is None or number >= least)
        and (below is None or number < below)
    )
    if not fits:
        limits = [
            text
            for text, limit in (
                (f"more than {above}", above),
                (f"at least {least}", least),
                (f"less than {below}", below),
            )
            if limit is not None
        ]
        raise ValueError(f"{what} must be {' and '.join(limits)}, but is {number:g}")
    return number
