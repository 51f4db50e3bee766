"""What the checks of an operation add up to."""

from __future__ import annotations

from autograd_core.testing.checking import Trouble, Verdict
from autograd_core.testing.points import Point
from autograd_core.testing.reports import Report


class Tally:
    """Cases, troubles and undecided entries so far; the `report` gets the first and the last."""

    def __init__(self, report: Report) -> None:
        self.report = report
        self.troubles: list[Trouble] = []
        self.of_dtype: list[Trouble] = []  # reported after what else is wrong
        self.unknown = self.entries = 0

    def take(self, verdict: Verdict, point: Point) -> bool:
        """Count a verdict; whether something is wrong."""
        self.report.cases += point.inputs[0].shape[0] if point.rows else 1
        self.unknown += verdict.unknown
        self.entries += sum(point.inputs[i].size for i in point.wanted)
        if verdict.judged:
            self.report.inconclusive += verdict.reasons
        found = [t for t in verdict.troubles if t.kind != "dtype"]
        self.of_dtype = self.of_dtype or [t for t in verdict.troubles if t.kind == "dtype"]
        self.troubles += found
        return bool(found)

    def close(self) -> None:
        """Put the troubles in order, and say in the report how much could not be judged."""
        self.troubles += self.of_dtype
        if self.unknown:
            self.report.inconclusive.append(
                f"{self.unknown} of {self.entries} entries could not be judged: the forward has a "
                f"jump or an infinite slope there, or its rounding hides the slope"
            )
        self.report.inconclusive = list(dict.fromkeys(self.report.inconclusive))
