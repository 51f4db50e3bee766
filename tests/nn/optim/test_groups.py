"""Hyper-parameters are checked when they are set; parameters are laid end to end."""

import numpy as np
import pytest

import nn
from nn.optim.groups import ParamGroup, blocks


def test_a_value_is_checked_when_it_is_set():
    group = ParamGroup("Adam", {"lr": np.float64(0.1), "betas": [np.float32(0.5), 0]})
    assert type(group["lr"]) is float
    assert group["betas"] == (0.5, 0.0)
    group["lr"] = 0  # a schedule may end there
    for name, value in [("lr", -0.1), ("lr", np.nan), ("momentum", 1.0), ("betas", (0.9, 1.0))]:
        with pytest.raises(ValueError, match=f"Adam: {name}.* must be at least 0"):
            group[name] = value
        with pytest.raises(ValueError, match="must be at least 0"):
            group.update({name: value})
    assert group == {"lr": 0.0, "betas": (0.5, 0.0)}
    assert ParamGroup("Own", {"params": [], "initial_lr": 1, "p": np.int64(3)}).hyper == {"p": 3}


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
