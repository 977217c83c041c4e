"""Takes tasks and their edges, gives the errors that prevent them from forming a graph."""

from collections.abc import Collection, Iterator, Mapping, Sequence

from relpro.errors import SHOWN, Diagnostic
from relpro.graph import walk
from relpro.model.nearest import meant
from relpro.model.task import Task

#: Names in references that are not dependencies, and their meanings.
SELF = "self"
DECISION = "decision"
_TAKEN = {DECISION: "the decision task", SELF: "the task itself"}


def check_tasks(
    tasks: Sequence[Task],
    positions: Mapping[str, int],
    external: Collection[str],
    edges: walk.Edges,
) -> Iterator[Diagnostic]:
    """Everything that is wrong with `tasks`: see `TaskGraph.build`.

    `positions` are those of the labels, `edges` the dependencies of each task, `external` labels
    that may be named although no task has them.
    """
    yield from _duplicates(tasks, positions)
    yield from _unknown(tasks, positions, external)
    for task in tasks:
        if task.if_dependencies or task.soft_dependencies:
            yield from _ill_formed(task)
        if not task.dependencies.keys().isdisjoint(_TAKEN):
            yield from _taken(task)
    if len(positions) == len(tasks):
        yield from _circles(tasks, edges)


def _duplicates(tasks: Sequence[Task], positions: Mapping[str, int]) -> Iterator[Diagnostic]:
    if len(positions) == len(tasks):
        return
    first: dict[str, Task] = {}
    for task in tasks:
        other = first.setdefault(task.label, task)
        if other is not task:
            yield Diagnostic(
                "G302",
                f"two tasks are called `{task.label}`",
                (task.origin, other.origin),
                why="a label names one task of the graph",
                remedy="add to the name what differs, such as the platform or the locale",
            )


def _unknown(
    tasks: Sequence[Task], positions: Mapping[str, int], external: Collection[str]
) -> Iterator[Diagnostic]:
    suggested: dict[str, str] = {}
    for task in tasks:
        for name, label in task.dependencies.items():
            if label in positions or label in external:
                continue
            if label not in suggested:
                # Comparing with every label is slow, and further errors are only counted.
                suggested[label] = meant(label, positions) if len(suggested) < SHOWN else ""
            what = f"task `{task.label}` depends on `{label}`, which no kind makes"
            context = f"dependency `{name}`"
            yield Diagnostic("G301", what, (task.origin,), context, remedy=suggested[label])


def _taken(task: Task) -> Iterator[Diagnostic]:
    for name in sorted(task.dependencies.keys() & _TAKEN):
        what = f"task `{task.label}` calls its dependency `{task.dependencies[name]}` `{name}`"
        why = f"in references `<{name}>` is {_TAKEN[name]}"
        remedy = "give the dependency another name"
        yield Diagnostic("T423", what, (task.origin,), why=why, remedy=remedy)


def _ill_formed(task: Task) -> Iterator[Diagnostic]:
    for name in task.if_dependencies:
        if name not in task.dependencies:
            yield Diagnostic(
                "G306",
                f"task `{task.label}` runs only if `{name}` does, but does not depend on it",
                (task.origin,),
                "if-dependencies",
                remedy=f"there are: {', '.join(task.dependencies)}" if task.dependencies else "",
            )
    hard = frozenset(task.dependencies.values())
    for label in task.soft_dependencies:
        if label in hard or label == task.label:
            itself = label == task.label
            needed = "itself" if itself else f"`{label}`, which it also needs"
            what = f"task `{task.label}` depends softly on {needed}"
            yield Diagnostic("G306", what, (task.origin,), "soft-dependencies")


def _circles(tasks: Sequence[Task], edges: walk.Edges) -> Iterator[Diagnostic]:
    if len(walk.order(edges)) == len(tasks):
        return
    by_label = sorted(range(len(tasks)), key=lambda at: tasks[at].label)
    rank = [0] * len(tasks)
    for place, position in enumerate(by_label):
        rank[position] = place
    for circle in walk.circles(edges, rank):
        members = [tasks[position] for position in circle]
        way = " -> ".join(f"`{task.label}`" for task in (*members, members[0]))
        places = tuple(dict.fromkeys(task.origin for task in members))
        why = "each task waits for the next one, so none could ever start"
        yield Diagnostic("G303", f"tasks depend on each other in a circle: {way}", places, why=why)
