"""A run that was killed and resumed is the run that was not, bit for bit; files are never torn."""

import os
import random
import signal
import subprocess
import sys
import time
from pathlib import Path

import numpy as np
import pytest

import nn
from nn.checkpoints import Checkpoint, ModelFileError, load, load_state
from nn.training import resumption
from tests.nn.training.run_to_kill import train

ROOT = Path(nn.__file__).parents[1]


def without_times(history):
    return {name: values for name, values in history.items() if name != "seconds"}


def same(net, other):
    state, expected = net.state_dict(), other.state_dict()
    assert state.keys() == expected.keys()
    for name, value in state.items():
        assert value.dtype == expected[name].dtype
        assert value.tobytes() == expected[name].tobytes(), name


class StopAt(nn.Callback):
    """Raises at a step, after it was made: the run ends there, and no later state is written."""

    def __init__(self, step):
        self.at = step

    def on_step_end(self, run):
        if run.step == self.at:
            raise RuntimeError("killed")


@pytest.fixture(scope="module")
def whole():
    return train(None, resume=False)


# An epoch has 11 steps: at 11 and 22 the epoch's own state is not written yet.
@pytest.mark.parametrize("at", [1, 2, 5, 10, 11, 12, 22, 23, 60, 131, 132])
@pytest.mark.parametrize("steps", [1, 4, None])
def test_resumed_after_any_step(whole, tmp_path, at, steps):
    checkpoint = Checkpoint(tmp_path / "run", steps=steps, epochs=None if steps else 1)
    with pytest.raises(RuntimeError, match="killed"):
        train(checkpoint, resume=False, callbacks=[StopAt(at)])
    net, history = train(checkpoint, resume=True, callbacks=[StopAt(0)])
    same(net, whole[0])
    assert without_times(history) == without_times(whole[1])
    assert len(history["seconds"]) == 12


def test_a_finished_run_stays_as_it_is(whole, tmp_path):
    path = tmp_path / "run"
    for resume in (True, True, False):
        net, history = train(path, resume=resume)
        same(net, whole[0])
        assert without_times(history) == without_times(whole[1])
    net, history = train(path, resume=True, epochs=15)
    expected, long = train(None, resume=False, epochs=15)
    same(net, expected)
    assert without_times(history) == without_times(long)


def test_a_generator_that_two_share_goes_on_in_step(tmp_path):
    state = train_and_read(tmp_path)
    assert state["loader"]["position"] == 5
    assert state["loader"]["generator"] == state["generators"]["5.rng"]
    assert state["loader"]["generator"] != state["loader"]["start"]


def train_and_read(folder):
    with pytest.raises(RuntimeError, match="killed"):
        train(Checkpoint(folder / "run", steps=5), resume=False, callbacks=[StopAt(6)])
    return load_state(folder / "run")


def test_the_data_are_summed_up_once(tmp_path, monkeypatch):
    sums = []
    monkeypatch.setattr(resumption, "crc32", lambda data: sums.append(data) or 0)
    small_run(tmp_path / "run", resume=False, options={"epochs": 5})
    assert len(sums) == 2  # of the features and of the labels


def small_run(path, resume=True, **changes):
    X = np.random.default_rng(0).standard_normal((20, 2))
    parts = {
        "net": nn.Linear(2, 1, rng=0),
        "X": X,
        "optimizer": nn.optim.Adam,
        "loss": nn.MSELoss(),
        "loader": {"batch_size": 4, "shuffle": True, "rng": 0},
        "options": {},
    } | changes
    loader = nn.DataLoader(nn.TensorDataset(parts["X"], X[:, :1]), **parts["loader"])
    optimizer = parts["optimizer"](parts["net"].parameters(), lr=0.1)
    options = dict(parts["options"])
    if "scheduler" in options:
        options["scheduler"] = options["scheduler"](optimizer)
    options = {"epochs": 2, "checkpoint": path, "resume": resume} | options
    return nn.fit(parts["net"], loader, parts["loss"], optimizer, **options)


def exponential(optimizer):
    return nn.optim.lr_scheduler.ExponentialLR(optimizer, 0.9)


@pytest.mark.parametrize(
    ("changes", "words"),
    [
        ({"net": nn.MLP([2, 3, 1], rng=0)}, r"the model changed from weight \(2, 1\) float64"),
        ({"net": nn.Linear(2, 1, rng=0, dtype=np.float32)}, r"weight \(2, 1\) float32"),
        ({"net": nn.Sequential(nn.Linear(2, 1))}, r"to 0\.weight"),
        ({"optimizer": nn.optim.SGD}, "the optimizer changed from Adam to SGD"),
        ({"loss": nn.L1Loss()}, r"the loss changed from MSELoss\(.*\) to L1Loss"),
        ({"X": np.ones((20, 2))}, r"the data changed from \(20, 2\) float64"),
        ({"X": np.zeros((20, 2), np.float32)}, r"to \(20, 2\) float32"),
        ({"loader": {"batch_size": 5, "shuffle": True}}, "batch_size 4 where this one has 5"),
        ({"loader": {"batch_size": 4}}, "shuffle True where this one has False"),
        (
            {
                "loader": {
                    "batch_size": 4,
                    "shuffle": True,
                    "rng": np.random.Generator(np.random.MT19937(0)),
                }
            },
            "of a PCG64 generator, but this one is a MT19937",
        ),
        (
            {"options": {"scheduler": exponential}},
            "the scheduler changed from none to ExponentialLR",
        ),
        ({"net": nn.Sequential(nn.Linear(2, 1), nn.Tanh())}, r"0\.weight"),
        ({"loss": nn.MSELoss("sum")}, r"reduction='mean'\) to MSELoss\(reduction='sum'"),
        ({"options": {"metrics": "r2"}}, "the metrics changed from none to r2"),
        ({"options": {"clip_norm": 1.0}}, "the clipping changed from norm None, value None to"),
        ({"options": {"scheduler_every": "step"}}, "after each epoch to after each step"),
        (
            {"options": {"callbacks": [nn.EarlyStopping()]}},
            "the callbacks changed from none to EarlyStopping",
        ),
        (
            {"options": {"validation": (np.ones((2, 2)), np.ones((2, 1)))}},
            "validation data changed from none",
        ),
    ],
)
def test_a_checkpoint_of_another_run_is_refused(tmp_path, changes, words):
    small_run(tmp_path / "run")
    net = changes.get("net", nn.Linear(2, 1, rng=0))
    before = net.state_dict()
    with pytest.raises(ModelFileError, match=rf"run does not fit: .*{words}"):
        small_run(tmp_path / "run", **{**changes, "net": net})
    for name, value in net.state_dict().items():
        np.testing.assert_array_equal(value, before[name])
    small_run(tmp_path / "run", resume=False, **{**changes, "options": {}})  # a new run may be


def test_layers_of_the_same_shapes_are_told_apart(tmp_path):
    nets = [nn.MLP([2, 3, 1], kind, dropout=p, rng=0) for kind, p in (("relu", 0.1), ("tanh", 0.1))]
    nets.append(nn.MLP([2, 3, 1], dropout=0.2, rng=0))
    small_run(tmp_path / "run", resume=False, net=nets[0])
    for net, words in ((nets[1], r"ReLU\(\).*to .*Tanh\(\)"), (nets[2], r"p=0\.1.*to .*p=0\.2")):
        with pytest.raises(ModelFileError, match=rf"the layers changed from .*{words}"):
            small_run(tmp_path / "run", net=net)


def test_a_function_among_the_options_of_a_module_is_no_difference(tmp_path):
    """It is shown by its address, which another process has elsewhere."""
    for slope in (0.1, 0.2):
        net = nn.MLP([2, 3, 1], lambda slope=slope: nn.LeakyReLU(0.1), rng=0)
        small_run(tmp_path / "run", net=net)


def test_other_files_are_refused(tmp_path):
    path = tmp_path / "run"
    nn.checkpoints.save(nn.Linear(2, 1), path)
    with pytest.raises(ModelFileError, match="no checkpoint of a training"):
        small_run(path)
    small_run(path, resume=False)
    with pytest.raises(ModelFileError, match="is a checkpoint of a training, no model"):
        load(path)
    data = path.read_bytes()
    for n in (0, 10, len(data) // 2, len(data) - 1):
        path.write_bytes(data[:n])
        with pytest.raises(ModelFileError, match="damaged or incomplete"):
            small_run(path)


def test_what_killed_writers_left_is_removed(tmp_path):
    (tmp_path / ".run.abc.tmp").write_text("torn")
    (tmp_path / ".other.abc.tmp").write_text("not ours")
    small_run(tmp_path / "run")
    assert sorted(p.name for p in tmp_path.iterdir()) == [".other.abc.tmp", "run"]


def kill_and_resume(folder, kills):
    """Kill processes at random moments; return how often, and how far each run had come."""
    command = [sys.executable, "-m", "tests.nn.training.run_to_kill"]
    environment = os.environ | {"OPENBLAS_NUM_THREADS": "1"}
    subprocess.run(
        [*command, folder / "whole", folder / "expected"], check=True, cwd=ROOT, env=environment
    )
    expected = (folder / "expected").read_bytes()
    draw = random.Random(0)
    checkpoint, result = folder / "run", folder / "result"
    steps = []
    while True:
        process = subprocess.Popen([*command, checkpoint, result], cwd=ROOT, env=environment)
        if len(steps) < kills:
            before = checkpoint.stat().st_mtime_ns if checkpoint.exists() else 0
            while process.poll() is None:  # until it has written something: it is under way
                if checkpoint.exists() and checkpoint.stat().st_mtime_ns != before:
                    time.sleep(draw.random() * 0.05)
                    break
                time.sleep(0.001)
            process.send_signal(signal.SIGKILL)
        process.wait()
        if process.returncode == -signal.SIGKILL:
            steps.append(load_state(checkpoint)["counts"]["step"])  # it is not torn
            continue
        assert process.returncode == 0
        assert result.read_bytes() == expected
        if len(steps) >= kills:
            return steps
        checkpoint.unlink()
        result.unlink()


def test_killed_five_times(tmp_path):
    assert len(kill_and_resume(tmp_path, 5)) == 5


@pytest.mark.slow
def test_killed_fifty_times(tmp_path):
    steps = kill_and_resume(tmp_path, 50)
    assert len(steps) == 50
    assert len(set(steps)) > 20  # at different moments
