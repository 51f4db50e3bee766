"""Both layouts, on random graphs: every box has a place, none overlap, edges run downward."""

import shutil
from itertools import combinations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from autograd_core.draw import dot
from autograd_core.draw.geometry import Problem, outlines, overlap, rectangle
from autograd_core.draw.layers import Layers, latest_layers
from autograd_core.draw.layout import lay_out

ENGINES = [
    pytest.param(
        "dot",
        marks=pytest.mark.skipif(
            shutil.which("dot") is None, reason="Graphviz's program `dot` is not installed"
        ),
    ),
    "layered",
]


@st.composite
def problems(draw, grouped=False):
    """Boxes of any size, and edges from earlier to later ones, some of them twice."""
    n = draw(st.integers(1, 14))
    side = st.floats(5, 120)
    sizes = draw(st.lists(st.tuples(side, side), min_size=n, max_size=n))
    pairs = list(combinations(range(n), 2))
    edges = draw(st.lists(st.sampled_from(pairs), max_size=24)) if pairs else []
    if not grouped:
        return Problem(sizes, edges)
    # Consecutive boxes: an edge that leaves such a group does not come back.
    cuts = sorted(draw(st.lists(st.integers(0, n), min_size=3, max_size=3)))
    group_of = [None if i < cuts[0] or i >= cuts[2] else int(i >= cuts[1]) for i in range(n)]
    parents = [None, draw(st.sampled_from([None, 0]))]
    return Problem(sizes, edges, group_of, parents)


def boxes_of(problem, placement):
    assert len(placement.centres) == len(problem.sizes)
    return [rectangle(*pair) for pair in zip(placement.centres, problem.sizes, strict=True)]


def assert_readable(problem, placement):
    boxes = boxes_of(problem, placement)
    for a, b in combinations(boxes, 2):
        assert not overlap(a, b)
    for x, y, w, h in boxes:
        assert x >= -0.1
        assert y >= -0.1
        assert x + w <= placement.width + 0.1
        assert y + h <= placement.height + 0.1
    assert len(placement.curves) == len(problem.edges)
    for (source, target), curve in zip(problem.edges, placement.curves, strict=True):
        above, below = boxes[source], boxes[target]
        assert above[1] + above[3] < below[1] + 0.1
        assert len(curve) % 3 == 1
        assert curve[0][1] < curve[-1][1]
        for point, box in ((curve[0], above), (curve[-1], below)):
            assert box[0] - 2 <= point[0] <= box[0] + box[2] + 2  # dot rounds to 1/100 inch
            assert box[1] - 2 <= point[1] <= box[1] + box[3] + 2


@pytest.mark.parametrize("engine", ENGINES)
@given(problem=problems())
def test_boxes_do_not_overlap_and_edges_run_downward(engine, problem):
    assert_readable(problem, lay_out(problem, "TB", engine))


@given(problem=problems())
def test_edges_of_our_layout_cross_no_box(problem):
    placement = lay_out(problem, "TB", "layered")
    boxes = boxes_of(problem, placement)
    for edge, curve in zip(problem.edges, placement.curves, strict=True):
        for start in range(0, len(curve) - 1, 3):
            a, b, c, d = curve[start : start + 4]
            for t in (i / 8 for i in range(9)):
                x, y = (
                    (1 - t) ** 3 * a[i]
                    + 3 * (1 - t) ** 2 * t * b[i]
                    + 3 * (1 - t) * t**2 * c[i]
                    + t**3 * d[i]
                    for i in (0, 1)
                )
                for i, (left, top, w, h) in enumerate(boxes):
                    inside = left + 0.1 < x < left + w - 0.1 and top + 0.1 < y < top + h - 0.1
                    assert i in edge or not inside


@pytest.mark.parametrize("engine", ENGINES)
@given(problem=problems(grouped=True))
def test_groups_have_outlines_of_their_own(engine, problem):
    placement = lay_out(problem, "TB", engine)
    assert_readable(problem, placement)
    boxes = boxes_of(problem, placement)
    inside = {g: {i for i in range(len(boxes)) if g in problem.groups_around(i)} for g in range(2)}
    found = dict(placement.outlines)
    assert len(found) == len(placement.outlines)
    if engine == "layered":
        assert set(found) == {g for g in inside if inside[g]}
    for group, outline in found.items():
        for i, box in enumerate(boxes):
            assert overlap(outline, box) == (i in inside[group])
    if len(found) == 2 and problem.parents[1] is None and engine == "layered":
        assert not overlap(found[0], found[1])


@pytest.mark.parametrize("engine", ENGINES)
def test_from_left_to_right(engine):
    problem = Problem([(40, 20), (60, 30)], [(0, 1)])
    placement = lay_out(problem, "LR", engine)
    left, right = boxes_of(problem, placement)
    assert left[0] + left[2] < right[0]
    assert not overlap(left, right)
    back = lay_out(problem, "RL", engine)
    left, right = boxes_of(problem, back)
    assert right[0] + right[2] < left[0]


def test_boxes_stand_as_late_as_possible():
    #  0 -> 1 -> 2 -> 4, and 3 -> 4
    assert latest_layers(5, [(0, 1), (1, 2), (2, 4), (3, 4)]) == [0, 1, 2, 2, 3]
    with pytest.raises(ValueError, match="circle"):
        latest_layers(2, [(0, 1), (1, 0)])


def test_order_without_crossings_is_found():
    # Two chains whose ends were given the other way round.
    layers = Layers([10.0] * 6, [(0, 3, 0, 1), (1, 2, 0, 1), (3, 5, 0, 1), (2, 4, 0, 1)], 10.0)
    layers.order()
    assert layers._crossings() == 0
    x = layers.across()
    assert x[0] == x[3] == x[5]
    assert x[1] == x[2] == x[4]


def test_group_that_a_path_leaves_and_enters_again_has_no_outline():
    # 0 -> 1 -> 2, of which 0 and 2 are a group: it can't be one box.
    problem = Problem([(30, 20)] * 3, [(0, 1), (1, 2)], [0, None, 0], [None])
    placement = lay_out(problem, "TB", "layered")
    assert_readable(problem, placement)
    assert not placement.outlines
    assert not outlines(problem, [(0, 0), (0, 50), (0, 100)])


def test_long_edges_of_a_large_graph_go_straight():
    # Every box is used by the last: a point for each layer would be 80,000 points.
    n = 400
    edges = [(i, i + 1) for i in range(n - 1)] + [(i, n - 1) for i in range(n - 2)]
    problem = Problem([(30, 20)] * n, edges)
    assert_readable(problem, lay_out(problem, "TB", "layered"))


def test_dot_that_is_missing_or_fails_is_replaced(monkeypatch, tmp_path):
    problem = Problem([(30, 20)] * 2, [(0, 1)])
    monkeypatch.setenv("PATH", str(tmp_path))
    assert lay_out(problem).engine == "layered"
    with pytest.raises(dot.DotError, match="not installed"):
        lay_out(problem, engine="dot")
    program = tmp_path / "dot"
    program.write_text("#!/bin/sh\necho trouble >&2\nexit 3\n")
    program.chmod(0o755)
    assert lay_out(problem).engine == "layered"
    with pytest.raises(dot.DotError, match="failed: trouble"):
        lay_out(problem, engine="dot")
    program.write_text("#!/bin/sh\nwhile :; do :; done\n")
    monkeypatch.setattr(dot, "SECONDS", 0.2)
    assert lay_out(problem).engine == "layered"
    with pytest.raises(dot.DotError, match="took more than"):
        lay_out(problem, engine="dot")
