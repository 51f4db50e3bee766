"""Training as a function: its result can be differentiated by all that went into it."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from inspect import signature
from typing import Any

import autograd_core as ag
from autograd_core import InitialNode, Node
from nn.module import Module, Parameter
from nn.optim.optimizer import Optimizer


def unroll(
    rule: type[Optimizer], losses: Iterable[Callable[[Any], Any]], w: Any, **hyper: Any
) -> Any:
    """Return the parameters after one step of `rule` for each of `losses`, starting from `w`.

    A loss is a function of the parameters that returns a scalar node: `[loss] * 20` makes 20
    steps. `w` is an array or a node; or a list of them, which then is what a loss takes and what
    is returned. `hyper` are the optimizer's hyper-parameters by name, each a number, a node, or
    an array or node with an entry for each entry of w; where w is a list, `weight_decay` may be
    a list as well. Those not given are the rule's defaults.

    The result is made of operations, so that it can be differentiated by whatever was a node (with
    `backward()`, or inside `ag.grad`). Here by the learning rate: with loss w ** 2 / 2, what is
    left after 3 steps is w (1 - lr) ** 3, and its derivative is -3 w (1 - lr) ** 2.

    >>> import autograd_core as ag, nn
    >>> def final(lr):
    ...     return unroll(nn.optim.SGD, [lambda w: w * w / 2] * 3, 1.0, lr=lr)
    >>> final(0.5).item(), ag.grad(final)(0.5)
    (0.125, array(-0.75))
    """
    several = isinstance(w, (list, tuple))
    ws = [w if isinstance(w, Node) else InitialNode(w) for w in (w if several else [w])]
    if rule.step is not Optimizer.step:
        raise TypeError(
            f"unroll: a step of {rule.__name__} is no function of one gradient and a state; take "
            f"another rule"
        )
    options = {name: p for name, p in signature(rule).parameters.items() if name != "params"}
    if unknown := hyper.keys() - options.keys():
        raise TypeError(f"unroll: {rule.__name__} has no {', '.join(sorted(unknown))}")
    defaults = {name: p.default for name, p in options.items() if p.default is not p.empty}
    hyper = {**defaults, **hyper}
    decay = hyper.pop("weight_decay", 0.0)
    decays = list(decay) if isinstance(decay, (list, tuple)) else [decay] * len(ws)
    if len(decays) != len(ws):
        raise ValueError(
            f"unroll: weight_decay lists {len(decays)} values, but there are {len(ws)} parameters"
        )
    states = [tuple(rule.initial_state.values())] * len(ws)
    for loss in losses:
        gradients = _gradients(loss, ws, several)
        moved = [
            rule.change(*each, weight_decay=decay, **hyper)
            for *each, decay in zip(ws, gradients, states, decays, strict=True)
        ]
        ws = [w - change for w, (change, _) in zip(ws, moved, strict=True)]
        states = [state for _, state in moved]
    return ws if several else ws[0]


def functional_call(
    module: Module, parameters: Mapping[str, Any] | Sequence[Any], *args: Any
) -> Any:
    """Return `module(*args)` computed with other values for its parameters, such as nodes.

    `parameters` are by the names of `module.named_parameters()`, or all of them in that order.

    >>> import numpy as np, nn
    >>> net = nn.Linear(1, 1)
    >>> functional_call(net, {"weight": np.array([[2.0]]), "bias": np.array([1.0])}, [[3.0]]).item()
    7.0
    """
    with _replaced(module, parameters):
        return module(*args)


def _gradients(loss: Callable[[Any], Any], ws: list[Node], several: bool) -> list[Any]:
    """The gradients of the loss by each of `ws`, as nodes."""

    def of_all(*ws: Any) -> Any:
        return loss(list(ws) if several else ws[0])

    return list(ag.grad(of_all, range(len(ws)))(*ws))


@contextmanager
def _replaced(module: Module, parameters: Mapping[str, Any] | Sequence[Any]) -> Iterator[None]:
    """Inside, the module's attributes that are parameters are the given nodes."""
    named = dict(module.named_parameters())
    if not isinstance(parameters, Mapping):
        if len(parameters) != len(named):
            raise ValueError(
                f"functional_call: there are {len(parameters)} values, but {type(module).__name__} "
                f"has {len(named)} parameters"
            )
        parameters = dict(zip(named, parameters, strict=True))
    if unknown := parameters.keys() - named.keys():
        raise ValueError(
            f"functional_call: {type(module).__name__} has no parameter "
            f"{', '.join(sorted(unknown))}; it has {', '.join(named)}"
        )
    nodes = {}
    for name, value in parameters.items():
        node = value if isinstance(value, Node) else InitialNode(value, name, requires_grad=False)
        if node.shape != named[name].shape:
            raise ValueError(
                f"functional_call: {name} has shape {named[name].shape}, but its value has "
                f"{node.shape}"
            )
        nodes[id(named[name])] = node
    places = [
        (vars(part), attribute, value)
        for _, part in module.named_modules()
        for attribute, value in vars(part).items()
        if isinstance(value, Parameter) and id(value) in nodes
    ]
    try:
        for attributes, attribute, value in places:
            attributes[attribute] = nodes[id(value)]
        yield
    finally:
        for attributes, attribute, value in places:
            attributes[attribute] = value
