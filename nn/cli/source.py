"""What a model is trained on, as the command line names it and a model file remembers it."""

from __future__ import annotations

from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any, Literal
from zlib import crc32

import numpy as np

from nn.cli.options import UsageError
from nn.data import NAMES, Split, column_names, load, load_csv
from nn.data.csv import Task


@dataclass(frozen=True)
class Source:
    """A built-in data set by its name, or a CSV file and how it is read; split by `seed`."""

    data: str
    seed: int = 0
    target: str | None = None
    task: Task = "auto"
    ignore: tuple[str, ...] | list[str] = ()
    categorical: tuple[str, ...] | list[str] = ()
    missing: Literal["error", "drop"] = "error"
    separator: str = ","

    @property
    def is_file(self) -> bool:
        """Whether the data are in a CSV file."""
        return self.data not in NAMES

    def load(self) -> Split:
        """The data, split and scaled. UsageError if there are none, or they can't be read."""
        options = asdict(self)
        del options["data"], options["seed"]
        if not self.is_file:
            for name, value in options.items():
                if value != getattr(Source(""), name) and value != []:
                    raise UsageError(
                        f"--{name} is for CSV files, but {self.data} is a built-in data set"
                    )
            return load(self.data, self.seed, dtype=np.float32)
        if not Path(self.data).exists():
            raise UsageError(
                f"there is no data set {self.data!r}; there are {', '.join(NAMES)}, and CSV "
                f"files, but no such file"
            )
        try:
            if self.target is None:
                names = column_names(self.data, self.separator)
                raise UsageError(
                    f"--target must name the column of {self.data} that is to be predicted: one "
                    f"of {', '.join(names)}"
                )
            return load_csv(self.data, seed=self.seed, dtype=np.float32, **options)
        except ValueError as error:
            raise UsageError(str(error)) from error

    def checksum(self) -> int | None:
        """That of the file's bytes, which tells whether it is still the same."""
        return crc32(Path(self.data).read_bytes()) if self.is_file else None

    def remembered(self) -> dict[str, Any]:
        """What a model file keeps: `Source(**kept)` is the same, if the checksum still is."""
        return asdict(self) | {"checksum": self.checksum()}
