"""Checks of the arguments that layers, losses and initialisers share."""

from __future__ import annotations

from math import isfinite
from typing import Any

import numpy as np

from autograd_core import Node

Seed = np.random.Generator | int | None
"""A random generator, or what makes one: a number, or None for a different one every time."""


def count(what: str, n: Any) -> int:
    """`n` as an int, if it is a whole number of at least 1.

    >>> count("Linear: in_features", np.int64(3))
    3
    """
    if isinstance(n, (bool, np.bool_)) or not isinstance(n, (int, np.integer)) or n < 1:
        raise ValueError(f"{what} must be a whole number of at least 1, but is {n!r}")
    return int(n)


def plain(value: Any) -> Any:
    """The value of a node, where a number or an array is all that is wanted; else `value` itself.

    >>> plain([1.0, 2.0])
    [1.0, 2.0]
    """
    return value.frozen() if isinstance(value, Node) else value


def number(
    what: str,
    value: Any,
    *,
    least: float | None = None,
    above: float | None = None,
    most: float | None = None,
    below: float | None = None,
) -> float:
    """`value` as a Python float, which never changes an array's dtype, if it is in the limits.

    >>> number("Dropout: p", np.float32(0.5), least=0, below=1)
    0.5
    """
    try:
        x = float(value)
    except (TypeError, ValueError):
        raise TypeError(f"{what} must be a number, but is {value!r}") from None
    if (
        isfinite(x)
        and (least is None or x >= least)
        and (above is None or x > above)
        and (most is None or x <= most)
        and (below is None or x < below)
    ):
        return x
    if least is not None and most is not None:
        wanted = f"from {least:g} to {most:g}"
    else:
        limits = {"at least": least, "more than": above, "at most": most, "less than": below}
        parts = [f"{words} {limit:g}" for words, limit in limits.items() if limit is not None]
        wanted = " and ".join(parts) or "finite"
    raise ValueError(f"{what} must be {wanted}, but is {value!r}")
