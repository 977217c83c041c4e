"""Takes tasks, gives their graph, the value that every stage passes to the next."""

from collections.abc import Collection, Iterable, Iterator, Mapping
from functools import cached_property

import attrs

from relpro.errors import raise_all
from relpro.graph import walk
from relpro.graph.checks import check_tasks
from relpro.model.task import Json, Task


@attrs.frozen(slots=False, eq=False, repr=False)
class TaskGraph:
    """Tasks in declared order, with their dependencies and dependents. Immutable.

    The interface uses labels, the implementation positions in `tasks`: `hard[n]` are the positions
    of the dependencies of task `n` that are in the graph, `soft[n]` those of its soft dependencies.
    Dependencies outside the graph are `external`: tasks that exist, or that are no longer needed.
    """

    tasks: tuple[Task, ...]
    positions: Mapping[str, int]
    hard: tuple[tuple[int, ...], ...]
    soft: Mapping[int, tuple[int, ...]]

    @classmethod
    def build(cls, tasks: Iterable[Task], external: Collection[str] = ()) -> "TaskGraph":
        """The graph of all `tasks`; `external` are further labels that dependencies may name.

        Raises one `RelproError` with every duplicate label (G302), unknown dependency (G301),
        circle (G303), and invalid conditional or soft dependency (G306).
        """
        graph = cls.of(tasks)
        raise_all(check_tasks(graph.tasks, graph.positions, frozenset(external), graph.waits))
        return graph

    @classmethod
    def of(cls, tasks: Iterable[Task]) -> "TaskGraph":
        """The graph of tasks that are known to be valid; edges out of it are external."""
        every = tuple(tasks)
        positions = {task.label: position for position, task in enumerate(every)}
        hard = tuple(_present(task.dependencies, positions) for task in every)
        soft = {
            position: tuple(
                positions[label] for label in task.soft_dependencies if label in positions
            )
            for position, task in enumerate(every)
            if task.soft_dependencies
        }
        return cls(every, positions, hard, soft)

    @cached_property
    def waits(self) -> tuple[tuple[int, ...], ...]:
        """For each task, the positions of its hard, then its soft dependencies."""
        if not self.soft:
            return self.hard
        return tuple(
            tuple(dict.fromkeys(needs + self.soft[at])) if at in self.soft else needs
            for at, needs in enumerate(self.hard)
        )

    @cached_property
    def _dependents(self) -> list[list[int]]:
        return walk.reverse(self.waits)

    @cached_property
    def sequence(self) -> tuple[int, ...]:
        """The positions of all tasks, each after its dependencies."""
        return tuple(walk.order(self.waits))

    @property
    def labels(self) -> tuple[str, ...]:
        """Every label, in declared order."""
        return tuple(self.positions)

    @cached_property
    def external(self) -> frozenset[str]:
        """Labels that dependencies name and that are not in the graph."""
        named = {label for task in self.tasks for label in task.dependencies.values()}
        return frozenset(named - self.positions.keys())

    def __len__(self) -> int:
        return len(self.tasks)

    def __iter__(self) -> Iterator[Task]:
        return iter(self.tasks)

    def __contains__(self, label: object) -> bool:
        return label in self.positions

    def __getitem__(self, label: str) -> Task:
        return self.tasks[self.positions[label]]

    def __repr__(self) -> str:
        return f"<TaskGraph of {len(self.tasks)} tasks>"

    def __eq__(self, other: object) -> bool:
        return self.tasks == other.tasks if isinstance(other, TaskGraph) else NotImplemented

    __hash__ = None  # type: ignore[assignment]

    def needs(self, label: str) -> tuple[Task, ...]:
        """The dependencies of `label` in the graph, then its soft dependencies."""
        return tuple(self.tasks[at] for at in self.waits[self.positions[label]])

    def needed_by(self, label: str) -> tuple[Task, ...]:
        """The dependents of `label`, in declared order."""
        return tuple(self.tasks[at] for at in self._dependents[self.positions[label]])

    def order(self) -> tuple[Task, ...]:
        """Every task after its dependencies, otherwise in declared order."""
        return tuple(self.tasks[at] for at in self.sequence)

    def closure(self, labels: Iterable[str]) -> tuple[str, ...]:
        """`labels` and all their dependencies, in declared order. Soft ones do not count."""
        through = walk.pulled_in(self.hard, (self.positions[label] for label in labels))
        return tuple(task.label for task, at in zip(self.tasks, through, strict=True) if at >= 0)

    def beside(self, other: "TaskGraph") -> Iterator[tuple[Task, Task | None]]:
        """Each task that is not the same object in `other`, and what has its label there."""
        positions, tasks = other.positions, other.tasks
        for task in self.tasks:
            at = positions.get(task.label)
            twin = None if at is None else tasks[at]
            if twin is not task:
                yield task, twin

    def since(self, before: "TaskGraph", *, alike: bool) -> "TaskGraph":
        """The tasks that are not the same objects as in `before`, and all their dependencies.

        Their dependents are included, unless the tasks are `alike`, that is, differ only in their
        bodies.
        """
        new = {self.positions[task.label] for task, _ in self.beside(before)}
        touched = set(new)
        if not alike:
            touched |= {at for at, needs in enumerate(self.hard) if not new.isdisjoint(needs)}
        touched.update(need for at in [*touched] for need in self.hard[at])
        return TaskGraph.of(self.tasks[at] for at in sorted(touched))

    def restrict(self, labels: Iterable[str]) -> "TaskGraph":
        """The graph of some of the tasks, in declared order. Edges out of it become external."""
        kept = frozenset(labels)
        if len(kept) == len(self.tasks) and kept == self.positions.keys():
            return self
        return TaskGraph.of(task for task in self.tasks if task.label in kept)

    def replace_tasks(self, changed: Mapping[str, Task], added: Iterable[Task] = ()) -> "TaskGraph":
        """A graph with some tasks changed, by label, and others added at its end."""
        find = changed.get
        return TaskGraph.of([*(find(task.label, task) for task in self.tasks), *added])

    def with_tasks(self, tasks: tuple[Task, ...]) -> "TaskGraph":
        """The graph with other tasks of the same labels and edges, one for each, in order."""
        copy = object.__new__(TaskGraph)
        # The results about edges are kept, since the edges are the same.
        object.__setattr__(copy, "__dict__", {**self.__dict__, "tasks": tasks})
        return copy

    def with_tasks_of(self, other: "TaskGraph") -> "TaskGraph":
        """The graph with the tasks that `other` has for the same labels; edges are the same."""
        tasks, positions = other.tasks, other.positions
        return self.with_tasks(tuple([tasks[positions[label]] for label in self.positions]))

    def with_definitions(self, definitions: Iterable[Mapping[str, Json]]) -> "TaskGraph":
        """The graph of the same tasks with other definitions, one for each, in order."""
        changed = map(Task.with_definition, self.tasks, definitions)
        return self.with_tasks(tuple(changed))

    def to_json(self) -> dict[str, Json]:
        """Label -> task, as in graph files."""
        return {task.label: task.to_json() for task in self.tasks}


def _present(dependencies: Mapping[str, str], positions: Mapping[str, int]) -> tuple[int, ...]:
    """The positions of the dependencies that are in the graph, without duplicates."""
    if not dependencies:
        return ()
    found = [positions[label] for label in dependencies.values() if label in positions]
    return tuple(found) if len(found) < 2 else tuple(dict.fromkeys(found))
