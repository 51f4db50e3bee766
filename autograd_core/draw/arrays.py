"""The arrays of a page as data: each once, as the texts that are shown.

Of a long axis the first and the last entries are kept.
"""

from __future__ import annotations

from typing import Any

import numpy as np

from autograd_core.draw.cells import levels
from autograd_core.draw.text import number
from autograd_core.values import Array

LAST = 2  # entries that are kept at the end of a long axis
EXACT = 64  # entries up to which all digits of an array can be kept


class Arrays:
    """A list of arrays, without repetitions, to be written as JSON.

    Each is a dictionary with `shape`, `dtype` (if it is not float64), `text` (the entries as
    rows of a table, in order, with spaces between them), `levels` (a letter for the colour of
    each, i being 0), where some are left out the numbers of the `rows` and `columns` that are
    kept, and with `exact` all digits of the entries.
    """

    def __init__(self, precision: int, largest: int) -> None:
        self.precision = precision
        self.largest = largest
        self.data: list[dict[str, Any]] = []
        self._known: dict[tuple[Any, ...], int] = {}

    def add(self, array: Array, exact: bool = False) -> int:
        """The number of the array in the list; `exact` asks for all digits of its entries."""
        array = np.asarray(array)
        key = array.shape, array.dtype, array.tobytes()
        k = self._known.setdefault(key, len(self.data))
        if k == len(self.data):
            self.data.append(self._data(array))
        if exact and array.size <= EXACT and "rows" not in self.data[k]:
            self.data[k]["exact"] = " ".join(repr(x) for x in array.reshape(-1).tolist())
        return k

    def _data(self, array: Array) -> dict[str, Any]:
        table = array.reshape(-1, array.shape[-1]) if array.size else np.zeros((0, 0))
        rows, columns = self._kept(len(table)), self._kept(table.shape[1])
        shown = table[np.ix_(rows, columns)]
        data: dict[str, Any] = {"shape": list(array.shape)}
        if array.dtype != np.float64:
            data["dtype"] = str(array.dtype)
        data["text"] = " ".join(number(x, self.precision) for x in shown.reshape(-1))
        strengths = levels(table)[np.ix_(rows, columns)].reshape(-1).tolist()
        data["levels"] = "".join(chr(ord("i") + strength) for strength in strengths)
        if shown.shape != table.shape:
            data["rows"], data["columns"] = rows, columns
        return data

    def _kept(self, n: int) -> list[int]:
        """The numbers of the rows or columns that are shown."""
        if n <= self.largest:
            return list(range(n))
        return [*range(self.largest - LAST), *range(n - LAST, n)]
