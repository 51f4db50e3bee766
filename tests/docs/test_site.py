"""The site is built without a warning; links lead somewhere; nothing is fetched."""

import re
import subprocess
import sys
import zlib
from html.parser import HTMLParser
from urllib.parse import unquote, urlsplit

import pytest

from building import public
from tests.docs.pages import ROOT

pytest.importorskip("sphinx", reason="the site needs the extra docs")
pytestmark = pytest.mark.slow


@pytest.fixture(scope="module")
def site(tmp_path_factory):
    folder = tmp_path_factory.mktemp("site")
    command = [sys.executable, "-m", "sphinx", "-W", "--keep-going", "-n", "-q"]
    state = ["-d", str(folder / "doctrees")]
    done = subprocess.run(
        [*command, *state, "docs", str(folder / "html")], cwd=ROOT, capture_output=True, text=True
    )
    assert done.returncode == 0, done.stderr
    assert done.stderr == ""
    return folder / "html"


class Page(HTMLParser):
    """The anchors of a page, and what it refers to."""

    def __init__(self, path):
        super().__init__()
        self.anchors, self.links, self.loaded = set(), [], []
        self.feed(path.read_text(encoding="utf-8"))

    def handle_starttag(self, tag, attrs):
        attributes = dict(attrs)
        if "id" in attributes:
            self.anchors.add(attributes["id"])
        if tag == "a" and "href" in attributes:
            self.links.append(attributes["href"])
        if tag in ("script", "img", "iframe", "source") and attributes.get("src"):
            self.loaded.append(attributes["src"])
        if tag == "link" and attributes.get("rel") in ("stylesheet", "preload", "icon"):
            self.loaded.append(attributes["href"])


def test_links_lead_somewhere_and_nothing_is_fetched(site):
    pages = {path: Page(path) for path in site.rglob("*.html")}
    assert len(pages) > 100
    for path, page in pages.items():
        for link in [*page.links, *page.loaded]:
            url = urlsplit(link)
            if url.scheme:
                assert link not in page.loaded or url.scheme == "data", (path.name, link)
                continue
            target = (path.parent / unquote(url.path)).resolve() if url.path else path
            assert target.exists(), (path.name, link)
            if url.fragment and target in pages:
                assert unquote(url.fragment) in pages[target].anchors, (path.name, link)


def test_style_sheets_fetch_nothing(site):
    for path in site.rglob("*.css"):
        assert not re.search(r"(@import|url\()\s*[\"']?(https?:)?//", path.read_text("utf-8"))


def test_every_public_name_is_in_the_inventory(site):
    lines = (site / "objects.inv").read_bytes().split(b"\n", 4)
    entries = zlib.decompress(lines[4]).decode().splitlines()
    names = {entry.split()[0] for entry in entries if " py:" in entry}
    assert set(public.public_paths()) <= names


def test_formulas_and_rows(site):
    page = (site / "_generated/reference/operations/mm.html").read_text("utf-8")
    assert "<mfrac>" in page
    assert "<svg" in page
    rows = (site / "rows.html").read_text("utf-8")
    assert len(re.findall(r'href="_generated/tests/test_\w+\.html#', rows)) >= 110
