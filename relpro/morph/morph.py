"""Takes the optimized graph, gives every task body exactly as sent to the queue."""

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from functools import cached_property
from itertools import chain

import attrs

from relpro.errors import Diagnostic
from relpro.fork import on_two_processors
from relpro.graph.checks import DECISION, SELF
from relpro.graph.files import definition_in, text_of
from relpro.graph.taskgraph import TaskGraph
from relpro.graph.taskids import task_id
from relpro.model.decision import Decision
from relpro.model.limits import too_long
from relpro.model.task import Json, Task
from relpro.morph.indexing import IndexTask, index_apart
from relpro.morph.proxy import address, is_public, scope, with_scopes
from relpro.morph.references import REFERRING
from relpro.morph.resolving import in_scopes, resolve
from relpro.optimize.optimize import Optimized

#: The root URL of a Taskcluster that does not exist, for graphs that are never submitted.
OFFLINE_ROOT_URL = "https://tc.example.com"

#: Tasks that are morphed at a time: few enough for two processes to finish together.
PART = 250


@attrs.frozen(slots=False)
class Morphed:
    """The graph to submit.

    It is stored as text: `texts` are the tasks as in graph files, by label, in the order of
    `unresolved`, which are the same tasks with unresolved references. `label_to_taskid` has all
    tasks of the graph and all reused tasks, sorted by label. `refused` are the errors in the
    bodies.
    """

    unresolved: TaskGraph
    texts: Mapping[str, bytes] = attrs.field(repr=False)
    label_to_taskid: Mapping[str, str] = attrs.field(repr=False)
    decisions: tuple[Decision, ...] = attrs.field(repr=False)
    refused: tuple[Diagnostic, ...]

    @cached_property
    def graph(self) -> TaskGraph:
        """The tasks with their complete bodies as definitions."""
        return self.unresolved.with_definitions(map(definition_in, self.texts.values()))

    def body(self, label: str) -> Mapping[str, Json]:
        """The body of a task, for `queue.createTask`, with relative dates.

        Dates become absolute at submission.
        """
        return definition_in(self.texts[label])


#: Returns the errors in the body of a morphed task.
Refusals = Callable[[Task], Iterable[Diagnostic]]


def nothing_refused(task: Task) -> tuple[Diagnostic, ...]:  # noqa: ARG001 - as every `Refusals`
    """For bodies that are never submitted, or that were checked before."""
    return ()


def morph(
    optimized: Optimized,
    *,
    creator: str,
    root_url: str = OFFLINE_ROOT_URL,
    index_task: IndexTask | None = None,
    group: str | None = None,
    first_id: str | None = None,
    refused: Refusals = nothing_refused,
    before: Morphed | None = None,
) -> Morphed:
    """Give tasks their ids, resolve references, and fill in dependencies.

    `creator` is the id of the task that will create these: the ids depend on it, it is the parent
    of all tasks, and tasks without other new dependencies depend on it. `group` is the id of their
    task group, if it is known. `first_id` is the id of the first task that is always created,
    instead of a computed one. `refused` checks each body. Tasks that have not changed since
    `before`, with the same creator and group, are taken from there. Raises `RelproError` (G312) if
    there are too many routes and no `index_task`.
    """
    indexed = index_apart(optimized.graph, index_task)
    ids = {task.label: task_id(creator, task.label) for task in indexed.graph}
    if first_id:
        # An optimizable task may turn out to exist already.
        first = next((task.label for task in indexed.graph if task.optimization is None), None)
        ids |= {first: first_id} if first else {}
    known = {**optimized.replaced, **ids}
    common = {"taskGroupId": group} if group else {}
    queue = f"{root_url.rstrip('/')}/api/queue/v1/task"
    bodies = _Bodies(creator, queue, ids, known, common, refused)
    written = _unchanged(indexed.graph, ids, known, before) if before else {}
    texts, problems = bodies.of(indexed.graph.tasks, written)
    return Morphed(
        indexed.graph,
        dict(zip(indexed.graph.labels, texts, strict=True)),
        dict(sorted(known.items())),
        indexed.decisions,
        problems,
    )


def _unchanged(
    graph: TaskGraph, ids: Mapping[str, str], known: Mapping[str, str], before: Morphed
) -> Mapping[str, bytes]:
    """The texts of unchanged tasks whose references have not changed either.

    A task refers to itself and its dependencies: to their ids, and whether they are new.
    """
    then = {task.label: task for task in before.unresolved}
    moved = {label for label, _ in known.items() ^ before.label_to_taskid.items()}
    moved |= ids.keys() ^ then.keys()
    return {
        task.label: before.texts[task.label]
        for task in graph
        if then.get(task.label) is task
        and task.label not in moved
        and moved.isdisjoint(task.dependencies.values())
        and moved.isdisjoint(task.soft_dependencies)
    }


@attrs.frozen(eq=False, repr=False)
class _Bodies:
    """Makes bodies. `ids` are those of new tasks, `known` also those of reused ones, by label."""

    creator: str
    queue: str
    ids: Mapping[str, str]
    known: Mapping[str, str]
    common: Mapping[str, str]
    refused: Refusals

    def of(
        self, tasks: Sequence[Task], written: Mapping[str, bytes]
    ) -> tuple[Iterator[bytes], tuple[Diagnostic, ...]]:
        """The text of each task, in order, and all errors in their bodies.

        Those in `written`, by label, are done already and have no errors.
        """
        new = [task for task in tasks if task.label not in written] if written else tasks
        parts = [new[at : at + PART] for at in range(0, len(new), PART)]
        made = on_two_processors(self._texts, parts, size=len(new))
        problems = tuple(problem for _, found in made for problem in found)
        texts = chain.from_iterable(texts for texts, _ in made)
        if not written:
            return texts, problems
        return (written.get(task.label) or next(texts) for task in tasks), problems

    def _texts(self, tasks: Iterable[Task]) -> tuple[list[bytes], list[Diagnostic]]:
        texts: list[bytes] = []
        problems: list[Diagnostic] = []
        for task in tasks:
            morphed = self._morphed(task)
            problems += self.refused(morphed)
            # A copy, as orjson's result occupies several times the memory of its content.
            text = bytes(memoryview(text_of(morphed)))
            for problem in too_long(morphed, text):
                what = f"task `{task.label}`: {problem}"
                remedy = "put what is long into a file that the task reads"
                problems.append(Diagnostic("G312", what, (task.origin,), remedy=remedy))
            texts.append(text)
        return texts, problems

    def _morphed(self, task: Task) -> Task:
        names, definition = self._names(task), task.definition
        needed: dict[str, None] = {}

        def url(task_id: str, artifact: str) -> str:
            if not is_public(artifact):
                needed[scope(artifact)] = None
            return address(task, self.queue, task_id, artifact)

        resolved = {
            part: resolve(definition[part], names, url) for part in REFERRING if part in definition
        }
        scopes = definition["scopes"]
        scopes = in_scopes(scopes, names) if "<" in "".join(scopes) else scopes
        body = {
            **definition,
            **resolved,
            **self.common,
            "scopes": with_scopes(scopes, needed) if needed else scopes,
            "dependencies": self._dependencies(task, resolved.get("dependencies", ())),
            "extra": {**resolved.get("extra", {}), "parent": self.creator},
        }
        return task.with_definition(body)

    def _names(self, task: Task) -> Mapping[str, str]:
        """The meaning of each name in the references of `task`."""
        known = self.known
        names = {name: known[label] for name, label in task.dependencies.items() if label in known}
        return {DECISION: self.creator, SELF: known[task.label], **names}

    def _dependencies(self, task: Task, further: Iterable[str]) -> list[str]:
        """The ids of the task's dependencies, sorted.

        Existing tasks are included; of soft dependencies only new tasks. A definition may have
        `further` ids: a gate depends on itself.
        """
        known, ids = self.known, self.ids
        labels = task.dependencies.values()
        found = {known[label] for label in labels if label in known}
        soft = {ids[label] for label in task.soft_dependencies if label in ids}
        if not soft and not any(label in ids for label in labels):
            found.add(self.creator)
        found |= soft
        found.update(further)
        return sorted(found)
