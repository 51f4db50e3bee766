"""The step-through page as a file: parsed, not looked at (for that see tests/browser)."""

import base64
import hashlib
import json
import re
from html.parser import HTMLParser
from pathlib import Path
from xml.etree import ElementTree

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

import autograd_core as ag
import nn
from autograd_core import draw


class Page(HTMLParser):
    """The elements of a page with their attributes, and the text in each kind of element."""

    def __init__(self, source):
        super().__init__()
        self.elements, self.texts, self._open = [], {}, []
        self.feed(source)
        self.data = json.loads("".join(self.texts["script#data"]))

    def handle_starttag(self, tag, attributes):
        attributes = dict(attributes)
        self.elements.append((tag, attributes))
        self._open.append(f"{tag}#{attributes['id']}" if "id" in attributes else tag)

    def handle_startendtag(self, tag, attributes):
        self.elements.append((tag, dict(attributes)))

    def handle_endtag(self, tag):
        while self._open and self._open.pop().partition("#")[0] != tag:
            pass

    def handle_data(self, text):
        if self._open:
            self.texts.setdefault(self._open[-1], []).append(text)

    def all(self, tag):
        return [attributes for name, attributes in self.elements if name == tag]


def regression():
    """The mean squared error of a linear model."""
    X = ag.InitialNode([[1.0, 2.0], [3.0, -1.0]], name="X", requires_grad=False)
    w = ag.InitialNode([[0.5], [-0.25]], name="w")
    J = ag.mean(ag.square(ag.mm(X, w) - np.array([[1.0], [2.0]])))
    J.name = "J"
    return X, w, J


def entries(page, k):
    return page.data["arrays"][k]["exact"].split(" ")


def test_there_is_a_step_for_each_forward_and_each_backward_operation():
    page = Page(draw.walkthrough(regression()[2]).html)
    kinds = [section["class"] for section in page.all("section")]
    assert kinds == ["given", *["forward"] * 4, *["backward"] * 5, "result"]
    assert [section["id"] for section in page.all("section")] == [f"s{k + 1}" for k in range(11)]


def test_every_node_knows_its_steps():
    _, w, J = regression()
    page = Page(draw.walkthrough(J).html)
    nodes = ag.Graph(J).nodes
    steps = dict(zip(nodes, page.data["steps"], strict=True))
    assert steps[w] == [1, 0, 10]
    assert steps[J] == [5, 7, 6]
    assert steps[J.inputs[0]] == [4, 8, 7]
    drawn = [int(g["data-node"]) for g in page.all("g") if "data-node" in g]
    assert sorted(drawn) == list(range(len(nodes)))


def test_the_complete_gradient_has_all_digits():
    _, w, J = regression()
    page = Page(draw.walkthrough(J).html)
    (engine,) = [f for f in page.all("figure") if f.get("data-text") == "engine"]
    J.backward()
    exact = [float(x) for x in entries(page, int(engine["data-array"]))]
    assert exact == w.grad.reshape(-1).tolist()


def test_products_are_linked_by_row_and_column():
    """Entry (i, j) of X w takes row i of X and column j of w; of X^T dA, both likewise."""
    source = draw.walkthrough(regression()[2]).html
    products = re.findall(r'<div class="numbers" data-product>(.*?)</div>', source)
    assert len(products) == 2
    for product in products:
        figures = Page(product + '<script id="data">{}</script>').all("figure")
        assert [f.get("data-axes") for f in figures] == ["0 *", "* 1", None]
        assert "data-result" in figures[2]
    assert "data-transposed" in products[1]


def test_arrays_are_equal_to_their_product_and_give_all_else():
    X, w = ag.InitialNode([[1.0, 2.0]], name="X"), ag.InitialNode([[3.0], [4.0]], name="w")
    source = draw.walkthrough(ag.mm(X, w)).html
    signs = re.findall(r'<div class="(equals|gives)">', source)
    assert signs == ["equals"] * 3  # X w, and the gradient by each
    source = draw.walkthrough(ag.mean(X)).html
    assert re.findall(r'<div class="(equals|gives)">', source) == ["gives"] * 2


def test_the_sum_has_both_terms():
    x = ag.InitialNode(2.0, name="x")
    source = draw.walkthrough(x * x).html
    assert source.count("<mo>+=</mo>") == 2
    assert "The first of 2 terms." in source
    (total,) = re.findall(r'<div class="sum">(.*?)</div>', source)
    assert re.findall(r"<mn>(.*?)</mn>", total) == ["2", "2", "4"]


def test_the_sum_of_arrays_has_both_terms():
    A = ag.InitialNode([[1.0, 2.0]], name="A")
    page = Page(draw.walkthrough(ag.sum(A * A)).html)
    captions = [f.get("data-text") or f"by {f['data-by']}" for f in page.all("figure")[-5:]]
    assert captions == ["so far", "this term", "by 0", "engine", "finite differences"]
    so_far, term = (int(f["data-array"]) for f in page.all("figure")[-5:-3])
    texts = [page.data["arrays"][k]["text"] for k in (so_far, term, page.data["usual"]["by0"])]
    assert texts == ["1 2", "1 2", "2 4"]


def test_the_page_is_one_file_and_may_load_nothing():
    source = draw.walkthrough(regression()[2]).html
    page = Page(source)
    policy = next(m["content"] for m in page.all("meta") if "http-equiv" in m)
    assert policy.startswith("default-src 'none';")
    script = re.findall(r"<script>(.*?)</script>", source, re.DOTALL)
    digest = base64.b64encode(hashlib.sha256(script[0].encode()).digest()).decode()
    assert f"script-src 'sha256-{digest}'" in policy
    for _, attributes in page.elements:
        assert not any(name.startswith("on") for name in attributes)
        assert "src" not in attributes
        assert attributes.get("href", "#").startswith(("#", "data:,"))
    assert "url(" not in source
    assert "@import" not in source


def test_the_graph_is_well_formed_xml_with_a_group_for_every_edge():
    source = draw.walkthrough(regression()[2]).html
    svg = re.search(r"<svg xmlns.*?</svg>\n</div>", source, re.DOTALL)[0].removesuffix("</div>")
    ids = {g.get("id") for g in ElementTree.fromstring(svg).iter("{http://www.w3.org/2000/svg}g")}
    assert {"e0-2-0", "e1-2-1", "e2-4-0", "e3-4-1"} <= ids


HOSTILE = st.one_of(
    st.text(max_size=50),
    st.sampled_from([
        "</script><script>alert(1)</script>", "<!--", "]]>", "-->", "<svg onload=x>", '"', "'", "&",
        "&lt;", "$title", "${hash}", "\\u003c", "\ud800", "\x00", "\u2028", "שלום 🎉", "a\nb",
        "<b>" * 20, "n" * 10_000, "constructor", "__proto__", "", " ",
    ]),
)  # fmt: skip


@settings(max_examples=settings().max_examples // 2)
@given(HOSTILE, HOSTILE)
def test_any_name_is_shown_as_text(first, second):
    x, y = ag.InitialNode([1.0, 2.0], name=first), ag.InitialNode(2.0, name=second)
    J = ag.sum(ag.exp(x) * y)
    J.name = first
    source = draw.walkthrough(J).html
    source.encode()
    page = Page(source)
    for tag, attributes in page.elements:
        assert tag in TAGS
        assert not any(name.startswith("on") for name in attributes)
    assert len(page.all("script")) == 2
    assert len(page.all("section")) == 9
    if first:
        shown = page.texts["bdi"][0].removesuffix(", step by step")
        assert shown == cut(FORBIDDEN.sub("\ufffd", first), 100)
        name = page.data["symbols"][-1][1]
        first = first.encode("utf-8", "replace").decode()
        assert name.replace("_", "") == cut(first, 40).replace("_", "") or first.isspace()


FORBIDDEN = re.compile("[^\t\n\r -\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]")
TAGS = {
    "html", "head", "meta", "link", "title", "style", "body", "header", "h1", "nav", "button",
    "svg", "path", "input", "output", "main", "a", "div", "g", "rect", "text", "tspan", "noscript",
    "p", "section", "figure", "math", "mrow", "mfrac", "mi", "mn", "mo", "mtext", "msub", "msup",
    "munder", "msubsup", "h2", "bdi", "h3", "span", "dl", "dt", "dd", "table", "thead", "tbody",
    "tr", "th", "td", "data", "script",
}  # fmt: skip


def cut(text, most):
    return text if len(text) <= most else text[: most - 1] + "…"


def test_names_are_found_among_variables():
    weights, bias = ag.InitialNode([[1.0], [2.0]]), ag.InitialNode([0.5])
    data = np.array([[1.0, 2.0], [3.0, 4.0]])
    scores = data @ weights + bias
    loss = ag.mean(scores)
    page = Page(draw.walkthrough(loss, names=locals()).html)
    assert {text for _, text in page.data["symbols"]} == {
        "data", "weights", "bias", "scores", "loss", "v_1"
    }  # fmt: skip


def test_parameters_have_the_paths_of_their_modules():
    net = nn.MLP([2, 3, 1], rng=0)
    output = net(np.ones((2, 2)))
    for names in ({"net": net}, net, None):
        page = Page(draw.walkthrough(output, names=names).html)
        found = {text for _, text in page.data["symbols"]}
        assert {"0.weight", "0.bias", "2.weight", "2.bias"} <= found


def test_own_names_of_nodes_are_not_taken_by_others():
    x = ag.InitialNode(1.0, name="v1")
    page = Page(draw.walkthrough(ag.exp(ag.sin(x)), names={"v2": 3}).html)
    assert [text for _, text in page.data["symbols"]] == ["v_1", "v_3", "v_4"]


def test_operations_of_one_name_are_told_apart():
    class exp(ag.Operation):
        """Not the exponential function."""

        def forward(self, x):
            return x

        def gradient(self, dA, A, x):
            return dA

    page = Page(draw.walkthrough(exp(ag.exp(ag.InitialNode(1.0)))).html)
    abouts = [operation["about"] for operation in page.data["operations"]]
    assert abouts == ["A = e ** X.", "Not the exponential function."]
    assert "return x" in page.data["operations"][1]["code"]


def scalars(n):
    """A graph of n nodes of which most have two consumers."""
    nodes = [ag.InitialNode(x) for x in (0.3, -1.2, 0.7)]
    while len(nodes) < n:
        a, b = nodes[-1], nodes[-3]
        nodes.append((ag.tanh(a), a * b, a + b)[len(nodes) % 3])
    return nodes[-1]


def perceptron(layers):
    rng = np.random.default_rng(0)
    X = ag.InitialNode(rng.normal(size=(100, 30)), name="X", requires_grad=False)
    for k in range(layers):
        n = X.shape[1]
        W = ag.InitialNode(rng.normal(size=(n, 20)) / n, name=f"W{k}")
        X = ag.relu(ag.mm(X, W) + ag.InitialNode(np.zeros(20), name=f"b{k}"))
    return ag.mean(X)


@pytest.mark.parametrize(
    ("output", "bound"),
    [(scalars(30), 100), (perceptron(5), 100), (scalars(300), 1000), (perceptron(59), 1000)],
    ids=["30 scalars", "30 nodes of matrices", "300 scalars", "300 nodes of matrices"],
)
def test_pages_are_small(output, bound):
    assert abs(len(ag.Graph(output).nodes) / (bound * 0.3) - 1) < 0.1
    assert len(draw.walkthrough(output).html.encode()) < bound * 1000


def test_long_arrays_are_cut_to_their_ends():
    x = ag.InitialNode(np.arange(1000.0).reshape(1, 1000), name="x")
    array = Page(draw.walkthrough(ag.exp(-x)).html).data["arrays"][0]
    assert array["shape"] == [1, 1000]
    assert array["columns"] == [0, 1, 2, 3, 4, 5, 998, 999]
    assert array["text"] == "0 1 2 3 4 5 998 999"
    assert len(array["levels"]) == 8


@pytest.mark.parametrize(
    "value",
    [np.zeros((0, 3)), np.zeros((2, 0)), np.ones((2, 3, 4)), [True, False], [np.nan, np.inf]],
)
def test_values_of_every_kind_are_shown(value):
    page = Page(draw.walkthrough(ag.InitialNode(value, name="x") * 1).html)
    array = page.data["arrays"][0]
    assert array["shape"] == list(np.shape(value))
    assert len(array["text"].split()) == len(array["levels"]) == np.size(value)


def test_an_output_that_is_no_number_is_summed():
    x = ag.InitialNode([1.0, 2.0], name="x")
    page = Page(draw.walkthrough(ag.square(x)).html)
    assert page.data["output"][1] == "∑v_1"


def test_without_a_gradient_the_page_says_so():
    source = draw.walkthrough(ag.sum(ag.InitialNode([1, 2], name="n"))).html
    assert "No gradient flows" in source
    assert 'class="backward"' not in source


def test_the_file_is_written_whole_or_not_at_all(tmp_path, monkeypatch):
    path = tmp_path / "page.html"
    page = draw.walkthrough(regression()[2], path)
    assert path.read_text(encoding="utf-8") == page.html
    monkeypatch.setattr("os.replace", lambda *_: (_ for _ in ()).throw(OSError("full")))
    with pytest.raises(OSError, match="full"):
        draw.walkthrough(ag.exp(ag.InitialNode(1.0)), path)
    assert path.read_text(encoding="utf-8") == page.html
    assert [p.name for p in tmp_path.iterdir()] == ["page.html"]


def test_in_a_notebook_it_is_a_frame_that_cannot_reach_out():
    w = regression()[1]
    page = ag.exp(w).walkthrough(names={"weights": w})
    frame = Page(page._repr_html_() + '<script id="data">{}</script>').all("iframe")[0]
    assert frame["srcdoc"] == page.html
    assert frame["sandbox"] == "allow-scripts"
    assert len(repr(page)) < 60


def test_the_page_is_packed_with_the_library():
    folder = Path(draw.__file__).parent / "page"
    assert {path.name for path in folder.iterdir()} == {"page.html", "page.css", "page.js"}
