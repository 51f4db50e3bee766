"""L-BFGS: Newton's direction from the latest changes of the gradient, and a line search.

Nocedal and Wright, "Numerical optimization", 2nd edition 2006, algorithms 7.4 and 7.5.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from math import inf
from typing import Any

import numpy as np

from nn.arguments import count, number, plain
from nn.optim.groups import hand_out, vector
from nn.optim.line_search import Point, strong_wolfe
from nn.optim.optimizer import Optimizer, Params, must_fit


class LBFGS(Optimizer):
    """Quasi-Newton minimisation with limited memory (L-BFGS), for losses of all data at once.

    `step(closure)` makes up to `max_iter` iterations. The closure computes the loss and its
    gradients, as often as it is asked to:

    >>> import nn
    >>> w = nn.Parameter([3.0, -2.0]); optimizer = LBFGS([w])
    >>> def closure():
    ...     optimizer.zero_grad()
    ...     loss = ((w - [1.0, 2.0]) ** 2 * [1.0, 10.0]).sum()
    ...     loss.backward()
    ...     return loss
    >>> first = optimizer.step(closure); w.value.round(6)
    array([1., 2.])

    An iteration goes along -H g, where H approximates the inverse Hessian by the latest
    `history_size` changes of parameters and gradient, and as far as the strong Wolfe conditions
    with `c1` and `c2` ask: enough decrease, and |slope| at most c2 times what it was. A small c2
    searches almost exactly: then a quadratic function of n variables is minimal after n
    iterations. `line_search_fn=None` goes the length `lr` instead.

    A step ends early where no entry of the gradient exceeds `tolerance_grad`, where parameters or
    loss change by less than `tolerance_change`, or after `max_eval` calls of the closure (by
    default 5 / 4 max_iter). Names and meanings are those of PyTorch, where the line search is off
    by default.
    """

    def __init__(
        self,
        params: Params,
        lr: float = 1.0,
        max_iter: int = 20,
        max_eval: int | None = None,
        tolerance_grad: float = 1e-7,
        tolerance_change: float = 1e-9,
        history_size: int = 100,
        line_search_fn: str | None = "strong_wolfe",
        c1: float = 1e-4,
        c2: float = 0.9,
    ) -> None:
        if line_search_fn not in ("strong_wolfe", None):
            raise ValueError(
                f"LBFGS: line_search_fn must be 'strong_wolfe' or None, but is {line_search_fn!r}"
            )
        c1, c2 = number("LBFGS: c1", c1), number("LBFGS: c2", c2)
        if not 0 < c1 < c2 < 1:
            raise ValueError(f"LBFGS: it must be 0 < c1 < c2 < 1, but c1 is {c1} and c2 is {c2}")
        max_iter = count("LBFGS: max_iter", max_iter)
        super().__init__(
            params,
            lr=lr,
            max_iter=max_iter,
            max_eval=max_iter * 5 // 4 if max_eval is None else max_eval,
            tolerance_grad=tolerance_grad,
            tolerance_change=tolerance_change,
            history_size=history_size,
            line_search_fn=line_search_fn,
            c1=c1,
            c2=c2,
        )
        self.n_iter = 0
        self._pairs: tuple[tuple[Any, Any], ...] = ()  # changes (s, y) of parameters and gradient

    def add_param_group(self, entries: Mapping[str, Any]) -> None:
        """Add the one group that there can be: one direction and one step are for all."""
        if self.param_groups:
            raise ValueError("LBFGS: all parameters must be in one group")
        super().add_param_group(entries)

    @staticmethod
    def update(g: Any, *pairs: Any, lr: Any = 1.0) -> tuple[Any, tuple[Any, ...]]:
        """lr H g, by the recursion in two loops over `pairs` (s, y), the oldest first; the pairs.

        H is the inverse Hessian that BFGS makes of (s y / y y) times the identity.
        """
        q, factors = g, []
        for s, y in reversed(pairs):
            a = (s * q).sum() / (s * y).sum()
            q = q - a * y
            factors.append(a)
        if pairs:
            s, y = pairs[-1]
            q = q * ((s * y).sum() / (y * y).sum())
        for (s, y), a in zip(pairs, reversed(factors), strict=True):
            q = q + s * (a - (y * q).sum() / (s * y).sum())
        return lr * q, pairs

    def step(self, closure: Callable[[], Any] | None = None) -> Any:
        """Make up to `max_iter` iterations; return the first loss, as the closure gave it."""
        if closure is None:
            raise TypeError(
                "LBFGS: step needs a closure, a function that forgets the gradients, computes the "
                "loss, calls backward() and returns the loss: step(closure)"
            )
        group, w = self.param_groups[0], vector(self.params)
        first = closure()
        loss, g, evaluations = _number(first), self._gradient(), 1
        for _ in range(group["max_iter"]):
            if np.absolute(g).max(initial=0) <= group["tolerance_grad"]:
                break
            d = -self.update(g, *self._pairs)[0]
            slope = float(g @ d)
            if not -inf < slope < -group["tolerance_change"] or group["lr"] == 0:
                break
            length = group["lr"]
            if not self._pairs:
                length *= min(1.0, 1 / float(np.absolute(g).sum()))

            def along(t: float, w: Any = w, d: Any = d) -> Point:
                hand_out(w + t * d, self.params)
                value = _number(closure())
                g = self._gradient()
                return Point(t, value, float(g @ d), g)

            if group["line_search_fn"]:
                new, used = strong_wolfe(
                    along,
                    Point(0.0, loss, slope, g),
                    length,
                    group["c1"],
                    group["c2"],
                    group["tolerance_change"] / float(np.absolute(d).max()),
                )
            else:
                new, used = along(length), 1
            self.n_iter += 1
            evaluations += used
            s, y = new.t * d, new.g - g
            if float(s @ y) > 1e-10:  # otherwise H would not be positive
                self._pairs = (*self._pairs, (s, y))[-group["history_size"] :]
            w, g, change, loss = w + s, new.g, new.value - loss, new.value
            if (
                np.absolute(s).max() <= group["tolerance_change"]
                or abs(change) < group["tolerance_change"]
                or evaluations >= group["max_eval"]
            ):
                break
        hand_out(w, self.params)
        return first

    def _gradient(self) -> Any:
        return vector(np.zeros(p.shape, p.dtype) if p.grad is None else p.grad for p in self.params)

    def state_dict(self) -> dict[str, Any]:
        """The changes (s, y) and the number of iterations: copies."""
        pairs = [{"s": np.array(s), "y": np.array(y)} for s, y in self._pairs]
        return {
            "state": {"n_iter": self.n_iter, "pairs": pairs},
            "param_groups": self._described_groups(),
        }

    def load_state_dict(self, state: Mapping[str, Any]) -> None:
        """Go on from what `state_dict()` gave, as if there had been no break, bit for bit."""
        size = sum(p.size for p in self.params)
        with must_fit("LBFGS.load_state_dict"):
            (group,) = self._read_groups(state)
            pairs = [(np.array(pair["s"]), np.array(pair["y"])) for pair in state["state"]["pairs"]]
            n_iter = int(state["state"]["n_iter"])
        for a in (a for pair in pairs for a in pair):
            if a.shape != (size,):
                raise ValueError(
                    f"LBFGS.load_state_dict: a change has shape {a.shape}, but the parameters "
                    f"have {size} entries"
                )
        self._pairs, self.n_iter = tuple(pairs), n_iter
        self.param_groups[0].update(group)


def _number(loss: Any) -> float:
    """The loss that a closure returned as a number."""
    if loss is None:
        raise TypeError("LBFGS: the closure returned None: is its `return` missing?")
    return float(plain(loss))
