"""The pages of the reference: every public name, on the page of the module that defines it."""

from __future__ import annotations

import argparse
import inspect
from collections.abc import Callable
from importlib import import_module
from typing import NamedTuple

from building import operations
from building.public import public_paths, resolve


class Page(NamedTuple):
    """A page: the names that are defined in `modules`, below the docstring of the first."""

    name: str
    title: str
    modules: tuple[str, ...]
    intro: str = ""
    """Instead of that docstring."""
    more: tuple[str, ...] = ()
    """Names that are not public, but whose docstrings others refer to."""


PACKAGES = {
    "The engine: autograd_core": [
        Page(
            "nodes",
            "Nodes, operations and graphs",
            (
                "autograd_core.node",
                "autograd_core.graph",
                "autograd_core.recording",
                "autograd_core.conversions",
            ),
            "The engine. A node holds a value and remembers what it was computed from; a graph is "
            "the computation that led to a node, in order. How they work together is told in "
            ":doc:`/explanation/the_one_idea`, and what ``grad`` means in "
            ":doc:`/explanation/gradients`.",
        ),
        Page("operations", "Operations", ("autograd_core.operations",)),
        Page("derivatives", "Derivatives of functions", ("autograd_core.derivatives",)),
        Page("nonfinite", "NaN and infinity", ("autograd_core.nonfinite",)),
        Page("events", "Events", ("autograd_core.events",)),
        Page("draw", "Drawings", ("autograd_core.draw",)),
        Page("testing", "Verification", ("autograd_core.testing",)),
    ],
    "Networks: nn": [
        Page(
            "modules",
            "Modules and layers",
            ("nn.module", "nn.containers", "nn.parameter", "nn.layers"),
            "What a network is made of. Features are rows, X (n, d), and layers compute X W + b.",
        ),
        Page("activations", "Activations", ("nn.activations",)),
        Page("losses", "Losses", ("nn.losses",)),
        Page("regularization", "Dropout and batch normalisation", ("nn.regularization",)),
        Page("penalties", "Penalties", ("nn.penalties",)),
        Page("init", "Initial weights", ("nn.init",)),
        Page("optim", "Optimizers", ("nn.optim", "nn.clip")),
        Page("lr_scheduler", "Learning-rate schedules", ("nn.optim.lr_scheduler",)),
        Page("data", "Data", ("nn.data",)),
        Page("training", "Training", ("nn.training", "nn.gradient_check")),
        Page("callbacks", "Callbacks", ("nn.callbacks",)),
        Page("checkpoints", "Files and checkpoints", ("nn.checkpoints", "nn.states", "nn.files")),
        Page("metrics", "Metrics", ("nn.metrics",)),
        Page("plots", "Plots", ("nn.plots",)),
        Page("search", "Grid search", ("nn.search",)),
        Page(
            "estimators",
            "Estimators for scikit-learn",
            ("nn.estimators",),
            more=("nn.estimators.perceptron.Perceptron",),
        ),
        Page("report", "Reports", ("nn.report",)),
        Page("lecture", "The lectures' classes", ("nn.lecture",)),
    ],
}
OTHERS = Page("others", "Other names", ())

COMMANDS = {
    "python -m nn train": "nn.cli",
    "python -m nn evaluate": "nn.cli",
    "python -m nn predict": "nn.cli",
    "python -m autograd_core check": "autograd_core.cli",
    "python -m autograd_core walkthrough": "autograd_core.cli",
}


def names_by_page() -> dict[str, list[str]]:
    """The names that each page documents; what no page names is on the page of others."""
    pages = [page for several in PACKAGES.values() for page in several]
    found: dict[str, list[str]] = {page.name: [] for page in [*pages, OTHERS]}
    for path in public_paths():
        found[_page_of(path, pages).name].append(path)
    for page in pages:
        found[page.name].sort(key=lambda path: _place(path, page))
    return found


def _page_of(path: str, pages: list[Page]) -> Page:
    """By the module that defines a name (or, of a constant, has it): the longest that fits."""
    x = resolve(path)
    defined = getattr(x, "__module__", None)
    if not isinstance(defined, str) or not (inspect.isclass(x) or callable(x)):
        defined = path.rpartition(".")[0]
    best, length = OTHERS, 0
    for page in pages:
        for module in page.modules:
            if f"{defined}.".startswith(f"{module}.") and len(module) > length:
                best, length = page, len(module)
    return best


def _place(path: str, page: Page) -> tuple[int, int]:
    """The order on a page: of modules, and in a module as in its file; in a package as named."""
    x = resolve(path)
    module = str(getattr(x, "__module__", ""))
    if module in page.modules:
        return page.modules.index(module), inspect.getsourcelines(x)[1]
    inside = [i for i, name in enumerate(page.modules) if f"{module}.".startswith(f"{name}.")]
    return (inside[0] if inside else 0), 0


def write_pages(put: Callable[[str, str], None]) -> None:
    """Write all pages of the reference with `put(path, text)`."""
    names = names_by_page()
    operations.write_pages(put)
    pages = [page for several in PACKAGES.values() for page in several]
    if names[OTHERS.name]:
        pages.append(OTHERS)
    for page in pages:
        if page.name != "operations":
            put(f"{page.name}.rst", _page(page, names[page.name]))
    put("command_line.rst", _command_line())
    put("index.rst", _index(pages))


def _index(pages: list[Page]) -> str:
    parts = [
        "Reference\n=========",
        "Every public name, from the docstrings of the code. ``autograd_core`` is mostly imported "
        "as ``ag``. Capital letters are matrices with one observation a row: X is (n, d).",
    ]
    for title, several in PACKAGES.items():
        entries = [f"   {page.title} <{page.name}>" for page in several if page in pages]
        parts.append(_toctree(title, entries))
    more = ["   Command line <command_line>"]
    if OTHERS in pages:
        more.append(f"   {OTHERS.title} <{OTHERS.name}>")
    parts.append(_toctree("More", more))
    return "\n\n".join(parts) + "\n"


def _toctree(caption: str, entries: list[str]) -> str:
    return f".. toctree::\n   :caption: {caption}\n   :maxdepth: 1\n\n" + "\n".join(entries)


def _page(page: Page, paths: list[str]) -> str:
    parts = [f"{page.title}\n{'=' * len(page.title)}"]
    if page.intro:
        parts.append(page.intro)
    elif page.modules:
        parts.append(f".. automodule:: {page.modules[0]}\n\n.. currentmodule:: None")
    every = public_paths()
    paths = [*paths, *page.more]
    aliases = [(path, other) for path in paths for other in every.get(path, [])[1:]]
    entries = "\n".join(f"   ~{path}" for path in paths)
    parts.append(f".. autosummary::\n   :nosignatures:\n\n{entries}")
    if aliases:
        told = ", ".join(f"``{other}``" for _, other in aliases)
        parts.append(f"The same are also called {told}.")
    parts += [_entry(path) for path in paths]
    return "\n\n".join(parts) + "\n"


def _entry(path: str) -> str:
    x = resolve(path)
    if inspect.isclass(x):
        return f".. autoclass:: {path}\n   :members:"
    if callable(x):
        return f".. autofunction:: {path}"
    return f".. autodata:: {path}\n   :no-value:"


def _command_line() -> str:
    """What `--help` says."""
    parts = ["Command line\n============"]
    for command, module in COMMANDS.items():
        text = _help(import_module(module), command.split()[3])
        indented = "\n".join(f"   {line}".rstrip() for line in text.splitlines())
        parts.append(f"{command}\n{'-' * len(command)}\n\n.. code-block:: text\n\n{indented}")
    return "\n\n".join(parts) + "\n"


def _help(module: object, command: str) -> str:
    parser = module.make_parser()  # type: ignore[attr-defined]
    for action in parser._actions:
        if isinstance(action, argparse._SubParsersAction):
            return str(action.choices[command].format_help())
    raise ValueError(f"there is no command {command}")
