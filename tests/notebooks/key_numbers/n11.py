"""What notebook 11 must come to."""

s = 1 / (1 + np.exp(-1.0))
assert np.allclose(both(swish, 0.0), 0.5, rtol=0, atol=1e-9)
assert np.isclose(both(swish, 1.0)[0], s * (1 + s), rtol=1e-14)
assert np.isclose(both(swish, 1.0)[1], s * (2 - s), rtol=1e-9)
assert np.isclose(s * (2 - s), 0.927670511871, atol=1e-12)
assert np.isclose(numerical_gradient(ag.relu, 1e-6, step=1e-5), (1e-6 + 1e-5) / 2e-5, rtol=1e-9)

assert errors[0] < 1e-9
assert errors[-1] > 0.1

assert check_operation(good_swish).ok
assert check_operation(repaired_swish, order=1).ok
assert not check_operation(repaired_swish, raises=False).ok

holds_for_all(ag.tanh)
try:
    holds_for_all(swish)
except AssertionError as error:
    assert "x = 1.0" in str(error)
else:
    raise AssertionError("the fault of swish was not found")

from solutions.n11 import SOLUTIONS  # noqa: E402

missed = [operation.__name__ for operation in ten_bugs.TEN if quick_check(operation)]
assert missed == ["exponential", "row_means", "larger", "length", "soft_plus", "sine"]
assert [answer.__name__ for answer in SOLUTIONS.values()] == [op.__name__ for op in ten_bugs.TEN]
for answer in SOLUTIONS.values():
    if answer.__name__ != "product":
        assert quick_check(answer), answer
