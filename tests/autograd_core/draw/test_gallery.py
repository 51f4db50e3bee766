"""The pictures in docs/gallery are those that docs/gallery.py draws."""

import runpy
from pathlib import Path
from xml.etree import ElementTree

import pytest

DOCS = Path(__file__).parents[3] / "docs"
PICTURES = runpy.run_path(str(DOCS / "gallery.py"))["PICTURES"]


def contents(text):
    """What a drawing shows, wherever it stands."""
    root = ElementTree.fromstring(text)
    texts = sorted("".join(t.itertext()) for t in root.iter("{http://www.w3.org/2000/svg}text"))
    return texts, sorted(element.get("id", "") for element in root.iter())


@pytest.mark.parametrize("picture", PICTURES, ids=lambda picture: picture.__name__)
def test_picture_is_up_to_date(picture):
    stored = (DOCS / "gallery" / f"{picture.__name__}.svg").read_text(encoding="utf-8")
    assert contents(stored) == contents(picture()), "run: python docs/gallery.py"


def test_there_are_seven_pictures_and_no_others():
    assert len(PICTURES) == 7
    stored = {path.name for path in (DOCS / "gallery").iterdir()}
    assert stored == {f"{picture.__name__}.svg" for picture in PICTURES}
