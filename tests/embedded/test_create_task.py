"""createTask: what is accepted, what is filled in, and when it is the same task again."""

import threading
from typing import Any

import pytest
import taskcluster.exceptions

from relpro.embedded import EmbeddedTaskcluster
from tests.embedded.bodies import DAY, at, create, definition, new_id, refused
from tests.embedded.conftest import Connect


def test_a_task_without_dependencies_is_pending_at_once(
    service: EmbeddedTaskcluster, queue: Any
) -> None:
    task_id = new_id()
    status = queue.createTask(task_id, definition(service))["status"]
    assert status["state"] == "pending"
    assert status["runs"][0]["reasonCreated"] == "scheduled"
    assert queue.status(task_id)["status"] == status


def test_the_queue_fills_in_its_defaults(service: EmbeddedTaskcluster, queue: Any) -> None:
    task_id = create(service, queue)
    task = queue.task(task_id)
    expected = {
        "provisionerId": "prov",
        "workerType": "linux",
        "taskQueueId": "prov/linux",
        "schedulerId": "-",
        "projectId": "none",
        "taskGroupId": task_id,
        "dependencies": [],
        "requires": "all-completed",
        "routes": [],
        "priority": "lowest",
        "retries": 5,
        "scopes": [],
        "tags": {},
        "extra": {},
    }
    assert {key: task[key] for key in expected} == expected
    assert int(task["expires"][:4]) == int(task["deadline"][:4]) + 1


@pytest.mark.parametrize(
    ("names", "status"),
    [
        ({"taskQueueId": None, "provisionerId": "prov", "workerType": "linux"}, 200),
        ({"provisionerId": "prov", "workerType": "linux"}, 200),
        ({"taskQueueId": None}, 400),
        ({"taskQueueId": None, "provisionerId": "prov"}, 400),
        ({"workerType": "windows"}, 400),
    ],
)
def test_the_names_of_the_task_queue_must_agree(
    service: EmbeddedTaskcluster, queue: Any, names: dict[str, Any], status: int
) -> None:
    body = definition(service, **names)
    if status == 200:
        answer = queue.createTask(new_id(), body)["status"]
        assert answer["taskQueueId"] == "prov/linux"
    else:
        with refused(400, "InputError"):
            queue.createTask(new_id(), body)


@pytest.mark.parametrize(
    "changes",
    [
        {"taskQueueId": "prov/Linux"},
        {"taskQueueId": "prov/linux_64"},
        {"taskQueueId": "prov/linux-"},
        {"schedulerId": "a.b"},
        {"schedulerId": "a" * 39},
        {"routes": ["a"] * 2},
        {"routes": ["a" * 250]},
        {"routes": [str(n) for n in range(65)]},
        {"scopes": ["é"]},
        {"dependencies": ["AAAAAAAAQAGAAAAAAAAAAA"] * 2},
        {"deadline": "2030-01-01"},
        {"payload": []},
        {"metadata": {"name": "a", "description": "b", "owner": "c", "source": "file:///x"}},
        {"priority": "normal"},
        {"requires": "none"},
        {"created": None},
        {"retries": 50},
    ],
)
def test_what_the_schema_forbids_is_refused(
    service: EmbeddedTaskcluster, queue: Any, changes: dict[str, Any]
) -> None:
    with refused(400, "InputValidationError"):
        queue.createTask(new_id(), definition(service, **changes))
    assert service.tasks() == {}


@pytest.mark.parametrize(
    ("seconds", "text"),
    [
        ({"created": -16 * 60}, "created"),
        ({"created": 16 * 60}, "created"),
        ({"created": 10, "deadline": 5}, "`deadline` cannot be later than `created`"),
        ({"created": -600, "deadline": -300}, "past"),
        ({"deadline": 5 * DAY + 16 * 60}, "5 days"),
        ({"deadline": DAY, "expires": DAY - 1}, "expires"),
    ],
)
def test_dates_outside_their_windows_are_refused(
    service: EmbeddedTaskcluster, queue: Any, seconds: dict[str, float], text: str
) -> None:
    dates = {name: at(service, value) for name, value in seconds.items()}
    with refused(400, "InputError", text):
        queue.createTask(new_id(), definition(service, **dates))


@pytest.mark.parametrize(
    ("created", "deadline", "expires"),
    [
        (-14 * 60, DAY, DAY),
        (14 * 60, DAY, 20 * 365 * DAY),
        (0, 5 * DAY + 14 * 60, 6 * DAY),
    ],
)
def test_dates_inside_their_windows_are_accepted(
    service: EmbeddedTaskcluster, queue: Any, created: float, deadline: float, expires: float
) -> None:
    dates = {"created": created, "deadline": deadline, "expires": expires}
    body = definition(service, **{name: at(service, value) for name, value in dates.items()})
    assert queue.createTask(new_id(), body)["status"]["state"] == "pending"


@pytest.mark.parametrize(
    ("sent", "kept"),
    [("Z", ".000Z"), ("+00:00", ".000Z"), (".5Z", ".500Z"), (".123456Z", ".123Z")],
)
def test_dates_are_kept_to_the_millisecond_in_utc(
    service: EmbeddedTaskcluster, queue: Any, sent: str, kept: str
) -> None:
    second = at(service, DAY)[:19]
    task_id = create(service, queue, deadline=second + sent)
    assert queue.task(task_id)["deadline"] == second + kept


def test_the_same_definition_again_gives_the_current_status(
    service: EmbeddedTaskcluster, queue: Any
) -> None:
    task_id, body = new_id(), definition(service)
    queue.createTask(task_id, body)
    service.complete_pending()
    again = dict(reversed({**body, "deadline": body["deadline"][:-1] + "000Z"}.items()))
    assert queue.createTask(task_id, again)["status"]["state"] == "completed"
    assert len(service.status(task_id)["runs"]) == 1


@pytest.mark.parametrize(
    "changes",
    [{"payload": {"a": 1}}, {"tags": {"a": "b"}}, {"priority": "low"}, {"projectId": "other"}],
)
def test_another_definition_of_the_same_task_id_conflicts(
    service: EmbeddedTaskcluster, queue: Any, changes: dict[str, Any]
) -> None:
    task_id, body = new_id(), definition(service)
    queue.createTask(task_id, body)
    with refused(409, "RequestConflict", "already used by another task"):
        queue.createTask(task_id, {**body, **changes})


def test_after_fifteen_minutes_even_an_identical_create_is_refused(
    service: EmbeddedTaskcluster, queue: Any
) -> None:
    task_id, body = new_id(), definition(service)
    queue.createTask(task_id, body)
    service.clock.advance(16 * 60)
    with refused(400, "InputError", "created"):
        queue.createTask(task_id, body)


def test_a_task_group_has_one_scheduler(service: EmbeddedTaskcluster, queue: Any) -> None:
    group = new_id()
    create(service, queue, taskGroupId=group, schedulerId="one")
    with refused(409, "RequestConflict", "schedulerId"):
        create(service, queue, taskGroupId=group, schedulerId="two")


def test_of_conflicting_creates_at_once_exactly_one_wins(
    service: EmbeddedTaskcluster, connect: Connect
) -> None:
    task_id, queue, outcomes = new_id(), connect("Queue"), list[int]()

    def send(number: int) -> None:
        try:
            queue.createTask(task_id, definition(service, payload={"number": number}))
            outcomes.append(200)
        except taskcluster.exceptions.TaskclusterRestFailure as error:
            outcomes.append(error.status_code)

    threads = [threading.Thread(target=send, args=(number,)) for number in range(8)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert sorted(outcomes) == [200] + [409] * 7


def test_scopes_that_end_in_two_stars_are_refused(service: EmbeddedTaskcluster, queue: Any) -> None:
    with refused(400, "InputError", "secrets:**"):
        create(service, queue, scopes=["secrets:**"])
