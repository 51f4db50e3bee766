"""Files in the safetensors format: written whole or not at all, read with reasons for a refusal."""

from __future__ import annotations

import os
from collections.abc import Mapping
from pathlib import Path
from typing import Any, TypeAlias
from uuid import uuid4

import numpy as np

from nn.extras import needs

Array: TypeAlias = np.ndarray[Any, Any]


class ModelFileError(ValueError):
    """A file can't be read as what it should be; the message says why."""


def write(
    path: str | os.PathLike[str], tensors: Mapping[str, Array], header: dict[str, str]
) -> None:
    """Write arrays by name, and a header of strings.

    The file appears under its name only when it is complete: a reader sees the old one or the
    new one, wherever the writer was killed. (What a killed writer leaves behind is a hidden
    file beside it; see `remove_leftovers`.)

    OSError if it can't be written, TypeError if there is no such dtype in a safetensors file.
    """
    with needs("safetensors", "save"):
        from safetensors.numpy import save as to_bytes
    refuse_unwritable(path)
    for name, array in tensors.items():
        if array.dtype.kind not in "fiub" or array.dtype.itemsize > 8:
            raise TypeError(
                f"{name} has dtype {array.dtype}, which a safetensors file can't hold: change it "
                f"to float64 first, of a whole model by to(np.float64)"
            )
    # Not `ascontiguousarray`, which gives a number a dimension.
    data = to_bytes({name: np.array(array, order="C") for name, array in tensors.items()}, header)
    path = Path(os.path.realpath(path))  # what a link stands for is replaced, not the link
    temporary = path.with_name(f".{path.name}.{uuid4().hex}.tmp")
    try:
        with open(temporary, "xb") as file:
            file.write(data)
            file.flush()
            os.fsync(file.fileno())
        os.replace(temporary, path)
    finally:
        temporary.unlink(missing_ok=True)


def refuse_unwritable(path: str | os.PathLike[str]) -> None:
    """Raise an OSError that says why, if no file can be written at `path`."""
    path = Path(path)
    if path.is_dir():
        raise IsADirectoryError(f"{path} is a folder; name a file in it")
    if path.exists() and not path.is_file():
        raise OSError(f"{path} is a device or the like, which would be replaced; name a file")
    if not path.parent.is_dir():
        raise FileNotFoundError(f"{path} can't be written: there is no folder {path.parent}")
    if not os.access(path.parent, os.W_OK):
        raise PermissionError(f"{path} can't be written: nothing may be written to {path.parent}")


def remove_leftovers(path: str | os.PathLike[str]) -> None:
    """Remove what writers of `path` that were killed left behind; none may be writing now."""
    path = Path(os.path.realpath(path))
    if path.parent.is_dir():
        for name in os.listdir(path.parent):
            if name.startswith(f".{path.name}.") and name.endswith(".tmp"):
                path.with_name(name).unlink(missing_ok=True)


def read(
    path: str | os.PathLike[str], what: str = "model"
) -> tuple[dict[str, Array], dict[str, str]]:
    """The arrays by name and the header. ModelFileError if there is no such file, or it is torn."""
    with needs("safetensors", "load"):
        from safetensors import SafetensorError, safe_open
    path = Path(path)
    if not path.exists():
        raise ModelFileError(f"there is no file {path}")
    if path.is_dir():
        raise ModelFileError(f"{path} is a folder, not a {what} file")
    try:
        with safe_open(path, framework="numpy") as file:
            header = file.metadata() or {}
            return {name: file.get_tensor(name) for name in file.keys()}, header  # noqa: SIM118
    except OSError as error:
        raise ModelFileError(f"{path} can't be read: {error}") from error
    except (SafetensorError, TypeError, ValueError, AttributeError) as error:
        raise ModelFileError(
            f"{path} is no {what} file, or is damaged or incomplete ({error})"
        ) from error
