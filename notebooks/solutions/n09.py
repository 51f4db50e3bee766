"""Solutions of the exercises of notebook 9."""

import numpy as np

import autograd_core as ag
import nn


def momentum_after(gradients, lr, mu):
    w, v = 0.0, 0.0
    for g in gradients:
        v = mu * v + g
        w -= lr * v
    return w


def adam_after(gradients, lr, beta1, beta2):
    w, m, v = 0.0, 0.0, 0.0
    for t, g in enumerate(gradients, 1):
        m = beta1 * m + (1 - beta1) * g
        v = beta2 * v + (1 - beta2) * g**2
        m_hat, v_hat = m / (1 - beta1**t), v / (1 - beta2**t)
        w -= lr * m_hat / (np.sqrt(v_hat) + 1e-8)
    return w


def rate(t, base, warm, total):
    if t < warm:
        return base * (t + 1) / warm
    x = min(1, (t - warm) / (total - warm))
    return base * (1 + np.cos(np.pi * x)) / 2


def slope_of_final_loss(lr, c, n):
    def loss(w):
        return c / 2 * w * w

    def final_loss(lr):
        return loss(nn.optim.unroll(nn.optim.SGD, [loss] * n, 1.0, lr=lr))

    return ag.grad(final_loss)(lr)


SOLUTIONS = {
    "9.1": momentum_after,
    "9.2": adam_after,
    "9.3": rate,
    "9.4": slope_of_final_loss,
}
