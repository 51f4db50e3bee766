"""Training: the loop over minibatches, accuracy, and settings that work for the data sets."""

from __future__ import annotations

from dataclasses import dataclass, field
from math import cos, isfinite, pi
from time import perf_counter
from typing import Any, TypeAlias

import numpy as np
from numpy.typing import DTypeLike

import autograd_core as ag
from nn.data import Dataset, batches
from nn.extras import needs
from nn.layers import MLP
from nn.losses import CrossEntropyLoss
from nn.module import Module
from nn.optim import SGD, Adam, Optimizer

Array: TypeAlias = np.ndarray[Any, Any]


class NonFiniteLossError(ArithmeticError):
    """Training came to a loss that is nan or infinite; the message says which operation made it."""


@dataclass
class History:
    """What happened in training, one entry an epoch.

    `loss` is the mean loss over the epoch's batches, `validation_accuracy` the accuracy after
    the epoch on the validation part (empty without one), `seconds` the time of the training.
    """

    loss: list[float] = field(default_factory=list)
    validation_accuracy: list[float] = field(default_factory=list)
    seconds: float = 0.0


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


def train(
    model: Module,
    X: Array,
    y: Array,
    *,
    loss: Module,
    optimizer: Optimizer,
    epochs: int,
    batch_size: int,
    rng: np.random.Generator,
    decay: str = "none",
    validation: tuple[Array, Array] | None = None,
    progress: bool = False,
) -> History:
    """Train `model` on observations X (n, d) and labels y; return what happened.

    Every epoch goes through all rows once, in an order drawn from `rng`, `batch_size` at a
    time. With `decay` "linear" or "cosine" the learning rate falls from `optimizer.lr` to 0
    over all steps, and is put back at the end. With `validation` (X, y), the accuracy there is
    recorded after every epoch. `progress` shows a bar (it needs tqdm).

    Raises NonFiniteLossError as soon as a loss is nan or infinite.

    >>> import nn
    >>> X = np.linspace(-1, 1, 20).reshape(-1, 1); y = (X[:, 0] > 0).astype(int)
    >>> net = nn.MLP([1, 2], rng=0)
    >>> history = train(net, X, y, loss=nn.CrossEntropyLoss(), epochs=50, batch_size=5,
    ...     optimizer=nn.optim.SGD(net.parameters(), lr=1.0), rng=np.random.default_rng(0))
    >>> accuracy(net, X, y)
    1.0
    """
    if len(X) != len(y) or len(X) == 0:
        raise ValueError(f"train: there are {len(X)} observations X and {len(y)} labels y")
    if epochs < 1 or batch_size < 1:
        raise ValueError(
            f"train: epochs and batch_size must be at least 1, but are {epochs} and {batch_size}"
        )
    if decay not in ("none", "linear", "cosine"):
        raise ValueError(f"train: decay must be 'none', 'linear' or 'cosine', but is {decay!r}")
    steps_an_epoch = -(-len(X) // batch_size)
    first_lr, step = optimizer.lr, 0
    history = History()
    bar = _bar(epochs) if progress else None
    start = perf_counter()
    model.train()
    try:
        # A nan or an infinity is found below, with its origin: NumPy need not warn as well.
        with np.errstate(over="ignore", invalid="ignore", divide="ignore"):
            for epoch in range(epochs):
                total = 0.0
                for rows in batches(len(X), batch_size, rng):
                    optimizer.lr = first_lr * _fraction(decay, step / (steps_an_epoch * epochs))
                    step += 1
                    optimizer.zero_grad()
                    L = loss(model(X[rows]), y[rows])
                    value = L.item()
                    if not isfinite(value):
                        raise NonFiniteLossError(
                            f"the loss became {value} in epoch {epoch + 1}, step {step}: the "
                            f"training diverged (a learning rate below {first_lr:g} may help, or "
                            f"scaled features)\n{ag.find_nonfinite(L)}"
                        )
                    L.backward()
                    optimizer.step()
                    total += value * len(rows)
                history.loss.append(total / len(X))
                if validation is not None:
                    history.validation_accuracy.append(accuracy(model, *validation))
                if bar is not None:
                    shown = {"loss": f"{history.loss[-1]:.4f}"}
                    if validation is not None:
                        shown["validation accuracy"] = f"{history.validation_accuracy[-1]:.3f}"
                    bar.set_postfix(shown, refresh=False)
                    bar.update()
    finally:
        optimizer.lr = first_lr
        history.seconds = perf_counter() - start
        if bar is not None:
            bar.close()
    return history


def predict(model: Module, X: Array) -> Array:
    """The scores (n, K) of the observations X (n, d), computed without a graph in `eval` mode.

    >>> import nn
    >>> predict(nn.Identity(), np.array([[0.1, 0.9]]))
    array([[0.1, 0.9]])
    """
    was_training = [module for _, module in model.named_modules() if module.training]
    model.eval()
    try:
        with ag.no_grad():
            return np.array(model(X))
    finally:
        for module in was_training:
            module.training = True


def accuracy(model: Module, X: Array, y: Array) -> float:
    """The fraction of observations X (n, d) whose largest score is that of their label y (n,).

    A single column of scores stands for the classes 0 (score at most 0) and 1.

    >>> import nn
    >>> accuracy(nn.Identity(), np.array([[0.1, 0.9], [0.3, 0.2]]), np.array([1, 1]))
    0.5
    """
    scores = predict(model, X)
    y = np.asarray(y)
    if scores.ndim != 2 or y.shape != scores.shape[:1]:
        raise ValueError(
            f"accuracy: the scores are {scores.shape} and the labels are {y.shape}, but they must "
            f"be (n, K) and (n,)"
        )
    predicted = scores[:, 0] > 0 if scores.shape[1] == 1 else scores.argmax(axis=1)
    return float(np.mean(predicted == y))


def make_network(
    data: Dataset, settings: Settings, rng: np.random.Generator, dtype: DTypeLike = np.float32
) -> MLP:
    """The perceptron from the data set's features over `settings.layers` to its classes."""
    units = [data.n_features, *settings.layers, len(data.classes)]
    return MLP(units, settings.activation, rng=rng, dtype=dtype)


def fit(
    model: Module,
    data: Dataset,
    settings: Settings,
    rng: np.random.Generator,
    progress: bool = False,
) -> History:
    """Train `model` on the training part of `data` as `settings` say.

    A fraction `settings.validation` of the training part is held out: the network does not
    learn from it, and the accuracy on it is recorded. The test part is not looked at.
    """
    if settings.optimizer not in ("adam", "sgd"):
        raise ValueError(f"there is no optimizer {settings.optimizer!r}; there are adam, sgd")
    optimizer: Optimizer
    if settings.optimizer == "adam":
        optimizer = Adam(model.parameters(), settings.lr, weight_decay=settings.l2)
    else:
        optimizer = SGD(model.parameters(), settings.lr, settings.momentum, settings.l2)
    order = rng.permutation(len(data.X_train))
    held_out, rest = np.split(order, [round(settings.validation * len(order))])
    return train(
        model,
        data.X_train[rest],
        data.y_train[rest],
        loss=CrossEntropyLoss(label_smoothing=settings.label_smoothing),
        optimizer=optimizer,
        epochs=settings.epochs,
        batch_size=settings.batch_size,
        rng=rng,
        decay=settings.decay,
        validation=(data.X_train[held_out], data.y_train[held_out]) if len(held_out) else None,
        progress=progress,
    )


def _fraction(decay: str, done: float) -> float:
    """The learning rate by the first one, when a fraction `done` of all steps is done."""
    if decay == "cosine":
        return 0.5 * (1 + cos(pi * done))
    return 1 - done if decay == "linear" else 1.0


def _bar(epochs: int) -> Any:
    with needs("tqdm", "the progress bar"):
        from tqdm import tqdm
    return tqdm(total=epochs, desc="training", unit="epoch")
