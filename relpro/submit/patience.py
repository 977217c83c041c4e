"""Takes a call that can fail for a while, decides when to retry and when to give up."""

import random
import time
from collections.abc import Callable

import attrs

#: Seconds for which a failing call is retried: an outage of five minutes, with room to spare.
OUTAGE = 400.0

#: The same while somebody waits at a terminal.
MOMENT = 5.0

_FIRST, _LONGEST = 0.1, 30.0


@attrs.frozen
class Patience:
    """How long to retry, and the clock; in seconds.

    The pause doubles from a tenth of a second to half a minute, varied by a quarter, so that
    callers that failed together do not retry together. `chance` returns a number from 0 to 1.
    """

    seconds: float = OUTAGE
    sleep: Callable[[float], None] = time.sleep
    monotonic: Callable[[], float] = time.monotonic
    chance: Callable[[], float] = random.random

    def pause(self, failures: int) -> float:
        """Seconds to wait after that many failures (from 1) in a row."""
        length = min(_FIRST * 2.0 ** min(failures - 1, 20), _LONGEST)
        return length * (0.75 + self.chance() / 2)
