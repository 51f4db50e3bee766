"""Mechanical mutations of the library's own gradients: one small change each.

The source of a file of `autograd_core/operations` is parsed, one expression in a `gradient` (or
in a function that gradients call) is changed, and the changed source is run as a module of its
own: the library itself stays as it is.
"""

import ast
import importlib
import inspect
import pkgutil
import warnings
from collections import Counter
from collections.abc import Iterator
from copy import deepcopy
from dataclasses import dataclass
from functools import cache
from types import ModuleType
from typing import Any

from autograd_core import Operation, operations

HELPERS = {"_where_above", "softmax_pullback", "spread"}
"""Functions that compute a part of a gradient."""

ARITHMETIC = {
    ast.Add: ast.Sub,
    ast.Sub: ast.Add,
    ast.Mult: ast.Div,
    ast.Div: ast.Mult,
    ast.Pow: ast.Mult,
}
COMPARISONS = {
    ast.Lt: (ast.LtE, ast.GtE),
    ast.LtE: (ast.Lt, ast.Gt),
    ast.Gt: (ast.GtE, ast.LtE),
    ast.GtE: (ast.Gt, ast.Lt),
    ast.Eq: (ast.NotEq, ast.GtE),
    ast.NotEq: (ast.Eq,),
    ast.Is: (ast.IsNot,),
    ast.IsNot: (ast.Is,),
}

SYMMETRIC = ("np.minimum", "np.maximum", "np.logical_and")
"""Functions whose arguments may be swapped."""

Path = tuple[Any, ...]
"""The way from a node of a syntax tree to one inside it: names of fields and numbers in lists."""


@dataclass(frozen=True)
class Mutant:
    """One change of one function in a file of operations."""

    module: ModuleType
    function: str  # "divide.gradient"
    path: Path
    change: str  # "dA / Y -> dA * Y"
    after: ast.AST
    serial: int  # among the changes of this function that read the same

    def __str__(self) -> str:
        number = f" #{self.serial}" if self.serial else ""
        return f"{self.function}: {self.change}{number}"

    def build(self) -> dict[str, type[Operation]]:
        """The operations that the change concerns, changed, by name."""
        tree = deepcopy(_tree(self.module))
        _put(tree, self.path, self.after)
        namespace: dict[str, Any] = {"__name__": f"mutant of {self.module.__name__}"}
        with warnings.catch_warnings(action="ignore", category=SyntaxWarning):  # 0 is None
            code = compile(ast.fix_missing_locations(tree), str(self), "exec", dont_inherit=True)
        exec(code, namespace)
        return {name: namespace[name] for name in concerned(self.module, self.function)}


@cache
def mutants() -> list[Mutant]:
    """All mutants, in the order of the files and of their lines."""
    found = []
    for info in pkgutil.iter_modules(operations.__path__):
        module = importlib.import_module(f"{operations.__name__}.{info.name}")
        for function, start, body in _functions(_tree(module)):
            if not concerned(module, function):
                continue
            count: Counter[str] = Counter()
            for path, before, after in _changes(body, start):
                change = f"{ast.unparse(before)} -> {ast.unparse(after)}"
                found.append(Mutant(module, function, path, change, after, count[change]))
                count[change] += 1
    return found


def concerned(module: ModuleType, function: str) -> list[str]:
    """The operations of a module whose gradient is `function`, or calls it."""
    helper = function.rpartition(".")[2]
    names = []
    for name in operations.__all__:
        cls = getattr(operations, name)
        if isinstance(cls, type) and cls.__module__ == module.__name__:
            gradient = cls.gradient
            calls = helper in HELPERS and f"{helper}(" in inspect.getsource(gradient)
            if gradient.__qualname__ == function or calls:
                names.append(name)
    return names


# The syntax tree ---------------------------------------------------------------------------


@cache
def _tree(module: ModuleType) -> ast.Module:
    """The source of a module, without what would make its operations those of NumPy's functions."""
    tree = ast.parse(inspect.getsource(module))
    tree.body = [x for x in tree.body if not isinstance(x, ast.Expr)]
    for node in ast.walk(tree):
        if isinstance(node, ast.ClassDef):
            node.keywords = []
        elif isinstance(node, ast.FunctionDef):
            node.decorator_list = []
    return tree


def _functions(tree: ast.Module) -> Iterator[tuple[str, Path, list[ast.stmt]]]:
    """The functions to change, with their names, the way to their bodies, and these."""
    for i, node in enumerate(tree.body):
        if isinstance(node, ast.FunctionDef) and node.name in HELPERS:
            yield node.name, ("body", i, "body"), node.body
        elif isinstance(node, ast.ClassDef):
            for j, method in enumerate(node.body):
                if isinstance(method, ast.FunctionDef) and method.name in {"gradient", *HELPERS}:
                    name = f"{node.name}.{method.name}"
                    yield name, ("body", i, "body", j, "body"), method.body


def _inside(node: Any, path: Path) -> Iterator[tuple[Path, ast.AST]]:
    """All nodes of a tree with the ways to them: no annotations, docstrings or zip(strict=True)."""
    if isinstance(node, list):
        for i, x in enumerate(node):
            yield from _inside(x, (*path, i))
    elif isinstance(node, ast.Expr) or (isinstance(node, ast.keyword) and node.arg == "strict"):
        return
    elif isinstance(node, ast.AST):
        yield path, node
        for name, x in ast.iter_fields(node):
            if name not in ("annotation", "returns", "ctx"):
                yield from _inside(x, (*path, name))


def _put(tree: Any, path: Path, new: ast.AST) -> None:
    """Replace what is at the end of the way."""
    for step in path[:-1]:
        tree = tree[step] if isinstance(step, int) else getattr(tree, step)
    if isinstance(path[-1], int):
        tree[path[-1]] = new
    else:
        setattr(tree, path[-1], new)


# The changes -------------------------------------------------------------------------------


def _changes(body: list[ast.stmt], start: Path) -> Iterator[tuple[Path, ast.AST, ast.AST]]:
    """Every change of a function: where, what was there, and what takes its place."""
    for path, node in _inside(body, start):
        for after in _alternatives(node):
            yield path, node, after
        if isinstance(node, ast.Return) and isinstance(node.value, ast.Tuple):
            for i, entry in enumerate(node.value.elts):
                if not _is_none(entry):
                    yield (*path, "value", "elts", i), entry, ast.Constant(None)
        elif isinstance(node, ast.Return) and "gradient" not in path:
            yield (*path, "value"), node.value or node, ast.Constant(None)


def _alternatives(node: ast.AST) -> Iterator[ast.AST]:
    """What a mistake could make of one expression."""
    match node:
        case ast.BinOp(left, op, right):
            yield left
            yield right
            if type(op) in ARITHMETIC:
                yield ast.BinOp(left, ARITHMETIC[type(op)](), right)
            if not isinstance(op, (ast.Add, ast.Mult)):
                yield ast.BinOp(right, op, left)
        case ast.UnaryOp(_, operand):
            yield operand
        case ast.Compare(left, [op], [right]):
            for comparison in COMPARISONS.get(type(op), ()):
                yield ast.Compare(left, [comparison()], [right])
        case ast.Attribute(value, "T"):
            yield value
        case ast.Attribute(ast.Name("self"), "axis"):
            yield ast.Constant(None)
            yield ast.Constant(0)
        case ast.Call(function, arguments, keywords):
            yield from arguments[:3] if ast.unparse(function) == "np.where" else arguments[:1]
            if len(arguments) > 1 and ast.unparse(function) not in SYMMETRIC:
                swapped = [arguments[1], arguments[0], *arguments[2:]]
                yield ast.Call(function, swapped, keywords)
            for keyword in keywords:
                if keyword.arg != "strict":
                    yield ast.Call(function, arguments, [x for x in keywords if x is not keyword])
        case ast.Constant(bool() as value):
            yield ast.Constant(not value)
        case ast.Constant(int() | float() as value):
            for other in sorted({value + 1, 2 * value, value / 2} - {value}):
                yield ast.Constant(other)
        case ast.IfExp(_, then, otherwise):
            yield then
            yield otherwise
        case ast.BoolOp(ast.And(), operands):
            yield ast.BoolOp(ast.Or(), operands)
        case ast.BoolOp(ast.Or(), operands):
            yield ast.BoolOp(ast.And(), operands)


def _is_none(node: ast.AST) -> bool:
    return isinstance(node, ast.Constant) and node.value is None
