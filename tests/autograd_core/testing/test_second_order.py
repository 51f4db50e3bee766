"""Second derivatives: no alarm where parts cancel or where the next derivative is infinite."""

from functools import partial

import numpy as np
import pytest

import autograd_core as ag
from autograd_core import Operation
from autograd_core.testing import check_operation, gradcheck
from autograd_core.testing.numeric import precision
from autograd_core.testing.points import Point
from autograd_core.testing.rounding import own_rounding
from autograd_core.testing.second_order import derivatives, second_order
from autograd_core.testing.subjects import Built, bind, quiet


def powers(rng, shape):
    """Numbers that are 0 or more, many of them 0."""
    return rng.choice([0.0, 0.0, 0.5, 1.0, 2.0], shape)


def power_of(exponent):
    class power(Operation):
        def forward(self, X):
            return X**exponent

        def gradient(self, dA, A, X):
            return dA * exponent * X ** (exponent - 1)

    return power


@pytest.mark.parametrize("domain", [[powers], None], ids=["with 0", "found"])
@pytest.mark.parametrize("exponent", [2.05, 2.2, 2.6, 2.95, 3.5])
def test_at_the_edge_of_a_domain(exponent, domain):
    assert check_operation(power_of(exponent), domain=domain).ok


def test_a_wrong_second_derivative_at_the_edge_of_a_domain_is_found():
    class of_constants(power_of(2.6)):
        def gradient(self, dA, A, X):
            return dA * 2.6 * np.asarray(X) ** 1.6

    report = check_operation(of_constants, domain=[powers], raises=False)
    assert report.faults[0].kind == "second order"


CANCELLING = {
    "1": lambda x: ag.sin(x) ** 2.0 + ag.cos(x) ** 2.0,
    "3e12": lambda x: (x + 1e4) ** 3.0 - x**3.0 - 3e4 * x * x - 3e8 * x,
    "1 of 100": lambda x: (100 * x + 1) ** 2.0 - 10000 * x * x - 200 * x,
    "softmax": lambda x: ag.sum(ag.softmax(x)),
    "x / |x|": lambda x: x / ag.sqrt(x * x),
}


def broken(f, seed):
    """What is wrong in the second order at a point of ordinary numbers."""
    rng = np.random.default_rng(seed)
    x = (rng.normal(size=2),)
    subject = bind(f, {}, x)
    point = Point(subject, x, precision(subject, x), (0,))
    upstream = rng.choice([-1.0, 1.0, 0.5, 1.75], subject.forward(x).shape)
    return list(second_order(point, upstream, rng, ordinary=True))


@pytest.mark.parametrize("name", CANCELLING)
def test_where_all_parts_cancel_their_rounding_is_no_fault(name):
    with quiet():
        assert not [seed for seed in range(150) if broken(CANCELLING[name], seed)]


def detached(f, x):
    """f with a constant in place of one of two factors of its gradient."""

    class factor(Operation):
        def forward(self, X):
            return X * X

        def gradient(self, dA, A, X):
            return dA * X + dA * np.asarray(X)

    return f(x) + factor(x)


@pytest.mark.parametrize("name", ["1", "1 of 100"])
def test_a_fault_beside_what_cancels_is_found(name):
    x = np.array([0.5, -1.25])
    report = gradcheck(partial(detached, CANCELLING[name]), x, order=2, raises=False)
    assert [fault.kind for fault in report.faults] == ["second order"]


def test_the_derivatives_of_a_graph_are_taken_where_they_are_asked_for():
    """Else rounding of the inputs would show no effect on them."""
    x = ag.InitialNode([2.0])
    subject = Built(x**3, [x])
    at = (np.array([3.0]),)
    point = Point(subject, at, precision(subject, at), (0,))
    gradients, by_inputs, by_upstream = derivatives(point, np.ones(1), (0,), [np.ones(1)])
    assert (gradients[0], by_inputs[0], by_upstream) == ([27.0], [18.0], [27.0])
    assert x.value == [2.0]


def test_rounding_is_measured_by_a_smaller_type():
    rng = np.random.default_rng(0)
    big, x, u = 1e6, (np.array([0.3, 0.7]),), np.ones(2)
    eps = float(np.finfo(float).eps)

    def cancelled(inputs, u):
        return (big * inputs[0] + 1 / 3) - big * inputs[0] - 1 / 3

    found = own_rounding(cancelled, x, u, rng)
    assert (0.05 * big * eps < found * eps).all()
    assert (found * eps < 2 * big * eps).all()
    assert not own_rounding(lambda inputs, u: 2 * inputs[0], x, u, rng).any()
    assert not own_rounding(lambda inputs, u: inputs[0], x, u.astype(np.float16), rng).any()


@pytest.mark.parametrize("y", [9e-161, 1e-155, 1e-120])
def test_a_second_derivative_beyond_the_largest_float_is_infinite_rightly(y):
    """2 x / y ** 3 and 1 / y ** 2, which the numeric side can hold in a longer type."""
    upstream = np.array([1.0])
    assert gradcheck(ag.divide, [np.array([1.0]), np.array([y])], upstream=upstream, order=2).ok


class inverse_determinant(Operation):
    """Of 2 by 2."""

    def forward(self, X):
        return 1 / (X[0, 0] * X[1, 1] - X[0, 1] * X[1, 0])

    def gradient(self, dA, A, X):
        det = X[0, 0] * X[1, 1] - X[0, 1] * X[1, 0]
        rows = np.stack([X[1, 1], -X[1, 0]]), np.stack([-X[0, 1], X[0, 0]])
        return -dA * np.stack(rows) / np.square(det)


@pytest.mark.parametrize("distance", [1e-6, 1e-7, 1e-8])
def test_large_entries_of_a_second_derivative_that_cancel(distance):
    """Along some directions entries of 4e20 cancel to 1e13, in which no digit is right."""
    X = np.array([[2.2, 2.2], [2.2, 2.2 + distance]])
    for seed in range(15, 25):
        assert gradcheck(inverse_determinant, [X], order=2, seed=seed, raises=False).ok
