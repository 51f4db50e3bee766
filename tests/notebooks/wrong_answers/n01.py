"""Mistakes in the exercises of notebook 1."""

import numpy as np


def no_product_rule(x):
    return np.exp(-(x**2)) * (-2 * x)


def no_inner_derivative(x):
    return np.exp(-(x**2)) + x * np.exp(-(x**2))


def lost_sign(x):
    return np.exp(-(x**2)) + 2 * x**2 * np.exp(-(x**2))


def divided_by_h(f, x, h):
    return (f(x + h) - 2 * f(x) + f(x - h)) / h


def divided_by_2h_squared(f, x, h):
    return (f(x + h) - 2 * f(x) + f(x - h)) / (2 * h) ** 2


def one_f_in_the_middle(f, x, h):
    return (f(x + h) - f(x) + f(x - h)) / h**2


def first_derivative(f, x, h):
    return (f(x + h) - f(x - h)) / (2 * h)


def one_side(f, x, h):
    return (f(x + 2 * h) - 2 * f(x + h) + f(x)) / h


def all_entries_at_once(f, x, h=1e-5):
    return (f(x + h) - f(x - h)) / (2 * h) * np.ones(x.shape)


def not_put_back(f, x, h=1e-5):
    gradient = np.zeros(x.shape)
    for index in np.ndindex(x.shape):
        before = f(x)
        x[index] += h
        gradient[index] = (f(x) - before) / h
    return gradient


def divided_by_one_h(f, x, h=1e-5):
    gradient = np.zeros(x.shape)
    for index in np.ndindex(x.shape):
        step = np.zeros(x.shape)
        step[index] = h
        gradient[index] = (f(x + step) - f(x - step)) / h
    return gradient


def flat(f, x, h=1e-5):
    steps = h * np.eye(x.size).reshape(x.size, *x.shape)
    return np.array([(f(x + step) - f(x - step)) / (2 * h) for step in steps])


def rows_only(f, x, h=1e-5):
    gradient = np.zeros(x.shape)
    for i in range(len(x)):
        step = np.zeros(x.shape)
        step[i] = h
        gradient[i] = (f(x + step) - f(x - step)) / (2 * h)
    return gradient


WRONG = [
    ("1.1", "differentiates the second factor only", no_product_rule, "product rule"),
    ("1.1", "forgets the inner derivative", no_inner_derivative, "chain rule"),
    ("1.1", "loses the sign of the inner derivative", lost_sign, "-2x"),
    ("1.2", "divides by h", divided_by_h, "Solve for f''"),
    ("1.2", "divides by (2h)^2", divided_by_2h_squared, "x = 0"),
    ("1.2", "takes f(x) once", one_f_in_the_middle, "Solve for f''"),
    ("1.2", "gives the first derivative", first_derivative, "f' cancel"),
    ("1.2", "takes one side", one_side, "right"),
    ("1.3", "moves all entries at once", all_entries_at_once, "that entry alone"),
    ("1.3", "does not put the entry back", not_put_back, "changes its argument x in place"),
    ("1.3", "divides by h", divided_by_one_h, "divide the difference of the two values by 2h"),
    ("1.3", "returns a flat array", flat, "should have shape"),
    ("1.3", "moves whole rows", rows_only, "that entry alone"),
]
