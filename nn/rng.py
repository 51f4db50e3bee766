"""States of random generators, to save and to go back to."""

from __future__ import annotations

from collections.abc import Mapping
from copy import deepcopy
from typing import Any

import numpy as np


def generator_state(generator: np.random.Generator) -> dict[str, Any]:
    """A copy of the state: numbers, strings and arrays in dictionaries.

    >>> rng = np.random.default_rng(0)
    >>> state, first = generator_state(rng), rng.random()
    >>> set_generator_state(rng, state, "rng"); rng.random() == first
    True
    """
    return deepcopy(dict(generator.bit_generator.state))


def set_generator_state(
    generator: np.random.Generator, state: Mapping[str, Any], what: str
) -> None:
    """Go back to a state. ValueError if it is that of another kind of generator."""
    kind = type(generator.bit_generator).__name__
    try:
        generator.bit_generator.state = deepcopy(dict(state))
    except (ValueError, TypeError, KeyError) as error:
        raise ValueError(
            f"{what}: the state is of a {state.get('bit_generator')} generator, but this one is a "
            f"{kind}"
        ) from error
