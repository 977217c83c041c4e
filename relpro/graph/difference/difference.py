"""Takes two graphs, gives their difference; takes a graph and a difference, gives the other graph.

The difference is data; `relpro.graph.difference.text` and related modules format it.
"""

from collections import Counter
from collections.abc import Iterable, Iterator, Mapping

import attrs

from relpro.graph.difference.changes import Change, apply_changes, find_changes
from relpro.graph.difference.places import PlaceChange, find_place_changes
from relpro.graph.difference.renames import find_renames
from relpro.graph.files import encode
from relpro.graph.taskgraph import TaskGraph
from relpro.model.task import Json, Task


@attrs.frozen
class Changed:
    """A task in both graphs. The paths of its changes are those in a graph file."""

    before: Task = attrs.field(repr=False)
    after: Task
    changes: tuple[Change, ...]

    @property
    def renamed(self) -> bool:
        """Whether it has another label."""
        return self.before.label != self.after.label


@attrs.frozen
class Difference:
    """The changes that turn one graph into another.

    `added`, `removed` and `changed` tasks are in alphabetical order of their labels; a renamed task
    is a changed one. `counts` are the numbers of tasks before and after, by kind, sorted. `places`
    are those outside the graph that other tasks write than before.
    """

    added: tuple[Task, ...]
    removed: tuple[Task, ...]
    changed: tuple[Changed, ...]
    counts: Mapping[str, tuple[int, int]]
    places: tuple[PlaceChange, ...] = ()

    def __bool__(self) -> bool:
        """Whether anything differs."""
        return bool(self.added or self.removed or self.changed or self.places)

    @property
    def renamed(self) -> tuple[Changed, ...]:
        """The changed tasks whose label changed."""
        return tuple(one for one in self.changed if one.renamed)

    @property
    def totals(self) -> tuple[int, int]:
        """The numbers of tasks before and after."""
        pairs = self.counts.values()
        return sum(before for before, _ in pairs), sum(after for _, after in pairs)


def diff(before: TaskGraph, after: TaskGraph) -> Difference:
    """The changes that turn `before` into `after`. The order of tasks does not matter."""
    old, new = tuple(before.beside(after)), tuple(after.beside(before))
    removed = {task.label: task for task, twin in old if twin is None}
    added = {task.label: task for task, twin in new if twin is None}
    renames = find_renames(tuple(removed.values()), tuple(added.values()))
    changed = [
        *_changed(old),
        *(_compare(removed.pop(old), added.pop(new)) for old, new in renames.items()),
    ]
    return Difference(
        tuple(added[label] for label in sorted(added)),
        tuple(removed[label] for label in sorted(removed)),
        tuple(sorted(changed, key=lambda one: one.after.label)),
        _counts(before, after),
        find_place_changes(before, after, renames),
    )


def _changed(pairs: Iterable[tuple[Task, Task | None]]) -> Iterator[Changed]:
    for task, other in pairs:
        if other is not None and encode(task.to_json()) != encode(other.to_json()):
            yield _compare(task, other)


def _compare(before: Task, after: Task) -> Changed:
    return Changed(before, after, tuple(find_changes(before.to_json(), after.to_json())))


def _counts(before: TaskGraph, after: TaskGraph) -> Mapping[str, tuple[int, int]]:
    old = Counter(task.kind for task in before)
    new = Counter(task.kind for task in after)
    return {kind: (old[kind], new[kind]) for kind in sorted({*old, *new})}


def apply(difference: Difference, graph: TaskGraph) -> TaskGraph:
    """`graph` with `difference` applied; added tasks are last."""
    changed = {one.before.label: one for one in difference.changed}
    removed = {task.label for task in difference.removed}
    kept = [
        _applied(task, changed[task.label]) if task.label in changed else task
        for task in graph
        if task.label not in removed
    ]
    return TaskGraph.of([*kept, *difference.added])


def _applied(task: Task, changed: Changed) -> Task:
    value: Json = apply_changes(task.to_json(), changed.changes)
    kind, label = value["kind"], value["label"]
    return attrs.evolve(
        task,
        kind=kind,
        label=label,
        name=changed.after.name,
        description=value["description"],
        attributes=value["attributes"],
        dependencies=value["dependencies"],
        soft_dependencies=tuple(value["soft_dependencies"]),
        if_dependencies=tuple(value["if_dependencies"]),
        optimization=value["optimization"],
        definition=value["task"],
    )
