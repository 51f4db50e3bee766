"""What is a fault and what is rounding: wrong gradients that hide, right ones that look wrong."""

import numpy as np
import pytest

import autograd_core as ag
from autograd_core import Operation
from autograd_core.testing import check_operation, gradcheck, integers
from autograd_core.testing.numeric import Numeric, precision
from autograd_core.testing.subjects import bind, quiet

SEEDS = [0, 1, 2]


class square(Operation):
    def forward(self, X):
        return X * X

    def gradient(self, dA, A, X):
        return 2 * dA * X


class size(Operation):
    def forward(self, X):
        return np.absolute(X)

    def gradient(self, dA, A, X):
        return dA * np.sign(X)


class size_of_remembered_sign(size):
    """The sign is kept by the shape, from the first call that had it."""

    signs = {}  # noqa: RUF012

    def gradient(self, dA, A, X):
        return dA * self.signs.setdefault(np.shape(X), np.sign(X))


class square_of_large_upstreams(square):
    """What is small of the upstream is taken for zero."""

    def gradient(self, dA, A, X):
        return 2 * np.where(np.absolute(dA) > 1e-9, dA, 0) * X


class square_by_root(square):
    """The size of the upstream by way of its square, which over- and underflows."""

    def gradient(self, dA, A, X):
        return 2 * np.sign(dA) * np.sqrt(np.square(dA)) * X


class sums_of_pairs(Operation):
    """Of neighbours; a last one without a neighbour is left out."""

    def forward(self, X):
        if X.ndim != 1:
            raise ValueError("sums_of_pairs needs one axis")
        return X[: len(X) // 2 * 2].reshape(-1, 2).sum(axis=1)

    def gradient(self, dA, A, X):
        return np.pad(np.repeat(dA, 2), (0, len(X) % 2)).astype(X.dtype)


class sums_of_pairs_with_tile(sums_of_pairs):
    """Right for up to 3 entries, which are one pair."""

    def gradient(self, dA, A, X):
        return np.pad(np.tile(dA, 2), (0, len(X) % 2))


class doubled_where_not_positive(Operation):
    """Jumps where y is 0."""

    def forward(self, X, Y):
        return np.where(Y > 0, X, 2 * X)

    def gradient(self, dA, A, X, Y):
        return np.where(Y > 0, dA, 2 * dA), None


class doubled_but_between_at_0(doubled_where_not_positive):
    """At y = 0 the mean of both sides."""

    def gradient(self, dA, A, X, Y):
        return dA * (1.5 - np.sign(Y) / 2), None


class held_at_0(Operation):
    """By itself at y = 0: there it is a constant."""

    def forward(self, X, Y):
        return np.where(Y == 0, 7.0, X).astype(X.dtype)

    def gradient(self, dA, A, X, Y):
        return np.where(Y == 0, 0, dA), None


class held_nowhere(held_at_0):
    def gradient(self, dA, A, X, Y):
        return dA, None


@pytest.mark.parametrize("seed", SEEDS)
@pytest.mark.parametrize(
    ("operation", "signature"),
    [
        (size_of_remembered_sign, None),
        (square_of_large_upstreams, None),
        (square_by_root, None),
        (sums_of_pairs_with_tile, "(n)->(m)"),
        (doubled_but_between_at_0, None),
        (held_nowhere, None),
    ],
)
def test_a_wrong_gradient_that_hides_is_found(operation, signature, seed):
    size_of_remembered_sign.signs.clear()
    report = check_operation(
        operation, signature=signature, seed=seed, dtypes=[np.float64], raises=False
    )
    assert not report.ok


def test_a_product_of_rows_may_be_added_up_in_another_order():
    """The upstream's entries cancel, and what is left depends on the layout."""
    X, w = np.full((1, 2, 2), 0.43445969875536394), np.full(2, -0.3526592960604756)
    report = gradcheck(ag.matmul, [X, w], upstream=np.array([[1.125, -1.125]]), raises=False)
    assert report.ok


@pytest.mark.parametrize("exponent", [-540, -60, 60, 540])
def test_an_upstream_of_any_size_gives_a_multiple(exponent):
    upstream = np.array(2.0**exponent)
    assert gradcheck(square, [np.array(1.5)], upstream=upstream).ok


class stairs(Operation):
    def forward(self, X):
        return np.round(8 * X) / 8

    def gradient(self, dA, A, X):
        return (None,)


class one_less_an_inverse(Operation):
    """Of numbers near 0 the value is 0, the slope 1."""

    def forward(self, X):
        return 1 - 1 / (1 + X)

    def gradient(self, dA, A, X):
        return dA / np.square(1 + X)


class exponential_of_product(Operation):
    """The gradient by a number sums up terms of all sizes."""

    def forward(self, X, Y):
        return np.exp(X * Y)

    def gradient(self, dA, A, X, Y):
        return lambda: dA * A * Y, None


class mean_distance(Operation):
    """The mean distance from the mean: numbers close to it are on one side or the other."""

    def forward(self, X):
        return np.mean(np.absolute(X - np.mean(X))) if X.size else np.zeros((), X.dtype)

    def gradient(self, dA, A, X):
        if not X.size:
            return np.zeros_like(X)
        signs = np.sign(X - np.mean(X))
        return dA * (signs - np.mean(signs)) / X.size


class failures(Operation):
    """1 - X is rounded in the type of X, though the counts make the value a wider one."""

    def forward(self, X, k):
        return k * np.log1p(-X)

    def gradient(self, dA, A, X, k):
        return -dA * k / (1 - X), None


@pytest.mark.parametrize("seed", SEEDS)
@pytest.mark.parametrize(
    ("operation", "domain"),
    [
        (square, None),
        (size, None),
        (sums_of_pairs, None),
        (doubled_where_not_positive, None),
        (held_at_0, None),
        (stairs, [(-1e6, 1e6)]),
        (one_less_an_inverse, [(-0.5, 3.0)]),
        (exponential_of_product, [(-300.0, 300.0), {-1.0, 1.0}]),
        (mean_distance, [(-1e200, 1e200)]),
        (failures, [(0.05, 0.95), integers(1, 5)]),
    ],
)
def test_a_right_gradient_is_not_called_wrong(operation, domain, seed):
    assert not check_operation(operation, domain=domain, seed=seed, order=1, raises=False).faults


def test_stairs_are_no_type_with_few_bits():
    x = (np.array(262966.4),)
    assert precision(bind(stairs, {}, x), x).kind is not np.float32


def test_a_type_with_few_bits_is_found():
    class single(Operation):
        def forward(self, X):
            return np.asarray(X, np.float32) * np.float32(1.5)

        def gradient(self, dA, A, X):
            return 1.5 * dA

    x = (np.array(2629.4),)
    assert precision(bind(single, {}, x), x).kind is np.float32


def test_a_value_that_is_left_of_two_ones_does_not_show_its_slope():
    x = (np.array([4e-61]),)
    subject = bind(one_less_an_inverse, {}, x)
    with quiet():
        found = Numeric(subject, x, precision(subject, x)).jacobian(0)
    assert found.kind.item() == 0 or abs(found.low.item() - 1) < 1e-6


class reciprocal_norm_of_squares(Operation):
    """x / |x| by a formula that loses nothing; its gradient takes squares, which vanish."""

    def forward(self, X):
        scaled = X / np.max(np.absolute(X))
        return scaled / np.sqrt(np.sum(scaled * scaled))

    def gradient(self, dA, A, X):
        return (dA - A * np.sum(dA * A)) / np.sqrt(np.sum(X * X))


def test_an_infinite_gradient_is_wrong_where_the_slope_is_known():
    at = [np.array([3e-200, 4e-200])]
    fault = gradcheck(reciprocal_norm_of_squares, at, raises=False).faults[0]
    assert fault.kind == "overflow"
    assert gradcheck(reciprocal_norm_of_squares, [np.array([0.3, 0.4])]).ok
