"""Which entries of its inputs an entry of a result was computed from, by axes.

For each axis of an input there is the axis of the result along which one moves with it, or None
where every entry of that axis takes part. In A = XW the entry A_ij takes row i of X, so X has
(0, None), and column j of W, so W has (None, 1).
"""

from __future__ import annotations

from collections.abc import Collection
from typing import Any

import autograd_core.operations as ops
from autograd_core.draw.formulas import derived_between
from autograd_core.node import Node

Axes = tuple[int | None, ...]

ENTRYWISE = frozenset({
    ops.absolute, ops.add, ops.astype, ops.binary_cross_entropy, ops.bitwise_and,
    ops.bitwise_or, ops.broadcast_to, ops.clip, ops.cos, ops.divide, ops.elu, ops.equal, ops.exp,
    ops.expm1, ops.greater, ops.greater_equal, ops.heaviside, ops.invert, ops.leaky_relu, ops.less,
    ops.less_equal, ops.log, ops.log1p, ops.logical_and, ops.logical_not, ops.logical_or,
    ops.logistic_loss, ops.lower_power, ops.masked, ops.maximum, ops.minimum, ops.multiply,
    ops.negative, ops.not_equal, ops.positive, ops.power, ops.relu, ops.sech2, ops.sigmoid,
    ops.sign, ops.sin, ops.softplus, ops.sqrt, ops.square, ops.subtract, ops.tanh, ops.weighted,
    ops.where,
})  # fmt: skip
REDUCTIONS = (ops.logsumexp, ops.max, ops.mean, ops.min, ops.rms, ops.sum, ops.var)


def involved(root: Node, leaves: Collection[Node]) -> dict[Node, Axes]:
    """The axes of each leaf that an entry of `root` was computed from, through all operations.

    A leaf that is reached through an operation that is not known here is left out.
    """
    found: dict[Node, Axes | None] = {root: tuple(range(root.ndim))}
    for node in reversed(derived_between(root, leaves)):
        axes = found[node]
        for i, x in enumerate(node.inputs):
            step = axes_of(node, i)
            if axes is None or step is None:
                found[x] = None
                continue
            moved = tuple(None if a is None else axes[a] for a in step)
            known = found.setdefault(x, moved)
            if known is not None:  # maybe reached on two ways
                both = zip(known, moved, strict=True)
                found[x] = tuple(a if a == b else None for a, b in both)
    return {x: axes for x, axes in found.items() if x in leaves and axes is not None}


def axes_of(node: Any, position: int) -> Axes | None:
    """The same for one operation and one of its inputs."""
    kind: type = type(node)
    x: Node = node.inputs[position]
    if kind in ENTRYWISE:
        new = node.ndim - x.ndim
        return tuple(new + a if n == node.shape[new + a] else None for a, n in enumerate(x.shape))
    if kind is ops.mm:
        return (0, None) if position == 0 else (None, 1)
    if kind in REDUCTIONS:
        return _reduced(x.ndim, node.axis, node.keepdims)
    if kind in (ops.softmax, ops.log_softmax, ops.centered):
        return _reduced(x.ndim, node.axis, True)
    if kind in (ops.softmax_loss, ops.softmax_error):
        return (0, None)[: x.ndim]
    if kind is ops.mse:
        return (None,) * x.ndim
    if kind is ops.transpose:
        order = node.axes or tuple(reversed(range(x.ndim)))
        order = [axis % x.ndim for axis in order]
        return tuple(order.index(a) for a in range(x.ndim))
    if kind is ops.swapaxes:
        axes = list(range(x.ndim))
        one, other = node.axis1 % x.ndim, node.axis2 % x.ndim
        axes[one], axes[other] = axes[other], axes[one]
        return tuple(axes)
    if kind in (ops.reshape, ops.expand_dims, ops.squeeze):
        return _unit_axes(x.shape, node.shape)
    return None


def _reduced(ndim: int, axis: Any, keepdims: bool) -> Axes:
    several = range(ndim) if axis is None else axis if isinstance(axis, tuple) else (axis,)
    reduced = {a % ndim for a in several}
    if keepdims:
        return tuple(None if a in reduced else a for a in range(ndim))
    left = iter(range(ndim))
    return tuple(None if a in reduced else next(left) for a in range(ndim))


def _unit_axes(old: tuple[int, ...], new: tuple[int, ...]) -> Axes | None:
    """Of a reshape that only adds or removes axes of length 1."""
    kept = [a for a, n in enumerate(new) if n != 1]
    if [new[a] for a in kept] != [n for n in old if n != 1]:
        return None
    left = iter(kept)
    return tuple(None if n == 1 else next(left) for n in old)
