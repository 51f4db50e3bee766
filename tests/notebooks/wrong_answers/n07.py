"""Mistakes that are made in the exercises of notebook 7."""

from itertools import pairwise

import numpy as np

import nn


def sigmoid(z):
    return 1 / (1 + np.exp(-z))


def activation_after_the_last_layer(X, W1, b1, W2, b2):
    return sigmoid(sigmoid(X @ W1 + b1) @ W2 + b2)


def no_activation(X, W1, b1, W2, b2):
    return (X @ W1 + b1) @ W2 + b2


def bias_after_the_activation(X, W1, b1, W2, b2):
    return (sigmoid(X @ W1) + b1) @ W2 + b2


def column_convention(X, W1, b1, W2, b2):
    return W2 @ sigmoid(W1 @ X + b1) + b2


def AND_weights():
    return np.ones((2, 2)), np.array([-1.0, -1.0]), np.ones((2, 1)), np.array([-0.5])


def zero_at_half_of_the_inputs():
    W1, b1 = np.ones((2, 2)), np.array([0.0, -1.0])
    return W1, b1, np.array([[1.0], [-2.0]]), np.array([0.0])


def XOR_upside_down():
    W1, b1 = np.ones((2, 2)), np.array([0.0, -1.0])
    return W1, b1, np.array([[-1.0], [2.0]]), np.array([0.5])


def a_row_for_a_column():
    W1, b1 = np.ones((2, 2)), np.array([0.0, -1.0])
    return W1, b1, np.array([1.0, -2.0]), np.array([-0.5])


def no_biases():
    return np.array([[1.0, -1.0], [-1.0, 1.0]]), np.ones((2, 1))


def loop(zero=True, sign=-1, after=False, every=True, loss=nn.BCEWithLogitsLoss, number=True):
    """A training loop with one of several mistakes."""

    def train(net, X, y, rate, steps):
        losses = []
        for _ in range(steps):
            if zero:
                for p in net.parameters():
                    p.zero_grad()
            J = loss()(net(X), y)
            J.backward()
            if not after:
                losses.append(J.item())
            for p in net.parameters():
                if every or p.ndim == 2:
                    p.value += sign * rate * p.grad
            if after:
                losses.append(loss()(net(X), y).item())
        return losses if number else losses[-1]

    return train


def never_steps(net, X, y, rate, steps):
    return [nn.BCEWithLogitsLoss()(net(X), y).item() for _ in range(steps)]


WRONG = [
    ("7.1", "activation at the end", activation_after_the_last_layer, "after the last layer"),
    ("7.1", "no activation", no_activation, "h = sigmoid"),
    ("7.1", "bias too late", bias_after_the_activation, "sigmoid(X W1 + b1)"),
    ("7.1", "columns", column_convention, "h W2 + b2"),
    ("7.2", "no biases", lambda units: sum(m * n for m, n in pairwise(units)), "has a bias"),
    (
        "7.2",
        "biases of the inputs",
        lambda units: sum(m * n for m, n in pairwise(units)) + sum(units),
        "inputs have none",
    ),
    (
        "7.2",
        "a bias for each layer",
        lambda units: sum(m * n + 1 for m, n in pairwise(units)),
        "each of the n units",
    ),
    ("7.2", "only the first", lambda units: (units[0] + 1) * units[1], "Between two layers"),
    ("7.3", "AND", AND_weights, "must be positive"),
    ("7.3", "a score of zero", zero_at_half_of_the_inputs, "must be negative"),
    ("7.3", "upside down", XOR_upside_down, "must be negative"),
    ("7.3", "a row", a_row_for_a_column, "W2 has shape (2,)"),
    ("7.3", "no biases", no_biases, "four arrays"),
    ("7.4", "adds up gradients", loop(zero=False), "forget the old gradients"),
    ("7.4", "uphill", loop(sign=1), "subtract"),
    ("7.4", "losses after the step", loop(after=True), "compute the loss and keep"),
    ("7.4", "weights only", loop(every=False), "every parameter"),
    ("7.4", "another loss", loop(loss=nn.MSELoss), "part 0"),
    ("7.4", "the last loss only", loop(number=False), "the list of the losses"),
    ("7.4", "never steps", never_steps, "backward"),
]
