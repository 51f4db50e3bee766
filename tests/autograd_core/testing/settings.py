"""How `check_operation` is called for each operation of the library that needs more than its class.

One table for all tests that verify the library: `checks(name)` gives the calls for an operation.
Operations that are not in the table are checked as they are.
"""

from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any

import numpy as np

from autograd_core import operations
from autograd_core.testing import check_operation, integers


def itself(operation):
    return operation


@dataclass(frozen=True)
class Check:
    """One call: what is made of the operation, and the keyword arguments of `check_operation`."""

    options: dict[str, Any] = field(default_factory=dict)
    call: Callable[[Any], Callable[..., Any]] = itself


def faults(name: str, operation: Any = None) -> list[str]:
    """What is wrong with the operation of this name, or with one in its place.

    That a gradient can't be run on nodes is no fault of a user's operation, but one of ours.
    """
    found = []
    for call, options in checks(name, operation):
        report = check_operation(call, **options, raises=False)
        found += [str(report)] if report.faults else []
        found += [sentence for sentence in report.inconclusive if "second order" in sentence]
        if found:
            break
    return found


def checks(name: str, operation: Any = None) -> list[tuple[Callable[..., Any], dict[str, Any]]]:
    """What to pass to `check_operation` for the operation of this name, or one in its place."""
    operation = operation or getattr(operations, name)
    return [(check.call(operation), check.options) for check in TABLE.get(name, [Check()])]


def with_options(signature, *options):
    return Check({"signature": signature, "options": list(options)})


def some_of(*numbers):
    """A domain of a few numbers, by which there is a gradient all the same."""
    return lambda rng, shape: rng.choice(numbers, shape)


def of_any_labels(logistic_loss):
    """The loss without the check that labels are -1 or 1: to differentiate by them."""

    class continued(logistic_loss):
        def forward(self, A, y):
            s = -A * y
            return np.maximum(s, 0) + np.log1p(np.exp(-np.absolute(s)))

    return continued


TABLE: dict[str, list[Check]] = {
    "astype": [with_options(None, {"dtype": "float64"})],
    "binary_cross_entropy": [
        Check({"domain": (0, 1)}),
        # With the bounds, where a logarithm is held at -100.
        Check(
            {
                "domain": [some_of(0.0, 1e-50, 0.25, 1.0), some_of(0.0, 0.5, 1.0)],
                "order": 1,
                "cases": 16,
            }
        ),
    ],
    "bitwise_and": [Check({"domain": [integers(-3, 4), integers(-3, 4)]})],
    "bitwise_or": [Check({"domain": [integers(-3, 4), integers(-3, 4)]})],
    "broadcast_to": [
        Check({}, lambda f: lambda X: f(X, (2, *X.shape))),
        Check({}, lambda f: lambda X: f(X, tuple(3 if n == 1 else n for n in X.shape))),
    ],
    "clip": [
        with_options(None, {}, {"a_min": -1.0, "a_max": 2.0}, {"a_min": 0.0}, {"max": 0.5}),
        Check(
            {
                "signature": "(n,2)->(n,2)",
                "options": {"a_min": [0.0, 2.0], "a_max": 1.0},
                "dtypes": [np.float64],
            }
        ),
    ],
    "concatenate": [
        Check({"signature": "(p),(q)->(r)"}, lambda f: lambda X, Y: f([X, Y])),
        Check({"signature": "(n,p),(n,q)->(n,r)"}, lambda f: lambda X, Y: f([X, Y], axis=-1)),
        Check({"signature": "(p,n),(q,n),(r,n)->(s,n)"}, lambda f: lambda *X: f(X, axis=0)),
        Check({"signature": "(n,p),(q)->(r)"}, lambda f: lambda X, Y: f([X, Y], axis=None)),
    ],
    # Also where e ** X overflows, in second derivatives too.
    "elu": [Check(), Check({"domain": [some_of(-800.0, -1.0, 0.5, 800.0)]})],
    "expand_dims": [with_options(None, {"axis": 0}, {"axis": -1}, {"axis": (0, -1)}, {"axis": 1})],
    "index": [
        with_options(None, {"key": ...}, {"key": (..., None)}, {"key": ()}),
        with_options("(n)->(m)", {"key": slice(None, None, -1)}, {"key": np.array([0, -1, 0])}),
        with_options("(n,p)->(m)", {"key": 0}, {"key": (slice(None), [1, 1])}, {"key": (0, -1)}),
        Check(
            {"signature": "(n,p),(k)->(k,p)", "domain": [None, integers(0, "n")]},
            lambda f: lambda X, i: f(X, i),
        ),
    ],
    "invert": [Check({"domain": [integers(-3, 4)]})],
    "log_softmax": [with_options(None, {}, {"axis": 0}, {"axis": None}, {"axis": (0, -1)})],
    "logistic_loss": [Check({"domain": [None, {-1, 1}]}), Check({}, of_any_labels)],
    "lower_power": [
        Check({"domain": [(0, None), None]}, lambda f: lambda X, Y: f(X, Y, 1)),
        *[
            Check({}, lambda f, Y=Y, n=n: lambda X: f(X, Y, n))
            for Y, n in ((2.0, 1), (3.0, 1), (3.0, 2), (-1.0, 2))
        ],
    ],
    "masked": [Check({"domain": [None, {False, True}]})],
    "matmul": [
        Check({"signature": "(p),(p)->()"}),
        Check({"signature": "(b,p),(p)->(b)"}),
        Check({"signature": "(p),(p,u)->(u)"}),
        Check({"signature": "(b,p),(p,u)->(b,u)"}),
        Check({"signature": "(s,b,p),(p,u)->(s,b,u)"}),
        Check({"signature": "(b,p),(s,p,u)->(s,b,u)"}),
        Check({"signature": "(s,b,p),(p)->(s,b)"}),
        Check({"signature": "(p),(s,p,u)->(s,u)"}),
    ],
    "mm": [Check({"signature": "(b,p),(p,u)->(b,u)"})],
    "power": [
        Check({"domain": [(0, None), None]}),
        Check({"domain": [some_of(0.0, 0.5, 2.0), (0.5, 4.0)], "order": 1}),
        *[Check({}, lambda f, n=n: lambda X: f(X, n)) for n in (-2.0, -1.0, 1.0, 2.0, 3.0)],
        # Its second derivative is nan where |X| < 1e-154, because X ** -2 overflows.
        Check({"order": 1}, lambda f: lambda X: f(X, 0.0)),
    ],
    "reshape": [with_options(None, {"shape": -1}, {"shape": (1, -1)}, {"shape": (-1, 1)})],
    "scatter": [
        Check({"signature": "(n)->(m)"}, lambda f: lambda X: f(X, slice(1, None), (len(X) + 1,))),
        Check(
            {"signature": "(k),(k)->(m)", "domain": [None, integers(-3, 3)]},
            lambda f: lambda X, i: f(X, i, (3,)),
        ),
    ],
    "softmax": [with_options(None, {}, {"axis": 0}, {"axis": None}, {"axis": (0, -1)})],
    "softmax_error": [
        Check({"signature": "(b,K),(b)->(b,K)", "domain": [None, integers(0, "K")]}),
    ],
    "softmax_loss": [Check({"signature": "(b,K),(b)->(b)", "domain": [None, integers(0, "K")]})],
    "stack": [
        Check({}, lambda f: lambda X, Y: f([X, Y])),
        Check({}, lambda f: lambda X, Y: f([X, Y], axis=-1)),
    ],
    "swapaxes": [
        with_options("(n,p)->(p,n)", {"axis1": 0, "axis2": 1}, {"axis1": -1, "axis2": 0}),
        with_options("(n,p,q)->(q,p,n)", {"axis1": 0, "axis2": 2}, {"axis1": -1, "axis2": -2}),
    ],
    "take": [
        Check({"signature": "(n),(k)->(k)", "domain": [None, integers(0, "n")]}),
        Check({"signature": "(2,3),(k)->(k)", "domain": [None, integers(-6, 6)]}),
        Check(
            {
                "signature": "(n,p),(k)->(k,p)",
                "domain": [None, integers(0, "n")],
                "options": {"axis": 0},
            }
        ),
        Check(
            {
                "signature": "(n,3),(j,k)->(n,j,k)",
                "domain": [None, integers(-3, 3)],
                "options": {"axis": -1},
            }
        ),
    ],
    "transpose": [
        Check(),
        with_options("(n,p)->(p,n)", {"axes": (1, 0)}, {"axes": (-2, -1)}),
        with_options("(n,p,q)->(q,n,p)", {"axes": (2, 0, 1)}, {"axes": (1, -1, 0)}),
    ],
    "where": [Check({"domain": [{0, 1}, None, None]})],
}
