"""Layer diagrams, parsed: units, lines, labels, and that nothing overlaps."""

from itertools import combinations, pairwise
from xml.etree import ElementTree

import numpy as np
import pytest
from hypothesis import example, given
from hypothesis import strategies as st

import autograd_core as ag
import nn
from autograd_core import draw
from autograd_core.draw import text, units

SVG = "{http://www.w3.org/2000/svg}"
LECTURE = {
    (10, 1): 10,
    (1, 2, 1): 4,
    (1, 20, 1): 40,
    (12, 5, 1): 65,
    (12, 5, 10): 110,
    (4, 10, 5, 3, 1): 108,
}
ANY_TEXT = st.text(st.characters(exclude_categories=()), max_size=30)


class Diagram:
    """A network's SVG, parsed."""

    def __init__(self, svg):
        self.root = ElementTree.fromstring(svg)
        self.layers = self.of_class("layer")
        self.links = [link for link in self.of_class("link", "path") if link.get("data-from")]

    def of_class(self, name, tag="g"):
        return [x for x in self.root.iter(SVG + tag) if name in x.get("class", "").split()]

    def units(self, layer):
        return [c for c in self.layers[layer] if c.get("data-unit") is not None]

    def captions(self, layer):
        lines = self.of_class("below")[layer].findall(SVG + "text")
        return ["".join(line.itertext()) for line in lines]


def values(diagram):
    return {
        (link.get("data-from"), link.get("data-to")): link.get("data-value")
        for link in diagram.links
    }


@pytest.mark.parametrize("layers", LECTURE)
def test_networks_of_the_lecture(layers):
    diagram = Diagram(draw.network(layers))
    assert [len(diagram.units(k)) for k in range(len(layers))] == list(layers)
    assert len(diagram.links) == LECTURE[layers]
    ends = {(link.get("data-from"), link.get("data-to")) for link in diagram.links}
    assert ends == {
        (f"{k}-{i}", f"{k + 1}-{j}")
        for k, (n, m) in enumerate(pairwise(layers))
        for i in range(n)
        for j in range(m)
    }
    assert diagram.captions(0)[:2] == ["input", f"{layers[0]} unit{'s' * (layers[0] > 1)}"]
    title = diagram.root.find(SVG + "title").text
    assert title.endswith(f"units and {LECTURE[layers]} weights")


def boxes(diagram):
    """The rectangles of units and texts, by an upper estimate of the texts' widths."""
    found = []
    for circle in diagram.root.iter(SVG + "circle"):
        x, y, r = (float(circle.get(name)) for name in ("cx", "cy", "r"))
        found.append((x - r, y - r, x + r, y + r))
    for line in diagram.of_class("middle", "text"):
        if line.text == "1" and "name" not in line.get("class"):
            continue  # inside the unit that is always 1
        x, y, size = (float(line.get(name)) for name in ("x", "y", "font-size"))
        half = text.width(line.text or "", size, "name" in line.get("class")) / 2
        found.append((x - half, y - 0.75 * size, x + half, y + 0.2 * size))
    return found


@given(
    st.lists(st.integers(1, 60), min_size=2, max_size=6),
    st.booleans(),
    ANY_TEXT,
)
@example([1, 1, 1], False, "M" * 12)
@example([60, 20, 1], True, "a label of some length")
def test_nothing_overlaps_or_is_cut(layers, biases, label):
    labels = [label] * len(layers)
    diagram = Diagram(draw.network(layers, biases=biases, labels=labels))
    _, _, width, height = map(float, diagram.root.get("viewBox").split())
    found = boxes(diagram)
    for a, b in combinations(found, 2):
        assert a[2] <= b[0] or b[2] <= a[0] or a[3] <= b[1] or b[3] <= a[1]
    for left, top, right, bottom in found:
        assert left >= 0
        assert top >= 0
        assert right <= width + 1  # the size is rounded
        assert bottom <= height


def test_long_layers_are_elided_and_their_true_size_is_told():
    diagram = Diagram(draw.network([1000, 20, 21]))
    assert [len(diagram.units(k)) for k in range(3)] == [12, 20, 12]
    drawn = [int(unit.get("data-unit")) for unit in diagram.units(0)]
    assert drawn == [*range(6), *range(994, 1000)]
    assert [len(layer.findall(f"{SVG}circle[@class='dot']")) for layer in diagram.layers] == [
        3,
        0,
        3,
    ]
    assert diagram.captions(0) == ["input", "1,000 units", "(12 drawn)"]
    assert diagram.captions(1) == ["hidden", "20 units"]
    assert len(diagram.links) == 12 * 20 + 20 * 12


def test_deep_networks_have_fewer_units_drawn():
    diagram = Diagram(draw.network([20] * 200))
    assert len(diagram.layers) == 200
    assert 200 < len(diagram.links) <= units.MOST_LINKS
    assert "(6 drawn)" in diagram.captions(7) or "(2 drawn)" in diagram.captions(7)


def test_weights_are_colours_and_widths():
    W = [[1.0, -2.0, 0.0], [0.5, np.nan, 1e-9]]
    diagram = Diagram(draw.network([2, 3], weights=[W]))
    kinds = {
        link.get("data-value"): (link.get("class"), float(link.get("stroke-width")))
        for link in diagram.links
    }
    assert kinds["1"][0] == kinds["0.5"][0] == "link p"
    assert kinds["−2"][0] == "link m"
    assert kinds["0"][0] == "link"
    assert kinds["nan"][0] == "link x"
    widths = [kinds[value][1] for value in ("0", "0.5", "1", "−2")]
    assert widths == sorted(set(widths))
    assert values(diagram)["0-0", "1-1"] == "−2"
    # The strongest is drawn last, and the legend tells what it stands for.
    assert (
        next(link for link in diagram.links[::-1] if "x" not in link.get("class").split()).get(
            "data-value"
        )
        == "−2"
    )
    legend = "".join(diagram.of_class("legend")[0].itertext())
    assert legend == "−2+2"


def test_all_weights_may_be_zero_or_huge():
    assert not Diagram(draw.network([2, 1], weights=[np.zeros((2, 1))])).of_class("link m", "path")
    huge = Diagram(draw.network([2, 1], weights=[[[1e308], [-1e308]]]))
    assert [float(link.get("stroke-width")) for link in huge.links] == [5.0, 5.0]


def test_biases_are_lines_from_a_unit_that_is_one():
    diagram = Diagram(draw.network([2, 3, 1], biases=True))
    assert len(diagram.links) == 3 * 3 + 4 * 1
    assert [len(layer.findall(SVG + "text")) for layer in diagram.layers] == [1, 1, 0]
    given_ = Diagram(draw.network([2, 3, 1], biases=[[1, -2, 3], None]))
    assert len(given_.links) == 3 * 3 + 3
    assert values(given_)["0-bias", "1-1"] == "−2"
    assert values(given_)["0-0", "1-1"] is None


def test_a_model_shows_its_layers_activations_and_weights():
    net = nn.MLP([4, 3, 2], "tanh", dropout=0.5, batch_norm=True, rng=0)
    diagram = Diagram(draw.network(net, weights=True, biases=True))
    assert [len(diagram.units(k)) for k in range(3)] == [4, 3, 2]
    assert [diagram.captions(k)[2:] for k in range(3)] == [[], ["tanh"], []]
    layer = net[0]
    found = values(diagram)
    for (i, j), w in np.ndenumerate(layer.weight.value):
        assert found[f"0-{i}", f"1-{j}"] == text.number(w)
    # Before a batch normalisation there is no bias; after the last layer there is one.
    assert ("0-bias", "1-0") not in found
    assert found["1-bias", "2-0"] == "0"


def test_a_model_is_left_as_it_was():
    net = nn.MLP([4, 3, 2], dropout=0.5, batch_norm=True, rng=0)
    net[1].eval()
    before = {path: np.array(value) for path, value in net.state_dict().items()}
    modes = [module.training for _, module in net.named_modules()]
    rng = next(rng for _, rng in net.named_generators())
    state = rng.bit_generator.state
    with ag.no_grad():
        draw.network(net)
    assert [module.training for _, module in net.named_modules()] == modes
    assert rng.bit_generator.state == state
    for path, value in net.state_dict().items():
        np.testing.assert_array_equal(value, before[path])


class Lecture(nn.Module):
    """Layers as attributes, in another order than they are used in, and one ReLU for all."""

    def __init__(self):
        super().__init__()
        self.relu, self.out = nn.ReLU(), nn.Linear(4, 1, dtype=np.float32)
        self.fc2, self.fc1 = nn.Linear(3, 4), nn.Linear(2, 3, bias=False)

    def forward(self, X):
        return ag.sigmoid(self.out(self.relu(self.fc2(self.relu(self.fc1(X))))))


def test_any_chain_of_layers_is_followed():
    net = Lecture()
    net.fc2.weight.requires_grad = False
    with pytest.raises(ValueError, match="must be"):  # the first matrix is that of `out`
        draw.network(net)
    net = nn.Sequential(nn.Linear(2, 2), net)
    diagram = Diagram(draw.network(net, biases=True))
    assert [len(diagram.units(k)) for k in range(5)] == [2, 2, 3, 4, 1]
    assert [diagram.captions(k)[2:] for k in range(5)] == [[], [], ["relu"], ["relu"], ["sigmoid"]]
    assert len(diagram.links) == (2 + 1) * 2 + 2 * 3 + (3 + 1) * 4 + (4 + 1) * 1


class Residual(nn.Module):
    def __init__(self):
        super().__init__()
        self.f = nn.Linear(2, 2)

    def forward(self, X):
        return X + self.f(X)


class Gated(nn.Module):
    def __init__(self):
        super().__init__()
        self.f, self.g = nn.Linear(2, 2), nn.Linear(2, 2)

    def forward(self, X):
        return ag.sigmoid(self.f(X)) * self.g(X)


class Unused(nn.Module):
    def __init__(self):
        super().__init__()
        self.f, self.g = nn.Linear(2, 2), nn.Linear(2, 2)

    def forward(self, X):
        return self.f(X)


@pytest.mark.parametrize("model", [Residual, Gated])
def test_layers_that_are_no_chain_are_refused(model):
    with pytest.raises(ValueError, match=f"{model.__name__} are not one after the other"):
        draw.network(model())


@pytest.mark.parametrize(
    ("what", "options", "error", "words"),
    [
        ([5], {}, ValueError, r"\[5\] is 1 layer, but a network has inputs and outputs"),
        ([], {}, ValueError, "is 0 layers"),
        ([3, 0, 1], {}, ValueError, "at least one unit"),
        ([3, 1.5], {}, TypeError, "whole numbers"),
        ("12", {}, TypeError, "neither a list of numbers of units"),
        (nn.ReLU(), {}, ValueError, "ReLU has no weight matrix"),
        (Unused(), {}, ValueError, "has 2 weight matrices but uses only 1"),
        ([2, 3], {"weights": True}, ValueError, "pass a model, or the matrices"),
        ([2, 3], {"weights": [np.ones((3, 2))]}, ValueError, r"\(3, 2\), but must be \(2, 3\)"),
        ([2, 3, 1], {"weights": [np.ones((2, 3))]}, ValueError, "1 weights for 3 layers"),
        ([2, 3], {"biases": [[1.0]]}, ValueError, r"biases\[0\] has shape \(1,\)"),
        ([2, 3], {"labels": ["x"]}, ValueError, "1 labels for 2 layers"),
    ],
)
def test_what_can_not_be_drawn_is_told(what, options, error, words):
    with pytest.raises(error, match=words):
        draw.network(what, **options)


@given(st.lists(ANY_TEXT, min_size=2, max_size=2), ANY_TEXT)
def test_any_name_is_shown_as_text(labels, prefix):
    diagram = Diagram(draw.network([1, 1], labels=labels, prefix=prefix))
    assert len(diagram.links) == 1
    ids = [x.get("id") for x in diagram.root.iter() if x.get("id")]
    assert len(ids) == len(set(ids)) == 2


def test_long_labels_are_cut_and_told_in_full():
    diagram = Diagram(draw.network([1, 1], labels=["a" * 10_000, "b"]))
    assert len(diagram.captions(0)[0]) < 40
    assert diagram.of_class("below")[0].find(SVG + "title").text == "a" * 10_000


def test_prefixes_and_style_sheets_for_several_drawings_on_a_page():
    ids = [
        {x.get("id") for x in Diagram(draw.network([2, 1], prefix=prefix)).root.iter()} - {None}
        for prefix in ("a-", "b-")
    ]
    assert ids[0] == {"a-u0-0", "a-u0-1", "a-u1-0"}
    assert ids[0].isdisjoint(ids[1])
    assert "<style>" not in draw.network([2, 1], style=False)
