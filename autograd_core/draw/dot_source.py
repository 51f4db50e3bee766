"""A drawing as DOT, the language of Graphviz: what PNG and PDF files are made of."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from typing import Any

import numpy as np
from numpy.typing import NDArray

from autograd_core.draw import text
from autograd_core.draw.boxes import TAGS, WIDEST
from autograd_core.draw.cells import LARGEST, LEVELS, levels
from autograd_core.draw.geometry import nested
from autograd_core.draw.layout import Direction
from autograd_core.draw.names import Names
from autograd_core.draw.scene import Box, Scene, gradient_of, scene
from autograd_core.draw.style import COLOURS, TITLE
from autograd_core.node import Node

SHAPES = {"LR": "cds", "TB": "invhouse"}  # of initial nodes: tags that point along the edges


def dot_source(
    node: Node | Sequence[Node],
    *,
    values: bool = True,
    gradients: bool = True,
    direction: Direction = "LR",
    depth: int | None = None,
    precision: int = 4,
    names: Names | Any = None,
    collapse: bool | Collection[str] | None = None,
) -> str:
    """The graph of `node` in the language of Graphviz. See `draw.svg` for the options."""
    from graphviz import Digraph

    what = scene(node, gradients=gradients, depth=depth, names=names, collapse=collapse)
    graph = Digraph(
        graph_attr={"rankdir": direction, "fontname": "sans-serif", "label": what.note},
        node_attr={"fontname": "sans-serif", "fontsize": "11"},
        edge_attr={"fontname": "sans-serif", "fontsize": "10", "color": _light("line")},
    )
    graph.attr(fontcolor=_light("muted"), style="rounded", color=_light("group-line"))
    _add(graph, what, None, values, gradients, precision, direction)
    for edge in what.edges:
        label = ""
        if edge.gradient is not None and edge.gradient.ndim == 0:
            label = text.number(edge.gradient, precision)
        ends = what.boxes[edge.source].id, what.boxes[edge.target].id
        graph.edge(*ends, label=label, fontcolor=_light("gradient"))
    return str(graph.source)


def _light(name: str) -> str:
    return COLOURS[name][0]


def _add(
    graph: Any,
    what: Scene,
    group: int | None,
    values: bool,
    gradients: bool,
    precision: int,
    direction: Direction,
) -> None:
    """The boxes right inside a group, and the groups there."""
    for box in what.boxes:
        if box.group != group:
            continue
        table = _table(box, what, values, gradients, precision)
        style = "filled,rounded" if box.kind == "derived" else "filled"
        graph.node(
            box.id,
            label=f"<{table}>",
            shape=SHAPES[direction] if box.kind in TAGS else "box",
            style=f"{style},dashed" if box.kind == "constant" else style,
            fillcolor=_light("group" if box.kind == "collapsed" else box.kind),
            color=_light("group-line" if box.kind == "collapsed" else f"{box.kind}-line"),
            margin="0.2,0.14" if box.kind in TAGS else "0.12,0.06",
            penwidth="2.6" if set(box.nodes) & set(what.outputs) else "1.2",
        )
    parents = [inner.parent for inner in what.groups]
    for g in nested([box.group for box in what.boxes], parents).get(group, ()):
        label = f"<{_escaped(what.groups[g].label)}>"
        with graph.subgraph(name=f"cluster{g}", graph_attr={"label": label}) as inside:
            _add(inside, what, g, values, gradients, precision, direction)


def _table(box: Box, what: Scene, values: bool, gradients: bool, precision: int) -> str:
    """The label of a box, in the tables that Graphviz knows."""
    node = what.nodes[box.nodes[-1]]
    title = []
    if box.name:
        title.append(f'<B><FONT POINT-SIZE="14">{_escaped(box.name)}</FONT></B>')
    if box.operation:
        title.append(f'<FONT COLOR="{_light("derived-line")}">{_escaped(box.operation)}</FONT>')
    blocks = []
    if box.kind != "collapsed":
        title.append(_escaped(text.shape(node.frozen())))
        if values:
            blocks.append(("value", np.asarray(node.frozen()), "positive", "negative"))
        grad = gradient_of(node) if gradients else None
        if grad is not None:
            blocks.append(("gradient", grad, "gradient-positive", "gradient-negative"))
    rows = [f'<TR><TD ALIGN="LEFT">{" ".join(filter(None, title)) or " "}</TD></TR>']
    for word, array, positive, negative in blocks:
        if array.ndim == 0 or array.size == 0 or max(_rows(array).shape) > LARGEST:
            short = text.number if array.ndim == 0 else text.value_range
            rows.append(f'<TR><TD ALIGN="LEFT">{word} {short(array, precision)}</TD></TR>')
        else:
            inside = _cells(_rows(array), precision, positive, negative)
            rows.append(f'<TR><TD ALIGN="LEFT">{word}</TD></TR><TR><TD>{inside}</TD></TR>')
    return f'<TABLE BORDER="0" CELLPADDING="1">{"".join(rows)}</TABLE>'


def _rows(array: NDArray[Any]) -> NDArray[Any]:
    return array.reshape(-1, array.shape[-1])


def _cells(table: NDArray[Any], precision: int, positive: str, negative: str) -> str:
    rows = []
    for numbers, strengths in zip(table, levels(table), strict=True):
        row = [
            f'<TD BGCOLOR="{_mixed(int(level), positive, negative)}">'
            f"{text.number(x, precision)}</TD>"
            for x, level in zip(numbers, strengths, strict=True)
        ]
        rows.append(f"<TR>{''.join(row)}</TR>")
    colour = _light("line")
    return (
        f'<TABLE BORDER="0" CELLBORDER="1" CELLSPACING="0" CELLPADDING="3" COLOR="{colour}">'
        f"{''.join(rows)}</TABLE>"
    )


def _mixed(level: int, positive: str, negative: str) -> str:
    """A colour on white, in the strength that `level` tells."""
    if level > LEVELS:
        return _light("not-finite")
    full = _light(positive if level > 0 else negative).lstrip("#")
    share = abs(level) / LEVELS
    parts = (int(full[i : i + 2], 16) for i in (0, 2, 4))
    return "#" + "".join(f"{round(255 + (part - 255) * share):02x}" for part in parts)


def _escaped(words: str) -> str:
    return text.escape(text.fit(words, WIDEST, TITLE, bold=True))
