"""`ModuleList` and `ModuleDict`, and the warning where a plain container hides modules."""

import copy
import pickle
import warnings

import numpy as np
import pytest

import nn


def linear(n=2):
    return nn.Linear(n, n, rng=0)


class Blocks(nn.Module):
    def __init__(self):
        super().__init__()
        self.blocks = nn.ModuleList([linear(), nn.ReLU(), nn.Dropout(0.5, rng=0)])
        self.heads = nn.ModuleDict({"a": linear(), "b": nn.BatchNorm1d(2)})

    def forward(self, X):
        for block in self.blocks:
            X = block(X)
        return sum(head(X) for head in self.heads.values())


def test_everything_in_them_is_found_and_trained():
    net = Blocks()
    assert list(net.state_dict()) == [
        "blocks.0.weight", "blocks.0.bias", "heads.a.weight", "heads.a.bias",
        "heads.b.weight", "heads.b.bias", "heads.b.running_mean", "heads.b.running_var",
    ]  # fmt: skip
    assert [path for path, _ in net.named_generators()] == ["blocks.2.rng"]
    assert len(list(net.parameters())) == 6
    before = net.state_dict()
    X = np.random.default_rng(0).normal(size=(8, 2))
    optimizer = nn.optim.SGD(net.parameters(), lr=0.1)
    nn.fit(net, (X, X), nn.MSELoss(), optimizer, epochs=1, progress=False)
    assert all((value != before[path]).any() for path, value in net.state_dict().items())
    net.eval()
    assert not any(module.training for _, module in net.named_modules())
    net.to(np.float32).load_state_dict(before)
    assert {p.dtype for p in net.parameters()} == {np.dtype(np.float32)}
    for again in (copy.deepcopy(net), pickle.loads(pickle.dumps(net))):
        np.testing.assert_array_equal(again(X).value, net(X).value)
    assert "blocks: ModuleList" in repr(net)
    assert "a: Linear(in_features=2" in repr(net)


def test_a_module_list_is_a_list():
    a, b, c, d = modules = [linear(), nn.ReLU(), nn.Tanh(), nn.Sigmoid()]
    some = nn.ModuleList(iter(modules))
    assert list(some) == modules
    assert (len(some), some[1], some[-1], some.index(c)) == (4, b, d, 2)
    assert b in some
    assert nn.ReLU() not in some
    assert isinstance(some[1:], nn.ModuleList)
    assert list(some[::-2]) == [d, b]
    assert list(reversed(some)) == [d, c, b, a]
    assert nn.ModuleList().append(a) is not None
    short = nn.ModuleList(None).append(a).extend([b])
    assert short.insert(0, c) is None
    assert list(short) == [c, a, b]
    some += [b]
    assert list(some + [c]) == [*modules, b, c]  # noqa: RUF005
    assert isinstance(some + [c], nn.ModuleList)  # noqa: RUF005
    assert some.pop() is b
    assert some.pop(0) is a
    some[0] = d
    del some[1]
    assert list(some) == [d, d]
    assert [path for path, _ in some.named_modules()] == ["", "0"]  # each module once
    some[:] = [a, b, c]
    assert [path for path, _ in some.named_modules()] == ["", "0", "1", "2"]
    some.remove(b)
    some.clear()
    assert len(some) == 0
    for call in (lambda: some[0], lambda: some.pop(), lambda: some.__delitem__(3)):
        with pytest.raises(IndexError):
            call()


def test_a_module_dict_is_a_dictionary():
    a, b = linear(), nn.ReLU()
    some = nn.ModuleDict([("a", a)])
    some["b"] = b
    assert dict(some.items()) == {"a": a, "b": b}
    assert (list(some), list(some.values()), len(some)) == (["a", "b"], [a, b], 2)
    assert "a" in some
    assert "c" not in some
    assert some["a"] is some.a is a
    some.update({"c": b, "a": b})
    assert list(some) == ["a", "b", "c"]
    assert some.pop("c") is b
    del some["a"]
    some.clear()
    assert len(some) == 0
    for call in (lambda: some["a"], lambda: some.pop("a"), lambda: some.__delitem__("a")):
        with pytest.raises(KeyError):
            call()
    assert some == some
    assert some != nn.ModuleDict()
    assert len({some, nn.ModuleDict()}) == 2


def test_a_module_list_with_a_part_of_its_own():
    class Tower(nn.ModuleList):
        def __init__(self, n):
            super().__init__([linear() for _ in range(n)])
            self.head = linear(3)

    tower = Tower(2)
    tower.append(nn.ReLU())
    del tower[0]
    assert len(tower) == len(list(tower)) == 2
    assert isinstance(tower.head, nn.Linear)
    assert type(tower + [linear()]) is nn.ModuleList  # noqa: RUF005
    assert len(list(tower.parameters())) == 4


def test_what_they_refuse():
    with pytest.raises(TypeError, match="ModuleList: argument 1 is no Module but a float"):
        nn.ModuleList([linear(), 1.0])
    with pytest.raises(TypeError, match=r"the class ReLU; make one: ReLU\(\)"):
        nn.ModuleDict({"a": nn.ReLU})
    for name in ("training", "keys", "a.b", "", 3, "forward"):
        with pytest.raises(KeyError):
            nn.ModuleDict({name: linear()})
    some = nn.ModuleList([linear()])
    with pytest.raises(TypeError):
        some.append(2)
    assert len(some) == 1
    with pytest.raises(TypeError, match="append a single one"):
        some.extend(linear())
    for container in (some, nn.ModuleDict(None)):
        with pytest.raises(NotImplementedError, match="call the modules in it"):
            container(np.ones((2, 2)))


# Plain containers ---------------------------------------------------------------------------


@pytest.mark.parametrize(
    "value",
    [
        [linear()], (linear(), nn.ReLU()), {"a": linear()}, {linear()}, [[nn.ReLU()]],
        {"a": [linear()]}, [nn.Parameter([1.0])], {"w": nn.Parameter([1.0])},
        [nn.Buffer([1.0])], [3, "a", None, linear()],
    ],
)  # fmt: skip
def test_a_plain_container_of_modules_or_parameters_is_told(value):
    net = nn.Module()
    net.out = linear()
    with pytest.warns(nn.HiddenModuleWarning, match=r"Module\.parts is a plain \w+ of modules"):
        net.parts = value
    with pytest.warns(nn.HiddenModuleWarning, match=r"Module\.parts"):
        net.parameters()


def test_what_is_put_into_a_plain_list_later_is_told_when_parameters_are_asked_for():
    class Late(nn.Module):
        def __init__(self):
            super().__init__()
            self.inner = nn.Module()
            self.inner.layers = []
            self.inner.layers.append(linear())
            self.out = linear()

    net = Late()
    with pytest.warns(nn.HiddenModuleWarning, match=r"Late\.inner\.layers") as told:
        nn.optim.SGD(net.parameters(), lr=0.1)
    assert told[0].filename == __file__
    with pytest.warns(nn.HiddenModuleWarning):
        list(net.named_parameters())
    for found in (net.state_dict, lambda: net.to(np.float32)):
        with pytest.warns(nn.HiddenModuleWarning):
            found()


def test_containers_that_hide_nothing_are_not_told():
    net = nn.Module()
    net.a, net.b = linear(), nn.Parameter([1.0])
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        net.inner = nn.Sequential(linear(), nn.ReLU())
        net.order = [net.a, net.b, net.inner[0], *net.parameters()]
        net.endless = [1]
        net.endless.append(net.endless)
        net.sizes, net.names, net.nested = [1, 2], {"a": "b"}, [[], ({},)]
        net.blocks = nn.ModuleList([net.a])
        assert len(list(net.parameters())) == 5
