"""Trained networks as files, in the safetensors format; for states of a training see `nn.states`.

The parameters and buffers are the file's tensors, by their paths in `state_dict()`. The file's
metadata have one entry, `FORMAT`, in JSON: under "architecture" how the network is built, and under
"metadata" what else is to be kept (class names, the scaling of features). Nothing in a file is ever
run, and the same model always gives the same bytes.
"""

from __future__ import annotations

import json
import os
from collections.abc import Mapping
from itertools import pairwise
from typing import Any

import numpy as np

from nn import states
from nn.activations import ACTIVATIONS
from nn.files import ModelFileError, read, write
from nn.layers import MLP, Flatten, Linear, PrependZero
from nn.module import Module, Sequential
from nn.regularization import BatchNorm1d, Dropout
from nn.states import Checkpoint, load_state, save_state

__all__ = ["LAYERS", "Checkpoint", "ModelFileError", "load", "load_state", "save", "save_state"]

FORMAT = "autograd_core.nn 1"
"""The key in a file's metadata that marks it as ours, with the version of its layout."""

LAYERS: dict[str, type[Module]] = {
    layer.__name__: layer
    for layer in (Linear, Flatten, PrependZero, Dropout, BatchNorm1d, *ACTIVATIONS.values())
}
"""The layers that a file may name."""


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
    state = model.state_dict()
    architecture = _describe(model)
    if _build(architecture).state_dict().keys() != state.keys():
        raise TypeError("save: a module is used twice in the model, which a file can't express")
    # One entry: safetensors writes several in an order that differs from time to time.
    try:
        ours = json.dumps({"architecture": architecture, "metadata": dict(metadata or {})})
    except (TypeError, ValueError) as error:
        raise TypeError(f"save: the metadata must be made of what JSON has: {error}") from error
    header = {FORMAT: ours}
    write(path, state, header)


def load(path: str | os.PathLike[str]) -> tuple[Module, dict[str, Any]]:
    """Read what `save` wrote: the network and the metadata.

    Raises ModelFileError if there is no such file, or it is damaged or of another kind.
    """
    state, header = read(path)
    if states.FORMAT in header:
        raise ModelFileError(
            f"{path} is a checkpoint of a training, no model: go on with it by "
            f"nn.fit(..., checkpoint={str(path)!r}, resume=True)"
        )
    if FORMAT not in header:
        raise ModelFileError(
            f"{path} is a safetensors file, but no model that nn.checkpoints.save wrote: there is "
            f"no {FORMAT!r} in its metadata"
        )
    try:
        ours = json.loads(header[FORMAT])
        architecture, metadata = ours["architecture"], ours["metadata"]
        entries = sum(array.size for array in state.values())
        if (largest := _largest(architecture)) > max(entries, 10**6):
            raise ValueError(f"a layer needs {largest} weights, but there are {entries} in it")
        model = _build(architecture)
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
        same = MLP(**module.options())
        if [_describe(m) for m in same] == [_describe(m) for m in module]:  # nothing was replaced
            return {"layer": "MLP", **module.options()}
    if type(module) in (Sequential, MLP):
        return {"layer": "Sequential", "modules": [_describe(m) for m in module]}  # type: ignore[attr-defined]
    raise TypeError(
        f"save: a {name} can't be built again from a file; models are Sequential or MLP, of "
        f"{', '.join(LAYERS)}. Save its state_dict() with safetensors or np.savez instead"
    )


def _largest(description: dict[str, Any]) -> int:
    """The entries of the largest parameter that `_build` would make: memory is not to run out."""
    if description["layer"] == "Sequential":
        return max(map(_largest, description["modules"]), default=0)
    if description["layer"] == "Linear":
        return int(description["in_features"]) * int(description["out_features"])
    if description["layer"] == "MLP":
        return max((int(n) * int(m) for n, m in pairwise(description["units"])), default=0)
    return int(description.get("num_features", 0))


def _build(description: dict[str, Any]) -> Module:
    options = dict(description)
    name = options.pop("layer")
    if name == "Sequential":
        return Sequential(*[_build(each) for each in options["modules"]])
    if name == "MLP":
        return MLP(**options, rng=0)
    if name not in LAYERS:
        raise ValueError(f"it names a layer {name!r}, which there is not")
    return LAYERS[name](**options)
