"""The nodes that a `Module` holds: parameters, which are learnt, and buffers, which are not."""

from __future__ import annotations

from typing import Self

from numpy.typing import ArrayLike, DTypeLike

from autograd_core import InitialNode, Node


class Held(InitialNode):
    """What is saved, loaded and moved with a module: the parent of `Parameter` and `Buffer`."""

    __slots__ = ()

    def to(self, dtype: DTypeLike) -> Self:
        """Change the value to another floating-point dtype, in place; the `grad` is forgotten.

        Integers stay as they are.
        """
        if self.dtype.kind == "f":
            InitialNode.__init__(self, self.value, self.name, self.requires_grad, dtype)
        return self


class Parameter(Held):
    """An initial node that a `Module` holds and an optimizer changes.

    >>> Parameter([1.0, 2.0], name="bias")
    Parameter([1., 2.], name='bias', shape=(2,), dtype=float64)
    """

    __slots__ = ()

    def __init__(
        self,
        value: ArrayLike | Node,
        name: str | None = None,
        requires_grad: bool = True,
        dtype: DTypeLike | None = None,
    ) -> None:
        super().__init__(value, name, requires_grad, dtype)


class Buffer(Held):
    """An initial node that a `Module` holds and computes itself, such as a running mean.

    It is saved, loaded and moved with the parameters, but has no gradient, and no optimizer
    changes it.

    >>> Buffer([0.0, 0.0], name="running_mean")
    Buffer([0., 0.], name='running_mean', shape=(2,), dtype=float64)
    """

    __slots__ = ()

    def __init__(
        self, value: ArrayLike | Node, name: str | None = None, dtype: DTypeLike | None = None
    ) -> None:
        super().__init__(value, name, False, dtype)
