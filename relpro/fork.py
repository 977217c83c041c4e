"""Takes work and its parts, gives what comes of each part, made on two processors.

Python runs one thread at a time, so a fork of this process takes over some of the parts. It finds
there all that was made so far, without a copy of it, and only what it gives is sent back. This
process begins with the first part, the fork with the last, and they work until they meet: so both
end at the same time, however much a part takes and whatever else the machine does.
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

#: Tasks of a graph from which on a fork saves more time than it takes.
LARGE = 2000

_Part = TypeVar("_Part")
_Result = TypeVar("_Result")


def on_two_processors(
    work: Callable[[_Part], _Result], parts: Sequence[_Part], *, size: int
) -> list[_Result]:
    """What `work` gives for each of the parts, in their order; `size` is the number of tasks.

    It changes nothing, and gives what can be pickled. All is done in this process where it is
    little, and where a second process would not help or cannot be had. So is, in the end, what the
    fork failed to give: what is raised is what would be raised without.
    """
    large = size >= LARGE and len(parts) > 1
    made = _made_by_two(work, parts) if large and _helps() else {}
    return [made[at] if at in made else work(part) for at, part in enumerate(parts)]


def _made_by_two(work: Callable[[_Part], _Result], parts: Sequence[_Part]) -> Mapping[int, _Result]:
    """What two processes make of the parts, by position; less than all where the fork fails."""
    begun = _Begun.none(len(parts))
    try:
        # Memory that both have: into a pipe, the fork could only send while its parent receives.
        shared = os.fdopen(os.memfd_create("relpro"), "w+b")
        process = os.fork()
    except OSError:  # there is no room, or no more processes are allowed
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
    """Whether there is a second processor, and forking is sound: a fork has none of the threads."""
    if sys.platform != "linux" or threading.active_count() > 1:
        return False
    return len(os.sched_getaffinity(0)) > 1


@attrs.frozen
class _Begun:
    """What was begun of so many parts, in memory that a fork shares.

    There is no lock. Both may begin the part at which they meet: then it is made twice, and is the
    same. None is left out, as each looks at what the other has begun before it begins another.
    """

    parts: int
    #: How many from the start; how many from the end.
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
    """Work in the fork, in silence: whatever goes wrong is gone through again by its parent."""
    try:
        import pickle  # noqa: PLC0415 - small projects do without

        signal.signal(signal.SIGINT, signal.SIG_IGN)
        pickle.dump(work(), shared, pickle.HIGHEST_PROTOCOL)
        shared.flush()
    finally:
        os._exit(0)


def _wait(process: int) -> None:
    """Wait for a fork; where this process is not to be told of its end, it is gone by itself."""
    with suppress(ChildProcessError):
        os.waitpid(process, 0)


def _kill(process: int) -> None:
    with suppress(ProcessLookupError):
        os.kill(process, signal.SIGKILL)
    _wait(process)


def _received(shared: BinaryIO) -> dict[int, _Result]:
    """What the fork gave; nothing where it ended before."""
    import pickle  # noqa: PLC0415

    try:
        with mmap(shared.fileno(), 0, access=ACCESS_READ) as text:
            given: dict[int, _Result] = pickle.loads(text)  # noqa: S301 - our own, just written
    except (ValueError, EOFError, pickle.UnpicklingError):  # nothing, or not all
        return {}
    return given
