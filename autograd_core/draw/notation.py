"""How each operation is written: `mm(X, W)` as X W, `sqrt(x)` as a root.

Only the writing of values stands here. The rules of gradients are nowhere written down: they are
read off the operations' `gradient` in `formulas.py`, and printed with this table. An operation
that is not in it, such as a user's own, is written as its name and its inputs.
"""

from __future__ import annotations

from typing import Any

import autograd_core.operations as ops
from autograd_core.draw import indexed
from autograd_core.draw.indexed import ONE, TWO, ZERO, Notation, exp_of, log_of
from autograd_core.draw.mathml import (
    ATOM,
    BIG_SUM,
    POWER,
    PRODUCT,
    RELATION,
    SUM,
    Math,
    bound,
    call,
    cases,
    fraction,
    infix,
    juxtaposed,
    listed,
    minus,
    number,
    operator,
    parentheses,
    power,
    root,
    row,
    subscript,
    word,
)
from autograd_core.draw.text import number as number_text
from autograd_core.node import Node


def write(node: Node, *inputs: Math) -> Math:
    """The operation applied to its inputs, as mathematics."""
    notation = NOTATION.get(type(node))
    return call(type(node).__name__, *inputs) if notation is None else notation(node, *inputs)


def size(shape: tuple[int, ...]) -> str:
    """(3, 2) as 3×2."""
    return "×".join(map(str, shape)) if shape else "1"


# Products, powers and cases.


def multiply(node: Any, X: Math, Y: Math) -> Math:
    if X.value == 1 and node.inputs[1].shape == node.shape:
        return Y
    if Y.value == 1 and node.inputs[0].shape == node.shape:
        return X
    return times(X, Y, entrywise=bool(node.inputs[0].ndim and node.inputs[1].ndim))


def times(X: Math, Y: Math, entrywise: bool) -> Math:
    """X ⊙ Y for two arrays, X ⋅ Y if one of them is a number; (-X) Y is written -(X Y)."""
    if X.negated is not None:
        return minus(times(X.negated, Y, entrywise))
    if Y.negated is not None:
        return minus(times(X, Y.negated, entrywise))
    return infix("⊙" if entrywise else "⋅", X, Y, PRODUCT, right=PRODUCT)


def divide(node: Any, X: Math, Y: Math) -> Math:
    """A fraction of a fraction is hard to read: then X 1/Y is written."""
    if not (X.has_fraction and X.level >= PRODUCT):
        return fraction(X, Y)
    return times(X, fraction(ONE, Y), bool(node.inputs[0].ndim and node.inputs[1].ndim))


def power_of(node: Any, X: Math, Y: Math) -> Math:
    return X if Y.value == 1 else power(X, Y)


def lower_power(node: Any, X: Math, Y: Math) -> Math:
    n = node.n
    exponent = infix("−", Y, number(number_text(n), n), SUM)
    if Y.value is not None:
        exponent = number(number_text(Y.value - n), Y.value - n)
    return power_of(node, X, exponent)


def logistic_loss(node: Any, A: Math, y: Math) -> Math:
    score = times(y, A, entrywise=node.ndim > 0)
    return log_of(infix("+", ONE, exp_of(minus(score)), SUM))


def binary_cross_entropy(node: Any, P: Math, y: Math) -> Math:
    array = node.ndim > 0
    of_one = minus(times(y, log_of(P), array))
    others = times(infix("−", ONE, y, SUM), log_of(infix("−", ONE, P, SUM)), array)
    return infix("−", of_one, others, SUM)


def sigmoid(node: Any, X: Math) -> Math:
    return fraction(ONE, infix("+", ONE, exp_of(minus(X)), SUM))


def where(node: Any, condition: Math, X: Math, Y: Math) -> Math:
    if condition.value is not None:
        return X if condition.value else Y
    return cases(X, condition, Y)


def logical_and(node: Any, X: Math, Y: Math) -> Math:
    if X.value == 0 or Y.value == 0:
        return ZERO
    return infix("∧", X, Y, RELATION, right=RELATION)


def positive_part(X: Math, otherwise: Math) -> Math:
    return cases(X, infix(">", X, ZERO, RELATION), otherwise)


def leaky_relu(node: Any, X: Math) -> Math:
    slope = number(number_text(node.slope), node.slope)
    return positive_part(X, times(slope, X, entrywise=False))


def elu(node: Any, X: Math) -> Math:
    below = infix("−", exp_of(X), ONE, SUM)
    if node.alpha != 1:
        below = times(number(number_text(node.alpha), node.alpha), below, entrywise=False)
    return positive_part(X, below)


def clip(node: Any, X: Math) -> Math:
    limits = [None if x is None else str(x) for x in (node.a_min, node.a_max)]
    low, high = limits[0] or "−∞", limits[1] or "∞"
    return call("clip", X, under=f"[{low}, {high}]")


# Moving entries.


def transpose(node: Any, X: Math) -> Math:
    ndim = node.inputs[0].ndim
    order = node.axes or tuple(reversed(range(ndim)))
    if [axis % ndim for axis in order] == list(range(ndim))[::-1]:
        return power(X, Math("mi", ("T",), ATOM, {"mathvariant": "normal"}))
    return call("transpose", X, under=", ".join(map(str, order)))


def swapaxes(node: Any, X: Math) -> Math:
    if node.ndim == 2 and node.axis1 % 2 != node.axis2 % 2:
        return power(X, Math("mi", ("T",), ATOM, {"mathvariant": "normal"}))
    return call("swapaxes", X, under=f"{node.axis1}, {node.axis2}")


def broadcast_to(node: Any, X: Math) -> Math:
    """A number is repeated by the matrix of ones."""
    if node.shape == node.inputs[0].shape:
        return X
    if node.inputs[0].ndim == 0:
        ones = subscript(word("𝟏"), word(size(node.shape)))
        return ones if X.value == 1 else times(X, ones, entrywise=False)
    return call("repeat", X, under=size(node.shape))


def shaped(name: str) -> Notation:
    """name_3×2(X): an operation of which the resulting shape says what it does."""
    return lambda node, *inputs: call(name, *inputs, under=size(node.shape))


def along_axis(name: str) -> Notation:
    return lambda node, *inputs: call(name, *inputs, under=f"axis {node.axis}")


def key_text(node: Any, *indices: Math) -> str:
    """The key of an index as it is written in Python."""
    remaining = iter(indices)
    parts = []
    for part in node.key:
        if isinstance(part, type):  # stands for an input
            parts.append(next(remaining).text)
        elif isinstance(part, slice):
            ends = ["" if x is None else str(x) for x in (part.start, part.stop)]
            parts.append(":".join(ends if part.step is None else [*ends, str(part.step)]))
        elif part is Ellipsis:
            parts.append("…")
        else:
            text = str(getattr(part, "tolist", lambda part=part: part)())
            parts.append(text if len(text) <= 24 else f"{text[:23]}…")
    return ", ".join(parts)


def index(node: Any, X: Math, *indices: Math) -> Math:
    key = word(key_text(node, *indices))
    return row(bound(X, ATOM), parentheses(key, "[", "]"))


def scatter(node: Any, X: Math, *indices: Math) -> Math:
    return call("scatter", X, word(f"[{key_text(node, *indices)}]"), under=size(node.shape))


def take(node: Any, X: Math, y: Math) -> Math:
    colons = [word(":")] * (0 if node.axis is None else node.axis % node.inputs[0].ndim)
    return row(bound(X, ATOM), parentheses(listed([*colons, y]), "[", "]"))


def between(sign: str, level: int, right: int | None = None) -> Notation:
    return lambda node, X, Y: infix(sign, X, Y, level, right)


def function(name: str) -> Notation:
    return lambda node, *inputs: call(name, *inputs)


NOTATION: dict[type, Notation] = {
    ops.absolute: lambda node, X: parentheses(X, "|", "|"),
    ops.add: between("+", SUM, right=BIG_SUM),
    ops.astype: lambda node, X: call(str(node.dtype), X) if node.dtype.kind != "f" else X,
    ops.binary_cross_entropy: binary_cross_entropy,
    ops.bitwise_and: between("∧", RELATION),
    ops.bitwise_or: between("∨", RELATION),
    ops.broadcast_to: broadcast_to,
    ops.clip: clip,
    ops.concatenate: along_axis("concatenate"),
    ops.cos: function("cos"),
    ops.divide: divide,
    ops.elu: elu,
    ops.equal: between("=", RELATION),
    ops.exp: lambda node, X: exp_of(X),
    ops.expand_dims: shaped("reshape"),
    ops.expm1: lambda node, X: infix("−", exp_of(X), ONE, SUM),
    ops.greater: between(">", RELATION),
    ops.greater_equal: between("≥", RELATION),
    ops.heaviside: function("heaviside"),
    ops.index: index,
    ops.invert: lambda node, X: row(operator("¬"), bound(X, POWER), level=POWER),
    ops.leaky_relu: leaky_relu,
    ops.less: between("<", RELATION),
    ops.less_equal: between("≤", RELATION),
    ops.log: lambda node, X: log_of(X),
    ops.lower_power: lower_power,
    ops.log1p: lambda node, X: log_of(infix("+", ONE, X, SUM)),
    ops.log_softmax: indexed.log_softmax,
    ops.logical_and: logical_and,
    ops.logical_not: lambda node, X: row(operator("¬"), bound(X, POWER)),
    ops.logical_or: between("∨", RELATION),
    ops.logistic_loss: logistic_loss,
    ops.logsumexp: lambda node, X: log_of(indexed.sum_of_exp(node, X)),
    ops.masked: lambda node, X, mask: where(node, mask, X, ZERO),
    ops.matmul: lambda node, X, Y: juxtaposed(X, Y),
    ops.max: indexed.reduction("max"),
    ops.maximum: function("max"),
    ops.mean: indexed.mean,
    ops.rms: indexed.rms,
    ops.centered: indexed.centered,
    ops.min: indexed.reduction("min"),
    ops.minimum: function("min"),
    ops.mm: lambda node, X, W: juxtaposed(X, W),
    ops.mse: indexed.mse,
    ops.multiply: multiply,
    ops.negative: lambda node, X: minus(X),
    ops.not_equal: between("≠", RELATION),
    ops.positive: lambda node, X: X,
    ops.power: power_of,
    ops.relu: lambda node, X: call("max", ZERO, X),
    ops.reshape: shaped("reshape"),
    ops.scatter: scatter,
    ops.sech2: lambda node, X: row(power(word("sech"), TWO), parentheses(X)),
    ops.sigmoid: sigmoid,
    ops.sign: function("sign"),
    ops.sin: function("sin"),
    ops.softmax: indexed.softmax,
    ops.softmax_error: indexed.softmax_error,
    ops.softmax_loss: indexed.softmax_loss,
    ops.softplus: lambda node, X: log_of(infix("+", ONE, exp_of(X), SUM)),
    ops.sqrt: lambda node, X: root(X),
    ops.square: lambda node, X: power(X, TWO),
    ops.squeeze: shaped("reshape"),
    ops.stack: along_axis("stack"),
    ops.subtract: between("−", SUM),
    ops.sum: indexed.reduction("∑"),
    ops.swapaxes: swapaxes,
    ops.take: take,
    ops.tanh: function("tanh"),
    ops.transpose: transpose,
    ops.var: indexed.var,
    ops.weighted: multiply,
    ops.where: where,
}
