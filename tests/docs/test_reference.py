"""Every public name has its place in the reference, and operations their formulas."""

import importlib
import pkgutil
import re

import numpy as np
import pytest

import autograd_core as ag
import nn
from building import docstrings, examples, operations, public, reference


@pytest.fixture(scope="module")
def written():
    pages = {}
    reference.write_pages(pages.__setitem__)
    return pages


def modules_with_names():
    """All modules that say by `__all__` what is public, but for those with _ in their paths."""
    for package in (ag, nn):
        yield package
        for found in pkgutil.walk_packages(package.__path__, f"{package.__name__}."):
            if not re.search(r"\._|__main__", found.name):
                module = importlib.import_module(found.name)
                if hasattr(module, "__all__"):
                    yield module


def test_no_public_name_is_missing(written):
    documented = set()
    for text in written.values():
        documented |= set(re.findall(r"^\.\. auto(?:class|function|data):: (\S+)$", text, re.M))
    objects = {id(public.resolve(path)) for path in documented}
    missing = []
    for module in modules_with_names():
        for name in module.__all__:
            x = getattr(module, name)
            is_module = getattr(x, "__spec__", None) is not None and hasattr(x, "__path__")
            if is_module or type(x) is type(re):
                continue
            if id(x) not in objects:
                missing.append(f"{module.__name__}.{name}")
    assert missing == []


def test_modules_that_are_public_names_are_documented():
    """`nn.__all__` has modules too: of each, the names are in the reference."""
    submodules = [f"nn.{x}" for x in nn.__all__ if type(getattr(nn, x)) is type(re)]
    assert submodules
    assert set(submodules) <= set(public.MODULES)


def test_names_are_on_pages_with_titles(written):
    assert reference.names_by_page()[reference.OTHERS.name] == []


def test_every_operation_has_a_page_with_formula_code_and_drawing(written):
    for name in ag.operations.__all__:
        page = written[f"operations/{name}.rst"]
        assert "<math>" in page
        assert "<svg" in page
        if isinstance(getattr(ag, name), type):
            assert f"class {name}(" in page
        assert name in written["operations.rst"]


def rules(name):
    _, *found = operations.formulas(examples.example_of(name))
    return {by: expression.text for by, expression in found}


def test_rules_are_derived_from_the_code(monkeypatch):
    assert rules("mm") == {"X": "∂J/∂X = ∂J/∂A W^T", "W": "∂J/∂W = X^T ∂J/∂A"}
    monkeypatch.setattr(ag.mm, "gradient", lambda self, dA, A, X, W: (dA @ W.T * 3, X.T @ dA))
    assert rules("mm")["X"] == "∂J/∂X = (∂J/∂A W^T) ⋅ 3"


def test_the_code_on_a_page_computes_what_is_drawn():
    for name in ag.operations.__all__:
        example = examples.example_of(name)
        names = {}
        exec(example.code, names)
        np.testing.assert_array_equal(names[example.output].value, example.node.value)
        for variable, x in example.names.items():
            if x.grad is not None:
                np.testing.assert_array_equal(names[variable].grad, x.grad)


def test_examples_belong_to_operations():
    assert set(examples.EXAMPLES) <= set(ag.operations.__all__)


def test_a_rule_is_shown_with_all_the_code_that_makes_it(written):
    assert "def softmax_pullback(" in written["operations/softmax.rst"]
    assert "class Extreme(" in written["operations/max.rst"]


def test_a_new_operation_needs_no_example(monkeypatch):
    class cube(ag.Operation):
        """A = X ** 3."""

        def forward(self, X):
            return X**3

        def gradient(self, dA, A, X):
            return 3 * dA * X**2

    monkeypatch.setattr(ag.operations, "cube", cube, raising=False)
    monkeypatch.setattr(ag, "cube", cube, raising=False)
    assert rules("cube") == {"X": "∂J/∂X = 3 ⋅ ∂J/∂A ⊙ X^2"}
    assert "X**3" in operations.page("cube")


LINKS = {"nn.fit": "nn.fit", "Graph": "autograd_core.Graph"}


@pytest.mark.parametrize(
    ("plain", "rest"),
    [
        ("A = e ** X.", r"A = \ :math:`e^{X}`\ ."),
        ("e ** Z_ik, e ** (-y A)", r"\ :math:`e^{Z_{ik}}`\ , \ :math:`e^{-y\,A}`"),
        ("beta1 ** t, gamma ** 2", r"\ :math:`\mathrm{beta1}^{t}`\ , \ :math:`\mathrm{gamma}^{2}`"),
        ("w_{y_i}, sum_k", r"\ :math:`w_{y_{i}}`\ , \ :math:`\sum_{k}`"),
        ("A = |X|, a * b, x_", r"A = \|X\|, a \* b, x\_"),
        (
            "`nn.fit` and `fit(**options)`",
            r"\ :py:obj:`nn.fit <nn.fit>`\  and \ ``fit(**options)``",
        ),
        ("log(p(Z_i)_k) <= 0", r"log(p(\ :math:`Z_{i}`\ \ :math:`)_{k}`\ ) ≤ 0"),
        ("`Graph()`", r"\ :py:obj:`Graph() <autograd_core.Graph>`"),
        ("n_features_in_", r"n_features_in\_"),
        ("w <- w - lr g", "w ← w - lr g"),
    ],
)
def test_docstrings_become_rest(plain, rest):
    assert docstrings.to_rest([plain], LINKS)[0].strip().removesuffix("\\") == rest


def test_blocks_of_docstrings():
    lines = ["One of:", "- `a`: first", "  and more;", "- b.", "", "    m <- m + 1", "    v <- 2"]
    lines += ["", "Text:", "", ">>> f(2 ** 3)", "8"]
    assert docstrings.to_rest(lines, {}) == [
        *["One of:", ""],
        *[r"- \ ``a``\ : first", "  and more;", "- b.", ""],
        *["    | m ← m + 1", "    | v ← 2", ""],
        *["Text:", ""],
        *[">>> f(2 ** 3)", "8", ""],
    ]
