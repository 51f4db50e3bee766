"""Training ends when scikit-learn's does."""

import numpy as np
import pytest
from numpy.testing import assert_allclose

import nn
from nn.estimators.stopping import NoImprovement
from tests.nn.estimators.against import IRIS, LINE, TWO, fitted


@pytest.mark.parametrize("rate", ["constant", "adaptive"])
@pytest.mark.parametrize("early", [False, True])
def test_training_stops_when_scikit_learns_does(rate, early):
    options = {"solver": "sgd", "learning_rate": rate, "momentum": 0, "max_iter": 2000}
    ours, sk = fitted(
        "MLPRegressor", LINE, **options, early_stopping=early, n_iter_no_change=3,
        learning_rate_init=0.01, tol=1e-3,
    )  # fmt: skip
    assert ours.n_iter_ == sk.n_iter_ < 2000
    assert_allclose(ours.loss_curve_, sk.loss_curve_, rtol=1e-8)
    assert_allclose(ours.predict(LINE[0]), sk.predict(LINE[0]), rtol=1e-7)
    if early:
        assert_allclose(ours.validation_scores_, sk.validation_scores_, rtol=1e-7)
        assert_allclose(ours.best_validation_score_, max(ours.validation_scores_))
    else:
        assert_allclose(ours.best_loss_, sk.best_loss_, rtol=1e-8)


@pytest.mark.parametrize("data", [IRIS, TWO], ids=["three classes", "two"])
def test_the_validation_part_is_that_of_scikit_learn(data):
    ours, sk = fitted(
        "MLPClassifier", data, early_stopping=True, learning_rate_init=0.01, max_iter=500, tol=1e-3
    )
    assert ours.n_iter_ == sk.n_iter_ < 500
    assert_allclose(ours.validation_scores_, sk.validation_scores_)
    assert_allclose(ours.predict_proba(data[0]), sk.predict_proba(data[0]), rtol=1e-6)


def test_the_best_weights_come_back():
    X, scores = np.ones((4, 1)), [1.0, 3.0, 2.0, 2.5, 0.0]
    net = nn.Linear(1, 1, rng=0)
    seen = []

    def score(model):
        seen.append(model.state_dict())
        return scores[len(seen) - 1]

    stop = NoImprovement(tol=0.1, patience=2, score=score)
    optimizer = nn.optim.SGD(net.parameters(), lr=0.1)
    history = nn.fit(net, (X, X), nn.MSELoss(), optimizer, epochs=50, callbacks=[stop])
    assert (history.epochs, stop.best, stop.scores) == (5, 3.0, scores)
    assert net.weight.value == seen[1]["weight"] != seen[4]["weight"]
    assert history.stopped.startswith("the validation score has not improved by 0.1")
