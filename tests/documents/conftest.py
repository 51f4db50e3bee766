"""The fixture for pictures."""

import pytest


@pytest.fixture
def pyplot():
    """matplotlib's pyplot, drawing into memory, with all figures closed after the test."""
    matplotlib = pytest.importorskip("matplotlib", reason="pictures need the extra matplotlib")
    matplotlib.use("Agg")
    from matplotlib import pyplot

    yield pyplot
    pyplot.close("all")
