"""Exercises of notebook 6: gradient descent."""

import numpy as np
from hypothesis import strategies as st

from exercises.checking import agrees, arrays, exercise, floats, integers


@exercise("6.1")
def point_after(answer):
    """The point (2,) after gradient descent on x^2 + 3 sin(y)."""

    def right(x, y, rate, steps):
        p = np.array([x, y])
        for _ in range(steps):
            p = p - rate * np.array([2 * p[0], 3 * np.cos(p[1])])
        return p

    agrees(
        answer,
        right,
        x=floats(-3, 3),
        y=floats(-3, 3),
        rate=floats(0, 0.3),
        steps=integers(0, 20),
        rtol=1e-7,
        atol=1e-9,
        hint="Each step is p - rate * gradient, with the gradient (2x, 3 cos y) at the point "
        "reached so far; after 0 steps you are at the start.",
    )


@exercise("6.2")
def epoch_of_batches(answer):
    """The points after each step of an epoch of batches, for observations with gradients G."""

    def right(G, v, rate, size):
        starts = range(0, len(G), size)
        return v - rate * np.cumsum([G[i : i + size].sum(axis=0) for i in starts], axis=0)

    agrees(
        answer,
        right,
        G=arrays(st.tuples(st.integers(1, 5), st.just(2))),
        v=arrays((2,)),
        rate=floats(0.25, 1),
        size=integers(1, 4),
        atol=1e-12,
        hint="For i in range(0, n, size) a batch is G[i : i + size], and the last one may be "
        "smaller. The gradient of a total loss is the sum of the batch's gradients. Keep every "
        "point, and make a new array for each.",
    )


@exercise("6.3")
def number_of_steps(answer):
    """The number of steps of a training with batches: epochs times n / b, rounded up."""
    agrees(
        answer,
        lambda n, b, epochs: epochs * -(-n // b),
        n=integers(1, 1000),
        b=integers(1, 1000),
        epochs=integers(1, 20),
        hint="Each epoch takes n / b steps, rounded up: the smaller batch at its end is a step, "
        "too, in every epoch.",
    )


@exercise("6.4")
def limit_of_rate(answer):
    """The least rate at which descent on sum(c w^2) / 2 does not converge any more."""
    agrees(
        answer,
        lambda c: 2 / c.max(),
        c=arrays(st.tuples(st.integers(1, 4)), 0.25, 10),
        hint="In direction k a step multiplies w_k by 1 - rate * c_k, which must lie between -1 "
        "and 1: for every k.",
    )
