"""Packages that only some functions need: imported there, with an error that says what to do."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager


@contextmanager
def needs(package: str, what: str) -> Iterator[None]:
    """Around an import: if it fails, say that `what` needs `package` and how to install it."""
    try:
        yield
    except ImportError as error:
        raise ImportError(
            f"{what} needs {package}, which can't be imported ({error}): "
            f"pip install 'autograd-core[train]'"
        ) from error
