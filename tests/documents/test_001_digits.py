"""Document 001, rows 84 to 92: networks on digits."""

import numpy as np
import pytest
from sklearn import datasets

import nn
from tests.documents.helpers import constant, lecture_net
from tests.test_exact_figures import EXACT, close


class NeuralNetwork:
    """The document's class on this package: X, Y, sizes, epochs, batch_size, eta, lmbd."""

    def __init__(self, X, Y, n_hidden=50, n_out=10, epochs=10, batch_size=100, eta=0.1, lmbd=0.0):
        self.X, self.Y, self.epochs, self.batch_size = X, Y, epochs, batch_size
        self.eta, self.lmbd = eta, lmbd
        self.net = lecture_net(n_hidden, outputs=n_out, inputs=X.shape[1])

    def loss(self, Z, Y):
        return nn.CrossEntropyLoss()(Z, Y) + nn.l2_penalty(self.net, self.lmbd)

    def train(self):
        optimizer = nn.optim.SGD(self.net.parameters(), lr=self.eta)
        return nn.fit(
            self.net,
            (self.X, self.Y),
            self.loss,
            optimizer,
            epochs=self.epochs,
            batch_size=self.batch_size,
            rng=0,
            progress=False,
        )

    def predict_probabilities(self, X):
        return nn.Softmax()(nn.predict(self.net, X)).value

    def predict(self, X):
        return self.predict_probabilities(X).argmax(axis=1)


def train_digits(seed, optimizer, lr):
    """Accuracy on the test part of digits from 0 to 1, from Glorot weights, in 100 epochs."""
    X, y = datasets.load_digits(return_X_y=True)
    X_train, X_test, y_train, y_test = nn.data.train_test_split(
        X / 16, y, test_size=0.2, random_state=seed
    )
    net = nn.MLP([64, 50, 10], "sigmoid", init=nn.init.glorot_uniform, rng=seed)
    rule = getattr(nn.optim, optimizer)(net.parameters(), lr=lr)
    loss = nn.CrossEntropyLoss()
    nn.fit(net, (X_train, y_train), loss, rule, epochs=100, batch_size=100, rng=seed)
    return nn.accuracy(net, X_test, y_test)


# --------------------------------------------------------------------------------------- digits


def test_row_84_digits_and_their_split():
    """1797 images of 8 x 8 in 64 columns; 1437 to train and 360 to test, pairs kept together."""
    digits = datasets.load_digits()
    inputs, labels = digits.images.reshape(len(digits.images), -1), digits.target
    assert inputs.shape == (1797, 64)
    assert labels[:4].tolist() == [0, 1, 2, 3]  # not 5, 3, 1, 8: this is no MNIST
    assert np.array_equal(nn.Flatten()(digits.images).value, inputs)
    numbered = np.column_stack([inputs, np.arange(1797)])
    X_train, X_test, y_train, y_test = nn.data.train_test_split(
        numbered, labels, test_size=0.2, random_state=0
    )
    assert (len(X_train), len(X_test)) == (1437, 360)
    for X, y in ((X_train, y_train), (X_test, y_test)):
        assert np.array_equal(labels[X[:, -1].astype(int)], y)
    rows = [*X_train[:, -1], *X_test[:, -1]]
    assert sorted(rows) == list(range(1797))
    rng = np.random.default_rng(0)  # the document shuffles inputs and labels by separate calls
    kept = np.sum(rng.permutation(1797) == rng.permutation(1797))
    assert kept < 10
    data = nn.data.load("digits")
    assert (data.X_train.shape, data.X_test.shape) == ((1437, 64), (360, 64))


def test_row_85_feed_forward_with_softmax():
    net = lecture_net()
    assert [layer.num_parameters() for layer in net] == [3250, 0, 510]
    counts = EXACT["counts"]["64,50,10"]
    assert net.num_parameters() == counts["with_bias"]
    W = net[0].weight.value
    assert abs(W.mean()) < 4 / np.sqrt(W.size)  # 4 standard errors
    assert abs(W.std() - 1) < 4 / np.sqrt(2 * W.size)
    assert (net[0].bias.value == 0.01).all()
    X = nn.data.load("digits").X_test
    probabilities = nn.Softmax()(net(X)).value
    assert probabilities.shape == (360, 10)
    np.testing.assert_allclose(probabilities.sum(axis=1), 1, rtol=1e-14)
    a = 1 / (1 + np.exp(-(X @ W + 0.01)))
    z = np.exp(a @ net[2].weight.value + 0.01)
    np.testing.assert_allclose(probabilities, z / z.sum(axis=1, keepdims=True), rtol=1e-12)


def by_hand(net, X, Y, error):
    """Gradients in matrix form for an output error delta_L, of sums."""
    a = 1 / (1 + np.exp(-(X @ net[0].weight.value + net[0].bias.value)))
    hidden = error @ net[2].weight.value.T * a * (1 - a)
    return [X.T @ hidden, hidden.sum(axis=0), a.T @ error, error.sum(axis=0)]


def test_row_86_back_propagation_in_matrix_form():
    """delta_L = p - t, a^T delta_L, the sum of delta_L; with t - p the loss rises."""
    data, net = nn.data.load("digits"), lecture_net()
    X, y = data.X_train[:100], data.y_train[:100]
    loss = nn.CrossEntropyLoss()(net(X), y)
    loss.backward()
    error = nn.Softmax()(net(X)).value - nn.data.one_hot(y, 10)
    gradients = by_hand(net, X, y, error)
    for p, gradient in zip(net.parameters(), gradients, strict=True):
        np.testing.assert_allclose(p.grad, gradient / 100, rtol=1e-9, atol=1e-13)  # the mean's
    start = net.state_dict()
    for sign in (1, -1):
        net.load_state_dict(start)
        for p, gradient in zip(net.parameters(), by_hand(net, X, y, sign * error), strict=True):
            p.value -= 1e-4 * gradient
        new = nn.CrossEntropyLoss()(net(X), y).item()
        assert (new < loss.item()) == (sign == 1)


@pytest.mark.parametrize(("eta", "lmbd"), [(1e-5, 0.0), (0.1, 10.0)])
def test_row_86_no_learning_with_bad_hyper_parameters(eta, lmbd):
    data = nn.data.load("digits")
    dnn = NeuralNetwork(data.X_train, data.y_train, epochs=3, eta=eta, lmbd=lmbd)
    dnn.train()
    assert np.mean(dnn.predict(data.X_test) == data.y_test) < 0.25


def test_row_87_penalty_of_weights_only():
    """lambda sum w^2, gradient 2 lambda w; weight_decay = 2 lambda is the same step."""
    entry = EXACT["001.l1_l2_penalty"]
    layer = nn.Linear(*np.shape(entry["W"]), bias_init=constant(3.0))
    layer.weight.value = entry["W"]
    for penalty, value, gradient in (
        (nn.l2_penalty, "l2_value_lambda_sum_w2", "l2_grad_2_lambda_w"),
        (nn.l1_penalty, "l1_value", "l1_grad_sign"),
    ):
        layer.zero_grad()
        J = penalty(layer, entry["lambda"])
        J.backward()
        close(J.value, entry[value])
        close(layer.weight.grad, entry[gradient])
        assert layer.bias.grad is None
    X, y, after = np.ones((2, len(entry["W"]))), [0, 1], []
    for lmbd, decay in ((0.1, 0.0), (0.0, 0.2)):
        net = nn.Linear(*np.shape(entry["W"]))
        net.weight.value = entry["W"]
        optimizer = nn.optim.SGD(nn.penalties.decay_groups(net, decay), lr=0.5)
        (nn.CrossEntropyLoss()(net(X), y) + nn.l2_penalty(net, lmbd)).backward()
        optimizer.step()
        after.append(np.append(net.weight.value, net.bias.value))
    np.testing.assert_allclose(*after, rtol=1e-14)


def test_row_88_and_89_class_neural_network_and_accuracy():
    data = nn.data.load("digits")
    dnn = NeuralNetwork(data.X_train, data.y_train, 50, 10, epochs=30, batch_size=100, eta=0.5)
    history = dnn.train()
    assert history["loss"][-1] < history["loss"][0] / 5
    predicted = dnn.predict(data.X_test)
    assert np.array_equal(dnn.predict_probabilities(data.X_test).argmax(axis=1), predicted)
    from sklearn.metrics import accuracy_score

    accuracy = nn.metrics.accuracy_score(data.y_test, predicted)
    assert accuracy == accuracy_score(data.y_test, predicted)
    assert accuracy == np.sum(data.y_test == predicted) / len(data.y_test)
    assert accuracy > 0.85
    entry = EXACT["001.accuracy"]
    assert nn.metrics.accuracy_score(entry["y"], entry["pred"]) == entry["accuracy"]


def test_row_89_minibatches_of_an_epoch():
    """ceil(N / M) batches, the last one smaller, not N / M."""
    data = nn.data.load("digits")
    loader = nn.DataLoader(nn.TensorDataset(data.X_train), batch_size=100, shuffle=True, rng=0)
    assert [len(X) for (X,) in loader] == [100] * 14 + [37]


@pytest.mark.slow
@pytest.mark.parametrize(
    ("optimizer", "lr", "expected"), [("SGD", 0.5, 0.962), ("Adam", 0.01, 0.971)]
)
def test_row_89_accuracy_over_seeds(optimizer, lr, expected):
    """The mean of 10 seeds, each with a split of its own, beside that of other engines.

    One split's standard deviation is sqrt(0.965 * 0.035 / 360) = 0.0097, that of 360 trials; so
    it is 0.0031 for the mean of 10, and 3 of these are allowed.
    """
    accuracies = [train_digits(seed, optimizer, lr) for seed in range(10)]
    assert abs(np.mean(accuracies) - expected) < 0.0093


def grid(etas, lmbds, epochs):
    """Models and their accuracies in train and test for every eta and lambda; nan if diverged."""
    data = nn.data.load("digits")
    models = np.empty((len(etas), len(lmbds)), dtype=object)
    scores = {"train": np.full(models.shape, np.nan), "test": np.full(models.shape, np.nan)}
    for i, eta in enumerate(etas):
        for j, lmbd in enumerate(lmbds):
            dnn = NeuralNetwork(data.X_train, data.y_train, epochs=epochs, eta=eta, lmbd=lmbd)
            models[i, j] = dnn
            try:
                with np.errstate(all="ignore"):
                    dnn.train()
            except nn.NonFiniteError:
                continue
            scores["train"][i, j] = np.mean(dnn.predict(data.X_train) == data.y_train)
            scores["test"][i, j] = np.mean(dnn.predict(data.X_test) == data.y_test)
    return models, scores


def test_row_90_and_91_grid_search_and_its_heat_maps(pyplot):
    """A corner of the 7 x 7 grid; a cell that diverges is nan, and the others go on."""
    etas, lmbds = [1e-3, 1e-1, 10.0], [1e-5, 10.0]
    models, scores = grid(etas, lmbds, epochs=10)
    assert models[1, 0].eta == 0.1
    assert np.isnan(scores["test"][2, 1])
    assert np.isfinite(scores["test"][:2]).all()
    assert scores["train"][1, 0] > scores["train"][0, 0]
    for part, table in scores.items():
        ax = nn.plots.heat_map(table, etas, lmbds, title=f"{part} accuracy")
        shown = [text.get_text() for text in ax.texts]
        assert shown == [f"{value:.3f}" for value in table.ravel()]
        assert ax.images[0].get_cmap().name == "viridis"
        assert (ax.get_ylabel(), ax.get_xlabel()) == (r"$\eta$", r"$\lambda$")


def test_row_90_and_91_grid_search_of_the_package(pyplot, capsys):
    """`nn.search.grid_search`: scores printed, models stored, divergence survived, heat maps."""
    data = nn.data.load("digits")
    result = nn.search.grid_search(
        lambda rng: nn.MLP([64, 50, 10], "sigmoid", rng=rng),
        (data.X_train, data.y_train),
        (data.X_test, data.y_test),
        etas=[1e-3, 1.0, 10.0],
        lmbds=[1e-5, 10.0],
        epochs=10,
        verbose=True,
    )
    assert result.best == (1, 0)
    assert np.isnan(result.test_scores[2, 1])  # a step multiplies the weights by -199
    assert np.isfinite(result.test_scores[:2]).all()
    again = nn.accuracy(result.models[1, 0], data.X_test, data.y_test)
    assert again == result.best_score > 0.9
    assert f"{again:.3f}" in capsys.readouterr().out
    in_train, in_test = result.heat_maps().axes[:2]
    assert [t.get_text() for t in in_train.texts] == [
        f"{score:.3f}" for score in result.train_scores.ravel()
    ]
    assert in_test.images[0].get_cmap().name == "viridis"


def test_row_90_rates_of_sums_and_of_means():
    """The document's gradients are sums: with eta / N they are the steps of the mean's with eta."""
    data = nn.data.load("digits")
    X, y = data.X_train[:100], data.y_train[:100]
    after = []
    for reduction, eta, lmbd in (("mean", 0.1, 1e-3), ("sum", 0.1 / 100, 1e-3 * 100)):
        net = lecture_net()
        optimizer = nn.optim.SGD(net.parameters(), lr=eta)
        for _ in range(20):
            optimizer.zero_grad()
            loss = nn.CrossEntropyLoss(reduction)(net(X), y) + nn.l2_penalty(net, lmbd)
            loss.backward()
            optimizer.step()
        after.append(np.concatenate([p.value.ravel() for p in net.parameters()]))
    np.testing.assert_allclose(*after, rtol=1e-9, atol=1e-12)


@pytest.mark.slow
def test_row_90_whole_grid():
    """eta, lambda = logspace(-5, 1, 7): the best of 49 cells is from 0.96 to 0.98 by the mean."""
    etas = lmbds = np.logspace(-5, 1, 7)
    _, scores = grid(etas, lmbds, epochs=100)
    assert 0.96 <= np.nanmax(scores["test"]) <= 0.98
    assert np.isnan(scores["test"]).any()


def test_row_92_estimator_on_a_grid(pyplot):
    """`nn.MLPClassifier` beside scikit-learn's, on three cells of its grid, with a heat map."""
    from sklearn.exceptions import ConvergenceWarning
    from sklearn.neural_network import MLPClassifier

    data = nn.data.load("digits")
    etas, alphas = [1e-3, 1e-2], [1e-4]
    tables = []
    for kind in (nn.MLPClassifier, MLPClassifier):
        table = np.zeros((len(etas), len(alphas)))
        for i, eta in enumerate(etas):
            for j, alpha in enumerate(alphas):
                clf = kind(
                    hidden_layer_sizes=(50,),
                    activation="logistic",
                    alpha=alpha,
                    learning_rate_init=eta,
                    max_iter=20,
                    random_state=0,
                )
                with pytest.warns(ConvergenceWarning):
                    clf.fit(data.X_train, data.y_train)
                table[i, j] = clf.score(data.X_test, data.y_test)
        tables.append(table)
    own, other = tables
    # Two binomial deviations of 360 trials at the lower accuracy, for the difference of two
    p = np.minimum(own, other)
    assert (np.abs(own - other) < 3 * np.sqrt(2 * p * (1 - p) / 360)).all()
    ax = nn.plots.heat_map(own, etas, alphas, title="test accuracy")
    assert len(ax.texts) == own.size
