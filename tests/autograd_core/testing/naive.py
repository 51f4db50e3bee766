"""A second evaluation of random graphs: recursive, in forward mode, in plain NumPy.

It shares no line with the engine. A `Dual` holds a value with its derivatives by every entry of
every initial node; the derivative rules are those of the textbook, and composed operations
(softmax, var, products of matrices) are composed of entrywise functions, products and sums. It
computes in longdouble.

Along with each number goes a bound of the error that another precision's rounding can make, in
units of that precision's eps, by running error analysis (Higham, "Accuracy and Stability of
Numerical Algorithms", 3.3). A derivative is the sum over all paths through the graph of products
of local derivatives. Whatever the order in which these are multiplied and added, forward or
reverse, each product gets at most ROUNDINGS relative errors of eps from each operation on its
path, and the errors that the local derivatives have because the values have some. So the sum
of the *absolute* products is carried along too: the errors are relative to that.
"""

import numpy as np

ROUNDINGS = 50
"""Of size eps, by one operation with what belongs to it: the functions themselves (4 units in the
last place or less), sums of at most 64 terms, the gradients of its at most 31 consumers added up,
and broadcasting of at most 64 entries undone. Rounding to nearest makes half an eps each."""


class Dual:
    """value, error bound of it; derivatives, sums of their absolute terms, error bound of them.

    Derivatives have an axis before those of the value: one entry for each direction.
    """

    def __init__(self, v, e, T, M, D):
        self.v, self.e, self.T, self.M, self.D = v, e, T, M, D

    def __add__(self, other):
        x, y = aligned(self, other)
        v, M = x.v + y.v, x.M + y.M
        e, D = x.e + y.e + rounding(v), x.D + y.D + rounding(M)
        return Dual(v, e, x.T + y.T, M, D)

    def __neg__(self):
        return Dual(-self.v, self.e, -self.T, self.M, self.D)

    def __sub__(self, other):
        return self + -other

    def __mul__(self, other):
        x, y = aligned(self, other)
        a, b = np.abs(x.v) + EPS * x.e, np.abs(y.v) + EPS * y.e
        M = x.M * b + a * y.M
        return Dual(
            x.v * y.v,
            a * y.e + x.e * b + rounding(a * b),
            x.T * y.v + x.v * y.T,
            M,
            x.D * b + x.M * y.e + a * y.D + x.e * y.M + rounding(M),
        )

    def apply(self, function):
        """A function of single entries, which gives its value and three derivatives."""
        f, f1, f2, f3 = function(self.v)
        e = self.e
        # Taylor's terms of second order, twice as large as they are at the point itself.
        change = np.abs(f1) * e + np.abs(f2) * e**2 * EPS
        change_of_f1 = np.abs(f2) * e + np.abs(f3) * e**2 * EPS
        slope = np.abs(f1) + EPS * change_of_f1
        M = slope * self.M
        D = slope * self.D + change_of_f1 * self.M + rounding(M)
        return Dual(f, change + rounding(f), f1 * self.T, M, D)

    def sum(self, axis=None, keepdims=False):
        axes = normal(axis, self.v.ndim)
        by_direction = tuple(i + 1 for i in axes)
        size = np.sum(np.abs(self.v), axes, keepdims=keepdims)
        M = np.sum(self.M, by_direction, keepdims=keepdims)
        return Dual(
            np.sum(self.v, axes, keepdims=keepdims),
            np.sum(self.e, axes, keepdims=keepdims) + rounding(size),
            np.sum(self.T, by_direction, keepdims=keepdims),
            M,
            np.sum(self.D, by_direction, keepdims=keepdims) + rounding(M),
        )

    def mean(self, axis=None, keepdims=False):
        n = np.prod([self.v.shape[i] for i in normal(axis, self.v.ndim)], dtype=int)
        return self.sum(axis, keepdims) * constant(1 / np.longdouble(n))


EPS = np.finfo(float).eps
UNDERFLOW = np.finfo(float).smallest_normal  # the least numbers are this far apart, times EPS


def rounding(size):
    return ROUNDINGS * (np.abs(size) + UNDERFLOW)


def constant(value):
    value = np.asarray(value, np.longdouble)
    zero = np.zeros((1, *value.shape), np.longdouble)
    return Dual(value, np.zeros(value.shape), zero, zero, zero)


def initial(values):
    """Dual numbers for initial nodes: the derivative by an entry of its own is 1, others are 0."""
    n = sum(value.size for value in values)
    unit_vectors = np.eye(n, dtype=np.longdouble)
    duals, start = [], 0
    for value in values:
        T = unit_vectors[:, start : start + value.size].reshape(n, *value.shape)
        v = np.asarray(value, np.longdouble)
        duals.append(Dual(v, np.abs(v) + 1, T, T, np.zeros_like(T)))
        start += value.size
    return duals


def aligned(x, y):
    """Give both as many axes, so that they can be broadcast below the axis of directions."""
    ndim = max(x.v.ndim, y.v.ndim)
    return tuple(move([z], lambda a: a.reshape((1,) * (ndim - a.ndim) + a.shape)) for z in (x, y))


def move(duals, function):
    """An operation that moves entries: find out by letting it move their positions."""
    starts = np.cumsum([0] + [x.v.size for x in duals])
    positions = [
        np.arange(start, start + x.v.size).reshape(x.v.shape)
        for start, x in zip(starts, duals, strict=False)
    ]
    where = function(*positions)
    n = max(len(x.T) for x in duals)

    def moved(arrays):
        return np.concatenate([a.reshape(-1) for a in arrays])[where]

    def moved_by_direction(arrays):
        flat = [
            np.broadcast_to(a, (n, *a.shape[1:])).reshape(n, x.v.size)
            for a, x in zip(arrays, duals, strict=True)
        ]
        return np.concatenate(flat, axis=1)[:, where]

    return Dual(
        moved([x.v for x in duals]),
        moved([x.e for x in duals]),
        moved_by_direction([x.T for x in duals]),
        moved_by_direction([x.M for x in duals]),
        moved_by_direction([x.D for x in duals]),
    )


def normal(axis, ndim):
    if axis is None or ndim == 0:
        return tuple(range(ndim))
    return tuple(i % ndim for i in (axis if isinstance(axis, tuple) else (axis,)))


def sin(x):
    return np.sin(x), np.cos(x), -np.sin(x), -np.cos(x)


def cos(x):
    return np.cos(x), -np.sin(x), -np.cos(x), np.sin(x)


def exp(x):
    return (np.exp(x),) * 4


def expm1(x):
    return (np.expm1(x), *exp(x)[1:])


def log(x):
    return np.log(x), 1 / x, -1 / x**2, 2 / x**3


def reciprocal(x):
    return 1 / x, -1 / x**2, 2 / x**3, -6 / x**4


def square(x):
    return x * x, 2 * x, 2 + 0 * x, 0 * x


def sech2(x):
    t, s = np.tanh(x), 1 / np.cosh(x) ** 2
    return s, -2 * s * t, s * (4 * t**2 - 2 * s), 8 * s * t * (3 * s - 1)


def tanh(x):
    return (np.tanh(x), *sech2(x)[:3])


def sigmoid(x):
    p, q = 1 / (1 + np.exp(-x)), 1 / (1 + np.exp(x))
    return p, p * q, p * q * (q - p), p * q * (1 - 6 * p * q)


def softplus(x):
    return (np.logaddexp(0, x), *sigmoid(x)[:3])


def softmax_parts(X, axis):
    """The scores less a constant, their exponentials and the sum of those."""
    m = np.max(X.v, normal(axis, X.v.ndim), keepdims=True, initial=-np.inf)
    shifted = X - constant(m)
    e = shifted.apply(exp)
    return m, shifted, e, e.sum(axis, keepdims=True)


def softmax(X, axis):
    if not X.v.size:
        return X
    _, _, e, total = softmax_parts(X, axis)
    return e * total.apply(reciprocal)


def log_softmax(X, axis):
    if not X.v.size:
        return X
    _, shifted, _, total = softmax_parts(X, axis)
    return shifted - total.apply(log)


def logsumexp(X, axis, keepdims):
    m, _, _, total = softmax_parts(X, axis)
    A = constant(m) + total.apply(log)
    return A if keepdims else move([A], lambda a: np.squeeze(a, normal(axis, X.v.ndim)))


def var(X, axis, keepdims):
    return (X - X.mean(axis, keepdims=True)).apply(square).mean(axis, keepdims)


def matmul(X, Y):
    row, column = X.v.ndim == 1, Y.v.ndim == 1
    X = move([X], lambda a: (a[None] if row else a)[..., :, :, None])
    Y = move([Y], lambda a: (a[:, None] if column else a)[..., None, :, :])
    A = (X * Y).sum(axis=-2)
    if row:
        A = move([A], lambda a: a[..., 0, :])
    return move([A], lambda a: a[..., 0]) if column else A


RULES = {
    "add": lambda X, Y: X + Y,
    "subtract": lambda X, Y: X - Y,
    "multiply": lambda X, Y: X * Y,
    "negative": lambda X: -X,
    "sum": lambda X, axis, keepdims: X.sum(axis, keepdims),
    "mean": lambda X, axis, keepdims: X.mean(axis, keepdims),
    "var": var,
    "softmax": softmax,
    "log_softmax": log_softmax,
    "logsumexp": logsumexp,
    "mm": matmul,
    "matmul": matmul,
    "mse": lambda A, y: (A - y).apply(square).mean(),
    "transpose": lambda X, axes: move([X], lambda a: np.transpose(a, axes)),
    "reshape": lambda X, shape: move([X], lambda a: np.reshape(a, shape)),
    "swapaxes": lambda X, axis1, axis2: move([X], lambda a: np.swapaxes(a, axis1, axis2)),
    "expand_dims": lambda X, axis: move([X], lambda a: np.expand_dims(a, axis)),
    "broadcast_to": lambda X, shape: move([X], lambda a: np.broadcast_to(a, shape)),
    "concatenate": lambda *Xs, axis: move(Xs, lambda *a: np.concatenate(a, axis)),
    "stack": lambda *Xs, axis: move(Xs, lambda *a: np.stack(a, axis)),
    "index": lambda X, key: move([X], lambda a: np.asarray(a[key])),
}
for function in (square, sin, cos, tanh, sigmoid, softplus, sech2, exp, expm1):
    RULES[function.__name__] = lambda X, function=function: X.apply(function)


def evaluate(graph, values=None):
    """The dual numbers of all nodes on the way to the output, which comes last, by recursion."""
    known = dict(enumerate(initial(graph.values if values is None else values)))

    def dual(position):
        if position not in known:
            step = graph.steps[position - len(graph.values)]
            inputs = [dual(i) if isinstance(i, int) else constant(i) for i in step.inputs]
            known[position] = RULES[step.operation.__name__](*inputs, **step.options)
        return known[position]

    with np.errstate(over="ignore"):  # of cosh and the like, which are then divided by
        output = dual(len(graph.values) + len(graph.steps) - 1)
    return [x for x in known.values() if x is not output] + [output]


def gradient(duals, upstream):
    """The gradient by every entry of every initial node, contracted with `upstream`.

    Also the bound of the error that reverse mode makes. It goes through the graph the other way,
    so what is lost of a number too small for the dtype is multiplied by the derivatives of all
    that comes before.
    """
    output = duals[-1]
    axes = tuple(range(1, upstream.ndim + 1))
    size = np.abs(upstream)
    lost = sum(np.sum(x.M, tuple(range(1, x.M.ndim))) for x in duals) * UNDERFLOW
    error = np.sum((output.D + ROUNDINGS * output.M) * size, axes) + ROUNDINGS * lost
    return np.sum(output.T * upstream, axes), error
