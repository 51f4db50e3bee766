"""Formulas of all operations, and of their gradients as they are read off the code."""

import inspect
import math
import re
from xml.etree import ElementTree

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

import autograd_core as ag
from autograd_core import operations
from autograd_core.draw import formulas, indexed, mathml, notation
from autograd_core.operations.comparisons import Constant
from tests.autograd_core.operations.cases import CASES

INPUTS = "XYZ"
FEWER = settings(max_examples=settings().max_examples // 4)  # there are many operations


def symbols_of(node):
    """X, Y, ... for the inputs (numbers for those without a name and axes), A for the output."""
    symbols = {}
    for i, x in enumerate(node.inputs):
        constant = x.name is None and x.ndim == 0
        name = x.name or (INPUTS[i] if i < 3 else f"X{i}")
        symbols[x] = formulas.constant(x) if constant else mathml.identifier(name)
    return symbols | {node: mathml.identifier("A")}


def rules(node):
    """The rules by position: the expressions, and whether they were derived."""
    symbols = symbols_of(node)
    upstream = formulas.gradient_symbol(mathml.identifier("J"), symbols[node])
    wanted = {x for x in node.inputs if x.requires_grad}
    found = formulas.rules_of(node, np.ones(node.shape, node.dtype), wanted)
    return {
        position: (formulas.print_rule(rule, node, symbols, upstream), rule.derived)
        for position, rule in found.items()
    }


def rule(node, position=0):
    return rules(node)[position][0].text


def named(value, name):
    return ag.InitialNode(value, name=name)


X = named([[1.0, -2.0], [0.5, 3.0], [2.0, 1.0]], "X")
W = named([[0.5], [-0.25]], "W")
b = named([0.1], "b")
x, y = named(1.5, "x"), named(-0.5, "y")
scores = ag.mm(X, W)


@pytest.mark.parametrize(
    ("node", "texts"),
    [
        (scores, ["∂J/∂A W^T", "X^T ∂J/∂A"]),
        (scores + b, ["∂J/∂A", "∑_i(∂J/∂A)_ij"]),
        (ag.relu(X), ["{∂J/∂A if\u00a0X > 0; 0 otherwise}"]),
        (x * y, ["∂J/∂A ⋅ y", "∂J/∂A ⋅ x"]),
        (X * X, ["∂J/∂A ⊙ X", "∂J/∂A ⊙ X"]),
        (x / y, ["∂J/∂A ⋅ 1/y", "−∂J/∂A ⋅ A ⋅ 1/y"]),
        (x**3, ["∂J/∂A ⋅ 3 ⋅ x^2"]),
        (x**2, ["∂J/∂A ⋅ 2 ⋅ x"]),
        (ag.sqrt(x), ["∂J/∂A ⋅ 1/(2 ⋅ A)"]),
        (ag.exp(x), ["∂J/∂A ⋅ A"]),
        (x - y, ["∂J/∂A", "−∂J/∂A"]),
        (ag.sum(X, axis=1), ["repeat_3×2(∂J/∂A)"]),
        (ag.mean(X), ["∂J/∂A ⋅ 1/6 ⋅ 𝟏_3×2"]),
        (X.T, ["(∂J/∂A)^T"]),
        (X[1:, 0], ["scatter_3×2(∂J/∂A, [1:, 0])"]),
        (
            ag.logistic_loss(scores, ag.InitialNode([[1], [-1], [1]], name="y")),
            ["−∂J/∂A ⊙ y ⊙ 1/(1 + e^(X ⊙ y))"],
        ),
        (
            ag.softmax_loss(X, np.array([0, 1, 1])),
            ["∂J/∂A ⊙ ((e^X_ij)/(∑_ke^X_ik) − [j = Y_i])"],
        ),
    ],
    ids=lambda x: type(x).__name__ if isinstance(x, ag.Node) else "",
)
def test_rules_are_those_of_the_lecture(node, texts):
    found = [text.text for text, _ in rules(node).values()]
    assert found == texts


def test_the_rule_is_the_code_that_ran():
    class odd_mm(operations.mm):
        def gradient(self, dA, A, X, W):
            return lambda: 7 * (dA @ W.T), lambda: X.T @ np.sin(dA)

    node = odd_mm(X, W)
    assert rule(node) == "7 ⋅ (∂J/∂A W^T)"
    assert rule(node, 1) == "X^T sin(∂J/∂A)"


def test_an_operation_of_the_user_has_its_name_and_its_derived_rule():
    class cube(ag.Operation):
        def forward(self, x):
            return x**3

        def gradient(self, dA, A, x):
            return 3 * dA * x**2

    node = cube(x)
    assert notation.write(node, mathml.identifier("x")).text == "cube(x)"
    assert rule(node) == "3 ⋅ ∂J/∂A ⋅ x^2"


@pytest.mark.parametrize(
    "gradient",
    [
        lambda self, dA, A, x: dA * getattr(x, "value", x),  # a constant: no rule is left
        lambda self, dA, A, x: np.linalg.norm(dA) * x,  # has no operation for nodes
        lambda self, dA, A, x: sum((dA * x for _ in range(100)), dA),  # nobody would read it
    ],
    ids=["array of a node", "arrays only", "long"],
)
def test_a_rule_that_cannot_be_told_is_named_and_nothing_is_made_up(gradient):
    class half_square(ag.Operation):
        def forward(self, x):
            return x * x / 2

    half_square.gradient = gradient
    half_square.__abstractmethods__ = frozenset()
    ((printed, derived),) = rules(half_square(x)).values()
    if derived:  # what is written uses the input as a constant: it must then be a number
        assert printed.text == "∂J/∂A ⋅ 1.5"
    else:
        assert printed.text == "half_square.gradient(∂J/∂A, A, x)"


def test_what_is_used_twice_is_defined_once():
    class twice(ag.Operation):
        def forward(self, x, y):
            return x * y

        def gradient(self, dA, A, x, y):
            d = dA - x * y
            return d * d, None

    assert rule(twice(x, y)) == "t_1 ⋅ t_1 where t_1 = ∂J/∂A − x ⋅ y"


@pytest.mark.parametrize("case", CASES, ids=str)
def test_every_operation_prints_its_formula_and_its_rules(case):
    @FEWER
    @given(case.examples)
    def check(example):
        by = case.by(example)
        inputs = [ag.InitialNode(a, name=INPUTS[i] if i < 3 else f"X{i}", requires_grad=i in by)
                  for i, a in enumerate(example.arrays)]  # fmt: skip
        node = case(*inputs, **example.options)
        symbols = symbols_of(node)
        assert type(node) in notation.NOTATION
        written = notation.write(node, *[symbols[x] for x in node.inputs])
        ElementTree.fromstring(mathml.formula(written))
        for i in range(len(inputs)):
            assert INPUTS[i] in written.text
        if not node.requires_grad or isinstance(node, Constant):  # which gives no gradient
            return
        for printed, derived in rules(node).values():
            assert derived
            for piece in (printed.math, *(part for pair in printed.definitions for part in pair)):
                ElementTree.fromstring(mathml.formula(piece))

    check()


def test_every_operation_of_the_library_has_a_notation():
    classes = {x for x in vars(operations).values() if inspect.isclass(x)}
    assert classes == set(notation.NOTATION)


# A rule with numbers for its names must be the gradient: the text is read as Python.

NAMES = {"G": 0.75, "abs": abs, "min": min, "max": max, "sqrt": math.sqrt, "log": math.log}
NAMES |= {"sin": math.sin, "cos": math.cos, "tanh": math.tanh, "e": math.e}
NAMES |= {"sign": lambda x: (x > 0) - (x < 0), "sech2": lambda x: 1 / math.cosh(x) ** 2}


SIGNS = {"⋅": "*", "⊙": "*", "^": "**", "−": "-", "∧": " and ", "¬": " not "}


def if_else(match):
    value, condition, otherwise = match.groups()
    return f"(({value}) if {condition.replace('=', '==')} else ({otherwise}))"


def as_python(text):
    text = text.replace("∂J/∂A", "G").replace("sech^2", "sech2").replace("\u00a0", " ")
    text = re.sub(r"√\(?(\w+)\)?", r"sqrt(\1)", text)
    text = re.sub(r"\|(\w+)\|", r"abs(\1)", text)
    case = r"\{([^{}]*?) if ([^{};]*); ([^{};]*) otherwise\}"
    while re.search(case, text):
        text = re.sub(
            case, lambda m: f"(({m[1]}) if {m[2].replace('=', '==')} else ({m[3]}))", text
        )
    for sign, python in {
        "⋅": "*",
        "⊙": "*",
        "^": "**",
        "−": "-",
        "∧": " and ",
        "¬": " not ",
    }.items():
        text = text.replace(sign, python)
    return text


SCALAR = [
    "absolute", "add", "binary_cross_entropy", "clip", "cos", "divide", "elu", "exp", "expm1",
    "leaky_relu", "log", "log1p", "logistic_loss", "masked", "maximum", "minimum", "multiply",
    "negative", "positive", "power", "relu", "sech2", "sigmoid", "sin", "softplus", "sqrt",
    "square", "subtract", "tanh", "where",
]  # fmt: skip


@pytest.mark.parametrize("case", [c for c in CASES if c.operation in SCALAR], ids=str)
def test_a_printed_rule_computes_the_gradient(case):
    @FEWER
    @given(case.examples, st.data())
    def check(example, data):
        if any(a.size == 0 for a in example.arrays):
            return
        values = [data.draw(st.sampled_from(np.ravel(a).tolist())) for a in example.arrays]
        by = case.by(example)
        inputs = [
            ag.InitialNode(value, name=INPUTS[i], requires_grad=i in by)
            for i, value in enumerate(values)
        ]
        node = case(*inputs, **example.options)
        node.backward(NAMES["G"])
        names = NAMES | dict(zip(INPUTS, values, strict=False)) | {"A": node.item()}
        assert case.operation == "clip" or eval(
            as_python(notation.write(node, *[symbols_of(node)[x] for x in node.inputs]).text), names
        ) == pytest.approx(node.item(), rel=1e-9, abs=1e-12)
        for position, (printed, _) in rules(node).items():
            value = eval(as_python(printed.text), names)
            assert value == pytest.approx(inputs[position].grad.item(), rel=1e-9, abs=1e-12)

    check()


def test_sums_over_axes_have_the_indices_of_those_axes():
    T = named(np.ones((2, 3, 4)), "T")
    symbol = mathml.identifier("T")
    assert notation.write(ag.sum(T, axis=(0, -1)), symbol).text == "∑_ikT_ijk"
    assert notation.write(ag.sum(T), symbol).text == "∑_ijkT_ijk"
    assert notation.write(ag.mean(T, axis=1), symbol).text == "1/3∑_jT_ijk"
    assert indexed.entry(mathml.identifier("T1"), 3).text == "T_(1, ijk)"
