"""The virtual parent of optimizers: parameters in groups, steps, and a state to store."""

from __future__ import annotations

from abc import ABC, abstractmethod
from collections.abc import Callable, Iterable, Iterator, Mapping
from contextlib import contextmanager
from itertools import islice
from typing import Any, ClassVar

import numpy as np

from autograd_core import InitialNode
from nn.module import Module
from nn.optim.groups import Block, ParamGroup, blocks

Params = Iterable[InitialNode] | Iterable[dict[str, Any]]
"""What an optimizer is made with: parameters, or groups of them as dictionaries."""


class Optimizer(ABC):
    """The virtual parent of optimizers: `param_groups`, `lr`, `zero_grad()` and `step()`.

    `params` are the nodes to change, such as `net.parameters()`; or dictionaries, each with some
    of them under "params" and with hyper-parameters that hold for these:

    >>> import nn
    >>> net = nn.MLP([2, 3, 1], rng=0)
    >>> optimizer = nn.optim.SGD([{"params": net[0].parameters(), "lr": 0.01},
    ...                           {"params": net[2].parameters()}], lr=0.1)
    >>> [group["lr"] for group in optimizer.param_groups]
    [0.01, 0.1]

    The hyper-parameters of a group may be changed between steps. With `weight_decay`,
    weight_decay * w is added to each gradient: the gradient of weight_decay / 2 times the sum of
    squares (L2 regularisation); a rule that is `decoupled` subtracts lr * weight_decay * w
    instead. `nn.penalties.decay_groups` makes groups in which the weights alone decay.

    A new optimizer is a class with `initial_state`, `__init__` and `update`:

    >>> class Lion(Optimizer):  # Chen et al., "Symbolic discovery of optimization algorithms", 2023
    ...     initial_state = {"m": 0.0}
    ...     decoupled = True
    ...     def __init__(self, params, lr=1e-4, betas=(0.9, 0.99), weight_decay=0.0):
    ...         super().__init__(params, lr=lr, betas=betas, weight_decay=weight_decay)
    ...     @staticmethod
    ...     def update(g, m, *, lr, betas):
    ...         beta1, beta2 = betas
    ...         return lr * np.sign(beta1 * m + (1 - beta1) * g), (beta2 * m + (1 - beta2) * g,)
    """

    initial_state: ClassVar[dict[str, Any]] = {}
    """The state of a parameter before the first step, in the order in which `update` takes it."""

    decoupled: ClassVar[bool] = False
    """Whether the weight decay goes past the rule, straight to the weights."""

    def __init__(self, params: Params, **defaults: Any) -> None:
        name = type(self).__name__
        if isinstance(params, Module):
            raise TypeError(f"{name}: pass the parameters of the module: net.parameters()")
        if isinstance(params, InitialNode):
            raise TypeError(f"{name}: params must be a list, also for one parameter: [w]")
        self.defaults = dict(ParamGroup(name, defaults))  # checked
        if self.defaults.get("lr") == 0:
            raise ValueError(f"{name}: lr must be more than 0, but is 0")
        self.param_groups: list[ParamGroup] = []
        self._blocks: list[Block] = []
        entries: list[Any] = list(params)
        if not entries:
            raise ValueError(
                f"{name}: there are no parameters. (Modules in a plain list are not "
                f"found by net.parameters(); put them into a ModuleList)"
            )
        if all(isinstance(entry, dict) for entry in entries):
            for entry in entries:
                self.add_param_group(entry)
        else:
            self.add_param_group({"params": entries})

    @staticmethod
    @abstractmethod
    def update(g: Any, *state: Any, **hyper: Any) -> tuple[Any, tuple[Any, ...]]:
        """Return what is to be subtracted from a parameter with the gradient g, and its next state.

        A pure function, entry by entry, in operators and NumPy's functions: of arrays it gives
        arrays, of nodes nodes. `hyper` are the hyper-parameters but for `weight_decay`.
        """

    @classmethod
    def change(
        cls, w: Any, g: Any, state: tuple[Any, ...], *, weight_decay: Any = 0.0, **hyper: Any
    ) -> tuple[Any, tuple[Any, ...]]:
        """`update`, with the weight decay: what is to be subtracted from w, and the next state."""
        if is_zero(weight_decay):
            return cls.update(g, *state, **hyper)
        if not cls.decoupled:
            return cls.update(g + weight_decay * w, *state, **hyper)
        delta, state = cls.update(g, *state, **hyper)
        return delta + hyper["lr"] * weight_decay * w, state

    @property
    def params(self) -> list[InitialNode]:
        """The parameters of all groups."""
        return [p for group in self.param_groups for p in group["params"]]

    @property
    def lr(self) -> float:
        """The learning rate of the first group; to set it sets it in all groups."""
        lr: float = self.param_groups[0]["lr"]
        return lr

    @lr.setter
    def lr(self, lr: float) -> None:
        for group in self.param_groups:
            group["lr"] = lr

    def add_param_group(self, entries: Mapping[str, Any]) -> None:
        """Add a group: its parameters under "params", and what differs from the defaults."""
        name = type(self).__name__
        given = entries.get("params", ())
        params = [given] if isinstance(given, InitialNode) else list(given)
        if not params:
            raise ValueError(f"{name}: a group has no parameters under 'params'")
        for i, p in enumerate(params, len(self.params)):
            if not isinstance(p, InitialNode) or not p.requires_grad:
                raise TypeError(
                    f"{name}: parameter {i} is a {type(p).__name__}, but must be a Parameter or "
                    f"an InitialNode with requires_grad=True"
                )
        if len({id(p) for p in [*self.params, *params]}) < len(self.params) + len(params):
            raise ValueError(f"{name}: a parameter is there more than once; pass each once")
        group = ParamGroup(name, {**self.defaults, "params": params})
        group.update({key: value for key, value in entries.items() if key != "params"})
        self.param_groups.append(group)
        self._blocks += blocks(group, params, [tuple(self.initial_state.values())] * len(params))

    def zero_grad(self) -> None:
        """Forget the gradients, before the next `backward()`."""
        for group in self.param_groups:
            for p in group["params"]:
                p.zero_grad()

    def step(self, closure: Callable[[], Any] | None = None) -> Any:
        """Change every parameter that has a `grad`.

        With a `closure`, which computes the loss anew with its gradients, call it first and
        return the loss.
        """
        loss = None if closure is None else closure()
        self._blocks = [part for block in self._blocks for part in block.split()]
        for block in self._blocks:
            if block.params[0].grad is not None:
                block.step(self.change)
        return loss

    def state_dict(self) -> dict[str, Any]:
        """Everything that the next steps depend on, but for the parameters' values: copies.

        "state" has a dictionary for each parameter, with arrays of the parameter's shape and
        numbers; "param_groups" has the hyper-parameters, and the parameters' numbers.

        >>> import nn
        >>> SGD = nn.optim.SGD([nn.Parameter([1.0, 2.0])], lr=0.1, momentum=0.9)
        >>> SGD.params[0].grad = [3.0, 4.0]; SGD.step(); SGD.state_dict()["state"]
        [{'v': array([3., 4.])}]
        """
        states = {
            id(p): state
            for block in self._blocks
            for p, state in zip(block.params, block.states(), strict=True)
        }
        return {
            "state": [
                {
                    name: np.array(s) if isinstance(s, np.ndarray) else s
                    for name, s in zip(self.initial_state, states[id(p)], strict=True)
                }
                for p in self.params
            ],
            "param_groups": self._described_groups(),
        }

    def load_state_dict(self, state: Mapping[str, Any]) -> None:
        """Go on from what `state_dict()` gave, as if there had been no break, bit for bit.

        If it does not fit these parameters, a ValueError says why, and nothing is changed.
        """
        what = f"{type(self).__name__}.load_state_dict"
        with must_fit(what):
            groups = self._read_groups(state)
            if len(state["state"]) != len(self.params):
                raise ValueError(
                    f"{what}: there are {len(state['state'])} states, but {len(self.params)} "
                    f"parameters"
                )
            states = iter([self._read_state(i, each) for i, each in enumerate(state["state"])])
            made = [
                blocks(group, group["params"], islice(states, len(group["params"])))
                for group in self.param_groups
            ]
        self._blocks = [block for part in made for block in part]
        for group, read in zip(self.param_groups, groups, strict=True):
            group.pop("initial_lr", None)
            group.update(read)

    def _read_state(self, i: int, entries: Mapping[str, Any]) -> tuple[Any, ...]:
        """The state of parameter i in the order of `initial_state`, if it fits."""
        what, shape = f"{type(self).__name__}.load_state_dict", self.params[i].shape
        if set(entries) != set(self.initial_state):
            raise ValueError(
                f"{what}: the state of parameter {i} has {', '.join(entries) or 'nothing'}, but "
                f"needs {', '.join(self.initial_state) or 'nothing'}"
            )
        for name, s in entries.items():
            if isinstance(s, np.ndarray) and s.dtype.kind in "fiub":
                if s.shape != shape:
                    raise ValueError(
                        f"{what}: {name} of parameter {i} has shape {s.shape}, but the parameter "
                        f"has {shape}"
                    )
            elif not isinstance(s, (int, float, np.number)):
                raise ValueError(
                    f"{what}: {name} of parameter {i} is a {type(s).__name__}, but must be a "
                    f"number or an array of numbers of shape {shape}"
                )
        # Python numbers never change an array's dtype.
        ordered = (entries[name] for name in self.initial_state)
        return tuple(s.item() if isinstance(s, np.generic) else s for s in ordered)

    def _described_groups(self) -> list[dict[str, Any]]:
        """The groups with numbers for parameters, and lists for tuples."""
        described, start = [], 0
        for group in self.param_groups:
            entries = {k: list(v) if isinstance(v, tuple) else v for k, v in group.items()}
            end = start + len(group["params"])
            described.append({**entries, "params": list(range(start, end))})
            start = end
        return described

    def _read_groups(self, state: Mapping[str, Any]) -> list[ParamGroup]:
        """The hyper-parameters of a `state_dict()` by group, if they fit."""
        name = type(self).__name__
        groups = [dict(group) for group in state["param_groups"]]
        sizes = [len(group.pop("params")) for group in groups]
        ours = [len(group["params"]) for group in self.param_groups]
        if sizes != ours:
            raise ValueError(
                f"{name}.load_state_dict: the state has groups of {sizes} parameters, but the "
                f"optimizer has groups of {ours}"
            )
        for group in groups:
            if group.keys() - {"initial_lr"} != self.defaults.keys():
                raise ValueError(
                    f"{name}.load_state_dict: the state has {', '.join(group)}, but the optimizer "
                    f"has {', '.join(self.defaults)}: is it another optimizer's?"
                )
        return [ParamGroup(name, group) for group in groups]

    def __repr__(self) -> str:
        parts = []
        for group in self.param_groups:
            options = ", ".join(f"{k}={v!r}" for k, v in group.items() if k != "params")
            parts.append(f"{len(group['params'])} parameters, {options}")
        return f"{type(self).__name__}({'; '.join(parts)})"


def is_zero(number: Any) -> bool:
    """Whether this is the number 0 (a node is not: something may be differentiated by it)."""
    return isinstance(number, (int, float)) and number == 0


@contextmanager
def must_fit(what: str) -> Iterator[None]:
    """Inside, what a state of the wrong make does is a ValueError that begins with `what`."""
    try:
        yield
    except (AttributeError, IndexError, KeyError, TypeError) as error:
        raise ValueError(f"{what}: this is no state that state_dict() gave: {error!r}") from error
