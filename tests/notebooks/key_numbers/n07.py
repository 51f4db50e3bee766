"""What notebook 7 must come to."""

# the trainings from the same weights by PyTorch's SGD
assert np.isclose(slow_losses[0], 0.7246903921086458, rtol=1e-12)
assert np.isclose(slow_losses[-1], 0.6928775365494942, rtol=1e-9)
assert np.isclose(loss_of(X, y, slow).item(), 0.6928775296636054, rtol=1e-9)
assert np.isclose(loss_of(X, y, ten).item(), 0.6928775634228671, rtol=1e-9)
assert np.isclose(good_losses[299], 0.6621435751532359, rtol=1e-6)

# the plateau: nothing is learned; a right rate learns all; a large one is stuck
assert np.abs(p_slow - 0.5).max() < 0.003
assert np.array_equal(scores(X, good).value > 0, y == 1)
assert good_losses[-1] < 0.01
six = [3, 5, 6, 7, 8, 9]
W1, b1, W2, b2, W3, b3 = (p.value for p in bold)
second_layer = 1 / (1 + np.exp(-(1 / (1 + np.exp(-(X @ W1 + b1))) @ W2 + b2)))
assert second_layer[six].max() < 0.02
assert abs(bold_losses[-1] - (np.log(6) + 5 * np.log(6 / 5)) / 10) < 0.003
assert abs(p_new[0] - 0.5) < 0.003
assert p_new[1] < 0.1

# a corner of class 0 within a triangle of class 1: shares of its corners that sum to 1
corners = np.array([[0.3, 0.4], [0.4, 0.2], [0.6, 0.9]])
shares = np.linalg.solve(np.vstack([corners.T, np.ones(3)]), [0.4, 0.4, 1.0])
assert (shares > 0).all()
assert all((X[:5] == corner).all(axis=1).any() for corner in corners)
assert (X[5:] == [0.4, 0.4]).all(axis=1).any()

# nn: 23 parameters, the same gradients, all points; a linear model seven
assert sum(p.size for p in parameters) == net.num_parameters() == 23
assert max(differences) < 1e-12
assert nn.accuracy(net, X, y) == 1
assert round(10 * nn.accuracy(linear, X, y)) == 7

# gates: a linear model of XOR is at log 2, a hidden layer solves it
assert abs(linear_loss - np.log(2)) < 1e-6
assert xor_loss < 0.05
assert 0 < solved[2] < solved[4] >= 8

# moons
assert moons_net.num_parameters() == 2 * 20 + 20 + 20 * 40 + 40 + 40 * 20 + 20 + 20 + 1 == 1741
assert history["loss"][-1] < 0.5 * history["loss"][0]
assert min(history["accuracy"][-1], history["val_accuracy"][-1]) > 0.93
