"""The feed-forward network of the lectures."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from copy import deepcopy
from typing import Any

import numpy as np

import autograd_core as ag
from autograd_core import Node
from nn.arguments import count
from nn.layers import Linear
from nn.lecture.functions import (
    Cost,
    CostCrossEntropy,
    CostLogReg,
    CostOLS,
    from_scores,
    identity,
    sigmoid,
)
from nn.lecture.schedulers import RuleScheduler, Scheduler


class FFNN:
    """A feed-forward network with layers of `dimensions`, the first the inputs'.

    Z = a W + b in each layer; a = hidden_func(Z), and output_func(Z) in the last one. The
    functions are those of this module, or any that computes with operations. Weights are N(0, 1)
    and biases 0.01 N(0, 1), drawn with `seed`. With `CostLogReg` and `CostCrossEntropy` it is a
    classifier.
    """

    def __init__(
        self,
        dimensions: Sequence[int],
        hidden_func: Callable[[Any], Any] = sigmoid,
        output_func: Callable[[Any], Any] = identity,
        cost_func: Cost = CostOLS,
        seed: int | None = None,
    ) -> None:
        if len(dimensions) < 2:
            raise ValueError(
                f"FFNN: dimensions must list the units of the layers, inputs first and outputs "
                f"last: (2, 2, 1), not {dimensions!r}"
            )
        self.dimensions = tuple(dimensions)
        self.hidden_func, self.output_func = hidden_func, output_func
        self.cost_func, self.seed = cost_func, seed
        self.classification = cost_func in (CostLogReg, CostCrossEntropy)
        self.reset_weights()

    def reset_weights(self) -> None:
        """Draw weights and biases anew: the same ones each time, if there is a seed."""
        rng = np.random.default_rng(self.seed)
        self.layers = []
        for n_in, n_out in zip(self.dimensions[:-1], self.dimensions[1:], strict=True):
            layer = Linear(n_in, n_out, init=lambda shape, rng, _: rng.normal(size=shape), rng=rng)
            assert layer.bias is not None
            layer.bias.value = 0.01 * rng.normal(size=n_out)
            self.layers.append(layer)

    def fit(
        self,
        X: Any,
        t: Any,
        scheduler: Scheduler,
        batches: int = 1,
        epochs: int = 100,
        lam: float = 0,
        X_val: Any = None,
        t_val: Any = None,
    ) -> dict[str, Any]:
        """Train on X (n, d) and t (n, K) in `batches` batches an epoch; return the scores.

        Every parameter gets its own copy of `scheduler`. `lam` times the sum of the squared
        weights (biases not among them) is added to the cost. The scores are arrays with an entry
        for each epoch, nan for those before which Ctrl-C was pressed: "train_errors", and
        "val_errors" with validation data; for classifiers "train_accs" and "val_accs" as well.
        """
        sets = {"train": _observations(X, t)}
        if X_val is not None and t_val is not None:
            sets["val"] = _observations(X_val, t_val)
        X, t = sets["train"]
        if count("FFNN.fit: batches", batches) > len(X):
            raise ValueError(f"FFNN.fit: {len(X)} observations can't make {batches} batches")
        weights = [layer.weight for layer in self.layers]
        parameters = [p for layer in self.layers for p in layer.parameters()]
        schedulers = [_fresh(scheduler) for _ in parameters]
        kinds = ("errors", "accs") if self.classification else ("errors",)
        scores = {f"{part}_{kind}": np.full(epochs, np.nan) for kind in kinds for part in sets}
        rng = np.random.default_rng(self.seed)
        try:
            for e in range(epochs):
                for rows in np.array_split(rng.permutation(len(X)), batches):
                    cost = self._cost(X[rows], t[rows])
                    if lam:
                        cost = cost + lam * sum(ag.sum(ag.square(W)) for W in weights)
                    cost.backward()
                    for p, each in zip(parameters, schedulers, strict=True):
                        p.adopt(p.frozen() - each.update_change(p.grad))
                        p.zero_grad()
                for part, (inputs, targets) in sets.items():
                    error, accuracy = self._score(inputs, targets)
                    scores[f"{part}_errors"][e] = error
                    if self.classification:
                        scores[f"{part}_accs"][e] = accuracy
        except KeyboardInterrupt:
            pass
        return scores

    def predict(self, X: Any, *, threshold: float = 0.5) -> Any:
        """The outputs (n, K) for X (n, d), or a single row; of a classifier 1 where > threshold."""
        with ag.no_grad():
            outputs = self.output_func(self._scores(np.atleast_2d(X))).value
        return np.where(outputs > threshold, 1, 0) if self.classification else np.array(outputs)

    def _scores(self, X: Any) -> Node:
        """The Z of the last layer."""
        Z: Node = self.layers[0](X)
        for layer in self.layers[1:]:
            Z = layer(self.hidden_func(Z))
        return Z

    def _cost(self, X: Any, t: Any) -> Node:
        return from_scores(self.output_func, self.cost_func, t, self._scores(X))

    def _score(self, X: Any, t: Any) -> tuple[float, float]:
        """The cost, and the fraction of observations whose class is right."""
        with ag.no_grad():
            Z = self._scores(X)
            error = from_scores(self.output_func, self.cost_func, t, Z).item()
            outputs = self.output_func(Z).value
        if t.shape[1] == 1:
            return error, float(np.mean((outputs > 0.5) == (t > 0.5)))
        return error, float(np.mean(outputs.argmax(axis=1) == t.argmax(axis=1)))


def _observations(X: Any, t: Any) -> tuple[Any, Any]:
    X, t = np.asarray(X), np.asarray(t)
    if X.ndim != 2 or t.ndim != 2 or len(X) != len(t) or len(X) == 0:
        remedy = f"; pass t.reshape({len(t)}, 1)" if t.ndim == 1 else ""
        raise ValueError(
            f"FFNN: X is {X.shape} and t is {t.shape}, but must be (n, d) and (n, K){remedy}"
        )
    return X, t


def _fresh(scheduler: Scheduler) -> Scheduler:
    """A copy for one parameter, that has seen no gradient."""
    own = deepcopy(scheduler)
    if isinstance(own, RuleScheduler):
        own.start()
    return own
