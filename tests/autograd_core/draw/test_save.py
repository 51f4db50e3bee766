"""Files: whole or not at all, of four kinds, with reasons where one can't be made."""

import os
import shutil
from xml.etree import ElementTree

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

import autograd_core as ag
import nn
from autograd_core import draw
from autograd_core.draw import dot
from autograd_core.draw.dot_source import dot_source
from autograd_core.draw.save import write_text

needs_dot = pytest.mark.skipif(
    shutil.which("dot") is None, reason="Graphviz's program `dot` is not installed"
)


def graph():
    X = ag.InitialNode(np.arange(6.0).reshape(3, 2), name="X", requires_grad=False)
    w = ag.InitialNode([[0.5], [-1.0]], name="w")
    J = ag.mean(ag.square(ag.mm(X, w)))
    J.backward()
    return J


def test_svg_file_is_what_svg_gives(tmp_path):
    J = graph()
    path = tmp_path / "g.svg"
    draw.save(J, path, direction="TB")
    assert path.read_text(encoding="utf-8") == draw.svg(J, direction="TB")
    assert ElementTree.parse(path).getroot().tag.endswith("svg")
    assert os.listdir(tmp_path) == ["g.svg"]


@needs_dot
@pytest.mark.parametrize(("kind", "begins"), [("png", b"\x89PNG"), ("pdf", b"%PDF")])
def test_png_and_pdf_by_dot(tmp_path, kind, begins):
    path = tmp_path / f"g.{kind}"
    draw.save(graph(), str(path))
    assert path.read_bytes().startswith(begins)


@needs_dot
def test_dot_file_has_every_node_and_edge(tmp_path):
    path = tmp_path / "g.dot"
    J = graph()
    draw.save(J, path)
    placed = dot.run(path.read_text(encoding="utf-8"), "plain", 10).decode()
    kinds = [line.split()[0] for line in placed.splitlines()]
    assert kinds.count("node") == len(ag.Graph(J).nodes) == 5
    assert kinds.count("edge") == 4


@needs_dot
def test_networks_have_clusters(tmp_path):
    net = nn.MLP([2, 2, 1], rng=0)
    J = nn.MSELoss()(net(np.ones((3, 2))), np.ones((3, 1)))
    source = dot_source(J)
    assert source.count("subgraph cluster") == 3
    dot.run(source, "plain", 10)
    draw.save(J, tmp_path / "g.pdf", collapse=True)
    assert "subgraph" not in dot_source(J, collapse=True)


def test_dot_file_shows_values_unless_asked_not_to():
    J = graph()
    assert "gradient" in dot_source(J)
    assert "value" in dot_source(J)
    assert "gradient" not in dot_source(J, gradients=False)
    assert "value" not in dot_source(J, values=False)
    assert "0 to 99" in dot_source(ag.InitialNode(np.arange(100.0)))
    assert "rankdir=TB" in dot_source(J, direction="TB")


@needs_dot
@given(name=st.text(st.characters(exclude_categories=()), max_size=30))
def test_no_name_breaks_a_dot_file(name):
    x = ag.InitialNode(1.0, name=name)
    source = dot_source(ag.exp(x))
    placed = dot.run(source, "plain", 10).decode()
    assert sum(line.startswith("node ") for line in placed.splitlines()) == 2


@needs_dot
@pytest.mark.parametrize(
    "name", ['"', "\\", "<b>", "]]>", "</TABLE>", "a\\N", "&amp", "x" * 10_000]
)
def test_no_nasty_name_breaks_a_dot_file(name):
    dot.run(dot_source(ag.exp(ag.InitialNode(1.0, name=name))), "plain", 10)


def test_what_is_missing_is_named(tmp_path, monkeypatch):
    monkeypatch.setenv("PATH", str(tmp_path))
    J = graph()
    for kind in ("png", "pdf"):
        with pytest.raises(RuntimeError, match=rf"g\.{kind} can't be made.*`dot`.*not installed"):
            draw.save(J, tmp_path / f"g.{kind}")
    draw.save(J, tmp_path / "g.svg")
    draw.save(J, tmp_path / "g.dot")
    assert sorted(os.listdir(tmp_path)) == ["g.dot", "g.svg"]


def test_paths_that_can_not_be_written(tmp_path):
    J = graph()
    with pytest.raises(ValueError, match=r"ends in \.gif.*\.svg, \.png, \.pdf or \.dot"):
        draw.save(J, tmp_path / "g.gif")
    with pytest.raises(ValueError, match="ends in nothing"):
        draw.save(J, tmp_path / "g")
    with pytest.raises(FileNotFoundError, match="there is no folder"):
        draw.save(J, tmp_path / "no" / "g.svg")
    (tmp_path / "folder.svg").mkdir()
    with pytest.raises(IsADirectoryError, match="is a folder"):
        draw.save(J, tmp_path / "folder.svg")


def test_failed_write_leaves_the_old_file(tmp_path, monkeypatch):
    path = tmp_path / "g.svg"
    write_text(path, "old")

    def broken(*_):
        raise OSError("disk full")

    monkeypatch.setattr(os, "replace", broken)
    with pytest.raises(OSError, match="disk full"):
        draw.save(graph(), path)
    assert path.read_text() == "old"
    assert os.listdir(tmp_path) == ["g.svg"]


def test_link_is_kept_and_what_it_stands_for_is_replaced(tmp_path):
    target, link = tmp_path / "target.svg", tmp_path / "link.svg"
    target.write_text("old")
    link.symlink_to(target)
    draw.save(graph(), link)
    assert link.is_symlink()
    assert target.read_text(encoding="utf-8").startswith("<svg")
