"""What `Module`, `Parameter` and `Sequential` promise."""

import copy

import numpy as np
import pytest

import nn
from autograd_core import InitialNode


class Net(nn.Module):
    def __init__(self):
        super().__init__()
        self.scale = nn.Parameter(2.0, name="scale")
        self.fc1 = nn.Linear(2, 3, rng=0)
        self.relu = nn.ReLU()
        self.stack = nn.Sequential(nn.Linear(3, 3, rng=1), self.relu, nn.Linear(3, 1, rng=2))

    def forward(self, X):
        return self.stack(self.relu(self.fc1(X))) * self.scale


def test_parameters_have_dotted_paths_in_the_order_of_the_attributes():
    net = Net()
    assert [path for path, _ in net.named_parameters()] == [
        "scale",
        "fc1.weight",
        "fc1.bias",
        "stack.0.weight",
        "stack.0.bias",
        "stack.2.weight",
        "stack.2.bias",
    ]
    assert net.num_parameters() == 1 + 9 + 12 + 4
    assert [path for path, _ in net.named_modules()] == [
        "",
        "fc1",
        "relu",
        "stack",
        "stack.0",
        "stack.2",
    ]


def test_the_course_network_has_1741_parameters():
    class Course(nn.Module):
        def __init__(self):
            super().__init__()
            self.fc1, self.fc2 = nn.Linear(2, 20), nn.Linear(20, 40)
            self.fc3, self.fc4 = nn.Linear(40, 20), nn.Linear(20, 1)
            self.relu, self.sigmoid = nn.ReLU(), nn.Sigmoid()

        def forward(self, X):
            for layer in (self.fc1, self.fc2, self.fc3):
                X = self.relu(layer(X))
            return self.sigmoid(self.fc4(X))

    net = Course()
    assert net.num_parameters() == 1741
    assert net(np.ones((5, 2))).shape == (5, 1)


def test_gradients_reach_every_parameter():
    net = Net()
    net(np.array([[1.0, 2.0], [0.5, -1.0]])).backward()
    assert all(p.grad is not None and p.grad.shape == p.shape for p in net.parameters())
    net.zero_grad()
    assert all(p.grad is None for p in net.parameters())


def test_a_shared_parameter_comes_once():
    net = nn.Module()
    net.a, net.b = nn.Linear(2, 2), nn.Linear(2, 2)
    net.b.weight = net.a.weight
    net.c = net.a
    assert [path for path, _ in net.named_parameters()] == ["a.weight", "a.bias", "b.bias"]
    assert net.num_parameters() == 4 + 2 + 2


def test_lists_and_plain_nodes_are_not_registered():
    net = nn.Module()
    with pytest.warns(nn.HiddenModuleWarning, match=r"Module\.layers is a plain list"):
        net.layers = [nn.Linear(2, 2)]
    net.constant = InitialNode([1.0])
    with pytest.warns(nn.HiddenModuleWarning):
        assert list(net.parameters()) == []


def test_an_attribute_can_be_removed_and_replaced():
    net = Net()
    del net.scale
    net.fc1 = nn.Identity()
    assert next(path for path, _ in net.named_parameters()) == "stack.0.weight"


def test_before_init_attributes_are_refused():
    class Forgetful(nn.Module):
        def __init__(self):
            self.fc = nn.Linear(1, 1)

    with pytest.raises(AttributeError, match=r"Forgetful: call super\(\).__init__\(\).*'fc'"):
        Forgetful()

    class Empty(nn.Module):
        def __init__(self):
            pass

    with pytest.raises(AttributeError, match=r"Empty: call super"):
        Empty()(1.0)


def test_a_parameter_is_not_lost_by_assigning_its_value():
    layer = nn.Linear(2, 1)
    with pytest.raises(TypeError, match=r"Linear.weight is a parameter.*set weight.value"):
        layer.weight = np.ones((2, 1))
    with pytest.raises(TypeError, match=r"set weight\.value"):
        layer.weight -= 0.1
    layer.weight.value -= 0.1
    layer.bias = None
    assert layer.num_parameters() == 2


def test_a_module_without_forward_says_so():
    with pytest.raises(NotImplementedError, match="Module has no method `forward`"):
        nn.Module()(1.0)


def test_state_dict_holds_copies():
    net = Net()
    before = net.state_dict()
    after = net.state_dict()
    after["scale"][...] = 7
    after["fc1.weight"][:] = 7
    assert net.scale.value == 2.0
    for path, value in net.state_dict().items():
        np.testing.assert_array_equal(value, before[path])


def test_state_goes_from_one_network_to_another():
    a, b = nn.MLP([2, 3, 1], rng=0), nn.MLP([2, 3, 1], rng=1)
    b.load_state_dict(a.state_dict())
    X = np.ones((4, 2))
    np.testing.assert_array_equal(a(X).value, b(X).value)
    b[0].weight.value += 1
    assert not np.array_equal(a(X).value, b(X).value)


@pytest.mark.parametrize(
    ("change", "words"),
    [
        (lambda s: s.pop("0.bias"), ["missing: 0.bias"]),
        (lambda s: s.update(extra=1.0), ["unexpected: extra"]),
        (
            lambda s: s.update({"2.weight": np.ones((1, 3))}),
            ["2.weight has shape (1, 3) where the module has (3, 1)"],
        ),
        (lambda s: s.update({"2.bias": np.array(["x"])}), ["2.bias has dtype <U1"]),
        (
            lambda s: (s.pop("2.bias"), s.update(new=1)),
            ["missing: 2.bias", "unexpected: new"],
        ),
    ],
)
def test_a_state_that_does_not_fit_changes_nothing(change, words):
    net = nn.MLP([2, 3, 1], rng=0)
    before = net.state_dict()
    state = {path: value + 1 for path, value in before.items()}
    change(state)
    with pytest.raises(ValueError, match="load_state_dict") as error:
        net.load_state_dict(state)
    for part in words:
        assert part in str(error.value)
    for path, value in net.state_dict().items():
        np.testing.assert_array_equal(value, before[path])


def test_loading_keeps_the_dtype():
    net = nn.Linear(2, 1, dtype=np.float32)
    net.load_state_dict({"weight": np.ones((2, 1)), "bias": [3]})
    assert {p.dtype for p in net.parameters()} == {np.dtype(np.float32)}
    assert net.bias.value == 3


def test_train_and_eval_reach_all_modules():
    net = Net()
    assert net.training
    assert net.eval() is net
    assert not any(module.training for _, module in net.named_modules())
    net.train()
    assert all(module.training for _, module in net.named_modules())


def test_to_changes_the_dtype_in_place():
    net = Net()
    net(np.ones((1, 2))).backward()
    parameters = list(net.parameters())
    assert net.to(np.float32) is net
    assert all(a is b for a, b in zip(net.parameters(), parameters, strict=True))
    assert all(p.dtype == np.float32 and p.grad is None for p in parameters)
    assert parameters[0].name == "scale"
    assert net(np.ones((1, 2))).dtype == np.float32
    assert {p.dtype for p in net.double().parameters()} == {np.dtype(np.float64)}
    assert {p.dtype for p in net.float().parameters()} == {np.dtype(np.float32)}
    for wrong in (int, "nonsense", complex, None):
        with pytest.raises(TypeError, match="no floating-point dtype"):
            net.to(wrong)


def test_the_only_device_is_the_cpu():
    net = Net()
    net(np.ones((1, 2))).backward()
    assert net.to("cpu") is net
    assert all(p.grad is not None and p.dtype == np.float64 for p in net.parameters())
    for device in ("cuda", "cuda:1", "mps"):
        with pytest.raises(RuntimeError, match=rf"Net.to\('{device}'\): .*NumPy.*such as CuPy"):
            net.to(device)


class Counter(nn.Module):
    def __init__(self):
        super().__init__()
        self.total = nn.Buffer(np.zeros(2), name="total")
        self.calls = nn.Buffer(0)
        self.scale = nn.Parameter(1.0)

    def forward(self, X):
        self.total.value += X
        self.calls.value += 1
        return self.scale * X


def test_buffers_are_saved_loaded_and_moved_but_are_no_parameters():
    net, other = (nn.Sequential(Counter(), nn.ReLU()) for _ in range(2))
    net([1.0, 2.0])
    net([1.0, 2.0])
    assert [path for path, _ in net.named_parameters()] == ["0.scale"]
    assert [path for path, _ in net.named_buffers()] == ["0.total", "0.calls"]
    assert list(net.state_dict()) == ["0.total", "0.calls", "0.scale"]
    assert net.num_parameters() == 1
    other.load_state_dict(net.state_dict())
    np.testing.assert_array_equal(other[0].total.value, [2.0, 4.0])
    assert other[0].calls.value == 2
    other.to(np.float32)
    assert (other[0].total.dtype, other[0].calls.dtype) == (np.float32, np.int64)
    with pytest.raises(ValueError, match=r"missing: 0\.total, 0\.calls"):
        net.load_state_dict({"0.scale": 1.0})
    with pytest.raises(TypeError, match=r"Counter.total is a buffer.*set total\.value"):
        net[0].total = np.ones(2)
    assert repr(net[0]) == "Counter(), total (2,), calls (), scale (), 1 parameter"


def test_generators_are_found_once_and_restored():
    shared = np.random.default_rng(0)
    net = nn.Sequential(
        nn.Dropout(0.5, rng=shared),
        nn.Sequential(nn.Dropout(0.2, rng=shared), nn.Dropout(0.5, rng=1)),
    )
    generators = dict(net.named_generators())
    assert list(generators) == ["0.rng", "1.1.rng"]
    assert generators["0.rng"] is shared
    states = {path: rng.bit_generator.state for path, rng in generators.items()}
    X = np.ones((5, 5))
    first = net(X).value
    assert not np.array_equal(net(X).value, first)
    for path, rng in net.named_generators():
        rng.bit_generator.state = states[path]
    np.testing.assert_array_equal(net(X).value, first)


def test_a_deep_copy_is_independent():
    net = Net()
    other = copy.deepcopy(net)
    other.fc1.weight.value += 1
    assert not np.array_equal(net.fc1.weight.value, other.fc1.weight.value)
    assert len(list(other.parameters())) == 7


def test_repr_is_a_tree_with_shapes_and_counts():
    assert repr(Net()) == (
        "Net, scale (), 26 parameters\n"
        "  fc1: Linear(in_features=2, out_features=3, bias=True), weight (2, 3), bias (3,), "
        "9 parameters\n"
        "  relu: ReLU()\n"
        "  stack: Sequential, 16 parameters\n"
        "    0: Linear(in_features=3, out_features=3, bias=True), weight (3, 3), bias (3,), "
        "12 parameters\n"
        "    1: ReLU()\n"
        "    2: Linear(in_features=3, out_features=1, bias=True), weight (3, 1), bias (1,), "
        "4 parameters"
    )


def test_sequential_is_a_sequence():
    a, b, c = nn.Linear(2, 3), nn.ReLU(), nn.Linear(3, 1)
    net = nn.Sequential(a, b, c)
    assert len(net) == 3
    assert list(net) == [a, b, c]
    assert net[0] is a
    assert net[-1] is c
    assert isinstance(net[:2], nn.Sequential)
    assert list(net[::2]) == [a, c]
    for i in (3, -4):
        with pytest.raises(IndexError, match=f"Sequential: there is no module {i}, only 3"):
            net[i]


def test_sequential_can_use_a_module_several_times():
    half = nn.Linear(2, 2, rng=0)
    net = nn.Sequential(half, half)
    assert len(net) == 2
    assert net.num_parameters() == 6
    X = np.ones((1, 2))
    np.testing.assert_array_equal(net(X).value, half(half(X)).value)


def test_an_empty_sequential_is_the_identity():
    X = np.ones((1, 2))
    assert nn.Sequential()(X) is X


@pytest.mark.parametrize(
    ("wrong", "hint"),
    [([nn.ReLU()], r"unpack a list with \*"), (nn.ReLU, r"make one: ReLU\(\)"), (np.tanh, "ufunc")],
)
def test_sequential_refuses_what_is_no_module(wrong, hint):
    with pytest.raises(TypeError, match=hint):
        nn.Sequential(wrong)
