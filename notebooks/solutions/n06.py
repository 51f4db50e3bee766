"""Solutions of the exercises of notebook 6."""

import math

import numpy as np


def point_after(x, y, rate, steps):
    for _ in range(steps):
        x, y = x - rate * 2 * x, y - rate * 3 * np.cos(y)
    return np.array([x, y])


def epoch_of_batches(G, v, rate, size):
    path = []
    for i in range(0, len(G), size):
        v = v - rate * G[i : i + size].sum(axis=0)
        path.append(v)
    return np.array(path)


def number_of_steps(n, b, epochs):
    return epochs * math.ceil(n / b)


def limit_of_rate(c):
    return 2 / np.max(c)


SOLUTIONS = {
    "6.1": point_after,
    "6.2": epoch_of_batches,
    "6.3": number_of_steps,
    "6.4": limit_of_rate,
}
