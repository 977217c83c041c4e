"""Takes a command, runs it to its end or until its time is over, with its output in a file.

No process of a command that is kept `apart` outlives it, if the system supports that: on Linux, it
has a process namespace of its own, in which it is not root, as tasks of generic-worker never are.
"""

import os
import signal
import subprocess
import threading
import time
from functools import cache
from typing import BinaryIO

import attrs

from relpro.workers.box import Start

#: Seconds between the request to end and the kill.
GRACE = 2.0

#: The user of commands if the worker is root, similar to `nobody`; files stay the worker's.
_ORDINARY = 1000

#: Seconds between checks of a running command.
_TICK = 0.05


class Halt:
    """A request to end a run early; the first reason counts."""

    def __init__(self) -> None:
        """Begin without a reason."""
        self._lock = threading.Lock()
        self.reason = ""

    def ask(self, reason: str) -> None:
        """Request the end of the run, from any thread."""
        with self._lock:
            self.reason = self.reason or reason


@attrs.frozen
class Ended:
    """The end of a command: its exit status, or 128 and the number of a signal.

    `late` means that its time was over, so that it was stopped, as after a halt.
    """

    status: int
    late: bool = False


def run(start: Start, *, log: BinaryIO, deadline: float, halt: Halt) -> Ended:
    """Run a command until it ends, until `deadline` (monotonic seconds), or until a `halt`.

    Its output is written to `log`. Raises `OSError` where it cannot start.
    """
    process = subprocess.Popen(
        start.words,
        cwd=start.folder,
        env=start.env,
        stdin=subprocess.DEVNULL,
        stdout=log,
        stderr=subprocess.STDOUT,
        start_new_session=True,
    )
    late = False
    try:
        while (status := _within(process, _TICK)) is None and not (late or halt.reason):
            late = time.monotonic() >= deadline
        if status is None:
            _signal(process, signal.SIGTERM)
            status = _within(process, GRACE)
    finally:
        _signal(process, signal.SIGKILL)
    status = process.wait() if status is None else status
    return Ended(status if status >= 0 else 128 - status, late)


def _within(process: "subprocess.Popen[bytes]", seconds: float) -> int | None:
    try:
        return process.wait(timeout=seconds)
    except subprocess.TimeoutExpired:
        return None


def _signal(process: "subprocess.Popen[bytes]", number: int) -> None:
    """Send a signal to a command and the processes in its session."""
    try:
        os.killpg(process.pid, number)
    except (ProcessLookupError, PermissionError):  # all have ended
        return


@cache
def apart() -> tuple[str, ...]:
    """The words that give a command its own namespaces; none if the system has no namespaces.

    If the system supports it, the command ends with the thread that starts it, even if the worker
    is killed.
    """
    uid = os.getuid() or _ORDINARY
    gid = os.getgid() or _ORDINARY
    words = ["unshare", "--user", "--pid", "--fork", "--kill-child", "--mount-proc"]
    words += [f"--map-user={uid}", f"--map-group={gid}", "--"]
    for tried in (("setpriv", "--pdeathsig", "KILL", *words), tuple(words)):
        if _works(tried):
            return tried
    return ()


def _works(words: tuple[str, ...]) -> bool:
    try:
        tried = subprocess.run([*words, "true"], capture_output=True, timeout=10, check=False)
    except (OSError, subprocess.TimeoutExpired):
        return False
    return tried.returncode == 0
