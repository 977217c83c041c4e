"""Artifacts: made by workers, found and fetched by everybody who may."""

from typing import Any

import pytest
import requests
import taskcluster

from relpro.embedded import EmbeddedTaskcluster
from tests.embedded.bodies import DAY, at, create, new_id, refused
from tests.embedded.conftest import Connect

WORKER = {"workerGroup": "g", "workerId": "w"}


@pytest.fixture
def running(service: EmbeddedTaskcluster, queue: Any) -> str:
    """The id of a task that is running."""
    task_id = create(service, queue)
    queue.claimTask(task_id, 0, WORKER)
    return task_id


def body(service: EmbeddedTaskcluster, **fields: Any) -> dict[str, Any]:
    kind = {"storageType": "s3", "contentType": "text/plain", "expires": at(service, DAY)}
    return {key: value for key, value in {**kind, **fields}.items() if value is not None}


def upload(service: EmbeddedTaskcluster, queue: Any, task_id: str, name: str, text: bytes) -> None:
    url = queue.createArtifact(task_id, 0, name, body(service))["putUrl"]
    requests.put(url, data=text, headers={"Content-Type": "text/plain"}, timeout=60)


def test_an_uploaded_artifact_is_listed_and_fetched(
    service: EmbeddedTaskcluster, queue: Any, running: str, connect: Connect
) -> None:
    upload(service, queue, running, "public/build/log.txt", b"hello")
    listed = queue.listArtifacts(running, 0)["artifacts"]
    assert [(entry["name"], entry["storageType"]) for entry in listed] == [
        ("public/build/log.txt", "s3")
    ]
    anonymous = connect("Queue", None)
    for found in (
        anonymous.getArtifact(running, 0, "public/build/log.txt"),
        anonymous.getLatestArtifact(running, "public/build/log.txt"),
        anonymous.artifact(running, 0, "public/build/log.txt"),
        anonymous.latestArtifact(running, "public/build/log.txt"),
    ):
        answer = requests.get(found["url"], timeout=60)
        assert (answer.content, answer.headers["content-type"]) == (b"hello", "text/plain")


def test_fetching_redirects_with_303(
    service: EmbeddedTaskcluster, queue: Any, running: str
) -> None:
    upload(service, queue, running, "public/a b/c.txt", b"hello")
    for name in ("public/a%20b/c.txt", "public%2Fa%20b%2Fc.txt"):
        url = f"{service.root_url}/api/queue/v1/task/{running}/artifacts/{name}"
        answer = requests.get(url, timeout=60, allow_redirects=False)
        assert answer.status_code == 303
        assert answer.json() == {"storageType": "s3", "url": answer.headers["location"]}
        assert requests.get(url, timeout=60).content == b"hello"


def test_an_upload_must_have_the_content_type_it_was_announced_with(
    service: EmbeddedTaskcluster, queue: Any, running: str
) -> None:
    url = queue.createArtifact(running, 0, "public/a", body(service))["putUrl"]
    wrong = {"Content-Type": "application/json"}
    assert requests.put(url, data=b"x", headers=wrong, timeout=60).status_code == 403
    assert service.content(running, "public/a") is None


def test_an_artifact_lists_and_redirects_before_it_is_uploaded(
    service: EmbeddedTaskcluster, queue: Any, running: str
) -> None:
    queue.createArtifact(running, 0, "public/a", body(service))
    url = queue.getLatestArtifact(running, "public/a")["url"]
    assert requests.get(url, timeout=60).status_code == 404


def test_a_content_url_cannot_be_made_up_and_ends(
    service: EmbeddedTaskcluster, queue: Any, running: str
) -> None:
    upload(service, queue, running, "public/a", b"x")
    url = queue.getLatestArtifact(running, "public/a")["url"]
    assert requests.get(url.replace("public", "secret"), timeout=60).status_code == 403
    service.clock.advance(31 * 60)
    assert requests.get(url, timeout=60).status_code == 403


def test_private_artifacts_need_a_scope_in_header_or_bewit(
    service: EmbeddedTaskcluster, queue: Any, running: str, connect: Connect
) -> None:
    upload(service, queue, running, "private/a", b"x")
    with refused(403, "InsufficientScopes", "queue:get-artifact:private/a"):
        connect("Queue", None).getLatestArtifact(running, "private/a")
    allowed = connect("Queue", "queue:get-artifact:private/*")
    assert allowed.getLatestArtifact(running, "private/a")
    url = allowed.buildSignedUrl("getLatestArtifact", running, "private/a")
    assert requests.get(url, timeout=60).content == b"x"
    tampered = requests.get(url.replace("private", "public"), timeout=60)
    assert tampered.status_code == 401
    service.clock.skew(16 * 60)
    assert requests.get(url, timeout=60).status_code == 401


def test_a_reference_redirects_to_its_url(
    service: EmbeddedTaskcluster, queue: Any, running: str
) -> None:
    reference = body(service, storageType="reference", url="https://example.com/a")
    assert queue.createArtifact(running, 0, "public/a", reference) == {"storageType": "reference"}
    assert queue.artifact(running, 0, "public/a")["url"] == "https://example.com/a"
    queue.createArtifact(running, 0, "public/a", {**reference, "url": "https://example.com/b"})
    assert queue.artifact(running, 0, "public/a")["url"] == "https://example.com/b"
    link = body(service, storageType="link", artifact="public/b")
    queue.createArtifact(running, 0, "public/a", link)
    with refused(409, "RequestConflict"):
        queue.createArtifact(running, 0, "public/a", body(service))


def test_links_are_followed_with_the_scopes_of_both_names(
    service: EmbeddedTaskcluster, queue: Any, running: str, connect: Connect
) -> None:
    upload(service, queue, running, "private/a", b"x")
    queue.createArtifact(
        running, 0, "public/a", body(service, storageType="link", artifact="private/a")
    )
    assert queue.getLatestArtifact(running, "public/a")["storageType"] == "s3"
    with refused(403, "InsufficientScopes", "private/a"):
        connect("Queue", None).getLatestArtifact(running, "public/a")


def test_a_cycle_of_links_is_refused_when_fetched(
    service: EmbeddedTaskcluster, queue: Any, running: str
) -> None:
    for name, target in (("public/a", "public/b"), ("public/b", "public/a")):
        link = body(service, storageType="link", artifact=target)
        queue.createArtifact(running, 0, name, link)
    with refused(400, "InputError", "cycle"):
        queue.getLatestArtifact(running, "public/a")


def test_an_error_artifact_answers_424_with_its_reason(
    service: EmbeddedTaskcluster, queue: Any, running: str
) -> None:
    reason = {"reason": "file-missing-on-worker", "message": "no such file"}
    error = body(service, storageType="error", contentType=None, **reason)
    queue.createArtifact(running, 0, "public/a", error)
    with pytest.raises(taskcluster.exceptions.TaskclusterRestFailure) as caught:
        queue.getLatestArtifact(running, "public/a")
    assert (caught.value.status_code, caught.value.body) == (424, reason)
    assert queue.latestArtifact(running, "public/a") == {"storageType": "error", **reason}


def test_an_artifact_may_not_outlive_its_task(
    service: EmbeddedTaskcluster, queue: Any, running: str
) -> None:
    with refused(400, "InputError"):
        late = body(service, expires=at(service, 400 * DAY))
        queue.createArtifact(running, 0, "public/a", late)
    queue.createArtifact(running, 0, "public/a", body(service, expires=at(service, -DAY)))


@pytest.mark.parametrize(
    ("changes", "status"),
    [
        ({}, 200),
        ({"expires": 2 * DAY}, 200),
        ({"expires": DAY / 2}, 409),
        ({"contentType": "text/html"}, 409),
        ({"storageType": "reference", "url": "https://example.com"}, 409),
    ],
)
def test_an_artifact_can_be_made_again_as_it_was_or_for_longer(
    service: EmbeddedTaskcluster, queue: Any, running: str, changes: dict[str, Any], status: int
) -> None:
    first = body(service)
    queue.createArtifact(running, 0, "public/a", first)
    if "expires" in changes:
        changes = {**changes, "expires": at(service, changes["expires"])}
    if status == 200:
        assert queue.createArtifact(running, 0, "public/a", {**first, **changes})
    else:
        with refused(409, "RequestConflict"):
            queue.createArtifact(running, 0, "public/a", {**first, **changes})


def test_artifacts_are_made_while_a_run_runs_and_a_while_after_an_exception(
    service: EmbeddedTaskcluster, queue: Any, running: str
) -> None:
    with refused(400, "InputError"):
        queue.createArtifact(running, 1, "public/a", body(service))
    queue.reportException(running, 0, {"reason": "internal-error"})
    service.clock.advance(24 * 60)
    queue.createArtifact(running, 0, "public/a", body(service))
    service.clock.advance(2 * 60)
    with refused(409, "RequestConflict"):
        queue.createArtifact(running, 0, "public/b", body(service))


def test_no_artifact_is_made_before_a_run_or_after_it_completed(
    service: EmbeddedTaskcluster, queue: Any
) -> None:
    task_id = create(service, queue)
    with refused(409, "RequestConflict"):
        queue.createArtifact(task_id, 0, "public/a", body(service))
    service.complete_pending()
    with refused(409, "RequestConflict"):
        queue.createArtifact(task_id, 0, "public/a", body(service))


def test_making_an_artifact_needs_the_scope_of_the_run(
    service: EmbeddedTaskcluster, running: str, connect: Connect
) -> None:
    with refused(403, "InsufficientScopes", f"queue:create-artifact:{running}/0"):
        connect("Queue", "none").createArtifact(running, 0, "public/a", body(service))


def test_latest_is_the_last_run_even_without_artifacts(
    service: EmbeddedTaskcluster, queue: Any, running: str
) -> None:
    upload(service, queue, running, "public/a", b"x")
    queue.reportCompleted(running, 0)
    queue.rerunTask(running)
    assert queue.listLatestArtifacts(running)["artifacts"] == []
    assert len(queue.listArtifacts(running, 0)["artifacts"]) == 1
    with refused(404, "ResourceNotFound"):
        queue.getLatestArtifact(running, "public/a")


def test_a_task_without_runs_has_no_latest_artifacts(
    service: EmbeddedTaskcluster, queue: Any
) -> None:
    waiting = create(service, queue, dependencies=[create(service, queue)])
    for call in (queue.listLatestArtifacts, lambda task: queue.getLatestArtifact(task, "public/a")):
        with refused(404, "ResourceNotFound"):
            call(waiting)
    for task_id, run_id in ((new_id(), 0), (waiting, 0)):
        with refused(404, "ResourceNotFound"):
            queue.listArtifacts(task_id, run_id)


def test_a_run_that_does_not_exist_has_no_artifacts(queue: Any, running: str) -> None:
    with refused(404, "ResourceNotFound"):
        queue.listArtifacts(running, 1)


def test_there_is_no_object_service(service: EmbeddedTaskcluster, queue: Any, running: str) -> None:
    with refused(400, "InputError", "s3"):
        queue.createArtifact(running, 0, "public/a", body(service, storageType="object"))


def test_information_on_an_artifact_is_that_of_the_list(
    service: EmbeddedTaskcluster, queue: Any, running: str
) -> None:
    queue.createArtifact(running, 0, "public/a", body(service, contentLength=5))
    (listed,) = queue.listArtifacts(running, 0)["artifacts"]
    assert listed["contentLength"] == 5
    assert queue.artifactInfo(running, 0, "public/a") == listed
    assert queue.latestArtifactInfo(running, "public/a") == listed
