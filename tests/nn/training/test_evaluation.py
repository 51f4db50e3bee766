"""Using a network changes nothing about it."""

import numpy as np
import pytest

import nn
from nn.training.evaluation import scores_and_labels


class Watch(nn.Module):
    def __init__(self):
        super().__init__()
        self.seen = []

    def forward(self, X):
        self.seen.append((self.training, X.requires_grad, len(X)))
        return X


def test_predict_leaves_the_mode_alone_and_makes_no_graph():
    net = nn.Sequential(nn.Linear(2, 3, rng=0), Watch())
    net[0].eval()
    assert nn.predict(net, np.ones((4, 2))).shape == (4, 3)
    assert net[1].seen == [(False, False, 4)]
    assert [m.training for _, m in net.named_modules()] == [True, False, True]


def test_predict_in_batches_and_with_a_scaler():
    net, X = nn.Sequential(nn.Linear(2, 3, rng=0), Watch()), np.arange(20.0).reshape(10, 2)
    whole = nn.predict(net, X)
    np.testing.assert_allclose(nn.predict(net, X, batch_size=4), whole, rtol=1e-14)
    assert [n for _, _, n in net[1].seen] == [10, 4, 4, 2]
    scaler = nn.data.StandardScaler().fit(X)
    np.testing.assert_array_equal(
        nn.predict(net, X, scaler=scaler), nn.predict(net, scaler.transform(X))
    )


@pytest.mark.parametrize("batch_size", [0, -1, 2.5])
def test_sizes_of_batches_that_can_not_be(batch_size):
    with pytest.raises(ValueError, match="predict: batch_size must be a whole number"):
        nn.predict(nn.Linear(2, 1), np.ones((4, 2)), batch_size=batch_size)


def test_scores_and_labels_of_a_data_set():
    X = np.random.default_rng(0).standard_normal((5000, 2))
    net = nn.Linear(2, 1, rng=0)
    scores, y, threshold = scores_and_labels(net, nn.TensorDataset(X, X[:, 0]))
    assert threshold == 0
    np.testing.assert_allclose(scores, nn.predict(net, X), rtol=1e-13)
    np.testing.assert_array_equal(y, X[:, 0])


def test_accuracy():
    scores = np.array([[0.1, 0.9], [0.8, 0.2], [0.3, 0.4], [1.0, 0.0]])
    assert nn.accuracy(nn.Identity(), scores, [1, 0, 0, 0]) == 0.75
    assert nn.accuracy(nn.Identity(), np.array([[2.0], [-1.0]]), [1, 1]) == 0.5
    with pytest.raises(ValueError, match=r"labels are \(4, 2\)"):
        nn.accuracy(nn.Identity(), scores, np.zeros((4, 2)))
