"""Which nodes were made inside which call of a module.

`nn.Module` notes its calls on the nodes that they return (`_call`). The nodes on the
way back from there to the inputs of the call were made inside it, with the parameters that
only they use. No path leaves such a group and comes back, so it can be drawn as one box.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from typing import Any

from autograd_core.draw.names import Names, is_module
from autograd_core.node import Node


@dataclass(frozen=True)
class Group:
    """A call of a module: `path` is that of the module in the one that it is a part of."""

    label: str
    path: str
    parent: int | None
    level: int  # 0 for a group that is in no other
    nodes: frozenset[int]
    module: Any


def find_groups(nodes: Sequence[Node], names: Names | None = None) -> list[Group]:
    """The groups of two nodes or more, outer ones before those inside."""
    index = {node: i for i, node in enumerate(nodes)}
    consumers: list[set[int]] = [set() for _ in nodes]
    for i, node in enumerate(nodes):
        for x in node.inputs:
            consumers[index[x]].add(i)
    calls: list[tuple[Any, frozenset[int]]] = []
    for node in nodes:
        call = getattr(node, "_call", None)
        of_node = []
        while call is not None:
            module, inputs, call = call
            members = _inside(nodes, index, consumers, node, inputs, module)
            of_node.append((module, members))
        calls += of_node
    calls.sort(key=lambda call: -len(call[1]))  # stable: of equal ones, the outer comes first
    variables = {id(x): str(name) for name, x in (names or {}).items() if is_module(x)}
    groups: list[Group] = []
    innermost: dict[int, int] = {}
    for module, members in calls:
        around = {innermost.get(i) for i in members}
        if len(members) < 2 or len(around) > 1:
            continue  # a single node needs no outline; and groups do not overlap
        parent = around.pop()
        kind = type(module).__name__
        if parent is None:
            path, level = variables.get(id(module), ""), 0
        else:
            path, level = _path(groups, parent, module), groups[parent].level + 1
        label = f"{path}: {kind}" if path else kind
        for i in members:
            innermost[i] = len(groups)
        groups.append(Group(label, path, parent, level, members, module))
    return groups


def _inside(
    nodes: Sequence[Node],
    index: dict[Node, int],
    consumers: list[set[int]],
    output: Node,
    inputs: tuple[Any, ...],
    module: Any,
) -> frozenset[int]:
    """The nodes made in a call that was given `inputs` and returned `output`."""
    before = {index[x] for x in _flat(inputs) if isinstance(x, Node) and x in index}
    derived: set[int] = set()
    initial: set[int] = set()
    stack = [index[output]]
    while stack:
        i = stack.pop()
        if i in derived or i in initial or i in before:
            continue
        (derived if nodes[i].inputs else initial).add(i)
        stack += [index[x] for x in nodes[i].inputs]
    # What an input was computed from was not made in the call, even if it is used there.
    # Where nothing leaves the call but its output, no way leads back to an input.
    if any(i != index[output] and not consumers[i] <= derived for i in derived):
        first = min(derived)  # nodes are in order, so none before it is in the call
        above = list(before)
        seen = set(above)
        while above:
            for x in nodes[above.pop()].inputs:
                if index[x] >= first and index[x] not in seen:
                    seen.add(index[x])
                    above.append(index[x])
        derived -= seen
    held = {id(x) for _, x in module.named_parameters()}
    held |= {id(x) for _, x in module.named_buffers()}
    own = {
        i
        for i in initial
        if consumers[i] <= derived
        and (id(nodes[i]) in held or (nodes[i].name is None and not nodes[i].requires_grad))
    }
    return frozenset(derived | own)


def _flat(inputs: Iterable[Any]) -> Iterator[Any]:
    """What a module was called with, also inside lists and dictionaries."""
    for x in inputs:
        if isinstance(x, dict):
            yield from _flat(x.values())
        elif isinstance(x, (list, tuple)):
            yield from _flat(x)
        else:
            yield x


def _path(groups: Sequence[Group], parent: int, module: Any) -> str:
    """The path of a module in that of the outermost group around."""
    root = groups[parent]
    while root.parent is not None:
        root = groups[root.parent]
    for path, inner in root.module.named_modules():
        if inner is module:
            return str(path)
    return ""
