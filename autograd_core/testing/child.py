"""The process in which a user's operation is checked: `python -m autograd_core.testing.child`.

The task is a JSON object on the command line, and the result one in a file; what the user's code
prints goes elsewhere and can't get in between. Whatever that code does (hang, crash, leave
processes behind), this process ends with all that it started: at its time limit, and when its
parent is gone.
"""

from __future__ import annotations

import contextlib
import faulthandler
import json
import os
import signal
import sys
import threading
import time
import traceback
from pathlib import Path
from typing import Any

from autograd_core.testing.discovery import find_operation, load, operations_in, settings_for

HERE = Path(__file__).parent


def main() -> None:
    """Do the task, write its result, and end this process and its children."""
    task = json.loads(sys.argv[1])
    faulthandler.enable()  # a crash tells where it was
    # Runs in C, so that it also ends code that never lets another thread run.
    faulthandler.dump_traceback_later(task["timeout"], exit=True)
    _end_with_parent()
    try:
        if task["task"] == "list":
            result: dict[str, Any] = {"operations": names(task["path"], task["name"])}
        else:
            result = check(task["path"], task["name"], task["seed"])
    except BaseException as error:  # sys.exit too is no way out of a check
        result = {"error": describe(error)}
    part = Path(task["result"] + ".part")
    part.write_text(json.dumps(result))
    part.replace(task["result"])  # it is there as a whole or not at all
    sys.stdout.flush()
    end()


def names(path: str, name: str | None) -> list[str]:
    """The names of the operations to check: `name` if it is there, or all."""
    module = load(path)
    if name is None:
        return list(operations_in(module))
    find_operation(module, name)
    return [name]


def check(path: str, name: str, seed: int) -> dict[str, Any]:
    """Check one operation; return what `--json` prints of it."""
    from autograd_core.testing import check_operation

    module = load(path)
    operation = find_operation(module, name)
    settings = {"seed": seed} | settings_for(name, operation, module)
    start = time.perf_counter()
    report = check_operation(operation, **settings, raises=False)
    wrong = "wrong" if report.judged else "not judged"
    verdict = wrong if not report.ok else "inconclusive" if report.inconclusive else "ok"
    return {
        "operation": name,
        "verdict": verdict,
        "cases": int(report.cases),
        "seconds": round(time.perf_counter() - start, 3),
        "faults": [
            {
                "kind": fault.kind,
                "input": None if fault.input is None else int(fault.input),
                "entry": None if fault.entry is None else [int(i) for i in fault.entry],
                "analytic": str(fault.analytic),
                "numeric": str(fault.numeric),
                "error": str(fault.error),
                "message": fault.message,
                "code": fault.code,
            }
            for fault in report.faults
        ],
        "inconclusive": list(report.inconclusive),
        "report": str(report),
    }


def describe(error: BaseException) -> str:
    """The traceback, from where the user's code begins; only the message if none of it is there."""
    frames = traceback.extract_tb(error.__traceback__)
    first = next((i for i, x in enumerate(frames) if not _is_ours(x.filename)), len(frames))
    lines = traceback.format_list(frames[first:]) + traceback.format_exception_only(error)
    return "".join(lines).rstrip()


def _is_ours(file: str) -> bool:
    """Is this the import system, the checker, or the engine (but for its operations)?"""
    return file.startswith("<frozen ") or Path(file).parent in (HERE, HERE.parent)


def _end_with_parent() -> None:
    """End when the pipe that is our standard input is closed, as it is when the parent ends."""
    pipe = os.dup(0)
    null = os.open(os.devnull, os.O_RDONLY)
    os.dup2(null, 0)  # the user's code reads from here
    os.close(null)

    def wait() -> None:
        os.read(pipe, 1)
        end()

    threading.Thread(target=wait, daemon=True).start()


def end() -> None:
    """End this process and those that it started, at once."""
    if hasattr(os, "killpg") and os.getpgrp() == os.getpid():
        with contextlib.suppress(OSError):
            os.killpg(os.getpgrp(), signal.SIGKILL)
    os._exit(0)


if __name__ == "__main__":
    main()
