"""What a search found, as pictures, also where every training diverged."""

import numpy as np
import pytest
from numpy.testing import assert_allclose

from nn.search import GridSearch


def test_heat_maps_show_the_numbers():
    plt = pytest.importorskip("matplotlib.pyplot", reason="matplotlib is an extra")
    plt.switch_backend("Agg")
    train = np.array([[0.9, 1.0, 0.95], [0.92, np.nan, 0.97]])
    test = np.array([[0.1, 0.7, 0.5], [0.8, np.nan, 0.2]])
    result = GridSearch((1e-5, 0.5), (1e-5, 1.0, 10.0), train, test, np.empty((2, 3), object), {})
    figure = result.heat_maps()
    figure.canvas.draw()
    left, right = figure.axes[:2]
    for ax, scores in ((left, train), (right, test)):
        assert [text.get_text() for text in ax.texts] == [f"{x:.3f}" for x in scores.ravel()]
        image = ax.images[0]
        assert image.get_clim() == (0.1, 1.0)  # one scale for both
        assert image.get_cmap().name == "viridis"
        assert_allclose(np.ma.filled(image.get_array(), np.nan), scores)
        # White numbers on dark cells, black ones on light cells and on those without colour.
        dark = [x < 0.55 for x in scores.ravel()]
        assert [text.get_color() == "white" for text in ax.texts] == dark
        assert [t.get_text() for t in ax.get_xticklabels()] == ["$10^{-5}$", "$10^{0}$", "$10^{1}$"]
    assert [text.get_text() for text in left.get_yticklabels()] == ["$10^{-5}$", "0.5"]
    assert left.get_ylabel() == r"learning rate $\eta$"
    assert right.get_xlabel() == r"L2 penalty $\lambda$"
    assert (left.get_title(), right.get_title()) == ("Training accuracy", "Test accuracy")
    frame = right.patches[0]
    assert (round(frame.get_x() + frame.get_width() / 2), round(frame.get_y() + 0.44)) == (0, 1)
    plt.close(figure)


def test_heat_maps_of_nothing_but_divergence():
    plt = pytest.importorskip("matplotlib.pyplot", reason="matplotlib is an extra")
    plt.switch_backend("Agg")
    nan = np.full((1, 1), np.nan)
    result = GridSearch(
        (1.0,), (0.0,), nan, nan, np.empty((1, 1), object), {(0, 0): "it became inf"}
    )
    figure = result.heat_maps()
    figure.canvas.draw()
    assert [text.get_text() for text in figure.axes[1].texts] == ["nan"]
    plt.close(figure)
    with pytest.raises(ValueError, match=r"every training diverged.*it became inf"):
        _ = result.best
