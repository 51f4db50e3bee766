"""Each test runs in a folder of its own; a model of the moons is trained once."""

import pytest

from nn import cli


@pytest.fixture(autouse=True)
def folder(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    return tmp_path


@pytest.fixture(scope="session")
def moons(tmp_path_factory):
    path = tmp_path_factory.mktemp("models") / "moons.safetensors"
    assert cli.main(["train", "moons", "--epochs", "30", "--quiet", "--out", str(path)]) == 0
    return str(path)


@pytest.fixture
def fails(capsys):
    """Runs a command that must fail, and returns its one line on the standard error."""

    def run(*argv, status=2):
        assert cli.main(list(argv)) == status
        error = capsys.readouterr().err
        assert error.startswith("python -m nn: error: ")
        assert error.count("\n") == 1
        return error

    return run
