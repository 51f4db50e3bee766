"""Document 004, rows 39 to 45: graphs of InitialNode and Operation."""

import numpy as np
import pytest

import autograd_core as ag
import nn
from autograd_core import InitialNode, Operation
from tests.documents.helpers import set_weights
from tests.test_exact_figures import EXACT, close, initial


def test_row_39_initial_nodes():
    weights, features = InitialNode([[1.0], [2.0]], name="w"), InitialNode([[3.0, 4.0]])
    labels = InitialNode([[1]], name="labels")
    assert weights.value.tolist() == [[1.0], [2.0]]
    assert weights.grad is None
    assert not labels.requires_grad
    assert not weights.inputs
    ag.logistic_loss(ag.mm(features, weights), labels).backward()
    for node in (weights, features):
        assert node.grad.shape == node.value.shape
    assert labels.grad is None


def test_row_40_operation_is_a_virtual_parent():
    with pytest.raises(TypeError, match="abstract"):
        Operation()
    assert {"forward", "gradient"} <= Operation.__abstractmethods__
    entry = EXACT["004.operation_graph_mm_relu_mm_logistic"]
    X, W1, W2, y = initial(entry["inputs"]).values()
    a1 = ag.mm(X, W1)
    h1 = ag.relu(a1)
    a2 = ag.mm(h1, W2)
    J = ag.logistic_loss(a2, y)
    assert J.inputs == (a2, y)  # parent nodes; the parent classes are something else
    for node in (a1, h1, a2, J):
        assert isinstance(node, Operation)
    close(J.value, entry["value"])  # forward ran when it was made
    assert a1.grad is None
    J.backward()
    for name, node in {"a1": a1, "h1": h1, "a2": a2}.items():
        close(node.value, entry["intermediate"][name])
        close(node.grad, entry["intermediate_grad"][name], atol=1e-16)
    for name, node in {"X": X, "W1": W1, "W2": W2}.items():
        close(node.grad, entry["grad"][name], atol=1e-16)


def test_row_41_logistic_loss_gives_a_vector():
    entry = EXACT["losses"]["logistic_pm1.none"]
    A, y = InitialNode(entry["inputs"]["a"]), np.array(entry["inputs"]["y"])
    J = ag.logistic_loss(A, y)
    assert J.shape == (5, 1)
    J.backward()
    close(J.value, entry["value"])
    close(A.grad, entry["grad"]["a"])
    close(A.grad, -y / (1 + np.exp(y * A.value)))
    A = InitialNode([[-1e4], [1e4], [-1e4]])
    J = ag.logistic_loss(A, [[1.0], [1.0], [-1.0]])
    J.backward()
    assert J.value.tolist() == [[1e4], [0.0], [0.0]]  # no overflow
    assert A.grad.tolist() == [[-1.0], [0.0], [0.0]]


def test_row_42_gradients_of_mm_and_relu():
    entry = EXACT["operators"]["matmul_2d"]
    A, B, W = initial(entry["inputs"]).values()
    J = np.sum(ag.mm(A, B.T) * W)
    J.backward()
    close(A.grad, entry["grad"]["A"])
    close(A.grad, W.value @ B.value)  # grad_A J times W^T, where W is B^T
    close(B.grad.T, A.value.T @ W.value)  # X^T (grad_A J)
    Z = InitialNode([[-2.0, -1e-300, 0.0, 1e-300, 3.0]])
    ag.relu(Z).backward([[5.0] * 5])
    assert Z.grad.tolist() == [[0.0, 0.0, 0.0, 5.0, 5.0]]  # piecewise constant


def test_row_43_graph_of_the_linear_model():
    entry = EXACT["004.operation_graph_linear_mm_logistic"]
    inputs = initial(entry["inputs"])
    J = ag.logistic_loss(ag.mm(inputs["X"], inputs["w"]), inputs["y"])
    assert [type(n).__name__ for n in ag.Graph(J).nodes if n.inputs] == ["mm", "logistic_loss"]
    J.backward()
    close(J.value, entry["value"])
    close(inputs["w"].grad, entry["grad"]["w"])
    model = set_weights(nn.Linear(len(entry["inputs"]["w"]), 1, bias=False), entry["inputs"]["w"])
    of_model = nn.LogisticLoss("none")(model(entry["inputs"]["X"]), entry["inputs"]["y"])
    of_model.backward()
    close(of_model.value, entry["value"])
    close(model.weight.grad, entry["grad"]["w"])


def test_row_44_detailed_regression_graph():
    X, w = InitialNode([[1.0, 2], [3, -1], [0, 4], [-2, 1]]), InitialNode([[0.5], [-1.0]])
    y = np.array([[1.0], [2], [-3], [0]])
    assert EXACT["004.regression_graph_mm_diff_square_mean"]["inputs"]["X"] == X.value.tolist()
    a = ag.mm(X, w)
    d = ag.subtract(a, y)
    s = ag.square(d)
    J = ag.mean(s)
    J.backward()
    assert J.item() == 23 / 8
    assert w.grad.ravel().tolist() == [3 / 2, -23 / 4]
    assert s.value.ravel().tolist() == [25 / 4, 1 / 4, 1, 4]
    assert s.grad.ravel().tolist() == [1 / 4] * 4
    assert d.grad.ravel().tolist() == a.grad.ravel().tolist() == [-5 / 4, 1 / 4, -1 / 2, -1]
    layer = set_weights(nn.Linear(2, 1, bias=False), w.value)
    nn.MSELoss()(layer(X.value), y).backward()
    assert layer.weight.grad.tolist() == w.grad.tolist()
    with pytest.raises(ValueError, match="reshape"):
        nn.MSELoss()(layer(X.value), y.ravel())  # elsewhere a warning, and a wrong number


def test_row_45_exam_by_hand():
    X, y = [[1.0, 2.0], [-1.0, 3.0]], [[1.0], [-2.0]]
    net = set_weights(
        nn.Sequential(nn.Linear(2, 2, bias=False), nn.ReLU(), nn.Linear(2, 1, bias=False)),
        [[4.0, -3.0], [1.0, 1.0]],
        [[1.0], [-2.0]],
    )
    J = nn.MSELoss()(net(X), y)
    J.backward()
    assert J.item() == 62.5
    assert net[0].weight.grad.tolist() == [[5.0, -20.0], [10.0, 60.0]]
    assert net[2].weight.grad.tolist() == [[30.0], [-60.0]]
