"""Pictures of graphs: `svg`, which draws the graph that your own code built.

>>> import autograd_core as ag
>>> from autograd_core import draw
>>> x = ag.InitialNode([1.0, 2.0], name="x")
>>> J = ag.mean(ag.square(x))
>>> J.backward()
>>> draw.svg(J).startswith("<svg")
True
"""

from autograd_core.draw.facing import facing
from autograd_core.draw.network import network
from autograd_core.draw.save import save
from autograd_core.draw.svg import svg
from autograd_core.draw.walkthrough import walkthrough

__all__ = ["facing", "network", "save", "svg", "walkthrough"]
