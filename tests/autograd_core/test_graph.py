"""Order, depth, width and sharing."""

import numpy as np
import pytest

import autograd_core as ag
from autograd_core.events import Computed, Contribution


def test_nodes_come_after_their_inputs_and_once():
    x, w = ag.InitialNode(2.0), ag.InitialNode(3.0)
    a = x * w
    J = a * a + a * x
    nodes = ag.Graph(J).nodes
    assert len(nodes) == len(set(nodes)) == 6
    for node in nodes:
        for x in node.inputs:
            assert nodes.index(x) < nodes.index(node)


def test_constants_are_nodes_when_they_are_asked_for():
    x = ag.InitialNode([1.0, 2.0])
    J = 3 * x * np.array([5.0, 7.0])
    graph = ag.Graph(J)
    three, constant = J.inputs[0].inputs[0], J.inputs[1]
    assert three is J.inputs[0].inputs[0]
    assert constant is J.inputs[1]
    assert three.item() == 3
    assert not three.requires_grad
    assert {three, constant} <= set(graph.nodes)
    three.value = 4.0
    constant.value[0] = 6.0
    assert graph.forward().tolist() == [24, 56]
    three.requires_grad = True
    graph.backward()
    assert x.grad.tolist() == [24, 28]
    assert three.grad == 6 * 1 + 7 * 2


def test_a_chain_of_a_million_operations():
    n = 1_000_000
    x = y = ag.InitialNode(0.5)
    for _ in range(n):
        y = y + x
    y.backward()
    assert x.grad == n + 1
    x.zero_grad()
    graph = ag.Graph(y)
    x.value = 1.0
    assert graph.forward() == n + 1
    del y, graph


def counted(build):
    """How many contributions the backward pass of `build()` makes: one for each edge."""
    count = 0

    def on_event(event):
        nonlocal count
        count += 1

    output, x = build()
    ag.Graph(output).backward(on_event=on_event)
    return count, x.grad


def test_diamonds_stacked_a_thousand_deep_take_one_visit_an_edge():
    def build():
        x = y = ag.InitialNode(1.0)
        for _ in range(1000):
            y = y * 0.5 + y * 0.5
        return y, x

    count, gradient = counted(build)
    assert count == 4 * 1000  # a recursion over paths would take 2 ** 1000
    assert gradient == 1.0


def test_ten_thousand_consumers_of_one_node_take_one_visit_an_edge():
    def build():
        x = ag.InitialNode(1.0)
        h = x * 1.0
        return ag.sum(ag.stack([h * float(k) for k in range(10_000)])), x

    count, gradient = counted(build)
    assert count == 1 + 1 + 10_000 + 10_000
    assert gradient == sum(range(10_000))


def test_an_operation_with_ten_thousand_inputs():
    xs = [ag.InitialNode(float(k)) for k in range(10_000)]
    J = ag.sum(ag.square(ag.stack(xs)))
    J.backward()
    assert [x.grad.item() for x in xs] == [2.0 * k for k in range(10_000)]


def test_events_tell_what_the_engine_did():
    x = ag.InitialNode(3.0, name="x")
    a = x * x
    J = a + x
    graph = ag.Graph(J)
    events = []
    graph.forward(on_event=events.append)
    assert events == [Computed(a), Computed(J)]
    events.clear()
    graph.backward(on_event=events.append)
    assert [(e.node, e.position, e.gradient.item(), e.total.item()) for e in events] == [
        (J, 0, 1.0, 1.0),
        (J, 1, 1.0, 1.0),
        (a, 0, 3.0, 4.0),
        (a, 1, 3.0, 7.0),
    ]
    assert all(isinstance(e, Contribution) for e in events)


def test_only_nodes_on_the_way_to_a_wanted_one_are_visited():
    x, y = ag.InitialNode(2.0), ag.InitialNode(3.0)
    a, b = x * x, y * y
    J = a * b
    visited = []
    gradients = ag.Graph(J).gradients(
        np.ones(()), [x], on_event=lambda event: visited.append(event.node)
    )
    assert b not in visited
    assert gradients[x] == 36.0
    assert x.grad is None


def test_a_gradient_function_is_called_only_where_it_is_needed():
    called = []

    class product(ag.Operation):
        def forward(self, x, y):
            return x * y

        def gradient(self, dA, A, x, y):
            def dx():
                called.append("x")
                return dA * y

            def dy():
                called.append("y")
                return dA * x

            return dx, dy

    x, y = ag.InitialNode(2.0, requires_grad=False), ag.InitialNode(3.0)
    product(x, y).backward()
    assert called == ["y"]


def test_a_gradient_that_gives_an_array_where_a_node_was_due_gives_a_constant():
    class plus_one(ag.Operation):
        def forward(self, x):
            return x + 1

        def gradient(self, dA, A, x):
            return np.ones(x.shape)

    x = ag.InitialNode([1.0, 2.0])
    seen = []
    graph = ag.Graph(ag.sum(plus_one(ag.square(x))))
    graph.backward(create_graph=True, on_event=seen.append)
    assert all(isinstance(event.gradient, ag.Node) for event in seen)
    assert isinstance(x.grad, ag.Node)
    np.testing.assert_array_equal(x.grad.value, [2.0, 4.0])


def test_an_error_in_a_gradient_leaves_every_grad_as_it_was():
    class broken(ag.Operation):
        def forward(self, x):
            return x * 1.0

        def gradient(self, dA, A, x):
            raise ZeroDivisionError

    x = ag.InitialNode(2.0)
    (x * x).backward()
    y = x * x
    J = broken(y) + x
    with pytest.raises(ZeroDivisionError):
        J.backward()
    assert x.grad == 4.0
    assert y.grad is None


def test_a_graph_runs_again_with_batches_of_another_size():
    X = ag.InitialNode(np.ones((4, 2)), requires_grad=False)
    W = ag.InitialNode([[1.0], [2.0]])
    graph = ag.Graph(ag.mean(ag.square(X @ W)))
    for b in (4, 1, 7):
        X.value = np.arange(2.0 * b).reshape(b, 2)
        graph.forward()
        W.zero_grad()
        graph.backward()
        expected = 2 * X.value.T @ (X.value @ W.value) / b
        np.testing.assert_allclose(W.grad, expected, rtol=1e-14)


class TestRunningAgainWithOtherShapes:
    """What depends on a shape is computed anew, not remembered."""

    @pytest.mark.parametrize(
        "f",
        [
            lambda X: np.var(X, axis=0, ddof=1),
            lambda X: np.mean(X, axis=0),
            lambda X: np.expand_dims(X, 1),
            lambda X: np.swapaxes(X, 0, 1),
            lambda X: np.squeeze(np.expand_dims(X, 0)),
            lambda X: np.ravel(X),
            lambda X: np.max(X, axis=1),
            lambda X: ag.softmax(X),
            lambda X: np.take(X, [1, 0], axis=1),
            lambda X: X[:, ::-1],
        ],
    )
    def test_it_is_the_same_as_a_new_graph(self, f):
        rng = np.random.default_rng(0)
        X = ag.InitialNode(rng.standard_normal((4, 3)))
        graph = ag.Graph(f(X) * 2.0)
        for shape in ((8, 3), (2, 3)):
            X.value = rng.standard_normal(shape)
            X.grad = None
            graph.forward()
            graph.backward()
            fresh = ag.InitialNode(X.value)
            output = f(fresh) * 2.0
            output.backward()
            np.testing.assert_array_equal(graph.output.value, output.value)
            np.testing.assert_array_equal(X.grad, fresh.grad)


def test_nothing_is_computed_again_where_nothing_has_changed():
    calls = []

    class noted(ag.Operation):
        def forward(self, x):
            calls.append(x)
            return x * 2.0

        def gradient(self, dA, A, x):
            return 2.0 * dA

    x, y = ag.InitialNode(1.0), ag.InitialNode(1.0)
    h = noted(x)
    J, K = h * y, h * 3.0
    ag.Graph(K).forward()
    y.value = 5.0
    assert ag.Graph(J).forward() == 10.0
    assert len(calls) == 1
    x.value = -1.0
    ag.Graph(K).forward()
    with pytest.raises(RuntimeError, match=r"noted .* has changed since multiply"):
        J.backward()  # also if the value had happened to be the same
    assert ag.Graph(J).forward() == -10.0
    assert len(calls) == 2


def test_reading_a_value_does_not_count_as_a_change():
    x = ag.InitialNode([1.0, 2.0])
    h = x * x
    J, K = h * 3.0, h * 5.0
    assert x.value[0] == 1.0
    ag.Graph(K).forward()
    J.backward()
    np.testing.assert_array_equal(x.grad, [6.0, 12.0])
