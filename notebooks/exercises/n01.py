"""Exercises of notebook 1: derivatives."""

import numpy as np

from exercises.checking import agrees, arrays, axes, exercise, floats


@exercise("1.1")
def derivative_of_a_product(answer):
    """f'(x) of f(x) = x exp(-x^2), by hand."""
    agrees(
        answer,
        lambda x: (1 - 2 * x**2) * np.exp(-(x**2)),
        x=floats(-3, 3),
        atol=1e-12,
        hint="The product rule has two terms: the derivative of the first factor times the "
        "second, and the first times that of the second, where the chain rule gives -2x.",
    )


FUNCTIONS = {
    "x^2": (np.square, lambda x: 2.0),
    "x^3": (lambda x: x**3, lambda x: 6 * x),
    "exp(x)": (np.exp, np.exp),
}


@exercise("1.2")
def second_derivative_from_differences(answer):
    """f''(x) from the values of f at x - h, x and x + h."""
    for name, (f, exact) in FUNCTIONS.items():
        agrees(
            lambda x, h, f=f: answer(f, x, h),
            lambda x, h, exact=exact: exact(x),
            x=floats(-2, 2),
            h=floats(0.001, 0.01),
            atol=1e-3,
            rtol=1e-4,
            hint=f"Here f(x) = {name}. Add f(x+h) = f + h f' + h^2 f''/2 + ... and "
            "f(x-h) = f - h f' + h^2 f''/2 - ...: the terms with f' cancel. Solve for f''.",
        )


@exercise("1.3")
def gradient_from_differences(answer):
    """The gradient of a function of an array, from central differences, entry by entry."""
    hint = (
        "Make a copy of x for each entry, move that entry alone to both sides by h, and divide "
        "the difference of the two values by 2h. np.ndindex(x.shape) goes through all entries."
    )
    for shape in (axes("n"), axes("n", "m")):
        agrees(
            lambda x: answer(lambda a: np.sum(a**3), x),
            lambda x: 3 * x**2,
            x=arrays(shape),
            rtol=1e-6,
            atol=1e-6,
            hint=hint,
        )
    agrees(
        lambda x: answer(lambda a: np.sum(a) ** 2 + a.flat[0], x),
        lambda x: 2 * np.sum(x) + (np.arange(x.size) == 0).reshape(x.shape),
        x=arrays(axes("n", "m")),
        rtol=1e-6,
        atol=1e-6,
        hint=hint,
    )
