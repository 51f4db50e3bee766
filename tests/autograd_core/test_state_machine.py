"""The engine against a naive one, on random graphs, through random sequences of what users do.

The naive engine adds and multiplies, keeps the numbers each node was computed from, and sums
the products of local derivatives over all paths, by recursion. It knows nothing of orders.
"""

import weakref

import numpy as np
import pytest
from hypothesis import settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize, invariant, precondition, rule

import autograd_core as ag

SHAPES = [(), (2,), (3, 1), (3, 2)]
LARGEST = 1e6  # of a value, so that products of products stay exact or nearly so
MOST_PATHS = 3000


class Naive:
    """A number or array that may be the sum or product of two others."""

    def __init__(self, value, kind="initial", inputs=(), requires_grad=True):
        self.kind, self.inputs = kind, inputs
        self.value = value
        self.requires_grad = any(x.requires_grad for x in inputs) if inputs else requires_grad
        self.grad = None
        self.terms = 0.0  # the sum of the absolute values that were added up into grad
        self.run = None  # changes when the value is computed from other numbers
        if inputs:
            self.compute()

    def compute(self):
        known = [x.value for x in self.inputs]
        runs = [x.run for x in self.inputs]
        if (
            self.run is None
            or runs != self.known_runs
            or not all(map(np.array_equal, known, self.known))
        ):
            self.run = object()
        self.known, self.known_runs = known, runs
        a, b = self.known
        self.value = a + b if self.kind == "add" else a * b

    def forward(self):
        for x in self.inputs:
            x.forward()
        if self.inputs:
            self.compute()

    def ancestors(self):
        """This node and all before it, some of them several times."""
        return [self, *(node for x in self.inputs for node in x.ancestors())]

    def paths(self):
        return 1 + sum(x.paths() for x in self.inputs)

    def stale(self):
        """Has a derived input changed since a node on the way was computed from it?"""
        changed = self.inputs and [x.run for x in self.inputs] != self.known_runs
        wanted = any(x.requires_grad for x in self.inputs)
        return wanted and (changed or any(x.stale() for x in self.inputs if x.requires_grad))

    def pull(self, upstream, totals):
        """Add what arrives along each path, and its absolute value, to totals[node]."""
        gradient, terms = totals.get(self, (0.0, 0.0))
        totals[self] = gradient + upstream, terms + np.abs(upstream)
        for i, x in enumerate(self.inputs):
            if x.requires_grad:
                local = 1.0 if self.kind == "add" else self.known[1 - i]
                x.pull(unbroadcast(upstream * local, x.value.shape), totals)

    def backward(self, upstream):
        totals = {}
        self.pull(upstream, totals)
        for node, (gradient, terms) in totals.items():
            if node.inputs or node.grad is None:
                node.grad, node.terms = gradient, terms
            else:
                node.grad, node.terms = node.grad + gradient, node.terms + terms


def unbroadcast(a, shape):
    """The sum over the axes along which an array of this shape was repeated."""
    a = a.sum(axis=tuple(range(a.ndim - len(shape))))
    repeated = tuple(i for i, n in enumerate(shape) if n != a.shape[i])
    return a.sum(axis=repeated, keepdims=True)


def numbers(shape, seed):
    return np.asarray(np.random.default_rng(seed).integers(-4, 5, shape), float)


picks = st.integers(0, 99)
seeds = st.integers(0, 999)


class EngineAgainstNaive(RuleBasedStateMachine):
    """`pairs` holds what a user has in hand: a node and the naive node that it should equal."""

    def __init__(self):
        super().__init__()
        self.pairs = []
        self.gone = []  # deleted nodes: weak references, with their naive nodes

    def pick(self, number):
        return self.pairs[number % len(self.pairs)]

    def pick_initial(self, number):
        initial = [pair for pair in self.pairs if not pair[1].inputs]
        return initial[number % len(initial)] if initial else None

    @initialize(seed=seeds)
    def begin(self, seed):
        self.new_initial_node(seed, (2,), True)
        self.new_initial_node(seed + 1, (), True)

    @rule(
        seed=seeds, shape=st.sampled_from(SHAPES), requires_grad=st.sampled_from([True] * 3 + [0])
    )
    def new_initial_node(self, seed, shape, requires_grad):
        value = numbers(shape, seed)
        node = ag.InitialNode(value, requires_grad=bool(requires_grad))
        self.pairs.append((node, Naive(value.copy(), requires_grad=bool(requires_grad))))
        value += 1000  # ours, not the node's

    def combine(self, kind, a, b):
        (x, naive_x), (y, naive_y) = a, b
        try:
            np.broadcast_shapes(x.shape, y.shape)
        except ValueError:
            with pytest.raises(ValueError, match=kind):
                x + y if kind == "add" else x * y
            return
        naive = Naive(None, kind, (naive_x, naive_y))
        if np.abs(naive.value).max() <= LARGEST and naive.paths() <= MOST_PATHS:
            self.pairs.append((x + y if kind == "add" else x * y, naive))

    @rule(first=picks, second=picks)
    def add(self, first, second):
        self.combine("add", self.pick(first), self.pick(second))

    @rule(first=picks, second=picks)
    def multiply(self, first, second):
        self.combine("multiply", self.pick(first), self.pick(second))

    @rule(number=picks, kind=st.sampled_from(["add", "multiply"]))
    def use_twice(self, number, kind):
        self.combine(kind, self.pick(number), self.pick(number))

    @rule(number=picks, seed=seeds)
    def replace_the_value(self, number, seed):
        if pair := self.pick_initial(number):
            node, naive = pair
            value = numbers(node.shape, seed)
            node.value = value
            naive.value = value.copy()
            value += 1000

    @rule(number=picks, seed=seeds)
    def subtract_from_the_value(self, number, seed):
        if pair := self.pick_initial(number):
            node, naive = pair
            step = numbers(node.shape, seed)
            node.value -= step
            naive.value = np.asarray(naive.value - step)

    @rule(number=picks, seed=seeds, part=st.integers(0, 2))
    def assign_to_a_part_of_the_value(self, number, seed, part):
        if pair := self.pick_initial(number):
            node, naive = pair
            key = (part % node.shape[0],) if node.shape else ()
            new = naive.value.copy()
            new[key] = numbers(new[key].shape, seed)
            node.value[key] = new[key]
            naive.value = new

    @rule(number=picks)
    def write_to_an_old_array(self, number):
        """Once a graph has used an array, that array can't be written to any more."""
        if pair := self.pick_initial(number):
            node, _ = pair
            old = node.value
            _ = node + 1.0
            with pytest.raises(ValueError, match="read-only"):
                old[...] = 5.0

    @rule(number=picks)
    def forward(self, number):
        node, naive = self.pick(number)
        naive.forward()
        result = ag.Graph(node).forward()
        np.testing.assert_array_equal(result, naive.value)

    @rule(number=picks, seed=seeds)
    def backward(self, number, seed):
        node, naive = self.pick(number)
        if not naive.requires_grad:
            with pytest.raises(ValueError, match="no gradient flows"):
                node.backward()
        elif naive.stale():
            with pytest.raises(RuntimeError, match="has changed since"):
                node.backward()
        else:
            upstream = numbers(node.shape, seed) if seed % 2 else None
            node.backward(upstream)
            naive.backward(np.ones(node.shape) if upstream is None else upstream.copy())
            if upstream is not None:
                upstream += 1000

    @rule(number=picks)
    def backward_twice(self, number):
        self.backward(number, 1)
        self.backward(number, 0)

    @rule(number=picks)
    def zero_grad(self, number):
        if pair := self.pick_initial(number):
            node, naive = pair
            node.zero_grad()
            naive.grad, naive.terms = None, 0.0

    @precondition(lambda self: len(self.pairs) > 2)
    @rule(number=picks)
    def delete(self, number):
        node, naive = self.pairs.pop(number % len(self.pairs))
        self.gone.append((weakref.ref(node), naive))

    @invariant()
    def values_and_gradients_agree(self):
        for node, naive in self.pairs:
            np.testing.assert_array_equal(node.value, naive.value)
            assert node.requires_grad == naive.requires_grad
            if naive.grad is None:
                assert node.grad is None
                continue
            assert node.grad.shape == node.shape
            assert node.grad.dtype == node.dtype
            error = np.abs(node.grad - naive.grad)
            assert (error <= 1e-13 * naive.terms).all(), (node.grad, naive.grad)

    @invariant()
    def deleted_nodes_are_freed_at_once(self):
        """Unless another node was computed from them, and without the garbage collector."""
        used = {id(node) for _, naive in self.pairs for node in naive.ancestors()}
        for reference, naive in self.gone:
            assert (reference() is not None) == (id(naive) in used)


TestEngineAgainstNaive = EngineAgainstNaive.TestCase
TestEngineAgainstNaive.settings = settings(stateful_step_count=30)
