"""Standard scaling: features of mean 0 and deviation 1, and the way back to their units."""

from __future__ import annotations

from typing import Any, Self, TypeAlias

import numpy as np
from numpy.typing import ArrayLike

from autograd_core.values import power_of_two
from nn.arguments import plain

Array: TypeAlias = np.ndarray[Any, Any]


class StandardScaler:
    """Z = (X - mean_) / scale_, column by column; mean and deviation are those of `fit`'s data.

    The deviation is sqrt(mean((x - mean) ** 2)). A constant column is only shifted: scale_ 1.
    As in scikit-learn.

    >>> scaler = StandardScaler().fit([[0.0, 5.0], [4.0, 5.0]])
    >>> scaler.transform([[6.0, 6.0]])
    array([[2., 1.]])
    """

    mean_: Array
    scale_: Array

    @classmethod
    def of(cls, mean: ArrayLike, scale: ArrayLike) -> Self:
        """A scaler with a given mean and scale, each (d,), finite, and the scale more than 0."""
        m, s = np.array(mean, float), np.array(scale, float)
        if (
            m.ndim != 1
            or m.shape != s.shape
            or not (np.isfinite(m) & np.isfinite(s) & (s > 0)).all()
        ):
            raise ValueError(
                f"StandardScaler.of: the mean is {m.shape} and the scale {s.shape}, but they must "
                f"be (d,) alike, finite, and the scale more than 0"
            )
        scaler = cls()
        scaler.mean_, scaler.scale_ = m, s
        return scaler

    @property
    def is_fitted(self) -> bool:
        """Whether there are a mean and a deviation."""
        return "mean_" in vars(self)

    def fit(self, X: ArrayLike) -> Self:
        """Store the mean and the deviation of each column of X (n, d); return self."""
        X = self._numbers(plain(X))
        if len(X) == 0:
            raise ValueError("StandardScaler: there is no mean of no observations")
        if not np.isfinite(X).all():
            i, j = np.argwhere(~np.isfinite(X))[0]
            raise ValueError(f"StandardScaler: X[{i}, {j}] is {X[i, j]}, which is no finite number")
        with np.errstate(over="ignore", invalid="ignore"):
            mean = X.mean(axis=0)
            D = X - mean
            size = power_of_two(np.absolute(D).max(axis=0))  # so that squares do not underflow
            deviation = size * np.sqrt(np.mean((D / size) ** 2, axis=0))
        if not (sound := np.isfinite(deviation)).all():
            raise ValueError(
                f"StandardScaler: the deviation of column {np.argmin(sound)} overflows: measure it "
                f"in a larger unit"
            )
        # Rounding of the mean alone gives a constant column some deviation; it must not count.
        constant = deviation <= 10 * np.finfo(float).eps * np.absolute(mean)
        self.mean_, self.scale_ = mean, np.where(constant, 1.0, deviation)
        return self

    def transform(self, X: ArrayLike) -> Array:
        """(X - mean_) / scale_ for X (n, d)."""
        return (self._fitting(X) - self.mean_) / self.scale_

    def fit_transform(self, X: ArrayLike) -> Array:
        """`fit(X).transform(X)`."""
        return self.fit(X).transform(X)

    def inverse_transform(self, Z: ArrayLike) -> Array:
        """Back to raw units, also for predictions of scaled targets: Z scale_ + mean_."""
        return self._fitting(Z) * self.scale_ + self.mean_

    def raw_weights(self, W: ArrayLike, b: ArrayLike = 0.0) -> tuple[Array, Array]:
        """The weights for raw features that do what W (d, u) and b (u,) do for scaled ones.

        Z W + b = X W' + b' with W' = W / scale_ (by rows) and b' = b - mean_ W'.
        """
        W = np.asarray(W, float)
        if not self.is_fitted or W.ndim != 2 or len(W) != len(self.mean_):
            raise ValueError(
                f"StandardScaler: W has shape {W.shape}, but the scaler is "
                f"{self._state()}: W must have a row for each column of X"
            )
        raw = W / self.scale_.reshape(-1, 1)
        return raw, np.asarray(b, float) - self.mean_ @ raw

    def _fitting(self, X: ArrayLike) -> Array:
        X = self._numbers(X)
        if not self.is_fitted or X.shape[1] != len(self.mean_):
            raise ValueError(
                f"StandardScaler: X has {X.shape[1]} columns, but the scaler is {self._state()}"
            )
        return X

    def _state(self) -> str:
        return f"for {len(self.mean_)}" if self.is_fitted else "not fitted: call fit(X) first"

    @staticmethod
    def _numbers(X: ArrayLike) -> Array:
        array = np.asarray(X)
        if array.ndim != 2 or array.dtype.kind not in "fiub":
            raise ValueError(
                f"StandardScaler: X is {array.shape} {array.dtype}, but must be numbers (n, d)"
            )
        return array.astype(float)

    def __repr__(self) -> str:
        return f"StandardScaler, {self._state()}"
