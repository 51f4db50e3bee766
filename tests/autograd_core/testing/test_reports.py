"""Reports: what is wrong, on a small case, readable, with code that shows it again."""

import re
import subprocess
import sys
from functools import partial
from xml.etree import ElementTree

import numpy as np
import pytest

import autograd_core as ag
from autograd_core import Operation
from autograd_core.testing import Fault, GradientError, Report, check_operation, gradcheck


class twice(Operation):
    """x ** 2 with twice its gradient where x > 37."""

    def forward(self, X):
        return X**2

    def gradient(self, dA, A, X):
        return dA * np.where(X > 37, 4 * X, 2 * X)


@pytest.fixture(scope="module")
def report():
    return check_operation(twice, raises=False)


def test_fields(report):
    fault = report.faults[0]
    assert not report.ok
    assert report.subject == "twice"
    assert report.cases > 0
    assert report.seconds > 0
    assert fault.kind == "wrong value"
    assert fault.message.startswith("the gradient is twice the right value at ")
    assert fault.analytic == pytest.approx(2 * fault.numeric)
    assert fault.error < 1e-6


def test_the_case_is_shrunk(report):
    fault = report.faults[0]
    assert fault.inputs[0].size == 1
    assert fault.inputs[0].item() > 37
    assert len(repr(fault.inputs[0].item())) <= 5
    assert np.array_equal(fault.upstream, np.ones_like(fault.upstream))


def test_a_fault_is_told_once(report):
    again = Report("again")
    for fault in [*report.faults, *report.faults]:
        again.add(fault)
    assert again.faults == report.faults


def test_the_code_shows_the_fault_again(report):
    with pytest.raises(GradientError) as caught:
        exec(compile(report.faults[0].code, "code", "exec"), {"twice": twice})
    assert caught.value.report.faults[0].kind == report.faults[0].kind


def test_the_case_by_name(report):
    fault = report.faults[0]
    assert list(fault.named) == ["X"]
    assert fault.named["X"] is fault.inputs[0]
    assert fault.given[0] == fault.analytic
    assert fault.right[0] == fault.numeric


class doubled(Operation):
    """c X, with twice its gradient."""

    def __init__(self, X, c=3.0):
        self.c = c
        super().__init__(X)

    def forward(self, X):
        return self.c * X

    def gradient(self, dA, A, X):
        return 2 * self.c * dA


class joined(Operation):
    """Any number of arrays, one after the other, with a gradient of the first only."""

    def __init__(self, arrays, reverse=False):
        self.arrays, self.reverse = len(arrays), reverse
        super().__init__(*arrays)

    def forward(self, *arrays):
        return np.concatenate(arrays[::-1] if self.reverse else arrays)

    def gradient(self, dA, A, *arrays):
        return (dA[: len(arrays[0])], *[None] * (len(arrays) - 1))


class local:
    class square(Operation):
        def forward(self, X):
            return X**2

        def gradient(self, dA, A, X):
            return dA * X


a_lambda = lambda x: doubled(np.sin(x)).sum()  # noqa: E731


@pytest.mark.parametrize(
    ("checked", "namespace"),
    [
        (doubled, {}),
        (local.square, {"square": local.square}),
        (a_lambda, {"f": a_lambda}),
        (partial(doubled, c=-1.0), {}),
        (lambda x: joined([x, x]), {"f": lambda x: joined([x, x])}),
        (joined, {}),
    ],
    ids=["class", "local", "lambda", "partial", "lambda of a list", "list"],
)
def test_the_code_runs_once_what_it_names_is_there(checked, namespace):
    signature = "(p),(q)->(r)" if checked is joined else None
    code = check_operation(checked, signature=signature, raises=False).faults[0].code
    assert "<" not in code
    with pytest.raises(GradientError):
        exec(compile(code, "code", "exec"), namespace)


def test_the_code_for_a_graph_tells_its_values_in_words():
    x = ag.InitialNode([1.0, 2.0], name="x")
    J = doubled(x).sum()
    code = gradcheck(J, raises=False).faults[0].code
    assert "#     x = np.array([1.0, 2.0])" in code
    with pytest.raises(GradientError):
        exec(compile(code, "code", "exec"), {"J": J})


def test_it_fits_a_terminal(report):
    text = str(report)
    assert max(len(line) for line in text.split("\n")) <= 100
    assert "twice: its gradient is wrong" in text
    assert "to reproduce:" in text


def test_html_is_escaped():
    fault = Fault("kind", "a < b", 0, (0,), 1.0, 2.0, 0.0, (np.ones(1),), np.ones(1), {}, "x < y")
    text = Report("<lambda>", [fault])._repr_html_()
    assert "<lambda>" not in text
    assert "&lt;lambda&gt;" in text
    assert "a &lt; b" in text


def test_the_error_is_an_assertion_with_the_report(report):
    error = GradientError(report)
    assert isinstance(error, AssertionError)
    assert error.report is report
    assert str(error) == str(report)


# In a notebook ---------------------------------------------------------------------------------


def drawings(page):
    return [ElementTree.fromstring(text) for text in re.findall(r"<svg.*?</svg>", page, re.DOTALL)]


def columns(page):
    """The texts of the cells of each row of the first table, its nested ones without marks."""
    tree = ElementTree.fromstring(page.replace("&nbsp;", " "))
    rows = next(tree.iter("tbody"))
    return [["".join(cell.itertext()).strip() for cell in row] for row in rows]


def test_a_notebook_shows_the_numbers_and_the_graph(report):
    bundle = report._repr_mimebundle_()
    assert bundle["text/plain"] == str(report)
    page = bundle["text/html"]
    assert GradientError(report)._repr_html_() == page
    fault = report.faults[0]
    x = fault.inputs[0].item()
    assert columns(page) == [
        ["X 1 × 1 × 1", f"{x:g}", f"{4 * x:g}", f"{2 * x:g}"],
        ["upstream gradient 1 × 1 × 1", "1"],
    ]
    (drawing,) = drawings(page)
    texts = ["".join(text.itertext()) for text in drawing.iter("{http://www.w3.org/2000/svg}text")]
    assert {"X", "twice", f"{x:g}", f"{4 * x:g}"} <= set(texts)
    assert fault.code.split("\n")[-1].strip() in page


def test_only_the_wrong_entries_are_marked():
    class half_of_the_last(doubled):
        def gradient(self, dA, A, X):
            return dA * 3 * (1 - (np.arange(X.size) == 2) / 2)

    report = gradcheck(half_of_the_last, [np.ones(4)], raises=False)
    page = ElementTree.fromstring(report._repr_html_())
    marked = ["".join(td.itertext()) for td in page.iter("td") if "outline: 2" in td.get("style")]
    assert marked == ["1.5", "3"]


def test_a_graph_is_as_before_after_it_was_shown():
    x = ag.InitialNode([1.0, 2.0], name="x")
    J = doubled(x).sum()
    J.backward()
    before = [(node.value, node.grad) for node in ag.Graph(J).nodes]
    (drawing,) = drawings(gradcheck(J, raises=False)._repr_html_())
    assert drawing is not None
    for node, (value, grad) in zip(ag.Graph(J).nodes, before, strict=True):
        assert np.array_equal(node.value, value)
        assert np.array_equal(node.grad, grad)


class raises(doubled):
    def gradient(self, dA, A, X):
        raise KeyError("no gradient yet")


class refuses(doubled):
    def forward(self, X):
        X += 1
        return X


@pytest.mark.parametrize(("operation", "drawn"), [(raises, 1), (refuses, 0)])
def test_what_can_not_run_is_shown_as_far_as_it_goes(operation, drawn):
    report = check_operation(operation, raises=False)
    assert not report.ok
    assert len(drawings(report._repr_html_())) == drawn


def test_a_report_without_faults():
    page = check_operation(ag.exp)._repr_html_()
    assert "no fault in" in page
    assert not drawings(page)


def test_nothing_is_drawn_unless_it_is_shown():
    program = (
        "import sys, numpy as np\n"
        "from autograd_core.testing import check_operation\n"
        "check_operation(np.exp)\n"
        "sys.exit(any(name.startswith('autograd_core.draw') for name in sys.modules))"
    )
    assert subprocess.run([sys.executable, "-c", program], check=False).returncode == 0
