"""The step-through page in a browser."""

import numpy as np
import pytest

import autograd_core as ag
from autograd_core import draw

pytest.importorskip("playwright", reason="Playwright is not installed")


def exam():
    """J = mean((relu(X W1) W2 - y) ** 2): the node H has one consumer, X W1 is unnamed."""
    X = ag.InitialNode([[1.0, 2.0], [-1.0, 3.0]], name="X", requires_grad=False)
    W1 = ag.InitialNode([[1.0, -1.0], [3.0, 1.0]], name="W1")
    W2 = ag.InitialNode([[1.0], [-1.0]], name="W2")
    H = ag.relu(ag.mm(X, W1))
    J = ag.mean(ag.square(ag.mm(H, W2) - ag.InitialNode([[1.0], [2.0]], name="y")))
    H.name, J.name = "H", "J"
    return J


STEPS = 1 + 6 + 1 + 6 + 1  # given; six operations forward; dJ/dJ; six backward; all gradients


@pytest.fixture(scope="module")
def path(tmp_path_factory):
    path = tmp_path_factory.mktemp("page") / "exam.html"
    draw.walkthrough(exam(), path)
    return path


def step(page):
    """The step that is shown, by its section, the counter, the slider and the address."""
    (shown,) = page.evaluate(
        "[...document.querySelectorAll('section')].filter(s => !s.hidden).map(s => s.id)"
    )
    k = int(shown.removeprefix("s"))
    assert page.inner_text("#counter").split(" / ") == [str(k), str(STEPS)]
    assert page.input_value("#slider") == str(k)
    assert page.url.endswith(f"#step={k}")
    return k


def test_it_begins_with_what_is_given_and_loads_one_file(path, open_page):
    page = open_page(path)
    assert step(page) == 1
    page.wait_for_load_state("networkidle")
    assert page.requests == [path.as_uri()]


def test_buttons_go_through_all_steps(path, open_page):
    page = open_page(path)
    for k in range(2, STEPS + 1):
        page.click("#next")
        assert step(page) == k
        assert page.is_visible("section:not([hidden]) h2")
    page.click("#next")
    assert step(page) == STEPS
    page.click("#back")
    assert step(page) == STEPS - 1
    page.click("#first")
    assert step(page) == 1
    page.click("#last")
    assert step(page) == STEPS


def test_keys_go_through_the_steps(path, open_page):
    page = open_page(path)
    for key, expected in [
        ("ArrowRight", 2), ("ArrowRight", 3), ("ArrowLeft", 2), ("End", STEPS),
        ("ArrowRight", STEPS), ("Home", 1), ("ArrowLeft", 1),
    ]:  # fmt: skip
        page.keyboard.press(key)
        assert step(page) == expected


def test_the_slider_goes_to_a_step(path, open_page):
    page = open_page(path)
    page.focus("#slider")
    page.keyboard.press("ArrowRight")
    assert step(page) == 2
    page.fill("#slider", "9")
    assert step(page) == 9
    said = page.get_attribute("#slider", "aria-valuetext")
    assert said == f"9 of {STEPS}: {page.inner_text('#s9 h2')}"
    assert page.inner_text("#said") == f"Step 9 of {STEPS}. {page.inner_text('#s9 h2')}"


def test_a_step_can_be_linked_to(path, open_page):
    page = open_page(path, "#step=7")
    assert step(page) == 7
    page.evaluate("location.hash = '#step=3'")
    page.wait_for_selector("#s3", state="visible")
    assert step(page) == 3


@pytest.mark.parametrize(
    ("fragment", "expected"),
    [("#step=0", 1), ("#step=999", STEPS), ("#step=x", 1), ("#step=3;alert(1)", 1)],
)
def test_a_wrong_address_does_no_harm(path, open_page, fragment, expected):
    assert step(open_page(path, fragment)) == expected


def test_it_plays_to_the_end_and_can_be_paused(path, open_page):
    page = open_page(path, f"#step={STEPS - 1}")
    page.clock.install()
    page.click("#play")
    assert page.get_attribute("#play", "aria-label") == "Pause"
    page.clock.run_for(2500)
    assert step(page) == STEPS
    assert page.get_attribute("#play", "aria-label") == "Play"
    page.click("#play")  # from the start again
    assert step(page) == 1
    page.clock.run_for(2500)
    page.click("#play")
    page.clock.run_for(9000)
    assert step(page) == 2


def test_a_click_on_a_node_goes_to_its_forward_step_then_to_its_backward_step(path, open_page):
    page = open_page(path)
    nodes = ag.Graph(exam()).nodes
    k = next(k for k, node in enumerate(nodes) if node.name == "H")
    for expected in (3, 13, 3):
        page.click(f"#n{k} .shape")
        assert step(page) == expected
    page.focus(f"#n{k}")
    page.keyboard.press("Enter")
    assert step(page) == 13
    w = next(k for k, node in enumerate(nodes) if node.name == "W2")
    page.click(f"#n{w} .shape")
    assert step(page) == 1
    page.click(f"#n{w} .shape")  # where its gradient is complete
    assert step(page) == 12


def test_the_graph_shows_what_is_current_and_what_is_done(path, open_page):
    page = open_page(path, "#step=3")

    def marked(kind):
        return set(
            page.evaluate(f"[...document.querySelectorAll('#graph .{kind}')].map(x => x.id)")
        )

    assert marked("node.current") == {"n3"}
    assert marked("edge.current") == {"e2-3-0"}
    assert {"n0", "n1", "n2", "n3"} <= marked("node.valued")
    assert "n5" not in marked("node.valued")
    assert marked("node.graded") == set()
    page.keyboard.press("End")
    page.keyboard.press("ArrowLeft")
    assert marked("edge.current") == {"e1-2-1"}
    assert marked("node.target") == {"n1"}
    hidden = page.evaluate(
        "[...document.querySelectorAll('#graph .node:not(.graded) .gradients')].length"
    )
    assert hidden == 0
    assert "n0" not in marked("node.graded")  # X needs no gradient


def test_the_gradients_on_the_page_are_those_of_the_engine(path, open_page):
    page = open_page(path)
    J = exam()
    J.backward()
    found = {}
    for k in range(1, STEPS + 1):
        for check in page.query_selector_all(f"#s{k} .check"):
            page.evaluate(f"go({k})")
            name = check.query_selector("h3").inner_text().replace("\n", "")
            cells = check.query_selector("figure").query_selector_all("td")
            found[name] = [float(cell.get_attribute("title")) for cell in cells]
            figures = check.query_selector_all("figure")
            numeric = [td.inner_text() for td in figures[1].query_selector_all("td")]
            shown = [td.inner_text() for td in cells]
            assert numeric == shown
    grads = [n.grad.reshape(-1).tolist() for n in ag.Graph(J).nodes if n.name in ("W2", "W1", "y")]
    assert sorted(found.values()) == sorted(grads)


def test_a_product_shows_its_row_its_column_and_the_sum(path, open_page):
    page = open_page(path, "#step=2")
    page.hover("#s2 [data-result] tr:nth-child(2) td:nth-child(1)")
    lit = page.evaluate(
        "[...document.querySelectorAll('#s2 figure')].map(f =>"
        " [...f.querySelectorAll('.lit')].map(td => td.textContent))"
    )
    assert lit == [["−1", "3"], ["1", "3"], ["8"]]
    assert page.inner_text("#s2 .entry") == "Row 2, column 1: (−1) · 1 + 3 · 3 = 8"
    page.mouse.move(0, 0)
    assert page.inner_text("#s2 .entry") == ""


def test_a_product_can_be_read_with_the_keyboard(path, open_page):
    page = open_page(path, "#step=2")
    page.focus("#s2 [data-result] td")
    page.keyboard.press("ArrowRight")
    page.keyboard.press("ArrowDown")
    page.keyboard.press("ArrowDown")
    assert page.inner_text("#s2 .entry").startswith("Row 2, column 2:")
    assert step(page) == 2
    page.keyboard.press("End")
    assert step(page) == STEPS


def test_the_factors_of_a_gradient_are_shown_as_in_its_formula(path, open_page):
    """dW1 = X^T dA: entry (1, 2) takes row 1 of X^T, which is column 1 of X."""
    page = open_page(path, f"#step={STEPS - 1}")
    page.hover(f"#s{STEPS - 1} [data-result] td:nth-child(2)")
    lit = page.evaluate("[...document.querySelectorAll('.lit')].map(td => td.textContent)")
    assert lit[:2] == ["1", "−1"]


def test_long_arrays_are_cut_and_sums_say_so(tmp_path, open_page):
    X = ag.InitialNode(np.arange(60.0).reshape(3, 20), name="X")
    W = ag.InitialNode(np.ones((20, 2)), name="W")
    draw.walkthrough(ag.mm(X, W), tmp_path / "page.html")
    page = open_page(tmp_path / "page.html", "#step=2")
    assert page.locator("#s2 figure >> nth=0 >> td.gap").count() == 3
    page.hover("#s2 [data-result] td")
    assert page.inner_text("#s2 .entry").endswith("5 · 1 + … + 18 · 1 + 19 · 1 = 190")


def test_the_code_of_the_operation_can_be_read(path, open_page):
    page = open_page(path, "#step=2")
    page.click("#s2 summary")
    code = page.inner_text("#s2 pre")
    assert "dA @ W.T" in code
    assert "class mm" in code


@pytest.mark.parametrize("scheme", ["light", "dark"])
@pytest.mark.parametrize("size", [(1280, 720), (360, 640)], ids=["projector", "phone"])
def test_nothing_is_wider_than_the_window_and_axe_finds_nothing(path, open_page, scheme, size):
    axe = pytest.importorskip("axe_playwright_python.sync_playwright", reason="axe is missing")
    viewport = {"width": size[0], "height": size[1]}
    page = open_page(path, color_scheme=scheme, viewport=viewport, reduced_motion="reduce")
    for k in (2, 12, STEPS):
        page.evaluate(f"go({k})")
        assert page.evaluate("document.documentElement.scrollWidth") <= size[0]
        results = axe.Axe().run(page)
        assert results.violations_count == 0, results.generate_report()


def test_both_colour_schemes_can_be_chosen(path, open_page):
    page = open_page(path, color_scheme="dark")

    def paper():
        return page.evaluate("getComputedStyle(document.body).backgroundColor")

    def canvas():
        return page.evaluate("getComputedStyle(document.querySelector('.paper')).fill")

    dark = paper()
    assert dark == canvas() == "rgb(20, 24, 29)"
    page.click("#theme")
    assert paper() == canvas() == "rgb(255, 255, 255)"
    page.click("#theme")
    assert paper() == dark


def test_printed_it_is_a_hand_out_of_all_steps(path, open_page):
    page = open_page(path)
    page.evaluate("dispatchEvent(new Event('beforeprint'))")
    page.emulate_media(media="print")
    assert page.locator("section:visible").count() == STEPS
    assert page.locator("figure:not(:has(figcaption))").count() == 0
    assert not page.is_visible("nav")
    assert page.is_visible("#graph svg")


def test_without_motion_nothing_moves(path, open_page):
    page = open_page(path, reduced_motion="reduce")
    duration = "getComputedStyle(document.querySelector('.shape')).transitionDuration"
    assert page.evaluate(duration) == "0s"


def test_in_a_frame_of_a_notebook_it_works_too(path, open_page, tmp_path):
    notebook = tmp_path / "notebook.html"
    notebook.write_text(f"<!DOCTYPE html><title>n</title>{exam().walkthrough()._repr_html_()}")
    page = open_page(notebook)
    frame = page.frames[1]
    frame.click("#next")
    assert frame.inner_text("#counter") == f"2 / {STEPS}"


def test_hostile_names_run_nothing(open_page, tmp_path):
    name = "</script><img src=x onerror=alert(1)>\"'&${x}"
    x = ag.InitialNode([[1.0, 2.0]], name=name)
    draw.walkthrough(ag.mm(x, x.T), tmp_path / "page.html")
    page = open_page(tmp_path / "page.html")
    page.keyboard.press("ArrowRight")
    assert page.locator("img").count() == 0
    assert name[:20] in page.inner_text("#steps")
