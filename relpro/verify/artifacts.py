"""Takes the full graph, finds artifacts that a worker would not find, or not trust."""

import fnmatch
import json
from collections.abc import Iterator

from relpro.errors import Diagnostic
from relpro.graph.taskgraph import TaskGraph
from relpro.model.config import GraphConfig
from relpro.model.nearest import meant
from relpro.model.parameters import Parameters
from relpro.model.task import Task
from relpro.stock.fetches import DEFAULT_PREFIX
from relpro.verify.upstream import reads, referred

_BUILDERS = frozenset({"docker-worker", "generic-worker"})


def what_is_read_exists_and_is_signed_for(
    graph: TaskGraph, _parameters: Parameters, _config: GraphConfig
) -> Iterator[Diagnostic]:
    """Every artifact that a scriptworker task reads is made (G305) and trusted (G310).

    A scriptworker follows its `upstreamArtifacts`, and from there `extra.chainOfTrust.inputs`. It
    refuses an artifact whose task made no `chain-of-trust.json`. Source: scriptworker, Chain of
    Trust.
    """
    needed: dict[int, Task] = {}
    for task, position, paths in reads(graph):
        needed.setdefault(position, task)
        upstream = graph.tasks[position]
        for path in paths:
            if path not in upstream.artifacts and not makes(upstream, path):
                yield _not_made(task, upstream, path)
    yield from _not_signed_for(graph, needed)


def what_is_fetched_of_the_same_kind_exists(
    graph: TaskGraph, _parameters: Parameters, _config: GraphConfig
) -> Iterator[Diagnostic]:
    """Every file that a task fetches from a task of its own kind is made there (G305).

    While its fetches are made, the artifacts of the other task are unknown; those of other kinds
    are known.
    """
    for task, needed in zip(graph, graph.hard, strict=True):
        if all(graph.tasks[position].kind != task.kind for position in needed):
            continue
        env = task.definition["payload"].get("env")
        if not env or "MOZ_FETCHES" not in env:
            continue
        for edge, artifact in _fetched(env["MOZ_FETCHES"]):
            position = graph.positions.get(task.dependencies.get(edge, ""))
            if position is None or graph.tasks[position].kind != task.kind:
                continue
            upstream = graph.tasks[position]
            if upstream.artifacts and not upstream.makes(artifact):
                yield _not_fetched(task, upstream, artifact)


def _fetched(said: object) -> Iterator[tuple[str, str]]:
    """The edge and the artifact of each file in `MOZ_FETCHES`, as written by the transform."""
    text = said.get("task-reference") if isinstance(said, dict) else None
    try:
        items = json.loads(text or "[]")
    except ValueError:  # not written by the transform
        return
    for item in items if isinstance(items, list) else ():
        if isinstance(item, dict) and item.keys() >= {"task", "artifact"}:
            yield str(item["task"])[1:-1], str(item["artifact"])


def _not_fetched(task: Task, upstream: Task, artifact: str) -> Diagnostic:
    prefix = upstream.attributes.get("artifact_prefix") or DEFAULT_PREFIX
    outside = not artifact.startswith(f"{prefix}/")
    return Diagnostic(
        "G305",
        f"`{artifact}` of `fetches` is not an artifact of its task",
        (task.origin, upstream.origin),
        f"task `{task.label}`, of `{upstream.label}`",
        remedy=meant(artifact, upstream.artifacts),
        said=f"/{artifact}" if outside else artifact.removeprefix(f"{prefix}/"),
    )


def makes(task: Task, path: str) -> bool:
    """Whether a task publishes `path`, or, if it contains `*`, any artifact that matches."""
    if task.makes(path):
        return True
    if "*" not in path:
        return False
    start = path.partition("*")[0]
    return any(
        fnmatch.fnmatchcase(artifact, path)
        or (artifact.endswith("/") and (start.startswith(artifact) or artifact.startswith(start)))
        for artifact in task.artifacts
    )


def _not_made(task: Task, upstream: Task, path: str) -> Diagnostic:
    return Diagnostic(
        "G305",
        f"`{path}` of `upstreamArtifacts` is not an artifact of its task",
        (task.origin, upstream.origin),
        f"task `{task.label}`, of `{upstream.label}`",
        why="" if upstream.artifacts else f"`{upstream.label}` publishes no artifact",
        remedy=meant(path, upstream.artifacts),
        said=path,
    )


def _not_signed_for(graph: TaskGraph, readers: dict[int, Task]) -> Iterator[Diagnostic]:
    """Errors (G310) for tasks in a Chain of Trust that lack `chain-of-trust`.

    `readers` maps the positions of tasks that are read to one task that reads them.
    """
    needed = dict(readers)
    for at in graph.sequence[::-1]:
        if at in needed:
            task = graph.tasks[at]
            for label in _inputs(task):
                needed.setdefault(graph.positions.get(label, at), task)
    for at, reader in sorted(needed.items()):
        task = graph.tasks[at]
        features = task.definition["payload"].get("features", {})
        if task.implementation in _BUILDERS and features.get("chainOfTrust") is not True:
            what = (
                f"task `{reader.label}` cannot trust `{task.label}`, which lacks `chain-of-trust`"
            )
            remedy = "write `chain-of-trust: true` under its `worker`"
            yield Diagnostic("G310", what, (task.origin, reader.origin), remedy=remedy)


def _inputs(task: Task) -> Iterator[str]:
    """The labels of a task's inputs for Chain of Trust."""
    extra = task.definition["extra"].get("chainOfTrust")
    inputs = extra.get("inputs") if type(extra) is dict else None
    if type(inputs) is not dict:
        return iter(())
    return (referred(task, reference) for reference in inputs.values())
