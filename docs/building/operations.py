"""A page for each operation: its formula, the rule of its gradient, its code, and a drawing.

No rule is written here. The operation's own `gradient` is called on the nodes of a small example,
as in `backward(create_graph=True)`, and the graph that it makes is printed as mathematics.
"""

from __future__ import annotations

import inspect
import re
import textwrap
from collections.abc import Callable, Iterator
from types import CodeType, FunctionType
from typing import Any

import numpy as np

import autograd_core as ag
import autograd_core.operations as operations
from autograd_core import Node, draw
from autograd_core.draw.formulas import Expression, gradient_symbol, print_rule, rules_of
from autograd_core.draw.mathml import RELATION, Math, formula, identifier, infix, parentheses, word
from autograd_core.draw.notation import write
from autograd_core.protocols import OPERATIONS
from autograd_core.pullback import pull
from building.examples import Example, example_of

FAMILIES = {
    "elementwise": "Arithmetic and functions of single entries",
    "activations": "Activations",
    "linear_algebra": "Products of matrices",
    "reductions": "Sums, means and extremes",
    "softmax": "Softmax and its logarithm",
    "losses": "Losses",
    "shapes": "Moving entries",
    "comparisons": "Comparisons, whose gradient is 0",
}
"""The headings, by module of `autograd_core.operations`; a module not named here comes last."""


def formulas(example: Example) -> Iterator[tuple[str, Expression]]:
    """The forward formula, and the rule of each gradient, as what it is and how it is written."""
    node = example.node
    symbols = {x: identifier(name) for name, x in example.names.items()}
    inputs = [symbols.get(x) or _constant(x) for x in node.inputs]
    output, J = symbols[node], identifier("J")
    yield "", Expression(_equation(output, write(node, *inputs)), [])
    if not node.requires_grad:
        return
    symbols |= dict(zip(node.inputs, inputs, strict=True))
    upstream = np.ones(node.shape)
    wanted = {x for x in node.inputs if x.requires_grad}
    rules = rules_of(node, upstream, wanted)
    has_one = {i for i, _ in pull(node, ag.InitialNode(upstream), wanted, as_nodes=True)}
    for i, rule in rules.items():
        x = node.inputs[i]
        if i in has_one:
            printed = print_rule(rule, node, symbols, gradient_symbol(J, output))
            left = gradient_symbol(J, symbols[x])
            yield symbols[x].text, printed._replace(math=_equation(left, printed.math))


def _constant(x: Node) -> Math:
    return word(f"{x.value}")


def _equation(left: Math, right: Math) -> Math:
    if right.level == RELATION and right.tag == "mrow":  # A = (X < Y), but A = { X if ...
        right = parentheses(right)
    return infix("=", left, right, RELATION, RELATION)


def page(name: str) -> str:
    """The page of an operation, as reStructuredText."""
    example = example_of(name)
    kind = getattr(operations, name)
    rules = list(formulas(example))
    parts = [
        f".. _operation-{name}:",
        _title(name),
        f".. auto{'class' if isinstance(kind, type) else 'function'}:: autograd_core.{name}",
        _numpy(kind),
        _heading("Formula and gradient"),
        _raw(_lines(rules)),
        _explained(example, rules),
        _heading("Example"),
        _code(example.code),
        _raw(f'<div class="drawing">{drawing(example)}</div>'),
        _heading("Code"),
        _code(_sources(kind)),
    ]
    return "\n\n".join(part for part in parts if part) + "\n"


def drawing(example: Example) -> str:
    """The graph of the example with values and gradients."""
    return draw.svg(example.node, names=example.names)


def _lines(rules: list[tuple[str, Expression]]) -> str:
    lines = []
    for _, expression in rules:
        lines.append(formula(expression.math))
        for symbol, definition in expression.definitions:
            where = formula(word("where\u00a0"), _equation(symbol, definition))
            lines.append(f'<div class="where">{where}</div>')
    return f'<div class="formulas">{"".join(lines)}</div>'


def _explained(example: Example, rules: list[tuple[str, Expression]]) -> str:
    node = example.node
    if len(rules) == 1:
        return (
            "The result is constant wherever it is continuous, so its gradient is 0 and none flows "
            "back."
        )
    told = (
        f"Here J is what is differentiated in the end, and ∂J/∂{example.output} the upstream "
        f"gradient that arrives at this node. The rules are read off the code below: ``gradient`` "
        f"is called on nodes, and what it computes is printed. Where inputs were broadcast, the "
        f"engine adds up afterwards."
    )
    without = [
        name
        for name, x in example.names.items()
        if x is not node and name not in [rule for rule, _ in rules]
    ]
    if without:
        told += f" There is no gradient by {' and '.join(f'``{name}``' for name in without)}."
    return told


def _numpy(kind: Any) -> str:
    """Which of NumPy's functions do the same on nodes."""
    functions = [
        f"np.{function.__name__}"
        for function, made in OPERATIONS.items()
        if made is kind and getattr(np, function.__name__, None) is function
    ]
    if not functions:
        return ""
    listed = " and ".join(f"``{name}``" for name in dict.fromkeys(functions))
    return f"On nodes, {listed} {'does' if len(functions) == 1 else 'do'} the same."


def _sources(kind: Any) -> str:
    """The code of an operation, and what its gradient calls that stands elsewhere."""
    if not isinstance(kind, type):
        return _source(kind)
    gradient = next(x for x in kind.__mro__ if "gradient" in vars(x))
    helpers = [
        x
        for name in _names_in(vars(gradient)["gradient"].__code__)
        if isinstance(x := vars(inspect.getmodule(gradient)).get(name), FunctionType)
        and x.__module__.startswith(operations.__name__)
    ]
    return "\n\n\n".join(_source(x) for x in dict.fromkeys([kind, gradient, *helpers]))


def _names_in(code: CodeType) -> list[str]:
    """The names that a function uses, and the functions inside it."""
    inner = [x for x in code.co_consts if isinstance(x, CodeType)]
    return [*code.co_names, *(name for x in inner for name in _names_in(x))]


def _source(x: Any) -> str:
    """The code without the docstring: an operation's stands above."""
    source = textwrap.dedent(inspect.getsource(x))
    return re.sub(r'\n\s+""".*?"""\n+', "\n", source, count=1, flags=re.DOTALL).rstrip()


def _title(text: str) -> str:
    return f"{text}\n{'=' * len(text)}"


def _heading(text: str) -> str:
    return f"{text}\n{'-' * len(text)}"


def _raw(html: str) -> str:
    return ".. raw:: html\n\n" + textwrap.indent(html, "   ")


def _code(code: str) -> str:
    return ".. code-block:: python\n\n" + textwrap.indent(code, "   ")


def families() -> dict[str, list[str]]:
    """The operations by the module that defines them, in the order of `FAMILIES`."""
    found: dict[str, list[str]] = {name: [] for name in FAMILIES}
    for name in operations.__all__:
        module = getattr(operations, name).__module__.rpartition(".")[2]
        found.setdefault(module, []).append(name)
    return {FAMILIES.get(module, module): names for module, names in found.items() if names}


def index_page() -> str:
    """The table of all operations."""
    parts = [
        _title("Operations"),
        "Each operation is one class with two pure functions. On its page are the formula, the "
        "rule of its gradient as read off its code, the code itself, and a small graph with "
        "values and gradients. All of them are names of ``autograd_core``: ``ag.mm(X, W)``.",
    ]
    for title, names in families().items():
        rows = "".join(_row(name) for name in names)
        parts += [
            _heading(title),
            ".. list-table::\n   :widths: 25 75\n   :class: operations\n\n" + rows,
            ".. toctree::\n   :hidden:\n\n" + "".join(f"   operations/{name}\n" for name in names),
        ]
    return "\n\n".join(parts)


def _row(name: str) -> str:
    math = formula(next(iter(formulas(example_of(name))))[1].math)
    raw = f"     - .. raw:: html\n\n          {math}\n"
    return f"   * - :py:obj:`~autograd_core.{name}`\n{raw}\n"


def write_pages(put: Callable[[str, str], None]) -> None:
    """Write the pages of all operations with `put(path, text)`."""
    put("operations.rst", index_page())
    for name in operations.__all__:
        put(f"operations/{name}.rst", page(name))
