"""An entry of the catalogue, and the decorators that make one of an operation.

The class of a fault is one of FAULTS, after the circumstance in which it shows.
"""

from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any

import numpy as np

from autograd_core import InitialNode, Operation

FAULTS = {
    "always": "at almost every input",
    "shape": "only for some shapes, axes or options",
    "value": "only for some values, or for some upstream gradients",
    "kink": "where one-sided derivatives differ, or where a formula divides by 0",
    "magnitude": "only at magnitudes where an intermediate overflows, vanishes or is clipped",
    "precision": "everywhere by a relative error of 1e-3 to 1e-12",
    "dtype": "a dtype that is too wide, too narrow, or an integer one",
    "state": "values are kept from one call to another",
    "not deterministic": "the same call gives different results",
    "protocol": "an argument is changed in place",
    "same node twice": "only if one node is given as two inputs",
    "second order": "only when the gradient is differentiated again",
}


@dataclass(frozen=True)
class Entry:
    """An operation, or a function of nodes that makes the node of one, and what is known of it.

    `trigger` is an input at which the fault shows: of correct operations an ordinary input, of
    variants a point where they differ from others. Where two arrays of it are the same object,
    one node is to be given twice. `at` has the operation's options there and `upstream` the
    upstream gradient that is needed, None where almost any will do.
    """

    name: str
    operation: type[Operation] | Callable[..., Any]
    fault: str
    family: str
    kwargs: dict[str, Any]
    trigger: tuple[np.ndarray, ...]
    at: dict[str, Any] = field(default_factory=dict)
    upstream: np.ndarray | None = None

    def distinct(self) -> tuple[np.ndarray, ...]:
        """The arrays of the trigger, each once."""
        return tuple({id(array): array for array in self.trigger}.values())

    def call(self, *distinct: Any) -> Any:
        """The operation of the distinct arrays (or nodes), with one given twice where it is so."""
        places = {id(array): i for i, array in enumerate(self.distinct())}
        return self.operation(*(distinct[places[id(array)]] for array in self.trigger), **self.at)

    def node(self) -> Any:
        """The operation's node at the trigger."""
        return self.call(*(InitialNode(array) for array in self.distinct()))


CORRECT: list[Entry] = []
VARIANTS: list[Entry] = []
WRONG: list[Entry] = []


def correct(*example, at=None, **kwargs):
    """List the operation among the correct ones; `kwargs` are for check_operation."""
    return lambda operation: _list(CORRECT, operation, "", example, at, None, kwargs)


def variant(*point, at=None, **kwargs):
    """List the operation among those that are correct in another way."""
    return lambda operation: _list(VARIANTS, operation, "", point, at, None, kwargs)


def wrong(fault, *trigger, at=None, upstream=None, **kwargs):
    """List the operation among the wrong ones."""
    if fault not in FAULTS:
        raise ValueError(f"wrong: {fault!r} is no class of faults: {', '.join(FAULTS)}")
    return lambda operation: _list(WRONG, operation, fault, trigger, at, upstream, kwargs)


def _list(entries, operation, fault, trigger, at, upstream, kwargs):
    """Make an entry; what `kwargs` does not say is as with the operation's parent."""
    kwargs = getattr(operation, "checked_with", {}) | kwargs
    if isinstance(operation, type):
        operation.checked_with = kwargs
    arrays = [np.array(x) for x in trigger]
    for i, x in enumerate(trigger):
        for j, earlier in enumerate(trigger[:i]):
            if x is earlier and np.ndim(x):  # equal numbers may be one object by accident
                arrays[i] = arrays[j]
    entries.append(
        Entry(
            name=operation.__name__,
            operation=operation,
            fault=fault,
            family=operation.__module__.split(".")[-1].removesuffix("_faults"),
            kwargs=kwargs,
            trigger=tuple(arrays),
            at=at or {},
            upstream=None if upstream is None else np.array(upstream),
        )
    )
    return operation
