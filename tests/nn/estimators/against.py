"""Data, and trainings of our estimators and of scikit-learn's from the same weights."""

import warnings

import numpy as np
from sklearn import neural_network as theirs
from sklearn.datasets import load_iris
from sklearn.exceptions import ConvergenceWarning

import nn

IRIS = load_iris(return_X_y=True)
TWO = (IRIS[0][:100], IRIS[1][:100])
LINE = (IRIS[0][:, :3] - 3, IRIS[0][:, 3])
PLANE = (IRIS[0][:, :2] - 3, IRIS[0][:, 2:])
WEIGHTS = np.random.default_rng(0).integers(1, 4, 150).astype(float)

# Their "epsilon" stands elsewhere in the formula, so it is made too small to matter.
SAME = {"epsilon": 1e-15, "shuffle": False, "random_state": 3, "batch_size": 40}


def fitted(kind, data, weights=None, **options):
    """Our estimator and theirs after the same training."""
    pair = []
    for package in (nn, theirs):
        with warnings.catch_warnings():
            warnings.simplefilter("ignore", ConvergenceWarning)
            pair.append(getattr(package, kind)(**{**SAME, **options}).fit(*data, weights))
    return pair
