"""scikit-learn's own checks of an estimator, none of which is expected to fail."""

import pytest
from sklearn.utils.estimator_checks import parametrize_with_checks

import nn

unfinished = pytest.mark.filterwarnings("ignore::sklearn.exceptions.ConvergenceWarning")


@parametrize_with_checks([nn.MLPClassifier(max_iter=100), nn.MLPRegressor(max_iter=100)])
@unfinished
def test_scikit_learns_checks(estimator, check):
    check(estimator)


@pytest.mark.slow
@parametrize_with_checks(
    [
        nn.MLPClassifier(),
        nn.MLPRegressor(),
        nn.MLPClassifier(solver="lbfgs", max_iter=100, random_state=0),
        nn.MLPRegressor(solver="lbfgs", max_iter=100, random_state=0),
        nn.MLPClassifier(solver="sgd", learning_rate_init=0.1, random_state=0),
        nn.MLPRegressor(solver="sgd", random_state=0),
    ]
)
@unfinished
def test_scikit_learns_checks_of_other_settings(estimator, check):
    check(estimator)
