"""Document 001, rows 64 to 72 and 79 to 83: neurons, chain rules, activations."""

import mpmath
import numpy as np
import pytest

import autograd_core as ag
import nn
from autograd_core import InitialNode
from tests.documents.helpers import set_weights
from tests.test_exact_figures import (
    EXACT,
    FUNCTIONS,
    close,
    initial,
    operations,
    sigmoid_layers,
)


def test_row_64_neuron_and_perceptron():
    """y = f(sum w_i x_i); with a threshold it computes AND and OR, but no weights give XOR."""
    X = np.array([[0, 0], [0, 1], [1, 0], [1, 1]])
    z = np.array(EXACT["activations"]["z"])
    close(ag.heaviside(z, 0.0).value, EXACT["activations"]["heaviside"]["value"])
    neuron = set_weights(nn.Linear(2, 1), [[1.0], [1.0]])
    answers = set()
    for threshold in (0.5, 1.5):
        neuron.bias.value = [-threshold]
        answers.add(tuple(ag.heaviside(neuron(X), 0.0).value.ravel().tolist()))
    assert answers == {(0, 1, 1, 1), (0, 0, 0, 1)}
    for w1, w2, b in np.random.default_rng(0).normal(size=(2000, 3)):
        assert (X @ [w1, w2] + b > 0).tolist() != [False, True, True, False]
    J = ag.sum(ag.heaviside(neuron(X), 0.0))
    J.backward()
    assert (neuron.weight.grad == 0).all()  # so a perceptron can't be trained by gradients


def test_row_65_costs():
    """(1/n)(y - X theta)^T (y - X theta) is MSELoss; 1/2 sum (y - a)^2 half its sum."""
    entry = EXACT["losses"]["MSELoss.mean"]
    a, y = InitialNode(entry["input"]), np.array(entry["target"])
    residual = y - a
    cost = (residual.T @ residual) / len(y)
    cost.backward()
    np.testing.assert_allclose(cost.item(), entry["value"], rtol=1e-14)
    close(a.grad, entry["grad_seed_ones"])
    close(nn.MSELoss()(a, y).value, entry["value"])
    half = EXACT["losses"]["half_sum_square"]
    a.zero_grad()
    C = 0.5 * nn.MSELoss("sum")(a, y)
    C.backward()
    close(C.value, half["C"])
    close(a.grad, half["grad"])


def test_row_66_universal_approximation():
    """One hidden layer of 20 sigmoids fits sin 2 pi x; a linear model can't."""
    x = np.linspace(0, 1, 50).reshape(-1, 1)
    y = np.sin(2 * np.pi * x)
    errors = {}
    for name, net in {
        "hidden": nn.MLP([1, 20, 1], "sigmoid", init=nn.init.normal, rng=0),
        "linear": nn.MLP([1, 1], rng=0),
    }.items():
        optimizer = nn.optim.LBFGS(net.parameters(), max_iter=500)

        def closure(net=net, optimizer=optimizer):
            optimizer.zero_grad()
            loss = nn.MSELoss()(net(x), y)
            loss.backward()
            return loss

        optimizer.step(closure)
        errors[name] = closure().item()
    assert errors["hidden"] < 1e-4
    assert errors["linear"] == pytest.approx(
        np.linalg.lstsq(nn.data.add_intercept(x), y)[1].item() / 50
    )


def test_row_67_forward_and_its_derivatives():
    """z = W^T a + b; dz_j/dw_ij = a_i, dz_j/da_i = w_ij (not w_ji), da/dz = a (1 - a)."""
    rng = np.random.default_rng(0)
    W, b, a = rng.normal(size=(3, 3)), rng.normal(size=3), rng.normal(size=3)
    z = W.T @ a + b
    close(nn_layer(W, b)(a[None]).value[0], z)
    close(ag.jacobian(lambda a: a @ W + b)(a), W.T)
    assert not np.allclose(W.T, W)
    dz_dW = ag.jacobian(lambda W: a @ W + b)(W)  # (j, i, k): a_i if j = k
    close(dz_dW, np.einsum("jk,i->jik", np.eye(3), a))
    s = ag.sigmoid(z).value
    close(ag.jacobian(ag.sigmoid)(z), np.diag(s * (1 - s)), atol=1e-17)
    entry = EXACT["001.four_backprop_equations"]
    inputs = initial(entry["inputs"])
    nodes = sigmoid_layers(**inputs)
    nodes["C"].backward()
    close(inputs["W3"].grad, entry["grad"]["W3"])  # dC/dw of the output layer


def nn_layer(W, b):
    layer = set_weights(nn.Linear(*W.shape), W)
    layer.bias.value = b
    return layer


def test_row_68_chain_rules():
    one, two = EXACT["001.chain_rule_one_variable"], EXACT["001.chain_rule_two_variables"]

    def f(t):
        x, y = np.sin(t), np.exp(t)
        return x**2 * y + y**3

    value, slope = ag.value_and_grad(f)(0.4)
    close(value, one["f"])
    close(slope, one["df_dt"])
    x, y = np.sin(0.4), np.exp(0.4)
    close(slope, 2 * x * y * np.cos(0.4) + (x**2 + 3 * y**2) * np.exp(0.4))

    def g(s, t):
        x, y = t * s, t + s**2
        return x**2 * y + np.sin(y)

    s, t = (two["torch"]["inputs"][name] for name in "st")
    ds, dt = ag.grad(g, (0, 1))(s, t)
    close(ds, two["df_ds"])
    close(dt, two["df_dt"])


@pytest.mark.parametrize("row", [69, 70])
def test_rows_69_70_functions_both_modes(row):
    """69: exp(x^2), 70: sqrt(x^2 + exp(x^2)): nodes, adjoints, tangents, and operations counted."""
    name = {69: "001.exp_x2", 70: "001.sqrt_x2_plus_exp_x2"}[row]
    staged, f, df = FUNCTIONS[name]
    for point in EXACT[name]["points"]:
        x = InitialNode(point["x"])
        nodes = staged(x)
        *_, output = nodes.values()
        output.backward()
        close(output.value, point["f"])
        close(x.grad, point["df"])
        for node, adjoint in point["reverse_adjoints"].items():
            close(nodes[node].grad, adjoint)
        close(ag.jvp(f, point["x"], 1.0)[1], point["df"])
    if row == 70:
        b, d = nodes["b"].value, nodes["d"].value
        close(x.grad, x.value * (1 + b) / d)
    x = InitialNode(0.5)
    plain = len(operations(f(x), df(x)))
    nodes = staged(x)
    b, d = nodes["b"], nodes.get("d")
    reusing = operations(b, 2 * x * b) if row == 69 else operations(d, x * (1 + b) / d)
    assert (plain, len(reusing)) == {69: (6, 4), 70: (15, 7)}[row]


@pytest.mark.parametrize("row", [69, 70])
def test_rows_69_70_beside_many_digits(row):
    """The derivatives that the document takes from sympy, here in 50 digits of mpmath."""
    _, f, _ = FUNCTIONS[{69: "001.exp_x2", 70: "001.sqrt_x2_plus_exp_x2"}[row]]

    def precise(x):
        return mpmath.exp(x**2) if row == 69 else mpmath.sqrt(x**2 + mpmath.exp(x**2))

    for point in (-1.5, 0.3, 2.0):
        with mpmath.workdps(50):
            expected = float(mpmath.diff(precise, mpmath.mpf(point)))
        close(ag.grad(f)(point), expected)


def test_row_71_reverse_mode_sums_over_children():
    """The adjoint of a is the sum over its children b and c, each child's times d(child)/da."""
    x = InitialNode(0.7)
    a = np.square(x)
    b = np.exp(a)
    c = a + b
    d = np.sqrt(c)
    d.backward()
    parents = {d: [c], c: [a, b], b: [a], a: [x]}
    assert all(list(node.inputs) == list(parents[node]) for node in (b, c, d))
    assert d.grad == 1
    close(c.grad, d.grad / (2 * d.value))
    close(b.grad, c.grad * 1)
    close(a.grad, b.grad * b.value + c.grad * 1)
    close(x.grad, a.grad * 2 * x.value)
    entry = EXACT["operators"]["reuse_of_a_node"]
    A = InitialNode(entry["inputs"]["A"])
    np.sum(A * A + A * np.exp(A) - A).backward()
    close(A.grad, entry["grad"]["A"])


def test_row_72_forward_mode():
    """Products from the right: dx, then each node's tangent from those of its parents."""
    entry = EXACT["forward_mode_jvp"]
    value, tangent = ag.jvp(
        lambda A: np.sum(np.tanh(A) * np.exp(A)),
        np.array(entry["A"]),
        np.array(entry["direction"]),
    )
    close(value, entry["value"])
    close(tangent, entry["jvp"])
    close(np.sum(np.array(entry["grad"]) * entry["direction"]), tangent)


ACTIVATIONS = {
    "sigmoid": nn.Sigmoid(),
    "tanh": nn.Tanh(),
    "relu": nn.ReLU(),
    "leaky_relu_0.01": nn.LeakyReLU(),
    "elu_1": nn.ELU(),
    "identity": nn.Identity(),
    "softplus": nn.Softplus(),
    "heaviside": lambda z: ag.heaviside(z, 0.0),
}


@pytest.mark.parametrize("name", ACTIVATIONS)
def test_row_79_activations(name):
    entry = EXACT["activations"]
    z = np.array(entry["z"])
    near = np.abs(z) <= 5  # sigmoid and tanh beyond: see the test of exact figures
    Z = InitialNode(z[near])
    A = ag.positive(ACTIVATIONS[name](Z))
    A.backward()
    close(A.value, np.array(entry[name]["value"])[near])
    close(Z.grad, np.array(entry[name]["derivative"])[near])


def test_row_79_picture_of_the_sigmoid(pyplot):
    z = np.arange(-5, 5, 0.1)
    (line,) = nn.plots.functions({"sigmoid": nn.Sigmoid()}, z).lines
    assert line.get_xdata().tolist() == z.tolist()
    close(line.get_ydata(), 1 / (1 + np.exp(-z)))
    assert nn.Softmax()([z]).value.sum() == pytest.approx(1)


def test_row_80_linear_layers_zero_weights_and_biases():
    entry = EXACT["001.linear_only_mlp_collapses"]
    net = nn.Sequential(nn.Linear(3, 4), nn.Linear(4, 2))
    for layer, i in zip(net, "12", strict=True):
        layer.weight.value, layer.bias.value = entry[f"W{i}"], entry[f"b{i}"]
    X = np.array(entry["X"])
    close(net(X).value, entry["out"])
    close(net(X).value, X @ entry["W_eff"] + entry["b_eff"])
    zero = nn.Sequential(
        nn.Linear(2, 3, init=nn.init.zeros), nn.Sigmoid(), nn.Linear(3, 1, init=nn.init.zeros)
    )
    optimizer = nn.optim.Adam(zero.parameters(), lr=0.1)
    rng = np.random.default_rng(0)
    X, y = rng.normal(size=(20, 2)), rng.normal(size=(20, 1))
    for _ in range(50):
        optimizer.zero_grad()
        nn.MSELoss()(zero(X), y).backward()
        optimizer.step()
    W = zero[0].weight.value
    assert (W != 0).all()
    assert (W[:, :1] == W).all()  # the hidden units are still one
    no_bias = nn.Sequential(nn.Linear(2, 5, bias=False), nn.Tanh(), nn.Linear(5, 1, bias=False))
    assert no_bias(np.zeros((1, 2))).item() == 0
    small = nn.Linear(2, 5, bias_init=lambda s, rng, d: nn.init.constant(s, rng, d, value=0.01))
    assert small(np.zeros((1, 2))).value.tolist() == [[0.01] * 5]


def test_row_81_logistic_regression_by_newton_and_by_descent():
    """C = -sum y ln p + (1 - y) ln (1 - p), p = P(y = 1), is minimal where both methods end."""
    rng = np.random.default_rng(0)
    X = nn.data.add_intercept(rng.normal(size=(100, 2)))
    y = (rng.uniform(size=(100, 1)) < 1 / (1 + np.exp(-X @ [[0.5], [1.0], [-2.0]]))).astype(float)

    def cost(beta):
        return nn.BCELoss("sum")(ag.sigmoid(X @ beta), y)

    beta = np.zeros((3, 1))
    for _ in range(10):
        H = ag.hessian(cost)(beta).reshape(3, 3)
        beta = beta - np.linalg.solve(H, ag.grad(cost)(beta))
    p = 1 / (1 + np.exp(-X @ beta))
    np.testing.assert_allclose(X.T @ (p - y), 0, atol=1e-12)
    np.testing.assert_allclose(H, X.T @ (p * (1 - p) * X), rtol=1e-8)
    model = nn.Linear(3, 1, bias=False, init=nn.init.zeros)
    optimizer = nn.optim.SGD(model.parameters(), lr=0.02)
    for _ in range(3000):
        optimizer.zero_grad()
        nn.BCEWithLogitsLoss("sum")(model(X), y).backward()
        optimizer.step()
    np.testing.assert_allclose(model.weight.value, beta, rtol=1e-8)


def test_row_82_one_hot_and_the_derivative_of_softmax():
    """df_i/dz_j = f_i (delta_ij - f_j)."""
    entry = EXACT["001.one_hot"]
    assert nn.data.one_hot([5, 1], 10).tolist() == entry["one_hot"]
    for row in EXACT["004.softmax_lse_table_mpmath"]:
        z = np.array(row["z"])
        J = ag.jacobian(ag.softmax)(z)
        close(J, row["jacobian"])
        f = np.array(row["softmax"])
        np.testing.assert_allclose(J, f[:, None] * (np.eye(len(z)) - f), rtol=1e-9, atol=1e-16)


def test_row_83_six_steps_on_the_body_mass_index():
    """Data, architecture, activation, weights, training, measurement, on 5 people."""
    entry = EXACT["001.bmi_design_matrix"]
    X, y = np.array(entry["X"]), np.reshape(entry["bmi"], (-1, 1))  # 1: the data
    assert X.shape == (5, 2)
    np.testing.assert_allclose(X[:, 1] / X[:, 0] ** 2, y.ravel(), rtol=1e-14)
    net = nn.MLP([2, 10, 1], "tanh", rng=0)  # 2, 3, 4
    optimizer = nn.optim.Adam(net.parameters(), lr=0.01)
    scaler = nn.data.StandardScaler()
    nn.fit(net, (X, y), nn.MSELoss(), optimizer, epochs=3000, batch_size=5, rng=0, scaler=scaler)
    assert nn.metrics.r2_score(y, nn.predict(net, X, scaler=scaler)) > 0.999  # 6
