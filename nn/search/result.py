"""What a grid search found: scores, models, and pictures of them."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, NamedTuple, TypeAlias

import numpy as np

from nn.extras import needs
from nn.plots import heat_map

if TYPE_CHECKING:
    from matplotlib.figure import Figure

Array: TypeAlias = np.ndarray[Any, Any]


class Cell(NamedTuple):
    """What one training gave: scores, nan if it diverged, and then why."""

    train_score: float
    test_score: float
    model: Any
    failure: str = ""


@dataclass(frozen=True, eq=False)
class GridSearch:
    """What a grid search found; row i is `etas[i]`, column j is `lmbds[j]`.

    `train_scores` and `test_scores` are arrays, with nan where a training diverged; `failures`
    says at (i, j) why. `models` holds the trained models, the diverged ones as they were before
    the step that failed.

    The cell of the best test score was chosen by the test data, so that score flatters it: what
    the model is worth is to be seen on data that were not looked at here.
    """

    etas: tuple[float, ...]
    lmbds: tuple[float, ...]
    train_scores: Array
    test_scores: Array
    models: Array
    failures: dict[tuple[int, int], str]
    metric: str = "accuracy"

    @property
    def best(self) -> tuple[int, int]:
        """The cell (i, j) of the best test score; of equal ones the smallest eta, then lambda."""
        if np.isnan(self.test_scores).all():
            raise ValueError(
                f"GridSearch: every training diverged; {next(iter(self.failures.values()), '')}"
            )
        i, j = np.unravel_index(np.nanargmax(self.test_scores), self.test_scores.shape)
        return int(i), int(j)

    @property
    def best_params(self) -> dict[str, float]:
        """The best cell's eta and lmbd."""
        i, j = self.best
        return {"eta": self.etas[i], "lmbd": self.lmbds[j]}

    @property
    def best_score(self) -> float:
        """The best cell's test score."""
        return float(self.test_scores[self.best])

    @property
    def best_model(self) -> Any:
        """The best cell's model."""
        return self.models[self.best]

    def __str__(self) -> str:
        return "\n\n".join(
            f"{part} {self.metric}, eta down, lambda across\n{self._table(scores)}"
            for part, scores in (("training", self.train_scores), ("test", self.test_scores))
        )

    def _table(self, scores: Array) -> str:
        rows = [["", *(f"{lmbd:.3g}" for lmbd in self.lmbds)]]
        for eta, row in zip(self.etas, scores, strict=True):
            rows.append([f"{eta:.3g}", *(f"{score:.3f}" for score in row)])
        return "\n".join("".join(f"{entry:>8}" for entry in row).rstrip() for row in rows)

    def heat_maps(self) -> Figure:
        """Both tables as pictures of the same colours, the best test score framed. (matplotlib)

        White cells, nan, are trainings that diverged. `result.heat_maps().savefig("grid.png")`
        stores the figure.
        """
        with needs("matplotlib", "heat_maps"):
            from matplotlib import pyplot
            from matplotlib.patches import Rectangle
        tables = {"Training": self.train_scores, "Test": self.test_scores}
        low, high = _range(list(tables.values()))
        size = (2 * (1.3 + 0.75 * len(self.lmbds)), 1.3 + 0.6 * len(self.etas))
        figure, axes = pyplot.subplots(1, 2, figsize=size, sharey=True, layout="constrained")
        for ax, (part, scores) in zip(axes, tables.items(), strict=True):
            heat_map(
                scores,
                [_power(eta) for eta in self.etas],
                [_power(lmbd) for lmbd in self.lmbds],
                row_label=r"learning rate $\eta$" if ax is axes[0] else "",
                column_label=r"L2 penalty $\lambda$",
                title=f"{part} {self.metric}",
                ax=ax,
            )
            image = ax.images[0]
            image.set_clim(low, high)
            for text, score in zip(ax.texts, scores.ravel(), strict=True):
                text.set_color("white" if score < (low + high) / 2 else "black")
            if ax is axes[0]:
                image.colorbar.remove()
        if np.isfinite(self.test_scores).any():
            i, j = self.best
            frame = Rectangle((j - 0.46, i - 0.44), 0.92, 0.88, fill=False, color="red", lw=2)
            axes[1].add_patch(frame)
        return figure


def _range(tables: list[Array]) -> tuple[float, float]:
    """The least and the largest finite number, not equal."""
    numbers = np.concatenate([table[np.isfinite(table)] for table in tables])
    low, high = numbers.min(initial=np.inf), numbers.max(initial=-np.inf)
    return (float(low), float(high)) if low < high else (0.0, 1.0)


def _power(x: float) -> str:
    """1e-5 as a power of ten, other numbers as they are."""
    exponent = round(np.log10(x)) if x > 0 else 0
    return f"$10^{{{exponent}}}$" if x == float(f"1e{exponent}") else f"{x:.3g}"
