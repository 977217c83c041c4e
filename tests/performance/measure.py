"""Takes commands, gives what whole processes of them cost: wall clock, processor time, memory.

Commands that are compared run in turn, A B A B, so that a busy machine is busy for all of them;
ratios are made pair by pair. Linux starts the memory mark of a child at its parent's, so whoever
measures must stay small: graphs are read by children only.
"""

import math
import os
import statistics
import subprocess
import tempfile
import time
from collections.abc import Callable, Iterable, Mapping, Sequence
from pathlib import Path

import attrs


@attrs.frozen
class Command:
    """What is run, and where. `environment` comes on top of the present one."""

    name: str
    argv: tuple[str, ...]
    folder: Path = Path()
    environment: Mapping[str, str] = attrs.Factory(dict)


@attrs.frozen
class Run:
    """What one process and its children cost: seconds, seconds, and MiB of the largest."""

    wall: float
    cpu: float
    peak: float


@attrs.frozen
class Series:
    """The runs of one command, in order."""

    name: str
    runs: tuple[Run, ...]

    @property
    def wall(self) -> float:
        """Median of the seconds on the wall."""
        return statistics.median(run.wall for run in self.runs)

    @property
    def cpu(self) -> float:
        """Median of the seconds of all processors."""
        return statistics.median(run.cpu for run in self.runs)

    @property
    def peak(self) -> float:
        """Median of the largest memory, in MiB."""
        return statistics.median(run.peak for run in self.runs)


class FailedError(Exception):
    """A command that is measured failed; there is nothing to compare."""


def run(command: Command) -> Run:
    """Run a command to its end. Raises `FailedError` with the end of what it said."""
    with tempfile.TemporaryFile() as said:
        start = time.perf_counter()
        child = subprocess.Popen(
            command.argv,
            cwd=command.folder,
            env={**os.environ, **command.environment},
            stdin=subprocess.DEVNULL,
            stdout=subprocess.DEVNULL,
            stderr=said,
        )
        _, status, usage = os.wait4(child.pid, 0)
        wall = time.perf_counter() - start
        child.returncode = os.waitstatus_to_exitcode(status)
        if child.returncode:
            said.seek(0)
            end = said.read()[-2000:].decode(errors="replace")
            raise FailedError(f"{' '.join(command.argv)} gave {child.returncode}:\n{end}")
    return Run(wall, usage.ru_utime + usage.ru_stime, usage.ru_maxrss / 1024)


def interleave(commands: Sequence[Command], runs: int) -> tuple[Series, ...]:
    """Each command `runs` times, in turn."""
    rounds = [[run(command) for command in commands] for _ in range(runs)]
    return tuple(
        Series(command.name, tuple(one[at] for one in rounds))
        for at, command in enumerate(commands)
    )


def wall(run: Run) -> float:
    """Seconds on the wall: what people wait for."""
    return run.wall


def cpu(run: Run) -> float:
    """Seconds of processors: what hardly changes on a busy machine."""
    return run.cpu


def peak(run: Run) -> float:
    """MiB at most."""
    return run.peak


def ratio(over: Series, under: Series, cost: Callable[[Run], float] = wall) -> float:
    """The median of what a run of `over` costs for what its neighbour of `under` costs."""
    pairs = zip(over.runs, under.runs, strict=True)
    return statistics.median(cost(one) / cost(other) for one, other in pairs)


def exponent(points: Iterable[tuple[float, float]]) -> float:
    """The power with which cost grows with size: the slope of a straight line through the logs.

    `points` are (size, cost), at least two sizes.
    """
    logs = [(math.log(size), math.log(cost)) for size, cost in points]
    return statistics.linear_regression(*zip(*logs, strict=True)).slope
