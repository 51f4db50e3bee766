"""The optimizers step by step against the textbook, and what they refuse."""

import numpy as np
import pytest

import autograd_core as ag
import nn
from nn.optim import SGD, Adam


def gradients(steps=20, shape=(3, 2)):
    rng = np.random.default_rng(0)
    return rng.standard_normal((steps, *shape)), rng.standard_normal(shape)


@pytest.mark.parametrize("momentum", [0.0, 0.9])
@pytest.mark.parametrize("weight_decay", [0.0, 0.1])
def test_sgd_follows_the_textbook(momentum, weight_decay):
    all_gradients, w = gradients()
    p = nn.Parameter(w)
    optimizer = SGD([p], lr=0.1, momentum=momentum, weight_decay=weight_decay)
    v = np.zeros_like(w)
    for g in all_gradients:
        p.grad = g
        optimizer.step()
        v = momentum * v + (g + weight_decay * w)
        w = w - 0.1 * v
        np.testing.assert_allclose(p.value, w, rtol=1e-12)


@pytest.mark.parametrize("weight_decay", [0.0, 0.1])
@pytest.mark.parametrize("eps", [1e-8, 0.5])
def test_adam_follows_the_textbook(weight_decay, eps):
    all_gradients, w = gradients()
    p = nn.Parameter(w)
    optimizer = Adam([p], lr=0.1, betas=(0.8, 0.95), eps=eps, weight_decay=weight_decay)
    m = v = np.zeros_like(w)
    for t, g in enumerate(all_gradients, 1):
        p.grad = g
        optimizer.step()
        g = g + weight_decay * w
        m = 0.8 * m + 0.2 * g
        v = 0.95 * v + 0.05 * g**2
        w = w - 0.1 * (m / (1 - 0.8**t)) / (np.sqrt(v / (1 - 0.95**t)) + eps)
        np.testing.assert_allclose(p.value, w, rtol=1e-12)


def test_the_first_step_of_adam_has_the_length_of_the_learning_rate():
    p = nn.Parameter([1.0, 1.0])
    p.grad = [1e-3, -1e3]
    Adam([p], lr=0.1, eps=0).step()
    np.testing.assert_allclose(p.value, [0.9, 1.1], rtol=1e-14)


MAKERS = [
    lambda ps: SGD(ps, np.float64(0.1)),
    lambda ps: SGD(ps, np.float64(0.1), np.float64(0.9), np.float64(1e-3)),
    lambda ps: Adam(ps, np.float64(0.1), weight_decay=np.float64(1e-3)),
]


@pytest.mark.parametrize("make", MAKERS)
def test_float32_stays_float32(make):
    p, scalar = nn.Parameter([1.0, 2.0], dtype=np.float32), nn.Parameter(1.0, dtype=np.float32)
    optimizer = make([p, scalar])
    optimizer.lr = np.float64(0.05)
    for _ in range(3):
        optimizer.zero_grad()
        (ag.sum(p * p) * scalar).backward()
        optimizer.step()
    assert p.dtype == scalar.dtype == np.float32
    change, state = optimizer.update(np.ones(2, np.float32), optimizer.initial_state)
    change, state = optimizer.update(np.ones(2, np.float32), state)
    arrays = [a for a in (change, *np.atleast_1d(np.array(state, object))) if np.ndim(a)]
    assert {a.dtype for a in arrays} == {np.dtype(np.float32)}


@pytest.mark.parametrize("make", MAKERS)
def test_the_rule_also_runs_on_nodes(make):
    g = np.array([1.0, -2.0])
    optimizer = make([nn.Parameter([0.0, 0.0])])
    expected, state = optimizer.update(g, optimizer.initial_state)
    expected, _ = optimizer.update(g, state)
    x = ag.InitialNode(g)
    change, state = optimizer.update(x, optimizer.initial_state)
    change, _ = optimizer.update(x, state)
    np.testing.assert_allclose(change.value, expected, rtol=1e-15)
    change.backward()
    assert x.grad is not None


@pytest.mark.parametrize("make", MAKERS)
def test_every_step_goes_down_hill_to_the_minimum(make):
    w = nn.Parameter([3.0, -2.0])
    optimizer = make([w])
    for _ in range(500):
        optimizer.zero_grad()
        ag.sum(ag.square(w - 1.0)).backward()
        optimizer.step()
    np.testing.assert_allclose(w.value, 1, atol=2e-2)


def test_parameters_without_a_gradient_are_skipped():
    a, b = nn.Parameter(1.0), nn.Parameter(1.0)
    optimizer = Adam([a, b], lr=0.1, weight_decay=0.5)
    a.grad = 1.0
    optimizer.step()
    assert a.value < 1
    assert b.value == 1
    b.grad = 1.0
    optimizer.step()
    np.testing.assert_allclose(b.value, 0.9, rtol=1e-7)  # the first step of b: length lr


def test_values_in_graphs_are_not_touched():
    w = nn.Parameter([2.0])
    J = ag.sum(w * w)
    J.backward()
    SGD([w], lr=0.1).step()
    assert J.value == 4.0
    J.backward()  # at the value that J was computed from
    assert w.grad == 8.0


def test_gradients_that_are_nodes_will_do():
    w = nn.Parameter([2.0])
    ag.sum(w * w).backward(create_graph=True)
    SGD([w], lr=0.1).step()
    np.testing.assert_allclose(w.value, [1.6])


def test_a_generator_will_do_and_zero_grad_forgets():
    net = nn.MLP([2, 3, 1], rng=0)
    optimizer = SGD(net.parameters(), lr=0.1)
    net(np.ones((1, 2))).backward()
    optimizer.zero_grad()
    assert all(p.grad is None for p in net.parameters())
    before = net.state_dict()
    optimizer.step()
    for path, value in net.state_dict().items():
        np.testing.assert_array_equal(value, before[path])


W = nn.Parameter([1.0])


@pytest.mark.parametrize(
    ("call", "kind", "words"),
    [
        (lambda: SGD([], lr=0.1), ValueError, "there are no parameters"),
        (lambda: SGD([W, W], lr=0.1), ValueError, "more than once"),
        (lambda: SGD(nn.Linear(1, 1), lr=0.1), TypeError, r"net\.parameters\(\)"),
        (lambda: SGD(W, lr=0.1), TypeError, "must be a list"),
        (lambda: SGD([W * 2], lr=0.1), TypeError, "parameter 0 is a multiply"),
        (lambda: SGD([np.ones(2)], lr=0.1), TypeError, "parameter 0 is a ndarray"),
        (lambda: SGD([ag.InitialNode([1])], lr=0.1), TypeError, "requires_grad=True"),
        (lambda: SGD([W], lr=0), ValueError, "SGD: lr must be more than 0"),
        (lambda: SGD([W], lr=-1), ValueError, "SGD: lr must be more than 0"),
        (lambda: SGD([W], lr=np.nan), ValueError, "lr"),
        (lambda: SGD([W], lr=np.inf), ValueError, "lr"),
        (lambda: SGD([W], 0.1, momentum=1), ValueError, "momentum must be at least 0 and less"),
        (lambda: SGD([W], 0.1, weight_decay=-1), ValueError, "weight_decay must be at least 0"),
        (lambda: Adam([W], lr=0), ValueError, "Adam: lr"),
        (lambda: Adam([W], betas=(0.9, 1.0)), ValueError, "beta2"),
        (lambda: Adam([W], betas=(-0.1, 0.9)), ValueError, "beta1"),
        (lambda: Adam([W], eps=-1), ValueError, "eps"),
        (lambda: Adam([W], weight_decay=-1), ValueError, "weight_decay"),
    ],
)
def test_what_is_refused(call, kind, words):
    with pytest.raises(kind, match=words):
        call()


def test_the_learning_rate_may_become_zero_but_not_negative():
    optimizer = SGD([W], lr=0.1)
    optimizer.lr = 0
    assert optimizer.lr == 0.0
    with pytest.raises(ValueError, match="lr must be at least 0"):
        optimizer.lr = -0.1


def test_repr():
    assert repr(SGD([W], lr=0.1)) == "SGD(1 parameters, lr=0.1, weight_decay=0.0, momentum=0.0)"
