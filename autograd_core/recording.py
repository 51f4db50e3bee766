"""Whether operations remember what they were computed from."""

from __future__ import annotations

import inspect
import sys
from collections.abc import Callable
from contextvars import ContextVar
from functools import wraps
from types import FrameType
from typing import Any, ParamSpec, TypeVar

P = ParamSpec("P")
R = TypeVar("R")


class Block:
    """One `with recording(on):` statement while it runs, and the one around it."""

    __slots__ = ("generator", "on", "open", "outer")

    def __init__(self, on: bool, outer: Any, generator: Any) -> None:
        self.on, self.outer, self.open = on, outer, True
        self.generator = generator  # the frame of the generator that it stands in, if any

    def holding(self) -> Block:
        """This block, or the first one around it that holds for the code that runs now."""
        block = self
        while not block.open or block._is_suspended():
            block = block.outer
        return block

    def _is_suspended(self) -> bool:
        """Whether it stands in a generator that has yielded: nothing has called its frame."""
        return self.generator is not None and self.generator.f_back is None


_OUTSIDE = Block(True, None, None)  # which is never left
_innermost = ContextVar("innermost", default=_OUTSIDE)

GENERATORS = inspect.CO_GENERATOR | inspect.CO_ASYNC_GENERATOR
MANAGERS = frozenset(("_pytest", "contextlib"))
"""Packages that make a `with` statement of a generator's yield: its block holds in between."""


def is_recording() -> bool:
    """Whether an operation that is called now remembers its inputs."""
    block = _innermost.get()
    if block.open and block.generator is None:
        return block.on
    return block.holding().on


class recording:
    """Inside `with recording(on):`, operations remember their inputs, or do not.

    One object may be entered several times, also inside itself, by several threads, and by
    generators that end in another order than they began, or in another thread. In a generator it
    does not hold for the code that takes what is yielded.
    """

    def __init__(self, on: bool) -> None:
        self._on = on
        self._blocks: list[Block] = []  # those that this object has open, in all threads

    def __enter__(self) -> None:
        block = Block(self._on, _innermost.get(), _generator(sys._getframe(1)))
        self._blocks.append(block)
        _innermost.set(block)

    def __exit__(self, *_: object) -> None:
        if not self._blocks:
            raise RuntimeError("no_grad: it is left, but was not entered")
        innermost = block = _innermost.get()
        while block is not None and block not in self._blocks:
            block = block.outer
        block = block or self._blocks[-1]  # entered in another thread, it is not around this place
        self._blocks.remove(block)
        block.open = False
        while not innermost.open:
            innermost = innermost.outer
        _innermost.set(innermost)

    def __call__(self, function: Callable[P, R]) -> Callable[P, R]:
        """Decorate a function, so that this holds while it runs."""
        delayed = inspect.isgeneratorfunction, inspect.isasyncgenfunction
        kinds = (*delayed, inspect.iscoroutinefunction)
        if any(kind(part) for kind in kinds for part in (function, type(function).__call__)):
            raise TypeError(
                f"no_grad can't decorate {getattr(function, '__name__', function)}, whose body "
                f"runs later: put `with no_grad():` around the operations inside"
            )

        @wraps(function)
        def call(*args: P.args, **kwargs: P.kwargs) -> R:
            with self:
                return function(*args, **kwargs)

        return call


def _generator(frame: FrameType) -> FrameType | None:
    """The frame, if it is a generator's that yields to whoever takes its values."""
    if not frame.f_code.co_flags & GENERATORS:
        return None
    caller = frame.f_back
    module = "" if caller is None else caller.f_globals.get("__name__", "")
    return None if module.partition(".")[0] in MANAGERS else frame


def no_grad() -> recording:
    """Inside `with no_grad():`, operations compute values but remember no inputs.

    Also a decorator of functions: `@no_grad()`.
    """
    return recording(False)
