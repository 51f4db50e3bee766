"""The pictures, by what is in them."""

import numpy as np
import pytest

import autograd_core as ag
from nn import plots
from nn.training import History

matplotlib = pytest.importorskip("matplotlib", reason="pictures need the extra matplotlib")


@pytest.fixture(autouse=True)
def pyplot():
    matplotlib.use("Agg")
    from matplotlib import pyplot

    yield pyplot
    pyplot.close("all")


def test_a_picture_is_drawn_where_it_is_asked_for(pyplot, tmp_path):
    figure, ax = pyplot.subplots()
    assert plots.loss_curve([3.0, 2.0], ax=ax, title="lr = 0.1") is ax
    assert ax.get_title() == "lr = 0.1"
    figure.savefig(tmp_path / "loss.png")
    assert (tmp_path / "loss.png").read_bytes().startswith(b"\x89PNG")
    assert plots.loss_curve([3.0]).figure is not figure


def test_loss_curve_takes_a_history():
    history = History(loss=[3.0, 2.0], val_loss=[4.0, 5.0], accuracy=[0.5, 0.6], lr=[0.1, 0.1])
    lines = {
        line.get_label(): line.get_ydata().tolist() for line in plots.loss_curve(history).lines
    }
    assert lines == {"loss": [3.0, 2.0], "val_loss": [4.0, 5.0]}
    with pytest.raises(ValueError, match="no entry with 'loss'"):
        plots.loss_curve({"accuracy": [1.0]})


def test_grid_goes_around_the_points():
    xs, ys, points = plots.grid([[0.0, 5.0], [10.0, 5.0]], steps=11, margin=0.1)
    assert (xs[0], xs[-1], ys[0], ys[-1]) == pytest.approx((-1, 11, 4.9, 5.1))
    assert points[12].tolist() == [xs[1], ys[1]]
    with pytest.raises(ValueError, match=r"\(2,\), but must be \(n, 2\)"):
        plots.grid([0.0, 1.0])


def test_decision_function():
    X, y = np.array([[-1.0, -1.0], [1.0, 1.0], [1.0, -1.0]]), np.array([0, 1, 1])
    ax = plots.decision_function(lambda X: X[:, [0]], X, y, steps=5)
    mesh, *classes = ax.collections
    np.testing.assert_allclose(mesh.get_array(), np.tile(np.linspace(-1.2, 1.2, 5), (5, 1)))
    assert [c.get_offsets().tolist() for c in classes] == [X[:1].tolist(), X[1:].tolist()]
    with pytest.raises(ValueError, match=r"f gave \(25, 2\)"):
        plots.decision_function(lambda X: X, X, y, steps=5)
    with pytest.raises(ValueError, match="3 points but 2 labels"):
        plots.decision_function(lambda X: X[:, 0], X, y[:2])


def test_heat_map_shows_numbers_and_leaves_nan_empty():
    ax = plots.heat_map([[0.25, np.nan], [0.5, 1.0]], rows=[1e-5, 10], columns=["a", 1 / 3])
    assert [t.get_text() for t in ax.texts] == ["0.250", "nan", "0.500", "1.000"]
    assert ax.images[0].get_cmap().name == "viridis"
    assert [t.get_text() for t in ax.get_xticklabels()] == ["a", "0.333"]
    assert [t.get_text() for t in ax.get_yticklabels()] == ["1e-05", "10"]
    assert (ax.get_ylabel(), ax.get_xlabel()) == (r"$\eta$", r"$\lambda$")
    plots.heat_map([[np.nan]], rows=[1], columns=[1])
    with pytest.raises(ValueError, match=r"values are \(1, 2\), but there are 2 rows"):
        plots.heat_map([[1.0, 2.0]], rows=[1, 2], columns=[1, 2])


def test_functions_with_derivatives():
    z = np.linspace(-2, 2, 9)
    value, derivative = plots.functions({"square": ag.square}, z, derivatives=True).lines
    assert value.get_ydata().tolist() == (z**2).tolist()
    assert derivative.get_ydata().tolist() == (2 * z).tolist()
    assert len(plots.functions({"a": ag.tanh, "b": ag.sigmoid}, z).lines) == 2


def test_simplex_is_symmetric_and_finite_at_its_corners():
    (mesh,) = plots.simplex(lambda p: -np.log(p).sum(axis=1), steps=6).collections
    values = mesh.get_array()
    assert len(values) == 28
    assert np.isfinite(values).all()
    assert values.min() == pytest.approx(3 * np.log(3))  # in the middle
    assert np.isclose(values, values.max()).sum() == 3  # at the corners
    with pytest.raises(ValueError, match="gave 1 values"):
        plots.simplex(lambda p: 1.0)


def test_descent_and_layers():
    path = np.array([[2.0, 1.0], [1.0, 0.5], [0.0, 0.0]])
    ax = plots.descent(lambda p: p[0] ** 2 + p[1] ** 2, path)
    assert np.array_equal(np.transpose(ax.lines[0].get_data()), path)
    ax = plots.by_layer({"tanh": [1e-3, 1.0]}, title="gradients")
    assert ax.lines[0].get_xdata().tolist() == [1, 2]
    assert (ax.get_yscale(), ax.get_title()) == ("log", "gradients")


@pytest.mark.parametrize(
    ("draw", "words"),
    [
        (lambda: plots.grid([[0.0, 1.0]], steps=0), "grid: steps must be a whole number"),
        (lambda: plots.grid([[0.0, np.nan]]), "coordinates that are nan or infinite"),
        (lambda: plots.simplex(lambda p: p[:, 0], steps=0), "simplex: steps must be a whole"),
        (lambda: plots.functions({}, [0.0]), "no function to draw"),
        (lambda: plots.by_layer({}), "no figures to draw"),
    ],
)
def test_what_can_not_be_drawn(draw, words):
    with pytest.raises(ValueError, match=words):
        draw()
