"""What notebook 4 must come to: the two loops on exact figures, the exam, and broadcasting."""

import json
from pathlib import Path

assert Z.shape == (3, 2)
assert np.round(np.mean((scores - targets) ** 2), 4) == 1.3333

exact = json.loads(Path("../tests/data/exact.json").read_text(encoding="utf-8"))

# the two loops on the 4-10-5-3-1 network of the exact figures (two other engines)
entry = exact["004.rules_0_to_3_units_4_10_5_3_1"]
matrices = {name: np.array(value) for name, value in entry["inputs"].items()}
stored = [matrices[f"W{k}"] for k in range(1, 5)]
a_lists, h_lists = forward(matrices["X"], stored)
found = back(a_lists, h_lists, matrices["y"], stored)
for k in range(1, 5):
    assert np.allclose(a_lists[k], entry["intermediate"][f"a{k}"], rtol=1e-12, atol=1e-15)
    assert np.allclose(found[k - 1], entry["grad"][f"W{k}"], rtol=1e-12, atol=1e-15)
assert np.isclose(np.mean(np.log1p(np.exp(-matrices["y"] * a_lists[-1]))), float(entry["value"]))

# the network of the notebook: graph and loops agree, and are not zero
for node, G_loop in zip(nodes, gradients, strict=True):
    assert np.allclose(node.grad, 2 * G_loop, rtol=1e-12, atol=1e-15)  # backward() ran twice
    assert np.abs(G_loop).max() > 1e-3
assert forward_steps == ["mm", "relu"] * 3 + ["mm", "logistic_loss", "mean"]
assert list(dict.fromkeys(back_steps)) == ["mean", "logistic_loss", "mm", "relu"]
assert back_steps == ["mean", "logistic_loss"] + ["mm", "mm", "relu"] * 3 + ["mm"]

linear = exact["004.operation_graph_linear_mm_logistic"]
x_linear, w_linear = np.array(linear["inputs"]["X"]), ag.InitialNode(linear["inputs"]["w"])
loss = ag.logistic_loss(ag.mm(x_linear, w_linear), np.array(linear["inputs"]["y"]))
loss.backward()
assert np.allclose(loss.value, linear["value"], rtol=1e-12)
assert np.allclose(w_linear.grad, linear["grad"]["w"], rtol=1e-12)

# the regression graph, in exact fractions
assert w.grad.ravel().tolist() == [3 / 2, -23 / 4]
assert s.grad.ravel().tolist() == [1 / 4] * 4
assert a.grad.ravel().tolist() == [-5 / 4, 1 / 4, -1 / 2, -1]

# the exam, by hand and by the engine
exam = exact["004.exam_forward_backward_by_hand"]
assert J == exam["value"] == 62.5
assert dW1.tolist() == exam["grad"]["W1"] == [[5, -20], [10, 60]]
assert dW2.tolist() == exam["grad"]["W2"] == [[30], [-60]]
assert a1.tolist() == exam["intermediate"]["a1"]
assert da1.tolist() == exam["intermediate_grad"]["a1"]
assert dh1.tolist() == exam["intermediate_grad"]["h1"]
assert names["J"].item() == 62.5
assert names["W1"].grad.tolist() == [[5, -20], [10, 60]]
assert names["W2"].grad.tolist() == [[30], [-60]]

# G h^T and h^T G, for the columns
assert W_columns.grad.tolist() == [[3, 1], [7, 3]]
assert (h_columns.value.T @ G2).tolist() == [[5, 1], [3, 1]]
