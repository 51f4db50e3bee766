"""The package as a whole: no gradient in it, NumPy alone at import, examples that run."""

import doctest
import importlib
import inspect
import pkgutil
import subprocess
import sys
from pathlib import Path

import pytest

import autograd_core as ag
import nn

MODULES = ["nn", *(m.name for m in pkgutil.walk_packages(nn.__path__, "nn."))]
MODULES.remove("nn.__main__")


@pytest.mark.parametrize("name", MODULES)
def test_no_gradient_is_written_in_nn(name):
    module = importlib.import_module(name)
    for kind in vars(module).values():
        if inspect.isclass(kind) and kind.__module__.split(".")[0] == "nn":
            assert "gradient" not in vars(kind)
            assert not issubclass(kind, ag.Operation)


@pytest.mark.parametrize("name", MODULES)
def test_examples_in_docstrings_run(name):
    result = doctest.testmod(importlib.import_module(name))
    assert result.failed == 0


def test_everything_exported_is_there():
    assert len(set(nn.__all__)) == len(nn.__all__)
    for name in nn.__all__:
        assert getattr(nn, name) is not None


def test_importing_needs_numpy_only():
    code = (
        "import nn, nn.cli, sys; "
        "print([m for m in ('sklearn', 'scipy', 'pandas', 'tqdm', 'safetensors', 'hypothesis', "
        "'torch') if m in sys.modules])"
    )
    root = Path(nn.__file__).parents[1]
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, cwd=root)
    assert done.stdout.strip() == "[]", done.stderr
