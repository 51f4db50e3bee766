"""Reports: what is wrong, on a small case, readable, with code that shows it again."""

import numpy as np
import pytest

from autograd_core import Operation
from autograd_core.testing import Fault, GradientError, Report, check_operation


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


def test_the_code_shows_the_fault_again(report):
    with pytest.raises(GradientError) as caught:
        exec(compile(report.faults[0].code, "code", "exec"), {"twice": twice})
    assert caught.value.report.faults[0].kind == report.faults[0].kind


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
