"""Derivatives in exact arithmetic, to compare gradients with.

The forward pass is run on arrays of numbers with 1500 digits and with a step of 1e-700 (of
ordinary inputs with 600 digits and 1e-350), so that each one-sided derivative is right to more
digits than a float has, whatever the magnitude.
"""

import mpmath
import numpy as np

from autograd_core import InitialNode

exact = mpmath.MPContext()  # one of our own, so that its numbers can be given methods


def method(name):
    return lambda x: getattr(exact, name)(x)


def exp(x):
    return exact.exp(x) if x > -10000 else exact.mpf(0)


for function in ("expm1", "log", "log1p", "sin", "tanh", "sqrt"):
    setattr(exact.mpf, function, method(function))  # which NumPy calls in arrays of objects
exact.mpf.exp = exp
exact.mpf.arctan = method("atan")


def exactly(array):
    if array.dtype.kind != "f":
        return array
    return np.array([exact.mpf(float(x)) for x in array.flat], object).reshape(array.shape)


class Slopes:
    """One-sided derivatives of sum(upstream * output) at a point, in exact arithmetic."""

    def __init__(self, entry, arrays, upstream):
        self.node, self.upstream = entry.call(*map(InitialNode, arrays)), upstream
        places = {id(x): i for i, x in enumerate(entry.distinct())}
        self.places = [places[id(x)] for x in entry.trigger]
        sizes = np.concatenate([np.abs(x[x != 0]).ravel() for x in arrays])
        ordinary = np.all((sizes > 1e-2) & (sizes < 20))  # the others need many more digits
        self.digits, self.power = (600, -350) if ordinary else (1500, -700)
        with exact.workdps(self.digits):
            self.arrays = [exactly(x) for x in arrays]
            self.here = self.output([])

    def output(self, moves):
        """sum(upstream * output) where the inputs were moved by (length, direction) pairs."""
        moved = list(self.arrays)
        for length, direction in moves:
            for i, d in enumerate(direction):
                if d is not None:
                    moved[i] = moved[i] + length * np.array(d, object)
        A = np.asarray(self.node.forward(*(moved[i] for i in self.places)))
        return exact.mpf(0) + np.sum(exactly(self.upstream) * A.reshape(self.upstream.shape))

    def along(self, direction, displacement=None):
        """The derivative to the right, or that at a point near by in another direction."""
        with exact.workdps(self.digits):
            step = exact.mpf(10) ** self.power
            start = [] if displacement is None else [(step * 10**10, displacement)]
            base = self.output(start) if start else self.here
            return (self.output([*start, (step, direction)]) - base) / step


def gradients(entry, arrays, upstream):
    """The engine's, for the distinct inputs; None for integers."""
    nodes = [InitialNode(x) for x in arrays]
    with np.errstate(all="ignore"):
        entry.call(*nodes).backward(upstream)
    return [node.grad for node in nodes]


def noise(entry, arrays, upstream, result):
    """How far the gradients at points an ulp or two away differ from each other.

    Equal inputs stay equal, so that ties do. The gradient at the point itself does not count: a
    wrong branch that is taken only there is no rounding.
    """
    rng = np.random.default_rng(0)
    near = []
    for _ in range(10):
        factors = {}
        moved = [nudged(rng, x, factors) for x in arrays]
        near.append(gradients(entry, moved, nudged(rng, upstream, None)))
    with np.errstate(all="ignore"):
        return [None if gs[0] is None else np.ptp(gs, axis=0) for gs in zip(*near, strict=True)]


def nudged(rng, array, factors):
    """Each number times 1 + k eps, with the same factor for equal numbers if they are kept."""
    if array.dtype.kind != "f":
        return array
    ulps = rng.choice([-2, -1, 1, 2], array.size) * np.finfo(array.dtype).eps
    if factors is not None:
        ulps = [factors.setdefault(x, k) for x, k in zip(array.flat, ulps, strict=True)]
    return array * (1 + np.array(ulps, array.dtype).reshape(array.shape))


def disagreement(entry, arrays, upstream):
    """Where the engine's gradient is none that the derivatives allow, or "".

    Along each direction the derivatives at points near by are bounds: at a kink they differ.
    """
    try:
        result = gradients(entry, arrays, upstream)
    except (ValueError, TypeError, IndexError, RuntimeError) as error:
        return f"{type(error).__name__}: {error}"
    widths = noise(entry, arrays, upstream, result)
    slopes, ways = Slopes(entry, arrays, upstream), directions(result)
    with exact.workdps(60):
        messages = (compare(slopes, result, widths, way, ways) for way in ways)
        return next(filter(None, messages), "")


def directions(result):
    """Along each entry, and five along all of them."""
    rng = np.random.default_rng(1)
    ways = []
    for i, g in enumerate(result):
        for k in range(0 if g is None else g.size):
            one = np.eye(1, g.size, k, dtype=int).reshape(g.shape)
            ways.append([one if i == j else None for j in range(len(result))])
    ways.append([None if g is None else np.ones(g.shape, int) for g in result])
    for _ in range(4):
        ways.append([None if g is None else 1 - 2 * rng.integers(0, 2, g.shape) for g in result])
    return ways


def opposite(way):
    return [None if d is None else -d for d in way]


def compare(slopes, result, widths, way, ways):
    info = np.finfo(slopes.upstream.dtype)
    low = -slopes.along(opposite(way))
    high = slopes.along(way)
    low, high = min(low, high), max(low, high)
    used = [
        (g[d != 0], d[d != 0], w[d != 0])
        for g, d, w in zip(result, way, widths, strict=True)
        if d is not None
    ]
    g, d, width = (np.concatenate(parts) for parts in zip(*used, strict=True))
    if max(abs(low), abs(high)) > float(info.max) / 16:
        return ""
    if not np.isfinite(g).all():
        return f"{g} along {d}, where {float(low)} to {float(high)} is right"
    terms = [exact.mpf(float(a)) * int(b) for a, b in zip(g, d, strict=True)]
    value, scale = sum(terms), sum(map(abs, terms))
    scale = max(scale, abs(low), abs(high))
    limit = 64 * float(info.eps) * scale + 8 * float(info.tiny)
    if high - low > exact.mpf(10) ** -30 * scale + float(info.tiny):  # at a kink
        rng = np.random.default_rng(2)
        near = [*ways, *map(opposite, ways)]
        for _ in range(20):
            near.append([None if x is None else rng.integers(-3, 4, x.shape) for x in result])
        found = [slopes.along(way, z) for z in near]
        low, high = min([low, *found]), max([high, *found])
    elif np.isfinite(width).all():
        limit += 8 * float(np.sum(width))
    if low - limit <= value <= high + limit:
        return ""
    return f"{float(value)} along {d}, where {float(low)} to {float(high)} is right"
