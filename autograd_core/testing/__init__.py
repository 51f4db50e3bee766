"""Verification of gradients."""

from typing import Any

from autograd_core.testing.check_operation import check_operation
from autograd_core.testing.domains import integers
from autograd_core.testing.finite_differences import (
    graph_differences,
    numerical_gradient,
    relative_error,
)
from autograd_core.testing.gradcheck import gradcheck
from autograd_core.testing.reports import Fault, GradientError, Report

__all__ = [
    "Fault",
    "GradientError",
    "Report",
    "arrays",
    "check_operation",
    "gradcheck",
    "graph_differences",
    "graphs",
    "integers",
    "module_inputs",
    "numerical_gradient",
    "relative_error",
    "shapes",
    "upstreams",
    "verify_operations",
]

STRATEGIES = ("arrays", "shapes", "upstreams", "graphs", "module_inputs")


def __getattr__(name: str) -> Any:
    """Import what needs Hypothesis or pytest only when it is asked for."""
    if name in STRATEGIES:
        try:
            from autograd_core.testing import strategies
        except ImportError as error:
            raise ImportError(
                f"autograd_core.testing.{name} needs Hypothesis: pip install autograd-core[test]"
            ) from error
        return getattr(strategies, name)
    if name == "verify_operations":
        from autograd_core.testing.pytest_plugin import verify_operations

        return verify_operations
    raise AttributeError(f"module 'autograd_core.testing' has no attribute {name!r}")
