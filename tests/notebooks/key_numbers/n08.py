"""What notebook 8 must come to: PyTorch's figures for the same trainings, and closed forms."""

import json
from pathlib import Path

from sklearn.metrics import confusion_matrix

assert (X.shape, X.min(), X.max()) == ((1797, 64), 0.0, 1.0)
assert [len(part) for part in parts] == [1077, 360, 360] * 2
together = {row.tobytes(): label for row, label in zip(X, y, strict=True)}
for images, labels_of_part in ((X_train, y_train), (X_val, y_val), (X_test, y_test)):
    assert [together[row.tobytes()] for row in images] == labels_of_part.tolist()
assert abs(np.mean(kept) - 1) < 4 / np.sqrt(1000)  # a permutation keeps 1 +- 1 in its place

# The untrained network, and the gradients by hand: a small step along them changes the loss by
# minus the rate times the squared gradient, to first order.
exact = json.loads(Path("../tests/data/exact.json").read_text(encoding="utf-8"))
assert net.num_parameters() == exact["counts"]["64,50,10"]["with_bias"] == 3760
square = sum(float(np.sum(g**2)) for g in by_hand)
untrained = nn.MLP([64, 50, 10], "sigmoid", rng=0)
for w, g in zip(untrained.parameters(), by_hand, strict=True):
    w.value -= 1e-4 * g
moved = loss(untrained(batch), y_train[:100]).item()
assert np.isclose((moved - J.item()) / 1e-4, -square, rtol=1e-3)

# PyTorch 2, torch.optim.SGD(lr=0.5), from the same weights with the same batches, 100 epochs
assert sizes == [100] * 10 + [77]
assert np.isclose(history["loss"][-1], 0.09178162748310327, rtol=1e-9)
assert np.isclose(history["val_loss"][-1], 0.13125785406829035, rtol=1e-9)
assert np.isclose(nn.accuracy(net, X_val, y_val), 348 / 360, rtol=1e-12)

assert result.test_scores.shape == (5, 4)
assert list(result.failures) == [(4, 3)]
assert np.argwhere(np.isnan(result.test_scores)).tolist() == [[4, 3]]
assert result.best_params == {"eta": 1.0, "lmbd": 1e-5}
assert (result.test_scores[0] < 0.2).all()  # eta = 0.001 has not begun to learn
assert (result.test_scores[:, 2:][np.isfinite(result.test_scores[:, 2:])] < 0.25).all()
first = nn.MLP([64, 50, 10], "sigmoid", rng=np.random.default_rng([0, 0]))[0].weight.value
assert abs(np.log10(np.abs(W / first)).mean() - 220 * np.log10(19)) < 1.0

# PyTorch's final training with weight_decay 2e-5 on the weights, lr=1
assert np.isclose(loss(scores, y_test).item(), 0.053972164891382325, rtol=1e-9)
assert np.isclose(losses.mean(), 0.053972164891382325, rtol=1e-9)
assert np.array_equal(confusion, confusion_matrix(y_test, scores.argmax(axis=1)))
assert (confusion.sum(), np.trace(confusion)) == (360, 355)
assert losses[worst[0]] == losses.max()
expected = [355 / 360, 0.8583333333333333, 0.5722222222222222, 0.2361111111111111, 22 / 360]
assert np.allclose(curves["signs of the gradient"], expected, rtol=0, atol=1.5 / 360)
assert min(curves["random signs"]) > 0.9

# scikit-learn is the reference for the same steps; elsewhere two trainings differ by chance
assert ours.n_iter_ == theirs.n_iter_ == len(ours.loss_curve_)
assert np.allclose(ours.loss_curve_, theirs.loss_curve_, rtol=1e-9)
assert gap < 1e-9
p_both = np.clip((tables[0] + tables[1]) / 2, 0.05, 0.95)
assert (np.abs(tables[0] - tables[1]) < 3 * np.sqrt(2 * p_both * (1 - p_both) / 360)).all()
