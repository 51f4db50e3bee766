"""Exercises of notebook 8: digits."""

import numpy as np
from hypothesis import strategies as st

import autograd_core as ag
import nn
from exercises.checking import Wrong, agrees, arrays, exercise, floats, integers

ROWS, HELD_OUT = 12, 4


@exercise("8.1")
def split(answer):
    """A training and a test part of X (n, d) and y (n,), drawn by a generator, in pairs."""
    drawn = [np.sort(parts_of(answer, seed)[3]) for seed in range(8)]
    if all(np.array_equal(labels, drawn[0]) for labels in drawn):
        raise Wrong(
            "the test part has the same rows for every generator.",
            {"y_test of generators 0 to 7": drawn[0]},
            hint="Often data are stored in some order, so the rows must be drawn: "
            "order = rng.permutation(len(X)).",
        )
    first, second = (parts_of(answer, 5)[3] for _ in range(2))
    if not np.array_equal(first, second):
        raise Wrong(
            "two generators with the same seed give different parts.",
            {"y_test": first, "y_test again": second},
            hint="Draw with the given rng only, so that a split can be made again.",
        )


def parts_of(answer, seed):
    """The four parts of 12 observations with x_i = (2 i, 2 i + 1) and y_i = i, checked."""
    X, y = np.arange(2.0 * ROWS).reshape(ROWS, 2), np.arange(ROWS)
    parts = answer(X, y, HELD_OUT, np.random.default_rng(seed))
    if not np.array_equal(y, np.arange(ROWS)) or X[0, 0] != 0 or (np.diff(X[:, 0]) != 2).any():
        raise Wrong(
            "your function changes X or y in place.",
            {"X after the call": X, "y after the call": y},
            hint="rng.shuffle works in place; rng.permutation(len(X)) is an order to index with.",
        )
    if not isinstance(parts, (tuple, list)) or len(parts) != 4:
        raise Wrong("return four arrays: X_train, X_test, y_train, y_test.")
    shapes = [np.shape(part) for part in parts]
    kept = ROWS - HELD_OUT
    expected = [(kept, 2), (HELD_OUT, 2), (kept,), (HELD_OUT,)]
    if shapes != expected:
        raise Wrong(
            f"the shapes are {shapes}, but should be {expected}.",
            {"X has shape": X.shape, "y has shape": y.shape, "n_test": HELD_OUT},
            hint="In the order X_train, X_test, y_train, y_test; n_test rows are the test part.",
        )
    X_train, X_test, y_train, y_test = map(np.asarray, parts)
    case = {"X": X, "y": y, "X_test": X_test, "y_test": y_test, "seed of rng": seed}
    for X_part, y_part in ((X_train, y_train), (X_test, y_test)):
        if not np.array_equal(X_part, X[y_part]):
            raise Wrong(
                "there are images with the labels of others: here y_i = i, x_i = (2 i, 2 i + 1).",
                case,
                hint="Draw one permutation and use it for both X and y.",
            )
    if not np.array_equal(np.sort(np.concatenate([y_train, y_test])), y):
        raise Wrong(
            "some rows are in both parts or twice in one, and others nowhere.",
            {"y_train": y_train, "y_test": y_test, "seed of rng": seed},
            hint="A permutation has every row once; rng.integers draws with repetition.",
        )
    return X_train, X_test, y_train, y_test


@exercise("8.2")
def hidden_error(answer):
    """delta_1 = (delta_2 W_2^T) * a * (1 - a), with the hidden layer's outputs a."""
    agrees(
        answer,
        lambda delta2, W2, a: (delta2 @ W2.T) * a * (1 - a),
        delta2=arrays((2, 2)),
        W2=arrays((3, 2)),
        a=arrays((2, 3), 0, 1),
        atol=1e-12,
        hint="Rule 1 of notebook 4 gives delta2 @ W2.T, and the sigmoid's slope is a (1 - a), "
        "where a is its output already.",
    )


@exercise("8.3")
def alpha(answer):
    """scikit-learn's alpha, alpha / (2 n) sum w^2, for the penalty lambda sum w^2."""
    agrees(
        answer,
        lambda lmbd, n: 2 * n * lmbd,
        lmbd=floats(0, 5),
        n=integers(1, 300),
        hint="Equate the factors of the sum of squares: lambda = alpha / (2 n).",
    )


@exercise("8.4")
def fooled(answer):
    """X + eps sign(dJ/dX), with J the mean cross-entropy of the network's scores."""

    def right(net, X, y, eps):
        slope = ag.grad(lambda images: nn.CrossEntropyLoss()(net(images), y))(X)
        return X + eps * np.sign(slope)

    agrees(
        answer,
        right,
        net=st.just(nn.MLP([3, 4, 3], "tanh", rng=0)),
        X=arrays((2, 3), 0, 1),
        y=st.tuples(integers(0, 2), integers(0, 2)).map(np.array),
        eps=floats(0, 0.5),
        hint="Make the images an InitialNode, call backward() on the loss, and go along "
        "np.sign(x.grad): uphill, for the loss is to rise.",
    )
