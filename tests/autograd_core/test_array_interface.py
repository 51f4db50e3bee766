"""Nodes among other objects: comparisons, shapes as NumPy's integers, keyword arguments."""

from decimal import Decimal
from fractions import Fraction

import numpy as np
import pytest

import autograd_core as ag

X = np.array([[1.0, 2.0, 3.0], [4.0, 5.0, 6.0]])


@pytest.mark.parametrize("J", [ag.InitialNode(4.0), ag.InitialNode(2.0) ** 2])
def test_a_node_and_what_is_no_number(J):
    for other in ("a", None, object(), {"a": 1}, ["a"], b"a", print, [1, [2, 3]]):
        assert J.__eq__(other) is NotImplemented
        assert not (J == other)  # noqa: SIM201, SIM300
        assert J != other  # noqa: SIM300
        assert not (other == J)  # noqa: SIM201
        assert other != J
    assert J in ["a", None, 4]
    assert J not in [None, 3, "a"]
    assert [None, "a", 4].index(J) == 2
    for compare in (lambda: J < "a", lambda: J >= None):
        with pytest.raises(TypeError):
            compare()


def test_approximate_numbers():
    j, v = ag.InitialNode(2.0) ** 2, ag.InitialNode([1.0, 2.0]) * 2
    for four, other in ((pytest.approx(4.0), pytest.approx(4.1)), (Fraction(4), Decimal("4.1"))):
        assert j == four
        assert four == j
        assert j != other
        assert other != j
        assert not (j == other)  # noqa: SIM201
        assert not (j != four)  # noqa: SIM202
    assert v == pytest.approx([2.0, 4.0])
    assert pytest.approx([2.0, 4.0]) == v
    assert v != pytest.approx([2.0, 4.1])
    assert v == pytest.approx(np.array([2.0, 4.0]))
    assert ag.grad(lambda x: x * (x == pytest.approx(2.0)))(2.0) == 1


def test_arrays_of_texts_on_either_side():
    v, texts = ag.InitialNode([1.0, 2.0]), np.array(["a", "b"])
    assert (v == texts).tolist() == (texts == v).tolist() == [False, False]
    assert (v != texts).tolist() == (texts != v).tolist() == [True, True]
    assert v != ag.InitialNode


def test_comparisons_with_numbers_are_operations():
    v = ag.InitialNode([1.0, 2.0])
    for other in (1, 1.0, True, np.float32(1), np.array([1, 2]), [1, 2], (1.0, 2.0), v, [v[0], 2]):
        assert isinstance(v == other, ag.Node)
        assert isinstance(v != other, ag.Node)


@pytest.mark.parametrize(
    "shape", [6, np.prod((2, 3)), np.int32(6), (6,), [6], np.array([6]), np.array(6), -1]
)
def test_shapes_of_numpys_integers(shape):
    x = ag.InitialNode(X)
    assert (
        x.reshape(shape).shape == ag.reshape(x, shape).shape == np.reshape(x, shape).shape == (6,)
    )


def test_shapes_of_several_integers():
    x = ag.InitialNode(X)
    for shape in ((3, np.int64(2)), [np.int8(3), -1], np.array([3, 2])):
        assert x.reshape(shape).shape == (3, 2)
        assert np.array_equal(x.reshape(*shape).value, X.reshape(3, 2))
    row = ag.InitialNode([1.0, 2.0, 3.0])
    for shape in ((np.int64(2), 3), np.array([2, 3]), [2, 3]):
        assert ag.broadcast_to(row, shape).shape == np.broadcast_to(row, shape).shape == (2, 3)
    assert ag.broadcast_to(ag.InitialNode([1.0]), np.int64(3)).shape == (3,)
    assert ag.sum(x, axis=np.int64(1)).shape == ag.softmax(x, np.int64(0)).shape[:1] == (2,)
    for wrong in (2.0, None, "ab", (2.0, 3)):
        with pytest.raises(TypeError, match="reshape: shape must be an integer, or several"):
            ag.reshape(x, wrong)
        with pytest.raises(TypeError, match="broadcast_to: shape must be an integer, or several"):
            ag.broadcast_to(x, wrong)


@pytest.mark.parametrize(
    "axes",
    [(), (None,), ((1, 0),), ([1, 0],), (np.array([1, 0]),), (1, 0), (np.int64(1), 0), ((-1, 0),)],
)
def test_transpose_takes_axes_as_numpy_does(axes):
    found = ag.InitialNode(X).transpose(*axes)
    np.testing.assert_array_equal(found.value, X.transpose(*axes))
    found.backward()


@pytest.mark.parametrize("axes", [(0,), (1,), ((0,),), (0, 1, 2), ((),), (0, 0), (0, 2)])
def test_transpose_refuses_axes_as_numpy_does(axes):
    with pytest.raises(ValueError, match=r"axes|axis"):
        X.transpose(*axes)
    with pytest.raises(ValueError, match=r"transpose: .*(axes|axis).*\(2, 3\)"):
        ag.InitialNode(X).transpose(*axes)


def test_transpose_of_few_axes():
    v = ag.InitialNode([1.0, 2.0])
    assert v.transpose(0).shape == np.transpose(v, 0).shape == (2,)
    assert ag.InitialNode(1.0).transpose(()).shape == ()


# Keyword arguments of functions -------------------------------------------------------------


def scaled(x, y=1.0, *, s=1.0, squared=True):
    return ag.sum(s * (x * x if squared else x) * y)


def test_keyword_arguments_go_to_the_function():
    x, v = np.array([1.0, 2.0]), np.array([1.0, 0.0])
    np.testing.assert_array_equal(ag.grad(scaled)(x, s=2.0), 4 * x)
    np.testing.assert_array_equal(ag.grad(scaled)(x, 3.0, s=2.0, squared=False), [6, 6])
    np.testing.assert_array_equal(ag.grad(scaled)(x, y=3.0), 6 * x)
    assert ag.value_and_grad(scaled)(x, s=2.0)[0] == 10
    np.testing.assert_array_equal(ag.jacobian(scaled)(x, s=2.0), 4 * x)
    np.testing.assert_array_equal(ag.hessian(scaled)(x, s=2.0), 4 * np.eye(2))
    np.testing.assert_array_equal(ag.hvp(scaled)(x, v, s=2.0), 4 * v)
    np.testing.assert_array_equal(ag.vjp(scaled, x, s=2.0)[1](1.0), 4 * x)
    assert ag.jvp(scaled, x, v, s=2.0)[1] == 4


def test_a_node_that_is_a_keyword_argument_is_differentiated_too():
    second = ag.grad(lambda s: ag.sum(ag.grad(scaled)(np.array([1.0, 2.0]), s=s)))(2.0)
    assert second == 6
    s = ag.InitialNode(2.0)
    ag.sum(ag.grad(scaled)(np.array([1.0, 2.0]), s=s)).backward()
    assert s.grad == 6
