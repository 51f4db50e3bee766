"""Trained networks as files, in the safetensors format.

The parameters are the file's tensors, by their paths in `state_dict()`. The file's metadata have
one entry, `FORMAT`, in JSON: under "architecture" how the network is built, and under "metadata"
what else is to be kept (class names, the scaling of features). Nothing in a file is ever run, and
the same model always gives the same bytes.
"""

from __future__ import annotations

import json
import os
from collections.abc import Mapping
from pathlib import Path
from typing import Any
from uuid import uuid4

import numpy as np

from nn.extras import needs
from nn.layers import MLP, Identity, Linear, ReLU, Sigmoid, Tanh
from nn.module import Module, Sequential

FORMAT = "autograd_core.nn 1"
"""The key in a file's metadata that marks it as ours, with the version of its layout."""

LAYERS: dict[str, type[Module]] = {
    layer.__name__: layer for layer in (Linear, ReLU, Sigmoid, Tanh, Identity)
}
"""The layers that a file may name."""


class ModelFileError(ValueError):
    """A file can't be read as a model; the message says why."""


def save(
    model: Module, path: str | os.PathLike[str], metadata: Mapping[str, Any] | None = None
) -> None:
    """Write a network and `metadata` (of what JSON has: numbers, strings, lists, ...) to a file.

    The model is an `MLP`, or a `Sequential` of layers of this package. The file appears under
    its name only when it is complete: a reader sees the old one or the new one.

    >>> import nn, tempfile
    >>> path = tempfile.mkdtemp() + "/net.safetensors"
    >>> save(nn.MLP([2, 3, 2], rng=0), path, {"classes": ["a", "b"]})
    >>> load(path)[1]
    {'classes': ['a', 'b']}
    """
    with needs("safetensors", "save"):
        from safetensors.numpy import save as to_bytes
    state = model.state_dict()
    architecture = _describe(model)
    if _build(architecture).state_dict().keys() != state.keys():
        raise TypeError("save: a module is used twice in the model, which a file can't express")
    # One entry: safetensors writes several in an order that differs from time to time.
    header = {FORMAT: json.dumps({"architecture": architecture, "metadata": dict(metadata or {})})}
    data = to_bytes({name: np.ascontiguousarray(array) for name, array in state.items()}, header)
    path = Path(path)
    temporary = path.with_name(f".{path.name}.{uuid4().hex}.tmp")
    try:
        with open(temporary, "xb") as file:
            file.write(data)
            file.flush()
            os.fsync(file.fileno())
        os.replace(temporary, path)
    finally:
        temporary.unlink(missing_ok=True)


def load(path: str | os.PathLike[str]) -> tuple[Module, dict[str, Any]]:
    """Read what `save` wrote: the network and the metadata.

    Raises ModelFileError if there is no such file, or it is damaged or of another kind.
    """
    with needs("safetensors", "load"):
        from safetensors import SafetensorError, safe_open
    path = Path(path)
    if not path.exists():
        raise ModelFileError(f"there is no file {path}")
    if path.is_dir():
        raise ModelFileError(f"{path} is a folder, not a model file")
    try:
        with safe_open(path, framework="numpy") as file:
            header = file.metadata() or {}
            state = {name: file.get_tensor(name) for name in file.keys()}  # noqa: SIM118
    except OSError as error:
        raise ModelFileError(f"{path} can't be read: {error}") from error
    except (SafetensorError, TypeError, ValueError, AttributeError) as error:
        raise ModelFileError(
            f"{path} is no model file, or is damaged or incomplete ({error})"
        ) from error
    if FORMAT not in header:
        raise ModelFileError(
            f"{path} is a safetensors file, but no model that nn.checkpoints.save wrote: there is "
            f"no {FORMAT!r} in its metadata"
        )
    try:
        ours = json.loads(header[FORMAT])
        model, metadata = _build(ours["architecture"]), ours["metadata"]
        if not isinstance(metadata, dict):
            raise TypeError("the metadata is no dictionary")
        dtypes = {array.dtype for array in state.values()}
        if dtypes:
            model.to(np.result_type(*dtypes))
        model.load_state_dict(state)
    except (KeyError, TypeError, ValueError, AttributeError, MemoryError, RecursionError) as error:
        raise ModelFileError(f"{path} is damaged: {error}") from error
    return model, metadata


def _describe(module: Module) -> dict[str, Any]:
    """What `_build` needs to make such a module, in terms of JSON."""
    name = type(module).__name__
    if LAYERS.get(name) is type(module):
        return {"layer": name, **module.options()}
    if isinstance(module, MLP) and isinstance(module.activation, str):
        same = MLP(module.units, module.activation)
        if [_describe(m) for m in same] == [_describe(m) for m in module]:  # nothing was replaced
            return {"layer": "MLP", "units": module.units, "activation": module.activation}
    if type(module) in (Sequential, MLP):
        return {"layer": "Sequential", "modules": [_describe(m) for m in module]}  # type: ignore[attr-defined]
    raise TypeError(
        f"save: a {name} can't be built again from a file; models are Sequential or MLP, of "
        f"{', '.join(LAYERS)}. Save its state_dict() with safetensors or np.savez instead"
    )


def _build(description: dict[str, Any]) -> Module:
    options = dict(description)
    name = options.pop("layer")
    if name == "Sequential":
        return Sequential(*[_build(each) for each in options["modules"]])
    if name == "MLP":
        return MLP(options["units"], options["activation"], rng=0)
    if name not in LAYERS:
        raise ValueError(f"it names a layer {name!r}, which there is not")
    return LAYERS[name](**options)
