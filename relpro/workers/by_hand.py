"""Takes a task of a graph, gives the commands to run it on this machine.

Files that a worker would mount from the decision task exist here already; checkouts come from the
local repository; artifacts of upstream tasks are fetched from existing tasks. Everything else is
unavailable, and is reported.
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
from relpro.workers.in_image import GIT_CONFIG, GIT_SETTINGS, SHARED, container_of

#: Ids of tasks that are named but not fetched from: the task itself, and its creator.
_NOBODY = "AAAAAAAAQAaAAAAAAAAAAA"

#: The variables that a command gets from the caller's environment.
_INHERITED = ("PATH", "LANG", "TZ", "TERM", "SSH_AUTH_SOCK", "USER", "LOGNAME")

#: The difference if the user is root.
_AS_ROOT = "it runs as root"

#: The name of the configuration of git for a container, in the folder.
_GIT_CONFIG = "gitconfig"

#: Ends the options of run-task; the task's own command follows.
_END = "--"


@attrs.frozen
class Desk:
    """Where a task is tried: a new folder, the repository, and existing tasks by label.

    `prefix` is that of the variables for the project's own repository, `root_url` the Taskcluster
    from which artifacts are fetched, or empty. Without an `engine`, commands for a container run on
    the machine, with changed paths.
    """

    folder: Path
    repository: Path
    prefix: str
    ids: Mapping[str, str]
    root_url: str
    engine: Engine | None = None


@attrs.frozen
class ByHand:
    """The commands of a task, their complete environment, and their folder.

    `differs` lists the differences to a worker. `files` are published: name and path, which is a
    path in the `container` if there is one.
    """

    commands: tuple[tuple[str, ...], ...]
    env: Mapping[str, str]
    folder: Path
    differs: tuple[str, ...]
    files: Mapping[str, str]
    container: Container | None = None

    @property
    def own_command(self) -> tuple[str, ...]:
        """The command of the task, without run-task and its preparations."""
        words = self.commands[-1]
        return words[words.index(_END) + 1 :] if _END in words else words

    def instead(self, command: Sequence[str]) -> "ByHand":
        """The same task with another command."""
        words = self.commands[-1]
        kept = words[: words.index(_END) + 1] if _END in words else ()
        return attrs.evolve(self, commands=(*self.commands[:-1], (*kept, *command)))


def needed_labels(task: Task) -> tuple[str, ...]:
    """The labels of the tasks whose ids are in the environment and commands of a task."""
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
    """The commands to run a task on this machine.

    Raises `RelproError` (O614) for a task that runs no command, and for one that needs ids of tasks
    that are unknown here.
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
    """The command in a container of the task's image, with the local run-task and repository."""
    payload = task.definition["payload"]
    here = _Here(desk, is_container=False)
    (words,) = said["command"]
    shared = {desk.folder / name: f"/usr/local/bin/{name}" for name in PROGRAMS}
    shared[desk.folder / _GIT_CONFIG] = GIT_CONFIG
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
    """Name and path of each artifact."""
    said = payload.get("artifacts") or ()
    pairs = said.items() if isinstance(said, Mapping) else ((one["name"], one) for one in said)
    for name, one in pairs:
        yield name, one["path"]


def prepare(run: ByHand) -> None:
    """Create the folder, with the programs that a worker would mount, and the caches."""
    run.folder.mkdir(parents=True, exist_ok=True)
    for name, program in PROGRAMS.items():
        made = run.folder / name
        shutil.copyfile(program, made)
        made.chmod(0o755)
    if run.container is not None:
        (run.folder / _GIT_CONFIG).write_text(GIT_SETTINGS)
    else:
        for cache in filter(None, run.env.get("TASKCLUSTER_CACHES", "").split(";")):
            Path(cache).mkdir(parents=True, exist_ok=True)


def what_it_made(run: ByHand) -> Mapping[str, Path]:
    """Name -> path on this machine of each existing file that a worker would publish."""
    if run.container is not None:
        return run.container.copied(run.files, run.folder / "artifacts")
    there = {name: Path(path) for name, path in run.files.items()}
    return {name: path for name, path in there.items() if path.exists()}


def _commands(task: Task, payload: Mapping[str, Any]) -> list[list[object]]:
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
    """Converts the texts of a payload for this machine."""

    desk: Desk
    is_container: bool

    def text(self, said: str) -> str:
        """A text in which paths of the container are below the folder."""
        return said.replace(WORKDIR, str(self.desk.folder)) if self.is_container else said

    def words(self, words: Sequence[object]) -> Iterator[str]:
        """The words of a command, with run-task from the folder."""
        first, *rest = (self.text(str(word)) for word in words)
        ours = Path(first).name == "run-task"
        yield str(self.desk.folder / "run-task") if ours else first
        # Root would switch to a user `worker`, which this machine does not have.
        if ours and os.getuid() == 0 and not any(word.startswith("--user") for word in rest):
            yield from ("--user=root", "--group=root")
        yield from rest

    def environment(self) -> dict[str, str]:
        """The variables that a worker sets, besides those of the caller that programs need."""
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
        """The local repository replaces the project's own, to try unpushed changes."""
        name = f"{self.desk.prefix.upper()}_HEAD_REPOSITORY"
        if name not in env or env.get(f"{self.desk.prefix.upper()}_REPOSITORY_TYPE") != "git":
            return {}
        return {name: repository.as_uri()}

    def differs(self, payload: Mapping[str, Any], env: Mapping[str, str]) -> Iterator[str]:
        """The differences to a worker."""
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
    """A command that writes its folder and environment into a file, as JSON."""
    script = "import json, os, sys; s = {'cwd': os.getcwd(), 'env': dict(os.environ)}; "
    return [sys.executable, "-c", f"{script}json.dump(s, open(sys.argv[1], 'w'))", str(path)]


def printed(command: Sequence[str]) -> str:
    """A command in shell syntax; for a line of bash, the line."""
    if len(command) == 3 and command[:2] in (("bash", "-cx"), ("sh", "-c")):
        return command[2]
    return shlex.join(command)
