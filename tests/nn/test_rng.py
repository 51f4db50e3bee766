"""States of generators are copies, and of one kind."""

import numpy as np
import pytest

from nn.rng import generator_state, set_generator_state


@pytest.mark.parametrize("kind", [np.random.PCG64, np.random.MT19937])
def test_back_and_forth(kind):
    rng = np.random.Generator(kind(0))
    state = generator_state(rng)
    first = rng.random(700)
    set_generator_state(rng, state, "rng")
    np.testing.assert_array_equal(rng.random(700), first)
    set_generator_state(rng, state, "rng")  # drawing did not change the state that was kept
    np.testing.assert_array_equal(rng.random(700), first)


def test_another_kind():
    state = generator_state(np.random.default_rng(0))
    with pytest.raises(ValueError, match=r"loader: the state is of a PCG64 .* is a MT19937"):
        set_generator_state(np.random.Generator(np.random.MT19937()), state, "loader")
    with pytest.raises(ValueError, match="of a None generator"):
        set_generator_state(np.random.default_rng(0), {}, "loader")
