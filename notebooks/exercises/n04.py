"""Exercises of notebook 4: matrices."""

from operator import itemgetter

import numpy as np
from hypothesis import strategies as st

from exercises.checking import agrees, arrays, axes, exercise, verifies

CASES = 90


def small(**shapes):
    """Arrays of small whole numbers, from few entries to more: a strategy for each name.

    A shape is given by the names of its axes: X="bp", W="pu". All come from one list of cases,
    which takes Hypothesis a small part of the time that it takes to draw every entry.
    """
    rng = np.random.default_rng(0)
    cases = []
    for k in range(CASES):
        longest = 1 + 3 * k // CASES
        lengths = {
            axis: rng.integers(1, longest + 1) for axis in sorted(set("".join(shapes.values())))
        }
        cases.append(
            {
                name: rng.integers(-2, 3, [lengths[axis] for axis in axes]).astype(float)
                for name, axes in shapes.items()
            }
        )
    case = st.shared(st.sampled_from(cases), key=str(shapes))
    return {name: case.map(itemgetter(name)) for name in shapes}


@exercise("4.1")
def layer(answer):
    """The operation A = W H of W (u, p) and H (p, b), with its gradient."""
    verifies(
        answer,
        lambda W, H: W @ H,
        inputs=[arrays(axes("u", "p")), arrays(axes("p", "b"))],
        signature="(u,p),(p,b)->(u,b)",
        hint="dA is (u, b). There is one product that has the shape (u, p) of W, and one that has "
        "the shape (p, b) of H.",
    )


@st.composite
def broadcast(draw):
    """An array, and a shape that can be broadcast to its shape."""
    whole = draw(st.lists(st.integers(1, 3), max_size=3).map(tuple))
    first = draw(st.integers(0, len(whole)))
    shape = tuple(draw(st.sampled_from((n, 1))) for n in whole[first:])
    return draw(arrays(whole)), shape


@exercise("4.2")
def undo(answer):
    """The gradient by an array of some shape that was broadcast to the shape of `gradient`."""

    def right(gradient, shape):
        total = np.zeros(shape)
        repeated = np.broadcast_to(np.arange(total.size).reshape(shape), gradient.shape)
        np.add.at(total.reshape(-1), repeated.reshape(-1), gradient.reshape(-1))
        return total

    case = st.shared(broadcast(), key="4.2")
    agrees(
        answer,
        right,
        gradient=case.map(lambda pair: pair[0]),
        shape=case.map(lambda pair: pair[1]),
        atol=1e-12,
        hint="Sum over the axes that were put in front, and over those where the shape has 1 (with "
        "keepdims=True). The result has the given shape.",
    )


@exercise("4.3")
def gradients_of_exam(answer):
    """The gradients of mean((relu(X W1) W2 - y)^2) by W1 and W2."""

    def right(X, y, W1, W2):
        a = X @ W1
        d = np.maximum(a, 0) @ W2 - y
        scaled = 2 * d / d.size
        return (
            np.einsum("bp,bo,uo,bu->pu", X, scaled, W2, a > 0),
            np.einsum("bu,bo->uo", np.maximum(a, 0), scaled),
        )

    agrees(
        answer,
        right,
        **small(X="bp", y="bo", W1="pu", W2="uo"),
        atol=1e-9,
        hint="The mean of n squares hands on 2 d / n, n being the number of entries of y. Then "
        "rules 1, 3, 2 (nothing passes where a <= 0) and 1.",
    )


@exercise("4.4")
def back_through_layer(answer):
    """The gradients of relu(X W + b) by X, W and b, if dA has arrived."""

    def right(dA, X, W, b):
        dZ = dA * (np.einsum("bp,pu->bu", X, W) + b > 0)
        return (
            np.einsum("bu,pu->bp", dZ, W),
            np.einsum("bp,bu->pu", X, dZ),
            np.einsum("bu->u", dZ),
        )

    agrees(
        answer,
        right,
        **small(dA="bu", X="bp", W="pu", b="u"),
        atol=1e-9,
        hint="First through relu: dA where X W + b > 0, and 0 elsewhere. Then rules 3 and 1; and b "
        "was repeated for every row, so its gradient is a sum over rows.",
    )
