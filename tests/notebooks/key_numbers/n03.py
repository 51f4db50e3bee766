"""What notebook 3 must come to: the attempts fail as told, and the engine is right."""

import json
from pathlib import Path

assert backward_paths(root(InitialNode(1.3))) == 7
assert backward(root(InitialNode(1.3))) == visits == 5

exact = json.loads(Path("../tests/data/exact.json").read_text(encoding="utf-8"))
entry = next(p for p in exact["001.sqrt_x2_plus_exp_x2"]["points"] if p["x"] == 1.3)


def slope_at(point, attempt, function):
    x = InitialNode(point)
    attempt(function(x))
    return x.grad


# f' = 3.1299 is the sum of two contributions, through c = 0.4876 and through b = 2.6423
direct = entry["reverse_adjoints"]["c"] * 2.6
assert np.isclose(direct, 0.4876, atol=5e-5)
right = float(entry["df"])
assert np.isclose(slope_at(1.3, backward, root), right, rtol=1e-14)
assert np.isclose(slope_at(1.3, backward_paths, root), right, rtol=1e-14)
assert np.isclose(slope_at(1.3, backward_keeping, root), right - direct, rtol=1e-14)
assert np.isclose(slope_at(1.3, backward_totals, root), right + direct, rtol=1e-14)
assert slope_at(3.0, backward_keeping, lambda x: multiply(x, x)) == 3
assert slope_at(3.0, backward_totals, lambda x: multiply(x, x)) == 6
assert slope_at(3.0, backward, lambda x: multiply(x, x)) == 6

assert calls == [3 * 2**n - 2 for n in numbers]
assert calls[9] == 3070
assert backward(diamonds(InitialNode(1.0), 60)) == 121

# d/dx of x + sin x, stacked: the product of 1 + cos; and of sin: the product of cos
x, value, slope = InitialNode(1.0), 1.0, 1.0
for _ in range(60):
    slope *= 1 + np.cos(value)
    value += np.sin(value)
backward(diamonds(x, 60))
assert np.isclose(x.grad, slope, rtol=1e-12)
x, value, slope = InitialNode(1.0), 1.0, 1.0
for _ in range(1000):
    slope *= np.cos(value)
    value = np.sin(value)
backward(chain(x, 1000))
assert np.isclose(x.grad, slope, rtol=1e-12)
try:
    backward_paths(chain(InitialNode(1.0), 100_000))
except RecursionError:
    too_deep = True
else:
    too_deep = False
assert too_deep

# x^2 y + sin x by hand: 2 x y + cos x, and x^2
x, y = InitialNode(2.0), InitialNode(3.0)
backward(add(multiply(square(x), y), sin(x)))
assert np.isclose(x.grad, 12 + np.cos(2.0), rtol=1e-14)
assert y.grad == 4

assert agreeing["backward"] == agreeing["backward_paths"] == 200
assert agreeing["backward_keeping"] == agreeing["backward_totals"] == 0
assert np.allclose(ours, library, rtol=1e-10, atol=0)
assert np.median(np.abs(library)) > 0.01  # so there is something to be equal
assert np.isclose(second, -np.sin(1), rtol=1e-14)
assert np.isclose(t.grad, 2 * np.cos(1), rtol=1e-14)
assert once == 6
