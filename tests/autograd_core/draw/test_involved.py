"""Which entries an entry was computed from: held against the gradient of that entry."""

import numpy as np
import pytest
from hypothesis import given, settings

import autograd_core as ag
from autograd_core.draw.involved import involved
from tests.autograd_core.operations.cases import CASES

X = ag.InitialNode(np.arange(6.0).reshape(2, 3) + 1)
Y = ag.InitialNode(np.arange(12.0).reshape(3, 4) - 5)
b = ag.InitialNode(np.arange(4.0))
row = ag.InitialNode(np.arange(4.0).reshape(1, 4))


def mask(axes, shape, entry):
    """The entries of an input that `axes` tells of for an entry of the result."""
    found = np.zeros(shape, bool)
    found[tuple(slice(None) if a is None else entry[a] for a in axes)] = True
    return found


def check(node, leaves):
    """No entry outside of those that are told has any influence."""
    told = involved(node, set(leaves))
    for entry in list(np.ndindex(node.shape))[:20]:
        upstream = np.zeros(node.shape)
        upstream[entry] = 1
        for x in leaves:
            x.zero_grad()
        node.backward(upstream)
        for x in leaves:
            if x in told:
                assert not np.any(x.grad[~mask(told[x], x.shape, entry)])


@pytest.mark.parametrize("case", CASES, ids=str)
def test_nothing_else_has_influence(case):
    @settings(max_examples=settings().max_examples // 4)
    @given(case.examples)
    def test(example):
        by = case.by(example)
        inputs = [ag.InitialNode(a, requires_grad=i in by) for i, a in enumerate(example.arrays)]
        node = case(*inputs, **example.options)
        if node.requires_grad and all(x.size for x in inputs):
            check(node, [inputs[i] for i in by])

    test()


@pytest.mark.parametrize(
    ("node", "expected"),
    [
        (ag.mm(X, Y), {X: (0, None), Y: (None, 1)}),
        (ag.mm(X, Y) + b, {X: (0, None), Y: (None, 1), b: (1,)}),
        (ag.mm(X, Y) * row, {X: (0, None), Y: (None, 1), row: (None, 1)}),
        (ag.mm(X, Y).T, {X: (1, None), Y: (None, 0)}),
        (ag.sum(ag.exp(X), axis=0), {X: (None, 0)}),
        (ag.softmax(X), {X: (0, None)}),
        (ag.reshape(ag.sum(X, axis=0), (1, 3)), {X: (None, 1)}),
        (ag.mm(X, X.T), {X: (None, None)}),
        (ag.mean(X), {X: (None, None)}),
        (X[0], {}),
    ],
    ids=lambda x: type(x).__name__,
)
def test_entries_are_told_by_axes(node, expected):
    assert involved(node, {X, Y, b, row}) == expected
