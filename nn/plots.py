"""Pictures with matplotlib: losses, decision functions, grids of scores, functions, descents.

Every function draws into `ax`, or a new figure, and returns the axes, which have all that
matplotlib offers: `loss_curve(losses).figure.savefig("loss.png")`. (matplotlib is an extra.)
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from math import sqrt
from typing import TYPE_CHECKING, Any, TypeAlias

import numpy as np
from numpy.typing import ArrayLike

import autograd_core as ag
from nn.arguments import count, plain
from nn.extras import needs

if TYPE_CHECKING:
    from matplotlib.axes import Axes

Array: TypeAlias = np.ndarray[Any, Any]


def loss_curve(
    losses: Mapping[str, Sequence[float]] | Sequence[float],
    *,
    title: str = "",
    ax: Axes | None = None,
) -> Axes:
    """Losses by epoch: a list of them, or several by name, such as the `History` of `nn.fit`.

    Of a dictionary the entries whose names contain "loss" are drawn.

    >>> import matplotlib; matplotlib.use("Agg")
    >>> loss_curve({"loss": [2.0, 1.0], "val_loss": [2.0, 1.5]}).lines[1].get_ydata()
    array([2. , 1.5])
    """
    curves = losses if isinstance(losses, Mapping) else {"loss": losses}
    curves = {name: curve for name, curve in curves.items() if "loss" in name}
    if not curves:
        raise ValueError("loss_curve: there is no entry with 'loss' in its name")
    ax = _axes("loss_curve", ax)
    for name, curve in curves.items():
        ax.plot(np.arange(1, len(curve) + 1), np.asarray(curve, float), label=name)
    ax.set(xlabel="epoch", ylabel="loss", title=title)
    if len(curves) > 1:
        ax.legend()
    return ax


def grid(X: ArrayLike, steps: int = 100, margin: float = 0.1) -> tuple[Array, Array, Array]:
    """The rectangle around the points X (n, 2): coordinates of its columns and rows, and points.

    The points (steps ** 2, 2) go row by row, from bottom to top; the rectangle is wider than X
    by the fraction `margin` on each side.

    >>> xs, ys, points = grid([[0.0, 0.0], [1.0, 2.0]], steps=3, margin=0)
    >>> ys, points[:3].tolist()
    (array([0., 1., 2.]), [[0.0, 0.0], [0.5, 0.0], [1.0, 0.0]])
    """
    X = np.asarray(X, float)
    steps = count("grid: steps", steps)
    if X.ndim != 2 or X.shape[1] != 2 or not len(X):
        raise ValueError(f"grid: the points are {X.shape}, but must be (n, 2): they are drawn flat")
    if not np.isfinite(X).all():
        raise ValueError("grid: there are points with coordinates that are nan or infinite")
    low, high = X.min(axis=0), X.max(axis=0)
    room = margin * np.where(high > low, high - low, 1.0)
    xs, ys = np.linspace(low - room, high + room, steps).T
    return xs, ys, np.stack(np.meshgrid(xs, ys), axis=-1).reshape(-1, 2)


def decision_function(
    f: Callable[[Any], Any],
    X: ArrayLike,
    y: ArrayLike,
    *,
    steps: int = 100,
    title: str = "",
    ax: Axes | None = None,
) -> Axes:
    """The function f: R^2 -> R around the points X (n, 2), as colours, with the points by class.

    `f` gives a number for each row: a class, a probability, a score; as (m,) or (m, 1).

    >>> import matplotlib; matplotlib.use("Agg")
    >>> ax = decision_function(lambda X: X[:, 0] > 0, [[-1.0, 0.0], [1.0, 0.0]], [0, 1], steps=4)
    >>> np.asarray(ax.collections[0].get_array(), int)
    array([[0, 0, 1, 1],
           [0, 0, 1, 1],
           [0, 0, 1, 1],
           [0, 0, 1, 1]])
    """
    X, y = np.asarray(X, float), np.asarray(y).ravel()
    xs, ys, points = grid(X, steps)
    if len(y) != len(X):
        raise ValueError(f"decision_function: there are {len(X)} points but {len(y)} labels")
    values = _values(f, points)
    if values.size != len(points):
        raise ValueError(
            f"decision_function: f gave {values.shape} for points {points.shape}, but must give "
            f"one number a row; of several scores take one, or their argmax(axis=1)"
        )
    ax = _axes("decision_function", ax)
    colours = ax.pcolormesh(xs, ys, values.reshape(steps, steps), cmap="viridis", shading="nearest")
    ax.figure.colorbar(colours, ax=ax)
    for k, label in enumerate(np.unique(y)):
        ax.scatter(*X[y == label].T, marker="osD^v"[k % 5], edgecolors="white", label=str(label))
    ax.legend(title="class")
    ax.set(xlabel="$x_0$", ylabel="$x_1$", title=title)
    return ax


def heat_map(
    values: ArrayLike,
    rows: Sequence[Any],
    columns: Sequence[Any],
    *,
    row_label: str = r"$\eta$",
    column_label: str = r"$\lambda$",
    title: str = "",
    ax: Axes | None = None,
) -> Axes:
    """A table of scores (rows, columns) as colours with the numbers written in; nan stays empty.

    >>> import matplotlib; matplotlib.use("Agg")
    >>> ax = heat_map([[0.5, 1.0]], rows=[0.1], columns=[1e-3, 1e-2], title="accuracy")
    >>> [text.get_text() for text in ax.texts]
    ['0.500', '1.000']
    """
    table = np.asarray(values, float)
    if table.shape != (len(rows), len(columns)):
        raise ValueError(
            f"heat_map: the values are {table.shape}, but there are {len(rows)} rows and "
            f"{len(columns)} columns"
        )
    ax = _axes("heat_map", ax)
    finite = table[np.isfinite(table)]
    middle = (finite.min() + finite.max()) / 2 if finite.size else 0.0
    image = ax.imshow(table, cmap="viridis", aspect="auto")
    ax.figure.colorbar(image, ax=ax)
    for (i, j), value in np.ndenumerate(table):
        colour = "black" if not value < middle else "white"
        ax.text(j, i, f"{value:.3f}", ha="center", va="center", color=colour)
    ax.set_xticks(range(len(columns)), [_short(c) for c in columns])
    ax.set_yticks(range(len(rows)), [_short(r) for r in rows])
    ax.set(xlabel=column_label, ylabel=row_label, title=title)
    return ax


def functions(
    fs: Mapping[str, Callable[[Any], Any]],
    z: ArrayLike,
    *,
    derivatives: bool = False,
    ax: Axes | None = None,
) -> Axes:
    """Functions of one number by name, over the points z: activations, or losses of a score.

    With `derivatives` the engine's derivative of each is drawn as well, dashed.

    >>> import matplotlib; matplotlib.use("Agg")
    >>> ax = functions({"relu": ag.relu}, [-1.0, 2.0], derivatives=True)
    >>> [line.get_ydata().tolist() for line in ax.lines]
    [[0.0, 2.0], [0.0, 1.0]]
    """
    if not fs:
        raise ValueError("functions: there is no function to draw")
    z = np.asarray(z, float)
    ax = _axes("functions", ax)
    for name, f in fs.items():
        (line,) = ax.plot(z, _values(f, z), label=name)
        if derivatives:
            slope = ag.vjp(f, z)[1](np.ones_like(z))
            ax.plot(z, slope, "--", color=line.get_color(), label=f"derivative of {name}")
    ax.legend()
    ax.set(xlabel="z")
    return ax


CORNERS = np.array([[0.0, 0.0], [1.0, 0.0], [0.5, sqrt(3) / 2]])
"""Where `simplex` draws the three corners."""


def simplex(
    loss: Callable[[Array], Any], *, steps: int = 60, title: str = "", ax: Axes | None = None
) -> Axes:
    """A function of three probabilities p (n, 3), as colours on the triangle where they sum to 1.

    Corner k of the triangle is where p_k = 1, its midpoint where all are 1/3. (On the sides
    p is 1e-3 / steps rather than 0, so that logarithms are finite.)

    >>> import matplotlib; matplotlib.use("Agg")
    >>> ax = simplex(lambda p: -np.log(p[:, 0]), steps=4)
    >>> len(ax.collections[0].get_array())  # one value at each of (steps + 1)(steps + 2) / 2 points
    15
    """
    steps = count("simplex: steps", steps)
    counts = [(i, j, steps - i - j) for i in range(steps + 1) for j in range(steps + 1 - i)]
    exact = np.array(counts) / steps
    p = np.maximum(exact, 1e-3 / steps)
    p /= p.sum(axis=1, keepdims=True)
    values = _values(loss, p).ravel()
    if len(values) != len(p):
        raise ValueError(
            f"simplex: the function gave {len(values)} values for p of shape {p.shape}"
        )
    ax = _axes("simplex", ax)
    x, y = (exact @ CORNERS).T
    colours = ax.tripcolor(x, y, values, cmap="viridis", shading="gouraud")
    ax.figure.colorbar(colours, ax=ax)
    for k, corner in enumerate(CORNERS):
        offset = (0, 6 if k == 2 else -14)
        ax.annotate(f"$p_{k} = 1$", corner, offset, textcoords="offset points", ha="center")
    ax.set_aspect("equal")
    ax.set_axis_off()
    ax.set_title(title, pad=18)
    return ax


def descent(
    f: Callable[[Any], Any], path: ArrayLike, *, steps: int = 100, ax: Axes | None = None
) -> Axes:
    """The path (n, 2) of a descent over the contour lines of f, a function of an array (2, ...).

    >>> import matplotlib; matplotlib.use("Agg")
    >>> ax = descent(lambda p: p[0] ** 2 + p[1] ** 2, [[1.0, 1.0], [0.5, 0.5], [0.0, 0.0]])
    >>> ax.lines[0].get_xdata()
    array([1. , 0.5, 0. ])
    """
    path = np.asarray(path, float)
    xs, ys, points = grid(path, steps, margin=0.5)
    ax = _axes("descent", ax)
    heights = _values(f, points.T.reshape(2, steps, steps))
    lines = ax.contour(xs, ys, heights, 20, cmap="viridis")
    ax.figure.colorbar(lines, ax=ax)
    ax.plot(*path.T, "o-", color="tab:red", markersize=3)
    ax.set(xlabel="x", ylabel="y")
    return ax


def by_layer(
    figures: Mapping[str, Sequence[float]], *, title: str = "", ax: Axes | None = None
) -> Axes:
    """Positive figures of the layers 1, 2, ... by name, on a logarithmic axis.

    For norms of gradients and spreads of activations: straight lines are exponential fading or
    growth.

    >>> import matplotlib; matplotlib.use("Agg")
    >>> by_layer({"sigmoid": [0.01, 0.1, 1.0]}).get_yscale()
    'log'
    """
    if not figures:
        raise ValueError("by_layer: there are no figures to draw")
    ax = _axes("by_layer", ax)
    for name, figure in figures.items():
        ax.semilogy(np.arange(1, len(figure) + 1), np.asarray(figure, float), "o-", label=name)
    ax.legend()
    ax.set(xlabel="layer", title=title)
    return ax


def _values(f: Callable[[Any], Any], points: Array) -> Array:
    """The values of a function that may give a node."""
    with ag.no_grad():
        return np.asarray(plain(f(points)), float)


def _axes(name: str, ax: Axes | None) -> Axes:
    """The axes to draw into: a new figure's if there are none."""
    if ax is not None:
        return ax
    with needs("matplotlib", f"nn.plots.{name}"):
        from matplotlib import pyplot
    return pyplot.subplots()[1]


def _short(label: Any) -> str:
    return f"{label:.3g}" if isinstance(label, int | float | np.number) else str(label)
