"""How an operation is called: its inputs, and the options that can be varied."""

from __future__ import annotations

import inspect
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from functools import partial
from itertools import combinations
from typing import Any

from autograd_core.node import Operation

AXES = ("axis", "axes", "dim")
Options = dict[str, Any]


@dataclass(frozen=True)
class Callee:
    """An operation or function, the names of its inputs, and its other parameters."""

    function: Callable[..., Any]
    name: str
    inputs: tuple[str, ...]
    optional: tuple[inspect.Parameter, ...]
    several: bool = False  # it takes any number of inputs
    whole: bool = False  # they are passed as one list

    def of(self, n: int) -> Callee:
        """The same with n inputs, where any number can be."""
        names = tuple(f"{self.inputs[0]}{i}" for i in range(n))
        function = partial(_listed, self.function) if self.whole else self.function
        return Callee(function, self.name, names, self.optional)


def _listed(function: Callable[..., Any], *inputs: Any, **options: Any) -> Any:
    return function(list(inputs), **options)


def of_list(function: Callable[..., Any]) -> Callable[..., Any] | None:
    """The function that gets its inputs as one list, of what `Callee.of` makes of it."""
    if isinstance(function, partial) and function.func is _listed:
        inside: Callable[..., Any] = function.args[0]
        return inside
    return None


def callee(operation: Callable[..., Any], fixed: bool) -> Callee:
    """Find out how `operation` is called; with `fixed` options, none is varied."""
    name = getattr(operation, "__name__", None) or type(operation).__name__
    if isinstance(operation, partial):
        name = getattr(operation.func, "__name__", name)
    positional = (inspect.Parameter.POSITIONAL_ONLY, inspect.Parameter.POSITIONAL_OR_KEYWORD)
    if isinstance(operation, type) and issubclass(operation, Operation):
        forward = list(inspect.signature(operation.forward).parameters.values())[1:]
        made = list(inspect.signature(operation).parameters.values())
        own = "__init__" in vars(operation) or operation.__init__ is not Operation.__init__
        given = [p for p in forward if p.kind in positional and p.default is p.empty]
        any_number = any(p.kind is p.VAR_POSITIONAL for p in forward) and not given
        count = 1 if any_number else len(given)
        names = tuple(p.name for p in (given or forward)[:count])
        rest = made[count:] if own else []
        whole = any_number and own and made[0].kind in positional
    else:
        made = list(inspect.signature(operation).parameters.values())
        given = [p for p in made if p.kind in positional and p.default is p.empty]
        any_number = not given and any(p.kind is p.VAR_POSITIONAL for p in made)
        names = tuple(p.name for p in given) or ("x",)
        rest = [p for p in made if p.default is not p.empty]
        whole = False
    missing = [p.name for p in rest if p.default is p.empty and p.kind in positional]
    if missing and not fixed:
        raise ValueError(
            f"{name}: it needs {', '.join(missing)} beside its inputs: pass options={{...}}, or a "
            f"function of the inputs only"
        )
    optional = tuple(p for p in rest if p.default is not p.empty)
    return Callee(operation, name, names, optional, any_number, whole)


def variants(optional: Sequence[inspect.Parameter], shape: tuple[int, ...]) -> list[Options]:
    """Options to call with for a first input of this shape: the defaults first.

    Each parameter is varied by itself, and an axis together with each of the others.
    """
    found: list[Options] = [{}]
    others: list[Options] = []
    for p in optional:
        if p.name not in AXES:
            others += [{p.name: value} for value in _values(p.default)]
    found += others
    for p in optional:
        if p.name in AXES:
            for k, value in enumerate(_axes(p, len(shape))):
                found.append({p.name: value})
                if others:
                    found.append({p.name: value, **others[k % len(others)]})
    return found


def _values(default: Any) -> list[Any]:
    """Other values of an option than its default."""
    if isinstance(default, bool):
        return [not default]
    if isinstance(default, int):
        return [default + 1]
    if isinstance(default, float):
        return [default / 2]
    return []


def _axes(parameter: inspect.Parameter, ndim: int) -> list[Any]:
    """All that an axis can be: numbers, negative ones, and tuples and None where it says so."""
    if isinstance(parameter.default, tuple):
        return []  # axes of a certain number, in a certain order
    numbers: list[Any] = [
        k for pair in zip(range(ndim), range(-1, -ndim - 1, -1), strict=True) for k in pair
    ]
    text = "" if parameter.annotation is parameter.empty else str(parameter.annotation)
    if isinstance(parameter.default, int) and not (
        "None" in text or "tuple" in text or "Axis" in text
    ):
        return numbers
    if "tuple" not in text and "Axis" not in text and text:
        return [None, *numbers]
    pairs = list(combinations(range(ndim), 2))
    mixed = [(b - ndim, a) for a, b in pairs]
    return [None, *numbers, *pairs, *mixed, *([tuple(range(ndim))] if ndim > 2 else [])]


def given_options(options: Mapping[str, Any] | Sequence[Mapping[str, Any]] | None) -> list[Options]:
    """The options that a user gave, as a list."""
    if options is None:
        return []
    return [dict(options)] if isinstance(options, Mapping) else [dict(o) for o in options]
