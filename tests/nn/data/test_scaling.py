"""Standard scaling: mean 0, deviation 1, and back to raw units."""

import json
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

import nn
from nn.data import StandardScaler

ENTRY = json.loads((Path(__file__).parents[2] / "data" / "exact.json").read_text("utf-8"))[
    "004.scaling_inside_fit"
]
X, y = np.array(ENTRY["X"]), np.array(ENTRY["y"]).reshape(-1, 1)


def test_scaling_inside_fit():
    """Gradient descent on scaled columns, step by step; weights and predictions in raw units."""
    net = nn.Linear(3, 1, init=nn.init.zeros)
    optimizer = nn.optim.SGD(net.parameters(), lr=0.1)
    scaler = StandardScaler()
    path = {}

    class Note(nn.Callback):
        def on_epoch_end(self, run):
            path[run.epoch] = [*net.bias.value, *net.weight.value[:, 0]]

    history = nn.fit(
        net, (X, y), nn.MSELoss(), optimizer,
        epochs=300, batch_size=len(X), scaler=scaler, callbacks=[Note()],
    )  # fmt: skip
    np.testing.assert_allclose(scaler.mean_, ENTRY["mean"], rtol=1e-14)
    np.testing.assert_allclose(scaler.scale_, ENTRY["sd_ddof0"], rtol=1e-13)
    for step, mse, weights in ENTRY["gd_mse_alpha_0.1_from_zero_rows_step_mse_w"]:
        np.testing.assert_allclose(history["loss"][step], mse, rtol=1e-11)
        if step:
            np.testing.assert_allclose(path[step], weights, rtol=1e-10)
    W, b = scaler.raw_weights(net.weight.value, net.bias.value)
    np.testing.assert_allclose([*b, *W[:, 0]], ENTRY["ols_raw_intercept_first"], rtol=1e-9)
    new = np.array(ENTRY["X_new"])
    predicted = nn.predict(net, new, scaler=scaler)
    np.testing.assert_allclose(predicted[:, 0], ENTRY["pred_new"], rtol=1e-9)
    np.testing.assert_allclose(new @ W + b, predicted, rtol=1e-12)


@given(st.integers(2, 30), st.integers(1, 5), st.integers(0, 99), st.floats(-6, 6))
def test_transform_and_back(n, d, seed, power):
    rng = np.random.default_rng(seed)
    data = rng.standard_normal((n, d)) * 10.0**power + rng.standard_normal(d)
    scaler = StandardScaler()
    Z = scaler.fit_transform(data)
    # The rounding of x - mean is relative to x, and is divided by the deviation.
    rounding = 1e-14 * (1 + np.absolute(data).max() / scaler.scale_.min())
    np.testing.assert_allclose(Z.mean(axis=0), 0, atol=rounding)
    np.testing.assert_allclose(Z.std(axis=0), 1, rtol=rounding)
    np.testing.assert_allclose(
        scaler.inverse_transform(Z), data, rtol=1e-12, atol=1e-12 * 10**power
    )


@pytest.mark.parametrize("constant", [0.0, 0.1, -1e9, 1e-300])
def test_constant_columns_are_only_shifted(constant):
    data = np.column_stack([np.full(7, constant), np.arange(7.0)])
    scaler = StandardScaler().fit(data)
    assert scaler.scale_.tolist() == [1.0, 2.0]
    np.testing.assert_allclose(scaler.transform(data)[:, 0], 0, atol=abs(constant) * 1e-15)


def test_as_scikit_learn():
    from sklearn.preprocessing import StandardScaler as Theirs

    ours, theirs = StandardScaler().fit(X), Theirs().fit(X)
    np.testing.assert_allclose(ours.transform(X), theirs.transform(X), rtol=1e-12, atol=1e-14)


def test_errors():
    scaler = StandardScaler()
    assert "not fitted" in repr(scaler)
    with pytest.raises(ValueError, match="not fitted"):
        scaler.transform(X)
    with pytest.raises(ValueError, match=r"X\[1, 0\] is nan"):
        scaler.fit([[1.0], [np.nan]])
    with pytest.raises(ValueError, match="no mean of no"):
        scaler.fit(np.ones((0, 2)))
    with pytest.raises(ValueError, match=r"\(n, d\)"):
        scaler.fit([1.0, 2.0])
    with pytest.raises(ValueError, match="deviation of column 0 overflows"):
        scaler.fit([[1.7e308], [1.6e308]])
    for mean, scale in (
        ([0], [0]),
        ([0], [1, 1]),
        (0, 1),
        ([np.nan], [1]),
        ([0], [-1]),
        ([0], None),
    ):
        with pytest.raises(ValueError, match=r"StandardScaler\.of: the mean is"):
            StandardScaler.of(mean, scale)
    scaler.fit(X)
    with pytest.raises(ValueError, match="has 2 columns, but the scaler is for 3"):
        scaler.transform(X[:, :2])
    with pytest.raises(ValueError, match="a row for each column"):
        scaler.raw_weights(np.ones((2, 1)))


@pytest.mark.parametrize("size", [1e-200, 1e-160, 1.0, 1e160, 1e300])
def test_the_unit_of_a_feature_does_not_matter(size):
    column = np.array([[1.0], [2.0], [4.0]])
    np.testing.assert_allclose(
        StandardScaler().fit_transform(column * size),
        StandardScaler().fit_transform(column),
        rtol=1e-14,
    )
