"""`python -m autograd_core check`, run as a user runs it, on files that do all sorts of things."""

import contextlib
import io
import json
import os
import signal
import subprocess
import sys
import time
from dataclasses import dataclass
from pathlib import Path

import pytest

from autograd_core.cli import main

ROOT = Path(__file__).parents[2]
ENVIRONMENT = {**os.environ, "PYTHONPATH": str(ROOT), "OMP_NUM_THREADS": "1"}

CUBES = """
import autograd_core as ag

class Parent(ag.Operation):
    def forward(self, x):
        return x**3

class cube(Parent):
    def gradient(self, dA, A, x):
        return 3 * dA * x**2
"""

TROUBLE = (
    CUBES
    + """
import ctypes, os, subprocess, sys, time

class wrong_cube(Parent):
    def gradient(self, dA, A, x):
        return 2 * dA * x**2

class never_ends(Parent):
    def gradient(self, dA, A, x):
        return sum(iter(int, 1))  # in C: no other thread gets a turn

class leaves_a_process(Parent):
    def gradient(self, dA, A, x):
        subprocess.Popen([sys.executable, "-c", f"import time; time.sleep(600)  # {SECRET}"])
        time.sleep(600)

class leaves_a_process_and_exits(Parent):
    def gradient(self, dA, A, x):
        subprocess.Popen([sys.executable, "-c", f"import time; time.sleep(600)  # {SECRET}"])
        os._exit(0)

class exits(Parent):
    def gradient(self, dA, A, x):
        sys.exit("enough")

class segfaults(Parent):
    def gradient(self, dA, A, x):
        ctypes.string_at(0)

class prints_for_ever(Parent):
    def gradient(self, dA, A, x):
        while True:
            print("and so on " * 1000)

class reads(Parent):
    def gradient(self, dA, A, x):
        input("the gradient, please: ")
"""
)


@dataclass(frozen=True)
class Done:
    returncode: int
    stdout: str
    stderr: str


def run(*arguments, cwd="."):
    """The command, in this process; what it checks runs in others all the same."""
    out, err = io.StringIO(), io.StringIO()
    with (
        pytest.MonkeyPatch.context() as patch,
        contextlib.chdir(cwd),
        contextlib.redirect_stdout(out),
        contextlib.redirect_stderr(err),
    ):
        patch.setenv("PYTHONPATH", str(ROOT))
        status = main([str(argument) for argument in arguments])
    return Done(status, out.getvalue(), err.getvalue())


def processes_with(secret):
    """The command lines of running processes that contain `secret`."""
    found = []
    for file in Path("/proc").glob("[0-9]*/cmdline"):
        with contextlib.suppress(OSError):  # it has just ended
            line = file.read_bytes().decode(errors="replace").replace("\0", " ")
            if secret in line:
                found.append(line)
    return found


def wait_for(condition, seconds=10.0):
    deadline = time.monotonic() + seconds
    while not condition() and time.monotonic() < deadline:
        time.sleep(0.02)
    return condition()


linux = pytest.mark.skipif(not Path("/proc/self").exists(), reason="looks for processes in /proc")


@pytest.fixture
def cubes(tmp_path):
    file = tmp_path / "cubes.py"
    file.write_text(CUBES)
    return file


# What is checked ---------------------------------------------------------------------------


def test_table_of_right_operations(cubes):
    command = [sys.executable, "-m", "autograd_core", "check", cubes]
    done = subprocess.run(command, env=ENVIRONMENT, capture_output=True, text=True)
    assert done.returncode == 0, done.stdout + done.stderr
    heading, row, _, summary = done.stdout.splitlines()
    assert heading.split() == ["operation", "verdict", "cases", "seconds"]
    name, verdict, cases, seconds = row.split()
    assert (name, verdict) == ("cube", "ok")
    assert int(cases) > 10
    assert 0 < float(seconds) < 60
    assert summary == "1 operation: 1 ok"


def test_report_of_a_wrong_operation(cubes):
    cubes.write_text(CUBES.replace("3 *", "2 *"))
    done = run("check", f"{cubes}:cube")
    assert done.returncode == 1
    assert "cube       wrong" in done.stdout
    assert "gradient" in done.stdout.partition("cube: wrong\n")[2]
    assert done.stdout.endswith("1 operation: 1 wrong\n")


def test_settings_in_the_file(cubes):
    """`CHECK` gives keyword arguments, and names functions that are checked as well."""
    cubes.write_text(
        CUBES.replace("x**2", "x * abs(x)")
        + "def rows(X): return ag.sum(X, axis=1)\n"
        + "def of_two(X, Y): return ag.mm(X, Y)\n"
        + "CHECK = {'cube': {'domain': (0, None)}, 'rows': {'signature': '(b,p)->(b)'}}\n"
    )
    done = run("check", cubes, "--json")
    results = json.loads(done.stdout)
    assert [(x["operation"], x["verdict"]) for x in results] == [("cube", "ok"), ("rows", "ok")]
    assert done.returncode == 0
    assert run("check", f"{cubes}:of_two").returncode == 0


def test_json_has_the_fields_of_the_faults(cubes):
    cubes.write_text(CUBES.replace("3 *", "2 *"))
    (result,) = json.loads(run("check", cubes, "--json", "--seed", "3").stdout)
    assert result["verdict"] == "wrong"
    fault = result["faults"][0]
    assert set(fault) >= {"kind", "input", "entry", "analytic", "numeric", "message", "code"}
    assert fault["input"] == 0


def test_modules_packages_and_files_in_them(tmp_path):
    """By dotted name from the working directory; a file may import its neighbours."""
    package = tmp_path / "own"
    package.mkdir()
    (package / "__init__.py").write_text("from own.cubes import cube\n")
    (package / "parents.py").write_text(CUBES)
    (package / "cubes.py").write_text(
        "from .parents import Parent\nclass cube(Parent):\n"
        "    def gradient(self, dA, A, x):\n        return 3 * dA * x**2\n"
    )
    for path in ("own.cubes", "own", "own/cubes.py", "own:cube"):
        done = run("check", path, cwd=tmp_path)
        assert done.returncode == 0, done.stdout + done.stderr
        assert "cube       ok" in done.stdout


def test_file_with_the_name_of_a_module_in_use(tmp_path):
    (tmp_path / "json.py").write_text(CUBES)
    done = run("check", tmp_path / "json.py")
    assert "cube       ok" in done.stdout, done.stderr


# Trouble -----------------------------------------------------------------------------------


@pytest.fixture(scope="module")
def trouble(tmp_path_factory):
    """The results for a file of operations that misbehave, and what is left running."""
    file = tmp_path_factory.mktemp("trouble") / "trouble.py"
    secret = f"left behind by {file}"
    file.write_text(f"SECRET = {secret!r}\n{TROUBLE}")
    done = run("check", file, "--timeout", "6", "--jobs", "4", "--json")
    assert done.returncode == 1, done.stderr
    results = {result["operation"]: result for result in json.loads(done.stdout)}
    return results, processes_with(secret)


@pytest.mark.parametrize(
    ("name", "verdict", "said"),
    [
        ("cube", "ok", ""),
        ("wrong_cube", "wrong", "wrong_cube"),
        ("never_ends", "timed out", "in gradient"),
        ("leaves_a_process", "timed out", "it was not done after 6 s"),
        ("leaves_a_process_and_exits", "crashed", "its process exited with 0"),
        ("exits", "crashed", "SystemExit: enough"),
        ("segfaults", "crashed", "its process was ended by SIGSEGV"),
        ("prints_for_ever", "timed out", "and so on"),
        ("reads", "wrong", "EOFError"),
    ],
)
def test_one_operation_does_not_stop_the_others(trouble, name, verdict, said):
    results, _ = trouble
    assert results[name]["verdict"] == verdict, results[name]
    assert said in results[name]["report"]
    assert len(results[name]["report"]) < 4000


@linux
def test_no_process_is_left(trouble):
    assert trouble[1] == []


@linux
@pytest.mark.parametrize("name", ["SIGINT", "SIGTERM", "SIGKILL"])
def test_interrupted(tmp_path, name):
    """Ctrl-C is a clean end; whatever ends the command, its processes end too."""
    file = tmp_path / "trouble.py"
    secret = f"left behind by {file}"
    file.write_text(f"SECRET = {secret!r}\n{TROUBLE}")
    command = [sys.executable, "-m", "autograd_core", "check", f"{file}:leaves_a_process"]
    process = subprocess.Popen(command, env=ENVIRONMENT, stderr=subprocess.PIPE, text=True)
    assert wait_for(lambda: processes_with(secret))
    process.send_signal(getattr(signal, name))
    _, error = process.communicate(timeout=10)
    if name == "SIGINT":
        assert process.returncode == 130
        assert error == "\npython -m autograd_core: interrupted\n"
    assert wait_for(lambda: not processes_with(secret))
    assert wait_for(lambda: not processes_with(f'"path": "{file}"'))


def test_reader_that_has_seen_enough(cubes):
    command = (
        f"{sys.executable} -m autograd_core check {cubes}:cube | true; echo ${{PIPESTATUS[0]}}"
    )
    bash = ["bash", "-c", command]
    done = subprocess.run(bash, env=ENVIRONMENT, capture_output=True, text=True)
    assert done.stderr == ""
    assert done.stdout == "141\n"


# Usage -------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("source", "said"),
    [
        ("def f(:\n", "SyntaxError"),
        ("import autograd_core\nraise RuntimeError('not today')\n", "RuntimeError: not today"),
        ("import no_such_module\n", "No module named 'no_such_module'"),
        ("import sys\nsys.exit(0)\n", "SystemExit: 0"),
        ("import os\nos._exit(0)\n", "its process exited with 0"),
        ("import time\ntime.sleep(60)\n", "it was not done after 2 s"),
        ("x = 1\n", "defines no operation"),
        ("CHECK = {'cube': {}}\n", "has no operation 'cube'"),
        ("CHECK = ['cube']\n", "must be a dictionary of dictionaries"),
    ],
)
def test_file_that_can_not_be_checked(tmp_path, source, said):
    file = tmp_path / "some_file.py"
    file.write_text(source)
    done = run("check", file, "--timeout", "2")
    assert done.returncode == 2
    assert done.stdout == ""
    assert done.stderr.startswith("python -m autograd_core: error: ")
    assert "some_file" in done.stderr
    assert said in done.stderr
    assert "autograd_core/testing" not in done.stderr
    assert "Traceback" not in done.stderr


@pytest.mark.parametrize(
    ("path", "said"),
    [
        ("no_such_file.py", "there is no file no_such_file.py"),
        ("no.such.module", "No module named 'no'"),
        ("autograd_core:no_such_name", "has no operation 'no_such_name'"),
        (".", "is a directory without an __init__.py"),
        ("", "there is no file"),
    ],
)
def test_path_that_is_not_there(path, said, tmp_path):
    done = run("check", path, cwd=tmp_path)
    assert done.returncode == 2
    assert said in done.stderr


@pytest.mark.parametrize(
    "arguments",
    [
        [],
        ["chekc"],
        ["check"],
        ["check", "x.py", "--timeout", "0"],
        ["check", "x.py", "--timeout", "soon"],
        ["check", "x.py", "--timeout", "nan"],
        ["check", "x.py", "--jobs", "0"],
        ["check", "x.py", "--seed", "1.5"],
    ],
)
def test_usage(arguments, capsys):
    with pytest.raises(SystemExit) as error:
        main(arguments)
    assert error.value.code == 2
    assert "usage: python -m autograd_core" in capsys.readouterr().err


def test_help_tells_of_settings_and_status(capsys):
    with pytest.raises(SystemExit) as error:
        main(["check", "--help"])
    assert error.value.code == 0
    text = capsys.readouterr().out
    assert "CHECK = {" in text
    assert "exit status: 0" in text
