"""Whether operations remember what they were computed from."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import AbstractContextManager, contextmanager
from contextvars import ContextVar

is_recording = ContextVar("is_recording", default=True)


def no_grad() -> AbstractContextManager[None]:
    """Inside `with no_grad():`, operations compute values but remember no inputs.

    Also a decorator: `@no_grad()`.
    """
    return recording(False)


@contextmanager
def recording(on: bool) -> Iterator[None]:
    """Inside, operations remember their inputs, or do not."""
    token = is_recording.set(on)
    try:
        yield
    finally:
        is_recording.reset(token)
