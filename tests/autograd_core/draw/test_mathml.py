"""The MathML builder: parentheses where they are needed, and well-formed XML for any name."""

from xml.etree import ElementTree

import pytest
from hypothesis import given
from hypothesis import strategies as st

from autograd_core.draw import mathml as m

x, y, z = map(m.identifier, "xyz")


def add(a, b):
    return m.infix("+", a, b, m.SUM)


def times(a, b):
    return m.infix("⋅", a, b, m.PRODUCT, right=m.PRODUCT)


def minus(a, b):
    return m.infix("−", a, b, m.SUM)


@pytest.mark.parametrize(
    ("math", "text"),
    [
        (add(x, times(y, z)), "x + y ⋅ z"),
        (times(x, add(y, z)), "x ⋅ (y + z)"),
        (times(add(x, y), z), "(x + y) ⋅ z"),
        (times(times(x, y), z), "x ⋅ y ⋅ z"),
        (minus(minus(x, y), z), "x − y − z"),
        (minus(x, minus(y, z)), "x − (y − z)"),
        (minus(x, m.minus(y)), "x − (−y)"),
        (times(x, m.minus(y)), "x ⋅ (−y)"),
        (m.minus(add(x, y)), "−(x + y)"),
        (m.minus(m.minus(x)), "x"),
        (m.power(x, add(y, z)), "x^(y + z)"),
        (m.power(add(x, y), z), "(x + y)^z"),
        (m.power(m.fraction(x, y), z), "(x/y)^z"),
        (m.power(m.power(x, y), z), "(x^y)^z"),
        (m.fraction(add(x, y), z), "(x + y)/z"),
        (times(m.fraction(x, y), z), "x/y ⋅ z"),
        (m.juxtaposed(x, times(y, z)), "x (y ⋅ z)"),
        (m.juxtaposed(m.juxtaposed(x, y), z), "(x y) z"),
        (times(x, m.juxtaposed(y, z)), "x ⋅ (y z)"),
        (times(m.over_all("∑", "i", x), y), "(∑_ix) ⋅ y"),
        (m.over_all("∑", "i", add(x, y)), "∑_i(x + y)"),
        (m.root(add(x, y)), "√(x + y)"),
        (m.call("f", x, add(y, z)), "f(x, y + z)"),
        (times(m.cases(x, y, z), x), "({x if\u00a0y; z otherwise}) ⋅ x"),
        (m.identifier("W12"), "W_12"),
        (m.power(m.identifier("W1"), y), "W_1^y"),
        (m.number("−1.5e−7", -1.5e-7), "−1.5 ⋅ 10^(−7)"),
        (m.power(m.number("−2", -2), x), "(−2)^x"),
    ],
)
def test_parentheses_stand_where_they_are_needed_and_nowhere_else(math, text):
    assert math.text == text


def parsed(math):
    return ElementTree.fromstring(m.formula(math))


@given(st.text(max_size=60), st.text(max_size=60))
def test_any_name_is_one_piece_of_text_in_well_formed_xml(name, function):
    tree = parsed(m.call(function, m.power(m.identifier(name), m.identifier(name))))
    tags = {element.tag for element in tree.iter()}
    assert tags <= {"math", "mrow", "mo", "mi", "mn", "mtext", "msup", "msubsup"}


@pytest.mark.parametrize("name", ["</math><script>", '"quoted"', "a & b", "\x00\x1b", "\ud800", ""])
def test_hostile_names_are_text(name):
    (piece,) = parsed(m.identifier(name))
    shown = "".join("\ufffd" if c in "\x00\x1b\ud800" else c for c in name) or "\u00a0"
    assert len(piece) == 0
    assert piece.text == shown


def test_a_long_name_is_cut_visibly():
    text = m.identifier("n" * 10_000).text
    assert len(text) == m.LONGEST_NAME
    assert text.endswith("…")


def test_a_minus_sign_is_a_prefix_because_it_stands_first_in_its_row():
    """MathML Core takes an operator for a prefix by its place, here and inside other rows."""
    for math in (
        m.minus(x),
        add(x, m.minus(y)),
        m.parentheses(m.minus(x)),
        m.call("f", m.minus(x)),
    ):
        rows = [row for row in parsed(math).iter("mrow") if row[0].text == "−"]
        assert len(rows) + (parsed(math)[0].text == "−") == 1


def test_cases_are_a_table_of_values_and_conditions():
    table = parsed(m.cases(x, y, z)).find("mtable")
    assert [[cell[0].tag for cell in line] for line in table] == [["mi", "mrow"], ["mi", "mtext"]]
