"""Takes two graphs, gives the differences in the places that their tasks write.

A place is gained, lost, or moved to another task. A renamed task is no move.
"""

from collections.abc import Iterable, Iterator, Mapping

import attrs

from relpro.graph.places import effects_of, uses_of
from relpro.graph.taskgraph import TaskGraph
from relpro.model.place import UNTOLD, Place
from relpro.model.task import Task


@attrs.frozen
class PlaceChange:
    """A place that other tasks write than before, sorted by label; no tasks if nobody writes it.

    `source` is the folder from which the place is copied; empty if it is not a copy.
    """

    place: Place
    before: tuple[Task, ...] = attrs.field(repr=False)
    after: tuple[Task, ...] = attrs.field(repr=False)
    source: str = ""

    @property
    def sign(self) -> str:
        """`+` for a place that is gained, `-` for one that is lost, `>` for one that moved."""
        if self.before and self.after:
            return ">"
        return "+" if self.after else "-"

    @property
    def writers(self) -> str:
        """The writers in words: the kinds of tasks, and both labels if the place moved."""
        if self.sign == ">":
            return f"{_named(self.before)} -> {_named(self.after)}"
        by = ", ".join(sorted({task.kind for task in (*self.before, *self.after)}))
        return f"copied from {self.source} by {by}" if self.source else f"by {by}"


def _named(tasks: Iterable[Task]) -> str:
    return ", ".join(task.label for task in tasks)


_Written = Mapping[tuple[Place, str], tuple[Task, ...]]


def find_place_changes(
    before: TaskGraph, after: TaskGraph, renamed: Mapping[str, str]
) -> tuple[PlaceChange, ...]:
    """The differences, sorted by place; `renamed` are labels before -> labels after.

    Empty if one of the graphs is from a file without effects.
    """
    if not (_is_told(before) and _is_told(after)):
        return ()
    old, new = (_written(_differing(*pair)) for pair in ((before, after), (after, before)))
    return tuple(
        PlaceChange(place, old.get(key, ()), new.get(key, ()), source)
        for key in sorted({*old, *new})
        for place, source in [key]
        if _labels(old.get(key, ()), renamed) != _labels(new.get(key, ()), {})
    )


def _is_told(graph: TaskGraph) -> bool:
    return not len(graph) or any(task.effects is not UNTOLD for task in graph)


def _differing(graph: TaskGraph, other: TaskGraph) -> Iterator[Task]:
    for task, twin in graph.beside(other):
        if twin is None or effects_of(twin) != effects_of(task):
            yield task


def _written(tasks: Iterable[Task]) -> _Written:
    found: dict[tuple[Place, str], list[Task]] = {}
    for task in tasks:
        for key in dict.fromkeys(_places(task)):
            found.setdefault(key, []).append(task)
    return {key: tuple(sorted(some, key=lambda one: one.label)) for key, some in found.items()}


def _places(task: Task) -> Iterator[tuple[Place, str]]:
    for use in uses_of(task.label, effects_of(task)):
        if use.does != "reads":
            yield use.place, use.source


def _labels(tasks: Iterable[Task], renamed: Mapping[str, str]) -> set[str]:
    return {renamed.get(task.label, task.label) for task in tasks}
