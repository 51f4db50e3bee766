"""`agrees`: hold a function against the right one, on generated arguments."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

import numpy as np
from hypothesis import HealthCheck, Verbosity, given, settings
from hypothesis import strategies as st
from hypothesis.errors import Flaky

from autograd_core import Node
from exercises.answers import Wrong, copies, guarded, same

EXAMPLES = 100
HOW = settings(
    derandomize=True,
    database=None,
    deadline=None,
    max_examples=EXAMPLES,
    report_multiple_bugs=False,
    suppress_health_check=list(HealthCheck),
    verbosity=Verbosity.quiet,
)


def agrees(
    answer: Callable[..., Any],
    right: Callable[..., Any],
    /,
    *,
    hint: str = "",
    rtol: float = 1e-9,
    atol: float = 0.0,
    **arguments: st.SearchStrategy[Any],
) -> None:
    """Raise `Wrong` with the smallest arguments for which `answer` differs from `right`.

    Both are called with the named arguments by position. Their results are compared in shape
    and in value, |answer - right| <= atol + rtol |right|; a tuple entry by entry.
    """
    if not callable(answer):
        raise Wrong(f"the answer is to be a function, but is a {type(answer).__name__}.", hint=hint)
    answer = guarded(answer)
    smallest: dict[str, Wrong] = {}

    def compare(values: tuple[Any, ...]) -> None:
        try:
            compare_once(answer, right, dict(zip(arguments, values, strict=True)), rtol, atol)
        except Wrong as wrong:
            smallest["wrong"] = wrong
            raise Different from None

    try:
        HOW(given(st.tuples(*arguments.values()))(compare))()
    except Different:
        wrong = smallest["wrong"]
        raise Wrong(wrong.message, wrong.case, hint=wrong.hint or hint) from None
    except Flaky:
        wrong = smallest["wrong"]
        message = "your function gives different results for the same arguments."
        if "RecursionError" in wrong.message:  # how deep it comes varies, but not that it fails
            message = wrong.message
        raise Wrong(message, wrong.case, hint=hint) from None


class Different(Exception):  # noqa: N818
    """Something differs; one class for all differences, so that the smallest of all is found."""


def compare_once(
    answer: Callable[..., Any],
    right: Callable[..., Any],
    case: Mapping[str, Any],
    rtol: float,
    atol: float,
) -> None:
    """Raise `Wrong` if the answer differs for these arguments."""
    expected = right(*copies(case).values())
    given = copies(case)
    try:
        got = answer(*given.values())
    except Wrong as wrong:
        raise Wrong(wrong.message, {**case, "right": expected}, hint=wrong.hint) from None
    for name, value in case.items():
        if not same(value, given[name]):
            raise Wrong(
                f"your function changes its argument {name} in place; it should make a new array.",
                {**case, f"{name} after the call": given[name]},
            )
    message = difference(got, expected, rtol, atol)
    if message:
        raise Wrong(message, {**case, "your answer": got, "right": expected})


def difference(got: Any, expected: Any, rtol: float = 1e-9, atol: float = 0.0) -> str:
    """In what a result differs from the right one; "" if in nothing."""
    if isinstance(expected, tuple):
        if not isinstance(got, (tuple, list)) or len(got) != len(expected):
            count = f"{len(got)} parts" if isinstance(got, (tuple, list)) else "1 part"
            return f"your answer has {count}, but should have {len(expected)}."
        for k, (part, right) in enumerate(zip(got, expected, strict=True)):
            message = difference(part, right, rtol, atol)
            if message:
                return f"part {k} of {len(expected)}: {message}"
        return ""
    if isinstance(expected, (str, bool, dict, set)):
        return "" if got == expected else f"your answer is {got}, but {expected} is right."
    a, b = as_numbers(got), as_numbers(expected)
    if a is None:
        return f"your answer is a {type(got).__name__}, but should be {described(b)}."
    if b is None:
        raise TypeError(f"the right answer is a {type(expected).__name__}, which is no number")
    if a.shape != b.shape:
        return f"your answer has shape {a.shape}, but should have shape {b.shape}."
    if np.isclose(a, b, rtol=rtol, atol=atol, equal_nan=True).all():
        return ""
    if np.isnan(a).any() and not np.isnan(b).any():
        return "your answer is not a number (nan)." if a.ndim == 0 else "your answer has a nan."
    return "your answer is not right in this case."


def as_numbers(value: Any) -> Any:
    """A result as an array of numbers, or None if it is none."""
    if isinstance(value, Node):
        return np.asarray(value.value)
    try:
        array = np.asarray(value)
    except ValueError:  # rows of different lengths
        return None
    return array if array.dtype.kind in "biuf" else None


def described(array: Any) -> str:
    return "a number" if np.ndim(array) == 0 else f"an array of shape {np.shape(array)}"
