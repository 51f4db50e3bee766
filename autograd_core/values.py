"""What may be a value, and how errors name nodes."""

from __future__ import annotations

from operator import index
from typing import TYPE_CHECKING, Any, TypeAlias

import numpy as np
from numpy import ndarray

if TYPE_CHECKING:
    from autograd_core.node import Node

Array: TypeAlias = Any
"""A NumPy array (or NumPy scalar): NumPy's own annotations lose its type in most expressions."""

Value: TypeAlias = Any
"""What a `gradient` is called with: arrays; or nodes, if it is to be differentiated again."""

Gradients: TypeAlias = Any
"""What a `gradient` returns: an entry, or a sequence with one for each input.

An entry is an array (or node), or a function of no arguments that makes it, or None for zero.
"""

ARRAY_TYPES = (np.ndarray, np.generic)
PYTHON_NUMBERS = frozenset((float, int, bool))
REAL_KINDS = frozenset("fiub")  # of dtypes: floating-point, (unsigned) integer, boolean


def as_array(value: Any, what: str) -> Array:
    """Return `value` as an array of floats, integers or booleans; `what` begins an error."""
    if holds_nodes(value):
        raise TypeError(f"{what}: got a {type(value).__name__} of nodes; make one node: ag.stack")
    if type(value).__module__.startswith("numpy.ma"):
        raise TypeError(f"{what}: got a masked array, but its mask would be lost; use np.where")
    if hasattr(value, "toarray"):
        raise TypeError(f"{what}: got a sparse {type(value).__name__}; pass its toarray()")
    try:
        array = np.asarray(value)
    except ValueError as error:
        raise ValueError(f"{what}: {error}") from error
    if array.dtype.kind not in REAL_KINDS:
        raise TypeError(
            f"{what}: got {type(value).__name__} of dtype {array.dtype}, but values are arrays "
            f"of real numbers: floating-point, integer or boolean"
            f"{'; is a `return` missing?' if value is None else ''}"
        )
    return array


def is_numeric(value: Any) -> bool:
    """Whether this is a node, a number, or an array or nested list of such."""
    if type(value) in PYTHON_NUMBERS or holds_nodes([value]):
        return True
    try:
        return np.asarray(value).dtype.kind in REAL_KINDS
    except Exception:  # whatever it does when it is asked for an array
        return False


def as_float(array: Array) -> Array:
    """Floating-point numbers as they are, integers and booleans as float64."""
    return array if array.dtype.kind == "f" else array.astype(np.float64)


def wide(X: Value) -> Value:
    """Float16 as float32, which holds long sums and numbers of entries; the rest as it is."""
    return X.astype(np.float32) if X.dtype == np.float16 else X


def power_of_two(X: Array) -> Array:
    """The largest power of two up to X, or 1/2 where X is 0: to divide by it loses no digit."""
    return np.ldexp(X.dtype.type(1), np.frexp(X)[1] - 1)


def holds_nodes(value: Any) -> bool:
    """Is this a list of nodes, which np.asarray would make a constant of?"""
    return isinstance(value, (list, tuple)) and any(
        type(x) not in PYTHON_NUMBERS and (hasattr(type(x), "requires_grad") or holds_nodes(x))
        for x in value
    )


def as_ints(what: str, value: Any) -> tuple[int, ...]:
    """An integer, or several, of Python or NumPy, as a tuple."""
    try:
        return (index(value),)
    except TypeError:
        try:
            return tuple(map(index, value))
        except TypeError:
            raise TypeError(f"{what} must be an integer, or several, but is {value!r}") from None


def as_constant(x: Any, operation: str, inputs: tuple[Any, ...]) -> Array:
    """The value of an input that is no node, which nobody can change.

    A Python number takes the dtype that NumPy gives it beside the other inputs, so that
    float32 * 2.0 stays float32.
    """
    if type(x) in PYTHON_NUMBERS:
        return weak_dtype(x, inputs).type(x)
    if isinstance(x, np.matrix) and operation in ("multiply", "power"):
        raise TypeError(
            f"{operation}: got an np.matrix, whose * and ** are those of matrices, while a node's "
            f"go entry by entry: pass np.asarray(X), or write X @ w"
        )
    index = [x is y for y in inputs].index(True)
    return freeze(as_array(x, f"{operation}: input {index}").copy())


def weak_dtype(number: float, others: tuple[Any, ...]) -> np.dtype[Any]:
    """The dtype that NumPy gives a Python number beside other arrays, nodes and numbers."""
    dtypes = []
    for x in others:
        if type(x) not in PYTHON_NUMBERS:
            dtypes.append(getattr(x, "dtype", None) or np.asarray(x).dtype)
    if len(dtypes) == 1 and dtypes[0].kind == "f":
        return dtypes[0]  # the common case, in a fraction of the time
    return np.result_type(*dtypes, number) if dtypes else np.dtype(type(number))


def undo_broadcasting(gradient: Value, shape: tuple[int, ...]) -> Value:
    """Sum `gradient` over the axes along which an array of `shape` was repeated."""
    if gradient.shape == shape:
        return gradient
    gradient = wide(gradient)
    new = gradient.ndim - len(shape)
    if gradient.shape[new:] == shape and new == 1:
        return gradient.sum(axis=0)  # a bias's, which is quicker without what follows
    pairs = list(zip(shape, gradient.shape[max(new, 0) :], strict=False))
    if new < 0 or any(n not in (1, m) for n, m in pairs):
        raise ValueError(
            f"it has shape {gradient.shape}, but must have {shape}, or a shape to which that "
            f"broadcasts"
        )
    axes = (*range(new), *(new + i for i, (n, m) in enumerate(pairs) if n != m))
    return gradient.sum(axis=axes).reshape(shape)


def same(a: Array, b: Array) -> bool:
    """Whether two arrays of one dtype have the same shape and entries: -0.0 is not 0.0."""
    if a.shape != b.shape:
        return False
    if a.dtype.itemsize > 8:  # a longdouble has bytes that mean nothing
        return np.array_equal(a, b, True) and np.array_equal(np.signbit(a), np.signbit(b))
    return bool(a.tobytes() == b.tobytes())


def freeze(value: Value) -> Value:
    """Make an array read-only, so that no operation changes it for others.

    A float without axes becomes a NumPy scalar, which is read-only and many times faster.
    """
    if type(value) is ndarray:
        if value.ndim == 0 and value.dtype.kind == "f":
            return value[()]
        value.setflags(write=False)
    return value


def describe(node: Node) -> str:
    """Say in an error which node is meant: `mm 'A1' (3, 4) float64`."""
    name = "" if node.name is None else f" {node.name!r}"
    return f"{type(node).__name__}{name} {node.shape} {node.dtype}"


def with_inputs(error: Exception, node: Node) -> Exception:
    """The error of a `forward`, with the operation and its inputs named."""
    operation = type(node).__name__
    inputs = ", ".join(describe(x) for x in node.inputs)
    message = f"{error}" if f"{error}".startswith(operation) else f"{operation}: {error}"
    for kind in (np.exceptions.AxisError, np.linalg.LinAlgError, IndexError, TypeError):
        if isinstance(error, kind):
            return kind(f"{message} (inputs: {inputs})")
    return ValueError(f"{message} (inputs: {inputs})")
