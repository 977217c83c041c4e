"""Takes a claimed task, gives the job that it asks for, or why its worker would refuse it.

Schemas are those by which tasks are verified before they are submitted.
"""

from collections.abc import Callable, Mapping
from typing import Any

from relpro import schemas
from relpro.submit.scopes import Scopes
from relpro.workers import docker_worker, generic_worker
from relpro.workers.job import Job, Unfit

_POSIX = "taskcluster/generic-worker/multiuser_posix.json"
_DOCKER = "taskcluster/docker-worker/v1/payload.json"


def accepted(task: Mapping[str, Any], held: Callable[[], Scopes]) -> Job:
    """The job of a task as the queue has it; `held` gives its scopes, roles expanded.

    Raises `Unfit`, with everything that is wrong, and what `held` raises.
    """
    payload = task["payload"]
    is_of_docker = "image" in payload
    if wrong := schemas.problems(_DOCKER if is_of_docker else _POSIX, payload, "payload"):
        raise Unfit("\n".join(wrong))
    worker = docker_worker if is_of_docker else generic_worker
    if needed := tuple(worker.needed_scopes(payload)):
        scopes = held()
        if lacking := [f"`{scope}`" for scope in needed if not scopes.satisfy(scope)]:
            raise Unfit(f"the task lacks {', '.join(lacking)}")
    return docker_worker.job_of(task) if is_of_docker else generic_worker.job_of(task)
