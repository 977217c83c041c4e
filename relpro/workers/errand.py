"""The input of a scriptworker script's stand-in, and what it may do."""

import os
import subprocess
import time
from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path, PurePosixPath
from typing import Any

import attrs

from relpro.verify.scripts.script import only
from relpro.workers.job import UNAVAILABLE, Unfit
from relpro.workers.log import Log
from relpro.workers.processes import Halt
from relpro.workers.services import Services


class Failed(Exception):
    """The task fails; the text says why."""


class Stopped(Exception):
    """The run must end early: its time is over, or a halt was requested."""


@attrs.frozen
class Input:
    """A verified file of an upstream task: its task, its name there, and its path here.

    `item` is the upstream artifact of the payload that names it.
    """

    task_id: str
    path: str
    file: Path
    item: Mapping[str, Any]


@attrs.frozen
class Errand:
    """A running task of a script.

    `task` is its definition, which the rules of the script have accepted. `inputs` are in the order
    of the payload. All files below `published` become artifacts of the task, named by their paths
    there; `work` is an empty folder. `deadline` is in monotonic seconds.
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
        """The text after `marker` in the only scope with it, which the script's rules require."""
        found = only(self.task, marker)
        if found is None:
            raise Unfit(f"not exactly one scope has `{marker}`")
        return found

    def say(self, text: str) -> None:
        """Write a line into the log of the task."""
        self.log.say(text)

    def publish(self, name: str) -> Path:
        """The path at which to write an artifact; its folder exists.

        Raises `Unfit` for a path with `..`.
        """
        if ".." in PurePosixPath(name).parts or name.startswith("/"):
            raise Unfit(f"`{name}` is not a name of an artifact")
        path = self.published / name
        path.parent.mkdir(parents=True, exist_ok=True)
        return path

    def go_on(self) -> None:
        """Raise `Stopped` if the run must end; scripts call this before each step."""
        if self.halt.reason:
            raise Stopped(self.halt.reason)
        if time.monotonic() >= self.deadline:
            raise Stopped("")

    def each_input(self) -> Iterator[Input]:
        """The inputs, as long as the run may continue."""
        for one in self.inputs:
            self.go_on()
            yield one

    def run(self, *words: str, env: Mapping[str, str] | None = None) -> bytes:
        """The output of a program; `env` is added to its environment.

        Raises `Failed` with its output, `Unfit` if it is not installed, or `Stopped`.
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
            raise Unfit(what, UNAVAILABLE) from None
        if done.returncode:
            said = done.stdout.decode(errors="replace").strip()
            raise Failed(f"`{_shown(words)}` ends with status {done.returncode}: {said}")
        return done.stdout


def _shown(words: Sequence[str]) -> str:
    return " ".join(words[:2])
