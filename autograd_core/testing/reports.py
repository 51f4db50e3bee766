"""What a check found: an object with fields, readable in a terminal and in a notebook."""

from __future__ import annotations

import textwrap
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

import numpy as np

from autograd_core.values import Array

if TYPE_CHECKING:
    from autograd_core.testing.subjects import Subject

WIDTH = 100
NOT_JUDGED = "not judged"


@dataclass(frozen=True)
class Fault:
    """One thing that is wrong with a gradient, on the smallest case that shows it.

    `analytic` is what the gradient says for the `entry` of `input`, `numeric` what it should
    say, give or take `error`. The case is `inputs` (by name: `named`), `options` and `upstream`.
    `given` and `right` have the whole gradients there, by the number of the input: what the
    operation gives, and the slopes of its values, nan where none can be told. They are missing
    where `gradient` raises, and of large inputs. `code` reproduces the fault. `remedy` says what
    to do if it is the case that is wrong, and not the gradient.
    """

    kind: str
    message: str
    input: int
    entry: tuple[int, ...] | None
    analytic: float
    numeric: float
    error: float
    inputs: tuple[Array, ...]
    upstream: Array
    options: Mapping[str, Any]
    code: str
    names: tuple[str, ...] = ()
    remedy: str = ""
    given: Mapping[int, Array] = field(default_factory=dict)
    right: Mapping[int, Array] = field(default_factory=dict)
    subject: Subject | None = field(default=None, repr=False, compare=False)

    @property
    def named(self) -> dict[str, Array]:
        """The inputs by the names that `forward` or the function has for them."""
        return {self.name_of(i): x for i, x in enumerate(self.inputs)}

    def name_of(self, i: int) -> str:
        """The name of an input; "input 0" where there is none."""
        return self.names[i] if i < len(self.names) else f"input {i}"

    def __str__(self) -> str:
        lines = [f"{self.kind}: {self.message}"]
        if np.isfinite(self.numeric) or np.isfinite(self.analytic):
            where = f"input {self.input}"
            if self.entry:
                where += f", entry {self.entry if len(self.entry) > 1 else self.entry[0]}"
            bar = f" +- {self.error:.1g}" if self.error else ""
            lines.append(
                f"{where}: the gradient is {self.analytic:.12g}, but should be "
                f"{self.numeric:.12g}{bar}"
            )
        for i, x in enumerate(self.inputs):
            text = np.array2string(np.asarray(x), separator=", ", threshold=30)
            lines.append(f"input {i} {np.shape(x)} {np.asarray(x).dtype}: {text}")
        if self.inputs:
            text = np.array2string(np.asarray(self.upstream), separator=", ", threshold=30)
            lines.append(f"upstream {np.shape(self.upstream)}: {text}")
        if self.options:
            lines.append("options: " + ", ".join(f"{k}={v!r}" for k, v in self.options.items()))
        lines += [self.remedy] if self.remedy else []
        lines += ["to reproduce:", textwrap.indent(self.code, "    ")] if self.code else []
        return "\n".join(lines)


def not_judged(why: str) -> Fault:
    """The fault of a check that has checked nothing, which must not pass."""
    nan = float("nan")
    return Fault(NOT_JUDGED, why, 0, None, nan, nan, 0.0, (), np.ones(()), {}, "")


@dataclass
class Report:
    """The verdict on an operation, a function or a graph."""

    subject: str
    faults: list[Fault] = field(default_factory=list)
    inconclusive: list[str] = field(default_factory=list)
    cases: int = 0
    seconds: float = 0.0

    def add(self, fault: Fault) -> None:
        """Append a fault, unless it is there: shrunk, several may have become one."""
        if all((fault.message, fault.code) != (f.message, f.code) for f in self.faults):
            self.faults.append(fault)

    @property
    def ok(self) -> bool:
        """Whether no fault was found; see `inconclusive` for what could not be judged."""
        return not self.faults

    @property
    def judged(self) -> bool:
        """Whether there was anything to judge."""
        return all(fault.kind != NOT_JUDGED for fault in self.faults)

    def __str__(self) -> str:
        if self.ok:
            verdict = f"no fault in {self.cases} cases"
        elif not self.judged:
            verdict = "its gradient could not be judged"
        else:
            n = len(self.faults)
            verdict = "its gradient is wrong" + (f" in {n} ways" if n > 1 else "")
        lines = [f"{self.subject}: {verdict} ({self.seconds:.2f} s)"]
        for fault in self.faults:
            lines += ["", str(fault)]
        if self.inconclusive:
            lines += ["", "not decided:"]
            lines += [f"- {sentence}" for sentence in self.inconclusive]
        return "\n".join(_wrapped(line) for text in lines for line in text.split("\n"))

    def _repr_mimebundle_(self, include: Any = None, exclude: Any = None) -> dict[str, str]:
        return {"text/plain": str(self), "text/html": self._repr_html_()}

    def _repr_html_(self) -> str:
        from autograd_core.testing.display import page  # which draws, and nothing else here does

        return page(self)


class GradientError(AssertionError):
    """A gradient is wrong; `report` says where and how."""

    def __init__(self, report: Report) -> None:
        super().__init__(str(report))
        self.report = report

    def _repr_html_(self) -> str:
        return self.report._repr_html_()


def _wrapped(line: str) -> str:
    if len(line) <= WIDTH or line.startswith("    "):
        return line
    return textwrap.fill(line, WIDTH, subsequent_indent="  ", break_long_words=False)


def same_class(analytic: float, numeric: float, n: list[int]) -> str:
    """What a wrong number is of the right one, if that can be told: its negative, twice it."""
    if np.isnan(analytic):
        return "not a number"
    if np.isinf(analytic):
        return "infinite"
    if numeric == 0 or not np.isfinite(numeric):
        return "not zero" if numeric == 0 else "wrong value"
    ratio = analytic / numeric
    if ratio == 0:
        return "zero"
    close = 1e-9 * abs(ratio)
    if abs(ratio + 1) <= close:
        return "wrong sign"
    if abs(ratio - 2) <= close:
        return "twice the right value"
    if abs(ratio - 0.5) <= close:
        return "half the right value"
    for k in n:
        if k > 1 and abs(ratio - k) <= close:
            return f"{k} times the right value, as if something were counted once too often"
        if k > 1 and abs(ratio - 1 / k) <= close:
            return f"1/{k} of the right value"
    if abs(ratio - 1) < 1e-2:
        return f"off by {abs(ratio - 1):.0e} of its value"
    return "wrong value"
