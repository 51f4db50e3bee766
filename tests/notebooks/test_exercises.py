"""Every exercise: its solution is right, and the mistakes of students are found to be wrong."""

import importlib
import re

import pytest

from exercises import check
from exercises.checking import EXERCISES, found
from run import notebooks, read

CALL = re.compile(r"""\bcheck\(\s*["'](\d+\.\d+)["']""")


def asked(path):
    """The numbers of a notebook's exercises, as its cells ask for a check."""
    cells = [cell.source for cell in read(path).cells if cell.cell_type == "code"]
    return [number for source in cells for number in CALL.findall(source)]


def solutions(path):
    return importlib.import_module(f"solutions.n{path.name[:2]}").SOLUTIONS


def wrong_answers(path):
    return importlib.import_module(f"tests.notebooks.wrong_answers.n{path.name[:2]}").WRONG


ALL_SOLUTIONS = [
    pytest.param(number, answer, id=number)
    for path in notebooks()
    for number, answer in solutions(path).items()
]
ALL_WRONG = [
    # Every other one is left to the slow run.
    pytest.param(
        number, answer, text, id=f"{number} {mistake}", marks=[pytest.mark.slow] if k % 2 else []
    )
    for path in notebooks()
    for k, (number, mistake, answer, text) in enumerate(wrong_answers(path))
]


@pytest.mark.parametrize("path", notebooks(), ids=lambda path: path.stem)
def test_every_exercise_has_a_check_a_solution_and_three_wrong_answers(path):
    numbers = asked(path)
    assert numbers
    assert len(numbers) == len(set(numbers))
    assert set(numbers) == set(solutions(path))
    for number in numbers:
        assert found(number).__doc__
        assert number.split(".")[0] == str(int(path.name[:2]))
        assert len([w for w in wrong_answers(path) if w[0] == number]) >= 3, number
    of_this = {number for number in EXERCISES if number.startswith(f"{int(path.name[:2])}.")}
    assert of_this == set(numbers)


@pytest.mark.parametrize(("number", "answer"), ALL_SOLUTIONS)
def test_a_solution_is_right(number, answer):
    verdict = check(number, answer)
    assert verdict.ok is True, str(verdict)


@pytest.mark.parametrize(("number", "answer", "text"), ALL_WRONG)
def test_a_mistake_is_found_and_explained(number, answer, text):
    verdict = check(number, answer)
    assert verdict.ok is False, str(verdict)
    assert text in f"{verdict.message} {verdict.hint} {verdict}"
    html = verdict._repr_mimebundle_()["text/html"]
    assert verdict.number in html
    assert "<p>" in html


@pytest.mark.parametrize("number", sorted({p.values[0] for p in ALL_SOLUTIONS}))
@pytest.mark.parametrize("answer", [None, ...])
def test_no_answer_is_no_mistake(number, answer):
    assert check(number, answer).ok is None
