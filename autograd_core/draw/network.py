"""Layer diagrams: the units of a network as circles, its weights as lines."""

from __future__ import annotations

from collections.abc import Sequence
from itertools import pairwise
from operator import index
from typing import Any

import numpy as np
from numpy.typing import ArrayLike

from autograd_core.draw.chain import chain_of
from autograd_core.draw.units import Layer, drawing
from autograd_core.values import Array


def network(
    layers: Sequence[int] | Any,
    *,
    weights: bool | Sequence[ArrayLike] = False,
    biases: bool | Sequence[ArrayLike | None] = False,
    labels: Sequence[str] | None = None,
    prefix: str = "",
    style: bool = True,
) -> str:
    """Draw a network layer by layer, as the text of an SVG image.

    `layers` are the numbers of units, the inputs first and the outputs last; or a model whose
    linear layers follow one another: then the activations are named as well. (It is run once, on
    a row of zeros in `eval` mode, to see what it does.) Of a layer of more than 20 units the
    first and the last are drawn, and the label tells the true number.

    - `weights`: matrices (inputs, outputs), one for each layer but the first, as colours
      (orange: positive, blue: negative) and widths of the lines; True: those of the model.
    - `biases`: vectors (outputs,), or None where there is none, as lines from a unit that is
      always 1; True: those of the model, or of a list of units one everywhere, without values.
    - `labels`: a name for each layer.
    - `prefix` of all ids, and `style=False` to leave the style sheet out: for several drawings
      on a page, of which one has it.

    ValueError if there are fewer than two layers, or sizes do not fit.

    >>> network([12, 5, 10]).count('class="link')
    110
    """
    functions: list[list[str]] = []
    if isinstance(layers, (Sequence, np.ndarray)) and not isinstance(layers, (str, bytes)):
        units = _units(layers)
        if weights is True:
            raise ValueError(
                "draw.network: numbers of units have no weights: pass a model, or the matrices as "
                "weights=[W1, W2, ...]"
            )
        has_bias = [bool(biases)] * (len(units) - 1)
    else:
        chain = chain_of(layers)
        units, functions = chain.units, chain.activations
        has_bias = [bool(biases) and b is not None for b in chain.biases]
        if biases is True and weights is True:
            biases = chain.biases
        weights = chain.weights if weights is True else weights
    matrices = _fitting("weights", weights, [*pairwise(units)])
    vectors = _fitting("biases", biases, [(n,) for n in units[1:]])
    if isinstance(biases, Sequence):
        has_bias = [b is not None for b in vectors]
    labels = _usual_labels(len(units)) if labels is None else labels
    if len(labels) != len(units):
        raise ValueError(f"draw.network: there are {len(labels)} labels for {len(units)} layers")
    activations = ["", *(", ".join(some) for some in functions)] if functions else [""] * len(units)
    return drawing(
        [Layer(*parts) for parts in zip(units, map(str, labels), activations, strict=True)],
        [*has_bias, False],
        matrices,
        vectors,
        prefix,
        style,
    )


def _units(layers: Any) -> list[int]:
    try:
        units = [index(n) for n in layers]
    except TypeError:
        raise TypeError(
            f"draw.network: the numbers of units must be whole numbers, such as [12, 5, 10], but "
            f"are {layers!r}"
        ) from None
    if len(units) < 2:
        raise ValueError(
            f"draw.network: {units} is {len(units)} layer{'' if len(units) == 1 else 's'}, but a "
            f"network has inputs and outputs, so two at least: [10, 1] is a linear model"
        )
    if min(units) < 1:
        raise ValueError(f"draw.network: every layer has at least one unit, but they are {units}")
    return units


def _fitting(
    what: str, arrays: bool | Sequence[ArrayLike | None], shapes: Sequence[tuple[int, ...]]
) -> list[Array | None]:
    """The arrays of all layers but the first; of none, None for each."""
    if isinstance(arrays, bool):
        return [None] * len(shapes)
    if len(arrays) != len(shapes):
        raise ValueError(
            f"draw.network: there are {len(arrays)} {what} for {len(shapes) + 1} layers of units, "
            f"but each layer after the inputs needs one"
        )
    found = [None if a is None else np.asarray(a, float) for a in arrays]
    for k, (array, shape) in enumerate(zip(found, shapes, strict=True)):
        if array is not None and array.shape != shape:
            raise ValueError(
                f"draw.network: {what}[{k}] has shape {array.shape}, but must be {shape} for the "
                f"units of its layers"
            )
    return found


def _usual_labels(n: int) -> list[str]:
    hidden = ["hidden"] if n == 3 else [f"hidden {k}" for k in range(1, n - 1)]
    return ["input", *hidden, "output"]
