"""grad, value_and_grad, vjp, jvp, jacobian, hessian, hvp against closed forms and each other."""

import numpy as np
import pytest

import autograd_core as ag

RNG = np.random.default_rng(0)
A = RNG.standard_normal((4, 3))
V = RNG.standard_normal(3)


def quartic(x):
    return ag.sum((A @ x) ** 4)


def rosenbrock(x):
    return ag.sum(100.0 * (x[1:] - x[:-1] ** 2) ** 2 + (1.0 - x[:-1]) ** 2)


def test_grad_and_value_and_grad():
    x = RNG.standard_normal(3)
    expected = A.T @ (4 * (A @ x) ** 3)
    value, gradient = ag.value_and_grad(quartic)(x)
    np.testing.assert_allclose(value, ((A @ x) ** 4).sum(), rtol=1e-14)
    np.testing.assert_allclose(gradient, expected, rtol=1e-14)
    np.testing.assert_allclose(ag.grad(quartic)(x), expected, rtol=1e-14)
    assert type(gradient) is type(value) is np.ndarray


def test_several_arguments():
    def f(x, y, z):
        return ag.sum(x * y**2) + z

    x, y, z = np.array([1.0, 2.0]), np.array([3.0, 4.0]), 5.0
    np.testing.assert_array_equal(ag.grad(f)(x, y, z), y**2)
    np.testing.assert_array_equal(ag.grad(f, 1)(x, y, z), 2 * x * y)
    np.testing.assert_array_equal(ag.grad(f, -1)(x, y, z), 1.0)
    dx, dz = ag.grad(f, (0, 2))(x, y, z)
    np.testing.assert_array_equal(dx, y**2)
    assert dz == 1.0
    np.testing.assert_array_equal(ag.hessian(f, 1)(x, y, z), np.diag(2 * x))
    v = np.array([1.0, -1.0])
    np.testing.assert_array_equal(ag.hvp(f, 1)(x, y, z, v), 2 * x * v)
    value, pullback = ag.vjp(f, x, y, z)
    assert value == f(*map(ag.InitialNode, (x, y, z))).value
    gradients = pullback(2.0)
    assert isinstance(gradients, tuple)
    np.testing.assert_array_equal(gradients[1], 4 * x * y)
    value, tangent = ag.jvp(f, (x, y, z), (v, v, 1.0))
    np.testing.assert_allclose(tangent, v @ y**2 + 2 * x * y @ v + 1.0, rtol=1e-15)


@pytest.mark.parametrize("n", [2, 5])
def test_hessian_hvp_and_jacobian_of_the_gradient_agree(n):
    x, v = RNG.standard_normal(n), RNG.standard_normal(n)
    H = ag.hessian(rosenbrock)(x)
    expected = np.zeros((n, n))
    for i in range(n - 1):
        expected[i, i] += 1200 * x[i] ** 2 - 400 * x[i + 1] + 2
        expected[i + 1, i + 1] += 200
        expected[i, i + 1] -= 400 * x[i]
        expected[i + 1, i] -= 400 * x[i]
    np.testing.assert_allclose(H, expected, rtol=1e-12, atol=1e-12)
    np.testing.assert_allclose(ag.hvp(rosenbrock)(x, v), H @ v, rtol=1e-12)
    np.testing.assert_allclose(ag.jvp(ag.grad(rosenbrock), x, v)[1], H @ v, rtol=1e-12)


def test_forward_mode_is_the_transpose_of_reverse_mode():
    def f(x, W):
        return np.tanh(x @ W) * np.exp(-np.square(x[:, :1]))

    x, W = RNG.standard_normal((3, 2)), RNG.standard_normal((2, 4))
    dx, dW = RNG.standard_normal(x.shape), RNG.standard_normal(W.shape)
    u = RNG.standard_normal((3, 4))
    value, pullback = ag.vjp(f, x, W)
    same, tangent = ag.jvp(f, (x, W), (dx, dW))
    np.testing.assert_array_equal(value, same)
    ux, uW = pullback(u)
    np.testing.assert_allclose(np.sum(u * tangent), np.sum(ux * dx) + np.sum(uW * dW), rtol=1e-12)
    h = 1e-6
    difference = (f(x + h * dx, W + h * dW) - f(x - h * dx, W - h * dW)) / (2 * h)
    np.testing.assert_allclose(tangent, difference, rtol=1e-7, atol=1e-8)
    J = ag.jacobian(f)(x, W)
    assert J.shape == (3, 4, 3, 2)
    np.testing.assert_allclose(np.tensordot(u, J, 2), ux, rtol=1e-12)


def test_derivatives_of_any_order():
    x = 0.7
    f, signs = np.sin, (np.cos(x), -np.sin(x), -np.cos(x), np.sin(x), np.cos(x))
    for expected in signs:
        f = ag.grad(f)
        np.testing.assert_allclose(f(x), expected, rtol=1e-14)


def test_nested_derivatives_keep_their_variables_apart():
    # d/dx (x * d/dy (x + y)) = 1, not 2: an inner y that is x itself does not count as x
    assert ag.grad(lambda x: x * ag.grad(lambda y: x + y)(x))(3.0) == 1.0
    assert ag.grad(lambda x: x * ag.grad(lambda y: x * y)(4.0))(3.0) == 6.0
    assert ag.grad(lambda x: ag.jvp(lambda y: y**3, x, 1.0)[1])(2.0) == 12.0
    assert ag.grad(lambda x: ag.jvp(lambda y: y**3, 2.0, x)[1])(5.0) == 12.0
    np.testing.assert_array_equal(
        ag.jacobian(lambda x: ag.vjp(np.square, x)[1](x))(np.array([1.0, 2.0])), np.diag([4.0, 8.0])
    )


def test_of_nodes_nodes():
    x = ag.InitialNode(2.0)
    g = ag.grad(lambda v: v**3)(x)
    assert isinstance(g, ag.Node)
    g.backward()
    assert x.grad == 12.0


def test_the_grad_of_nodes_in_the_functions_closure_is_left_alone():
    w = ag.InitialNode([1.0, 2.0])
    ag.grad(lambda x: ag.sum(w * x))(np.array([3.0, 4.0]))
    assert w.grad is None


def test_functions_that_do_not_depend_on_their_argument():
    x = np.ones(2)
    np.testing.assert_array_equal(ag.grad(lambda x: 3.0)(x), [0.0, 0.0])
    np.testing.assert_array_equal(ag.jacobian(lambda x: np.ones(3))(x), np.zeros((3, 2)))
    np.testing.assert_array_equal(ag.jvp(lambda x: np.ones(3), x, x)[1], np.zeros(3))
    np.testing.assert_array_equal(ag.hessian(ag.sum)(x), np.zeros((2, 2)))
    assert ag.grad(ag.grad(lambda x: 2.0 * x))(1.0) == 0.0


def test_dtypes_shapes_and_integers():
    x = np.float32([1.0, 2.0])
    assert ag.grad(lambda v: ag.sum(v * v))(x).dtype == np.float32
    assert ag.hessian(lambda v: ag.sum(v * v * v))(x).dtype == np.float32
    assert ag.jvp(np.sin, x, x)[1].dtype == np.float32
    assert ag.grad(lambda v: v * v)(3) == 6.0
    assert ag.jacobian(np.sin)(np.zeros((2, 0))).shape == (2, 0, 2, 0)
    assert ag.jacobian(np.sin)(np.array(1.0)).shape == ()


def test_results_are_the_callers_own():
    x = np.array([1.0, 2.0])
    gradient = ag.grad(ag.sum)(x)
    gradient[0] = 7.0
    u = np.array([1.0, 1.0])
    pulled = ag.vjp(ag.positive, x)[1](u)
    assert not np.shares_memory(pulled, u)
    np.testing.assert_array_equal(x, [1.0, 2.0])
