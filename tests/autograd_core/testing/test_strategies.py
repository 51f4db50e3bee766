"""What the strategies draw, how it shrinks, and what they say to wrong arguments."""

from collections import Counter
from functools import partial

import numpy as np
import pytest
from hypothesis import HealthCheck, Phase, find, given, settings
from hypothesis import strategies as st

import autograd_core as ag
import nn
from autograd_core.testing.call_forms import SMOOTH
from autograd_core.testing.strategies import arrays, graphs, module_inputs, shapes, upstreams
from tests.autograd_core.testing import naive
from tests.autograd_core.testing.naive import EPS, evaluate, gradient

SEARCH = settings(
    max_examples=2000,
    derandomize=True,
    database=None,
    phases=[Phase.generate, Phase.shrink],
    suppress_health_check=list(HealthCheck),
)


def drawn(strategy, number=300):
    """So many examples of a strategy."""
    examples = []

    @settings(max_examples=number, phases=[Phase.generate], parent=SEARCH)
    @given(strategy)
    def keep(example):
        examples.append(example)

    keep()
    return examples


def smallest(strategy, condition):
    return find(strategy, condition, settings=SEARCH)


class TestShapes:
    def test_are_within_their_bounds_and_reach_them(self):
        found = drawn(shapes(1, 2, 0, 2), 500)
        assert {len(shape) for shape in found} == {1, 2}
        assert {n for shape in found for n in shape} == {0, 1, 2}

    def test_every_side_of_a_vector_comes_up(self):
        assert set(drawn(shapes(1, 1))) == {(0,), (1,), (2,), (3,)}

    def test_shrink_to_few_short_axes_that_are_not_empty(self):
        assert smallest(shapes(), lambda shape: True) == ()
        assert smallest(shapes(), lambda shape: len(shape) >= 2) == (1, 1)
        assert smallest(shapes(), lambda shape: sum(shape) >= 4) == (1, 3)

    @pytest.mark.parametrize("bounds", [(2, 1), (-1, 2), (0, 3, 2, 1), (0, 3, -1, 1)])
    def test_bounds_that_contradict_each_other(self, bounds):
        with pytest.raises(ValueError, match=r"shapes: min_.* 0 <= min <= max"):
            shapes(*bounds)


class TestArrays:
    @given(arrays((2, 3)))
    def test_have_their_shape_and_ordinary_entries(self, array):
        assert array.shape == (2, 3)
        assert array.dtype == np.float64
        assert (np.abs(array) <= 4.001).all()
        assert ((array == 0) | (np.abs(array) >= 2.0**-52)).all()  # which nearly ties with 0

    def test_hold_zeros_ties_near_ties_and_fractions(self):
        found = drawn(arrays((3,)))
        assert any((array == 0).any() for array in found)
        assert any(len(set(array.tolist())) == 2 for array in found)
        gaps = [np.diff(np.sort(array)) / np.spacing(np.abs(array).max()) for array in found]
        assert any(((gap > 0) & (gap < 5)).any() for gap in gaps)
        assert any((array * 8 != np.round(array * 8)).any() for array in found)

    def test_without_ties_every_entry_is_drawn(self):
        same = [len(set(a.tolist())) < 6 for a in drawn(arrays((6,), ties=False))]
        with_ties = [len(set(a.tolist())) < 6 for a in drawn(arrays((6,)))]
        assert sum(same) < sum(with_ties)

    def test_of_all_magnitudes(self):
        entries = np.concatenate(drawn(arrays((4,), magnitudes="all"), 600))
        assert np.isfinite(entries).all()
        sizes = np.abs(entries[entries != 0])
        assert sizes.min() < 1e-300
        assert sizes.max() > 1e300
        assert ((sizes > 1e-100) & (sizes < 1e-10)).any()
        assert (np.signbit(entries) & (entries == 0)).any()

    @pytest.mark.parametrize("magnitudes", ["ordinary", "all"])
    @pytest.mark.parametrize("dtype", [np.float16, np.float32, np.float64])
    @pytest.mark.parametrize(
        ("low", "high"), [(0.1, None), (None, -7), (0.1, 0.3), (-1, 1), (100, 1000), (None, None)]
    )
    def test_stay_within_bounds_in_every_dtype(self, dtype, low, high, magnitudes):
        strategy = arrays((2,), dtype, min_value=low, max_value=high, magnitudes=magnitudes)
        for array in drawn(strategy, 60):
            assert array.dtype == dtype
            assert np.isfinite(array).all()
            assert low is None or (array.astype(float) >= low).all()
            assert high is None or (array.astype(float) <= high).all()

    def test_of_integers_booleans_and_from_a_strategy(self):
        integers = np.concatenate(drawn(arrays((3,), np.int64, min_value=0, max_value=2)))
        assert set(integers.tolist()) == {0, 1, 2}
        assert set(np.concatenate(drawn(arrays((3,), np.uint8))).tolist()) == {0, 1, 2, 3}
        assert set(np.concatenate(drawn(arrays((3,), bool))).tolist()) == {False, True}
        labels = arrays((3,), elements=st.sampled_from([-1.0, 1.0]))
        assert set(np.concatenate(drawn(labels)).tolist()) == {-1.0, 1.0}

    def test_of_shapes_from_a_strategy_scalars_and_empty_ones(self):
        found = {array.shape for array in drawn(arrays(shapes(0, 1)))}
        assert found == {(), (0,), (1,), (2,), (3,)}

    def test_shrink_to_small_round_numbers(self):
        assert smallest(arrays((2,)), lambda a: True).tolist() == [0, 0]
        assert smallest(arrays((2, 2)), lambda a: a[0, 0] > 1.3).tolist() == [[2, 0], [0, 0]]
        assert smallest(arrays(()), lambda a: a < -0.7) == -1
        extreme = arrays((2,), magnitudes="all")
        assert smallest(extreme, lambda a: a.max() > 37).tolist() == [0, 38]
        assert smallest(arrays(), lambda a: a.sum() > 1).tolist() == 2

    @pytest.mark.parametrize(
        ("arguments", "error", "message"),
        [
            ({"dtype": complex}, TypeError, "arrays: dtype complex128"),
            ({"dtype": np.longdouble}, TypeError, "arrays: dtype"),
            ({"magnitudes": "large"}, ValueError, '"ordinary" or "all"'),
            ({"min_value": 2, "max_value": 1}, ValueError, "min_value=2 and max_value=1"),
            ({"min_value": np.nan}, ValueError, "min_value=nan"),
            ({"elements": st.floats(), "min_value": 0}, ValueError, "`elements` says"),
            ({"shape": (2, -1)}, ValueError, "lengths of axes"),
            (
                {"min_value": 1.0001, "max_value": 1.0002, "dtype": np.float16},
                ValueError,
                "there is no float16 from 1.0001 to 1.0002",
            ),
            (
                {"min_value": 0.2, "max_value": 0.8, "dtype": int},
                ValueError,
                "there is no int64 from 0.2 to 0.8",
            ),
        ],
    )
    def test_arguments_that_fit_nothing(self, arguments, error, message):
        with pytest.raises(error, match=message):
            arrays(**arguments)


class TestUpstreams:
    def test_have_the_shape_and_dtype_of_a_node_or_an_array(self):
        node = ag.InitialNode(np.zeros((2, 3), np.float32)) * 2
        for u in drawn(upstreams(node), 20) + drawn(upstreams(node.value), 20):
            assert u.shape == (2, 3)
            assert u.dtype == np.float32
            node.backward(u)

    def test_shrink_to_ones_and_are_seldom_ones(self):
        assert smallest(upstreams(np.zeros(3)), lambda u: True).tolist() == [1, 1, 1]
        assert smallest(upstreams(1.0), lambda u: u < 0) == -1
        found = drawn(upstreams(np.zeros(3)))
        assert sum((u == 1).all() for u in found) < 0.2 * len(found)

    def test_reach_all_magnitudes_if_wanted(self):
        found = np.concatenate(drawn(upstreams(np.zeros(3), magnitudes="all")))
        assert np.abs(found).max() > 1e300

    def test_of_integers_there_are_none(self):
        with pytest.raises(TypeError, match=r"upstreams: there is no gradient .* int64"):
            upstreams(np.array([1, 2]))


class TestModuleInputs:
    @pytest.mark.parametrize(
        ("module", "features"),
        [
            (nn.Linear(3, 2), 3),
            (nn.MLP([5, 4, 2]), 5),
            (nn.Sequential(nn.Flatten(), nn.ReLU(), nn.Linear(2, 1)), 2),
            (nn.BatchNorm1d(4), 4),
            (nn.Sequential(nn.BatchNorm1d(3), nn.Linear(3, 2)), 3),
        ],
    )
    def test_fit_the_first_layer(self, module, features):
        for X in drawn(module_inputs(module), 30):
            assert X.shape[1:] == (features,)
            module(X)

    def test_batches(self):
        rows = {len(X) for X in drawn(module_inputs(nn.Linear(1, 1)))}
        assert rows == {1, 2, 3, 4}
        rows = {len(X) for X in drawn(module_inputs(nn.BatchNorm1d(1)))}
        assert rows == {2, 3, 4}
        rows = {len(X) for X in drawn(module_inputs(nn.BatchNorm1d(1).eval()))}
        assert rows == {1, 2, 3, 4}
        assert {len(X) for X in drawn(module_inputs(nn.Linear(1, 1), 7), 20)} == {7}
        rows = {len(X) for X in drawn(module_inputs(nn.Linear(1, 1), st.integers(0, 1)))}
        assert rows == {0, 1}

    def test_take_the_dtype_of_the_parameters_and_the_options_of_arrays(self):
        X = drawn(module_inputs(nn.Linear(2, 1, dtype=np.float32), min_value=1), 1)[0]
        assert X.dtype == np.float32
        assert (X >= 1).all()

    def test_without_a_layer_that_says_its_features(self):
        with pytest.raises(ValueError, match=r"module_inputs: no part of ReLU .* shape="):
            module_inputs(nn.ReLU())
        for X in drawn(module_inputs(nn.Flatten(), shape=(2, 3)), 10):
            assert nn.Flatten()(X).shape == (len(X), 6)


class wrong_tanh(ag.Operation):  # its gradient lacks a square
    def forward(self, x):
        return np.tanh(x)

    def gradient(self, dA, A, x):
        return dA * (1 - A)


class cube(ag.Operation):
    def forward(self, x):
        return x**3

    def gradient(self, dA, A, x):
        return 3 * dA * x**2


class takes_exactly_a_matrix(ag.Operation):
    def forward(self, X):
        if X.ndim != 2:
            raise ValueError("no matrix")
        return 2 * X

    def gradient(self, dA, A, X):
        return 2 * dA


def twice(x):
    return x + x


class TestGraphs:
    def test_an_operation_with_a_wrong_gradient_is_all_that_is_left(self, monkeypatch):
        monkeypatch.setitem(naive.RULES, "wrong_tanh", naive.RULES["tanh"])
        sizes = []

        def is_wrong(graph):
            graph.output.backward()
            engine = np.concatenate([x.grad.ravel() for x in graph.inputs])
            right, error = gradient(evaluate(graph), np.ones(graph.output.shape))
            wrong = (np.abs(engine - right) > EPS * error).any()
            if wrong and (sizes or len(graph.steps) >= 15):  # so that it begins with a large one
                sizes.append(len(graph.steps))
                return True
            return False

        minimal = smallest(graphs([*SMOOTH, wrong_tanh]), is_wrong)
        assert sizes[0] >= 15
        assert len(minimal.steps) <= 2
        assert minimal.uses(wrong_tanh)
        assert [value.size for value in minimal.values] == [1]
        assert abs(minimal.values[0].item()) == 1

    def test_nodes_are_shared_and_graphs_are_large(self):
        found = drawn(graphs(), 150)
        uses = [Counter(i for step in graph.steps for i in step.parents) for graph in found]
        assert sum(max(c.values()) > 1 for c in uses) > len(found) / 2
        assert max(len(graph.steps) for graph in found) >= 20
        assert all(1 <= len(graph.steps) <= 30 for graph in found)
        assert {len(graph.inputs) for graph in found} == {1, 2, 3}

    def test_hold_the_same_node_twice_broadcasting_scalars_and_constants(self):
        steps = [(graph, step) for graph in drawn(graphs(), 150) for step in graph.steps]
        parents = [[graph.nodes[i].shape for i in step.parents] for graph, step in steps]
        assert any(len(step.parents) != len(set(step.parents)) for _, step in steps)
        assert any(len(set(p)) > 1 and () not in p for p in parents)
        assert any(() in p and len(set(p)) > 1 for p in parents)
        assert any(isinstance(i, float) for _, step in steps for i in step.inputs)

    @given(graphs())
    def test_print_as_code_that_gives_the_same_graph(self, graph):
        names = {}
        exec(str(graph), names)
        output = names[f"a{len(graph.steps) - 1}"]
        np.testing.assert_array_equal(output.value, graph.output.value)
        output.backward()
        graph.output.backward()
        for i, x in enumerate(graph.inputs):
            np.testing.assert_array_equal(names[f"x{i}"].value, graph.values[i])
            np.testing.assert_array_equal(names[f"x{i}"].grad, x.grad)

    def test_operations_of_ones_own_print_as_code_too(self):
        local = partial(ag.sum, axis=0)
        own = [cube, lambda x, y: x - y, local, np.sin, twice]
        for operation, code in [
            (own[0], f"from {__name__} import cube\n\nx0 = ag.InitialNode(1.0)\na0 = cube(x0)"),
            (own[1], "a0 = operations[1](x0, x0)"),
            (ag.sum, "a0 = ag.sum(x0, axis=0, keepdims=False)"),
            (own[3], "import numpy as np\n\nx0 = ag.InitialNode(1.0)\na0 = np.sin(x0)"),
            (own[4], "a0 = twice(x0)"),
        ]:
            graph = smallest(graphs(own), lambda graph, operation=operation: graph.uses(operation))
            assert len(graph.steps) == 1
            assert code in str(graph)
            names = {"operations": own}
            exec(str(graph), names)
            np.testing.assert_array_equal(names["a0"].value, graph.output.value)

    def test_hypothesis_shows_the_code(self):
        @settings(SEARCH)
        @given(graphs([ag.sin], max_operations=3))
        def fails(graph):
            raise ZeroDivisionError

        with pytest.raises(ZeroDivisionError) as caught:
            fails()
        shown = "\n".join(caught.value.__notes__)
        assert "graph=# 1 operation\n    import autograd_core as ag" in shown
        assert "    a0 = ag.sin(x0)" in shown

    @given(graphs(dtype=np.float32, max_operations=10))
    def test_stay_float32(self, graph):
        graph.output.backward()
        assert {node.dtype for node in graph.nodes} == {np.dtype(np.float32)}
        assert {x.grad.dtype for x in graph.inputs} == {np.dtype(np.float32)}
        names = {}
        exec(str(graph), names)
        assert names["x0"].dtype == np.float32

    @given(graphs(max_operations=8))
    def test_are_functions_of_other_values(self, graph):
        moved = [value + 0.5 for value in graph.values]
        value, pullback = ag.vjp(graph, *moved)
        again = ag.Graph(graph.output)
        for x, array in zip(graph.inputs, moved, strict=True):
            x.value = array
        np.testing.assert_array_equal(again.forward(), value)
        again.backward()
        pulled = pullback(np.ones_like(value))
        pulled = pulled if isinstance(pulled, tuple) else (pulled,)
        for x, dx in zip(graph.inputs, pulled, strict=True):
            np.testing.assert_array_equal(x.grad, dx)

    def test_an_operation_that_refuses_what_does_not_fit_is_used_where_it_fits(self):
        found = drawn(graphs([takes_exactly_a_matrix, ag.multiply], max_operations=5))
        uses = [graph for graph in found if graph.uses(takes_exactly_a_matrix)]
        assert len(uses) > len(found) / 20
        assert all(graph.output.ndim >= 2 for graph in uses)

    def test_values_beyond_the_largest_are_left_out(self):
        for graph in drawn(graphs([ag.square, ag.exp], largest=50.0), 100):
            assert all((np.abs(node.value) <= 50).all() for node in graph.nodes)

    def test_wrong_number_of_arguments(self):
        graph = smallest(graphs(), lambda graph: len(graph.values) == 2)
        with pytest.raises(ValueError, match="got 1 arguments for 2 initial nodes"):
            graph(1.0)

    @pytest.mark.parametrize(
        ("arguments", "error", "message"),
        [
            ({"operations": []}, ValueError, "graphs: the list of operations is empty"),
            ({"operations": [3]}, TypeError, "graphs: 3 is no Operation class"),
            ({"operations": [ag.astype]}, ValueError, "astype needs the option dtype.*partial"),
            ({"operations": [lambda: 1]}, ValueError, "takes no node"),
            ({"min_operations": 4, "max_operations": 3}, ValueError, "min_operations=4 and"),
            ({"max_inputs": 0}, ValueError, "max_inputs=0"),
            ({"dtype": int}, TypeError, "graphs: dtype int64"),
        ],
    )
    def test_arguments_that_fit_nothing(self, arguments, error, message):
        with pytest.raises(error, match=message):
            graphs(**arguments)

    def test_a_function_that_returns_no_node(self):
        with pytest.raises(TypeError, match="graphs: value_of returned a ndarray"):
            smallest(graphs([value_of]), lambda graph: True)


def value_of(x):
    return np.asarray(x)
