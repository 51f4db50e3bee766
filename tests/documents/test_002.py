"""Document 002, rows 17 to 24: ten labelled points.

The document's points are lost; these are the well-known ones of C. F. Higham and D. J. Higham,
"Deep learning: an introduction for applied mathematicians", SIAM Review 2019, which it follows.
"""

from itertools import pairwise

import numpy as np
import pytest

import autograd_core as ag
import nn
from tests.documents.helpers import descend, fan_in_uniform
from tests.test_exact_figures import EXACT, close, initial

X1 = [0.1, 0.3, 0.1, 0.6, 0.4, 0.6, 0.5, 0.9, 0.4, 0.7]
X2 = [0.1, 0.4, 0.5, 0.9, 0.2, 0.3, 0.6, 0.2, 0.4, 0.6]
POINTS = np.column_stack([X1, X2])
LABELS = np.reshape([1.0] * 5 + [0.0] * 5, (10, 1))
NEW = np.array([[0.7, 0.2]])


def coded_net(seed, units=(2, 2, 4, 1)):
    """Sequential(Linear(2, 2), Sigmoid, Linear(2, 4), Sigmoid, Linear(4, 1), Sigmoid)."""
    rng, modules = np.random.default_rng(seed), []
    for n_in, n_out in pairwise(units):
        init = fan_in_uniform(rng, n_in)
        modules += [nn.Linear(n_in, n_out, init=init, bias_init=init), nn.Sigmoid()]
    return nn.Sequential(*modules)


def train(model, optimizer, steps):
    """Full-batch steps on the ten points; gives the losses before each."""
    return descend(optimizer, nn.BCELoss()(model(POINTS), LABELS), steps)


def test_row_17_points_and_their_scatter_plot(pyplot):
    assert POINTS.shape == (10, 2)
    assert LABELS.shape == (10, 1)
    assert LABELS.sum() == 5
    ax = nn.plots.decision_function(lambda X: 0 * X[:, 0], POINTS, LABELS, steps=5)
    drawn = [np.asarray(c.get_offsets()) for c in ax.collections[1:]]
    assert np.array_equal(drawn[0], POINTS[5:])
    assert np.array_equal(drawn[1], POINTS[:5])


def test_row_18_sigmoid_as_a_smoothed_step():
    """sigma(s (x - t)) is steeper by s and shifted by t: for large s it is the step at t."""
    x = np.linspace(-2, 2, 401)
    assert nn.Sigmoid()(0.0).item() == 0.5
    layer = nn.Linear(1, 1)
    for s, t in ((1.0, 0.0), (3.0, 1.0), (1e4, -0.5)):
        layer.weight.value, layer.bias.value = [[s]], [-s * t]
        y = nn.Sigmoid()(layer(x.reshape(-1, 1))).value.ravel()
        away = np.abs(x - t) > 0.005
        if s == 1e4:
            np.testing.assert_allclose(y[away], x[away] > t, atol=1e-12)
        slope = ag.grad(lambda x, s=s, t=t: ag.sigmoid(s * (x - t)))(t)
        close(slope, s / 4)
        assert np.abs(y[np.isclose(x, t)] - 0.5).max() < 1e-9
    z = np.array(EXACT["activations"]["z"])
    near = np.abs(z) <= 5
    close(nn.Sigmoid()(z).value[near], np.array(EXACT["activations"]["sigmoid"]["value"])[near])


class ColumnNet(nn.Module):
    """a^[l] = sigma(W^[l] a^[l-1] + b^[l]) for a column a, rows of W being the layer's neurons."""

    def __init__(self, *parameters):
        super().__init__()
        self.W2, self.b2, self.W3, self.b3, self.W4, self.b4 = map(nn.Parameter, parameters)

    def forward(self, a):
        for W, b in ((self.W2, self.b2), (self.W3, self.b3), (self.W4, self.b4)):
            a = ag.sigmoid(W @ a + b)
        return a


def test_row_19_described_net():
    """2-2-3-2, F: R^2 -> R^2, 23 parameters, classes (1, 0) and (0, 1)."""
    entry = EXACT["002.F_2_2_3_2"]
    x, *parameters = initial(entry["inputs"]).values()
    net = ColumnNet(*(p.value for p in parameters))
    assert net.num_parameters() == 23
    F = net(x)
    F.backward()
    close(F.value, entry["value"])
    for name, p in net.named_parameters():
        close(p.grad, entry["grad"][name], atol=1e-17)
    close(x.grad, entry["grad"]["x"], atol=1e-17)
    assert net.b3.shape == (3,)  # b^[3] is in R^3
    rows = nn.MLP([2, 2, 3, 2], "sigmoid")
    for layer, i in zip([rows[0], rows[2], rows[4]], "234", strict=True):
        layer.weight.value = getattr(net, f"W{i}").value.T  # nn has observations in rows
        layer.bias.value = getattr(net, f"b{i}").value
    close(ag.sigmoid(rows(x.value[None])).value[0], entry["value"])
    assert nn.data.one_hot([0, 1]).tolist() == [[1.0, 0.0], [0.0, 1.0]]


def test_row_20_coded_net():
    net = coded_net(0)
    assert [type(m).__name__ for m in net] == ["Linear", "Sigmoid"] * 3
    counts = EXACT["counts"]
    assert net.num_parameters() == counts["2,2,4,1"]["with_bias"] == 23
    assert counts["2,2,3,2"]["with_bias"] == 23  # the described net's: another architecture
    assert net(POINTS).shape == (10, 1)


def test_row_21_and_22_training_stays_on_the_plateau(pyplot):
    """BCELoss, SGD 1e-3, full batch: the loss stays at ln 2; its plot names the rate."""
    model = coded_net(0)
    loss_function, lr = nn.BCELoss(), 1e-3
    optimizer = nn.optim.SGD(model.parameters(), lr=lr)
    losses = []
    for _ in range(300):
        loss = loss_function(model(POINTS), LABELS)
        losses.append(loss.item())
        model.zero_grad()
        loss.backward()
        optimizer.step()
    same = coded_net(0)
    assert losses == train(same, nn.optim.SGD(same.parameters(), lr=lr), 300)
    assert (np.diff(losses) < 0).all()
    ax = nn.plots.loss_curve(losses, title=f"learning rate {lr}")
    assert ax.get_title() == "learning rate 0.001"
    assert ax.lines[0].get_ydata().tolist() == losses
    assert abs(train(model, optimizer, 3000)[-1] - np.log(2)) < 0.02


def test_row_23_prediction_of_an_untrained_net():
    model = coded_net(0)
    train(model, nn.optim.SGD(model.parameters(), lr=1e-3), 10_000)
    prediction = model([[0.7, 0.2]])
    assert prediction.shape == (1, 1)
    assert 0.497 <= prediction.item() <= 0.503
    assert "sigmoid" in repr(prediction)  # the function that made it


def test_row_24_the_net_can_fit_all_points():
    model = coded_net(0)
    losses = train(model, nn.optim.Adam(model.parameters(), lr=0.01), 10_000)
    assert losses[-1] < 1e-3 < losses[0]
    assert np.array_equal(nn.predict(model, POINTS) > 0.5, LABELS == 1)
    assert nn.predict(model, NEW).item() < 0.5  # class 0; 0.5017 was on the wrong side
    linear = coded_net(0, units=(2, 1))
    train(linear, nn.optim.Adam(linear.parameters(), lr=0.1), 3000)
    assert np.sum((nn.predict(linear, POINTS) > 0.5) == (LABELS == 1)) == 7


class SideBySide(nn.Module):
    """The coded nets of many seeds as one module: X (n, 2) gives the outputs (seeds, n, 1).

    Their parameters are stacked. Since no entry of a parameter enters another net's loss, and the
    rules are entry by entry, each net is trained as it would be alone.
    """

    def __init__(self, seeds):
        super().__init__()
        stacks = zip(*(coded_net(seed).parameters() for seed in seeds), strict=True)
        for i, same in enumerate(stacks):
            setattr(self, f"p{i}", nn.Parameter(np.stack([p.value for p in same])))

    def forward(self, X):
        parameters = list(self.parameters())
        for W, b in zip(parameters[::2], parameters[1::2], strict=True):
            X = ag.sigmoid(X @ W + b[:, None, :])
        return X

    def losses(self):
        """The loss of each net, (seeds,)."""
        P = self(POINTS)
        entries = nn.BCELoss("none")(P, np.broadcast_to(LABELS, P.shape))
        return ag.mean(entries, axis=(1, 2))


RULES = {"SGD": lambda ps: nn.optim.SGD(ps, lr=1e-3), "Adam": lambda ps: nn.optim.Adam(ps, lr=0.01)}


@pytest.mark.parametrize("rule", RULES.values(), ids=RULES)
def test_nets_side_by_side_are_trained_as_alone(rule):
    nets = SideBySide(range(3))
    descend(rule(nets.parameters()), ag.sum(nets.losses()), 300)
    for seed in range(3):
        alone = coded_net(seed)
        train(alone, rule(alone.parameters()), 300)
        for p, stack in zip(alone.parameters(), nets.parameters(), strict=True):
            np.testing.assert_allclose(stack.value[seed], p.value, rtol=1e-10)


@pytest.mark.slow
def test_row_23_predictions_of_a_hundred_seeds():
    """In other engines, the last losses were 0.6905 to 0.6947, the predictions 0.497 to 0.503.

    So they were for a hundred seeds. Of a thousand in PyTorch 15 predictions are beyond, down to
    0.4951; their mean is 0.49998, and their standard deviation 0.0011. Of a hundred, more than 6
    are then beyond once in a thousand.
    """
    nets = SideBySide(range(100))
    descend(RULES["SGD"](nets.parameters()), ag.sum(nets.losses()), 10_000)
    losses, predictions = nets.losses().value, nets(NEW).value
    assert 0.6905 <= losses.min() <= losses.max() <= 0.6947
    assert abs(predictions.mean() - 0.49998) < 5 * 0.0011 / np.sqrt(100)
    assert np.sum((predictions < 0.497) | (predictions > 0.503)) <= 6


@pytest.mark.slow
def test_row_24_all_of_a_hundred_seeds_fit_all_points():
    nets = SideBySide(range(100))
    descend(RULES["Adam"](nets.parameters()), ag.sum(nets.losses()), 10_000)
    right = (nets(POINTS).value > 0.5) == (LABELS == 1)
    assert right.shape == (100, 10, 1)
    assert right.all()
    assert (nets(NEW).value < 0.5).all()
