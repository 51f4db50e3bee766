"""Models survive the way to a file and back; other files are refused with a reason."""

import contextlib
import json
import os
import struct
import sys

import numpy as np
import pytest

import nn
from nn import checkpoints
from nn.checkpoints import ModelFileError, load, save

X = np.random.default_rng(0).standard_normal((4, 3))


@pytest.fixture
def path(tmp_path):
    return tmp_path / "net.safetensors"


@pytest.mark.parametrize(
    "net",
    [
        nn.MLP([3, 5, 2], rng=0),
        nn.MLP([3, 5, 4, 2], "tanh", rng=0, dtype=np.float32),
        nn.Sequential(nn.Linear(3, 2, bias=False, rng=0), nn.Sigmoid(), nn.Identity()),
        nn.Sequential(nn.Sequential(nn.Linear(3, 4, rng=0), nn.ReLU()), nn.Linear(4, 1, rng=1)),
        nn.Sequential(nn.ReLU()),
        nn.Linear(3, 1, rng=0),
        nn.MLP([3, 5, 2], "elu", rng=0, dropout=0.2, batch_norm=True, dtype=np.float32),
        nn.Sequential(nn.Flatten(), nn.Linear(3, 2, rng=0), nn.PrependZero(), nn.LogSoftmax(1)),
        nn.Sequential(nn.BatchNorm1d(3, momentum=0.2), nn.LeakyReLU(0.3), nn.Dropout(0.1)),
        nn.Sequential(nn.Softplus(), nn.ELU(0.5), nn.Softmax(0), nn.Tanh(), nn.BatchNorm1d(3)),
    ],
    ids=lambda net: repr(net).splitlines()[0],
)
def test_round_trip(net, path):
    metadata = {"classes": ["a", "é"], "scale": [0.1, 1e300], "nested": {"x": None}}
    net.train()(X)  # running statistics move
    save(net.eval(), path, metadata)
    again, kept = load(path)
    again.eval()
    assert kept == metadata
    assert type(again) is type(net)
    assert repr(again) == repr(net)
    np.testing.assert_array_equal(again(X).value, net(X).value)
    for name, value in net.state_dict().items():
        assert again.state_dict()[name].dtype == value.dtype
        np.testing.assert_array_equal(again.state_dict()[name], value)


def test_an_mlp_with_a_replaced_part_is_rebuilt_as_it_is(path):
    net = nn.MLP([3, 5, 2], rng=0)
    setattr(net, "1", nn.Tanh())
    save(net, path)
    np.testing.assert_array_equal(load(path)[0](X).value, net(X).value)


def test_what_can_not_be_built_again_is_refused(path):
    class Own(nn.Module):
        pass

    shared = nn.Linear(3, 3)
    for net in (Own(), nn.Sequential(Own()), nn.MLP([3, 2, 1], Own), nn.Sequential(shared, shared)):
        with pytest.raises(TypeError, match="save"):
            save(net, path)
    assert list(path.parent.iterdir()) == []


def test_what_a_file_can_not_hold(path):
    with pytest.raises(TypeError, match=r"metadata must be made of what JSON has: .*float32"):
        save(nn.Linear(1, 1), path, {"score": np.float32(1)})
    with pytest.raises(TypeError, match=r"weight has dtype .*: change it to float64"):
        save(nn.Linear(1, 1, dtype=np.longdouble), path)
    assert list(path.parent.iterdir()) == []


def test_a_file_cut_anywhere_is_refused(path):
    save(nn.MLP([3, 5, 2], rng=0), path)
    data = path.read_bytes()
    for n in [*range(0, len(data), 97), len(data) - 1]:
        path.write_bytes(data[:n])
        with pytest.raises(ModelFileError, match=r"net\.safetensors"):
            load(path)


def test_a_changed_header_is_refused_or_harmless(path):
    save(nn.MLP([3, 5, 2], rng=0), path)
    data = bytearray(path.read_bytes())
    length = struct.unpack("<Q", data[:8])[0]
    for i in range(0, 8 + length, 7):
        changed = bytearray(data)
        changed[i] ^= 1
        path.write_bytes(changed)
        with contextlib.suppress(ModelFileError):
            load(path)


@pytest.mark.parametrize("content", [b"", b"\0", b"{}", b"x" * 1000, os.urandom(1000), b"\0" * 99])
def test_garbage_is_refused(path, content):
    path.write_bytes(content)
    with pytest.raises(ModelFileError, match="no model file, or is damaged"):
        load(path)


def test_missing_files_and_folders(tmp_path):
    with pytest.raises(ModelFileError, match="there is no file"):
        load(tmp_path / "nothing")
    with pytest.raises(ModelFileError, match="is a folder"):
        load(tmp_path)


def write(path, architecture, metadata=None, weight=None, header=None):
    from safetensors.numpy import save_file

    ours = json.dumps({"architecture": architecture, "metadata": metadata or {}})
    weight = np.ones((2, 1)) if weight is None else weight
    save_file({"weight": weight}, path, {checkpoints.FORMAT: ours} if header is None else header)


LINEAR = {"layer": "Linear", "in_features": 2, "out_features": 1, "bias": False}


@pytest.mark.parametrize(
    ("arguments", "words"),
    [
        ([LINEAR, None, None, {"format": "pt"}], r"no model that nn\.checkpoints\.save wrote"),
        ([LINEAR, None, None, {checkpoints.FORMAT: "{}"}], "damaged: 'architecture'"),
        ([LINEAR, None, None, {checkpoints.FORMAT: "{"}], "damaged"),
        ([LINEAR, None, None, {checkpoints.FORMAT: "[1]"}], "damaged"),
        ([{"layer": "Evil"}], "a layer 'Evil'"),
        ([{"layer": ["Linear"]}], "damaged"),
        ([{}], "damaged: 'layer'"),
        ([[1, 2]], "damaged"),
        ([None], "damaged"),
        ([LINEAR, [1]], "no dictionary"),
        ([LINEAR | {"in_features": 3}], r"weight has shape \(2, 1\)"),
        ([LINEAR | {"bias": True}], "missing: bias"),
        ([LINEAR | {"units": 3}], "unexpected keyword"),
        ([LINEAR | {"in_features": 10**6, "out_features": 10**6}], "needs 1000000000000 weights"),
        ([{"layer": "MLP", "units": [2, 10**7, 1], "activation": "relu"}], "needs 20000000 w"),
        ([{"layer": "BatchNorm1d", "num_features": 10**11}], "needs 100000000000 weights"),
        ([{"layer": "Sequential", "modules": [LINEAR, LINEAR | {"in_features": 10**12}]}], "needs"),
        ([LINEAR | {"in_features": "3"}], "whole number"),
        ([{"layer": "MLP", "units": [2], "activation": "relu"}], "units"),
        ([LINEAR, None, np.ones((2, 1), int)], "floating"),
    ],
)
def test_foreign_and_damaged_headers(path, arguments, words):
    write(path, *arguments)
    with pytest.raises(ModelFileError, match=words):
        load(path)
    write(path, LINEAR)
    assert load(path)[0].num_parameters() == 2


def test_a_failing_write_leaves_the_old_file(path, monkeypatch):
    save(nn.MLP([3, 2], rng=0), path)
    old = path.read_bytes()

    def fail(*_):
        raise OSError("disk full")

    for name in ("fsync", "replace"):
        with monkeypatch.context() as patch:
            patch.setattr(os, name, fail)
            with pytest.raises(OSError, match="disk full"):
                save(nn.MLP([3, 2], rng=1), path)
        assert path.read_bytes() == old
        assert list(path.parent.iterdir()) == [path]
    save(nn.MLP([3, 2], rng=1), path)
    assert path.read_bytes() != old
    assert list(path.parent.iterdir()) == [path]


def test_a_missing_package_is_named_with_the_remedy(path, monkeypatch):
    for module in [name for name in sys.modules if name.split(".")[0] == "safetensors"]:
        monkeypatch.delitem(sys.modules, module)
    monkeypatch.setitem(sys.modules, "safetensors", None)
    for call in (lambda: save(nn.MLP([3, 2]), path), lambda: load(path)):
        with pytest.raises(ImportError, match=r"needs safetensors.*autograd-core\[train\]"):
            call()
