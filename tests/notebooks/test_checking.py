"""What checks the answers: the smallest case, and answers that misbehave."""

import numpy as np
import pytest
from hypothesis import given

import autograd_core as ag
from exercises import Verdict, check
from exercises.checking import (
    EXERCISES,
    Wrong,
    agrees,
    arrays,
    axes,
    exercise,
    floats,
    integers,
    verifies,
)
from exercises.verdict import shown


@pytest.fixture
def number():
    yield "0.1"
    EXERCISES.pop("0.1", None)


def square_exercise(number):
    @exercise(number)
    def square(answer):
        """x^2"""
        agrees(answer, lambda x: x**2, x=floats(-3, 3), hint="Multiply x by itself.")


def rows_exercise(number):
    @exercise(number)
    def rows(answer):
        """The sums of the rows of X."""
        agrees(answer, lambda X: X.sum(axis=1), X=arrays(axes("n", "m")))


def cube_exercise(number):
    @exercise(number)
    def cube_operation(answer):
        """x^3 as an operation."""
        verifies(answer, lambda x: x**3, hint="The exponent comes down.")


# The verdict -------------------------------------------------------------------------------


def test_a_right_answer(number):
    square_exercise(number)
    verdict = check(number, lambda x: x * x)
    assert verdict.ok is True
    assert str(verdict) == repr(verdict) == "0.1: right."


def test_a_wrong_answer_is_shown_at_its_smallest_case(number):
    square_exercise(number)
    verdict = check(number, lambda x: abs(x) * x)
    assert verdict.ok is False
    assert verdict.case == {"x": -1.0, "your answer": -1.0, "right": 1.0}
    assert verdict.hint == "Multiply x by itself."
    assert str(verdict) == (
        "0.1: your answer is not right in this case.\n"
        "            x = -1\n"
        "  your answer = -1\n"
        "        right = 1\n"
        "Hint: Multiply x by itself."
    )


def test_arrays_shrink_to_few_and_simple_entries(number):
    rows_exercise(number)
    verdict = check(number, lambda X: X[:, 0])
    assert verdict.ok is False
    assert verdict.case["X"].tolist() == [[0.0, 1.0]]


def test_the_same_answer_has_the_same_verdict_each_time(number):
    square_exercise(number)
    first, second = (check(number, lambda x: x**2 + (x > 1.7)) for _ in range(2))
    assert first == second
    assert first.case["x"] == 2.0


def test_the_page_is_escaped_and_shows_the_drawing(number):
    cube_exercise(number)

    class wrong(ag.Operation):
        def forward(self, x):
            return x**3

        def gradient(self, dA, A, x):
            return dA * x**2

    verdict = check(number, wrong)
    assert verdict.ok is False
    assert verdict.case["your gradient by x"] == 1.0
    assert verdict.case["right gradient by x"] == 3.0
    assert verdict.drawing.startswith("<svg")
    html = verdict._repr_mimebundle_()["text/html"]
    assert verdict.drawing in html
    page = Verdict("0.1", False, "a < b", {"<x>": "<script>"})._repr_mimebundle_()["text/html"]
    assert "<script>" not in page
    assert "<x>" not in page


def test_an_unknown_number_is_said():
    for name in ("99.1", "1.99", "nonsense"):
        with pytest.raises(KeyError, match="there is no exercise"):
            check(name, 1)


def test_two_exercises_of_one_number_are_refused(number):
    square_exercise(number)
    with pytest.raises(ValueError, match=r"two exercises 0\.1"):
        cube_exercise(number)


# No answer yet -----------------------------------------------------------------------------


def untouched(x): ...


def untouched_with_a_docstring(x):
    """The square of x."""
    ...  # noqa: PIE790


def raises_not_implemented(x):
    raise NotImplementedError


def with_a_gap(x):
    result = ...
    return result  # noqa: RET504 (as in a notebook)


class Untouched(ag.Operation):
    def forward(self, x): ...

    def gradient(self, dA, A, x): ...


class HalfDone(ag.Operation):
    def forward(self, x):
        return x**3

    def gradient(self, dA, A, x): ...


class GapInside(ag.Operation):
    def forward(self, x):
        return x**3

    def gradient(self, dA, A, x):
        slope = ...
        return dA * slope


class Empty(ag.Operation): ...


@pytest.mark.parametrize(
    "answer",
    [
        None,
        ...,
        (None, None),
        [1.0, ...],
        untouched,
        untouched_with_a_docstring,
        raises_not_implemented,
        with_a_gap,
    ],
)
def test_a_started_answer_is_not_answered_yet(number, answer):
    square_exercise(number)
    verdict = check(number, answer)
    assert verdict.ok is None
    assert str(verdict) == "0.1: not answered yet."


@pytest.mark.parametrize("answer", [Untouched, HalfDone, GapInside, Empty])
def test_a_started_operation_is_not_answered_yet(number, answer):
    cube_exercise(number)
    assert str(check(number, answer)) == "0.1: not answered yet."


def test_a_forgotten_return_is_asked_about(number):
    square_exercise(number)

    def forgets(x):
        x * x

    verdict = check(number, forgets)
    assert verdict.ok is None
    assert "return" in verdict.message


# Answers that misbehave --------------------------------------------------------------------


def test_exceptions_are_part_of_the_case(number):
    square_exercise(number)

    def inverse(x):
        return x**3 / x

    verdict = check(number, inverse)
    assert verdict.ok is False
    assert "ZeroDivisionError" in verdict.message
    assert "return x**3 / x" in verdict.message
    assert verdict.case == {"x": 0.0, "right": 0.0}


@pytest.mark.parametrize("answer", [5.0, "x**2", ag.square(2.0)])
def test_an_answer_that_is_no_function(number, answer):
    square_exercise(number)
    verdict = check(number, answer)
    assert verdict.ok is False
    assert "is to be a function" in verdict.message


def in_place(X):
    X *= 2
    return X.sum(axis=1) / 2


def in_place_and_right_again(X):
    sums = X.sum(axis=1)
    X[:] = 0.0
    return sums


@pytest.mark.parametrize("answer", [in_place, in_place_and_right_again])
def test_an_answer_that_changes_its_argument(number, answer):
    rows_exercise(number)
    verdict = check(number, answer)
    assert verdict.ok is False
    assert "changes its argument X in place" in verdict.message


@pytest.mark.parametrize(
    ("answer", "text"),
    [
        (lambda X: X.sum(axis=1, keepdims=True), "should have shape"),
        (lambda X: X.sum(), "should have shape"),
        (lambda X: X.sum(axis=1) * np.nan, "nan"),
        (lambda X: "the sums", "is a str, but should be an array"),
        (lambda X: {"sums": X.sum(axis=1)}, "is a dict"),
        (lambda X: [[1.0], [2.0, 3.0]], "is a list"),
        (lambda X: X.sum(axis=1) + 1e-6, "not right"),
        (lambda X: X.sum(axis=1) + 1j, "is a ndarray"),
        (lambda X, Y: X, "TypeError"),
        (lambda X: in_place, "is a function"),
        (lambda X: 1 / 0, "ZeroDivisionError"),
        (lambda X: list(iter(lambda: X.nothing, 0)), "AttributeError"),
    ],
)
def test_results_of_other_kinds(number, answer, text):
    rows_exercise(number)
    verdict = check(number, answer)
    assert verdict.ok is False
    assert text in verdict.message


def test_a_list_or_a_node_with_the_right_numbers_will_do(number):
    rows_exercise(number)
    assert check(number, lambda X: [sum(row) for row in X.tolist()]).ok
    assert check(number, lambda X: ag.sum(ag.InitialNode(X), axis=1)).ok


def test_an_answer_that_depends_on_chance(number):
    square_exercise(number)
    rng = np.random.default_rng(0)
    verdict = check(number, lambda x: x**2 + (rng.random() < 0.3))
    assert verdict.ok is False


def test_an_answer_that_takes_a_million_steps_is_judged(number):
    @exercise(number)
    def count(answer):
        """A million."""
        if answer() != 1_000_000:
            raise Wrong("it is no million.")

    def counted():
        n = 0
        for _ in range(1_000_000):
            n += 1
        return n

    assert check(number, counted).ok


def test_an_answer_that_does_not_end_is_stopped(number):
    square_exercise(number)

    def endless(x):
        while True:
            try:
                x += 1
            except Exception:
                x = 0

    verdict = check(number, endless, seconds=0.2)
    assert verdict.ok is False
    assert "Does a loop not end?" in verdict.message


def test_recursion_without_end_is_an_exception_like_others(number):
    square_exercise(number)

    def deep(x):
        return deep(x) + 1

    verdict = check(number, deep)
    assert verdict.ok is False
    assert "RecursionError" in verdict.message


def test_warnings_of_an_answer_are_not_errors(number):
    square_exercise(number)

    def warns(x):
        return np.where(x == 0, 0.0, x**3 / np.float64(x))

    assert check(number, warns).ok


# Parts of a result -------------------------------------------------------------------------


def test_results_with_several_parts(number):
    @exercise(number)
    def gradients(answer):
        """Both gradients of x y."""
        agrees(answer, lambda x, y: (y, x), x=floats(-3, 3), y=floats(-3, 3))

    assert check(number, lambda x, y: (y, x)).ok
    assert check(number, lambda x, y: [y, x]).ok
    wrong = check(number, lambda x, y: (y, y))
    assert wrong.message.startswith("part 1 of 2")
    assert "should have 2" in check(number, lambda x, y: x + y).message
    assert "should have 2" in check(number, lambda x, y: (x, y, x)).message


def test_tolerances(number):
    @exercise(number)
    def rough(answer):
        """x, roughly."""
        agrees(answer, lambda x: x, x=floats(1, 3), rtol=1e-3)

    assert check(number, lambda x: x * 1.0009).ok
    assert not check(number, lambda x: x * 1.002).ok


# Operations --------------------------------------------------------------------------------


def test_operations_are_judged_by_forward_and_gradient(number):
    cube_exercise(number)

    class right(ag.Operation):
        def forward(self, x):
            return x * x * x

        def gradient(self, dA, A, x):
            return 3 * dA * x * x

    class other(right):
        def forward(self, x):
            return x * x

    class fails(right):
        def forward(self, x):
            return np.linalg.inv(x)

    class fails_back(right):
        def gradient(self, dA, A, x):
            return dA @ dA @ dA

    assert check(number, right).ok
    assert check(number, other).case["right"] is not None
    assert "return np.linalg.inv(x)" in check(number, fails).message
    assert check(number, fails_back).ok is False
    assert "class with ag.Operation as its parent" in check(number, lambda x: x**3).message
    assert "class with ag.Operation as its parent" in check(number, right(2.0)).message


def test_operations_of_several_inputs_with_options(number):
    @exercise(number)
    def scaled(answer):
        """s x y with a fixed s."""
        verifies(answer, lambda x, y, s: s * x * y, inputs=[arrays((2,))] * 2, options={"s": 3.0})

    class product(ag.Operation):
        def __init__(self, x, y, s=1.0):
            self.s = s
            super().__init__(x, y)

        def forward(self, x, y):
            return self.s * x * y

        def gradient(self, dA, A, x, y):
            return self.s * dA * y, self.s * dA * x

    class forgets(product):
        def gradient(self, dA, A, x, y):
            return dA * y, self.s * dA * x

    assert check(number, product).ok
    verdict = check(number, forgets)
    assert verdict.ok is False
    assert verdict.case["s"] == 3.0
    assert verdict.drawing


# What is drawn -----------------------------------------------------------------------------


@given(floats(-2, 3), floats(0.1, 0.2), integers(2, 4))
def test_numbers_lie_within_their_bounds(x, y, k):
    assert -2 <= x <= 3
    assert 0.1 <= y <= 0.2
    assert k in (2, 3, 4)
    assert x == round(x, 3)


@given(arrays(axes("b", "p")), arrays(axes("p", "u")), arrays((2, 2), 0, 1))
def test_axes_of_one_name_have_one_length(X, W, S):
    assert X.shape[1] == W.shape[0]
    assert S.shape == (2, 2)
    assert ((S >= 0) & (S <= 1)).all()
    assert X.dtype == np.float64


def test_bounds_without_a_number_between_them_are_refused():
    with pytest.raises(ValueError, match="no number of three decimals"):
        floats(0.12341, 0.12342)


def test_parts_are_shown_as_numbers():
    assert shown((np.float64(0.5), 2)) == "(0.5, 2)"
    assert shown(()) == "()"
