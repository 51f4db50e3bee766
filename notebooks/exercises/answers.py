"""Calling an answer: it may be missing, raise, run for ever, or change what it is given."""

from __future__ import annotations

import copy
import dis
import functools
import signal
import threading
import traceback
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from types import FrameType, FunctionType
from typing import Any

import numpy as np

from autograd_core import Node

SECONDS = 60  # of computing that a check may take: hundreds of calls of the answer


class Wrong(Exception):  # noqa: N818 (it is no error, but a verdict)
    """An answer is wrong: why, the case that shows it, a node to be drawn, and a hint."""

    def __init__(
        self,
        message: str,
        case: Mapping[str, Any] | None = None,
        node: Node | None = None,
        hint: str = "",
    ) -> None:
        super().__init__(message)
        self.message, self.case, self.node, self.hint = message, dict(case or {}), node, hint


class NotAnsweredError(Exception):
    """The answer is still the one that was started."""

    def __init__(self, message: str = "not answered yet.") -> None:
        super().__init__(message)


class TooLongError(BaseException):
    """Raised in an answer that runs too long; `except Exception` there does not catch it."""


def is_missing(answer: Any) -> bool:
    """Whether an answer, or a part of it, is None or `...`, or a class without its methods."""
    if isinstance(answer, (tuple, list)):
        return any(is_missing(part) for part in answer)
    if isinstance(answer, dict):
        return any(is_missing(part) for part in answer.values())
    if isinstance(answer, type):
        return bool(getattr(answer, "__abstractmethods__", None))
    return answer is None or answer is Ellipsis


def guarded(answer: Any) -> Any:
    """The answer; if it is a function, one that raises `NotAnsweredError` or `Wrong` instead."""
    if isinstance(answer, (tuple, list)):
        return type(answer)(guarded(part) for part in answer)
    if isinstance(answer, dict):
        return {name: guarded(part) for name, part in answer.items()}
    if not isinstance(answer, FunctionType):
        return answer

    @functools.wraps(answer)
    def call(*args: Any, **kwargs: Any) -> Any:
        try:
            result = answer(*args, **kwargs)
        except NotImplementedError as error:
            raise NotAnsweredError from error
        except (Wrong, NotAnsweredError):
            raise
        except Exception as error:
            raise Wrong(raised(error, answer)) from error
        if is_missing(result):
            if not is_started(answer) and result is None:
                raise NotAnsweredError(
                    "not answered yet: your function returns None. Is a return missing?"
                )
            raise NotAnsweredError
        return result

    return call


def is_started(function: FunctionType) -> bool:
    """Whether a function's body is still no more than `...`, `pass` or a docstring."""

    def nothing() -> None: ...

    return instructions(function) == instructions(nothing)


def instructions(function: FunctionType) -> list[str]:
    return [instruction.opname for instruction in dis.get_instructions(function)]


def raised(error: BaseException, answer: Any) -> str:
    """A sentence on an exception: what it says, and the line of the answer that it came from."""
    message = f"your answer raises {type(error).__name__}: {error}"
    code = getattr(answer, "__code__", None)
    frames = traceback.extract_tb(error.__traceback__)
    lines = [f.line for f in frames if code and f.filename == code.co_filename and f.line]
    return f"{message} (in the line: {lines[-1]})" if lines else message


def copies(case: Mapping[str, Any]) -> dict[str, Any]:
    """Copies of arguments, so that an answer can't change those of the check."""
    return copy.deepcopy(dict(case))


def same(a: Any, b: Any) -> bool:
    """Whether arguments are the same in type, shape and every entry."""
    if isinstance(a, (tuple, list)) and type(a) is type(b):
        return len(a) == len(b) and all(same(x, y) for x, y in zip(a, b, strict=True))
    if isinstance(a, (np.ndarray, int, float)):
        return np.shape(a) == np.shape(b) and np.array_equal(a, b, equal_nan=True)
    return True  # functions and the like


@contextmanager
def time_limit(seconds: float) -> Iterator[None]:
    """Raise `TooLongError` after so many seconds of computing, where the system has an alarm.

    What counts is the time of this process, so that a busy machine makes no answer wrong.
    """
    in_main = threading.current_thread() is threading.main_thread()
    if not (in_main and hasattr(signal, "setitimer")):
        yield
        return

    def stop(signum: int, frame: FrameType | None) -> None:
        raise TooLongError

    before = signal.signal(signal.SIGPROF, stop)
    signal.setitimer(signal.ITIMER_PROF, seconds)
    try:
        yield
    finally:
        signal.setitimer(signal.ITIMER_PROF, 0)
        signal.signal(signal.SIGPROF, before)
