"""Exercises of notebook 7: a network."""

from itertools import pairwise

import numpy as np
from hypothesis import strategies as st

import autograd_core as ag
import nn
from exercises.checking import Wrong, agrees, arrays, axes, exercise, floats, integers

GATE_INPUTS = np.array([[0.0, 0.0], [0.0, 1.0], [1.0, 0.0], [1.0, 1.0]])
XOR = np.array([[0.0], [1.0], [1.0], [0.0]])


@exercise("7.1")
def scores(answer):
    """The scores of a network with one hidden layer of sigmoids: sigmoid(X W1 + b1) W2 + b2."""
    agrees(
        answer,
        lambda X, W1, b1, W2, b2: 1 / (1 + np.exp(-(X @ W1 + b1))) @ W2 + b2,
        X=arrays(axes("n", "d")),
        W1=arrays(axes("d", "u")),
        b1=arrays(axes("u")),
        W2=arrays(axes("u", "k")),
        b2=arrays(axes("k")),
        atol=1e-12,
        hint="First the hidden layer, h = sigmoid(X W1 + b1), then the scores, h W2 + b2, "
        "without an activation after the last layer.",
    )


@exercise("7.2")
def number_of_parameters(answer):
    """The number of weights and biases of a perceptron with layers of these units."""
    agrees(
        answer,
        lambda units: sum((n_in + 1) * n_out for n_in, n_out in pairwise(units)),
        units=st.lists(integers(1, 20), min_size=2, max_size=5),
        hint="Between two layers of m and n units are m n weights, and each of the n units has a "
        "bias; inputs have none.",
    )


@exercise("7.3")
def xor_weights(answer):
    """Weights W1 (2, 2), b1 (2,), W2 (2, 1), b2 (1,) of a ReLU network that computes XOR."""
    hint = (
        "Let one hidden unit be relu(x0 + x1) and the other relu(x0 + x1 - 1): they are 0, 1, 1, 2 "
        "and 0, 0, 0, 1. Which combination of the two is positive for the middle two only?"
    )
    parts = answer()
    names = {"W1": (2, 2), "b1": (2,), "W2": (2, 1), "b2": (1,)}
    if not isinstance(parts, (tuple, list)) or len(parts) != len(names):
        raise Wrong("the answer must return four arrays: W1, b1, W2, b2.", hint=hint)
    nodes = {}
    for (name, shape), part in zip(names.items(), parts, strict=True):
        array = np.array(part, float)
        if array.shape != shape:
            raise Wrong(f"{name} has shape {array.shape}, but should have {shape}.", hint=hint)
        nodes[name] = ag.InitialNode(array, name=name)
    for x, y in zip(GATE_INPUTS, XOR.ravel(), strict=True):
        X = ag.InitialNode(x.reshape(1, 2), name="x", requires_grad=False)
        hidden = ag.relu(X @ nodes["W1"] + nodes["b1"])
        score = hidden @ nodes["W2"] + nodes["b2"]
        if not (score.item() > 0 if y else score.item() < 0):
            wanted = "positive" if y else "negative"
            raise Wrong(
                f"for the inputs {x[0]:g} and {x[1]:g} the score must be {wanted}.",
                {"hidden units": hidden.value, "score": score.item(), "XOR": int(y)},
                node=score,
                hint=hint,
            )


@exercise("7.4")
def train(answer):
    """Full-batch gradient descent on a network; returns the losses before each step."""

    hint = (
        "In each step: forget the old gradients, compute the loss and keep its number, backward, "
        "and subtract rate * p.grad from every parameter p. (Part 0 are the losses, part 1 the "
        "parameters after training, weights before biases.)"
    )
    how = {"rate": floats(0.25, 1), "steps": integers(1, 5)}
    # first a network of two numbers, where a mistake can be redone by hand
    of_line = {"w": floats(-2, 2), "b": floats(-2, 2), **how}
    agrees(trained(answer, line), trained(descend, line), hint=hint, **of_line)
    of_mlp = {"seed": integers(0, 20), **how}
    agrees(trained(answer, mlp), trained(descend, mlp), hint=hint, **of_mlp)


def line(w, b):
    net = nn.Linear(1, 1)
    net.weight.value, net.bias.value = [[w]], [b]
    return net, np.array([[0.0], [1.0]]), np.array([[0.0], [1.0]])


def mlp(seed):
    return nn.MLP([2, 3, 1], "tanh", rng=seed), GATE_INPUTS, XOR


def trained(loop, make):
    """The losses, and the parameters after, of a loop on what `make` makes of its arguments."""

    def losses_and_parameters(*arguments):
        *of_net, rate, steps = arguments
        net, X, y = make(*of_net)
        losses = loop(net, X, y, rate, steps)
        if not isinstance(losses, (list, tuple, np.ndarray)):
            raise Wrong("your function must return the list of the losses.")
        parameters = np.concatenate([p.value.ravel() for p in net.parameters()])
        return np.array([getattr(loss, "value", loss) for loss in losses], float), parameters

    return losses_and_parameters


def descend(net, X, y, rate, steps):
    """What `train` must do."""
    losses = []
    for _ in range(steps):
        for p in net.parameters():
            p.zero_grad()
        J = nn.BCEWithLogitsLoss()(net(X), y)
        J.backward()
        losses.append(J.item())
        for p in net.parameters():
            p.value -= rate * p.grad
    return losses
