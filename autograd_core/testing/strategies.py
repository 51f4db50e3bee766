"""Hypothesis strategies for tests of gradients: arrays, upstream gradients, whole graphs.

They follow `hypothesis.extra.numpy`: each function returns a strategy, and what a test fails
with is shrunk, to short axes, small round numbers and graphs of few operations.

>>> from hypothesis import given
>>> @given(graphs(max_operations=5))
... def test_gradient_has_the_shape_of_its_input(graph):
...     graph.output.backward()
...     assert all(x.grad.shape == x.shape for x in graph.inputs)
>>> test_gradient_has_the_shape_of_its_input()
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any

import numpy as np

try:
    from hypothesis import assume
    from hypothesis import strategies as st
    from hypothesis.strategies import SearchStrategy
except ImportError as error:
    raise ImportError(
        "autograd_core.testing.strategies needs hypothesis: pip install autograd-core[test]"
    ) from error

from autograd_core.testing.call_forms import SMOOTH, CallForm, call_form
from autograd_core.testing.entries import Draw, Fill, numbers
from autograd_core.testing.random_graph import RandomGraph, RawStep, grow
from autograd_core.values import Array

Shape = tuple[int, ...]

CONSTANTS = (2.0, -1.0, 0.5, -3.0)
SIMPLE = st.sampled_from((1.0, 2.0, -1.0, 0.5, -3.0, 0.0))
MORE = st.sampled_from((False,) + 30 * (True,))  # one more operation?
PICKS = (0, 0, 0, 0, 0, 1, 1, 2, 3, 5, 8)  # mostly the newest node that no other uses yet


def shapes(
    min_dims: int = 0, max_dims: int = 3, min_side: int = 0, max_side: int = 3
) -> SearchStrategy[Shape]:
    """Shapes of `min_dims` to `max_dims` axes, each of a length from `min_side` to `max_side`.

    All lengths are equally likely: in particular 0 and 1, where reductions and broadcasting go
    wrong. They shrink to few axes of length 1, and to length 0 last.
    """
    if not 0 <= min_dims <= max_dims:
        raise ValueError(f"shapes: min_dims={min_dims} and max_dims={max_dims}: 0 <= min <= max")
    if not 0 <= min_side <= max_side:
        raise ValueError(f"shapes: min_side={min_side} and max_side={max_side}: 0 <= min <= max")
    sides = sorted(range(min_side, max_side + 1), key=lambda n: (n == 0, n))
    axes = st.lists(st.sampled_from(sides), min_size=min_dims, max_size=max_dims)
    return axes.map(tuple)


def arrays(
    shape: int | Shape | SearchStrategy[Shape] | None = None,
    dtype: Any = np.float64,
    elements: SearchStrategy[Any] | None = None,
    *,
    min_value: float | None = None,
    max_value: float | None = None,
    magnitudes: str = "ordinary",
    ties: bool = True,
) -> SearchStrategy[Array]:
    """Arrays of a shape (or of shapes from a strategy, by default `shapes()`).

    `elements` is a strategy for the entries. By default they are numbers from `min_value` to
    `max_value`; with `magnitudes="ordinary"` of a size up to 4 if the bounds allow it, many of
    them whole, 0 among them; with `magnitudes="all"` also any others that the dtype can hold,
    from subnormal ones to the largest, and -0.0. Integers are ordinary, from -3 to 3.

    With `ties`, some arrays have several equal entries, and some have entries that differ in
    the last bits only: where max, sort and |x - y| have their kinks. All shrink to 0, 1, 2 ...

    >>> from hypothesis import find
    >>> find(arrays((2, 2)), lambda X: X.sum() >= 2)
    array([[0., 0.],
           [0., 2.]])
    """
    kind = np.dtype(dtype)
    if kind.kind not in "fiub" or kind.itemsize > 8:
        raise TypeError(
            f"arrays: dtype {kind}: it must be float16, float32, float64, an integer or bool"
        )
    if magnitudes not in ("ordinary", "all"):
        raise ValueError(f'arrays: magnitudes={magnitudes!r}: it must be "ordinary" or "all"')
    limits: tuple[Any, Any] | None = None
    if elements is None:
        elements, limits = numbers(kind, min_value, max_value, magnitudes == "all")
    elif min_value is not None or max_value is not None or magnitudes != "ordinary":
        raise ValueError(
            "arrays: `elements` says what the entries are, so min_value, max_value and "
            "magnitudes can't be given too"
        )
    fill = Fill(kind, elements, limits if kind.kind == "f" else None, ties)
    if shape is None:
        shape = shapes()
    elif not isinstance(shape, SearchStrategy):
        shape = st.just(_as_shape(shape))
    return _arrays(shape, fill)


def upstreams(of: Any, *, magnitudes: str = "ordinary") -> SearchStrategy[Array]:
    """Upstream gradients for `of`: arrays of its shape and dtype, which shrink to ones.

    `of` is a node, or the array that it has as its value. For `magnitudes` see `arrays`.
    """
    dtype = np.dtype(getattr(of, "dtype", None) or np.asarray(of).dtype)
    if dtype.kind != "f":
        raise TypeError(
            f"upstreams: there is no gradient by a value of dtype {dtype}, only by floating-point "
            f"numbers"
        )
    entries = numbers(dtype, None, None, magnitudes == "all")[0]
    return arrays(np.shape(of), dtype, SIMPLE | entries)


def module_inputs(
    module: Any,
    batch: int | SearchStrategy[int] | None = None,
    *,
    shape: Shape | None = None,
    **options: Any,
) -> SearchStrategy[Array]:
    """Arrays (batch, features) that a module of `nn` takes, in the dtype of its parameters.

    `features` is the `in_features` or `num_features` of the module, or of the first module
    inside that has one. For others `shape` says the shape of one observation. `batch` is a
    number or a strategy; by default 1 to 4, and 2 to 4 where a module normalises its batches,
    which needs two. The other options are those of `arrays`.
    """
    parts = [part for _, part in getattr(module, "named_modules", lambda: [("", module)])()]
    if shape is None:
        for part in parts:
            features = getattr(part, "in_features", getattr(part, "num_features", None))
            if features is not None:
                shape = (int(features),)
                break
        else:
            raise ValueError(
                f"module_inputs: no part of {type(module).__name__} says its in_features or "
                f"num_features: pass the shape of one observation, such as shape=(3,)"
            )
    if batch is None:
        normalises = any(hasattr(p, "running_mean") and p.training for p in parts)
        batch = st.integers(2 if normalises else 1, 4)
    elif not isinstance(batch, SearchStrategy):
        batch = st.just(batch)
    if "dtype" not in options:
        parameter = next(iter(getattr(module, "parameters", list)()), None)
        options["dtype"] = np.float64 if parameter is None else parameter.dtype
    observation = _as_shape(shape)
    return arrays(batch.map(lambda n: (n, *observation)), **options)


def graphs(
    operations: Sequence[Callable[..., Any]] | None = None,
    *,
    min_operations: int = 1,
    max_operations: int = 30,
    max_inputs: int = 3,
    shape: Shape | SearchStrategy[Shape] | None = None,
    dtype: Any = np.float64,
    elements: SearchStrategy[Any] | None = None,
    largest: float = 1e3,
) -> SearchStrategy[RandomGraph]:
    """Random computation graphs of the given operations: each draws a `RandomGraph`.

    `operations` are Operation classes, functions of nodes that return a node, or a
    `functools.partial` of one that fixes its options; by default `call_forms.SMOOTH`, of
    operations that have all derivatives everywhere. An option called axis, keepdims, shape, axes
    or key takes different values; others keep their defaults. A graph has 1 to `max_inputs`
    initial nodes. A first shape is drawn from `shape` (by default up to three axes of length 1
    to 3); the other nodes' shapes can be broadcast to it, or are its reverse. `elements` is a
    strategy for entries. Operations take any nodes before them that they accept, so that many
    nodes are used several times, and sometimes a number. What would give a value that is not
    finite, or beyond `largest`, is left out.

    A failing graph shrinks to the operations that are needed (the values that others gave them
    become initial nodes, also more than `max_inputs`), and prints as code:

    >>> import autograd_core as ag
    >>> from hypothesis import find
    >>> print(find(graphs([ag.add, ag.sin]), lambda graph: graph.uses(ag.sin)))
    import autograd_core as ag
    <BLANKLINE>
    x0 = ag.InitialNode(1.0)
    a0 = ag.sin(x0)
    """
    if operations is not None and not operations:
        raise ValueError("graphs: the list of operations is empty")
    if not 0 <= min_operations <= max_operations:
        raise ValueError(
            f"graphs: min_operations={min_operations} and max_operations={max_operations}: "
            f"0 <= min <= max"
        )
    if max_inputs < 1:
        raise ValueError(f"graphs: max_inputs={max_inputs}: a graph has 1 initial node or more")
    if np.dtype(dtype).kind != "f":
        raise TypeError(f"graphs: dtype {np.dtype(dtype)}: gradients need a floating-point dtype")
    forms = [call_form(operation, i) for i, operation in enumerate(operations or SMOOTH)]
    if shape is None:
        shape = shapes(min_side=1) | shapes(1, 3, 2, 3)  # more arrays than scalars
    elif not isinstance(shape, SearchStrategy):
        shape = st.just(_as_shape(shape))
    if elements is None:
        entries, limits = numbers(np.dtype(dtype), None, None, False)
        elements = SIMPLE | entries  # at 0 many a wrong gradient is right
    else:
        limits = None
    fill = Fill(np.dtype(dtype), elements, limits)
    n_inputs, counts = st.integers(1, max_inputs), (min_operations, max_operations)
    # Nearly always None, the whole graph, which shrinks to small parts of it.
    part = st.sampled_from([*range(max_operations)] + [None] * 50 * (max_operations + 1))
    return _graphs(shape, n_inputs, fill, _raw_step(forms), part, counts, largest)


def _as_shape(shape: Any) -> Shape:
    sides = (shape,) if isinstance(shape, int) else tuple(shape)
    if not all(isinstance(n, (int, np.integer)) and n >= 0 for n in sides):
        raise ValueError(f"the shape {shape!r} must hold lengths of axes: integers from 0 on")
    return tuple(map(int, sides))


@st.composite
def _arrays(draw: Draw, shapes: SearchStrategy[Shape], fill: Fill) -> Array:
    return fill.array(draw, draw(shapes))


@st.composite
def _graphs(
    draw: Draw,
    shapes: SearchStrategy[Shape],
    n_inputs: SearchStrategy[int],
    fill: Fill,
    step: SearchStrategy[RawStep],
    part: SearchStrategy[int | None],
    counts: tuple[int, int],
    largest: float,
) -> RandomGraph:
    # The steps come first: an input that shrinks then changes no number that decides on them.
    raw_steps: list[RawStep] = []
    while len(raw_steps) < counts[1] and draw(MORE):
        raw_steps.append(draw(step))
    first = draw(shapes)
    others = [_other_shape(draw, first) for _ in range(draw(n_inputs) - 1)]
    values = [fill.array(draw, shape) for shape in (first, *others)]
    assume(all((np.isfinite(v) & (np.absolute(v) <= largest)).all() for v in values))
    which, kept = draw(part), draw(part)
    if kept is not None:
        kept = max(kept, counts[0], 1)
    graph = grow(values, raw_steps, largest, which, kept)
    assume(len(graph.steps) >= counts[0])
    return graph


def _other_shape(draw: Draw, shape: Shape) -> Shape:
    """A shape that can be broadcast to `shape`, or its reverse, for products of matrices."""
    if draw(st.integers(0, 3)) == 3:
        return shape[::-1]
    sides = [n if n == 0 or draw(st.booleans()) else 1 for n in shape]
    return tuple(sides[draw(st.integers(0, len(shape))) :])


def _raw_step(forms: Sequence[CallForm]) -> SearchStrategy[RawStep]:
    """Numbers that decide on a step whatever the nodes before it are, so that steps before it
    can be left out when a graph is shrunk."""
    node = st.sampled_from(PICKS)
    others = [st.sampled_from(PICKS + CONSTANTS)] * (max(form.n_inputs for form in forms) - 1)
    return st.tuples(st.sampled_from(forms), st.tuples(node, *others), st.integers(0, 99))
