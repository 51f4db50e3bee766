"""`no_grad` where it can't work, and arrays that come into a graph under it."""

import asyncio
import contextlib
import contextvars
import functools
import threading

import numpy as np
import pytest

import autograd_core as ag


def test_functions_whose_body_runs_later_are_refused():
    def steps():
        yield 1

    async def wait():
        pass

    for function in (steps, wait):
        with pytest.raises(TypeError, match=f"no_grad can't decorate {function.__name__}"):
            ag.no_grad()(function)


def test_an_array_under_no_grad_is_copied():
    a, w = np.arange(4.0), ag.InitialNode(np.ones((2, 2)))
    with ag.no_grad():
        y = ag.reshape(a, (2, 2))
    J = ag.sum(y * w)
    a[:] = 100.0
    J.backward()
    np.testing.assert_array_equal(w.grad, [[0.0, 1.0], [2.0, 3.0]])


def test_a_rule_may_call_operations():
    class swish(ag.Operation):
        def forward(self, x):
            return x / (1 + np.exp(-x))

        def gradient(self, dA, A, x):
            s = ag.sigmoid(x)
            return dA * (s + x * s * (1 - s))

    x = ag.InitialNode([0.5, -1.0])
    swish(x).backward()
    assert isinstance(x.grad, np.ndarray)
    s = 1 / (1 + np.exp(-x.value))
    np.testing.assert_allclose(x.grad, s + x.value * s * (1 - s), rtol=1e-14)
    second = ag.jacobian(ag.grad(lambda v: ag.sum(swish(v))))(x.value)
    expected = np.diag(s * (1 - s) * (2 + x.value * (1 - 2 * s)))
    np.testing.assert_allclose(second, expected, rtol=1e-13, atol=1e-16)


def test_requires_grad_can_be_set_later():
    x, y = ag.InitialNode(2.0, requires_grad=False), ag.InitialNode(3.0)
    h = x * x
    J = h * y + x * y
    x.requires_grad = True
    J.backward()
    assert x.grad == 15.0
    with pytest.raises(TypeError, match="can't require a gradient"):
        ag.InitialNode(1).requires_grad = True
    with pytest.raises(AttributeError):
        h.requires_grad = False


def test_no_one_can_write_into_a_graph():
    x = ag.InitialNode([[1.0, 2.0]])
    h = x.T
    for array in (x.frozen(), h.value):
        base = array if array.base is None else array.base
        assert not base.flags.writeable
    a = np.ones((1, 2))
    x.adopt(a)
    with pytest.raises(ValueError, match="read-only"):
        a[:] = 7.0

    class in_place(ag.Operation):
        def forward(self, x):
            x += 1
            return x

        def gradient(self, dA, A, x):
            dA *= 2
            return dA

    with pytest.raises(ValueError, match=r"in_place: .*read-only"):
        in_place(x)


def test_positional_options_are_numpys():
    x = ag.InitialNode(np.arange(6.0).reshape(2, 3))
    for function, args in [
        (np.sum, (0, None, None, True)),
        (np.mean, (0, None, None, True)),
        (np.max, (0, None, True)),
        (np.var, (0, None, None, 1)),
        (np.clip, (1.0, 4.0)),
    ]:
        np.testing.assert_allclose(function(x, *args).value, function(x.value, *args))
    np.testing.assert_array_equal(np.clip(x, min=1, max=2).value, np.clip(x.value, 1, 2))
    with pytest.raises(TypeError, match=r"np\.sum on a node does not take dtype="):
        np.sum(x, 0, np.float32)


# `no_grad` entered in unusual ways ----------------------------------------------------------


def records():
    return (ag.InitialNode(1.0) * 2).requires_grad


def test_one_object_may_be_entered_inside_itself():
    off = ag.no_grad()
    with off:
        with off:
            assert not records()
        assert not records()
    assert records()
    with off:
        assert not records()
    assert records()


def test_a_decorated_function_may_call_itself():
    @ag.no_grad()
    def countdown(n):
        assert not records()
        return countdown(n - 1) if n else n

    countdown(3)
    assert records()


def test_an_error_leaves_the_state_as_it_was():
    off = ag.no_grad()
    for _ in range(2):
        with pytest.raises(ZeroDivisionError), off, off:
            1 / 0  # noqa: B018
        assert records()


def test_one_object_in_several_threads():
    off, both_in, out = ag.no_grad(), threading.Barrier(2), threading.Barrier(2)
    seen = []

    def work(first):
        with off:
            both_in.wait()
            seen.append(records())
            if first:
                out.wait()
        if not first:
            out.wait()
        seen.append(records())

    threads = [threading.Thread(target=work, args=(first,)) for first in (True, False)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert sorted(seen) == [False, False, True, True]
    assert records()


def silent():
    with ag.no_grad():
        yield records()
        yield records()


def test_generators_that_end_in_another_order_than_they_began():
    first, second = silent(), silent()
    assert [next(first), next(second)] == [False, False]
    assert list(first) == [False]
    with ag.no_grad():
        assert list(second) == [False]
        assert not records()
    assert records()


def test_a_generator_that_is_left_alone():
    generator = silent()
    next(generator)
    del generator
    assert records()


def test_a_generator_that_goes_on_in_another_thread():
    generator = silent()
    next(generator)
    thread = threading.Thread(target=lambda: list(generator))
    thread.start()
    thread.join()
    assert records()


def test_a_generator_that_goes_on_in_another_context():
    generator = silent()
    next(generator)
    contextvars.copy_context().run(list, generator)
    assert records()


def test_tasks_do_not_see_each_other():
    off, seen = ag.no_grad(), []

    async def quiet():
        with off:
            await asyncio.sleep(0.01)
            seen.append(records())
        seen.append(records())

    async def loud():
        for _ in range(4):
            await asyncio.sleep(0.003)
            assert records()

    async def all_of_them():
        await asyncio.gather(quiet(), loud(), quiet())

    asyncio.run(all_of_them())
    assert sorted(seen) == [False, False, True, True]


def test_between_yields_the_state_is_the_callers():
    def batches():
        with ag.no_grad():
            for k in (1.0, 2.0, 3.0):
                assert not records()
                yield np.full(2, k)
                assert not records()

    def f(w):
        J = w @ np.ones(2)
        for batch in batches():
            assert records()
            J = J + w @ batch
        return J

    np.testing.assert_array_equal(ag.grad(f)(np.array([1.0, 2.0])), [7.0, 7.0])


def test_a_generator_may_be_a_context_manager():
    @contextlib.contextmanager
    def quiet():
        with ag.no_grad():
            yield

    with quiet():
        assert not records()
        with contextlib.ExitStack() as stack:
            stack.enter_context(ag.no_grad())
            assert not records()
    assert records()


@pytest.fixture
def quiet():
    with ag.no_grad():
        yield


@pytest.mark.usefixtures("quiet")
def test_a_fixture_may_yield_inside():
    assert not records()


def test_it_can_be_left_only_where_it_was_entered():
    with pytest.raises(RuntimeError, match="was not entered"):
        ag.no_grad().__exit__(None, None, None)


def test_what_can_not_be_decorated():
    class Stream:
        def __call__(self):
            yield 1

    for function in (functools.partial(silent), Stream()):
        with pytest.raises(TypeError, match="whose body runs later"):
            ag.no_grad()(function)
