"""Operations and the rules of their gradients as mathematics.

A rule is not looked up: the operation's `gradient` is called on the nodes of the graph, as in
`backward(create_graph=True)`, and the graph that it makes is printed.
"""

from __future__ import annotations

from collections.abc import Collection, Mapping
from typing import NamedTuple

import numpy as np

from autograd_core.draw.mathml import (
    SUM,
    Math,
    bound,
    call,
    fraction,
    identifier,
    number,
    row,
    word,
)
from autograd_core.draw.notation import size, write
from autograd_core.draw.text import number as number_text
from autograd_core.node import InitialNode, Node, Operation
from autograd_core.operations import expand_dims, reshape, squeeze
from autograd_core.pullback import pull
from autograd_core.recording import recording
from autograd_core.values import Array

LONGEST_RULE = 60  # operations; beyond, a rule is only named

Symbols = Mapping[Node, Math]
"""How the nodes are written with which an expression begins."""


class Rule(NamedTuple):
    """What an operation's `gradient` does for one of its inputs."""

    result: Node
    """The graph that `gradient` made, from the upstream gradient, the output and the inputs."""
    upstream: Node
    derived: bool
    """Whether it made one that can be read: else only the name of `gradient` can be told."""


class Expression(NamedTuple):
    """An expression; what it uses more than once has a name, and is defined beside it."""

    math: Math
    definitions: list[tuple[Math, Math]]

    @property
    def text(self) -> str:
        definitions = "".join(f", {name.text} = {x.text}" for name, x in self.definitions)
        return self.math.text + (f" where{definitions[1:]}" if definitions else "")


def constant(node: Node) -> Math:
    """A constant: a number, or for an array its shape."""
    array = np.asarray(node.value)
    if array.size and (array == array.flat[0]).all():
        value = array.flat[0].item()
        return number(number_text(value), value)
    return call("constant", word(size(node.shape)))


def rules_of(node: Operation, upstream: Array, wanted: set[Node]) -> dict[int, Rule]:
    """The rules of the gradients by those inputs that are `wanted`, by position."""
    with recording(True):
        start = InitialNode(upstream, requires_grad=False)
        rules = {i: Rule(start, start, False) for i, x in enumerate(node.inputs) if x in wanted}
        try:
            entries = pull(node, start, wanted, as_nodes=True)
        except Exception:  # it is a user's code, and may be made for arrays only
            return rules
    known = {start, node, *node.inputs}
    return rules | {i: Rule(entry, start, _is_told(entry, known)) for i, entry in entries}


def print_rule(rule: Rule, node: Operation, symbols: Symbols, upstream: Math) -> Expression:
    """The right-hand side of a rule; `symbols` of the node and of its inputs."""
    inputs = [symbols[x] for x in node.inputs]
    if not rule.derived:
        name = f"{type(node).__name__}.gradient"
        return Expression(call(name, upstream, symbols[node], *inputs), [])
    return expression(rule.result, {**symbols, rule.upstream: upstream})


def expression(root: Node, symbols: Symbols) -> Expression:
    """The graph that leads to `root` as mathematics, beginning with the nodes in `symbols`."""
    order = derived_between(root, symbols)
    uses: dict[Node, int] = {}
    for node in order:
        for x in node.inputs:
            uses[x] = uses.get(x, 0) + 1
    written: dict[Node, Math] = {}
    definitions: list[tuple[Math, Math]] = []
    for node in order:
        math = _write(node, [_written(x, symbols, written) for x in node.inputs])
        if uses.get(node, 0) > 1 and math.value is None and _is_long(node, symbols):
            name = identifier(f"t{len(definitions) + 1}")
            definitions.append((name, bound(math, SUM)))
            math = name
        written[node] = math
    math = _written(root, symbols, written)
    used = _names(math)
    kept = []
    for name, definition in reversed(definitions):
        if name.text in used:
            kept.append((name, definition))
            used |= _names(definition)
    return Expression(math, kept[::-1])


def _written(node: Node, symbols: Symbols, written: Mapping[Node, Math]) -> Math:
    if node in symbols:
        return symbols[node]
    return written[node] if node in written else constant(node)


def _write(node: Node, inputs: list[Math]) -> Math:
    """The operation inside a rule: of numbers it is a number, and axes of length 1 are not told."""
    if inputs and all(x.value is not None for x in inputs):
        folded = constant(node)
        if folded.value is not None:
            return folded
    if isinstance(node, (reshape, expand_dims, squeeze)):
        lengths = [[n for n in x.shape if n != 1] for x in (node, node.inputs[0])]
        if lengths[0] == lengths[1]:
            return inputs[0]
    return write(node, *inputs)


def _is_long(node: Node, symbols: Symbols) -> bool:
    """Is it composed of several operations, or of one with several inputs?"""
    return len(derived_between(node, symbols)) > 1 or len(node.inputs) > 1


def derived_between(root: Node, known: Collection[Node]) -> list[Node]:
    """The derived nodes between the known ones and `root`, each after its inputs."""
    order: dict[Node, None] = {}
    stack = [(root, False)]
    while stack:
        node, inputs_done = stack.pop()
        if node in order or node in known or not isinstance(node, Operation):
            continue
        if inputs_done:
            order[node] = None
        else:
            stack.append((node, True))
            stack.extend((x, False) for x in reversed(node.inputs))
    return list(order)


def _is_told(root: Node, known: Collection[Node]) -> bool:
    """Whether the graph is one of the known nodes, and short enough to be read."""
    return bool(leaves_of(root, known)) and len(derived_between(root, known)) < LONGEST_RULE


def leaves_of(root: Node, known: Collection[Node]) -> list[Node]:
    """Those of the known nodes that `root` is computed from, as they come in the formula."""
    leaves: dict[Node, None] = {}
    seen: set[Node] = set()
    stack = [root]
    while stack:
        node = stack.pop()
        if node in seen:
            continue
        seen.add(node)
        if node in known:
            leaves[node] = None
        else:
            stack.extend(reversed(node.inputs))
    return list(leaves)


def _names(math: Math) -> set[str]:
    """The texts of all pieces of `math`, itself included."""
    names, stack = set(), [math]
    while stack:
        piece = stack.pop()
        names.add(piece.text)
        stack.extend(x for x in piece.children if isinstance(x, Math))
    return names


def gradient_symbol(output: Math, node: Math) -> Math:
    """∂J/∂x."""
    d = Math("mi", ("∂",))
    return fraction(row(d, output), row(d, node))
