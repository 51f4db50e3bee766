"""What notebook 12 must come to: closed forms, and figures of PyTorch and scikit-learn."""

import math

import sklearn.linear_model

# exp(x^2) at 1: y' = 2e, and y'' = 6e
assert np.isclose(slope.item(), 2 * math.e, rtol=1e-14)
assert np.isclose(ag.grad(ag.grad(lambda t: np.exp(t**2)))(1.0), 6 * math.e, rtol=1e-14)

# tangent numbers with alternating signs; and tanh at 0.5 by its polynomial
assert derivatives == [1.0, 0.0, -2.0, 0.0, 16.0, 0.0, -272.0]
assert abs(taylor(0.5, 7) - math.tanh(0.5)) < 62 / 2835 * 0.5**9
assert np.isclose(counts, [4, 10, 21, 48, 117, 298]).all()
d6 = 16 * (1 - math.tanh(0.5) ** 2)  # d^6 tanh = 16 s t (-17 + 60 t^2 - 45 t^4), s = 1 - t^2
t_half = math.tanh(0.5)
assert np.isclose(node.item(), d6 * t_half * (-17 + 60 * t_half**2 - 45 * t_half**4), rtol=1e-11)

# the Hessian of the surface, and that of the logistic loss
assert np.allclose(ag.hessian(surface)(np.array([1.0, 0.7])), np.diag([2, -3 * np.sin(0.7)]))
assert X.shape == (455, 31)
assert np.allclose(ag.hessian(J)(start), closed, rtol=1e-12)
random = np.random.default_rng(1).normal(size=31)
assert np.allclose(hessian_times(J, start, random), closed @ random, rtol=1e-11, atol=1e-12)

# the largest eigenvalue of the network's Hessian, 3760 x 3760, made and decomposed by PyTorch
assert weights.size == 3760
assert abs(largest - 3.5989) < 1e-4

# the minimum, against scikit-learn: it minimises w.w / 2 + C (the sum of the losses)
model = sklearn.linear_model.LogisticRegression(
    C=1 / (0.02 * len(X)), fit_intercept=False, tol=1e-10, max_iter=10_000
)
assert np.allclose(model.fit(X, data.y_train).coef_[0], best, atol=1e-5)
assert np.isclose(bound, 2 / np.linalg.eigvalsh(ag.hessian(J)(best))[-1], rtol=1e-12)
assert np.isclose(distances[0.9][-1], 1e-3 * 0.8**19, rtol=0.02)
assert np.isclose(distances[1.1][-1], 1e-3 * 1.2**19, rtol=0.05)
assert norms[-1] < 1e-8
assert norms[-1] < norms[-2] ** 1.6 < norms[-3] ** 2.4

# where the methods go: y + cot y is Newton's step by hand
by_newton, by_descent = paths[2.0, 0.9]
assert np.allclose(by_newton[1], [0, 0.9 + 1 / math.tan(0.9)], rtol=1e-13)
assert np.allclose(by_newton[-1], [0, math.pi / 2])
assert np.allclose(by_descent[-1], [0, -math.pi / 2], atol=1e-3)
assert np.allclose(paths[2.0, -0.9][0][-1], [0, -math.pi / 2])
assert np.allclose(conjugate_gradients(lambda v: closed @ v, -g)[0], exact, rtol=1e-6)
assert products == 21
assert np.linalg.norm(p - exact) < 1e-4 * np.linalg.norm(exact)

# Rosenbrock
assert losses["Newton"][0] == losses["L-BFGS"][0] == losses["gradient descent"][0]
assert np.isclose(losses["Newton"][0], 24.2, rtol=1e-13)
assert losses["Newton"][6] < 1e-15
assert losses["L-BFGS"][40] < 1e-20
assert np.allclose(w.value, [1, 1], rtol=1e-12)
below = next(k for k, loss in enumerate(losses["gradient descent"]) if loss < 1e-6)
assert 14_000 < below < 16_000
