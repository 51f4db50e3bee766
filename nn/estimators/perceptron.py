"""What the two estimators share: parameters, their checks, and `fit`."""

from __future__ import annotations

import warnings
from abc import ABC, abstractmethod
from math import inf
from typing import Any, Self, TypeAlias

import numpy as np

import autograd_core as ag
from autograd_core import Node
from nn.data import DataLoader, TensorDataset
from nn.estimators.network import initial_network, linear_layers
from nn.estimators.parameters import NAMES, check_parameters, checked_weights, sizes
from nn.estimators.stopping import NoImprovement
from nn.extras import needs
from nn.layers import MLP
from nn.module import Module
from nn.optim import LBFGS, SGD, Adam, Optimizer
from nn.optim.lr_scheduler import LambdaLR
from nn.penalties import l2_penalty
from nn.training import fit, predict

with needs("scikit-learn", "an estimator"):
    from sklearn.base import BaseEstimator
    from sklearn.exceptions import ConvergenceWarning
    from sklearn.model_selection import train_test_split
    from sklearn.utils import check_random_state
    from sklearn.utils.validation import check_is_fitted, validate_data

Array: TypeAlias = np.ndarray[Any, Any]


class Perceptron(BaseEstimator, ABC):  # type: ignore[misc]  # scikit-learn is untyped
    """The virtual parent of `MLPClassifier` and `MLPRegressor`.

    With n observations x_i of weight s_i (1 without `sample_weight`) in a batch, they minimise

        (sum_i s_i L_i + alpha / 2 sum w ** 2) / sum_i s_i

    over the weights w of the layers and the biases, which are not penalised: scikit-learn's
    convention, in which `alpha` counts for less in larger batches. In terms of
    `nn.l2_penalty(net, lmbd)` added to a mean loss it is lmbd = alpha / (2 n).

    The parameters are scikit-learn's. `activation` may also be any other name of
    `nn.activations.ACTIVATIONS`. Two details are PyTorch's: "sgd" with a learning rate that
    changes multiplies the velocity by the present rate, and `epsilon` of "adam" is added to the
    root of the corrected second moment. "lbfgs" is `nn.optim.LBFGS`, with gradients of all
    observations. The weights start as scikit-learn's do, from the same `random_state`.
    """

    network_: MLP
    out_activation_: str
    n_outputs_: int
    n_iter_: int
    loss_: float
    loss_curve_: list[float]
    t_: int

    def __init__(
        self,
        hidden_layer_sizes: Any = (100,),
        activation: str = "relu",
        *,
        solver: str = "adam",
        alpha: float = 0.0001,
        batch_size: int | str = "auto",
        learning_rate: str = "constant",
        learning_rate_init: float = 0.001,
        power_t: float = 0.5,
        max_iter: int = 200,
        shuffle: bool = True,
        random_state: Any = None,
        tol: float = 1e-4,
        verbose: bool = False,
        warm_start: bool = False,
        momentum: float = 0.9,
        nesterovs_momentum: bool = True,
        early_stopping: bool = False,
        validation_fraction: float = 0.1,
        beta_1: float = 0.9,
        beta_2: float = 0.999,
        epsilon: float = 1e-8,
        n_iter_no_change: float = 10,
        max_fun: int = 15000,
    ) -> None:
        self.hidden_layer_sizes = hidden_layer_sizes
        self.activation = activation
        self.solver = solver
        self.alpha = alpha
        self.batch_size = batch_size
        self.learning_rate = learning_rate
        self.learning_rate_init = learning_rate_init
        self.power_t = power_t
        self.max_iter = max_iter
        self.shuffle = shuffle
        self.random_state = random_state
        self.tol = tol
        self.verbose = verbose
        self.warm_start = warm_start
        self.momentum = momentum
        self.nesterovs_momentum = nesterovs_momentum
        self.early_stopping = early_stopping
        self.validation_fraction = validation_fraction
        self.beta_1 = beta_1
        self.beta_2 = beta_2
        self.epsilon = epsilon
        self.n_iter_no_change = n_iter_no_change
        self.max_fun = max_fun

    @abstractmethod
    def _encode(self, y: Array, again: bool) -> Array:
        """The targets as `_losses` takes them; sets what predictions need to be decoded."""

    @abstractmethod
    def _losses(self, scores: Any, targets: Array) -> Node:
        """L_i (n,) of the scores (n, n_outputs_) of n observations."""

    @abstractmethod
    def _decode(self, scores: Array) -> Array:
        """Predictions of scores (n, n_outputs_)."""

    @abstractmethod
    def _quality(self, y: Array, predicted: Array, weights: Array | None) -> float:
        """What `score` returns."""

    @property
    def coefs_(self) -> list[Array]:
        """The weights of each layer, (inputs, outputs): those of `network_`."""
        return [layer.weight.value for layer in linear_layers(self.network_)]

    @property
    def intercepts_(self) -> list[Array]:
        """The biases of each layer."""
        layers = linear_layers(self.network_)
        return [layer.bias.value for layer in layers if layer.bias is not None]

    @property
    def n_layers_(self) -> int:
        """The number of layers, with that of the inputs."""
        return len(self.network_.units)

    def fit(self, X: Any, y: Any, sample_weight: Any = None) -> Self:
        """Train a new network (with `warm_start` the one there is) on X (n, d) and y.

        Raises NonFiniteError, which says where, when the training diverges.
        """
        check_parameters(self)
        again = bool(self.warm_start) and hasattr(self, "network_")
        X, y = self._validated(X, y, again)
        weights = checked_weights(sample_weight, X)
        if weights is not None and not weights.all():
            X, y, weights = X[weights > 0], y[weights > 0], weights[weights > 0]
        targets = self._encode(y, again)
        random_state = check_random_state(self.random_state)
        network = self._network(X, random_state, again)
        rows, held_out = np.arange(len(X)), None
        if self.early_stopping and self.solver != "lbfgs":
            rows, held_out = train_test_split(
                rows,
                random_state=random_state,
                test_size=self.validation_fraction,
                # As in scikit-learn: of more classes, a rare one may well be missing.
                stratify=y if self.out_activation_ == "logistic" and self.n_outputs_ == 1 else None,
            )
            if len(held_out) < 2:
                raise ValueError(
                    f"{type(self).__name__}: the validation part has {len(held_out)} observation, "
                    f"but needs 2 or more: raise validation_fraction"
                )

        def objective(scores: Any, rows: Any) -> Node:
            L = self._losses(scores, targets[rows])
            total: Node = ag.sum(L if weights is None else L * weights[rows])
            if self.alpha:
                total = total + l2_penalty(network, self.alpha / 2)
            mean: Node = total / (len(rows) if weights is None else float(weights[rows].sum()))
            return mean

        def score(model: Module) -> float:
            predicted = self._decode(predict(model, X[held_out]))
            return self._quality(
                y[held_out], predicted, None if weights is None else weights[held_out]
            )

        if self.solver == "lbfgs":
            self._fit_lbfgs(network, X, objective)
        else:
            stopping = NoImprovement(
                self.tol,
                self.n_iter_no_change,
                None if held_out is None else score,
                self.solver == "sgd" and self.learning_rate == "adaptive",
            )
            self._fit_in_batches(network, X, rows, objective, stopping, random_state, again)
        self.network_ = network
        return self

    def _fit_lbfgs(self, network: MLP, X: Array, objective: Any) -> None:
        optimizer = LBFGS(
            network.parameters(),
            max_iter=self.max_iter,
            max_eval=self.max_fun,
            tolerance_grad=self.tol,
            history_size=10,
        )
        rows = np.arange(len(X))
        loader = DataLoader(TensorDataset(X, rows), len(X))
        history = fit(network, loader, objective, optimizer, epochs=1, progress=bool(self.verbose))
        self.n_iter_ = optimizer.n_iter
        self.loss_ = float(objective(predict(network, X), rows).item())
        self._warn(history.stopped, "iterations", self.n_iter_ >= self.max_iter)

    def _fit_in_batches(
        self,
        network: MLP,
        X: Array,
        rows: Array,
        objective: Any,
        stopping: NoImprovement,
        random_state: Any,
        again: bool,
    ) -> None:
        n = len(rows)
        batch_size = min(200, n) if self.batch_size == "auto" else int(self.batch_size)
        if batch_size > n:
            warnings.warn(
                f"{type(self).__name__}: batch_size is {batch_size}, but there are only {n} "
                f"observations: each batch has them all",
                stacklevel=3,
            )
        seed = random_state.randint(2**31 - 1)
        # The labels are row numbers: `objective` looks there.
        data = TensorDataset(X if len(X) == n else X[rows], rows)
        optimizer = self._optimizer(network)
        scheduler = None
        if self.solver == "sgd" and self.learning_rate == "invscaling":
            power = self.power_t
            scheduler = LambdaLR(optimizer, lambda t: float((t * n + 1) ** -power))
        history = fit(
            network,
            DataLoader(data, min(batch_size, n), bool(self.shuffle), seed),
            objective,
            optimizer,
            epochs=self.max_iter,
            callbacks=[stopping],
            scheduler=scheduler,
            progress=bool(self.verbose),
        )
        self.n_iter_ = history.epochs
        self.loss_curve_ = (self.loss_curve_ if again else []) + history.get("loss", [])
        self.loss_ = self.loss_curve_[-1] if self.loss_curve_ else inf
        self.t_ = (self.t_ if again else 0) + history.epochs * n
        scored = stopping.score is not None
        self.validation_scores_ = stopping.scores if scored else None
        self.best_validation_score_ = stopping.best if scored else None
        self.best_loss_ = None if scored else -stopping.best
        self._warn(history.stopped, "epochs", not history.stopped)

    def _warn(self, stopped: str, unit: str, unfinished: bool) -> None:
        """Say so if the training was interrupted, or ended by `max_iter` alone."""
        name = type(self).__name__
        if stopped == "interrupted":
            warnings.warn(f"{name}: the training was interrupted", stacklevel=4)
        elif unfinished:
            warnings.warn(
                f"{name}: after {self.max_iter} {unit} (max_iter) the training has not converged: "
                f"raise max_iter, or tol",
                ConvergenceWarning,
                stacklevel=4,
            )

    def _optimizer(self, network: MLP) -> Optimizer:
        if self.solver == "adam":
            betas = (self.beta_1, self.beta_2)
            return Adam(network.parameters(), self.learning_rate_init, betas, self.epsilon)
        nesterov = bool(self.nesterovs_momentum) and self.momentum > 0
        return SGD(network.parameters(), self.learning_rate_init, self.momentum, nesterov=nesterov)

    def _network(self, X: Array, random_state: Any, again: bool) -> MLP:
        units = [X.shape[1], *sizes(self.hidden_layer_sizes), self.n_outputs_]
        name = NAMES.get(self.activation, self.activation)
        if again:
            network = self.network_
            if network.units != units or network.activation != name:
                raise ValueError(
                    f"{type(self).__name__}: warm_start goes on with a network of the units "
                    f"{network.units} and {network.activation}, but now they would be {units} and "
                    f"{name}: set warm_start=False"
                )
            return network
        factor = 2 if self.activation == "logistic" else 6
        return initial_network(units, name, factor, random_state, X.dtype)

    def _validated(self, X: Any, y: Any, again: bool) -> tuple[Any, Any]:
        found: tuple[Any, Any] = validate_data(
            self, X, y, multi_output=True, dtype=(np.float64, np.float32), reset=not again
        )
        return found

    def _scores(self, X: Any) -> Array:
        """The network's scores (n, n_outputs_) of X (n, d)."""
        check_is_fitted(self)
        X = validate_data(self, X, dtype=(np.float64, np.float32), reset=False)
        return predict(self.network_, X)

    def predict(self, X: Any) -> Array:
        """The predictions for X (n, d)."""
        return self._decode(self._scores(X))
