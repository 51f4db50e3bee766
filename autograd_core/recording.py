"""Whether operations remember what they were computed from."""

from __future__ import annotations

import inspect
from collections.abc import Callable
from contextvars import ContextVar, Token
from functools import wraps
from typing import ParamSpec, TypeVar

is_recording = ContextVar("is_recording", default=True)

P = ParamSpec("P")
R = TypeVar("R")


class recording:
    """Inside `with recording(on):`, operations remember their inputs, or do not."""

    def __init__(self, on: bool) -> None:
        self._on = on

    def __enter__(self) -> None:
        self._token: Token[bool] = is_recording.set(self._on)

    def __exit__(self, *_: object) -> None:
        is_recording.reset(self._token)

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
            with recording(self._on):
                return function(*args, **kwargs)

        return call


def no_grad() -> recording:
    """Inside `with no_grad():`, operations compute values but remember no inputs.

    Also a decorator of functions: `@no_grad()`.
    """
    return recording(False)
