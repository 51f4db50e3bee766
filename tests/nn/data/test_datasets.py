"""Data sets, one-hot labels, and the intercept by both methods."""

import json
from pathlib import Path

import numpy as np
import pytest

import autograd_core as ag
import nn
from nn.data import Dataset, TensorDataset, add_intercept, one_hot

EXACT = json.loads((Path(__file__).parents[2] / "data" / "exact.json").read_text("utf-8"))


def test_a_dataset_says_its_length_and_makes_observations():
    with pytest.raises(TypeError, match="abstract"):
        Dataset()

    class Half(Dataset):
        def __len__(self):
            return 3

    with pytest.raises(TypeError, match="__getitem__"):
        Half()


def test_tensor_dataset():
    X, y = np.arange(6).reshape(3, 2), [5, 6, 7]
    data = TensorDataset(X, y)
    assert len(data) == 3
    assert data.arrays[0] is X
    np.testing.assert_array_equal(data[-1][0], [4, 5])
    assert data[1][1] == 6
    rows, labels = data[np.array([2, 0, 2])]
    np.testing.assert_array_equal(rows, X[[2, 0, 2]])
    np.testing.assert_array_equal(labels, [7, 5, 7])
    assert [int(label) for _, label in data] == y  # an index past the end stops a for
    assert repr(data) == "TensorDataset((3, 2) int64, (3,) int64)"
    with pytest.raises(ValueError, match=r"3, 2 rows \(shapes \(3, 2\), \(2,\)\)"):
        TensorDataset(X, [1, 2])
    with pytest.raises(ValueError, match="at least one array"):
        TensorDataset()
    with pytest.raises(ValueError, match="a number has none"):
        TensorDataset(X, 3)


def test_one_hot():
    entry = EXACT["001.one_hot"]
    labels, expected = entry["labels"], entry["one_hot"]
    np.testing.assert_array_equal(one_hot(labels, len(expected[0])), expected)
    np.testing.assert_array_equal(one_hot([1, 0], 3, dtype=int), [[0, 1, 0], [1, 0, 0]])
    assert one_hot([1], dtype=np.float32).dtype == np.float32
    assert one_hot([], 3).shape == (0, 3)
    with pytest.raises(ValueError, match="range from 0 to 3, but must be from 0 to 2"):
        one_hot([0, 3], 3)
    with pytest.raises(ValueError, match="from -1"):
        one_hot([0, -1])
    for wrong in ([[1]], [0.5], 3):
        with pytest.raises(ValueError, match="integers"):
            one_hot(wrong)


def test_add_intercept():
    X = np.array([[2, 3]])
    np.testing.assert_array_equal(add_intercept(X), [[1.0, 2.0, 3.0]])
    assert add_intercept(X.astype(np.float32)).dtype == np.float32
    node = add_intercept(ag.InitialNode([[2.0, 3.0]]))
    ag.sum(node * [[5.0, 6.0, 7.0]]).backward()
    np.testing.assert_array_equal(node.inputs[1].grad, [[6.0, 7.0]])
    with pytest.raises(ValueError, match=r"shape \(3,\)"):
        add_intercept(np.ones(3))


def test_both_methods_of_an_intercept_are_the_same():
    entry = EXACT["004.intercept_methods"]
    ones, node = entry["method1_ones_column_first"], entry["method2_separate_node"]
    X, y = np.array(ones["inputs"]["X"]), np.array(ones["inputs"]["y"])
    V1, V2 = (nn.Parameter(ones["inputs"][name]) for name in ("V1", "V2"))
    net = nn.Sequential(nn.Linear(3, 4), nn.ReLU(), nn.Linear(4, 1))
    names = {"0.weight": "W1", "0.bias": "c1", "2.weight": "W2", "2.bias": "c2"}
    net.load_state_dict({path: node["inputs"][name] for path, name in names.items()})
    loss = nn.LogisticLoss()

    def with_ones():
        return loss(add_intercept(ag.relu(add_intercept(X) @ V1)) @ V2, y)

    with_ones().backward()
    loss(net(X), y).backward()
    for parameter, name in ((V1, "V1"), (V2, "V2")):
        np.testing.assert_allclose(parameter.grad, ones["grad"][name], rtol=1e-12, atol=1e-15)
    for path, parameter in net.named_parameters():
        expected = node["grad"][names[path]]
        np.testing.assert_allclose(parameter.grad, expected, rtol=1e-12, atol=1e-15)

    first, second = (nn.optim.SGD(p, lr=0.5) for p in ([V1, V2], net.parameters()))
    for expected in entry["gd_alpha_0.5_losses_0_to_10_both_methods"]:
        for optimizer, compute in ((first, with_ones), (second, lambda: loss(net(X), y))):
            optimizer.zero_grad()
            J = compute()
            np.testing.assert_allclose(J.item(), expected, rtol=1e-12)
            J.backward()
            optimizer.step()
    after = entry["params_after_11_steps"]
    for path, parameter in net.named_parameters():
        np.testing.assert_allclose(parameter.value, after[names[path]], rtol=1e-12)
    np.testing.assert_allclose(V1.value, np.vstack([after["c1"], after["W1"]]), rtol=1e-12)
    np.testing.assert_allclose(V2.value, np.vstack([after["c2"], after["W2"]]), rtol=1e-12)
