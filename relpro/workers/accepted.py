"""Takes a claimed task, gives the job that it asks for, or why its worker would refuse it.

Schemas are those by which tasks are verified before they are submitted.
"""

from collections.abc import Callable, Mapping
from typing import Any

from relpro import schemas
from relpro.submit.scopes import Scopes
from relpro.workers.generic_worker import job_of, needed_scopes
from relpro.workers.job import Job, Unfit

_POSIX = "taskcluster/generic-worker/multiuser_posix.json"


def accepted(task: Mapping[str, Any], held: Callable[[], Scopes]) -> Job:
    """The job of a task as the queue has it; `held` gives its scopes, roles expanded.

    Raises `Unfit`, with everything that is wrong, and what `held` raises.
    """
    payload = task["payload"]
    if "image" in payload:
        raise Unfit("this worker runs no images: it takes payloads of generic-worker")
    if wrong := schemas.problems(_POSIX, payload, "payload"):
        raise Unfit("\n".join(wrong))
    if needed := tuple(needed_scopes(payload)):
        scopes = held()
        if lacking := [f"`{scope}`" for scope in needed if not scopes.satisfy(scope)]:
            raise Unfit(f"the task lacks {', '.join(lacking)}")
    return job_of(task)
