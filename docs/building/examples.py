"""The example of each operation: code that a reader can run, and the node that it makes."""

from __future__ import annotations

import inspect
from collections.abc import Callable
from typing import Any, NamedTuple

import numpy as np

import autograd_core.operations as operations
from autograd_core import Operation

MATRIX = "[[1.0, -2.0], [0.5, 3.0]]"
OTHER = "[[2.0, 1.0], [-1.0, 4.0]]"
POSITIVE = "[[1.0, 2.0], [0.5, 3.0]]"
INTEGERS = "[[1, 0], [2, 3]]"
BOOLEANS = "[[True, False], [True, True]]"
OTHER_BOOLEANS = "[[True, True], [False, True]]"
WIDE = "[[1.0, -2.0, 0.5], [3.0, 0.0, -1.0]]"

EXAMPLES: dict[str, tuple[str, dict[str, str]]] = {
    "astype": ("X.astype(np.float32)", {"X": MATRIX}),
    "binary_cross_entropy": ("", {"P": "[[0.25], [0.5]]", "y": "[[0.0], [1.0]]"}),
    "bitwise_and": ("X & Y", {"X": BOOLEANS, "Y": OTHER_BOOLEANS}),
    "bitwise_or": ("X | Y", {"X": BOOLEANS, "Y": OTHER_BOOLEANS}),
    "broadcast_to": ("ag.broadcast_to(X, (3, 2))", {"X": "[1.0, -2.0]"}),
    "clip": ("ag.clip(X, -1.0, 2.0)", {"X": MATRIX}),
    "concatenate": ("ag.concatenate([X, Y], axis=0)", {"X": MATRIX, "Y": "[[5.0, 6.0]]"}),
    "centered": ("ag.centered(X, axis=1)", {"X": WIDE}),
    "expand_dims": ("ag.expand_dims(X, 0)", {"X": "[1.0, -2.0, 0.5]"}),
    "heaviside": ("ag.heaviside(X, 0.5)", {"X": "[[-1.0, 0.0], [0.5, 3.0]]"}),
    "index": ("X[:, 1]", {"X": WIDE}),
    "invert": ("~X", {"X": BOOLEANS}),
    "less": ("X < Y", {"X": MATRIX, "Y": OTHER}),
    "log": ("", {"X": POSITIVE}),
    "log1p": ("", {"X": POSITIVE}),
    "log_softmax": ("", {"X": WIDE}),
    "logical_and": ("", {"X": BOOLEANS, "Y": OTHER_BOOLEANS}),
    "logical_not": ("", {"X": BOOLEANS}),
    "logical_or": ("", {"X": BOOLEANS, "Y": OTHER_BOOLEANS}),
    "logistic_loss": ("", {"A": "[[2.0], [-0.5]]", "y": "[[1], [-1]]"}),
    "logsumexp": ("ag.logsumexp(X, axis=1)", {"X": WIDE}),
    "lower_power": ("ag.lower_power(X, Y, 1)", {"X": POSITIVE, "Y": "[[2.0, 3.0], [-1.0, 0.5]]"}),
    "masked": ("", {"X": MATRIX, "mask": BOOLEANS}),
    "matmul": ("ag.matmul(X, Y)", {"X": MATRIX, "Y": "[1.0, 3.0]"}),
    "max": ("ag.max(X, axis=1)", {"X": WIDE}),
    "mean": ("ag.mean(X, axis=1)", {"X": WIDE}),
    "min": ("ag.min(X, axis=1)", {"X": WIDE}),
    "mm": ("ag.mm(X, W)", {"X": "[[1.0, 2.0], [0.5, -1.0], [3.0, 0.0]]", "W": MATRIX}),
    "mse": ("", {"A": "[[2.0], [-0.5]]", "y": "[[1.0], [0.5]]"}),
    "power": ("X ** Y", {"X": POSITIVE, "Y": "[[2.0, 3.0], [-1.0, 0.5]]"}),
    "rms": ("ag.rms(X, axis=1)", {"X": WIDE}),
    "ravel": ("ag.ravel(X)", {"X": MATRIX}),
    "reshape": ("ag.reshape(X, (3, 2))", {"X": WIDE}),
    "scatter": ("ag.scatter(X, [0, 2], (4,))", {"X": "[1.0, -2.0]"}),
    "softmax": ("", {"X": WIDE}),
    "softmax_error": ("", {"Z": WIDE, "y": "[0, 2]"}),
    "softmax_loss": ("", {"Z": WIDE, "y": "[0, 2]"}),
    "sqrt": ("", {"X": "[[1.0, 4.0], [0.25, 9.0]]"}),
    "squeeze": ("ag.squeeze(X)", {"X": "[[1.0, -2.0, 0.5]]"}),
    "stack": ("ag.stack([X, Y])", {"X": "[1.0, -2.0]", "Y": "[5.0, 6.0]"}),
    "sum": ("ag.sum(X, axis=1)", {"X": WIDE}),
    "swapaxes": ("ag.swapaxes(X, 0, 1)", {"X": WIDE}),
    "take": ("ag.take(X, indices)", {"X": "[1.0, -2.0, 0.5]", "indices": "[2, 0, 2]"}),
    "transpose": ("X.T", {"X": WIDE}),
    "var": ("ag.var(X, axis=1)", {"X": WIDE}),
    "where": ("", {"condition": BOOLEANS, "X": MATRIX, "Y": OTHER}),
}
"""How an operation is called, and its inputs; "" stands for the operation with these inputs.

An operation that is not here is called with matrices of two rows, by the names of its `forward`.
"""


class Example(NamedTuple):
    """A small computation: the code that a reader can run, and the node that it makes."""

    code: str
    node: Operation
    names: dict[str, Any]
    output: str


def example_of(name: str) -> Example:
    """The example of an operation, run forward and backward."""
    kind = getattr(operations, name)
    call, inputs = EXAMPLES.get(name, ("", {}))
    if not inputs:
        inputs = dict(zip(parameters_of(kind.forward), (MATRIX, OTHER), strict=False))
    call = call or f"ag.{name}({', '.join(inputs)})"
    lines = ["import numpy as np"] if "np." in call else []
    lines += ["import autograd_core as ag", ""]
    lines += [f'{x} = ag.InitialNode({values}, name="{x}")' for x, values in inputs.items()]
    output = _output_name(kind, inputs)
    code = "\n".join([*lines, f"{output} = {call}"])
    names: dict[str, Any] = {}
    exec(code, names)
    node = names[output]
    if node.requires_grad:
        upstream = np.arange(1.0, node.size + 1).reshape(node.shape)
        argument = "" if node.ndim == 0 else str(upstream.tolist())
        code += f"\n{output}.backward({argument})"
        node.backward(upstream)
    return Example(code, node, {x: names[x] for x in (*inputs, output)}, output)


def parameters_of(method: Callable[..., Any]) -> list[str]:
    """The names of a method's arguments without self."""
    return list(inspect.signature(method).parameters)[1:]


def _output_name(kind: Any, inputs: dict[str, str]) -> str:
    """What `gradient` calls the output: A, or L of a loss."""
    if hasattr(kind, "gradient"):
        name = parameters_of(kind.gradient)[1]
        if len(name) == 1 and name not in inputs:
            return name
    return "A"
