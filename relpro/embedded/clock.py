"""The clock of the services, which a test can move.

The services' time decides dates, deadlines and claims. The signing time decides whether a Hawk
header is stale; it is the real time, like the client's, unless `skew` moves it.
"""

import threading
import time
from collections.abc import Callable
from datetime import UTC, datetime


class Clock:
    """The time in milliseconds since 1970 (UTC); safe to read and move from any thread."""

    def __init__(self, wall: Callable[[], float] = time.time) -> None:
        self._wall = wall
        self._lock = threading.Lock()
        self._moved = 0.0
        self._skewed = 0.0

    def now(self) -> int:
        """The services' time, milliseconds."""
        return int((self._wall() + self._moved) * 1000)

    def signing_seconds(self) -> float:
        """The time that Hawk headers are compared with, seconds."""
        return self._wall() + self._skewed

    def advance(self, seconds: float) -> None:
        """Moves the services' time forward.

        Events that are then due happen before the next answer.
        """
        with self._lock:
            self._moved += seconds

    def skew(self, seconds: float) -> None:
        """Moves the time that Hawk headers are compared with."""
        with self._lock:
            self._skewed += seconds


def to_milliseconds(text: str) -> int:
    """The instant in an ISO 8601 text; without a time zone it is local time.

    Raises `ValueError` for anything else, and for a date without a time (queue API, createTask).
    """
    if len(text) < 16 or text[10] not in "Tt ":
        raise ValueError(text)
    instant = datetime.fromisoformat(text).astimezone(UTC)
    return int(instant.replace(microsecond=0).timestamp()) * 1000 + instant.microsecond // 1000


def to_text(milliseconds: int) -> str:
    """An instant in the services' format: UTC, three digits, `Z`."""
    seconds, rest = divmod(milliseconds, 1000)
    instant = datetime.fromtimestamp(seconds, UTC).replace(microsecond=rest * 1000)
    return f"{instant.isoformat(timespec='milliseconds')[:-6]}Z"


def is_date_time(text: str) -> bool:
    """Whether the services accept this text as a date."""
    try:
        to_milliseconds(text)
    except ValueError:
        return False
    return True
