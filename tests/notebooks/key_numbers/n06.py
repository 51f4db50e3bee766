"""What notebook 6 must come to."""

import json
from pathlib import Path

# the limit 2 / c of the rate: it is where descent ceases to converge
for curvature, limit in ((2.0, 1.0), (25.0, 0.08)):
    for rate in (0.99 * limit, 1.01 * limit):
        path = descend([1.0], rate, 300, f=lambda p, c=curvature: 0.5 * c * ag.sum(p**2))
        end = path[-1, 0]
        assert np.isclose(end, (1 - rate * curvature) ** 300, rtol=1e-9)
        assert (abs(end) < 1) == (rate < limit)
assert np.allclose(descend([3.0, 1.0], 0.7, 1000)[-1], descend([3.0, 1.0], 0.7, 1002)[-1])
assert abs(descend([3.0, 1.0], 0.7, 1000)[-1, 1] + np.pi / 2) > 0.5

exact = json.loads(Path("../tests/data/exact.json").read_text(encoding="utf-8"))

# the path on x^2 + 3 sin y
surface = exact["004.surface_gd"]
assert np.allclose(descend([3.0, 1.0], 0.1, 30), surface["points"], rtol=1e-10)
assert np.allclose([height(p) for p in descend([3.0, 1.0], 0.1, 30)], surface["z"], rtol=1e-10)

# the exercise with four gradients, for the total and for the mean
four = exact["004.exercise_four_gradients"]
for size, name in ((4, "full"), (2, "batch2"), (1, "stochastic")):
    assert paths[size] == four["total_loss_ANSWER"][name]
    assert mean_paths[size] == four["mean_loss_variant"][name]

# the line: by NumPy's polynomial fit, and the full gradient's path in closed form
slope, intercept = np.polyfit(X[:, 1], y.ravel(), 1)
assert np.allclose(best.ravel(), [intercept, slope], rtol=1e-10)
factor = np.eye(2) - 2 * 0.05 * X.T @ X / len(X)
start = [-3, -1] - best.ravel()
closed = [best.ravel() + np.linalg.matrix_power(factor, t) @ start for t in range(6)]
assert np.allclose(runs["full gradient"], closed, rtol=1e-10)
assert [len(path) - 1 for path in runs.values()] == [5, 50, 1000]

# the noise: it does not vanish, falls with the rate, and is less in batches
assert hovering[0.1] > 2 * hovering[0.03] > 4 * hovering[0.01] > 0
assert 0 < excess(train(20, 0.05, 20)[-50:]).mean() < 0.1 * hovering[0.03]
