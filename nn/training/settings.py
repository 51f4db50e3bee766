"""Settings that work for the built-in data sets, and the training by them."""

from __future__ import annotations

import os
from collections.abc import Callable, Iterable, Mapping
from dataclasses import asdict, dataclass
from functools import partial
from math import cos, pi
from typing import Any, Literal

import numpy as np
from numpy.typing import DTypeLike

from nn.callbacks import Callback
from nn.data import DataLoader, Split, TensorDataset
from nn.layers import MLP
from nn.losses import CrossEntropyLoss, MSELoss
from nn.losses.loss import Loss
from nn.module import Module
from nn.optim import SGD, Adam
from nn.optim.lr_scheduler import LambdaLR
from nn.penalties import decay_groups
from nn.states import Checkpoint
from nn.training.fitting import fit
from nn.training.history import History


@dataclass(frozen=True)
class Settings:
    """Everything that decides, with a seed, what comes out of a training."""

    layers: tuple[int, ...] = (50,)
    activation: str = "relu"
    optimizer: str = "adam"
    lr: float = 1e-2
    epochs: int = 80
    batch_size: int = 64
    l2: float = 3e-4
    momentum: float = 0.9
    label_smoothing: float = 0.1
    decay: str = "cosine"
    validation: float = 0.1


DEFAULTS: dict[str, Settings] = {
    "digits": Settings(),
    "moons": Settings(layers=(20, 20), epochs=100, batch_size=32, l2=1e-3, label_smoothing=0.0),
    "cancer": Settings(layers=(20,), epochs=40, batch_size=32, l2=1e-2, label_smoothing=0.0),
}
"""Settings that were chosen on splits other than those of the seeds 0 to 9."""

OTHERS = Settings(epochs=100, batch_size=32, l2=1e-2, label_smoothing=0.0)
"""The settings for any other data."""


class SameSettings(Callback):
    """Keeps the settings with a checkpoint, which is then not gone on with by others.

    Only the number of epochs may change, and with a learning rate that falls over all of them
    not even that.
    """

    def __init__(self, settings: Settings) -> None:
        self.settings = settings

    def state_dict(self) -> dict[str, Any]:
        """The settings."""
        return asdict(self.settings)

    def load_state_dict(self, state: Mapping[str, Any]) -> None:
        """ValueError if there are other settings in `state`."""
        free = {"epochs"} if self.settings.decay == "none" else set()
        differ = [
            f"{name} changed from {state.get(name)} to {value}"
            for name, value in asdict(self.settings).items()
            if state.get(name) != value and name not in free
        ]
        if differ:
            raise ValueError("; ".join(differ))


def make_network(
    data: Split, settings: Settings, rng: np.random.Generator, dtype: DTypeLike = np.float32
) -> MLP:
    """The perceptron from the data set's features over `settings.layers` to its scores."""
    units = [data.n_features, *settings.layers, data.n_outputs]
    return MLP(units, settings.activation, rng=rng, dtype=dtype)


def make_loss(data: Split, settings: Settings) -> Loss:
    """The loss for the data set's task: cross-entropy, or the mean square."""
    if data.task == "regression":
        return MSELoss()
    return CrossEntropyLoss(label_smoothing=settings.label_smoothing)


def fit_split(
    model: Module,
    data: Split,
    settings: Settings,
    rng: np.random.Generator,
    *,
    progress: bool | Literal["auto"] = False,
    checkpoint: Checkpoint | str | os.PathLike[str] | None = None,
    resume: bool = False,
    callbacks: Iterable[Callback] = (),
) -> History:
    """`fit` `model` to the training part of `data` as `settings` say.

    A fraction `settings.validation` of the training part is held out: the network does not
    learn from it, and its loss and accuracy (of a regression the loss alone) are recorded. The
    test part is not looked at. With `settings.decay` "linear" or "cosine" the learning rate falls
    to 0 over all steps. A checkpoint is resumed with the same settings only.
    """
    if settings.decay not in DECAYS:
        raise ValueError(f"there is no decay {settings.decay!r}; there are {', '.join(DECAYS)}")
    optimizer: Any
    params = decay_groups(model, settings.l2)
    if settings.optimizer == "adam":
        optimizer = Adam(params, settings.lr)
    elif settings.optimizer == "sgd":
        optimizer = SGD(params, settings.lr, momentum=settings.momentum)
    else:
        raise ValueError(f"there is no optimizer {settings.optimizer!r}; there are adam, sgd")
    n = len(data.X_train)
    held_out, rest = np.split(rng.permutation(n), [min(round(settings.validation * n), n - 1)])
    dataset = TensorDataset(data.X_train[rest], data.y_train[rest])
    loader = DataLoader(dataset, settings.batch_size, shuffle=True, rng=rng)
    steps = len(loader) * settings.epochs
    validation = (data.X_train[held_out], data.y_train[held_out]) if len(held_out) else None
    return fit(
        model,
        loader,
        make_loss(data, settings),
        optimizer,
        epochs=settings.epochs,
        validation=validation,
        metrics=["accuracy"] if validation and data.task == "classification" else [],
        callbacks=[SameSettings(settings), *callbacks],
        scheduler=LambdaLR(optimizer, partial(_factor, DECAYS[settings.decay], steps)),
        scheduler_every="step",
        checkpoint=checkpoint,
        resume=resume,
        progress=progress,
    )


DECAYS: dict[str, Callable[[float], float]] = {
    "none": lambda done: 1.0,
    "linear": lambda done: 1 - done,
    "cosine": lambda done: 0.5 * (1 + cos(pi * done)),
}
"""The learning rate by the first one, when a fraction of all steps is done."""


def _factor(decay: Callable[[float], float], steps: int, step: int) -> float:
    return decay(step / steps)
