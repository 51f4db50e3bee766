"""Drawings, parsed: what is shown, how it can be chosen, and that no name can break it."""

import re
from html.parser import HTMLParser
from xml.etree import ElementTree

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

import autograd_core as ag
import nn
from autograd_core import draw
from autograd_core.draw.style import COLOURS
from autograd_core.draw.text import ELLIPSIS, MINUS

SVG = "{http://www.w3.org/2000/svg}"
ANY_TEXT = st.text(st.characters(exclude_categories=()), max_size=40)
HOSTILE = ["\"'<>&", "</script><script>alert(1)</script>", "]]>", "<!--", "\x00\x1b", "😀" * 9]


class Drawing:
    """An SVG text, parsed."""

    def __init__(self, text):
        self.root = ElementTree.fromstring(text)
        self.nodes = self.of_class("node")
        self.edges = self.of_class("edge")
        self.groups = self.of_class("group")

    def of_class(self, name, tag="g"):
        return [g for g in self.root.iter(SVG + tag) if name in g.get("class", "").split()]

    def shown(self, element=None):
        """The texts that can be seen."""
        element = self.root if element is None else element
        texts = ["".join(text.itertext()) for text in element.iter(SVG + "text")]
        return [text for text in texts if text]

    def node(self, k):
        (found,) = [g for g in self.nodes if g.get("data-node") == str(k)]
        return found


def regression():
    """The graph of mm, subtract, square and mean, with its gradients."""
    X = ag.InitialNode([[1.0, 2], [3, -1], [0, 4], [-2, 1]], name="X")
    w = ag.InitialNode([[0.5], [-1.0]], name="w")
    J = ag.mean(ag.square(ag.mm(X, w) - np.array([[1.0], [2], [-3], [0]])))
    J.backward()
    return J


def shared():
    """d = sqrt(a + exp(a)) with a = x^2."""
    x = ag.InitialNode(1.5, name="x")
    a = ag.square(x)
    d = ag.sqrt(a + ag.exp(a))
    d.backward()
    return x, a, d


def classifier(**options):
    net = nn.MLP([2, 3, 2], rng=0, **options)
    X = np.array([[1.0, 2.0], [-1.0, 0.5], [0.3, -2.0]])
    J = nn.CrossEntropyLoss()(net(X), np.array([0, 1, 1]))
    J.backward()
    return net, J


def chain(n):
    node = ag.InitialNode(0.5, name="x")
    for _ in range(n):
        node = ag.sin(node)
    return node


@pytest.mark.parametrize("engine", ["layered", None])
@pytest.mark.parametrize("direction", ["LR", "TB"])
def test_every_node_and_every_edge_once(engine, direction):
    J = regression()
    graph = ag.Graph(J)
    drawing = Drawing(draw.svg(J, engine=engine, direction=direction))
    assert [g.get("id") for g in drawing.nodes] == [f"n{k}" for k in range(len(graph.nodes))]
    index = {node: str(k) for k, node in enumerate(graph.nodes)}
    edges = {
        (index[x], index[node], str(position))
        for node in graph.nodes
        for position, x in enumerate(node.inputs)
    }
    found = [(e.get("data-from"), e.get("data-to"), e.get("data-position")) for e in drawing.edges]
    assert sorted(found) == sorted(edges)
    for i, j, position in edges:
        assert f"e{i}-{j}-{position}" in {e.get("id") for e in drawing.edges}


def test_node_that_is_used_twice_has_two_edges():
    x = ag.InitialNode(3.0, name="x")
    assert [e.get("id") for e in Drawing(draw.svg(x * x)).edges] == ["e0-1-0", "e0-1-1"]


def test_kinds_differ_in_class_and_in_shape():
    J = regression()
    drawing = Drawing(draw.svg(J))
    kinds = {k: drawing.node(k).get("class").split()[1:] for k in range(len(drawing.nodes))}
    nodes = ag.Graph(J).nodes
    for k, node in enumerate(nodes):
        if node.inputs:
            assert kinds[k][0] == "derived"
        else:
            assert kinds[k][0] == ("initial" if node.name else "constant")
    assert kinds[len(nodes) - 1] == ["derived", "output"]
    shapes = {
        kind[0]: [el.tag for el in drawing.node(k).iter() if el.get("class") == "shape"]
        for k, kind in kinds.items()
    }
    assert shapes["derived"] == [SVG + "rect"]
    assert shapes["initial"] == shapes["constant"] == [SVG + "path"]


def test_node_shows_name_operation_shape_value_and_gradient():
    J = regression()
    drawing = Drawing(draw.svg(J))
    X, w, mm = (drawing.shown(drawing.node(k)) for k in range(3))
    assert w[:2] == ["w", "2 × 1"]
    assert w[2:] == ["value", "0.5", f"{MINUS}1", "gradient", "1.5", f"{MINUS}5.75"]
    assert X[:4] == ["X", "4 × 2", "value", "12"]  # a row of cells is one text
    assert mm[:2] == ["mm", "4 × 1"]
    final = drawing.shown(drawing.nodes[-1])
    assert final == ["mean", "value", "2.875", "gradient", "1"]


def test_values_and_gradients_can_be_left_out():
    J = regression()
    plain = Drawing(draw.svg(J, values=False, gradients=False))
    words = {word for g in plain.nodes for word in plain.shown(g)}
    assert {"mm", "mean", "w", "2 × 1"} <= words
    assert not {"value", "gradient", "2.875", "0.5"} & words
    assert not plain.of_class("label", "rect")
    no_values = Drawing(draw.svg(J, values=False))
    assert no_values.shown(no_values.nodes[-1]) == ["mean", "gradient", "1"]
    no_gradients = Drawing(draw.svg(J, gradients=False))
    assert no_gradients.shown(no_gradients.nodes[-1]) == ["mean", "value", "2.875"]


def test_precision_and_direction():
    x = ag.InitialNode(1 / 3, name="x")
    assert "0.33" in Drawing(draw.svg(ag.exp(x), precision=2)).shown()
    assert "0.333333" in Drawing(draw.svg(ag.exp(x), precision=6)).shown()

    def longer_side(direction):
        root = Drawing(draw.svg(chain(8), direction=direction)).root
        return "w" if float(root.get("width")) > float(root.get("height")) else "h"

    assert longer_side("LR") == "w"
    assert longer_side("TB") == "h"
    with pytest.raises(ValueError, match="'LR' or 'TB'"):
        draw.svg(x, direction="BT")
    with pytest.raises(ValueError, match="'dot', 'layered'"):
        draw.svg(x, engine="neato")


def test_numbers_up_to_8_x_8_and_a_heat_map_beyond():
    small = ag.InitialNode(np.arange(64.0).reshape(8, 8), name="W")
    texts = Drawing(draw.svg(small)).shown()
    assert "".join(map(str, range(56, 64))) in texts
    large = ag.InitialNode(np.arange(-10.0, 71.0).reshape(9, 9), name="W", dtype=np.float32)
    drawing = Drawing(draw.svg(large))
    assert drawing.shown() == ["W", "9 × 9 float32", "value", f"{MINUS}10 to 70"]
    assert {path.get("class") for path in drawing.root.iter(SVG + "path")} >= {"p", "m"}


def test_heat_map_of_a_large_array_stays_small():
    rng = np.random.default_rng(0)
    assert len(draw.svg(ag.InitialNode(rng.normal(size=(1000, 1000))))) < 30_000


def test_entries_that_are_not_finite():
    drawing = Drawing(draw.svg(ag.InitialNode([[np.nan, np.inf], [-np.inf, 1.0]])))
    assert "nan∞" in drawing.shown()
    assert f"{MINUS}∞1" in drawing.shown()
    assert "x" in {path.get("class") for path in drawing.root.iter(SVG + "path")}


@pytest.mark.parametrize("value", [5, True, np.zeros((0, 3)), np.zeros((2, 3, 2)), [1e308, -1e308]])
def test_values_of_all_sorts(value):
    assert len(Drawing(draw.svg(ag.InitialNode(value))).nodes) == 1


def test_edges_carry_what_flowed_along_them_and_not_the_sum():
    _, _, d = shared()
    drawing = Drawing(draw.svg(d, precision=8))
    by_edge = {(e.get("data-from"), e.get("data-to")): drawing.shown(e)[0] for e in drawing.edges}
    nodes = ag.Graph(d).nodes
    index = {type(node).__name__: str(k) for k, node in enumerate(nodes)}
    exp, add, square = (nodes[int(index[name])] for name in ("exp", "add", "square"))
    through_exp = float(by_edge[index["square"], index["exp"]])
    through_add = float(by_edge[index["square"], index["add"]])
    assert through_exp == pytest.approx(add.grad * exp.value, rel=1e-7)
    assert through_add == pytest.approx(add.grad, rel=1e-7)
    assert through_exp + through_add == pytest.approx(square.grad, rel=1e-7)


def test_edges_carry_nothing_before_backward_or_when_values_have_changed():
    x = ag.InitialNode(2.0, name="x")
    y = ag.exp(x)
    z = ag.square(y)
    assert not Drawing(draw.svg(z)).of_class("label", "rect")
    z.backward()
    assert len(Drawing(draw.svg(z)).of_class("label", "rect")) == 2
    x.value = 3.0
    ag.Graph(y).forward()
    assert not Drawing(draw.svg(z)).of_class("label", "rect")


def test_drawing_changes_nothing():
    x, a, d = shared()
    before = x.grad.copy(), a.grad.copy(), d.value.copy()
    draw.svg(d)
    draw.facing(d)
    assert (x.grad, a.grad, d.value) == before


def test_names_of_variables():
    x, a, d = shared()
    also = d
    texts = Drawing(draw.svg(d, names=locals())).shown()
    assert {"x", "a", "d"} <= set(texts)
    assert "also" not in texts
    assert a.name is d.name is None
    data = np.array([1.0, 2.0])
    y = ag.exp(ag.InitialNode([0.0, 1.0], name="own")) * data
    texts = Drawing(draw.svg(y, names={"other": y.inputs[0].inputs[0], "data": data})).shown()
    assert {"own", "data"} <= set(texts)  # its own name first; arrays by their entries
    assert "other" not in texts
    assert "data" not in Drawing(draw.svg(y, names={"data": data, "same": data.copy()})).shown()
    weights = [ag.InitialNode(1.0), ag.InitialNode(2.0)]
    names = {"weights": weights, "_": weights[1]}
    assert "weights[1]" in Drawing(draw.svg(ag.exp(weights[1]), names=names)).shown()


def test_modules_become_groups_and_parameters_have_their_paths():
    net, J = classifier()
    drawing = Drawing(draw.svg(J))
    assert [g.get("data-path") for g in drawing.groups] == ["", "", "0", "2"]
    assert {"0.weight", "0.bias", "2.weight", "2.bias"} <= set(drawing.shown())
    labels = ["".join(t.itertext()) for t in drawing.of_class("group-label", "text")]
    assert labels == ["MLP", "CrossEntropyLoss", "0: Linear", "2: Linear"]
    named = Drawing(draw.svg(J, names={"net": net}))
    assert "net" in [g.get("data-path") for g in named.groups]
    assert "0.weight" in named.shown()
    other = nn.MLP([1, 1], rng=0)
    several = Drawing(draw.svg(J, names={"net": net, "other": other}))
    assert "net.0.weight" in several.shown()
    assert Drawing(draw.svg(J, names=net)).shown() == drawing.shown()


def members(drawing, path):
    """The nodes whose boxes lie within the outline of a group."""
    (group,) = [g for g in drawing.groups if g.get("data-path") == path]
    rect = group.find(SVG + "rect")
    left, top, w, h = (float(rect.get(key)) for key in ("x", "y", "width", "height"))
    inside = set()
    for node in drawing.nodes:
        move = node.get("transform")
        x, y = map(float, re.fullmatch(r"translate\((\S+) (\S+)\)", move).groups())
        if left <= x <= left + w and top <= y <= top + h:
            inside.add(int(node.get("data-node")))
    return inside


@pytest.mark.parametrize("engine", ["layered", None])
def test_group_holds_what_its_module_made(engine):
    net, J = classifier()
    nodes = ag.Graph(J).nodes
    drawing = Drawing(draw.svg(J, engine=engine))
    first = {nodes[k] for k in members(drawing, "0")}
    assert {type(node).__name__ for node in first if node.inputs} == {"mm", "add"}
    assert {net[0].weight, net[0].bias} <= first
    assert len(first) == 4  # the features are outside


def test_module_that_is_called_twice_has_two_groups():
    layer = nn.Linear(2, 2, rng=0)
    J = ag.mean(layer(layer(np.ones((3, 2)))))
    drawing = Drawing(draw.svg(J, names={"layer": layer}))
    assert [g.get("data-path") for g in drawing.groups] == ["layer", "layer"]
    # The parameters belong to neither, because both use them.
    assert all(len(g.nodes) == 2 for g in draw.scene.scene(J).groups)


def test_module_that_uses_a_node_from_before_its_input():
    class Skip(nn.Module):
        def __init__(self, early):
            super().__init__()
            self.early = early

        def forward(self, x):
            return ag.tanh(x) + ag.exp(self.early)

    early = ag.square(ag.InitialNode(2.0, name="x"))
    y = Skip(early)(ag.sin(early))
    (group,) = draw.scene.scene(y).groups
    nodes = ag.Graph(y).nodes
    assert {type(nodes[i]).__name__ for i in group.nodes} == {"tanh", "exp", "add"}
    assert Drawing(draw.svg(y, collapse=True)).edges


def test_batch_norm_and_dropout_are_groups_too():
    _, J = classifier(batch_norm=True, dropout=0.5)
    drawing = Drawing(draw.svg(J))
    assert "1" in [g.get("data-path") for g in drawing.groups]
    labels = {"".join(t.itertext()) for t in drawing.of_class("group-label", "text")}
    assert {"1: BatchNorm1d", "3: Dropout"} <= labels


def test_modules_can_be_collapsed():
    _, J = classifier()
    drawing = Drawing(draw.svg(J, collapse=["0"]))
    (box,) = drawing.of_class("collapsed")
    assert drawing.shown(box) == ["0: Linear", "mm, add"]
    assert covered(drawing) == list(range(len(ag.Graph(J).nodes)))
    assert len(Drawing(draw.svg(J, collapse="Linear")).of_class("collapsed")) == 2
    whole = Drawing(draw.svg(J, collapse=True))
    assert [whole.shown(box)[0] for box in whole.of_class("collapsed")] == [
        "MLP",
        "CrossEntropyLoss",
    ]
    with pytest.raises(ValueError, match="no module '7' to collapse in this graph; it has: 0, 2"):
        draw.svg(J, collapse=["7"])


def covered(drawing):
    """All nodes that are drawn, alone or in a collapsed box."""
    found = []
    for g in drawing.nodes:
        for run in (g.get("data-node") or g.get("data-nodes")).split():
            first, _, last = run.partition("-")
            found += range(int(first), int(last or first) + 1)
    return sorted(found)


def test_collapsed_boxes_are_joined_by_one_edge():
    rng = np.random.default_rng(0)
    net = nn.MLP([2, 2, 2, 2, 2], rng=rng)
    drawing = Drawing(draw.svg(ag.sum(net(rng.normal(size=(2, 2)))), collapse=True))
    assert len(drawing.edges) == 2  # X to the network, that to the sum


@pytest.mark.parametrize("n", [151, 300, 10_000])
def test_large_graphs_collapse_by_themselves_and_say_so(n):
    drawing = Drawing(draw.svg(chain(n)))
    assert len(drawing.nodes) <= 150
    assert covered(drawing) == list(range(n + 1))
    (note,) = drawing.of_class("note", "text")
    assert f"{n + 1:,} nodes in all" in note.text
    assert "drawn as one box" in note.text


def test_large_networks_collapse_to_their_modules():
    net = nn.MLP([2] * 60, rng=0)
    J = nn.CrossEntropyLoss()(net(np.ones((2, 2))), np.array([0, 1]))
    drawing = Drawing(draw.svg(J))
    assert len(drawing.nodes) <= 150
    assert len(drawing.of_class("collapsed")) == 59
    assert covered(drawing) == list(range(len(ag.Graph(J).nodes)))
    assert "drawn as 59 modules" in drawing.of_class("note", "text")[0].text


def test_collapsing_can_be_refused():
    drawing = Drawing(draw.svg(chain(200), collapse=False))
    assert len(drawing.nodes) == 201
    assert not drawing.of_class("note", "text")


def test_wide_graph_with_a_node_used_everywhere():
    x = ag.InitialNode(0.5, name="x")
    y = ag.stack([ag.sin(x) * float(i) for i in range(200)])
    drawing = Drawing(draw.svg(ag.sum(y)))
    assert len(drawing.nodes) <= 150
    assert covered(drawing) == list(range(len(ag.Graph(ag.sum(y)).nodes)))


def test_depth_leaves_out_what_is_further_back():
    drawing = Drawing(draw.svg(chain(10), depth=2))
    assert [g.get("class") for g in drawing.nodes] == [
        "node collapsed",
        "node derived",
        "node derived",
        "node derived output",
    ]
    assert drawing.shown(drawing.nodes[0]) == ["sin and 7 before it"]
    assert "7 nodes further back left out" in drawing.of_class("note", "text")[0].text
    assert len(Drawing(draw.svg(chain(3), depth=9)).nodes) == 4
    with pytest.raises(ValueError, match="0 or more"):
        draw.svg(chain(1), depth=-1)


def test_several_nodes_in_one_drawing():
    x = ag.InitialNode(1.0, name="x")
    a, b = ag.exp(x), ag.sin(x)
    drawing = Drawing(draw.svg([a, b]))
    assert len(drawing.nodes) == 3
    assert len(drawing.of_class("output")) == 2
    for wrong in ([], [x, 3], "x"):
        with pytest.raises(TypeError, match="a node or several"):
            draw.svg(wrong)


def test_backward_graph_is_drawn_like_any_other():
    x = ag.InitialNode(0.5, name="x")
    ag.sigmoid(x).backward(create_graph=True)
    drawing = Drawing(draw.svg(x.grad))
    assert len(drawing.nodes) == len(ag.Graph(x.grad).nodes)
    shown = drawing.shown(drawing.nodes[-1])
    assert f"{x.grad.item():.4g}" in shown


def test_forward_and_backward_face_each_other():
    x = ag.InitialNode(0.5, name="x")
    y = ag.tanh(ag.square(x))
    y.name = "y"
    drawing = Drawing(draw.facing(y, x))
    assert x.grad is None
    shown = drawing.shown()
    assert {"forward →", "← backward", "∂y/∂x", "∂y/∂y"} <= set(shown)
    y.backward(create_graph=True)
    derived = {node for root in (y, x.grad) for node in ag.Graph(root).nodes if node.inputs}
    assert len(drawing.of_class("derived")) == len(derived)
    references = drawing.of_class("reference")
    assert any("x" in drawing.shown(g) for g in references)
    ids = [g.get("id") for g in drawing.nodes + drawing.edges]
    assert len(ids) == len(set(ids))
    with pytest.raises(ValueError, match="no gradient by other"):
        draw.facing(y, ag.InitialNode(1.0, name="other"))
    with pytest.raises(ValueError, match="more than 150"):
        draw.facing(chain(200))


@given(name=ANY_TEXT | st.sampled_from(HOSTILE))
def test_no_name_breaks_a_drawing(name):
    x = ag.InitialNode([1.0, 2.0], name=name)
    y = ag.exp(x)
    y.backward()
    text = draw.svg(y, names={name + "y": y}, prefix=name)
    text.encode()
    drawing = Drawing(text)
    assert len(drawing.nodes) == 2
    told = f"initial {written(name)}, 2," if name else "initial, 2,"
    assert drawing.nodes[0].find(SVG + "title").text.startswith(told)
    counts, titles = parse_html(text)
    assert counts == {"script": 0, "svg": 1, "g": sum(1 for _ in drawing.root.iter(SVG + "g"))}
    assert any(lines(title).startswith(told) for title in titles)


def written(name):
    """A name as a parser of XML gives it back: it has no control characters."""
    return lines(re.sub("[^\t\n\r -\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]", "\ufffd", name))


def lines(text):
    return text.replace("\r\n", "\n").replace("\r", "\n")


def parse_html(text):
    """How often each element comes in an HTML page with the drawing, and the titles."""

    class Parser(HTMLParser):
        def __init__(self):
            super().__init__()
            self.counts = dict.fromkeys(("script", "svg", "g"), 0)
            self.titles = []
            self.inside = False

        def handle_starttag(self, tag, attributes):
            if tag in self.counts:
                self.counts[tag] += 1
            self.inside = tag == "title"
            if self.inside:
                self.titles.append("")

        def handle_endtag(self, tag):
            self.inside = False

        def handle_data(self, data):
            if self.inside:
                self.titles[-1] += data

    parser = Parser()
    parser.feed(f"<!doctype html><body>{text}</body>")
    parser.close()
    return parser.counts, parser.titles


def test_name_of_10000_characters_is_cut_but_told_whole():
    x = ag.InitialNode(1.0, name="long" * 2500)
    drawing = Drawing(draw.svg(x))
    (shown,) = (text for text in drawing.shown() if text.startswith("long"))
    assert len(shown) < 60
    assert shown.endswith(ELLIPSIS)
    assert float(drawing.root.get("width")) < 500
    assert "long" * 2500 in drawing.nodes[0].find(SVG + "title").text


def test_nothing_is_fetched_and_nothing_runs():
    text = draw.svg(regression())
    assert not re.search(r"<script|\bon\w+=|href|@import|url\(", text)
    assert re.findall(r"https?://[^\"' ]+", text) == ["http://www.w3.org/2000/svg"]


def test_prefix_and_style_of_several_drawings_on_a_page():
    J = regression()
    first, second = draw.svg(J, prefix="a-"), draw.svg(J, prefix="b-", style=False)
    ids = re.findall(r' id="([^"]+)"', first + second)
    assert len(ids) == len(set(ids)) > 0
    assert "<style>" in first
    assert "<style>" not in second


def luminance(colour):
    parts = (int(colour[i : i + 2], 16) / 255 for i in (1, 3, 5))
    r, g, b = (c / 12.92 if c <= 0.04045 else ((c + 0.055) / 1.055) ** 2.4 for c in parts)
    return 0.2126 * r + 0.7152 * g + 0.0722 * b


@pytest.mark.parametrize("which", [0, 1], ids=["light", "dark"])
@pytest.mark.parametrize(
    ("ink", "grounds"),
    [
        ("ink", "paper initial derived constant table positive negative group"),
        ("ink", "gradient-positive gradient-negative"),
        ("muted", "paper initial derived constant group"),
        ("gradient", "paper initial derived"),
        ("derived-line", "derived"),
    ],
)
def test_texts_can_be_read(which, ink, grounds):
    """The contrast that WCAG 2 asks of small texts (level AA)."""
    for ground in grounds.split():
        dark, light = sorted(luminance(COLOURS[name][which]) for name in (ink, ground))
        assert (light + 0.05) / (dark + 0.05) >= 4.5, ground


@pytest.mark.parametrize(("which", "least"), [(0, 3), (1, 4.5)], ids=["light", "dark"])
def test_lines_can_be_seen(which, least):
    """WCAG 2 asks for 3 between graphics and their background; in the dark more is needed."""
    for line in ("line", "positive-line", "negative-line"):
        dark, light = sorted(luminance(COLOURS[name][which]) for name in (line, "paper"))
        assert (light + 0.05) / (dark + 0.05) >= least, line


def test_notebook_shows_the_drawing_and_text(monkeypatch):
    J = regression()
    bundle = J._repr_mimebundle_()
    assert bundle.keys() == {"text/plain", "image/svg+xml"}
    assert bundle["text/plain"] == repr(J)
    assert len(Drawing(bundle["image/svg+xml"]).nodes) == 7

    def broken(*_):
        raise RuntimeError

    monkeypatch.setattr("autograd_core.draw.notebook.svg", broken)
    assert J._repr_mimebundle_() == {"text/plain": repr(J)}


def test_notebook_shows_a_network_and_text_of_other_modules():
    net = nn.MLP([2, 3, 1], rng=0)
    bundle = net._repr_mimebundle_()
    assert bundle["text/plain"] == repr(net)
    ElementTree.fromstring(bundle["image/svg+xml"])
    loss = nn.MSELoss()
    assert loss._repr_mimebundle_() == {"text/plain": repr(loss)}
