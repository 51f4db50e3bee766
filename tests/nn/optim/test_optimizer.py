"""Groups, steps, stored states, and a new rule: what all optimizers share."""

import json
from copy import deepcopy

import numpy as np
import pytest

import autograd_core as ag
import nn
from nn.optim import SGD, Adam, Optimizer, RMSprop
from tests.nn.optim.test_rules import everywhere
from tests.nn.optim.trajectories import parameters, train


class SignDescent(Optimizer):
    """w <- w - lr sign(m) with m <- decay m + g: made up."""

    initial_state = {"m": 0.0}  # noqa: RUF012

    def __init__(self, params, lr=0.1, decay=0.5, weight_decay=0.0):
        super().__init__(params, lr=lr, decay=decay, weight_decay=weight_decay)

    @staticmethod
    def update(g, m, *, lr, decay):
        m = decay * m + g
        return lr * np.sign(m), (m,)


def test_a_new_optimizer_is_one_class_of_a_few_lines():
    w = nn.Parameter([1.0, -1.0])
    optimizer = SignDescent([{"params": [w], "lr": 0.25}], decay=0.5)
    for g in ([1.0, -4.0], [-0.25, 1.0]):
        w.grad = g
        optimizer.step()
    np.testing.assert_array_equal(w.value, [0.5, -0.5])
    assert optimizer.state_dict()["state"][0]["m"].tolist() == [0.25, -1.0]
    assert nn.optim.unroll(SignDescent, [lambda w: w * w] * 4, 1.0, lr=0.25).item() == 0.0


def test_groups_have_their_own_hyper_parameters():
    a, b = nn.Parameter([1.0]), nn.Parameter([1.0])
    optimizer = SGD([{"params": [a], "lr": 0.5}, {"params": b, "weight_decay": 1.0}], lr=0.25)
    a.grad, b.grad = [1.0], [1.0]
    optimizer.step()
    assert (a.item(), b.item()) == (0.5, 0.5)  # 1 - 0.5 * 1, 1 - 0.25 * (1 + 1)
    optimizer.param_groups[1]["lr"] = 1.0
    c = nn.Parameter([1.0])
    optimizer.add_param_group({"params": [c], "momentum": 0.5})
    c.grad = [1.0]
    optimizer.step()
    assert (a.item(), b.item(), c.item()) == (0.0, -1.0, 0.75)
    assert [id(p) for p in optimizer.params] == [id(a), id(b), id(c)]
    optimizer.lr = 0.125
    assert [group["lr"] for group in optimizer.param_groups] == [0.125] * 3


def test_step_with_a_closure_returns_its_loss():
    w = nn.Parameter(2.0)
    optimizer = SGD([w], lr=0.25)

    def closure():
        optimizer.zero_grad()
        loss = w * w
        loss.backward()
        return loss

    assert [optimizer.step(closure).item() for _ in range(2)] == [4.0, 1.0]


@everywhere
def test_a_restored_optimizer_goes_on_bit_for_bit(rule, options):
    first = rule(parameters(), lr=0.05, **options)
    whole = train(first, 20)
    half = rule(parameters(), lr=0.05, **options)
    train(half, 7)
    stored = half.state_dict()
    train(half, 1)  # must not touch what was stored
    as_text = json.dumps(stored, default=lambda a: {"array": a.tolist(), "dtype": str(a.dtype)})
    read = json.loads(
        as_text, object_hook=lambda d: np.array(d["array"], d["dtype"]) if "array" in d else d
    )
    ps = parameters()
    for p, values in zip(ps, np.split(whole[6], np.cumsum([q.size for q in ps])[:-1]), strict=True):
        p.value = values.reshape(p.shape)
    second = rule(ps)  # with other hyper-parameters
    second.load_state_dict(read)
    np.testing.assert_array_equal(train(second, 13), whole[7:])
    assert second.param_groups[0]["lr"] == 0.05


def test_the_state_survives_other_blocks():
    """Frozen and dtype-mixed parameters part the blocks: the state is stored by parameter."""
    rng = np.random.default_rng(0)
    gradients = rng.standard_normal((6, 3, 2)).astype(np.float32)

    def run(store_after):
        ps = [nn.Parameter(np.ones(2), dtype=d) for d in (float, np.float32, float)]
        optimizer = Adam(ps, lr=0.1)
        for t, gs in enumerate(gradients):
            optimizer.zero_grad()
            for i, (p, g) in enumerate(zip(ps, gs, strict=True)):
                if (i, t) not in ((0, 0), (2, 1), (2, 2)):
                    p.grad = g
            optimizer.step()
            if t == store_after:
                state = optimizer.state_dict()
                optimizer = Adam(ps, lr=0.2)
                optimizer.load_state_dict(state)
        return np.concatenate([p.value for p in ps]), state

    expected, state = run(5)
    assert [s["t"] for s in state["state"]] == [5, 6, 4]
    assert [s["m"].dtype for s in state["state"]] == [float, np.float32, float]
    for t in range(5):
        np.testing.assert_array_equal(run(t)[0], expected)


def test_a_state_that_does_not_fit_changes_nothing():
    a = nn.Parameter([1.0, 2.0])
    a.grad = [1.0, 1.0]
    optimizer = Adam([a], lr=0.1)
    optimizer.step()
    before = repr(optimizer.state_dict())
    for other, words in [
        (Adam([nn.Parameter([1.0, 2.0, 3.0])]), "m of parameter 0 has shape"),
        (Adam([a, nn.Parameter(1.0)]), r"groups of \[2\] parameters"),
        (RMSprop([a]), "is it another optimizer's"),
    ]:
        for p in other.params:
            p.grad = np.ones(p.shape)
        other.step()
        with pytest.raises(ValueError, match=words):
            optimizer.load_state_dict(other.state_dict())
    state = optimizer.state_dict()
    del state["state"][0]["m"]
    with pytest.raises(ValueError, match="has t, v, but needs t, m, v"):
        optimizer.load_state_dict(state)
    for wrong in ([1.0, 1.0], "m", None, np.array(["a", "b"])):
        state = optimizer.state_dict()
        state["state"][0]["m"] = wrong
        with pytest.raises(ValueError, match=r"Adam\.load_state_dict: "):
            optimizer.load_state_dict(state)
    for lr in (-1.0, "fast"):
        state = optimizer.state_dict()
        state["param_groups"][0]["lr"] = lr
        with pytest.raises(ValueError, match="Adam: lr must be"):
            optimizer.load_state_dict(state)
    for wrong in ({}, None, [], nn.Linear(2, 1).state_dict(), {"param_groups": [{}]}):
        with pytest.raises(ValueError, match=r"Adam\.load_state_dict: this is no state"):
            optimizer.load_state_dict(wrong)
    assert repr(optimizer.state_dict()) == before


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


def test_a_change_of_dtype_between_steps_is_followed():
    w = nn.Parameter([2.0])
    optimizer = Adam([w], lr=0.1)
    for dtype in (np.float64, np.float32, np.float64):
        w.to(dtype)
        w.grad = [1.0]
        optimizer.step()
        assert w.dtype == optimizer.state_dict()["state"][0]["m"].dtype == dtype


def test_a_change_of_dtype_of_some_parameters_is_followed():
    """Each goes on as it would without the others."""
    rng = np.random.default_rng(0)
    gradients = rng.standard_normal((4, 2, 3)).astype(np.float32)
    start = [nn.Parameter(np.ones(3)), nn.Parameter(np.ones(3))]
    ends = []
    for groups in ([[0, 1]], [[0], [1]]):
        ps = deepcopy(start)
        optimizers = [Adam([ps[i] for i in group], lr=0.1) for group in groups]
        for t, gs in enumerate(gradients):
            if t == 2:
                ps[0].to(np.float32)
            for p, g in zip(ps, gs, strict=True):
                p.grad = g
            for optimizer in optimizers:
                optimizer.step()
        assert [p.dtype for p in ps] == [np.float32, np.float64]
        ends.append([p.value for p in ps])
    for a, b in zip(*ends, strict=True):
        np.testing.assert_array_equal(a, b)


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


W, V = nn.Parameter([1.0]), nn.Parameter([1.0])


@pytest.mark.parametrize(
    ("call", "kind", "words"),
    [
        (lambda: SGD([], lr=0.1), ValueError, "there are no parameters"),
        (lambda: SGD([W, W], lr=0.1), ValueError, "more than once"),
        (lambda: SGD([{"params": W}, {"params": [V, W]}]), ValueError, "more than once"),
        (lambda: SGD([{"lr": 0.1}]), ValueError, "no parameters under 'params'"),
        (lambda: SGD([{"params": W, "rate": 1}]), ValueError, "no hyper-parameter 'rate'"),
        (lambda: SGD([{"params": W, "lr": -1}]), ValueError, "SGD: lr must be at least 0"),
        (lambda: SGD(nn.Linear(1, 1), lr=0.1), TypeError, r"net\.parameters\(\)"),
        (lambda: SGD(W, lr=0.1), TypeError, "must be a list"),
        (lambda: SGD([W * 2], lr=0.1), TypeError, "parameter 0 is a multiply"),
        (lambda: SGD([np.ones(2)], lr=0.1), TypeError, "parameter 0 is a ndarray"),
        (lambda: SGD([ag.InitialNode([1])], lr=0.1), TypeError, "requires_grad=True"),
        (lambda: SGD([W], lr=0), ValueError, "SGD: lr must be more than 0"),
        (lambda: SGD([W], lr=np.nan), ValueError, "lr"),
        (lambda: SGD([W], lr=np.inf), ValueError, "lr"),
        (lambda: Optimizer([W]), TypeError, "abstract"),
    ],
)
def test_what_is_refused(call, kind, words):
    with pytest.raises(kind, match=words):
        call()


def test_repr():
    assert repr(SGD([W], lr=0.1)) == (
        "SGD(1 parameters, lr=0.1, momentum=0.0, weight_decay=0.0, nesterov=False)"
    )
