"""Row 95 of document 001: its schedulers, by their formulas."""

import numpy as np
import pytest

from nn.lecture import (
    Adagrad,
    AdagradMomentum,
    Adam,
    Constant,
    Momentum,
    RMS_prop,
    RMSprop,
    Scheduler,
)

MAKERS = [
    lambda: Constant(eta=1e-3),
    lambda: Momentum(eta=1e-3, momentum=0.9),
    lambda: Adagrad(eta=1e-3),
    lambda: AdagradMomentum(eta=1e-3, momentum=0.9),
    lambda: RMSprop(eta=1e-3, rho=0.9),
    lambda: Adam(eta=1e-3, rho=0.9, rho2=0.999),
]


def by_hand(scheduler, gradients):
    """The changes for these gradients, straight from the lectures' formulas."""
    eta, delta, changes = scheduler.eta, 1e-8, []
    change = G = second = moment = 0
    for t, g in enumerate(gradients, 1):
        if isinstance(scheduler, Constant):
            change = eta * g
        elif isinstance(scheduler, Momentum):
            change = scheduler.momentum * change + eta * g
        elif isinstance(scheduler, Adagrad):
            G = G + g * g
            change = eta * g / (delta + np.sqrt(G))
        elif isinstance(scheduler, AdagradMomentum):
            G = G + g * g
            change = scheduler.momentum * change + eta * g / (delta + np.sqrt(G))
        elif isinstance(scheduler, RMSprop):
            second = scheduler.rho * second + (1 - scheduler.rho) * g * g
            change = eta * g / (np.sqrt(second) + delta)
        else:
            rho, rho2 = scheduler.rho, scheduler.rho2
            moment = rho * moment + (1 - rho) * g
            second = rho2 * second + (1 - rho2) * g * g
            corrected = np.sqrt(second / (1 - rho2**t))
            change = eta * moment / (1 - rho**t) / (corrected + delta)
        changes.append(change)
    return np.array(changes)


@pytest.mark.parametrize("make", MAKERS)
def test_row_95_twenty_changes(make):
    scheduler = make()
    gradients = np.random.default_rng(0).standard_normal((20, 3, 3))
    changes = [scheduler.update_change(g) for g in gradients]
    np.testing.assert_allclose(changes, by_hand(scheduler, gradients), rtol=1e-12)


@pytest.mark.parametrize("make", MAKERS)
def test_row_95_reset(make):
    """Constant's and Momentum's does nothing; the others forget the sums of squares."""
    scheduler, g = make(), np.full((2, 2), 3.0)
    first = scheduler.update_change(g)
    scheduler.update_change(10 * g)
    before = scheduler.state
    scheduler.reset()
    if isinstance(scheduler, (Constant, Momentum)):
        assert scheduler.state is before
    elif isinstance(scheduler, AdagradMomentum):
        again = scheduler.update_change(g)
        np.testing.assert_allclose(again - 0.9 * before[1], first, rtol=1e-12)
    else:
        np.testing.assert_array_equal(scheduler.update_change(g), first)


def test_row_95_the_example_runs_as_written():
    adam_scheduler = Adam(eta=1e-3, rho=0.9, rho2=0.999)
    weights = np.ones((3, 3))
    rng = np.random.default_rng(0)
    epochs = 10
    for _ in range(epochs):
        gradient = rng.random((3, 3))
        change = adam_scheduler.update_change(gradient)
        weights = weights - change
        adam_scheduler.reset()
    np.testing.assert_allclose(weights, 1 - 10 * 1e-3, rtol=1e-6)  # each a first step, length eta


def test_row_95_the_scheduler_is_abstract():
    with pytest.raises(TypeError, match="abstract"):
        Scheduler(eta=1e-3)
    assert RMS_prop is RMSprop
