"""`verifies`: hold an operation's forward against the right one, and its gradient to the truth."""

from __future__ import annotations

import inspect
from collections.abc import Callable, Mapping, Sequence
from contextlib import suppress
from typing import Any

import numpy as np
from hypothesis import strategies as st

from autograd_core import InitialNode, Node, Operation
from autograd_core.testing import Fault, check_operation
from exercises.agreement import agrees
from exercises.answers import NotAnsweredError, Wrong, is_missing, raised
from exercises.strategies import arrays, axes


def verifies(
    operation: Any,
    right_forward: Callable[..., Any],
    /,
    *,
    hint: str = "",
    inputs: Sequence[st.SearchStrategy[Any]] | None = None,
    rtol: float = 1e-9,
    **options: Any,
) -> None:
    """Raise `Wrong` unless an operation's forward and its gradient are right.

    `right_forward` has the names of the inputs. Its `inputs` are drawn from these strategies,
    by default matrices of one shape for all. The further options are those of
    `check_operation`, such as `signature`, `domain` and `order`.
    """
    if not (isinstance(operation, type) and issubclass(operation, Operation)):
        raise Wrong(
            "the answer is to be a class with ag.Operation as its parent, such as "
            "class cube(ag.Operation).",
            hint=hint,
        )
    names = list(inspect.signature(right_forward).parameters)
    if inputs is None:
        inputs = [arrays(axes("b", "p")) for _ in names]
    settings = first(options.get("options"))
    names = names[: len(inputs)]

    def forward(*values: Any) -> Any:
        return forward_of(operation, values, settings)

    agrees(
        forward,
        lambda *values: right_forward(*values, **settings),
        hint=hint,
        rtol=rtol,
        **dict(zip(names, inputs, strict=True)),
    )
    report = check_operation(operation, raises=False, **options)
    if report.faults:
        raise as_wrong(operation, report.faults[0], names, hint)
    if report.cases == 0:
        raise Wrong(f"no case could be verified: {' '.join(report.inconclusive)}.", hint=hint)


def first(options: Mapping[str, Any] | Sequence[Mapping[str, Any]] | None) -> dict[str, Any]:
    """The options that the forward is compared with."""
    if isinstance(options, Mapping):
        return dict(options)
    return dict(options[0]) if options else {}


def forward_of(operation: type[Operation], values: Sequence[Any], options: dict[str, Any]) -> Any:
    """The value of the operation; whether its gradient is written at all is seen here, too."""
    plain = operation.__init__ is Operation.__init__ and not options
    try:
        node = operation.__new__(operation) if plain else operation(*values, **options)
        value = node.forward(*values)
    except Exception as error:
        if is_unwritten(error):
            raise NotAnsweredError from error
        raise Wrong(raised(error, operation.forward)) from error
    if is_missing(value):
        raise NotAnsweredError
    try:
        gradient = node.gradient(np.ones(np.shape(value)), np.asarray(value), *values)
    except Exception as error:
        if is_unwritten(error):
            raise NotAnsweredError from error
        return value  # what it raises is judged with the gradient
    parts = gradient if isinstance(gradient, tuple) else (gradient,)
    if all(part is None or part is Ellipsis for part in parts):
        raise NotAnsweredError
    return value


def is_unwritten(error: Exception) -> bool:
    """Whether an error is that of a body in which a None or a `...` still stands."""
    of_nothing = isinstance(error, TypeError) and (
        "NoneType" in str(error) or "ellipsis" in str(error)
    )
    return isinstance(error, NotImplementedError) or of_nothing


def as_wrong(operation: type[Operation], fault: Fault, names: list[str], hint: str) -> Wrong:
    """A fault as the smallest case in numbers, with the graph of that case to be drawn."""
    case: dict[str, Any] = dict(zip(names, fault.inputs, strict=False))
    case.update(fault.options)
    if not np.array_equal(fault.upstream, np.ones(np.shape(fault.upstream))):
        case["upstream gradient"] = fault.upstream
    name = names[fault.input] if fault.input < len(names) else f"input {fault.input}"
    judged = np.isfinite(fault.numeric) or np.isfinite(fault.analytic)
    if judged and fault.kind != "kink":  # where no one number is right: the message says which
        where = f"[{', '.join(map(str, fault.entry))}]" if fault.entry else ""
        case[f"your gradient by {name}{where}"] = fault.analytic
        case[f"right gradient by {name}{where}"] = fault.numeric
    message = f"{fault.kind}: {fault.message.rstrip('.?')}."
    return Wrong(message, case, drawn(operation, fault, names), hint)


def drawn(operation: type[Operation], fault: Fault, names: list[str]) -> Node | None:
    """The graph of the smallest case, with the gradients that the operation gives."""
    node = None
    with suppress(Exception):  # some faults are that it can't be built, or has no gradient
        nodes = [InitialNode(x, name=name) for x, name in zip(fault.inputs, names, strict=True)]
        node = operation(*nodes, **fault.options)
        node.backward(fault.upstream)
    return node
