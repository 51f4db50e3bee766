"""Document 001, rows 100 to 109: searches, initial weights, normalisation, dropout, optimizers."""

import numpy as np
import pytest
from sklearn.model_selection import GridSearchCV, RandomizedSearchCV

import autograd_core as ag
import nn
from nn.data import StandardScaler
from tests.test_exact_figures import DATA, EXACT, close

VANISHING = EXACT["001.vanishing_gradients"]["cases"]


def blobs(n=120, seed=0):
    """Two classes of points: inside and outside a circle."""
    X = np.random.default_rng(seed).uniform(-1, 1, (n, 2))
    return X, (np.sum(X**2, axis=1) < 0.6).astype(int)


def guessing(y):
    """The accuracy of the larger class, and 4 standard deviations more for as many guesses."""
    p = max(np.mean(y), 1 - np.mean(y))
    return p + 4 * np.sqrt(p * (1 - p) / len(y))


@pytest.mark.filterwarnings("ignore::sklearn.exceptions.ConvergenceWarning")
def test_row_100_grid_and_randomised_search_with_cross_validation():
    X, y = blobs()
    clf = nn.MLPClassifier((10,), max_iter=200, random_state=0)
    grid = {"learning_rate_init": [1e-5, 3e-2], "alpha": [1e-4, 1e-2]}
    search = GridSearchCV(clf, grid, cv=3).fit(X, y)
    assert len(search.cv_results_["params"]) == 4
    assert search.best_params_["learning_rate_init"] == 3e-2
    assert search.best_score_ > guessing(y)
    drawn = RandomizedSearchCV(clf, grid, n_iter=2, cv=3, random_state=0).fit(X, y)

    def scores(search):
        results = search.cv_results_
        keys = [tuple(sorted(params.items())) for params in results["params"]]
        return dict(zip(keys, results["mean_test_score"].tolist(), strict=True))

    assert len(scores(drawn)) == 2
    assert scores(drawn).items() <= scores(search).items()


SCALES = {
    "normal_0_1": nn.init.normal,
    "glorot_normal": nn.init.glorot_normal,
    "he_normal": nn.init.he_normal,
}


@pytest.mark.parametrize("case", VANISHING)
def test_row_101_gradients_and_activations_of_ten_layers(case, pyplot):
    """Exact figures, layer by layer, of the project's own layers; and their picture."""
    scale, activation = case.rsplit(".", 1)
    factor = {
        "normal_0_1": 1.0,
        "glorot_normal": np.sqrt(2 / 40),
        "he_normal": np.sqrt(2 / 20),
        "small_0.1": 0.1,
    }[scale]
    with np.load(DATA / "exact.npz") as arrays:
        X, Y, base = arrays["vg_X"], arrays["vg_Y"], arrays["vg_base"]
    phi = {"sigmoid": nn.Sigmoid, "tanh": nn.Tanh, "relu": nn.ReLU}[activation]
    hidden, spreads, layers = X, [], []
    for W in base:
        layer = nn.Linear(20, 20, bias=False)
        layer.weight.value = factor * W
        layers.append(layer)
        hidden = phi()(layer(hidden))
        spreads.append(float(np.std(hidden.value)))
    (0.5 * nn.MSELoss("sum")(hidden, Y) / len(X)).backward()
    norms = [float(np.linalg.norm(layer.weight.grad)) for layer in layers]
    close(norms, VANISHING[case]["grad_norm_layer_1_to_10"])
    close(spreads, VANISHING[case]["activation_std_1_to_10"])
    ax = nn.plots.by_layer({"gradient norm": norms, "activation spread": spreads}, title=case)
    assert ax.lines[0].get_ydata().tolist() == norms
    assert ax.lines[1].get_ydata().tolist() == spreads


def test_row_101_which_initial_weights_keep_the_signal():
    """He keeps that of ReLUs, Glorot that of tanh; small weights lose it, N(0, 1) blows it up."""
    first_to_last = {
        case: figures["grad_norm_layer_1_to_10"][0] / figures["grad_norm_layer_1_to_10"][-1]
        for case, figures in VANISHING.items()
    }
    assert first_to_last["glorot_normal.sigmoid"] < 1e-4
    spread = {case: figures["activation_std_1_to_10"][-1] for case, figures in VANISHING.items()}
    assert spread["small_0.1.tanh"] < 1e-3 < spread["glorot_normal.tanh"] < 1
    assert 0.1 < spread["he_normal.relu"] < 10 < spread["normal_0_1.relu"]


@pytest.mark.parametrize("shape", EXACT["001.initialisers"])
def test_row_101_initialisers(shape):
    entry, (n, m) = EXACT["001.initialisers"][shape], map(int, shape.split(","))
    rng = np.random.default_rng(0)
    draws = 200_000 // (n * m) + 1
    for name, spread in (("glorot_uniform", "limit"), ("he_uniform", "limit")):
        W = np.stack([getattr(nn.init, name)((n, m), rng) for _ in range(draws)])
        limit = entry[f"{name}_{spread}"]
        assert np.abs(W).max() <= limit
        assert np.abs(W).max() > 0.999 * limit
        assert abs(W.std() / (limit * entry["uniform_limit_to_std_factor"]) - 1) < 0.005
    for name in ("glorot_normal", "he_normal"):
        W = np.stack([getattr(nn.init, name)((n, m), rng) for _ in range(draws)])
        assert abs(W.std() / entry[f"{name}_std"] - 1) < 4 / np.sqrt(2 * W.size)


def test_row_102_saturation_and_dying_relu():
    """A sigmoid's slope is 1/4 at most and fades; its mean is 1/2; a dead ReLU stays dead."""
    z = np.linspace(-10, 10, 2001)
    slopes = ag.vjp(nn.Sigmoid(), z)[1](np.ones_like(z))
    assert slopes.max() == 0.25
    assert slopes[0] < 5e-5
    normal = np.random.default_rng(0).normal(size=100_000)
    mean = nn.Sigmoid()(normal).value.mean()
    assert abs(mean - 0.5) < 4 * 0.21 / np.sqrt(1e5)
    means = VANISHING["glorot_normal.sigmoid"]["activation_mean_1_to_10"]
    assert np.allclose(means, 0.5, atol=0.2)
    X, y = np.random.default_rng(0).uniform(size=(50, 1)), np.ones((50, 1))
    for activation, lives in ((nn.ReLU(), False), (nn.LeakyReLU(), True), (nn.ELU(), True)):
        net = nn.Sequential(nn.Linear(1, 1, rng=0), activation)
        net[0].weight.value, net[0].bias.value = [[-1.0]], [-1.0]  # its scores are all negative
        start = net.state_dict()
        optimizer = nn.optim.SGD(net.parameters(), lr=0.5)
        for _ in range(400):
            optimizer.zero_grad()
            loss = nn.MSELoss()(net(X), y)
            loss.backward()
            optimizer.step()
        moved = any((net.state_dict()[k] != v).any() for k, v in start.items())
        assert moved == lives
        assert (loss.item() < 0.1) == lives


@pytest.mark.parametrize("activation", ["elu", "leaky_relu"])
def test_row_103_elu_and_leaky_relu_nets(activation):
    X, y = blobs(300)
    net = nn.MLP([2, 20, 20, 2], activation, rng=0)
    optimizer = nn.optim.Adam(net.parameters(), lr=0.01)
    nn.fit(net, (X, y), nn.CrossEntropyLoss(), optimizer, epochs=40, rng=0)
    assert nn.accuracy(net, *blobs(300, seed=1)) > guessing(y)


def test_row_104_batch_normalisation():
    entry = EXACT["001.batch_norm"]
    layer = nn.BatchNorm1d(3, eps=entry["eps"], momentum=entry["momentum"])
    layer.weight.value, layer.bias.value = entry["gamma"], entry["beta"]
    X = ag.InitialNode(entry["X"])
    A = layer(X)
    A.backward(entry["upstream"])
    close(A.value, entry["train_output"])
    close(X.grad, entry["dX"])
    close(layer.weight.grad, entry["dgamma"])
    close(layer.bias.grad, entry["dbeta"])
    close(layer.running_mean.value, entry["running_mean_after_1"])
    close(layer.running_var.value, entry["running_var_after_1_unbiased"])
    close(layer.eval()(X).value, entry["eval_output_after_1"])
    net = nn.MLP([2, 20, 2], "relu", batch_norm=True, rng=0)
    kinds = [type(m).__name__ for m in net]
    assert kinds == ["Linear", "BatchNorm1d", "ReLU", "Linear"]  # before the activation
    X, y = blobs(300)
    optimizer = nn.optim.Adam(net.parameters(), lr=0.02)
    nn.fit(net, (X, y), nn.CrossEntropyLoss(), optimizer, epochs=30, rng=0)
    assert nn.accuracy(net, *blobs(300, seed=1)) > guessing(y)
    alone = [
        nn.predict(net, row[None])[0] for row in X[:5]
    ]  # by running statistics, not the batch's
    np.testing.assert_allclose(nn.predict(net, X[:5]), alone, rtol=1e-12)


def test_row_105_dropout():
    """Inputs and hidden units, not outputs; divided by 1 - p in training, off after it."""
    entry = EXACT["001.dropout"]
    X, kept = np.array(entry["X"]), np.array(entry["mask"])
    layer = nn.Dropout(0.5, rng=0)
    Z = ag.InitialNode(X)
    A = layer(Z)
    A.backward(entry["upstream"])
    mask = A.value != 0
    np.testing.assert_array_equal(A.value, np.where(mask, X / 0.5, 0))
    np.testing.assert_array_equal(Z.grad, np.where(mask, np.array(entry["upstream"]) / 0.5, 0))
    np.testing.assert_array_equal(entry["out"], X * kept / 0.5)  # the same rule
    for p in (0.2, 0.5):
        ones = np.ones((1000, 100))
        out = nn.Dropout(p, rng=1)(ones).value
        error = np.sqrt(p / (1 - p) / out.size)
        assert abs(out.mean() - 1) < 4 * error
        assert abs(out.mean() * (1 - p) - 1) > 4 * error  # without rescaling the mean is 1 - p
    net = nn.MLP([2, 50, 2], dropout=0.2, rng=0)
    assert isinstance(net[-1], nn.Linear)
    inputs = nn.Sequential(nn.Dropout(0.1, rng=0), *net)
    X, y = blobs(300)
    optimizer = nn.optim.Adam(inputs.parameters(), lr=0.01)
    nn.fit(inputs, (X, y), nn.CrossEntropyLoss(), optimizer, epochs=60, rng=0)
    assert not np.array_equal(inputs(X).value, inputs(X).value)
    assert np.array_equal(nn.predict(inputs, X), nn.predict(inputs, X))
    assert nn.accuracy(inputs, *blobs(300, seed=1)) > guessing(y)


def test_row_106_gradient_clipping():
    entry = EXACT["001.gradient_clipping"]

    def parameters():
        ps = [nn.Parameter(np.zeros_like(np.array(entry[g]))) for g in ("g1", "g2")]
        for p, g in zip(ps, ("g1", "g2"), strict=True):
            p.grad = entry[g]
        return ps

    for max_norm, key in ((1.0, "clip_grad_norm_1.0"), (100.0, "clip_grad_norm_100")):
        ps = parameters()
        close(nn.clip_grad_norm_(ps, max_norm), entry[key]["returned"])
        for p, g in zip(ps, entry[key]["grads"], strict=True):
            close(p.grad, g)
    ps = parameters()
    nn.clip_grad_value_(ps, 0.5)
    for p, g in zip(ps, entry["clip_grad_value_0.5"]["grads"], strict=True):
        close(p.grad, g)


def test_row_107_early_stopping_and_varying_learning_rate():
    X, y = blobs(60)
    X_val, y_val = blobs(60, seed=1)
    net = nn.MLP([2, 50, 2], rng=0)
    optimizer = nn.optim.SGD(net.parameters(), lr=1.0)
    stopping = nn.EarlyStopping(patience=10)
    schedule = nn.optim.lr_scheduler.InverseScalingLR(optimizer, power=0.5)
    history = nn.fit(
        net,
        (X, y),
        nn.CrossEntropyLoss(),
        optimizer,
        epochs=2000,
        batch_size=10,
        rng=0,
        validation=(X_val, y_val),
        callbacks=[stopping],
        scheduler=schedule,
    )
    assert history.epochs < 2000
    assert history.stopped
    best = int(np.argmin(history["val_loss"])) + 1
    assert stopping.best_epoch == best == history.epochs - 10
    restored = nn.CrossEntropyLoss()(nn.predict(net, X_val), y_val).item()
    assert restored == pytest.approx(min(history["val_loss"]), rel=1e-12)
    expected = [1.0 / np.sqrt(t + 1) for t in range(history.epochs)]
    np.testing.assert_allclose(history["lr"], expected, rtol=1e-12)


def test_row_108_training_validation_and_test():
    X = np.arange(100.0).reshape(50, 2)
    y = X[:, 0] / 2
    parts = nn.data.train_validation_test_split(
        X, y, validation_size=0.2, test_size=0.1, random_state=0
    )
    assert [len(part) for part in parts] == [35, 10, 5, 35, 10, 5]
    assert sorted(np.concatenate(parts[3:])) == sorted(y)
    for X_part, y_part in zip(parts[:3], parts[3:], strict=True):
        assert np.array_equal(X_part[:, 0] / 2, y_part)
    scaler = StandardScaler().fit(parts[0])  # of the training part only
    assert not np.allclose(scaler.transform(parts[2]).mean(axis=0), 0)


@pytest.mark.parametrize(
    ("name", "lr"),
    [
        ("SGD", 0.5),
        ("Momentum", 0.1),
        ("Nesterov", 0.1),
        ("Adagrad", 0.1),
        ("AdagradMomentum", 0.05),
        ("RMSprop", 0.01),
        ("Adam", 0.02),
    ],
)
@pytest.mark.parametrize("batch", [300, 30])
def test_row_109_optimizers(name, lr, batch):
    """Each one trains the same network; gradient descent by all data and by batches."""
    X, y = blobs(300)
    net = nn.MLP([2, 20, 2], rng=0)
    optimizer = getattr(nn.optim, name)(net.parameters(), lr=lr)
    rng, loss = np.random.default_rng(0), nn.CrossEntropyLoss()
    for _ in range(400 if batch == 300 else 40):
        for rows in np.split(rng.permutation(300), 300 // batch):
            optimizer.zero_grad()
            loss(net(X[rows]), y[rows]).backward()
            optimizer.step()
    assert nn.accuracy(net, X, y) > 0.9


def test_row_109_quasi_newton():
    """20 iterations of L-BFGS are as far as hundreds of steps by the gradient alone."""
    X, y = blobs(300)
    net = nn.MLP([2, 20, 2], rng=0)
    optimizer = nn.optim.LBFGS(net.parameters(), max_iter=20)

    def closure():
        optimizer.zero_grad()
        J = nn.CrossEntropyLoss()(net(X), y)
        J.backward()
        return J

    first = optimizer.step(closure)
    assert closure().item() < 0.3 * first.item()
    assert nn.accuracy(net, X, y) > 0.9
