"""Takes a task and an artifact in its references, gives the URL and the scope to read it.

Public artifacts are read from the queue. Others are read through the proxy that the worker runs for
a task, which signs requests with the scopes of the task.
"""

from collections.abc import Iterable, Mapping, Sequence

from relpro.model.task import Json, Task

_PUBLIC = "public/"

#: The URL of a task's proxy, by worker implementation. Source: docker-worker links a container of
#: this name; generic-worker listens on port 80 unless configured otherwise.
PROXIES: Mapping[str, str] = {
    "docker-worker": "http://taskcluster",
    "generic-worker": "http://localhost",
}


def is_public(artifact: str) -> bool:
    """Whether everybody may read an artifact."""
    return artifact.startswith(_PUBLIC)


def has_proxy(task: Task) -> bool:
    """Whether a worker can run the proxy."""
    features: Json = task.definition["payload"].get("features") or {}
    return task.implementation in PROXIES and bool(features.get("taskclusterProxy"))


def address(task: Task, queue: str, task_id: str, artifact: str) -> str:
    """The URL at which a task reads an artifact; `queue` is the queue's URL of tasks."""
    if is_public(artifact) or not has_proxy(task):
        return f"{queue}/{task_id}/artifacts/{artifact}"
    return f"{PROXIES[task.implementation]}/api/queue/v1/task/{task_id}/artifacts/{artifact}"


def with_scopes(scopes: Sequence[str], needed: Iterable[str]) -> list[str]:
    """Scopes, with those needed ones that none of them covers.

    A `*` at the end covers any suffix.
    """
    whole, starts = {*scopes}, tuple(one[:-1] for one in scopes if one.endswith("*"))
    more = (one for one in needed if one not in whole and not one.startswith(starts))
    return [*scopes, *more]


def scope(artifact: str) -> str:
    """The scope to read an artifact that is not public."""
    return f"queue:get-artifact:{artifact}"
