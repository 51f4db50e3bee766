"""The state of a training: what it consists of, whether it fits, and the way back to it."""

from __future__ import annotations

import os
from typing import TYPE_CHECKING, Any
from zlib import crc32

import numpy as np

from nn.data import TensorDataset
from nn.files import ModelFileError
from nn.rng import generator_state, set_generator_state
from nn.states import load_state
from nn.training.history import History

if TYPE_CHECKING:
    from nn.training.loop import Run


def state_of(run: Run) -> dict[str, Any]:
    """Everything that the rest of the training depends on, and what it must fit."""
    stopped = "" if run.history.stopped == "interrupted" else run.history.stopped
    return {
        "fits": fingerprint(run),
        "model": run.model.state_dict(),
        "optimizer": run.optimizer.state_dict(),
        "scheduler": None if run.scheduler is None else run.scheduler.state_dict(),
        "loader": run.loader.state_dict(),
        "generators": {
            path: generator_state(generator) for path, generator in run.model.named_generators()
        },
        "callbacks": [callback.state_dict() for callback in run.callbacks],
        "history": {"lists": dict(run.history), "stopped": stopped},
        "counts": {
            name: getattr(run, name) for name in ("epoch", "step", "total", "seen", "seconds", "lr")
        },
    }


def restore(run: Run, path: str | os.PathLike[str]) -> None:
    """Put the run into the state of a checkpoint; ModelFileError if it is one of another run."""
    state = load_state(path)
    try:
        theirs, ours = state["fits"], fingerprint(run)
        differ = [
            f"{what} was {theirs.get(what)}, and now it is {ours[what]}"
            for what in ours
            if theirs.get(what) != ours[what]
        ]
        if differ:
            raise ValueError("; ".join(differ))
        run.model.load_state_dict(state["model"])
        run.optimizer.load_state_dict(state["optimizer"])
        if run.scheduler is not None:
            run.scheduler.load_state_dict(state["scheduler"])
        run.loader.load_state_dict(state["loader"])
        for name, generator in run.model.named_generators():
            set_generator_state(generator, state["generators"][name], f"the model's {name}")
        for callback, kept in zip(run.callbacks, state["callbacks"], strict=True):
            callback.load_state_dict(kept)
        run.history = History(state["history"]["lists"])
        run.history.stopped = state["history"]["stopped"]
        for name, value in state["counts"].items():
            setattr(run, name, value)
    except (KeyError, TypeError, ValueError, AttributeError) as error:
        raise ModelFileError(f"the checkpoint {path} does not fit: {error}") from error


def fingerprint(run: Run) -> dict[str, Any]:
    """What must be the same when a run is resumed, in words that an error can show."""
    arrays = run.model.state_dict()
    return {
        "the model": ", ".join(f"{k} {a.shape} {a.dtype}" for k, a in arrays.items()),
        "the random generators": ", ".join(name for name, _ in run.model.named_generators())
        or "none",
        "the optimizer": type(run.optimizer).__name__,
        "the scheduler": "none" if run.scheduler is None else type(run.scheduler).__name__,
        "the loss": type(run.loss).__name__,
        "the data": _describe(run.loader.dataset),
        "the validation data": _describe(run.validation),
        "the callbacks": ", ".join(type(callback).__name__ for callback in run.callbacks) or "none",
    }


def _describe(data: Any) -> str:
    """What a data set is; arrays with a checksum of all their bytes."""
    if data is None:
        return "none"
    if not isinstance(data, TensorDataset):
        return f"{type(data).__name__} of {len(data)}"
    return ", ".join(
        f"{a.shape} {a.dtype} {crc32(np.ascontiguousarray(a).tobytes()):08x}" for a in data.arrays
    )
