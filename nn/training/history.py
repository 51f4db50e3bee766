"""What happened in a training, epoch by epoch."""

from __future__ import annotations

from typing import Any


class History(dict[str, list[Any]]):
    """A plain list for each of these, with one entry an epoch:

    - "loss": the mean over the epoch's batches, as they were trained on ("val_loss": that on
      the validation data after the epoch);
    - each metric, on the training data after the epoch ("val_...": on the validation data);
    - "lr": the learning rate of the epoch's last step (of the first parameter group);
    - "seconds": how long the epoch took.

    `stopped` says why the training ended before its last epoch: "interrupted", or the reason of
    the callback that stopped it; else it is "".

    >>> history = History(loss=[2.0, 1.0])
    >>> history["loss"][-1], history.epochs
    (1.0, 2)
    """

    stopped: str = ""

    @property
    def epochs(self) -> int:
        """The number of epochs that are complete."""
        return len(self.get("loss", []))

    def add(self, values: dict[str, Any]) -> None:
        """Append the values of one epoch."""
        for name, value in values.items():
            self.setdefault(name, []).append(value)
