"""Exercises of notebook 9: optimizers."""

from math import cos, pi, sqrt

from exercises.checking import agrees, arrays, axes, exercise, floats, integers

EPS = 1e-8


@exercise("9.1")
def momentum_after(answer):
    """The parameter after steps of v <- mu v + g, w <- w - lr v, from w = v = 0."""

    def right(gradients, lr, mu):
        w = v = 0.0
        for g in gradients:
            v = mu * v + g
            w = w - lr * v
        return w

    agrees(
        answer,
        right,
        gradients=arrays(axes("n")),
        lr=floats(0.001, 1),
        mu=floats(0, 0.95),
        atol=1e-12,
        hint="In each step first the velocity, v = mu * v + g, then the parameter, w = w - lr * v.",
    )


@exercise("9.2")
def adam_after(answer):
    """The parameter after steps of Adam from 0, with eps = 1e-8."""

    def right(gradients, lr, beta1, beta2):
        w = m = v = 0.0
        for t, g in enumerate(gradients, 1):
            m = beta1 * m + (1 - beta1) * g
            v = beta2 * v + (1 - beta2) * g**2
            w = w - lr * (m / (1 - beta1**t)) / (sqrt(v / (1 - beta2**t)) + EPS)
        return w

    agrees(
        answer,
        right,
        gradients=arrays(axes("n")),
        lr=floats(0.001, 1),
        beta1=floats(0, 0.95),
        beta2=floats(0.5, 0.999),
        atol=1e-12,
        hint="The steps count from t = 1. m holds gradients and v their squares; both are divided "
        "by 1 - beta ** t in the step only, and 1e-8 is added to the root.",
    )


@exercise("9.3")
def rate(answer):
    """base (t + 1) / warm for t < warm, then base (1 + cos(pi x)) / 2, x from 0 to 1."""

    def right(t, base, warm, total):
        if t < warm:
            return base * (t + 1) / warm
        x = min((t - warm) / (total - warm), 1)
        return base * (1 + cos(pi * x)) / 2

    agrees(
        answer,
        right,
        t=integers(0, 25),
        base=floats(0.001, 2),
        warm=integers(0, 5),
        total=integers(6, 20),
        atol=1e-12,
        hint="The cosine begins where the warm-up ends: x = (t - warm) / (total - warm), but "
        "at most 1.",
    )


@exercise("9.4")
def slope_of_final_loss(answer):
    """d/dlr of c/2 w_n^2 with w_n = (1 - lr c)^n."""
    agrees(
        answer,
        lambda lr, c, n: -(c**2) * n * (1 - lr * c) ** (2 * n - 1),
        lr=floats(0, 1),
        c=floats(0.1, 3),
        n=integers(1, 6),
        rtol=1e-8,
        atol=1e-12,
        hint="w_n = (1 - lr c)^n, so L = c/2 (1 - lr c)^(2n); mind the inner derivative, -c.",
    )
