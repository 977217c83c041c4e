"""Takes the signals that end a process, lets it remove temporary files first."""

import signal
from collections.abc import Iterator
from contextlib import contextmanager
from types import FrameType

_SIGNALS = (signal.SIGINT, signal.SIGTERM, signal.SIGHUP)


class _Ended(SystemExit):
    """The exception of a signal; it is never attributed to a function of a project."""


@contextmanager
def stopped_by_signals() -> Iterator[None]:
    """Within it, a signal raises `KeyboardInterrupt` or `SystemExit`; further signals do nothing.

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
