"""Gradient checkers side by side, on the catalogue of operations in the tests.

`check_operation` and `gradcheck` of `autograd_core.testing`, PyTorch's `gradcheck`, the
`check_grads` of JAX and of HIPS autograd, and the central difference of textbooks are asked
about the same operations at the same inputs. Checkers that are not installed are left out.

    pip install torch jax autograd
    python -m benchmarks.gradient_checkers [--checkers ours,torch] [--inputs 20] [--every 1]

docs/gradient_checkers.md says what the columns of the table mean, and has the table of a run.
"""

from __future__ import annotations

import argparse
import time
from collections import Counter
from dataclasses import dataclass, field, replace
from typing import Any

from autograd_core.testing import check_operation
from autograd_core.testing.subjects import quiet
from benchmarks.checkers.inputs import RIGHT, Inputs, inputs_of, parent
from benchmarks.checkers.peers import CHECKERS, Checker
from benchmarks.checkers.wrapped import Wrapped
from tests.autograd_core.testing.catalogue import FAULTS, WRONG, Entry


def verdict(checker: Checker, entry: Entry, order: int = 1) -> str:
    """ "passed", "objected", or "not run": the checker failed, not the operation."""
    try:
        op = Wrapped(entry)
    except (ValueError, TypeError):
        return "objected"  # the operation itself fails, whoever asks
    try:
        return "passed" if checker(op, order) else "objected"
    except Exception:
        return "objected" if op.error is not None else "not run"


@dataclass
class Row:
    name: str
    counts: Counter[str] = field(default_factory=Counter)
    classes: Counter[str] = field(default_factory=Counter)
    seconds: float = 0.0
    missed: list[str] = field(default_factory=list)
    alarms: list[str] = field(default_factory=list)


def at_points(name: str, checker: Checker, wrong: list[Inputs], right: list[Inputs]) -> Row:
    """A checker that looks at one input at a time."""
    row = Row(name)

    def objects(entry: Entry, order: int = 1) -> bool:
        result = verdict(checker, entry, order)
        row.counts[result] += 1
        return result == "objected"

    for inputs in wrong:
        if inputs.entry.fault == "second order":
            stages = [("second order", [inputs.entry])]
        else:
            stages = [("one", inputs.ordinary), ("shapes", inputs.shapes)]
            stages.append(("trigger", [inputs.entry]))
        order = 2 if inputs.entry.fault == "second order" else 1
        for stage, entries in stages:
            at = next((entry for entry in entries if objects(entry, order)), None)
            if at is not None:
                row.counts[stage] += 1
                row.classes[inputs.entry.fault] += 1
                origin = parent(inputs.entry)
                told = origin is None or not objects(replace(at, operation=origin.operation), order)
                row.counts["told apart"] += told
                break
        else:
            row.missed.append(inputs.entry.name)
    for inputs in right:
        start = time.process_time()
        alarms = sum(objects(entry) for entry in inputs.ordinary + inputs.shapes)
        row.seconds += time.process_time() - start
        row.counts["ordinary alarms"] += alarms
        wide = sum(objects(entry) for entry in inputs.magnitudes)
        row.counts["wide alarms"] += wide
        row.alarms += [inputs.entry.name] if alarms + wide else []
    return row


def at_all(wrong: list[Inputs], right: list[Inputs], seed: int) -> Row:
    """`check_operation`, which chooses its inputs by itself."""
    row = Row("`check_operation`")
    for inputs in wrong + right:
        entry = inputs.entry
        start = time.process_time()
        report = check_operation(entry.operation, **entry.kwargs, seed=seed, raises=False)
        if entry.fault and not report.ok:
            row.counts["second order" if entry.fault == "second order" else "all"] += 1
            row.classes[entry.fault] += 1
        elif entry.fault:
            row.missed.append(entry.name)
        else:
            row.seconds += time.process_time() - start
            row.counts["cases"] += report.cases
            row.alarms += [entry.name] if not report.ok else []
    return row


HEADER = (
    "checker", "one ordinary input", "many shapes", "with the trigger", "right one passes there",
    "second order", "false alarms, ordinary", "false alarms, all magnitudes", "not run",
    "CPU seconds an operation",
)  # fmt: skip


def table_row(cells: Any) -> str:
    return "| " + " | ".join(str(cell) for cell in cells) + " |"


def cells(row: Row, wrong: list[Inputs], right: list[Inputs]) -> list[Any]:
    c = row.counts
    seconds = f"{row.seconds / max(1, len(right)):.3f}"
    second = f"{c['second order']} of {sum(i.entry.fault == 'second order' for i in wrong)}"
    first = sum(i.entry.fault != "second order" for i in wrong)
    if "cases" in c:
        alarms = f"{len(row.alarms)} of {len(right)} operations"
        return [row.name, "-", "-", f"{c['all']} of {first} (without it)", "-", second,
                alarms, alarms, "0", seconds]  # fmt: skip
    caught = c["one"], c["one"] + c["shapes"], c["one"] + c["shapes"] + c["trigger"]
    ordinary = sum(len(i.ordinary) + len(i.shapes) for i in right)
    wide = sum(len(i.magnitudes) for i in right)
    return [
        row.name, *(f"{n} of {first}" for n in caught), c["told apart"], second,
        f"{c['ordinary alarms']} of {ordinary}", f"{c['wide alarms']} of {wide}", c["not run"],
        seconds,
    ]  # fmt: skip


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.partition("\n")[0])
    names = ["check_operation", *CHECKERS]
    parser.add_argument("--checkers", default=",".join(names), help="some of these, with commas")
    parser.add_argument("--inputs", type=int, default=20, help="of all magnitudes, an operation")
    parser.add_argument("--every", type=int, default=1, help="a sample: every n-th operation")
    parser.add_argument("--seed", type=int, default=0)
    options = parser.parse_args()
    with quiet():
        wrong = [inputs_of(entry, options.seed, 0) for entry in WRONG[:: options.every]]
        right = [inputs_of(e, options.seed, options.inputs) for e in RIGHT[:: options.every]]
        print(f"{len(wrong)} wrong operations, {len(right)} right ones\n")
        print(table_row(HEADER), table_row(["---"] * len(HEADER)), sep="\n", flush=True)
        rows, left_out = [], []
        for name in options.checkers.split(","):
            if name == "check_operation":
                rows.append(at_all(wrong, right, options.seed))
            else:
                title, make = CHECKERS[name]
                try:
                    checker = make()
                except ImportError as error:
                    left_out.append(f"{title} is left out: {error}")
                    continue
                rows.append(at_points(title, checker, wrong, right))
            print(table_row(cells(rows[-1], wrong, right)), flush=True)
    print("", *left_out, "", sep="\n")
    total = Counter(inputs.entry.fault for inputs in wrong)
    print(table_row(["class of faults", "operations", *(row.name for row in rows)]))
    print(table_row(["---"] * (len(rows) + 2)))
    for fault in FAULTS:
        print(table_row([fault, total[fault], *(row.classes[fault] for row in rows)]))
    for row in rows:
        print(f"\n{row.name} misses: {', '.join(row.missed) or 'none'}")
        print(f"{row.name} objects to the right: {', '.join(row.alarms) or 'none'}")


if __name__ == "__main__":
    main()
