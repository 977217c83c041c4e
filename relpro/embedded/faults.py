"""Takes the faults of a test; gives the one, if any, that affects a call."""

import random
import threading
from collections.abc import Iterable
from typing import Literal

import attrs

#: Types of faults; `before` and `after` say whether the call was carried out.
Kind = Literal[
    "error-before",
    "error-after",
    "reset-before",
    "reset-after",
    "hang-before",
    "hang-after",
    "latency",
    "conflict",
]


def _names(methods: Iterable[str]) -> frozenset[str]:
    return frozenset(methods)


@attrs.frozen
class Fault:
    """A fault in calls of `methods` (API names; none means every method).

    It occurs with `probability`, after `skip` matching calls, at most `times` times. `seconds` is
    the duration of a latency or hang; a hang ends with a reset of the connection.
    """

    kind: Kind
    methods: frozenset[str] = attrs.field(default=(), converter=_names)
    probability: float = 1.0
    times: int | None = None
    skip: int = 0
    seconds: float = 0.0


@attrs.define
class _Armed:
    fault: Fault
    seen: int = 0
    struck: int = 0


class Faults:
    """The active faults; the same seed and the same calls give the same faults."""

    def __init__(self, seed: int = 0) -> None:
        self._random = random.Random(seed)
        self._armed: list[_Armed] = []
        self._lock = threading.Lock()
        self.struck: list[tuple[str, Kind]] = []

    def add(self, *faults: Fault) -> None:
        """Switch faults on."""
        with self._lock:
            self._armed.extend(_Armed(fault) for fault in faults)

    def clear(self) -> None:
        """Switch all faults off."""
        with self._lock:
            self._armed.clear()

    def strike(self, method: str) -> Fault | None:
        """The fault for this call; the first active one wins."""
        if not self._armed:
            return None
        with self._lock:
            for armed in self._armed:
                if self._hits(armed, method):
                    armed.struck += 1
                    self.struck.append((method, armed.fault.kind))
                    return armed.fault
        return None

    def _hits(self, armed: _Armed, method: str) -> bool:
        fault = armed.fault
        if fault.methods and method not in fault.methods:
            return False
        if fault.times is not None and armed.struck >= fault.times:
            return False
        armed.seen += 1
        if armed.seen <= fault.skip:
            return False
        return fault.probability >= 1 or self._random.random() < fault.probability
