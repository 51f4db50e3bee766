"""A training with everything that has a state: `python run_to_kill.py CHECKPOINT RESULT`."""

import sys

import numpy as np

import nn
from nn.checkpoints import Checkpoint, save_state


def train(checkpoint, resume, epochs=12, callbacks=()):
    """Train a small net; return it with its history."""
    rng = np.random.default_rng(0)
    X = rng.standard_normal((150, 6))
    y = (X[:, 0] * X[:, 1] > 0).astype(int)
    net = nn.Sequential(
        nn.Linear(6, 16, rng=rng),
        nn.BatchNorm1d(16),
        nn.ReLU(),
        nn.Dropout(0.3, rng=np.random.Generator(np.random.MT19937(1))),
        nn.Linear(16, 2, rng=rng),
        nn.Dropout(0.1, rng=rng),  # shares the generator of the loader
    ).to(np.float32)
    optimizer = nn.optim.Adam(
        [{"params": net[0].parameters(), "lr": 0.02}, {"params": [*net[1].parameters()]},
         {"params": net[4].parameters(), "weight_decay": 0.01}],
        lr=0.01,
    )  # fmt: skip
    history = nn.fit(
        net,
        nn.DataLoader(nn.TensorDataset(X[:120], y[:120]), 11, shuffle=True, rng=rng),
        nn.CrossEntropyLoss(),
        optimizer,
        epochs=epochs,
        validation=(X[120:], y[120:]),
        metrics=["accuracy", "confusion_matrix"],
        callbacks=[nn.EarlyStopping(patience=20), *callbacks],
        scheduler=nn.optim.lr_scheduler.CosineAnnealingLR(optimizer, 200),
        scheduler_every="step",
        clip_norm=1.0,
        checkpoint=checkpoint,
        resume=resume,
    )
    return net, history


if __name__ == "__main__":
    path, result = sys.argv[1:]
    net, history = train(Checkpoint(path, steps=1, epochs=1), resume=True, epochs=40)
    history.pop("seconds")
    save_state({"net": net.state_dict(), "history": dict(history)}, result)
