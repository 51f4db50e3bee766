"""What rounding explains of a gradient, and what it does not."""

import math

import numpy as np
import pytest

from autograd_core import InitialNode, Operation, softmax
from autograd_core.testing import check_operation, gradcheck, integers
from autograd_core.testing.numeric import precision
from autograd_core.testing.subjects import bind

SEEDS = range(4)


class std(Operation):
    """The standard deviation: of two numbers, half their distance."""

    def forward(self, X):
        return np.sqrt(np.mean(np.square(X - np.mean(X))))

    def gradient(self, dA, A, X):
        return dA * (X - np.mean(X)) / (X.size * np.where(A == 0, 1, A))


class std_by_squares(std):
    """Its own standard deviation, by a formula that cancels twice as many digits."""

    def gradient(self, dA, A, X):
        own = np.sqrt(np.mean(np.square(X)) - np.square(np.mean(X)))
        return dA * (X - np.mean(X)) / (X.size * own)


class norm(Operation):
    """With squares, which underflow."""

    def forward(self, X):
        return np.sqrt(np.sum(X * X))

    def gradient(self, dA, A, X):
        return dA * X / np.where(A == 0, 1, A)


class batch_norm(Operation):
    def width(self, X):
        return np.sqrt(np.mean(np.square(X - np.mean(X, axis=0)), axis=0) + 1e-5)

    def forward(self, X):
        return (X - np.mean(X, axis=0)) / self.width(X)

    def gradient(self, dA, A, X):
        return (dA - np.mean(dA, axis=0) - A * np.mean(dA * A, axis=0)) / self.width(X)


class unit_rows(Operation):
    def norms(self, X):
        m = np.max(np.absolute(X), axis=1, keepdims=True)
        return m * np.sqrt(np.sum(np.square(X / m), axis=1, keepdims=True))

    def forward(self, X):
        return X / self.norms(X)

    def gradient(self, dA, A, X):
        return (dA - A * np.sum(A * dA, axis=1, keepdims=True)) / self.norms(X)


class squared_distances(Operation):
    """|x - y|^2 = |x|^2 + |y|^2 - 2 x.y, where large numbers cancel."""

    def forward(self, X, Y):
        return np.sum(X * X, 1)[:, None] + np.sum(Y * Y, 1) - 2 * (X @ Y.T)

    def gradient(self, dA, A, X, Y):
        D = 2 * np.expand_dims(dA, 2) * (np.expand_dims(X, 1) - Y)
        return np.sum(D, axis=1), -np.sum(D, axis=0)


class half_of_squared_distances(squared_distances):
    def gradient(self, dA, A, X, Y):
        dX, dY = super().gradient(dA, A, X, Y)
        return dX / 2, dY / 2


class cross_entropy(Operation):
    """The mean of log(sum e ** Z) - Z_y, in which the loss is lost beside Z_y."""

    def forward(self, Z, y):
        if not Z.size:
            raise ValueError("cross_entropy: there are no scores")
        m = np.max(Z, axis=1)
        losses = m + np.log(np.sum(np.exp(Z - m[:, None]), axis=1)) - Z[np.arange(len(y)), y]
        return np.sum(losses) / len(y)

    def gradient(self, dL, L, Z, y):
        others = np.arange(Z.shape[1]) != np.asarray(y)[:, None]
        rest = softmax.of(Z, 1) * others
        return dL * np.where(others, rest, -np.sum(rest, axis=1, keepdims=True)) / len(y), None


class cross_entropy_minus_one(cross_entropy):
    """0 where the label leads by more than 37."""

    def gradient(self, dL, L, Z, y):
        one_hot = np.arange(Z.shape[1]) == np.asarray(y)[:, None]
        return dL * (softmax.of(Z, 1) - one_hot) / len(y), None


class triplet(Operation):
    """max(0, |a - p|^2 - |a - n|^2 + 1), in which p and n are lost beside a large a."""

    def forward(self, a, p, n):
        return np.maximum(np.sum(np.square(a - p) - np.square(a - n), axis=1) + 1, 0)

    def gradient(self, dA, A, a, p, n):
        d = 2 * np.where(A > 0, dA, 0).reshape(-1, 1)
        return d * (n - p), d * (p - a), d * (a - n)


class triplet_by_anchor_alone(triplet):
    def gradient(self, dA, A, a, p, n):
        return super().gradient(dA, A, a, p, n)[0], None, None


class bounded_triplet(triplet):
    def forward(self, a, p, n):
        if np.abs(p).max() >= 100:
            raise ValueError("bounded_triplet: p must be below 100")
        return super().forward(a, p, n)

    def gradient(self, dA, A, a, p, n):
        d = 2 * np.where(A > 0, dA, 0).reshape(-1, 1)
        return d * (n - p), d * p - d * a, d * a - d * n


class density(Operation):
    """x e ** (-x ** 2 / 2), with a bound that is far from where it underflows to 0."""

    def forward(self, X):
        x = np.clip(X, -50, 50)
        return np.where(x == X, x * np.exp(-np.square(x) / 2), 0)

    def gradient(self, dA, A, X):
        x = np.clip(X, -50, 50)
        return dA * (1 - x * X) * np.exp(-np.square(x) / 2)


class cosine(Operation):
    """Of rows, with the formula that everybody writes."""

    def forward(self, X, Y):
        return np.sum(self.unit(X) * self.unit(Y), axis=1)

    def gradient(self, dA, A, X, Y):
        a, b, c, d = self.unit(X), self.unit(Y), A.reshape(-1, 1), dA.reshape(-1, 1)
        return d * (b - a * c) / self.norm(X), d * (a - b * c) / self.norm(Y)

    def norm(self, X):
        return np.sqrt(np.sum(np.square(X), axis=1, keepdims=True))

    def unit(self, X):
        return X / self.norm(X)


class layer_norm(Operation):
    def width(self, X):
        middle = X - np.mean(X, axis=1, keepdims=True)
        return np.sqrt(np.mean(np.square(middle), axis=1, keepdims=True) + 1e-5)

    def forward(self, X):
        return (X - np.mean(X, axis=1, keepdims=True)) / self.width(X)

    def gradient(self, dA, A, X):
        def mean(a):
            return np.mean(a, axis=1, keepdims=True)

        h = (X - mean(X)) / self.width(X)
        return (dA - mean(dA) - h * mean(dA * h)) / self.width(X)


class layer_norm_with_gain(layer_norm):
    def forward(self, X, g):
        return g * super().forward(X)

    def gradient(self, dA, A, X, g):
        return super().gradient(dA * g, A, X), dA * super().forward(X)


class divergence(Operation):
    """sum P log(P / Q) - P + Q, with a gradient in which P / Q underflows."""

    def forward(self, P, Q):
        return np.sum(P * (np.log(P) - np.log(Q)) - P + Q)

    def gradient(self, dA, A, P, Q):
        return dA * np.log(P / Q), dA * (1 - P / Q)


class gated(Operation):
    """x sigmoid(g), of which little is left where the sigmoid is subnormal."""

    def forward(self, x, g):
        return x * np.exp(g) / (1 + np.exp(g))

    def gradient(self, dA, A, x, g):
        s = np.exp(g) / (1 + np.exp(g))
        return dA * s, dA * x * s / (1 + np.exp(g))


class dice_loss(Operation):
    def forward(self, p, y):
        return 1 - (2 * np.sum(p * y) + 1) / (np.sum(p) + np.sum(y) + 1)

    def gradient(self, dA, A, p, y):
        total = np.sum(p) + np.sum(y) + 1
        return dA * ((1 - A) - 2 * y) / total, dA * ((1 - A) - 2 * p) / total


class normal_probability(Operation):
    """With a function that computes in float64, whatever it is given."""

    def forward(self, X):
        return 0.5 * np.vectorize(math.erfc, otypes=[X.dtype])(-X / math.sqrt(2))

    def gradient(self, dA, A, X):
        return dA * np.exp(-np.square(X) / 2) / math.sqrt(2 * math.pi)


class x_minus_softplus(Operation):
    """With the gradient 1 - sigmoid(x), of which little is left for large x."""

    def forward(self, X):
        return X - np.log1p(np.exp(X))

    def gradient(self, dA, A, X):
        return dA * (1 - 1 / (1 + np.exp(-X)))


class sum_over_an_axis(Operation):
    """NumPy's sum takes axis 0 of an array without axes; its moveaxis does not."""

    def forward(self, X):
        return np.sum(X, axis=0)

    def gradient(self, dA, A, X):
        first = np.moveaxis(X, 0, 0)
        return np.broadcast_to(dA, first.shape)


class mean(Operation):
    def forward(self, X):
        return np.sum(X) / X.size

    def gradient(self, dA, A, X):
        return np.broadcast_to(dA / X.size, X.shape)


NEARLY_EQUAL = [[-0.971, -0.97], [-2.94, -2.9417682862709844], [1.0, 1 + 2.0**-36]]


@pytest.mark.parametrize("seed", SEEDS)
@pytest.mark.parametrize("x", NEARLY_EQUAL)
def test_a_gradient_need_not_be_more_precise_than_rounding_leaves_the_value(x, seed):
    assert gradcheck(std, [np.array(x)], seed=seed).ok


class solve(Operation):
    """A x = b. Of a singular A, rounding may leave a pivot, and the solution is noise."""

    def forward(self, A, b):
        return np.linalg.solve(A, b)

    def gradient(self, dx, x, A, b):
        db = np.linalg.solve(A.T, dx)
        return -np.outer(db, x), db


class solve_if_easy(solve):
    """With an error for matrices that are harmless."""

    def gradient(self, dx, x, A, b):
        if abs(np.linalg.det(A)) < 0.5:
            raise np.linalg.LinAlgError("Singular matrix")
        return super().gradient(dx, x, A, b)


@pytest.mark.parametrize("seed", SEEDS)
def test_a_gradient_may_refuse_a_matrix_whose_inverse_is_noise(seed):
    options = {"signature": "(n,n),(n)->(n)", "domain": (-1e3, 1e3), "order": 1, "seed": seed}
    report = check_operation(solve, **options, raises=False)
    assert report.ok, report
    report = check_operation(solve_if_easy, **options, raises=False)
    assert report.faults[0].kind == "error"


@pytest.mark.parametrize("seed", SEEDS)
def test_where_a_value_is_rounding_alone_nothing_is_wrong(seed):
    assert check_operation(std, seed=seed, order=1).ok  # of equal numbers too


def test_a_value_that_underflows_on_the_way_shows_no_slope_of_its_own():
    report = gradcheck(norm, [np.array([3e-175])])
    assert report.ok
    assert report.inconclusive


@pytest.mark.parametrize("x", [-1e-159, 3.3e-160])
def test_the_output_that_a_gradient_is_given_may_be_off_by_more_than_rounding(x):
    assert gradcheck(norm, [np.array([x])]).ok


def test_but_it_may_not_lose_twice_as_many_digits():
    report = gradcheck(std_by_squares, [np.array([1000.0, 1000.1])], raises=False)
    assert [fault.kind for fault in report.faults] == ["precision"]


@pytest.mark.parametrize("seed", SEEDS)
def test_nor_may_it_cancel_where_the_value_loses_nothing(seed):
    report = check_operation(x_minus_softplus, domain=(-30.0, 30.0), seed=seed, raises=False)
    assert [fault.kind for fault in report.faults] == ["precision"]


@pytest.mark.parametrize("seed", range(8))
def test_a_gradient_that_cancels_to_nothing(seed):
    X = np.array([[-4.59422242379e140, 1.0], [-4.76167975e140, 1.0]])
    upstream = np.array([[0.0, 0.0], [-1.5, 0.0]])
    assert gradcheck(batch_norm, [X], upstream=upstream, seed=seed).ok


def test_beside_its_steps_a_tiny_number_is_nothing():
    X = np.array([[1.417534463240369e-138, -6.629464581984299e-26, -3.003047890179713e-07]])
    assert gradcheck(unit_rows, [X], upstream=np.array([[0.0, 0.5, 1.875]])).ok
    assert gradcheck(unit_rows, [X], upstream=np.array([[0.0, 0.0, 1.875]])).ok


def test_values_in_quanta_of_a_large_input():
    assert gradcheck(mean, [np.array([1.0, -1e16, -1.0, 1e16])], upstream=np.array(1.0)).ok


def test_values_in_quanta_of_large_numbers_inside():
    at = [np.array([[1.0, 10000.0]]), np.array([[2.0, 10000.0]])]
    assert gradcheck(squared_distances, at).ok
    assert not gradcheck(half_of_squared_distances, at, raises=False).ok


def test_a_slope_whose_longest_step_is_lost_beside_an_input():
    report = gradcheck(cross_entropy, (np.array([[39.5, 0.0]]), np.array([0])))
    assert report.ok
    assert report.inconclusive


@pytest.mark.parametrize("seed", SEEDS)
def test_a_zero_that_only_high_precision_contradicts(seed):
    wide = {"Z": (-1e6, 1e6), "y": integers(0, "k")}
    report = check_operation(
        cross_entropy_minus_one, signature="(b,k),(b)->()", domain=wide, seed=seed, raises=False
    )
    assert "is zero" in report.faults[0].message


def test_of_a_lost_gradient_the_one_in_high_precision_is_told():
    node = cross_entropy_minus_one(InitialNode([[38.0, 0.0]]), [0])
    fault = gradcheck(node, raises=False).faults[0]
    assert fault.analytic == 0
    assert fault.numeric == pytest.approx(-math.exp(-38), rel=1e-2)


@pytest.mark.parametrize("seed", SEEDS)
def test_steps_that_are_rounded_regularly_show_no_error(seed):
    domain = {"p": (0.0, 1.0), "y": (0.0, 1.0)}
    assert check_operation(dice_loss, signature="(k),(k)->()", domain=domain, seed=seed).ok


@pytest.mark.parametrize("x", [0.18859533, 0.5, -1.3, [0.1, -0.2, 0.7, 1.1, -1.7, 0.3]])
def test_the_precision_in_which_a_forward_computes(x):
    x = np.array(x)
    assert precision(bind(normal_probability, {}, (x,)), (x,)).kind is np.float64


def test_an_axis_of_an_array_without_axes_is_not_decided():
    report = gradcheck(sum_over_an_axis, [np.array(2.0)])
    assert report.ok
    assert "axis" in report.inconclusive[0]


@pytest.mark.parametrize("seed", SEEDS)
@pytest.mark.parametrize("at", [(1e31, 1.0, 2.0), (5e144, 1.0, -1.0), (-1e16, 0.0, 0.0)])
def test_what_is_lost_beside_another_input_shows_no_slope_of_zero(at, seed):
    assert gradcheck(triplet, [np.array([[x]]) for x in at], seed=seed).ok
    near = [np.array([[x]]) for x in (3.0, 1.0, 2.0)]
    assert not gradcheck(triplet_by_anchor_alone, near, seed=seed, raises=False).ok


@pytest.mark.parametrize("seed", SEEDS)
def test_at_the_edge_of_a_domain_short_steps_show_the_rounding_of_squares(seed):
    at = [np.array([[x]]) for x in (-1e-5, -99.9999999999, 99.99)]
    assert gradcheck(bounded_triplet, at, seed=seed).ok


def test_high_precision_is_not_right_where_it_alone_does_not_underflow():
    assert gradcheck(density, [np.array([-1.5e240])]).ok
    assert gradcheck(density, [np.array([1.0, -2e244])]).ok


@pytest.mark.parametrize("seed", SEEDS)
@pytest.mark.parametrize(("x", "y"), [([2.0, 1e-16], [1.0, 1.0]), ([1.0, -1e9], [0.0, 1.0])])
def test_an_entry_may_be_zero_by_rounding_if_the_gradient_as_a_whole_loses_nothing(x, y, seed):
    assert gradcheck(cosine, [np.array([x]), np.array([y])], seed=seed).ok


@pytest.mark.parametrize("seed", SEEDS)
def test_rounding_inside_a_gradient_that_is_another_one_near_by_is_noise(seed):
    at = np.array([[-3.6793826, -3.5166035]], np.float32)
    assert gradcheck(layer_norm, [at], seed=seed).ok


@pytest.mark.parametrize("seed", SEEDS)
def test_integers_beside_float32_are_compared_in_the_type_of_both(seed):
    """float64, in which more digits are left."""
    at = np.array([[-3.6793826, -3.5166035]], np.float32), np.ones(2, np.float32)
    assert gradcheck(layer_norm_with_gain, at, seed=seed).ok


def test_an_infinite_gradient_is_judged_by_high_precision_where_the_slope_is_hidden():
    fault = gradcheck(divergence, [np.array([1e-300]), np.array([1e100])], raises=False).faults[0]
    assert fault.analytic == -math.inf
    assert "infinite" in fault.message


@pytest.mark.parametrize("seed", SEEDS)
def test_what_subnormal_numbers_cost_the_value_they_may_cost_the_gradient(seed):
    at = [np.array([-2e239]), np.array([-740.0])]
    assert gradcheck(gated, at, seed=seed).ok
