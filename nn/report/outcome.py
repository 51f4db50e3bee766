"""What a report is about: a training and its answers for the test part."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, TypeAlias

import numpy as np

from nn.data import Split
from nn.module import Module
from nn.training.history import History
from nn.training.settings import Settings

Array: TypeAlias = np.ndarray[Any, Any]


@dataclass(frozen=True)
class Outcome:
    """A training that is done.

    `answers` are those for the test part: probabilities (n, K) of the classes, or numbers (n, 1)
    in the units of the target. `figures` tell how good they are, and `norms` are those of the
    gradients, by layer, as `GradientNorms` has them. `target` is what the numbers are called.
    """

    model: Module
    split: Split
    settings: Settings
    history: History
    answers: Array
    figures: Mapping[str, float]
    norms: Mapping[str, list[float]]
    target: str = "target"

    @property
    def labels(self) -> Array:
        """The test part's labels (n,), or its targets in their own units."""
        return self.split.test_labels()

    @property
    def predicted(self) -> Array:
        """The classes (n,), or numbers (n,), that the answers stand for."""
        chosen: Array = self.answers.argmax(axis=1) if self.split.classes else self.answers[:, 0]
        return chosen


def spread(n: int, most: int) -> Array:
    """The numbers from 0 to n - 1, or `most` of them, evenly spread from the first to the last.

    >>> spread(3, 5), spread(9, 3)
    (array([0, 1, 2]), array([0, 4, 8]))
    """
    return np.linspace(0, n - 1, min(n, most)).astype(np.int64)


def feature_names(split: Split) -> list[str]:
    """What the columns of the features are called.

    >>> from nn.data import load
    >>> feature_names(load("cancer"))[:2]
    ['mean radius', 'mean texture']
    """
    names: list[str] = []
    for name in split.reading.get("features", ()):
        kinds = split.reading["categories"].get(name)
        names += [name] if kinds is None else [f"{name}={kind}" for kind in kinds]
    if not names and split.name == "cancer":
        from sklearn.datasets import load_breast_cancer

        names = [str(name) for name in load_breast_cancer().feature_names]
    return names or [f"x{j}" for j in range(split.n_features)]
