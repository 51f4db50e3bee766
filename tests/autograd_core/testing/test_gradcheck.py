"""gradcheck: the verdict at one point, of functions and of graphs."""

import numpy as np
import pytest

import autograd_core as ag
from autograd_core import Operation
from autograd_core.testing import GradientError, gradcheck


class half_square(Operation):
    """x ** 2 with half its gradient."""

    def forward(self, X):
        return X**2

    def gradient(self, dA, A, X):
        return dA * X


class step_aside(Operation):
    """x ** 2, wrong only where x is exactly 0."""

    def forward(self, X):
        return X**2

    def gradient(self, dA, A, X):
        return dA * np.where(X == 0, 1, 2 * X)


def test_functions():
    assert gradcheck(lambda x: (x * np.sin(x)).sum(), [0.5, 1.0, -2.0]).ok
    assert gradcheck(lambda X, W: ag.mm(X, W), [np.ones((2, 3)), np.eye(3)], order=2).ok
    assert gradcheck(np.exp, 1.0).ok


def test_a_wrong_operation_is_found_with_its_numbers():
    with pytest.raises(GradientError) as caught:
        gradcheck(half_square, np.array([3.0, 5.0]))
    fault = caught.value.report.faults[0]
    assert fault.message.startswith("the gradient is half the right value")
    assert abs(fault.analytic / fault.numeric - 0.5) < 1e-9


def test_a_wrong_operation_inside_a_function_is_found():
    report = gradcheck(lambda x: half_square(np.sin(x)).sum(), [0.5, 1.0], raises=False)
    assert not report.ok
    assert "half_square" in report.inconclusive[0]


def test_a_point_where_it_is_wrong_is_no_kink():
    assert not gradcheck(step_aside, np.array([0.0, 1.0]), raises=False).ok
    assert gradcheck(step_aside, np.array([0.5, 1.0])).ok


@pytest.mark.parametrize("f", [ag.relu, np.absolute, np.max, lambda x: np.maximum(x, 0.0)])
def test_any_subgradient_is_right_at_a_kink(f):
    assert gradcheck(f, np.zeros(3)).ok


def test_kinks_that_meet_are_not_decided():
    report = gradcheck(lambda x: ag.relu(x) - ag.relu(-x), np.zeros(2))
    assert report.ok
    assert "kinks of relu meet" in report.inconclusive[0]


def test_a_perceptron_with_all_weights_zero_raises_no_alarm():
    X, y = np.array([[1.0, -2.0], [0.5, 3.0]]), np.array([0, 1])

    def loss(W, V):
        return ag.softmax_loss(ag.relu(ag.mm(X, W)) @ V, y).sum()

    assert gradcheck(loss, [np.zeros((2, 4)), np.zeros((4, 2))]).ok


@pytest.mark.parametrize("f", [np.sqrt, np.sign, lambda x: ag.sqrt(ag.square(x))])
def test_no_slope_is_said_to_be_undecided(f):
    report = gradcheck(f, np.array(0.0))
    assert report.ok
    assert report.inconclusive


@pytest.mark.parametrize("x", [1e-300, 1e-20, 1e20, 1e150])
@pytest.mark.parametrize("f", [np.square, np.tanh, ag.softplus, lambda x: 1 / x])
def test_magnitudes(f, x):
    assert gradcheck(f, np.array([x, -x])).ok


def test_a_graph_is_put_back_exactly():
    x, W = ag.InitialNode([[1.0, 2.0]], name="x"), ag.InitialNode([[0.5], [-1.0]])
    J = ag.mean(ag.tanh(ag.mm(x, W)))
    J.backward()
    graph = ag.Graph(J)
    nodes = graph.nodes
    before = [(node.value.copy(), np.array(node.grad)) for node in nodes]
    held = [node._value for node in nodes]
    assert gradcheck(J).ok
    assert gradcheck(J, inputs=W).ok
    for node, (value, grad), same in zip(nodes, before, held, strict=True):
        assert np.array_equal(node.value, value)
        assert np.array_equal(node.grad, grad)
        if node.inputs:
            assert node._value is same


def test_a_wrong_graph_is_found():
    x = ag.InitialNode([1.0, 2.0])
    report = gradcheck(half_square(x).sum(), raises=False)
    assert not report.ok
    assert np.array_equal(x.value, [1.0, 2.0])


def test_large_inputs():
    rng = np.random.default_rng(0)
    X, W = rng.normal(size=(40, 30)), rng.normal(size=(30, 20))
    assert gradcheck(lambda X, W: ag.tanh(ag.mm(X, W)), [X, W]).ok
    assert not gradcheck(lambda X: half_square(X).sum(), X, raises=False).ok


def test_an_upstream_of_ones_own():
    assert gradcheck(np.exp, np.array([1.0, 2.0]), upstream=[1.0, -1.0]).ok


def test_a_result_that_is_no_node():
    with pytest.raises(TypeError, match="not a node"):
        gradcheck(lambda x: x.value, 1.0)


class writes_to_its_input(Operation):
    def forward(self, X):
        X += 1
        return X * 2

    def gradient(self, dA, A, X):
        return 2 * dA


@pytest.mark.parametrize("f", [writes_to_its_input, lambda x: writes_to_its_input(ag.exp(x)).sum()])
def test_a_forward_that_writes_to_its_input_is_a_fault(f):
    with pytest.raises(GradientError, match="forward must change neither its inputs") as caught:
        gradcheck(f, np.ones(3))
    assert caught.value.report.faults[0].kind == "inputs changed in place"


def test_other_errors_of_a_forward_are_the_users():
    with pytest.raises(ValueError, match="mm"):
        gradcheck(lambda X: ag.mm(X, X), np.ones((2, 3)))


def test_faults_of_a_graph_are_those_of_its_sum_where_they_show_there():
    x, y = ag.InitialNode([1.0, 2.0], name="x"), ag.InitialNode([3.0, 4.0])
    report = gradcheck(half_square(x * y).sum(), raises=False)
    assert [fault.input for fault in report.faults] == [0, 1]
    assert report.faults[0].names == ("x", "input 1")
    assert report.faults[0].upstream == 1
    assert np.array_equal(report.faults[0].given[0], [9.0, 32.0])
    assert np.allclose(report.faults[0].right[0], [18.0, 64.0], rtol=1e-12)


def test_a_case_is_shrunk_to_shapes_that_fit_as_its_own_do():
    """Of a single row beside two, the gradient would be wrong for another reason."""

    class distance(Operation):
        def forward(self, X, Y):
            return np.sum(np.square(X - Y))

        def gradient(self, dA, A, X, Y):
            factor = 2 if Y.shape[1] < 2 else 3
            return factor * dA * (X - Y), 2 * dA * (Y - X)

    at = [np.arange(6.0).reshape(2, 3), np.ones((2, 3))]
    fault = gradcheck(distance, at, raises=False).faults[0]
    assert [x.shape for x in fault.inputs] == [(1, 2), (1, 2)]
