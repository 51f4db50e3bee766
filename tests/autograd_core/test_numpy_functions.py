"""Nodes among arrays: operators, NumPy's functions, methods, dtypes, conversions."""

import operator

import numpy as np
import pytest

import autograd_core as ag

BINARY = {
    "+": (operator.add, np.add),
    "-": (operator.sub, np.subtract),
    "*": (operator.mul, np.multiply),
    "/": (operator.truediv, np.divide),
    "**": (operator.pow, np.power),
    "maximum": (np.maximum, np.maximum),
    "minimum": (np.minimum, np.minimum),
    "<": (operator.lt, np.less),
    "<=": (operator.le, np.less_equal),
    ">": (operator.gt, np.greater),
    ">=": (operator.ge, np.greater_equal),
    "==": (operator.eq, np.equal),
    "!=": (operator.ne, np.not_equal),
    "logical_and": (np.logical_and, np.logical_and),
    "logical_or": (np.logical_or, np.logical_or),
}
NAMES = {
    "+": "add",
    "-": "subtract",
    "*": "multiply",
    "/": "divide",
    "**": "power",
    "<": "less",
    "<=": "less_equal",
    ">": "greater",
    ">=": "greater_equal",
    "==": "equal",
    "!=": "not_equal",
}
OTHERS = {
    "array": np.array([[0.5, 2.0], [1.5, 3.0]]),
    "row": np.array([2.0, 0.25]),
    "0-d array": np.array(2.0),
    "NumPy scalar": np.float64(1.5),
    "integer array": np.array([1, 2]),
    "NumPy integer": np.int64(2),
    "float": 2.5,
    "int": 3,
    "bool": True,
}


@pytest.mark.parametrize("kind", OTHERS)
@pytest.mark.parametrize("name", BINARY)
def test_operators_with_something_else_on_either_side(name, kind):
    function, numpys = BINARY[name]
    other, value = OTHERS[kind], np.array([[0.5, 1.5], [2.0, 4.0]])
    x = ag.InitialNode(value)
    for use in (function, numpys):
        for node, expected in [
            (use(x, other), numpys(value, other)),
            (use(other, x), numpys(other, value)),
        ]:
            assert isinstance(node, ag.Node)
            reflected = {"<": "greater", "<=": "greater_equal", ">": "less", ">=": "less_equal"}
            names = {NAMES.get(name, name)} | {reflected.get(name)}
            assert type(node).__name__ in names
            np.testing.assert_array_equal(node.value, expected, strict=True)
            if node.requires_grad:
                x.zero_grad()
                node.backward()
                assert x.grad.shape == value.shape


@pytest.mark.parametrize("name", ["+", "-", "*", "/", "maximum"])
def test_lists_and_nodes(name):
    function, numpys = BINARY[name]
    x, other = ag.InitialNode([0.5, 1.5]), [1.0, 2.0]
    np.testing.assert_array_equal(function(x, other).value, numpys(x.value, other))
    np.testing.assert_array_equal(function(other, x).value, numpys(other, x.value))
    np.testing.assert_array_equal(function(x, x).value, numpys(x.value, x.value))


def test_matrix_products_with_arrays_and_lists():
    x, A = ag.InitialNode([[1.0, 2.0]]), np.array([[1.0, 2.0], [3.0, 4.0]])
    for node in (x @ A, np.matmul(x, A), x @ A.tolist(), ag.mm(x, A)):
        np.testing.assert_array_equal(node.value, [[7, 10]])
    for node in (A @ x.T, np.matmul(A, x.T), A.tolist() @ x.T):
        np.testing.assert_array_equal(node.value, [[5], [11]])
        x.zero_grad()
        node.backward()
        np.testing.assert_array_equal(x.grad, [[4, 6]])
    np.testing.assert_array_equal((x @ np.array([1.0, 1.0])).value, [3])


def test_unary_operators():
    x = ag.InitialNode([-1.5, 2.0])
    for node, value, gradient in [
        (-x, [1.5, -2.0], [-1, -1]),
        (+x, [-1.5, 2.0], [1, 1]),
        (abs(x), [1.5, 2.0], [-1, 1]),
    ]:
        np.testing.assert_array_equal(node.value, value)
        x.zero_grad()
        node.backward()
        np.testing.assert_array_equal(x.grad, gradient)
    assert +x is not x


# dtypes ------------------------------------------------------------------------------------

X32 = np.array([[0.5, 1.5, 2.5], [0.25, 1.0, 3.0]], np.float32)

EXPRESSIONS = {
    "x + 1.0": lambda x: x + 1.0,
    "1.0 - x": lambda x: 1.0 - x,
    "2 * x": lambda x: 2 * x,
    "x / 3": lambda x: x / 3,
    "1 / x": lambda x: 1 / x,
    "x ** 2": lambda x: x**2,
    "x ** 0.5": lambda x: x**0.5,
    "2 ** x": lambda x: 2**x,
    "True * x": lambda x: True * x,
    "x + node of a list of one": lambda x: x + ag.InitialNode(np.ones(1, x.dtype)),
    "sum": np.sum,
    "sum of an axis": lambda x: x.sum(axis=0),
    "mean": np.mean,
    "mean of an axis": lambda x: x.mean(axis=-1, keepdims=True),
    "0.1 * mean": lambda x: 0.1 * x.mean(),
    "mean / 3": lambda x: x.mean() / 3,
    "3 - sum": lambda x: 3 - x.sum(),
    "1.0 + entry": lambda x: 1.0 + x[0, 0],
    "entry ** 2": lambda x: x[1, 1] ** 2,
    "max": np.max,
    "min": lambda x: x.min(axis=1),
    "var": np.var,
    "var, ddof": lambda x: np.var(x, axis=0, ddof=1),
    "maximum": lambda x: np.maximum(x, 0.0),
    "minimum": lambda x: np.minimum(1, x),
    "clip": lambda x: np.clip(x, 0.3, 2),
    "where": lambda x: np.where(x > 1, x, 0.0),
    "where of a scalar": lambda x: np.where(x.sum() > 1, x.sum(), 0.0),
    "sqrt(mean(square))": lambda x: np.sqrt(np.mean(np.square(x)) + 1e-8),
    "normalised": lambda x: (x - x.mean(0)) / np.sqrt(np.var(x, 0) + 1e-5),
    "matmul": lambda x: x @ x.T,
    "stack": lambda x: np.stack([x, x]),
    "concatenate": lambda x: np.concatenate([x, x], axis=1),
    "sigmoid of 0-d": lambda x: ag.sigmoid(x.sum()) * 0.5,
    "softplus": lambda x: ag.softplus(x) + 1,
    "tanh": lambda x: np.tanh(x.mean()) * 2.0,
    "logsumexp": lambda x: ag.logsumexp(x, axis=1) * 0.5,
    "softmax": lambda x: ag.softmax(x) * 2,
    "mse": lambda x: ag.mse(x, np.zeros_like(x)) + 0.01 * np.sum(x**2),
    "softmax_loss": lambda x: np.mean(ag.softmax_loss(x, np.array([0, 2]))) * 2.0,
    "elu": lambda x: ag.elu(x, 0.3),
    "leaky_relu": lambda x: ag.leaky_relu(x, 0.3),
}


@pytest.mark.parametrize("dtype", [np.float16, np.float32, np.longdouble])
@pytest.mark.parametrize("name", EXPRESSIONS)
def test_python_numbers_do_not_change_the_dtype(name, dtype):
    x = ag.InitialNode(X32, dtype=dtype)
    output = EXPRESSIONS[name](x)
    assert {node.dtype for node in ag.Graph(output).nodes} <= {np.dtype(dtype), np.dtype(bool)} | (
        {np.dtype(np.int64)} if name == "softmax_loss" else set()
    )
    output.backward(create_graph=True)
    gradient = x.grad
    assert gradient.dtype == dtype
    if isinstance(gradient, ag.Node) and gradient.requires_grad:
        x.zero_grad()
        gradient.backward()
        assert x.grad.dtype == dtype


@pytest.mark.parametrize("name", ["+", "*", "/", "-"])
def test_arrays_of_other_dtypes_promote_as_in_numpy(name):
    function, numpys = BINARY[name]
    value = np.array([0.5, 2.0], np.float32)
    for other in (np.array([1.0, 2.0]), np.float64(2), np.array([1, 2]), np.int32(3), np.int8(3)):
        x = ag.InitialNode(value)
        output = function(x, other)
        assert output.dtype == numpys(value, other).dtype
        output.backward()
        assert x.grad.dtype == np.float32


def test_integers_beside_python_numbers():
    n = ag.InitialNode([1, 2])
    assert (n + 1).dtype == np.int64
    assert (n * 0.5).dtype == np.float64
    assert (n / 2).dtype == np.float64
    assert (ag.InitialNode([True]) + 1).dtype == np.int64
    assert not (n * 0.5).requires_grad


# In place ----------------------------------------------------------------------------------


def test_an_array_does_not_take_a_node_in():
    array, x = np.ones(2), ag.InitialNode([1.0, 2.0])
    with pytest.raises(TypeError, match="does not take out="):
        array += x
    with pytest.raises(TypeError, match="does not take out="):
        np.add(array, x, out=array)
    np.testing.assert_array_equal(array, [1, 1])


def test_adding_to_a_name_makes_a_new_node():
    total, x = 0.0, ag.InitialNode([1.0, 2.0])
    first = x
    for _ in range(3):
        total += (x * 2).sum()
    total.backward()
    np.testing.assert_array_equal(x.grad, [6, 6])
    x += 1.0
    x *= 2.0
    x -= np.ones(2)
    x /= 2
    x **= 2
    assert x is not first
    np.testing.assert_array_equal(first.value, [1, 2])
    np.testing.assert_array_equal(x.value, [2.25, 6.25])
    x @= np.ones((2, 1))
    np.testing.assert_array_equal(x.value, [8.5])


# Conversions -------------------------------------------------------------------------------


def test_numbers_from_nodes():
    x = ag.InitialNode(2.5, requires_grad=False)
    assert x.item() == float(x) == 2.5
    assert type(x.item()) is type(float(x)) is float
    assert int(x) == 2
    assert float(x * 2) == 5.0
    assert ag.InitialNode([[3.0]]).item() == 3.0
    assert bool(x > 2)
    assert not x > 3
    assert f"{x.item():.2f}" == "2.50"
    with pytest.raises(ValueError, match="size"):
        ag.InitialNode([1.0, 2.0]).item()
    with pytest.raises(TypeError):
        float(ag.InitialNode([1.0, 2.0], requires_grad=False))
    with pytest.raises(ValueError, match="ambiguous"):
        bool(ag.InitialNode([1.0, 2.0]) > 1)


def test_arrays_from_nodes():
    x = ag.InitialNode([[1.0, 2.0]], requires_grad=False)
    y = x * 2
    for node in (x, y):
        array = np.asarray(node)
        assert type(array) is np.ndarray
        np.testing.assert_array_equal(array, node.value)
        assert np.asarray(node, dtype=np.float32).dtype == np.float32
        copy = np.array(node)
        copy[...] = 0
        assert node.value.all()
    assert np.asarray(np.sum(x)).shape == ()


def test_no_copy_is_promised_only_where_there_is_none():
    y = ag.InitialNode([1.0, 2.0], requires_grad=False) * 2
    np.testing.assert_array_equal(np.array(y, copy=False), [2, 4])
    with pytest.raises(ValueError, match="copy"):
        np.array(y, dtype=np.float32, copy=False)


def test_lengths_and_iteration():
    x = ag.InitialNode([[1.0, 2.0], [3.0, 4.0]])
    assert len(x) == 2
    first, second = x
    np.testing.assert_array_equal(second.value, [3, 4])
    sum(row[0] * (i + 1) for i, row in enumerate(x)).backward()
    np.testing.assert_array_equal(x.grad, [[1, 0], [2, 0]])
    assert [entry.item() for entry in first] == [1, 2]
    for wrong in (len, list):
        with pytest.raises(TypeError):
            wrong(ag.InitialNode(1.0))


def test_nodes_are_told_apart_by_identity():
    """`==` compares entries, as in NumPy, but sets and dictionaries hold nodes."""
    x, y = ag.InitialNode([1.0, 2.0]), ag.InitialNode([1.0, 3.0])
    np.testing.assert_array_equal((x == y).value, [True, False])
    assert len({x, y, x}) == 2
    assert {x: 1}[x] == 1


def test_comparisons_are_run_again():
    x = ag.InitialNode([1.0, -1.0])
    output = np.where(x > 0, x, 10 * x)
    graph = ag.Graph(output)
    x.value = [-2.0, 3.0]
    np.testing.assert_array_equal(graph.forward(), [-20, 3])
    graph.backward()
    np.testing.assert_array_equal(x.grad, [10, 1])


# Functions and methods ---------------------------------------------------------------------

FUNCTIONS = {
    "sum": lambda a: np.sum(a, axis=(0, -1), keepdims=True),
    "mean": lambda a: np.mean(a, 1),
    "max": lambda a: np.max(a, axis=-1),
    "amax": lambda a: np.amax(a, axis=0),
    "amin": lambda a: np.amin(a),
    "var": lambda a: np.var(a, axis=1, keepdims=True),
    "transpose": lambda a: np.transpose(a, (1, 2, 0)),
    "reshape": lambda a: np.reshape(a, (4, -1)),
    "ravel": np.ravel,
    "squeeze": lambda a: np.squeeze(a[:, :1], 1),
    "expand_dims": lambda a: np.expand_dims(a, (0, -1)),
    "swapaxes": lambda a: np.swapaxes(a, 0, -1),
    "broadcast_to": lambda a: np.broadcast_to(a, (2, *a.shape)),
    "concatenate": lambda a: np.concatenate((a, a), axis=-1),
    "concatenate, flat": lambda a: np.concatenate((a, a), axis=None),
    "stack": lambda a: np.stack([a, a], axis=1),
    "take": lambda a: np.take(a, [[0, 0], [1, -1]], axis=1),
    "take, flat": lambda a: np.take(a, [3, 3, 0]),
    "where": lambda a: np.where(a > 2, a, -a),
    "clip": lambda a: np.clip(a, 1.5, None),
    "shape, ndim, size": lambda a: a * np.ndim(a) / np.size(a) * np.shape(a)[-1],
    "zeros_like": lambda a: np.maximum(a, np.zeros_like(a)) + np.ones_like(a),
    "heaviside": lambda a: a * np.heaviside(a - 2, 0.5),
    "sign": lambda a: a * np.sign(a),
    "logical": lambda a: np.where(np.logical_not(np.logical_or(a < 1, a > 2)), a, 0),
    "method T": lambda a: a.T,
    "method transpose": lambda a: a.transpose(2, 0, 1),
    "method transpose of a tuple": lambda a: a.transpose((2, 0, 1)),
    "method transpose of nothing": lambda a: a.transpose(),
    "method reshape": lambda a: a.reshape(-1, 2),
    "method reshape of a tuple": lambda a: a.reshape((2, -1)),
    "method sum": lambda a: a.sum(0),
    "method mean": lambda a: a.mean(axis=(0, 1)),
    "method max": lambda a: a.max(-1, keepdims=True),
    "method min": lambda a: a.min(),
    "method astype": lambda a: a.astype(np.longdouble),
    "[int]": lambda a: a[1],
    "[slice]": lambda a: a[::-1, 1:, ::2],
    "[None, ...]": lambda a: a[None, ..., 0],
    "[list]": lambda a: a[[1, 1, 0]],
    "[array]": lambda a: a[:, np.array([0, 1, 1])],
    "[tuple in a tuple]": lambda a: a[(0, 0), :],
    "[two arrays]": lambda a: a[[0, 1], [1, 1]],
    "[arrays around a slice]": lambda a: a[[0, 1, 1], :, [1, 1, 1]],
    "[mask]": lambda a: a[a > 2],
    "[mask of rows]": lambda a: a[np.array([True, False])],
    "[empty list]": lambda a: a[[]],
    "[NumPy integer]": lambda a: a[np.int64(1), np.array(0)],
    "[True]": lambda a: a[True],
    "[()]": lambda a: a[()],
}


@pytest.mark.parametrize("name", FUNCTIONS)
def test_functions_are_numpys(name):
    """The same expression of an array and of a node; and the gradient of each, by differences."""
    function = FUNCTIONS[name]
    value = np.random.default_rng(0).uniform(0.5, 3.5, (2, 3, 2))
    x = ag.InitialNode(value)
    output = function(x)
    expected = np.asarray(function(value))
    assert isinstance(output, ag.Node)
    np.testing.assert_array_equal(output.value, expected, strict=True)
    upstream = np.random.default_rng(1).uniform(0.5, 1.5, expected.shape)
    output.backward(upstream)
    numerical = np.zeros_like(value)
    for i in np.ndindex(value.shape):
        up, down = value.copy(), value.copy()
        up[i] += 2.0**-17
        down[i] -= 2.0**-17
        numerical[i] = np.sum(upstream * (function(up) - function(down))) / 2.0**-16
    np.testing.assert_allclose(x.grad, numerical, rtol=1e-8, atol=1e-8)


def test_nodes_in_a_key():
    x = ag.InitialNode([1.0, 2.0, 3.0])
    key = ag.InitialNode([2, 2, 0])
    output = x[key]
    output.backward()
    np.testing.assert_array_equal(output.value, [3, 3, 1])
    np.testing.assert_array_equal(x.grad, [1, 0, 2])
    graph = ag.Graph(x[x > 1.5].sum())
    np.testing.assert_array_equal(graph.output.value, 5)
    x.value = [5.0, 1.0, 1.0]
    np.testing.assert_array_equal(graph.forward(), 5)


def test_functions_of_arrays_and_nodes_in_one_call():
    x, a = ag.InitialNode([1.0, 2.0]), np.array([3.0, 4.0])
    np.testing.assert_array_equal(np.concatenate([a, x, [5.0]]).value, [3, 4, 1, 2, 5])
    np.testing.assert_array_equal(np.stack([x, a]).value, [[1, 2], [3, 4]])
    np.testing.assert_array_equal(np.where([True, False], x, a).value, [1, 4])
    np.testing.assert_array_equal(np.where(a > 3, x, 0.0).value, [0, 2])


@pytest.mark.parametrize(
    "call",
    [np.linalg.inv, np.add.reduce, np.cumsum, np.arctan, lambda x: np.add.outer(x, x), np.sort],
)
def test_functions_without_an_operation_say_so(call):
    with pytest.raises(TypeError, match="has no operation in autograd_core"):
        call(ag.InitialNode([[1.0]]))


@pytest.mark.parametrize(
    ("call", "option"),
    [
        (lambda x: np.sum(x, out=np.zeros(())), "out"),
        (lambda x: np.sum(x, dtype=np.float32), "dtype"),
        (lambda x: np.sum(x, where=[True, False]), "where"),
        (lambda x: np.exp(x, where=[True, False]), "where"),
        (lambda x: np.max(x, initial=3.0), "initial"),
    ],
)
def test_options_without_an_operation_say_so(call, option):
    with pytest.raises(TypeError, match=f"does not take {option}="):
        call(ag.InitialNode([1.0, 2.0]))


@pytest.mark.parametrize(
    "value", ["text", [1 + 2j], [None], {"a": 1}, [[1.0], [1.0, 2.0]], np.array(["a"])]
)
def test_what_is_no_real_number_is_refused(value):
    for make in (ag.InitialNode, lambda v: ag.InitialNode([1.0]) + v):
        with pytest.raises((TypeError, ValueError)):
            make(value)


@pytest.mark.parametrize("function", [np.sum, np.max, np.min, np.mean, np.var])
@pytest.mark.parametrize("axis", [0, -1, 1])
def test_an_axis_of_a_number_is_taken_as_numpy_takes_it(function, axis):
    x = ag.InitialNode(5.0)
    try:
        expected = function(np.array(5.0), axis=axis)
    except np.exceptions.AxisError:
        with pytest.raises(np.exceptions.AxisError, match=f"axis {axis} is out of bounds"):
            function(x, axis=axis)
        return
    A = function(x, axis=axis)
    A.backward(create_graph=True)
    assert A.item() == expected
    assert x.grad.item() == 1


def test_the_variance_of_nothing_is_nan_as_in_numpy():
    with pytest.warns(RuntimeWarning):
        assert np.isnan(ag.var(np.zeros((0, 2)), axis=0).value).all()


@pytest.mark.parametrize("operation", [ag.softmax, ag.log_softmax])
def test_softmax_of_nothing_is_nothing(operation):
    x = ag.InitialNode(np.zeros((0, 2)))
    A = operation(x, axis=0)
    A.backward(create_graph=True)
    assert A.shape == x.grad.shape == (0, 2)
