"""Pages and images, parsed."""

from html.parser import HTMLParser
from xml.etree import ElementTree

SVG = "{http://www.w3.org/2000/svg}"
EMPTY = {"meta", "link", "br"}


def svg(text):
    """An image as a tree of XML."""
    return ElementTree.fromstring(text)


def of_class(root, tag, name):
    return [x for x in root.iter(SVG + tag) if name in x.get("class", "").split()]


def numbers(path):
    """The coordinates in a path of absolute M and L steps, as points."""
    parts = path.replace("M", " ").replace("L", " ").split()
    return list(zip(map(float, parts[::2]), map(float, parts[1::2]), strict=True))


class Page(HTMLParser):
    """The elements of a page: those that were opened, all text, and the rows of its tables."""

    def __init__(self, html):
        super().__init__(convert_charrefs=True)
        self.elements, self.text, self.rows, self.headings, self._open = [], [], [], [], []
        self.feed(html)
        self.close()
        assert self._open == []

    def handle_starttag(self, tag, attributes):
        self.elements.append((tag, dict(attributes)))
        if tag not in EMPTY:
            self._open.append(tag)
        if tag == "tr":
            self.rows.append([])
        if tag in ("td", "th"):
            self.rows[-1].append("")
        if tag == "h2":
            self.headings.append("")

    def handle_startendtag(self, tag, attributes):
        self.elements.append((tag, dict(attributes)))

    def handle_endtag(self, tag):
        assert self._open.pop() == tag

    def handle_data(self, text):
        self.text.append(text)
        if self._open and self._open[-1] in ("td", "th"):
            self.rows[-1][-1] += text
        if self._open and self._open[-1] == "h2":
            self.headings[-1] += text

    def of(self, tag):
        return [attributes for name, attributes in self.elements if name == tag]
