"""Takes a graph and an earlier one without errors, gives the parts that may have new errors."""

from collections.abc import Iterable, Sequence
from functools import cached_property

import attrs

from relpro.graph.taskgraph import TaskGraph
from relpro.model.task import Task


@attrs.frozen(eq=False, repr=False, slots=False)
class Changed:
    """A graph in which some tasks are unchanged since an earlier graph without errors.

    `tasks` are those that may have errors by themselves, and their dependencies. `pairs` are the
    tasks of one label that are not the same object, before and now; None if there was no earlier
    graph, or its tasks had other labels.
    """

    graph: TaskGraph
    tasks: TaskGraph
    pairs: Sequence[tuple[Task, Task]] | None

    @classmethod
    def whole(cls, graph: TaskGraph) -> "Changed":
        """A graph in which every task is new."""
        return cls(graph, graph, None)

    @classmethod
    def since(cls, before: TaskGraph, graph: TaskGraph, *, alike: bool) -> "Changed":
        """The changes between two graphs; tasks that are `alike` differ only in their bodies."""
        tasks = graph.since(before, alike=alike)
        if not alike and before.labels != graph.labels:
            return cls(graph, tasks, None)
        pairs = [(old, new) for old, new in zip(before, graph, strict=True) if old is not new]
        return cls(graph, tasks, pairs)

    @cached_property
    def _known(self) -> dict[str, bool]:
        return {}

    def differs_in(self, parts: Iterable[str]) -> bool:
        """Whether any task differs in one of `parts`.

        A part is a field of a task, or a path into one: `definition.payload.env`.
        """
        return self.pairs is None or any(map(self._differs, parts))

    def _differs(self, part: str) -> bool:
        known = self._known
        if part not in known:
            field, *keys = part.split(".")
            known[part] = any(
                _inside(getattr(old, field), keys) != _inside(getattr(new, field), keys)
                for old, new in self.pairs or ()
            )
        return known[part]


def _inside(value: object, keys: Sequence[str]) -> object:
    for key in keys:
        value = value.get(key) if isinstance(value, dict) else None
    return value
