"""Document 004, rows 48 to 63: losses of classes, and models as classes."""

import numpy as np
import pytest

import autograd_core as ag
import nn
from autograd_core import InitialNode
from tests.test_exact_figures import EXACT, close

TABLE = EXACT["004.binary_special_cases_table_mpmath"]["rows"]
SOFTMAX = EXACT["004.softmax_lse_table_mpmath"]


def loss_and_slope(loss, scores, labels):
    """The loss of a single observation, and its gradient by the scores."""
    Z = InitialNode(scores)
    J = loss(Z, labels)
    J.backward()
    return J.item(), Z.grad


# --------------------------------------------------------------------------- losses of classes


@pytest.mark.parametrize("row", TABLE, ids=lambda row: str(row["score"]))
def test_row_48_logistic_loss_is_minus_log_p(row):
    """p_1 = 1 / (1 + exp(-score)), p_0 = 1 - p_1; the loss is the likelihood's -log p_y."""
    s = [[row["score"]]]
    p1 = nn.Sigmoid()(s).item()
    close(p1, row["p1"])
    for y in (0, 1):
        logistic, _ = loss_and_slope(nn.LogisticLoss(), s, [[2 * y - 1]])
        with_logits, _ = loss_and_slope(nn.BCEWithLogitsLoss(), s, [[y]])
        close(logistic, row[f"loss_y{y}"])
        close(with_logits, row[f"loss_y{y}"])
        if abs(row["score"]) <= 5:  # beyond, 1 - p_1 loses digits
            p_y = p1 if y else 1 - p1
            np.testing.assert_allclose(logistic, -np.log(p_y), rtol=1e-12)


@pytest.mark.parametrize("row", SOFTMAX, ids=lambda row: str(row["z"]))
def test_row_49_softmax_and_its_loss(row):
    Z = np.array([row["z"]])
    close(nn.Softmax()(Z).value[0], row["softmax"])
    for y, expected in enumerate(row["nll_per_label"]):
        close(nn.CrossEntropyLoss()(Z, [y]).item(), expected)
        close(nn.NLLLoss()(nn.LogSoftmax()(Z), [y]).item(), expected)


@pytest.mark.parametrize("name", [n for n in EXACT["losses"] if n.startswith(("Cross", "NLL"))])
def test_row_49_losses_of_batches(name):
    entry = EXACT["losses"][name]
    kind, reduction = name.split(".")
    Z = InitialNode(entry["input"])
    J = getattr(nn, kind)(reduction)(Z, entry["target"])
    J.backward()
    close(J.value, entry["value"])
    close(Z.grad, entry["grad_seed_ones"])


def test_row_50_losses_on_the_simplex(pyplot):
    """Cross-entropy and zero-one loss at corners, midpoint and between."""
    for row in EXACT["004.three_class_simplex_losses"]:
        scores = np.tile(np.log(row["p"]), (3, 1))
        close(nn.CrossEntropyLoss("none")(scores, [0, 1, 2]).value, row["xent_per_label"])
        wrong = [1 - nn.metrics.accuracy_score([y], scores[:1]) for y in range(3)]
        assert wrong == row["zero_one_per_label_argmax_first"]

    def cross_entropy(p):
        return nn.CrossEntropyLoss("none")(np.log(p), np.zeros(len(p), int)).value

    def zero_one(p):
        return (p.argmax(axis=1) != 0).astype(float)

    for loss in (cross_entropy, zero_one):
        values = np.asarray(nn.plots.simplex(loss, steps=30).collections[0].get_array())
        counts = [(i, j, 30 - i - j) for i in range(31) for j in range(31 - i)]
        where = dict(zip(counts, values, strict=True))
        if loss is cross_entropy:
            assert where[10, 10, 10] == pytest.approx(np.log(3))
            assert where[30, 0, 0] == pytest.approx(0, abs=1e-4)
            assert where[0, 30, 0] == values.max() > 10
        else:
            corners = (where[30, 0, 0], where[0, 30, 0], where[0, 0, 30], where[16, 7, 7])
            assert corners == (0, 1, 1, 0)


@pytest.mark.parametrize("K", [2, 3])
def test_row_51_K_outputs_and_K_minus_1(K):
    """z = [0, z_1, ...] has the same loss as K outputs of which the first is taken off."""
    rng = np.random.default_rng(0)
    X, y = rng.normal(size=(6, 4)), np.arange(6) % K
    full = nn.Linear(4, K, bias=False, rng=rng)
    fewer = nn.Sequential(nn.Linear(4, K - 1, bias=False), nn.PrependZero())
    fewer[0].weight.value = full.weight.value[:, 1:] - full.weight.value[:, :1]
    losses = [nn.CrossEntropyLoss()(net(X), y).item() for net in (full, fewer)]
    np.testing.assert_allclose(*losses, rtol=1e-14)
    assert (full.num_parameters(), fewer.num_parameters()) == (4 * K, 4 * (K - 1))
    np.testing.assert_allclose(
        nn.Softmax()(full(X)).value, nn.Softmax()(fewer(X)).value, rtol=1e-13
    )


def test_row_51_exact_figures():
    entry = EXACT["004.overparam_K_vs_K_minus_1"]
    for key, last in (("K", nn.Identity()), ("K_minus_1_z0_is_0", nn.PrependZero())):
        H, W = (np.array(entry[key]["inputs"][name]) for name in "HW")
        net = nn.Sequential(nn.Linear(*W.shape, bias=False), last)
        net[0].weight.value = W
        assert net.num_parameters() == entry["params_K" if key == "K" else "params_K_minus_1"]
        J = nn.CrossEntropyLoss()(net(H), entry["labels"])
        J.backward()
        close(J.value, entry["torch_CrossEntropyLoss"])
        close(net[0].weight.grad, entry[key]["grad"]["W"], atol=1e-16)


@pytest.mark.parametrize("row", TABLE, ids=lambda row: str(row["score"]))
def test_rows_52_55_binary_special_cases(row):
    """52: z = [0, s] gives log(1 + exp(-y s)); 55: its gradient is -y / (1 + exp(y s))."""
    s = row["score"]
    for y, label in ((1, 1), (0, -1)):
        value, slope = loss_and_slope(
            lambda Z, y: nn.CrossEntropyLoss()(nn.PrependZero()(Z), y), [[s]], [y]
        )
        close(value, row[f"loss_y{y}"])
        close(slope.item(), row[f"grad_y{y}"])
        value, slope = loss_and_slope(nn.LogisticLoss(), [[s]], [[label]])
        close(value, row[f"loss_y{y}"])
        close(slope.item(), row[f"grad_y{y}"])
        if abs(s) < 700:
            np.testing.assert_allclose(slope, -label / (1 + np.exp(label * s)), rtol=1e-12)
            np.testing.assert_allclose(value, np.log1p(np.exp(-label * s)), rtol=1e-12)
        if s:  # the printed formula, with + y s, is the other label's loss
            assert value != pytest.approx(np.logaddexp(0, label * s))


@pytest.mark.parametrize("row", SOFTMAX, ids=lambda row: str(row["z"]))
def test_rows_53_54_log_sum_exp(row):
    """53: L = M + log sum exp(z - M), finite at +-1000; 54: the gradient is exp(z - L) - I."""
    z = InitialNode(row["z"])
    L = ag.logsumexp(z)
    M = max(row["z"])
    close(L.value, row["logsumexp"])
    close(L.value, M + np.log(np.sum(np.exp(z.value - M))))
    for y, expected in enumerate(row["grad_per_label"]):
        _, slope = loss_and_slope(nn.CrossEntropyLoss(), [row["z"]], [y])
        close(slope[0], expected)
        by_rule = np.exp(z.value - L.value) - np.eye(len(z))[y]
        np.testing.assert_allclose(slope[0], by_rule, rtol=1e-9, atol=1e-13)


def test_row_53_no_overflow():
    Z = InitialNode([[1000.0, 1000.0], [-1000.0, -1000.0], [1000.0, -1000.0]])
    J = nn.CrossEntropyLoss("none")(Z, [0, 0, 1])
    J.backward()
    close(J.value, [np.log(2), np.log(2), 2000.0])
    assert Z.grad.tolist() == [[-0.5, 0.5], [-0.5, 0.5], [1.0, -1.0]]
    with np.errstate(over="ignore"):
        assert np.log(np.sum(np.exp(Z.value[0]))) == np.inf  # without the trick


# ---------------------------------------------------------------------------- models as classes


class LinearModel(nn.Module):
    def __init__(self, n_features, bias=True):
        super().__init__()
        self.out = nn.Linear(n_features, 1, bias=bias)

    def forward(self, X):
        return self.out(X)


class OneHiddenLayer(nn.Module):
    def __init__(self, n_features, n_hidden):
        super().__init__()
        self.hidden_weights = nn.Linear(n_features, n_hidden, rng=0)
        self.activation = nn.ReLU()
        self.out_weights = nn.Linear(n_hidden, 1, rng=1)

    def forward(self, X):
        h = self.activation(self.hidden_weights(X))
        return self.out_weights(h)


class Net(nn.Module):
    def __init__(self, n_features, n_hidden, n_classes=1):
        super().__init__()
        rng = np.random.default_rng(0)
        self.stack = nn.Sequential(
            nn.Linear(n_features, n_hidden, rng=rng),
            nn.ReLU(),
            nn.Linear(n_hidden, n_classes, rng=rng),
        )

    def forward(self, X):
        return self.stack(X)


def two_classes(n=200, seed=0):
    """Points inside and outside a circle: X (n, 2), y (n, 1) of 0 and 1."""
    X = np.random.default_rng(seed).uniform(-1, 1, (n, 2))
    return X, (np.sum(X**2, axis=1, keepdims=True) < 0.6).astype(float)


def test_row_56_linear_model():
    model = LinearModel(7)
    assert [path for path, _ in model.named_parameters()] == ["out.weight", "out.bias"]
    assert (model.num_parameters(), LinearModel(7, bias=False).num_parameters()) == (8, 7)
    X = np.random.default_rng(0).normal(size=(5, 7))
    assert np.array_equal(model(X).value, X @ model.out.weight.value + model.out.bias.value)
    assert (LinearModel(7, bias=False)(np.zeros((3, 7))).value == 0).all()


def test_row_57_one_hidden_layer():
    model = OneHiddenLayer(3, 4)
    assert [n for n, _ in model.children()] == ["hidden_weights", "activation", "out_weights"]
    X = np.random.default_rng(0).normal(size=(5, 3))
    W, c = model.hidden_weights.weight.value, model.hidden_weights.bias.value
    V, d = model.out_weights.weight.value, model.out_weights.bias.value
    close(model(X).value, np.maximum(X @ W + c, 0) @ V + d)
    assert (model(X).value < 0).any()  # no activation after the last


@pytest.mark.parametrize(("n_classes", "count"), [(1, 4 * 8 + 8 + 9), (3, 4 * 8 + 8 + 27)])
def test_row_58_net_with_a_stack(n_classes, count):
    net = Net(4, 8, n_classes)
    assert net(np.zeros((5, 4))).shape == (5, n_classes)
    assert net.num_parameters() == count
    assert list(net.state_dict()) == [f"stack.{i}.{p}" for i in (0, 2) for p in ("weight", "bias")]
    with pytest.raises(TypeError, match="n_features"):
        Net()  # as the document writes it


def test_row_59_training_by_one_by_batch_and_by_subtrain():
    """BCEWithLogitsLoss and SGD with lr 0.03: zero_grad, loss, backward, step."""
    X, y = two_classes()
    loss_function = nn.BCEWithLogitsLoss()
    steps = {"one": 1, "batch": 20, "subtrain": 200}
    final, accuracy = {}, {}
    for name, size in steps.items():
        net = Net(2, 20)
        optimizer = nn.optim.SGD(net.parameters(), lr=0.03)
        start = loss_function(net(X), y).item()
        order = np.random.default_rng(1)
        for _ in range(30):
            for rows in np.split(order.permutation(200), 200 // size):
                optimizer.zero_grad()
                loss = loss_function(net(X[rows]), y[rows])
                before = loss.item()
                loss.backward()
                optimizer.step()
            if name == "subtrain":  # the full gradient with a small step lowers the loss each time
                assert loss_function(net(X), y).item() < before
        final[name] = loss_function(net(X), y).item()
        accuracy[name] = nn.accuracy(net, X, y)
        assert final[name] < start
    assert final["one"] < final["batch"] < final["subtrain"]  # more steps in as many epochs
    assert accuracy["one"] > 0.9
    with pytest.raises(ValueError, match=r"reshape"):
        loss_function(net(X), y.ravel())


def test_row_60_mse_is_the_only_change():
    rng = np.random.default_rng(0)
    X = rng.uniform(-1, 1, (200, 2))
    y = X[:, :1] ** 2 - X[:, 1:]
    net = Net(2, 20)
    optimizer = nn.optim.SGD(net.parameters(), lr=0.03)
    history = nn.fit(
        net, (X, y), nn.MSELoss(), optimizer, epochs=60, batch_size=10, rng=0, metrics=["r2"]
    )
    assert history["r2"][-1] > 0.95
    wrong = np.mean((np.array([[1.0], [2]]) - np.array([4.0, 1])) ** 2)  # (n, 1) against (n,)
    assert wrong != nn.MSELoss()([[1.0], [2]], [[4.0], [1]]).item()
    with pytest.raises(ValueError, match=r"\(2, 1\) but the labels are \(2,\): reshape"):
        nn.MSELoss()([[1.0], [2.0]], [4.0, 1.0])


def test_row_61_cross_entropy_takes_integers():
    rng = np.random.default_rng(0)
    X = rng.uniform(-1, 1, (300, 2))
    y = np.floor((np.arctan2(X[:, 1], X[:, 0]) + np.pi) / (2 * np.pi) * 3).astype(int).clip(0, 2)
    net = Net(2, 20, n_classes=3)
    optimizer = nn.optim.Adam(net.parameters(), lr=0.01)
    nn.fit(net, (X, y), nn.CrossEntropyLoss(), optimizer, epochs=40, batch_size=10, rng=0)
    assert nn.accuracy(net, X, y) > 0.95
    with pytest.raises(TypeError, match="integer numbers of the classes"):
        nn.CrossEntropyLoss()(net(X), y.astype(np.float32))  # labels .float()


class FromElsewhere:
    """An array of another library, as far as NumPy's protocol goes."""

    def __init__(self, array):
        self.array = array

    def __array__(self, dtype=None, copy=None):
        return np.array(self.array, dtype)


def test_row_62_float32_and_devices():
    """Arrays are copied in; .to(device) moves the same object; without a GPU it says so."""
    X = np.ones((3, 4), np.float32)
    node = InitialNode(X)
    X[:] = 7
    assert node.value.tolist() == [[1.0] * 4] * 3
    assert node.dtype == np.float32
    assert InitialNode(FromElsewhere([1.0, 2.0])).value.tolist() == [1.0, 2.0]
    net = Net(4, 8)
    assert net.to("cpu") is net  # no copy, as the name dev_net suggests
    assert net.float() is net
    assert {p.dtype for p in net.parameters()} == {np.dtype(np.float32)}
    J = nn.BCEWithLogitsLoss()(net(X), np.ones((3, 1), np.float32))
    J.backward()
    assert {J.dtype} | {p.grad.dtype for p in net.parameters()} == {np.dtype(np.float32)}
    assert net.double()(X).dtype == np.float64
    with pytest.raises(RuntimeError, match=r"CPU.*GPU would need"):
        net.to("cuda")


class FromCSV(nn.Dataset):
    """The Dataset class of the document: features and labels of a file, __len__, __getitem__."""

    def __init__(self, path):
        table = nn.data.read_csv(path, label="label")
        self.features, self.labels = table.features, table.labels

    def __len__(self):
        return len(self.labels)

    def __getitem__(self, i):
        return self.features[i], self.labels[i]


def test_row_63_dataset_of_a_file(tmp_path):
    path = tmp_path / "data.csv"
    rows = [f"{i},{i * i},{i % 2}" for i in range(2500)]
    path.write_text("\n".join(["a,b,label", *rows]))
    data = FromCSV(path)
    loader = nn.DataLoader(data, batch_size=1000, shuffle=True, rng=0)
    batches = list(loader)
    assert len(loader) == 3
    assert [X.shape for X, _ in batches] == [(1000, 2), (1000, 2), (500, 2)]
    a = np.concatenate([X[:, 0] for X, _ in batches])
    assert sorted(a) == list(range(2500))
    assert a.tolist() != list(range(2500))
    for X, y in batches:  # pairs are kept together
        assert np.array_equal(X[:, 1], X[:, 0] ** 2)
        assert np.array_equal(y, X[:, 0] % 2)
    built_in = nn.data.CSVDataset(path, label="label")
    assert np.array_equal(built_in[7][0], data[7][0])
