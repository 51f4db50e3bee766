"""What notebook 10 must come to: exact figures, PyTorch's gradients, and closed forms."""

import json
from pathlib import Path

# a product of slopes: a (1 - a) at each of the three sigmoids
product, z = 1.0, 0.0
for _ in range(3):
    z = 1 / (1 + np.exp(-z))
    product *= z * (1 - z)
assert np.isclose(x.grad, product, rtol=1e-14)
assert product < 0.25**3
assert np.isclose(slope_of_chain(ag.relu, 2.0), 1024.0, rtol=1e-14)
assert np.isclose(slope_of_chain(ag.relu, 0.5), 0.5**10, rtol=1e-14)
assert slope_of_chain(ag.sigmoid, 10.0) < slope_of_chain(ag.sigmoid, 1.0) < 0.25**10

# the function of ten layers, on the stored arrays of row 101
data = Path("../tests/data")
exact = json.loads((data / "exact.json").read_text(encoding="utf-8"))
names = {"normal_0_1": "N(0, 1)", "glorot_normal": "Glorot", "he_normal": "He"}
with np.load(data / "exact.npz") as stored:
    arrays = stored["vg_X"], stored["vg_Y"], stored["vg_base"]
for case, figures in exact["001.vanishing_gradients"]["cases"].items():
    scale, activation = case.rsplit(".", 1)
    if scale in names:
        phi = {"sigmoid": ag.sigmoid, "tanh": ag.tanh, "relu": ag.relu}[activation]
        gradient_norms, spreads = signals(*arrays, stds[names[scale]], phi)
        assert np.allclose(gradient_norms, figures["grad_norm_layer_1_to_10"], rtol=1e-9)
        assert np.allclose(spreads, figures["activation_std_1_to_10"], rtol=1e-9)

# what the text says of the notebook's own draw
first_to_last = {key: norms[0] / norms[-1] for key, (norms, _) in results.items()}
assert 1 / 250 < first_to_last["N(0, 1)", "sigmoid"] < 1 / 150
assert first_to_last["Glorot", "sigmoid"] < 2e-6
assert first_to_last["N(0, 1)", "tanh"] > 50
for level in [("Glorot", "tanh"), ("He", "ReLU"), ("N(0, 1)", "ReLU"), ("Glorot", "ReLU")]:
    assert 1 / 3 < first_to_last[level] < 3
assert 1e10 < min(results["N(0, 1)", "ReLU"][0]) < max(results["N(0, 1)", "ReLU"][0]) < 1e11
growth = np.array(results["N(0, 1)", "ReLU"][1])
assert 2 < (growth[-1] / growth[0]) ** (1 / 9) < 4
assert min(results["N(0, 1)", "tanh"][1]) > 0.85

# ten per cent more or less: within a factor of 10 of (factor^2)^50
for factor, size in sizes.items():
    assert abs(np.log10(size) - 100 * np.log10(factor)) < 1

# dead and living units
assert losses["ReLU"] == [1.0] * 200
assert losses["LeakyReLU"][90] > 0.9
assert losses["LeakyReLU"][-1] < 1e-3
assert losses["ELU"][10] < 1e-2
assert dead[0.1] == dead[1.0] == 0
assert min(dead[10.0], dead[100.0]) > 25

# batch normalisation
assert abs(histories["without"][-1] - np.log(2)) < 0.03
assert min(histories["without"]) > 0.65
assert np.mean(histories["with"][-5:]) < 0.2
by_pytorch = [
    [1.5637451757188672, -0.3223625392607843, 0.05360229668970998],
    [-0.11004680219373836, -0.1639645618819543, 0.04113637048208374],
    [-2.902793919933549, 0.02580773060881285, -0.034959547396995735],
    [3.4444339786508604, 0.10142973004902836, -0.0076820562282040455],
    [-0.8741615317710596, 0.1408355091899397, -0.04623948757330111],
    [-1.1211769004713812, 0.21825413129495758, -0.005857575973292825],
]
assert np.allclose(B.grad, by_pytorch, rtol=1e-11)

# dropout
assert accuracies[0.0][0] == 1.0
assert accuracies[0.5][0] < 1.0
assert accuracies[0.5][1] > accuracies[0.0][1] + 0.02
assert curves[0.0][-1][0] < 0.05
assert curves[0.0][-1][1] > 3 * curves[0.5][-1][1]

# the cliff: the derivative of (w^10 - 1)^2 is 20 (w^10 - 1) w^9
assert np.isclose(path[1], 1.5 - 0.01 * 20 * (1.5**10 - 1) * 1.5**9, rtol=1e-13)
assert round(20 * (1.5**10 - 1) * 1.5**9) == 43568
assert np.isnan(path[4])
assert np.allclose(clipped[:50], 1.5 - 0.01 * np.arange(50), atol=1e-6)
assert abs(clipped[-1] - 1) < 1e-6
assert np.array_equal(v.grad, [0.5, 0.4])

# nan
assert ag.find_nonfinite(J).node is e
assert ag.find_nonfinite(J).phase == "forward"
assert ag.find_nonfinite(S).phase == "backward"
assert isinstance(ag.find_nonfinite(S).node, ag.sqrt)
assert np.array_equal(r.grad, [0.25, np.nan], equal_nan=True)
