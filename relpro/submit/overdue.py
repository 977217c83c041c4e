"""Ends calls whose complete answer takes too long.

The timeout of a socket does not end a call if the server sends a byte every few seconds.
"""

import contextlib
import socket
import threading
import time
from collections.abc import Iterator

import attrs

#: The most seconds from the start of a request to the end of its answer.
LONGEST = 300.0

#: Seconds between checks of running calls.
TICK = 1.0


@attrs.define(eq=False)
class Watched:
    """A running call, which may take `seconds`; it has a socket once it is connected."""

    seconds: float
    until: float
    over: socket.socket | None = None
    is_overdue: bool = False


class _Calls(threading.local):
    """The call that this thread makes."""

    current: Watched | None = None


_calls = _Calls()
_lock = threading.Lock()
_under_way: set[Watched] = set()
_watchers: list[threading.Thread] = []


@contextlib.contextmanager
def watched() -> Iterator[Watched]:
    """Within it, this thread makes one call, whose socket is shut down after `LONGEST`."""
    call = Watched(LONGEST, time.monotonic() + LONGEST)
    with _lock:
        if not _watchers:
            _watchers.append(threading.Thread(target=_watch, name="overdue", daemon=True))
            _watchers[0].start()
        _under_way.add(call)
    _calls.current = call
    try:
        yield call
    finally:
        _calls.current = None
        with _lock:
            _under_way.discard(call)


def speaks_over(connection: socket.socket | None) -> None:
    """Set the socket of the call that this thread makes, if it is watched."""
    if _calls.current is not None:
        _calls.current.over = connection


def _watch() -> None:
    while True:
        time.sleep(TICK)
        now = time.monotonic()
        with _lock:
            late = [call for call in _under_way if call.until < now]
            for call in late:
                _end(call)


def _end(call: Watched) -> None:
    call.is_overdue = True
    if call.over is not None:
        with contextlib.suppress(OSError):
            # Not on the TLS socket, which would lose its state while another thread reads.
            socket.socket.shutdown(call.over, socket.SHUT_RDWR)
