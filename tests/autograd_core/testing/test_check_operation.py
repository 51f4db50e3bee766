"""check_operation: faults of all kinds in small operations, and none in right ones."""

import numpy as np
import pytest

import autograd_core as ag
from autograd_core import Operation
from autograd_core.testing import GradientError, check_operation, gradcheck, integers
from autograd_core.testing.operand_shapes import fits
from autograd_core.testing.operands import Operands


class cube(Operation):
    def forward(self, X):
        return X**3

    def gradient(self, dA, A, X):
        return 3 * dA * X**2


def wrong_cube(gradient):
    """cube with another gradient."""
    return type("wrong_cube", (cube,), {"gradient": gradient})


counter = iter(range(10**9))

FAULTS = {
    "sign": lambda self, dA, A, X: -3 * dA * X**2,
    "factor": lambda self, dA, A, X: 2 * dA * X**2,
    "no upstream": lambda self, dA, A, X: 3 * X**2,
    "mean upstream": lambda self, dA, A, X: 3 * np.mean(dA) * X**2,
    "absolute upstream": lambda self, dA, A, X: 3 * np.absolute(dA) * X**2,
    "clipped upstream": lambda self, dA, A, X: 3 * np.clip(dA, -1e4, 1e4) * X**2,
    "none": lambda self, dA, A, X: None,
    "negative": lambda self, dA, A, X: 3 * dA * X * np.absolute(X),
    "large": lambda self, dA, A, X: 3 * dA * np.where(X > 37, 0, X**2),
    "small": lambda self, dA, A, X: 3 * dA * np.where(np.absolute(X) < 1e-5, 0, X**2),
    "at 0": lambda self, dA, A, X: dA * np.where(X == 0, 1, 3 * X**2),
    "at 1": lambda self, dA, A, X: dA * np.where(X == 1, 1, 3 * X**2),
    "integers": lambda self, dA, A, X: dA * np.where(np.floor(X) == X, 0, 3 * X**2),
    "all equal": lambda self, dA, A, X: 3 * dA * X**2 * (1 + (X.size > 1 and np.ptp(X) == 0)),
    "length 3": lambda self, dA, A, X: 3 * dA * X**2 * (2 if 3 in X.shape else 1),
    "overflow": lambda self, dA, A, X: 3 * dA * (X**4 / X**2),
    "eps": lambda self, dA, A, X: 3 * dA * X**3 / (X + 1e-8),
    "relative 1e-8": lambda self, dA, A, X: (3 + 3e-8) * dA * X**2,
    "float32": lambda self, dA, A, X: 3 * dA * np.square(X.astype(np.float32)).astype(X.dtype),
    "upcast": lambda self, dA, A, X: (3 * dA * X**2).astype(np.float64),
    "random": lambda self, dA, A, X: 3 * dA * X**2 * (1 + 1e-12 * np.random.default_rng().random()),
    "counter": lambda self, dA, A, X: 3 * dA * X**2 * (1 + (next(counter) % 7 == 6)),
    "shape": lambda self, dA, A, X: np.sum(3 * dA * X**2),
}  # fmt: skip


@pytest.mark.parametrize("seed", range(3))
@pytest.mark.parametrize("name", FAULTS)
def test_wrong_gradients_are_found(name, seed):
    with pytest.raises(GradientError) as caught:
        check_operation(wrong_cube(FAULTS[name]), seed=seed)
    assert caught.value.report.faults


def test_a_right_gradient_passes():
    report = check_operation(cube)
    assert report.ok
    assert report.cases > 100
    assert not report.inconclusive


def test_the_same_seed_gives_the_same_report():
    reports = [check_operation(wrong_cube(FAULTS["large"]), raises=False) for _ in range(2)]
    first, second = (str(report.faults[0]) for report in reports)
    assert first == second


class mm(Operation):
    def forward(self, X, W):
        if X.ndim != 2 or W.ndim != 2:
            raise ValueError("mm: two matrices")
        return X @ W

    def gradient(self, dA, A, X, W):
        return dA @ W.T, X.T @ dA


class mm_without_transpose(mm):
    def gradient(self, dA, A, X, W):
        return dA @ (W if W.shape[0] == W.shape[1] else W.T), X.T @ dA


def test_shapes_are_found_by_trying():
    assert check_operation(mm).ok
    assert not check_operation(mm_without_transpose, raises=False).ok


def test_shapes_are_taken_from_a_signature():
    assert check_operation(mm, signature="(b,p),(p,u)->(b,u)").ok
    assert not check_operation(
        mm_without_transpose, signature="(b,p),(p,u)->(b,u)", raises=False
    ).ok


class scaled(Operation):
    """X Y with the sums of broadcasting made by itself, over all axes."""

    def forward(self, X, Y):
        return X * Y

    def gradient(self, dA, A, X, Y):
        dY = dA * X
        return dA * Y, dY if Y.shape == A.shape else np.broadcast_to(np.sum(dY), Y.shape)


class product(Operation):
    """Of matrices, though NumPy would take vectors and stacks as well."""

    def forward(self, X, W):
        return X @ W

    def gradient(self, dA, A, X, W):
        return dA @ W.T, X.T @ dA


def test_a_fault_at_shapes_that_were_found_says_what_to_do_if_they_are_not_meant():
    fault = check_operation(product, raises=False).faults[0]
    assert fault.kind == "error"
    assert 'signature="(b,p),(p,u)->(b,u)"' in fault.remedy
    assert fault.remedy[:30] in str(fault)
    assert check_operation(product, signature="(b,p),(p,u)->(b,u)").ok
    assert not check_operation(wrong_cube(FAULTS["sign"]), raises=False).faults[0].remedy


def test_broadcasting():
    report = check_operation(scaled, raises=False)
    assert [fault.input for fault in report.faults] == [1]


class largest(Operation):
    def __init__(self, X, axis=None):
        self.axis = axis
        super().__init__(X)

    def forward(self, X):
        return np.max(X, axis=self.axis, keepdims=True)

    def gradient(self, dA, A, X):
        reached = np.equal(X, A)
        return dA * reached / np.sum(reached, axis=self.axis, keepdims=True).astype(X.dtype)


class largest_of_all(largest):
    def gradient(self, dA, A, X):
        return dA * np.equal(X, A)


class largest_along_0(largest):
    def gradient(self, dA, A, X):
        reached = np.equal(X, A)
        n = np.sum(reached, axis=None if self.axis is None else 0, keepdims=True)
        return dA * reached / n.astype(X.dtype)


def test_ties_need_a_joint_direction():
    assert check_operation(largest).ok
    report = check_operation(largest_of_all, raises=False)
    assert report.faults[0].kind == "kink"


def test_options_are_varied():
    report = check_operation(largest_along_0, raises=False)
    assert report.faults[0].options["axis"] is not None


class scores(Operation):
    """-Z_iy of scores Z (b, K) and labels y (b,)."""

    def forward(self, Z, y):
        if Z.ndim != 2 or y.shape != Z.shape[:1] or y.dtype.kind != "i":
            raise ValueError("scores: Z (b, K) and integers y (b,)")
        return -Z[np.arange(len(Z)), y]

    def gradient(self, dA, A, Z, y):
        dZ = np.zeros(Z.shape, Z.dtype)
        dZ[np.arange(len(Z)), np.asarray(y)] = -np.asarray(dA)
        return dZ, None


class scores_of_first_label(scores):
    def gradient(self, dA, A, Z, y):
        return super().gradient(dA, A, Z, y * 0)


@pytest.mark.parametrize(
    "known",
    [{}, {"signature": "(b,K),(b)->(b)", "domain": [None, integers(0, "K")]}],
    ids=["found", "given"],
)
def test_labels(known):
    assert check_operation(scores, order=1, **known).ok
    assert not check_operation(scores_of_first_label, raises=False, order=1, **known).ok


class stale(cube):
    def forward(self, X):
        self.x = X
        return super().forward(X)

    def gradient(self, dA, A, X):
        return 3 * dA * self.x**2


class changes_upstream(cube):
    def gradient(self, dA, A, X):
        dA *= 3
        return dA * X**2


class detached(cube):
    def gradient(self, dA, A, X):
        return 3 * dA * np.asarray(X) ** 2


@pytest.mark.parametrize(
    ("operation", "kind"),
    [(stale, "state"), (changes_upstream, "upstream changed in place"),
     (detached, "second order")],
)  # fmt: skip
def test_the_kind_of_a_fault(operation, kind):
    assert check_operation(operation, raises=False).faults[0].kind == kind


class scratch(cube):
    """It hands out a part of an array that the next call writes to again."""

    rows = np.empty((64, 1000))

    def forward(self, X):
        row = self.rows[X.ndim, : X.size]
        row[...] = (X**3).ravel()
        return row.reshape(X.shape)


class scratch_itself(cube):
    """It hands out the whole array, which the engine has made read-only."""

    arrays = {}  # noqa: RUF012

    def forward(self, X):
        array = self.arrays.setdefault((X.shape, X.dtype), np.empty(X.shape, X.dtype))
        array[...] = X**3
        return array


class scratch_gradient(cube):
    """Its gradient is a part of an array that the next call writes to again."""

    rows = np.empty((64, 1000))

    def gradient(self, dA, A, X):
        if not isinstance(X, np.ndarray):
            return 3 * dA * X**2
        row = self.rows[X.ndim, : X.size]
        row[...] = (3 * dA * X**2).ravel()
        return row.reshape(X.shape)


class changes_input(cube):
    def forward(self, X):
        X *= X**2
        return X


@pytest.mark.parametrize(
    ("operation", "kind"),
    [(scratch, "output overwritten"), (scratch_itself, "inputs changed in place"),
     (scratch_gradient, "gradient overwritten"), (changes_input, "inputs changed in place")],
)  # fmt: skip
def test_an_operation_that_writes_to_what_is_not_its_own(operation, kind):
    X = np.array([1.0, 2.0])
    check = check_operation(operation, dtypes=[np.float64], raises=False)
    for report in (check, gradcheck(operation, X, raises=False)):
        assert report.faults[0].kind == kind
        assert "returned" in report.faults[0].message
    assert np.array_equal(X, [1, 2])


class shared(Operation):
    def forward(self, X, Y):
        return X + Y

    def gradient(self, dA, A, X, Y):
        return dA, dA


def test_the_engine_makes_it_safe_to_return_the_upstream_itself_twice():
    assert check_operation(shared).ok


def test_a_domain_keeps_inputs_inside():
    class logit(Operation):
        def forward(self, P):
            if not ((P > 0) & (P < 1)).all():
                raise ValueError("logit: P must be between 0 and 1")
            return np.log(P) - np.log1p(-P)

        def gradient(self, dA, A, P):
            return dA / P + dA / (1 - P)

    assert check_operation(logit, domain=(0, 1)).ok
    assert check_operation(logit, domain={"P": (0, 1)}).ok
    assert check_operation(logit).ok  # found by trying


@pytest.mark.parametrize(
    "domain",
    [
        lambda rng, shape: rng.uniform(3, 4, shape),
        [lambda rng, shape: rng.uniform(3, 4, shape)],
        lambda X: bool(((X > 3) & (X < 4)).all()),
    ],
    ids=["draws", "draws each", "allows"],
)
def test_a_domain_may_be_a_function_that_draws_or_one_that_allows(domain):
    class of_3_to_4(cube):
        def gradient(self, dA, A, X):
            return np.where(np.absolute(X - 3.5) < 0.51, 3 * dA, 0) * X**2

    assert not check_operation(of_3_to_4, raises=False).ok
    report = check_operation(of_3_to_4, domain=domain)
    assert report.cases > 0


class margins(Operation):
    """The sum of max(0, Z_k - Z_y + 1) over the classes k but y, with a slope of 2 at the kink."""

    def of(self, Z, y):
        others = np.arange(Z.shape[1]) != y.reshape(-1, 1)
        return np.where(others, Z - Z[np.arange(len(y)), y].reshape(-1, 1) + 1, -1)

    def forward(self, Z, y):
        return np.sum(np.maximum(self.of(Z, y), 0), axis=1)

    def gradient(self, dA, A, Z, y):
        m = self.of(Z, y)
        g = np.where(m == 0, 2, (m > 0).astype(Z.dtype))
        own = np.arange(Z.shape[1]) == y.reshape(-1, 1)
        return dA.reshape(-1, 1) * (g - own * np.sum(g, axis=1, keepdims=True)), None


@pytest.mark.parametrize("seed", range(4))
def test_kinks_where_numbers_differ_by_one(seed):
    report = check_operation(
        margins,
        signature="(b,k),(b)->(b)",
        domain=[None, integers(0, "k")],
        dtypes=[np.float64],
        seed=seed,
        order=1,
        raises=False,
    )
    assert report.faults[0].kind == "kink"


class det(Operation):
    """With a gradient for matrices that are not singular."""

    def forward(self, X):
        return np.linalg.det(X)

    def gradient(self, dA, A, X):
        return dA * A * np.linalg.inv(X).T


def far_from_singular(rng, shape):
    n, m = shape
    if n != m:
        raise ValueError(f"{shape} is no square")
    return 2 * n * np.eye(n) + rng.uniform(-1, 1, shape)


@pytest.mark.parametrize("seed", range(3))
def test_what_a_function_draws_is_taken_as_it_is(seed):
    """In shapes of the signature alone, with no patterns, and not made simpler."""
    options = {"signature": "(n,n)->()", "domain": far_from_singular, "order": 1, "seed": seed}
    assert check_operation(det, **options).cases > 50

    class without_transpose(det):
        def gradient(self, dA, A, X):
            return dA * A * np.linalg.inv(X)

    (X,) = check_operation(without_transpose, **options, raises=False).faults[0].inputs
    assert X.shape == (2, 2)
    assert (np.diagonal(X) > 2.9).all()


def test_a_function_that_is_the_domain_may_refuse_shapes():
    domain = {"domain": lambda X: np.linalg.cond(X) < 1e3, "order": 1}
    assert check_operation(det, signature="(n,n)->()", **domain).ok
    with pytest.raises(GradientError, match=r"no attribute\s+'no_such_thing'"):
        check_operation(det, domain=lambda rng, shape: rng.no_such_thing(shape))


def test_a_function_of_nodes():
    assert check_operation(lambda x: ag.sum(x, axis=0)).ok


def test_an_operation_that_accepts_nothing_is_not_passed_in_silence():
    class refuses(cube):
        def forward(self, X):
            raise ValueError("no")

    report = check_operation(refuses, raises=False)
    assert report.cases == 0
    assert not report.ok
    assert "could not be judged" in str(report)
    assert "no inputs were found that the forward accepts" in report.faults[0].message
    assert "ValueError: refuses: no" in report.faults[0].message


def test_missing_options_are_named():
    with pytest.raises(ValueError, match="reshape: it needs shape"):
        check_operation(ag.reshape)


class sine_of_sum(ag.Operation):
    def forward(self, X, Y):
        return np.sin(X + Y)

    def gradient(self, dA, A, X, Y):
        return dA * np.cos(X + Y), dA * np.cos(X + Y)


def test_a_number_that_vanishes_beside_another_is_no_proof_of_a_slope_of_zero():
    report = gradcheck(sine_of_sum, [np.array([1.0]), np.array([2e200])], raises=False)
    assert report.ok
    assert report.inconclusive


class swapped(ag.Operation):
    def __init__(self, X, axes=(1, 0)):
        self.axes = axes
        super().__init__(X)

    def forward(self, X):
        return np.transpose(X, self.axes)

    def gradient(self, dA, A, X):
        return np.transpose(dA, [self.axes.index(k) for k in range(len(self.axes))])


def test_axes_in_a_certain_order_are_not_replaced_by_none():
    assert check_operation(swapped).ok


class root_like_its_input(ag.Operation):
    def forward(self, X):
        return np.sqrt(1 + X * X).astype(X.dtype)

    def gradient(self, dA, A, X):
        return dA * X / np.sqrt(1 + X * X)


def test_what_a_forward_makes_of_integers_is_no_fault_of_the_gradient():
    assert check_operation(root_like_its_input, domain=(-100, 100)).ok


class log2_in_float64(Operation):
    def forward(self, x):
        return np.log2(x)

    def gradient(self, dA, A, x):
        return dA / (x * np.log(2))  # a scalar of float64


class log2_wrong_beyond_1000(log2_in_float64):
    def gradient(self, dA, A, x):
        return dA / (x * np.log(np.where(x < 1000, 2, 4)))


def test_types_are_looked_at_in_the_dtypes_that_are_asked_for():
    report = check_operation(log2_in_float64, domain=(0, None), raises=False)
    assert [fault.kind for fault in report.faults] == ["dtype"]
    assert "Python's numbers" in report.faults[0].message
    assert check_operation(log2_in_float64, domain=(0, None), dtypes=[np.float64]).ok


def test_a_wrong_number_is_told_before_a_wrong_type():
    report = check_operation(log2_wrong_beyond_1000, domain=(0, None), raises=False)
    assert report.faults[0].kind == "wrong value"


class dot_of_cosines(Operation):
    """Wrong for several; and NumPy broadcasts one and several, which the signature forbids."""

    def forward(self, x, y):
        return np.sum(np.cos(x) * np.cos(y))

    def gradient(self, dA, A, x, y):
        wrong = 1.5 if y.size > 1 else 1
        return -dA * np.sin(x) * np.cos(y), -dA * np.cos(x) * np.sin(y) * wrong


def test_a_fault_is_shrunk_inside_the_signature():
    for seed in range(3):
        fault = check_operation(
            dot_of_cosines, signature="(n),(n)->()", seed=seed, raises=False
        ).faults[0]
        assert fault.inputs[0].shape == fault.inputs[1].shape


@pytest.mark.parametrize(
    ("signature", "shapes", "expected"),
    [
        ("(n),(n)->()", [(2,), (2,)], True),
        ("(n),(n)->()", [(1,), (2,)], False),
        ("(n,3)->(n)", [(2, 3)], True),
        ("(n,3)->(n)", [(3, 2)], False),
        ("(n)->()", [(2, 1)], False),
        ("(),()->()", [(1,), (2, 2)], True),
    ],
)
def test_shapes_that_fit_a_signature(signature, shapes, expected):
    assert fits(signature, shapes) == expected


class sine_of_rows(Operation):
    """Wrong for four rows or more."""

    def forward(self, X):
        return np.sin(X)

    def gradient(self, dA, A, X):
        return dA * np.cos(X) * (1.0001 if X.ndim == 2 and len(X) > 3 else 1)


def test_a_fault_of_many_rows_is_told_with_few():
    report = check_operation(sine_of_rows, signature="(b,n)->(b,n)", raises=False)
    assert len(report.faults[0].inputs[0]) == 4


def test_shapes_that_come_again_get_other_patterns(monkeypatch):
    met = {}
    draw = Operands.draw

    def recorded(self, rng, shapes, pattern="ordinary"):
        met.setdefault(shapes.inputs, []).append(pattern)
        return draw(self, rng, shapes, pattern)

    monkeypatch.setattr(Operands, "draw", recorded)
    assert check_operation(cube, signature="(n)->(n)", order=1).ok
    assert len(met) >= 4
    assert all(len(set(patterns)) >= 6 for shape, patterns in met.items() if shape[0][0] < 4)
