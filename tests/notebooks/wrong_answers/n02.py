"""Mistakes that are made in the exercises of notebook 2."""

import math

import numpy as np


def forgets_a_consumer(x):
    a = x**2
    b = np.exp(a)
    return a * b, a * b * 2 * x


def forgets_the_inner_derivative(x):
    a = x**2
    b = np.exp(a)
    return a * b, b + a * b


def plain_formulas(x):
    return x**2 * np.exp(x**2), 2 * x * np.exp(x**2) * (1 + x**2)


def only_the_value(x):
    return x**2 * np.exp(x**2)


def with_math(x):
    a = float(x) ** 2
    b = math.exp(a)
    return a * b, 2 * float(x) * (b + a * b)


def x_has_one_consumer(x, y):
    p = x * y
    dp = np.exp(-p) * (1 - p)
    return dp * y, dp * x


def q_is_a_constant(x, y):
    dp = np.exp(-x * y)
    return dp * y + 1, dp * x


def wrong_sign(x, y):
    p = x * y
    dp = np.exp(-p) * (1 + p)
    return dp * y + 1, dp * x


def swapped(x, y):
    p = x * y
    dp = np.exp(-p) * (1 - p)
    return dp * x, dp * y + 1


def forgets_the_tangent_of_x(x, dx):
    a, b = x**2, np.exp(x)
    c = 1 + b
    return 2 * x, b, b, (2 * x * c - a * b) / c**2


def quotient_with_a_plus(x, dx):
    a, b = x**2, np.exp(x)
    c = 1 + b
    da, dc = 2 * x * dx, b * dx
    return da, dc, dc, (da * c + a * dc) / c**2


def quotient_of_tangents(x, dx):
    b = np.exp(x)
    da, dc = 2 * x * dx, b * dx
    return da, dc, dc, da / dc if dc else 0.0


def keeps_the_one(x, dx):
    a, b = x**2, np.exp(x)
    c = 1 + b
    da, db = 2 * x * dx, b * dx
    return da, db, 1 + db, (da * c - a * db) / c**2


WRONG = [
    ("2.1", "forgets that f uses a, too", forgets_a_consumer, "two consumers"),
    ("2.1", "forgets the inner derivative", forgets_the_inner_derivative, "2x"),
    ("2.1", "uses the plain formulas", plain_formulas, "11 operations"),
    ("2.1", "returns the value only", only_the_value, "1 part"),
    ("2.1", "leaves NumPy, so nothing can be counted", with_math, "can't be counted"),
    ("2.2", "forgets that f uses x directly", x_has_one_consumer, "two at x"),
    ("2.2", "forgets that q depends on p", q_is_a_constant, "Two contributions arrive at p"),
    ("2.2", "has the sign of exp(-p) wrong", wrong_sign, "from q and from r"),
    ("2.2", "returns them in the wrong order", swapped, "part 0 of 2"),
    ("2.3", "leaves dx out", forgets_the_tangent_of_x, "need not be 1"),
    ("2.3", "adds in the quotient rule", quotient_with_a_plus, "(da c - a dc) / c^2"),
    ("2.3", "divides the tangents", quotient_of_tangents, "part 3 of 4"),
    ("2.3", "gives the constant 1 a tangent", keeps_the_one, "part 2 of 4"),
]
