"""The schedulers: what is subtracted from a parameter, by the rules of `nn.optim`."""

from __future__ import annotations

from abc import ABC, abstractmethod
from typing import Any

from nn import optim

EPSILON = 1e-8


class Scheduler(ABC):
    """The virtual parent of schedulers, each of which belongs to one parameter.

    `update_change(gradient)` returns what is to be subtracted from the parameter; `reset()`
    forgets what came before.
    """

    def __init__(self, eta: float) -> None:
        self.eta = eta

    @abstractmethod
    def update_change(self, gradient: Any) -> Any:
        """What is to be subtracted from the parameter that has this gradient."""

    @abstractmethod
    def reset(self) -> None:
        """Forget what came before."""


class RuleScheduler(Scheduler):
    """The virtual parent of schedulers that follow a rule of `nn.optim`."""

    rule: type[optim.Optimizer]

    def __init__(self, eta: float) -> None:
        super().__init__(eta)
        self.start()

    def start(self) -> None:
        """Forget all gradients."""
        self.state = tuple(self.rule.initial_state.values())

    def reset(self) -> None:
        """Forget all gradients."""
        self.start()

    def options(self) -> dict[str, Any]:
        """The hyper-parameters of the rule besides the learning rate eta."""
        return {}

    def update_change(self, gradient: Any) -> Any:
        """What is to be subtracted from the parameter that has this gradient."""
        change, self.state = self.rule.update(gradient, *self.state, lr=self.eta, **self.options())
        return change


class Constant(RuleScheduler):
    """eta g: gradient descent with a constant learning rate.

    >>> Constant(eta=0.5).update_change(3.0)
    1.5
    """

    rule = optim.SGD

    def reset(self) -> None:
        """There is nothing to forget."""


class Momentum(RuleScheduler):
    """change <- momentum change + eta g.

    >>> momentum = Momentum(eta=0.5, momentum=0.5)
    >>> momentum.update_change(1.0), momentum.update_change(1.0)
    (0.5, 0.75)
    """

    rule = optim.Momentum

    def __init__(self, eta: float, momentum: float) -> None:
        super().__init__(eta)
        self.momentum = momentum

    def options(self) -> dict[str, Any]:
        """The momentum."""
        return {"momentum": self.momentum}

    def reset(self) -> None:
        """Nothing: the momentum is kept, as in the lectures."""


class Adagrad(RuleScheduler):
    """G <- G + g ** 2; eta g / (sqrt(G) + 1e-8), entry by entry.

    >>> import numpy as np
    >>> Adagrad(eta=0.5).update_change(np.array([3.0, -0.1])).round(6)
    array([ 0.5, -0.5])
    """

    rule = optim.Adagrad

    def options(self) -> dict[str, Any]:
        """Epsilon."""
        return {"eps": EPSILON}


class AdagradMomentum(RuleScheduler):
    """G <- G + g ** 2; change <- momentum change + eta g / (sqrt(G) + 1e-8).

    >>> import numpy as np
    >>> scheduler = AdagradMomentum(eta=0.5, momentum=0.9)
    >>> scheduler.update_change(np.array([3.0, -0.1])).round(6)
    array([ 0.5, -0.5])
    """

    rule = optim.AdagradMomentum

    def __init__(self, eta: float, momentum: float) -> None:
        super().__init__(eta)
        self.momentum = momentum

    def options(self) -> dict[str, Any]:
        """The momentum and epsilon."""
        return {"momentum": self.momentum, "eps": EPSILON}

    def reset(self) -> None:
        """G = 0; the momentum is kept, as in the lectures."""
        self.state = (0.0, self.state[1])


class RMSprop(RuleScheduler):
    """s <- rho s + (1 - rho) g ** 2; eta g / (sqrt(s) + 1e-8).

    >>> import numpy as np
    >>> RMSprop(eta=0.5, rho=0.75).update_change(np.array([3.0, -0.1])).round(6)
    array([ 1., -1.])
    """

    rule = optim.RMSprop

    def __init__(self, eta: float, rho: float) -> None:
        super().__init__(eta)
        self.rho = rho

    def options(self) -> dict[str, Any]:
        """rho and epsilon."""
        return {"alpha": self.rho, "eps": EPSILON}


RMS_prop = RMSprop
"""The name in the published code."""


class Adam(RuleScheduler):
    """Adaptive moment estimation: `nn.optim.Adam` with betas (rho, rho2).

    >>> import numpy as np
    >>> Adam(eta=0.5, rho=0.9, rho2=0.999).update_change(np.array([3.0, -0.1])).round(6)
    array([ 0.5, -0.5])
    """

    rule = optim.Adam

    def __init__(self, eta: float, rho: float, rho2: float) -> None:
        super().__init__(eta)
        self.rho, self.rho2 = rho, rho2

    def options(self) -> dict[str, Any]:
        """rho, rho2 and epsilon."""
        return {"betas": (self.rho, self.rho2), "eps": EPSILON}
