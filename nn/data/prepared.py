"""Data that are split and scaled: what a network is trained and tested on."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any, Literal, TypeAlias

import numpy as np

from nn.data.scaling import StandardScaler

Array: TypeAlias = np.ndarray[Any, Any]


@dataclass(frozen=True)
class Split:
    """A data set, split into training and test observations.

    X_train (n, d) and X_test (m, d) are scaled features. Of a classification y_train (n,) and
    y_test (m,) are integer labels, the numbers of `classes`; of a regression, which has no
    classes, they are scaled targets (n, 1) and (m, 1). A raw row x is made ready for a network
    that was trained on X_train by `scaler.transform(x)`, and a prediction z is brought back to the
    units of the target by `target_scaler.inverse_transform(z)`.

    `reading` has the arguments with which `read_csv` reads raw features from another file.
    """

    name: str
    seed: int
    X_train: Array
    y_train: Array
    X_test: Array
    y_test: Array
    classes: tuple[str, ...]
    scaler: StandardScaler
    target_scaler: StandardScaler | None = None
    reading: Mapping[str, Any] = field(default_factory=dict)

    @property
    def n_features(self) -> int:
        """d, the number of columns of X_train."""
        return int(self.X_train.shape[1])

    @property
    def n_outputs(self) -> int:
        """The scores that a network must give: one for each class, or one number."""
        return len(self.classes) or 1

    def test_labels(self) -> Array:
        """The test part's labels (m,), or its targets (m,) in their own units."""
        if self.target_scaler is None:
            return self.y_test
        raw: Array = self.target_scaler.inverse_transform(self.y_test)[:, 0]
        return raw

    @property
    def task(self) -> Literal["classification", "regression"]:
        """What is to be learnt: classes or numbers."""
        return "classification" if self.classes else "regression"
