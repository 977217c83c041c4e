"""Takes work and its parts, gives the results of the parts, made in two processes.

Python runs one thread at a time, so a fork of this process does some of the parts. It shares all
data made so far without a copy, and only its results are sent back. This process starts with the
first part, the fork with the last, and they work until they meet, so both end at the same time,
however long a part takes.
"""

import os
import signal
import sys
import threading
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import suppress
from mmap import ACCESS_READ, mmap
from typing import BinaryIO, NoReturn, TypeVar

import attrs

#: The minimum number of tasks for which a fork saves time.
LARGE = 2000

_Part = TypeVar("_Part")
_Result = TypeVar("_Result")


def on_two_processors(
    work: Callable[[_Part], _Result], parts: Sequence[_Part], *, size: int
) -> list[_Result]:
    """The results of `work` for the parts, in order; `size` is the number of tasks.

    `work` changes nothing, and its results can be pickled. This process does everything if the work
    is small, or if a second process would not help or is not available. It also repeats what the
    fork failed to deliver, so exceptions are the same as without a fork.
    """
    large = size >= LARGE and len(parts) > 1
    made = _made_by_two(work, parts) if large and _helps() else {}
    return [made[at] if at in made else work(part) for at, part in enumerate(parts)]


def _made_by_two(work: Callable[[_Part], _Result], parts: Sequence[_Part]) -> Mapping[int, _Result]:
    """The results of two processes, by position of the part; incomplete if the fork fails."""
    begun = _Begun.none(len(parts))
    try:
        # Shared memory: through a pipe, the fork could only send while its parent receives.
        shared = os.fdopen(os.memfd_create("relpro"), "w+b")
        process = os.fork()
    except OSError:  # no memory, or no more processes allowed
        return {}
    with shared:
        if not process:
            _send(lambda: {at: work(parts[at]) for at in begun.from_the_end()}, shared)
        try:
            made = {at: work(parts[at]) for at in begun.from_the_start()}
            _wait(process)
        except BaseException:
            _kill(process)
            raise
        return made | _received(shared)


def _helps() -> bool:
    """Whether there is a second processor, and forking is safe: a fork has no other threads."""
    if sys.platform != "linux" or threading.active_count() > 1:
        return False
    return len(os.sched_getaffinity(0)) > 1


@attrs.frozen
class _Begun:
    """How many parts were started, in memory that a fork shares.

    There is no lock. Both processes may start the part at which they meet: it is then made twice,
    with the same result. No part is left out, as each process reads the other's count before it
    starts another part.
    """

    parts: int
    #: The number of parts started from the front; from the end.
    _counts: memoryview

    @classmethod
    def none(cls, parts: int) -> "_Begun":
        return cls(parts, memoryview(mmap(-1, 16)).cast("q"))

    def from_the_start(self) -> Iterator[int]:
        return self._begin(range(self.parts), mine=0, other=1)

    def from_the_end(self) -> Iterator[int]:
        return self._begin(reversed(range(self.parts)), mine=1, other=0)

    def _begin(self, order: Iterator[int] | range, mine: int, other: int) -> Iterator[int]:
        for number, at in enumerate(order):
            if number + self._counts[other] >= self.parts:
                return
            self._counts[mine] = number + 1
            yield at


def _send(work: Callable[[], Mapping[int, object]], shared: BinaryIO) -> NoReturn:
    """Work in the fork, silently: its parent repeats whatever fails."""
    try:
        import pickle  # noqa: PLC0415 - small projects do without

        signal.signal(signal.SIGINT, signal.SIG_IGN)
        pickle.dump(work(), shared, pickle.HIGHEST_PROTOCOL)
        shared.flush()
    finally:
        os._exit(0)


def _wait(process: int) -> None:
    """Wait for a fork; if child processes are ignored, it needs no wait."""
    with suppress(ChildProcessError):
        os.waitpid(process, 0)


def _kill(process: int) -> None:
    with suppress(ProcessLookupError):
        os.kill(process, signal.SIGKILL)
    _wait(process)


def _received(shared: BinaryIO) -> dict[int, _Result]:
    """The results of the fork; nothing if it ended early."""
    import pickle  # noqa: PLC0415

    try:
        with mmap(shared.fileno(), 0, access=ACCESS_READ) as text:
            given: dict[int, _Result] = pickle.loads(text)  # noqa: S301 - our own, just written
    except (ValueError, EOFError, pickle.UnpicklingError):  # no results, or incomplete ones
        return {}
    return given
