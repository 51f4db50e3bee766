"""The table of rows in docs/rows.md, and row 110, which all documents share."""

import ast
import re
from pathlib import Path

import pytest

import autograd_core as ag
from tests.test_exact_figures import EXACT, OPERATORS, close, initial

ROOT = Path(__file__).parents[2]
ROWS = re.findall(
    r"^\| (\d+) \| (\w+) \| (.+?) \| (.+) \|$", (ROOT / "docs/rows.md").read_text(), re.M
)
TEST = re.compile(r"`(tests/[\w/]+\.py)::(test_\w+)`")


def names_in(path):
    return {n.name for n in ast.parse((ROOT / path).read_text()).body if hasattr(n, "name")}


def test_every_row_is_there():
    assert [int(number) for number, *_ in ROWS] == list(range(1, 111))
    assert {document for _, document, *_ in ROWS} == {"000", "001", "002", "004", "all"}


@pytest.mark.parametrize("row", ROWS, ids=lambda row: row[0])
def test_the_tests_of_a_row_exist(row):
    number, _, _, cell = row
    named = TEST.findall(cell)
    assert named
    for path, name in named:
        assert name in names_in(path), name
        # Its number is in the name: row_38, rows_69_70, row_15_and_16
        numbers = re.match(r"test_rows?((?:_(?:and_)?\d+)+)", name)
        assert numbers, name
        assert number in re.findall(r"\d+", numbers[1]), name


def test_every_test_of_a_row_is_in_the_table():
    named = {name for *_, cell in ROWS for name in TEST.findall(cell)}
    for path in sorted((ROOT / "tests/documents").glob("test_*.py")):
        where = path.relative_to(ROOT).as_posix()
        assert {(where, n) for n in names_in(where) if n.startswith("test_row")} <= named


@pytest.mark.parametrize("name", OPERATORS)
def test_row_110_operators(name):
    """Broadcasting, products, indexing, reductions, shapes ..., each with its gradients."""
    entry = EXACT["operators"][name]
    inputs = initial(entry["inputs"])
    output = ag.sum(OPERATORS[name](*inputs.values()))
    output.backward()
    close(output.value, entry["value"])
    for key, gradient in entry["grad"].items():
        close(inputs[key].grad, gradient, key, atol=1e-15)
