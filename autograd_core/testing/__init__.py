"""Verification of gradients."""

from autograd_core.testing.finite_differences import (
    graph_differences,
    numerical_gradient,
    relative_error,
)

__all__ = ["graph_differences", "numerical_gradient", "relative_error"]
