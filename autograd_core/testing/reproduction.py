"""A program that runs a check again, at the case that failed."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from functools import partial
from pathlib import Path
from typing import Any

import numpy as np

from autograd_core.node import Node
from autograd_core.testing.calling import of_list
from autograd_core.testing.checking import Trouble
from autograd_core.values import Array


def reproduction(trouble: Trouble, checked: Any, names: Sequence[str]) -> str:
    """The program for what was `checked`: an operation, a function, or a node.

    What it can't import, such as a lambda, it tells in a comment.
    """
    upstream = f"upstream={literal(trouble.upstream)}{', order=2' if trouble.second else ''}"
    lines = ["import numpy as np", "", "from autograd_core.testing import gradcheck"]
    if isinstance(checked, Node):
        lines.append(f"# and J, the {type(checked).__name__} that was checked, computed from")
        lines += [
            f"#     {name} = {literal(x)}" for name, x in zip(names, trouble.inputs, strict=True)
        ]
        return "\n".join([*lines, "", f"gradcheck(J, {upstream})"])
    arrays = ", ".join(literal(x) for x in trouble.inputs)
    source, call = _called(checked)
    if trouble.options:
        call = f"lambda *xs: {_with(call, '*xs', trouble.options)}"
    lines += [*source, "", f"gradcheck({call}, [{arrays}],", f"          {upstream})"]
    return "\n".join(lines)


def _called(function: Any) -> tuple[list[str], str]:
    """Where a function comes from, as lines of a program, and what to call there."""
    inside = of_list(function)
    if inside is not None:
        source, call = _called(inside)
        return source, f"lambda *xs, **options: {call}(list(xs), **options)"
    if isinstance(function, partial) and not function.args:
        source, call = _called(function.func)
        return source, f"lambda *xs: {_with(call, '*xs', function.keywords)}"
    name = getattr(function, "__name__", "")
    if not name.isidentifier():
        return [f"# and f, {_in_words(function)}"], "f"
    module, path = getattr(function, "__module__", None), getattr(function, "__qualname__", name)
    if module in (None, "__main__") or path != name:
        return [f"# and {name} as it is defined"], name
    return [f"from {module} import {name}"], name


def _with(call: str, inputs: str, options: Mapping[str, Any]) -> str:
    """A call with options."""
    if not call.isidentifier():
        call = f"({call})"
    given = [
        f"{k}={literal(v) if isinstance(v, np.ndarray) else repr(v)}" for k, v in options.items()
    ]
    return f"{call}({', '.join([inputs, *given])})"


def _in_words(function: Any) -> str:
    """A function without a name that could be imported."""
    code = getattr(function, "__code__", None)
    if code is None:
        return f"the {type(function).__name__} that was checked"
    file = Path(code.co_filename)
    where = f" of {file.name}" if file.exists() else ""  # that of a notebook's cell does not
    return f"the lambda in line {code.co_firstlineno}{where}"


def literal(x: Array) -> str:
    """An array as it is written in a program."""
    x = np.asarray(x)
    if not x.size:
        return f"np.zeros({x.shape}, np.{x.dtype})"
    dtype = "" if x.dtype in (np.dtype(float), np.dtype(int)) else f", dtype=np.{x.dtype}"
    text = repr(x.tolist()).replace("nan", "np.nan").replace("inf", "np.inf")
    return f"np.array({text}{dtype})"
