"""What notebook 5 must come to."""

import json
from pathlib import Path

# the square loss: 2, and 2/3 of the errors 1, -2, 1
assert J_square.item() == 2
errors = J_square.inputs[0].inputs[0]
assert np.allclose(errors.grad, np.array([[1], [-2], [1]]) * 2 / 3, rtol=1e-14)

exact = json.loads(Path("../tests/data/exact.json").read_text(encoding="utf-8"))

# the mean of five logistic losses, by PyTorch's BCEWithLogitsLoss
assert all(np.isclose(J.item(), 0.8790314342012208, rtol=1e-14) for J in both)

# the logistic loss in high precision, from -800 to 800
assert np.isinf(as_written.item())
for row in exact["004.binary_special_cases_table_mpmath"]["rows"]:
    for y, label in (("y1", 1.0), ("y0", -1.0)):
        found = stable_logistic_loss(row["score"], label)
        assert np.isclose(found, row[f"loss_{y}"], rtol=1e-12), row

# log-sum-exp, and the gradient of the softmax loss
for row in exact["004.softmax_lse_table_mpmath"]:
    assert np.isclose(log_sum_exp(np.array(row["z"])), row["logsumexp"], rtol=1e-12), row
first, second = exact["004.softmax_lse_table_mpmath"][:2]
assert first["z"] == [1, 2, 3]
assert second["z"] == [0, 0, 0]
assert np.isclose(L_parts.item(), first["nll_per_label"][2], rtol=1e-12)
assert np.allclose(z_parts.grad, first["grad_per_label"][2], rtol=1e-12)
assert np.isclose(J_softmax.item(), (first["nll_per_label"][2] + np.log(3)) / 2, rtol=1e-12)
rows = np.array([first["grad_per_label"][2], second["grad_per_label"][0]])
assert np.allclose(Z_batch.grad, rows / 2, rtol=1e-12)

# K scores or K - 1: PyTorch's CrossEntropyLoss
assert np.isclose(loss_K, 1.1278845562592446, rtol=1e-12)
assert np.isclose(loss_less, 1.1278845562592446, rtol=1e-12)
assert (W_K.size, W_less.size) == (12, 8)

# the simplex
by_point = {tuple(p["p"]): p["xent_per_label"][0] for p in exact["004.three_class_simplex_losses"]}
for name in ("midpoint", "right", "wrong"):
    assert np.isclose(simplex_losses[name], by_point[tuple(points[name])], rtol=1e-12), name
assert simplex_losses["wrong and sure"] > 4 * simplex_losses["midpoint"]
