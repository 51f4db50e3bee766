"""Schedules: how the learning rate changes from epoch to epoch (or step to step).

A schedule is made with an optimizer, whose groups start from the rates they have then, and its
`step()` is called after each epoch. Names and values are PyTorch's where it has the schedule.
Each (but for `ReduceLROnPlateau`) gives the rate as a function of the number t of steps made, so
none drifts, and a rate that was set by hand lasts until the next step. Two schedules of the same
optimizer are not multiplied, the later step counts: combine them with `SequentialLR`.

>>> import nn
>>> optimizer = nn.optim.SGD([nn.Parameter(1.0)], lr=0.5)
>>> schedule = StepLR(optimizer, step_size=2, gamma=0.5)
>>> lrs = []
>>> for _ in range(4):
...     lrs.append(optimizer.lr); schedule.step()
>>> lrs
[0.5, 0.5, 0.25, 0.25]
"""

from __future__ import annotations

from abc import ABC, abstractmethod
from bisect import bisect_right
from collections.abc import Callable, Mapping, Sequence
from math import cos, inf, isfinite, pi
from typing import Any, ClassVar

from nn.arguments import count, number, plain
from nn.optim.optimizer import Optimizer, must_fit


class Schedule(ABC):
    """The virtual parent of all schedules: the optimizer whose rates they set, and their state."""

    kept: ClassVar[tuple[str, ...]]
    """The attributes that `state_dict` has."""

    def __init__(self, optimizer: Optimizer) -> None:
        if not isinstance(optimizer, Optimizer):
            raise TypeError(
                f"{type(self).__name__}: pass the optimizer, not a {type(optimizer).__name__}"
            )
        self.optimizer = optimizer
        self.last_epoch = 0

    @abstractmethod
    def step(self, metric: float | None = None) -> None:
        """Set the rates for the next epoch. The `metric` is for `ReduceLROnPlateau` alone."""

    def get_last_lr(self) -> list[float]:
        """The rates of the groups."""
        return [group["lr"] for group in self.optimizer.param_groups]

    def state_dict(self) -> dict[str, Any]:
        """Numbers and tuples of them, from which `load_state_dict` goes on."""
        own = {name: getattr(self, name) for name in self.kept}
        return {**own, "last_lrs": tuple(self.get_last_lr())}

    def load_state_dict(self, state: Mapping[str, Any]) -> None:
        """Go on from what `state_dict()` gave; the optimizer's rates are set as well.

        If it does not fit, a ValueError says why, and nothing is changed.
        """
        what = f"{type(self).__name__}.load_state_dict"
        with must_fit(what):
            own = {name: state[name] for name in self.kept}
            lrs = [number(f"{what}: a rate", lr, least=0) for lr in state["last_lrs"]]
        if len(lrs) != len(self.optimizer.param_groups):
            raise ValueError(
                f"{what}: the state is of {len(lrs)} groups, but the optimizer has "
                f"{len(self.optimizer.param_groups)}"
            )
        self._set(lrs)
        vars(self).update(own)

    def _set(self, lrs: Sequence[float]) -> None:
        for group, lr in zip(self.optimizer.param_groups, lrs, strict=True):
            group["lr"] = lr


class LRScheduler(Schedule):
    """The virtual parent of schedules that give the rate at step t: `rate(base_lr, t)`."""

    kept = ("last_epoch", "base_lrs")

    def __init__(self, optimizer: Optimizer) -> None:
        super().__init__(optimizer)
        self.base_lrs = tuple(
            float(group.setdefault("initial_lr", group["lr"])) for group in optimizer.param_groups
        )
        self._set(self._lrs())

    @abstractmethod
    def rate(self, base_lr: float, t: int) -> float:
        """The learning rate after t steps, of a group that starts from `base_lr`."""

    def step(self, metric: float | None = None) -> None:
        """Set the rates for the next epoch. The `metric` is for `ReduceLROnPlateau` alone."""
        if len(self.base_lrs) != len(self.optimizer.param_groups):
            raise ValueError(
                f"{type(self).__name__}: the optimizer has got another group of parameters: make "
                f"the schedule anew"
            )
        self.last_epoch += 1
        self._set(self._lrs())

    def _lrs(self) -> list[float]:
        return [self.rate(base_lr, self.last_epoch) for base_lr in self.base_lrs]


class LambdaLR(LRScheduler):
    """base_lr f(t), for a function f. (`state_dict` does not hold f.)"""

    def __init__(self, optimizer: Optimizer, lr_lambda: Callable[[int], float]) -> None:
        self.lr_lambda = lr_lambda
        super().__init__(optimizer)

    def rate(self, base_lr: float, t: int) -> float:
        return base_lr * self.lr_lambda(t)


class ConstantLR(LRScheduler):
    """base_lr factor in the first `total_iters` steps, then base_lr: constant with factor=1."""

    def __init__(self, optimizer: Optimizer, factor: float = 1 / 3, total_iters: int = 5) -> None:
        self.factor, self.total_iters = factor, total_iters
        super().__init__(optimizer)

    def rate(self, base_lr: float, t: int) -> float:
        return base_lr * (self.factor if t < self.total_iters else 1.0)


class LinearLR(LRScheduler):
    """From base_lr start_factor to base_lr end_factor in `total_iters` equal steps: a warm-up."""

    def __init__(
        self,
        optimizer: Optimizer,
        start_factor: float = 1 / 3,
        end_factor: float = 1.0,
        total_iters: int = 5,
    ) -> None:
        self.start_factor, self.end_factor = start_factor, end_factor
        self.total_iters = count("LinearLR: total_iters", total_iters)
        super().__init__(optimizer)

    def rate(self, base_lr: float, t: int) -> float:
        done = min(t, self.total_iters) / self.total_iters
        return base_lr * (self.start_factor + (self.end_factor - self.start_factor) * done)


class StepLR(LRScheduler):
    """base_lr gamma ** floor(t / step_size)."""

    def __init__(self, optimizer: Optimizer, step_size: int, gamma: float = 0.1) -> None:
        self.step_size, self.gamma = count("StepLR: step_size", step_size), gamma
        super().__init__(optimizer)

    def rate(self, base_lr: float, t: int) -> float:
        return base_lr * float(self.gamma ** (t // self.step_size))


class MultiStepLR(LRScheduler):
    """base_lr gamma ** (the number of milestones that t has reached)."""

    def __init__(self, optimizer: Optimizer, milestones: Sequence[int], gamma: float = 0.1) -> None:
        self.milestones, self.gamma = sorted(milestones), gamma
        super().__init__(optimizer)

    def rate(self, base_lr: float, t: int) -> float:
        return base_lr * self.gamma ** bisect_right(self.milestones, t)


class ExponentialLR(LRScheduler):
    """base_lr gamma ** t."""

    def __init__(self, optimizer: Optimizer, gamma: float) -> None:
        self.gamma = gamma
        super().__init__(optimizer)

    def rate(self, base_lr: float, t: int) -> float:
        return base_lr * self.gamma**t


class InverseScalingLR(LRScheduler):
    """base_lr / (t + 1) ** power: scikit-learn's "invscaling", with its default power."""

    def __init__(self, optimizer: Optimizer, power: float = 0.5) -> None:
        self.power = power
        super().__init__(optimizer)

    def rate(self, base_lr: float, t: int) -> float:
        return base_lr / float((t + 1) ** self.power)


class CosineAnnealingLR(LRScheduler):
    """From base_lr to eta_min in `T_max` steps, along half a cosine (and back in as many).

    eta_min + (base_lr - eta_min) (1 + cos(pi t / T_max)) / 2: Loshchilov and Hutter, "SGDR",
    ICLR 2017, without restarts.
    """

    def __init__(self, optimizer: Optimizer, T_max: int, eta_min: float = 0.0) -> None:
        self.T_max, self.eta_min = count("CosineAnnealingLR: T_max", T_max), eta_min
        super().__init__(optimizer)

    def rate(self, base_lr: float, t: int) -> float:
        return self.eta_min + (base_lr - self.eta_min) * (1 + cos(pi * t / self.T_max)) / 2


class SequentialLR(LRScheduler):
    """One schedule after the other: each milestone is the t at which the next one starts.

    Warm-up and then half a cosine:

    >>> import nn
    >>> optimizer = nn.optim.SGD([nn.Parameter(1.0)], lr=1.0)
    >>> warm_up = LinearLR(optimizer, start_factor=0.5, total_iters=2)
    >>> schedule = SequentialLR(optimizer, [warm_up, CosineAnnealingLR(optimizer, 4)], [2])
    >>> lrs = []
    >>> for _ in range(6):
    ...     lrs.append(round(optimizer.lr, 3)); schedule.step()
    >>> lrs
    [0.5, 0.75, 1.0, 0.854, 0.5, 0.146]
    """

    def __init__(
        self, optimizer: Optimizer, schedulers: Sequence[LRScheduler], milestones: Sequence[int]
    ) -> None:
        if len(milestones) != len(schedulers) - 1 or list(milestones) != sorted(milestones):
            raise ValueError(
                f"SequentialLR: {len(schedulers)} schedules need {len(schedulers) - 1} milestones "
                f"in rising order, but there are {list(milestones)}"
            )
        for schedule in schedulers:
            if not isinstance(schedule, LRScheduler):
                raise TypeError(
                    f"SequentialLR: a {type(schedule).__name__} gives no rate at a step t, which "
                    f"all schedules in a sequence must do"
                )
            if schedule.optimizer is not optimizer:
                raise ValueError("SequentialLR: all schedules must be made with the same optimizer")
        self.schedulers, self.milestones = list(schedulers), list(milestones)
        super().__init__(optimizer)

    def rate(self, base_lr: float, t: int) -> float:
        i = bisect_right(self.milestones, t)
        return self.schedulers[i].rate(base_lr, t - (self.milestones[i - 1] if i else 0))


class ReduceLROnPlateau(Schedule):
    """Multiply the rates by `factor` when the metric has not improved for `patience` epochs.

    A metric improves when it is less (`mode="min"`) or more ("max") than the best so far by more
    than `threshold`: a fraction of the best with `threshold_mode="rel"`, else as it is ("abs").
    For `cooldown` epochs after a reduction none are counted. No rate falls below `min_lr`, nor
    changes by `eps` or less.
    """

    kept = ("last_epoch", "best", "num_bad_epochs", "cooldown_counter")

    def __init__(
        self,
        optimizer: Optimizer,
        mode: str = "min",
        factor: float = 0.1,
        patience: int = 10,
        threshold: float = 1e-4,
        threshold_mode: str = "rel",
        cooldown: int = 0,
        min_lr: float = 0.0,
        eps: float = 1e-8,
    ) -> None:
        super().__init__(optimizer)
        if not 0 <= factor < 1:
            raise ValueError(f"ReduceLROnPlateau: factor must be from 0 to below 1, not {factor}")
        if mode not in ("min", "max") or threshold_mode not in ("rel", "abs"):
            raise ValueError(
                f"ReduceLROnPlateau: mode must be 'min' or 'max', and threshold_mode 'rel' or "
                f"'abs', but they are {mode!r} and {threshold_mode!r}"
            )
        self.mode, self.factor, self.patience = mode, factor, patience
        self.threshold, self.threshold_mode = threshold, threshold_mode
        self.cooldown, self.min_lr, self.eps = cooldown, min_lr, eps
        self.best = inf if mode == "min" else -inf
        self.num_bad_epochs = self.cooldown_counter = 0

    def step(self, metric: float | None = None) -> None:
        """Take the epoch's metric into account."""
        if metric is None:
            raise TypeError("ReduceLROnPlateau: step needs the epoch's metric: step(metric)")
        value = float(plain(metric))
        self.last_epoch += 1
        if self._improves(value):
            self.best, self.num_bad_epochs = value, 0
        else:
            self.num_bad_epochs += 1
        if self.cooldown_counter > 0:
            self.cooldown_counter -= 1
            self.num_bad_epochs = 0
        if self.num_bad_epochs > self.patience:
            for group in self.optimizer.param_groups:
                lr = max(group["lr"] * self.factor, self.min_lr)
                if group["lr"] - lr > self.eps:
                    group["lr"] = lr
            self.cooldown_counter, self.num_bad_epochs = self.cooldown, 0

    def _improves(self, value: float) -> bool:
        """Whether the value is better than the best: nan is not."""
        threshold = self.threshold
        if self.threshold_mode == "rel" and isfinite(self.best):
            threshold *= abs(self.best)
        if self.mode == "min":
            return value < self.best - threshold
        return value > self.best + threshold
