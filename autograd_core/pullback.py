"""One operation's part in a backward pass: its `gradient` is called, and what it gives is checked.

What all operations need is done here, and in none of them: sums that undo broadcasting, shapes
and dtypes, and that no value has changed since it was used.
"""

from __future__ import annotations

from collections.abc import Collection
from typing import Any

import numpy as np

from autograd_core.conversions import pass_by, without_gradient
from autograd_core.node import InitialNode, Node, Operation
from autograd_core.values import (
    ARRAY_TYPES,
    REAL_KINDS,
    Array,
    as_array,
    describe,
    same,
    undo_broadcasting,
)


def pull(
    node: Operation, upstream: Any, needed: Collection[Node], as_nodes: bool
) -> list[tuple[int, Any]]:
    """The gradients of `node` for those of its inputs that are `needed`, with their numbers."""
    inputs, arrays = node._inputs, node._arrays
    if as_nodes:
        entries = node.gradient(upstream, node, *node.inputs)
    else:
        entries = node.gradient(upstream, node._value, *arrays)
    if type(entries) is not tuple or len(entries) != len(inputs):
        entries = as_entries(node, entries)
    pulled = []
    for i, x in enumerate(inputs):
        if x is None:
            continue
        array, wanted = arrays[i], x in needed
        if x._value is not array and _outdated(x, array, wanted, as_nodes):
            raise RuntimeError(
                f"the value of {describe(x)} has changed since {describe(node)} was computed "
                f"from it: before backward(), run Graph(...).forward() or build the graph again"
            )
        if wanted:
            entry = entries[i]
            if callable(entry):
                entry = entry()
                if entry is None:
                    raise no_return(node, i)
            if entry is not None:
                if as_nodes or not _fits(entry, array):
                    entry = _fitted(entry, node, i, as_nodes)
                pulled.append((i, entry))
        elif x.name and entries[i] is not None:
            pass_by(x)
    return pulled


def as_entries(node: Operation, entries: Any) -> Any:
    """What a `gradient` returned as a sequence with an entry for each input."""
    name, n = type(node).__name__, len(node._inputs)
    if entries is None:
        raise TypeError(
            f"{name}.gradient returned None: is its `return` missing? For a gradient of zero it "
            f"returns {(None,) * n}"
        )
    if not isinstance(entries, (tuple, list)):
        entries = (entries,)
    if len(entries) != n:
        raise ValueError(f"{name}.gradient gave {len(entries)} entries for {n} inputs")
    return entries


def no_return(node: Operation, index: int) -> TypeError:
    """The error where a function that stands for an entry made nothing."""
    return TypeError(
        f"{type(node).__name__}.gradient: the function for input {index} returned None: is its "
        f"`return` missing? For a gradient of zero the entry itself is None"
    )


def _fits(entry: Any, array: Array) -> bool:
    """Whether an entry surely needs no conversion: most do not, and this takes no time."""
    if type(entry) is np.ndarray:
        return entry.dtype is array.dtype and entry.shape == array.shape
    return type(entry) is type(array)  # scalars: their type is their dtype


def _fitted(entry: Any, node: Operation, index: int, as_nodes: bool) -> Any:
    """The entry of a gradient as an array (or a node) with the shape and dtype of its input."""
    array = node._arrays[index]
    try:
        kind = Node if as_nodes else ARRAY_TYPES
        if not isinstance(entry, kind) or entry.dtype.kind not in REAL_KINDS:
            entry = _converted(entry, as_nodes)
        if entry.shape != array.shape:
            entry = undo_broadcasting(entry, array.shape)
    except (TypeError, ValueError) as error:
        where = f"its entry for input {index}, {describe(node.inputs[index])}"
        raise type(error)(f"{type(node).__name__}.gradient: {where}: {error}") from None
    return entry if entry.dtype == array.dtype else entry.astype(array.dtype)


def _converted(entry: Any, as_node: bool) -> Any:
    """A node as an array, or an array as a node, because a gradient gave one for the other."""
    if isinstance(entry, Node):
        return entry._value  # it calls operations of its own
    array = as_array(entry, "it")
    return InitialNode(array, requires_grad=False) if as_node else array


def _outdated(x: Node, array: Array, needed: bool, as_nodes: bool) -> bool:
    """Does a gradient by `x` need another value of `x` than the `array` that was computed with?

    Initial nodes may change, because that array is kept. But a derived node that was computed
    again has forgotten what it was computed from; a gradient made of nodes uses their present
    values; and a gradient of another shape would not fit.
    """
    if x._inputs:
        return True
    return not same(x._value, array) if as_nodes else needed and x.shape != array.shape


def as_upstream(output: Node, upstream: Any, create_graph: bool, leaves: Collection[Node]) -> Any:
    """`upstream`, by default ones, as a node (`create_graph`) or as an array of our own."""
    if not output._requires_grad:
        raise ValueError(
            f"{_from(output)}: no gradient flows through it, because it was not computed from a "
            f"floating-point node with requires_grad=True (or under no_grad)"
            f"{without_gradient(leaves)}"
        )
    if upstream is None:
        upstream = np.ones(output.shape, output.dtype)
    elif create_graph and isinstance(upstream, Node):
        upstream = upstream.astype(output.dtype)
    elif isinstance(upstream, Node):
        upstream = upstream._value.astype(output.dtype)
    else:
        upstream = as_array(upstream, f"{_from(output)}: the upstream gradient")
        upstream = upstream.astype(output.dtype)
    if upstream.shape != output.shape:
        raise ValueError(
            f"{_from(output)}: the upstream gradient has shape {upstream.shape}, but must have "
            f"{output.shape}"
        )
    if create_graph and not isinstance(upstream, Node):
        return InitialNode(upstream, requires_grad=False)
    return upstream


def _from(output: Node) -> str:
    return f"backward() from {describe(output)}"
