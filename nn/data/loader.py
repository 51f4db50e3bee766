"""Minibatches of a data set: every observation once an epoch, in order or shuffled."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sized
from typing import Any, TypeAlias

import numpy as np

from nn.arguments import Seed, count
from nn.data.datasets import TensorDataset
from nn.rng import generator_state, set_generator_state

Array: TypeAlias = np.ndarray[Any, Any]


class DataLoader:
    """Goes through a data set `batch_size` observations at a time, each once an epoch.

    Every `for batch in loader` is an epoch: in a new random order with `shuffle`, drawn from
    `rng` (a generator or a seed), else in the data set's. The last batch is smaller if the
    observations don't divide evenly, and left out with `drop_last`. `len` is the number of
    batches. A batch has the structure of an observation, of arrays that have a row for each.

    A `TensorDataset` is indexed once a batch; any other data set once an observation.

    >>> loader = DataLoader(TensorDataset(np.arange(5)), batch_size=2)
    >>> len(loader), list(loader)
    (3, [(array([0, 1]),), (array([2, 3]),), (array([4]),)])
    """

    def __init__(
        self,
        dataset: Any,
        batch_size: int = 1,
        shuffle: bool = False,
        rng: Seed = None,
        drop_last: bool = False,
    ) -> None:
        if not isinstance(dataset, Sized) or not hasattr(dataset, "__getitem__"):
            raise TypeError(
                f"DataLoader: the data set must have __len__ and __getitem__, but is a "
                f"{type(dataset).__name__}"
            )
        if isinstance(dataset, tuple):
            raise TypeError("DataLoader: make a data set of the arrays: TensorDataset(X, y)")
        self.dataset: Any = dataset
        self.batch_size = count("DataLoader: batch_size", batch_size)
        self.shuffle = bool(shuffle)
        self.drop_last = bool(drop_last)
        self.generator = np.random.default_rng(rng)
        self._position = 0  # batches given in this epoch
        self._start: dict[str, Any] | None = None  # of the generator, when the epoch began
        self._resumed: Array | None = None  # the order of an epoch to be gone on with

    def __len__(self) -> int:
        n = len(self.dataset)
        return n // self.batch_size if self.drop_last else -(-n // self.batch_size)

    def __iter__(self) -> Iterator[Any]:
        if self._resumed is not None:
            order, self._resumed = self._resumed, None
        else:
            self._position = 0
            self._start = generator_state(self.generator) if self.shuffle else None
            order = self._order()
        for k in range(self._position, len(self)):
            rows = order[k * self.batch_size : (k + 1) * self.batch_size]
            batch = self._fetch(rows)
            self._position = k + 1
            yield batch
        self._position = 0

    def first(self) -> Any:
        """The first observations of the data set as a batch; no epoch is begun."""
        return self._fetch(np.arange(min(self.batch_size, len(self.dataset))))

    def _order(self) -> Array:
        n = len(self.dataset)
        return self.generator.permutation(n) if self.shuffle else np.arange(n)

    def _fetch(self, rows: Array) -> Any:
        if isinstance(self.dataset, TensorDataset):
            return self.dataset[rows]
        return collate([self.dataset[i] for i in rows.tolist()])

    def state_dict(self) -> dict[str, Any]:
        """Where the epoch is, and the generator's states, then and at its start.

        `load_state_dict` in a loader of the same data makes the next `for` go on from there.
        """
        return {
            "length": len(self.dataset),
            "batch_size": self.batch_size,
            "drop_last": self.drop_last,
            "position": self._position,
            "start": self._start if self._position else None,
            "generator": generator_state(self.generator) if self.shuffle else None,
        }

    def load_state_dict(self, state: Mapping[str, Any]) -> None:
        """Go back to a `state_dict()`: the next `for` gives the batches that came after it."""
        mine = self.state_dict()
        differ = [
            f"{name} {state[name]} where this one has {mine[name]}"
            for name in ("length", "batch_size", "drop_last")
            if state[name] != mine[name]
        ]
        if (state["generator"] is None) == self.shuffle:
            differ.append(f"shuffle {not self.shuffle} where this one has {self.shuffle}")
        if differ:
            raise ValueError(f"DataLoader: the state is of a loader with {', '.join(differ)}")
        if self.shuffle:
            set_generator_state(self.generator, state["start"] or state["generator"], "DataLoader")
        self._position, self._start = state["position"], state["start"]
        self._resumed = self._order() if self._position else None
        if self.shuffle:
            set_generator_state(self.generator, state["generator"], "DataLoader")


def collate(items: list[Any]) -> Any:
    """Stack observations: of tuples a tuple, of dictionaries a dictionary, of arrays an array.

    >>> collate([([1.0, 2.0], 0), ([3.0, 4.0], 1)])
    (array([[1., 2.],
           [3., 4.]]), array([0, 1]))
    """
    first = items[0]
    if isinstance(first, tuple):
        if len({len(item) for item in items}) > 1:
            raise ValueError(
                f"DataLoader: observations of one batch have {sorted({len(i) for i in items})} "
                f"parts, but must have as many"
            )
        return tuple(collate(list(part)) for part in zip(*items, strict=True))
    if isinstance(first, Mapping):
        return {key: collate([item[key] for item in items]) for key in first}
    try:
        arrays = [np.asarray(item) for item in items]
    except ValueError as error:
        raise ValueError(
            f"DataLoader: an observation with parts must be a tuple (features, label), but is a "
            f"{type(first).__name__}, which is no array ({error})"
        ) from error
    if len({array.shape for array in arrays}) > 1:
        raise ValueError(
            f"DataLoader: observations of one batch have the shapes "
            f"{', '.join(map(str, sorted({a.shape for a in arrays})))}: they can't be stacked"
        )
    return np.stack(arrays)
