"""Draw the pictures in docs/gallery: `python docs/gallery.py`."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import numpy as np

import autograd_core as ag
from autograd_core import draw
from autograd_core.draw.save import write_text

FOLDER = Path(__file__).parent / "gallery"


def exam() -> str:
    """An exam question: forward and backward by hand, in whole numbers."""
    X = ag.InitialNode([[1.0, 2.0], [-1.0, 3.0]], requires_grad=False)
    y = ag.InitialNode([[1.0], [-2.0]], requires_grad=False)
    W1 = ag.InitialNode([[4.0, -3.0], [1.0, 1.0]])
    W2 = ag.InitialNode([[1.0], [-2.0]])
    a1 = ag.mm(X, W1)
    h1 = ag.relu(a1)
    a2 = ag.mm(h1, W2)
    J = ag.mse(a2, y)
    J.backward()
    return draw.svg(J, names=locals())


def mean_squared_error() -> str:
    """Mean squared error, one operation after the other."""
    X = ag.InitialNode([[1.0, 2.0], [3.0, -1.0], [0.0, 4.0], [-2.0, 1.0]], requires_grad=False)
    y = ag.InitialNode([[1.0], [2.0], [-3.0], [0.0]], requires_grad=False)
    w = ag.InitialNode([[0.5], [-1.0]])
    a = ag.mm(X, w)
    d = ag.subtract(a, y)
    s = ag.square(d)
    J = ag.mean(s)
    J.backward()
    return draw.svg(J, names=locals())


def shared_node() -> str:
    """sqrt(x^2 + exp(x^2)): two gradients arrive at a, and are added up."""
    x = ag.InitialNode(0.5)
    a = ag.square(x)
    b = ag.exp(a)
    c = a + b
    d = ag.sqrt(c)
    d.backward()
    return draw.svg(d, names=locals())


def network_2_2_3_2() -> str:
    """A network of initial nodes with 2, 2, 3 and 2 units, on ten points, which are columns."""
    X = ag.InitialNode(
        [
            [0.1, 0.3, 0.1, 0.6, 0.4, 0.6, 0.5, 0.9, 0.4, 0.7],
            [0.1, 0.4, 0.5, 0.9, 0.2, 0.3, 0.6, 0.2, 0.4, 0.6],
        ],
        requires_grad=False,
    )
    y = ag.InitialNode(np.repeat([[1.0, 0.0], [0.0, 1.0]], 5, axis=1), requires_grad=False)
    rng = np.random.default_rng(0)
    W1, b1 = ag.InitialNode(rng.normal(size=(2, 2))), ag.InitialNode(rng.normal(size=(2, 1)))
    W2, b2 = ag.InitialNode(rng.normal(size=(3, 2))), ag.InitialNode(rng.normal(size=(3, 1)))
    W3, b3 = ag.InitialNode(rng.normal(size=(2, 3))), ag.InitialNode(rng.normal(size=(2, 1)))
    h1 = ag.sigmoid(W1 @ X + b1)
    h2 = ag.sigmoid(W2 @ h1 + b2)
    h3 = ag.sigmoid(W3 @ h2 + b3)
    J = ag.mse(h3, y)
    J.backward()
    return draw.svg(J, names=locals(), precision=3)


def softmax_loss() -> str:
    """The mean softmax loss of a linear model with three classes."""
    X = ag.InitialNode([[1.0, 2.0], [-1.0, 0.5], [0.0, -1.0], [2.0, 1.0]], requires_grad=False)
    W = ag.InitialNode([[0.5, -0.5, 0.0], [1.0, 0.0, -1.0]])
    b = ag.InitialNode([0.1, 0.0, -0.1])
    y = ag.InitialNode([0, 1, 2, 0])
    Z = X @ W + b
    losses = ag.softmax_loss(Z, y)
    J = ag.mean(losses)
    J.backward()
    return draw.svg(J, names=locals(), precision=3)


def second_derivative() -> str:
    """The first derivative of the sigmoid as a graph, and below it that of the second."""
    x = ag.InitialNode(0.5, name="x")
    ag.sigmoid(x).backward(create_graph=True)
    s1 = x.grad
    x.zero_grad()
    return draw.facing(s1, x, names={"\N{GREEK SMALL LETTER SIGMA}'": s1})


def network_4_10_5_3_1() -> str:
    """Layers of 4, 10, 5, 3 and 1 units."""
    return draw.network([4, 10, 5, 3, 1])


PICTURES: list[Callable[[], str]] = [
    exam,
    mean_squared_error,
    shared_node,
    network_2_2_3_2,
    softmax_loss,
    second_derivative,
    network_4_10_5_3_1,
]


def main() -> None:
    """Write every picture under the name of its function."""
    FOLDER.mkdir(exist_ok=True)
    for picture in PICTURES:
        write_text(FOLDER / f"{picture.__name__}.svg", picture())


if __name__ == "__main__":
    main()
