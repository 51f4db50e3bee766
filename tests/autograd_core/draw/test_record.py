"""What is recorded of a forward and a backward pass, and that nothing is left changed."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

import autograd_core as ag
from autograd_core.draw.record import SAMPLE, recorded


def shared():
    """sqrt(x^2 + exp(x^2)): a is used by b and by c."""
    x = ag.InitialNode(1.5, name="x")
    a = x**2
    b = ag.exp(a)
    c = a + b
    return x, a, b, c, ag.sqrt(c)


def test_steps_come_in_the_order_of_the_engine():
    _, a, b, c, d = shared()
    with recorded(d) as record:
        assert record.computed == [a, b, c, d]
        assert [pull.node for pull in record.pulls] == [d, c, b, a]
        assert record.nodes == ag.Graph(d).nodes


def test_contributions_add_up_where_a_node_has_several_consumers():
    x, a, *_, d = shared()
    with recorded(d) as record:
        terms = [term for pull in record.pulls for term in pull.terms if term.input is a]
        first, second = terms
        assert first.before is None
        assert not first.last
        assert second.before == first.total == first.gradient
        assert second.total == first.gradient + second.gradient == record.gradients[a]
        assert second.last
        assert sum(term.input is x for pull in record.pulls for term in pull.terms) == 1


def test_a_node_that_is_used_twice_by_one_operation_has_two_terms():
    x = ag.InitialNode(3.0)
    with recorded(x * x) as record:
        (pull,) = record.pulls
        assert len(pull.terms) == 2
        assert [term.total.item() for term in pull.terms] == [3.0, 6.0]
        assert [term.last for term in pull.terms] == [False, True]


@given(st.integers(0, 2**32 - 1))
def test_gradients_are_those_of_backward(seed):
    rng = np.random.default_rng(seed)
    X = ag.InitialNode(rng.normal(size=(3, 2)), requires_grad=False)
    W, v = ag.InitialNode(rng.normal(size=(2, 2))), ag.InitialNode(rng.normal(size=(2, 1)))
    J = ag.mean(ag.tanh(ag.mm(X, W) + W[0]) @ v)
    with recorded(J) as record:
        gradients = {x: np.array(record.gradients[x]) for x in (W, v)}
        estimates = {x: record.estimates[x] for x in (W, v)}
        assert X not in record.estimates
    J.backward()
    for x in (W, v):
        assert np.array_equal(x.grad, gradients[x])
        assert estimates[x].difference < 1e-7
        assert np.allclose(estimates[x].estimates, x.grad.reshape(-1), rtol=1e-6, atol=1e-9)


def test_values_and_gradients_are_left_as_they_were():
    x, a, b, c, d = shared()
    d.backward()
    d.backward()
    before = [(node.value.copy(), node.grad.copy()) for node in (x, a, b, c, d)]
    with recorded(d) as record:
        assert x.grad == record.gradients[x] == before[0][1] / 2
    for node, (value, grad) in zip((x, a, b, c, d), before, strict=True):
        assert node.value == value
        assert node.grad == grad


def test_it_runs_on_the_present_values_and_puts_the_old_ones_back():
    x = ag.InitialNode(2.0)
    J = ag.square(x)
    x.value = 5.0
    with recorded(J) as record:
        assert J.value == 25.0
        assert record.gradients[x] == 10.0
    assert (x.value, J.value, x.grad) == (5.0, 4.0, None)


def test_an_error_on_the_way_leaves_everything_as_it_was():
    x = ag.InitialNode(2.0)
    J = ag.square(x)
    J.backward()
    with pytest.raises(ZeroDivisionError), recorded(J):
        raise ZeroDivisionError
    assert (J.value, x.grad) == (4.0, 4.0)


def test_of_large_gradients_some_entries_are_estimated():
    W = ag.InitialNode(np.linspace(-1, 1, 600).reshape(20, 30))
    with recorded(ag.sum(ag.sin(W))) as record:
        estimate = record.estimates[W]
        assert len(estimate.entries) == len(estimate.estimates) == SAMPLE
        expected = [np.cos(W.value)[entry] for entry in estimate.entries]
        assert np.allclose(estimate.estimates, expected, rtol=1e-8)
        assert np.allclose(estimate.gradients, expected)


def test_a_rule_that_is_not_what_ran_is_not_told():
    class pretends(ag.Operation):
        def forward(self, x):
            return x * x

        def gradient(self, dA, A, x):
            return 2 * dA * x if isinstance(x, ag.Node) else 3 * dA * x

    x = ag.InitialNode(1.5)
    for output, derived in ((pretends(x), False), (x * x, True)):
        with recorded(output) as record:
            assert record.pulls[0].terms[0].rule.derived is derived


def test_a_gradient_that_gives_nothing_on_nodes_is_still_recorded():
    class half_made(ag.Operation):
        def forward(self, x):
            return 2 * x

        def gradient(self, dA, A, x):
            return None if isinstance(x, ag.Node) else 2 * dA

    with recorded(half_made(ag.InitialNode(1.5))) as record:
        (term,) = record.pulls[0].terms
        assert (term.gradient, term.rule.derived) == (2.0, False)


@pytest.mark.parametrize(("dtype", "bound"), [(np.float64, 1e-8), (np.float32, 1e-2)])
def test_estimates_are_good_in_both_precisions(dtype, bound):
    x = ag.InitialNode([0.3, -1.2], dtype=dtype)
    with recorded(ag.sum(ag.exp(x) * x)) as record:
        assert record.estimates[x].difference < bound


def test_an_operation_that_refuses_neighbours_has_no_estimate_and_says_why():
    P = ag.InitialNode([0.0, 0.5])
    with recorded(ag.sum(ag.binary_cross_entropy(P, np.array([0.0, 1.0])))) as record:
        assert "from 0 to 1" in record.estimates[P].error
    assert P.value[0] == 0.0


def test_without_a_gradient_there_is_only_a_forward_pass():
    x = ag.InitialNode([1, 2])
    with recorded(ag.sum(x)) as record:
        assert len(record.computed) == 1
        assert not record.pulls
        assert not record.gradients


def test_an_initial_node_alone_has_the_gradient_1():
    x = ag.InitialNode(2.0)
    with recorded(x) as record:
        assert record.gradients == {x: 1.0}
        assert record.estimates[x].estimates == pytest.approx([1.0])


def test_nan_and_infinity_are_recorded_without_a_warning():
    x = ag.InitialNode([-1.0, 0.0])
    with np.errstate(all="ignore"):
        J = ag.sum(ag.log(x))
    with recorded(J) as record:
        assert np.isinf(record.gradients[x]).any()
        assert np.isnan(record.estimates[x].estimates).any()
