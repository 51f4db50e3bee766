"""Whether operations remember what they were computed from."""

from __future__ import annotations

import inspect
from collections.abc import Callable
from contextvars import ContextVar
from functools import wraps
from typing import Any, ParamSpec, TypeVar

P = ParamSpec("P")
R = TypeVar("R")


class Block:
    """One `with recording(on):` statement while it runs, and the one around it."""

    __slots__ = ("on", "open", "outer")

    def __init__(self, on: bool, outer: Any) -> None:
        self.on, self.outer, self.open = on, outer, True

    def innermost_open(self) -> Block:
        """This block, or the first one around it that has not been left."""
        block = self
        while not block.open:
            block = block.outer
        return block


_OUTSIDE = Block(True, None)  # which is never left
_innermost = ContextVar("innermost", default=_OUTSIDE)


def is_recording() -> bool:
    """Whether an operation that is called now remembers its inputs."""
    block = _innermost.get()
    return block.on if block.open else block.innermost_open().on


class recording:
    """Inside `with recording(on):`, operations remember their inputs, or do not.

    One object may be entered several times, also inside itself, by several threads, and by
    generators that end in another order than they began, or in another thread.
    """

    def __init__(self, on: bool) -> None:
        self._on = on
        self._blocks: list[Block] = []  # those that this object has open, in all threads

    def __enter__(self) -> None:
        block = Block(self._on, _innermost.get())
        self._blocks.append(block)
        _innermost.set(block)

    def __exit__(self, *_: object) -> None:
        innermost = block = _innermost.get()
        while block is not None and block not in self._blocks:
            block = block.outer
        block = block or self._blocks[-1]  # entered in another thread, it is not around this place
        self._blocks.remove(block)
        block.open = False
        _innermost.set(innermost.innermost_open())

    def __call__(self, function: Callable[P, R]) -> Callable[P, R]:
        """Decorate a function, so that this holds while it runs."""
        delayed = inspect.isgeneratorfunction, inspect.isasyncgenfunction
        if any(kind(function) for kind in (*delayed, inspect.iscoroutinefunction)):
            raise TypeError(
                f"no_grad can't decorate {function.__name__}, whose body runs later: put "
                f"`with no_grad():` around the operations inside"
            )

        @wraps(function)
        def call(*args: P.args, **kwargs: P.kwargs) -> R:
            with self:
                return function(*args, **kwargs)

        return call


def no_grad() -> recording:
    """Inside `with no_grad():`, operations compute values but remember no inputs.

    Also a decorator of functions: `@no_grad()`.
    """
    return recording(False)
