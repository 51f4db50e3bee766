"""Which nodes are drawn as one box, so that a large graph stays readable."""

from __future__ import annotations

from collections import Counter
from collections.abc import Collection, Sequence
from dataclasses import dataclass

from autograd_core.draw.groups import Group
from autograd_core.node import Node

MOST = 150  # boxes: a graph of more is collapsed, unless it is asked not to be
ENDS = 20  # nodes that stay visible at each end of a graph that is collapsed in the middle


@dataclass(frozen=True)
class Part:
    """Nodes that are one box: a node, a group, or several nodes without a module of their own."""

    nodes: tuple[int, ...]
    group: int | None = None  # the group that is collapsed into this box
    before: int = 0  # of a node at the limit of `depth`: how many nodes lead to it


def parts(
    nodes: Sequence[Node],
    outputs: Collection[int],
    groups: Sequence[Group],
    collapse: bool | Collection[str] | None,
    depth: int | None,
) -> tuple[list[Part], str]:
    """What is to be drawn, in topological order, and what is to be said about the rest."""
    index = {node: i for i, node in enumerate(nodes)}
    inputs = [[index[x] for x in node.inputs] for node in nodes]
    stubs: dict[int, int] = {}
    shown = set(range(len(nodes)))
    notes = []
    if depth is not None:
        shown, stubs = _near(inputs, outputs, depth)
        if hidden := len(nodes) - len(shown) - len(stubs):
            notes.append(f"{_counted(hidden)} further back left out")
    closed = _closed(groups, collapse)
    top = max((group.level for group in groups), default=-1)
    whole = shown | stubs.keys()
    found = _merged(whole, groups, closed)
    if collapse is not False and len(found) > MOST:
        for level in range(top, -1, -1):
            closed |= {g for g, group in enumerate(groups) if group.level == level}
            found = _merged(whole, groups, closed)
            if len(found) <= MOST:
                break
        collapsed = [part for part in found if part.group is not None]
        if collapsed:
            n = sum(len(part.nodes) for part in collapsed)
            notes.append(f"{_counted(n)} drawn as {len(collapsed)} modules")
    if collapse is not False and len(found) > MOST:
        found, n = _without_middle(inputs, found)
        notes.append(f"{_counted(n)} in the middle drawn as one box")
    found = [
        Part(part.nodes, part.group, stubs.get(part.nodes[0], 0)) if len(part.nodes) == 1 else part
        for part in found
    ]
    if notes:
        notes.insert(0, f"{_counted(len(nodes))} in all")
    return found, "; ".join(notes)


def _counted(n: int) -> str:
    return "1 node" if n == 1 else f"{n:,} nodes"


def _near(
    inputs: Sequence[Sequence[int]], outputs: Collection[int], depth: int
) -> tuple[set[int], dict[int, int]]:
    """The nodes within `depth` steps, and those one step beyond with how many lead to each."""
    shown: set[int] = set()
    rim = set(outputs)
    for _ in range(depth + 1):
        shown |= rim
        rim = {x for i in rim for x in inputs[i]} - shown
        if not rim:
            break
    before = {}
    for i in rim:
        seen, stack = {i}, [i]
        while stack:
            fresh = set(inputs[stack.pop()]) - seen
            seen |= fresh
            stack += fresh
        before[i] = len(seen) - 1
    return shown, before


def _closed(groups: Sequence[Group], collapse: bool | Collection[str] | None) -> set[int]:
    """The groups that are asked to be collapsed."""
    if collapse is True:
        return set(range(len(groups)))
    wanted = {collapse} if isinstance(collapse, str) else set(collapse or ())
    known = {group.path for group in groups} | {type(group.module).__name__ for group in groups}
    if unknown := wanted - known:
        have = ", ".join(sorted(filter(None, known))) or "none"
        raise ValueError(
            f"draw: there is no module {min(unknown)!r} to collapse in this graph; it has: {have}"
        )
    return {
        g
        for g, group in enumerate(groups)
        if group.path in wanted or type(group.module).__name__ in wanted
    }


def _merged(shown: set[int], groups: Sequence[Group], closed: set[int]) -> list[Part]:
    """Every shown node, or the outermost closed group that it is in."""
    owner: dict[int, int] = {}
    for g, group in enumerate(groups):  # outer ones come first
        if g in closed:
            for i in group.nodes & shown:
                owner.setdefault(i, g)
    members: dict[int, list[int]] = {}
    for i in sorted(shown):
        if i in owner:
            members.setdefault(owner[i], []).append(i)
    found = [Part((i,)) for i in sorted(shown) if i not in owner]
    found += [Part(tuple(inside), g) for g, inside in members.items()]
    return sorted(found, key=lambda part: part.nodes[-1])


def _without_middle(
    inputs: Sequence[Sequence[int]], found: Sequence[Part]
) -> tuple[list[Part], int]:
    """The parts nearest to the start and to the end, and those between as one.

    The start is closed under inputs and the end under consumers, so that no path leaves the
    middle and comes back.
    """
    part_of = {i: p for p, part in enumerate(found) for i in part.nodes}
    before = [
        {part_of[x] for i in part.nodes for x in inputs[i] if x in part_of} - {p}
        for p, part in enumerate(found)
    ]
    after: list[set[int]] = [set() for _ in found]
    for p, some in enumerate(before):
        for q in some:
            after[q].add(p)
    order = _order(before, after)
    end = _nearest(order[::-1], after, ENDS)
    derived = [p for p in order if before[p] and p not in end]
    leaves_out = [{q for q in some if before[q]} for some in before]
    start = _nearest(derived, leaves_out, ENDS)
    start |= {q for p in start for q in before[p] if not before[q]}
    middle = [p for p in range(len(found)) if p not in start and p not in end]
    nodes = tuple(sorted(i for p in middle for i in found[p].nodes))
    kept = [part for p, part in enumerate(found) if p in start or p in end]
    return sorted([*kept, Part(nodes)], key=lambda part: part.nodes[-1]), len(nodes)


def _order(before: Sequence[set[int]], after: Sequence[set[int]]) -> list[int]:
    """The parts in topological order."""
    waiting = [len(some) for some in before]
    ready = [p for p, n in enumerate(waiting) if not n]
    order = []
    while ready:
        p = ready.pop()
        order.append(p)
        for q in after[p]:
            waiting[q] -= 1
            if not waiting[q]:
                ready.append(q)
    return order


def _nearest(order: Sequence[int], towards: Sequence[set[int]], most: int) -> set[int]:
    """Whole layers of `order`, by the longest way to its beginning, while there is room."""
    layer: dict[int, int] = {}
    for p in order:
        layer[p] = max((layer[q] + 1 for q in towards[p] if q in layer), default=0)
    sizes = Counter(layer.values())
    room, last = most, -1
    for i in sorted(sizes):
        room -= sizes[i]
        if room < 0:
            break
        last = i
    return {p for p, i in layer.items() if i <= last}


def summary(names: Collection[str], most: int = 3) -> str:
    """What kinds there are and how often.

    >>> summary(["mm", "add", "relu", "mm"])
    '2 mm, add, relu'
    """
    counts = Counter(names).most_common()
    told = [f"{n:,} {name}" if n > 1 else name for name, n in counts[:most]]
    rest = sum(n for _, n in counts[most:])
    return ", ".join([*told, f"{rest:,} more"] if rest else told)
