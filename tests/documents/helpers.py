"""What the tests of several documents share."""

import numpy as np

import autograd_core as ag
import nn


def set_weights(net, *weights):
    """Give the linear layers of a network these weights (arrays), and return it."""
    layers = [module for _, module in net.named_modules() if isinstance(module, nn.Linear)]
    for layer, W in zip(layers, weights, strict=True):
        layer.weight.value = W
    return net


def one_output_net(*weights):
    """Linear layers without intercepts and with these weights, and a ReLU between each two."""
    modules = []
    for W in weights:
        modules += [nn.Linear(*np.shape(W), bias=False), nn.ReLU()]
    return set_weights(nn.Sequential(*modules[:-1]), *weights)


def descend(optimizer, loss, steps):
    """Take steps on the node `loss`, whose graph is run again; return the losses before each."""
    graph, losses = ag.Graph(loss), []
    for _ in range(steps):
        losses.append(loss.item())
        optimizer.zero_grad()
        graph.backward()
        optimizer.step()
        graph.forward()
    return losses


def constant(value):
    return lambda shape, rng, dtype: nn.init.constant(shape, rng, dtype, value=value)


def lecture_net(hidden=50, seed=0, outputs=10, inputs=64):
    """Inputs, hidden sigmoids, scores: N(0, 1) weights, biases 0.01."""
    rng, options = (
        np.random.default_rng(seed),
        {"init": nn.init.normal, "bias_init": constant(0.01)},
    )
    return nn.Sequential(
        nn.Linear(inputs, hidden, rng=rng, **options),
        nn.Sigmoid(),
        nn.Linear(hidden, outputs, rng=rng, **options),
    )


def fan_in_uniform(rng, fan_in):
    """Uniform on [-1, 1] / sqrt(fan_in), for weights and biases: PyTorch's default."""
    a = fan_in**-0.5
    return lambda shape, _, dtype: nn.init.uniform(shape, rng, dtype, low=-a, high=a)
