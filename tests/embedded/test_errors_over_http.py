"""The shape of errors, and what every service refuses."""

import json
import resource
from typing import Any

import pytest
import requests

from relpro.embedded import EmbeddedTaskcluster
from tests.embedded.bodies import definition, new_id, refused
from tests.embedded.conftest import Connect


def test_an_error_has_code_message_with_footer_and_the_request_with_defaults(
    service: EmbeddedTaskcluster, queue: Any
) -> None:
    task_id = new_id()
    with refused(400, "InputError") as caught:
        queue.createTask(task_id, definition(service, dependencies=[new_id()]))
    body = caught.value.body
    assert body["requestInfo"]["method"] == "createTask"
    assert body["requestInfo"]["params"] == {"taskId": task_id}
    assert body["requestInfo"]["payload"]["priority"] == "lowest"
    footer = body["message"].partition("\n---\n")[2].split("\n* ")
    assert [line.split(":")[0].strip() for line in footer[1:]] == [
        "method",
        "errorCode",
        "statusCode",
        "time",
    ]


def test_all_schema_violations_are_listed_in_one_message(
    service: EmbeddedTaskcluster, queue: Any
) -> None:
    body = definition(service, priority="normal", retries=50, tags={"a": 1}, extra=None, more=1)
    with refused(400, "InputValidationError") as caught:
        queue.createTask(new_id(), body)
    message = caught.value.body["message"]
    for path in ("data/priority must", "data/retries must", "data/tags/a must", "data must NOT"):
        assert f"  * {path}" in message


def test_an_unknown_route_has_no_error_shape(service: EmbeddedTaskcluster) -> None:
    answer = requests.get(f"{service.root_url}/api/queue/v1/nothing", timeout=60)
    assert (answer.status_code, answer.json()) == (404, {"error": "Not found"})


def test_a_malformed_parameter_in_the_url_is_an_invalid_request_argument(queue: Any) -> None:
    with refused(400, "InvalidRequestArguments", "taskId"):
        queue.status("not-a-slug")


def test_an_unknown_query_parameter_is_refused(service: EmbeddedTaskcluster, queue: Any) -> None:
    with refused(400, "InvalidRequestArguments", "colour"):
        queue.listTaskGroup(new_id(), query={"colour": "red"})


@pytest.mark.parametrize(
    ("body", "content_type"),
    [("{", "application/json"), ("{}", "text/plain")],
)
def test_a_body_that_is_not_json_is_malformed(
    service: EmbeddedTaskcluster, body: str, content_type: str
) -> None:
    url = f"{service.root_url}/api/queue/v1/task/{new_id()}"
    answer = requests.put(url, data=body, headers={"Content-Type": content_type}, timeout=60)
    assert (answer.status_code, answer.json()["code"]) == (400, "MalformedPayload")


def test_an_oversize_body_is_an_internal_error_not_413(service: EmbeddedTaskcluster) -> None:
    body = json.dumps({"payload": "x" * 10_500_000})
    url = f"{service.root_url}/api/queue/v1/task/{new_id()}"
    headers = {"Content-Type": "application/json"}
    answer = requests.put(url, data=body, headers=headers, timeout=60)
    assert (answer.status_code, answer.json()["code"]) == (500, "InternalServerError")


def test_a_large_body_within_the_limit_is_accepted(
    service: EmbeddedTaskcluster, queue: Any
) -> None:
    task_id = new_id()
    queue.createTask(task_id, definition(service, payload={"text": "x" * 9_000_000}))
    assert service.states() == {task_id: "pending"}


def test_answers_carry_trace_and_request_ids(service: EmbeddedTaskcluster) -> None:
    answer = requests.get(f"{service.root_url}/api/queue/v1/ping", timeout=60)
    assert {"x-for-trace-id", "x-for-request-id"} <= {name.lower() for name in answer.headers}


@pytest.mark.parametrize("name", ["Queue", "Index", "Hooks", "Secrets", "Auth"])
def test_every_service_answers_ping(connect: Connect, name: str) -> None:
    assert connect(name, None).ping()["alive"] is True


def test_a_caller_may_choose_the_trace_id(service: EmbeddedTaskcluster) -> None:
    headers = {"x-taskcluster-trace-id": "mine"}
    answer = requests.get(f"{service.root_url}/api/queue/v1/ping", headers=headers, timeout=60)
    assert answer.headers["x-for-trace-id"] == "mine"


@pytest.mark.parametrize("limit", ["x", "-1"])
def test_a_limit_must_be_a_whole_number(queue: Any, limit: str) -> None:
    with refused(400, "InvalidRequestArguments", "limit"):
        queue.statuses(payload={"taskIds": []}, query={"limit": limit})


def test_a_path_outside_the_services_is_not_found(service: EmbeddedTaskcluster) -> None:
    for path in ("/", "/api/queue/v2/ping", "/api/github/v1/ping", "/relpro/nothing"):
        answer = requests.get(service.root_url + path, timeout=60)
        assert (answer.status_code, answer.json()) == (404, {"error": "Not found"})


def test_a_missing_body_is_an_empty_one(service: EmbeddedTaskcluster) -> None:
    answer = requests.put(f"{service.root_url}/api/queue/v1/task/{new_id()}", timeout=60)
    assert (answer.status_code, answer.json()["code"]) == (400, "InputValidationError")


def test_what_the_service_cannot_handle_is_an_internal_error_without_details(
    service: EmbeddedTaskcluster, queue: Any
) -> None:
    deep: dict[str, Any] = {}
    for _ in range(300):
        deep = {"deeper": deep}
    with refused(500, "InternalServerError", "incidentId") as caught:
        queue.createTask(new_id(), definition(service, payload=deep))
    assert caught.value.body["requestInfo"]["payload"] is None
    assert service.tasks() == {}


def test_a_body_beyond_what_is_read_is_not_kept(service: EmbeddedTaskcluster) -> None:
    """An anonymous body of 300 MB takes the server 10 MB of memory, and is refused."""
    before = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    answer = requests.put(
        f"{service.root_url}/api/queue/v1/task/{new_id()}",
        data=(b" " * 1_000_000 for _ in range(300)),
        headers={"Content-Type": "application/json"},
        timeout=60,
    )
    assert answer.status_code == 500
    grown = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss - before
    assert grown < 60_000  # kB
    assert requests.get(f"{service.root_url}/api/queue/v1/ping", timeout=60).status_code == 200


def test_an_upload_that_nobody_was_given_is_not_read(service: EmbeddedTaskcluster) -> None:
    url = f"{service.root_url}/relpro/content/{'0' * 32}/{new_id()}/0/9999999999999/public/a"
    try:
        answer = requests.put(url, data=b" " * 20_000_000, timeout=60)
        assert answer.status_code in {403, 404}
    except requests.ConnectionError:
        pass
    assert requests.get(f"{service.root_url}/api/queue/v1/ping", timeout=60).status_code == 200
