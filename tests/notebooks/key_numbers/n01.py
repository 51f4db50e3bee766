"""What notebook 1 must come to: closed forms, and the orders of the errors."""

exact = 4 * np.sin(2.0) + 4 * np.cos(2.0)  # 2x sin x + x^2 cos x at 2
assert np.isclose(by_hand(2.0), exact, rtol=1e-14)
assert np.isclose(exact, 1.972602361114, atol=1e-12)

for rule, order, leading in (
    (one_sided, 1, (2 * np.sin(2) + 8 * np.cos(2) - 4 * np.sin(2)) / 2),
    (central, 2, (6 * np.cos(2) - 12 * np.sin(2) - 4 * np.cos(2)) / 6),
):
    for step in (1e-2, 1e-3):
        assert np.isclose((rule(f, 2.0, step) - exact) / step**order, leading, rtol=0.03)

best = {rule: np.min(abs(rule(f, 2.0, steps) - exact)) for rule in (one_sided, central)}
assert best[one_sided] < 1e-7
assert best[central] < 1e-9
assert abs(one_sided(f, 2.0, 1e-15) - exact) > 1e-3  # rounding

at_2 = ag.InitialNode(2.0)
f(at_2).backward()
assert np.isclose(at_2.grad, exact, rtol=1e-14)

assert np.isclose(g.value, 1.0, rtol=1e-14)
assert (differences.shape, calls) == ((1000,), 1)
assert np.allclose(differences, 2 * point**3 / np.sqrt(np.sum(point**4)), rtol=0, atol=1e-8)
