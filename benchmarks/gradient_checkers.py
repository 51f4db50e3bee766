"""Gradient checkers side by side, on the catalogue of operations in the tests.

`check_operation` and `gradcheck` of `autograd_core.testing`, PyTorch's `gradcheck`, the
`check_grads` of JAX and of HIPS autograd, and the central difference of textbooks are asked
about the same operations at the same inputs. Checkers that are not installed are left out.

    pip install torch jax autograd
    python -m benchmarks.gradient_checkers [--checkers ours,torch] [--inputs 20] [--every 1]

docs/gradient_checkers.md says what the columns of the table mean, and has the table of a run.
"""

from __future__ import annotations

import argparse
import logging
import os
import time
from collections import Counter
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field, replace
from typing import Any

import numpy as np

from autograd_core import Graph, InitialNode
from autograd_core.testing import check_operation, gradcheck
from autograd_core.testing.calling import callee, given_options, variants
from autograd_core.testing.domains import as_domain
from autograd_core.testing.shapes import Shapes, found, of_signature, parse
from autograd_core.testing.subjects import quiet
from autograd_core.values import freeze, undo_broadcasting
from tests.autograd_core.testing.catalogue import CORRECT, FAULTS, VARIANTS, WRONG, Entry

RIGHT = CORRECT + VARIANTS
SHAPES = 12  # inputs of an operation in the column "many shapes"

# Operations as peers call them --------------------------------------------------------------


class Wrapped:
    """An operation at an entry's trigger, as functions of its floating-point inputs.

    `forward` and `gradient` are called on arrays as the engine calls them: read-only, one array
    where one node is given twice, with the output that belongs to the inputs; and what the
    engine does to gradients is done here. `error` is what the operation itself has raised.
    """

    def __init__(self, entry: Entry) -> None:
        self.entry, self.arrays = entry, tuple(np.array(x) for x in entry.distinct())
        nodes = [InitialNode(x) for x in self.arrays]
        self.node = entry.call(*nodes)
        self.places = [next(i for i, x in enumerate(nodes) if x is y) for y in self.node.inputs]
        self.floats = [i for i, x in enumerate(self.arrays) if x.dtype.kind == "f"]
        self.inputs = [np.array(self.arrays[i]) for i in self.floats]
        self.output = np.array(self.node.value)
        self.upstream = entry.upstream
        self.error: Exception | None = None

    def forward(self, *floats: Any) -> np.ndarray:
        return np.asarray(self._own(lambda: self.node.forward(*self._arguments(floats))))

    def gradient(self, upstream: Any, output: Any, *floats: Any) -> tuple[np.ndarray, ...]:
        entries = self._own(
            lambda: self.node.gradient(frozen(upstream), frozen(output), *self._arguments(floats))
        )
        entries = entries if isinstance(entries, (tuple, list)) else (entries,)
        sums = {i: np.zeros_like(x) for i, x in zip(self.floats, self.inputs, strict=True)}
        for i, entry in zip(self.places, entries, strict=True):
            array = self._own(entry) if callable(entry) else entry
            if i in sums and array is not None:
                fitted = self._own(undo_broadcasting, np.asarray(array), sums[i].shape)
                sums[i] = sums[i] + fitted.astype(sums[i].dtype)
        return tuple(np.asarray(gradient) for gradient in sums.values())

    def second(self, v: Any, upstream: Any, *floats: Any) -> Any:
        """The engine's gradients of sum(v * gradient), by the upstream and by the inputs."""
        return self._own(self._second, v, upstream, floats)

    def _second(self, v: Any, upstream: Any, floats: Any) -> tuple[np.ndarray, ...]:
        nodes, u = [InitialNode(x) for x in self.arrays], InitialNode(upstream)
        for i, x in zip(self.floats, floats, strict=True):
            nodes[i] = InitialNode(x)
        xs = [nodes[i] for i in self.floats]
        first = Graph(self.entry.call(*nodes)).gradients(u, xs, create_graph=True)
        terms = [(first[x] * np.asarray(w)).sum() for w, x in zip(v, xs, strict=True) if x in first]
        total = sum(terms, start=0 * u.sum())
        second = Graph(total).gradients(np.ones((), total.dtype), [u, *xs])
        return tuple(np.array(second.get(x, np.zeros(x.shape, x.dtype))) for x in (u, *xs))

    def _arguments(self, floats: Any) -> list[Any]:
        given = list(self.arrays)
        for i, x in zip(self.floats, floats, strict=True):
            given[i] = x
        once = [frozen(x) for x in given]
        return [once[i] for i in self.places]

    def _own(self, function: Callable[..., Any], *arguments: Any) -> Any:
        try:
            return function(*arguments)
        except Exception as error:
            self.error = error
            raise


def frozen(array: Any) -> Any:
    """The same memory as the engine hands it out: read-only, and a NumPy scalar without axes."""
    return freeze(np.asarray(array).view())


# Checkers: each returns whether it has no objection ------------------------------------------

Checker = Callable[[Wrapped, int], bool]


def ours() -> Checker:
    def check(op: Wrapped, order: int) -> bool:
        entry = op.entry
        return gradcheck(
            entry.call, op.arrays, upstream=entry.upstream, order=order, raises=False
        ).ok

    return check


def textbook() -> Checker:
    """(f(x + h) - f(x - h)) / 2h for every entry, compared by np.allclose."""
    h = 1e-6

    def agrees(function: Any, xs: list[np.ndarray], weights: Any, gradients: Any) -> bool:
        for i, x in enumerate(xs):
            numeric = np.zeros_like(x)
            for entry in np.ndindex(x.shape):
                ends = []
                for step in (h, -h):
                    moved = x.copy()
                    moved[entry] += step
                    values = function(*xs[:i], moved, *xs[i + 1 :])
                    ends.append(sum(np.sum(w * f) for w, f in zip(weights, values, strict=True)))
                numeric[entry] = (ends[0] - ends[1]) / (2 * h)
            if not np.allclose(gradients[i], numeric):
                return False
        return True

    def check(op: Wrapped, order: int) -> bool:
        rng, xs = np.random.default_rng(0), op.inputs
        u = op.upstream
        u = rng.standard_normal(op.output.shape).astype(op.output.dtype) if u is None else u
        output = op.forward(*xs)
        if not agrees(lambda *x: (op.forward(*x),), xs, [u], op.gradient(u, output, *xs)):
            return False
        v = [rng.standard_normal(x.shape) for x in xs]
        return order == 1 or agrees(
            lambda u, *x: op.gradient(u, op.forward(*x), *x), [u, *xs], v, op.second(v, u, *xs)
        )

    return check


def pytorch() -> Checker:
    import torch
    from torch.autograd.gradcheck import GradcheckError

    torch.set_num_threads(1)

    def to_numpy(*tensors: Any) -> list[np.ndarray]:
        return [t.detach().numpy() for t in tensors]

    class First(torch.autograd.Function):
        @staticmethod
        def forward(ctx: Any, op: Wrapped, *xs: Any) -> Any:
            output = torch.tensor(np.array(op.forward(*to_numpy(*xs))))
            ctx.op = op
            ctx.save_for_backward(output, *xs)
            return output

        @staticmethod
        def backward(ctx: Any, upstream: Any) -> Any:
            output, *xs = ctx.saved_tensors
            return None, *Second.apply(ctx.op, output.detach(), upstream, *xs)

    class Second(torch.autograd.Function):
        @staticmethod
        def forward(ctx: Any, op: Wrapped, output: Any, upstream: Any, *xs: Any) -> Any:
            ctx.op = op
            ctx.save_for_backward(upstream, *xs)
            gradients = op.gradient(*to_numpy(upstream, output, *xs))
            return tuple(torch.tensor(np.array(g)) for g in gradients)

        @staticmethod
        def backward(ctx: Any, *v: Any) -> Any:
            gradients = ctx.op.second(to_numpy(*v), *to_numpy(*ctx.saved_tensors))
            return None, None, *(torch.tensor(g) for g in gradients)

    def check(op: Wrapped, order: int) -> bool:
        torch.manual_seed(0)
        # In memory as PyTorch has it: it refuses the strides that NumPy gives empty arrays.
        order_of_axes = torch.contiguous_format
        xs = [torch.from_numpy(x.copy()).clone(memory_format=order_of_axes) for x in op.inputs]
        xs = [x.requires_grad_() for x in xs]
        u = None if op.upstream is None else torch.tensor(op.upstream)

        def function(*xs: Any) -> Any:
            output = First.apply(op, *xs)
            return output if u is None else (u * output).sum()

        try:
            torch.autograd.gradcheck(function, xs)
            return order == 1 or torch.autograd.gradgradcheck(function, xs)
        except GradcheckError:
            return False

    return check


def jax() -> Checker:
    os.environ.setdefault("JAX_PLATFORMS", "cpu")
    import jax
    import jax.numpy as jnp
    from jax.test_util import check_grads

    jax.config.update("jax_enable_x64", True)
    logging.getLogger("jax").setLevel(logging.CRITICAL)

    current: list[Wrapped] = []  # the callbacks are always the same, to be compiled once

    def call(name: str) -> Callable[..., Any]:
        return lambda *arguments: getattr(current[0], name)(*arguments)

    forward, gradient_of, second = call("forward"), call("gradient"), call("second")

    def like(arrays: Any) -> tuple[Any, ...]:
        return tuple(jax.ShapeDtypeStruct(x.shape, x.dtype) for x in arrays)

    def function_of(op: Wrapped) -> Any:
        output, inputs = like([op.output])[0], like(op.inputs)

        @jax.custom_vjp
        def first(*xs: Any) -> Any:
            return jax.pure_callback(forward, output, *xs)

        @jax.custom_vjp
        def gradient(u: Any, A: Any, *xs: Any) -> Any:
            return jax.pure_callback(gradient_of, inputs, u, A, *xs)

        def backward(kept: Any, v: Any) -> Any:
            du, *dxs = jax.pure_callback(second, (output, *inputs), v, *kept)
            return du, jnp.zeros_like(du), *dxs

        def with_output(*xs: Any) -> Any:
            A = first(*xs)
            return A, (A, *xs)

        first.defvjp(with_output, lambda kept, u: gradient(u, *kept))
        gradient.defvjp(lambda u, A, *xs: (gradient(u, A, *xs), (u, *xs)), backward)
        if op.upstream is None:
            return first
        return lambda *xs: jnp.sum(first(*xs) * op.upstream)

    def check(op: Wrapped, order: int) -> bool:
        current[:] = [op]
        try:
            check_grads(function_of(op), [jnp.array(x) for x in op.inputs], order, modes=["rev"])
        except AssertionError:
            return False
        return True

    return check


def hips() -> Checker:
    import autograd.numpy as anp
    from autograd.extend import defvjp, primitive
    from autograd.test_util import check_grads

    def function_of(op: Wrapped) -> Any:
        n = len(op.inputs)
        first = primitive(op.forward)
        gradients = [primitive(lambda *args, i=i: op.gradient(*args)[i]) for i in range(n)]

        def second(i: int, j: int) -> Callable[..., Any]:
            def vjp(ans: Any, u: Any, A: Any, *xs: Any) -> Any:
                def pull(v: Any) -> Any:
                    vs = [v if k == i else np.zeros_like(x) for k, x in enumerate(op.inputs)]
                    return op.second(vs, u, *xs)[j]

                return pull

            return vjp

        for i, g in enumerate(gradients):
            defvjp(g, second(i, 0), None, *[second(i, j + 1) for j in range(n)])
        defvjp(first, *[lambda A, *xs, g=g: lambda u: g(u, A, *xs) for g in gradients])
        if op.upstream is None:
            return first
        return lambda *xs: anp.sum(first(*xs) * op.upstream)

    def check(op: Wrapped, order: int) -> bool:
        np.random.seed(0)  # noqa: NPY002  (it draws its directions from there)
        places = tuple(range(len(op.inputs)))
        try:
            check_grads(function_of(op), places, modes=["rev"], order=order)(*op.inputs)
        except AssertionError:
            return False
        return True

    return check


CHECKERS: dict[str, tuple[str, Callable[[], Checker]]] = {
    "ours": ("`gradcheck`", ours),
    "torch": ("PyTorch `gradcheck`", pytorch),
    "jax": ("JAX `check_grads`", jax),
    "hips": ("HIPS autograd `check_grads`", hips),
    "textbook": ("textbook central difference", textbook),
}

# Inputs: entries with other triggers ----------------------------------------------------------


@dataclass
class Inputs:
    """What an operation is checked at: entries with that trigger, those options."""

    entry: Entry
    ordinary: list[Entry]
    shapes: list[Entry]
    magnitudes: list[Entry]


def parent(entry: Entry) -> Entry | None:
    """The right operation that a wrong one is made from, or the one itself."""
    right = {other.operation: other for other in RIGHT}
    classes = entry.operation.__mro__ if isinstance(entry.operation, type) else [entry.operation]
    return next((right[c] for c in classes if c in right), None)


def inputs_of(entry: Entry, seed: int, magnitudes: int) -> Inputs:
    rng = np.random.default_rng([seed, *entry.name.encode()])
    called = callee(entry.operation, fixed=True)
    signature = entry.kwargs.get("signature")
    if called.several and signature:
        called = called.of(len(parse(signature)))
    domain = as_domain(entry.kwargs.get("domain"), called.inputs)
    fixed = given_options(entry.kwargs.get("options"))

    def at(arrays: Any, options: dict[str, Any]) -> Entry | None:
        """The entry there, if the forward accepts that and is finite."""
        moved = replace(entry, trigger=tuple(arrays), at=options, upstream=None)
        try:
            return moved if np.isfinite(moved.node().value).all() else None
        except (ValueError, TypeError, IndexError):
            return None

    def drawn(shapes: Shapes, options: dict[str, Any]) -> Entry | None:
        draws = (domain.draw(rng, shapes.inputs, shapes.sizes, "ordinary") for _ in range(20))
        return next(filter(None, (at(arrays, options) for arrays in draws)), None)

    def of_any_size(shapes: Shapes, options: dict[str, Any], k: int) -> Entry | None:
        """Ordinary numbers times one power of 10, or each times its own, or some of them 0."""
        arrays = list(domain.draw(rng, shapes.inputs, shapes.sizes, "ordinary"))
        for i, x in enumerate(arrays):
            if domain.entries[i].differentiable:
                powers = 10.0 ** rng.uniform(-300, 300, x.shape if k % 3 == 1 else ())
                y = x * powers if k % 3 < 2 else np.where(rng.integers(0, 2, x.shape), x, 0.0)
                arrays[i] = np.where(domain.entries[i].inside(y), y, x)
        moved = at(arrays, options)
        return moved if moved is not None and has_finite_gradient(moved) else None

    if signature is None:
        options = fixed[0] if fixed else {}
        every = found(len(called.inputs), lambda s: drawn(s, options) is not None, rng, 64)
    else:
        every = of_signature(signature, rng, 64)

    def of_shapes(some: list[Shapes], make: Callable[..., Entry | None]) -> Iterator[Entry]:
        for k, shapes in enumerate(some):
            choices = fixed or variants(called.optional, shapes.inputs[0])
            moved = make(shapes, choices[(5 * k) % len(choices)], k)
            if moved is not None:
                yield moved

    example = parent(entry) or entry
    shapes = Shapes(tuple(x.shape for x in example.trigger), {})
    labels = dict(zip_axes(signature, shapes))
    usual = drawn(Shapes(shapes.inputs, labels), example.at)
    full = [s for s in every if all(np.prod(x) > 0 for x in s.inputs)]
    some = spread(full, SHAPES - 3) + spread([s for s in every if s not in full], 3)
    small = [s for s in full if all(np.prod(x) <= 6 for x in s.inputs)]
    tried = [small[int(k)] for k in rng.integers(0, len(small), 20 * magnitudes)] if small else []
    wide = of_shapes(tried, of_any_size)
    return Inputs(
        entry,
        [usual] if usual is not None else [],
        list(of_shapes(some, lambda s, options, _: drawn(s, options))),
        [moved for _, moved in zip(range(magnitudes), wide, strict=False)],
    )


def spread(items: list[Shapes], n: int) -> list[Shapes]:
    """n of the items, evenly: some of them again if there are fewer."""
    return [items[int(k)] for k in np.linspace(0, len(items) - 1, n)] if items else []


def zip_axes(signature: str | None, shapes: Shapes) -> Iterator[tuple[str, int]]:
    """The lengths of the axes that a signature names."""
    for axes, shape in zip(parse(signature) if signature else [], shapes.inputs, strict=False):
        yield from zip(axes, shape, strict=False)


def has_finite_gradient(entry: Entry) -> bool:
    op = Wrapped(entry)
    gradients = op.gradient(np.ones_like(op.output), op.output, *op.inputs)
    return all(np.isfinite(gradient).all() for gradient in gradients)


# The comparison ------------------------------------------------------------------------------


def verdict(checker: Checker, entry: Entry, order: int = 1) -> str:
    """ "passed", "objected", or "not run": the checker failed, not the operation."""
    try:
        op = Wrapped(entry)
    except (ValueError, TypeError):
        return "objected"  # the operation itself fails, whoever asks
    try:
        return "passed" if checker(op, order) else "objected"
    except Exception:
        return "objected" if op.error is not None else "not run"


@dataclass
class Row:
    name: str
    counts: Counter[str] = field(default_factory=Counter)
    classes: Counter[str] = field(default_factory=Counter)
    seconds: float = 0.0
    missed: list[str] = field(default_factory=list)
    alarms: list[str] = field(default_factory=list)


def at_points(name: str, checker: Checker, wrong: list[Inputs], right: list[Inputs]) -> Row:
    """A checker that looks at one input at a time."""
    row = Row(name)

    def objects(entry: Entry, order: int = 1) -> bool:
        result = verdict(checker, entry, order)
        row.counts[result] += 1
        return result == "objected"

    for inputs in wrong:
        if inputs.entry.fault == "second order":
            stages = [("second order", [inputs.entry])]
        else:
            stages = [("one", inputs.ordinary), ("shapes", inputs.shapes)]
            stages.append(("trigger", [inputs.entry]))
        order = 2 if inputs.entry.fault == "second order" else 1
        for stage, entries in stages:
            at = next((entry for entry in entries if objects(entry, order)), None)
            if at is not None:
                row.counts[stage] += 1
                row.classes[inputs.entry.fault] += 1
                origin = parent(inputs.entry)
                told = origin is None or not objects(replace(at, operation=origin.operation), order)
                row.counts["told apart"] += told
                break
        else:
            row.missed.append(inputs.entry.name)
    for inputs in right:
        start = time.process_time()
        alarms = sum(objects(entry) for entry in inputs.ordinary + inputs.shapes)
        row.seconds += time.process_time() - start
        row.counts["ordinary alarms"] += alarms
        wide = sum(objects(entry) for entry in inputs.magnitudes)
        row.counts["wide alarms"] += wide
        row.alarms += [inputs.entry.name] if alarms + wide else []
    return row


def at_all(wrong: list[Inputs], right: list[Inputs], seed: int) -> Row:
    """`check_operation`, which chooses its inputs by itself."""
    row = Row("`check_operation`")
    for inputs in wrong + right:
        entry = inputs.entry
        start = time.process_time()
        report = check_operation(entry.operation, **entry.kwargs, seed=seed, raises=False)
        if entry.fault and not report.ok:
            row.counts["second order" if entry.fault == "second order" else "all"] += 1
            row.classes[entry.fault] += 1
        elif entry.fault:
            row.missed.append(entry.name)
        else:
            row.seconds += time.process_time() - start
            row.counts["cases"] += report.cases
            row.alarms += [entry.name] if not report.ok else []
    return row


HEADER = (
    "checker", "one ordinary input", "many shapes", "with the trigger", "right one passes there",
    "second order", "false alarms, ordinary", "false alarms, all magnitudes", "not run",
    "CPU seconds an operation",
)  # fmt: skip


def table_row(cells: Any) -> str:
    return "| " + " | ".join(str(cell) for cell in cells) + " |"


def cells(row: Row, wrong: list[Inputs], right: list[Inputs]) -> list[Any]:
    c = row.counts
    seconds = f"{row.seconds / max(1, len(right)):.3f}"
    second = f"{c['second order']} of {sum(i.entry.fault == 'second order' for i in wrong)}"
    first = sum(i.entry.fault != "second order" for i in wrong)
    if "cases" in c:
        alarms = f"{len(row.alarms)} of {len(right)} operations"
        return [row.name, "-", "-", f"{c['all']} of {first} (without it)", "-", second,
                alarms, alarms, "0", seconds]  # fmt: skip
    caught = c["one"], c["one"] + c["shapes"], c["one"] + c["shapes"] + c["trigger"]
    ordinary = sum(len(i.ordinary) + len(i.shapes) for i in right)
    wide = sum(len(i.magnitudes) for i in right)
    return [
        row.name, *(f"{n} of {first}" for n in caught), c["told apart"], second,
        f"{c['ordinary alarms']} of {ordinary}", f"{c['wide alarms']} of {wide}", c["not run"],
        seconds,
    ]  # fmt: skip


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.partition("\n")[0])
    names = ["check_operation", *CHECKERS]
    parser.add_argument("--checkers", default=",".join(names), help="some of these, with commas")
    parser.add_argument("--inputs", type=int, default=20, help="of all magnitudes, an operation")
    parser.add_argument("--every", type=int, default=1, help="a sample: every n-th operation")
    parser.add_argument("--seed", type=int, default=0)
    options = parser.parse_args()
    with quiet():
        wrong = [inputs_of(entry, options.seed, 0) for entry in WRONG[:: options.every]]
        right = [inputs_of(e, options.seed, options.inputs) for e in RIGHT[:: options.every]]
        print(f"{len(wrong)} wrong operations, {len(right)} right ones\n")
        print(table_row(HEADER), table_row(["---"] * len(HEADER)), sep="\n", flush=True)
        rows, left_out = [], []
        for name in options.checkers.split(","):
            if name == "check_operation":
                rows.append(at_all(wrong, right, options.seed))
            else:
                title, make = CHECKERS[name]
                try:
                    checker = make()
                except ImportError as error:
                    left_out.append(f"{title} is left out: {error}")
                    continue
                rows.append(at_points(title, checker, wrong, right))
            print(table_row(cells(rows[-1], wrong, right)), flush=True)
    print("", *left_out, "", sep="\n")
    total = Counter(inputs.entry.fault for inputs in wrong)
    print(table_row(["class of faults", "operations", *(row.name for row in rows)]))
    print(table_row(["---"] * (len(rows) + 2)))
    for fault in FAULTS:
        print(table_row([fault, total[fault], *(row.classes[fault] for row in rows)]))
    for row in rows:
        print(f"\n{row.name} misses: {', '.join(row.missed) or 'none'}")
        print(f"{row.name} objects to the right: {', '.join(row.alarms) or 'none'}")


if __name__ == "__main__":
    main()
