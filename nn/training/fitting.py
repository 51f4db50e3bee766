"""`fit`: train a model on data."""

from __future__ import annotations

import os
import sys
from collections.abc import Iterable
from pathlib import Path
from typing import Any, Literal

import numpy as np

from nn import files
from nn.arguments import Seed, count
from nn.callbacks import Callback, ProgressBar
from nn.data import DataLoader, StandardScaler, TensorDataset
from nn.extras import needs
from nn.metrics import Metric, Metrics, named
from nn.module import Module
from nn.optim import Optimizer
from nn.states import Checkpoint
from nn.training.history import History
from nn.training.loop import Run


def fit(
    model: Module,
    data: tuple[Any, ...] | DataLoader,
    loss: Any,
    optimizer: Any,
    *,
    epochs: int,
    batch_size: int | None = None,
    rng: Seed = None,
    validation: tuple[Any, ...] | DataLoader | Any | None = None,
    metrics: Metrics = (),
    callbacks: Iterable[Callback] | Callback = (),
    scheduler: Any = None,
    scheduler_every: Literal["epoch", "step"] = "epoch",
    clip_norm: float | None = None,
    clip_value: float | None = None,
    scaler: StandardScaler | None = None,
    checkpoint: Checkpoint | str | os.PathLike[str] | None = None,
    resume: bool = False,
    progress: bool | Literal["auto"] = "auto",
) -> History:
    """Train `model` until it has seen all data `epochs` times; return what happened.

    - `data`: arrays (X, y), taken `batch_size` rows at a time (32 by default) in an order drawn
      from `rng` anew in each epoch; or a `DataLoader`, which decides that itself.
    - `loss`: a loss, or any function (scores, labels) -> node, such as one that adds a penalty.
    - `validation`: arrays (X, y), a data set or a loader; not learned from.
    - `metrics`: names ("accuracy", "r2", "confusion_matrix"), functions (labels, scores) ->
      number, or a dictionary of functions; on the training data and the validation data.
    - `scheduler`: its `step` is called after each epoch, with the validation loss (or the loss,
      without validation), or after each step with `scheduler_every="step"`.
    - `clip_norm`, `clip_value`: the largest norm of the whole gradient, and entry of it.
    - `scaler`: fitted to the training features, if it is not yet, and applied to all features;
      pass it to `predict` as well. (For arrays only.)
    - `checkpoint`: a file, or a `Checkpoint` that says how often. With `resume` a run that was
      killed goes on from there, and comes to the same parameters, bit for bit, as one that was
      not: make model, optimizer, scheduler and data as for the first run. The hyper-parameters,
      such as the learning rate, are then the checkpoint's; `epochs` may be another number.
      Without a file there it starts from the beginning.
    - `progress`: a bar; "auto" shows it in a terminal and in a notebook.

    Ctrl-C ends the training after the step under way (a second one at once) and returns the
    history, `stopped == "interrupted"`; the checkpoint then is of that moment. The model is in
    training mode during and after it, as it is from the start; `predict` does not mind.

    Raises NonFiniteError as soon as the loss or a gradient is nan or infinite, before the step;
    ModelFileError if the checkpoint is damaged, or of another model, optimizer or data; OSError,
    before the first step, if no checkpoint can be written there.

    >>> import nn
    >>> X = np.linspace(-1, 1, 20).reshape(-1, 1); y = (X[:, 0] > 0).astype(int)
    >>> net = nn.MLP([1, 2], rng=0)
    >>> optimizer = nn.optim.SGD(net.parameters(), lr=1.0)
    >>> history = fit(net, (X, y), nn.CrossEntropyLoss(), optimizer, epochs=50, batch_size=5,
    ...     rng=0, metrics=["accuracy"])
    >>> history["accuracy"][-1]
    1.0
    """
    epochs = count("fit: epochs", epochs)
    callbacks = [callbacks] if isinstance(callbacks, Callback) else list(callbacks)
    _refuse_unfit(model, loss, optimizer, scheduler, callbacks)
    if scheduler_every not in ("epoch", "step"):
        raise ValueError(f"fit: scheduler_every must be 'epoch' or 'step', {scheduler_every=}")
    if resume and checkpoint is None:
        raise ValueError("fit: to resume, say from where: checkpoint=...")
    if progress not in (True, False, "auto"):
        raise ValueError(f"fit: progress must be True, False or 'auto', but is {progress!r}")
    if checkpoint is not None and not isinstance(checkpoint, Checkpoint):
        checkpoint = Checkpoint(checkpoint)
    if scaler is not None:
        data, validation = _scaled(scaler, data, validation)
    run = Run(
        model,
        _loader(data, batch_size, rng),
        loss,
        optimizer,
        epochs=epochs,
        validation=_dataset("the validation data", validation),
        metrics=_metrics(metrics),
        callbacks=callbacks,
        scheduler=scheduler,
        scheduler_every=scheduler_every,
        clip_norm=clip_norm,
        clip_value=clip_value,
        checkpoint=checkpoint,
    )
    if checkpoint is not None:
        files.refuse_unwritable(checkpoint.path)
        files.remove_leftovers(checkpoint.path)
        if resume and Path(checkpoint.path).exists():
            run.load(checkpoint.path)
    bar = _bar(progress)
    if bar is not None:
        run.watchers.append(bar)
    try:
        return run.go()
    finally:
        if bar is not None:
            bar.close()


def _refuse_unfit(
    model: Any, loss: Any, optimizer: Any, scheduler: Any, callbacks: list[Any]
) -> None:
    """An error if one of the parts is of the wrong kind, or made for something else."""
    wanted = [("the model", model, Module), ("the optimizer", optimizer, Optimizer)]
    for what, part, kind in [*wanted, *(("a callback", c, Callback) for c in callbacks)]:
        if not isinstance(part, kind):
            raise TypeError(f"fit: {what} must be {_a(kind)}, but is {_shown(part)}")
    if isinstance(loss, type) or not callable(loss):
        raise TypeError(f"fit: the loss must be a function or {_a(Module)}, but is {_shown(loss)}")
    if getattr(loss, "reduction", "mean") == "none":
        raise ValueError("fit: the loss must be one number: reduction='mean' or 'sum'")
    mine = {id(p) for p in model.parameters()}
    if mine.isdisjoint(map(id, optimizer.params)):
        raise ValueError(
            f"fit: none of the optimizer's parameters is the model's: make it with "
            f"{type(optimizer).__name__}(model.parameters(), ...)"
        )
    if getattr(scheduler, "optimizer", optimizer) is not optimizer:
        raise ValueError(
            f"fit: the scheduler was made with another optimizer, so it would change nothing: make "
            f"it with {type(scheduler).__name__}(optimizer, ...)"
        )


def _a(kind: type) -> str:
    return f"{'an' if kind.__name__[0].lower() in 'aeiou' else 'a'} {kind.__name__}"


def _shown(part: Any) -> str:
    if isinstance(part, type):
        return f"the class {part.__name__}: make one, {part.__name__}(...)"
    return _a(type(part))


def _metrics(metrics: Metrics) -> dict[str, Metric]:
    found = named(metrics)
    for name in found:
        if name in ("loss", "lr", "seconds") or name.startswith("val_"):
            raise ValueError(
                f"fit: a metric can't be named {name!r}, which is another entry of the history"
            )
    return found


def _loader(data: Any, batch_size: int | None, rng: Seed) -> DataLoader:
    if isinstance(data, DataLoader):
        if batch_size is not None or rng is not None:
            raise ValueError("fit: give batch_size and rng to the DataLoader, not to fit")
        loader = data
    else:
        dataset = _dataset("data", data)
        loader = DataLoader(dataset, 32 if batch_size is None else batch_size, True, rng)
    if len(loader) == 0:
        raise ValueError(
            f"fit: there is no batch to train on: {len(loader.dataset)} observations, batch_size "
            f"{loader.batch_size}, drop_last {loader.drop_last}"
        )
    return loader


def _dataset(what: str, data: Any) -> Any:
    """The data set that arrays, a loader, or a data set stand for."""
    if data is None:
        return None
    if isinstance(data, DataLoader):
        return data.dataset
    if isinstance(data, tuple):
        if len(data) < 2:
            raise ValueError(f"fit: {what} must be (X, y), but is a tuple of {len(data)}")
        lengths = [len(part) if np.ndim(part) else 0 for part in data]
        if len(set(lengths)) > 1 or not lengths[0]:
            raise ValueError(
                f"fit: {what} has {' and '.join(map(str, lengths))} rows, but X and y must have "
                f"as many, at least one"
            )
        return TensorDataset(*data)
    if isinstance(data, list) and not (data and isinstance(data[0], tuple)):
        raise TypeError(
            f"fit: {what} is a list, whose entries must be observations (features, label); of "
            f"arrays make a tuple (X, y)"
        )
    if not hasattr(data, "__getitem__") or not hasattr(data, "__len__"):
        raise TypeError(
            f"fit: {what} must be arrays (X, y), a data set or a DataLoader, but is a "
            f"{type(data).__name__}"
        )
    return data


def _scaled(scaler: StandardScaler, data: Any, validation: Any) -> tuple[Any, Any]:
    if not isinstance(data, tuple) or not isinstance(validation, tuple | None):
        raise TypeError(
            "fit: scaler is for data and validation that are arrays (X, y); otherwise scale the "
            "features in the data set"
        )
    X, *rest = data
    if not scaler.is_fitted:
        scaler.fit(X)
    data = (scaler.transform(X), *rest)
    if validation is not None:
        validation = (scaler.transform(validation[0]), *validation[1:])
    return data, validation


def _bar(progress: bool | Literal["auto"]) -> ProgressBar | None:
    """A progress bar, of tqdm's kind for where we are."""
    if progress is True:
        with needs("tqdm", "the progress bar"):
            from tqdm.auto import tqdm
        return ProgressBar(tqdm)
    if progress == "auto":
        try:
            from tqdm.auto import tqdm
        except ImportError:
            return None
        # None: where the output is no terminal; in a notebook, which is none, text is shown.
        disable = False if "ipykernel" in sys.modules else None
        return ProgressBar(lambda **options: tqdm(disable=disable, **options))
    return None
