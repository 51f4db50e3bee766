"""What makes nodes feel like arrays: Python's operators and NumPy's functions call operations."""

from __future__ import annotations

import inspect
from collections.abc import Callable, Iterable, Iterator
from functools import cache
from operator import eq, ne
from typing import TYPE_CHECKING, Any, TypeVar

import numpy as np

from autograd_core.conversions import pandas_priority, plain_value
from autograd_core.values import holds_nodes, is_numeric

if TYPE_CHECKING:
    from numpy.typing import DTypeLike, NDArray

    from autograd_core.node import Node

OPERATIONS: dict[Callable[..., Any], Callable[..., Node]] = {}
"""What a function of NumPy becomes when it is called on a node."""

SHAPES: dict[Callable[..., Any], Callable[..., Any]] = {
    np.shape: lambda a: a.shape,
    np.ndim: lambda a: a.ndim,
    np.size: lambda a: a.size,
    np.zeros_like: lambda a, dtype=None: np.zeros(a.shape, dtype or a.dtype),
    np.ones_like: lambda a, dtype=None: np.ones(a.shape, dtype or a.dtype),
}
"""Functions of NumPy that look at a node's shape and dtype only, and so need no operation."""

COMPARED: dict[Any, Callable[[Any, Any], Any]] = {np.equal: eq, np.not_equal: ne}
"""What `==` and `!=` are for the values of nodes, beside an array of what is no number."""

F = TypeVar("F", bound=Callable[..., "Node"])


def implements(*functions: Callable[..., Any]) -> Callable[[F], F]:
    """Decorate the function that NumPy's `functions` stand for on nodes."""

    def register(implementation: F) -> F:
        for function in functions:
            OPERATIONS[function] = implementation
        return implementation

    return register


def stacked(inputs: Iterable[Any]) -> list[Any]:
    """The inputs of an operation, in which lists of nodes have become nodes."""
    return [OPERATIONS[np.stack](x) if holds_nodes(x) else x for x in inputs]


class ArrayInterface:
    """What a `Node` has of an array: its shape, the operators, the usual methods.

    An array or a number may stand on the other side of an operator.
    """

    __slots__ = ()

    _value: NDArray[Any]
    name: str | None

    @property
    def shape(self) -> tuple[int, ...]:
        return self._value.shape

    @property
    def ndim(self) -> int:
        return self._value.ndim

    @property
    def size(self) -> int:
        return self._value.size

    @property
    def dtype(self) -> np.dtype[Any]:
        return self._value.dtype

    def item(self) -> Any:
        """The single entry as a Python number."""
        return self._value.item()

    def __float__(self) -> float:
        return float(plain_value(self))

    def __int__(self) -> int:
        return int(plain_value(self))

    def __bool__(self) -> bool:
        return bool(self._value)

    def __len__(self) -> int:
        return len(self._value)

    def __format__(self, spec: str) -> str:
        return format(self._value, spec)

    def __array__(self, dtype: DTypeLike | None = None, copy: bool | None = None) -> NDArray[Any]:
        """The value as an array, read-only unless it is a copy: what `np.asarray(node)` gives.

        An array is a constant, through which no gradient flows: see `autograd_core.conversions`.
        """
        array = np.asarray(plain_value(self), dtype, copy=copy)
        if copy:
            return array
        array = array.view()
        array.flags.writeable = False
        return array

    def __repr__(self) -> str:
        kind = type(self).__name__
        value = np.array2string(np.asarray(self._value), separator=", ", prefix=kind + "(")
        name = "" if self.name is None else f", name={self.name!r}"
        return f"{kind}({value}{name}, shape={self.shape}, dtype={self.dtype})"

    def _repr_mimebundle_(self, include: Any = None, exclude: Any = None) -> dict[str, str]:
        """What a notebook shows: the drawing of the graph, or text."""
        from autograd_core.draw.notebook import mimebundle

        return mimebundle(self)

    __pandas_priority__ = property(lambda self: pandas_priority())

    # NumPy calls these two when one of its functions meets a node.

    def __array_ufunc__(self, ufunc: Any, method: str, *inputs: Any, **options: Any) -> Any:
        if method != "__call__":
            raise TypeError(_no_operation(f"{ufunc.__name__}.{method}"))
        if ufunc in COMPARED and not all(map(is_numeric, inputs)):
            return COMPARED[ufunc](
                *[x._value if isinstance(x, ArrayInterface) else x for x in inputs]
            )
        return self.__array_function__(ufunc, (), inputs, options)

    def __array_function__(self, function: Any, types: Any, args: Any, kwargs: Any) -> Any:
        module = str(getattr(function, "__module__", None) or "numpy").removeprefix("numpy")
        name = f"{module}.{getattr(function, '__name__', function)}".lstrip(".")
        operation = OPERATIONS.get(function) or SHAPES.get(function)
        if operation is None:
            raise TypeError(_no_operation(name))
        if kwargs or len(args) > 2:
            args, kwargs = _by_name(function, name, operation, args, kwargs)
        return operation(*args, **kwargs)

    def __add__(self, other: Any) -> Node:
        return OPERATIONS[np.add](self, other)

    def __radd__(self, other: Any) -> Node:
        return OPERATIONS[np.add](other, self)

    def __sub__(self, other: Any) -> Node:
        return OPERATIONS[np.subtract](self, other)

    def __rsub__(self, other: Any) -> Node:
        return OPERATIONS[np.subtract](other, self)

    def __mul__(self, other: Any) -> Node:
        return OPERATIONS[np.multiply](self, other)

    def __rmul__(self, other: Any) -> Node:
        return OPERATIONS[np.multiply](other, self)

    def __truediv__(self, other: Any) -> Node:
        return OPERATIONS[np.divide](self, other)

    def __rtruediv__(self, other: Any) -> Node:
        return OPERATIONS[np.divide](other, self)

    def __pow__(self, other: Any) -> Node:
        return OPERATIONS[np.power](self, other)

    def __rpow__(self, other: Any) -> Node:
        return OPERATIONS[np.power](other, self)

    def __matmul__(self, other: Any) -> Node:
        return OPERATIONS[np.matmul](self, other)

    def __rmatmul__(self, other: Any) -> Node:
        return OPERATIONS[np.matmul](other, self)

    def __neg__(self) -> Node:
        return OPERATIONS[np.negative](self)

    def __pos__(self) -> Node:
        return OPERATIONS[np.positive](self)

    def __abs__(self) -> Node:
        return OPERATIONS[np.absolute](self)

    def __and__(self, other: Any) -> Node:
        return OPERATIONS[np.bitwise_and](self, other)

    def __rand__(self, other: Any) -> Node:
        return OPERATIONS[np.bitwise_and](other, self)

    def __or__(self, other: Any) -> Node:
        return OPERATIONS[np.bitwise_or](self, other)

    def __ror__(self, other: Any) -> Node:
        return OPERATIONS[np.bitwise_or](other, self)

    def __invert__(self) -> Node:
        return OPERATIONS[np.invert](self)

    # Comparisons are operations without a gradient, so that a graph that is run again
    # compares again. A node is its own hash: nodes are kept in sets and dictionaries.

    def __lt__(self, other: Any) -> Node:
        return OPERATIONS[np.less](self, other)

    def __le__(self, other: Any) -> Node:
        return OPERATIONS[np.less_equal](self, other)

    def __gt__(self, other: Any) -> Node:
        return OPERATIONS[np.greater](self, other)

    def __ge__(self, other: Any) -> Node:
        return OPERATIONS[np.greater_equal](self, other)

    # What is no number, such as a string or `pytest.approx(3)`, is asked about the plain value.

    def __eq__(self, other: Any) -> Node:  # type: ignore[override]
        if not is_numeric(other):
            kind: Any = type(other)
            return kind.__eq__(other, self._value)  # type: ignore[no-any-return]
        return OPERATIONS[np.equal](self, other)

    def __ne__(self, other: Any) -> Node:  # type: ignore[override]
        if not is_numeric(other):
            kind: Any = type(other)
            return kind.__ne__(other, self._value)  # type: ignore[no-any-return]
        return OPERATIONS[np.not_equal](self, other)

    __hash__ = object.__hash__

    def __getitem__(self, key: Any) -> Node:
        return OPERATIONS[ArrayInterface.__getitem__](self, key)

    def __iter__(self) -> Iterator[Node]:
        return (self[i] for i in range(len(self)))

    @property
    def T(self) -> Node:
        """The transpose: the axes in reverse order."""
        return OPERATIONS[np.transpose](self)

    def ravel(self) -> Node:
        """The same entries in one axis."""
        return OPERATIONS[np.ravel](self)

    def transpose(self, *axes: Any) -> Node:
        """The same entries with the axes in the order `axes`, or reversed."""
        return OPERATIONS[np.transpose](self, axes[0] if len(axes) == 1 else axes or None)

    def reshape(self, *shape: Any) -> Node:
        """The same entries in another shape; one length may be -1."""
        return OPERATIONS[np.reshape](self, shape[0] if len(shape) == 1 else shape)

    def astype(self, dtype: Any) -> Node:
        """The same entries as `dtype`."""
        return OPERATIONS[ArrayInterface.astype](self, dtype)

    def sum(self, axis: Any = None, keepdims: bool = False) -> Node:
        """The sum over `axis`, or over all entries."""
        return OPERATIONS[np.sum](self, axis=axis, keepdims=keepdims)

    def mean(self, axis: Any = None, keepdims: bool = False) -> Node:
        """The mean over `axis`, or over all entries."""
        return OPERATIONS[np.mean](self, axis=axis, keepdims=keepdims)

    def max(self, axis: Any = None, keepdims: bool = False) -> Node:
        """The largest entry along `axis`, or of all."""
        return OPERATIONS[np.max](self, axis=axis, keepdims=keepdims)

    def min(self, axis: Any = None, keepdims: bool = False) -> Node:
        """The smallest entry along `axis`, or of all."""
        return OPERATIONS[np.min](self, axis=axis, keepdims=keepdims)


def _by_name(
    function: Any, name: str, operation: Any, args: Any, kwargs: Any
) -> tuple[list[Any], dict[str, Any]]:
    """A call's arrays, and its options by name: NumPy has more of them, in an order of its own.

    An option that the operation does not have is an error, unless it says what is so anyway.
    """
    arrays, options = list(args), dict(kwargs)
    parameters = _parameters(function)
    names = list(parameters)
    defaults = {name: p.default for name, p in parameters.items() if p.default is not p.empty}
    if not isinstance(function, np.ufunc) and function is not np.where:
        n = len(names) - len(defaults)  # of arguments without a default, which come first
        options |= zip(names[n : len(args)], args[n:], strict=True)
        arrays = [*args[:n], *(options.pop(name) for name in names[len(args) : n])]
    takes = _parameters(operation).keys()
    for option in sorted(options.keys() - takes, key=lambda option: option != "out"):
        value = options.pop(option)
        if value is not None and value is not defaults.get(option):
            raise TypeError(
                f"np.{name} on a node does not take {option}=: an operation makes a new node "
                f"from its inputs alone"
                f"{'; write a = a + w, not a += w' if option == 'out' else ''}"
            )
    return arrays, options


@cache
def _parameters(function: Any) -> dict[str, inspect.Parameter]:
    """The parameters by name, without *inputs and **options."""
    try:
        parameters = inspect.signature(function).parameters
    except ValueError:  # written in C, without a signature
        return {}
    variable = (inspect.Parameter.VAR_POSITIONAL, inspect.Parameter.VAR_KEYWORD)
    return {name: p for name, p in parameters.items() if p.kind not in variable}


def _no_operation(name: str) -> str:
    return (
        f"np.{name} has no operation in autograd_core, so it can't be differentiated. Use the "
        f"operations there are, write an Operation for it, or pass node.value if a constant "
        f"is meant"
    )
