"""Takes two calls that need nothing of each other, gives what both give, made at the same time.

Python runs one thread at a time, so the second call runs in a fork of this process. It finds there
all that was made so far, without a copy of it, and only what it gives is sent back.
"""

import os
import signal
import sys
import threading
from collections.abc import Callable
from typing import TYPE_CHECKING, Any, TypeVar

if TYPE_CHECKING:
    from multiprocessing.connection import Connection
    from multiprocessing.process import BaseProcess

#: Tasks of a graph from which on a fork saves more time than it takes.
LARGE = 2000

_Here = TypeVar("_Here")
_There = TypeVar("_There")


def both(
    here: Callable[[], _Here], there: Callable[[], _There], *, size: int
) -> tuple[_Here, _There]:
    """What `here` and `there` give; `size` is the number of tasks that they work on.

    `there` changes nothing, and gives what can be pickled. It runs in this process, after `here`,
    where the work is small, where a second process would not help or cannot be had, and where that
    one failed: so what it raises is raised as ever.
    """
    if size < LARGE or not _helps():
        return here(), there()
    process, answer = _start(there)
    try:
        first = here()
        second = _received(answer)
    finally:
        process.kill()
        process.join()
        answer.close()
    return first, there() if second is None else second[0]


def _helps() -> bool:
    """Whether there is a second processor, and forking is sound: a fork has none of the threads."""
    if sys.platform != "linux" or threading.active_count() > 1:
        return False
    return len(os.sched_getaffinity(0)) > 1


def _start(there: Callable[[], Any]) -> "tuple[BaseProcess, Connection]":
    import multiprocessing  # noqa: PLC0415 - small projects do without

    context = multiprocessing.get_context("fork")
    answer, sender = context.Pipe(duplex=False)
    process = context.Process(target=_send, args=(there, sender), daemon=True)
    process.start()
    sender.close()
    return process, answer


def _send(there: Callable[[], Any], sender: "Connection") -> None:
    """Work in the fork, in silence: whatever goes wrong is gone through again by its parent."""
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    try:
        sender.send((there(),))
    except BaseException:  # noqa: BLE001
        os._exit(1)


def _received(answer: "Connection") -> tuple[Any] | None:
    """What the fork sent; None where it ended without."""
    try:
        given: tuple[Any] = answer.recv()
    except EOFError:
        return None
    return given
