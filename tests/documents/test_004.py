"""Document 004, rows 25 to 38, 46 and 47: layers, gradients, methods, intercepts."""

from itertools import chain, pairwise

import numpy as np
import pytest

import autograd_core as ag
import nn
from autograd_core import InitialNode
from nn.data import StandardScaler, add_intercept
from tests.documents.helpers import one_output_net
from tests.test_exact_figures import EXACT, close, differs, initial, rules_0_to_3

RULES = EXACT["004.rules_0_to_3_units_4_10_5_3_1"]


def test_row_25_a_network_is_a_composition_of_layers():
    """f = f^(L)[... f^(1)[x]]: L - 1 hidden layers, a linear model as L = 1, the last identity."""
    inputs = {name: np.array(v) for name, v in RULES["inputs"].items()}
    net = one_output_net(inputs["W1"], inputs["W2"], inputs["W3"], inputs["W4"])
    assert sum(isinstance(module, nn.Linear) for module in net) == 4  # deep: L >= 3
    assert isinstance(net[-1], nn.Linear)  # no activation after the last
    x = inputs["X"]
    for module in net:
        x = module(x)
    close(x.value, RULES["intermediate"]["a4"])
    close(nn.predict(net, inputs["X"]), RULES["intermediate"]["a4"])
    linear = nn.MLP([4, 1], rng=0)
    assert [type(module) for module in linear] == [nn.Linear]
    a, b = inputs["X"][:2]
    of_a, of_b, between = nn.predict(linear, np.array([a, b, (a + b) / 2]))
    np.testing.assert_allclose(between, (of_a + of_b) / 2, rtol=0, atol=1e-15)  # affine


def test_row_26_relu_and_sigmoid_with_their_pictures(pyplot):
    z = np.array(EXACT["activations"]["z"])
    for layer, name in ((nn.ReLU(), "relu"), (nn.Sigmoid(), "sigmoid")):
        Z = InitialNode(z)
        A = layer(Z)
        A.backward()
        if name == "relu":  # np.where, and the derivative at 0 is 0
            assert A.value.tolist() == np.where(z > 0, z, 0).tolist()
            assert Z.grad.tolist() == np.where(z > 0, 1.0, 0.0).tolist()
        near = np.abs(z) <= 5
        close(A.value[near], np.array(EXACT["activations"][name]["value"])[near])
        close(Z.grad[near], np.array(EXACT["activations"][name]["derivative"])[near])
    z = np.linspace(-5, 5, 101)
    lines = nn.plots.functions({"relu": ag.relu, "sigmoid": ag.sigmoid}, z, derivatives=True).lines
    assert lines[0].get_ydata().tolist() == np.maximum(z, 0).tolist()
    close(lines[2].get_ydata(), 1 / (1 + np.exp(-z)))
    close(lines[3].get_ydata(), 1 / (1 + np.exp(-z)) / (1 + np.exp(z)))


@pytest.mark.parametrize(
    ("units", "edges"),
    [
        ([10, 1], 10),
        ([1, 2, 1], 4),
        ([1, 20, 1], 40),
        ([12, 5, 1], 65),
        ([12, 5, 10], 110),
        ([4, 10, 5, 3, 1], 108),
    ],
)
def test_row_27_edges_of_the_diagrams(units, edges):
    net = nn.MLP(units)
    weights = [p for p in net.parameters() if p.ndim == 2]
    assert [W.shape for W in weights] == list(pairwise(units))
    assert sum(W.size for W in weights) == edges
    counts = EXACT["counts"][",".join(map(str, units))]
    assert (edges, net.num_parameters()) == (counts["no_bias"], counts["with_bias"])


@pytest.mark.parametrize(("outputs", "plain", "intercepts"), [(1, 1100, 1201), (10, 2000, 2110)])
def test_row_28_quiz(outputs, plain, intercepts):
    def net(bias):
        return nn.Sequential(
            nn.Linear(10, 100, bias=bias), nn.ReLU(), nn.Linear(100, outputs, bias=bias)
        )

    assert net(bias=False).num_parameters() == plain
    assert net(bias=True).num_parameters() == intercepts


def test_row_29_mean_loss_and_mean_gradient():
    """Loss and full gradient are the means of those of the N observations."""
    inputs = {name: np.array(v) for name, v in RULES["inputs"].items()}
    Ws = [inputs[f"W{i}"] for i in (1, 2, 3, 4)]
    X, y = inputs["X"], inputs["y"]

    def loss_and_gradients(rows, reduction="mean"):
        net = one_output_net(*Ws)
        J = nn.LogisticLoss(reduction)(net(X[rows]), y[rows])
        J.backward()
        return J.item(), [p.grad for p in net.parameters()]

    J, gradients = loss_and_gradients(slice(None))
    close(J, RULES["value"])
    each = [loss_and_gradients(slice(i, i + 1)) for i in range(len(X))]
    close(np.mean([J_i for J_i, _ in each]), J)
    for k, gradient in enumerate(gradients):
        close(gradient, RULES["grad"][f"W{k + 1}"], atol=1e-16)
        np.testing.assert_allclose(
            np.mean([g[k] for _, g in each], axis=0), gradient, rtol=1e-12, atol=1e-15
        )
    total, _ = loss_and_gradients(slice(None), "sum")
    close(total, len(X) * J)


def test_row_30_losses_as_functions_of_the_score(pyplot):
    s = np.linspace(-3, 3, 61)
    ones = np.ones_like(s)
    square, logistic, wrong = nn.plots.functions(
        {
            "square": lambda s: nn.MSELoss("none")(s, ones),
            "logistic": lambda s: nn.LogisticLoss("none")(s, ones),
            "without the minus": lambda s: np.log(1 + np.exp(ones * s)),
        },
        s,
    ).lines
    close(square.get_ydata(), (s - 1) ** 2)
    close(logistic.get_ydata(), np.log1p(np.exp(-s)))
    assert (np.diff(logistic.get_ydata()) < 0).all()  # a better score costs less
    assert (np.diff(wrong.get_ydata()) > 0).all()  # log[1 + exp(y yhat)] punishes it


def z_surface(p):
    return p[0] ** 2 + 3 * np.sin(p[1])


def test_row_31_descent_on_a_surface(pyplot):
    entry = EXACT["004.surface_gd"]
    p = nn.Parameter(entry["points"][0])
    optimizer = nn.optim.SGD([p], lr=0.1)
    path = [p.value.copy()]
    for _ in range(30):
        optimizer.zero_grad()
        z_surface(p).backward()
        optimizer.step()
        path.append(p.value.copy())
    close(path, entry["points"])
    close(z_surface(np.transpose(path)), entry["z"])
    ax = nn.plots.descent(z_surface, path)
    close(np.transpose(ax.lines[0].get_data()), entry["points"])
    for _ in range(200):
        optimizer.zero_grad()
        z_surface(p).backward()
        optimizer.step()
    np.testing.assert_allclose(p.value, [0, -np.pi / 2], atol=1e-9)
    assert z_surface(p).item() == pytest.approx(-3, abs=1e-12)


@pytest.mark.parametrize(
    ("row", "batch_size", "steps"), [(32, 10, 1), (33, 1, 10), (34, 4, 3), (34, 5, 2)]
)
def test_rows_32_33_34_steps_of_an_epoch(row, batch_size, steps):
    """Full gradient: 1 step an epoch; stochastic: n; batches of b: ceil(n / b)."""
    X, y = np.arange(10.0).reshape(10, 1), np.arange(10.0).reshape(10, 1)
    net = nn.Linear(1, 1, rng=0)
    batches = []

    def loss(A, y):
        batches.append(y.ravel().tolist())
        return nn.MSELoss()(A, y)

    optimizer = nn.optim.SGD(net.parameters(), lr=1e-3)
    data = nn.DataLoader(nn.TensorDataset(X, y), batch_size, shuffle=True, rng=0)
    nn.fit(net, data, loss, optimizer, epochs=1)
    assert len(batches) == len(data) == steps == -(-10 // batch_size)
    assert sorted(chain(*batches)) == y.ravel().tolist()


def test_row_35_two_loops():
    """Forward from the first layer to the last, and back from the last to the first."""
    inputs = initial(RULES["inputs"])
    J = rules_0_to_3(**inputs)["J"]
    graph = ag.Graph(J)
    forward, backward = [], []
    inputs["X"].value = inputs["X"].value.copy()  # something to compute anew
    graph.forward(on_event=lambda event: forward.append(event.node))
    graph.backward(on_event=lambda event: backward.append(event.node))
    names = [type(n).__name__ for n in forward]
    assert names == ["mm", "relu"] * 3 + ["mm", "logistic_loss", "mean"]
    consumers = list(dict.fromkeys(backward))
    assert consumers == forward[::-1]
    close(J.value, RULES["value"])


def test_row_36_rules_0_to_3():
    """Rule 0: the loss by a^(L); 1: W by h^T grad_a; 2: a by h' grad_h; 3: h by grad_a W^T."""
    inputs = initial(RULES["inputs"])
    nodes = rules_0_to_3(**inputs)
    nodes["J"].backward()
    y = inputs["y"].value
    close(nodes["a4"].grad, -y / (1 + np.exp(y * nodes["a4"].value)) / len(y), atol=1e-16)  # rule 0
    for i in (1, 2, 3, 4):
        h = nodes[f"h{i - 1}"] if i > 1 else inputs["X"]
        a, W = nodes[f"a{i}"], inputs[f"W{i}"]
        np.testing.assert_allclose(W.grad, h.value.T @ a.grad, rtol=1e-12, atol=1e-16)
        close(W.grad, RULES["grad"][f"W{i}"], atol=1e-16)
        close(a.grad, RULES["intermediate_grad"][f"a{i}"], atol=1e-16)
        if i > 1:
            np.testing.assert_allclose(h.grad, a.grad @ W.value.T, rtol=1e-12, atol=1e-16)
            below = nodes[f"a{i - 1}"]
            assert np.array_equal(below.grad, np.where(below.value > 0, h.grad, 0))  # rule 2
            close(h.grad, RULES["intermediate_grad"][f"h{i - 1}"], atol=1e-16)


def test_row_36_rules_for_columns():
    """With a = W h the rules are (grad_a) h^T and W^T (grad_a): the others don't fit."""
    W = InitialNode(np.arange(6.0).reshape(2, 3) - 2)
    h = InitialNode([[1.0], [-1.0], [2.0]])
    a = W @ h
    a.backward([[0.5], [-3.0]])
    grad_a = a.grad
    assert np.array_equal(W.grad, grad_a @ h.value.T)
    assert np.array_equal(h.grad, W.value.T @ grad_a)
    with pytest.raises(ValueError, match=r"mm: X is \(1, 3\) but W is \(2, 1\)"):
        ag.mm(h.T, grad_a)  # the rule for rows


def test_row_37_shapes_of_batches():
    """h and a are (batch, u), W and its gradient (u(l-1), u(l))."""
    units, batch = [4, 10, 5, 3, 1], len(RULES["inputs"]["X"])
    inputs = initial(RULES["inputs"])
    nodes = rules_0_to_3(**inputs)
    nodes["J"].backward()
    for i, (above, below) in enumerate(pairwise(units), 1):
        assert inputs[f"W{i}"].shape == inputs[f"W{i}"].grad.shape == (above, below)
        assert nodes[f"a{i}"].shape == nodes[f"a{i}"].grad.shape == (batch, below)
    with pytest.raises(ValueError, match=r"the 4 columns of X must match the 10 rows of W"):
        ag.mm(inputs["X"], inputs["W1"].value.T)


@pytest.mark.parametrize("size", [4, 2, 1])
@pytest.mark.parametrize("reduction", ["sum", "mean"])
def test_row_38_exercise_four_gradients(size, reduction):
    """The loss of observation i is G_i v, of which the gradient by v is the exercise's G_i."""
    entry = EXACT["004.exercise_four_gradients"]
    G = np.array([[-1.0, 1], [-2, 2], [-3, 2], [-1, 2]])
    assert entry["gradients"] == G.tolist()
    answers = entry["total_loss_ANSWER" if reduction == "sum" else "mean_loss_variant"]
    layer = nn.Linear(2, 1, bias=False)
    layer.weight.value = [[-2.0], [1.0]]
    optimizer = nn.optim.SGD(layer.parameters(), lr=0.5)
    path = []
    for (rows,) in nn.DataLoader(nn.TensorDataset(G), batch_size=size):
        optimizer.zero_grad()
        J = layer(rows)
        (ag.sum(J) if reduction == "sum" else ag.mean(J)).backward()
        optimizer.step()
        path.append(layer.weight.value.ravel().tolist())
    assert path == answers[{4: "full", 2: "batch2", 1: "stochastic"}[size]]
    if reduction == "sum":
        assert path[-1] == [1.5, -2.5]  # all methods end at the same place here


def test_row_46_scaling_inside_fit():
    """The training columns get mean 0 and deviation 1; predict uses the stored ones."""
    entry = EXACT["004.scaling_inside_fit"]
    X, y = np.array(entry["X"]), np.reshape(entry["y"], (-1, 1))
    scaler, model = StandardScaler(), nn.Linear(3, 1, init=nn.init.zeros)
    optimizer = nn.optim.SGD(model.parameters(), lr=0.1)
    rows = {row[0]: row[1:] for row in entry["gd_mse_alpha_0.1_from_zero_rows_step_mse_w"]}
    loss = nn.MSELoss()
    last = max(rows)
    history = nn.fit(
        model, (X, y), loss, optimizer, epochs=last, batch_size=len(X), rng=0, scaler=scaler
    )
    close(scaler.mean_, entry["mean"])
    close(scaler.scale_, entry["sd_ddof0"])
    Z = scaler.transform(X)
    np.testing.assert_allclose(Z.mean(axis=0), 0, atol=1e-14)
    np.testing.assert_allclose(Z.std(axis=0), 1, rtol=1e-14)
    for step, (value, _) in rows.items():
        if step < last:
            np.testing.assert_allclose(history["loss"][step], value, rtol=1e-10)
    found = np.concatenate([model.bias.value, model.weight.value.ravel()])
    np.testing.assert_allclose(found, rows[last][1], rtol=1e-10)
    for _ in range(2000):
        optimizer.zero_grad()
        loss(model(Z), y).backward()
        optimizer.step()
    found = np.concatenate([model.bias.value, model.weight.value.ravel()])
    np.testing.assert_allclose(found, entry["ols_scaled_intercept_first"], rtol=1e-10)
    W, b = scaler.raw_weights(model.weight.value, model.bias.value)
    np.testing.assert_allclose([*b, *W.ravel()], entry["ols_raw_intercept_first"], rtol=1e-9)
    new = nn.predict(model, np.array(entry["X_new"]), scaler=scaler)
    np.testing.assert_allclose(new.ravel(), entry["pred_new"], rtol=1e-10)


class OnesColumn(nn.Module):
    """Method 1: a column of ones at the input and at the hidden layer."""

    def __init__(self, V1, V2):
        super().__init__()
        self.V1, self.V2 = nn.Parameter(V1), nn.Parameter(V2)

    def forward(self, X):
        return add_intercept(ag.relu(add_intercept(X) @ self.V1)) @ self.V2


def test_row_47_two_methods_for_intercepts():
    """A column of ones, or a node of its own: same values, gradients and trajectory."""
    entry = EXACT["004.intercept_methods"]
    one = {n: np.array(v) for n, v in entry["method1_ones_column_first"]["inputs"].items()}
    two = {n: np.array(v) for n, v in entry["method2_separate_node"]["inputs"].items()}
    d, u = two["W1"].shape
    node = nn.Sequential(nn.Linear(d, u), nn.ReLU(), nn.Linear(u, 1))
    for layer, W, c in ((node[0], "W1", "c1"), (node[2], "W2", "c2")):
        layer.weight.value, layer.bias.value = two[W], two[c].ravel()
    ones = OnesColumn(one["V1"], one["V2"])
    for net, X in ((ones, one["X"]), (node, two["X"])):
        optimizer = nn.optim.SGD(net.parameters(), lr=0.5)
        for step, expected in enumerate(entry["gd_alpha_0.5_losses_0_to_10_both_methods"]):
            optimizer.zero_grad()
            J = nn.LogisticLoss()(net(X), one["y"])
            J.backward()
            close(J.value, expected, f"step {step}")
            optimizer.step()
    after = entry["params_after_11_steps"]
    for V, layer, W, c in ((ones.V1, node[0], "W1", "c1"), (ones.V2, node[2], "W2", "c2")):
        close(V.value[1:], after[W])
        close(layer.weight.value, after[W])
        close(V.value[0], np.ravel(after[c]))
        close(layer.bias.value, np.ravel(after[c]))
    assert not differs(ones.V1.value[1:], node[0].weight.value)
