"""Notation with indices: sums over axes, and what is made of them.

The sum of the rows of X is written Σ_i X_ij: the axes are called i, j, k, ..., and those that the
sum runs over stand below its sign.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from autograd_core.draw.mathml import (
    BIG_SUM,
    RELATION,
    SUM,
    Math,
    bar,
    call,
    fraction,
    identifier,
    infix,
    listed,
    number,
    operator,
    over_all,
    parentheses,
    power,
    root,
    row,
    subscript,
)
from autograd_core.draw.text import number as number_text
from autograd_core.operations.reductions import count

Notation = Callable[..., Math]
"""A function of the operation and of its inputs as written."""

ZERO, ONE, TWO, E = number("0", 0), number("1", 1), number("2", 2), identifier("e")


def exp_of(x: Math) -> Math:
    return power(E, x)


def log_of(x: Math) -> Math:
    return call("log", x)


LETTERS = "ijklmnpqrstuvw"


def entry(X: Math, ndim: int) -> Math:
    """X_ij: any entry of an array."""
    if ndim == 0 or X.value is not None:
        return X
    letters = Math("mi", (LETTERS[:ndim],))
    if X.tag == "msub":  # v_1,ij and not v_1_ij
        name, own = X.children
        return Math("msub", (name, Math("mrow", (own, operator(","), letters))))
    return subscript(X, letters)


def indices(node: Any) -> str:
    """The letters of the axes that a reduction runs over."""
    ndim, axis = node.inputs[0].ndim, node.axis
    axes = range(ndim) if axis is None else axis if isinstance(axis, tuple) else (axis,)
    return "".join(LETTERS[i] for i in sorted(a % ndim for a in axes))


def reduction(sign: str) -> Notation:
    def over_axes(node: Any, X: Math) -> Math:
        ndim = node.inputs[0].ndim
        return over_all(sign, indices(node), entry(X, ndim)) if ndim else X

    return over_axes


def nth_part(n: float, total: Math) -> Math:
    """1/n total: a mean."""
    return row(fraction(ONE, number(number_text(n), n)), total, level=BIG_SUM)


def mean(node: Any, X: Math) -> Math:
    return nth_part(count(node.inputs[0].shape, node.axis), reduction("∑")(node, X))


def centered(node: Any, X: Math) -> Math:
    ndim = node.inputs[0].ndim
    others = "".join(c for c in LETTERS[:ndim] if c not in indices(node))
    centre = subscript(bar(X), Math("mi", (others,))) if others else bar(X)
    return infix("−", entry(X, ndim), centre, SUM)


def var(node: Any, X: Math) -> Math:
    n = count(node.inputs[0].shape, node.axis) - node.ddof
    return nth_part(n, over_all("∑", indices(node), power(centered(node, X), TWO)))


def rms(node: Any, X: Math) -> Math:
    squares = over_all("∑", indices(node), power(entry(X, node.inputs[0].ndim), TWO))
    mean = nth_part(count(node.inputs[0].shape, node.axis), squares)
    return root(
        infix("+", mean, number(number_text(node.eps), node.eps), SUM) if node.eps else mean
    )


def sum_of_exp(node: Any, X: Math) -> Math:
    return over_all("∑", indices(node), exp_of(entry(X, node.inputs[0].ndim)))


def softmax(node: Any, X: Math) -> Math:
    return fraction(exp_of(X), sum_of_exp(node, X))


def log_softmax(node: Any, X: Math) -> Math:
    return infix("−", X, log_of(sum_of_exp(node, X)), SUM)


def label_entry(Z: Math, y: Math) -> Math:
    """Z_iy: the score of each row's label."""
    return subscript(Z, listed([identifier("i"), entry(y, 1)]))


def softmax_loss(node: Any, Z: Math, y: Math) -> Math:
    log_sum = log_of(over_all("∑", "j", exp_of(entry(Z, 2))))
    return infix("−", log_sum, label_entry(Z, y), SUM)


def softmax_error(node: Any, Z: Math, y: Math) -> Math:
    share = fraction(
        exp_of(entry(Z, 2)), over_all("∑", "k", exp_of(subscript(Z, Math("mi", ("ik",)))))
    )
    is_label = infix("=", identifier("j"), entry(y, 1), RELATION)
    return infix("−", share, parentheses(is_label, "[", "]"), SUM)


def mse(node: Any, A: Math, y: Math) -> Math:
    n, ndim = node.inputs[0].size or 1, node.inputs[0].ndim
    squares = power(entry(infix("−", A, y, SUM), ndim), TWO)
    return nth_part(n, over_all("∑", LETTERS[:ndim], squares))
