"""Takes both tools, gives how fast each creates the same tasks on a queue of some latency."""

import json
import statistics
import subprocess
from collections.abc import Iterator
from contextlib import contextmanager
from urllib.request import urlopen

import attrs

from tests.performance.environment import ROOT, Tools

LATENCY = 0.02


@attrs.frozen
class Submission:
    """How one tool did: tasks a second of each run, and connections that it opened at most."""

    name: str
    tasks: int
    rates: tuple[float, ...]
    connections: int

    @property
    def rate(self) -> float:
        """Median of the tasks a second."""
        return statistics.median(self.rates)


def faster(ours: Submission, peer: Submission) -> float:
    """By how much one submits faster than the other: the median of the ratios, pair by pair."""
    return statistics.median(a / b for a, b in zip(ours.rates, peer.rates, strict=True))


def submissions(tools: Tools, tasks: int, runs: int) -> tuple[Submission, Submission]:
    """Ours and the peer's, in turn against one queue."""
    programs = (
        ("relpro", tools.python, "tests.performance.submit_ours"),
        ("taskgraph", tools.peer_python, "tests.performance.submit_peer"),
    )
    with _queue(tools) as url:
        rounds = [[_submit(url, tasks, *words[1:]) for words in programs] for _ in range(runs)]
    ours, peer = (
        Submission(
            name,
            tasks,
            tuple(tasks / one[at][0] for one in rounds),
            max(one[at][1] for one in rounds),
        )
        for at, (name, _, _) in enumerate(programs)
    )
    return ours, peer


def _submit(url: str, tasks: int, python: str, module: str) -> tuple[float, int]:
    """Seconds, and connections opened."""
    said = subprocess.run(
        [python, "-m", module, url, str(tasks)], cwd=ROOT, check=True, capture_output=True
    )
    with urlopen(f"{url}/count") as reply:
        count = json.load(reply)
    assert count["created"] == tasks, count
    return float(said.stdout), count["connections"]


@contextmanager
def _queue(tools: Tools) -> Iterator[str]:
    """The address of a queue that runs beside."""
    argv = [tools.python, "-m", "tests.performance.fake_queue", "--latency", str(LATENCY)]
    with subprocess.Popen(argv, cwd=ROOT, stdout=subprocess.PIPE, text=True) as queue:
        assert queue.stdout is not None
        try:
            yield queue.stdout.readline().strip()
        finally:
            queue.terminate()
