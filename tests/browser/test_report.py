"""The report of a training in a browser."""

import pytest

from nn import cli

pytest.importorskip("playwright", reason="Playwright is not installed")

DATA = ["digits", "moons", "cancer", "prices.csv"]


@pytest.fixture(scope="module")
def paths(tmp_path_factory):
    """A report of each data set."""
    folder = tmp_path_factory.mktemp("report")
    rows = [f"{i},{'red' if i % 3 else 'green'},{i * 1.5 + i % 3}" for i in range(60)]
    (folder / "prices.csv").write_text("\n".join(["size,colour,price", *rows]))
    for name in DATA:
        source = ["--target", "price"] if name.endswith(".csv") else []
        path = str(folder / name) if source else name
        argv = ["train", path, *source, "--epochs", "3", "--quiet", "--no-check"]
        assert (
            cli.main([*argv, "--out", str(folder / "m"), "--report", f"{folder / name}.html"]) == 0
        )
    return {name: folder / f"{name}.html" for name in DATA}


@pytest.mark.parametrize("name", DATA)
def test_it_loads_one_file_and_runs_no_script(paths, open_page, name):
    page = open_page(paths[name])
    page.wait_for_load_state("networkidle")
    assert page.requests == [paths[name].as_uri()]
    assert page.locator("script").count() == 0
    assert page.locator("section").count() >= 8


@pytest.mark.parametrize("scheme", ["light", "dark"])
@pytest.mark.parametrize("width", [1300, 400])
@pytest.mark.parametrize("name", DATA)
def test_nothing_is_wider_than_the_window_and_axe_finds_nothing(
    paths, open_page, name, width, scheme
):
    axe = pytest.importorskip("axe_playwright_python.sync_playwright", reason="axe is missing")
    viewport = {"width": width, "height": 800}
    page = open_page(paths[name], color_scheme=scheme, viewport=viewport)
    page.click("summary")
    assert page.evaluate("document.documentElement.scrollWidth") <= width
    results = axe.Axe().run(page)
    assert results.violations_count == 0, results.generate_report()


def test_texts_of_charts_are_inside_and_apart(paths, open_page):
    for path in paths.values():
        page = open_page(path, viewport={"width": 1300, "height": 800})
        crossing = page.evaluate(
            """[...document.querySelectorAll("svg.chart, svg.network")].flatMap((svg) => {
              const around = svg.getBoundingClientRect();
              const boxes = [...svg.querySelectorAll("text")].map((x) => x.getBoundingClientRect());
              const outside = boxes.filter((a) => a.left < around.left - 1 || a.top < around.top - 1
                || a.right > around.right + 1 || a.bottom > around.bottom + 1);
              const over = boxes.flatMap((a, i) => boxes.slice(i + 1).filter((b) =>
                a.left < b.right - 1 && b.left < a.right - 1
                && a.top < b.bottom - 3 && b.top < a.bottom - 3));
              return [...outside, ...over];
            }).length"""
        )
        assert crossing == 0


def test_the_link_leads_to_the_step_through_page(paths, open_page):
    page = open_page(paths["digits"])
    page.click("main a")
    page.wait_for_selector("#slider")
    assert page.url.startswith(paths["digits"].as_uri().replace(".html", "-walkthrough.html"))
    assert "J" in page.title()


def test_both_colour_schemes_and_paper(paths, open_page):
    def ground(page):
        return page.evaluate("getComputedStyle(document.body).backgroundColor")

    page = open_page(paths["moons"], color_scheme="dark")
    assert ground(page) == "rgb(20, 24, 29)"
    page.emulate_media(media="print")
    assert ground(page) == "rgb(255, 255, 255)"
    assert page.locator("details").is_hidden()
    assert page.evaluate("document.documentElement.scrollWidth <= innerWidth")
