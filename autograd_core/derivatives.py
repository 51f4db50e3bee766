"""Derivatives of functions of arrays.

A function here takes arrays (or nodes) and computes with operators, NumPy's functions and
operations. Its derivatives are functions again: of arrays they give arrays; of nodes, and where
nodes of a function further out take part, they give nodes, so they can be nested:
`grad(grad(f))`. Integer arguments count as float64. Keyword arguments are passed on to f. No
node's `grad` is touched. Where f makes a plain number or array of a node, such as `math.exp(x)`
or `np.array([x, y])`, a TypeError says so: its gradient would be silently 0.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from operator import index
from typing import Any

import numpy as np

from autograd_core.conversions import differentiating, is_differentiating
from autograd_core.graph import Graph
from autograd_core.node import InitialNode, Node
from autograd_core.operations import positive, stack
from autograd_core.recording import recording
from autograd_core.values import as_array, describe

Argnums = int | Sequence[int]


def value_and_grad(f: Callable[..., Any], argnums: Argnums = 0) -> Callable[..., Any]:
    """Return the function xs -> (f(*xs), gradient) of a scalar function f.

    The gradient is by argument number `argnums`; a sequence of numbers gives a tuple.

    >>> value_and_grad(lambda x: (x * x).sum())(np.array([1.0, 2.0]))
    (array(5.), array([2., 4.]))
    """

    def value_and_gradient(*xs: Any, **options: Any) -> tuple[Any, Any]:
        call = _Call(f, xs, argnums, options)
        if call.output.size != 1:
            raise ValueError(
                f"grad: the function returned {describe(call.output)}, but only a scalar "
                f"function has a gradient; use jacobian or vjp"
            )
        u = InitialNode(np.ones_like(call.output), requires_grad=False)
        gradients = [call.plain(gradient) for gradient in call.pull(u)]
        return call.plain(call.output), call.by_argnums(gradients)

    return value_and_gradient


def grad(f: Callable[..., Any], argnums: Argnums = 0) -> Callable[..., Any]:
    """Return the gradient function of a scalar function f, by argument number `argnums`.

    >>> grad(lambda x: x**3)(2.0)
    array(12.)
    >>> grad(grad(lambda x: x**3))(2.0)
    array(12.)
    """
    both = value_and_grad(f, argnums)
    return lambda *xs, **options: both(*xs, **options)[1]


def vjp(f: Callable[..., Any], /, *xs: Any, **options: Any) -> tuple[Any, Callable[[Any], Any]]:
    """Return f(*xs) and the function u -> u^T J, J being the Jacobian of f at xs.

    u has the shape of f(*xs). The result has the shape of x; of several xs it is a tuple.

    >>> value, pullback = vjp(np.sin, 0.0)
    >>> pullback(3.0)
    array(3.)
    """
    call = _Call(f, xs, 0 if len(xs) == 1 else range(len(xs)), options)

    def pullback(u: Any) -> Any:
        pulled = call.pull(_like(u, call.output, "vjp: u"))
        if isinstance(u, Node):
            return call.by_argnums(pulled)
        return call.by_argnums([call.plain(gradient) for gradient in pulled])

    return call.plain(call.output), pullback


def jvp(f: Callable[..., Any], xs: Any, vs: Any, **options: Any) -> tuple[Any, Any]:
    """Return f(*xs) and J v: the derivative of f at xs in the direction vs (forward mode).

    xs and vs are sequences of arrays with the same shapes; an array alone stands for a sequence
    of one. J v is computed as the transpose of the transpose: u^T J is linear in u, and its
    derivative by u along v is J v. So no operation needs a rule of its own for forward mode.

    >>> jvp(np.square, 3.0, 1.0)
    (array(9.), array(6.))
    """
    if not isinstance(xs, (tuple, list)):
        xs, vs = (xs,), (vs,)
    if not isinstance(vs, (tuple, list)):
        raise TypeError("jvp: the directions of a sequence of arguments must be a sequence")
    if len(xs) != len(vs):
        raise ValueError(f"jvp: there are {len(xs)} arguments but {len(vs)} directions")
    call = _Call(f, xs, range(len(xs)), options)
    directions = [_like(v, x, "jvp: the direction") for v, x in zip(vs, call.wanted, strict=True)]
    call.of_nodes = call.of_nodes or any(isinstance(v, Node) for v in vs)
    call.nested = call.nested or call.of_nodes
    u = InitialNode(np.zeros_like(call.output))
    call.own.add(u)
    total: Any = np.zeros_like(call.output)
    for gradient, v in zip(call.pull(u, as_nodes=True), directions, strict=True):
        pulled = _gradients(gradient, v, [u], as_nodes=call.nested)[0]
        total = total + pulled
    return call.plain(call.output), call.plain(total)


def jacobian(f: Callable[..., Any], argnums: Argnums = 0) -> Callable[..., Any]:
    """Return the function xs -> J, of shape f(*xs).shape + x.shape; one backward pass a row.

    >>> jacobian(lambda x: x * x)(np.array([1.0, 2.0]))
    array([[2., 0.],
           [0., 4.]])
    """

    def rows(*xs: Any, **options: Any) -> Any:
        call = _Call(f, xs, argnums, options)
        shape, dtype = call.output.shape, call.output.dtype
        size = call.output.size
        unit_vectors = np.eye(size, dtype=dtype).reshape(size, *shape)
        pulled = [call.pull(InitialNode(u, requires_grad=False)) for u in unit_vectors]
        jacobians = []
        for k, x in enumerate(call.wanted):
            if not pulled:
                jacobians.append(np.zeros(shape + x.shape, x.dtype))
                continue
            J: Any = stack([row[k] for row in pulled])
            jacobians.append(call.plain(J.reshape(shape + x.shape)))
        return call.by_argnums(jacobians)

    return rows


def hessian(f: Callable[..., Any], argnums: int = 0) -> Callable[..., Any]:
    """Return the function xs -> H, of shape x.shape + x.shape, for a scalar function f.

    >>> hessian(lambda x: (x**3).sum())(np.array([1.0, 2.0]))
    array([[ 6.,  0.],
           [ 0., 12.]])
    """
    return jacobian(grad(f, argnums), argnums)


def hvp(f: Callable[..., Any], argnums: int = 0) -> Callable[..., Any]:
    """Return the function (*xs, v) -> H v, H being the Hessian of the scalar function f at xs.

    v has the shape of argument number `argnums`. H itself is never computed: this costs a few
    times what f costs.

    >>> hvp(lambda x: (x**3).sum())(np.array([1.0, 2.0]), np.array([1.0, 1.0]))
    array([ 6., 12.])
    """

    def product(*xs_and_v: Any, **options: Any) -> Any:
        *xs, v = xs_and_v
        if not -len(xs) <= argnums < len(xs):
            raise ValueError(f"hvp: argnums: there is no argument {argnums}, only {len(xs)} and v")
        i = argnums % len(xs)

        def gradient(x: Any) -> Any:
            return grad(f, argnums)(*xs[:i], x, *xs[i + 1 :], **options)

        return jvp(gradient, xs[i], v)[1]

    return product


class _Call:
    """One call of f: nodes for the arguments by which it is differentiated, and its output."""

    def __init__(
        self,
        f: Callable[..., Any],
        xs: Sequence[Any],
        argnums: Argnums,
        options: Mapping[str, Any],
    ) -> None:
        self.single = hasattr(argnums, "__index__")
        several: Any = [argnums] if self.single else argnums
        try:
            numbers = [index(i) for i in several]
        except TypeError:
            raise TypeError(f"argnums must be an integer or several, not {argnums!r}") from None
        arguments = list(xs)
        self.wanted: list[Node] = []
        # May the result belong to a graph further out? Then it stays a node.
        self.of_nodes = any(isinstance(x, Node) for x in (*xs, *options.values()))
        self.nested = self.of_nodes or is_differentiating()
        self.own: set[Node] = set()  # what this call has made of arrays
        with recording(True):
            for i in numbers:
                if not -len(xs) <= i < len(xs):
                    raise ValueError(
                        f"argnums: there is no argument {i} among the {len(xs)} that were passed "
                        f"by position"
                    )
                if any(arguments[i] is x for x in self.wanted):
                    raise ValueError(f"argnums: argument {i} is there twice")
                arguments[i] = _own_node(xs[i], f"argument {i}")
                self.wanted.append(arguments[i])
                if not isinstance(xs[i], Node):
                    self.own.add(arguments[i])
            with differentiating():
                output = f(*arguments, **options)
        if not isinstance(output, Node):
            output = InitialNode(as_array(output, "the function's result"), requires_grad=False)
        self.output: Node = output

    def pull(self, u: Node, as_nodes: bool = False) -> list[Any]:
        """The gradients of the output, contracted with u, by the wanted arguments."""
        as_nodes = as_nodes or self.nested or u.requires_grad
        return _gradients(self.output, u, self.wanted, as_nodes)

    def plain(self, result: Any) -> Any:
        """`result` as an array of its own, unless it belongs to a graph further out."""
        if self.of_nodes or (self.nested and self._reaches_out(result)):
            return result
        return np.array(result.value if isinstance(result, Node) else result)

    def _reaches_out(self, result: Any) -> bool:
        """Whether a gradient flows through the result to a node that is not this call's own."""
        leaves = Graph(result)._initial if isinstance(result, Node) else []
        return any(x._requires_grad and x not in self.own for x in leaves)

    def by_argnums(self, results: list[Any]) -> Any:
        if self.single:
            return results[0]
        return tuple(results)


def _gradients(output: Node, u: Node, wanted: list[Node], as_nodes: bool) -> list[Any]:
    """d(output)/d(x) for the wanted x, contracted with u; zeros where it does not depend."""
    pulled: dict[Node, Any] = {}
    if output.requires_grad:
        with recording(True), differentiating():
            upstream = u if as_nodes else u.value
            pulled = Graph(output).gradients(upstream, wanted, as_nodes)
    gradients = [pulled[x] if x in pulled else np.zeros_like(x) for x in wanted]
    if not as_nodes:
        return [np.array(gradient) for gradient in gradients]
    return [
        gradient if isinstance(gradient, Node) else InitialNode(gradient, requires_grad=False)
        for gradient in gradients
    ]


def _own_node(x: Any, what: str) -> Node:
    """A node that only this call knows, so that another use of x does not count as this one."""
    if isinstance(x, Node) and x.requires_grad:
        return positive(x)
    array = as_array(x, what)
    return InitialNode(array if array.dtype.kind == "f" else array.astype(float))


def _like(v: Any, node: Node, what: str) -> Node:
    """v as a node with the shape and dtype of `node`."""
    if not isinstance(v, Node):
        v = InitialNode(as_array(v, what).astype(node.dtype), requires_grad=False)
    if v.shape != node.shape:
        raise ValueError(f"{what} has shape {v.shape}, but must have {node.shape}")
    like: Node = v if v.dtype == node.dtype else v.astype(node.dtype)
    return like
