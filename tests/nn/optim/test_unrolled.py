"""Training is differentiated through: by its hyper-parameters, against finite differences."""

import numpy as np
import pytest

import autograd_core as ag
import nn
from nn import optim
from nn.optim import functional_call, unroll
from tests.nn.optim.trajectories import INITIAL, X, Y, loss, parameters, train

rng = np.random.default_rng(1)
X_VAL = rng.standard_normal((8, 2))
Y_VAL = X_VAL[:, :1] * X_VAL[:, 1:]
RULES = [
    (optim.SGD, {}, 0.1),
    (optim.Momentum, {"momentum": 0.8}, 0.1),
    (optim.Nesterov, {"momentum": 0.8}, 0.1),
    (optim.Adagrad, {}, 0.1),
    (optim.AdagradMomentum, {"momentum": 0.5}, 0.1),
    (optim.RMSprop, {"alpha": 0.9}, 0.02),
    (optim.Adam, {}, 0.05),
    (optim.AdamW, {"betas": (0.8, 0.9)}, 0.05),
]
each = pytest.mark.parametrize(("rule", "options", "lr"), RULES)


def central(f, x):
    """Richardson's extrapolation of central differences: the error falls as h ** 4."""

    def difference(h):
        columns = []
        for i in np.ndindex(np.shape(x)):
            step = np.zeros(np.shape(x))
            step[i] = h
            columns.append((f(x + step) - f(x - step)) / (2 * h))
        return np.reshape(columns, np.shape(x))

    h = 1e-3
    return (4 * difference(h / 2) - difference(h)) / 3


@each
def test_the_validation_loss_by_learning_rate_and_each_weights_decay(rule, options, lr):
    """After 20 steps. Every weight has a decay of its own; relative error below 1e-6."""
    splits = np.cumsum([a.size for a in INITIAL])
    decays = np.random.default_rng(2).uniform(0.05, 0.2, splits[-1])

    def validation(lr, decays):
        parts = [
            decays[end - a.size : end].reshape(a.shape)
            for a, end in zip(INITIAL, splits, strict=True)
        ]
        ws = unroll(rule, [loss] * 20, INITIAL, lr=lr, weight_decay=parts, **options)
        return loss(ws, X_VAL, Y_VAL)

    by_lr, by_decays = ag.grad(validation, (0, 1))(np.array(lr), decays)

    def plain(lr, decays):
        return validation(lr, decays).item()

    expected = central(lambda r: plain(lr * r, decays), np.array(1.0)) / lr
    np.testing.assert_allclose(by_lr, expected, rtol=1e-6)
    expected = central(lambda d: plain(lr, d), decays)
    np.testing.assert_allclose(by_decays, expected, rtol=1e-6)


@each
def test_it_takes_the_steps_of_the_optimizer(rule, options, lr):
    steps = train(rule(parameters(), lr=lr, weight_decay=0.1, **options))
    ws = unroll(rule, [loss] * 20, INITIAL, lr=lr, weight_decay=0.1, **options)
    np.testing.assert_allclose(ag.concatenate(ws, axis=None).value, steps[-1], rtol=1e-12)


def test_every_step_may_have_its_own_loss_and_nodes_anywhere():
    """Two steps on w c_k, from w0 = 1: w2 = 1 - lr (c1 + c2); with backward() by c1 and w0."""
    c1, w0 = ag.InitialNode(3.0), ag.InitialNode(1.0)
    w = unroll(optim.SGD, [lambda w: w * c1, lambda w: w * 2.0], w0, lr=0.1)
    w.backward()
    np.testing.assert_allclose([w.item(), c1.grad, w0.grad], [0.5, -0.1, 1.0], rtol=1e-14)


def test_momentum_and_betas_may_be_nodes():
    def final(rule, name, wrap=lambda x: x):
        return lambda x: unroll(
            rule, [lambda w: (w * w).sum()] * 5, np.array([1.0, 3.0]), lr=0.1, **{name: wrap(x)}
        ).sum()

    for f, x in [
        (final(optim.SGD, "momentum"), 0.0),  # also where it is 0
        (final(optim.SGD, "momentum"), 0.7),
        (final(optim.Adam, "betas", lambda x: (x, x)), 0.9),
        (final(optim.RMSprop, "alpha"), 0.9),
    ]:
        expected = central(lambda x, f=f: f(x).item(), np.array(x))
        np.testing.assert_allclose(ag.grad(f)(x), expected, rtol=1e-6)


@pytest.mark.parametrize(
    "rule", [optim.Adagrad, optim.AdagradMomentum, optim.RMSprop, optim.Adam, optim.AdamW]
)
def test_weights_that_have_no_gradient_do_no_harm(rule):
    """As those of an input that is always 0, or of a unit that is always off."""
    inputs = X * [1.0, 0.0]

    def final(lr):
        def loss_of(w):
            return ag.mse(inputs @ w, Y)

        return loss_of(unroll(rule, [loss_of] * 5, np.ones((2, 1)), lr=lr))

    slope = central(lambda lr: final(0.01 * lr).item(), np.array(1.0)) / 0.01
    np.testing.assert_allclose(ag.grad(final)(0.01), slope, rtol=1e-6)
    curvature = central(lambda lr: ag.grad(final)(0.01 * lr), np.array(1.0)) / 0.01
    np.testing.assert_allclose(ag.grad(ag.grad(final))(0.01), curvature, rtol=1e-6)


def test_a_network_is_called_with_other_parameters():
    net = nn.Sequential(nn.Linear(2, 3, rng=0), nn.Tanh(), nn.Linear(3, 1, rng=1))
    before = net.state_dict()

    def final(lr):
        def net_loss(ws):
            return ag.mse(functional_call(net, ws, X), Y)

        return net_loss(unroll(optim.SGD, [net_loss] * 3, list(before.values()), lr=lr))

    by_lr = ag.grad(final)(0.1)
    np.testing.assert_allclose(by_lr, central(lambda lr: final(lr).item(), np.array(0.1)), 1e-6)
    optimizer = optim.SGD(net.parameters(), lr=0.1)
    for _ in range(3):
        optimizer.zero_grad()
        nn.MSELoss()(net(X), Y).backward()
        optimizer.step()
    np.testing.assert_allclose(final(0.1).item(), nn.MSELoss()(net(X), Y).item(), rtol=1e-12)


def test_a_failed_call_leaves_the_network_as_it_was():
    net = nn.Linear(2, 1, rng=0)
    weight, bias = net.weight, net.bias
    with pytest.raises(ValueError, match="must be"):
        functional_call(net, {"weight": np.ones((2, 1))}, np.ones((3, 5)))
    assert net.weight is weight
    assert net.bias is bias


@pytest.mark.parametrize(
    ("call", "kind", "words"),
    [
        (lambda: unroll(optim.SGD, [loss], INITIAL, rate=1), TypeError, "SGD has no rate"),
        (lambda: unroll(optim.SGD, [loss], INITIAL, params=1), TypeError, "SGD has no params"),
        (lambda: unroll(optim.LBFGS, [loss], INITIAL), TypeError, "a step of LBFGS is no function"),
        (
            lambda: unroll(optim.SGD, [loss], INITIAL, weight_decay=[0.1]),
            ValueError,
            "weight_decay lists 1 values, but there are 4 parameters",
        ),
        (lambda: functional_call(nn.ReLU(), [1.0], 1.0), ValueError, "ReLU has 0 parameters"),
        (lambda: functional_call(nn.Linear(1, 1), {"W": 1}, 1), ValueError, "has no parameter W"),
        (
            lambda: functional_call(nn.Linear(1, 1), {"bias": [1.0, 2.0]}, 1),
            ValueError,
            r"bias has shape \(1,\), but its value has \(2,\)",
        ),
    ],
)
def test_what_is_refused(call, kind, words):
    with pytest.raises(kind, match=words):
        call()
