"""What notebook 9 must come to: closed forms, and PyTorch's figures for the same steps."""

# In the valley: 2/25 is the limit, 24/26 the best factor, and PyTorch's points after 50 steps
best_plain = path(nn.optim.SGD, lr=2 / 26)
assert np.allclose(np.abs(best_plain[1:] / best_plain[:-1]), 24 / 26, rtol=1e-9)
assert valley(path(nn.optim.SGD, lr=0.0799)[-1]) < valley([5.0, 1.0])
assert valley(path(nn.optim.SGD, lr=0.0801)[-1]) > valley([0.0, 1.0])
assert steps_needed(plain) == int(np.ceil(np.log(1e-6) / np.log(24 / 26))) == 173
assert 34 < steps_needed(momentum) < 50
torch_points = {
    "SGD, 2/26": [0.09138284850559608, 0.01827656970111931],
    "Momentum, 1/9": [1.3853568818441794e-07, 1.3226237400247165e-07],
    "Adagrad, 1": [0.014215039495884551, 0.0],
    "Adam, 0.3": [0.11140022086196864, -0.042131443481890865],
}
for name, point in torch_points.items():
    assert np.allclose(runs[name][-1], point, rtol=1e-6, atol=1e-12)

assert np.allclose(adam(g, 0, 0.0, 0.0, lr=0.1)[0], 0.1 * np.sign(g), rtol=1e-4)
assert np.isclose(0.1 / np.sqrt(0.001), 3.16, atol=0.005)
assert np.allclose(changes[1] - changes[0], 0.01)  # AdamW, the last of the three

# PyTorch's losses after 20 epochs, from the same weights with the same batches
torch_losses = {
    "SGD": [0.914794, 0.67937552, 0.44689999, 0.34329995, 0.30751227],
    "Momentum": [0.44801256, 0.34282399, 0.30702638, 0.3035351, 0.29696315],
    "Adagrad": [0.90252133, 0.63163612, 0.36886838, 0.30535632, 0.30001536],
    "RMSprop": [0.355051, 0.3043316, 0.29813764, 0.3116564, 0.22183258],
    "Adam": [0.46761799, 0.32109558, 0.30460701, 0.29059088, 0.10468603],
}
for name, losses_by_rate in torch_losses.items():
    assert np.allclose(table[name][:5], losses_by_rate, rtol=1e-5)
assert table["Adam"][4] < table["Momentum"][4]  # at 0.1
assert table["Momentum"][6] < table["Adam"][6]  # at 1
assert np.argmin(table["SGD"]) == np.argmin(table["Momentum"]) + 2  # ten times the rate

assert np.allclose(falling, np.cumsum(samples) / np.arange(1, 2001), rtol=1e-9)
assert abs(constant[100:].var() / (0.2 / 1.8) - 1) < 4 * np.sqrt(2 / (1900 * 0.2 / 2))
cosine = rates_of(lambda o: s.CosineAnnealingLR(o, T_max=40))
assert np.allclose(cosine, (1 + np.cos(np.pi * np.arange(40) / 40)) / 2)
assert np.isclose(rates_of(warm_up)[0], 0.1)
assert np.isclose(max(rates_of(warm_up)), rates_of(warm_up)[8])

assert np.isclose(w1.value, 0.5)
assert np.isclose(ag.grad(after_two_steps)(0.3), -4 * (1 - 0.6))
for rate_of_training in (0.02, 0.06, 0.079):
    left = np.array([1 - rate_of_training, 1 - 25 * rate_of_training])
    by_hand = -40 * np.sum([1, 25] * left**39) / np.sum(left**40)
    assert np.isclose(ag.grad(loss_after_20)(rate_of_training), by_hand, rtol=1e-9)
assert abs(lr.item() - line[by_formula.argmin()]) < 1e-3
assert np.isclose(line[by_formula.argmin()], 0.0741, atol=1e-4)

# Every wrong label does harm, every right one does good; one derivative by differences
assert set(np.flatnonzero(harm > 0)) == set(wrong)
step = np.zeros((40, 1))
step[wrong[0]] = 1e-5
ahead, behind = loss_on_clean_points(1 + step).item(), loss_on_clean_points(1 - step).item()
assert np.isclose(harm[wrong[0]], (ahead - behind) / 2e-5, rtol=1e-6)
