"""What a script of scriptworker gets when a worker of this machine runs it, and may do with it."""

import os
import subprocess
import time
from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path, PurePosixPath
from typing import Any

import attrs

from relpro.verify.scripts.script import only
from relpro.workers.job import Unfit
from relpro.workers.log import Log
from relpro.workers.processes import Halt
from relpro.workers.services import Services


class Failed(Exception):
    """The task fails: what it was to do cannot be done. The text says why."""


class Stopped(Exception):
    """The run must end before it is done: its time is over, or a halt is asked for."""


@attrs.frozen
class Input:
    """A file that a task upstream made, verified: whose it is, its name there, and where it is.

    `item` is the upstream artifact of the payload that asks for it.
    """

    task_id: str
    path: str
    file: Path
    item: Mapping[str, Any]


@attrs.frozen
class Errand:
    """A task of a script that is being done.

    `task` is its definition, which the rules of the script have accepted. `inputs` are in the order
    of the payload. All that is put below `published` becomes an artifact of the task, named by its
    path there; `work` is an empty folder. `deadline` is in monotonic seconds.
    """

    task_id: str
    task: Mapping[str, Any]
    inputs: tuple[Input, ...]
    published: Path
    work: Path
    services: Services
    log: Log
    halt: Halt
    deadline: float

    @property
    def payload(self) -> Mapping[str, Any]:
        """The payload of the task."""
        payload: Mapping[str, Any] = self.task["payload"]
        return payload

    def scope(self, marker: str) -> str:
        """What stands after `marker` in the one scope that has it, as the script's rules demand."""
        found = only(self.task, marker)
        if found is None:
            raise Unfit(f"not exactly one scope has `{marker}`")
        return found

    def say(self, text: str) -> None:
        """Write a line into the log of the task."""
        self.log.say(text)

    def publish(self, name: str) -> Path:
        """Where to write an artifact; its folder is there. Raises `Unfit` for a path upwards."""
        if ".." in PurePosixPath(name).parts or name.startswith("/"):
            raise Unfit(f"`{name}` is not a name of an artifact")
        path = self.published / name
        path.parent.mkdir(parents=True, exist_ok=True)
        return path

    def go_on(self) -> None:
        """Raise `Stopped` if the run must end; scripts ask this before each thing that they do."""
        if self.halt.reason:
            raise Stopped(self.halt.reason)
        if time.monotonic() >= self.deadline:
            raise Stopped("")

    def each_input(self) -> Iterator[Input]:
        """The inputs, as long as the run may go on."""
        for one in self.inputs:
            self.go_on()
            yield one

    def run(self, *words: str, env: Mapping[str, str] | None = None) -> bytes:
        """The output of a program; `env` is added to what it finds in its environment.

        Raises `Failed`, with what it said, `Unfit` where it is not there, or `Stopped`.
        """
        self.go_on()
        left = max(self.deadline - time.monotonic(), 0.1)
        try:
            done = subprocess.run(
                words,
                stdin=subprocess.DEVNULL,
                stdout=subprocess.PIPE,
                stderr=subprocess.STDOUT,
                timeout=left,
                check=False,
                env={**os.environ, **(env or {})},
            )
        except subprocess.TimeoutExpired:
            raise Stopped("") from None
        except OSError as error:
            what = f"`{words[0]}` cannot be started: {error.strerror}"
            raise Unfit(what, "resource-unavailable") from None
        if done.returncode:
            said = done.stdout.decode(errors="replace").strip()
            raise Failed(f"`{_shown(words)}` ends with status {done.returncode}: {said}")
        return done.stdout


def _shown(words: Sequence[str]) -> str:
    return " ".join(words[:2])
