"""Parameters and weights of observations that can not be."""

import numpy as np
import pytest

import nn
from nn.estimators.parameters import check_parameters, checked_weights
from tests.nn.estimators.against import LINE


@pytest.mark.parametrize(
    ("options", "error"),
    [
        ({"solver": "newton"}, "solver must be one of 'sgd', 'adam', 'lbfgs', but is 'newton'"),
        ({"hidden_layer_sizes": (3, 0)}, r"such as \(100,\), but is \(3, 0\)"),
        ({"hidden_layer_sizes": 2.5}, "hidden_layer_sizes must be"),
        ({"batch_size": 0}, "batch_size must be 'auto' or a whole number from 1, but is 0"),
        ({"momentum": 1.0}, "momentum must be at least 0 and less than 1, but is 1.0"),
        ({"learning_rate_init": 0}, "learning_rate_init must be more than 0, but is 0"),
        ({"max_iter": 1.5}, "max_iter must be a whole number from 1, but is 1.5"),
        ({"n_iter_no_change": 0}, "n_iter_no_change must be"),
        ({"early_stopping": True, "validation_fraction": 0.005}, "raise validation_fraction"),
        ({"alpha": float("nan")}, "alpha must be at least 0, but is nan"),
    ],
)
def test_parameters_that_can_not_be(options, error):
    with pytest.raises(ValueError, match=error):
        nn.MLPRegressor(**options).fit(*LINE)
    with pytest.raises(TypeError, match="alpha must be a number, but is '1'"):
        nn.MLPRegressor(alpha="1").fit(*LINE)


@pytest.mark.parametrize("estimator", [nn.MLPClassifier, nn.MLPRegressor])
def test_the_defaults_and_numbers_of_numpy_can_be(estimator):
    check_parameters(estimator())
    check_parameters(estimator(np.array([3, 2]), alpha=np.float32(0), max_iter=np.int64(3)))
    check_parameters(estimator(7, n_iter_no_change=np.inf, batch_size=np.int32(5), momentum=0))


def test_weights_of_observations():
    X = np.zeros((3, 1), np.float32)
    assert checked_weights(None, X) is None
    assert checked_weights(2, X).tolist() == [2, 2, 2]
    assert checked_weights([1, 0, 3], X).dtype == np.float32
    for weights, error in {
        (1.0, 2.0): r"sample_weight has shape \(2,\), but must be \(3,\)",
        (1.0, -2.0, 1.0): "not negative",
        (1.0, np.nan, 1.0): "must be finite",
        (0.0, 0.0, 0.0): "not all zero",
    }.items():
        with pytest.raises(ValueError, match=error):
            checked_weights(weights, X)
