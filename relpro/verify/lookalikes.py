"""Takes a graph and its kinds, finds texts that look like a reference but are none.

`<build>` is a reference only under `task-reference`; anywhere else a worker gets it unchanged.
Shell commands, mails and manuals contain words in angle brackets too, so only names that the task
could mean count: its edges, `self` and `decision`.
"""

import re
from collections.abc import Iterator, Mapping
from typing import Final

from relpro.errors import Diagnostic, Origin
from relpro.graph.checks import DECISION, SELF
from relpro.graph.taskgraph import TaskGraph
from relpro.model.kind import Entry, Kind
from relpro.model.task import Task

#: The keys of an entry that end up in the task's body, except descriptions.
_OF_BODIES: Final = ("worker", "extra", "scopes", "routes", "tags")

_REFERENCES: Final = frozenset({"task-reference", "artifact-reference"})
_ALIKE: Final = re.compile(r"<([^<>\s/]+)(/[^<>\s]*)?>")

Path = tuple[str | int, ...]
_Alike = tuple[Path, re.Match[str]]


def references_in_vain(graph: TaskGraph, kinds: Mapping[str, Kind]) -> Iterator[Diagnostic]:
    """A diagnostic (G315) for each such text that an entry of `kinds` writes for its tasks."""
    found = {
        entry.origin(): (entry, alikes)
        for kind in kinds.values()
        for entry in kind.entries
        if (alikes := list(_alikes(entry)))
    }
    for task in graph if found else ():
        if task.origin in found:
            yield from _meant(task, *found[task.origin])


def _meant(task: Task, entry: Entry, alikes: list[_Alike]) -> Iterator[Diagnostic]:
    for path, match in alikes:
        if match[1] in task.dependencies or match[1] in (SELF, DECISION):
            yield _diagnostic(task, entry.origin(*path), match)


def _diagnostic(task: Task, where: Origin, match: re.Match[str]) -> Diagnostic:
    key = "artifact-reference" if match[2] else "task-reference"
    return Diagnostic(
        "G315",
        f"`{match[0]}` looks like a reference and would be passed on unchanged",
        (where,),
        f"task `{task.label}`",
        remedy=f"write `{{{key}: '{match[0]}'}}`; for the text itself `{{{key}: '<{match[0]}>'}}`",
    )


def _alikes(entry: Entry) -> Iterator[_Alike]:
    for key in _OF_BODIES:
        if key in entry.data:
            yield from _within(entry.data[key], (key,))


def _within(value: object, path: Path) -> Iterator[_Alike]:
    if isinstance(value, Mapping):
        for key, part in value.items():
            if key not in _REFERENCES:
                yield from _within(key, (*path, key))
                yield from _within(part, (*path, key))
    elif isinstance(value, list):
        for place, part in enumerate(value):
            yield from _within(part, (*path, place))
    elif isinstance(value, str) and "<" in value and (match := _ALIKE.search(value)):
        yield path, match
