"""Takes a task of a graph that no queue has, gives what is to be run of it on this machine.

What a worker would mount of the decision task is here already, what it would check out is in the
repository at hand, and what tasks upstream made is fetched from tasks that exist. The rest cannot
be had at a desk; it is told.
"""

import os
import shlex
import shutil
import sys
from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path
from typing import Any

import attrs

from relpro.errors import Diagnostic, RelproError
from relpro.graph.checks import DECISION
from relpro.model.task import Task
from relpro.morph.references import Search
from relpro.morph.resolving import resolve
from relpro.run_task import PROGRAMS
from relpro.stock.run_checkout import WORKDIR
from relpro.workers.containers import Container, Engine
from relpro.workers.in_image import SHARED, container_of

#: Ids of tasks that are named and not looked at: the task itself, and the one that creates it.
_NOBODY = "AAAAAAAAQAaAAAAAAAAAAA"

#: What a command has of the caller's environment.
_INHERITED = ("PATH", "LANG", "TZ", "TERM", "SSH_AUTH_SOCK", "USER", "LOGNAME")

#: What differs where root is at the desk.
_AS_ROOT = "it runs as root"

#: Ends an option's words for run-task; what follows is the command of the task itself.
_END = "--"


@attrs.frozen
class Desk:
    """Where a task is tried: a new folder for it, the repository, and tasks that exist by label.

    `prefix` begins the variables of the project's own repository, `root_url` is that of the
    Taskcluster whose tasks are fetched from, empty where there is none. Without an `engine` what
    belongs into a container runs beside it, its paths changed.
    """

    folder: Path
    repository: Path
    prefix: str
    ids: Mapping[str, str]
    root_url: str
    engine: Engine | None = None


@attrs.frozen
class ByHand:
    """What is to be run of a task: commands, their whole environment, and where.

    `differs` says what is otherwise than on a worker. `files` are published there: name and path,
    which is one in the `container` where there is one.
    """

    commands: tuple[tuple[str, ...], ...]
    env: Mapping[str, str]
    folder: Path
    differs: tuple[str, ...]
    files: Mapping[str, str]
    container: Container | None = None

    @property
    def own_command(self) -> tuple[str, ...]:
        """The command of the task, without run-task and what prepares it."""
        words = self.commands[-1]
        return words[words.index(_END) + 1 :] if _END in words else words

    def instead(self, command: Sequence[str]) -> "ByHand":
        """The same with another command of the task's own."""
        words = self.commands[-1]
        kept = words[: words.index(_END) + 1] if _END in words else ()
        return attrs.evolve(self, commands=(*self.commands[:-1], (*kept, *command)))


def needed_labels(task: Task) -> tuple[str, ...]:
    """The labels of the tasks whose ids the environment and commands of a task name."""
    payload = task.definition["payload"]
    found = Search().in_part([payload.get("env", {}), payload.get("command", [])])
    return tuple(
        dict.fromkeys(
            task.dependencies[reference.name]
            for reference in found
            if reference.name in task.dependencies
        )
    )


def by_hand(task: Task, desk: Desk) -> ByHand:
    """What is to be run of a task at a desk.

    Raises `RelproError` (O614) for a task that runs no command here, and for one that is given ids
    of tasks which the desk does not know.
    """
    payload = task.definition["payload"]
    commands = _commands(task, payload)
    missing = [label for label in needed_labels(task) if label not in desk.ids]
    if missing:
        labels = ", ".join(f"`{label}`" for label in missing)
        what = f"`{task.label}` reads from {labels}, whose task id is not known"
        remedy = "name the decision task of a push that made it: `--decision ID`"
        raise _refused(task, what, remedy)
    ids = {name: desk.ids.get(label, _NOBODY) for name, label in task.dependencies.items()}
    ids = {**ids, DECISION: _NOBODY, "self": _NOBODY}
    said = resolve(
        {"env": payload.get("env", {}), "command": commands},
        ids,
        lambda task_id, name: f"{desk.root_url}/api/queue/v1/task/{task_id}/artifacts/{name}",
    )
    image = payload.get("image")
    if image is not None and desk.engine is not None:
        return _contained(task, said, desk, desk.engine)
    here = _Here(desk, is_container=image is not None)
    env = {name: here.text(str(value)) for name, value in said["env"].items()}
    return ByHand(
        tuple(tuple(here.words(words)) for words in said["command"]),
        {**here.environment(), **env, **here.checkout(env, desk.repository)},
        desk.folder,
        tuple(here.differs(payload, env)),
        {name: str(desk.folder / here.text(path)) for name, path in _published(payload)},
    )


def _contained(task: Task, said: Mapping[str, Any], desk: Desk, engine: Engine) -> ByHand:
    """The command of a task in a container of its image, with run-task and repository of here."""
    payload = task.definition["payload"]
    here = _Here(desk, is_container=False)
    (words,) = said["command"]
    shared = {desk.folder / name: f"/usr/local/bin/{name}" for name in PROGRAMS}
    env = {name: str(value) for name, value in said["env"].items()}
    if checkout := here.checkout(env, Path(SHARED)):
        shared[desk.repository] = SHARED
    told = {**env, **checkout, "TASKCLUSTER_ROOT_URL": desk.root_url}
    container = container_of(task, told, shared, engine)
    differs = (line for line in here.differs(payload, env) if line != _AS_ROOT)
    command = container.words([str(word) for word in words])
    files = dict(_published(payload))
    return ByHand((command,), dict(os.environ), desk.folder, tuple(differs), files, container)


def _published(payload: Mapping[str, Any]) -> Iterator[tuple[str, str]]:
    """Name and path of what would be published."""
    said = payload.get("artifacts") or ()
    pairs = said.items() if isinstance(said, Mapping) else ((one["name"], one) for one in said)
    for name, one in pairs:
        yield name, one["path"]


def prepare(run: ByHand) -> None:
    """Make the folder, with the programs that a worker would mount, and the caches."""
    run.folder.mkdir(parents=True, exist_ok=True)
    for name, program in PROGRAMS.items():
        made = run.folder / name
        shutil.copyfile(program, made)
        made.chmod(0o755)
    if run.container is None:
        for cache in filter(None, run.env.get("TASKCLUSTER_CACHES", "").split(";")):
            Path(cache).mkdir(parents=True, exist_ok=True)


def what_it_made(run: ByHand) -> Mapping[str, Path]:
    """Name -> path on this machine of what a worker would publish, of what is there."""
    if run.container is not None:
        return run.container.copied(run.files, run.folder / "artifacts")
    there = {name: Path(path) for name, path in run.files.items()}
    return {name: path for name, path in there.items() if path.exists()}


def _commands(task: Task, payload: Mapping[str, Any]) -> list[list[Any]]:
    command = payload.get("command")
    if task.implementation == "docker-worker" and command:
        return [list(command)]
    if task.implementation == "generic-worker" and command:
        if all(isinstance(words, list | tuple) for words in command):
            return [list(words) for words in command]
        what = f"`{task.label}` has commands of Windows"
        raise _refused(task, what, "run it on a worker of its queue")
    what = f"`{task.label}` runs no command that this machine could run"
    raise _refused(task, what, "name a task of docker-worker or generic-worker with a command")


def _refused(task: Task, what: str, remedy: str) -> RelproError:
    return RelproError(Diagnostic("O614", what, (task.origin,), remedy=remedy))


@attrs.frozen
class _Here:
    """What becomes of a payload's texts at a desk."""

    desk: Desk
    is_container: bool

    def text(self, said: str) -> str:
        """A text whose paths in the container are below the folder."""
        return said.replace(WORKDIR, str(self.desk.folder)) if self.is_container else said

    def words(self, words: Sequence[Any]) -> Iterator[str]:
        """The words of a command, run-task being that of the folder."""
        first, *rest = (self.text(str(word)) for word in words)
        ours = Path(first).name == "run-task"
        yield str(self.desk.folder / "run-task") if ours else first
        # Root would become a user `worker`, which machines do not have.
        if ours and os.getuid() == 0 and not any(word.startswith("--user") for word in rest):
            yield from ("--user=root", "--group=root")
        yield from rest

    def environment(self) -> dict[str, str]:
        """The variables that a worker sets, beside those of the caller that programs need."""
        own = {name: os.environ[name] for name in _INHERITED if name in os.environ}
        path = os.pathsep.join((str(self.desk.folder), own.get("PATH", os.defpath)))
        made = {"HOME": str(self.desk.folder), "TASK_WORKDIR": str(self.desk.folder)}
        return {
            **own,
            **made,
            "PATH": path,
            "TASK_ID": _NOBODY,
            "RUN_ID": "0",
            "TASKCLUSTER_ROOT_URL": self.desk.root_url,
        }

    def checkout(self, env: Mapping[str, str], repository: Path) -> dict[str, str]:
        """The project's own repository is the one at hand: what is not pushed can be tried."""
        name = f"{self.desk.prefix.upper()}_HEAD_REPOSITORY"
        if name not in env or env.get(f"{self.desk.prefix.upper()}_REPOSITORY_TYPE") != "git":
            return {}
        return {name: repository.as_uri()}

    def differs(self, payload: Mapping[str, Any], env: Mapping[str, str]) -> Iterator[str]:
        """What is otherwise than on a worker."""
        if self.is_container:
            yield "it runs on this machine, not in its image"
            yield f"`{WORKDIR}` is {self.desk.folder}"
        if os.getuid() == 0:
            yield _AS_ROOT
        for name, address in self.checkout(env, self.desk.repository).items():
            yield f"{name} is {address}: what is not committed is not checked out"
        if payload.get("features", {}).get("taskclusterProxy"):
            yield "there is no proxy: secrets and artifacts that are not public cannot be had"
        if payload.get("cache") or any("cacheName" in one for one in payload.get("mounts", ())):
            yield "caches are empty"


def surroundings_to(path: Path) -> list[str]:
    """A command that writes into a file, in JSON, in which folder and environment it runs."""
    script = "import json, os, sys; s = {'cwd': os.getcwd(), 'env': dict(os.environ)}; "
    return [sys.executable, "-c", f"{script}json.dump(s, open(sys.argv[1], 'w'))", str(path)]


def printed(command: Sequence[str]) -> str:
    """A command as a shell takes it; of a line for bash, the line."""
    if len(command) == 3 and command[:2] in (("bash", "-cx"), ("sh", "-c")):
        return command[2]
    return shlex.join(command)
