"""Whether operations remember what they were computed from."""

from __future__ import annotations

import inspect
from collections.abc import Callable, Iterator
from contextvars import ContextVar
from functools import wraps
from typing import ParamSpec, TypeVar

P = ParamSpec("P")
R = TypeVar("R")


class Block:
    """One `with recording(on):` statement while it runs, and the one around it."""

    __slots__ = ("on", "open", "outer")

    def __init__(self, on: bool, outer: Block | None) -> None:
        self.on, self.outer, self.open = on, outer, True

    def outward(self) -> Iterator[Block]:
        """This block and those around it that are still open."""
        block: Block | None = self
        while block is not None:
            if block.open:
                yield block
            block = block.outer


_OUTSIDE = Block(True, None)
_innermost = ContextVar("innermost", default=_OUTSIDE)


def is_recording() -> bool:
    """Whether an operation that is called now remembers its inputs."""
    block = _innermost.get()
    return block.on if block.open else next(block.outward()).on


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
        innermost = _innermost.get()
        for block in innermost.outward():
            if block in self._blocks:
                break
        else:  # it was entered in another thread
            block = self._blocks[-1]
        self._blocks.remove(block)
        block.open = False
        _innermost.set(next(innermost.outward()))

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
