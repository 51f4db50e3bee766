"""Find the operations of a module, and how each is to be checked.

What `check_operation` can't discover by itself stands beside the operations, in a dictionary
`CHECK` of their module: keyword arguments of `check_operation` by the operation's name.

    class huber(ag.Operation): ...

    def row_sums(X):
        return ag.sum(X, axis=1)

    CHECK = {"huber": {"domain": (-10, 10)}, "row_sums": {"signature": "(b,p)->(b)"}}

A function that makes one node, such as `row_sums`, is checked too if `CHECK` names it.
"""

from __future__ import annotations

import functools
import importlib
import importlib.util
import inspect
import sys
from collections.abc import Callable, Mapping
from pathlib import Path
from types import ModuleType
from typing import Any

from autograd_core.node import Operation


def operations_in(module: ModuleType) -> dict[str, Callable[..., Any]]:
    """The operations that are defined in `module`, by name.

    These are the classes that have a `forward` and a `gradient` (so no virtual parents), in the
    order of their definition, and the functions that the module's `CHECK` names. Of a package,
    those that are defined anywhere in it and that the package itself has a name for.
    """
    named = {name: find_operation(module, name) for name in _check(module)}
    return {x.__name__: x for x in _classes(module)} | named


def find_operation(module: ModuleType, name: str) -> Callable[..., Any]:
    """The operation or the function called `name` in `module`, wherever it is defined."""
    operation = getattr(module, name, None)
    if not callable(operation):
        names = ", ".join(x.__name__ for x in _classes(module)) or "none"
        raise LookupError(
            f"{module.__name__} has no operation {name!r}: the operations defined there are {names}"
        )
    function: Callable[..., Any] = operation
    return function


def _classes(module: ModuleType) -> list[type[Operation]]:
    return [
        x
        for x in vars(module).values()
        if isinstance(x, type)
        and issubclass(x, Operation)
        and not inspect.isabstract(x)
        and f"{x.__module__}.".startswith(f"{module.__name__}.")
    ]


def name_of(operation: Callable[..., Any]) -> str:
    """The name of a class or function, also of one inside functools.partial."""
    while isinstance(operation, functools.partial):
        operation = operation.func
    return getattr(operation, "__name__", type(operation).__name__)


def settings_for(name: str, operation: Callable[..., Any], *modules: ModuleType) -> dict[str, Any]:
    """The keyword arguments for `check_operation`: from `CHECK` where the operation is defined.

    If it has none there, from the first of `modules` that has.
    """
    own = sys.modules.get(getattr(operation, "__module__", ""))
    for module in (own, *modules):
        if module is not None and name in _check(module):
            return dict(_check(module)[name])
    return {}


def _check(module: ModuleType) -> Mapping[str, Mapping[str, Any]]:
    check = getattr(module, "CHECK", {})
    if not isinstance(check, Mapping) or not all(isinstance(x, Mapping) for x in check.values()):
        raise TypeError(
            f"{module.__name__}.CHECK must be a dictionary of dictionaries, keyword arguments of "
            f"check_operation by the name of the operation, but is {check!r}"
        )
    return check


def load(path: str) -> ModuleType:
    """Import a file, a directory that is a package, or a module by its dotted name.

    A file inside a package is imported as a part of it, so that it may import its neighbours.
    """
    file = Path(path)
    if not path or not file.exists():
        if path.endswith(".py") or not all(part.isidentifier() for part in path.split(".")):
            raise FileNotFoundError(f"there is no file {path}")
        return importlib.import_module(path)
    file = file.resolve()
    parts = [] if file.is_dir() else [file.stem]
    folder = file if file.is_dir() else file.parent
    while (folder / "__init__.py").exists():
        parts.insert(0, folder.name)
        folder = folder.parent
    if not parts:
        raise FileNotFoundError(f"{path} is a directory without an __init__.py: name a file")
    sys.path.insert(0, str(folder))
    if len(parts) > 1 or file.is_dir():
        return importlib.import_module(".".join(parts).removesuffix(".__init__"))
    return _load_file(file)


def _load_file(file: Path) -> ModuleType:
    """Import a file that is in no package, also where its name is that of another module."""
    name = file.stem if file.stem not in sys.modules else f"{file.stem}_"
    spec = importlib.util.spec_from_file_location(name, file)
    if spec is None or spec.loader is None:
        raise ImportError(f"{file} is no Python file: its name must end in .py")
    module = importlib.util.module_from_spec(spec)
    sys.modules[name] = module
    spec.loader.exec_module(module)
    return module
