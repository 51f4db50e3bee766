"""Mistakes that are made in the exercises of notebook 9."""

import numpy as np


def no_velocity(gradients, lr, mu):
    return -lr * np.sum(gradients)


def old_velocity(gradients, lr, mu):
    w, v = 0.0, 0.0
    for g in gradients:
        w -= lr * v
        v = mu * v + g
    return w


def averaged(gradients, lr, mu):
    w, v = 0.0, 0.0
    for g in gradients:
        v = mu * v + (1 - mu) * g
        w -= lr * v
    return w


def uphill(gradients, lr, mu):
    w, v = 0.0, 0.0
    for g in gradients:
        v = mu * v + g
        w += lr * v
    return w


def adam(gradients, lr, beta1, beta2, corrected=True, root=np.sqrt, inside=False, start=1):
    w, m, v = 0.0, 0.0, 0.0
    for t, g in enumerate(gradients, start):
        m = beta1 * m + (1 - beta1) * g
        v = beta2 * v + (1 - beta2) * g**2
        m_hat = m / (1 - beta1**t) if corrected else m
        v_hat = v / (1 - beta2**t) if corrected else v
        w -= lr * m_hat / (root(v_hat + 1e-8) if inside else root(v_hat) + 1e-8)
    return w


def without_the_corrections(gradients, lr, beta1, beta2):
    return adam(gradients, lr, beta1, beta2, corrected=False)


def without_the_root(gradients, lr, beta1, beta2):
    return adam(gradients, lr, beta1, beta2, root=np.asarray)


def eps_inside(gradients, lr, beta1, beta2):
    return adam(gradients, lr, beta1, beta2, inside=True)


def counts_from_0(gradients, lr, beta1, beta2):
    return adam(gradients, lr, beta1, beta2, start=0)


def keeps_the_corrected(gradients, lr, beta1, beta2):
    w, m, v = 0.0, 0.0, 0.0
    for t, g in enumerate(gradients, 1):
        m = (beta1 * m + (1 - beta1) * g) / (1 - beta1**t)
        v = (beta2 * v + (1 - beta2) * g**2) / (1 - beta2**t)
        w -= lr * m / (np.sqrt(v) + 1e-8)
    return w


def cosine(x, base):
    return base * (1 + np.cos(np.pi * x)) / 2


def cosine_from_0(t, base, warm, total):
    return base * (t + 1) / warm if t < warm else cosine(min(t / total, 1), base)


def warm_up_from_0(t, base, warm, total):
    return base * t / warm if t < warm else cosine(min((t - warm) / (total - warm), 1), base)


def goes_up_again(t, base, warm, total):
    return base * (t + 1) / warm if t < warm else cosine((t - warm) / (total - warm), base)


def without_the_half(t, base, warm, total):
    return 2 * cosine_from_0(t, base, warm, total)


def divides_by_0(t, base, warm, total):
    up = base * (t + 1) / warm
    return up if t < warm else cosine(min((t - warm) / (total - warm), 1), base)


def of_the_parameter(lr, c, n):
    return -c * n * (1 - lr * c) ** (n - 1)


def without_the_inner_derivative(lr, c, n):
    return c * n * (1 - lr * c) ** (2 * n - 1)


def of_the_last_step_alone(lr, c, n):
    w = (1 - lr * c) ** (n - 1)
    return c * (1 - lr * c) * w * (-c * w)


def one_step_less(lr, c, n):
    return -(c**2) * (n - 1) * (1 - lr * c) ** (2 * n - 3)


WRONG = [
    ("9.1", "has no velocity", no_velocity, "first the velocity"),
    ("9.1", "moves before the velocity changes", old_velocity, "then the parameter"),
    ("9.1", "averages, with 1 - mu", averaged, "v = mu * v + g"),
    ("9.1", "goes uphill", uphill, "w = w - lr * v"),
    ("9.2", "forgets the corrections", without_the_corrections, "1 - beta ** t"),
    ("9.2", "forgets the root", without_the_root, "the root"),
    ("9.2", "adds eps inside the root", eps_inside, "added to the root"),
    ("9.2", "counts the steps from 0", counts_from_0, "from t = 1"),
    ("9.2", "keeps the corrected moments", keeps_the_corrected, "in the step only"),
    ("9.3", "starts the cosine in epoch 0", cosine_from_0, "where the warm-up ends"),
    ("9.3", "starts the warm-up from 0", warm_up_from_0, "not right"),
    ("9.3", "goes up again after the last epoch", goes_up_again, "at most 1"),
    ("9.3", "forgets the half", without_the_half, "not right"),
    ("9.3", "divides by a warm-up of no epochs", divides_by_0, "ZeroDivisionError"),
    ("9.4", "differentiates the parameter", of_the_parameter, "L = c/2"),
    ("9.4", "forgets the inner derivative", without_the_inner_derivative, "inner derivative"),
    ("9.4", "takes the last step alone", of_the_last_step_alone, "(1 - lr c)^(2n)"),
    ("9.4", "makes a step less", one_step_less, "w_n"),
]
