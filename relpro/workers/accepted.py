"""Takes a claimed task, gives its job, or the reason why its worker would refuse it.

The schemas are those with which tasks are verified before submission.
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
    """The job of a task, in its image if any; `held` returns its scopes, with roles expanded.

    Raises `Unfit` with everything that is wrong, and what `held` raises.
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
