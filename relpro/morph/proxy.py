"""Takes a task and an artifact that it refers to, says where it is and what it takes to read it.

What is public lies at the queue. All else is read through the proxy that the worker runs beside a
task, which signs what it passes on with the scopes of the task.
"""

from collections.abc import Iterable, Mapping, Sequence

from relpro.model.task import Json, Task

_PUBLIC = "public/"

#: Where the proxy of a task is, by the implementation of its worker. Source: docker-worker links a
#: container of this name; generic-worker listens on port 80 unless it is configured otherwise.
PROXIES: Mapping[str, str] = {
    "docker-worker": "http://taskcluster",
    "generic-worker": "http://localhost",
}


def is_public(artifact: str) -> bool:
    """Whether everybody may read an artifact."""
    return artifact.startswith(_PUBLIC)


def has_proxy(task: Task) -> bool:
    """Whether a worker runs the proxy beside a task."""
    features: Json = task.definition["payload"].get("features") or {}
    return task.implementation in PROXIES and bool(features.get("taskclusterProxy"))


def address(task: Task, queue: str, task_id: str, artifact: str) -> str:
    """The URL at which a task reads an artifact; `queue` is the one of tasks at the queue."""
    if is_public(artifact) or not has_proxy(task):
        return f"{queue}/{task_id}/artifacts/{artifact}"
    return f"{PROXIES[task.implementation]}/api/queue/v1/task/{task_id}/artifacts/{artifact}"


def with_scopes(scopes: Sequence[str], needed: Iterable[str]) -> list[str]:
    """Scopes with those that are needed and that none of them covers: a `*` at the end is any."""
    whole, starts = {*scopes}, tuple(one[:-1] for one in scopes if one.endswith("*"))
    more = (one for one in needed if one not in whole and not one.startswith(starts))
    return [*scopes, *more]


def scope(artifact: str) -> str:
    """What it takes to read an artifact that is not public."""
    return f"queue:get-artifact:{artifact}"
