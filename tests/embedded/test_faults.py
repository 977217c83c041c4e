"""Faults that a test switches on, as a client sees them."""

import time
from typing import Any

import mohawk
import pytest
import requests
import taskcluster
import taskcluster.exceptions

from relpro.embedded import EmbeddedTaskcluster, Fault, Settings
from relpro.embedded.faults import Kind
from tests.embedded.bodies import create, definition, new_id, refused

REFUSED: list[tuple[Kind, int, bool]] = [
    ("error-before", 500, False),
    ("error-after", 500, True),
    ("conflict", 409, False),
]
CUT: list[tuple[Kind, bool]] = [
    ("reset-before", False),
    ("reset-after", True),
    ("hang-before", False),
    ("hang-after", True),
]


@pytest.mark.parametrize(("kind", "status", "stored"), REFUSED)
def test_a_refusal_comes_before_or_after_the_task_is_stored(
    service: EmbeddedTaskcluster, queue: Any, kind: Kind, status: int, stored: bool
) -> None:
    service.faults.add(Fault(kind, {"createTask"}))
    with pytest.raises(taskcluster.exceptions.TaskclusterRestFailure) as caught:
        create(service, queue)
    assert caught.value.status_code == status
    assert (len(service.tasks()) == 1) == stored


@pytest.mark.parametrize(("kind", "stored"), CUT)
def test_a_connection_is_cut_before_or_after_the_task_is_stored(
    service: EmbeddedTaskcluster, queue: Any, kind: Kind, stored: bool
) -> None:
    service.faults.add(Fault(kind, {"createTask"}, seconds=0.05))
    with pytest.raises(taskcluster.exceptions.TaskclusterConnectionError):
        create(service, queue)
    assert (len(service.tasks()) == 1) == stored


def test_a_call_can_be_slow(service: EmbeddedTaskcluster, queue: Any) -> None:
    service.faults.add(Fault("latency", {"ping"}, seconds=0.2))
    start = time.monotonic()
    queue.ping()
    assert time.monotonic() - start >= 0.2


def test_a_hanging_call_does_not_hold_up_others_nor_the_end() -> None:
    with EmbeddedTaskcluster(settings=Settings.at_once()) as service:
        service.faults.add(Fault("hang-before", {"status"}))
        url = f"{service.root_url}/api/queue/v1/task/{new_id()}/status"
        with pytest.raises(requests.exceptions.ReadTimeout):
            requests.get(url, timeout=0.1)
        assert taskcluster.Queue({"rootUrl": service.root_url}).ping()["alive"]


def test_the_client_retries_its_way_through(service: EmbeddedTaskcluster) -> None:
    service.faults.add(
        Fault("error-after", {"createTask"}, times=1), Fault("reset-before", times=1)
    )
    queue = taskcluster.Queue(service.options())
    task_id = create(service, queue)
    assert service.states() == {task_id: "pending"}
    assert service.faults.struck == [("createTask", "error-after"), ("createTask", "reset-before")]
    assert [(call.method, call.status) for call in service.calls] == [
        ("createTask", 500),
        ("createTask", 0),
        ("createTask", 200),
    ]


def test_faults_skip_calls_and_other_methods(service: EmbeddedTaskcluster, queue: Any) -> None:
    service.faults.add(Fault("error-before", {"status"}, skip=1))
    task_id = create(service, queue)
    queue.status(task_id)
    with refused(500, "InternalServerError"):
        queue.status(task_id)
    service.faults.clear()
    queue.status(task_id)


def test_the_same_seed_gives_the_same_faults() -> None:
    def struck(seed: int) -> list[bool]:
        with EmbeddedTaskcluster(seed=seed, settings=Settings.at_once(anonymous=("*",))) as service:
            service.faults.add(Fault("error-before", {"ping"}, probability=0.5))
            url = f"{service.root_url}/api/queue/v1/ping"
            with requests.Session() as session:
                return [session.get(url, timeout=60).status_code == 500 for _ in range(20)]

    assert struck(1) == struck(1) != struck(2)
    assert 0 < sum(struck(1)) < 20


def test_clock_and_faults_can_be_steered_over_http(
    service: EmbeddedTaskcluster, queue: Any
) -> None:
    def steer(what: str, body: str, *scopes: str) -> int:
        url = f"{service.root_url}/relpro/control/{what}"
        who = service.options(*scopes)["credentials"]
        key = {"id": who["clientId"], "key": who["accessToken"], "algorithm": "sha256"}
        kind = "application/json"
        sender = mohawk.Sender(key, url, "POST", content=body, content_type=kind)
        headers = {"Authorization": sender.request_header, "Content-Type": kind}
        return requests.post(url, data=body, headers=headers, timeout=60).status_code

    body = definition(service)
    assert steer("clock", '{"advance": 1000}', "none") == 403
    assert steer("clock", '{"advance": 1000}') == 200
    with refused(400, "InputError", "created"):
        queue.createTask(new_id(), body)
    assert steer("faults", '{"faults": [{"kind": "error-before", "methods": ["ping"]}]}') == 200
    with refused(500, "InternalServerError"):
        queue.ping()
    assert steer("faults", '{"faults": []}') == 200
    queue.ping()
