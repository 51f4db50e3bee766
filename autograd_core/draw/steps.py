"""The steps of a page as HTML: what is given, forward, backward, and what came out."""

from __future__ import annotations

import inspect
import re
import textwrap
from collections import Counter

import numpy as np

from autograd_core.draw.arrays import Arrays
from autograd_core.draw.checks import check, table_of
from autograd_core.draw.figures import Figures, operands_of
from autograd_core.draw.formulas import (
    Expression,
    constant,
    expression,
    gradient_symbol,
    print_rule,
)
from autograd_core.draw.mathml import (
    RELATION,
    SUM,
    Math,
    formula,
    identifier,
    infix,
    operator,
    row,
    word,
)
from autograd_core.draw.notation import write
from autograd_core.draw.record import Pull, Record, Term
from autograd_core.draw.text import escape
from autograd_core.node import InitialNode, Node
from autograd_core.values import Array

LONGEST_HEADING = 200  # characters of a name
EQUALS = operator("=")
THIS_TERM = ' data-text="this term"'  # the caption of a contribution to a gradient


class Steps:
    """The sections of a page, and what the page needs to know to show them."""

    def __init__(self, record: Record, labels: dict[Node, str], arrays: Arrays) -> None:
        self.record = record
        self.labels = labels
        self.sections: list[str] = []
        self.operations: list[dict[str, str]] = []
        """What the operations do, in their own words, and their code."""
        self.operation_of = [0] * len(record.nodes)
        """The number of each computed node's operation."""
        self.of_node = [[0 if x.inputs else 1, 0, 0] for x in record.nodes]
        """The steps of each node: forward, its own gradient, and where its gradient is complete."""
        self.index = {node: k for k, node in enumerate(record.nodes)}
        self.symbols = {x: self._symbol(x) for x in record.nodes}
        output = self.symbols[record.output]
        self.output = output if record.output.ndim == 0 else row(word("∑"), output)
        self.figures = Figures(self.index, arrays)
        self._kinds: dict[type, int] = {}
        self._uses = Counter(term.input for pull in record.pulls for term in pull.terms)
        self._make()

    def _make(self) -> None:
        """Make all sections, in order."""
        record = self.record
        self._given()
        for node in record.computed:
            self._forward(node)
        if record.gradients:
            self._begin_backward()
            for pull in record.pulls:
                self._backward(pull)
        self._result()
        self._shorten()

    def _symbol(self, node: Node) -> Math:
        label = self.labels.get(node)
        return constant(node) if label is None else identifier(label)

    def _by(self, node: Node) -> Math:
        """The gradient by a node."""
        return gradient_symbol(self.output, self.symbols[node])

    def _name(self, node: Node) -> str:
        """A node's name in a heading."""
        label = self.labels[node]
        if len(label) > LONGEST_HEADING:
            label = label[: LONGEST_HEADING - 1] + "…"
        return f"<bdi>{escape(label)}</bdi>"

    def _section(
        self, kind: str, title: str, body: str, node: Node | None = None, targets: str = ""
    ) -> None:
        of_node = ""
        if node is not None:
            self.operation_of[self.index[node]] = self._operation(node)
            of_node = f' data-node="{self.index[node]}"'
        into = f' data-targets="{targets}"' if targets else ""
        self.sections.append(
            f'<section id="s{len(self.sections) + 1}" class="{kind}"{of_node}{into}>'
            f"<h2>{title}</h2>{body}</section>"
        )

    def _shorten(self) -> None:
        """The page is asked to write ∂J/∂x, by far the most frequent formula, and x itself."""
        number = {str(symbol): k for k, symbol in enumerate(self.symbols.values())}
        any_ = word("x")
        before, after = map(re.escape, str(gradient_symbol(self.output, any_)).split(str(any_)))
        pattern = re.compile(f"{before}(.*?){after}")

        short = {symbol: f'<mi data-of="{k}"/>' for symbol, k in number.items()}
        long = sorted((x for x in short if len(x) > len(short[x])), key=len, reverse=True)
        symbol = re.compile("|".join(map(re.escape, long)) or "(?!)")
        for k, section in enumerate(self.sections):
            section = pattern.sub(lambda match: f'<mfrac data-by="{number[match[1]]}"/>', section)
            self.sections[k] = symbol.sub(lambda match: short[match[0]], section)

    # Forward --------------------------------------------------------------------------------

    def _given(self) -> None:
        """The values of the initial nodes."""
        figures = self.figures
        parts = [
            figures.figure(figures.of(x), x.value)
            for x in self.record.nodes
            if isinstance(x, InitialNode) and x in self.labels
        ]
        title = f"Given, to compute {self._name(self.record.output)}"
        self._section("given", title, f'<div class="list">{"".join(parts)}</div>')

    def _forward(self, node: Node) -> None:
        """The value of a node from the values of its inputs."""
        figures = self.figures
        self.of_node[self.index[node]][0] = len(self.sections) + 1
        right = write(node, *[self.symbols[x] for x in node.inputs])
        math = _equation("=", self.symbols[node], right)
        body = formula(math)
        if all(x.ndim == 0 for x in (node, *node.inputs)):
            numbers = write(node, *[figures.number(x.value) for x in node.inputs])
            body += _evaluated(numbers, figures.number(node.value))
        else:
            inputs = [x for x in dict.fromkeys(node.inputs) if x in self.labels]
            operands = [(x, figures.of(x), x.value) for x in inputs]
            body += figures.computed(operands, figures.of(node), node, node.value)
        self._section("forward", f"Forward: compute {self._name(node)}", body, node)

    # Backward -------------------------------------------------------------------------------

    def _begin_backward(self) -> None:
        """The gradient of the output by itself."""
        output = self.record.output
        self.of_node[self.index[output]][2] = len(self.sections) + 1
        what = (
            "Its gradient by itself is 1."
            if output.ndim == 0
            else "It is no number, so the sum of its entries is differentiated: by each the "
            "gradient is 1."
        )
        body = f"<p>{what}</p>{self._gradient(output, self.record.gradients[output])}"
        title = f"Backward: begin at {self._name(output)}"
        self._section("backward", title, body, targets=str(self.index[output]))

    def _gradient(self, node: Node, gradient: Array) -> str:
        """The gradient by a node."""
        figures = self.figures
        if np.ndim(gradient):
            return figures.figure(figures.by(node), gradient)
        return formula(_equation("=", self._by(node), figures.number(gradient)))

    def _backward(self, pull: Pull) -> None:
        """What one node hands on to its inputs."""
        node = pull.node
        self.of_node[self.index[node]][1] = len(self.sections) + 1
        for term in pull.terms:
            if term.last:
                self.of_node[self.index[term.input]][2] = len(self.sections) + 1
        body = "".join(self._term(pull, term) for term in pull.terms)
        if node.ndim == 0:
            body = self._gradient(node, pull.upstream) + body
        targets = " ".join(str(self.index[term.input]) for term in pull.terms)
        title = f"Backward: from {self._name(node)} to its inputs"
        self._section("backward", title, body, node, targets)

    def _term(self, pull: Pull, term: Term) -> str:
        """The rule for one input, its numbers, and the sum if there are several consumers."""
        node, x, rule = pull.node, term.input, term.rule
        several = self._uses[x] > 1
        printed = print_rule(rule, node, self.symbols, self._by(node))
        math = _equation("+=" if several else "=", self._by(x), printed.math)
        body = formula(math) + _definitions(printed) + self._numbers(pull, term)
        if several:
            body += self._sum(term)
        if term.last and x in self.record.estimates:
            gradient, estimate = self.record.gradients[x], self.record.estimates[x]
            body += check(self.figures, self._by(x), gradient, estimate)
        return f'<div class="term">{body}</div>'

    def _numbers(self, pull: Pull, term: Term) -> str:
        """The numbers that a rule was used on, and what came out."""
        node, rule, figures = pull.node, term.rule, self.figures
        caption = THIS_TERM if self._uses[term.input] > 1 else figures.by(term.input)
        if not rule.derived:
            upstream = figures.figure(figures.by(node), pull.upstream)
            return upstream + figures.figure(caption, term.gradient)
        values = {x: x.value for x in (node, *node.inputs)} | {rule.upstream: pull.upstream}
        if all(np.ndim(value) == 0 for value in (*values.values(), term.gradient)):
            numbers = expression(rule.result, {x: figures.number(v) for x, v in values.items()})
            result = figures.number(term.gradient)
            return _evaluated(result if numbers.definitions else numbers.math, result)
        captions = {x: figures.of(x) for x in (node, *node.inputs) if x in self.labels}
        captions[rule.upstream] = figures.by(node)
        operands = operands_of(rule.result, captions, values)
        return figures.computed(operands, caption, rule.result, term.gradient)

    def _sum(self, term: Term) -> str:
        """The adding-up of the contributions to one gradient."""
        figures = self.figures
        if term.before is None:
            return f'<p class="note">The first of {self._uses[term.input]} terms.</p>'
        if np.ndim(term.total) == 0:
            both = infix("+", figures.number(term.before), figures.number(term.gradient), SUM)
            math = _equation("=", self._by(term.input), both)
            return f'<div class="sum">{formula(math, EQUALS, figures.number(term.total))}</div>'
        parts = [
            figures.figure(' data-text="so far"', term.before),
            '<span class="sign">+</span>',
            figures.figure(THIS_TERM, term.gradient),
            '<span class="sign">=</span>',
            figures.figure(figures.by(term.input), term.total),
        ]
        return f'<div class="sum numbers">{"".join(parts)}</div>'

    def _result(self) -> None:
        """All gradients by initial nodes."""
        gradients = self.record.gradients
        found = [(self._by(x), gradients[x], e) for x, e in self.record.estimates.items()]
        body = (
            table_of(found)
            if found
            else "<p>No gradient flows: the output is not computed from a floating-point node "
            "with <code>requires_grad=True</code>.</p>"
        )
        self._section("result", "The gradients", body)

    def _operation(self, node: Node) -> int:
        """The number of a node's operation, of which the page tells what it does and its code."""
        kind = type(node)
        if kind not in self._kinds:
            self._kinds[kind] = len(self.operations)
            try:
                code = textwrap.dedent(inspect.getsource(kind))
            except (OSError, TypeError):  # it was typed into an interpreter
                code = ""
            about = (kind.__dict__.get("__doc__") or "").strip().partition("\n")[0]
            about = about.replace("`", "")
            self.operations.append({"name": kind.__name__, "about": about, "code": code})
        return self._kinds[kind]


def _equation(sign: str, left: Math, right: Math) -> Math:
    return infix(sign, left, right, RELATION, RELATION)


def _definitions(printed: Expression) -> str:
    """What the names in a rule stand for."""
    lines = [
        formula(word("where "), _equation("=", name, math)) for name, math in printed.definitions
    ]
    return f'<div class="where">{"".join(lines)}</div>' if lines else ""


def _evaluated(numbers: Math, result: Math) -> str:
    """A second line below a formula: the numbers in it, and what they make."""
    if numbers.text == result.text:
        return formula(EQUALS, result)
    return formula(EQUALS, numbers, EQUALS, result)
