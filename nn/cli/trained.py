"""A model that `train` wrote: its answers in the units of the data, and how good they are."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import Any, TypeAlias

import numpy as np

import autograd_core as ag
from nn import checkpoints, data, metrics, training
from nn.cli.options import UsageError
from nn.cli.source import Source
from nn.data.csv import Task
from nn.files import ModelFileError
from nn.module import Module

Array: TypeAlias = np.ndarray[Any, Any]


def describe(split: data.Split, source: Source) -> dict[str, Any]:
    """The metadata of a model trained on `split`: what `Trained` needs."""
    target = split.target_scaler
    return {
        "source": source.remembered(),
        "classes": list(split.classes),
        "reading": dict(split.reading),
        "offset": split.scaler.mean_.tolist(),
        "scale": split.scaler.scale_.tolist(),
        "target_offset": None if target is None else target.mean_.tolist(),
        "target_scale": None if target is None else target.scale_.tolist(),
    }


class Trained:
    """A model with what its metadata tell, checked. ModelFileError if they are not `train`'s."""

    def __init__(self, model: Module, metadata: Mapping[str, Any]) -> None:
        try:
            source = dict(metadata["source"])
            self.checksum = source.pop("checksum")
            self.source = Source(**source)
            self.classes = [str(name) for name in metadata["classes"]]
            self.reading = dict(metadata["reading"])
            if unknown := self.reading.keys() - {"features", "categories", "separator", "header"}:
                raise ValueError(f"there is no way of reading files called {', '.join(unknown)}")
            self.scaler = data.StandardScaler.of(metadata["offset"], metadata["scale"])
            self.target_scaler = None
            if not self.classes:
                self.target_scaler = data.StandardScaler.of(
                    metadata["target_offset"], metadata["target_scale"]
                )
            self.model = model
            scores = training.predict(model, np.zeros((1, self.n_features)))
            if scores.shape != (1, len(self.classes) or 1):
                raise ValueError(f"it has {scores.shape[1]} scores for {len(self.classes)} classes")
        except (KeyError, TypeError, ValueError, OverflowError, AttributeError) as error:
            raise ModelFileError(
                f"the file is a model, but not one that `python -m nn train` wrote: "
                f"{type(error).__name__}: {error}"
            ) from error

    @classmethod
    def load(cls, path: str) -> Trained:
        """Read a model file."""
        return cls(*checkpoints.load(path))

    @property
    def n_features(self) -> int:
        """The number of columns of its input."""
        return len(self.scaler.mean_)

    def answers(self, X: Array) -> Array:
        """For scaled features (n, d): probabilities (n, K) of the classes, or numbers (n, 1)."""
        with np.errstate(all="ignore"):
            scores = training.predict(self.model, X)
        finite = np.isfinite(scores).all(axis=1)
        if not finite.all():
            raise UsageError(
                f"the scores of observation {finite.argmin() + 1} overflow: its features are far "
                f"from those that the model was trained on, or the model is broken"
            )
        if self.target_scaler is not None:
            return self.target_scaler.inverse_transform(scores)
        return np.asarray(ag.softmax(scores).value)

    def test_part(self) -> data.Split:
        """The data that it was trained on, whose test part it has not seen."""
        if self.source.is_file:
            remedy = "pass --data FILE"
            if not Path(self.source.data).exists():
                raise UsageError(f"{self.source.data}, on which it was trained, is gone: {remedy}")
            if self.source.checksum() != self.checksum:
                raise UsageError(
                    f"{self.source.data}, on which it was trained, has changed since, so that its "
                    f"test part is not what was held out: {remedy}"
                )
        return self.source.load()

    def read(self, path: str) -> Array:
        """Scaled features (n, d) of a CSV file."""
        return self._read(path, None)[0]

    def read_labelled(self, path: str) -> tuple[Array, Array]:
        """Scaled features (n, d) of a CSV file, and their labels or numbers (n,)."""
        return self._read(path, self.source.target or -1)

    def _read(self, path: str, label: str | int | None) -> tuple[Array, Any]:
        options = dict(self.reading)
        if self.classes and label is not None:
            options["classes"] = self.classes
        task: Task = "classification" if self.classes else "regression"
        try:
            table = data.read_csv(path, label, task=task, **options)
            if table.features.shape[1] != self.n_features:
                raise ValueError(
                    f"{path} has {table.features.shape[1]} columns of features, but the model "
                    f"needs {self.n_features}, separated by commas"
                )
        except FileNotFoundError:
            raise UsageError(f"--data: there is no file {path}") from None
        except (ValueError, TypeError) as error:
            form = "" if self.source.is_file else " (the file must have no header)"
            raise UsageError(f"--data: {error}{form}") from error
        with np.errstate(over="ignore"):  # `answers` tells
            return self.scaler.transform(table.features), table.labels

    def quality(self, answers: Array, y: Array) -> dict[str, float]:
        """Figures of how near the answers are to labels (n,) or numbers (n,)."""
        if self.classes:
            return {"accuracy": metrics.accuracy_score(y, answers)}
        error = answers[:, 0] - y
        figures = {"R2": metrics.r2_score(y, answers[:, 0])} if len(y) > 1 else {}
        return figures | {
            "root mean squared error": float(np.sqrt(np.mean(error**2))),
            "mean absolute error": float(np.mean(np.absolute(error))),
        }


def shown(figures: Mapping[str, float], link: str = " ") -> str:
    """Figures of quality in a line.

    >>> shown({"R2": 0.5, "mean absolute error": 1234567.0})
    'R2 0.5000, mean absolute error 1.23457e+06'
    """
    return ", ".join(
        f"{name}{link}{x:.4f}" if name in ("accuracy", "R2") else f"{name}{link}{x:.6g}"
        for name, x in figures.items()
    )
