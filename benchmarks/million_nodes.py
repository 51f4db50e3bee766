"""A chain of a million scalar operations: built, run backward, freed.

    python benchmarks/million_nodes.py [--operations 1000000] [--rounds 3]

Prints the seconds (medians) and the bytes an operation that the process has grown by, for the
engine and, where it is installed, PyTorch, which take turns.
"""

from __future__ import annotations

import argparse
import gc
import itertools
import statistics
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

import autograd_core as ag

CHAINS: dict[str, Callable[[Any, Any], Any]] = {
    "y + 1.0": lambda y, x: y + 1.0,
    "y + x": lambda y, x: y + x,
    "y * x": lambda y, x: y * x,
    "-y": lambda y, x: -y,
}


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.partition("\n")[0])
    parser.add_argument("--operations", type=int, default=1_000_000)
    parser.add_argument("--rounds", type=int, default=3)
    options = parser.parse_args()
    starts: dict[str, Callable[[], Any]] = {"autograd_core": lambda: ag.InitialNode(0.999999)}
    try:
        import torch

        starts["PyTorch"] = lambda: torch.tensor(0.999999, dtype=torch.float64, requires_grad=True)
    except ImportError:
        print("PyTorch is not installed: left out")
    print(f"{'chain':8s} {'engine':14s}  build  backward   free  total (s)  bytes an operation")
    for chain, operate in CHAINS.items():
        runs: dict[str, list[tuple[float, ...]]] = {name: [] for name in starts}
        for _ in range(options.rounds):
            for name, start in starts.items():
                runs[name].append(run(start(), operate, options.operations))
        for name, figures in runs.items():
            build, backward, free, total, size = (
                statistics.median(column) for column in zip(*figures, strict=True)
            )
            print(
                f"{chain:8s} {name:14s} {build:6.2f} {backward:9.2f} {free:6.2f} {total:10.2f}"
                f" {size:19.0f}"
            )


def run(x: Any, operate: Callable[[Any, Any], Any], n: int) -> tuple[float, ...]:
    gc.collect()
    memory = resident_bytes()
    times = [time.perf_counter()]
    y = x
    for _ in range(n):
        y = operate(y, x)
    times.append(time.perf_counter())
    size = (resident_bytes() - memory) / n
    y.backward()
    times.append(time.perf_counter())
    del y
    times.append(time.perf_counter())
    build, backward, free = (b - a for a, b in itertools.pairwise(times))
    return build, backward, free, build + backward + free, size


def resident_bytes() -> int:
    """The memory of this process; 0 where the system does not tell."""
    try:
        return int(Path("/proc/self/statm").read_text().split()[1]) * 4096
    except OSError:
        return 0


if __name__ == "__main__":
    main()
