"""What `value`, `grad` and `backward` promise."""

import copy
import gc
import weakref

import numpy as np
import pytest

import autograd_core as ag


def test_the_lectures_network():
    X = ag.InitialNode([[1.0, 2.0], [-1.0, 3.0]], name="X")
    W = ag.InitialNode([[4.0, -3.0], [1.0, 1.0]], name="W")
    J = ag.sum(ag.relu(ag.mm(X, W)))
    assert J.value == 12.0
    J.backward()
    np.testing.assert_array_equal(W.grad, [[1.0, -1.0], [2.0, 3.0]])


def test_gradients_add_up_in_initial_nodes_and_start_afresh_in_derived_ones():
    x = ag.InitialNode(3.0)
    h = x * x
    J = h * 2.0
    for k in (1, 2, 3):
        J.backward()
        assert x.grad == 12.0 * k
        assert h.grad == 2.0
        assert J.grad == 1.0
    x.zero_grad()
    assert x.grad is None
    J.backward()
    assert x.grad == 12.0


def test_gradients_of_two_outputs_add_up():
    x = ag.InitialNode([1.0, 2.0])
    ag.sum(x * x).backward()
    ag.sum(3 * x).backward()
    np.testing.assert_array_equal(x.grad, [5.0, 7.0])


X = np.array([[1.0, 2.0], [3.0, 5.0]])
ONES = np.ones((2, 2))


@pytest.mark.parametrize(
    ("f", "expected"),
    [
        (lambda x: x * x, 2 * X),
        (lambda x: x + x, 2 * ONES),
        (lambda x: x - x, 0 * ONES),
        (lambda x: ag.mm(x, x), ONES @ X.T + X.T @ ONES),
        (lambda x: ag.concatenate([x, 3.0 * x]), 4 * ONES),
    ],
)
def test_the_same_node_twice(f, expected):
    x = ag.InitialNode(X)
    f(x).backward()
    np.testing.assert_array_equal(x.grad, expected)


def test_backward_from_a_node_that_is_no_scalar_differentiates_its_sum():
    x = ag.InitialNode([1.0, 2.0, 3.0])
    (x * x).backward()
    np.testing.assert_array_equal(x.grad, [2.0, 4.0, 6.0])
    x.zero_grad()
    (x * x).backward(np.array([1.0, 10.0, 100.0]))
    np.testing.assert_array_equal(x.grad, [2.0, 40.0, 600.0])


def test_backward_from_an_initial_node():
    x = ag.InitialNode([1.0, 2.0])
    x.backward()
    np.testing.assert_array_equal(x.grad, [1.0, 1.0])


def test_an_upstream_gradient_is_not_kept_or_changed():
    x = ag.InitialNode([1.0, 2.0])
    u = np.array([3.0, 4.0])
    (x + 1.0).backward(u)
    assert u.flags.writeable
    u[:] = 0
    np.testing.assert_array_equal(x.grad, [3.0, 4.0])


def test_initial_nodes_on_the_way_get_a_gradient_even_if_it_is_zero():
    x, z = ag.InitialNode([1.0, -2.0]), ag.InitialNode([1.0, 1.0])
    ag.sum(ag.sign(x) * z).backward()
    np.testing.assert_array_equal(x.grad, [0.0, 0.0])
    assert ag.InitialNode(1.0).grad is None


def test_integers_and_booleans_take_part_but_get_no_gradient():
    x, k = ag.InitialNode([1.5, 2.5]), ag.InitialNode([2, 3])
    mask = ag.InitialNode([True, False])
    assert (k.requires_grad, mask.requires_grad) == (False, False)
    J = ag.sum(ag.where(mask, x * k, x))
    J.backward()
    np.testing.assert_array_equal(x.grad, [2.0, 1.0])
    assert k.grad is None
    assert mask.grad is None


def test_requires_grad_false_leaves_no_gradient():
    x, c = ag.InitialNode([1.0, 2.0]), ag.InitialNode([3.0, 4.0], requires_grad=False)
    ag.sum(x * c).backward()
    assert c.grad is None
    np.testing.assert_array_equal(x.grad, [3.0, 4.0])
    with pytest.raises(ValueError, match=r"backward\(\) from sum .* no gradient flows"):
        ag.sum(c * c).backward()


class TestMemory:
    def test_the_value_is_copied_in(self):
        a = np.array([1.0, 2.0])
        x = ag.InitialNode(a)
        a[0] = 9.0
        np.testing.assert_array_equal(x.value, [1.0, 2.0])
        x.value = a
        a[0] = 7.0
        assert x.value[0] == 9.0

    def test_gradients_of_initial_nodes_are_the_users_own(self):
        x, y = ag.InitialNode([1.0, 2.0]), ag.InitialNode([3.0, 4.0])
        J = x + y  # hands one array to both
        J.backward()
        assert x.grad.flags.writeable
        assert not np.shares_memory(x.grad, y.grad)
        x.grad[:] = 100.0
        np.testing.assert_array_equal(y.grad, [1.0, 1.0])
        np.testing.assert_array_equal(J.grad, [1.0, 1.0])

    def test_values_and_gradients_of_derived_nodes_are_read_only(self):
        x = ag.InitialNode([[1.0, 2.0]])
        for h in (x * 2.0, x.T, ag.sum(x), x[0], ag.positive(x)):
            h.backward()
            for array in (h.value, h.grad):
                assert isinstance(array, np.ndarray)
                with pytest.raises(ValueError, match="read-only"):
                    array[...] = 0.0
        assert x.value.flags.writeable

    def test_grad_can_be_changed_in_place_replaced_and_forgotten(self):
        x = ag.InitialNode([1.0, 2.0])
        ag.sum(x * x).backward()
        x.grad *= 0.5
        np.testing.assert_array_equal(x.grad, [1.0, 2.0])
        x.grad = [7.0, 8.0]
        np.testing.assert_array_equal(x.grad, [7.0, 8.0])
        with pytest.raises(ValueError, match=r"a grad of shape \(3,\) does not fit"):
            x.grad = np.zeros(3)
        x.grad = None
        assert x.grad is None


class TestChangingValues:
    """A graph keeps the values it was computed from, however an initial node is changed."""

    def replace(x):  # noqa: N805
        x.value = np.array([10.0, 20.0])

    def subtract(x):  # noqa: N805
        x.value -= 5.0

    def assign(x):  # noqa: N805
        x.value[0] = 50.0

    @pytest.mark.parametrize("change", [replace, subtract, assign])
    def test_backward_after_a_change_gives_the_gradient_at_the_old_value(self, change):
        x = ag.InitialNode([1.0, 2.0])
        J = ag.sum(x * x * x)
        change(x)
        J.backward()
        np.testing.assert_array_equal(x.grad, [3.0, 12.0])

    @pytest.mark.parametrize("change", [replace, subtract, assign])
    def test_graph_forward_takes_the_new_value(self, change):
        x = ag.InitialNode([1.0, 2.0])
        J = ag.sum(x * x)
        graph = ag.Graph(J)
        change(x)
        assert graph.forward() == J.value == (x.value**2).sum()
        graph.backward()
        np.testing.assert_array_equal(x.grad, 2 * x.value)

    def test_an_array_read_before_the_graph_was_built_becomes_read_only(self):
        x = ag.InitialNode([1.0, 2.0])
        early, view = x.value, x.value[:1]
        J = ag.sum(x * x)
        with pytest.raises(ValueError, match="read-only"):
            early -= 1.0
        view[:] = 100.0  # a view made in between can be written, but is not x's any more
        J.backward()
        np.testing.assert_array_equal(x.grad, [2.0, 4.0])
        np.testing.assert_array_equal(x.value, [1.0, 2.0])

    def test_higher_derivatives_refuse_a_changed_value(self):
        x = ag.InitialNode(2.0, name="x")
        J = x * x
        assert x.value == 2.0  # reading changes nothing
        J.backward(create_graph=True)
        x.value = 5.0
        with pytest.raises(RuntimeError, match=r"value of InitialNode 'x' .* has changed since"):
            J.backward(create_graph=True)

    def test_running_a_part_of_a_graph_does_not_silently_mix_old_and_new(self):
        x = ag.InitialNode(2.0)
        h = x * x
        J, K = h * x, h * 3.0
        x.value = 5.0
        ag.Graph(K).forward()
        with pytest.raises(RuntimeError, match=r"multiply .* has changed since"):
            J.backward()
        assert x.grad is None
        ag.Graph(J).forward()
        J.backward()
        assert x.grad == 75.0

    def test_a_failed_forward_leaves_the_graph_as_it_was(self):
        x, y = ag.InitialNode([[1.0]]), ag.InitialNode([[2.0]])
        h = x * 2.0
        J = ag.mm(h, y)
        graph = ag.Graph(J)
        x.value = [[1.0, 1.0]]
        with pytest.raises(ValueError, match="mm: X is"):
            graph.forward()
        assert (h.value, J.value) == (2.0, 4.0)
        with pytest.raises(RuntimeError, match=r"InitialNode \(1, 2\) float64 has changed since"):
            J.backward()
        assert y.grad is None
        x.value = [[1.0]]
        J.backward()
        assert y.grad == 2.0

    def test_values_keep_the_dtype_of_the_node(self):
        x = ag.InitialNode(np.float32([1.0, 2.0]))
        x.value = np.array([0.1, 0.2])
        assert x.value.dtype == np.float32
        k = ag.InitialNode([1, 2])
        with pytest.raises(TypeError, match=r"InitialNode \(2,\) int64 can't take .* float64"):
            k.value = [1.5, 2.5]


class TestNoGrad:
    def test_nothing_is_remembered(self):
        x = ag.InitialNode([1.0, 2.0])
        with ag.no_grad():
            y = x * x
            with ag.no_grad():
                pass
            z = ag.exp(x)
        assert y.inputs == z.inputs == ()
        assert not y.requires_grad
        np.testing.assert_array_equal(y.value, [1.0, 4.0])
        assert (x * x).requires_grad

    def test_as_a_decorator_and_after_an_error(self):
        @ag.no_grad()
        def f(x):
            return ag.mm(x, x) if x.ndim == 2 else x * 2.0

        x = ag.InitialNode([1.0, 2.0])
        assert not f(x).requires_grad
        with pytest.raises(ValueError, match="mm"):
            f(ag.InitialNode([[1.0, 2.0]]))
        assert (x * x).requires_grad

    def test_derivatives_work_inside(self):
        with ag.no_grad():
            assert ag.grad(lambda x: x**3)(2.0) == 12.0
            assert ag.grad(ag.grad(lambda x: x**3))(2.0) == 12.0


class TestHigherOrder:
    def test_the_gradient_is_a_graph(self):
        x = ag.InitialNode(2.0)
        (x**4).backward(create_graph=True)
        for expected in (32.0, 48.0, 48.0, 24.0):
            g = x.grad
            assert isinstance(g, ag.Node)
            assert g.value == expected
            x.zero_grad()
            if expected != 48.0 or g.requires_grad:
                g.backward(create_graph=True)
            if expected == 24.0:
                break
        x.zero_grad()

    def test_gradients_with_and_without_graph_add_up(self):
        x = ag.InitialNode(3.0)
        J = x * x
        J.backward(create_graph=True)
        J.backward()
        assert isinstance(x.grad, np.ndarray)
        assert x.grad == 12.0
        J.backward(create_graph=True)
        assert isinstance(x.grad, ag.Node)
        assert x.grad.value == 18.0

    def test_an_upstream_node_can_be_differentiated(self):
        x, u = ag.InitialNode([1.0, 2.0]), ag.InitialNode([3.0, 5.0])
        (x * x).backward(u, create_graph=True)
        ag.sum(x.grad).backward()
        np.testing.assert_array_equal(u.grad, [2.0, 4.0])


def test_no_reference_cycles():
    """After `del`, nothing waits for the garbage collector."""
    gc.collect()
    gc.disable()
    try:
        x = ag.InitialNode(np.ones((3, 2)))
        W = ag.InitialNode(np.ones((2, 2)))
        h = ag.relu(ag.mm(x, W))
        J = ag.mean(ag.softmax_loss(h, np.array([0, 1, 1])))
        graph = ag.Graph(J)
        graph.forward()
        graph.backward()
        gone = [weakref.ref(node) for node in (x, W, h, J)]
        gone.append(weakref.ref(h.value))
        del x, W, h, J, graph
        assert [ref() for ref in gone] == [None] * 5
        f = ag.grad(ag.grad(lambda v: ag.sum(np.tanh(v) ** 2)))
        with pytest.raises(ValueError, match="only a scalar"):
            f(np.ones(2))
        ag.hessian(lambda v: ag.sum(np.tanh(v) ** 2))(np.ones(2))
        gc.collect()
        ag.hvp(lambda v: ag.sum(np.tanh(v) ** 2))(np.ones(2), np.ones(2))
        ag.jvp(np.tanh, np.ones(2), np.ones(2))
        assert gc.collect() == 0
    finally:
        gc.enable()


def test_copies_and_names():
    x = ag.InitialNode([1.0, 2.0], name="x")
    y = copy.deepcopy(x)
    y.value -= 1.0
    np.testing.assert_array_equal(x.value, [1.0, 2.0])
    assert y.name == "x"
    assert repr(x) == "InitialNode([1., 2.], name='x', shape=(2,), dtype=float64)"
    assert repr(x * 2.0) == "multiply([2., 4.], shape=(2,), dtype=float64)"
