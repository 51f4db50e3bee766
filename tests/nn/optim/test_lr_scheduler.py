"""The schedules epoch by epoch, against PyTorch's figures and formulas."""

import numpy as np
import pytest

import nn
from nn.optim import SGD, lr_scheduler
from nn.optim.lr_scheduler import (
    ConstantLR,
    CosineAnnealingLR,
    InverseScalingLR,
    LambdaLR,
    LinearLR,
    LRScheduler,
    ReduceLROnPlateau,
    SequentialLR,
    StepLR,
)
from tests.nn.optim.trajectories import EXACT


def optimizer():
    return SGD([{"params": [nn.Parameter(1.0)]}, {"params": nn.Parameter(1.0), "lr": 1.0}], lr=0.1)


def schedule(o, name, arguments):
    make = getattr(lr_scheduler, name)
    if isinstance(arguments, dict):
        return make(o, **arguments)
    *parts, milestones = arguments
    return make(o, [schedule(o, *part) for part in parts], milestones)


def rates(s, metrics):
    lrs = [s.get_last_lr()]
    for metric in metrics:
        s.step(metric)
        lrs.append(s.get_last_lr())
    return np.array(lrs)


@pytest.mark.parametrize(("name", "arguments", "expected"), EXACT["schedules"])
def test_the_rates_are_pytorchs(name, arguments, expected):
    lrs = rates(schedule(optimizer(), name, arguments), [None] * 19)
    np.testing.assert_allclose(lrs[:, 0], expected, rtol=1e-12)
    if arguments != {"T_max": 12, "eta_min": 0.01}:  # others are multiples of the first rate
        np.testing.assert_allclose(lrs[:, 1], 10 * np.array(expected), rtol=1e-12)


@pytest.mark.parametrize(("arguments", "expected"), EXACT["plateaus"])
def test_plateaus_are_pytorchs(arguments, expected):
    lrs = rates(ReduceLROnPlateau(optimizer(), **arguments), EXACT["metrics"])
    assert len(set(expected)) > 2
    np.testing.assert_allclose(lrs[:, 0], expected, rtol=1e-12)


def test_inverse_scaling_and_any_function():
    lrs = rates(InverseScalingLR(optimizer(), power=0.25), [None] * 15)
    assert lrs[[0, 15], 0].tolist() == [0.1, 0.05]
    lrs = rates(LambdaLR(optimizer(), lambda t: 0.5**t), [None] * 2)
    np.testing.assert_array_equal(lrs, [[0.1, 1.0], [0.05, 0.5], [0.025, 0.25]])
    assert rates(ConstantLR(optimizer(), factor=1), [None] * 9)[:, 0].tolist() == [0.1] * 10


MAKERS = {
    "step": lambda o: StepLR(o, 3),
    "warm-up, cosine": lambda o: SequentialLR(
        o, [LinearLR(o, 0.1, total_iters=4), CosineAnnealingLR(o, 8)], [4]
    ),
    "plateau": lambda o: ReduceLROnPlateau(o, factor=0.5, patience=1, cooldown=1),
}


@pytest.mark.parametrize("at", [0, 5, 9])
@pytest.mark.parametrize("make", MAKERS.values(), ids=MAKERS)
def test_a_restored_schedule_goes_on(make, at):
    whole = rates(make(optimizer()), EXACT["metrics"])
    o = optimizer()
    s = make(o)
    rates(s, EXACT["metrics"][:at])
    of_schedule, of_optimizer = s.state_dict(), o.state_dict()
    rates(s, EXACT["metrics"][at:])
    o = optimizer()
    o.lr = 3.0  # all that matters is restored
    s = make(o)
    o.load_state_dict(of_optimizer)
    s.load_state_dict(of_schedule)
    np.testing.assert_array_equal(rates(s, EXACT["metrics"][at:]), whole[at:])


def test_a_nan_does_not_count_as_better():
    o = optimizer()
    s = ReduceLROnPlateau(o, factor=0.5, patience=1)
    lrs = rates(s, [np.nan, 1.0, np.nan, np.nan])
    assert lrs[:, 0].tolist() == [0.1, 0.1, 0.1, 0.1, 0.05]
    assert s.best == 1.0


def test_an_infinite_metric_does_not_count_as_better():
    for mode, worst in (("min", np.inf), ("max", -np.inf)):
        o = optimizer()
        lrs = rates(ReduceLROnPlateau(o, mode, factor=0.5, patience=0), [worst, 1.0, worst])
        assert lrs[:, 0].tolist() == [0.1, 0.05, 0.05, 0.025]


def test_a_rate_set_by_hand_lasts_until_the_next_step():
    o = optimizer()
    s = StepLR(o, 1, gamma=0.5)
    o.lr = 7.0
    assert s.get_last_lr() == [7.0, 7.0]
    s.step()
    assert s.get_last_lr() == [0.05, 0.5]


@pytest.mark.parametrize("make", MAKERS.values(), ids=MAKERS)
def test_a_state_that_does_not_fit_changes_nothing(make):
    o = optimizer()
    s = make(o)
    s.step(1.0)
    before = s.state_dict()
    for wrong in ({}, None, {**before, "last_lrs": [0.1]}, {**before, "last_lrs": [0.1, -1.0]}):
        with pytest.raises(ValueError, match=r"load_state_dict"):
            s.load_state_dict(wrong)
        assert s.state_dict() == before


def test_another_group_needs_another_schedule():
    o = optimizer()
    s = StepLR(o, 1)
    o.add_param_group({"params": nn.Parameter(1.0)})
    with pytest.raises(ValueError, match="StepLR: the optimizer has got another group"):
        s.step()


@pytest.mark.parametrize(
    ("call", "kind", "words"),
    [
        (lambda o: ReduceLROnPlateau(o).step(), TypeError, "needs the epoch's metric"),
        (lambda o: ReduceLROnPlateau(o, "least"), ValueError, "mode must be 'min' or 'max'"),
        (lambda o: ReduceLROnPlateau(o, factor=1), ValueError, "factor must be"),
        (lambda o: StepLR(o, 0), ValueError, "StepLR: step_size must be a whole"),
        (lambda o: StepLR(o, np.nan), ValueError, "StepLR: step_size must be a whole"),
        (lambda o: LRScheduler(o), TypeError, "abstract"),
        (lambda o: ReduceLROnPlateau(0.1), TypeError, "pass the optimizer, not a float"),
        (
            lambda o: SequentialLR(o, [StepLR(o, 1), ReduceLROnPlateau(o)], [3]),
            TypeError,
            "a ReduceLROnPlateau gives no rate",
        ),
        (
            lambda o: ReduceLROnPlateau(o).load_state_dict(StepLR(o, 1).state_dict()),
            ValueError,
            "ReduceLROnPlateau.load_state_dict: this is no state.*best",
        ),
        (
            lambda o: StepLR(o, 1).load_state_dict(o.state_dict()),
            ValueError,
            "StepLR.load_state_dict: this is no state",
        ),
        (lambda o: StepLR(0.1, 3), TypeError, "pass the optimizer, not a float"),
        (lambda o: SequentialLR(o, [StepLR(o, 1)], [3]), ValueError, "need 0 milestones"),
        (
            lambda o: SequentialLR(o, [StepLR(o, 1), StepLR(optimizer(), 1)], [3]),
            ValueError,
            "the same optimizer",
        ),
        (
            lambda o: StepLR(SGD([nn.Parameter(1.0)]), 1).load_state_dict(
                StepLR(o, 1).state_dict()
            ),
            ValueError,
            "the state is of 2 groups",
        ),
    ],
)
def test_what_is_refused(call, kind, words):
    with pytest.raises(kind, match=words):
        call(optimizer())


@pytest.mark.parametrize("mode", ["min", "max"])
@pytest.mark.parametrize("sign", [1, -1])
@pytest.mark.parametrize("threshold_mode", ["rel", "abs"])
def test_a_plateau_of_metrics_of_either_sign(mode, sign, threshold_mode):
    o = SGD([nn.Parameter(1.0)], lr=1.0)
    s = ReduceLROnPlateau(o, mode, factor=0.5, patience=0, threshold_mode=threshold_mode)
    for _ in range(8):
        s.step(sign * 1.0)
    assert o.lr == 0.5**7
    s.step(sign * 1.0 + (-1 if mode == "min" else 1) * 0.01)
    assert o.lr == 0.5**7


def test_a_metric_may_be_a_node():
    o = SGD([nn.Parameter(1.0)], lr=1.0)
    s = ReduceLROnPlateau(o, factor=0.5, patience=0)
    for _ in range(3):
        s.step(nn.Parameter(-2.0) * 1)
    assert o.lr == 0.25
