"""Run users' code in processes of its own, with a time limit: the parent's side of `child.py`."""

from __future__ import annotations

import contextlib
import json
import os
import re
import signal
import subprocess
import sys
import threading
import time
from pathlib import Path
from typing import Any, Self

GRACE = 3.0
"""Seconds beyond its time limit for a process to start, and to tell where it hangs."""

KEPT = 1 << 14
"""Bytes of a process's output, the last ones, that are kept."""

LINES, WIDTH = 12, 100
"""How many lines of it are shown, again the last ones, and how much of each."""

DUMP = re.compile(
    r"(Current thread|Thread) 0x|Extension modules: "
    rf'|  File "(<frozen |.*/threading\.py"|{re.escape(str(Path(__file__).parent.parent))}/)'
)
"""Lines of a dump of threads (by `faulthandler`) that are not about the user's code."""


class Children:
    """Processes that run users' code. None is left when the `with` statement ends."""

    def __init__(self, folder: Path, timeout: float) -> None:
        self.folder, self.timeout = folder, timeout
        self.running: set[subprocess.Popen[bytes]] = set()
        self.stopped = False
        self.lock = threading.Lock()

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        with self.lock:
            self.stopped = True
            for process in self.running:
                _kill(process)

    def run(self, task: str, path: str, name: str | None, seed: int = 0) -> dict[str, Any]:
        """Run a task of `child.py` to its end; return its result, with the `seconds` it took.

        If it has none, `error` says why, and `verdict` whether it "crashed" or "timed out".
        """
        file = self.folder / f"{task}-{name}.json"
        arguments = {"task": task, "path": path, "name": name, "seed": seed}
        start = time.perf_counter()
        process = self._start(arguments | {"timeout": self.timeout, "result": str(file)})
        output = _Output(process)
        with contextlib.suppress(subprocess.TimeoutExpired):
            process.wait(self.timeout + GRACE)
        seconds = time.perf_counter() - start
        with self.lock:
            self.running.discard(process)
        _kill(process)  # and what it started and left behind
        status = process.wait()
        output.end()
        result: dict[str, Any]
        if file.exists():
            result = json.loads(file.read_text())
        elif seconds >= self.timeout:
            error = f"it was not done after {self.timeout:g} s"
            result = {"verdict": "timed out", "error": error + output.text()}
        else:
            how = f"was ended by {_signal(-status)}" if status < 0 else f"exited with {status}"
            result = {"error": f"its process {how} before it was done{output.text()}"}
        return {"verdict": "crashed", "seconds": seconds} | result

    def _start(self, task: dict[str, Any]) -> subprocess.Popen[bytes]:
        with self.lock:
            if self.stopped:
                raise InterruptedError("no process is started after the others were ended")
            process = subprocess.Popen(
                [sys.executable, "-m", "autograd_core.testing.child", json.dumps(task)],
                stdin=subprocess.PIPE,  # the child ends when this is closed: when we end
                stdout=subprocess.PIPE,
                stderr=subprocess.STDOUT,
                start_new_session=True,  # a group of its own, with all that it starts
            )
            self.running.add(process)
            return process


def _kill(process: subprocess.Popen[bytes]) -> None:
    if hasattr(os, "killpg"):
        with contextlib.suppress(OSError):
            os.killpg(process.pid, signal.SIGKILL)
    else:
        process.kill()


def _signal(number: int) -> str:
    try:
        return signal.Signals(number).name
    except ValueError:
        return f"signal {number}"


class _Output:
    """Reads what a process prints, however much that is, and keeps the end of it."""

    def __init__(self, process: subprocess.Popen[bytes]) -> None:
        self.process, self.tail = process, b""
        self.thread = threading.Thread(target=self._read, daemon=True)
        self.thread.start()

    def _read(self) -> None:
        assert self.process.stdout is not None
        while block := os.read(self.process.stdout.fileno(), 1 << 16):
            self.tail = (self.tail + block)[-KEPT:]

    def end(self) -> None:
        """Close the pipes; a process that escaped us may hold its end, and is not waited for."""
        assert self.process.stdin is not None
        assert self.process.stdout is not None
        self.process.stdin.close()
        self.thread.join(1.0)
        if not self.thread.is_alive():
            self.process.stdout.close()

    def text(self) -> str:
        """What it printed, to be added to a sentence; of a dump of its threads the user's part."""
        lines = self.tail.decode(errors="replace").splitlines()
        lines = [line[:WIDTH] for line in lines if line and not DUMP.match(line)]
        return ", having printed\n" + "\n".join(lines[-LINES:]) if lines else ""
