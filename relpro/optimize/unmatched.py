"""Takes tasks that run when files change, and the existing files; finds patterns without a match.

Such a pattern may be intended for later; usually it is misspelt, and its task never runs.
"""

from bisect import bisect_left
from collections.abc import Callable, Iterator, Mapping
from itertools import takewhile

from relpro.errors import Diagnostic
from relpro.graph.taskgraph import TaskGraph
from relpro.load.vcs import Tracked
from relpro.model.nearest import meant
from relpro.model.task import Task
from relpro.optimize.offered import CHANGED
from relpro.optimize.strategies import arguments_of
from relpro.values.globs import Glob, faults_of

#: Characters that make the name in a path a pattern.
_SIGNS = frozenset("*?[")
_TOP = "patterns count from the top of the repository"


def unmatched_patterns(
    graph: TaskGraph, aliases: Mapping[str, object], tracked: Callable[[], Tracked | None]
) -> Iterator[Diagnostic]:
    """A diagnostic (O606) for each pattern of `skip-unless-changed` that matches no file.

    `aliases` are the strategies of the configuration. `tracked` is called only if there are
    patterns; if it does not know the files, nothing is reported.
    """
    users = _users(graph, aliases)
    there = tracked() if users else None
    if there is None or not there.files:
        return
    for pattern, tasks in users.items():
        wanted = pattern.removeprefix("!")
        if not _matches(wanted, there.files):
            what = f"pattern `{pattern}` of `{CHANGED}` matches no file that git tracks"
            remedy = _remedy(wanted, there)
            for task in tasks:
                yield Diagnostic(
                    "O606",
                    what,
                    (task.origin,),
                    f"task `{task.label}`",
                    remedy=remedy,
                    said=pattern,
                    within=("optimization",),
                )


def _users(graph: TaskGraph, aliases: Mapping[str, object]) -> Mapping[str, list[Task]]:
    """Each pattern with the tasks that use it, except those that can match nothing at all."""
    users: dict[str, list[Task]] = {}
    for task in graph:
        if task.optimization is not None:
            for patterns in arguments_of(CHANGED, task.optimization, aliases):
                for pattern in patterns:
                    if isinstance(pattern, str) and not tuple(faults_of((pattern.lstrip("!"),))):
                        users.setdefault(pattern, []).append(task)
    return users


def _matches(pattern: str, files: tuple[str, ...]) -> bool:
    """Whether a pattern matches one of the sorted paths; only those with its prefix are tried."""
    glob, start = Glob.of(pattern), "/".join(_fixed(pattern))
    later = (files[place] for place in range(bisect_left(files, start), len(files)))
    return any(glob.match(file) for file in takewhile(lambda file: file.startswith(start), later))


def _fixed(pattern: str) -> list[str]:
    """The leading names of a pattern, up to the first with special characters."""
    return list(takewhile(lambda name: not _SIGNS & {*name}, pattern.rstrip("/").split("/")))


def _remedy(pattern: str, there: Tracked) -> str:
    if there.prefix and _matches(f"{there.prefix}{pattern}", there.files):
        return f"{_TOP}: write `{there.prefix}{pattern}`"
    folder = ""
    for name in _fixed(pattern):
        if not _matches(f"{folder}{name}", there.files):
            return meant(name, _names_in(folder, there.files), _TOP)
        folder = f"{folder}{name}/"
    return _TOP


def _names_in(folder: str, files: tuple[str, ...]) -> Iterator[str]:
    """The names of files and folders in one folder, once for each file below them."""
    for file in files:
        if file.startswith(folder):
            yield file[len(folder) :].partition("/")[0]
