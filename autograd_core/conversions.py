"""What a node does when it is asked for a plain number or array: it says that a gradient is lost.

`math.exp(x)`, `np.mean([x, y])`, `out[0] = x`, `df @ w` and the like do not call an operation: they
ask the node for its value, and go on with a constant. Inside a function that is being
differentiated that is an error, elsewhere a `GradientWarning`. `x.value` and `x.item()` are for
constants that are meant.
"""

from __future__ import annotations

import sys
import warnings
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from types import FrameType
from typing import TYPE_CHECKING, Any
from weakref import ref

from autograd_core.recording import is_recording
from autograd_core.values import describe

if TYPE_CHECKING:
    from autograd_core.node import Node


class GradientWarning(UserWarning):
    """A node has become a constant, or has no gradient where one may be expected."""


class ConstantError(TypeError):
    """A node has become a constant inside a function that is being differentiated."""


LOST = """\
a plain number or array was made of it, and no gradient flows through that. Write
  np.exp(x)              for math.exp(x)
  ag.stack([x, y])       for np.array([x, y]), and where entries of an array are set to nodes
  ag.mean([x, y])        for np.mean([x, y])
  X @ w                  for X.dot(w), with an array X
  df.to_numpy() @ w      for df @ w
  X.toarray() @ w        for X @ w with a sparse X
  x.value or x.item()    if a constant is meant"""
FIXED = """\
a plain number or array was made of it, which stays when the graph is run again. Write
  ag.index(T, k)         for T[k] with an array T
  k.value or k.item()    if a constant is meant"""
LIBRARIES = frozenset(("autograd_core", "nn", "numpy", "pandas", "scipy"))
"""Packages that a warning looks behind, for the line that called them."""

_differentiating = ContextVar("differentiating", default=False)


def is_differentiating() -> bool:
    """Whether a function that is being differentiated, or checked, is running just now."""
    return _differentiating.get()


@contextmanager
def differentiating() -> Iterator[None]:
    """Inside `with`, a node that becomes a constant is an error."""
    token = _differentiating.set(True)
    try:
        yield
    finally:
        _differentiating.reset(token)


def plain_value(node: Any) -> Any:
    """The value of a node that NumPy or Python asked for as a plain number or array."""
    if is_recording() and not _is_compared():
        if node.requires_grad:
            _tell(node, "requires a gradient", LOST)
        elif node.dtype.kind != "f" and _may_change(node):
            _tell(node, "was computed", FIXED)
    return node._value


def _may_change(node: Any) -> bool:
    """Whether the node was computed from others, and not from constants alone."""
    seen, stack = {node}, list(node._inputs)
    while stack:
        x = stack.pop()
        if x is not None and x not in seen:
            if not x._inputs:
                return True
            seen.add(x)
            stack.extend(x._inputs)
    return False


def _is_compared() -> bool:
    """Whether `==` of another object asks, as `pytest.approx(4) == J`: it has no gradient."""
    frame: FrameType | None = sys._getframe(2)
    names: list[str] = []
    while frame is not None and len(names) < 4:
        names.append(frame.f_code.co_name)
        frame = frame.f_back
    return "__eq__" in names or "__ne__" in names


def _tell(node: Node, why: str, remedy: str) -> None:
    if is_differentiating():
        raise ConstantError(f"{describe(node)} {why}, but {remedy}")
    warn(f"a node {why}, but {remedy}")  # without its name: once a place, for all nodes there


def warn(message: str, category: type[Warning] = GradientWarning) -> None:
    """Warn about the first line on the way here that is in none of the libraries."""
    level, frame = 1, sys._getframe()
    while frame.f_back and frame.f_globals.get("__name__", "").partition(".")[0] in LIBRARIES:
        level, frame = level + 1, frame.f_back
    warnings.warn(message, category, stacklevel=level)


_passed: dict[int, Passed] = {}  # by id, because == of nodes is an operation


class Passed:
    """An integer that a backward pass has come to, and whether this was `told`."""

    def __init__(self, node: Node) -> None:
        key, self.told = id(node), False
        self.node = ref(node, lambda _: _passed.pop(key, None))


def pass_by(x: Node) -> None:
    """Note an integer with respect to which there would be a gradient: a float may be meant."""
    if x.name and x.ndim == 0 and x.dtype.kind in "iu" and not x._inputs:
        _passed.setdefault(id(x), Passed(x))


def tell_missing(node: Node) -> None:
    """Say, once, why a node that was passed by has no `grad`."""
    passed = _passed.get(id(node))
    if passed is not None and not passed.told:
        passed.told = True
        warn(f"there is no grad{without_gradient([node])}")


def without_gradient(leaves: Iterable[Node]) -> str:
    """What an error adds about initial nodes that are integers, if there are any."""
    names = ", ".join(describe(x) for x in leaves if x.dtype.kind in "iu")
    return names and f": integers have none; to get one, pass dtype=float for {names}"


def pandas_priority() -> int:
    """More than a DataFrame's, so that pandas leaves its operators to the node.

    `df += w` can't be left to it, because df stays a DataFrame.
    """
    if sys._getframe(3).f_code.co_name == "_inplace_method":  # of pandas, for all such operators
        raise TypeError(
            "a DataFrame or Series can't become a node in place: write df = df + w, not df += w"
        )
    return 5000
