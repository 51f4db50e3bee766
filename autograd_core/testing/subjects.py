"""What is verified, as two functions of arrays: the values, and the gradients that are claimed.

Both of an operation are its own `forward` and `gradient`, called on arrays that nobody else
holds; those of a function or a graph are what the engine makes of it.
"""

from __future__ import annotations

import warnings
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import AbstractContextManager, contextmanager, nullcontext
from typing import Any, Protocol

import numpy as np

from autograd_core.graph import Graph, restore
from autograd_core.node import InitialNode, Node, Operation
from autograd_core.pullback import as_entries, no_return
from autograd_core.recording import recording
from autograd_core.values import Array, as_array, freeze, undo_broadcasting

Arrays = tuple[Array, ...]


@contextmanager
def quiet() -> Iterator[None]:
    """No warnings: overflow and invalid values are looked for and reported."""
    with np.errstate(all="ignore"), warnings.catch_warnings():
        warnings.simplefilter("ignore")
        yield


class WrongShapeError(Exception):
    """An entry of a gradient that can't be that of its input."""


class Subject(Protocol):
    """A map from arrays to an array, with the gradient that is to be verified."""

    operation: Operation | None  # if there is one only, with its inputs in order

    def forward(self, inputs: Arrays) -> Array:
        """The value."""

    def pull(self, upstream: Array, inputs: Arrays, output: Array | None = None) -> list[Array]:
        """The gradients by all inputs; `output` stands for the value where that is used."""

    def nodes(self, inputs: Arrays) -> tuple[Node, list[InitialNode]]:
        """The graph at these inputs, and its initial nodes."""


def as_input(array: Array) -> Array:
    """An array of its own as the engine passes it, but writable."""
    array = np.array(array)
    return array[()] if array.ndim == 0 and array.dtype.kind == "f" else array


class Function:
    """A function of nodes, differentiated by the engine."""

    operation: Operation | None = None

    def __init__(self, function: Callable[..., Any], options: Mapping[str, Any]) -> None:
        self.function, self.options = function, options

    def forward(self, inputs: Arrays) -> Array:
        with recording(False):
            return np.array(self._call([InitialNode(x) for x in inputs]).value)

    def pull(self, upstream: Array, inputs: Arrays, output: Array | None = None) -> list[Array]:
        node, xs = self.nodes(inputs)
        return pull_nodes(node, xs, upstream)

    def nodes(self, inputs: Arrays) -> tuple[Node, list[InitialNode]]:
        with recording(True):
            xs = [InitialNode(x) for x in inputs]
            return self._call(xs), xs

    def _call(self, xs: Sequence[Any]) -> Any:
        return as_node(self.function(*xs, **self.options))


class Single:
    """One operation, made for inputs of certain shapes, and called on other values of these."""

    operation: Any  # an Operation

    def __init__(self, made: Function, node: Operation, xs: Sequence[Node]) -> None:
        self.made, self.operation = made, node
        self.template = list(node._arrays)
        numbers = {id(x): i for i, x in enumerate(xs)}
        self.places = [numbers.get(id(x), -1) for x in node._inputs]  # -1 is a constant

    def arguments(self, inputs: Arrays) -> list[Array]:
        pairs = zip(self.places, self.template, strict=True)
        return [as_input(constant) if i < 0 else as_input(inputs[i]) for i, constant in pairs]

    def forward(self, inputs: Arrays) -> Array:
        arguments = [
            constant if i < 0 else inputs[i] if inputs[i].ndim else freeze(inputs[i])
            for i, constant in zip(self.places, self.template, strict=True)
        ]
        return np.asarray(self.operation.forward(*arguments))

    def pull(self, upstream: Array, inputs: Arrays, output: Array | None = None) -> list[Array]:
        arguments = self.arguments(inputs)
        if output is None:
            output = as_array(self.operation.forward(*self.arguments(inputs)), "forward")
        return self.collected(self.raw(upstream, output, arguments), inputs, upstream)

    def collected(self, entries: Sequence[Any], inputs: Arrays, upstream: Array) -> list[Array]:
        """The entries summed for each input."""
        gradients = [np.zeros(x.shape, np.result_type(x, upstream)) for x in inputs]
        for place, entry in zip(self.places, entries, strict=True):
            if place >= 0 and entry is not None:
                gradients[place] = gradients[place] + fitted(entry, inputs[place].shape)
        return gradients

    def raw(self, upstream: Array, output: Array, arguments: Sequence[Array]) -> list[Any]:
        """The entries as the operation gives them, functions called, one for each argument."""
        entries = self.operation.gradient(as_input(upstream), as_input(output), *arguments)
        try:
            entries = as_entries(self.operation, entries)
        except (TypeError, ValueError) as error:
            raise WrongShapeError(f"{error}") from None
        made = []
        for i, entry in enumerate(entries):
            made.append(entry() if callable(entry) else entry)
            if made[-1] is None and entry is not None:
                raise no_return(self.operation, i)
        return made

    def nodes(self, inputs: Arrays) -> tuple[Node, list[InitialNode]]:
        return self.made.nodes(inputs)


class Built:
    """A graph that is there already: it is run again with other values, and put back."""

    operation: Operation | None = None

    def __init__(self, output: Node, xs: Sequence[InitialNode]) -> None:
        self.output, self.xs, self.graph = output, list(xs), Graph(output)

    def forward(self, inputs: Arrays) -> Array:
        with self.at(inputs):
            return np.array(self.output._value)

    def pull(self, upstream: Array, inputs: Arrays, output: Array | None = None) -> list[Array]:
        with self.at(inputs):
            return pull_nodes(self.output, self.xs, upstream)

    def nodes(self, inputs: Arrays) -> tuple[Node, list[InitialNode]]:
        """The graph itself, which has the values that it was given with."""
        return self.output, self.xs

    @contextmanager
    def at(self, inputs: Arrays) -> Iterator[None]:
        """The graph run with these values, until the end of the `with` statement."""
        before = [(x, x._value, x._before) for x in self.xs]
        states = self.graph.states()
        try:
            for x, array in zip(self.xs, inputs, strict=True):
                x._value, x._before = freeze(np.array(array)), None
            self.graph.forward()
            yield
        finally:
            restore(states)
            for x, value, copy in before:
                x._value, x._before = value, copy


def placed(subject: Subject, inputs: Arrays) -> AbstractContextManager[None]:
    """Inside `with`, the nodes of the subject are those at these inputs.

    What is no graph yet is built at its inputs in any case.
    """
    return subject.at(inputs) if isinstance(subject, Built) else nullcontext()


def pull_nodes(output: Node, xs: Sequence[InitialNode], upstream: Array) -> list[Array]:
    """The engine's gradients of the output by xs, as arrays."""
    wanted = [x for x in xs if x.requires_grad]
    found: dict[Node, Any] = {}
    if wanted and output.requires_grad:
        with recording(False):
            found = Graph(output).gradients(freeze(np.array(upstream)), wanted)
    return [np.array(found[x]) if x in found else np.zeros(x.shape, x.dtype) for x in xs]


def fitted(entry: Any, shape: tuple[int, ...]) -> Array:
    """An entry of a gradient summed to the shape of its input, as the engine does."""
    if isinstance(entry, Node):
        entry = entry._value
    array = np.asarray(entry)
    if array.dtype.kind not in "fiub":
        raise WrongShapeError(f"an entry of the gradient is {type(entry).__name__}, no array")
    try:
        return np.asarray(undo_broadcasting(array, shape))
    except ValueError as error:
        raise WrongShapeError(f"an entry of the gradient does not fit: {error}") from None


def as_node(result: Any) -> Node:
    """The result of a user's function, which must be a node."""
    if not isinstance(result, Node):
        raise TypeError(
            f"the function returned {type(result).__name__}, not a node: compute with nodes, "
            f"operators and NumPy's functions, and return the node"
        )
    return result


def bind(function: Callable[..., Any], options: Mapping[str, Any], inputs: Arrays) -> Subject:
    """The subject for inputs of these shapes: a single operation if the function makes one."""
    made = Function(function, options)
    node, xs = made.nodes(inputs)
    if isinstance(node, Operation) and all(
        x is None or any(x is y for y in xs) or not x._inputs for x in node._inputs
    ):
        return Single(made, node, xs)
    return made
