"""Reverse-mode automatic differentiation on NumPy, with graphs to read, run again and trust."""

from autograd_core.conversions import GradientWarning
from autograd_core.derivatives import (
    grad,
    hessian,
    hvp,
    jacobian,
    jvp,
    value_and_grad,
    vjp,
)
from autograd_core.graph import Graph
from autograd_core.node import InitialNode, Node, Operation
from autograd_core.nonfinite import NonFinite, find_nonfinite
from autograd_core.operations import *  # noqa: F403
from autograd_core.operations import __all__ as _operations
from autograd_core.recording import no_grad

__version__ = "0.1.0"

__all__ = [
    "GradientWarning",
    "Graph",
    "InitialNode",
    "Node",
    "NonFinite",
    "Operation",
    "find_nonfinite",
    "grad",
    "hessian",
    "hvp",
    "jacobian",
    "jvp",
    "no_grad",
    "value_and_grad",
    "vjp",
]
__all__ += _operations
