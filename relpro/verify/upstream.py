"""Takes tasks, gives the artifacts that they read, with the upstream task of each."""

from collections.abc import Iterator, Mapping, Sequence
from typing import Any

import orjson

from relpro.graph.taskgraph import TaskGraph
from relpro.model.task import Task
from relpro.morph.references import Search

#: A task, the position of a task from which it reads, and the paths that it reads.
Read = tuple[Task, int, Sequence[str]]


def reads(graph: TaskGraph) -> Iterator[Read]:
    """Each item of the `upstreamArtifacts` of every task, in order.

    Items whose task is unknown or not in the graph are left out: another rule reports them.
    """
    position_of = graph.positions.get
    for task in graph.tasks:
        for item in task.definition["payload"].get("upstreamArtifacts", ()):
            position = position_of(referred(task, item.get("taskId")))
            if position is not None:
                yield task, position, item.get("paths", ())


def referred(task: Task, reference: object) -> str:
    """The label of the dependency in `{"task-reference": "<name>"}`; else empty."""
    text = reference.get("task-reference") if type(reference) is dict else None
    return task.dependencies.get(text[1:-1], "") if text else ""


def artifacts_read(task: Task) -> Iterator[tuple[str, str]]:
    """(label of a dependency, path of an artifact) for each artifact that a task reads.

    They come from `upstreamArtifacts`, from `MOZ_FETCHES`, from the image of a docker-worker task
    and the mounts of a generic-worker task, and from references to artifacts.
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
    except orjson.JSONDecodeError:  # not made by relpro.stock.fetches
        return ()
    return [item for item in items if isinstance(item, Mapping)] if type(items) is list else ()
