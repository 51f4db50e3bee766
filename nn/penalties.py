"""Penalties on large weights: nodes to add to a loss.

>>> import nn
>>> net = nn.Linear(2, 1, init=nn.init.zeros)
>>> net.weight.value = [[3.0], [-4.0]]
>>> l2_penalty(net, 0.1).item(), round(l1_penalty(net, 0.1).item(), 12)
(2.5, 0.7)

Both take a module, of which they penalise the parameters with two axes or more: the weight
matrices, not the biases nor the scales of a `BatchNorm1d`, unless `biases=True` asks for all. Or
they take a list of nodes, and penalise just these.

Beside `l2_penalty`, an optimizer's `weight_decay` is a second way to the same: it adds
weight_decay w to the gradient of each parameter that the optimizer has, so weight_decay = 2 lmbd
is `l2_penalty(..., lmbd, biases=True)`, without the penalty's value in the loss. (That is so for
the optimizers whose step is a function of the whole gradient; AdamW keeps the decay apart.) Made
with `decay_groups(net, 2 lmbd)`, it leaves the biases alone as well.
scikit-learn's `alpha` is the sum's factor alpha / 2 by the number of observations in the batch.
"""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

import autograd_core as ag
from autograd_core import Node
from nn.arguments import number
from nn.module import Module, Parameter


def l1_penalty(net: Module | Iterable[Node], lmbd: Any, biases: bool = False) -> Node:
    """The scalar lmbd sum |w| over the weights: its gradient is lmbd sign(w), and 0 at w = 0.

    `lmbd` is a number of at least 0, or a node (to differentiate by it). See `nn.penalties` for
    what the weights are.

    >>> import nn
    >>> l1_penalty([nn.Parameter([1.0, -2.0])], 0.5).item()
    1.5
    """
    return _penalty("l1_penalty", ag.absolute, net, lmbd, biases)


def l2_penalty(net: Module | Iterable[Node], lmbd: Any, biases: bool = False) -> Node:
    """The scalar lmbd sum w ** 2 over the weights: its gradient is 2 lmbd w.

    `lmbd` is a number of at least 0, or a node (to differentiate by it). See `nn.penalties` for
    what the weights are, and for the relation to `weight_decay`.

    >>> import nn
    >>> l2_penalty([nn.Parameter([1.0, -2.0])], 0.5).item()
    2.5
    """
    return _penalty("l2_penalty", ag.square, net, lmbd, biases)


def decay_groups(net: Module, weight_decay: float) -> list[dict[str, Any]]:
    """Groups for an optimizer: the weights with this `weight_decay`, all other parameters without.

    >>> import nn
    >>> net = nn.MLP([2, 3, 1], rng=0)
    >>> optimizer = nn.optim.SGD(decay_groups(net, 0.1), lr=0.5)
    >>> [(len(group["params"]), group["weight_decay"]) for group in optimizer.param_groups]
    [(2, 0.1), (2, 0.0)]
    """
    weights = _weights(net)
    others = [p for p in net.parameters() if p.ndim < 2]
    groups = [
        {"params": weights, "weight_decay": weight_decay},
        {"params": others, "weight_decay": 0.0},
    ]
    return [group for group in groups if group["params"]]


def _weights(net: Module) -> list[Parameter]:
    """The parameters with two axes or more."""
    return [w for w in net.parameters() if w.ndim >= 2]


def _penalty(
    name: str,
    size: type[ag.Operation],
    net: Module | Iterable[Node],
    lmbd: Any,
    biases: bool,
) -> Node:
    if isinstance(net, Node):
        raise TypeError(f"{name}: pass a module, or a list of nodes, also for one: [w]")
    if not isinstance(lmbd, Node):
        lmbd = number(f"{name}: lmbd", lmbd, least=0)
    elif lmbd.shape != ():
        raise ValueError(f"{name}: lmbd must be a single number, but has shape {lmbd.shape}")
    weights: list[Node]
    if isinstance(net, Module):
        weights = [*net.parameters()] if biases else [*_weights(net)]
    else:
        weights = list(net)
    if not weights:
        raise ValueError(
            f"{name}: there are no weights to penalise; of a module these are the parameters with "
            f"two axes or more, or with biases=True all: pass a list of nodes if others are meant"
        )
    total: Node = ag.sum(size(weights[0]))
    for w in weights[1:]:
        total = total + ag.sum(size(w))
    penalty: Node = total * lmbd
    return penalty
