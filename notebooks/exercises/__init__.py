"""The exercises of the course: `check("2.1", answer)` says whether an answer is right."""

from exercises.checking import check
from exercises.verdict import Verdict

__all__ = ["Verdict", "check"]
