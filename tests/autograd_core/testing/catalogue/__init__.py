"""Operations to check a gradient checker with: correct ones, correct variants, wrong ones.

A family of operations is a file, and its wrong gradients are in the file beside it; wrong
operations of other kinds are in files of their own. All are written as a user of `Operation`
would write them. Nothing here knows how a fault is found.
"""

from . import (
    dtype_faults,
    kinks_faults,
    losses_faults,
    matrices_faults,
    normalisation_faults,
    pairs_faults,
    protocol_faults,
    range_faults,
    reductions_faults,
    second_order_faults,
    shapes_faults,
    smooth_faults,
    state_faults,
)
from .entries import CORRECT, FAULTS, VARIANTS, WRONG, Entry

FILES = (  # each of them lists its operations when it is imported
    smooth_faults,
    range_faults,
    kinks_faults,
    pairs_faults,
    reductions_faults,
    matrices_faults,
    losses_faults,
    shapes_faults,
    normalisation_faults,
    dtype_faults,
    state_faults,
    protocol_faults,
    second_order_faults,
)

__all__ = ["CORRECT", "FAULTS", "FILES", "VARIANTS", "WRONG", "Entry"]
