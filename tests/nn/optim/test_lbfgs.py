"""L-BFGS against PyTorch's figures, dense BFGS, and functions with known minima."""

import json

import numpy as np
import pytest

import autograd_core as ag
import nn
from nn.optim import LBFGS, SGD
from tests.nn.optim.trajectories import EXACT, parameters, train


def minimise(f, w, **options):
    """Parameters, and the number of calls of f, after one `step`."""
    p, calls = nn.Parameter(w), [0]
    optimizer = LBFGS([p], **options)

    def closure():
        calls[0] += 1
        optimizer.zero_grad()
        loss = f(p)
        loss.backward()
        return loss

    optimizer.step(closure)
    return p.value, optimizer, calls[0]


def rosenbrock(w):
    x, y = w[0], w[1]
    return (1 - x) ** 2 + 100 * (y - x**2) ** 2


def test_twenty_iterations_are_pytorchs():
    ((options, path),) = [each[1:] for each in EXACT["trajectories"] if each[0] == "LBFGS"]
    np.testing.assert_allclose(train(LBFGS(parameters(), **options)), path, rtol=1e-12)


def test_rosenbrock():
    tight = {"tolerance_grad": 1e-10, "tolerance_change": 0}
    w, _, calls = minimise(rosenbrock, [-1.2, 1.0], max_iter=100, **tight)
    np.testing.assert_allclose(w, 1, rtol=1e-10)
    assert calls < 70


@pytest.mark.parametrize("n", [2, 5, 8])
def test_a_quadratic_of_n_variables_takes_n_iterations(n):
    rng = np.random.default_rng(n)
    Q, _ = np.linalg.qr(rng.standard_normal((n, n)))
    A, minimum = Q * np.linspace(1, 10, n) @ Q.T, rng.standard_normal(n)

    def f(w):
        return (w - minimum) @ A @ (w - minimum) / 2

    exactly = {"c1": 1e-12, "c2": 1e-10, "tolerance_change": 0, "max_eval": 1000}
    w, optimizer, _ = minimise(f, np.zeros(n), max_iter=n, **exactly)
    np.testing.assert_allclose(w, minimum, atol=1e-8)
    assert optimizer.n_iter == n
    w, _, _ = minimise(f, np.zeros(n), max_iter=n - 1, **exactly)
    assert np.abs(w - minimum).max() > 1e-4  # one fewer is not enough


def test_the_direction_is_that_of_dense_bfgs():
    """H <- (1 - r s y') H (1 - r y s') + r s s', r = 1 / y s: Nocedal and Wright, equation 6.17."""
    rng = np.random.default_rng(0)
    B = rng.standard_normal((6, 6))
    pairs = [(s, (B @ B.T + np.eye(6)) @ s) for s in rng.standard_normal((4, 6))]
    s, y = pairs[-1]
    H = np.eye(6) * (s @ y) / (y @ y)
    for s, y in pairs:
        left = np.eye(6) - np.outer(s, y) / (s @ y)
        H = left @ H @ left.T + np.outer(s, s) / (s @ y)
    g = rng.standard_normal(6)
    np.testing.assert_allclose(LBFGS.update(g, *pairs, lr=0.5)[0], 0.5 * H @ g, rtol=1e-10)
    on_nodes = ag.jacobian(lambda g: LBFGS.update(g, *pairs, lr=0.5)[0])(g)
    np.testing.assert_allclose(on_nodes, 0.5 * H, rtol=1e-9, atol=1e-12)


def test_without_a_line_search_the_step_has_the_length_lr():
    w, _, calls = minimise(lambda w: (w * w).sum(), [4.0], line_search_fn=None, lr=0.25, max_iter=1)
    assert (w.tolist(), calls) == ([3.75], 2)  # the first step is along g / |g|, g = 8


def test_a_restored_optimizer_goes_on_bit_for_bit():
    whole = train(LBFGS(parameters(), max_iter=2, history_size=3), 10)
    half = LBFGS(parameters(), max_iter=2, history_size=3)
    train(half, 4)
    state = half.state_dict()
    assert json.dumps(state["param_groups"])  # numbers, strings and lists
    ps = parameters()
    for p, q in zip(ps, half.params, strict=True):
        p.value = q.value
    train(half, 1)
    second = LBFGS(ps)
    second.load_state_dict(state)
    np.testing.assert_array_equal(train(second, 6), whole[4:])


def test_float32_stays_float32():
    assert train(LBFGS(parameters(np.float32), max_iter=3), 3).dtype == np.float32


def test_float16_goes_the_way_of_float32():
    paths = [train(LBFGS(parameters(d), max_iter=3), 3) for d in (np.float16, np.float32)]
    assert paths[0].dtype == np.float16
    np.testing.assert_allclose(*paths, atol=0.05)


def test_it_stops_at_the_minimum_and_survives_a_function_without_one():
    w, optimizer, calls = minimise(lambda w: (w * w).sum(), [0.0, 0.0])
    assert (w.tolist(), optimizer.n_iter, calls) == ([0, 0], 0, 1)
    w, _, calls = minimise(lambda w: w.sum(), [0.0], max_iter=3)
    assert np.isfinite(w).all()
    assert calls < 100


@pytest.mark.parametrize("factor", [np.nan, np.inf, 1e200])
def test_a_slope_that_is_not_finite_moves_nothing(factor):
    """1e200: the gradient is finite, but its square is not."""
    with np.errstate(over="ignore", invalid="ignore"):
        w, _, calls = minimise(lambda w: (w * factor).sum(), [1.0, 2.0])
    assert (w.tolist(), calls) == ([1.0, 2.0], 1)


def test_a_schedule_may_end_at_rate_0():
    w = nn.Parameter([3.0])
    optimizer = LBFGS([w])
    optimizer.lr = 0.0

    def closure():
        optimizer.zero_grad()
        loss = ag.sum(w * w)
        loss.backward()
        return loss

    assert optimizer.step(closure).item() == 9.0
    assert w.value.tolist() == [3.0]


def test_no_entries_are_at_their_minimum():
    w, _, calls = minimise(lambda w: ag.sum(w), np.zeros((0, 2)))
    assert (w.shape, calls) == ((0, 2), 1)


W = nn.Parameter([1.0])


@pytest.mark.parametrize(
    ("call", "kind", "words"),
    [
        (lambda: LBFGS([W]).step(), TypeError, "step needs a closure"),
        (lambda: LBFGS([W], line_search_fn="exact"), ValueError, "line_search_fn must be"),
        (lambda: LBFGS([W], c1=0.5, c2=0.1), ValueError, "0 < c1 < c2 < 1"),
        (lambda: LBFGS([W], max_iter=0), ValueError, "LBFGS: max_iter must be a whole"),
        (lambda: LBFGS([W], history_size=1.5), ValueError, "LBFGS: history_size must be a whole"),
        (lambda: LBFGS([W], max_eval=0), ValueError, "LBFGS: max_eval must be a whole"),
        (lambda: LBFGS([W], tolerance_grad=np.nan), ValueError, "tolerance_grad must be at least"),
        (lambda: LBFGS([W], tolerance_change=-1), ValueError, "tolerance_change must be at least"),
        (
            lambda: LBFGS([W]).add_param_group({"params": [nn.Parameter(1.0)]}),
            ValueError,
            "must be in one group",
        ),
        (
            lambda: LBFGS([W]).load_state_dict(SGD([W]).state_dict()),
            ValueError,
            "is it another optimizer's",
        ),
        (
            lambda: LBFGS([W]).load_state_dict({**LBFGS([W]).state_dict(), "state": []}),
            ValueError,
            "LBFGS.load_state_dict: this is no state",
        ),
        (
            lambda: LBFGS([{"params": W}, {"params": nn.Parameter(1.0)}]),
            ValueError,
            "must be in one group",
        ),
    ],
)
def test_what_is_refused(call, kind, words):
    with pytest.raises(kind, match=words):
        call()
