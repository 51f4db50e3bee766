"""The training loop: the only one in this package."""

from __future__ import annotations

import os
import signal
import threading
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from math import isfinite
from time import perf_counter
from typing import Any

import numpy as np

import autograd_core as ag
from nn.callbacks import Callback
from nn.clip import clip_grad_norm_, clip_grad_value_
from nn.data import DataLoader
from nn.metrics import Metric, with_threshold
from nn.module import Module
from nn.optim import Optimizer
from nn.states import Checkpoint, save_state
from nn.training import resumption
from nn.training.evaluation import evaluating, known_threshold, scores_and_labels
from nn.training.failure import NonFiniteError, explain
from nn.training.history import History


class Run:
    """A training under way: what callbacks see. `fit` makes one.

    `epoch` and `step` count those that are done; `history` has the epochs that are complete.
    """

    def __init__(
        self,
        model: Module,
        loader: DataLoader,
        loss: Any,
        optimizer: Optimizer,
        *,
        epochs: int,
        validation: Any = None,
        metrics: Mapping[str, Metric],
        callbacks: list[Callback],
        scheduler: Any = None,
        scheduler_every: str = "epoch",
        clip_norm: float | None = None,
        clip_value: float | None = None,
        checkpoint: Checkpoint | None = None,
    ) -> None:
        self.model, self.loader, self.loss, self.optimizer = model, loader, loss, optimizer
        self.epochs, self.validation, self.metrics = epochs, validation, metrics
        self.callbacks = callbacks
        self.watchers: list[Callback] = []  # callbacks that are no part of the run's state
        self.scheduler, self.every_step = scheduler, scheduler_every == "step"
        self.clip_norm, self.clip_value = clip_norm, clip_value
        self.checkpoint = checkpoint
        self.history = History()
        self.epoch = self.step = 0
        self.total, self.seen = 0.0, 0  # of this epoch: the sum of its losses, and of its rows
        self.seconds, self.lr = 0.0, 0.0
        self._interrupted = False
        self._resumable = True  # whether a run could go on from the present state
        self._saved = (0, 0)  # the epoch and step of the latest checkpoint
        self.fits = resumption.fingerprint(self) if checkpoint else {}

    def stop(self, reason: str) -> None:
        """End the training after the step or epoch that has just been made."""
        self.history.stopped = self.history.stopped or reason

    def go(self) -> History:
        """Train until the epochs are made, or something stops it."""
        self.model.train()
        try:
            # A nan or an infinity is found, with its origin: NumPy need not warn as well.
            with _ctrl_c(self), np.errstate(over="ignore", invalid="ignore", divide="ignore"):
                try:
                    self._tell("on_train_begin")
                    while self.epoch < self.epochs and not self._ends:
                        self._make_epoch()
                except KeyboardInterrupt:
                    self._interrupted = True
                if self._resumable and self._saved != (self.epoch, self.step):
                    self.save()
        except NonFiniteError as error:
            error.history = self.history
            raise
        if self._interrupted:
            self.history.stopped = "interrupted"
        self._tell("on_train_end")
        return self.history

    @property
    def _ends(self) -> bool:
        return self._interrupted or bool(self.history.stopped)

    def _tell(self, moment: str) -> None:
        for callback in (*self.callbacks, *self.watchers):
            getattr(callback, moment)(self)

    def _make_epoch(self) -> None:
        start = perf_counter() - self.seconds
        every = self.checkpoint.steps if self.checkpoint else None
        for batch in self.loader:
            self._resumable = False
            self._make_step(batch)
            self.step += 1
            self.seconds = perf_counter() - start
            self._resumable = True
            self._tell("on_step_end")
            if self._ends:
                return
            if every and self.step % every == 0:
                self.save()
        self._resumable = False  # the loader is at the next epoch, but the history is not
        values = self._values()
        self.history.add({**values, "lr": self.lr, "seconds": perf_counter() - start})
        self.epoch += 1
        self.total, self.seen, self.seconds = 0.0, 0, 0.0
        if self.scheduler is not None and not self.every_step:
            monitored = "loss" if self.validation is None else "val_loss"
            self.scheduler.step(self.history[monitored][-1])
        self._resumable = True
        self._tell("on_epoch_end")
        every = self.checkpoint.epochs if self.checkpoint else None
        if every and self.epoch % every == 0:
            self.save()

    def _make_step(self, batch: Any) -> None:
        if not isinstance(batch, tuple | list) or len(batch) < 2:
            parts = len(batch) if isinstance(batch, tuple | list) else "no"
            raise TypeError(
                f"fit: an observation of the data set must be a tuple (features, label), but a "
                f"batch is a {type(batch).__name__} of {parts} parts"
            )
        *inputs, y = batch
        evaluations = 0

        def closure() -> float:
            nonlocal evaluations
            evaluations += 1
            self.optimizer.zero_grad()
            L = self.loss(self.model(*inputs), y)
            if not isinstance(L, ag.Node) or L.size != 1:
                raise TypeError(
                    f"fit: the loss must be a node with one number, computed by operations, but is "
                    f"a {type(L).__name__} of shape {np.shape(L)}"
                )
            value = float(L.item())
            if evaluations == 1 and not isfinite(value):
                raise self._failure(f"the loss became {value}", L)
            L.backward()
            # Later evaluations are trials of a line search, which may well go too far.
            if evaluations == 1 and not self._gradient_is_finite():
                raise self._failure("the gradient is not finite", L)
            if self.clip_value is not None:
                clip_grad_value_(self.optimizer.params, self.clip_value)
            if self.clip_norm is not None:
                clip_grad_norm_(self.optimizer.params, self.clip_norm)
            return value

        value = self.optimizer.step(closure)
        rows = len(y)
        self.lr = float(self.optimizer.param_groups[0]["lr"])
        if self.scheduler is not None and self.every_step:
            self.scheduler.step()
        self.total += value * (rows if self._is_mean else 1)
        self.seen += rows

    @property
    def _is_mean(self) -> bool:
        return getattr(self.loss, "reduction", "mean") == "mean"

    def _gradient_is_finite(self) -> bool:
        grads = [p.grad for p in self.optimizer.params if p.grad is not None]
        # The sum of squares costs half of `isfinite`, but may overflow by itself.
        return all(isfinite(np.vdot(g, g)) or bool(np.isfinite(g).all()) for g in grads)

    def _failure(self, what: str, L: ag.Node) -> NonFiniteError:
        lr = self.optimizer.param_groups[0]["lr"]
        return NonFiniteError(
            f"{what} in epoch {self.epoch + 1}, step {self.step + 1}: the training diverged (a "
            f"learning rate below {lr:g} may help, or scaled features, or clip_norm)\n"
            f"{explain(self.model, L)}"
        )

    def _values(self) -> dict[str, Any]:
        """What the history gets of an epoch."""
        values: dict[str, Any] = {"loss": self.total / (self.seen if self._is_mean else 1)}
        if self.validation is not None:
            scores, y, threshold = self._scores("validation", self.validation)
            with evaluating(self.model):
                values["val_loss"] = float(self.loss(scores, y).item())
            values |= self._judged("val_", scores, y, threshold)
        if self.metrics:
            values |= self._judged("", *self._scores("training", self.loader.dataset))
        return values

    def _scores(self, what: str, data: Any) -> tuple[Any, Any, float]:
        scores, y, threshold = scores_and_labels(self.model, data)
        if (missing := np.isnan(scores)).any():
            raise NonFiniteError(
                f"the scores of the {what} data have a nan after epoch {self.epoch + 1}, first in "
                f"row {np.argwhere(missing)[0, 0]}: a feature is missing there, or the training "
                f"diverged (then a learning rate below {self.lr:g} may help)"
            )
        known = known_threshold(self.loss)
        return scores, y, threshold if known is None else known

    def _judged(self, prefix: str, scores: Any, y: Any, threshold: float) -> dict[str, Any]:
        found = {
            prefix + name: with_threshold(metric, threshold)(y, scores)
            for name, metric in self.metrics.items()
        }
        return {k: v.tolist() if hasattr(v, "tolist") else v for k, v in found.items()}

    def save(self) -> None:
        """Write the checkpoint, if there is to be one."""
        if self.checkpoint is not None:
            save_state(resumption.state_of(self), self.checkpoint.path)
            self._saved = (self.epoch, self.step)

    def load(self, path: str | os.PathLike[str]) -> None:
        """Go on from a checkpoint. ModelFileError if it does not fit."""
        resumption.restore(self, path)


@contextmanager
def _ctrl_c(run: Run) -> Iterator[None]:
    """In the block the first Ctrl-C lets the step be finished; the next one is as usual."""
    if (
        threading.current_thread() is not threading.main_thread()
        or signal.getsignal(signal.SIGINT) is not signal.default_int_handler
    ):
        yield
        return

    def wait(*_: Any) -> None:
        run._interrupted = True
        signal.signal(signal.SIGINT, signal.default_int_handler)

    signal.signal(signal.SIGINT, wait)
    try:
        yield
    finally:
        signal.signal(signal.SIGINT, signal.default_int_handler)
