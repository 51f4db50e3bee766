"""Arrays on a page: figures with captions, and which entries of one are linked to another's."""

from __future__ import annotations

import re
from typing import Any

import numpy as np

from autograd_core.draw.arrays import Arrays
from autograd_core.draw.formulas import leaves_of
from autograd_core.draw.involved import Axes, involved
from autograd_core.draw.mathml import Math, number
from autograd_core.draw.text import number as number_text
from autograd_core.node import Node
from autograd_core.operations import mm, reshape, transpose
from autograd_core.operations import sum as sum_
from autograd_core.values import Array


class Figures:
    """Makes figures of which the page fills in the arrays and the captions."""

    def __init__(self, index: dict[Node, int], arrays: Arrays) -> None:
        self.index = index
        self.arrays = arrays
        self.usual: dict[str, int] = {}
        """The number of the array that a node's caption stands for, unless a figure tells it."""

    def of(self, node: Node) -> str:
        """The caption of a value: the attribute of a figure, from which the page makes it."""
        return f' data-of="{self.index[node]}"'

    def by(self, node: Node) -> str:
        """The caption of the gradient by a node."""
        return f' data-by="{self.index[node]}"'

    def computed(
        self, operands: list[tuple[Node, str, Array]], caption: str, root: Node, value: Array
    ) -> str:
        """The arrays that go into `root` and the array that comes out, entries linked."""
        leaves = {x: i for i, (x, _, _) in enumerate(operands)}
        axes = involved(root, leaves)
        linked = bool(axes) and value.ndim > 0
        parts = [self.figure(about, v, axes.get(x) if linked else None) for x, about, v in operands]
        result = self.figure(caption + " data-result" * linked, value)
        how = _terms(root, leaves) if linked else ""
        # Beside each other, two factors are a product; other arrays are only what goes in.
        sign = "equals" if isinstance(root, mm) else "gives"
        result = f'<div class="{sign}">{result}</div>'
        return f'<div class="numbers"{how}>{"".join(parts)}{result}</div>'

    def figure(
        self, caption: str, value: Array, axes: Axes | None = None, exact: bool = False
    ) -> str:
        """A number or an array with a caption, to be filled in on the page."""
        value = np.asarray(value)
        if value.ndim == 0:
            return f"<figure{caption}>{self.exactly(value)}</figure>"
        if axes is not None:
            caption += f' data-axes="{" ".join("*" if a is None else str(a) for a in axes)}"'
        k = self.arrays.add(value, exact)
        about = re.match(r' data-(of|by)="(\d+)"', caption)
        if about and self.usual.setdefault(about[1] + about[2], k) == k:
            return f"<figure{caption}></figure>"
        return f'<figure data-array="{k}"{caption}></figure>'

    def number(self, value: Any) -> Math:
        """A number as it is written, to stand in a formula: it is not folded into others."""
        return number(number_text(value, self.arrays.precision), None)

    def exactly(self, value: Any) -> str:
        """A number as it is written, which has all its digits as an attribute."""
        text = number_text(value, self.arrays.precision)
        return f'<data value="{np.asarray(value).item()!r}">{text}</data>'


def operands_of(
    root: Node, captions: dict[Node, str], values: dict[Node, Array]
) -> list[tuple[Node, str, Array]]:
    """The nodes that a rule begins with, in its order, with captions and values.

    Of a product they are its two factors, each maybe transposed.
    """
    if isinstance(root, mm):
        found = []
        for x in root.inputs:
            of = x.inputs[0] if isinstance(x, transpose) and x not in captions else x
            transposed = " data-transposed" if of is not x else ""
            if of in captions:
                value = values[of].T if transposed else values[of]
                found.append((x, captions[of] + transposed, value))
        if len(found) == 2 and root.inputs[0] is not root.inputs[1]:
            return found
    return [(x, captions[x], values[x]) for x in leaves_of(root, values) if x in captions]


def _terms(root: Node, operands: dict[Node, int]) -> str:
    """Whether an entry is a sum of products of entries of two operands, or of entries of one."""
    if isinstance(root, mm) and len(operands) == 2 and all(x in operands for x in root.inputs):
        return " data-product"
    while isinstance(root, reshape) and root not in operands:
        root = root.inputs[0]
    return " data-sum" if isinstance(root, sum_) and root.inputs[0] in operands else ""
