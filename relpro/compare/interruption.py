"""Takes the signals that end a process, gives room to take everything temporary away first."""

import signal
from collections.abc import Iterator
from contextlib import contextmanager
from types import FrameType

_SIGNALS = (signal.SIGINT, signal.SIGTERM, signal.SIGHUP)


class _Ended(SystemExit):
    """What a signal raises, so that no function of a project is said to have raised it."""


@contextmanager
def stopped_by_signals() -> Iterator[None]:
    """A signal to end raises `KeyboardInterrupt` or `SystemExit`; further ones change nothing.

    Signals that the process was started to ignore stay ignored, as under `nohup`.
    """
    before = {one: signal.getsignal(one) for one in _SIGNALS}
    heeded = [one for one in _SIGNALS if before[one] is not signal.SIG_IGN]

    def stop(number: int, _frame: FrameType | None) -> None:
        for one in heeded:
            signal.signal(one, signal.SIG_IGN)
        raise KeyboardInterrupt if number == signal.SIGINT else _Ended(128 + number)

    for one in heeded:
        signal.signal(one, stop)
    try:
        yield
    finally:
        for one in heeded:
            signal.signal(one, before[one] or signal.SIG_DFL)
