"""The gradients of initial nodes beside their finite differences, as HTML."""

from __future__ import annotations

import numpy as np

from autograd_core.draw.figures import Figures
from autograd_core.draw.mathml import Math
from autograd_core.draw.notation import size
from autograd_core.draw.record import Estimate
from autograd_core.draw.text import escape, number, value_range
from autograd_core.values import Array

LARGE = 0.01  # a difference that wants a word of explanation
DIGITS = 6  # of entries in a table
ENGINE, DIFFERENCES = "engine", "finite differences"


def check(figures: Figures, symbol: Math, gradient: Array, estimate: Estimate) -> str:
    """A complete gradient beside its estimate: all entries, or some of many."""
    title = f"<h3><math>{symbol}</math> is complete</h3>"
    if estimate.error:
        reason = escape(estimate.error)
        return f'<div class="check">{title}<p>No finite differences: {reason}</p></div>'
    if np.ndim(gradient) == 0:
        body = "".join(
            f"<dt>{name}</dt><dd>{figures.exactly(value)}</dd>"
            for name, value in ((ENGINE, gradient), (DIFFERENCES, estimate.estimates[0]))
        )
        body = f"<dl>{body}</dl>"
    elif len(estimate.entries) == gradient.size:
        body = figures.figure(f' data-text="{ENGINE}"', gradient, exact=True)
        estimates = estimate.estimates.reshape(gradient.shape)
        body += figures.figure(f' data-text="{DIFFERENCES}"', estimates)
        body = f'<div class="numbers">{body}</div>'
    else:
        body = _samples(estimate)
    note = f"Largest relative difference: {number(estimate.difference, 2)}."
    if not estimate.difference < LARGE:
        note += " They differ where the function has a kink, as relu has at 0."
    return f'<div class="check">{title}{body}<p class="note">{note}</p></div>'


def _samples(estimate: Estimate) -> str:
    """A table of some entries."""
    rows = []
    for entry, *values in zip(
        estimate.entries, estimate.gradients, estimate.estimates, strict=True
    ):
        place = ", ".join(str(i + 1) for i in entry)
        cells = "".join(f"<td>{number(value, DIGITS)}</td>" for value in values)
        rows.append(f"<tr><td>{place}</td>{cells}</tr>")
    return _table(("entry", ENGINE, DIFFERENCES), rows)


def table_of(gradients: list[tuple[Math, Array, Estimate]]) -> str:
    """All gradients in a table."""
    rows = []
    for symbol, gradient, estimate in gradients:
        shown = number(gradient) if np.ndim(gradient) == 0 else value_range(gradient)
        difference = estimate.error or number(estimate.difference, 2)
        cells = [size(np.shape(gradient)), shown, difference]
        tail = "".join(f"<td>{escape(cell)}</td>" for cell in cells)
        rows.append(f"<tr><td><math>{symbol}</math></td>{tail}</tr>")
    heads = "gradient", "shape", ENGINE, f"relative difference from {DIFFERENCES}"
    region = 'class="scroll" tabindex="0" role="group" aria-label="Gradients"'
    return f"<div {region}>{_table(heads, rows)}</div>"


def _table(heads: tuple[str, ...], rows: list[str]) -> str:
    head = "".join(f'<th scope="col">{name}</th>' for name in heads)
    return f"<table><thead><tr>{head}</tr></thead><tbody>{''.join(rows)}</tbody></table>"
