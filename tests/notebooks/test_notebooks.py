"""Each notebook runs in a clean kernel, to its stored outputs and to its key numbers."""

from pathlib import Path

import nbformat
import pytest
from nbclient.exceptions import CellExecutionError

from run import WroteToStderrError, execute, noise, normalised, notebooks, read, stale

KEY_NUMBERS = Path(__file__).parent / "key_numbers"

each_notebook = pytest.mark.parametrize("path", notebooks(), ids=lambda path: path.stem)


def test_there_are_notebooks():
    numbers = [int(path.name[:2]) for path in notebooks()]
    assert numbers == list(range(1, len(numbers) + 1))


@each_notebook
def test_a_notebook_runs_to_its_stored_words_and_key_numbers(path):
    keys = KEY_NUMBERS / f"n{path.name[:2]}.py"
    stored, notebook = read(path), read(path)
    notebook.cells.append(nbformat.v4.new_code_cell(keys.read_text()))
    fresh = execute(notebook)
    del fresh.cells[-1]
    assert stale(stored, fresh, numbers=False) == []
    assert noise(fresh) == []


@pytest.mark.slow
@each_notebook
def test_a_notebook_gives_every_stored_digit(path):
    assert stale(read(path), execute(read(path))) == []


@each_notebook
def test_a_notebook_is_stored_without_what_differs_between_machines(path):
    stored = read(path)
    assert stored == normalised(read(path))
    assert noise(stored) == []
    assert path.read_text().endswith("\n}\n")


@each_notebook
def test_a_notebook_has_a_title_and_ends_with_exercises(path):
    cells = read(path).cells
    assert cells[0].cell_type == "markdown"
    assert cells[0].source.startswith(f"# {int(path.name[:2])}. ")
    headings = [
        line
        for cell in cells
        if cell.cell_type == "markdown"
        for line in cell.source.splitlines()
        if line.startswith("## ")
    ]
    assert headings[-1] == "## Exercises"


@each_notebook
def test_the_key_numbers_of_a_notebook_can_fail(path):
    """They assert something of names that the notebook defines: without it, they fail."""
    keys = KEY_NUMBERS / f"n{path.name[:2]}.py"
    with pytest.raises(NameError):
        exec(compile(keys.read_text(), keys.name, "exec"), {"__name__": "keys"})


def notebook_of(*sources):
    cells = [nbformat.v4.new_code_cell(source) for source in sources]
    return nbformat.v4.new_notebook(cells=cells)


@pytest.mark.parametrize(
    ("source", "says"),
    [
        ("1 / 0", "ZeroDivisionError"),
        ("import warnings; warnings.warn('old')", "UserWarning"),
        ("import numpy as np; np.float64(1) / 0", "RuntimeWarning"),
        ("import sys; print('oh', file=sys.stderr)", "cell 1 wrote to stderr: oh"),
        ("assert 1 + 1 == 3", "AssertionError"),
    ],
)
def test_a_notebook_that_errs_or_warns_is_refused(source, says):
    with pytest.raises((CellExecutionError, WroteToStderrError), match=says):
        execute(notebook_of("x = 1", source))


def test_stale_outputs_are_found():
    stored = execute(notebook_of("x = 1\nx", "print('two')"))
    changed = execute(notebook_of("x = 2\nx", "print('two')"))
    assert stale(stored, stored) == []
    (sentence,) = stale(stored, changed)
    assert sentence == "code cell 1 is stored with ['1'], but gives ['2']"
    assert stale(stored, changed, numbers=False) == []
    changed = execute(notebook_of("x = 1\nx", "print('three')"))
    assert len(stale(stored, changed, numbers=False)) == 1


@pytest.mark.parametrize(
    "text", ["<object at 0x7f52a8c0>", "/home/me/x.csv", "(0.52 s)", "3.4 ms", "2026-01-31"]
)
def test_noise_is_found(text):
    assert len(noise(execute(notebook_of(f"print({text!r})")))) == 1
    assert noise(execute(notebook_of("print('1.5 milli-somethings, x = 0.5')"))) == []


def test_a_notebook_leaves_no_trace_of_the_machine():
    fresh = execute(
        notebook_of("import matplotlib.pyplot as plt\n_ = plt.plot([1, 2])", "import sys")
    )
    text = nbformat.writes(fresh)
    assert "Matplotlib" not in text
    assert "Software" not in text
    assert [cell.id for cell in fresh.cells] == ["cell-0", "cell-1"]
    assert [cell.execution_count for cell in fresh.cells] == [1, 2]
    assert fresh.metadata == {
        "kernelspec": {"display_name": "Python 3", "language": "python", "name": "python3"},
        "language_info": {"name": "python"},
    }
