"""Data sets of scikit-learn to train on, split and scaled."""

from __future__ import annotations

import numpy as np
from numpy.typing import DTypeLike

from nn.data.prepared import Split
from nn.data.scaling import StandardScaler
from nn.extras import needs

NAMES = ("digits", "moons", "cancer")
"""The data sets that `load` knows."""


def load(
    name: str, seed: int = 0, *, test_size: float = 0.2, dtype: DTypeLike = np.float64
) -> Split:
    """Load a data set of scikit-learn and split it, every class in the same proportion.

    - "digits": 1797 images of 8 x 8 pixels, scaled from 0..16 to 0..1; 10 classes.
    - "moons": 500 points of two interleaved half circles, with noise 0.2, drawn with `seed`.
    - "cancer": 569 breast tumours with 30 measurements, scaled to mean 0 and standard deviation
      1 on the training observations; "malignant" is 0, "benign" 1.

    `seed` decides which observations are in the test part, a fraction `test_size` of all. Files
    of raw features are read as numbers without a header.

    >>> data = load("digits", seed=0)
    >>> data.X_train.shape, data.X_test.shape
    ((1437, 64), (360, 64))
    """
    if name not in NAMES:
        raise ValueError(f"there is no data set {name!r}; there are {', '.join(NAMES)}")
    if seed < 0:
        raise ValueError(f"load: the seed must not be negative, but is {seed}")
    with needs("scikit-learn", f"the data set {name!r}"):
        from sklearn import datasets
        from sklearn.model_selection import train_test_split
    if name == "moons":
        X, y = datasets.make_moons(500, noise=0.2, random_state=seed)
        classes: tuple[str, ...] = ("upper", "lower")
    else:
        source = datasets.load_digits() if name == "digits" else datasets.load_breast_cancer()
        X, y = source.data, source.target
        classes = tuple(str(label) for label in source.target_names)
    X_train, X_test, y_train, y_test = train_test_split(
        X, y, test_size=test_size, random_state=seed, stratify=y
    )
    d = X.shape[1]
    if name == "digits":
        scaler = StandardScaler.of(np.zeros(d), np.full(d, 16.0))
    elif name == "cancer":
        scaler = StandardScaler().fit(X_train)
    else:
        scaler = StandardScaler.of(np.zeros(d), np.ones(d))
    return Split(
        name=name,
        seed=int(seed),
        X_train=scaler.transform(X_train).astype(dtype),
        y_train=y_train.astype(np.int64),
        X_test=scaler.transform(X_test).astype(dtype),
        y_test=y_test.astype(np.int64),
        classes=classes,
        scaler=scaler,
        reading={"header": False, "categories": {}},
    )
