"""The part of `autograd_core.testing` that pytest loads by itself, in every run: keep it light.

It is no part of the package, because to import that here would take a tenth of a second also
where no gradient is tested, and would hide the package's first lines from coverage tools.
"""

from __future__ import annotations

import sys
from typing import TYPE_CHECKING

import pytest

if TYPE_CHECKING:
    from autograd_core.testing.pytest_plugin import Verification

INCONCLUSIVE = "inconclusive gradient"
"""The name under which a test's properties hold what could not be decided."""


@pytest.fixture
def gradcheck() -> Verification:
    """`autograd_core.testing.gradcheck`: gradcheck(function_or_node, inputs, ...)."""
    from autograd_core.testing.pytest_plugin import Verification

    return Verification("gradcheck")


@pytest.hookimpl(tryfirst=True)
def pytest_runtest_makereport(item: pytest.Item, call: pytest.CallInfo[None]) -> None:
    """Note what a test left undecided; properties also come back from pytest-xdist's workers."""
    module = sys.modules.get("autograd_core.testing.pytest_plugin")
    if module is not None and call.when == "call":
        for value in getattr(item, "funcargs", {}).values():
            if isinstance(value, module.Verification):
                item.user_properties += [(INCONCLUSIVE, text) for text in value.inconclusive]
                value.inconclusive.clear()


def pytest_terminal_summary(terminalreporter: pytest.TerminalReporter) -> None:
    """List what could not be decided."""
    lines = [
        f"{report.nodeid}: {text}"
        for reports in terminalreporter.stats.values()
        for report in reports
        if getattr(report, "when", None) == "call"
        for name, text in report.user_properties
        if name == INCONCLUSIVE
    ]
    if lines:
        terminalreporter.section("gradients that could not be decided")
        for line in lines:
            terminalreporter.line(line)
