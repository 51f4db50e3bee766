"""A page that steps through the forward and the backward pass of a graph."""

from __future__ import annotations

import base64
import hashlib
import json
import re
from dataclasses import dataclass
from importlib.resources import files
from os import PathLike
from string import Template
from typing import Any

from autograd_core.draw.arrays import Arrays
from autograd_core.draw.cells import LARGEST
from autograd_core.draw.layout import Direction
from autograd_core.draw.names import Names, is_module
from autograd_core.draw.record import recorded
from autograd_core.draw.save import write_text
from autograd_core.draw.scene import scene
from autograd_core.draw.steps import Steps
from autograd_core.draw.svg import document, render, title_of
from autograd_core.draw.text import escape
from autograd_core.node import InitialNode, Node

LONGEST_TITLE = 100
EDGE_DATA = re.compile(r' data-from="\d+" data-to="\d+" data-position="\d+"')  # the id has it
MOST_NODES = 400  # that are drawn one by one, to be followed on the way
MOST_ENTRIES = 1000  # of all values: of larger graphs, fewer entries of each array are kept
FEW = 5  # rows and columns that are kept then
MOST_ON_GRAPH = 64  # entries of all values: up to these the graph shows them too


@dataclass(frozen=True)
class Walkthrough:
    """A page; in a notebook it shows itself."""

    html: str

    def __repr__(self) -> str:
        return f"Walkthrough({len(self.html):,} characters of HTML)"

    def _repr_html_(self) -> str:
        """The page in a frame, where it can't reach the notebook around it."""
        return (
            f'<iframe srcdoc="{escape(self.html)}" sandbox="allow-scripts" title="Walkthrough" '
            f'style="width:100%;height:680px;border:1px solid #8888"></iframe>'
        )


def walkthrough(
    node: Node,
    path: str | PathLike[str] | None = None,
    *,
    names: Names | Any = None,
    direction: Direction = "TB",
    precision: int = 4,
) -> Walkthrough:
    """Make a page that steps through the computation of `node` and through its gradients.

    The graph is run forward and backward from the present values of its initial nodes, and each
    step is shown as it happened: formulas, the rule of the gradient as the operation's code has
    it, numbers, sums where a node has several consumers, and finite differences beside the
    gradients of initial nodes. Values and gradients of the nodes are left as they were.

    The page is one HTML file that needs no network. It is written to `path`, if there is one,
    and returned, to be displayed in a notebook.

    - `names`: names by variable, such as `locals()`, for nodes that have none; or a module.
    - `direction` of the graph: "TB", from top to bottom, or "LR", from left to right.
    - `precision`: significant digits.

    >>> import autograd_core as ag
    >>> x = ag.InitialNode(3.0, name="x")
    >>> page = walkthrough(ag.square(x))
    >>> page.html.count("<section")
    5
    """
    variables = {"": names} if is_module(names) else dict(names or {})
    with recorded(node) as record:
        called = scene(node, gradients=False, names=variables).names
        labels = label_nodes(record.nodes, called, variables)
        entries = sum(min(x.size, LARGEST**2) for x in record.nodes)
        arrays = Arrays(precision, LARGEST if entries <= MOST_ENTRIES else FEW)
        steps = Steps(record, labels, arrays)
        everything = variables | {label: x for x, label in labels.items()}
        # The edges carry no gradients: the steps tell them, and the graph stays small.
        collapse = False if len(record.nodes) <= MOST_NODES else None
        what = scene(node, gradients=False, names=everything, collapse=collapse)
        shown = entries <= MOST_ON_GRAPH
        drawing, _ = render(what, shown, shown, direction, precision)
        graph = EDGE_DATA.sub("", document(drawing, what.note, title_of(what)))
    output = labels[node]
    if len(output) > LONGEST_TITLE:
        output = output[: LONGEST_TITLE - 1] + "…"
    data = {
        "arrays": arrays.data,
        "usual": steps.figures.usual,
        "steps": steps.of_node,
        "operations": steps.operations,
        "operationOf": steps.operation_of,
        "output": [str(steps.output), steps.output.text],
        "symbols": [[str(symbol), symbol.text] for symbol in steps.symbols.values()],
    }
    script = _resource("page.js")
    digest = base64.b64encode(hashlib.sha256(script.encode()).digest()).decode()
    html = Template(_resource("page.html")).substitute(
        title=escape(f"{output}, step by step"),
        hash=digest,
        style=_resource("page.css"),
        count=len(steps.sections),
        graph=graph,
        sections="\n".join(steps.sections),
        data=json.dumps(data, separators=(",", ":"), ensure_ascii=False).replace("<", "\\u003c"),
        script=script,
    )
    html = html.encode("utf-8", "replace").decode()  # a name may hold half a character
    if path is not None:
        write_text(path, html)
    return Walkthrough(html)


def label_nodes(nodes: list[Node], called: dict[Node, str], names: Names) -> dict[Node, str]:
    """The names of nodes; those that have none are v1, v2, ... Constant numbers need none."""
    labels = dict(called)
    taken = set(labels.values()) | {str(name) for name in names}
    free = (name for k in range(1, len(nodes) + len(taken) + 1) if (name := f"v{k}") not in taken)
    for node in nodes:
        is_constant = isinstance(node, InitialNode) and not node.requires_grad
        if node not in labels and not (is_constant and node.ndim == 0 and len(nodes) > 1):
            labels[node] = next(free)
    return {node: labels[node] for node in nodes if node in labels}


def _resource(name: str) -> str:
    """A file of the page, without indentation and lines that are only comments."""
    text = (files("autograd_core.draw") / "page" / name).read_text(encoding="utf-8")
    lines = (line.strip() for line in text.splitlines())
    return "\n".join(line for line in lines if line and not re.match("//", line))
