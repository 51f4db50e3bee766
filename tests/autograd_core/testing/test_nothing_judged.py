"""A check that has judged nothing does not pass, and functions that draw are told."""

import numpy as np
import pytest

import autograd_core as ag
import nn
from autograd_core.cli import main
from autograd_core.testing import GradientError, check_operation, gradcheck


class bad_tanh(ag.Operation):
    def forward(self, x):
        return np.tanh(x)

    def gradient(self, dA, A, x):
        return dA * (1 - A)


class bad_product(ag.Operation):
    def forward(self, x, y):
        return x * y

    def gradient(self, dA, A, x, y):
        return dA * y, dA * y


@pytest.mark.parametrize("x", [[1, 2, 3], 2, np.array([1, 2]), [True], np.uint8(3), [[1, 2]]])
def test_whole_numbers_are_checked_as_floats(x):
    with pytest.raises(GradientError, match="bad_tanh: its gradient is wrong"):
        gradcheck(bad_tanh, x)
    assert gradcheck(np.tanh, x).ok


def test_whole_numbers_beside_floats_are_checked_unless_they_are_labels():
    for inputs in ((1.5, 2), (2, 1.5), ([1.5, 2.5], [2, 3])):
        with pytest.raises(GradientError, match="its gradient is wrong"):
            gradcheck(bad_product, inputs)
    for wrong in (zero_gradient, nan_gradient, forgets, raises):
        product = lambda a, x, f=wrong: a * f(x)  # noqa: E731
        with pytest.raises((GradientError, TypeError, NameError)):
            gradcheck(product, [np.ones(2), np.array([3, 1])])
    report = gradcheck(lambda a, x: a * constant(x), [np.ones(2), np.array([3, 1])])
    assert "input 1 was not judged" in report.inconclusive[0]
    labels = np.array([0, 1, 1])
    for loss, y in (
        (ag.softmax_loss, labels),
        (lambda Z, y: ag.logistic_loss(Z[:, 0], y), 2 * labels - 1),
        (lambda Z, y: ag.sum(Z[np.arange(3), y]), labels),
        (lambda Z, y: ag.sum(ag.where(y, Z[:, 0], 0)), labels > 0),
    ):
        report = gradcheck(loss, (np.eye(3)[:, :2], y))
        assert report.ok
        assert not report.inconclusive


def test_inputs_without_entries_are_said_to_be_unjudged():
    report = gradcheck(bad_tanh, np.zeros((0, 2)))
    assert report.inconclusive == ["nothing was judged: the inputs have no entries"]


def test_a_graph_without_a_wanted_input_does_not_pass():
    x, k = ag.InitialNode([1.0, 2.0]), ag.InitialNode([1, 2])
    report = gradcheck(ag.sum(x * k), k, raises=False)
    assert not report.ok
    assert "could not be judged" in str(report)


class zero_gradient(ag.Operation):
    def forward(self, x):
        return np.tanh(x)

    def gradient(self, dA, A, x):
        return dA * 0


class nan_gradient(zero_gradient):
    def gradient(self, dA, A, x):
        return dA * np.nan


class raises(zero_gradient):
    def gradient(self, dA, A, x):
        return no_such_function(dA)  # noqa: F821


class negative_gradient(zero_gradient):
    def gradient(self, dA, A, x):
        return -dA * (1 - A**2)


@pytest.mark.parametrize("dtype", [np.float16, np.float32, np.float64, np.longdouble])
def test_wrong_gradients_at_inputs_of_every_dtype(dtype):
    for wrong in (negative_gradient, zero_gradient, bad_tanh):
        assert not gradcheck(wrong, np.array([0.3, 0.7, 1.0], dtype), raises=False).ok
    assert gradcheck(np.tanh, np.array([0.3, 0.7, 1.0], dtype)).ok


def test_inputs_that_are_nodes():
    x = ag.InitialNode([1.0, 2.0])
    assert gradcheck(lambda x: x**2, [x], upstream=ag.InitialNode([1.0, 1.0])).ok
    assert gradcheck(np.exp, x * 2).ok


def test_a_point_where_the_forward_is_not_finite_is_not_judged():
    report = gradcheck(np.log, np.array([np.nan, 1.0]), raises=False)
    assert not report.ok
    assert "could not be judged" in str(report)


class undefined(ag.Operation):
    def forward(self, x):
        return no_such_function(x)  # noqa: F821

    def gradient(self, dA, A, x):
        return dA


class endless(ag.Operation):
    def forward(self, x):
        return self.forward(x)

    def gradient(self, dA, A, x):
        return dA


class without_return(ag.Operation):
    def forward(self, x):
        x * 2

    def gradient(self, dA, A, x):
        return 2 * dA


@pytest.mark.parametrize(
    ("operation", "words"),
    [
        (undefined, "NameError: name 'no_such_function' is not defined"),
        (endless, "RecursionError"),
        (without_return, "is a `return` missing?"),
    ],
)
def test_a_forward_that_always_raises_is_a_failure_that_shows_why(operation, words):
    report = check_operation(operation, raises=False)
    assert not report.ok
    assert report.cases == 0
    assert words in " ".join(str(report).split())
    assert words in report._repr_html_().replace("&#x27;", "'")
    with pytest.raises(GradientError):
        check_operation(operation)


def test_the_command_fails_and_shows_why(tmp_path, capsys):
    file = tmp_path / "operations.py"
    file.write_text(
        "import autograd_core as ag\n"
        "class undefined(ag.Operation):\n"
        "    def forward(self, x):\n"
        "        return no_such_function(x)\n"
        "    def gradient(self, dA, A, x):\n"
        "        return dA\n"
    )
    assert main(["check", str(file)]) == 1
    out = capsys.readouterr().out
    assert "not judged" in out
    assert "no_such_function" in out


@pytest.mark.parametrize("n", [1, 2, 20, 500])
@pytest.mark.parametrize("seed", range(5))
def test_a_function_that_draws_is_told(n, seed):
    rng = np.random.default_rng(seed)
    drop, rare = nn.Dropout(0.5, rng=seed), nn.Dropout(0.15, rng=seed)
    for f in (
        lambda x: ag.sum(bad_tanh(drop(x))),
        lambda x: ag.sum(bad_tanh(rare(x))),
        lambda x: bad_tanh(x) * (rng.random() > 0.2),
        lambda x: x + rng.random(),
    ):
        report = gradcheck(f, np.ones(n), raises=False)
        assert report.faults[0].kind == "not deterministic"
    report = check_operation(lambda x: bad_tanh(drop(x)), raises=False, seed=seed)
    assert report.faults[0].kind == "not deterministic"


def test_a_function_that_counts_its_calls_is_told():
    calls = []

    def f(x):
        calls.append(x)
        return ag.sum(np.sin(x)) * len(calls)

    report = gradcheck(f, [1.0, 2.0], raises=False)
    assert "not deterministic" in str(report)


def test_a_seed_inside_is_no_fault():
    assert gradcheck(lambda x: ag.sum(np.tanh(nn.Dropout(0.5, rng=0)(x))), np.ones(20)).ok


# None for a gradient ------------------------------------------------------------------------


class forgets(ag.Operation):
    def forward(self, x):
        return x**3

    def gradient(self, dA, A, x):
        3 * dA * x**2


class forgets_inside(forgets):
    def gradient(self, dA, A, x):
        def dx():
            3 * dA * x**2

        return dx


class constant(forgets):
    def gradient(self, dA, A, x):
        return (None,)


@pytest.mark.parametrize("operation", [forgets, forgets_inside])
def test_a_gradient_that_forgets_its_return(operation):
    x = ag.InitialNode(2.0)
    for backward in (
        lambda: operation(x).backward(),
        lambda: operation(x).backward(create_graph=True),
        lambda: ag.grad(operation)(2.0),
        lambda: ag.jvp(operation, 2.0, 1.0),
    ):
        with pytest.raises(TypeError, match=f"{operation.__name__}.*is its `return` missing"):
            backward()
    assert x.grad is None
    report = check_operation(operation, raises=False)
    assert "is its `return` missing?" in " ".join(str(report).split())


def test_none_is_zero_where_it_is_said():
    assert ag.grad(constant)(2.0) == 0
    assert check_operation(constant, raises=False).faults[0].kind == "wrong value"


def test_other_functions_that_forget_their_return():
    with pytest.raises(TypeError, match=r"the function's result: .*is a `return` missing"):
        ag.grad(lambda x: None)(1.0)

    class Forgets(nn.Module):
        def forward(self, X):
            X * 2

    with pytest.raises(TypeError, match=r"Forgets\.forward returned None: is a `return` missing"):
        Forgets()(ag.InitialNode(1.0))
