"""Regression: shapes of targets, and trainings that diverge."""

import numpy as np
import pytest
from numpy.testing import assert_allclose
from sklearn.exceptions import DataConversionWarning
from sklearn.model_selection import GridSearchCV

import nn
from tests.nn.estimators.against import LINE, PLANE


def test_predictions_have_the_shape_of_the_targets():
    model = nn.MLPRegressor((8,), solver="lbfgs", alpha=0.1, max_iter=500, random_state=0)
    assert model.fit(*LINE).predict(LINE[0]).shape == (150,)
    assert model.score(*LINE) > 0.9
    one = model.predict(LINE[0])
    with pytest.warns(DataConversionWarning, match="column-vector y"):
        column = model.fit(LINE[0], LINE[1].reshape(-1, 1)).predict(LINE[0])
    assert (column == one).all()
    assert model.fit(*PLANE).predict(PLANE[0]).shape == (150, 2)


def test_the_loss_is_half_the_square_with_the_penalty():
    X, y = PLANE
    model = nn.MLPRegressor((), solver="lbfgs", alpha=3.0, tol=1e-9, random_state=0).fit(X, y)
    (W,), (b,) = model.coefs_, model.intercepts_
    error = X @ W + b - y
    assert_allclose(model.loss_, ((error**2).sum() + 3.0 * (W**2).sum()) / 2 / len(X))
    # Its minimum is that of ridge regression with an intercept, by the normal equations.
    x, t = X - X.mean(axis=0), y - y.mean(axis=0)
    V = np.linalg.solve(x.T @ x + 3.0 * np.eye(2), x.T @ t)
    minimum = (((x @ V - t) ** 2).sum() + 3.0 * (V**2).sum()) / 2 / len(X)
    assert -1e-12 < model.loss_ - minimum < 1e-8  # an iteration that gains under 1e-9 is the last


@pytest.mark.filterwarnings("ignore::sklearn.exceptions.FitFailedWarning")
@pytest.mark.filterwarnings("ignore:One or more of the test scores")
def test_a_diverging_candidate_is_nan_in_a_search():
    model = nn.MLPRegressor((5,), solver="sgd", max_iter=50, tol=1.0, random_state=0)
    search = GridSearchCV(model, {"learning_rate_init": [1e-3, 1e6]}, cv=2).fit(*LINE)
    assert np.isnan(search.cv_results_["mean_test_score"]).tolist() == [False, True]
    with pytest.raises(nn.NonFiniteError, match=r"layer \d, Linear"):
        model.set_params(learning_rate_init=1e6).fit(*LINE)
    assert not hasattr(model, "network_")
