"""Bodies of calls that the tests of the embedded Taskcluster send, and what they expect back."""

import contextlib
from collections.abc import Iterator
from typing import Any

import pytest
import slugid
import taskcluster.exceptions

from relpro.embedded import EmbeddedTaskcluster
from relpro.embedded.clock import to_text

DAY = 86400.0


def at(service: EmbeddedTaskcluster, seconds: float) -> str:
    """A date this many seconds from the service's now."""
    return to_text(service.clock.now() + int(seconds * 1000))


def definition(service: EmbeddedTaskcluster, **changes: Any) -> dict[str, Any]:
    """A task that the queue accepts, with some fields changed; `None` leaves a field out."""
    body = {
        "taskQueueId": "prov/linux",
        "created": at(service, 0),
        "deadline": at(service, DAY),
        "payload": {},
        "metadata": {
            "name": "build",
            "description": "builds",
            "owner": "release@example.com",
            "source": "https://example.com/repo",
        },
        **changes,
    }
    return {key: value for key, value in body.items() if value is not None}


def new_id() -> str:
    return str(slugid.nice())


def create(service: EmbeddedTaskcluster, queue: Any, **changes: Any) -> str:
    """Create a task; gives its id."""
    task_id = new_id()
    queue.createTask(task_id, definition(service, **changes))
    return task_id


@contextlib.contextmanager
def refused(status: int, code: str, text: str = "") -> Iterator[pytest.ExceptionInfo[Any]]:
    """Expect a refusal of this status and code, whose message holds a text."""
    with pytest.raises(taskcluster.exceptions.TaskclusterFailure) as caught:
        yield caught
    error = caught.value
    assert (error.status_code, error.body["code"]) == (status, code), error.body["message"]
    assert text in error.body["message"]
