"""What Jupyter shows of a node and of a network."""

from __future__ import annotations

from contextlib import suppress
from typing import Any

from autograd_core.draw.network import network
from autograd_core.draw.svg import svg
from autograd_core.node import Node


def mimebundle(x: Any) -> dict[str, str]:
    """A drawing of a node's graph or of a module's units, and text for where there is none."""
    bundle = {"text/plain": repr(x)}
    with suppress(Exception):  # a display that raised would hide the text too
        bundle["image/svg+xml"] = svg(x) if isinstance(x, Node) else network(x)
    return bundle
