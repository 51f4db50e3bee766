"""Bad input is an error that says which operation, which shapes, and what would fit."""

import re

import numpy as np
import pytest

import autograd_core as ag

X = ag.InitialNode(np.ones((4, 3)), name="X")
W = ag.InitialNode(np.ones((2, 5)), name="W")
v = ag.InitialNode(np.ones(3), name="v")
scores = ag.InitialNode(np.ones((4, 1)), name="scores")
P = ag.InitialNode(np.full((4, 1), 0.5), name="P")
counts = ag.InitialNode([1, 2, 3], name="counts")
RAGGED = [[1, 2], [3]]


def saying(*parts):
    """A pattern for messages in which every part occurs."""
    return "(?s)" + "".join(f"(?=.*{re.escape(part)})" for part in parts)


def cases(table):
    """Run a test for every call in the table, with the parts of the message it must give."""
    return pytest.mark.parametrize(
        ("call", "message"),
        [(call, saying(*parts)) for call, *parts in table.values()],
        ids=table.keys(),
    )


# ------------------------------------------------------------------------------------- shapes


@cases(
    {
        "mm": (
            lambda: ag.mm(X, W),
            "mm: X is (4, 3) but W is (2, 5)",
            "the 3 columns of X must match the 2 rows of W",
            "InitialNode 'X' (4, 3) float64, InitialNode 'W' (2, 5) float64",
        ),
        "at-sign": (lambda: X @ W, "mm: X is (4, 3) but W is (2, 5)", "the 3 columns of X"),
        "array-at-node": (lambda: np.ones((4, 3)) @ W, "mm: X is (4, 3) but W is (2, 5)"),
        "mm-of-a-vector": (lambda: ag.mm(v, W), "mm: X is (3,)", "both must be matrices", "'v'"),
        "matmul": (lambda: ag.matmul(v, W), "matmul: ", "'v' (3,)", "'W' (2, 5)"),
        "matmul-of-a-number": (lambda: X @ 3.0, "matmul: ", "'X' (4, 3)", "()"),
        "derived-node": (lambda: (X * 2) @ W, "mm: ", "inputs: multiply (4, 3) float64, "),
        "add": (lambda: X + W, "add: ", "broadcast", "'X' (4, 3)", "'W' (2, 5)"),
        "radd": (lambda: np.ones(4) + X, "add: ", "broadcast", "(4,)", "'X' (4, 3)"),
        "multiply": (lambda: X * W, "multiply: ", "broadcast", "'X' (4, 3)", "'W' (2, 5)"),
        "power": (lambda: X**W, "power: ", "broadcast", "'X' (4, 3)", "'W' (2, 5)"),
        "maximum": (lambda: np.maximum(X, W), "maximum: ", "'X' (4, 3)", "'W' (2, 5)"),
        "where": (lambda: np.where(X > 0, X, W), "where: ", "greater (4, 3) bool", "'W' (2, 5)"),
        "clip": (lambda: ag.clip(X, np.ones(5)), "clip: ", "(5,)", "'X' (4, 3)"),
        "reshape": (lambda: X.reshape(5, 2), "reshape: ", "(5,2)", "size 12", "'X' (4, 3)"),
        "reshape-two-unknown": (lambda: X.reshape(-1, -1), "reshape: ", "one unknown", "'X'"),
        "broadcast_to": (lambda: ag.broadcast_to(X, (2, 3)), "broadcast_to: ", "(2,3)", "'X'"),
        "transpose": (lambda: X.transpose(0, 0), "transpose: repeated axis", "'X' (4, 3)"),
        "squeeze": (lambda: np.squeeze(X, 0), "squeeze", "(4, 3)"),
        "concatenate": (
            lambda: ag.concatenate([X, W]),
            "concatenate: ",
            "dimension 1, the array at index 0 has size 3 and the array at index 1 has size 5",
            "'X' (4, 3)",
            "'W' (2, 5)",
        ),
        "concatenate-ndim": (lambda: np.concatenate([X, v]), "concatenate: ", "'v' (3,)"),
        "concatenate-nothing": (lambda: ag.concatenate([]), "concatenate: need at least one"),
        "stack": (lambda: ag.stack([X, W]), "stack: ", "same shape", "'X' (4, 3)", "'W' (2, 5)"),
        "max-of-nothing": (lambda: ag.max(np.zeros((0, 3))), "max: zero-size", "(0, 3)"),
        "upstream": (
            lambda: (X * 2).backward(np.ones((3, 4))),
            "backward() from multiply (4, 3) float64",
            "upstream gradient has shape (3, 4)",
            "must have (4, 3)",
        ),
        "upstream-broadcasts": (lambda: (X * 2).backward(np.ones((4, 1))), "(4, 1)", "(4, 3)"),
        "upstream-number": (lambda: (X * 2).backward(1.0), "shape ()", "must have (4, 3)"),
        "upstream-node": (
            lambda: (X * 2).backward(ag.InitialNode(np.ones(3)), create_graph=True),
            "backward() from multiply (4, 3)",
            "(3,)",
        ),
        "grad": (lambda: setattr(X, "grad", np.ones(3)), "'X' (4, 3)", "grad of shape (3,)"),
    }
)
def test_shapes_that_do_not_fit(call, message):
    with pytest.raises(ValueError, match=message):
        call()


# ------------------------------------------------------------------------------------- losses


LOSSES = [ag.logistic_loss, ag.binary_cross_entropy, ag.mse]


@pytest.mark.parametrize("loss", LOSSES, ids=lambda loss: loss.__name__)
@pytest.mark.parametrize("shape", [(4,), (1, 4), (4, 2), (3, 1), ()], ids=str)
def test_labels_of_another_shape_are_never_broadcast(loss, shape):
    remedy = "must have the same shape; reshape the labels with y.reshape((4, 1))"
    parts = [f"{loss.__name__}: ", "(4, 1)", f"are {shape}", remedy, "'P' (4, 1) float64"]
    with pytest.raises(ValueError, match=saying(*parts)):
        loss(P, np.ones(shape))


@pytest.mark.parametrize("shape", [(4, 1), (1, 4), (3,), (), (4, 3)], ids=str)
def test_softmax_loss_takes_one_label_for_each_row(shape):
    parts = ["softmax_loss: the scores Z are (4, 3)", f"labels y are {shape}", "(b, K) and (b,)"]
    if shape == (4, 3):
        parts.append("for one-hot labels pass y.argmax(axis=1)")
    with pytest.raises(ValueError, match=saying(*parts, "'X' (4, 3)")):
        ag.softmax_loss(X, np.zeros(shape, int))


def test_softmax_loss_of_a_vector_gives_no_hint_about_one_hot_labels():
    message = saying("softmax_loss: ", "(3,)", "(b, K) and (b,)")
    with pytest.raises(ValueError, match=message) as error:
        ag.softmax_loss(v, [0, 1, 2])
    assert "one-hot" not in str(error.value)


@cases(
    {
        "too-large": (lambda: [0, 1, 2, 3], "range from 0 to 3, but Z has 3 columns", "0 to 2"),
        "negative": (lambda: [0, 1, 2, -1], "range from -1 to 2, but Z has 3 columns", "0 to 2"),
    }
)
def test_softmax_loss_labels_out_of_range(call, message):
    with pytest.raises(ValueError, match=message + ".*softmax_loss: the labels y"):
        ag.softmax_loss(X, call())


@pytest.mark.parametrize("labels", [[0.0, 1.0, 2.0, 1.0], [0, 1, 2, np.nan], [True] * 4], ids=str)
def test_softmax_loss_labels_must_be_integers(labels):
    dtype = np.asarray(labels).dtype
    with pytest.raises(TypeError, match=f"softmax_loss: the labels y must be integers.*{dtype}"):
        ag.softmax_loss(X, labels)


@pytest.mark.parametrize("stray", [0.0, 0.5, 2.0, np.nan, np.inf])
def test_logistic_loss_labels_must_be_plus_or_minus_1(stray):
    labels = np.array([[1.0], [-1.0], [stray], [stray]])
    parts = ["logistic_loss: ", "must be -1 or 1", "2 of 4 are not", f"the first of them {stray}"]
    with pytest.raises(ValueError, match=saying(*parts, "'scores' (4, 1)")):
        ag.logistic_loss(scores, labels)


@pytest.mark.parametrize("dtype", [np.int8, np.int64, np.uint8, np.float32, float])
def test_logistic_loss_is_the_same_for_labels_of_any_dtype(dtype):
    """Also where the negative of a label does not exist: -1 as uint8 is 255."""
    loss = ag.logistic_loss(scores, np.ones((4, 1), dtype))
    np.testing.assert_allclose(loss.value, np.log1p(np.exp(-scores.value)), rtol=1e-15)


@pytest.mark.parametrize("stray", [-0.1, 1.1, np.nan, np.inf])
@pytest.mark.parametrize("which", ["probabilities P", "labels y"])
def test_binary_cross_entropy_takes_probabilities(stray, which):
    good, bad = np.full((4, 1), 0.5), np.array([[0.5], [stray], [0.0], [1.0]])
    arguments = (bad, good) if which == "probabilities P" else (good, bad)
    parts = [f"binary_cross_entropy: the {which} must be from 0 to 1", "1 of 4", f"{stray}"]
    with pytest.raises(ValueError, match=saying(*parts)):
        ag.binary_cross_entropy(*arguments)


def test_graph_that_refuses_new_labels_keeps_its_values():
    y = ag.InitialNode([0, 1, 2, 0], name="y")
    J = ag.mean(ag.softmax_loss(X, y))
    before, graph = J.item(), ag.Graph(J)
    y.value = [0, 1, 2, 3]
    with pytest.raises(ValueError, match=saying("softmax_loss: ", "0 to 3", "'y' (4,) int64")):
        graph.forward()
    assert J.item() == before


def test_graph_that_refuses_a_new_shape_keeps_its_values():
    x = ag.InitialNode(np.ones((4, 2)), name="x")
    A = x @ W
    x.value = np.ones((4, 7))
    with pytest.raises(ValueError, match=saying("mm: X is (4, 7) but W is (2, 5)", "'x' (4, 7)")):
        ag.Graph(A).forward()
    assert A.shape == (4, 5)


# ------------------------------------------------------------------------------------- dtypes

NOT_REAL = {
    "complex": 1j,
    "complex-array": np.ones((4, 3), complex),
    "None": None,
    "text": "abc",
    "texts": ["a", "b"],
    "objects": [1, None],
    "object-array": np.array([1.0], dtype=object),
    "dates": np.array(["2020-01-01"], dtype="datetime64[D]"),
    "dictionary": {},
}


@pytest.mark.parametrize("value", NOT_REAL.values(), ids=NOT_REAL.keys())
def test_values_that_are_no_real_numbers(value):
    parts = [f"got {type(value).__name__} of dtype {np.asarray(value).dtype}", "real numbers"]
    for what, make in {
        "InitialNode 'x'": lambda: ag.InitialNode(value, name="x"),
        "add: input 1": lambda: X + value,
        "mm: input 0": lambda: ag.mm(value, W),
        "mse: input 1": lambda: ag.mse(X, value),
        "InitialNode 'X' (4, 3) float64: its new value": lambda: setattr(X, "value", value),
        "argument 0": lambda: ag.grad(ag.sum)(value),
        "the function's result": lambda: ag.jacobian(lambda x: value)(1.0),
        "jvp: the direction": lambda: ag.jvp(ag.exp, np.ones(3), value),
        "vjp: u": lambda: ag.vjp(ag.exp, np.ones(3))[1](value),
    }.items():
        with pytest.raises(TypeError, match=saying(what, *parts)):
            make()
    if value is not None:
        with pytest.raises(TypeError, match=saying("backward() from multiply", *parts)):
            (X * 2).backward(value)


@cases(
    {
        "InitialNode": (lambda: ag.InitialNode(RAGGED, name="r"), "InitialNode 'r': "),
        "operand": (lambda: X + RAGGED, "add: input 1: "),
        "value": (lambda: setattr(X, "value", RAGGED), "InitialNode 'X' (4, 3) float64: "),
        "upstream": (lambda: (X * 2).backward(RAGGED), "backward() from multiply (4, 3) float64"),
    }
)
def test_ragged_lists(call, message):
    with pytest.raises(ValueError, match=message + "(?s:.*)inhomogeneous"):
        call()


@pytest.mark.parametrize("dtype", [complex, object, str])
def test_dtype_of_an_initial_node_is_real(dtype):
    with pytest.raises(TypeError, match=saying("InitialNode 'c'", "real numbers")):
        ag.InitialNode([1.0, 2.0], name="c", dtype=dtype)


@cases(
    {
        "int": (lambda: ag.InitialNode([1, 2], "n", requires_grad=True), "'n' (2,) int64"),
        "bool": (lambda: ag.InitialNode([True], requires_grad=True), "InitialNode (1,) bool"),
        "dtype": (lambda: ag.InitialNode([1.0], requires_grad=True, dtype=int), "(1,) int64"),
    }
)
def test_only_floating_point_values_require_gradients(call, message):
    remedy = "can't require a gradient.*pass dtype=float or requires_grad=False"
    with pytest.raises(TypeError, match=message + ".*" + remedy):
        call()


@cases(
    {
        "float-to-int": (
            lambda: setattr(counts, "value", [1.5, 2.5, 3.5]),
            "InitialNode 'counts' (3,) int64 can't take a value of dtype float64",
        ),
        "int-to-bool": (
            lambda: setattr(ag.InitialNode([True], name="b"), "value", [2]),
            "InitialNode 'b' (1,) bool can't take a value of dtype int64",
        ),
        "complex-grad": (
            lambda: setattr(X, "grad", np.ones((4, 3), complex)),
            "InitialNode 'X' (4, 3) float64",
            "complex128",
        ),
        "astype": (lambda: X.astype(complex), "astype", "complex128"),
    }
)
def test_values_of_a_wrong_dtype(call, message):
    with pytest.raises(TypeError, match=message):
        call()


def test_derived_values_cannot_be_assigned():
    A = X * 2
    with pytest.raises(AttributeError, match="'value' of 'multiply' object has no setter"):
        A.value = np.ones((4, 3))
    with pytest.raises(ValueError, match="read-only"):
        A.value[0] = 1


@cases(
    {
        "value": (lambda: ag.InitialNode([v[0], v[1]], name="x"), "InitialNode 'x'", "stack"),
        "function": (lambda: ag.jacobian(lambda x: [x, 2 * x])(1.0), "stack"),
        "pair": (lambda: ag.grad(lambda x: (x, x))(1.0), "stack"),
    }
)
def test_list_of_nodes_does_not_become_a_constant(call, message):
    """Its gradient would be 0 without a word: `stack` makes a node of nodes."""
    with pytest.raises(TypeError, match=message):
        call()


# -------------------------------------------------------------- NumPy functions and options

NO_OPERATION = {
    "np.floor": lambda: np.floor(X),
    "np.isnan": lambda: np.isnan(X),
    "np.float_power": lambda: np.float_power(X, 2),
    "np.remainder": lambda: np.remainder(X, 2),
    "np.add.reduce": lambda: np.add.reduce(X),
    "np.add.outer": lambda: np.add.outer(X, X),
    "np.add.at": lambda: np.add.at(X, 0, 1.0),
    "np.multiply.accumulate": lambda: np.multiply.accumulate(X),
    "np.linalg.norm": lambda: np.linalg.norm(X),
    "np.linalg.inv": lambda: np.linalg.inv(X),
    "np.linalg.det": lambda: np.linalg.det(X),
    "np.fft.fft": lambda: np.fft.fft(X),
    "np.cumsum": lambda: np.cumsum(X),
    "np.einsum": lambda: np.einsum("ij->i", X),
    "np.dot": lambda: np.dot(X, v),
    "np.outer": lambda: np.outer(v, v),
    "np.prod": lambda: np.prod(X),
    "np.std": lambda: np.std(X),
    "np.median": lambda: np.median(X),
    "np.sort": lambda: np.sort(X),
    "np.argmax": lambda: np.argmax(X),
    "np.trace": lambda: np.trace(X),
    "np.vstack": lambda: np.vstack([X, X]),
    "np.tile": lambda: np.tile(X, 2),
    "np.pad": lambda: np.pad(X, 1),
    "np.round": lambda: np.round(X),
    "np.allclose": lambda: np.allclose(X, X),
}


@pytest.mark.parametrize("name", NO_OPERATION)
def test_function_without_operation_is_an_error(name):
    remedy = "write an Operation for it, or pass node.value if a constant is meant"
    with pytest.raises(TypeError, match=saying(f"{name} has no operation", remedy)):
        NO_OPERATION[name]()


@cases(
    {
        "exp-out": (lambda: np.exp(X, out=np.zeros((4, 3))), "np.exp", "out="),
        "node-as-out": (lambda: np.exp(np.ones((4, 3)), out=X), "np.exp", "out="),
        "in-place": (lambda: np.ones((4, 3)).__iadd__(X), "np.add", "out="),
        "sum-out": (lambda: np.sum(X, out=np.zeros(())), "np.sum", "out="),
        "concatenate-out": (lambda: np.concatenate([X], out=np.zeros((4, 3))), "np.concatenate"),
        "add-dtype": (lambda: np.add(X, 1, dtype=np.float32), "np.add", "dtype="),
        "mean-dtype": (lambda: np.mean(X, dtype=float), "np.mean", "dtype="),
        "add-where": (lambda: np.add(X, 1, where=np.ones((4, 3), bool)), "np.add", "where="),
        "sum-where": (lambda: np.sum(X, where=True), "np.sum", "where="),
        "max-initial": (lambda: np.max(X, initial=1.0), "np.max", "initial="),
        "reshape-order": (lambda: np.reshape(X, (3, 4), order="F"), "np.reshape", "order="),
        "exp-casting": (lambda: np.exp(X, casting="no"), "np.exp", "casting="),
    }
)
def test_options_that_no_operation_has(call, message):
    with pytest.raises(TypeError, match=message + r"(?s:.*)does not take"):
        call()


@cases(
    {
        "unknown": (lambda: np.exp(X, base=2), "exp", "base"),
        "mode": (lambda: np.take(X, [0], mode="clip"), "take", "mode"),
        "node-as-limit": (lambda: np.clip(X, v, None), "clip", "a_min"),
        "text-as-limit": (lambda: np.clip(X, "a", None), "clip", "'X' (4, 3)"),
        "too-few": (lambda: ag.mm(X), "mm", "W", "'X' (4, 3)"),
        "too-many": (lambda: ag.exp(X, v), "exp", "'X' (4, 3)", "'v' (3,)"),
    }
)
def test_arguments_that_an_operation_does_not_take(call, message):
    with pytest.raises(TypeError, match=message):
        call()


# ------------------------------------------------------------------------- axes and indices


@cases(
    {
        "sum": (lambda: ag.sum(X, axis=2), "sum: ", "axis 2 is out of bounds", "'X' (4, 3)"),
        "max": (lambda: ag.max(X, axis=-3), "max: ", "axis -3 is out of bounds", "'X' (4, 3)"),
        "mean": (lambda: ag.mean(X, axis=5), "mean: ", "axis 5 is out of bounds", "'X' (4, 3)"),
        "var": (lambda: np.var(X, axis=5), "axis 5 is out of bounds", "'X' (4, 3)"),
        "softmax": (lambda: ag.softmax(X, axis=2), "softmax: ", "axis 2 is out", "'X' (4, 3)"),
        "log_softmax": (lambda: ag.log_softmax(X, axis=2), "log_softmax: ", "axis 2", "'X'"),
        "logsumexp": (lambda: ag.logsumexp(X, axis=2), "logsumexp: ", "axis 2", "'X' (4, 3)"),
        "concatenate": (lambda: ag.concatenate([X, X], axis=2), "concatenate: ", "axis 2", "'X'"),
        "stack": (lambda: ag.stack([X, X], axis=3), "stack: ", "axis 3", "'X' (4, 3)"),
        "take": (lambda: ag.take(X, [0], axis=2), "take: ", "axis 2", "'X' (4, 3)"),
        "transpose": (lambda: X.transpose(0, 2), "transpose: ", "axis 2", "'X' (4, 3)"),
        "expand_dims": (lambda: np.expand_dims(X, 5), "expand_dims", "5", "(4, 3)"),
        "swapaxes": (lambda: np.swapaxes(X, 0, 5), "swapaxes", "5", "(4, 3)"),
    }
)
def test_axis_out_of_range(call, message):
    with pytest.raises(IndexError, match=message):
        call()


@cases(
    {
        "row": (lambda: X[4], "index 4 is out of bounds for axis 0 with size 4", "'X' (4, 3)"),
        "column": (lambda: X[0, -4], "index -4 is out of bounds for axis 1 with size 3"),
        "rows": (lambda: X[[0, 9]], "index 9 is out of bounds for axis 0 with size 4"),
        "too-many": (lambda: X[0, 0, 0], "index: too many indices", "2-dimensional", "'X'"),
        "float": (lambda: X[1.5], "index: only integers, slices", "'X' (4, 3)"),
        "mask": (lambda: X[np.ones((3, 3), bool)], "index: boolean index", "'X' (4, 3)"),
        "node": (lambda: X[v], "index: ", "integer", "'v' (3,) float64"),
        "take": (lambda: ag.take(X, [9], axis=0), "take: index 9 is out of bounds", "'X' (4, 3)"),
    }
)
def test_index_out_of_range(call, message):
    with pytest.raises(IndexError, match=message):
        call()


# ----------------------------------------------------------------------------------- backward


@cases(
    {
        "integers": (lambda: counts, "InitialNode 'counts' (3,) int64"),
        "derived-integers": (lambda: counts + 1, "add (3,) int64"),
        "comparison": (lambda: X > 0, "greater (4, 3) bool"),
        "constant": (lambda: ag.InitialNode(1.0, "k", requires_grad=False), "'k' () float64"),
        "of-constants": (lambda: ag.exp(2.0), "exp () float64"),
        "no_grad": (lambda: ag.no_grad()(lambda: X * 2)(), "multiply (4, 3) float64", "no_grad"),
    }
)
def test_backward_where_no_gradient_flows(call, message):
    remedy = "(?=.*no gradient flows through it)(?=.*requires_grad=True)"
    with pytest.raises(ValueError, match=message + remedy):
        call().backward()


def test_backward_by_nodes_after_a_value_has_changed():
    x = ag.InitialNode([1.0, 2.0], name="x")
    A = np.exp(x)
    x.value = [3.0, 4.0]
    what = "the value of InitialNode 'x' (2,) float64 has changed since exp (2,) float64"
    with pytest.raises(RuntimeError, match=saying(what, "run Graph(...).forward()")):
        A.backward(create_graph=True)


# ------------------------------------------------------------------- operations of one's own


class Double(ag.Operation):
    """A = 2 X + 0 Y, right as it stands."""

    def forward(self, X, Y):
        return 2 * X + 0 * Y

    def gradient(self, dA, A, X, Y):
        return 2 * dA, 0 * dA


def test_operation_is_a_virtual_parent():
    with pytest.raises(TypeError, match=r"abstract class Operation with.*forward.*gradient"):
        ag.Operation(X)


def test_operation_without_gradient():
    class OnlyForward(ag.Operation):
        def forward(self, X):
            return X

    with pytest.raises(TypeError, match=r"abstract class OnlyForward with.*gradient"):
        OnlyForward(X)


@pytest.mark.parametrize("number", [0, 1, 3])
def test_gradient_with_a_wrong_number_of_entries(number):
    class Entries(Double):
        def gradient(self, dA, A, X, Y):
            return (dA,) * number

    with pytest.raises(ValueError, match=f"Entries.gradient gave {number} entries for 2 inputs"):
        Entries(X, X).backward()


@pytest.mark.parametrize("shape", [(4,), (3, 4), (4, 1), (), (5, 3), (2, 3, 4)], ids=str)
@pytest.mark.parametrize("create_graph", [False, True])
def test_gradient_of_a_wrong_shape(shape, create_graph):
    class Shape(Double):
        def gradient(self, dA, A, X, Y):
            return dA, lambda: np.ones(shape)

    parts = ["Shape.gradient: its entry for input 1, InitialNode 'Y' (4, 3)", f"shape {shape}"]
    with pytest.raises(ValueError, match=saying(*parts)):
        Shape(X, ag.InitialNode(np.ones((4, 3)), name="Y")).backward(create_graph=create_graph)


@pytest.mark.parametrize(
    "entry", [1j, np.ones((4, 3), complex), "abc"], ids=["1j", "complex", "text"]
)
def test_gradient_of_a_wrong_dtype(entry):
    class Dtype(Double):
        def gradient(self, dA, A, X, Y):
            return dA, lambda: entry

    parts = ["Dtype.gradient", "input 1", "'Y' (4, 3)", str(np.asarray(entry).dtype)]
    with pytest.raises(TypeError, match=saying(*parts)):
        Dtype(X, ag.InitialNode(np.ones((4, 3)), name="Y")).backward()


@pytest.mark.parametrize("value", [None, 1j, np.ones(3, complex), "abc", [None]], ids=repr)
def test_forward_that_gives_no_real_numbers(value):
    class Forward(Double):
        def forward(self, X, Y):
            return value

    parts = ["Forward.forward: got", type(value).__name__, str(np.asarray(value).dtype)]
    with pytest.raises(TypeError, match=saying(*parts)):
        Forward(X, X)


def test_error_inside_forward_names_the_operation_and_its_inputs():
    class Inverse(ag.Operation):
        def forward(self, X):
            return np.linalg.inv(X)

        def gradient(self, dA, A, X):
            return lambda: -A.T @ dA @ A.T

    with pytest.raises(ValueError, match=saying("Inverse: ", "square", "'X' (4, 3) float64")):
        Inverse(X)


# ----------------------------------------------------------------------------- derivatives


@cases(
    {
        "grad": (lambda: ag.grad(np.exp)(np.ones(3)), "grad: ", "exp (3,)", "jacobian or vjp"),
        "value_and_grad": (lambda: ag.value_and_grad(np.exp)(np.ones(3)), "exp (3,)", "scalar"),
        "hessian": (lambda: ag.hessian(np.exp)(np.ones(3)), "exp (3,)", "only a scalar function"),
        "hvp": (lambda: ag.hvp(np.exp)(np.ones(3), np.ones(3)), "exp (3,)", "scalar function"),
        "hvp-direction": (lambda: ag.hvp(ag.sum)(np.ones(3), np.ones(4)), "(4,)", "(3,)"),
        "argnums": (lambda: ag.grad(ag.sum, 1)(1.0), "argnums: there is no argument 1"),
        "argnums-negative": (lambda: ag.grad(ag.sum, -2)(1.0), "argnums: there is no argument -2"),
        "argnums-sequence": (lambda: ag.grad(ag.sum, (0, 1))(1.0), "there is no argument 1"),
        "argnums-jacobian": (lambda: ag.jacobian(ag.sum, 2)(1.0), "there is no argument 2"),
        "argnums-hessian": (lambda: ag.hessian(ag.sum, 2)(1.0), "there is no argument 2"),
        "argnums-twice": (lambda: ag.grad(ag.exp, (0, 0))(1.0), "argnums"),
        "argnums-hvp": (lambda: ag.hvp(ag.sum, 1)(1.0, 1.0), "argnums", "1"),
        "jvp-number": (
            lambda: ag.jvp(ag.add, (1.0, 2.0), (1.0,)),
            "jvp: there are 2 arguments but 1 directions",
        ),
        "jvp-shape": (
            lambda: ag.jvp(ag.exp, np.ones(3), np.ones(4)),
            "jvp: the direction has shape (4,), but must have (3,)",
        ),
        "jvp-one-of-two": (
            lambda: ag.jvp(ag.add, (np.ones(3), 1.0), (np.ones(3), np.ones(3))),
            "jvp: the direction has shape (3,), but must have ()",
        ),
        "vjp": (
            lambda: ag.vjp(np.exp, np.ones(3))[1](np.ones((3, 1))),
            "vjp: u has shape (3, 1), but must have (3,)",
        ),
    }
)
def test_derivatives_that_do_not_fit(call, message):
    with pytest.raises(ValueError, match=message):
        call()


@cases(
    {
        "argnums-float": (lambda: ag.grad(ag.exp, 0.5)(1.0), "argnums"),
        "argnums-text": (lambda: ag.grad(ag.exp, "x")(1.0), "argnums"),
        "jvp-sequence-and-number": (lambda: ag.jvp(ag.exp, (1.0,), 1.0), "jvp", "direction"),
    }
)
def test_derivatives_with_arguments_of_a_wrong_type(call, message):
    with pytest.raises(TypeError, match=message):
        call()
