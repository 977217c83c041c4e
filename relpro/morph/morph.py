"""Takes the optimized graph, gives every task body exactly as the queue gets it."""

from collections.abc import Iterable, Mapping

import attrs

from relpro.graph.taskgraph import TaskGraph
from relpro.graph.taskids import task_id
from relpro.model.decision import Decision
from relpro.model.task import Json, Task
from relpro.morph.indexing import IndexTask, index_apart
from relpro.morph.references import DECISION, REFERRING, SELF, resolve
from relpro.optimize.optimize import Optimized

#: The root URL of a Taskcluster that does not exist: for graphs that are never submitted.
OFFLINE_ROOT_URL = "https://tc.example.com"


@attrs.frozen
class Morphed:
    """What is to be submitted.

    The `definition` of each task of `graph` is its whole body but for dates, which are relative
    until submission. `label_to_taskid` has all tasks of the graph and all that are reused, sorted
    by label.
    """

    graph: TaskGraph
    label_to_taskid: Mapping[str, str]
    decisions: tuple[Decision, ...] = attrs.field(repr=False)

    def body(self, label: str) -> Mapping[str, Json]:
        """The body of a task, for `queue.createTask`."""
        return self.graph[label].definition


def morph(
    optimized: Optimized,
    *,
    creator: str,
    root_url: str = OFFLINE_ROOT_URL,
    index_task: IndexTask | None = None,
    group: str | None = None,
) -> Morphed:
    """Give tasks their ids, resolve references, and fill in dependencies.

    `creator` is the id of the task that will create these: the ids depend on it, tasks that need
    no other new task depend on it, and it is their parent. `group` is the id of their task group,
    where it is known. Raises `RelproError` (G312) where there are too many routes and no
    `index_task` says how to index apart.
    """
    indexed = index_apart(optimized.graph, index_task)
    ids = {task.label: task_id(creator, task.label) for task in indexed.graph}
    known = {**optimized.replaced, **ids}
    common = {"taskGroupId": group} if group else {}
    bodies = _Bodies(creator, f"{root_url.rstrip('/')}/api/queue/v1/task", ids, known, common)
    graph = indexed.graph.with_definitions(map(bodies.morphed, indexed.graph))
    return Morphed(graph, dict(sorted(known.items())), indexed.decisions)


@attrs.frozen(eq=False, repr=False)
class _Bodies:
    """Makes bodies. `ids` are those of new tasks, `known` also of reused ones, by label."""

    creator: str
    queue: str
    ids: Mapping[str, str]
    known: Mapping[str, str]
    common: Mapping[str, str]

    def morphed(self, task: Task) -> Task:
        names, definition = self._names(task), task.definition
        resolved = {
            part: resolve(definition[part], names, self._artifact_url)
            for part in REFERRING
            if part in definition
        }
        body = {
            **definition,
            **resolved,
            **self.common,
            "dependencies": self._dependencies(task, resolved.get("dependencies", ())),
            "extra": {**resolved.get("extra", {}), "parent": self.creator},
        }
        return task.with_definition(body)

    def _names(self, task: Task) -> Mapping[str, str]:
        """What each name means in the references of `task`."""
        known = self.known
        names = {name: known[label] for name, label in task.dependencies.items() if label in known}
        return {DECISION: self.creator, SELF: known[task.label], **names}

    def _dependencies(self, task: Task, further: Iterable[str]) -> list[str]:
        """The ids that the task waits for, sorted.

        Those of tasks that exist are among them. Of soft dependencies only new tasks count. A
        definition may name `further` ids: a gate names itself.
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

    def _artifact_url(self, task_id: str, artifact: str) -> str:
        return f"{self.queue}/{task_id}/artifacts/{artifact}"
