"""Takes a graph, gives what its scriptworker tasks read: the artifacts of which upstream task."""

from collections.abc import Iterator, Sequence
from typing import Any

from relpro.graph.taskgraph import TaskGraph
from relpro.model.task import Task

#: A task, the position in the graph of one that it reads from, and the paths that it reads.
Read = tuple[Task, int, Sequence[str]]


def reads(graph: TaskGraph) -> Iterator[Read]:
    """Each item of the `upstreamArtifacts` of every task, in order.

    Items whose task cannot be told, or is not in the graph, are left out: a reference that names
    no dependency is another rule's business.
    """
    position_of = graph.positions.get
    for task in graph.tasks:
        for item in task.definition["payload"].get("upstreamArtifacts", ()):
            position = position_of(referred(task, item.get("taskId")))
            if position is not None:
                yield task, position, item.get("paths", ())


def referred(task: Task, reference: Any) -> str:
    """The label of the dependency that `{"task-reference": "<name>"}` means; else empty."""
    text = reference.get("task-reference") if type(reference) is dict else None
    return task.dependencies.get(text[1:-1], "") if text else ""
