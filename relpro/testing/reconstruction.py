"""Takes current tasks and earlier versions of some of them, guesses the earlier versions of all.

The guess is that the others changed in the same way; a digest of the earlier tasks can verify it.
"""

from collections.abc import Iterable, Iterator, Mapping

import attrs
import orjson

from relpro.graph.difference.changes import MISSING, Change, Found, Path, same
from relpro.graph.difference.difference import Changed, Difference, apply, diff
from relpro.graph.difference.own_words import OwnWords
from relpro.graph.files import encode
from relpro.graph.taskgraph import TaskGraph
from relpro.model.task import Json, Task


def shape_of(task: Task) -> bytes:
    """The keys of a task at all levels, except its own words: tasks with one shape are similar."""
    return encode(_shape(OwnWords(task).replaced(task.to_json())))


def _shape(value: Json) -> Json:
    """The keys of a value at all levels; for a list, the keys of its items."""
    if isinstance(value, Mapping):
        return {key: _shape(item) for key, item in value.items()}
    if isinstance(value, list | tuple):
        return [orjson.loads(one) for one in sorted({encode(_shape(item)) for item in value})]
    return None


def reconstruct(tasks: Iterable[Task], samples: Iterable[Task]) -> TaskGraph:
    """The earlier `tasks`, if each changed as the sample of its shape did.

    `samples` are the earlier versions of some tasks; these are used unchanged.
    """
    graph = TaskGraph.of(tasks)
    known = {task.label: task for task in samples}
    undoing: dict[bytes, tuple[Change, ...]] = {}
    for label, before in known.items():
        undoing.setdefault(shape_of(graph[label]), tuple(_backwards(before, graph[label])))
    guessed = (
        Changed(task, task, changes)
        for task in graph
        if task.label not in known
        and (changes := tuple(_fitting(task, undoing.get(shape_of(task), ()))))
    )
    made = apply(Difference((), (), tuple(guessed), {}), graph)
    return TaskGraph.of(known.get(task.label, task) for task in made)


def _backwards(before: Task, after: Task) -> Iterator[Change]:
    """The changes from a task to its earlier version, with placeholders for its own words."""
    words = OwnWords(after)
    for changed in diff(TaskGraph.of([after]), TaskGraph.of([before])).changed:
        for one in changed.changes:
            path = tuple(words.replaced(part) for part in one.path)
            yield Change(path, words.replaced(one.before), words.replaced(one.after))


def _fitting(task: Task, changes: Iterable[Change]) -> Iterator[Change]:
    """The changes that apply to the task's values, in the task's own words."""
    words, value = OwnWords(task), task.to_json()
    for change in changes:
        path = tuple(words.filled(part) for part in change.path)
        own = attrs.evolve(
            change, path=path, before=words.filled(change.before), after=words.filled(change.after)
        )
        if _at(value, path[:-1]) is not MISSING and same(_at(value, path), own.before):
            yield own


def _at(value: Found, path: Path) -> Found:
    for part in path:
        if isinstance(value, Mapping):
            value = value.get(part, MISSING)
        elif isinstance(value, list | tuple) and isinstance(part, int) and part < len(value):
            value = value[part]
        else:
            return MISSING
    return value
