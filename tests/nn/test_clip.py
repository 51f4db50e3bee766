"""Clipping against exact figures, and what becomes of gradients that are not finite."""

import json
from pathlib import Path

import numpy as np
import pytest

import autograd_core as ag
import nn
from nn import clip_grad_norm_, clip_grad_value_

EXACT = json.loads((Path(__file__).parents[1] / "data" / "exact.json").read_text())
ENTRY = EXACT["001.gradient_clipping"]


def with_grads(*grads, dtype=float):
    ps = [nn.Parameter(np.zeros(np.shape(g)), dtype=dtype) for g in grads]
    for p, g in zip(ps, grads, strict=True):
        p.grad = g
    return ps


@pytest.mark.parametrize("name", [key for key in ENTRY if key.startswith("clip")])
def test_the_figures_are_exact(name):
    """clip_grad_norm_1.0, clip_grad_norm_100, clip_grad_value_0.5."""
    function, _, limit = name.rpartition("_")
    ps = with_grads(ENTRY["g1"], ENTRY["g2"])
    returned = getattr(nn, function + "_")(iter([*ps, nn.Parameter(1.0)]), float(limit))
    if ENTRY[name]["returned"] is None:
        assert returned is None
    else:
        np.testing.assert_allclose(returned, ENTRY[name]["returned"], rtol=1e-12)
    for p, expected in zip(ps, ENTRY[name]["grads"], strict=True):
        np.testing.assert_allclose(p.grad, expected, rtol=1e-12)


def test_other_norms():
    for order, norm in [(1, 8.0), (np.inf, 4.0), (3, 92 ** (1 / 3))]:  # 3 ** 3 + 4 ** 3 + 1
        p, q = with_grads([3.0, -4.0], 1.0)
        np.testing.assert_allclose(clip_grad_norm_([p, q], 0.5, norm_type=order), norm)
        left = np.linalg.norm([*p.grad, q.grad], order)
        np.testing.assert_allclose(left, 0.5, rtol=1e-5)


def test_float32_stays_and_huge_gradients_do_not_overflow():
    (p,) = with_grads([3e30, 4e30], dtype=np.float32)
    np.testing.assert_allclose(clip_grad_norm_(p, 1.0), 5e30, rtol=1e-6)
    np.testing.assert_allclose(p.grad, [0.6, 0.8], rtol=1e-6)
    assert p.grad.dtype == np.float32
    (p,) = with_grads([3e200, 4e200])
    np.testing.assert_allclose(clip_grad_norm_([p], 1.0), 5e200)


def test_gradients_that_are_nodes_stay_nodes():
    w = nn.Parameter([3.0, 4.0])
    ag.sum(w * w / 2).backward(create_graph=True)
    assert clip_grad_norm_([w], 1.0) == 5.0
    clip_grad_value_([w], 0.7)
    assert isinstance(w.grad, ag.Node)
    np.testing.assert_allclose(w.grad.value, [0.6, 0.7], rtol=1e-6)


def test_gradients_that_are_not_finite():
    p, q = with_grads([np.inf, 1.0], [2.0])
    p.name = "weight"
    with pytest.raises(ArithmeticError, match=r"inf; gradients that are not finite: weight$"):
        clip_grad_norm_([p, q], 1.0, error_if_nonfinite=True)
    assert (p.grad.tolist(), q.grad.tolist()) == ([np.inf, 1.0], [2.0])
    assert clip_grad_norm_([p, q], 1.0) == np.inf
    np.testing.assert_array_equal(p.grad, [np.nan, 0.0])
    assert q.grad == 0
    assert np.isnan(clip_grad_norm_([p, q], 1.0))


def test_without_gradients_the_norm_is_zero():
    assert clip_grad_norm_([nn.Parameter(1.0)], 1.0) == 0.0
    assert clip_grad_norm_(with_grads([0.0, 0.0]), 0.0) == 0.0


@pytest.mark.parametrize(
    ("call", "kind", "words"),
    [
        (lambda: clip_grad_norm_([], -1), ValueError, "max_norm must be at least 0"),
        (lambda: clip_grad_norm_([], 1, norm_type=0), ValueError, "norm_type must be"),
        (lambda: clip_grad_value_([], np.nan), ValueError, "clip_value must be"),
        (lambda: clip_grad_norm_(nn.Linear(1, 1), 1), TypeError, r"net\.parameters\(\)"),
        (
            lambda: clip_grad_value_(nn.Linear(1, 1).named_parameters(), 1),
            TypeError,
            "clip_grad_value_: parameter 0 is a tuple",
        ),
    ],
)
def test_what_is_refused(call, kind, words):
    with pytest.raises(kind, match=words):
        call()
