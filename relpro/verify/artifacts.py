"""Takes the full graph, finds artifacts that a worker would look for in vain, or not trust."""

import fnmatch
from collections.abc import Iterator

from relpro.errors import Diagnostic
from relpro.graph.taskgraph import TaskGraph
from relpro.model.config import GraphConfig
from relpro.model.nearest import meant
from relpro.model.parameters import Parameters
from relpro.model.task import Task
from relpro.verify.upstream import reads, referred

_BUILDERS = frozenset({"docker-worker", "generic-worker"})


def what_is_read_exists_and_is_signed_for(
    graph: TaskGraph, _parameters: Parameters, _config: GraphConfig
) -> Iterator[Diagnostic]:
    """Every artifact that a scriptworker task reads is made (G305), and trusted (G310).

    A scriptworker follows its `upstreamArtifacts`, and from there `extra.chainOfTrust.inputs`. It
    refuses an artifact whose task did not make `chain-of-trust.json`. Source: scriptworker, Chain
    of Trust.
    """
    needed: dict[int, Task] = {}
    for task, position, paths in reads(graph):
        needed.setdefault(position, task)
        upstream = graph.tasks[position]
        for path in paths:
            if path not in upstream.artifacts and not makes(upstream, path):
                yield _not_made(task, upstream, path)
    yield from _not_signed_for(graph, needed)


def makes(task: Task, path: str) -> bool:
    """Whether a task publishes `path`, or with a `*` in it, anything that it matches."""
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
        f"`{path}` of `upstreamArtifacts` is none that its task makes",
        (task.origin, upstream.origin),
        f"task `{task.label}`, of `{upstream.label}`",
        why="" if upstream.artifacts else f"`{upstream.label}` publishes no artifact",
        remedy=meant(path, upstream.artifacts),
        said=path,
    )


def _not_signed_for(graph: TaskGraph, readers: dict[int, Task]) -> Iterator[Diagnostic]:
    """What signs for nothing, of the tasks that a Chain of Trust leads to.

    `readers` maps the positions of tasks that are read to one task that does.
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
            what = f"task `{reader.label}` cannot trust `{task.label}`, which signs for nothing"
            remedy = "write `chain-of-trust: true` under its `worker`"
            yield Diagnostic("G310", what, (task.origin, reader.origin), remedy=remedy)


def _inputs(task: Task) -> Iterator[str]:
    """The labels of the inputs that a task hands to a Chain of Trust."""
    extra = task.definition["extra"].get("chainOfTrust")
    inputs = extra.get("inputs") if type(extra) is dict else None
    if type(inputs) is not dict:
        return iter(())
    return (referred(task, reference) for reference in inputs.values())
