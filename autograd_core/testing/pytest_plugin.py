"""Gradients as tests: a test for each operation of a module, and the fixture `gradcheck`.

    import mypackage.ops
    from autograd_core.testing import verify_operations

    @verify_operations(mypackage.ops)
    def test_operations(check):
        check()

    def test_my_function(gradcheck):
        gradcheck(my_function, [X, W])

The fixture is there wherever the package is installed (`_autograd_core_pytest.py`, which pytest
loads by itself). A wrong gradient fails with its report alone. What could not be decided fails
nothing, and is listed at the end of the run.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from types import ModuleType
from typing import TYPE_CHECKING, Any

import pytest

from autograd_core.testing.discovery import name_of, operations_in, settings_for

if TYPE_CHECKING:
    from autograd_core.testing import Report


class Verification:
    """A checker of gradients inside a test: `check_operation` or `gradcheck`, with arguments."""

    def __init__(self, checker: str, *arguments: Any, **options: Any) -> None:
        self.checker, self.arguments, self.options = checker, arguments, options
        self.inconclusive: list[str] = []

    def __call__(self, *arguments: Any, **options: Any) -> Report:
        """Check; raise GradientError with the report, or return the report."""
        __tracebackhide__ = True
        from autograd_core import testing

        raises = options.pop("raises", True)
        checker = getattr(testing, self.checker)
        options = self.options | options | {"raises": False}
        report: Report = checker(*self.arguments, *arguments, **options)
        self.inconclusive += [f"{report.subject}: {sentence}" for sentence in report.inconclusive]
        if raises and not report.ok:
            raise testing.GradientError(report)
        return report


def verify_operations(
    operations: ModuleType | Sequence[Callable[..., Any]] | Mapping[str, Callable[..., Any]],
    settings: Mapping[str, Mapping[str, Any]] | None = None,
    **common: Any,
) -> pytest.MarkDecorator:
    """A test for each operation: run the test function once for each, with an argument `check`.

    `operations` is a module, of which all operations that are defined there are verified, as
    `discovery.operations_in` finds them; or a list of operations, or a dictionary of them by
    name. Each test has the operation's name: `pytest -k huber`. `check()` calls
    `check_operation`, raises GradientError if the gradient is wrong, and returns the report;
    `check(**more)` adds keyword arguments.

    The keyword arguments of `check_operation` for a single operation come from `settings`, by the
    operation's name, or else from the dictionary `CHECK` of its module (see `discovery`); those
    for all of them are `common`.

    >>> import autograd_core as ag
    >>> @verify_operations([ag.exp, ag.log], {"log": {"domain": (0, None)}}, seed=1)
    ... def test_operations(check):
    ...     check()
    """
    modules = [operations] if isinstance(operations, ModuleType) else []
    named = _named(operations)
    names = [name for name, _ in named]
    where = modules[0].__name__ if modules else "what it was given"
    if not named:
        raise ValueError(f"verify_operations: there is no operation in {where}")
    settings = settings or {}
    if strangers := sorted(set(settings) - set(names)):
        raise ValueError(
            f"verify_operations: there are settings for {', '.join(strangers)}, but the "
            f"operations in {where} are {', '.join(names)}"
        )
    checks = []
    for name, operation in named:
        own = settings.get(name) or settings_for(name, operation, *modules)
        checks.append(Verification("check_operation", operation, **{**common, **own}))
    return pytest.mark.parametrize("check", checks, ids=names)


def _named(
    operations: ModuleType | Sequence[Callable[..., Any]] | Mapping[str, Callable[..., Any]],
) -> list[tuple[str, Callable[..., Any]]]:
    if isinstance(operations, ModuleType):
        return list(operations_in(operations).items())
    if isinstance(operations, Mapping):
        return list(operations.items())
    return [(name_of(operation), operation) for operation in operations]
