"""Takes tasks, gives what they read: the artifacts of which upstream task."""

from collections.abc import Iterator, Mapping, Sequence
from typing import Any

import orjson

from relpro.graph.taskgraph import TaskGraph
from relpro.model.task import Task
from relpro.morph.references import Search

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


def artifacts_read(task: Task) -> Iterator[tuple[str, str]]:
    """Label of a dependency and path of an artifact, for each that a task of any worker reads.

    They stand in `upstreamArtifacts`, in `MOZ_FETCHES`, in the image of a docker-worker task and
    the mounts of a generic-worker one, and in references to artifacts.
    """
    payload = task.definition["payload"]
    for item in payload.get("upstreamArtifacts", ()):
        for path in item.get("paths", ()):
            yield referred(task, item.get("taskId")), path
    for item in _fetched(payload):
        yield task.dependencies.get(str(item.get("task"))[1:-1], ""), str(item.get("artifact"))
    for item in (payload.get("image"), *(one.get("content") for one in payload.get("mounts", ()))):
        if isinstance(item, Mapping) and "taskId" in item:
            path = item.get("path") or item.get("artifact")
            yield referred(task, item["taskId"]), str(path)
    for reference in Search().in_part(payload):
        if reference.artifact:
            yield task.dependencies.get(reference.name, ""), reference.artifact


def _fetched(payload: Mapping[str, Any]) -> Sequence[Mapping[str, Any]]:
    written = payload.get("env", {}).get("MOZ_FETCHES", "[]")
    text = written.get("task-reference", "[]") if isinstance(written, Mapping) else written
    try:
        items = orjson.loads(text)
    except orjson.JSONDecodeError:  # not that of relpro.stock.fetches
        return ()
    return [item for item in items if isinstance(item, Mapping)] if type(items) is list else ()
