"""Every mechanical change of a gradient of the library is found, but for those that change nothing.

The survivors are listed with the reason why each is a right gradient as well.
"""

import pytest

from tests.autograd_core.testing.mutation import mutants
from tests.autograd_core.testing.settings import faults

MUTANTS = mutants()
SAMPLE = MUTANTS[:: len(MUTANTS) // 20]
FUNCTIONS = sorted({mutant.function for mutant in MUTANTS})

EQUIVALENT_BECAUSE: dict[str, list[str]] = {
    "another element of the subdifferential at the kink": [
        "relu.gradient: X > 0 -> X >= 0",
        "leaky_relu.gradient: X > 0 -> X >= 0",
        "elu.gradient: X > 0 -> X >= 0",
        "binary_cross_entropy.gradient: P > LEAST -> P >= LEAST",
        "binary_cross_entropy.gradient: P > LEAST -> P >= LEAST #1",
        "binary_cross_entropy.gradient: P > LEAST -> P >= LEAST #2",
    ],
    "where np.minimum takes the other number, np.where takes the other branch": [
        "elu.gradient: 0 -> 1 #1",
    ],
    "the engine sums over the axis of length 1 that is too many": [
        "matmul.gradient: np.squeeze(dX, -2) if row else dX -> dX",
        "matmul.gradient: np.squeeze(dX, -2) -> dX",
    ],
    "the last axis of a matrix is axis 1": [
        "softmax_error.gradient: -1 -> 1",
    ],
    "NumPy takes any negative length for the unknown one": [
        "softmax_loss.gradient: 1 -> 2",
    ],
    "a divisor for arrays without entries": [
        "mse.gradient: 1 -> 0.5",
        "mse.gradient: 1 -> 2",
    ],
    "float16 alone is made wider": [
        "Extreme.gradient: wide(dA) -> dA",
        "mean.gradient: wide(dA) -> dA",
        "mse.gradient: wide(dL) -> dL",
        "rms.gradient: wide(dA) -> dA",
        "softmax_pullback: wide(dA) -> dA",
        "var.gradient: wide(dA) -> dA",
    ],
    "where A is 0, so is X, whatever it is divided by": [
        "rms.gradient: 1 -> 0.5",
        "rms.gradient: 1 -> 2",
    ],
    "a divisor for extremes that are nan": [
        "Extreme.gradient: np.maximum(n, 1) -> n",
        "Extreme.gradient: 1 -> 0.5",
    ],
    # It may lose digits, but no more than rounding of the output does.
    "any constant may be subtracted from dA": [
        f"softmax_pullback: {change}"
        for change in (
            "dA - leader / np.sum(leads, axis=axis, keepdims=True).astype(leader.dtype) -> dA",
            "leader / np.sum(leads, axis=axis, keepdims=True).astype(leader.dtype) -> leader",
            "leader / np.sum(leads, axis=axis, keepdims=True).astype(leader.dtype)"
            " -> leader * np.sum(leads, axis=axis, keepdims=True).astype(leader.dtype)",
            "np.sum(leads, axis=axis, keepdims=True) -> np.sum(leads, keepdims=True)",
            "dA - leader / np.sum(leads, axis=axis, keepdims=True).astype(leader.dtype)"
            " -> dA + leader / np.sum(leads, axis=axis, keepdims=True).astype(leader.dtype)",
            "np.sum(np.where(leads, wide(dA), 0), axis=axis, keepdims=True)"
            " -> np.sum(np.where(leads, wide(dA), 0), keepdims=True)",
            "np.where(leads, wide(dA), 0) -> wide(dA)",
            "np.max(A, axis=axis, keepdims=True) == A -> np.max(A, axis=axis, keepdims=True) >= A",
            "np.max(A, axis=axis, keepdims=True) -> A",
        )
    ],
    "the gradient of nothing is nothing": [
        "softmax_pullback: dA -> None",
    ],
    "no 1 - P in floating point is that near to 0 without being 0": [
        "binary_cross_entropy.gradient: 1 - P > LEAST -> 1 - P >= LEAST",
        "binary_cross_entropy.gradient: 1 - P > LEAST -> 1 - P >= LEAST #1",
        "binary_cross_entropy.gradient: 1 - P > LEAST -> 1 - P >= LEAST #2",
        "binary_cross_entropy.gradient: 1 - P > LEAST -> 1 - P >= LEAST #3",
    ],
    "it changes what np.where discards: a quotient or logarithm where the loss is held": [
        f"binary_cross_entropy.gradient: {change}"
        for change in (
            "np.where(P > LEAST, P, 1) -> P",
            "1 -> 0.5",
            "1 -> 2",
            "np.where(1 - P > LEAST, 1 - P, 1) -> 1 - P",
            "1 - P -> 1",
            "1 - P -> P",
            "1 - P -> 1 + P",
            "1 -> 2 #1",
            "1 -> 0.5 #3",
            "1 -> 2 #3",
            "np.where(1 - P > LEAST, -P, 0) -> -P",
            "1 - P -> 1 #4",
            "1 - P -> P #4",
            "1 - P -> 1 + P #4",
            "1 -> 2 #7",
            "0 -> 1 #2",
        )
    ],
    "another gradient at P = 1 alone, where the loss jumps by 63 within a unit in the last place": [
        "binary_cross_entropy.gradient: np.where(1 - P > LEAST, (1 - y) / q, 0) -> (1 - y) / q",
        "binary_cross_entropy.gradient: 1 - P -> 1 #2",
        "binary_cross_entropy.gradient: 1 - P -> 1 + P #2",
        "binary_cross_entropy.gradient: 1 -> 2 #4",
    ],
    "another gradient for P < 4e-44, all of which give a loss of 100: values can't show it": [
        "binary_cross_entropy.gradient: np.where(P > LEAST, y / p, 0) -> y / p",
    ],
}
EQUIVALENT = {mutant for group in EQUIVALENT_BECAUSE.values() for mutant in group}


def is_found(mutant):
    """Whether a check of an operation that the change concerns reports a fault."""
    return any(faults(name, operation) for name, operation in mutant.build().items())


def test_every_listed_survivor_is_a_mutant():
    assert {str(mutant) for mutant in MUTANTS} >= EQUIVALENT


def test_no_two_mutants_have_one_name():
    assert len({str(mutant) for mutant in MUTANTS}) == len(MUTANTS)


@pytest.mark.parametrize("mutant", SAMPLE, ids=str)
def test_sample(mutant):
    assert is_found(mutant) == (str(mutant) not in EQUIVALENT)


@pytest.mark.slow
@pytest.mark.parametrize("function", FUNCTIONS)
def test_all(function):
    changed = [mutant for mutant in MUTANTS if mutant.function == function]
    survivors = {str(mutant) for mutant in changed if not is_found(mutant)}
    assert survivors == {str(mutant) for mutant in changed if str(mutant) in EQUIVALENT}
