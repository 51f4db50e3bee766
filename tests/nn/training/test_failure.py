"""A loss or gradient that is not finite ends the training at once, with layer and operation."""

import numpy as np
import pytest

import autograd_core as ag
import nn

X = np.linspace(0.5, 2, 8).reshape(4, 2)


def fit(net, X=X, y=None, lr=0.1, loss=None, **options):
    y = np.ones((len(X), 1)) if y is None else y
    optimizer = nn.optim.SGD(net.parameters(), lr=lr)
    return nn.fit(net, (X, y), loss or nn.MSELoss(), optimizer, **{"epochs": 5, **options})


class Log(nn.Module):
    def forward(self, X):
        return ag.log(X)


class Root(nn.Module):
    def forward(self, X):
        return ag.sqrt(ag.absolute(X))


def test_an_operation_after_a_layer():
    net = nn.Sequential(nn.Linear(2, 3, init=nn.init.zeros), Log(), nn.Linear(3, 1, rng=0))
    with pytest.raises(
        nn.NonFiniteError,
        match=r"(?s)loss became -?(inf|nan) in epoch 1, step 1.*after layer 0, Linear \(its "
        r"parameters: 0\.weight, 0\.bias\)\n?.*forward: log .*not finite",
    ) as caught:
        fit(net)
    assert caught.value.history.epochs == 0


def test_a_layer_itself():
    net = nn.MLP([2, 3, 1], rng=0)
    net[2].weight.value = np.full((3, 1), 1e308)
    net[0].weight.value = np.full((2, 3), 1e3)
    with pytest.raises(
        nn.NonFiniteError,
        match=r"(?s)in layer 2, Linear \(its parameters: 2\.weight, 2\.bias\).*mm",
    ):
        fit(net)


def test_a_gradient_is_found_before_it_reaches_the_parameters():
    net = nn.Sequential(nn.Linear(2, 3, init=nn.init.zeros), Root(), nn.Linear(3, 1, rng=0))
    before = net.state_dict()
    with pytest.raises(
        nn.NonFiniteError,
        match=r"(?s)the gradient is not finite in epoch 1, step 1.*after layer 0.*backward: the "
        r"gradient of sqrt",
    ):
        fit(net)
    for name, value in net.state_dict().items():
        np.testing.assert_array_equal(value, before[name])


def test_divergence_keeps_the_history():
    with pytest.raises(nn.NonFiniteError, match=r"learning rate below 1e\+200") as caught:
        fit(nn.MLP([2, 3, 1], rng=0), y=np.full((4, 1), 1e5), lr=1e200)
    assert caught.value.history.epochs == 1
    assert caught.value.history["lr"] == [1e200]


@pytest.mark.parametrize(("bad", "what"), [("X", "the data are"), ("W", "the parameter bias")])
def test_data_and_parameters(bad, what):
    net, data = nn.Linear(2, 1, rng=0), X.copy()
    if bad == "X":
        data[2, 1] = np.nan
    else:
        net.bias.value = [np.inf]
    with pytest.raises(nn.NonFiniteError, match=rf"(?s)became (nan|inf).*{what}.*not finite"):
        fit(net, data)
