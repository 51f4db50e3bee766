"""One table of all operations: how each is called, and with what.

Tests that hold for every operation walk over `CASES`, so a new operation is tested by a row.

All numbers are multiples of 1/64, at most 4 in size: exact in every floating-point dtype, so
that results in several dtypes are results at the same point. They keep a distance from kinks
(0 for relu, ties for max) that is larger than the step of finite differences, and from poles.
"""

from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any

import numpy as np
from hypothesis import assume
from hypothesis import strategies as st
from hypothesis.extra import numpy as hnp

from autograd_core import operations


@dataclass(frozen=True)
class Example:
    """The inputs of one call, and its options."""

    arrays: tuple[np.ndarray, ...]
    options: dict[str, Any] = field(default_factory=dict)


@dataclass(frozen=True)
class Case:
    """An operation, the examples to call it with, and the same in plain NumPy."""

    operation: str
    examples: st.SearchStrategy[Example]
    numpy: Callable[..., Any]
    differentiable: tuple[int, ...] | None = None  # numbers of inputs; None: all
    variant: str = ""
    sequence: bool = False  # the inputs are passed as one list

    def __str__(self) -> str:
        return self.operation + (f"-{self.variant}" if self.variant else "")

    def __call__(self, *inputs: Any, **options: Any) -> Any:
        function = getattr(operations, self.operation)
        return function(list(inputs), **options) if self.sequence else function(*inputs, **options)

    def by(self, example: Example) -> tuple[int, ...]:
        """The numbers of the inputs to differentiate by."""
        if self.differentiable is None:
            return tuple(range(len(example.arrays)))
        return self.differentiable


# Numbers -----------------------------------------------------------------------------------


def numbers(low, high, without=0.0):
    """Multiples of 1/64 from low to high with a size of at least `without`."""
    multiples = st.integers(round(low * 64), round(high * 64)).map(lambda k: k / 64)
    return multiples.filter(lambda x: abs(x) >= without) if without else multiples


REAL = numbers(-4, 4)
SMALL = numbers(-2, 2)
NONZERO = numbers(-4, 4, without=1 / 64)
DIVISOR = numbers(-4, 4, without=0.5)
POSITIVE = numbers(0.5, 4)
PROBABILITY = numbers(0.25, 0.75)
FROM_MINUS_HALF = numbers(-0.5, 4)
BETWEEN = st.integers(-128, 127).map(lambda k: (2 * k + 1) / 64)  # odd, so never ...
EVEN = st.integers(-128, 128).map(lambda k: 2 * k / 64)  # ... equal to one of these

SIDES = {"min_side": 0, "max_side": 3}
shapes = hnp.array_shapes(min_dims=0, max_dims=3, **SIDES)


def arrays(shape, elements=REAL, unique=False):
    return hnp.arrays(np.float64, shape, elements=elements, fill=st.nothing(), unique=unique)


# Examples ----------------------------------------------------------------------------------


@st.composite
def elementwise(draw, *elements):
    """One input for each kind of numbers, with shapes that broadcast."""
    pair = hnp.mutually_broadcastable_shapes(num_shapes=len(elements), max_dims=3, **SIDES)
    input_shapes = draw(pair).input_shapes
    return Example(tuple(draw(arrays(*a)) for a in zip(input_shapes, elements, strict=True)))


@st.composite
def lowered(draw, *elements):
    return Example(draw(elementwise(*elements)).arrays, {"n": draw(st.integers(1, 3))})


@st.composite
def whole(draw, *elements):
    """The same with integers."""
    return Example(tuple(np.asarray(a).astype(int) for a in draw(elementwise(*elements)).arrays))


@st.composite
def same_shape(draw, *elements):
    shape = draw(shapes)
    return Example(tuple(draw(arrays(shape, e)) for e in elements))


@st.composite
def choices(draw):
    """A condition and two inputs."""
    condition, X, Y = draw(elementwise(SMALL, REAL, REAL)).arrays
    return Example((np.asarray(condition > 0), X, Y))


def masks():
    """An array, and which of its entries are kept."""
    return choices().map(lambda e: Example((e.arrays[1], e.arrays[0])))


@st.composite
def with_options(draw, elements, **options):
    """An input of any shape, and options from these strategies."""
    X = draw(arrays(draw(shapes), elements))
    return Example((X,), {name: draw(option) for name, option in options.items()})


def axes(ndim):
    """None, a number, or a tuple of numbers, some of them negative."""
    if ndim == 0:
        return st.none()
    axis = st.integers(-ndim, ndim - 1)
    several = st.lists(axis, max_size=ndim, unique_by=lambda a: a % ndim).map(tuple)
    return st.none() | axis | several


@st.composite
def reductions(draw, elements=REAL, least=0, unique=False, keepdims=True):
    """An input whose reduced axes have at least `least` entries together."""
    X = draw(arrays(draw(shapes), elements, unique))
    options = {"axis": draw(axes(X.ndim))}
    reduced = range(X.ndim) if options["axis"] is None else np.atleast_1d(options["axis"])
    assume(np.prod([X.shape[int(axis)] for axis in reduced]) >= least)
    if keepdims:
        options["keepdims"] = draw(st.booleans())
    return Example((X,), options)


@st.composite
def variances(draw):
    example = draw(reductions(least=2))
    return Example(example.arrays, example.options | {"ddof": draw(st.integers(0, 1))})


@st.composite
def matrices(draw):
    b, p, u = (draw(st.integers(0, 3)) for _ in range(3))
    return Example((draw(arrays((b, p))), draw(arrays((p, u)))))


@st.composite
def products(draw):
    """Vectors, matrices and stacks of matrices in all combinations."""
    signature = np.matmul.signature
    both = hnp.mutually_broadcastable_shapes(signature=signature, max_dims=2, **SIDES)
    X, Y = draw(both).input_shapes
    return Example((draw(arrays(X)), draw(arrays(Y))))


@st.composite
def labelled_rows(draw):
    b, classes = draw(st.integers(0, 3)), draw(st.integers(1, 4))
    y = draw(hnp.arrays(np.int64, b, elements=st.integers(0, classes - 1)))
    return Example((draw(arrays((b, classes))), y))


def moved(**options):
    """An input, and options that depend on its shape: from functions of the shape."""

    @st.composite
    def examples(draw):
        X = draw(arrays(draw(shapes)))
        return Example((X,), {name: draw(option(X.shape)) for name, option in options.items()})

    return examples()


def other_shapes(shape):
    size = int(np.prod(shape))
    fixed = [(size,), (1, size), (size, 1, 1), shape[::-1]]
    return st.sampled_from([*fixed, -1, (-1, 1), (1, -1)] if size else fixed)


def orders(shape):
    """Permutations of the axes, counted from the front or from the end."""
    n = len(shape)
    return st.none() | st.permutations(range(n)).flatmap(
        lambda order: st.tuples(*(st.sampled_from([a, a - n]) for a in order))
    )


def larger_shapes(shape):
    others = hnp.broadcastable_shapes(shape, max_dims=3, **SIDES)
    return others.map(lambda other: np.broadcast_shapes(shape, other))


def new_axes(shape):
    n = len(shape) + 1
    two = st.lists(st.integers(-n - 1, n), max_size=2, unique_by=lambda a: a % (n + 1))
    return st.integers(-n, n - 1) | two.filter(lambda a: len(a) == 2).map(tuple)


def axes_of_length_1(shape):
    ones = [i for i, n in enumerate(shape) if n == 1]
    single = [*ones, *(i - len(shape) for i in ones)]
    return st.sampled_from([None, tuple(ones), *single])


@st.composite
def with_two_axes(draw):
    X = draw(arrays(draw(hnp.array_shapes(min_dims=1, max_dims=3, **SIDES))))
    axis = st.integers(-X.ndim, X.ndim - 1)
    return Example((X,), {"axis1": draw(axis), "axis2": draw(axis)})


@st.composite
def sequences(draw, new_axis):
    """One to three arrays to join along an axis, old or new."""
    shape = draw(hnp.array_shapes(min_dims=0 if new_axis else 1, max_dims=3, **SIDES))
    n = len(shape) + new_axis
    axis = draw(st.integers(-n, n - 1))
    joined = []
    for _ in range(draw(st.integers(1, 3))):
        own = list(shape)
        if not new_axis:
            own[axis] = draw(st.integers(0, 3))
        joined.append(draw(arrays(tuple(own))))
    return Example(tuple(joined), {"axis": axis})


def keys(shape):
    """Everything NumPy takes in brackets, with repeated and negative indices."""
    basic = hnp.basic_indices(shape, max_dims=4, allow_newaxis=True)
    masks = hnp.arrays(bool, shape)
    kinds = [basic, masks, st.sampled_from([True, False, None, Ellipsis, ()])]
    if shape and min(shape):
        n, m = shape[0], shape[-1]
        rows = st.lists(st.integers(-n, n - 1), max_size=4)
        columns = st.lists(st.integers(-m, m - 1), max_size=4)
        kinds += [
            hnp.integer_array_indices(shape, result_shape=hnp.array_shapes(max_dims=2, max_side=3)),
            rows,
            rows.map(lambda k: (tuple(k),)),
            rows.map(lambda k: (np.array(k, np.int32), Ellipsis)),
            columns.map(lambda k: (Ellipsis, k, None)),
            columns.map(lambda k: (Ellipsis, np.array(k, np.int64))),
            hnp.arrays(bool, n).map(lambda mask: (mask, Ellipsis)),
        ]
        if len(shape) == 3:  # arrays on both sides of a slice put their axes in front
            row = st.integers(-n, n - 1).map(lambda i: [i])
            kinds.append(st.tuples(row, st.just(slice(None)), columns))
    return st.one_of(kinds)


@st.composite
def scattered(draw):
    shape = draw(shapes)
    key = draw(keys(shape))
    X = draw(arrays(np.zeros(shape)[key].shape))
    return Example((X,), {"key": key, "shape": shape})


@st.composite
def taken(draw):
    X = draw(arrays(draw(shapes)))
    axis = draw(st.none() | st.integers(-X.ndim, X.ndim - 1)) if X.ndim else None
    n = X.size if axis is None else X.shape[axis]
    elements = st.integers(-n, n - 1) if n else st.nothing()
    shape = draw(hnp.array_shapes(min_dims=0, max_dims=2, **SIDES)) if n else (0,)
    indices = draw(hnp.arrays(np.int64, shape, elements=elements, fill=st.nothing()))
    return Example((X, indices), {"axis": axis})


# What NumPy has no function for ------------------------------------------------------------


def np_softmax(X, axis=-1):
    e = np.exp(X)
    return e / np.sum(e, axis=axis, keepdims=True)


def np_scatter(X, key, shape):
    A = np.zeros(shape, X.dtype)
    np.add.at(A, key, X)
    return A


def np_softmax_error(Z, y):
    return np_softmax(Z) - (y[:, None] == np.arange(Z.shape[1]))


def np_softmax_loss(Z, y):
    return -np.log(np_softmax(Z))[np.arange(len(y)), y]


SIGNS = st.sampled_from([-1.0, 1.0])
LIMITS = st.none() | BETWEEN.map(lambda x: x / 2)

CASES = [
    Case("absolute", elementwise(NONZERO), np.absolute),
    Case("add", elementwise(REAL, REAL), np.add),
    Case(
        "astype",
        with_options(REAL, dtype=st.sampled_from([np.float64, np.longdouble, "float64"])),
        lambda X, dtype: X.astype(dtype),
    ),
    Case(
        "binary_cross_entropy",
        same_shape(PROBABILITY, PROBABILITY),
        lambda P, y: -(y * np.log(P) + (1 - y) * np.log(1 - P)),
    ),
    Case("broadcast_to", moved(shape=larger_shapes), np.broadcast_to),
    Case("centered", reductions(least=1, keepdims=False),
         lambda X, axis: X - np.mean(X, axis=axis, keepdims=True)),
    Case("clip", with_options(EVEN, a_min=LIMITS, a_max=LIMITS), np.clip),
    Case("concatenate", sequences(new_axis=False), lambda *a, axis: np.concatenate(a, axis),
         sequence=True),
    Case("cos", elementwise(REAL), np.cos),
    Case("divide", elementwise(REAL, DIVISOR), np.divide),
    Case(
        "elu",
        with_options(NONZERO, alpha=st.sampled_from([1.0, 0.5])),
        lambda X, alpha: np.where(X > 0, X, alpha * (np.exp(X) - 1)),
    ),
    Case("equal", elementwise(SMALL, SMALL), np.equal, ()),
    Case("exp", elementwise(REAL), np.exp),
    Case("expand_dims", moved(axis=new_axes), np.expand_dims),
    Case("expm1", elementwise(REAL), np.expm1),
    Case("greater", elementwise(SMALL, SMALL), np.greater, ()),
    Case("greater_equal", elementwise(SMALL, SMALL), np.greater_equal, ()),
    Case("heaviside", elementwise(NONZERO, REAL), np.heaviside),
    Case("index", moved(key=keys), lambda X, key: X[key]),
    Case(
        "leaky_relu",
        with_options(NONZERO, slope=st.sampled_from([0.01, 0.5])),
        lambda X, slope: np.where(X > 0, X, slope * X),
    ),
    Case("less", elementwise(SMALL, SMALL), np.less, ()),
    Case("less_equal", elementwise(SMALL, SMALL), np.less_equal, ()),
    Case("log", elementwise(POSITIVE), np.log),
    Case("log1p", elementwise(FROM_MINUS_HALF), np.log1p),
    Case("log_softmax", reductions(least=1, keepdims=False),
         lambda X, axis: np.log(np_softmax(X, axis))),
    Case("bitwise_and", whole(SMALL, SMALL), np.bitwise_and, ()),
    Case("bitwise_or", whole(SMALL, SMALL), np.bitwise_or, ()),
    Case("invert", whole(SMALL), np.invert, ()),
    Case("logical_and", elementwise(SMALL, SMALL), np.logical_and, ()),
    Case("logical_not", elementwise(SMALL), np.logical_not, ()),
    Case("logical_or", elementwise(SMALL, SMALL), np.logical_or, ()),
    Case("logistic_loss", same_shape(REAL, SIGNS), lambda A, y: np.log(1 + np.exp(-y * A)), (0,)),
    Case("logsumexp", reductions(least=1), lambda X, **axes: np.log(np.sum(np.exp(X), **axes))),
    Case("lower_power", lowered(POSITIVE, SMALL), lambda X, Y, n: X ** (Y - n)),
    Case("masked", masks(), lambda X, mask: np.where(mask, X, 0), (0,)),
    Case("matmul", products(), np.matmul),
    Case("max", reductions(least=1, unique=True), np.max),
    Case("maximum", elementwise(BETWEEN, EVEN), np.maximum),
    Case("mean", reductions(least=1), np.mean),
    Case("min", reductions(least=1, unique=True), np.min),
    Case("minimum", elementwise(BETWEEN, EVEN), np.minimum),
    Case("mm", matrices(), np.matmul),
    Case("mse", same_shape(REAL, REAL).filter(lambda example: example.arrays[0].size > 0),
         lambda A, y: np.mean((A - y) ** 2)),
    Case("multiply", elementwise(REAL, REAL), np.multiply),
    Case("negative", elementwise(REAL), np.negative),
    Case("not_equal", elementwise(SMALL, SMALL), np.not_equal, ()),
    Case("positive", elementwise(REAL), np.positive),
    Case("power", elementwise(POSITIVE, SMALL), np.power),
    Case("power", elementwise(DIVISOR, st.sampled_from([-2.0, 0.0, 1.0, 2.0, 3.0])), np.power, (0,),
         variant="of negative numbers"),
    Case("ravel", moved(), np.ravel),
    Case("relu", elementwise(NONZERO), lambda X: np.maximum(X, 0)),
    Case("reshape", moved(shape=other_shapes), lambda X, shape: np.reshape(X, shape)),
    Case("rms", reductions(NONZERO, least=1),
         lambda X, **axes: np.sqrt(np.mean(X**2, **axes))),
    Case("scatter", scattered(), np_scatter),
    Case("sech2", elementwise(REAL), lambda X: 1 / np.cosh(X) ** 2),
    Case("sigmoid", elementwise(REAL), lambda X: 1 / (1 + np.exp(-X))),
    Case("sign", elementwise(NONZERO), np.sign),
    Case("sin", elementwise(REAL), np.sin),
    Case("softmax", reductions(least=1, keepdims=False), np_softmax),
    Case("softmax_error", labelled_rows(), np_softmax_error, (0,)),
    Case("softmax_loss", labelled_rows(), np_softmax_loss, (0,)),
    Case("softplus", elementwise(REAL), lambda X: np.log(1 + np.exp(X))),
    Case("sqrt", elementwise(POSITIVE), np.sqrt),
    Case("square", elementwise(REAL), np.square),
    Case("squeeze", moved(axis=axes_of_length_1), np.squeeze),
    Case("stack", sequences(new_axis=True), lambda *a, axis: np.stack(a, axis), sequence=True),
    Case("subtract", elementwise(REAL, REAL), np.subtract),
    Case("sum", reductions(), np.sum),
    Case("swapaxes", with_two_axes(), np.swapaxes),
    Case("take", taken(), np.take, (0,)),
    Case("tanh", elementwise(REAL), np.tanh),
    Case("transpose", moved(axes=orders), np.transpose),
    Case("var", variances(), np.var),
    Case("weighted", elementwise(REAL, REAL), np.multiply),
    Case("where", choices(), np.where, (1, 2)),
]  # fmt: skip
