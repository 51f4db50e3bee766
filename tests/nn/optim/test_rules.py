"""Each rule step by step: against PyTorch's figures, the textbook's formulas, and on nodes."""

import numpy as np
import pytest

import autograd_core as ag
import nn
from nn import optim
from tests.nn.optim.trajectories import EXACT, parameters, train

RULES = [
    (optim.SGD, {}),
    (optim.SGD, {"momentum": 0.5, "weight_decay": 0.1}),
    (optim.Momentum, {}),
    (optim.Nesterov, {}),
    (optim.Adagrad, {"lr_decay": 0.1, "initial_accumulator_value": 0.1}),
    (optim.AdagradMomentum, {"weight_decay": 0.1}),
    (optim.RMSprop, {"momentum": 0.5, "centered": True}),
    (optim.Adam, {"weight_decay": 0.1}),
    (optim.AdamW, {}),
]
everywhere = pytest.mark.parametrize(("rule", "options"), RULES)
THEIRS = [each for each in EXACT["trajectories"] if each[0] != "LBFGS"]


@pytest.mark.parametrize(("name", "options", "path"), THEIRS)
def test_twenty_steps_are_pytorchs(name, options, path):
    optimizer = getattr(optim, name)(parameters(), **options)
    np.testing.assert_allclose(train(optimizer), path, rtol=1e-12)


@pytest.mark.parametrize(("name", "same"), [("Momentum", False), ("Nesterov", True)])
def test_momentum_and_nesterov_are_sgd_with_it(name, same):
    ours = train(getattr(optim, name)(parameters(), lr=0.1, momentum=0.8))
    sgd = optim.SGD(parameters(), lr=0.1, momentum=0.8, nesterov=same)
    np.testing.assert_array_equal(ours, train(sgd))


def textbook(name, lr=0.1, rho=0.8, rho2=0.95, eps=1e-3):
    """Generators that take g and give the step of w, straight from the literature."""

    def momentum():
        v = 0
        while True:
            v = rho * v + lr * (yield v)

    def nesterov():  # Sutskever's form, seen from where the gradient is taken
        v = step = 0
        while True:
            g = yield step
            before, v = v, rho * v - lr * g
            step = rho * before - (1 + rho) * v

    def adagrad():
        G = step = 0
        while True:
            g = yield step
            G = G + g**2
            step = lr * g / (eps + np.sqrt(G))

    def adagrad_momentum():
        G = v = 0
        while True:
            g = yield v
            G = G + g**2
            v = rho * v + lr * g / (eps + np.sqrt(G))

    def rmsprop():
        s = step = 0
        while True:
            g = yield step
            s = rho * s + (1 - rho) * g**2
            step = lr * g / (np.sqrt(s) + eps)

    def adam():
        m = v = step = t = 0
        while True:
            g = yield step
            t, m, v = t + 1, rho * m + (1 - rho) * g, rho2 * v + (1 - rho2) * g**2
            step = lr * (m / (1 - rho**t)) / (np.sqrt(v / (1 - rho2**t)) + eps)

    return locals()[name]()


@pytest.mark.parametrize(
    ("name", "make"),
    [
        ("momentum", lambda p: optim.Momentum(p, 0.1, 0.8)),
        ("nesterov", lambda p: optim.Nesterov(p, 0.1, 0.8)),
        ("adagrad", lambda p: optim.Adagrad(p, 0.1, eps=1e-3)),
        ("adagrad_momentum", lambda p: optim.AdagradMomentum(p, 0.1, 0.8, eps=1e-3)),
        ("rmsprop", lambda p: optim.RMSprop(p, 0.1, 0.8, eps=1e-3)),
        ("adam", lambda p: optim.Adam(p, 0.1, (0.8, 0.95), eps=1e-3)),
    ],
)
def test_twenty_steps_are_the_textbooks(name, make):
    rng = np.random.default_rng(0)
    w = rng.standard_normal((3, 2))
    p, rule = nn.Parameter(w), textbook(name)
    optimizer = make([p])
    next(rule)
    for g in rng.standard_normal((20, 3, 2)):
        p.grad = g
        optimizer.step()
        w = w - rule.send(g)
        np.testing.assert_allclose(p.value, w, rtol=1e-12)


@everywhere
def test_the_rule_also_runs_on_nodes(rule, options):
    g = np.array([1.0, -2.0, 0.3])
    options = {"lr": 0.1, **options}
    if rule is optim.Momentum:
        options["momentum"] = 0.9
    options.pop("weight_decay", None)
    if rule is optim.AdagradMomentum:
        options["momentum"] = 0.5

    def third_change(g):
        state = tuple(rule.initial_state.values())
        for k in range(3):
            change, state = rule.update((k + 1.0) * g, *state, **options)
        return change

    node = third_change(ag.InitialNode(g))
    np.testing.assert_allclose(node.value, third_change(g), rtol=1e-15)
    h = 1e-6
    slope = (third_change(g + h) - third_change(g - h)) / (2 * h)
    np.testing.assert_allclose(
        ag.grad(lambda g: third_change(g).sum())(g), slope, rtol=1e-6, atol=1e-8
    )


@everywhere
def test_float32_stays_float32(rule, options):
    options = {
        k: np.float64(v) if isinstance(v, float) else v for k, v in {"lr": 0.1, **options}.items()
    }
    ps = parameters(np.float32)
    optimizer = rule(ps, **options)
    optimizer.lr = np.float64(0.05)
    optimizer.param_groups[0]["weight_decay"] = np.float64(0.01)
    path = train(optimizer, 3)
    assert path.dtype == np.float32
    arrays = [a for state in optimizer.state_dict()["state"] for a in state.values() if np.ndim(a)]
    assert all(a.dtype == np.float32 for a in arrays)


@everywhere
def test_training_goes_down_hill_to_the_minimum(rule, options):
    w = nn.Parameter([3.0, -2.0])
    options = {**options, "weight_decay": 0.0}
    if "lr_decay" in options:
        options["lr_decay"] = 0.0
    adagrad = rule in (optim.Adagrad, optim.AdagradMomentum)
    optimizer = rule([w], lr=0.5 if adagrad else 0.02, **options)
    for _ in range(1000):
        optimizer.zero_grad()
        ag.sum(ag.square(w - 1.0)).backward()
        optimizer.step()
    np.testing.assert_allclose(w.value, 1, atol=0.02)


@everywhere
def test_float16_goes_the_way_of_float32(rule, options):
    """Though in float16 an eps of 1e-8 is 0, and so are the squares of small gradients."""
    paths = []
    for dtype in (np.float16, np.float32):
        p = nn.Parameter([1.0, 1.0, 1.0], dtype=dtype)
        optimizer = rule([p], lr=0.01, **options)
        for _ in range(5):
            p.grad = [0.0, 1e-5, -300.0]
            optimizer.step()
        assert p.dtype == dtype
        state = optimizer.state_dict()
        assert all(a.dtype == np.float32 for a in state["state"][0].values() if np.ndim(a))
        optimizer.load_state_dict(state)
        paths.append(p.value)
    np.testing.assert_allclose(paths[0], paths[1], rtol=3e-3)


@pytest.mark.parametrize("dtype", [np.float32, np.float64])
def test_a_variance_is_not_negative_by_rounding(dtype):
    """A gradient that does not change has the variance 0, up to rounding of either sign."""
    w = nn.Parameter([1.0], dtype=dtype)
    optimizer = optim.RMSprop([w], lr=1e-3, centered=True, eps=1e-3)
    for _ in range(3000):
        w.grad = [0.1]
        optimizer.step()
    assert np.isfinite(w.value).all()
    assert w.item() < 1


@pytest.mark.parametrize("rule", [optim.Adagrad, optim.AdagradMomentum, optim.RMSprop, optim.Adam])
def test_a_gradient_of_0_changes_nothing_without_eps(rule):
    w = nn.Parameter([1.0, 1.0])
    optimizer = rule([w], lr=0.5, eps=0)
    w.grad = [0.0, 1.0]
    optimizer.step()
    assert w.value[0] == 1 > w.value[1]


def test_the_first_step_of_adam_has_the_length_of_the_learning_rate():
    p = nn.Parameter([1.0, 1.0])
    p.grad = [1e-3, -1e3]
    optim.Adam([p], lr=0.1, eps=0).step()
    np.testing.assert_allclose(p.value, [0.9, 1.1], rtol=1e-14)


W = nn.Parameter([1.0])


@pytest.mark.parametrize(
    ("call", "words"),
    [
        (lambda: optim.SGD([W], 0.1, momentum=1), "momentum must be at least 0 and less than 1"),
        (lambda: optim.SGD([W], 0.1, weight_decay=-1), "weight_decay must be at least 0"),
        (lambda: optim.SGD([W], 0.1, nesterov=True), "SGD: nesterov needs a momentum above 0"),
        (lambda: optim.Adam([W], lr=0), "Adam: lr"),
        (lambda: optim.Adam([W], betas=(0.9, 1.0)), "beta2"),
        (lambda: optim.Adam([W], betas=(-0.1, 0.9)), "beta1"),
        (lambda: optim.Adam([W], betas=0.9), "Adam: betas must be two numbers"),
        (lambda: optim.AdamW([W], eps=-1), "AdamW: eps"),
        (lambda: optim.RMSprop([W], alpha=1.0), "RMSprop: alpha"),
        (lambda: optim.Adagrad([W], lr_decay=-1), "lr_decay"),
        (lambda: optim.Adagrad([W], initial_accumulator_value=-1), "initial_accumulator_value"),
    ],
)
def test_what_is_refused(call, words):
    with pytest.raises(ValueError, match=words):
        call()


@pytest.mark.parametrize("dtype", [np.float16, np.float32, np.float64])
@pytest.mark.parametrize(
    "rule",
    [nn.optim.Adam, nn.optim.AdamW, nn.optim.RMSprop, nn.optim.Adagrad, nn.optim.AdagradMomentum],
    ids=lambda rule: rule.__name__,
)
def test_without_eps_small_gradients_move_as_far_as_large_ones(rule, dtype):
    small = {np.float16: 6e-8, np.float32: 1e-30, np.float64: 1e-140}[dtype]
    moved = []
    for size in (small, 1.0):
        w = nn.Parameter(np.zeros(2), dtype=dtype)
        optimizer = rule([w], lr=0.1, eps=0)
        for _ in range(3):
            w.grad = np.array([size, -2 * size])
            optimizer.step()
        moved.append(w.value)
    assert moved[0].dtype == dtype
    assert np.abs(moved[0]).min() > 0.09
    if dtype is not np.float16:
        np.testing.assert_allclose(*moved, rtol=1e-5)


@pytest.mark.parametrize("eps", [0, 1e-30, 1e-18, 1e-14, 1e-10])
def test_a_small_eps_counts_for_what_it_is(eps):
    w = nn.Parameter(np.zeros(1), dtype=np.float32)
    optimizer = nn.optim.Adam([w], lr=1.0, eps=eps)
    w.grad = np.array([1e-15])
    optimizer.step()
    np.testing.assert_allclose(w.value, -1e-15 / (1e-15 + eps), rtol=1e-5)


def test_a_wider_state_is_resumed_bit_for_bit():
    def run(steps, optimizer=None, state=None):
        w = nn.Parameter(np.ones(2), dtype=np.float32)
        optimizer = nn.optim.Adam([w], lr=0.1, eps=0)
        for k in range(steps):
            if k == 3 and state is not None:
                fresh = nn.optim.Adam([w], lr=0.1, eps=0)
                fresh.load_state_dict(optimizer.state_dict())
                optimizer = fresh
            w.grad = np.array([1e-30, -3e-30 * (k + 1)])
            optimizer.step()
        return w.value

    np.testing.assert_array_equal(run(6), run(6, state=True))
