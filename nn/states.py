"""States of a training as files: nested dictionaries, lists, numbers, strings, None and arrays.

Everything comes back as it was, to the bit: arrays are the tensors of a safetensors file, and the
rest is JSON in its header. Nothing in a file is ever run.
"""

from __future__ import annotations

import json
import os
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import numpy as np

from nn.arguments import count
from nn.files import ModelFileError, read, write

FORMAT = "autograd_core.nn.training 1"
"""The key in a file's metadata that marks it as a state, with the version of its layout."""


@dataclass(frozen=True)
class Checkpoint:
    """Where and when `nn.fit` saves the state of a training: every so many `epochs` or `steps`.

    Without either it is after every epoch. A file belongs to one run at a time.

    >>> Checkpoint("run.safetensors", steps=100).steps
    100
    """

    path: str | os.PathLike[str]
    epochs: int | None = None
    steps: int | None = None

    def __post_init__(self) -> None:
        if self.epochs is None and self.steps is None:
            object.__setattr__(self, "epochs", 1)
        for what in ("epochs", "steps"):
            if getattr(self, what) is not None:
                count(f"Checkpoint: {what}", getattr(self, what))


def save_state(state: Any, path: str | os.PathLike[str]) -> None:
    """Write a state; see `nn.files.write` for what happens when that is interrupted.

    >>> import tempfile
    >>> path = tempfile.mkdtemp() + "/state.safetensors"
    >>> save_state({"step": 3, 0: [np.ones(2), None]}, path); load_state(path)
    {'step': 3, 0: [array([1., 1.]), None]}
    """
    arrays: dict[str, Any] = {}
    described = _pack(state, "state", arrays)
    write(path, arrays, {FORMAT: json.dumps(described)})


def load_state(path: str | os.PathLike[str]) -> Any:
    """Read what `save_state` wrote. ModelFileError if there is no such file, or it is damaged."""
    arrays, header = read(path, "checkpoint")
    if FORMAT not in header:
        raise ModelFileError(
            f"{path} is a safetensors file, but no checkpoint of a training: there is no "
            f"{FORMAT!r} in its metadata"
        )
    try:
        return _unpack(json.loads(header[FORMAT]), arrays)
    except (KeyError, TypeError, ValueError, AttributeError, RecursionError) as error:
        raise ModelFileError(f"{path} is damaged: {error}") from error


# In JSON numbers, strings, None and lists are themselves; everything else is {kind: content}.


def _pack(value: Any, where: str, arrays: dict[str, Any]) -> Any:
    if isinstance(value, np.bool_ | np.number | np.ndarray):
        if value.dtype.kind not in "fiub" or value.dtype.itemsize > 8:
            raise TypeError(f"{where} has dtype {value.dtype}, which a checkpoint can't hold")
        name = f"{len(arrays)}"
        arrays[name] = np.asarray(value)
        return {"array" if isinstance(value, np.ndarray) else "scalar": name}
    if value is None or type(value) in (bool, int, float, str):
        return value
    if isinstance(value, list):
        return [_pack(x, f"{where}[{i}]", arrays) for i, x in enumerate(value)]
    if isinstance(value, tuple):
        return {"tuple": [_pack(x, f"{where}[{i}]", arrays) for i, x in enumerate(value)]}
    if isinstance(value, Mapping):
        items = [
            [_pack(k, f"a key of {where}", arrays), _pack(x, f"{where}[{k!r}]", arrays)]
            for k, x in value.items()
        ]
        return {"dict": items}
    raise TypeError(
        f"{where} is a {type(value).__name__}, which a checkpoint can't hold: a state is made of "
        f"dictionaries, lists, numbers, strings, None and arrays"
    )


def _unpack(packed: Any, arrays: Mapping[str, Any]) -> Any:
    if isinstance(packed, list):
        return [_unpack(x, arrays) for x in packed]
    if not isinstance(packed, dict):
        return packed
    ((kind, content),) = packed.items()
    if kind == "array":
        return arrays[content]
    if kind == "scalar":
        return arrays[content][()]
    if kind == "tuple":
        return tuple(_unpack(x, arrays) for x in content)
    if kind == "dict":
        return {_unpack(k, arrays): _unpack(x, arrays) for k, x in content}
    raise ValueError(f"there is something of kind {kind!r} in it")
