"""States survive the way to a file and back, to the bit; other things are refused."""

import json

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.extra import numpy as hnp

from nn import states
from nn.checkpoints import Checkpoint, ModelFileError, load_state, save_state
from nn.files import write
from nn.rng import generator_state

ARRAYS = hnp.arrays(
    st.sampled_from([np.float32, np.float64, np.float16, np.int64, np.uint8, np.uint64, np.bool_]),
    hnp.array_shapes(min_dims=0, max_dims=3, min_side=0, max_side=3),
)
NUMBERS = st.integers(-(2**200), 2**200) | st.floats() | st.booleans()
STATES = st.recursive(
    st.none() | NUMBERS | st.text() | ARRAYS | NUMBERS.map(np.asarray).filter(
        lambda a: a.dtype != object
    ).map(lambda a: a[()]),
    lambda part: st.lists(part, max_size=3)
    | st.tuples(part, part)
    | st.dictionaries(st.text(max_size=3) | st.integers(), part, max_size=3),
    max_leaves=8,
)  # fmt: skip


def identical(a, b):
    assert type(a) is type(b)
    if isinstance(a, dict):
        assert list(a) == list(b)
        for key in a:
            identical(a[key], b[key])
    elif isinstance(a, list | tuple):
        assert len(a) == len(b)
        for x, y in zip(a, b, strict=True):
            identical(x, y)
    elif isinstance(a, np.ndarray | np.generic):
        assert (a.dtype, a.shape, a.tobytes()) == (b.dtype, b.shape, b.tobytes())
    elif isinstance(a, float):
        assert np.float64(a).tobytes() == np.float64(b).tobytes() or (a != a and b != b)
    else:
        assert a == b


@given(STATES)
def test_round_trip(tmp_path_factory, state):
    path = tmp_path_factory.getbasetemp() / "state"
    save_state(state, path)
    identical(load_state(path), state)


@pytest.mark.parametrize("kind", ["PCG64", "MT19937", "Philox", "SFC64"])
def test_every_generator(tmp_path, kind):
    rng = np.random.Generator(getattr(np.random, kind)(3))
    save_state(generator_state(rng), tmp_path / "rng")
    again = np.random.Generator(getattr(np.random, kind)())
    again.bit_generator.state = load_state(tmp_path / "rng")
    np.testing.assert_array_equal(again.random(100), rng.random(100))


@pytest.mark.parametrize(
    ("state", "words"),
    [
        ({"a": [1, {3}]}, r"state\['a'\]\[1\] is a set"),
        ({"a": 1j}, "is a complex"),
        ([np.array(["x"])], r"state\[0\] has dtype <U1"),
        ([np.ones(2, np.longdouble)], "float128|longdouble"),
        (np.array([object()]), "dtype object"),
    ],
)
def test_what_a_state_can_not_hold(tmp_path, state, words):
    with pytest.raises(TypeError, match=words):
        save_state(state, tmp_path / "state")
    assert list(tmp_path.iterdir()) == []


@pytest.mark.parametrize("content", [{"evil": 1}, {"array": "7"}, {"a": 1, "b": 2}, {"dict": [1]}])
def test_damaged_headers(tmp_path, content):
    write(tmp_path / "state", {}, {states.FORMAT: json.dumps(content)})
    with pytest.raises(ModelFileError, match="is damaged"):
        load_state(tmp_path / "state")


def test_checkpoint():
    assert (Checkpoint("a").epochs, Checkpoint("a").steps) == (1, None)
    assert (Checkpoint("a", steps=3).epochs, Checkpoint("a", epochs=2).steps) == (None, None)
    for options in ({"steps": 0}, {"epochs": -1}, {"epochs": 1.5}):
        with pytest.raises(ValueError, match="whole number of at least 1"):
            Checkpoint("a", **options)
