"""`verify_operations` and the fixture `gradcheck`, in runs of pytest of their own."""

import os
import re
import subprocess
import sys
import tomllib
from importlib import import_module
from pathlib import Path

import numpy as np
import pytest

import autograd_core as ag
from autograd_core import operations
from autograd_core.testing import GradientError
from autograd_core.testing.pytest_plugin import Verification, verify_operations

ROOT = Path(__file__).parents[3]

OPERATIONS = '''
"""Some operations, right and wrong."""

import autograd_core as ag
from autograd_core import exp  # not defined here


class Parent(ag.Operation):
    def forward(self, x):
        return x**3


class cube(Parent):
    def gradient(self, dA, A, x):
        return 3 * dA * x**2


class wrong_cube(Parent):
    def gradient(self, dA, A, x):
        return 2 * dA * x**2


class right_where_positive(Parent):
    def gradient(self, dA, A, x):
        return 3 * dA * x * abs(x)


def row_sums(X):
    return ag.sum(X, axis=1)


CHECK = {"right_where_positive": {"domain": (0, None)}, "row_sums": {"signature": "(b,p)->(b)"}}
'''

TESTS = """
import pytest

import autograd_core as ag
import some_operations
from autograd_core.testing import verify_operations


@verify_operations(some_operations)
def test_module(check):
    check()


@verify_operations(some_operations, {"right_where_positive": {"domain": (None, -1)}}, seed=3)
def test_other_settings(check):
    check()


@verify_operations([some_operations.cube, lambda x: ag.sum(x, axis=0)])
def test_list(check):
    assert check(seed=1).ok


@verify_operations({"by rows": lambda x: ag.sum(x, axis=1)})
@pytest.mark.parametrize("seed", [0, 1])
def test_named(check, seed):
    check(seed=seed)


def test_right_function(gradcheck):
    report = gradcheck(lambda x, y: ag.exp(x) * y, [[1.0, 2.0], 3.0])
    assert report.ok


def test_wrong_function(gradcheck):
    gradcheck(some_operations.wrong_cube, [1.0, 2.0])


def test_wrong_as_expected(gradcheck):
    assert not gradcheck(some_operations.wrong_cube, [1.0, 2.0], raises=False).ok
"""


@pytest.fixture
def folder(tmp_path):
    (tmp_path / "some_operations.py").write_text(OPERATIONS)
    (tmp_path / "test_them.py").write_text(TESTS)
    return tmp_path


def run(folder, *options):
    """Run pytest there as a user does, and with warnings as errors."""
    command = [sys.executable, "-W", "error", "-m", "pytest", "-W", "error", "-p"]
    # The plugin by its file, whether or not the package is installed with its entry point.
    command += ["no:autograd_core", "-p", "_autograd_core_pytest"]
    command += ["-p", "no:cacheprovider", *options]
    path = os.pathsep.join([str(ROOT), os.environ.get("PYTHONPATH", "")])
    environment = {**os.environ, "PYTHONPATH": path}
    done = subprocess.run(command, cwd=folder, env=environment, capture_output=True, text=True)
    return done.stdout + done.stderr


def outcomes(output):
    lines = re.findall(r"^test_them\.py::(.*) (PASSED|FAILED)$", output, re.MULTILINE)
    return dict(lines)


def test_each_operation_is_a_test(folder):
    output = run(folder, "-vv", "-o", "console_output_style=classic")
    assert outcomes(output) == {
        "test_module[cube]": "PASSED",
        "test_module[wrong_cube]": "FAILED",
        "test_module[right_where_positive]": "PASSED",
        "test_module[row_sums]": "PASSED",
        "test_other_settings[cube]": "PASSED",
        "test_other_settings[wrong_cube]": "FAILED",
        "test_other_settings[right_where_positive]": "FAILED",
        "test_other_settings[row_sums]": "PASSED",
        "test_list[cube]": "PASSED",
        "test_list[<lambda>]": "PASSED",
        "test_named[0-by rows]": "PASSED",
        "test_named[1-by rows]": "PASSED",
        "test_right_function": "PASSED",
        "test_wrong_function": "FAILED",
        "test_wrong_as_expected": "PASSED",
    }, output


@pytest.mark.parametrize("test", ["test_module[wrong_cube]", "test_wrong_function"])
def test_failure_is_the_report_and_nothing_of_the_insides(folder, test):
    output = run(folder, f"test_them.py::{test}")
    _, _, failure = output.partition(" FAILURES ")
    assert "wrong_cube" in failure
    assert "test_them.py:" in failure
    assert "autograd_core/" not in failure
    assert "pytest_plugin.py" not in failure


@pytest.mark.parametrize("options", [[], ["-n", "1"]], ids=["here", "in a worker"])
def test_what_was_not_decided_is_listed_and_fails_nothing(folder, options):
    if options:
        pytest.importorskip("xdist")
    (folder / "test_them.py").write_text(
        """
from autograd_core.testing import Report, pytest_plugin
import autograd_core.testing

def gradcheck(*inputs, **options):
    report = autograd_core.testing.check_operation(autograd_core.exp, cases=2)
    report.inconclusive.append("several kinks meet at x = 0")
    return report

def test_it(monkeypatch):
    pass

def test_undecided(gradcheck, monkeypatch):
    monkeypatch.setattr(autograd_core.testing, "gradcheck", globals()["gradcheck"])
    gradcheck(None)
"""
    )
    output = run(folder, *options)
    assert "2 passed" in output
    _, _, summary = output.partition("gradients that could not be decided")
    assert "test_them.py::test_undecided: exp: several kinks meet at x = 0" in summary


def test_runs_without_the_plugin(folder):
    """`verify_operations` needs only the import; without the plugin there is no fixture."""
    command = [sys.executable, "-m", "pytest", "-p", "no:autograd_core", "-p", "no:cacheprovider"]
    command += ["-k", "test_module and cube and not wrong"]
    environment = {**os.environ, "PYTHONPATH": str(ROOT)}
    done = subprocess.run(command, cwd=folder, env=environment, capture_output=True, text=True)
    assert "1 passed" in done.stdout, done.stdout + done.stderr


def test_entry_point_names_the_plugin():
    text = (ROOT / "pyproject.toml").read_text()
    entry = tomllib.loads(text)["project"]["entry-points"]["pytest11"]["autograd_core"]
    assert import_module(entry).gradcheck


def test_plugin_is_light():
    """pytest imports it in every run: it adds no other module, above all not the package."""
    code = (
        "import sys, pytest; before = set(sys.modules); import _autograd_core_pytest; "
        "print(*set(sys.modules) - before)"
    )
    command = [sys.executable, "-W", "error", "-c", code]
    environment = {**os.environ, "PYTHONPATH": str(ROOT)}
    done = subprocess.run(command, env=environment, capture_output=True, text=True, check=True)
    assert done.stdout.split() == ["_autograd_core_pytest"]


def test_settings_of_an_operation_that_is_not_there():
    with pytest.raises(ValueError, match="settings for lgo, but the operations in "):
        verify_operations([ag.exp, ag.log], {"lgo": {}})


def test_no_operations():
    with pytest.raises(ValueError, match="no operation in pytest"):
        verify_operations(pytest)


def test_package():
    """Of a package, what is defined in its modules and named by the package: no parents."""
    mark = verify_operations(operations)
    names = mark.kwargs["ids"]
    assert {name for name in operations.__all__ if name != "ravel"} <= set(names)
    assert "Reduction" not in names


def test_called_outside_of_a_test():
    with pytest.raises(GradientError, match="Opposite: its gradient is wrong"):
        Verification("gradcheck")(Opposite, np.ones(2))


class Opposite(ag.Operation):
    def forward(self, x):
        return x

    def gradient(self, dA, A, x):
        return -dA
