"""What nodes are called: by themselves, by the paths of modules, by the variables of the user."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any

import numpy as np

from autograd_core.node import Node

Names = Mapping[str, Any]


def is_module(x: Any) -> bool:
    """Whether `x` holds parameters by path, as a module of `nn` does."""
    return hasattr(x, "named_parameters") and not isinstance(x, type)


def find_names(
    nodes: Iterable[Node], names: Names | None = None, modules: Iterable[Any] = ()
) -> dict[Node, str]:
    """The name of each node that has one.

    Parameters and buffers of `modules`, and of modules among the values of `names`, are called
    by their paths ("0.weight"; "net.0.weight" if `names` has several modules). Other nodes have
    their own `name`, or else that under which `names` (such as `locals()`) has them, or an
    array with the same entries. Names that begin with an underscore are passed over.
    """
    visible = {str(name): x for name, x in (names or {}).items() if not str(name).startswith("_")}
    named_modules = {name: x for name, x in visible.items() if is_module(x)}
    several = len({id(x) for x in named_modules.values()}) > 1
    paths: dict[int, str] = {}
    for name, module in named_modules.items():
        _add_paths(paths, module, f"{name}." if several else "")
    for module in modules:
        _add_paths(paths, module, "")
    variables: dict[int, str] = {}
    arrays: dict[tuple[Any, ...], set[str]] = {}
    for variable, x in visible.items():
        if isinstance(x, Node):
            variables.setdefault(id(x), variable)
        elif isinstance(x, np.ndarray) and x.size > 1:
            arrays.setdefault(_key(x), set()).add(variable)
        elif isinstance(x, (list, tuple)):
            for i, y in enumerate(x):
                if isinstance(y, Node):
                    variables.setdefault(id(y), f"{variable}[{i}]")
    found = {}
    for node in nodes:
        called = paths.get(id(node)) or node.name or variables.get(id(node))
        if called is None and arrays and not node.inputs:
            same = arrays.get(_key(np.asarray(node.frozen())), set())
            called = min(same) if len(same) == 1 else None
        if called is not None:
            found[node] = str(called)
    return found


def _add_paths(paths: dict[int, str], module: Any, prefix: str) -> None:
    for kind in ("named_parameters", "named_buffers"):
        for path, node in getattr(module, kind, dict[str, Any]().items)():
            paths.setdefault(id(node), prefix + path)


def _key(array: Any) -> tuple[Any, ...]:
    return array.dtype, array.shape, array.tobytes()
