"""Make optimizers.json: what PyTorch's optimizers and schedules do, step by step, in float64.

`python tests/data/make_optimizers.py` needs torch, which the tests don't.

- "X", "y", "initial": data and first parameters of a 2-3-1 network with tanh, trained on the mean
  squared error; weights are as in `nn.Linear`, (in, out).
- "trajectories": [optimizer, hyper-parameters, all parameters end to end after each of 20 steps].
- "schedules": [schedule, arguments, the learning rates of 20 epochs]; where a schedule is made of
  others, the arguments are such lists in turn.
- "plateaus": [arguments, learning rates after each of the "metrics"].
"""

import json
from pathlib import Path

import numpy as np

OPTIMIZERS = [
    ("SGD", {"lr": 0.1}),
    ("SGD", {"lr": 0.1, "momentum": 0.9}),
    ("SGD", {"lr": 0.05, "momentum": 0.9, "weight_decay": 0.1, "nesterov": True}),
    ("Adagrad", {"lr": 0.1}),
    (
        "Adagrad",
        {"lr": 0.2, "lr_decay": 0.1, "weight_decay": 0.1, "initial_accumulator_value": 0.5},
    ),
    ("RMSprop", {"lr": 0.01}),
    ("RMSprop", {"lr": 0.02, "alpha": 0.8, "eps": 1e-3, "weight_decay": 0.1, "momentum": 0.9}),
    ("RMSprop", {"lr": 0.02, "alpha": 0.8, "momentum": 0.5, "centered": True}),
    ("Adam", {"lr": 0.1}),
    ("Adam", {"lr": 0.1, "betas": [0.8, 0.95], "eps": 1e-2, "weight_decay": 0.1}),
    ("AdamW", {"lr": 0.1}),
    ("AdamW", {"lr": 0.1, "betas": [0.8, 0.95], "eps": 1e-2, "weight_decay": 0.5}),
]
LBFGS = {"lr": 1.0, "max_iter": 1, "max_eval": 30, "history_size": 4}
SCHEDULES = [
    ("ConstantLR", {"factor": 0.5, "total_iters": 4}),
    ("LinearLR", {"start_factor": 0.25, "end_factor": 0.75, "total_iters": 8}),
    ("StepLR", {"step_size": 3, "gamma": 0.5}),
    ("MultiStepLR", {"milestones": [2, 7, 7], "gamma": 0.1}),
    ("ExponentialLR", {"gamma": 0.9}),
    ("CosineAnnealingLR", {"T_max": 12, "eta_min": 0.01}),
    (
        "SequentialLR",
        [
            ["LinearLR", {"start_factor": 0.1, "total_iters": 4}],
            ["CosineAnnealingLR", {"T_max": 10}],
            ["ExponentialLR", {"gamma": 0.5}],
            [4, 14],
        ],
    ),
]
PLATEAUS = [
    {"factor": 0.5, "patience": 1},
    {"factor": 0.1, "patience": 2, "threshold": 0.1, "threshold_mode": "abs", "cooldown": 2},
    {"mode": "max", "factor": 0.5, "patience": 0, "min_lr": 0.01},
]
METRICS = [5, 4, 4, 3.99, 4.2, 4.1, 3.5, 3.4999, 3.6, 3.45, 3.4, 3.4, 3.4, 3.4, 3, 3, 3, 3, 3, 3]


def main() -> None:
    import torch
    from torch.optim import lr_scheduler

    torch.set_default_dtype(torch.float64)
    rng = np.random.default_rng(0)
    X = rng.standard_normal((8, 2)).round(3)
    y = (X[:, :1] * X[:, 1:]).round(3)
    initial = [rng.standard_normal(shape).round(3) for shape in ((2, 3), (3,), (3, 1), (1,))]

    def trajectory(name: str, options: dict) -> list:
        W1, b1, W2, b2 = parameters = [torch.tensor(a, requires_grad=True) for a in initial]
        optimizer = getattr(torch.optim, name)(parameters, **options)

        def closure():
            optimizer.zero_grad()
            A = torch.tanh(torch.tensor(X) @ W1 + b1) @ W2 + b2
            loss = torch.mean((A - torch.tensor(y)) ** 2)
            loss.backward()
            return loss

        steps = []
        for _ in range(20):
            optimizer.step(closure)
            steps.append(torch.cat([p.detach().ravel() for p in parameters]).tolist())
        return steps

    def optimizer():
        return torch.optim.SGD([torch.zeros(1, requires_grad=True)], lr=0.1)

    def schedule(o, name, arguments):
        make = getattr(lr_scheduler, name)
        if isinstance(arguments, dict):
            return make(o, **arguments)
        *parts, milestones = arguments
        return make(o, [schedule(o, *part) for part in parts], milestones)

    def rates(make, metrics) -> list:
        o = optimizer()
        s = make(o)
        lrs = [o.param_groups[0]["lr"]]
        for metric in metrics:
            o.step()
            s.step(*metric)
            lrs.append(o.param_groups[0]["lr"])
        return lrs

    content = {
        "torch": torch.__version__,
        "X": X.tolist(),
        "y": y.tolist(),
        "initial": [a.tolist() for a in initial],
        "trajectories": [[n, o, trajectory(n, o)] for n, o in OPTIMIZERS]
        + [["LBFGS", LBFGS, trajectory("LBFGS", {**LBFGS, "line_search_fn": "strong_wolfe"})]],
        "schedules": [
            [n, a, rates(lambda o, n=n, a=a: schedule(o, n, a), [()] * 19)] for n, a in SCHEDULES
        ],
        "metrics": METRICS,
        "plateaus": [
            [
                a,
                rates(
                    lambda o, a=a: lr_scheduler.ReduceLROnPlateau(o, **a), [(m,) for m in METRICS]
                ),
            ]
            for a in PLATEAUS
        ],
    }
    path = Path(__file__).with_name("optimizers.json")
    path.write_text(
        "{\n" + ",\n".join(f'"{k}": {json.dumps(v)}' for k, v in content.items()) + "\n}\n"
    )


if __name__ == "__main__":
    main()
