"""What the index is asked, and why an answer is not taken, on a real embedded Taskcluster."""

from collections.abc import Iterator
from typing import Any

import pytest
import taskcluster

from relpro.embedded import EmbeddedTaskcluster, Settings, Worker
from relpro.optimize.found import Found
from relpro.plan.remote import RemoteTaskcluster
from tests.embedded.bodies import DAY, at, create
from tests.submit.graphs import now_of, queue_of


@pytest.fixture
def service() -> Iterator[EmbeddedTaskcluster]:
    with EmbeddedTaskcluster(settings=Settings.at_once()) as running:
        yield running


def client(service: EmbeddedTaskcluster, name: str) -> Any:
    options = {"rootUrl": service.root_url, "credentials": service.root_credentials}
    return getattr(taskcluster, name)(options)


def look(service: EmbeddedTaskcluster, *paths: str) -> Found:
    return RemoteTaskcluster.at(queue_of(service), now_of(service)).find_all(paths)


def indexed(service: EmbeddedTaskcluster, path: str, **changes: Any) -> str:
    """The id of a new task that the index has at `path`."""
    task_id = create(service, client(service, "Queue"), **changes)
    entry = {"taskId": task_id, "rank": 0, "data": {}, "expires": at(service, 30 * DAY)}
    client(service, "Index").insertTask(path, entry)
    return task_id


def test_a_task_that_did_not_complete_is_not_used_and_why(service: EmbeddedTaskcluster) -> None:
    task_id = indexed(service, "a.b", expires=at(service, 30 * DAY))
    found = look(service, "a.b", "a.none")
    assert found.first(["a.b"]) is None
    assert found.why_not(["a.b", "a.none"]) == (
        f"nothing in the index at `a.none`; `a.b` leads to task {task_id}, which is pending, "
        "not completed"
    )


def test_a_task_that_expires_too_early_is_not_used_and_why(service: EmbeddedTaskcluster) -> None:
    early = indexed(service, "a.b", expires=at(service, 2 * DAY))
    late = indexed(service, "a.c", expires=at(service, 30 * DAY))
    worker = Worker(service.root_url, service.root_credentials, "prov/linux")
    for claim in worker.claim():
        worker.resolve(claim, "completed")
    found = look(service, "a.b", "a.c")
    assert (found.first(["a.b", "a.c"]), found["a.c"]) == ("a.c", late)
    said = found.why_not(["a.b"])
    assert said.startswith(f"`a.b` leads to task {early}, which expires at 20")
    assert said.endswith("Z, before what needs it is done")


def test_a_task_that_the_queue_does_not_know_is_not_used_and_why(
    service: EmbeddedTaskcluster,
) -> None:
    entry = {
        "taskId": taskcluster.slugId(),
        "rank": 0,
        "data": {},
        "expires": at(service, 30 * DAY),
    }
    client(service, "Index").insertTask("a.b", entry)
    assert look(service, "a.b").why_not(["a.b"]).endswith("which the queue does not know")
