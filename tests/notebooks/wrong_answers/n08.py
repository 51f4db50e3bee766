"""Mistakes that are made in the exercises of notebook 8."""

import numpy as np

import autograd_core as ag
import nn


def two_permutations(X, y, n_test, rng):
    X, y = X[rng.permutation(len(X))], y[rng.permutation(len(y))]
    return X[n_test:], X[:n_test], y[n_test:], y[:n_test]


def no_shuffle(X, y, n_test, rng):
    return X[:-n_test], X[-n_test:], y[:-n_test], y[-n_test:]


def shuffles_in_place(X, y, n_test, rng):
    rng.shuffle(X)
    return X[n_test:], X[:n_test], y[n_test:], y[:n_test]


def draws_with_repetition(X, y, n_test, rng):
    test, train = rng.integers(len(X), size=n_test), rng.integers(len(X), size=len(X) - n_test)
    return X[train], X[test], y[train], y[test]


def own_generator(X, y, n_test, rng):
    order = np.random.default_rng().permutation(len(X))
    test, train = order[:n_test], order[n_test:]
    return X[train], X[test], y[train], y[test]


def another_order(X, y, n_test, rng):
    order = rng.permutation(len(X))
    test, train = order[:n_test], order[n_test:]
    return X[train], y[train], X[test], y[test]


def swapped_sizes(X, y, n_test, rng):
    order = rng.permutation(len(X))
    train, test = order[:n_test], order[n_test:]
    return X[train], X[test], y[train], y[test]


def without_the_slope(delta2, W2, a):
    return delta2 @ W2.T


def without_the_transpose(delta2, W2, a):
    return (delta2 @ W2) * a * (1 - a)


def slope_at_the_output(delta2, W2, a):
    s = 1 / (1 + np.exp(-a))
    return (delta2 @ W2.T) * s * (1 - s)


def without_a(delta2, W2, a):
    return (delta2 @ W2.T) * (1 - a)


def without_the_two(lmbd, n):
    return n * lmbd


def without_n(lmbd, n):
    return 2 * lmbd


def the_other_way(lmbd, n):
    return lmbd / (2 * n)


def gradient_of_loss(net, X, y):
    x = ag.InitialNode(X)
    nn.CrossEntropyLoss()(net(x), y).backward()
    return x.grad


def downhill(net, X, y, eps):
    return X - eps * np.sign(gradient_of_loss(net, X, y))


def without_the_sign(net, X, y, eps):
    return X + eps * gradient_of_loss(net, X, y)


def in_place(net, X, y, eps):
    X += eps * np.sign(gradient_of_loss(net, X, y))
    return X


def of_the_scores(net, X, y, eps):
    x = ag.InitialNode(X)
    net(x).backward()
    return X + eps * np.sign(x.grad)


def of_an_array(net, X, y, eps):
    nn.CrossEntropyLoss()(net(X), y).backward()
    return X + eps * np.sign(X.grad)


WRONG = [
    ("8.1", "shuffles images and labels separately", two_permutations, "labels of others"),
    ("8.1", "takes the last rows", no_shuffle, "the same rows for every generator"),
    ("8.1", "shuffles X in place", shuffles_in_place, "in place"),
    ("8.1", "draws with repetition", draws_with_repetition, "twice in one"),
    ("8.1", "ignores the generator", own_generator, "with the same seed"),
    ("8.1", "returns the parts in another order", another_order, "X_train, X_test"),
    ("8.1", "swaps training and test part", swapped_sizes, "n_test rows"),
    ("8.2", "forgets the sigmoid's slope", without_the_slope, "a (1 - a)"),
    ("8.2", "forgets the transpose", without_the_transpose, "W2.T"),
    ("8.2", "takes the sigmoid of its output", slope_at_the_output, "its output already"),
    ("8.2", "forgets a factor of the slope", without_a, "a (1 - a)"),
    ("8.3", "forgets the 2", without_the_two, "alpha / (2 n)"),
    ("8.3", "forgets the size of the batch", without_n, "alpha / (2 n)"),
    ("8.3", "translates the other way", the_other_way, "Equate"),
    ("8.4", "goes downhill", downhill, "uphill"),
    ("8.4", "goes along the gradient, not its signs", without_the_sign, "np.sign"),
    ("8.4", "changes X", in_place, "in place"),
    ("8.4", "differentiates the scores, not the loss", of_the_scores, "on the loss"),
    ("8.4", "gives the network an array", of_an_array, "grad"),
]
