"""A node that becomes a plain number or array says that its gradient is lost."""

import math
import warnings

import numpy as np
import pandas as pd
import pytest
import scipy.sparse
import scipy.special

import autograd_core as ag
import nn
from autograd_core.testing import check_operation, gradcheck

DF = pd.DataFrame({"a": [1.0, 2.0], "b": [3.0, 4.0]})
SERIES = pd.Series([1.0, 2.0])
CSR = scipy.sparse.csr_matrix([[1.0, 0.0], [0.0, 2.0]])
X = np.array([[1.0, 2.0], [3.0, 5.0]])
T = np.arange(5.0)
with warnings.catch_warnings():
    warnings.simplefilter("ignore")  # NumPy advises against it
    MATRIX = np.asmatrix(X)


def fill(array, value):
    array[0] = value
    return array


LOST = {
    "df @ w": lambda w: DF @ w,
    "df.dot(w)": lambda w: DF.dot(w),
    "df.mul(w)": lambda w: DF.mul(w),
    "series @ w": lambda w: SERIES @ w,
    "np.matmul(df, w)": lambda w: np.matmul(DF, w),
    "a column of a frame": lambda w: DF.assign(c=w)["c"].to_numpy(),
    "csr @ w": lambda w: CSR @ w,
    "csr * w": lambda w: CSR * w,
    "csr.multiply(w)": lambda w: CSR.multiply(w).toarray(),
    "csr array * w": lambda w: (scipy.sparse.csr_array(CSR) * w).toarray(),
    "masked array * w": lambda w: (np.ma.array([1.0, 2.0]) * w).filled(),
    "array.dot(w)": lambda w: X.dot(w),
    "array.dot(w) + b": lambda w: X.dot(w) + ag.InitialNode([1.0, 1.0]),
    "math.exp": lambda w: math.exp(w[0]) * w[0],
    "math.fsum": lambda w: math.fsum([w[0], w[1]]) * w,
    "float": lambda w: float(w[0]) * w,
    "int": lambda w: int(w[0]) * w,
    "complex": lambda w: complex(w[0]).real * w,
    "np.sum of a list": lambda w: np.sum([w[0] ** 2, w[1]]),
    "np.mean of a list": lambda w: np.mean([w[0], w[1]]),
    "np.array of a list": lambda w: np.array([w, 2 * w]).sum(),
    "np.array of objects": lambda w: np.array([w[0], w[1]], dtype=object).sum(),
    "np.concatenate of lists": lambda w: np.concatenate([[w[0]], [w[1] * w[1]]]),
    "np.add of lists": lambda w: np.add([w[0]], [w[1]]),
    "an entry of an array": lambda w: fill(np.zeros(2), w[0] ** 2),
    "array.fill": lambda w: (a := np.zeros(2)).fill(w[0]) or a,
    "np.full": lambda w: np.full(3, w[0]),
    "np.arange": lambda w: np.arange(w[1]),
    "np.fromiter": lambda w: np.fromiter(w, float),
    "initial=": lambda w: np.sum(np.ones(2), initial=w[0]),
    "np.vectorize": lambda w: np.vectorize(math.exp)(w),
    "no ufunc of SciPy": lambda w: scipy.special.logsumexp(w),
    "InitialNode": lambda w: ag.InitialNode(w) * 2,
    "nn.Parameter": lambda w: nn.Parameter(w) * 2,
    "a metric": lambda w: nn.metrics.r2_score([1.0, 2.0], w) * w,
    "a scaler": lambda w: nn.data.StandardScaler.of([0.0], [1.0]).transform(w.reshape(2, 1)),
}
BAKED = {
    "an index": lambda w: w * T[(w > 0).astype(int)],
    "a mask": lambda w: X[w > 1],
    "array.take": lambda w: T.take((w > 0).astype(int)) * w,
    "np.repeat": lambda w: np.repeat(w.value, (w > 0).astype(int)),
    "a list of indices": lambda w: T[[(w[0] > 0).astype(int)]],
    "int()": lambda w: T[int((w[0] > 0).astype(int))] * w,
}
each_loss = pytest.mark.parametrize("f", [*LOST.values(), *BAKED.values()], ids=[*LOST, *BAKED])


def causes(error):
    """An error's message and those of its causes: NumPy puts some into another."""
    while error is not None:
        yield str(error)
        error = error.__cause__


@each_loss
@pytest.mark.parametrize(
    "differentiate",
    [
        lambda f, w: ag.grad(lambda w: ag.sum(f(w)))(w),
        lambda f, w: ag.value_and_grad(lambda w: ag.sum(f(w)))(w),
        lambda f, w: ag.jvp(f, w, w),
        lambda f, w: ag.vjp(f, w),
        lambda f, w: ag.jacobian(f)(w),
        lambda f, w: ag.hessian(lambda w: ag.sum(f(w)))(w),
        lambda f, w: ag.hvp(lambda w: ag.sum(f(w)))(w, w),
        lambda f, w: gradcheck(lambda w: ag.sum(f(w)), w),
    ],
    ids=["grad", "value_and_grad", "jvp", "vjp", "jacobian", "hessian", "hvp", "gradcheck"],
)
def test_inside_a_function_that_is_differentiated_it_is_an_error(f, differentiate):
    with pytest.raises((TypeError, ValueError)) as raised:
        differentiate(f, np.array([1.0, 2.0]))
    told = "\n".join(causes(raised.value))
    remedies = ("ag.stack", "np.exp(x)", "X @ w", "df.to_numpy() @ w", "x.value")
    if f in LOST.values():
        assert all(remedy in told for remedy in remedies)
    else:
        assert "ag.index(T, k)" in told
        assert "k.value" in told


@each_loss
def test_elsewhere_it_is_a_warning_once_a_place(f):
    w = ag.InitialNode([1.0, 2.0])
    with warnings.catch_warnings(record=True) as seen:
        warnings.simplefilter("default")
        for _ in range(3):
            f(w)
    told = [x for x in seen if issubclass(x.category, ag.GradientWarning)]
    assert {x.filename for x in told} == {__file__}
    assert len(told) == 1 or f is LOST["df.mul(w)"]  # where pandas makes Python forget the place


def test_every_place_is_told():
    x = ag.InitialNode(1.0)
    with warnings.catch_warnings(record=True) as seen:
        warnings.simplefilter("default")
        for _ in range(2):
            float(x)
            np.asarray(x)
    assert len({x.lineno for x in seen}) == len(seen) == 2


@pytest.mark.parametrize("w", [ag.InitialNode([1.0, 2.0]), ag.InitialNode([1.0, 2.0]) * 2])
def test_initial_and_derived_nodes_say_so(w):
    with pytest.warns(ag.GradientWarning, match="requires a gradient"):
        np.asarray(w)


def test_what_requires_no_gradient_converts_freely():
    c = ag.InitialNode([1.0, 2.0], requires_grad=False)
    labels = ag.InitialNode([0, 1])
    with ag.no_grad():
        results = [ag.InitialNode([1.0, 2.0]) * 2, ag.InitialNode([1.0]) > 0]
    for node in (c, c * 2, labels, *results):
        np.testing.assert_array_equal(np.asarray(node), node.value)
    assert T[labels].tolist() == [0, 1]
    assert float(c[0]) == 1.0
    assert int(labels[0].value) == 0
    w = ag.InitialNode([1.0, 2.0])
    with ag.no_grad():
        assert np.asarray(w).tolist() == [1, 2]


def test_what_asks_for_the_value_never_warns():
    x, J = ag.InitialNode([1.0, 2.0]), ag.InitialNode(2.0) * 2
    assert J.item() == J.value == 4
    assert f"{J:.2f} {J} {x}".startswith("4.00 4.0 ")
    assert format(J, ".1f") == "4.0"
    assert repr(J) == str(J)
    assert J > 3
    assert not J < 3
    assert bool(J)
    assert len(x) == 2
    assert np.shape(x) == (2,)
    assert [entry.item() for entry in x] == [1, 2]
    np.testing.assert_array_equal(((x + 1) * [1, 2] - X @ x).value, [-3, -7])


def test_what_can_not_change_or_is_compared_is_free():
    k = ag.sum(np.array([1, 2, 3]))
    assert int(k) == 6
    assert np.arange(3)[ag.greater([1, 2, 3], 1)].tolist() == [1, 2]
    assert ag.grad(lambda x: x * int(k))(2.0) == 6
    w = ag.InitialNode([1.0, 2.0])
    assert ag.InitialNode(w, requires_grad=False).value.tolist() == [1, 2]
    assert nn.Buffer(w).value.tolist() == [1, 2]


class inverse_by_newton(ag.Operation):
    """The x with x + x ** 3 = y, by derivatives inside `forward` and `gradient`."""

    def forward(self, y):
        x = np.zeros_like(y)
        for _ in range(50):
            x = x - (x + x**3 - y) / ag.grad(lambda x: ag.sum(x + x**3))(x)
        return x

    def gradient(self, dA, A, y):
        with ag.no_grad():
            x = np.asarray(A)
        return dA / ag.grad(lambda x: ag.sum(x + x**3))(x)


def test_derivatives_inside_an_operation_are_arrays():
    y = np.array([0.5, 2.0])
    x = inverse_by_newton(y).value
    expected = 1 / (1 + 3 * x**2)
    np.testing.assert_allclose(ag.grad(lambda y: ag.sum(inverse_by_newton(y)))(y), expected)
    assert gradcheck(inverse_by_newton, y).ok
    assert check_operation(inverse_by_newton, domain=(-10, 10), order=1, cases=8).ok
    node = ag.InitialNode(y)
    inverse_by_newton(node).backward()
    np.testing.assert_allclose(node.grad, expected)


def test_derivatives_of_constants_are_constants():
    def f(x):
        slope = ag.grad(lambda z: z**2)(3.0)
        table = np.zeros(2)
        table[0], table[1] = slope, ag.hvp(lambda z: z**3)(1.0, 1.0)
        H = ag.hessian(lambda z: ag.sum(z**2))(np.ones(2))
        _, pullback = ag.vjp(np.sin, 0.0)
        return ag.sum(x * float(slope) + np.linalg.solve(H, table) * x) + x[0] * pullback(1.0)

    x = np.array([1.0, 2.0])
    np.testing.assert_array_equal(ag.grad(f)(x), [6 + 3 + 1, 6 + 3])
    assert gradcheck(f, x).ok


def test_derivatives_that_reach_a_variable_further_out_are_nodes():
    def f(x):
        p = ag.grad(lambda z: z**2 * x[0])(3.0)
        q = ag.jvp(lambda z: z * x[1], 2.0, 1.0)[1]
        value, gradient = ag.value_and_grad(lambda z: z * x[0] * x[1])(1.0)
        return p + q + value + gradient + ag.vjp(lambda z: z * x[0], 1.0)[1](2.0)

    np.testing.assert_array_equal(ag.grad(f)(np.array([2.0, 5.0])), [6 + 5 + 5 + 2, 1 + 2 + 2])


def test_the_contract_of_conversions_holds():
    J = ag.InitialNode(2.0) * 2
    with pytest.warns(ag.GradientWarning):
        assert float(J) == 4.0
    with pytest.warns(ag.GradientWarning):
        assert np.asarray(J) == 4.0


# What is not lost --------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("f", "expected"),
    [
        (lambda w: DF * w, [3, 7]),
        (lambda w: w * DF, [3, 7]),
        (lambda w: DF + w, [2, 2]),
        (lambda w: w - DF, [2, 2]),
        (lambda w: DF / w, [-3, -7 / 4]),
        (lambda w: SERIES * w, [1, 2]),
        (lambda w: SERIES - w, [-1, -1]),
        (lambda w: w * SERIES, [1, 2]),
        (lambda w: SERIES ** w, [0, 4 * np.log(2)]),
        (lambda w: w @ SERIES, [1, 2]),
        (lambda w: w @ DF, [4, 6]),
        (lambda w: pd.Index([1.0, 2.0]) * w, [1, 2]),
        (lambda w: SERIES.array * w, [1, 2]),
        (lambda w: np.multiply(SERIES, w), [1, 2]),
        (lambda w: DF.to_numpy() @ w, [3, 7]),
        (lambda w: CSR.toarray() @ w, [1, 2]),
        (lambda w: ag.where(w < SERIES, w, 2 * w), [2, 2]),
    ],
)  # fmt: skip
def test_operators_of_pandas_are_operations(f, expected):
    found = ag.grad(lambda w: ag.sum(f(w)))(np.array([1.0, 2.0]))
    np.testing.assert_allclose(found, expected, rtol=1e-15)


@pytest.mark.parametrize("frame", [DF, SERIES], ids=["DataFrame", "Series"])
def test_pandas_in_place(frame):
    frame, w = frame.copy(), ag.InitialNode([1.0, 2.0])
    with pytest.raises(TypeError, match=r"write df = df \+ w"):
        frame += w
    with pytest.raises(TypeError, match=r"write df = df \+ w"):
        frame *= w
    frame = frame + w
    assert isinstance(frame, ag.Node)


def test_a_sparse_matrix_or_a_matrix_is_refused():
    w = ag.InitialNode([1.0, 2.0])
    for f in (lambda: w @ CSR, lambda: CSR + w, lambda: ag.mm(CSR, [w])):
        with pytest.raises(TypeError, match=r"pass its toarray\(\)"):
            f()
    for f in (lambda: MATRIX @ w, lambda: ag.InitialNode(MATRIX) @ w):
        np.testing.assert_array_equal(f().value, X @ w.value)
    with pytest.raises(TypeError, match=r"whose \* and \*\* are those of matrices"):
        MATRIX * w  # a product of matrices for NumPy, entry by entry for us


@pytest.mark.parametrize(
    ("f", "expected"),
    [
        (lambda a, b: ag.stack([a, b]), [1, 1]),
        (lambda a, b: ag.stack([[a, b], [b, 3.0]]), [1, 2]),
        (lambda a, b: ag.stack(((a, [b][0]), (1, 2))), [1, 1]),
        (lambda a, b: ag.concatenate([[a], [b, a]]), [2, 1]),
        (lambda a, b: ag.concatenate([[[a, b]], [[a, 1]]], axis=1), [2, 1]),
        (lambda a, b: np.concatenate([ag.stack([a, b]), [a]]), [2, 1]),
        (lambda a, b: np.stack([ag.stack([a, b]), [a, 2.0]]), [2, 1]),
        (lambda a, b: ag.mean([a, b]), [0.5, 0.5]),
        (lambda a, b: ag.sum([[a, a], [b, 1.0]], axis=0), [2, 1]),
        (lambda a, b: ag.max([a, b]), [0, 1]),
        (lambda a, b: a + [a, b], [3, 1]),  # noqa: RUF005
        (lambda a, b: [a, b] * b, [2, 5]),
        (lambda a, b: a * [[1, b]], [3, 1]),
        (lambda a, b: np.add(a, [a, b]), [3, 1]),
        (lambda a, b: ag.where([a > 0, b > 9], [a, b], 0), [1, 0]),
        (lambda a, b: ag.mm([[a, b]], [[a], [b]]), [2, 4]),
        (lambda a, b: X @ ag.stack([a, b]), [4, 7]),
        (lambda a, b: ag.logsumexp([a, a]), [1, 0]),
        (lambda a, b: ag.take([a, b], 1), [0, 1]),
        (lambda a, b: ag.stack([a, b])[[(b > 0).astype(int), 0]], [1, 1]),
    ],
)  # fmt: skip
def test_lists_of_nodes_are_one_node(f, expected):
    found = ag.grad(lambda a, b: ag.sum(f(a, b)), (0, 1))(1.0, 2.0)
    np.testing.assert_allclose(found, expected, rtol=1e-15)


def test_lists_of_nodes_keep_the_dtype():
    a = ag.InitialNode(np.float32(1))
    assert ag.stack([a, 2.0]).dtype == ag.mean([a, 1]).dtype == (a * [a, 1]).dtype == np.float32


def test_ragged_lists_of_nodes():
    a = ag.InitialNode(1.0)
    with pytest.raises(ValueError, match="stack: all input arrays must have the same shape"):
        ag.stack([[a, a], [a]])


def test_indices_that_are_nodes_stay_in_the_graph():
    x, w = ag.InitialNode([1.0, -1.0]), ag.InitialNode(2.0)
    k = (x > 0).astype(int)
    graphs = [ag.Graph(ag.sum(w * entry)) for entry in (ag.index(T, k), ag.take(T, k))]
    assert [graph.forward() for graph in graphs] == [2, 2]
    x.value = [1.0, 1.0]
    assert [graph.forward() for graph in graphs] == [4, 4]


# Elsewhere ---------------------------------------------------------------------------------


class constant_slope(ag.Operation):
    def forward(self, x):
        return np.sin(x)

    def gradient(self, dA, A, x):
        return dA * np.cos(np.asarray(x))


def test_a_gradient_that_makes_constants():
    assert ag.grad(constant_slope)(1.0) == np.cos(1.0)
    x = ag.InitialNode(1.0)
    constant_slope(x).backward()
    for f in (ag.grad(ag.grad(constant_slope)), ag.hessian(constant_slope)):
        with pytest.raises(TypeError, match="requires a gradient"):
            f(1.0)
    with pytest.warns(ag.GradientWarning):
        constant_slope(x).backward(create_graph=True)
    report = check_operation(constant_slope, raises=False)
    assert [fault.kind for fault in report.faults] == ["second order"]


def test_the_gradient_check_of_a_network_says_so():
    class Swallows(nn.Module):
        def __init__(self):
            super().__init__()
            self.out = nn.Linear(2, 2, rng=0)

        def forward(self, X):
            return self.out(X) + X.value.dot(self.out.weight)

    with pytest.raises(TypeError, match="requires a gradient"):
        nn.check_gradient(Swallows(), X, np.array([0, 1]))


def test_check_operation_says_so():
    report = check_operation(lambda x: ag.sum(np.ones(3).dot(x)), raises=False)
    assert not report.ok
    assert "requires a gradient" in report.faults[0].message


def test_the_package_itself_is_quiet():
    net = nn.Sequential(nn.Linear(2, 3, rng=0), nn.BatchNorm1d(3), nn.Dropout(0.5), nn.Linear(3, 1))
    labels = ag.InitialNode([[0.0], [1.0]])
    for last, loss in ((nn.Sigmoid(), nn.BCELoss()), (nn.Identity(), nn.BCEWithLogitsLoss())):
        model = nn.Sequential(net, last)
        J = loss(model(X), labels)
        J.backward(create_graph=True)
        nn.clip_grad_norm_(model.parameters(), 1.0)
        nn.optim.Adam(model.parameters()).step()
        nn.predict(model, X)
        nn.accuracy(model, X, np.array([0, 1]))


# Integers ----------------------------------------------------------------------------------


def test_backward_from_integers_names_them():
    x, y = ag.InitialNode(2, name="x"), ag.InitialNode(3, name="y")
    for J in (x * y, x * 0.5 + y):
        with pytest.raises(ValueError, match=r"dtype=float for InitialNode 'x' .* 'y'"):
            J.backward()


def test_the_missing_grad_of_an_integer_is_told_once():
    x, w = ag.InitialNode(2, name="x"), ag.InitialNode(3.0, name="w")
    assert x.grad is None
    J = x * w
    for k in (1, 2):
        J.backward()
        assert w.grad == 2 * k
    with pytest.warns(ag.GradientWarning, match=r"dtype=float for InitialNode 'x'"):
        assert x.grad is None
    J.backward()
    assert x.grad is None


def test_labels_and_counts_that_have_no_grad_are_not_told():
    w = ag.InitialNode([1.0, 2.0])
    nodes = [
        ag.InitialNode(2),
        ag.InitialNode([1, 2], name="labels"),
        ag.InitialNode(True, name="b"),
    ]
    for node in nodes:
        ag.sum(w * node).backward()
        assert node.grad is None
