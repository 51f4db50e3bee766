"""Charts: every number at its place, and what can't be drawn left out."""

import numpy as np
import pytest

from nn.report import charts, frame
from nn.report.regions import regions
from tests.nn.report.parsed import SVG, numbers, of_class, svg


def lines(chart):
    return [curve.findall("{*}path")[0].get("d") for curve in of_class(chart, "g", "curve")]


def test_a_curve_for_each_name_and_a_legend():
    chart = svg(charts.curves("Loss", {"a": [4.0, 2.0, 0.0], "b": [1.0, 1.0, 1.0]}, y_label="loss"))
    texts = ["".join(text.itertext()) for text in chart.iter(SVG + "text")]
    assert {"a", "b", "loss", "epoch", "1", "2", "3", "0", "4"} <= set(texts)
    drawn = [numbers(d) for d in lines(chart)[2:]]  # after the two of the legend
    assert [len(points) for points in drawn] == [3, 3]
    (x1, y1), (x2, y2), (x3, y3) = drawn[0]
    assert x2 - x1 == pytest.approx(x3 - x2, abs=0.11)
    assert y2 - y1 == pytest.approx(y3 - y2, abs=0.11)
    assert y1 < y2  # downwards in the image
    assert len({y for _, y in drawn[1]}) == 1
    assert "a from 4 to 0; b from 1 to 1" in chart.get("aria-label")
    classes = [curve.get("class") for curve in of_class(chart, "g", "curve")[2:]]
    assert len(set(classes)) == 2


def test_curves_are_broken_where_a_number_can_not_be_drawn():
    (line,) = lines(svg(charts.curves("L", {"a": [1.0, np.nan, 2.0, 3.0, np.inf]})))
    assert (line.count("M"), line.count("L")) == (2, 1)
    (line,) = lines(svg(charts.curves("L", {"a": [1.0, 0.0, 10.0]}, log=True)))
    assert (line.count("M"), line.count("L")) == (2, 0)


@pytest.mark.parametrize("log", [False, True])
def test_one_epoch_is_a_mark(log):
    chart = svg(charts.curves("Loss", {"a": [0.5]}, log=log))
    assert len(of_class(chart, "g", "curve")[0].findall("{*}circle")) == 1
    assert "in 1 epoch:" in chart.get("aria-label")


def test_long_curves_have_no_marks():
    chart = svg(charts.curves("Loss", {"a": np.linspace(1, 0, charts.FEW + 1).tolist()}))
    assert not list(chart.iter(SVG + "circle"))


def test_points_and_the_line_they_should_be_on():
    chart = svg(charts.points("P", [0.0, 10.0], [10.0, 0.0], "true", "predicted", diagonal=True))
    (rule,), (marks,) = of_class(chart, "path", "rule"), of_class(chart, "path", "points")
    (left, bottom), (right, top) = numbers(rule.get("d"))
    assert numbers(marks.get("d").replace("h0", "")) == [(left, top), (right, bottom)]
    residuals = svg(charts.points("R", [1.0, 2.0], [3.0, 4.0], "predicted", "residual"))
    (start, end) = numbers(of_class(residuals, "path", "rule")[0].get("d"))
    assert start[1] == end[1]
    marks = numbers(of_class(residuals, "path", "points")[0].get("d").replace("h0", ""))
    assert all(y < start[1] for _, y in marks)  # residuals above 0 are above the line


def plane(classes, steps=40):
    """Classes that meet in the origin, each with the points nearest to its direction."""
    xs = ys = np.linspace(-1, 1, steps)
    angles = 2 * np.pi * np.arange(classes) / classes
    scores = 5 * (np.cos(angles) * xs[None, :, None] + np.sin(angles) * ys[:, None, None])
    p = np.exp(scores)
    observations = 0.5 * np.stack([np.cos(angles), np.sin(angles)], axis=1)
    return xs, ys, p / p.sum(axis=2, keepdims=True), observations


def test_the_boundary_is_where_the_classes_are_equally_probable():
    xs, ys, p, points = plane(2)
    y = np.array([0, 1])
    chart = svg(regions("D", xs, ys, p, points, y, y, ["right", "left"], "a", "b"))
    ends = numbers(of_class(chart, "path", "boundary")[0].get("d"))
    frame_ = of_class(chart, "path", "frame")[0].get("d")
    left, right = float(frame_.split("M")[-1].split()[0]), float(frame_.split("H")[-1])
    for x, _ in ends:  # the line x = 0
        assert x == pytest.approx((left + right) / 2, abs=0.11)
    assert len(ends) == 2 * (len(ys) - 1)
    assert not of_class(chart, "circle", "ring")


def test_three_classes_meet_in_a_point_and_wrong_ones_have_a_ring():
    xs, ys, p, points = plane(3)
    chart = svg(regions("D", xs, ys, p, points, np.arange(3), np.array([0, 1, 1]), "uvw", "a", "b"))
    titles = [title.text for title in chart.iter(SVG + "title")]
    assert titles == ["u", "v", "w, taken for v"]
    assert len(of_class(chart, "circle", "ring")) == 1
    kinds = {region.get("class") for region in of_class(chart, "path", "region")}
    assert kinds == {"region c0", "region c1", "region c2"}
    marks = of_class(chart, "path", "mark")
    assert len(marks) == 3 + 3  # with those of the legend
    assert len({mark.get("d") for mark in marks}) == 3


def test_marks_of_36_classes_differ():
    xs, ys, p, points = plane(36)
    y = np.arange(36)
    names = [f"class {k}" for k in range(36)]
    chart = svg(regions("D", xs, ys, p, points, y, y, names, "a", "b"))
    marks = {(mark.get("class"), mark.get("d")) for mark in of_class(chart, "path", "mark")}
    assert len(marks) == 36
    assert float(chart.get("height")) > frame.HEIGHT + 100  # the legend has room


def test_names_are_shown_as_text():
    name = "<b>\"'&\x00" + "x" * 1000
    chart = svg(charts.curves(name, {name: [1.0, 2.0], "b": [1.0, 2.0]}, y_label=name))
    assert chart.get("aria-label").startswith("<b>\"'&\N{REPLACEMENT CHARACTER}x")
    assert all(len("".join(text.itertext())) < 100 for text in chart.iter(SVG + "text"))
