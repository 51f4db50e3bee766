"""Groups of parameters with their hyper-parameters, and parameters laid end to end."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from math import isfinite
from typing import Any, NamedTuple

import numpy as np

from autograd_core import InitialNode


class ParamGroup(dict[str, Any]):
    """Parameters under "params" and their hyper-parameters by name, which may be changed.

    A new value is checked at once, and becomes a Python number, which never changes an array's
    dtype.
    """

    def __init__(self, optimizer: str, entries: Mapping[str, Any]) -> None:
        super().__init__()
        self.optimizer = optimizer
        self.hyper: dict[str, Any] = {}
        """What the rule takes: all but the parameters, and the rate before a schedule."""
        for name, value in entries.items():
            self[name] = value

    def __setitem__(self, name: str, value: Any) -> None:
        value = checked(f"{self.optimizer}: {name}", name, value)
        super().__setitem__(name, value)
        if name not in ("params", "initial_lr"):
            self.hyper[name] = value

    def update(self, *args: Any, **entries: Any) -> None:
        """Set several entries, each of which is checked."""
        for name, value in dict(*args, **entries).items():
            self[name] = value


class Limits(NamedTuple):
    """Between what a hyper-parameter must lie; infinities are never allowed."""

    least: float = 0.0
    below: float | None = None


LIMITS = {
    "lr": Limits(),
    "initial_lr": Limits(),
    "weight_decay": Limits(),
    "eps": Limits(),
    "lr_decay": Limits(),
    "initial_accumulator_value": Limits(),
    "momentum": Limits(below=1.0),
    "alpha": Limits(below=1.0),
    "beta1": Limits(below=1.0),
    "beta2": Limits(below=1.0),
}
"""The hyper-parameters that are checked. A rule with others checks them itself."""


def checked(what: str, name: str, value: Any) -> Any:
    """`value` as the hyper-parameter `name` should be, or an error that begins with `what`."""
    if name == "betas":
        try:
            beta1, beta2 = value
        except (TypeError, ValueError):
            raise ValueError(f"{what} must be two numbers, but is {value!r}") from None
        return checked(f"{what}: beta1", "beta1", beta1), checked(f"{what}: beta2", "beta2", beta2)
    if name not in LIMITS:
        return value.item() if isinstance(value, np.generic) else value
    least, below = LIMITS[name]
    number = float(value)
    if isfinite(number) and number >= least and (below is None or number < below):
        return number
    limit = "" if below is None else f" and less than {below:g}"
    raise ValueError(f"{what} must be at least {least:g}{limit}, but is {number:g}")


class Block:
    """Parameters of one group and dtype laid end to end, with the state of the rule.

    So a rule takes a few calls of NumPy, not a few for each parameter. The state is a tuple of
    numbers, which all these parameters share, and of vectors with an entry for each entry of
    theirs.
    """

    def __init__(
        self, group: ParamGroup, params: list[InitialNode], state: tuple[Any, ...]
    ) -> None:
        self.group = group
        self.params = params
        self.state = state

    def step(self, change: Callable[..., tuple[Any, tuple[Any, ...]]]) -> None:
        """Subtract what `change` makes of these parameters, their gradients and the state."""
        w, g = vector(self.params), vector([p.grad for p in self.params])
        for s in self.state:
            if isinstance(s, np.ndarray) and s.dtype != w.dtype:  # after net.to(dtype)
                self.state = tuple(_cast(s, w.dtype) for s in self.state)
                break
        delta, self.state = change(w, g, self.state, **self.group.hyper)
        w = w - delta
        start = 0
        for p in self.params:
            end = start + p.size
            p.adopt(w[start:end].reshape(p.shape))
            start = end

    def split(self) -> list[Block]:
        """Part the parameters that have a `grad` from those that have none, which must wait."""
        ready = [p.grad is not None for p in self.params]
        if all(ready) or not any(ready):
            return [self]
        states = self.states()
        return [
            Block(
                self.group,
                [p for p, r in zip(self.params, ready, strict=True) if r == part],
                joined([s for s, r in zip(states, ready, strict=True) if r == part]),
            )
            for part in (True, False)
        ]

    def states(self) -> list[tuple[Any, ...]]:
        """The state of each parameter: its slices of the vectors, in its shape."""
        ends = np.cumsum([p.size for p in self.params])
        return [
            tuple(
                s[end - p.size : end].reshape(p.shape) if isinstance(s, np.ndarray) else s
                for s in self.state
            )
            for p, end in zip(self.params, ends, strict=True)
        ]


def blocks(
    group: ParamGroup, params: Iterable[InitialNode], states: Iterable[tuple[Any, ...]]
) -> list[Block]:
    """Lay together what can be: parameters of one dtype whose states have the same numbers."""
    alike: dict[Any, list[tuple[InitialNode, tuple[Any, ...]]]] = {}
    for p, state in zip(params, states, strict=True):
        numbers = tuple(None if isinstance(s, np.ndarray) else (type(s), s) for s in state)
        alike.setdefault((p.dtype, numbers), []).append((p, state))
    return [
        Block(group, [p for p, _ in part], joined([s for _, s in part])) for part in alike.values()
    ]


def joined(states: list[tuple[Any, ...]]) -> tuple[Any, ...]:
    """The state of a block, from those of its parameters."""
    return tuple(
        vector(parts) if isinstance(parts[0], np.ndarray) else parts[0]
        for parts in zip(*states, strict=True)
    )


def _cast(s: Any, dtype: np.dtype[Any]) -> Any:
    return s.astype(dtype) if isinstance(s, np.ndarray) else s


def vector(arrays: Iterable[Any]) -> Any:
    """One array with the entries of all."""
    return np.concatenate([np.asarray(array).ravel() for array in arrays])
