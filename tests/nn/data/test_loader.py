"""Loaders: every observation once an epoch, pairs kept together, and resumed where they were."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from nn.data import DataLoader, Dataset, TensorDataset


class Slow(Dataset):
    """The same observations, one by one."""

    def __init__(self, arrays):
        self.arrays = arrays

    def __len__(self):
        return len(self.arrays[0])

    def __getitem__(self, i):
        assert type(i) is int
        return tuple(array[i] for array in self.arrays)


@st.composite
def loaders(draw):
    n = draw(st.integers(1, 40))
    X = np.arange(3 * n).reshape(n, 3)
    kind = draw(st.sampled_from([TensorDataset, lambda *arrays: Slow(arrays)]))
    return DataLoader(
        kind(X, X[:, 0] * 7),
        batch_size=draw(st.integers(1, 45)),
        shuffle=draw(st.booleans()),
        rng=draw(st.integers(0, 100)),
        drop_last=draw(st.booleans()),
    )


@given(loaders(), st.integers(1, 3))
def test_every_observation_once_an_epoch_with_its_label(loader, epochs):
    n, size = len(loader.dataset), loader.batch_size
    for _ in range(epochs):
        batches = list(loader)
        assert len(batches) == len(loader) == (n // size if loader.drop_last else -(-n // size))
        lengths = [len(y) for _, y in batches]
        full = n // size
        assert lengths == [size] * full + ([n % size] if n % size and not loader.drop_last else [])
        seen = np.concatenate([X[:, 0] // 3 for X, _ in batches]) if batches else np.zeros(0)
        for X, y in batches:
            np.testing.assert_array_equal(y, X[:, 0] * 7)
            np.testing.assert_array_equal(X, X[:, :1] + np.arange(3))
        if loader.drop_last:
            assert len(set(seen)) == len(seen) == full * size
        else:
            assert sorted(seen) == list(range(n))
        if not loader.shuffle:
            np.testing.assert_array_equal(seen, np.arange(len(seen)))


@given(loaders(), st.integers(0, 120), st.integers(0, 2))
def test_a_saved_position_is_gone_on_from(loader, batches, other_draws):
    def following(loader, n):
        found = []
        while len(found) < n and len(loader):
            for _, y in loader:
                found.append(y.tolist())
                if len(found) == n:
                    break
        return found

    given_ = 0
    while given_ < batches and len(loader):
        for _ in loader:
            given_ += 1
            if given_ == batches:
                loader.generator.random(other_draws)  # by others who share it
                break
    state = loader.state_dict()
    again = DataLoader(loader.dataset, loader.batch_size, loader.shuffle, 12345, loader.drop_last)
    again.load_state_dict(state)
    assert again.state_dict() == state
    rest = len(loader) - state["position"]
    next_epoch = DataLoader(loader.dataset, loader.batch_size, loader.shuffle, 0, loader.drop_last)
    next_epoch.generator.bit_generator.state = loader.generator.bit_generator.state
    got = following(again, rest + len(loader)) if state["position"] else following(again, rest)
    whole = following(next_epoch, len(loader))
    assert got[-len(loader) :] == whole[-len(loader) :]
    if state["position"]:
        order = DataLoader(loader.dataset, loader.batch_size, loader.shuffle, 0, loader.drop_last)
        if loader.shuffle:
            order.generator.bit_generator.state = state["start"]
        assert got[:rest] == following(order, len(loader))[state["position"] :]


def test_shuffling_is_by_the_generator_and_new_each_epoch():
    data = TensorDataset(np.arange(50))
    loader = DataLoader(data, 50, shuffle=True, rng=0)
    ((first,),), ((second,),) = list(loader), list(loader)
    assert not np.array_equal(first, second)
    rng = np.random.default_rng(0)
    np.testing.assert_array_equal(first, rng.permutation(50))
    np.testing.assert_array_equal(second, rng.permutation(50))
    shared = np.random.default_rng(3)
    assert DataLoader(data, shuffle=True, rng=shared).generator is shared


def test_a_broken_off_epoch_is_not_gone_on_with():
    loader = DataLoader(TensorDataset(np.arange(4)), 1)
    for _ in loader:
        break
    assert [x.tolist() for (x,) in loader] == [[0], [1], [2], [3]]


def test_what_is_stacked():
    items = [{"x": [1.0, 2.0], "k": ("a", 3)}, {"x": [3.0, 4.0], "k": ("b", 4)}]
    (batch,) = DataLoader(items, 2)
    np.testing.assert_array_equal(batch["x"], [[1, 2], [3, 4]])
    assert [part.tolist() for part in batch["k"]] == [["a", "b"], [3, 4]]
    assert [b.tolist() for b in DataLoader([5, 6, 7], 2)] == [[5, 6], [7]]


@pytest.mark.parametrize(
    ("arguments", "error", "words"),
    [
        ([TensorDataset([1]), 0], ValueError, "at least 1, but is 0"),
        ([TensorDataset([1]), 1.5], ValueError, "whole number"),
        ([TensorDataset([1]), "x"], ValueError, "whole number"),
        ([TensorDataset([1]), None], ValueError, "whole number"),
        ([TensorDataset([1]), True], ValueError, "whole number"),
        ([([1], [2])], TypeError, r"TensorDataset\(X, y\)"),
        ([iter([1])], TypeError, "__len__ and __getitem__"),
    ],
)
def test_wrong_arguments(arguments, error, words):
    with pytest.raises(error, match=words):
        DataLoader(*arguments)


def test_observations_that_do_not_stack():
    with pytest.raises(ValueError, match=r"shapes \(1,\), \(2,\)"):
        list(DataLoader([[1], [1, 2]], 2))
    with pytest.raises(ValueError, match=r"must be a tuple \(features, label\), but is a list"):
        list(DataLoader([[[1.0, 2.0], 0], [[3.0, 4.0], 1]], 2))
    with pytest.raises(ValueError, match="parts"):
        list(DataLoader([(1,), (1, 2)], 2))


def test_a_state_of_another_loader():
    state = DataLoader(TensorDataset(np.arange(5)), 2, shuffle=True).state_dict()
    for other, words in (
        (DataLoader(TensorDataset(np.arange(6)), 2, True), "length 5 where this one has 6"),
        (DataLoader(TensorDataset(np.arange(5)), 3, True), "batch_size 2 where this one has 3"),
        (DataLoader(TensorDataset(np.arange(5)), 2), "shuffle True where this one has False"),
        (DataLoader(TensorDataset(np.arange(5)), 2, True, drop_last=True), "drop_last False"),
    ):
        with pytest.raises(ValueError, match=words):
            other.load_state_dict(state)
