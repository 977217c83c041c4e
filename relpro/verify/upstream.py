"""Takes a graph, gives what its scriptworker tasks read: the artifacts of which upstream task."""

from collections.abc import Iterator, Sequence
from typing import Any, NamedTuple

from relpro.graph.taskgraph import TaskGraph
from relpro.model.task import Task


class Read(NamedTuple):
    """One item of a task's `upstreamArtifacts`; `upstream` is a position in the graph."""

    task: Task
    upstream: int
    paths: Sequence[str]


def reads(graph: TaskGraph) -> Iterator[Read]:
    """Everything that scriptworker tasks read, in order.

    Items whose task cannot be told, or is not in the graph, are left out: a reference that names
    no dependency is another rule's business.
    """
    positions = graph.positions
    for task in graph.tasks:
        items = task.definition["payload"].get("upstreamArtifacts")
        for item in items or ():
            label = referred(task, item.get("taskId"))
            if label in positions:
                yield Read(task, positions[label], item.get("paths", ()))


def referred(task: Task, reference: Any) -> str:
    """The label of the dependency that `{"task-reference": "<name>"}` means; else empty."""
    text = reference.get("task-reference", "") if type(reference) is dict else ""
    return task.dependencies.get(text[1:-1], "") if text[:1] == "<" else ""
