"""Texts in a drawing: numbers, shapes, how wide a text is, and escaping."""

from __future__ import annotations

import math
import re
import unicodedata
from html import escape as _escape
from typing import Any

import numpy as np

MINUS = "\N{MINUS SIGN}"
INFINITY = "\N{INFINITY}"
ELLIPSIS = "\N{HORIZONTAL ELLIPSIS}"

# What XML 1.0 has no way to write, not even as a character reference.
_FORBIDDEN = re.compile("[^\t\n\r\u0020-\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]")

# Widths in units of the font size, those of DejaVu Sans: among the fonts that a browser may
# take for `sans-serif` it is the widest, so a text that fits by them fits in any.
_WIDTHS = {
    "ijl'IJ": 0.29, " ,./:;\\|f-": 0.35, "()[]t!r": 0.41, '"*_`sz?cLFkvxy': 0.59,
    "PTYaoeESbdghnpqu$0123456789{}": 0.64, "KAVBRXZC": 0.7, "UHNDG&OQ": 0.79,
    "w#+<=>^~M": 0.86, "%mW@": 1.0,
}  # fmt: skip
_WIDTH = {character: width for group, width in _WIDTHS.items() for character in group}
_BOLD = 1.12


def number(x: Any, precision: int = 4) -> str:
    """One number with `precision` significant digits, to be read by people.

    >>> [number(x) for x in (0.382163, -0.25, 1.2e-7, 5.0, np.inf, np.nan, True)]
    ['0.3822', '−0.25', '1.2e−7', '5', '∞', 'nan', 'True']
    """
    if isinstance(x, (bool, np.bool_)):
        return str(bool(x))
    value = float(x)
    if math.isnan(value):
        return "nan"
    if math.isinf(value):
        return INFINITY if value > 0 else MINUS + INFINITY
    size = abs(value)
    if size == 0:
        return "0"
    if value == int(value) and size < 1e6:
        text = str(int(size))
    elif 1e-4 <= size < 1e6:
        decimals = max(precision - 1 - math.floor(math.log10(size)), 0)
        text = f"{size:.{decimals}f}"
    else:
        text = f"{size:.{max(precision - 1, 0)}e}"
    digits, _, exponent = text.partition("e")
    if "." in digits:
        digits = digits.rstrip("0").rstrip(".")
    if exponent:
        digits += "e" + f"{int(exponent)}".replace("-", MINUS)
    return (MINUS if value < 0 else "") + digits


def shape(array: Any) -> str:
    """The shape and, where it is not float64, the dtype: `3 × 4`, `5`, `2 × 2 float32`.

    >>> shape(np.zeros((3, 4))), shape(np.zeros(5, np.float32)), shape(np.float64(1))
    ('3 × 4', '5 float32', '')
    """
    array = array if hasattr(array, "dtype") else np.asarray(array)
    sizes = " × ".join(map(str, array.shape))
    dtype = "" if array.dtype == np.float64 else str(array.dtype)
    return f"{sizes} {dtype}".strip()


def value_range(array: Any, precision: int = 4) -> str:
    """The least and the largest finite entry, and how many entries are not finite.

    >>> value_range([[1.0, -2.0], [np.nan, 0.5]])
    '−2 to 1, 1 not finite'
    """
    array = np.asarray(array)
    if array.size == 0:
        return "no entries"
    finite = array[np.isfinite(array)]
    parts = []
    if finite.size:
        parts = [f"{number(finite.min(), precision)} to {number(finite.max(), precision)}"]
    if finite.size < array.size:
        parts.append(f"{array.size - finite.size} not finite")
    return ", ".join(parts)


def width(text: str, size: float, bold: bool = False) -> float:
    """An upper estimate of how wide `text` is drawn in a sans-serif font of `size`."""
    total = 0.0
    for character in text:
        total += _WIDTH.get(character) or _other_width(character)
    return total * size * (_BOLD if bold else 1)


def _other_width(character: str) -> float:
    if unicodedata.combining(character):
        return 0.0
    return 1.4 if ord(character) > 0xFFFF or unicodedata.east_asian_width(character) in "WF" else 1


def short(x: float) -> str:
    """A coordinate, to a tenth.

    >>> short(3), short(-12.345), short(-0.01)
    ('3', '-12.3', '0')
    """
    return f"{x:z.1f}".removesuffix(".0")


def fit(text: str, room: float, size: float, bold: bool = False) -> str:
    """`text`, or as much of its beginning as is at most `room` wide, and an ellipsis."""
    short = text[:1000]  # a longer one never fits, and need not be measured
    if len(short) == len(text) and width(text, size, bold) <= room:
        return text
    while short and width(short + ELLIPSIS, size, bold) > room:
        short = short[:-1]
    return short.rstrip() + ELLIPSIS


def escape(text: str) -> str:
    """`text` as the content of an element or of a quoted attribute in XML or HTML.

    What XML can't hold becomes U+FFFD, the replacement character.

    >>> escape('a < "b" \\x00')
    'a &lt; &quot;b&quot; \N{REPLACEMENT CHARACTER}'
    """
    return _escape(_FORBIDDEN.sub("\N{REPLACEMENT CHARACTER}", text), quote=True)
