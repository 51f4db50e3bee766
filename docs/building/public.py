"""The public names, and under which of their paths each is documented."""

from __future__ import annotations

import inspect
from importlib import import_module
from typing import Any

MODULES = [
    "autograd_core",
    "autograd_core.events",
    "autograd_core.testing",
    "autograd_core.draw",
    "nn",
    "nn.losses",
    "nn.init",
    "nn.penalties",
    "nn.optim",
    "nn.optim.lr_scheduler",
    "nn.data",
    "nn.training",
    "nn.callbacks",
    "nn.checkpoints",
    "nn.metrics",
    "nn.plots",
    "nn.search",
    "nn.estimators",
    "nn.report",
    "nn.lecture",
]
"""Where people import from. A test holds that no module with an `__all__` is missing."""

LATE = {"nn": ["MLPClassifier", "MLPRegressor"]}
"""Names that a module has too, and imports when they are first used."""


def names_of(module: str) -> list[str]:
    """The public names: `__all__`, or else what is defined there and has no underscore."""
    imported = import_module(module)
    names = getattr(imported, "__all__", None)
    if names is None:
        names = [
            name
            for name, x in vars(imported).items()
            if not name.startswith("_") and getattr(x, "__module__", None) == module
        ]
    names = [*names, *LATE.get(module, [])]
    return [name for name in names if not inspect.ismodule(getattr(imported, name))]


def resolve(path: str) -> Any:
    """The object that a path such as `nn.optim.Adam` names."""
    module, _, name = path.rpartition(".")
    return getattr(import_module(module), name)


def public_paths() -> dict[str, list[str]]:
    """By the path under which an object is documented, all its public paths, that one first."""
    by_object: dict[int, list[str]] = {}
    for module in MODULES:
        for name in names_of(module):
            path = f"{module}.{name}"
            by_object.setdefault(id(resolve(path)), []).append(path)
    found = {}
    for paths in by_object.values():
        name = getattr(resolve(paths[0]), "__name__", "")
        paths.sort(key=lambda path: (not path.endswith(f".{name}"), path.count(".")))
        found[paths[0]] = paths
    return found


def links() -> dict[str, str]:
    """What may be written in backticks for a public name, and the full name.

    Single words in small letters are left out but for the dotted ones: `grad` is mostly the
    attribute, `index` or `weight` an argument.
    """
    found: dict[str, str] = {}
    ambiguous = set()
    for path in public_paths():
        parts = path.split(".")
        shorts = {".".join(parts[i:]) for i in range(len(parts))}
        if parts[0] == "autograd_core":
            shorts.add(".".join(["ag", *parts[1:]]))
        for short in shorts:
            if short in found:
                ambiguous.add(short)
            if not short.isalpha() or not short.islower():
                found[short] = path
    return {short: path for short, path in found.items() if short not in ambiguous}
