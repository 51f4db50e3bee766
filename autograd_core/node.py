"""Nodes: values that remember what they were computed from, and pass gradients back to it."""

from __future__ import annotations

from abc import ABC, abstractmethod
from collections.abc import Callable, Mapping
from copy import deepcopy
from typing import TYPE_CHECKING, Any, Self

import numpy as np

from autograd_core.conversions import tell_missing
from autograd_core.protocols import OPERATIONS, ArrayInterface, stacked
from autograd_core.recording import is_recording, recording
from autograd_core.values import (
    ARRAY_TYPES,
    REAL_KINDS,
    Array,
    as_array,
    as_constant,
    describe,
    freeze,
    holds_nodes,
    same,
    with_inputs,
)

if TYPE_CHECKING:
    from numpy.typing import ArrayLike, DTypeLike, NDArray


class Node(ArrayInterface):
    """A value in a graph: `value`, `grad`, `inputs`, `name`, `requires_grad`."""

    __slots__ = ("__weakref__", "_grad", "_requires_grad", "_value", "name")

    _value: NDArray[Any]  # or a NumPy scalar, which is many times faster than a 0-d array
    _grad: Any
    name: str | None
    _requires_grad: bool
    _inputs: tuple[Node | None, ...] = ()  # None stands for a constant

    @property
    def inputs(self) -> tuple[Node, ...]:
        """The nodes that this one was computed from: none of an initial node."""
        return ()

    @property
    def value(self) -> Array:
        raise NotImplementedError

    @property
    def requires_grad(self) -> bool:
        """Whether gradients flow into this node: of initial nodes it can be set."""
        return self._requires_grad

    def backward(
        self, upstream: ArrayLike | Node | None = None, create_graph: bool = False
    ) -> None:
        """Compute d(self)/d(node) into the `grad` of every node that this one was computed from.

        `upstream` is the gradient of something further on by this node, of this node's shape; by
        default ones, so that a node that is no scalar gives the gradient of its sum. Gradients
        of initial nodes add up over calls until `zero_grad()`. With `create_graph` the gradients
        are nodes, computed by operations that can be differentiated again. (A `grad` that is a
        node refers back to the graph: set it to None to let the graph go at once.)
        """
        from autograd_core.graph import Graph  # which is made of nodes

        Graph(self).backward(upstream, create_graph)

    def walkthrough(self, names: Mapping[str, Any] | None = None) -> Any:
        """A page that steps through forward and backward, for a notebook: `draw.walkthrough`."""
        from autograd_core.draw import walkthrough

        return walkthrough(self, names=names)

    def frozen(self) -> Any:
        """The value, to compute with or to keep without a copy: nobody can change it any more."""
        return self._value


class InitialNode(Node):
    """A node that was not computed: weights, features, labels.

    `value` is copied in. It can be replaced (`x.value = a`) and changed in place
    (`x.value -= 0.1 * x.grad`) at any time: graphs keep the values they were computed from, so
    their gradients stay right, until `Graph.forward()` computes them anew. An array that was
    read from `value` before a graph used it is read-only after; read `value` again.

    `requires_grad` defaults to True for floating-point values and to False for integers and
    booleans, which have no gradient. `grad` is None or an array of value's shape and dtype.
    """

    __slots__ = ("_before",)

    # None while no one outside holds the array `_value`, so that graphs can rely on it; else
    # the array that graphs rely on, of which `_value` is a copy that was handed out.
    _before: Array | None

    def __init__(
        self,
        value: ArrayLike | Node,
        name: str | None = None,
        requires_grad: bool | None = None,
        dtype: DTypeLike | None = None,
    ) -> None:
        what = "InitialNode" if name is None else f"InitialNode {name!r}"
        if requires_grad is False and isinstance(value, Node):
            value = value._value  # a constant is meant
        self._value = freeze(as_array(np.array(as_array(value, what), dtype), what))
        self._before = self._grad = None
        self.name = name
        self.requires_grad = self.dtype.kind == "f" if requires_grad is None else requires_grad

    @classmethod
    def _constant(cls, array: Array) -> Self:
        """A node without a gradient for an array of our own."""
        x = cls.__new__(cls)
        x._value = freeze(array)
        x._before = x._grad = x.name = None
        x._requires_grad = False
        return x

    @property
    def requires_grad(self) -> bool:
        """Whether `backward()` computes a gradient for this node; it can be set at any time."""
        return self._requires_grad

    @requires_grad.setter
    def requires_grad(self, requires_grad: bool) -> None:
        if requires_grad and self.dtype.kind != "f":
            raise TypeError(
                f"{describe(self)} can't require a gradient: only floating-point values have "
                f"one; pass dtype=float or requires_grad=False"
            )
        self._requires_grad = bool(requires_grad)

    @property
    def value(self) -> Array:
        """The array, which may be replaced or changed in place."""
        if self._before is None:
            self._before, self._value = self._value, np.array(self._value)
        return self._value

    @value.setter
    def value(self, value: ArrayLike) -> None:
        if value is self._value:
            return
        if not isinstance(value, np.ndarray) or value.dtype != self.dtype:
            array = as_array(value, f"{describe(self)}: its new value")
            if not np.can_cast(array.dtype, self.dtype, "same_kind"):
                raise TypeError(f"{describe(self)} can't take a value of dtype {array.dtype}")
        self.adopt(np.array(value, self.dtype))

    def adopt(self, array: Array) -> None:
        """Make `array`, of this node's dtype, the value without a copy: it is read-only after.

        For optimizers and the like, which make a new array in each step.
        """
        if array.dtype != self.dtype:
            raise TypeError(f"{describe(self)} can't adopt an array of dtype {array.dtype}")
        if array.shape != self._value.shape:
            self._grad = None
        self._value = freeze(array)
        self._before = None

    def __copy__(self) -> Self:
        return deepcopy(self)  # two nodes that share an array would change each other

    @property
    def grad(self) -> Any:
        """The gradient, added up over backward passes: an array, a node, or None."""
        return tell_missing(self) if self._grad is None else self._grad

    @grad.setter
    def grad(self, grad: Any) -> None:
        if grad is None or grad is self._grad:
            self._grad = grad
            return
        if np.shape(grad) != self.shape:
            raise ValueError(f"{describe(self)}: a grad of shape {np.shape(grad)} does not fit")
        if not isinstance(grad, Node):
            grad = np.array(as_array(grad, f"{describe(self)}: its grad"), self.dtype)
        self._grad = grad

    def zero_grad(self) -> None:
        """Forget the gradient: `grad` is None until the next `backward()`."""
        self._grad = None

    def frozen(self) -> Any:
        if self._before is not None:
            self._value.setflags(write=False)  # whoever holds it can't change it unnoticed
            if same(self._value, self._before):  # it was only read
                self._value = self._before
            else:
                self._value = freeze(self._value.copy())
            self._before = None
        return self._value

    def _new_grad(self, gradient: Any, as_node: bool) -> Any:
        """What `grad` becomes after a backward pass in which `gradient` (or nothing) arrived."""
        old = self._grad
        if gradient is None:
            gradient = np.zeros(self.shape, self.dtype)
        if isinstance(old, Node) and not as_node:
            old = old._value
        if old is not None:
            gradient = old + gradient
        if not as_node:
            gradient = np.array(gradient)
        elif not isinstance(gradient, Node):
            gradient = InitialNode(gradient, requires_grad=False)
        return gradient


class Operation(Node, ABC):
    """A node that was computed: the virtual parent of all operations.

    A new operation is a class with two pure functions, which use nothing but their arguments
    and the options that were fixed when the operation was made:

    - `forward(*arrays)` returns the value;
    - `gradient(upstream, output, *inputs)` returns one entry per input: the gradient of the
      upstream's contraction with the output, of the input's shape (sums that undo broadcasting
      are made here, not there); or a function of no arguments that makes it, called only where
      it is needed; or None for zero, (None,) of one input. It is called with arrays, and with nodes
      where the gradient is to be differentiated again: then operators and NumPy's functions make
      a graph.

    >>> import numpy as np
    >>> class cube(Operation):
    ...     def forward(self, x):
    ...         return x**3
    ...     def gradient(self, dA, A, x):
    ...         return 3 * dA * x**2
    >>> x = InitialNode(2.0)
    >>> cube(x).backward(); x.grad
    array(12.)

    `class cube(Operation, numpy=np.some_function)` also makes it what NumPy's function does on
    nodes. An operation with options sets them and then calls `super().__init__(*inputs)`.
    """

    __slots__ = ("_arrays", "_call", "_inputs")

    _arrays: tuple[Any, ...]  # the inputs' values, as they were when `forward` was called
    _call: Any  # set where a module of `nn` returned this node: which, for drawings

    def __init_subclass__(cls, numpy: Callable[..., Any] | None = None, **options: Any) -> None:
        super().__init_subclass__(**options)
        if numpy is not None:
            OPERATIONS[numpy] = cls

    def __init__(self, *inputs: Any) -> None:
        arrays = []
        requires_grad = constants = False
        for x in inputs:
            if isinstance(x, Node):
                arrays.append(x.frozen())
                requires_grad = requires_grad or x._requires_grad
            elif holds_nodes(x):
                Operation.__init__(self, *stacked(inputs))
                return
            else:
                arrays.append(as_constant(x, type(self).__name__, inputs))
                constants = True
        if constants:
            inputs = tuple([x if isinstance(x, Node) else None for x in inputs])
        self.name = self._grad = None
        self._requires_grad = False
        self._inputs = inputs
        kind = self._run(tuple(arrays))
        if not is_recording():
            self._inputs = self._arrays = ()
        elif kind == "f":
            self._requires_grad = requires_grad

    @property
    def inputs(self) -> tuple[Node, ...]:
        """The nodes that this one was computed from; arrays and numbers became constants."""
        nodes = zip(self._inputs, self._arrays, strict=True)
        self._inputs = inputs = tuple(
            [InitialNode._constant(array) if x is None else x for x, array in nodes]
        )
        return inputs

    @abstractmethod
    def forward(self, *arrays: Any, **_: Any) -> Any:
        """The value, from the inputs' values."""

    @abstractmethod
    def gradient(self, upstream: Any, output: Any, *inputs: Any, **_: Any) -> Any:
        """One entry per input: an array, a function that makes it, or None."""

    @classmethod
    def of(cls, *inputs: Any, **options: Any) -> Any:
        """The operation inside a `gradient`: of arrays an array, of nodes a node."""
        for x in inputs:
            if isinstance(x, Node):
                return cls(*inputs, **options)
        if cls.__init__ is Operation.__init__:  # it has no options
            return cls.__new__(cls).forward(*inputs)
        with recording(False):
            return cls(*inputs, **options)._value

    @property
    def value(self) -> Array:
        """The result of `forward`: read-only."""
        value = np.asarray(self._value)
        value.flags.writeable = False
        return value

    @property
    def grad(self) -> Any:
        """The gradient of the latest backward pass: read-only, or a node, or None."""
        if self._grad is None or isinstance(self._grad, Node):
            return self._grad
        grad = np.asarray(self._grad).view()
        grad.flags.writeable = False
        return grad

    def _run(self, arrays: tuple[Any, ...]) -> str:
        """Compute the value from those of the inputs; return the kind of its dtype."""
        self._arrays = arrays
        try:
            value = self.forward(*arrays)
        except (ValueError, TypeError, IndexError) as error:
            raise with_inputs(error, self) from error
        kind: str = value.dtype.kind if isinstance(value, ARRAY_TYPES) else ""
        if kind not in REAL_KINDS:
            value = as_array(value, f"{type(self).__name__}.forward")
            kind = value.dtype.kind
        self._value = freeze(value)
        return kind

    def _run_again(self) -> None:
        """Compute the value again if the value of an input is another array now."""
        changed = False
        arrays = []
        for x, array in zip(self._inputs, self._arrays, strict=True):
            now = array if x is None or x._value is array else x.frozen()
            changed = changed or now is not array
            arrays.append(now)
        if changed:
            self._run(tuple(arrays))
