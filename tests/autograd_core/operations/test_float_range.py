"""Right over the whole range of floats: values and derivatives against 60 digits.

Errors are counted in ulps: units in the last place of the true result. Where that is subnormal
only nan and infinity are errors, and where it is too large for a float, infinity is right.
"""

import mpmath
import numpy as np
import pytest

import autograd_core as ag

FLOATS = [np.float64, np.float32]
both_precisions = pytest.mark.parametrize("dtype", FLOATS, ids=["float64", "float32"])


@pytest.fixture(autouse=True)
def sixty_digits():
    with mpmath.workdps(60):
        yield


def ulps(actual, true):
    """The error of one number; infinite for a nan, infinity or 0 that should be a number."""
    info = np.finfo(actual.dtype)
    if mpmath.isnan(true) or abs(true) > mpmath.mpf(float(info.max)):
        return 0.0 if np.isinf(actual) else np.inf
    if not np.isfinite(actual):
        return np.inf
    if abs(true) < mpmath.mpf(float(info.tiny)):
        return 0.0 if abs(float(actual)) <= 2 * float(info.tiny) else np.inf
    if actual == 0:
        return np.inf
    unit = mpmath.ldexp(1, mpmath.mag(true) - info.nmant - 1)
    return float(abs(mpmath.mpf(float(actual)) - true) / unit)


def worst(actual, true, at, limit):
    """Assert that no error is above the limit (in ulps); return the largest."""
    errors = [ulps(a, t) for a, t in zip(np.ravel(actual), true, strict=True)]
    i = int(np.argmax(errors))
    print(f"worst: {errors[i]:.2f} ulp at {at[i]!r}")
    assert errors[i] <= limit, (
        f"{errors[i]:.1f} ulp at {at[i]!r}: {np.ravel(actual)[i]!r} for {mpmath.nstr(true[i], 20)}"
    )
    return errors[i]


def magnitudes(dtype, dense):
    """From nearly the smallest normal number to nearly the largest, dense where curves bend."""
    low, high = (-300, 300) if dtype is np.float64 else (-37, 38)
    sparse = np.logspace(low, high, 101)
    edges = np.array([1, 2, 16, 16.64, 18.4, 37, 88, 88.8, 103, 600, 708, 709.8, 744, 745.2])
    return np.concatenate([sparse, np.geomspace(1e-3, 800, dense), edges]).astype(dtype)


def both_signs(dtype, dense=400):
    x = magnitudes(dtype, dense)
    return np.concatenate([-x, x])


def derivatives(f, x, order):
    """f and its derivatives up to `order`, entry by entry, each differentiated by the engine."""
    node = ag.InitialNode(x)
    results = [f(node)]
    for i in range(order):
        node.zero_grad()
        results[-1].backward(create_graph=i + 1 < order)
        results.append(node.grad)
    return [np.asarray(getattr(result, "value", result)) for result in results]


# Functions of one number -------------------------------------------------------------------


def s(x):
    """The sigmoid."""
    return mpmath.exp(-mpmath.log1p(mpmath.exp(-x))) if x > -1000 else mpmath.exp(x)


def slope(x):
    """Its derivative, s(x) s(-x) = 1 / (4 cosh(x/2)**2)."""
    return mpmath.sech(x / 2) ** 2 / 4


def curvature(x):
    return -slope(x) * mpmath.tanh(x / 2)


def softplus(x):
    return mpmath.log1p(mpmath.exp(-abs(x))) + max(x, 0)


def elu(alpha):
    return (
        lambda x: x if x > 0 else alpha * mpmath.expm1(x),
        lambda x: mpmath.mpf(1) if x > 0 else alpha * mpmath.exp(x),
    )


def sech2(x):
    return mpmath.sech(x) ** 2


def sech2_slope(x):
    return -2 * sech2(x) * mpmath.tanh(x)


def power(n):
    return (lambda x: x**n, lambda x: n * x ** (n - 1))


one = mpmath.mpf(1)
exp = mpmath.exp

FUNCTIONS = {  # the engine's, and the true value and derivatives
    "sigmoid": (ag.sigmoid, s, slope, curvature),
    "tanh": (np.tanh, mpmath.tanh, sech2, sech2_slope),
    "sech2": (ag.sech2, sech2, sech2_slope),
    "softplus": (ag.softplus, softplus, s, slope),
    "elu": (ag.elu, *elu(1)),
    "elu, alpha 1/4": (lambda x: ag.elu(x, 0.25), *elu(0.25)),
    "logistic_loss, y = 1": (
        lambda a: ag.logistic_loss(a, np.ones(a.shape, a.dtype)),
        lambda a: softplus(-a),
        lambda a: -s(-a),
        slope,
    ),
    "logistic_loss, y = -1": (
        lambda a: ag.logistic_loss(a, -np.ones(a.shape, a.dtype)),
        softplus,
        s,
        slope,
    ),
    "relu": (ag.relu, lambda x: max(x, 0), lambda x: one * (x > 0)),
    "leaky_relu": (
        lambda x: ag.leaky_relu(x, 0.25),
        lambda x: x if x > 0 else x / 4,
        lambda x: one if x > 0 else one / 4,
    ),
    "expm1": (np.expm1, mpmath.expm1, exp, exp),
    "exp": (np.exp, exp, exp, exp),
    "square": (np.square, *power(2), lambda x: one * 2),
    "x * x": (lambda x: x * x, *power(2), lambda x: one * 2),
    "absolute": (np.absolute, abs, mpmath.sign),
    "1 / x": (lambda x: 1 / x, *power(-1), lambda x: 2 / x**3),
    "x ** 3": (lambda x: x**3, *power(3), lambda x: 6 * x),
    "x ** -2": (lambda x: x**-2.0, *power(-2), lambda x: 6 / x**4),
    "mean": (lambda x: np.mean(x.reshape(-1, 1), axis=1), lambda x: x, lambda x: one),
}
POSITIVE = {
    "log": (np.log, mpmath.log, *power(-1)),
    "log1p": (np.log1p, mpmath.log1p, lambda x: 1 / (1 + x), lambda x: -1 / (1 + x) ** 2),
    "sqrt": (np.sqrt, mpmath.sqrt, lambda x: mpmath.sqrt(1 / x) / 2),
}


def limits(name):
    """4 ulp for values and gradients, 16 for second derivatives: sech2 is tanh's gradient."""
    return (4, 16) if name == "sech2" else (4, 4, 16)


def check_derivatives(function, true, x, limits):
    points = [mpmath.mpf(float(a)) for a in x]
    with np.errstate(over="ignore"):  # where the true result is too large, infinity is right
        results = derivatives(function, x, len(true) - 1)
    for result, f, limit in zip(results, true, limits, strict=False):
        assert result.dtype == x.dtype
        worst(result, [f(p) for p in points], x, limit)


@both_precisions
@pytest.mark.parametrize("name", [*FUNCTIONS, *POSITIVE])
def test_values_and_derivatives(name, dtype):
    if name in FUNCTIONS:
        function, *true = FUNCTIONS[name]
        x = both_signs(dtype)
    else:
        function, *true = POSITIVE[name]
        x = magnitudes(dtype, 400)
    check_derivatives(function, true, x, limits(name))


@pytest.mark.slow
@both_precisions
@pytest.mark.parametrize("name", FUNCTIONS)
def test_values_and_derivatives_densely(name, dtype):
    function, *true = FUNCTIONS[name]
    check_derivatives(function, true, both_signs(dtype, 10_000), limits(name))


@both_precisions
def test_log1p_of_negative_numbers(dtype):
    x = -np.geomspace(np.finfo(dtype).tiny, 1, 200, endpoint=False).astype(dtype)
    check_derivatives(*[np.log1p, POSITIVE["log1p"][1:]], x, (4, 4, 16))


@both_precisions
def test_quotients(dtype):
    """X / Y and both gradients, -X / Y**2 where Y**2 alone would overflow or underflow."""
    x = both_signs(dtype, 0)[::5]
    X, Y = (ag.InitialNode(a.ravel()) for a in np.meshgrid(x, x))
    with np.errstate(over="ignore"):
        quotient = X / Y
        quotient.backward()
    pairs = [
        (mpmath.mpf(float(a)), mpmath.mpf(float(b))) for a, b in zip(X.value, Y.value, strict=True)
    ]
    at = [(float(a), float(b)) for a, b in pairs]
    worst(quotient.value, [a / b for a, b in pairs], at, 1)
    worst(X.grad, [1 / b for a, b in pairs], at, 1)
    worst(Y.grad, [-a / b**2 for a, b in pairs], at, 4)


@both_precisions
@pytest.mark.parametrize("name", FUNCTIONS)
def test_limits(name, dtype):
    """Where a function has a limit at infinity, that is its value; no derivative is nan."""
    function, *true = FUNCTIONS[name]
    x = np.array([-np.inf, np.inf], dtype)
    with np.errstate(over="ignore"):
        results = derivatives(function, x, min(len(true) - 1, 2))
        far = derivatives(function, np.array([-1e30, 1e30], dtype), 1)
    assert not np.isnan(results).any()
    for at_infinity, at_far in zip(results, far, strict=False):
        tends = np.abs(at_far) > 1e20
        np.testing.assert_array_equal(np.isinf(at_infinity), tends)
        bounded = np.where(tends | (np.abs(at_far) < 1e-20), 0, at_far)
        np.testing.assert_array_equal(np.where(tends, 0, at_infinity), bounded)


HIGHER_DERIVATIVES_AT_0 = {
    "sigmoid": (1 / 2, 1 / 4, 0, -1 / 8),
    "tanh": (0, 1, 0, -2),
    "sech2": (1, 0, -2, 0),
    "softplus": (np.log(2), 1 / 2, 1 / 4, 0, -1 / 8),
    "logistic_loss, y = 1": (np.log(2), -1 / 2, 1 / 4, 0, -1 / 8),
    "logistic_loss, y = -1": (np.log(2), 1 / 2, 1 / 4, 0, -1 / 8),
    "expm1": (0, 1, 1, 1),
    "exp": (1, 1, 1, 1),
    "square": (0, 0, 2, 0),
    "x * x": (0, 0, 2, 0),
    "x ** 3": (0, 0, 0, 6, 0),
    "relu": (0, 0, 0),
    "leaky_relu": (0, 1 / 4, 0),
    "absolute": (0, 0, 0),
}


@both_precisions
@pytest.mark.parametrize("zero", [0.0, -0.0])
@pytest.mark.parametrize("name", HIGHER_DERIVATIVES_AT_0)
def test_higher_derivatives_at_0(name, zero, dtype):
    true = HIGHER_DERIVATIVES_AT_0[name]
    derivative = FUNCTIONS[name][0]
    x = ag.InitialNode(zero, dtype=dtype)
    output = derivative(x)
    for n, expected in enumerate(true):
        np.testing.assert_allclose(output.item(), expected, rtol=4 * np.finfo(dtype).eps)
        if not output.requires_grad:
            assert not any(true[n + 1 :])
            return
        x.zero_grad()
        output.backward(create_graph=True)
        output = x.grad if isinstance(x.grad, ag.Node) else ag.InitialNode(x.grad, None, False)


# Rows of scores ----------------------------------------------------------------------------


def score_rows(dtype):
    """Pairs [s, 0] and [0, s], and 3 to 5 scores spread over 1e-3 to 700, as (rows, K) arrays."""
    x = both_signs(dtype, 40)
    x = x[np.abs(x) < np.sqrt(np.finfo(dtype).max)]
    yield np.stack([x, 0 * x], axis=1)
    yield np.stack([0 * x, x], axis=1)
    rng = np.random.default_rng(5)
    for classes in (3, 4, 5):
        spread = np.geomspace(1e-3, 700, 40)[:, None]
        rows = spread * rng.uniform(-1, 1, (40, classes))
        yield rows.astype(dtype)
        yield (rows + 300 * rng.standard_normal((40, 1))).astype(dtype)  # far from 0
        rows[:, 0] = rows[:, 1:].max(axis=1)
        yield rows.astype(dtype)  # ties for the lead


def precise(Z):
    return [[mpmath.mpf(float(z)) for z in row] for row in Z]


def others(row, k):
    """sum over j != k of e ** (z_j - z_k)"""
    return mpmath.fsum(mpmath.exp(z - row[k]) for j, z in enumerate(row) if j != k)


@both_precisions
def test_softmax_loss(dtype):
    """Value and gradient within 8 ulp, for every label: leading, trailing, tied."""
    for Z in score_rows(dtype):
        rows = precise(Z)
        for label in range(Z.shape[1]):
            scores = ag.InitialNode(Z)
            loss = ag.softmax_loss(scores, np.full(len(Z), label))
            loss.backward()
            at = [(row.tolist(), label) for row in Z]
            worst(loss.value, [mpmath.log1p(others(row, label)) for row in rows], at, 8)
            # p_k = 1 / (1 + others), and p - 1 = -others / (1 + others)
            true = [
                (-others(row, k) if k == label else 1) / (1 + others(row, k))
                for row in rows
                for k in range(len(row))
            ]
            at = [(row.tolist(), label, k) for row in Z for k in range(len(row))]
            worst(scores.grad, true, at, 8)


@both_precisions
def test_softmax_loss_of_two_classes_is_logistic_loss(dtype):
    """Also in the second derivative: by s of [s, 0] it is the slope of the sigmoid."""
    x = both_signs(dtype, 60)
    x = x[np.abs(x) < np.sqrt(np.finfo(dtype).max)]
    zero, first = np.zeros_like(x), np.zeros(len(x), int)

    def loss(node):
        return ag.softmax_loss(np.stack([node, zero], axis=1), first)

    true = [lambda a: softplus(-a), lambda a: -s(-a), slope]
    check_derivatives(loss, true, x, (8, 8, 16))


@both_precisions
def test_softmax_and_its_logarithm(dtype):
    """Within 8 ulp; the logarithm of the sum within 8 of its larger part, as parts may cancel."""
    for Z in score_rows(dtype):
        rows = precise(Z)
        at = [(row.tolist(), k) for row in Z for k in range(len(row))]
        sums = [others(row, k) for row in rows for k in range(len(row))]
        worst(ag.softmax(Z).value, [1 / (1 + e) for e in sums], at, 8)
        worst(ag.log_softmax(Z).value, [-mpmath.log1p(e) for e in sums], at, 8)
        value = ag.logsumexp(Z, axis=1).value
        assert value.dtype == dtype
        for row, a in zip(rows, value, strict=True):
            true = max(row) + mpmath.log1p(others(row, row.index(max(row))))
            parts = max(abs(max(row)), mpmath.log(len(row)), abs(true))
            error = abs(mpmath.mpf(float(a)) - true) / parts / float(np.finfo(dtype).eps)
            assert error <= 8, (row, error)


@both_precisions
@pytest.mark.parametrize("operation", [ag.softmax, ag.log_softmax, ag.logsumexp])
def test_gradients_through_softmax_are_finite(operation, dtype):
    """First and second ones, and not 0 where they should be an ordinary number."""
    for Z in score_rows(dtype):
        scores = ag.InitialNode(Z)
        output = operation(scores, axis=1)
        upstream = np.random.default_rng(1).uniform(0.5, 2, output.shape).astype(dtype)
        output.backward(upstream, create_graph=True)
        gradient = scores.grad
        assert np.isfinite(gradient.value).all()
        scores.zero_grad()
        (gradient * np.linspace(1, 2, Z.shape[1], dtype=dtype)).backward()
        assert np.isfinite(scores.grad).all()
        if operation is ag.logsumexp:
            true = [
                mpmath.mpf(float(u)) / (1 + others(row, k))
                for u, row in zip(upstream, precise(Z), strict=True)
                for k in range(len(row))
            ]
            worst(gradient.value, true, [row.tolist() for row in Z for _ in row], 8)


@both_precisions
def test_masked_scores(dtype):
    """A score of -inf takes its class out."""
    Z = ag.InitialNode(np.array([[0, -np.inf, 0], [-np.inf, 1000, -np.inf]], dtype))
    np.testing.assert_array_equal(ag.softmax(Z).value, [[0.5, 0, 0.5], [0, 1, 0]])
    loss = ag.softmax_loss(Z, np.array([0, 1]))
    loss.backward()
    np.testing.assert_allclose(loss.value, [np.log(2), 0], rtol=4 * np.finfo(dtype).eps)
    np.testing.assert_array_equal(Z.grad, [[-0.5, 0, 0.5], [0, 0, 0]])
    Z.zero_grad()
    ag.logsumexp(Z, axis=1).backward()
    np.testing.assert_array_equal(Z.grad, [[0.5, 0, 0.5], [0, 1, 0]])


@both_precisions
def test_reductions_of_large_numbers(dtype):
    big = np.finfo(dtype).max
    x = ag.InitialNode(np.array([big, big, big / 2, big], dtype))
    mean = np.mean(x)
    mean.backward()
    np.testing.assert_allclose(mean.value, big * dtype(0.875), rtol=4 * np.finfo(dtype).eps)
    np.testing.assert_array_equal(x.grad, [0.25] * 4)
    np.testing.assert_array_equal(ag.logsumexp(x).value, big)
    np.testing.assert_array_equal(ag.softmax(np.array([big, -big], dtype)).value, [1, 0])
    np.testing.assert_array_equal(ag.log_softmax(np.array([0, -big], dtype)).value, [0, -big])
