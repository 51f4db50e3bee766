"""Groups of parameters with their hyper-parameters, and parameters laid end to end."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from functools import cache
from operator import is_
from typing import Any

import numpy as np

from autograd_core import InitialNode
from nn.arguments import count, number, plain


class ParamGroup(dict[str, Any]):
    """Parameters under "params" and their hyper-parameters by name, which may be changed.

    A new value is checked at once, and becomes a Python number, which never changes an array's
    dtype. The parameters stay: `Optimizer.add_param_group` adds others.
    """

    def __init__(self, optimizer: str, entries: Mapping[str, Any]) -> None:
        super().__init__()
        self.optimizer = optimizer
        self.names = (*entries, "initial_lr")
        for name, value in entries.items():
            self[name] = value

    def __setitem__(self, name: str, value: Any) -> None:
        if name not in self.names:
            known = ", ".join(known for known in self.names if known not in NO_HYPER)
            raise ValueError(
                f"{self.optimizer}: there is no hyper-parameter {name!r}; there are {known}"
            )
        if name == "params":
            if name in self:
                raise ValueError(
                    f"{self.optimizer}: the parameters of a group can't be replaced; add others "
                    f"with add_param_group, or make a new optimizer"
                )
            value = tuple(value)
        super().__setitem__(name, checked(f"{self.optimizer}: {name}", name, value))

    def update(self, *args: Any, **entries: Any) -> None:
        """Set several entries, each of which is checked."""
        for name, value in dict(*args, **entries).items():
            self[name] = value

    def __reduce__(self) -> tuple[Any, ...]:
        return ParamGroup, (self.optimizer, dict(self))  # for copies: `names` comes before entries

    @property
    def hyper(self) -> dict[str, Any]:
        """What the rule takes: all but the parameters, and the rate before a schedule."""
        return {name: value for name, value in self.items() if name not in NO_HYPER}


NO_HYPER = ("params", "initial_lr")

AT_LEAST_0 = (
    "lr",
    "initial_lr",
    "weight_decay",
    "eps",
    "lr_decay",
    "initial_accumulator_value",
    "tolerance_grad",
    "tolerance_change",
)
FROM_0_TO_BELOW_1 = ("momentum", "alpha", "beta1", "beta2")
COUNTS = ("max_iter", "max_eval", "history_size")
"""The hyper-parameters that are checked. A rule with others checks them itself."""


def checked(what: str, name: str, value: Any) -> Any:
    """`value` as the hyper-parameter `name` should be, or an error that begins with `what`."""
    if name == "betas":
        try:
            beta1, beta2 = value
        except (TypeError, ValueError):
            raise ValueError(f"{what} must be two numbers, but is {value!r}") from None
        return checked(f"{what}: beta1", "beta1", beta1), checked(f"{what}: beta2", "beta2", beta2)
    if name in AT_LEAST_0:
        return number(what, value, least=0)
    if name in FROM_0_TO_BELOW_1:
        return number(what, value, least=0, below=1)
    if name in COUNTS:
        return count(what, value)
    return value.item() if isinstance(value, np.generic) else value


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
        self.whole: Any = None  # the vector that was handed out last, and its parts as values
        self.parts: list[Any] = []

    def step(self, change: Callable[..., tuple[Any, tuple[Any, ...]]]) -> None:
        """Subtract what `change` makes of these parameters, their gradients and the state."""
        w, g = self.values(), vector([p.grad for p in self.params])
        if self.group.get("eps", 1.0) ** 2 < 1e17 * least(w.dtype):
            # Means of squares of gradients as small as eps count: in float32 they would be 0.
            w, g = w.astype(np.float64), g.astype(np.float64)
        state = tuple(  # of another dtype after net.to(dtype)
            [s.astype(w.dtype, copy=False) if isinstance(s, np.ndarray) else s for s in self.state]
        )
        delta, self.state = change(w, g, state, **self.group.hyper)
        self.whole = w - delta
        self.parts = hand_out(self.whole, self.params)

    def values(self) -> Any:
        """The parameters' values as one vector: the one handed out, if they still have it."""
        values = [p.frozen() for p in self.params]
        if len(self.parts) == len(values) and all(map(is_, self.parts, values)):
            return self.whole
        return vector(values)

    def split(self) -> list[Block]:
        """Part what has a `grad` from what has none and must wait, and what is of another dtype."""
        kinds = [(p.grad is not None, p.dtype) for p in self.params]
        if kinds.count(kinds[0]) == len(kinds):
            return [self]
        states = self.states()
        return [
            Block(
                self.group,
                [p for p, k in zip(self.params, kinds, strict=True) if k == kind],
                joined([s for s, k in zip(states, kinds, strict=True) if k == kind]),
            )
            for kind in dict.fromkeys(kinds)
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


@cache
def least(dtype: Any) -> float:
    """The least normal number of a floating-point dtype."""
    return float(np.finfo(dtype).tiny)


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


def vector(arrays: Iterable[Any]) -> Any:
    """One array with the entries of all, in which rules compute and keep their states.

    It is float32 for float16, which can hold neither an eps of 1e-8 nor the squares of most
    gradients.
    """
    entries = np.concatenate([np.asarray(plain(array)).ravel() for array in arrays])
    return entries.astype(np.float32) if entries.dtype == np.float16 else entries


def hand_out(w: Any, params: Iterable[InitialNode]) -> list[Any]:
    """Make the entries of the vector w the parameters' values: undo `vector`.

    Those that are parts of w are returned; float16 ones are not, being rounded.
    """
    start, parts = 0, []
    for p in params:
        end = start + p.size
        part = w[start:end].reshape(p.shape)
        if part.dtype == p.dtype:
            parts.append(part)
        else:
            part = part.astype(p.dtype)
        p.adopt(part)
        start = end
    return parts
