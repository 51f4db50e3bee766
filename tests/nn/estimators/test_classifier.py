"""Classification: gates, probabilities, labels that can not be."""

import numpy as np
import pytest
from numpy.testing import assert_allclose
from sklearn import neural_network as theirs

import nn
from tests.nn.estimators.against import IRIS, TWO

GATES = np.array([[0.0, 0], [0, 1], [1, 0], [1, 1]])


@pytest.mark.parametrize("package", [nn, theirs])
@pytest.mark.parametrize("gate", ["or", "and", "xor"])
def test_gates(package, gate):
    y = {"or": [0, 1, 1, 1], "and": [0, 0, 0, 1], "xor": [0, 1, 1, 0]}[gate]
    solved = 0
    for seed in range(10):
        model = package.MLPClassifier(
            (4,), "logistic", solver="lbfgs", alpha=1e-6, random_state=seed
        )
        solved += model.fit(GATES, y).score(GATES, y) == 1
    assert solved >= 7 if gate == "xor" else solved == 10


@pytest.mark.parametrize("data", [IRIS, TWO], ids=["three classes", "two"])
def test_logarithms_of_probabilities_are_precise(data):
    model = nn.MLPClassifier((), max_iter=30, tol=1, random_state=0).fit(*data)
    far = data[0] * 30
    log, p = model.predict_log_proba(far), model.predict_proba(far)
    assert (log[p > 0] < 0).all()  # also where p rounds to 1
    assert p.min() < 1e-20
    assert_allclose(np.exp(log), p, rtol=1e-12)
    gone = model.predict_proba(data[0] * 1e5) == 0
    assert gone.any()
    assert (np.isneginf(model.predict_log_proba(data[0] * 1e5)) == gone).all()


def test_classes_may_be_strings():
    names = np.array(["setosa", "versicolor", "virginica"])[IRIS[1]]
    model = nn.MLPClassifier((5,), solver="lbfgs", alpha=0.1, random_state=0).fit(IRIS[0], names)
    assert model.classes_.tolist() == ["setosa", "versicolor", "virginica"]
    assert model.score(IRIS[0], names) > 0.95
    assert model.out_activation_ == "softmax"


def test_data_that_can_not_be():
    with pytest.raises(ValueError, match=r"all labels are 1: there must be at least one class"):
        nn.MLPClassifier().fit(GATES, [1, 1, 1, 1])
    with pytest.raises(ValueError, match=r"sample_weight has shape \(2,\), but must be \(4,\)"):
        nn.MLPClassifier().fit(GATES, [0, 1, 1, 1], [1.0, 2.0])
    with pytest.raises(ValueError, match="not negative"):
        nn.MLPClassifier().fit(GATES, [0, 1, 1, 1], [1.0, 2.0, -1.0, 1.0])
    with pytest.warns(UserWarning, match="batch_size is 9, but there are only 4"):
        nn.MLPRegressor(batch_size=9, max_iter=30, tol=1).fit(GATES, [0, 1, 1, 1])
