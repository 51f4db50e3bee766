"""Colours and lines of a drawing, light and dark, as one style sheet.

Every colour is a custom property, so that a page can choose its own (`.ag { --ag-paper: none }`).
Programs that know no custom properties take the light colours, which stand before them. The
two pairs of colours for positive and negative entries can be told apart by the colour-blind,
and signs are printed with the numbers.
"""

from __future__ import annotations

TITLE, FONT, SMALL = 15.0, 13.0, 11.0  # sizes of texts
FONTS = 'system-ui, "Segoe UI", Roboto, "Helvetica Neue", Arial, sans-serif'

# name: (light, dark)
COLOURS = {
    "paper": ("#ffffff", "#14181d"),
    "ink": ("#17212b", "#eef2f6"),
    "muted": ("#52606d", "#aab6c2"),
    "line": ("#66737f", "#93a0ad"),
    "initial": ("#e4f0fb", "#14293b"),
    "initial-line": ("#1f659f", "#74b5ea"),
    "derived": ("#fdf5e6", "#2a2317"),
    "derived-line": ("#94610f", "#e0ae5e"),
    "constant": ("#f1f3f5", "#20262c"),
    "constant-line": ("#66737f", "#93a0ad"),
    "group": ("#f6f8fa", "#1a2027"),
    "group-line": ("#8995a1", "#5f6c79"),
    "table": ("#ffffff", "#14181d"),
    "positive": ("#f0a04b", "#9a5a12"),
    "negative": ("#6aaede", "#1f629c"),
    "positive-line": ("#cf7a1c", "#d08a3e"),
    "negative-line": ("#3f86c4", "#4a8fd0"),
    "gradient": ("#7a3d97", "#d7a6ee"),
    "gradient-positive": ("#c48ddb", "#77459a"),
    "gradient-negative": ("#66bd95", "#1d6e4e"),
    "not-finite": ("#e5484d", "#c22f35"),
}


def _paint(**properties: str) -> str:
    """CSS that gives properties such as fill a colour: plain first, then by name."""
    css = ""
    for key, name in properties.items():
        css += f"{key}:{COLOURS[name][0]};{key}:var(--ag-{name});"
    return css


def _properties(which: int) -> str:
    return "".join(f"--ag-{name}:{pair[which]};" for name, pair in COLOURS.items())


def style_sheet() -> str:
    """The rules for the class `ag`, which every drawing has."""
    light, dark = _properties(0), _properties(1)
    rules = {
        # A choice of the page is stronger than that of the system, by one more class.
        ".ag,[data-theme=light] .ag,[data-jp-theme-light=true] .ag": light,
        ".ag": f"max-width:100%;height:auto;font-family:{FONTS}",
        ".ag text": _paint(fill="ink") + "unicode-bidi:isolate;white-space:pre",
        ".ag .paper": _paint(fill="paper"),
        ".ag .drawing": f"font-size:{FONT:g}px",
        ".ag .drawing .name,.ag .drawing .operation,.ag .heading": f"font-size:{TITLE:g}px",
        ".ag .drawing .caption": f"font-size:{SMALL:g}px",
        ".ag .name": "font-weight:700",
        ".ag .caption,.ag .heading": _paint(fill="muted"),
        ".ag .gradients .caption": _paint(fill="gradient"),
        ".ag .gradients .number": _paint(fill="gradient"),
        ".ag .entries": "text-anchor:middle;font-variant-numeric:tabular-nums",
        ".ag .grid": _paint(stroke="line") + "fill:none;stroke-width:.75;stroke-opacity:.55",
        ".ag .table": _paint(fill="table"),
        ".ag .p": _paint(fill="positive"),
        ".ag .m": _paint(fill="negative"),
        ".ag .x": _paint(fill="not-finite"),
        ".ag .gradients .p": _paint(fill="gradient-positive"),
        ".ag .gradients .m": _paint(fill="gradient-negative"),
        ".ag .shape": "stroke-width:1.6",
        ".ag .initial .shape": _paint(fill="initial", stroke="initial-line"),
        ".ag .derived .shape": _paint(fill="derived", stroke="derived-line"),
        ".ag .constant .shape": _paint(fill="constant", stroke="constant-line")
        + "stroke-dasharray:4 3",
        ".ag .collapsed .shape": _paint(fill="group", stroke="group-line"),
        ".ag .output .shape": "stroke-width:3.4",
        ".ag .derived .operation": _paint(fill="derived-line") + "font-weight:600",
        ".ag .line": _paint(stroke="line") + "fill:none;stroke-width:1.6",
        ".ag .head": _paint(fill="line"),
        ".ag .flow": _paint(fill="gradient"),
        ".ag .label": _paint(fill="paper", stroke="gradient") + "stroke-width:.9",
        ".ag .outline": _paint(fill="group", stroke="group-line") + "stroke-width:1.2",
        ".ag .group-label": _paint(fill="muted", stroke="group")
        + "font-weight:600;stroke-width:5;stroke-linejoin:round;paint-order:stroke",
        ".ag .reference .shape": _paint(fill="paper", stroke="line") + "stroke-dasharray:4 3",
        ".ag .reference .name": "font-weight:400;font-style:italic",
        ".ag .between": _paint(stroke="group-line") + "stroke-dasharray:2 5",
    }
    css = "".join(f"{selector}{{{body}}}" for selector, body in rules.items())
    return (
        f"{css}"
        f"@media screen and (prefers-color-scheme:dark){{.ag{{{dark}}}}}"
        f"@media screen{{[data-theme=dark] .ag,[data-jp-theme-light=false] .ag{{{dark}}}}}"
    )
