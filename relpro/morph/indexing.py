"""Takes tasks with more routes than the queue allows, moves the rest to index tasks."""

from collections.abc import Iterator, Mapping, Sequence
from itertools import takewhile

import attrs

from relpro.errors import Diagnostic, RelproError
from relpro.graph.taskgraph import TaskGraph
from relpro.model.decision import Decision, Verdict
from relpro.model.limits import MAX_ROUTES
from relpro.model.task import Json, Task

KIND = "index-task"

_PREFIX = "index."
_TIMES = ("created", "deadline", "expires")
_SHARED = ("schedulerId", "priority", "projectId", *_TIMES)
_SHARED_TAGS = ("createdForUser", "retrigger")

#: The most scopes of an index task: credentials travel in a header of a few kilobytes.
MAX_SCOPES = 16


@attrs.frozen
class IndexTask:
    """The settings of index tasks.

    `image` is an image for docker-worker; it runs `command` with the index paths as arguments. The
    variable TARGET_TASKID has the id of the task to insert, INDEX_RANK its rank. `inputs` are the
    chain-of-trust inputs of the image, if it has any.
    """

    provisioner: str
    worker_type: str
    image: Json
    command: tuple[str, ...] = ("insert-indexes.js",)
    max_run_time: int = 600
    inputs: Mapping[str, str] = attrs.field(factory=dict)


@attrs.frozen(eq=False, repr=False)
class Indexed:
    """A graph in which no task has too many routes; `decisions` concern the added tasks."""

    graph: TaskGraph
    decisions: tuple[Decision, ...]


def index_apart(graph: TaskGraph, how: IndexTask | None) -> Indexed:
    """Move index routes beyond the queue's limit to index tasks, one for each such task.

    Raises `RelproError` (G312) if there are such tasks and `how` is None.
    """
    crowded = [task for task in graph if len(task.definition.get("routes", ())) > MAX_ROUTES]
    if not crowded:
        return Indexed(graph, ())
    if how is None:
        raise RelproError(*_too_many(crowded))
    changed, added, decisions = {}, [], []
    for task in crowded:
        routes = task.definition["routes"]
        kept, moved = _split(routes)
        changed[task.label] = task.with_definition({**task.definition, "routes": kept})
        index_task = _index_task(task, moved, how)
        added.append(index_task)
        cause = f"`{task.label}` has {len(routes)} routes, and the queue takes {MAX_ROUTES}"
        label = index_task.label
        decisions.append(Decision(label, "morph", Verdict.ADDED, "index-task", cause))
    return Indexed(graph.replace_tasks(changed, added), tuple(decisions))


def _too_many(tasks: list[Task]) -> Iterator[Diagnostic]:
    for task in tasks:
        count = len(task.definition["routes"])
        what = f"task `{task.label}` has {count} routes, and the queue takes {MAX_ROUTES}"
        remedy = "say in the configuration how index tasks run: they take over index routes"
        yield Diagnostic("G312", what, (task.origin,), remedy=remedy)


def _split(routes: list[str]) -> tuple[list[str], list[str]]:
    """The routes that stay, and the index paths beyond the limit."""
    room = MAX_ROUTES - sum(not route.startswith(_PREFIX) for route in routes)
    kept, moved = [], []
    for route in routes:
        if not route.startswith(_PREFIX):
            kept.append(route)
        elif room > 0:
            kept.append(route)
            room -= 1
        else:
            moved.append(route.removeprefix(_PREFIX))
    return kept, moved


def _index_task(task: Task, paths: list[str], how: IndexTask) -> Task:
    label = f"index-{task.label}"
    attributes = {
        name: task.attributes[name]
        for name in ("shipping_phase", "shipping_product")
        if name in task.attributes
    }
    return Task(
        label=label,
        kind=KIND,
        name=task.label,
        description=f"Puts {task.label} into the index",
        attributes=attributes,
        dependencies={"indexed": task.label},
        definition=_definition(label, task.definition, paths, how),
        origin=task.origin,
        implementation="docker-worker",
    )


def insert_scopes(paths: Sequence[str]) -> list[str]:
    """Scopes to insert at `paths`: one each, or one for everything below common prefixes.

    Paths are shortened only as much as needed for `MAX_SCOPES`, and never below their common
    prefix.
    """
    scopes = dict.fromkeys(paths)
    parts = [path.split(".") for path in paths]
    shortest = sum(
        1 for _ in takewhile(lambda level: len(set(level)) == 1, zip(*parts, strict=False))
    )
    cut = 0
    while len(scopes) > MAX_SCOPES:
        cut += 1
        scopes = dict.fromkeys(_without(one, cut, shortest) for one in parts)
    return [f"index:insert-task:{path}" for path in scopes]


def _without(parts: list[str], cut: int, shortest: int) -> str:
    """An index path without its last `cut` parts, but with at least its first `shortest` ones."""
    kept = max(shortest, len(parts) - cut)
    return ".".join(parts if kept >= len(parts) else [*parts[:kept], "*"])


def _definition(
    label: str, indexed: Mapping[str, Json], paths: list[str], how: IndexTask
) -> dict[str, Json]:
    description = f"Puts {indexed['metadata']['name']} into the index"
    rank = str(indexed.get("extra", {}).get("index", {}).get("rank", 0))
    tags = indexed.get("tags", {})
    chain_of_trust = {"chainOfTrust": {"inputs": dict(how.inputs)}} if how.inputs else {}
    return {
        **{key: indexed[key] for key in _SHARED if key in indexed},
        "provisionerId": how.provisioner,
        "workerType": how.worker_type,
        "scopes": insert_scopes(paths),
        "metadata": {**indexed["metadata"], "name": label, "description": description},
        "tags": {
            **{name: tags[name] for name in _SHARED_TAGS if name in tags},
            "kind": KIND,
            "label": label,
            "worker-implementation": "docker-worker",
        },
        "extra": chain_of_trust,
        "payload": {
            "image": how.image,
            "features": {"taskclusterProxy": True},
            "command": [*how.command, *paths],
            "env": {"TARGET_TASKID": {"task-reference": "<indexed>"}, "INDEX_RANK": rank},
            "maxRunTime": how.max_run_time,
        },
    }
