"""Document 001, rows 93 to 99: gates, the network of the lectures, and further data."""

import numpy as np
import pytest
from sklearn import datasets

import nn
from nn.lecture import (
    FFNN,
    Adagrad,
    AdagradMomentum,
    Adam,
    Constant,
    CostCrossEntropy,
    CostLogReg,
    CostOLS,
    Momentum,
    RMSprop,
    Scheduler,
    sigmoid,
    softmax,
)
from tests.documents.helpers import descend, lecture_net
from tests.test_exact_figures import close

GATES = np.array([[0.0, 0], [0, 1], [1, 0], [1, 1]])
OR, XOR, AND = (np.reshape(y, (4, 1)) for y in ([0, 1, 1, 1], [0, 1, 1, 0], [0, 0, 0, 1]))


# ---------------------------------------------------------------------------------------- gates


def solve_gate(y, units, seed, steps=1000):
    """Whether the network gives the gate after Adam 0.1, and its last loss."""
    net = nn.MLP(units, "sigmoid", init=nn.init.normal, rng=seed)
    optimizer = nn.optim.Adam(net.parameters(), lr=0.1)
    losses = descend(optimizer, nn.BCEWithLogitsLoss()(net(GATES), y.astype(float)), steps)
    return nn.accuracy(net, GATES, y) == 1, losses[-1]


@pytest.mark.parametrize("outputs", [1, 2])
def test_row_93_gates_feed_forward(outputs):
    """A 4 x 2 design matrix, and 2-2-1 or 2-2-2; four possible inputs, not outputs."""
    assert (GATES.shape, OR.sum(), XOR.sum(), AND.sum()) == ((4, 2), 3, 2, 1)
    net = lecture_net(2, inputs=2, outputs=outputs)
    W1, b1, W2, b2 = (p.value for p in net.parameters())
    a = 1 / (1 + np.exp(-(GATES @ W1 + b1)))
    close(net(GATES).value, a @ W2 + b2)
    for y in (OR, AND):
        optimizer = nn.optim.Adam(net.parameters(), lr=0.1)
        loss = nn.BCEWithLogitsLoss() if outputs == 1 else nn.CrossEntropyLoss()
        labels = y.astype(float) if outputs == 1 else y.ravel()
        descend(optimizer, loss(net(GATES), labels), 500)
        assert nn.accuracy(net, GATES, y.ravel()) == 1


def test_row_94_grid_on_the_gates():
    """OR and AND are learned in some cell of a grid of `nn.MLPClassifier` with 2 hidden units."""
    from sklearn.exceptions import ConvergenceWarning

    scores = {}
    for name, y in {"OR": OR, "AND": AND}.items():
        for eta in (1e-5, 1e-1):
            clf = nn.MLPClassifier(
                (2,), activation="logistic", learning_rate_init=eta, max_iter=300, random_state=0,
                tol=0.0,
            )  # fmt: skip
            with pytest.warns(ConvergenceWarning):
                clf.fit(GATES, y.ravel())
            scores[name, eta] = clf.score(GATES, y.ravel())
    assert scores["OR", 0.1] == scores["AND", 0.1] == 1
    assert scores["OR", 1e-5] < 1


@pytest.mark.slow
@pytest.mark.filterwarnings("ignore::sklearn.exceptions.ConvergenceWarning")
def test_row_94_whole_grid_on_the_gates(pyplot):
    """7 x 7 cells for each gate: OR and AND are solved in some, none at the smallest rate."""
    etas = alphas = np.logspace(-5, 1, 7)
    for y, solvable in ((OR, True), (AND, True), (XOR, False)):
        scores = np.zeros((7, 7))
        for i, eta in enumerate(etas):
            for j, alpha in enumerate(alphas):
                clf = nn.MLPClassifier(
                    (2,), activation="logistic", alpha=alpha, learning_rate_init=eta, max_iter=300,
                    random_state=0,
                )  # fmt: skip
                clf.fit(GATES, y.ravel())
                scores[i, j] = clf.score(GATES, y.ravel())
        assert scores[0].max() < 1
        if solvable:
            assert scores.max() == 1
        assert len(nn.plots.heat_map(scores, etas, alphas).texts) == 49


def test_row_95_schedulers():
    """An abstract class; update_change, reset; Constant and Momentum keep what they have."""
    with pytest.raises(TypeError, match="abstract"):
        Scheduler(0.1)
    g = np.array([[1.0, -2.0], [0.5, 0.0]])
    assert Constant(0.1).update_change(g).tolist() == (0.1 * g).tolist()
    momentum = Momentum(0.1, 0.9)
    first = momentum.update_change(g)
    momentum.reset()
    np.testing.assert_allclose(momentum.update_change(g), 0.9 * first + 0.1 * g)
    for scheduler, expected in (
        (Adagrad(0.1), 0.1 * g / (np.abs(g) + 1e-8)),
        (AdagradMomentum(0.1, 0.9), 0.1 * g / (np.abs(g) + 1e-8)),
        (RMSprop(0.1, 0.9), 0.1 * g / (np.sqrt(0.1) * np.abs(g) + 1e-8)),
        (Adam(0.1, 0.9, 0.999), 0.1 * g / (np.abs(g) + 1e-8)),
    ):
        one = scheduler.update_change(g)
        np.testing.assert_allclose(one, expected, rtol=1e-7)
        two = scheduler.update_change(g)
        assert not np.allclose(one, two) or isinstance(scheduler, Adam)
        scheduler.reset()
        again = scheduler.update_change(g)
        if isinstance(scheduler, AdagradMomentum):  # the momentum is kept
            np.testing.assert_allclose(again, 0.9 * two + expected, rtol=1e-7)
        else:
            np.testing.assert_allclose(again, one, rtol=1e-12)


def test_row_96_network_of_the_lectures():
    """FFNN(nodes, output_func, cost_func, seed): reset_weights, fit -> scores."""
    net = FFNN((2, 3, 1), output_func=sigmoid, cost_func=CostLogReg, seed=1)
    weights = [p.value.copy() for layer in net.layers for p in layer.parameters()]
    scores = net.fit(GATES, OR, Adam(0.1, 0.9, 0.999), epochs=200)
    assert scores["train_errors"].shape == (200,)
    assert scores["train_errors"][-1] < scores["train_errors"][0]
    assert scores["train_accs"][-1] == 1
    net.reset_weights()
    again = [p.value for layer in net.layers for p in layer.parameters()]
    assert all(np.array_equal(a, b) for a, b in zip(weights, again, strict=True))
    X = np.linspace(-1, 1, 20).reshape(-1, 1)
    regression = FFNN((1, 1), cost_func=CostOLS, seed=0)
    scores = regression.fit(X, 2 * X + 1, Constant(0.5), epochs=200)
    assert scores.keys() == {"train_errors"}
    assert scores["train_errors"][-1] < 1e-20
    y = nn.data.one_hot((X.ravel() > 0).astype(int))
    two = FFNN((1, 2), output_func=softmax, cost_func=CostCrossEntropy, seed=0)
    assert two.fit(X, y, Adam(0.1, 0.9, 0.999), epochs=100)["train_accs"][-1] == 1


@pytest.mark.parametrize("eta", [1e-1, 1e-4])
def test_row_97_xor_with_the_network_of_the_lectures(eta):
    """Hidden units are needed, and a learning rate that is not too small."""
    net = FFNN((2, 4, 1), output_func=sigmoid, cost_func=CostLogReg, seed=0)
    scores = net.fit(GATES, XOR, Adam(eta=eta, rho=0.9, rho2=0.999), epochs=1000)
    solved = np.array_equal(net.predict(GATES), XOR)
    assert solved == (eta == 1e-1)
    assert (scores["train_accs"][-1] == 1) == solved
    line = FFNN((2, 1), output_func=sigmoid, cost_func=CostLogReg, seed=0)
    scores = line.fit(GATES, XOR, Adam(eta=1e-1, rho=0.9, rho2=0.999), epochs=1000)
    errors = scores["train_errors"]
    assert np.log(2) - 1e-15 <= errors.min() < errors[-1] < np.log(2) + 0.01  # p = 1/2 is best
    assert scores["train_accs"][-1] <= 0.75


def test_row_97_gates_of_some_seeds():
    assert sum(solve_gate(XOR, [2, 4, 1], seed)[0] for seed in range(6)) >= 3
    assert all(solve_gate(y, [2, 2, 1], seed, 500)[0] for y in (OR, AND) for seed in range(3))
    for seed in range(3):
        solved, loss = solve_gate(XOR, [2, 1], seed)
        assert not solved
        assert np.log(2) - 1e-15 <= loss < np.log(2) + 0.01


@pytest.mark.slow
@pytest.mark.parametrize(
    ("gate", "units", "least", "most"),
    [
        (XOR, [2, 4, 1], 88, 94),
        (XOR, [2, 2, 1], 41, 52),
        (XOR, [2, 1], 0, 0),
        (OR, [2, 2, 1], 100, 100),
        (AND, [2, 2, 1], 100, 100),
    ],
)
def test_row_97_gates_of_a_hundred_seeds(gate, units, least, most):
    assert least <= sum(solve_gate(gate, units, seed)[0] for seed in range(100)) <= most


# -------------------------------------------------------------------------------- further data


def test_row_98_two_hidden_layers_on_digits():
    data = nn.data.load("digits")
    net = nn.MLP([64, 100, 50, 10], rng=0)
    assert net.num_parameters() == 64 * 100 + 100 + 100 * 50 + 50 + 50 * 10 + 10
    optimizer = nn.optim.Adam(net.parameters(), lr=0.005)
    data_train = (data.X_train, data.y_train)
    nn.fit(
        net, data_train, nn.CrossEntropyLoss(), optimizer, epochs=15, batch_size=100, rng=0,
        progress=False,
    )  # fmt: skip
    assert nn.accuracy(net, data.X_test, data.y_test) > 0.94


def train_cancer(seed, epochs=100):
    """30-10-1, sigmoids, SGD 0.1 with L2: accuracy on the test part."""
    data = nn.data.load("cancer", seed)
    net = nn.MLP([30, 10, 1], "sigmoid", rng=seed)

    def loss(Z, y):
        return nn.BCEWithLogitsLoss()(Z, y) + nn.l2_penalty(net, 1e-4)

    optimizer = nn.optim.SGD(net.parameters(), lr=0.1)
    y = data.y_train.reshape(-1, 1).astype(float)
    nn.fit(
        net, (data.X_train, y), loss, optimizer, epochs=epochs, batch_size=32, rng=seed,
        progress=False,
    )  # fmt: skip
    return nn.accuracy(net, data.X_test, data.y_test)


def test_row_99_breast_cancer():
    """569 x 30; 0 is malignant and 1 benign; dense layers, L2, SGD, also with one-hot labels."""
    source = datasets.load_breast_cancer()
    assert source.data.shape == (569, 30)
    assert np.bincount(source.target).tolist() == [212, 357]
    data = nn.data.load("cancer")
    assert data.classes == ("malignant", "benign")
    assert train_cancer(0, epochs=20) > 0.9
    net = nn.Sequential(nn.Linear(30, 10, rng=0), nn.ReLU(), nn.Linear(10, 2, rng=1))
    y = nn.data.one_hot(data.y_train)
    optimizer = nn.optim.SGD(net.parameters(), lr=0.1, weight_decay=1e-4)
    nn.fit(net, (data.X_train, y), nn.CrossEntropyLoss(), optimizer, epochs=20, rng=0)
    assert nn.accuracy(net, data.X_test, data.y_test) > 0.9


@pytest.mark.slow
def test_row_99_breast_cancer_over_seeds():
    """At least the 0.957 of other engines, whose settings are not given: scaled, it is 0.98.

    Of 114 test observations and 10 seeds one standard deviation of the mean is 0.006.
    """
    assert np.mean([train_cancer(seed) for seed in range(10)]) > 0.957
