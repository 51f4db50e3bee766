"""The engine against exact figures: values, gradients and trajectories of the worked systems.

`data/exact.json` was computed independently with two other engines, in part in high precision.
Everything is held to a relative 1e-12. Where the file itself is less precise than the engine,
the engine is held to mpmath instead, which the test says.
"""

import json
from fractions import Fraction
from itertools import pairwise
from pathlib import Path

import mpmath
import numpy as np
import pytest

import autograd_core as ag

DATA = Path(__file__).parent / "data"
EXACT = json.loads((DATA / "exact.json").read_text())

CLAIMED = {"conventions"}  # the names in the file that some test below takes
WITHOUT_ENGINE = {  # these hold package nn, or nothing that is differentiated
    "001.accuracy",
    "001.bmi_design_matrix",
    "001.gradient_clipping",
    "001.initialisers",
    "001.one_hot",
}


def exact(*names):
    """Run a test once for each of these entries of the file, as its argument `entry`."""
    CLAIMED.update(names)
    return pytest.mark.parametrize("entry", [EXACT[name] for name in names], ids=names)


def exact_with(table):
    """Run a test for each name in the table, as `entry`, with what the table has for it, `f`."""
    CLAIMED.update(table)
    cases = [(EXACT[name], f) for name, f in table.items()]
    return pytest.mark.parametrize(("entry", "f"), cases, ids=table.keys())


def close(actual, expected, what="", atol=0.0):
    """`atol` is for an exact value that is a sum whose terms cancel: their rounding remains."""
    actual, expected = np.asarray(actual), np.asarray(expected, float)
    assert actual.shape == expected.shape, what
    np.testing.assert_allclose(actual, expected, rtol=1e-12, atol=atol, err_msg=what)


def differs(actual, wrong):
    """No entry is anywhere near the wrong formula's."""
    return bool((np.abs(actual - np.array(wrong)) > 0.1 * np.abs(wrong)).all())


def initial(inputs):
    return {k: ag.InitialNode(np.array(v, float), name=k) for k, v in inputs.items()}


def check(entry, network):
    """Hold a network to an entry; it gives its nodes by name, the output last.

    Value and gradients of the output, of every initial node and every node between; then the
    same derivative in forward mode, in the direction of ones, and by running the graph again.
    """
    inputs = initial(entry["inputs"])
    nodes = network(**inputs)
    output = list(nodes.values())[-1]
    graph = ag.Graph(output)
    for attempt in ("built", "run again"):
        if attempt == "run again":
            graph.forward()
        graph.backward()
        close(output.value, entry["value"], f"value, {attempt}")
        for name, value in entry.get("intermediate", {}).items():
            close(nodes[name].value, value, f"value of {name}, {attempt}")
        for name, gradient in entry["grad"].items():
            close(inputs[name].grad, gradient, f"gradient of {name}, {attempt}", atol=1e-16)
            inputs[name].zero_grad()
        for name, gradient in entry.get("intermediate_grad", {}).items():
            close(nodes[name].grad, gradient, f"gradient of {name}, {attempt}", atol=1e-16)

    def of_arrays(*arrays):
        return list(network(**dict(zip(inputs, arrays, strict=True))).values())[-1]

    arrays = [x.value for x in inputs.values()]
    value, tangent = ag.jvp(of_arrays, arrays, [np.ones_like(x) for x in arrays])
    gradients = [np.sum(gradient) for gradient in entry["grad"].values()]
    scale = sum(np.abs(gradient).sum() for gradient in entry["grad"].values())
    close(value, entry["value"], "value in forward mode")
    close(tangent.sum(), np.sum(gradients), "forward mode", atol=1e-15 * scale)


def test_every_entry_is_held():
    assert EXACT.keys() == CLAIMED | WITHOUT_ENGINE
    assert not CLAIMED & WITHOUT_ENGINE


# ---------------------------------------------------------------------- chain rules, both modes


def exp_x2(x):
    a = np.square(x)
    b = np.exp(a)
    return {"x": x, "a": a, "b": b}


def sqrt_x2_plus_exp_x2(x):
    a = np.square(x)
    b = np.exp(a)
    c = a + b
    d = np.sqrt(c)
    return {"x": x, "a": a, "b": b, "c": c, "d": d}


FUNCTIONS = {
    "001.exp_x2": (exp_x2, lambda x: np.exp(x**2), lambda x: 2 * x * np.exp(x**2)),
    "001.sqrt_x2_plus_exp_x2": (
        sqrt_x2_plus_exp_x2,
        lambda x: np.sqrt(x**2 + np.exp(x**2)),
        lambda x: (x * np.exp(x**2) + x) / np.sqrt(x**2 + np.exp(x**2)),
    ),
}
CLAIMED |= FUNCTIONS.keys()
POINTS = [
    pytest.param(*functions, point, id=f"{name}-{point['x']}")
    for name, functions in FUNCTIONS.items()
    for point in EXACT[name]["points"]
]


@pytest.mark.parametrize(("staged", "f", "df", "point"), POINTS)
def test_function_of_one_variable(staged, f, df, point):
    x = point["x"]
    nodes = staged(ag.InitialNode(x))
    *_, output = nodes.values()
    output.backward()
    for name, value in point["nodes"].items():
        close(nodes[name].value, value, name)
    for name, adjoint in point["reverse_adjoints"].items():
        close(nodes[name].grad, adjoint, f"adjoint of {name}")
    for name, tangent in point["forward_tangents"].items():
        close(ag.jvp(lambda x, name=name: staged(x)[name], x, 1.0)[1], tangent, f"d{name}/dx")
    for value, derivative in (
        (output.value, nodes["x"].grad),
        ag.value_and_grad(f)(x),
        ag.jvp(f, x, 1.0),
        (f(x), df(x)),
    ):
        for figures in (point, point["torch"], point["jax_forward_mode"]):
            close(value, figures["f"])
            close(derivative, figures["df"])


def operations(*outputs):
    """The derived nodes that these outputs were computed from."""
    return {node for output in outputs for node in ag.Graph(output).nodes if node.inputs}


def test_operation_counts_of_exp_x2():
    counts = EXACT["001.exp_x2"]["operation_counts"]
    _, f, df = FUNCTIONS["001.exp_x2"]
    x = ag.InitialNode(0.5)
    b = f(x)
    assert len(operations(b)) == counts["f"]
    assert len(operations(df(x))) == counts["df_plain"]
    assert len(operations(f(x), df(x))) == counts["total_plain"]
    assert len(operations(2 * x * b) - operations(b)) == counts["df_reusing_b"]
    assert len(operations(b, 2 * x * b)) == counts["total_reusing"]


def test_operation_counts_of_sqrt_x2_plus_exp_x2():
    counts = EXACT["001.sqrt_x2_plus_exp_x2"]["operation_counts"]
    staged, f, df = FUNCTIONS["001.sqrt_x2_plus_exp_x2"]
    x = ag.InitialNode(0.5)
    nodes = staged(x)
    b, d = nodes["b"], nodes["d"]
    assert len(operations(f(x))) == counts["f_plain"]
    assert len(operations(df(x))) == counts["df_plain"]
    assert len(operations(f(x), df(x))) == counts["total_plain"]
    assert len(operations(d)) == counts["f_with_a_b_c_d"]
    assert len(operations(x * (1 + b) / d) - operations(d)) == counts["df_reusing_b_d"]
    assert len(operations(d, x * (1 + b) / d)) == counts["total_reusing"]


@exact("001.chain_rule_one_variable")
def test_chain_rule_with_one_parameter(entry):
    def f(t):
        x, y = np.sin(t), np.exp(t)
        return x**2 * y + y**3

    for value, derivative in (ag.value_and_grad(f)(0.4), ag.jvp(f, 0.4, 1.0)):
        close(value, entry["f"])
        close(derivative, entry["df_dt"])


@exact("001.chain_rule_two_variables")
def test_chain_rule_with_two_parameters(entry):
    def network(s, t):
        x, y = t * s, t + s**2
        return {"f": x**2 * y + np.sin(y)}

    check(entry["torch"], network)
    point = [entry["torch"]["inputs"][name] for name in ("s", "t")]
    value, (ds, dt) = ag.value_and_grad(lambda s, t: network(s, t)["f"], (0, 1))(*point)
    close(value, entry["f"])
    close(ds, entry["df_ds"])
    close(dt, entry["df_dt"])


@exact("forward_mode_jvp")
def test_forward_mode(entry):
    def f(A):
        return np.sum(np.tanh(A) * np.exp(A))

    A, direction = np.array(entry["A"]), np.array(entry["direction"])
    value, tangent = ag.jvp(f, A, direction)
    close(value, entry["value"])
    close(tangent, entry["jvp"])
    close(ag.grad(f)(A), entry["grad"])


# -------------------------------------------------------------------------------- descent


@exact("004.surface_gd")
def test_descent_on_a_surface(entry):
    def z(p):
        return p[0] ** 2 + 3 * np.sin(p[1])

    p = np.array(entry["points"][0])
    for point, height in zip(entry["points"], entry["z"], strict=True):
        value, gradient = ag.value_and_grad(z)(p)
        close(p, point)
        close(value, height)
        p = p - 0.1 * gradient
    minimum = np.array(entry["minimum"])
    close(z(minimum), entry["z_min"])
    close(ag.grad(z)(minimum), [0, 0], atol=1e-15)  # 3 cos y where y is -pi/2 rounded
    close(ag.hessian(z)(minimum), [[2, 0], [0, 3]])


@exact("004.exercise_four_gradients")
def test_exercise_with_four_gradients(entry):
    """The loss of observation i is G_i v, so that its gradient by v is the G_i of the exercise."""
    G, alpha = np.array(entry["gradients"]), entry["alpha"]
    for answers, reduce in (
        (entry["total_loss_ANSWER"], ag.sum),
        (entry["mean_loss_variant"], ag.mean),
    ):
        for size, method in ((4, "full"), (2, "batch2"), (1, "stochastic")):
            v = ag.InitialNode(entry["v0"])
            path = []
            for start in range(0, 4, size):
                v.zero_grad()
                reduce(G[start : start + size] @ v).backward()
                v.value -= alpha * v.grad
                path.append(v.value.tolist())
            assert path == answers[method]


# ------------------------------------------------------------------------- networks of scalars


def half_square(a, y):
    return 0.5 * np.square(a - y)


def scalar_perceptron(w1, b1, x, y):
    z1 = x * w1 + b1
    a1 = ag.sigmoid(z1)
    return {"z1": z1, "a1": a1, "C": half_square(a1, y)}


def scalar_two_layer(activation):
    def network(w1, b1, w2, b2, x, y):
        z1 = x * w1 + b1
        a1 = ag.sigmoid(z1)
        z2 = a1 * w2 + b2
        a2 = activation(z2)
        return {"z1": z1, "a1": a1, "z2": z2, "a2": a2, "C": half_square(a2, y)}

    return network


def net_2_2_1(activation):
    """Weights (out, in), z = Wa + b: the opposite of the convention elsewhere."""

    def network(W1, b1, w2, b2, x, y):
        z1 = W1 @ x + b1
        a1 = ag.sigmoid(z1)
        z2 = w2 @ a1 + b2
        a2 = activation(z2)
        return {"z1": z1, "a1": a1, "z2": z2, "a2": a2, "C": half_square(a2, y)}

    return network


def descend(inputs, names, network, eta, steps):
    """Rows of the parameters and the cost before each step and after the last."""
    nodes = initial(inputs)
    *_, C = network(**nodes).values()
    graph = ag.Graph(C)
    rows = []
    for _ in range(steps + 1):
        rows.append([*(nodes[name].item() for name in names), C.item()])
        for name in names:
            nodes[name].zero_grad()
        graph.backward()
        for name in names:
            nodes[name].value -= eta * nodes[name].grad
        graph.forward()
    return rows


@exact("001.scalar_perceptron")
def test_scalar_perceptron(entry):
    check(entry, scalar_perceptron)
    close(entry["grad"]["b1"], entry["delta1"])
    rows = entry["gd_eta_0.5_rows_w_b_C"]
    close(descend(entry["inputs"], ["w1", "b1"], scalar_perceptron, 0.5, len(rows) - 1), rows)


@exact_with(
    {
        "001.scalar_two_layer_sigmoid": scalar_two_layer(ag.sigmoid),
        "001.scalar_two_layer_identity": scalar_two_layer(ag.positive),
    }
)
def test_scalar_network_with_one_hidden_unit(entry, f):
    check(entry, f)
    inputs = initial(entry["inputs"])
    f(**inputs)["C"].backward()
    for name, corrected in entry["corrected_formula"].items():
        close(inputs[name].grad, corrected, name)
    for name, wrong in entry["seed_formula_WRONG"].items():
        assert differs(inputs[name].grad, wrong)
    names, rows = ["w1", "b1", "w2", "b2"], entry["gd_eta_0.1_rows_w1_b1_w2_b2_C"]
    close(descend(entry["inputs"], names, f, 0.1, len(rows) - 1), rows)


@exact_with(
    {
        "001.net_2_2_1_sigmoid": net_2_2_1(ag.sigmoid),
        "001.net_2_2_1_identity": net_2_2_1(ag.positive),
    }
)
def test_network_2_2_1(entry, f):
    check(entry, f)
    inputs = initial(entry["inputs"])
    nodes = f(**inputs)
    nodes["C"].backward()
    close(nodes["z2"].grad, entry["delta2"])
    close(nodes["z1"].grad, entry["delta1"])
    close(inputs["W1"].grad, entry["corrected_dW1"])
    assert differs(inputs["W1"].grad, entry["seed_formula_WRONG_dW1"])


# ---------------------------------------------------------------------------- layers of units


def layers(z, W, b, phi):
    """phi_N, ..., phi_1 one after the other: gives the lists of all u = zW + b and z = phi(u)."""
    us, zs = [], [z]
    for W_i, b_i, phi_i in zip(W, b, phi, strict=True):
        us.append(zs[-1] @ W_i + b_i)
        zs.append(phi_i(us[-1]))
    return us, zs


def composite_function(x, W4, b4, W3, b3, W2, b2, W1, b1):
    phi = [ag.relu, ag.relu, ag.relu, ag.sigmoid]
    us, zs = layers(x, [W4, W3, W2, W1], [b4, b3, b2, b1], phi)
    return {"u4": us[0], "u3": us[1], "u2": us[2], "u1": us[3], "z0": zs[-1]}


@exact("000.composite_function")
def test_composite_function(entry):
    """Layers are counted from the output: W4 comes first, and W3 is the 4 x 6 matrix."""
    check(entry, composite_function)
    x, *parameters = [np.array(v) for v in entry["inputs"].values()]
    W4, b4, W3, b3, W2, b2, W1, b1 = parameters
    hidden = np.maximum(np.maximum(x @ W4 + b4, 0) @ W3 + b3, 0)
    z0 = ag.sigmoid(np.maximum(hidden @ W2 + b2, 0) @ W1 + b1)
    close(z0.value, entry["value"])
    nodes = initial(entry["inputs"])
    nodes["W3"] = ag.InitialNode(W3.T, name="W3")
    with pytest.raises(ValueError, match=r"the 4 columns of X must match the 6 rows of W"):
        composite_function(**nodes)


@exact("000.composite_function")
def test_chain_rule_product_by_hand(entry):
    """dz_0 phi_1' W_1^T phi_2' W_2^T ..., layer by layer, beside the engine's gradients."""
    values = {name: np.array(v) for name, v in entry["inputs"].items()}
    inputs = initial(values)
    nodes = composite_function(**inputs)
    nodes["z0"].backward()
    us = [values["x"], *(nodes[f"u{i}"].value for i in (4, 3, 2))]
    z0 = nodes["z0"].value
    product = z0 * (1 - z0)  # phi_1 is the logistic function
    for i in (1, 2, 3, 4):
        below = us[4 - i] if i == 4 else np.maximum(us[4 - i], 0)
        close(nodes[f"u{i}"].grad, product)
        close(below.T @ product, entry["grad"][f"W{i}"], f"W{i}")
        close(product.sum(axis=0), entry["grad"][f"b{i}"], f"b{i}")
        product = product @ values[f"W{i}"].T * (us[4 - i] > 0 if i < 4 else 1)
    close(product, entry["grad"]["x"])


def sigmoid_layers(W1, b1, W2, b2, W3, b3, X, Y):
    us, zs = layers(X, [W1, W2, W3], [b1, b2, b3], [ag.sigmoid] * 3)
    named = {f"z{i}": u for i, u in enumerate(us, 1)} | {f"a{i}": z for i, z in enumerate(zs)}
    return named | {"C": 0.5 * np.sum(np.square(zs[-1] - Y))}


@exact("001.four_backprop_equations")
def test_four_equations_of_back_propagation(entry):
    check(entry, sigmoid_layers)
    inputs = initial(entry["inputs"])
    nodes = {name: node.value for name, node in sigmoid_layers(**inputs).items()}
    Y = np.array(entry["inputs"]["Y"])
    delta = (nodes["a3"] - Y) * nodes["a3"] * (1 - nodes["a3"])
    for i in (3, 2, 1):
        close(delta, entry["intermediate_grad"][f"z{i}"], f"delta of layer {i}")
        a = nodes[f"a{i - 1}"]
        close(a.T @ delta, entry["grad"][f"W{i}"], f"dC/dW{i}")
        close(delta.sum(axis=0), entry["grad"][f"b{i}"], f"dC/db{i}")
        delta = delta @ inputs[f"W{i}"].value.T * a * (1 - a)


@exact("002.F_2_2_3_2")
def test_network_in_column_convention(entry):
    def network(x, W2, b2, W3, b3, W4, b4):
        for W, b in ((W2, b2), (W3, b3), (W4, b4)):
            x = ag.sigmoid(W @ x + b)
        return {"F": x}

    check(entry, network)
    assert sum(np.size(v) for name, v in entry["inputs"].items() if name != "x") == 23


def rules_0_to_3(W1, W2, W3, W4, X, y):
    a1 = X @ W1
    h1 = ag.relu(a1)
    a2 = h1 @ W2
    h2 = ag.relu(a2)
    a3 = h2 @ W3
    h3 = ag.relu(a3)
    a4 = h3 @ W4
    named = {"a1": a1, "h1": h1, "a2": a2, "h2": h2, "a3": a3, "h3": h3, "a4": a4}
    return named | {"J": ag.mean(ag.logistic_loss(a4, y))}


@exact("004.rules_0_to_3_units_4_10_5_3_1")
def test_rules_0_to_3(entry):
    """Also with the rules written out: grad_W = h^T grad_a, grad_h = grad_a W^T."""
    check(entry, rules_0_to_3)
    values = {name: np.array(v) for name, v in (entry["inputs"] | entry["intermediate"]).items()}
    y, h0 = values["y"], values["X"]
    grad_a = -y / (1 + np.exp(y * values["a4"])) / len(y)
    for i in (4, 3, 2, 1):
        close(grad_a, entry["intermediate_grad"][f"a{i}"], f"a{i}")
        h = values[f"h{i - 1}"] if i > 1 else h0
        grad_W, grad_h = h.T @ grad_a, grad_a @ values[f"W{i}"].T
        assert grad_W.shape == values[f"W{i}"].shape
        close(grad_W, entry["grad"][f"W{i}"], f"W{i}")
        if i > 1:
            close(grad_h, entry["intermediate_grad"][f"h{i - 1}"], f"h{i - 1}")
            grad_a = grad_h * (values[f"a{i - 1}"] > 0)


def mm_relu_mm_logistic(X, W1, W2, y):
    a1 = ag.mm(X, W1)
    h1 = ag.relu(a1)
    a2 = ag.mm(h1, W2)
    return {"a1": a1, "h1": h1, "a2": a2, "J": ag.logistic_loss(a2, y)}


def linear_mm_logistic(X, w, y):
    a = ag.mm(X, w)
    return {"a": a, "J": ag.logistic_loss(a, y)}


def mm_diff_square_mean(X, w, y):
    a = ag.mm(X, w)
    d = ag.subtract(a, y)
    s = ag.square(d)
    return {"a": a, "d": d, "s": s, "J": ag.mean(s)}


def exam(X, W1, W2, y):
    a1 = ag.mm(X, W1)
    h1 = ag.relu(a1)
    regression = mm_diff_square_mean(h1, W2, y)
    return {"a1": a1, "h1": h1, "a2": regression["a"]} | regression


@exact_with(
    {
        "004.operation_graph_mm_relu_mm_logistic": mm_relu_mm_logistic,
        "004.operation_graph_linear_mm_logistic": linear_mm_logistic,
        "004.regression_graph_mm_diff_square_mean": mm_diff_square_mean,
        "004.exam_forward_backward_by_hand": exam,
    }
)
def test_graph_of_operations(entry, f):
    check(entry, f)


@exact("004.regression_graph_mm_diff_square_mean")
def test_regression_graph_in_fractions(entry):
    """All figures are fractions with a power of 2 below, so floats hold them exactly."""
    inputs = initial(entry["inputs"])
    nodes = mm_diff_square_mean(**inputs)
    nodes["J"].backward()
    for name, fractions in entry["fractions"].items():
        if name.startswith("grad_"):
            array = (inputs | nodes)[name.removeprefix("grad_")].grad
        else:
            array = nodes[name].value
        expected = [float(Fraction(f)) for f in np.ravel(fractions)]
        assert array.ravel().tolist() == expected, name


@exact("counts")
def test_numbers_of_parameters(entry):
    def parameters(units, bias):
        """Count them in the graph of a network, of which the features are the one input left."""
        a = ag.InitialNode(np.zeros((3, units[0])), requires_grad=False)
        for inputs, outputs in pairwise(units):
            a = ag.relu(a @ ag.InitialNode(np.zeros((inputs, outputs))))
            if bias:
                a = a + ag.InitialNode(np.zeros(outputs))
        leaves = [node for node in ag.Graph(a).nodes if not node.inputs and node.requires_grad]
        return sum(node.size for node in leaves)

    for architecture, counts in entry.items():
        units = [int(n) for n in architecture.split(",")]
        assert parameters(units, bias=False) == counts["no_bias"], architecture
        assert parameters(units, bias=True) == counts["with_bias"], architecture


# ----------------------------------------------------------------------- intercepts and scaling


def ones_column_first(V1, V2, X, y, one):
    h = ag.relu(ag.concatenate([one, X], axis=1) @ V1)
    return {"J": ag.mean(ag.logistic_loss(ag.concatenate([one, h], axis=1) @ V2, y))}


def separate_node(W1, c1, W2, c2, X, y):
    return {"J": ag.mean(ag.logistic_loss(ag.relu(X @ W1 + c1) @ W2 + c2, y))}


@exact("004.intercept_methods")
def test_two_methods_for_intercepts(entry):
    """The same values, gradients and trajectory."""
    one, two = entry["method1_ones_column_first"], entry["method2_separate_node"]
    check(one, ones_column_first)
    check(two, separate_node)
    losses = entry["gd_alpha_0.5_losses_0_to_10_both_methods"]
    for method, network, names in (
        (one, ones_column_first, ["V1", "V2"]),
        (two, separate_node, ["W1", "c1", "W2", "c2"]),
    ):
        nodes = initial(method["inputs"])
        J = network(**nodes)["J"]
        graph = ag.Graph(J)
        for loss in losses:
            close(J.value, loss)
            for name in names:
                nodes[name].zero_grad()
            graph.backward()
            for name in names:
                nodes[name].value -= 0.5 * nodes[name].grad
            graph.forward()
        after = {name: nodes[name].value for name in names}
        if method is one:
            after = {"c1": after["V1"][0], "W1": after["V1"][1:]} | {
                "c2": after["V2"][0],
                "W2": after["V2"][1:],
            }
        for name, value in entry["params_after_11_steps"].items():
            close(after[name], value, name)


@exact("004.scaling_inside_fit")
def test_scaling_inside_fit(entry):
    """Least squares by one Newton step from 0, which is exact for a quadratic loss."""
    X, y, X_new = (np.array(entry[name]) for name in ("X", "y", "X_new"))
    columns = ag.InitialNode(X)
    mean, sd = np.mean(columns, axis=0), np.sqrt(np.var(columns, axis=0))
    close(mean.value, entry["mean"])
    close(sd.value, entry["sd_ddof0"])
    mean, sd = mean.value, sd.value

    def design(X):
        return np.concatenate([np.ones((len(X), 1)), (X - mean) / sd], axis=1)

    def loss(beta):
        return ag.mse(design(X) @ beta, y)

    start = np.zeros(4)
    beta = -np.linalg.solve(ag.hessian(loss)(start), ag.grad(loss)(start))
    close(beta, entry["ols_scaled_intercept_first"])
    raw = [beta[0] - np.sum(beta[1:] * mean / sd), *(beta[1:] / sd)]
    close(raw, entry["raw_from_scaled"])
    close(raw, entry["ols_raw_intercept_first"])
    close(design(X_new) @ beta, entry["pred_new"])

    (key,) = (key for key in entry if key.startswith("gd_mse_alpha_0.1"))
    rows = {step: (value, w) for step, value, w in entry[key]}
    w = start
    for step in range(max(rows) + 1):
        value, gradient = ag.value_and_grad(loss)(w)
        if step in rows:
            close(value, rows[step][0], f"loss after {step} steps")
            close(w, rows[step][1], f"weights after {step} steps")
        w = w - 0.1 * gradient


# ---------------------------------------------------------------------------- softmax and losses


@exact("004.softmax_lse_table_mpmath")
def test_softmax_table(entry):
    """The Jacobian of softmax is the Hessian of log-sum-exp; scores are from -1002 to 1001."""
    for row in entry:
        z = np.array(row["z"])
        for axis in (-1, 0, None):
            close(ag.softmax(z, axis=axis).value, row["softmax"])
            close(ag.logsumexp(z, axis=axis).value, row["logsumexp"])
            close(np.exp(ag.log_softmax(z, axis=axis)).value, row["softmax"])
        close(ag.jacobian(ag.softmax)(z), row["jacobian"])
        close(ag.hessian(ag.logsumexp)(z), row["jacobian"])
        close(ag.grad(ag.logsumexp)(z), row["softmax"])
        for y in range(len(z)):
            Z = ag.InitialNode(z[None])
            loss = ag.softmax_loss(Z, [y])
            loss.backward()
            close(loss.value, [row["nll_per_label"][y]])
            close(Z.grad, [row["grad_per_label"][y]])
            close(-ag.log_softmax(z)[y].value, row["nll_per_label"][y])
            close(ag.grad(lambda z, y=y: -ag.log_softmax(z)[y])(z), row["grad_per_label"][y])


def one_hot_loss(z, y):
    """The mean of log sum exp z - z_y, y being rows of a unit matrix."""
    return ag.mean(ag.logsumexp(z, axis=1) - np.sum(z * y, axis=1))


def with_K_outputs(H, W, y):
    z = H @ W
    return {"z": z, "J": one_hot_loss(z, y)}


def with_K_minus_1_outputs(H, W, y, zero):
    z = ag.concatenate([zero, H @ W], axis=1)
    return {"z": z, "J": one_hot_loss(z, y)}


@exact("004.overparam_K_vs_K_minus_1")
def test_K_outputs_and_K_minus_1(entry):
    """The same loss of the same labels, from 12 and from 8 parameters."""
    for (key, network), size, expected in zip(
        {"K": with_K_outputs, "K_minus_1_z0_is_0": with_K_minus_1_outputs}.items(),
        (entry["params_K"], entry["params_K_minus_1"]),
        entry["losses_equal"],
        strict=True,
    ):
        check(entry[key], network)
        inputs = initial(entry[key]["inputs"])
        assert inputs["W"].size == size
        z = network(**inputs)["z"]
        loss = ag.mean(ag.softmax_loss(z, entry["labels"]))
        loss.backward()
        close(loss.value, expected)
        close(loss.value, entry["torch_CrossEntropyLoss"])
        close(z.grad, entry["torch_grad_logits"])


@exact("004.binary_special_cases_table_mpmath")
def test_binary_special_cases(entry):
    """log(1 + exp(-y s)) is the softmax loss of the scores [0, s] and -log p_y."""
    for row in entry["rows"]:
        s = row["score"]
        close(ag.sigmoid(s).value, row["p1"])
        close(ag.softmax([0.0, s]).value, row["softmax_of_[0,score]"])
        for y, label in ((1, 1), (0, -1)):
            loss, gradient = row[f"loss_y{y}"], row[f"grad_y{y}"]
            for f in (
                lambda s, label=label: ag.logistic_loss(s, float(label)),
                lambda s, label=label: ag.softplus(-label * s),
                lambda s, y=y: ag.softmax_loss(ag.stack([0.0 * s, s]).reshape(1, 2), [y])[0],
                lambda s, y=y: -ag.log_softmax(ag.stack([0.0, s]))[y],
            ):
                for value, derivative in (ag.value_and_grad(f)(s), ag.jvp(f, s, 1.0)):
                    close(value, loss, f"loss at {s}, label {label}")
                    close(derivative, gradient, f"gradient at {s}, label {label}")


@exact("004.three_class_simplex_losses")
def test_losses_on_the_simplex(entry):
    for row in entry:
        p = np.array(row["p"])
        scores = np.log(ag.InitialNode(np.tile(p, (3, 1))))
        close(ag.softmax(scores).value, np.tile(p, (3, 1)))
        close(ag.softmax_loss(scores, [0, 1, 2]).value, row["xent_per_label"])
        wrong = scores.value.argmax(axis=1) != np.arange(3)
        assert wrong.tolist() == row["zero_one_per_label_argmax_first"]


def bce(p, y):
    return ag.binary_cross_entropy(p, y)


def bce_with_logits(a, t):
    return ag.logistic_loss(a, 2 * t - 1)


def cross_entropy(Z, y):
    return ag.softmax_loss(Z, y.astype(int))


def l1(a, y):
    return np.abs(a - y)


def nll(log_p, y):
    return -log_p[np.arange(len(y)), y.astype(int)]


LOSSES = {
    f"{name}.{reduction}": (loss, reduce)
    for name, loss in {
        "BCELoss": bce,
        "BCEWithLogitsLoss": bce_with_logits,
        "MSELoss": lambda a, y: np.square(a - y),
        "CrossEntropyLoss": cross_entropy,
        "L1Loss": l1,
    }.items()
    for reduction, reduce in {"mean": ag.mean, "sum": ag.sum, "none": ag.positive}.items()
} | {"NLLLoss.mean": (nll, ag.mean)}
SPECIAL = {  # each has a test of its own
    "BCELoss.saturated_torch_clamps_log_at_minus_100",
    "half_sum_square",
    "logistic_pm1.none",
    "seed_000_sign",
}


@exact("losses")
def test_every_loss_is_held(entry):
    assert entry.keys() == LOSSES.keys() | SPECIAL


@pytest.mark.parametrize("name", LOSSES)
def test_loss(name):
    entry = EXACT["losses"][name]
    loss, reduce = LOSSES[name]
    a, y = ag.InitialNode(entry["input"], name="a"), np.array(entry["target"], float)
    J = reduce(loss(a, y))
    J.backward()
    close(J.value, entry["value"])
    close(a.grad, entry["grad_seed_ones"])
    if name == "MSELoss.mean":
        close(ag.mse(a, y).value, entry["value"])
        close(ag.grad(ag.mse)(a.value, y), entry["grad_seed_ones"])


def test_logistic_loss_of_labels_plus_and_minus_1():
    check(EXACT["losses"]["logistic_pm1.none"], lambda a, y: {"J": ag.logistic_loss(a, y)})


def test_half_the_sum_of_squares():
    data, entry = EXACT["losses"]["MSELoss.sum"], EXACT["losses"]["half_sum_square"]
    a = ag.InitialNode(data["input"])
    C = 0.5 * np.sum(np.square(np.array(data["target"]) - a))
    C.backward()
    close(C.value, entry["C"])
    close(a.grad, entry["grad"])


def test_binary_cross_entropy_has_a_minus_sign():
    data, entry = EXACT["losses"]["BCELoss.mean"], EXACT["losses"]["seed_000_sign"]
    C = ag.mean(bce(np.array(data["input"]), np.array(data["target"])))
    close(C.value, entry["correct_mean"])
    assert differs(C.value, entry["seed_formula_WRONG_mean"])


def test_binary_cross_entropy_of_probabilities_0_and_1():
    entry = EXACT["losses"]["BCELoss.saturated_torch_clamps_log_at_minus_100"]
    p = ag.InitialNode(entry["input"])
    J = bce(p, np.array(entry["target"], float))
    J.backward()
    close(J.value, entry["value"])
    close(p.grad, [[1], [-1], [0], [0]])  # where the logarithm is held at -100 it is constant


# -------------------------------------------------------------------------------- activations

# name: (operation, its value, its derivative), the last two for mpmath; at 0 as documented.
ACTIVATIONS = {
    "identity": (ag.positive, lambda z: z, lambda z: 1),
    "sigmoid": (
        ag.sigmoid,
        lambda z: 1 / (1 + mpmath.exp(-z)),
        lambda z: 1 / ((1 + mpmath.exp(-z)) * (1 + mpmath.exp(z))),
    ),
    "tanh": (ag.tanh, mpmath.tanh, lambda z: mpmath.sech(z) ** 2),
    "relu": (ag.relu, lambda z: max(z, 0), lambda z: z > 0),
    "leaky_relu_0.01": (
        ag.leaky_relu,
        lambda z: z if z > 0 else mpmath.mpf(0.01) * z,
        lambda z: 1 if z > 0 else 0.01,
    ),
    "elu_1": (
        ag.elu,
        lambda z: z if z > 0 else mpmath.expm1(z),
        lambda z: 1 if z > 0 else mpmath.exp(z),
    ),
    "elu_0.5": (
        lambda z: ag.elu(z, alpha=0.5),
        lambda z: z if z > 0 else mpmath.expm1(z) / 2,
        lambda z: 1 if z > 0 else mpmath.exp(z) / 2,
    ),
    "softplus": (
        ag.softplus,
        lambda z: mpmath.log1p(mpmath.exp(z)),
        lambda z: 1 / (1 + mpmath.exp(-z)),
    ),
    "heaviside": (lambda z: ag.heaviside(z, 0.0), lambda z: z > 0, lambda z: 0),
}
# In the file, sigmoid and tanh have derivatives s (1 - s) and 1 - t^2, which cancel or vanish for
# large z, and sigmoid(-710) is 0. The true numbers are those of mpmath; the largest z to compare:
CANCELS_BEYOND = {"sigmoid": 5.0, "tanh": 5.0}


@exact("activations")
def test_every_activation_is_held(entry):
    assert entry.keys() == ACTIVATIONS.keys() | {"z", "note"}


@pytest.mark.parametrize("name", ACTIVATIONS)
def test_activation(name):
    z, entry = np.array(EXACT["activations"]["z"]), EXACT["activations"][name]
    f, true_value, true_derivative = ACTIVATIONS[name]
    value, pullback = ag.vjp(f, z)
    derivative = pullback(np.ones(len(z)))
    with mpmath.workdps(400):
        close(value, [float(true_value(mpmath.mpf(x))) for x in z])
        close(derivative, [float(true_derivative(mpmath.mpf(x))) for x in z])
    close(ag.jvp(f, z, np.ones(len(z)))[1], derivative)
    same = np.abs(z) <= CANCELS_BEYOND.get(name, np.inf)
    close(value[same], np.array(entry["value"])[same])
    close(derivative[same], np.array(entry["derivative"])[same])


# ------------------------------------------------------------- parts of larger networks


@exact("001.batch_norm")
def test_batch_normalisation(entry):
    inputs = initial({name: entry[name] for name in ("X", "gamma", "beta")})
    X, gamma, beta = inputs.values()

    def normalise(mean, var):
        return gamma * ((X - mean) / np.sqrt(var + entry["eps"])) + beta

    A = normalise(np.mean(X, axis=0), np.var(X, axis=0))
    A.backward(entry["upstream"])
    close(A.value, entry["train_output"])
    close(X.grad, entry["dX"])
    close(gamma.grad, entry["dgamma"])
    close(beta.grad, entry["dbeta"])

    kept = 1 - entry["momentum"]
    mean = kept * 0 + entry["momentum"] * np.mean(X, axis=0)
    var = kept * 1 + entry["momentum"] * np.var(X, axis=0, ddof=1)
    close(mean.value, entry["running_mean_after_1"])
    close(var.value, entry["running_var_after_1_unbiased"])
    close(normalise(mean, var).value, entry["eval_output_after_1"])


@exact("001.dropout")
def test_dropout_with_a_given_mask(entry):
    """(How many entries a random mask keeps is for package nn.)"""
    X = ag.InitialNode(entry["X"])
    A = X * np.array(entry["mask"]) / (1 - 0.5)
    A.backward(entry["upstream"])
    close(A.value, entry["out"])
    close(X.grad, entry["dX"])


@exact("001.l1_l2_penalty")
def test_penalties(entry):
    W, strength = np.array(entry["W"]), entry["lambda"]
    value, gradient = ag.value_and_grad(lambda W: strength * np.sum(np.square(W)))(W)
    close(value, entry["l2_value_lambda_sum_w2"])
    close(gradient, entry["l2_grad_2_lambda_w"])
    value, gradient = ag.value_and_grad(lambda W: strength * np.sum(np.abs(W)))(W)
    close(value, entry["l1_value"])
    close(gradient, entry["l1_grad_sign"])


@exact("001.linear_only_mlp_collapses")
def test_linear_layers_are_one_linear_map(entry):
    X, W1, b1, W2, b2 = (ag.InitialNode(entry[name]) for name in ("X", "W1", "b1", "W2", "b2"))
    W, b = W1 @ W2, b1 @ W2 + b2
    close(((X @ W1 + b1) @ W2 + b2).value, entry["out"])
    close((X @ W + b).value, entry["out"])
    close(W.value, entry["W_eff"])
    close(b.value, entry["b_eff"])
    J = ag.jacobian(lambda x: (x @ W1.value + b1.value) @ W2.value + b2.value)(X.value[0])
    close(J.T, entry["W_eff"])


@exact("001.zero_weights_symmetry")
def test_zero_weights_stay_equal(entry):
    def network(W1, b1, W2, b2, X, y):
        return {"C": np.sum(half_square(ag.sigmoid(ag.sigmoid(X @ W1 + b1) @ W2 + b2), y))}

    check(entry, network)


@pytest.mark.parametrize("case", EXACT["001.vanishing_gradients"]["cases"])
@exact("001.vanishing_gradients")
def test_vanishing_gradients(entry, case):
    scale, activation = case.rsplit(".", 1)
    factor = {
        "normal_0_1": 1.0,
        "glorot_normal": np.sqrt(2 / (20 + 20)),
        "he_normal": np.sqrt(2 / 20),
        "small_0.1": 0.1,
    }[scale]
    phi = {"sigmoid": ag.sigmoid, "tanh": ag.tanh, "relu": ag.relu}[activation]
    with np.load(DATA / "exact.npz") as arrays:
        X, Y, base = arrays["vg_X"], arrays["vg_Y"], arrays["vg_base"]
    weights = [ag.InitialNode(factor * W) for W in base]
    _, (_, *hidden) = layers(X, weights, [0.0] * 10, [phi] * 10)
    C = ag.mean(np.sum(half_square(hidden[-1], Y), axis=1))
    C.backward()
    figures = entry["cases"][case]
    close(C.value, figures["loss"])
    norms = [np.sqrt(np.sum(np.square(W.grad))) for W in weights]
    close(norms, figures["grad_norm_layer_1_to_10"])
    means = figures["activation_mean_1_to_10"]  # means of 1000 numbers of both signs: 0.000006
    close([np.mean(h).item() for h in hidden], means, atol=1e-15)
    close([np.sqrt(np.var(h)).item() for h in hidden], figures["activation_std_1_to_10"])


# -------------------------------------------------------------------------------- operators

OPERATORS = {
    "add_broadcast_row": lambda A, V, W: np.sum((A + V) * W),
    "sub_broadcast_col": lambda A, B, W: np.sum((A - B[:, :1]) * W),
    "mul_broadcast_scalar": lambda A, s: np.sum(A * s),
    "div_broadcast": lambda A, P, W: np.sum(A / P[0] * W),
    "rdiv_rsub": lambda P: np.sum(2 / P + (1 - P)),
    "pow_const": lambda P: np.sum(P**3 + P**-1.5),
    "pow_var": lambda P, A: np.sum(P**A),
    "reuse_of_a_node": lambda A: np.sum(A * A + A * np.exp(A) - A),
    "matmul_2d": lambda A, B, W: np.sum((A @ B.T) * W),
    "matmul_vec_right": lambda A, V: np.sum((A @ V) ** 2),
    "matmul_vec_left": lambda A, u: np.sum((u @ A) ** 2),
    "dot_vec_vec": lambda V, U: (V @ U) ** 2,
    "matmul_batched": lambda C, D: np.sum((C @ D) ** 2),
    "matmul_batched_broadcast": lambda C, E: np.sum((C @ E) ** 2),
    "sum_axis0": lambda A: np.sum(np.sum(A, axis=0) ** 2),
    "sum_axis1_keepdims": lambda A: np.sum(np.sum(A, axis=1, keepdims=True) ** 2),
    "mean_axis0": lambda A: np.sum(np.mean(A, axis=0) ** 3),
    "mean_all": lambda A: np.mean(A * A),
    "var_axis0": lambda A, V: np.sum(np.var(A, axis=0) * V),
    "max_axis1": lambda A: np.sum(np.max(A, axis=1) ** 2),
    "max_all": lambda A: np.max(A) ** 2,
    "reshape": lambda A, W: np.sum((A.reshape(2, 6) * W) ** 2),
    "transpose_3d": lambda C, W: np.sum((C.transpose(2, 1, 0) * W) ** 2),
    "index_slice": lambda A: np.sum(A[1:, ::2] ** 2) + A[0, -1] ** 2,
    "index_repeated_rows": lambda A: np.sum(A[[0, 0, 2]] ** 2),
    "concatenate_axis1": lambda A, B, W: np.sum((np.concatenate([A, B], axis=1) * W) ** 2),
    "exp_log_sqrt": lambda P: np.sum(np.exp(P) + np.log(P) + np.sqrt(P)),
    "sin_cos_tanh": lambda A: np.sum(np.sin(A) * np.cos(A) + np.tanh(A)),
    "abs_maximum": lambda A, B: np.sum(np.abs(A) + np.maximum(A, B)),
    "where": lambda A, B: np.sum(np.where(A > 0, A * B, B**2)),
    "clip": lambda A: np.sum(np.clip(A, -0.5, 0.5) ** 2),
    "sigmoid_relu": lambda A: np.sum(ag.sigmoid(A) * ag.relu(A)),
    "logsumexp_axis1": lambda A: np.sum(ag.logsumexp(A, axis=1) ** 2),
    "softmax_axis1_weighted": lambda A, W: np.sum(ag.softmax(A, axis=1) * W),
    "logsumexp_large": lambda A: np.sum(ag.logsumexp(1000 * A, axis=1)),
}


@exact("operators")
def test_every_operator_is_held(entry):
    assert entry.keys() == OPERATORS.keys()


@pytest.mark.parametrize("name", OPERATORS)
def test_operator(name):
    check(EXACT["operators"][name], lambda **inputs: {"J": OPERATORS[name](**inputs)})
