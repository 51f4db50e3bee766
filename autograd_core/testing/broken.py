"""What a check of a gradient against itself found, and where two gradients differ."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from autograd_core.values import Array


@dataclass
class Broken:
    """A check that does not hold: the kind of the fault, and a sentence."""

    kind: str
    message: str
    input: int = 0
    analytic: float = float("nan")
    numeric: float = float("nan")
    entry: tuple[int, ...] | None = None


def differs(
    a: list[Array], b: list[Array], ulps: float = 0.0
) -> tuple[int, tuple[int, ...]] | None:
    """Input and entry of the first difference of more than some units of the largest entry."""
    for i, (x, y) in enumerate(zip(a, b, strict=True)):
        x, y = np.asarray(x), np.asarray(y)
        if x.shape != y.shape:
            return i, ()
        same = (x == y) | (np.isnan(x) & np.isnan(y))
        if ulps and x.size:
            sizes = np.abs(np.where(np.isfinite(x), x, 0))
            eps = max(np.finfo(x.dtype).eps, np.finfo(y.dtype).eps)
            same |= np.abs(x - y) <= ulps * eps * sizes.max() + np.finfo(np.float64).tiny
        if not same.all():
            return i, tuple(int(k) for k in np.argwhere(~same)[0])
    return None


def at(gradients: list[Array], where: tuple[int, tuple[int, ...]]) -> float:
    array = np.asarray(gradients[where[0]])
    return float(array[where[1]]) if len(where[1]) == array.ndim else float("nan")
