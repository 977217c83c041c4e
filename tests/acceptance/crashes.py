"""Submissions that are killed at one request and then run again."""

import os
import pickle
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Literal

import attrs

from relpro.embedded import EmbeddedTaskcluster, Fault, Settings
from relpro.embedded.faults import Kind
from relpro.submit.submission import Submission, submit
from tests.acceptance.checkout import ROOT
from tests.acceptance.intentions import CREATOR, Intention, prepare
from tests.submit.graphs import now_of, queue_of

#: Seconds that a call is kept waiting, while its caller is killed.
_LONG = 600.0

#: Whether the process dies before the request is carried out, or after.
Moment = Literal["before", "after"]

HOLDING: Mapping[Moment, Kind] = {"before": "hang-before", "after": "hang-after"}


@attrs.frozen
class Crashing:
    """An intention in a file, from which processes submit it."""

    intention: Intention
    file: Path

    @classmethod
    def of(cls, intention: Intention, folder: Path) -> "Crashing":
        """Write the intention into a folder."""
        file = folder / "intended.pickle"
        file.write_bytes(pickle.dumps(intention.tasks))
        return cls(intention, file)

    @property
    def requests(self) -> int:
        """How many requests an undisturbed submission makes: one for each task, and these:

        what exists (a thousand tasks at a time), and what the caller may do.
        """
        count = len(self.intention.tasks)
        return -(-count // 1000) + 1 + count

    def survives(self, point: int, moment: Moment) -> int:
        """Kill a submission at a request (from 0), and run it again two hours later.

        Gives how many tasks the first run has created.
        """
        with EmbeddedTaskcluster(settings=Settings.at_once()) as service:
            prepare(service, self.intention)
            self.kill_at(service, point, moment)
            reached = len(made(service))
            check_unfinished(service, self.intention)
            service.clock.advance(2 * 3600)
            done = submit(queue_of(service), self.intention.tasks, now=now_of(service))
            check_finished(service, self.intention, done, reached)
            return reached

    def kill_at(self, service: EmbeddedTaskcluster, point: int, moment: Moment) -> None:
        """Submit in a process that is killed when its request `point` is under way."""
        holding = Fault(HOLDING[moment], skip=point, seconds=_LONG)
        kill_when_held(service, holding, lambda: self._start(service))

    def _start(self, service: EmbeddedTaskcluster) -> "subprocess.Popen[str]":
        seconds = str(now_of(service).timestamp())
        return subprocess.Popen(
            [sys.executable, "-m", "tests.acceptance.submitter", str(self.file), seconds],
            cwd=ROOT,
            env={**os.environ, **service.environment()},
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            text=True,
        )


def kill_when_held(
    service: EmbeddedTaskcluster, holding: Fault, start: Callable[[], "subprocess.Popen[str]"]
) -> None:
    """Start a process, and kill it as soon as one of its calls meets the fault."""
    service.faults.add(holding)
    before = len(service.faults.struck)
    process = start()
    while len(service.faults.struck) == before and process.poll() is None:
        time.sleep(0.001)
    process.kill()
    out, err = process.communicate()
    assert process.returncode == -signal.SIGKILL, (out, err)
    # What it had sent is still on its way to the service, and must meet the fault as well.
    met = -1
    while met != len(service.faults.struck):
        met = len(service.faults.struck)
        time.sleep(0.1)
    service.faults.clear()


def made(service: EmbeddedTaskcluster, group: str = CREATOR) -> dict[str, str]:
    """Task id -> state of what a submission has created in a group."""
    return {key: state for key, state in service.states(group).items() if key != group}


def check_unfinished(service: EmbeddedTaskcluster, intention: Intention) -> None:
    """What was killed has created only what it should, and nothing of it starts."""
    there = made(service)
    assert there.keys() <= intention.ids
    assert set(there.values()) <= {"unscheduled"}


def check_finished(
    service: EmbeddedTaskcluster, intention: Intention, done: Submission, reached: int
) -> None:
    """The second run has created exactly the rest; everything starts once its maker is done."""
    there = made(service)
    assert there.keys() == intention.ids
    assert set(there.values()) == {"unscheduled"}
    # Requests that were under way may be carried out after their caller has died.
    assert len(done.existing) >= reached
    assert len(done.existing) + len(done.created) == len(there)
    labels = [task["metadata"]["name"] for key, task in service.tasks(CREATOR).items()]
    assert len(labels) == len(set(labels))
    service.complete_all()
    assert set(service.states(CREATOR).values()) == {"completed"}
