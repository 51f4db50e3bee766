"""Callbacks: what is to be done at certain moments of `nn.fit`, and stopping early."""

from __future__ import annotations

from collections.abc import Mapping
from math import isfinite
from typing import TYPE_CHECKING, Any, Literal

from nn.arguments import count, number

if TYPE_CHECKING:
    from nn.training.loop import Run


class Callback:
    """The parent of callbacks: each method is called at its moment, and does nothing here.

    `run` has the `model`, `optimizer`, `history`, `epoch` and `step` (of those that are done),
    and `stop(reason)`, after which training ends with the epoch's callbacks, or the step's. What
    a callback keeps from epoch to epoch belongs into `state_dict`, so that checkpoints have it.

    >>> import nn, numpy as np
    >>> class Tell(nn.Callback):
    ...     def on_epoch_end(self, run):
    ...         print(run.epoch, round(run.history["loss"][-1], 3))
    >>> net, X = nn.Linear(1, 1, rng=0), np.ones((4, 1))
    >>> optimizer = nn.optim.SGD(net.parameters(), lr=0.1)
    >>> _ = nn.fit(net, (X, 2 * X), nn.MSELoss(), optimizer, epochs=2, callbacks=[Tell()])
    1 2.327
    2 0.838
    """

    def on_train_begin(self, run: Run) -> None:
        """Before the first epoch, also when a run is resumed."""

    def on_step_end(self, run: Run) -> None:
        """After every step of the optimizer."""

    def on_epoch_end(self, run: Run) -> None:
        """After every epoch; its losses and metrics are the last in `run.history`."""

    def on_train_end(self, run: Run) -> None:
        """After the last epoch, however the training came to its end, unless by an error."""

    def state_dict(self) -> dict[str, Any]:
        """What the callback needs to go on: numbers, strings, None and arrays, nested."""
        return {}

    def load_state_dict(self, state: Mapping[str, Any]) -> None:
        """Go back to a `state_dict()`."""


class EarlyStopping(Callback):
    """Stops when `monitor` has not improved for `patience` epochs; puts the best weights back.

    `monitor` is a list of the history: "val_loss" by default. `mode` is "min" where less is
    better, "max" where more is, and "auto" for "max" with accuracy and r2, else "min". Only a
    change of more than `min_delta` is an improvement. With `restore_best` the model has the
    weights (and running statistics) of the best epoch at the end, `best_epoch`, counted from 1.
    """

    def __init__(
        self,
        patience: int = 10,
        *,
        monitor: str = "val_loss",
        mode: Literal["auto", "min", "max"] = "auto",
        min_delta: float = 0.0,
        restore_best: bool = True,
    ) -> None:
        patience = count("EarlyStopping: patience", patience)
        if mode not in ("auto", "min", "max"):
            raise ValueError(f"EarlyStopping: mode must be 'auto', 'min' or 'max', not {mode!r}")
        if mode == "auto":
            mode = "max" if monitor.removeprefix("val_") in ("accuracy", "r2") else "min"
        self.patience, self.monitor, self.mode = patience, monitor, mode
        self.min_delta = number("EarlyStopping: min_delta", min_delta, least=0)
        self.restore_best = restore_best
        self._forget()

    def _forget(self) -> None:
        self.best: float | None = None
        self.best_epoch = 0
        self._weights: dict[str, Any] | None = None

    def on_train_begin(self, run: Run) -> None:
        """A new run starts with nothing; a resumed one goes on with what it had."""
        if run.epoch == 0 and run.step == 0:
            self._forget()

    def on_epoch_end(self, run: Run) -> None:
        """Note the value, keep the weights if it is the best, stop if it was long ago."""
        if self.monitor not in run.history:
            raise ValueError(
                f"EarlyStopping: there is no {self.monitor!r} in the history; there are "
                f"{', '.join(run.history)}. For val_ values pass validation data to fit"
            )
        value = run.history[self.monitor][-1]
        if not isinstance(value, int | float):
            raise TypeError(f"EarlyStopping: {self.monitor!r} must be a number, but is {value!r}")
        sign = 1 if self.mode == "max" else -1
        better = self.best is None or sign * (value - self.best) > self.min_delta
        if isfinite(value) and better:
            self.best, self.best_epoch = float(value), run.epoch
            if self.restore_best:
                self._weights = run.model.state_dict()
        if run.epoch - self.best_epoch >= self.patience:
            run.stop(f"{self.monitor} has not improved for {self.patience} epochs")

    def on_train_end(self, run: Run) -> None:
        """Put the best weights back."""
        if self._weights is not None:
            run.model.load_state_dict(self._weights)

    def state_dict(self) -> dict[str, Any]:
        """The best value, its epoch, and the weights."""
        return {"best": self.best, "best_epoch": self.best_epoch, "weights": self._weights}

    def load_state_dict(self, state: Mapping[str, Any]) -> None:
        """Go back to a `state_dict()`."""
        self.best, self.best_epoch = state["best"], state["best_epoch"]
        self._weights = state["weights"]


class ProgressBar(Callback):
    """A bar in the terminal or the notebook, with the latest loss and metrics."""

    def __init__(self, bar: Any) -> None:
        self._make, self._bar = bar, None

    def on_train_begin(self, run: Run) -> None:
        """Show the bar, at the epochs that are done already."""
        self._bar = self._make(total=run.epochs, initial=run.epoch, desc="training", unit="epoch")

    def on_epoch_end(self, run: Run) -> None:
        """One epoch more."""
        assert self._bar is not None
        last = {name: values[-1] for name, values in run.history.items() if values}
        for name in ("lr", "seconds"):
            last.pop(name, None)
        shown = {name: f"{x:.4g}" for name, x in last.items() if isinstance(x, float)}
        self._bar.set_postfix(shown, refresh=False)
        self._bar.update()

    def close(self) -> None:
        """Leave the bar as it is."""
        if self._bar is not None:
            self._bar.close()
