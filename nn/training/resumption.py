"""The state of a training: what it consists of, whether it fits, and the way back to it."""

from __future__ import annotations

import os
from typing import TYPE_CHECKING, Any
from zlib import crc32

import numpy as np

from nn.data import TensorDataset
from nn.files import ModelFileError
from nn.module import Module
from nn.rng import generator_state, set_generator_state
from nn.states import load_state
from nn.training.history import History

if TYPE_CHECKING:
    from nn.training.loop import Run


COUNTS = ("epoch", "step", "total", "seen", "seconds", "lr")
"""The attributes of a `Run` that are numbers and part of its state."""


def state_of(run: Run) -> dict[str, Any]:
    """Everything that the rest of the training depends on, and what it must fit."""
    stopped = "" if run.history.stopped == "interrupted" else run.history.stopped
    return {
        "fits": run.fits,
        "model": run.model.state_dict(),
        "optimizer": run.optimizer.state_dict(),
        "scheduler": None if run.scheduler is None else run.scheduler.state_dict(),
        "loader": run.loader.state_dict(),
        "generators": {
            path: generator_state(generator) for path, generator in run.model.named_generators()
        },
        "callbacks": [callback.state_dict() for callback in run.callbacks],
        "history": {"lists": dict(run.history), "stopped": stopped},
        "counts": {name: getattr(run, name) for name in COUNTS},
    }


def restore(run: Run, path: str | os.PathLike[str]) -> None:
    """Put the run into the state of a checkpoint; ModelFileError if it is one of another run."""
    state = load_state(path)
    try:
        theirs = state["fits"]
        differ = [
            f"{what} changed from {theirs.get(what)} to {now}"
            for what, now in run.fits.items()
            if theirs.get(what) != now
        ]
        if differ:
            raise ValueError("; ".join(differ))
        # The model comes last: if something does not fit after all, it is as it was.
        run.loader.load_state_dict(state["loader"])
        for name, generator in run.model.named_generators():
            set_generator_state(generator, state["generators"][name], f"the model's {name}")
        for callback, kept in zip(run.callbacks, state["callbacks"], strict=True):
            callback.load_state_dict(kept)
        run.optimizer.load_state_dict(state["optimizer"])
        if run.scheduler is not None:
            run.scheduler.load_state_dict(state["scheduler"])
        run.history = History(state["history"]["lists"])
        run.history.stopped = state["history"]["stopped"]
        for name in COUNTS:
            setattr(run, name, state["counts"][name])
        run.model.load_state_dict(state["model"])
    except (KeyError, TypeError, ValueError, AttributeError, OverflowError) as error:
        raise ModelFileError(f"the checkpoint {path} does not fit: {error}") from error


def fingerprint(run: Run) -> dict[str, Any]:
    """What must be the same when a run is resumed, in words that an error can show.

    Not the optimizer's hyper-parameters, which the checkpoint has, nor the number of epochs.
    """
    arrays = run.model.state_dict()
    return {
        "the model": ", ".join(f"{k} {a.shape} {a.dtype}" for k, a in arrays.items()),
        "the layers": ", ".join(_module(module) for _, module in run.model.named_modules()),
        "the random generators": ", ".join(name for name, _ in run.model.named_generators())
        or "none",
        "the optimizer": type(run.optimizer).__name__,
        "the scheduler": "none" if run.scheduler is None else type(run.scheduler).__name__,
        "the time of its steps": "after each step" if run.every_step else "after each epoch",
        "the loss": _module(run.loss),
        "the data": _data(run.loader.dataset),
        "the validation data": _data(run.validation),
        "the metrics": ", ".join(run.metrics) or "none",
        "the clipping": f"norm {run.clip_norm}, value {run.clip_value}",
        "the callbacks": ", ".join(type(callback).__name__ for callback in run.callbacks) or "none",
    }


def _module(module: Any) -> str:
    """The kind of a layer or a loss, and its options."""
    name = type(module).__name__
    if not isinstance(module, Module):
        return name
    # Functions and the like are shown differently in each process.
    plain = {k: v for k, v in module.options().items() if isinstance(v, int | float | str | None)}
    return f"{name}({', '.join(f'{k}={v!r}' for k, v in plain.items())})"


def _data(data: Any) -> str:
    """What a data set is; arrays with a checksum of all their bytes."""
    if data is None:
        return "none"
    if not isinstance(data, TensorDataset):
        return f"{type(data).__name__} of {len(data)}"
    return ", ".join(
        f"{a.shape} {a.dtype} {crc32(np.ascontiguousarray(a).data):08x}" for a in data.arrays
    )
