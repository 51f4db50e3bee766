"""What notebook 2 must come to: exact figures, and the counts of operations."""

import json
from pathlib import Path

assert count(np.exp(x**2)) == 2
assert count(2 * x * np.exp(x**2)) == 4
assert count(np.sqrt(x**2 + np.exp(x**2))) == 5
assert count(df(x)) == 10
assert count(d) == 4
assert count(d, slope) == 7

exact = json.loads(Path("../tests/data/exact.json").read_text(encoding="utf-8"))
entry = next(p for p in exact["001.sqrt_x2_plus_exp_x2"]["points"] if p["x"] == 1.3)
reverse, forward_tangents = entry["reverse_adjoints"], entry["forward_tangents"]

assert np.isclose(d.value, float(entry["f"]), rtol=1e-14)
assert np.isclose(x.grad, float(entry["df"]), rtol=1e-14)
for name, node in {"a": a, "b": b, "c": c, "d": d, "x": x}.items():
    assert np.isclose(node.grad, reverse[name], rtol=1e-14)
for name, (value, tangent) in pairs.items():
    assert np.isclose(value, entry["nodes"][name], rtol=1e-14)
    assert np.isclose(tangent, forward_tangents[name], rtol=1e-14)
# the last sweeps of the scalar steps by hand, before the engine
assert np.isclose(df_dx, float(entry["df"]), rtol=1e-14)
assert np.isclose(df_da, reverse["a"], rtol=1e-14)
assert np.isclose(slope.value, float(entry["df"]), rtol=1e-14)

first = next(p for p in exact["001.exp_x2"]["points"] if p["x"] == 1.3)
assert np.isclose(db_da * da_dx, float(first["df"]), rtol=1e-14)
assert np.allclose(points.grad, 2 * points.value * np.exp(points.value**2), rtol=1e-13)

assert [count(with_names(x, n)) for n in (1, 2, 4, 8)] == [4, 8, 16, 32]
assert [count(written_out(x, n)) for n in (1, 2, 4, 8)] == [5 * (2**n - 1) for n in (1, 2, 4, 8)]
assert abs(with_names(x, 8).value - written_out(x, 8).value) < 1e-12

assert (in_forward_mode, evaluations, agree) == (50, 1, True)
