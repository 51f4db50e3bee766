"""Clipping of gradients, between `backward()` and the optimizer's step.

Pascanu, Mikolov and Bengio, "On the difficulty of training recurrent neural networks", ICML 2013.
"""

from __future__ import annotations

from collections.abc import Iterable
from math import inf, isfinite
from typing import Any

import numpy as np

from autograd_core import InitialNode
from nn.arguments import plain
from nn.module import Module


def clip_grad_norm_(
    parameters: Iterable[InitialNode] | InitialNode,
    max_norm: float,
    norm_type: float = 2.0,
    error_if_nonfinite: bool = False,
) -> float:
    """Scale all gradients by one factor, so that their norm is at most `max_norm`; return the norm.

    The norm is that of all gradients laid end to end, before they were scaled, of order
    `norm_type` (infinity: the largest entry). The factor is min(1, max_norm / (norm + 1e-6)), as
    in PyTorch. Parameters without a `grad` don't count.

    With `error_if_nonfinite` a norm that is nan or infinite is an ArithmeticError, and no gradient
    is changed; else they become nan or zero.

    >>> import nn
    >>> w = nn.Parameter([0.0, 0.0]); w.grad = [3.0, 4.0]
    >>> nn.clip_grad_norm_([w], max_norm=1.0), w.grad.round(3)
    (5.0, array([0.6, 0.8]))
    """
    if not max_norm >= 0:
        raise ValueError(f"clip_grad_norm_: max_norm must be at least 0, but is {max_norm}")
    if not norm_type > 0:
        raise ValueError(f"clip_grad_norm_: norm_type must be more than 0, but is {norm_type}")
    ready = _with_grad("clip_grad_norm_", parameters)
    # In float64, so that squares of float32 neither overflow nor lose digits.
    norms = [_norm(np.asarray(plain(p.grad), np.float64).ravel(), norm_type) for p in ready]
    norm = _norm(np.array(norms), norm_type)
    if error_if_nonfinite and not isfinite(norm):
        names = [
            p.name or f"number {i}"
            for i, p in enumerate(ready)
            if not np.isfinite(plain(p.grad)).all()
        ]
        raise ArithmeticError(
            f"clip_grad_norm_: the norm of the gradients is {norm}; gradients that are not finite: "
            f"{', '.join(names) or 'none, their norm overflows'}"
        )
    factor = float(max_norm) / (norm + 1e-6)
    if not factor >= 1:
        with np.errstate(invalid="ignore"):  # infinity times 0 is nan
            for p in ready:
                p.grad = p.grad * factor
    return norm


def clip_grad_value_(parameters: Iterable[InitialNode] | InitialNode, clip_value: float) -> None:
    """Hold every entry of the gradients in [-clip_value, clip_value].

    >>> import nn
    >>> w = nn.Parameter([0.0, 0.0]); w.grad = [0.1, -4.0]
    >>> nn.clip_grad_value_([w], 0.5); w.grad
    array([ 0.1, -0.5])
    """
    if not clip_value >= 0:
        raise ValueError(f"clip_grad_value_: clip_value must be at least 0, but is {clip_value}")
    for p in _with_grad("clip_grad_value_", parameters):
        p.grad = np.clip(p.grad, -float(clip_value), float(clip_value))


def _norm(entries: Any, order: float) -> float:
    """The norm of a vector; that of huge entries does not overflow before it must."""
    largest = float(np.absolute(entries).max(initial=0.0))
    if order == inf or not isfinite(largest) or largest == 0:
        return largest
    return largest * float(np.linalg.norm(entries / largest, order))


def _with_grad(name: str, parameters: Iterable[InitialNode] | InitialNode) -> list[InitialNode]:
    if isinstance(parameters, Module):
        raise TypeError(f"{name}: pass the parameters of the module: net.parameters()")
    several = [parameters] if isinstance(parameters, InitialNode) else list(parameters)
    for i, p in enumerate(several):
        if not isinstance(p, InitialNode):
            raise TypeError(f"{name}: parameter {i} is a {type(p).__name__}, but must be a node")
    return [p for p in several if p.grad is not None]
