"""Hyper-parameters are checked when they are set; parameters are laid end to end."""

import pickle
from copy import deepcopy

import numpy as np
import pytest

import autograd_core as ag
import nn
from nn.optim.groups import ParamGroup, blocks


def test_a_value_is_checked_when_it_is_set():
    group = ParamGroup(
        "Adam", {"lr": np.float64(0.1), "betas": [np.float32(0.5), 0], "momentum": 0}
    )
    assert type(group["lr"]) is float
    assert group["betas"] == (0.5, 0.0)
    group["lr"] = 0  # a schedule may end there
    for name, value in [("lr", -0.1), ("lr", np.nan), ("momentum", 1.0), ("betas", (0.9, 1.0))]:
        with pytest.raises(ValueError, match=f"Adam: {name}.* must be at least 0"):
            group[name] = value
        with pytest.raises(ValueError, match="must be at least 0"):
            group.update({name: value})
    assert group == {"lr": 0.0, "betas": (0.5, 0.0), "momentum": 0.0}
    for name, value in [("lr", None), ("lr", "fast"), ("betas", "ab")]:
        with pytest.raises(TypeError, match=f"Adam: {name}.* must be a number"):
            group[name] = value
    with pytest.raises(
        ValueError, match="no hyper-parameter 'rate'; there are lr, betas, momentum"
    ):
        group["rate"] = 0.1
    assert ParamGroup("Own", {"params": [], "initial_lr": 1, "p": np.int64(3)}).hyper == {"p": 3}


def test_all_ways_to_change_an_entry_reach_the_rule():
    group = ParamGroup("SGD", {"lr": 0.1, "momentum": 0.5})
    group |= {"lr": 0.2}
    assert group.setdefault("initial_lr", group["lr"]) == 0.2
    assert group.hyper == {"lr": 0.2, "momentum": 0.5}


def test_the_parameters_of_a_group_stay():
    """Else those that came later would be zeroed and stored, but never changed."""
    a, b = nn.Parameter(1.0), nn.Parameter(1.0)
    group = nn.optim.SGD([a], lr=0.1).param_groups[0]
    assert group["params"] == (a,)
    with pytest.raises(ValueError, match="SGD: the parameters of a group can't be replaced"):
        group["params"] = [a, b]


@pytest.mark.parametrize("copy", [deepcopy, lambda pair: pickle.loads(pickle.dumps(pair))])
def test_a_copy_of_network_and_optimizer_goes_on_alike(copy):
    net = nn.MLP([2, 3, 1], rng=0)
    optimizer = nn.optim.Adam(net.parameters(), lr=0.1)

    def steps(net, optimizer):
        for _ in range(2):
            optimizer.zero_grad()
            ag.sum(net(np.ones((2, 2)))).backward()
            optimizer.step()
            optimizer.param_groups[0]["lr"] = 0.05
        return np.concatenate([p.value.ravel() for p in net.parameters()])

    steps(net, optimizer)
    other = copy((net, optimizer))
    before = steps(net, optimizer)
    np.testing.assert_array_equal(steps(*other), before)


def test_blocks_join_what_has_the_same_dtype_and_numbers_and_part_it_again():
    shapes = [(2, 3), (), (4,), (1,)]
    ps = [nn.Parameter(np.zeros(s), dtype=np.float32 if s == (4,) else None) for s in shapes]
    states = [(5, np.random.default_rng(i).random(p.shape)) for i, p in enumerate(ps)]
    states[3] = (4, states[3][1])
    made = blocks(ParamGroup("Own", {}), ps, states)
    assert [[p.shape for p in block.params] for block in made] == [[(2, 3), ()], [(4,)], [(1,)]]
    for p in (ps[0], ps[2]):
        p.grad = np.ones(p.shape)
    parts = [part for block in made for part in block.split()]
    assert [len(part.params) for part in parts] == [1, 1, 1, 1]
    for part in parts:
        (i,) = [i for i, p in enumerate(ps) if p is part.params[0]]
        number, array = part.states()[0]
        assert number == states[i][0]
        np.testing.assert_array_equal(array, states[i][1])
        assert array.shape == shapes[i]


def test_a_value_that_was_changed_between_steps_is_the_one_that_counts():
    """Though the values that were handed out last lie end to end already."""
    a, b = nn.Parameter([1.0, 2.0]), nn.Parameter([3.0, 4.0])
    optimizer = nn.optim.SGD([a, b], lr=0.5)

    def step():
        a.grad = b.grad = [1.0, 1.0]
        optimizer.step()
        return a.value.tolist() + b.value.tolist()

    assert step() == [0.5, 1.5, 2.5, 3.5]
    assert step() == [0.0, 1.0, 2.0, 3.0]
    b.value = [10.0, 20.0]
    assert step() == [-0.5, 0.5, 9.5, 19.5]
    a.value[1] = 7.0
    assert step() == [-1.0, 6.5, 9.0, 19.0]
    first, second = a.frozen(), b.frozen()
    a.adopt(second)
    b.adopt(first)
    assert step() == [8.5, 18.5, -1.5, 6.0]
    net = nn.Sequential(nn.Linear(1, 1, bias=False))
    net[0].weight = a
    net.load_state_dict({"0.weight": [0.0, 1.0]})
    assert step() == [-0.5, 0.5, -2.0, 5.5]
