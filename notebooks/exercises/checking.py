"""Exercises by number, and `check`, which gives the verdict on an answer.

An exercise is a function of the answer that raises `Wrong`, mostly through `agrees` or
`verifies`; its docstring says the task:

    @exercise("2.1")
    def derivative_of_exp_of_square(answer):
        "f'(x) of f(x) = exp(x^2)."
        agrees(answer, lambda x: 2 * x * np.exp(x**2), x=floats(-3, 3))
"""

from __future__ import annotations

import importlib
import warnings
from collections.abc import Callable
from contextlib import suppress
from typing import Any

import numpy as np

from autograd_core import Node, draw
from exercises.agreement import agrees
from exercises.answers import (
    SECONDS,
    NotAnsweredError,
    TooLongError,
    Wrong,
    guarded,
    is_missing,
    raised,
    time_limit,
)
from exercises.strategies import arrays, axes, floats, integers
from exercises.verdict import Verdict
from exercises.verification import verifies

__all__ = [
    "EXERCISES", "Wrong", "agrees", "arrays", "axes", "check", "exercise", "floats", "integers",
    "verifies",
]  # fmt: skip

Exercise = Callable[[Any], None]
EXERCISES: dict[str, Exercise] = {}


def exercise(number: str) -> Callable[[Exercise], Exercise]:
    """Enter a function as the exercise of this number."""

    def enter(function: Exercise) -> Exercise:
        if number in EXERCISES and EXERCISES[number].__qualname__ != function.__qualname__:
            raise ValueError(f"there are two exercises {number}")
        EXERCISES[number] = function
        return function

    return enter


def check(number: str, answer: Any, *, seconds: float = SECONDS) -> Verdict:
    """The verdict on an answer to the exercise of this number, such as "2.1".

    It displays itself as the last line of a cell. A function is stopped after so many seconds.
    """
    function = found(number)
    try:
        if is_missing(answer):
            raise NotAnsweredError
        with time_limit(seconds), warnings.catch_warnings(), np.errstate(all="ignore"):
            warnings.simplefilter("ignore")
            function(guarded(answer))
    except NotAnsweredError as error:
        return Verdict(number, None, str(error))
    except Wrong as wrong:
        drawing = picture(wrong.node)
        return Verdict(number, False, wrong.message, wrong.case, wrong.hint, drawing)
    except TooLongError:
        message = f"your answer ran for {seconds:g} seconds and was stopped. Does a loop not end?"
        return Verdict(number, False, message)
    except Exception as error:
        if isinstance(error, NotImplementedError):
            return Verdict(number, None, str(NotAnsweredError()))
        return Verdict(number, False, raised(error, answer))
    return Verdict(number, True, "right.")


def found(number: str) -> Exercise:
    """The exercise of this number, from the module of its notebook."""
    notebook, _, _ = number.partition(".")
    if notebook.isdecimal():
        with suppress(ModuleNotFoundError):
            importlib.import_module(f"exercises.n{int(notebook):02d}")
    if number not in EXERCISES:
        raise KeyError(f"there is no exercise {number!r}; its number is as in '2.1'")
    return EXERCISES[number]


def picture(node: Node | None) -> str | None:
    """The graph of a node as SVG, if it can be drawn."""
    if node is None:
        return None
    with suppress(Exception):  # the verdict is worth showing without a picture, too
        return draw.svg(node)
    return None
