"""Mistakes that are made in the exercises of notebook 6."""

import math

import numpy as np


def descent(gradient, fewer=0, sign=-1):
    """A descent with this gradient, with so many steps fewer, or uphill."""

    def point_after(x, y, rate, steps):
        p = np.array([x, y])
        for _ in range(steps - fewer):
            p = p + sign * rate * np.array(gradient(*p))
        return p

    return point_after


def right_gradient(x, y):
    return 2 * x, 3 * np.cos(y)


def gradient_of_the_start(x, y, rate, steps):
    return np.array([x, y]) - steps * rate * np.array(right_gradient(x, y))


def means(G, v, rate, size):
    path = []
    for i in range(0, len(G), size):
        v = v - rate * G[i : i + size].mean(axis=0)
        path.append(v)
    return np.array(path)


def drops_the_last_batch(G, v, rate, size):
    path = []
    for k in range(len(G) // size):
        v = v - rate * G[k * size : (k + 1) * size].sum(axis=0)
        path.append(v)
    return np.array(path).reshape(-1, 2)


def only_the_last(G, v, rate, size):
    return v - rate * G.sum(axis=0)


def in_place(G, v, rate, size):
    path = []
    for i in range(0, len(G), size):
        v -= rate * G[i : i + size].sum(axis=0)
        path.append(v)
    return np.array(path)


def all_from_the_start(G, v, rate, size):
    return np.array([v - rate * G[i : i + size].sum(axis=0) for i in range(0, len(G), size)])


WRONG = [
    ("6.1", "uphill", descent(right_gradient, sign=1), "p - rate * gradient"),
    ("6.1", "forgets the 3", descent(lambda x, y: (2 * x, np.cos(y))), "3 cos y"),
    ("6.1", "does not differentiate", descent(lambda x, y: (2 * x, 3 * np.sin(y))), "3 cos y"),
    ("6.1", "one step fewer", descent(right_gradient, fewer=1), "steps"),
    ("6.1", "one long step", gradient_of_the_start, "reached so far"),
    ("6.2", "the mean", means, "total loss"),
    ("6.2", "drops the last batch", drops_the_last_batch, "should have shape"),
    ("6.2", "only the last point", only_the_last, "should have shape"),
    ("6.2", "in place", in_place, "changes its argument v"),
    ("6.2", "always from the start", all_from_the_start, "Keep every point"),
    ("6.3", "rounds down", lambda n, b, epochs: epochs * (n // b), "rounded up"),
    ("6.3", "does not round", lambda n, b, epochs: epochs * n / b, "rounded up"),
    ("6.3", "rounds too late", lambda n, b, epochs: math.ceil(epochs * n / b), "in every epoch"),
    ("6.3", "an epoch only", lambda n, b, epochs: math.ceil(n / b), "Each epoch"),
    ("6.4", "the flattest", lambda c: 2 / c.min(), "for every k"),
    ("6.4", "on average", lambda c: 2 / c.mean(), "for every k"),
    ("6.4", "without jumps", lambda c: 1 / c.max(), "between -1 and 1"),
    ("6.4", "one for each", lambda c: 2 / c, "should have shape ()"),
]
