"""Which operation made the first NaN or infinity."""

import numpy as np

import autograd_core as ag


def test_all_finite():
    x = ag.InitialNode([1.0, 2.0])
    assert ag.find_nonfinite(ag.sum(ag.log(x))) is None
    assert ag.find_nonfinite(ag.InitialNode(3)) is None
    assert x.grad is None


def test_forward():
    with np.errstate(all="ignore"):
        x = ag.InitialNode([[1.0, -2.0, 0.5]], name="scores")
        a = ag.log(x)
        J = ag.mean(np.exp(a) * 2.0)
    found = ag.find_nonfinite(J)
    assert found.node is a
    assert (found.phase, found.position) == ("forward", None)
    assert str(found) == (
        "forward: log (1, 3) float64 has 1 of 3 entries not finite\n"
        "  first: nan at [0, 1]\n"
        "  input 0: InitialNode 'scores' (1, 3) float64, from -2 to 1"
    )


def test_an_initial_node_that_holds_it():
    x = ag.InitialNode([1.0, np.inf], name="x")
    found = ag.find_nonfinite(ag.sum(2.0 * x))
    assert found.node is x
    assert "InitialNode 'x' (2,) float64 has 1 of 2 entries not finite" in found.report


def test_backward():
    x = ag.InitialNode([4.0, 0.0], name="x")
    a = ag.sqrt(x)
    found = ag.find_nonfinite(ag.sum(a * 3.0))
    assert found.node is a
    assert (found.phase, found.position) == ("backward", 0)
    assert "upstream: (2,), from 3 to 3" in str(found)
    assert "input 0: InitialNode 'x' (2,) float64, from 0 to 4" in str(found)
    assert x.grad is None


def test_a_sum_of_finite_contributions_that_overflows():
    x = ag.InitialNode([0.0])
    h = x * 1.0
    J = h * 1.7e308 + h * 1.7e308
    found = ag.find_nonfinite(J)
    assert (found.phase, found.node) == ("backward", J.inputs[0])
    assert "first: inf at [0]" in found.report
