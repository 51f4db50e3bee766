"""The library's own operations, layers, activations and losses, to second order.

The long run checks each with at least 20,000 cases.
"""

from collections.abc import Callable
from dataclasses import dataclass
from itertools import count
from typing import Any

import numpy as np
import pytest

import autograd_core as ag
import nn
from autograd_core import operations
from autograd_core.testing import check_operation, gradcheck
from tests.autograd_core.testing.settings import TABLE, checks, faults

MANY = 20_000
every_operation = pytest.mark.parametrize("name", operations.__all__)


def test_no_settings_without_an_operation():
    assert set(TABLE) <= set(operations.__all__)


@every_operation
def test_operation(name):
    assert not "\n".join(faults(name))


@pytest.mark.slow
@every_operation
def test_operation_thoroughly(name):
    cases = 0
    for seed in count(1):
        for operation, options in checks(name):
            cases += check_operation(operation, **options, seed=seed).cases
        if cases >= MANY:
            break


# nn ----------------------------------------------------------------------------------------


@dataclass(frozen=True)
class Example:
    """A module, made anew for each case with a generator, and what it is called on."""

    make: Callable[[np.random.Generator], nn.Module]
    inputs: Callable[[np.random.Generator], tuple[Any, ...]]

    def output(self, seed: int) -> ag.Node:
        """The module's output at some point: floating-point inputs and parameters have gradients.

        A third of the points has numbers that come twice, and zeros: points where functions
        with a kink have it.
        """
        rng = np.random.default_rng(seed)
        module = self.make(rng)
        for parameter in module.parameters():
            parameter.value = _numbers(rng, parameter.shape, coarse=seed % 3 == 2)
        inputs = self.inputs(rng)
        if seed % 3 == 2:
            inputs = tuple(np.asarray(np.round(x * 2) / 2) if _is_score(x) else x for x in inputs)
        output = module(*(ag.InitialNode(x) if _is_score(x) else x for x in inputs))
        assert isinstance(output, ag.Node)
        return output


def _is_score(x: Any) -> bool:
    return isinstance(x, np.ndarray) and x.dtype.kind == "f"


def _numbers(rng, shape, coarse):
    X = np.asarray(rng.normal(size=shape))
    return np.round(X * 2) / 2 if coarse else X


def normal(*shape):
    return lambda rng: (np.asarray(rng.normal(size=shape)),)


def pair(*shape):
    """Predictions and targets."""
    return lambda rng: (rng.normal(size=shape), rng.normal(size=shape))


def labelled(*shape, labels):
    """Scores, and labels of which a list tells what they may be: no gradient by them."""
    return lambda rng: (rng.normal(size=shape), rng.choice(labels, shape).tolist())


def classes(n, K):
    return lambda rng: (rng.normal(size=(n, K)), rng.integers(0, K, n))


def probable_classes(n, K):
    return lambda rng: (rng.normal(size=(n, K)), rng.dirichlet(np.ones(K), n).tolist())


def probabilities(*shape):
    return lambda rng: (rng.uniform(0.05, 0.95, shape), rng.choice([0.0, 0.5, 1.0], shape).tolist())


def losses(loss, *inputs, **options):
    """A loss with every reduction on every kind of inputs."""
    return [
        Example(lambda rng, reduction=reduction: loss(reduction, **options), some)
        for reduction in ("mean", "sum", "none")
        for some in inputs
    ]


def activations(activation, *shapes, **options):
    return [Example(lambda rng: activation(**options), normal(*shape)) for shape in shapes]


ANY = ((), (3,), (2, 3), (1, 2, 2))
SCORES = ((3,), (2, 3), (1, 1))

EXAMPLES: dict[str, list[Example]] = {
    "BCELoss": losses(nn.BCELoss, probabilities(3, 1), probabilities(2, 2)),
    "BCEWithLogitsLoss": losses(
        nn.BCEWithLogitsLoss, labelled(3, 1, labels=[0, 1]), labelled(2, 2, labels=[0, 0.25, 1])
    ),
    "BatchNorm1d": [
        Example(lambda rng: nn.BatchNorm1d(2), normal(4, 2)),
        Example(lambda rng: nn.BatchNorm1d(3, affine=False), normal(2, 3)),
        Example(lambda rng: nn.BatchNorm1d(2).eval(), normal(1, 2)),
    ],
    "CrossEntropyLoss": [
        *losses(nn.CrossEntropyLoss, classes(3, 4), classes(1, 2), probable_classes(2, 3)),
        *losses(nn.CrossEntropyLoss, classes(2, 3), weight=[0.5, 2.0, 1.0]),
        *losses(nn.CrossEntropyLoss, classes(2, 3), probable_classes(2, 3), label_smoothing=0.1),
    ],
    "Dropout": [
        Example(lambda rng: nn.Dropout(0.5, rng=rng), normal(3, 4)),
        Example(lambda rng: nn.Sequential(nn.Linear(2, 3), nn.Dropout(rng=rng)), normal(2, 2)),
    ],
    "ELU": activations(nn.ELU, *ANY) + activations(nn.ELU, (3,), alpha=0.5),
    "Flatten": [Example(lambda rng: nn.Flatten(), normal(2, 3, 2))],
    "HuberLoss": losses(nn.HuberLoss, pair(3, 1)) + losses(nn.HuberLoss, pair(2, 2), delta=0.5),
    "Identity": activations(nn.Identity, (2, 3)),
    "L1Loss": losses(nn.L1Loss, pair(3, 1), pair(2, 2)),
    "LeakyReLU": activations(nn.LeakyReLU, *ANY),
    "Linear": [
        Example(lambda rng: nn.Linear(3, 2), normal(4, 3)),
        Example(lambda rng: nn.Linear(2, 2, bias=False), normal(2, 2)),
        Example(lambda rng: nn.Linear(1, 1), normal(1, 1)),
    ],
    "LogSoftmax": activations(nn.LogSoftmax, *SCORES) + activations(nn.LogSoftmax, (2, 3), dim=0),
    "LogisticLoss": losses(nn.LogisticLoss, labelled(3, 1, labels=[-1, 1])),
    "MLP": [
        Example(lambda rng: nn.MLP([2, 3, 2]), normal(3, 2)),
        Example(lambda rng: nn.MLP([2, 3, 3, 1], "tanh"), normal(2, 2)),
        Example(lambda rng: nn.MLP([2, 3, 2], "elu", batch_norm=True), normal(3, 2)),
        Example(lambda rng: nn.MLP([2, 4, 2], "sigmoid", dropout=0.5, rng=rng), normal(3, 2)),
    ],
    "MSELoss": losses(nn.MSELoss, pair(3, 1), pair(2, 2)),
    "NLLLoss": [
        *losses(nn.NLLLoss, classes(3, 4)),
        *losses(nn.NLLLoss, classes(3, 2), weight=[0.5, 2.0]),
    ],
    "PrependZero": [Example(lambda rng: nn.PrependZero(), normal(3, 2))],
    "ReLU": activations(nn.ReLU, *ANY),
    "Sequential": [
        Example(lambda rng: nn.Sequential(nn.Linear(2, 2), nn.Softplus(), nn.Tanh()), normal(3, 2)),
    ],
    "Sigmoid": activations(nn.Sigmoid, *ANY),
    "Softmax": activations(nn.Softmax, *SCORES) + activations(nn.Softmax, (2, 3), dim=0),
    "Softplus": activations(nn.Softplus, *ANY),
    "Tanh": activations(nn.Tanh, *ANY),
}

every_module = pytest.mark.parametrize("name", EXAMPLES)


def test_no_module_is_left_out():
    exported = {name: getattr(nn, name) for name in nn.__all__}
    modules = {
        name for name, x in exported.items() if isinstance(x, type) and issubclass(x, nn.Module)
    }
    modules -= {"Module", "ModuleDict", "ModuleList"}  # which compute nothing
    assert modules == set(EXAMPLES)


@every_module
def test_module(name):
    for example in EXAMPLES[name]:
        for seed in range(3):
            gradcheck(example.output(seed), order=2)


def test_numbers_may_cancel_between_the_operations_of_a_network():
    assert gradcheck(EXAMPLES["MLP"][2].output(266), seed=266).ok


@pytest.mark.slow
@every_module
def test_module_thoroughly(name):
    """Second derivatives at every fifth point: they take most of the time."""
    cases = 0
    for seed in count(3):
        for i, example in enumerate(EXAMPLES[name]):
            order = 1 if (seed + i) % 5 else 2
            cases += gradcheck(example.output(seed), order=order, seed=seed).cases
        if cases >= MANY:
            break
