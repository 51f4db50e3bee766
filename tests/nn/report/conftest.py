"""Outcomes of small trainings, each trained once."""

import numpy as np
import pytest

import autograd_core as ag
from nn import data, training
from nn.report import GradientNorms, Outcome

HOSTILE = ["<script>alert(1)</script>", "a\"b'c</style>", "😀 &amp; $x \x00" + "x" * 300]


def train(split, layers=(8,), epochs=2, validation=0.1, target="target"):
    """Train on a split for a short time; return the outcome."""
    rng = np.random.default_rng(0)
    settings = training.Settings(
        layers=layers, epochs=epochs, validation=validation, label_smoothing=0.0
    )
    net = training.make_network(split, settings, rng)
    norms = GradientNorms()
    history = training.fit_split(net, split, settings, rng, callbacks=[norms])
    scores = training.predict(net, split.X_test)
    if split.classes:
        answers = np.asarray(ag.softmax(scores))
        figures = {"accuracy": training.accuracy(net, split.X_test, split.y_test)}
    else:
        answers = split.target_scaler.inverse_transform(scores)
        figures = {"mean absolute error": float(np.abs(answers[:, 0] - split.test_labels()).mean())}
    return Outcome(net, split, settings, history, answers, figures, norms.norms, target)


@pytest.fixture(scope="session")
def digits():
    return train(data.load("digits", dtype=np.float32), epochs=4)


@pytest.fixture(scope="session")
def moons():
    return train(data.load("moons", dtype=np.float32), epochs=30)


def write_csv(path, header, rows):
    lines = [
        ",".join(f'"{str(cell).replace(chr(34), 2 * chr(34))}"' for cell in row) for row in rows
    ]
    path.write_text("\n".join([header, *lines]), encoding="utf-8")
    return path


@pytest.fixture(scope="session")
def houses(tmp_path_factory):
    """Prices by area and town: a regression with a category."""
    rng = np.random.default_rng(0)
    rows = [
        (f"{area:.1f}", "Rom" if rome else "Ulm", f"{2 * area + 80 * rome:.1f}")
        for area, rome in zip(rng.uniform(40, 200, 60), rng.random(60) < 0.5, strict=True)
    ]
    path = write_csv(tmp_path_factory.mktemp("csv") / "houses.csv", "area,town,price", rows)
    return train(data.load_csv(path, "price", dtype=np.float32), epochs=20, target="price")


@pytest.fixture(scope="session")
def hostile(tmp_path_factory):
    """Three classes and two features of the plane, with the worst of names."""
    rng = np.random.default_rng(0)
    rows = [
        (f"{x:.3f}", f"{y:.3f}", HOSTILE[int(np.argmax([x, y, -x - y]))])
        for x, y in rng.normal(size=(150, 2))
    ]
    path = tmp_path_factory.mktemp("csv") / "hostile.csv"
    write_csv(path, "x<b>,y$name,kind", rows)
    return train(data.load_csv(path, "kind", dtype=np.float32), epochs=20)
