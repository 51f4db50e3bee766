"""The page: what it shows is what the training gave, and no name can break it."""

import re
import sys
from dataclasses import replace

import numpy as np
import pytest

from nn import data, report
from nn.metrics import confusion_matrix
from nn.report import batch, tables
from nn.report.outcome import feature_names
from tests.nn.report.conftest import HOSTILE, train
from tests.nn.report.parsed import Page

ALWAYS = ["Results", "Settings", "Network", "Loss by epoch", "Gradients by layer"]


def test_a_classification_of_images(digits):
    page = Page(report.page(digits, "d-walkthrough.html"))
    assert page.headings == [
        *ALWAYS[:4], "Accuracy by epoch", ALWAYS[4], "Confusion matrix",
        "The hardest test observations",
    ]  # fmt: skip
    text = " ".join(page.text)
    assert f"test accuracy {digits.figures['accuracy']:.4f}" in text
    assert {"href": "d-walkthrough.html"} in page.of("a")
    counts = confusion_matrix(digits.labels, digits.answers, 10)
    shown = [row[1:] for row in page.rows[1:11]]
    assert shown == [[str(n) for n in row] for row in counts]
    images = [svg for svg in page.of("svg") if svg["class"] == "pixels"]
    assert len(images) == tables.WORST
    assert page.of("script") == []
    # A row an epoch, with the last digits that the charts can't tell.
    epochs = page.rows[-4:]
    assert [row[0] for row in epochs] == ["1", "2", "3", "4"]
    column = page.rows[-5].index("loss")
    assert [float(row[column]) for row in epochs] == pytest.approx(digits.history["loss"], rel=1e-3)


def test_the_worst_are_those_whose_class_was_least_probable(digits):
    p = digits.answers[np.arange(len(digits.labels)), digits.labels]
    shown = re.findall(r"<p>p\((\d)\) = ([\d.]+)", tables.worst(digits))
    assert [float(chance) for _, chance in shown] == pytest.approx(
        np.sort(p)[: tables.WORST], abs=5e-4
    )
    assert [int(k) for k, _ in shown] == digits.labels[np.argsort(p)[: tables.WORST]].tolist()


def test_two_features_have_a_decision_boundary(moons):
    html = report.page(moons)
    page = Page(html)
    assert "Decision boundary" in page.headings
    wrong = int((moons.predicted != moons.labels).sum())
    assert html.count('class="ring"') == wrong
    assert f"{wrong} of 100 test observations" in " ".join(page.text)
    assert page.of("a") == []
    assert html.count('class="mark') == 100 + 2


def test_a_regression(houses):
    page = Page(report.page(houses))
    assert page.headings == [
        *ALWAYS, "Predictions", "Residuals", "The hardest test observations",
    ]  # fmt: skip
    head = page.rows[0]
    assert head == ["row", "true", "predicted", "residual", "area", "town=Rom", "town=Ulm"]
    residuals = np.abs(houses.labels - houses.predicted)
    rows = page.rows[1 : 1 + min(tables.WORST, len(residuals))]
    assert [int(row[0]) - 1 for row in rows] == np.argsort(-residuals, kind="stable")[:12].tolist()
    for row in rows:
        true, predicted, residual, area, rome, ulm = (
            float(cell.replace("−", "-")) for cell in row[1:]
        )
        assert true - predicted == pytest.approx(residual, abs=0.2)
        assert true == pytest.approx(2 * area + 80 * rome, abs=0.2)
        assert (rome, ulm) in ((0, 1), (1, 0))


def test_any_name_is_shown_as_text(hostile):
    split = replace(hostile.split, name="</title><script>x</script>$name")
    html = report.page(replace(hostile, split=split), '"><script>.html')
    page = Page(html)
    assert page.of("script") == page.of("b") == page.of("alert") == []
    assert {"href": '"><script>.html'} in page.of("a")
    text = "".join(page.text)
    for name in (*HOSTILE[:2], split.name, "x<b>", "y$name"):
        assert name in text
    assert "\x00" not in html


def test_nothing_is_loaded_and_every_image_has_a_text(digits, moons, houses):
    for outcome in (digits, moons, houses):
        html = report.page(outcome)
        page = Page(html)
        policy = next(m["content"] for m in page.of("meta") if "http-equiv" in m)
        assert policy.startswith("default-src 'none'; style-src 'unsafe-inline'; img-src data:;")
        assert "url(" not in html
        assert re.findall(r'(?:src|href)="([^"]*)"', html) == ["data:,"]
        for image in page.of("svg"):
            assert image["role"] == "img"
            assert image.get("aria-label") or "network" in image["class"]
        assert len(html) < 400_000


@pytest.mark.parametrize(("layers", "epochs", "validation"), [((), 1, 0.0), ((3,) * 6, 2, 0.9)])
def test_small_and_deep_networks(layers, epochs, validation):
    outcome = train(data.load("moons", dtype=np.float32), layers, epochs, validation)
    page = Page(report.page(outcome))
    assert ("Accuracy by epoch" in page.headings) == (validation > 0)
    assert [row[0] for row in page.rows[-epochs:]] == [str(k + 1) for k in range(epochs)]
    gradients = [head for head in page.rows[-epochs - 1] if head.startswith("gradient of ")]
    assert len(gradients) == len(layers) + 1
    assert gradients[-1] == "gradient of output"


def test_very_few_observations(tmp_path):
    (tmp_path / "two.csv").write_text("a,kind\n1,x\n2,y\n")
    split = data.load_csv(tmp_path / "two.csv", "kind", dtype=np.float32)
    page = Page(report.page(train(split, validation=0.0)))
    assert page.rows[0][1:] == ["x", "y"]
    (tmp_path / "four.csv").write_text("a,t\n1,1.5\n2,2.5\n3,3.5\n4,4.5\n")
    split = data.load_csv(tmp_path / "four.csv", "t", dtype=np.float32)
    assert "Residuals" in Page(report.page(train(split, validation=0.0))).headings


def test_of_many_classes_the_most_frequent_confusions_are_listed(moons):
    names = tuple(f"c{k}" for k in range(tables.MOST_CLASSES + 1))
    labels = np.repeat([0, 5], [3, 4])
    answers = np.zeros((7, len(names)))
    answers[:, 0] = 1.0
    split = replace(moons.split, classes=names, y_test=labels, X_test=moons.split.X_test[:7])
    page = Page(tables.confusion(replace(moons, split=split, answers=answers)))
    assert page.rows == [["true", "predicted", "observations"], ["c5", "c0", "4"]]
    right = replace(split, y_test=np.zeros(7, int))
    assert "All 7 observations are classified right." in tables.confusion(
        replace(moons, split=right, answers=answers)
    )


def test_of_very_much_some_is_shown(moons, monkeypatch):
    monkeypatch.setattr(sys.modules["nn.report.page"], "MOST_POINTS", 10)
    monkeypatch.setattr(tables, "MOST_EPOCHS", 3)
    html = report.page(moons)
    assert html.count('class="mark') == 10 + 2
    assert "10 of 100 test observations" in html
    assert [row[0] for row in Page(html).rows[-3:]] == ["1", "15", "30"]


def test_features_are_named(houses, digits, moons):
    assert feature_names(houses.split) == ["area", "town=Rom", "town=Ulm"]
    assert feature_names(moons.split) == ["x0", "x1"]
    cancer = data.load("cancer")
    assert len(feature_names(cancer)) == cancer.n_features
    assert feature_names(cancer)[-1] == "worst fractal dimension"
    assert tables.image_size(digits.split) == (8, 8)
    # A CSV file that happens to be called so has no images.
    assert tables.image_size(replace(houses.split, name="digits")) is None


def test_images_are_drawn_pixel_by_pixel(digits):
    p = digits.answers[np.arange(len(digits.labels)), digits.labels]
    pixels = digits.split.X_test[p.argmin()].reshape(8, 8)
    first = tables.worst(digits).partition("</svg>")[0]
    drawn = {
        (int(y), int(x)): float(shade)
        for x, y, shade in re.findall(r'x="(\d)" y="(\d)"[^>]*opacity="([\d.]+)"', first)
    }
    expected = {(i, j): v / pixels.max() for (i, j), v in np.ndenumerate(pixels) if v > 0}
    assert drawn == pytest.approx(expected, abs=0.006)


def test_the_step_through_page_is_written_beside(digits, houses, tmp_path):
    for outcome in (digits, houses):
        weights = outcome.model.state_dict()
        report.write(outcome, tmp_path / "report.html")
        assert sorted(p.name for p in tmp_path.iterdir()) == [
            "report-walkthrough.html", "report.html",
        ]  # fmt: skip
        link = Page((tmp_path / "report.html").read_text(encoding="utf-8")).of("a")
        assert link == [{"href": "report-walkthrough.html"}]
        html = (tmp_path / "report-walkthrough.html").read_text(encoding="utf-8")
        assert "0.weight" in html
        assert len(html) < 1_000_000
        for path, value in outcome.model.state_dict().items():
            assert value.dtype == np.float32
            np.testing.assert_array_equal(value, weights[path])


def test_large_networks_have_a_small_step_through_page(tmp_path):
    outcome = train(data.load("digits", dtype=np.float32), (1000, 500), epochs=1)
    batch.walk(outcome, tmp_path / "w.html")
    assert (tmp_path / "w.html").stat().st_size < 1_000_000
    assert len(report.page(outcome)) < 400_000
