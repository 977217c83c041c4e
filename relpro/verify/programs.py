"""Takes tasks, finds programs that they start and that have no known source.

A program is known if it is run-task or fetch-content; if it is a file of a checkout (in this tree,
or in the list of entry points of another); if it was fetched; if the image or worker is declared to
have it; or if the configuration lists it. Images and workers are assumed to have a shell and the
POSIX utilities. A script passed to an interpreter must be known as well.
"""

from collections.abc import Collection, Iterator, Mapping, Sequence
from fnmatch import fnmatchcase
from functools import cache
from posixpath import basename, join, normpath
from typing import Any

import attrs

from relpro.errors import Diagnostic, Origin
from relpro.graph.taskgraph import TaskGraph
from relpro.load.tree import Tree
from relpro.model.config import GraphConfig
from relpro.model.task import Json, Task
from relpro.run_task import PROGRAMS
from relpro.values.shell_line import BUILTINS, Started, started_by_line, started_by_words

#: Programs of a system that can build software. Source: POSIX.1-2017, utilities; of those for
#: development only make. bash is used by run-task, gzip and the like by tar.
STANDARD = frozenset(
    word
    for line in (
        "awk basename bash cat chgrp chmod chown cksum cmp comm cp cut date dd df diff dirname du",
        "env expand expr file find fold grep gunzip gzip head iconv id join kill ln ls make mkdir",
        "mkfifo mktemp mv nice nl od paste printenv ps readlink realpath rm rmdir sed sh sleep",
        "sort split stat stty tail tar tee touch tr tsort tty uname uniq wc which whoami xargs",
    )
    for word in line.split()
)

#: Folders of system programs, whatever their names.
_SYSTEM = ("/bin/", "/usr/bin/", "/usr/sbin/", "/sbin/")

#: The options of run-task for checkouts and the working directory.
_CHECKOUT, _CWD = "-checkout", "--task-cwd"

#: The names of run-task in images: its own, or one for each kind of repository.
_RUN_TASK = "run-task"


def unknown_programs(
    tasks: TaskGraph, graph: TaskGraph, config: GraphConfig, tree: Tree
) -> Iterator[Diagnostic]:
    """A diagnostic for each program without a known source (G374), and each needless exemption.

    Tasks of one entry that start the same program in the same place are reported together. An
    exemption is needless if the kind starts no unknown program (G375). Tasks with the same payload
    share it, and are checked once.
    """
    seen: set[int] = set()
    hollow: set[str] = set()
    alike: dict[tuple[Origin, str, str], list[tuple[Task, _Program]]] = {}
    known = _Known(config, tree)
    for task in tasks:
        payload = task.definition.get("payload")
        if not isinstance(payload, Mapping) or id(payload) in seen or "command" not in payload:
            continue
        seen.add(id(payload))
        found = dict.fromkeys(one for one in _programs(task, payload) if not known.has(one))
        if found and task.kind in config.programs.to_come:
            hollow.add(task.kind)
            continue
        for one in found:
            key = (task.origin, one.started.program, one.place)
            alike.setdefault(key, []).append((task, one))
    for (task, one), *others in alike.values():
        yield _nowhere(task, one, len(others))
    if tasks is graph:  # otherwise unchanged kinds would seem to start nothing
        yield from _needless(config, {task.kind for task in graph}, hollow)


@attrs.frozen
class _Program:
    """A program, the text that names it, the folder in which it is started, and what exists there.

    `interpreter` is the program that runs it, if it is a script.
    """

    started: Started
    said: str
    checkouts: tuple[tuple[str, str], ...]
    place: str
    fetches: str
    interpreter: str


def _programs(task: Task, payload: Mapping[str, Any]) -> Iterator[_Program]:
    env = payload.get("env", {})
    place = _place(task, payload)
    for words in _commands(payload["command"], task.implementation):
        checkouts: tuple[tuple[str, str], ...] = ()
        cwd, rest, interpreter = "", words, ""
        if _is_run_task(words):
            checkouts, cwd, rest = _prepared(words)
            # Started directly, it runs by its first line: `#!/usr/bin/env python3`.
            interpreter = "python3" if _is_run_task(words[:1]) else str(words[0])
        folder = env.get("MOZ_FETCHES_DIR", "")
        fetches = folder if isinstance(folder, str) else ""
        for one, said in _started(rest, cwd, env):
            yield _Program(one, said, checkouts, place, fetches, interpreter)


def _commands(command: Json, implementation: str) -> Iterator[list[Any]]:
    """The commands of a payload, each as a list of words."""
    if implementation == "docker-worker":
        yield list(command)
        return
    for one in command:
        line = _text(one) if isinstance(one, Mapping) else one
        # On Windows a command is one line.
        yield line.split() if isinstance(line, str) else list(line)


def _is_run_task(words: Sequence[object]) -> bool:
    """Whether a command starts run-task, directly or through an interpreter."""
    return any(
        isinstance(word, str)
        and (basename(word) == _RUN_TASK or basename(word).startswith(f"{_RUN_TASK}-"))
        for word in words[:2]
    )


def _prepared(words: Sequence[Any]) -> tuple[tuple[tuple[str, str], ...], str, list[object]]:
    """(prefix and folder of each checkout, the folder in which the command starts, the command)."""
    end = words.index("--") if "--" in words else len(words)
    checkouts, cwd = [], ""
    for place, word in enumerate(words[:end]):
        if not isinstance(word, str):
            continue
        option, separated, value = word.partition("=")
        if not separated and place + 1 < end:
            value = words[place + 1]
        if option == _CWD:
            cwd = value
        elif option.endswith(_CHECKOUT):
            checkouts.append((option[2 : -len(_CHECKOUT)], value))
    return tuple(checkouts), cwd, list(words[end + 1 :])


def _started(
    words: Sequence[object], cwd: str, env: Mapping[str, object]
) -> Iterator[tuple[Started, str]]:
    """The programs of a command, each with the text that names it."""
    texts = [_text(word) for word in words]
    try:
        if len(texts) > 2 and basename(texts[0]) in {"bash", "sh"} and texts[1].startswith("-"):
            for one in started_by_line(texts[2], cwd, env):
                yield one, texts[2]
        else:
            for one in started_by_words(texts, cwd, env):
                yield one, one.program
    except ValueError:  # quotes that are not closed: the shell reports that
        return


def _text(word: Json) -> str:
    return word if isinstance(word, str) else str(next(iter(word.values()), ""))


def _place(task: Task, payload: Mapping[str, object]) -> str:
    """The name of the image, or the pool of a machine."""
    image = payload.get("image")
    if isinstance(image, str):
        return image
    if isinstance(image, Mapping):
        named = str(image.get("namespace", ""))
        return task.dependencies.get("docker-image", named).removeprefix("docker-image-")
    return f"{task.definition['provisionerId']}/{task.definition['workerType']}"


class _Known:
    """Decides whether the source of a program is known."""

    def __init__(self, config: GraphConfig, tree: Tree) -> None:
        self._said = config.programs
        self._own = config.repositories[0].prefix if config.repositories else ""
        self._tree = tree
        self._provided = cache(self._provided_at)
        self.has = cache(self._is_known)
        self._paths: frozenset[str] | None = None

    def _is_known(self, program: _Program) -> bool:
        name = program.started.program
        system = next((name.removeprefix(at) for at in _SYSTEM if name.startswith(at)), name)
        if system in STANDARD or system in BUILTINS or basename(name) in PROGRAMS:
            return True
        if name == program.interpreter:
            return True
        patterns = self._provided(program.place)
        if any(fnmatchcase(one, pattern) for one in {name, system} for pattern in patterns):
            return True
        # run-task makes the folder of fetches absolute, below the folder of the task.
        if program.fetches and f"/{program.fetches}/" in f"/{name}":
            return True
        path = normpath(join(program.started.cwd, name))
        return self._is_checked_out(path, name, program.checkouts)

    def _provided_at(self, place: str) -> tuple[str, ...]:
        some = (
            programs
            for pattern, programs in self._said.provided.items()
            if fnmatchcase(place, pattern)
        )
        return (*self._said.known, *(one for programs in some for one in programs))

    def _is_checked_out(self, path: str, name: str, checkouts: Collection[tuple[str, str]]) -> bool:
        if "/" not in name:
            return False
        for prefix, folder in sorted(checkouts, key=lambda one: -len(one[1])):
            if path.startswith(f"{folder}/"):
                inside = path[len(folder) + 1 :]
                if (points := self._said.entry_points.get(prefix)) is not None:
                    return inside in points
                return prefix == self._own and self._is_at_hand(inside)
        return False

    def _is_at_hand(self, path: str) -> bool:
        if self._paths is None:
            self._paths = frozenset(self._tree.paths)
        return path in self._paths


def _nowhere(task: Task, program: _Program, others: int) -> Diagnostic:
    name = program.started.program
    who = f"task `{task.label}` starts" if not others else f"`{task.label}` and {others} more start"
    checked_out = ", ".join(f"`{prefix}`" for prefix, _ in program.checkouts)
    return Diagnostic(
        "G374",
        f"{who} `{name}`, which nothing is known to provide",
        (task.origin,),
        why=f"it runs in `{program.place}`"
        + (f" with {checked_out} checked out" if checked_out else " with nothing checked out"),
        remedy="name a file of the checkout, or say where it is: `programs: {provided: "
        f"{{{program.place}: [{name}]}}}}` in the configuration",
        said=program.said,
    )


def _needless(config: GraphConfig, made: set[str], hollow: set[str]) -> Iterator[Diagnostic]:
    for kind in config.programs.to_come:
        if kind in made and kind not in hollow:
            where = config.locations.origin("programs", "to-come", kind)
            what = f"every program of kind `{kind}` is known"
            yield Diagnostic("G375", what, (where,), remedy="remove it from `to-come`")
