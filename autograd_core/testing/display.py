"""A report in a notebook: each fault with its numbers in a table, and the graph of its case."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager, suppress
from html import escape
from zlib import crc32

import numpy as np

from autograd_core.graph import Graph
from autograd_core.node import InitialNode, Node
from autograd_core.testing.points import ULPS
from autograd_core.testing.reports import Fault, Report
from autograd_core.testing.subjects import placed, quiet
from autograd_core.values import Array

LARGEST = 8  # rows and columns that are shown
GREEN, RED = "#1a7f37", "#cf222e"
WRONG = f"outline: 2px solid {RED}; outline-offset: -2px; font-weight: 700"
CELL = "padding: .15em .5em; text-align: right; font-variant-numeric: tabular-nums"
HEAD = "padding: .2em .8em; text-align: left; font-weight: 600; vertical-align: top"


def page(report: Report) -> str:
    """The report as HTML: it needs nothing else, and no program but a browser."""
    first = str(report).split("\n", 1)[0]
    parts = [f"<p><strong>{escape(first)}</strong></p>"]
    shown: list[str] = []
    for fault in report.faults:
        case = repr((fault.inputs, fault.upstream, fault.options))
        numbers = "" if case in shown else _table(fault) + _drawing(fault, not shown)
        parts.append(_fault(fault, numbers))
        shown.append(case)
    if report.inconclusive:
        sentences = "".join(f"<li>{escape(sentence)}</li>" for sentence in report.inconclusive)
        parts.append(f"<p>not decided:</p><ul>{sentences}</ul>")
    style = f"border-left: 4px solid {GREEN if report.ok else RED}; padding-left: 1em"
    return f'<div style="{style}; overflow-x: auto">{"".join(parts)}</div>'


def _fault(fault: Fault, numbers: str) -> str:
    """What is wrong, the `numbers` and the graph of its case, and code."""
    options = ", ".join(f"{k}={v!r}" for k, v in fault.options.items())
    parts = [f"<p><strong>{escape(fault.kind)}</strong>: {escape(fault.message)}</p>"]
    if np.isfinite(fault.numeric) or np.isfinite(fault.analytic):
        name = fault.name_of(fault.input)
        entry = f", entry {list(fault.entry)}" if fault.entry else ""
        bar = f" ± {fault.error:.1g}" if fault.error else ""
        sentence = f"{fault.analytic:.12g}, but should be {fault.numeric:.12g}{bar}"
        what = "derivative of the gradient" if fault.kind == "second order" else "gradient"
        parts.append(f"<p>The {what} by {escape(name)}{entry} is {sentence}.</p>")
    if options:
        parts.append(f"<p>options: <code>{escape(options)}</code></p>")
    if fault.remedy:
        numbers += f"<p>{escape(fault.remedy)}</p>"
    summary = '<summary style="cursor: pointer">code that shows it again</summary>'
    parts += [numbers, f"<details>{summary}<pre>{escape(fault.code)}</pre></details>"]
    return "".join(parts)


# The numbers ---------------------------------------------------------------------------------


def _table(fault: Fault) -> str:
    """A row for each input: its value, its gradient, and what that should be."""
    heads = ["input", "value"]
    heads += ["gradient, as given"] if fault.given else []
    heads += ["gradient, as it should be"] if fault.right else []
    rows = []
    for i, x in enumerate(fault.inputs):
        wrong = _wrong(fault, i)
        digits = _digits(fault.given.get(i), fault.right.get(i), wrong)
        cells = [_array(x)]
        cells += [_array(g.get(i), wrong, digits) for g in (fault.given, fault.right) if g]
        rows.append(_row(fault.name_of(i), x, cells))
    rows.append(_row("upstream gradient", fault.upstream, [_array(fault.upstream)]))
    head = "".join(f'<th style="{HEAD}">{text}</th>' for text in heads)
    return (
        '<table style="border-collapse: collapse; margin: .5em 0; background: none">'
        f"<thead><tr>{head}</tr></thead><tbody>{''.join(rows)}</tbody></table>"
    )


def _row(name: str, x: Array, cells: list[str]) -> str:
    x = np.asarray(x)
    about = " × ".join(map(str, x.shape)) if x.ndim else ""
    about += "" if x.dtype == np.float64 else f" {x.dtype}"
    title = f'{escape(name)} <span style="font-weight: 400">{about.strip()}</span>'
    row = "".join(f'<td style="{HEAD}; font-weight: 400">{cell}</td>' for cell in cells)
    return f'<tr><th style="{HEAD}">{title}</th>{row}</tr>'


def _wrong(fault: Fault, i: int) -> Array | None:
    """Which entries of a gradient are to be marked."""
    given, right = fault.given.get(i), fault.right.get(i)
    if given is None or right is None:
        return None
    wrong = ~np.isnan(right) & ~np.isclose(given, right, rtol=ULPS * 2.0**-52, atol=0)
    if i == fault.input and fault.entry and not np.isnan(fault.analytic):
        wrong[fault.entry] = True
    return np.asarray(wrong)


def _digits(given: Array | None, right: Array | None, wrong: Array | None) -> int:
    """Enough significant digits for the wrong entries to look unlike the right ones."""
    if given is None or right is None or wrong is None:
        return 6
    pairs = list(zip(given[wrong].ravel(), right[wrong].ravel(), strict=True))
    for digits in (6, 9, 12, 15):
        if all(f"{a:.{digits}g}" != f"{b:.{digits}g}" for a, b in pairs):
            return digits
    return 17


def _array(array: Array | None, wrong: Array | None = None, digits: int = 6) -> str:
    """Numbers in rows and columns; of an array with more axes all but the last are rows."""
    if array is None:
        return ""
    array = np.asarray(array)
    if not array.size:
        return "no entries"
    table = array.reshape(-1, array.shape[-1] if array.ndim else 1)
    marks = np.zeros(table.shape, bool) if wrong is None else wrong.reshape(table.shape)
    if max(table.shape) > LARGEST:
        return f"{array.size} entries"
    rows = [
        "".join(_number(x, mark, digits) for x, mark in zip(row, marks_of_row, strict=True))
        for row, marks_of_row in zip(table, marks, strict=True)
    ]
    body = "".join(f'<tr style="background: none">{row}</tr>' for row in rows)
    return f'<table style="border-collapse: collapse; margin: 0; background: none">{body}</table>'


def _number(x: Array, wrong: bool, digits: int) -> str:
    text = f"{x:.{digits}g}" if np.asarray(x).dtype.kind == "f" else str(x)
    text = text.replace("-", "\N{MINUS SIGN}")
    return f'<td style="{CELL}; {WRONG if wrong else ""}">{text}</td>'


# The graph -----------------------------------------------------------------------------------


def _drawing(fault: Fault, first: bool) -> str:
    """The graph of the case with the gradients as they are given; nothing if it can't be run."""
    from autograd_core.draw import svg  # which uses this package

    prefix = f"fault{crc32(str(fault).encode()):x}-"  # ids are those of one drawing of a page
    with suppress(Exception), quiet(), _graph(fault) as (output, xs):
        names = {fault.name_of(i): x for i, x in enumerate(xs)}
        return f"<div>{svg(output, names=names, prefix=prefix, style=first)}</div>"
    return ""


@contextmanager
def _graph(fault: Fault) -> Iterator[tuple[Node, list[InitialNode]]]:
    """The graph at the case, after a backward pass; a graph of the user's is as before after."""
    assert fault.subject is not None
    subject = fault.subject
    output, xs = subject.nodes(fault.inputs)
    with placed(subject, fault.inputs):
        graph = Graph(output)
        before = [(node, node._grad) for node in graph.nodes]
        try:
            for node in graph.nodes:
                node._grad = None
            with suppress(Exception):  # then the values are drawn alone
                graph.backward(fault.upstream.astype(output.dtype))
            yield output, xs
        finally:
            for node, grad in before:
                node._grad = grad
