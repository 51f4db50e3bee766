"""The rules that change each entry by its own gradient: gradient descent and its descendants.

Throughout, g is the gradient, w the parameter, and an arrow sets the state for the next step.
Duchi, Hazan and Singer, "Adaptive subgradient methods", JMLR 2011 (Adagrad); Tieleman and Hinton,
"Lecture 6.5: RMSprop", 2012; Kingma and Ba, "Adam", ICLR 2015; Loshchilov and Hutter,
"Decoupled weight decay regularization", ICLR 2019 (AdamW); Sutskever, Martens, Dahl and Hinton,
"On the importance of initialization and momentum in deep learning", ICML 2013 (Nesterov).
"""

from __future__ import annotations

from typing import Any, ClassVar

import numpy as np

from nn.optim.groups import least
from nn.optim.optimizer import Optimizer, Params, is_zero


class SGD(Optimizer):
    """Gradient descent, with momentum: v <- momentum v + g, w <- w - lr v.

    Without momentum w <- w - lr g; with `nesterov` w <- w - lr (g + momentum v). It is
    stochastic when the gradient is that of a batch.

    >>> import nn
    >>> w = nn.Parameter(2.0); w.grad = 4.0
    >>> SGD([w], lr=0.25).step(); w.item()
    1.0
    """

    initial_state: ClassVar[dict[str, Any]] = {"v": 0.0}

    def __init__(
        self,
        params: Params,
        lr: float = 1e-3,
        momentum: float = 0.0,
        weight_decay: float = 0.0,
        nesterov: bool = False,
    ) -> None:
        super().__init__(
            params, lr=lr, momentum=momentum, weight_decay=weight_decay, nesterov=nesterov
        )
        if nesterov and not self.defaults["momentum"]:
            raise ValueError(f"{type(self).__name__}: nesterov needs a momentum above 0")

    @staticmethod
    def update(
        g: Any, v: Any, *, lr: Any, momentum: Any = 0.0, nesterov: bool = False
    ) -> tuple[Any, tuple[Any, ...]]:
        """lr v, and v."""
        if is_zero(momentum):
            return lr * g, (v,)
        v = momentum * v + g
        return lr * (g + momentum * v if nesterov else v), (v,)


class Momentum(SGD):
    """Gradient descent with momentum: v <- momentum v + g, w <- w - lr v.

    >>> import nn
    >>> w = nn.Parameter(1.0); optimizer = Momentum([w], lr=0.25, momentum=0.5)
    >>> for _ in range(2):
    ...     w.grad = 1.0; optimizer.step()
    >>> w.item()  # 1 - 0.25 (1 + 1.5)
    0.375
    """

    def __init__(
        self, params: Params, lr: float = 1e-3, momentum: float = 0.9, weight_decay: float = 0.0
    ) -> None:
        super().__init__(params, lr, momentum, weight_decay)


class Nesterov(SGD):
    """Nesterov's momentum: v <- momentum v + g, w <- w - lr (g + momentum v).

    >>> import nn
    >>> w = nn.Parameter(1.0); w.grad = 1.0
    >>> Nesterov([w], lr=0.25, momentum=0.5).step(); w.item()
    0.625
    """

    def __init__(
        self,
        params: Params,
        lr: float = 1e-3,
        momentum: float = 0.9,
        weight_decay: float = 0.0,
        nesterov: bool = True,
    ) -> None:
        super().__init__(params, lr, momentum, weight_decay, nesterov)


class Adagrad(Optimizer):
    """A rate for each entry, which falls as its gradients add up.

        G <- G + g ** 2
        w <- w - lr / (1 + t lr_decay) g / (sqrt(G) + eps)

    t = 0, 1, ... counts the steps, and G starts at `initial_accumulator_value`.

    >>> import nn
    >>> w = nn.Parameter([1.0, 1.0]); w.grad = [3.0, -0.1]
    >>> Adagrad([w], lr=0.5, eps=0).step(); w.value
    array([0.5, 1.5])
    """

    initial_state: ClassVar[dict[str, Any]] = {"t": 0, "G": 0.0}

    def __init__(
        self,
        params: Params,
        lr: float = 1e-2,
        lr_decay: float = 0.0,
        weight_decay: float = 0.0,
        initial_accumulator_value: float = 0.0,
        eps: float = 1e-10,
    ) -> None:
        super().__init__(
            params,
            lr=lr,
            lr_decay=lr_decay,
            weight_decay=weight_decay,
            initial_accumulator_value=initial_accumulator_value,
            eps=eps,
        )

    @staticmethod
    def update(
        g: Any,
        t: int,
        G: Any,
        *,
        lr: Any,
        lr_decay: Any = 0.0,
        initial_accumulator_value: Any = 0.0,
        eps: Any = 1e-10,
    ) -> tuple[Any, tuple[Any, ...]]:
        """lr' g / (sqrt(G) + eps) with the decayed lr', and t and G."""
        if t == 0:
            G = initial_accumulator_value
        G = G + g * g
        return lr / (1 + t * lr_decay) * g / (root(G) + eps), (t + 1, G)


class AdagradMomentum(Optimizer):
    """Adagrad's step with momentum, as in Hjorth-Jensen's lectures (PyTorch has no such rule).

        G <- G + g ** 2
        v <- momentum v + lr g / (sqrt(G) + eps)
        w <- w - v

    >>> import nn
    >>> w = nn.Parameter(1.0); optimizer = AdagradMomentum([w], lr=0.25, momentum=0.5, eps=0)
    >>> w.grad = 3.0; optimizer.step(); w.item()
    0.75
    """

    initial_state: ClassVar[dict[str, Any]] = {"G": 0.0, "v": 0.0}

    def __init__(
        self,
        params: Params,
        lr: float = 1e-2,
        momentum: float = 0.9,
        weight_decay: float = 0.0,
        eps: float = 1e-10,
    ) -> None:
        super().__init__(params, lr=lr, momentum=momentum, weight_decay=weight_decay, eps=eps)

    @staticmethod
    def update(
        g: Any, G: Any, v: Any, *, lr: Any, momentum: Any, eps: Any = 1e-10
    ) -> tuple[Any, tuple[Any, ...]]:
        """v, and G and v."""
        G = G + g * g
        v = momentum * v + lr * g / (root(G) + eps)
        return v, (G, v)


class RMSprop(Optimizer):
    """The gradient by its root mean square of late.

        s <- alpha s + (1 - alpha) g ** 2
        w <- w - lr g / (sqrt(s) + eps)

    `centered` takes the variance s - a ** 2 for s, with a <- alpha a + (1 - alpha) g. With
    momentum v <- momentum v + g / (sqrt(s) + eps), w <- w - lr v.

    >>> import nn
    >>> w = nn.Parameter(1.0); w.grad = 8.0
    >>> RMSprop([w], lr=0.25, alpha=0.75, eps=0).step(); w.item()
    0.5
    """

    initial_state: ClassVar[dict[str, Any]] = {"s": 0.0, "a": 0.0, "v": 0.0}

    def __init__(
        self,
        params: Params,
        lr: float = 1e-2,
        alpha: float = 0.99,
        eps: float = 1e-8,
        weight_decay: float = 0.0,
        momentum: float = 0.0,
        centered: bool = False,
    ) -> None:
        super().__init__(
            params,
            lr=lr,
            alpha=alpha,
            eps=eps,
            weight_decay=weight_decay,
            momentum=momentum,
            centered=centered,
        )

    @staticmethod
    def update(
        g: Any,
        s: Any,
        a: Any,
        v: Any,
        *,
        lr: Any,
        alpha: Any = 0.99,
        eps: Any = 1e-8,
        momentum: Any = 0.0,
        centered: bool = False,
    ) -> tuple[Any, tuple[Any, ...]]:
        """lr g / (sqrt(s) + eps), and s, a and v."""
        s = alpha * s + (1 - alpha) * (g * g)
        if centered:
            a = alpha * a + (1 - alpha) * g
        scaled = g / (root(s - a * a if centered else s) + eps)
        if is_zero(momentum):
            return lr * scaled, (s, a, v)
        v = momentum * v + scaled
        return lr * v, (s, a, v)


class Adam(Optimizer):
    """Adaptive moment estimation (Kingma and Ba, algorithm 1).

    With t = 1, 2, ... the number of the step,

        m <- beta1 m + (1 - beta1) g
        v <- beta2 v + (1 - beta2) g ** 2
        w <- w - lr (m / (1 - beta1 ** t)) / (sqrt(v / (1 - beta2 ** t)) + eps)

    >>> import nn
    >>> w = nn.Parameter([1.0, 1.0]); w.grad = [3.0, -0.1]
    >>> Adam([w], lr=0.5, eps=0).step(); w.value.round(12)
    array([0.5, 1.5])
    """

    initial_state: ClassVar[dict[str, Any]] = {"t": 0, "m": 0.0, "v": 0.0}

    def __init__(
        self,
        params: Params,
        lr: float = 1e-3,
        betas: tuple[float, float] = (0.9, 0.999),
        eps: float = 1e-8,
        weight_decay: float = 0.0,
    ) -> None:
        super().__init__(params, lr=lr, betas=betas, eps=eps, weight_decay=weight_decay)

    @staticmethod
    def update(
        g: Any, t: int, m: Any, v: Any, *, lr: Any, betas: Any = (0.9, 0.999), eps: Any = 1e-8
    ) -> tuple[Any, tuple[Any, ...]]:
        """lr m' / (sqrt(v') + eps), with the corrected moments m' and v'; and t, m and v."""
        beta1, beta2 = betas
        t = t + 1
        m = beta1 * m + (1 - beta1) * g
        v = beta2 * v + (1 - beta2) * (g * g)
        # The corrections are numbers, so taking them out of the arrays saves two divisions.
        scale = root(v) * (1 - beta2**t) ** -0.5 + eps
        return (lr / (1 - beta1**t)) * m / scale, (t, m, v)


class AdamW(Adam):
    """Adam with the weight decay past the rule: w <- w - lr weight_decay w as well.

    >>> import nn
    >>> w = nn.Parameter(1.0); w.grad = 3.0
    >>> AdamW([w], lr=0.5, eps=0, weight_decay=0.5).step(); w.value.round(12)  # 1 - 0.5 - 0.25
    np.float64(0.25)
    """

    decoupled: ClassVar[bool] = True

    def __init__(
        self,
        params: Params,
        lr: float = 1e-3,
        betas: tuple[float, float] = (0.9, 0.999),
        eps: float = 1e-8,
        weight_decay: float = 1e-2,
    ) -> None:
        super().__init__(params, lr, betas, eps, weight_decay)


def root(s: Any) -> Any:
    """sqrt(s), with s held at the least normal number of its dtype or more.

    At 0, where the gradient was always 0, it has no derivative, but training is to be
    differentiated through; and by rounding a variance may fall below 0.
    """
    return np.sqrt(np.maximum(s, least(getattr(s, "dtype", float))))
