"""Mathematics as MathML: a few functions that put pieces together.

A piece knows how tightly it binds, and is put in parentheses where it would be misread: a sum
inside a product, anything but a name or a number under an exponent. It can also be had as a line
of plain text, to be read aloud: `Math.text`.

Only elements of MathML Core are used, which browsers draw by themselves.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass, field, replace

from autograd_core.draw.text import escape

# How tightly a piece binds, from loosely to tightly.
RELATION, SUM, BIG_SUM, MATRIX_PRODUCT, PRODUCT, FRACTION, POWER, ATOM = range(8)

LONGEST_NAME = 40  # characters of a name that are shown in a formula
THIN = "0.17em"


@dataclass(frozen=True)
class Math:
    """A piece of mathematics: a MathML element, and how tightly it binds."""

    tag: str
    children: tuple[Math | str, ...]
    level: int = ATOM
    attributes: dict[str, str] = field(default_factory=dict)
    value: float | None = None  # of a number
    negated: Math | None = None  # x, if this is -x

    def __str__(self) -> str:
        """The MathML element."""
        attributes = "".join(f' {name}="{escape(x)}"' for name, x in self.attributes.items())
        return f"<{self.tag}{attributes}>{self.inside}</{self.tag}>"

    @property
    def inside(self) -> str:
        """What stands between the tags of the element."""
        return "".join(escape(x) if isinstance(x, str) else str(x) for x in self.children)

    @property
    def has_fraction(self) -> bool:
        """Whether there is a fraction anywhere in it."""
        return self.tag == "mfrac" or any(
            isinstance(x, Math) and x.has_fraction for x in self.children
        )

    @property
    def text(self) -> str:
        """The piece as a line of text, such as `∂J/∂X = ∂J/∂A W^T`."""
        parts = [x if isinstance(x, str) else x.text for x in self.children]
        match self.tag:
            case "mfrac":
                return "/".join(_in_parentheses(x) for x in parts)
            case "msup":
                return f"{parts[0]}^{_in_parentheses(parts[1])}"
            case "msubsup":
                return f"{parts[0]}_{_in_parentheses(parts[1])}^{_in_parentheses(parts[2])}"
            case "msub" | "munder":
                return f"{parts[0]}_{_in_parentheses(parts[1])}"
            case "msqrt":
                return f"√{_in_parentheses(''.join(parts))}"
            case "mover":
                return f"mean({parts[0]})"
            case "mtable":
                return f"{{{'; '.join(parts)}}}"
            case "mtr":
                return " ".join(parts)
            case "mo":
                return SPACED.get(parts[0], parts[0])
            case "mrow" if self.children and self.children[0] in PREFIXES:
                parts[0] = parts[0].strip()
        return "".join(parts)


INVISIBLE_TIMES = "\u2062"
SPACED = {sign: f" {sign} " for sign in ("+=", *"=+−⋅⊙<≤>≥≠∧∨")}
SPACED |= {INVISIBLE_TIMES: " ", ",": ", "}


def formula(*parts: Math) -> str:
    """The whole formula as a `math` element."""
    return f"<math>{row(*parts).inside}</math>"


def identifier(name: str) -> Math:
    """A name: W1 is written W with the subscript 1; a long one is cut, which an ellipsis shows."""
    match = re.fullmatch(r"([^\W\d_]+)_?(\d{1,3})", name)
    if match:
        return subscript(_name(match[1]), Math("mn", (match[2],)))
    if len(name) > LONGEST_NAME:
        name = name[: LONGEST_NAME - 1] + "…"
    return _name(name)


def _name(name: str) -> Math:
    if name.isidentifier():
        return Math("mi", (name,))
    return Math("mtext", (name or "\u00a0",))


def number(text: str, value: float | None) -> Math:
    """A number, written as `text`, with a power of ten instead of an e.

    Numbers with a `value` are constants, which are reckoned with.
    """
    sign, digits = ("−", text[1:]) if text[:1] in "-−" else ("", text)
    mantissa, _, exponent = digits.partition("e")
    parts = [Math("mn", (mantissa,))]
    if exponent:
        ten = Math("msup", (Math("mn", ("10",)), Math("mn", (exponent.lstrip("+"),))))
        parts += [operator("⋅"), ten]
    if sign:
        parts.insert(0, operator(sign))
    level = SUM if sign else PRODUCT if exponent else ATOM
    return replace(parts[0] if len(parts) == 1 else row(*parts), level=level, value=value)


def operator(sign: str, **attributes: str) -> Math:
    return Math("mo", (sign,), ATOM, attributes)


PREFIXES = operator("−"), operator("¬")  # where they are the first in a row
OPENING = *PREFIXES, operator("("), operator("["), operator("|")


def word(text: str) -> Math:
    """Upright words, such as the name of a function."""
    return Math("mtext", (text,))


def row(*parts: Math, level: int = ATOM) -> Math:
    """Pieces one after the other.

    A row inside a row is dissolved, unless it begins with a sign or a parenthesis.
    """
    children: list[Math | str] = []
    for part in parts:
        if part.tag == "mrow" and part.children[0] not in OPENING:
            children += part.children
        else:
            children.append(part)
    return Math("mrow", tuple(children), level)


def parentheses(x: Math, left: str = "(", right: str = ")") -> Math:
    return row(operator(left), x, operator(right))


def bound(x: Math, level: int) -> Math:
    """The piece, in parentheses if it binds less tightly than `level`."""
    return x if x.level >= level else parentheses(x)


def infix(sign: str, x: Math, y: Math, level: int, right: int | None = None) -> Math:
    """x sign y; `right` is how tightly y must bind, by default more tightly than the result."""
    right = level + 1 if right is None else right
    return row(bound(x, level), operator(sign), bound(y, right), level=level)


def juxtaposed(x: Math, y: Math) -> Math:
    """x y: the product of two matrices."""
    sign = operator(INVISIBLE_TIMES, lspace=THIN, rspace=THIN)
    return row(bound(x, FRACTION), sign, bound(y, FRACTION), level=MATRIX_PRODUCT)


def minus(x: Math) -> Math:
    """-x; of -y it is y."""
    if x.negated is not None:
        return x.negated
    negative = row(operator("−"), bound(x, MATRIX_PRODUCT), level=SUM)
    return replace(negative, negated=x)


def fraction(x: Math, y: Math) -> Math:
    return Math("mfrac", (x, y), FRACTION)


def power(x: Math, y: Math) -> Math:
    if x.tag == "msub":
        return Math("msubsup", (*x.children, y), POWER)
    return Math("msup", (bound(x, ATOM), y), POWER)


def subscript(x: Math, y: Math) -> Math:
    return Math("msub", (bound(x, ATOM), y), ATOM)


def root(x: Math) -> Math:
    return Math("msqrt", (x,), ATOM)


def over_all(sign: str, indices: str, x: Math) -> Math:
    """A sum, a maximum, ... of x over `indices`."""
    sign_ = operator(sign, lspace="0", rspace=THIN, movablelimits="false")
    if indices:
        sign_ = Math("munder", (sign_, Math("mi", (indices,))))
    return row(sign_, bound(x, BIG_SUM), level=BIG_SUM)


def bar(x: Math) -> Math:
    """x with a line over it: its mean."""
    return Math("mover", (x, operator("‾")))


def call(name: str, *arguments: Math, under: str = "") -> Math:
    """name(arguments), with an option of the function, `under`, as a subscript."""
    function = Math("mi", (name,)) if name.isidentifier() else word(name)
    if under:
        function = subscript(function, word(under))
    return row(function, parentheses(listed(arguments)))


def listed(parts: Sequence[Math]) -> Math:
    """Pieces with commas between them."""
    separated: list[Math] = []
    for part in parts:
        separated += [operator(","), part] if separated else [part]
    return parts[0] if len(parts) == 1 else row(*separated)


def cases(value: Math, condition: Math, otherwise: Math) -> Math:
    """`value` where the condition holds, and `otherwise` elsewhere, one under the other."""

    def line(x: Math, when: Math) -> Math:
        return Math("mtr", (Math("mtd", (x,)), Math("mtd", (when,))))

    if_ = row(word("if\u00a0"), condition)
    lines = line(value, if_), line(otherwise, word("otherwise"))
    return Math("mtable", lines, RELATION)  # the page draws the brace: many fonts can't


def _in_parentheses(text: str) -> str:
    """`text`, in parentheses unless it is a single name, a number or a call of a function."""
    return text if re.fullmatch(r"[^\s/^+−⋅⊙=]+", text) else f"({text})"
