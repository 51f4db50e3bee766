"""Files appear when they are complete; what was left behind goes."""

import os

import numpy as np
import pytest

from nn.files import ModelFileError, read, remove_leftovers, write


def test_round_trip_keeps_shapes(tmp_path):
    arrays = {
        "number": np.array(2.0),
        "none": np.ones((0, 3)),
        "turned": np.arange(6.0).reshape(2, 3).T,
    }
    write(tmp_path / "f", arrays, {"key": "é"})
    found, header = read(tmp_path / "f")
    assert header == {"key": "é"}
    for name, array in arrays.items():
        assert found[name].shape == array.shape
        np.testing.assert_array_equal(found[name], array)


def test_a_failing_write_leaves_the_old_file(tmp_path, monkeypatch):
    path = tmp_path / "f"
    write(path, {"x": np.ones(3)}, {})
    for name in ("fsync", "replace"):
        with monkeypatch.context() as patch:
            patch.setattr(os, name, lambda *_: (_ for _ in ()).throw(OSError("disk full")))
            with pytest.raises(OSError, match="disk full"):
                write(path, {"x": np.zeros(3)}, {})
        np.testing.assert_array_equal(read(path)[0]["x"], np.ones(3))
        assert list(tmp_path.iterdir()) == [path]


def test_where_nothing_can_be_written(tmp_path, monkeypatch):
    with pytest.raises(FileNotFoundError, match=r"f can't be written: there is no folder .*none"):
        write(tmp_path / "none" / "f", {}, {})
    with pytest.raises(IsADirectoryError, match="is a folder; name a file in it"):
        write(tmp_path, {}, {})
    monkeypatch.setattr(os, "access", lambda *_: False)
    with pytest.raises(PermissionError, match="nothing may be written to"):
        write(tmp_path / "f", {}, {})
    assert list(tmp_path.iterdir()) == []


def test_a_device_is_not_replaced(tmp_path):
    os.mkfifo(tmp_path / "pipe")
    with pytest.raises(OSError, match="is a device or the like"):
        write(tmp_path / "pipe", {}, {})
    assert (tmp_path / "pipe").is_fifo()


def test_what_a_link_stands_for_is_written(tmp_path):
    (tmp_path / "folder").mkdir()
    target = tmp_path / "folder" / "f"
    target.write_text("")
    (tmp_path / "link").symlink_to(target)
    write(tmp_path / "link", {"x": np.ones(3)}, {})
    assert (tmp_path / "link").is_symlink()
    np.testing.assert_array_equal(read(target)[0]["x"], np.ones(3))


def test_leftovers(tmp_path):
    for name in (".f.1.tmp", ".g.1.tmp", "f", ".f.1"):
        (tmp_path / name).write_text("")
    remove_leftovers(tmp_path / "f")
    assert sorted(os.listdir(tmp_path)) == [".f.1", ".g.1.tmp", "f"]
    remove_leftovers(tmp_path / "nowhere" / "f")


def test_what_is_read_is_named(tmp_path):
    with pytest.raises(ModelFileError, match="there is no file"):
        read(tmp_path / "f")
    with pytest.raises(ModelFileError, match="is a folder, not a checkpoint file"):
        read(tmp_path, "checkpoint")
