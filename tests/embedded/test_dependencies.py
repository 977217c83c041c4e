"""Dependencies: what must exist, and when a task becomes pending."""

from typing import Any

import pytest
import taskcluster

from relpro.embedded import EmbeddedTaskcluster, Settings
from tests.embedded.bodies import DAY, at, create, definition, new_id, refused


def test_missing_dependencies_are_all_named_and_the_task_does_not_exist(
    service: EmbeddedTaskcluster, queue: Any
) -> None:
    task_id, group, missing = new_id(), new_id(), [new_id(), new_id()]
    body = definition(service, dependencies=missing, taskGroupId=group)
    with refused(400, "InputError", missing[0]) as caught:
        queue.createTask(task_id, body)
    assert missing[1] in caught.value.body["message"]
    with refused(404, "ResourceNotFound"):
        queue.status(task_id)
    assert queue.listTaskGroup(group)["tasks"] == []


def test_a_refused_task_can_be_created_once_its_dependencies_exist(
    service: EmbeddedTaskcluster, queue: Any
) -> None:
    task_id, upstream = new_id(), new_id()
    body = definition(service, dependencies=[upstream])
    with refused(400, "InputError"):
        queue.createTask(task_id, body)
    queue.createTask(upstream, definition(service))
    assert queue.createTask(task_id, body)["status"]["state"] == "unscheduled"


def test_a_dependency_must_outlive_the_deadline(service: EmbeddedTaskcluster, queue: Any) -> None:
    upstream = create(service, queue, expires=at(service, DAY + 60))
    with refused(400, "InputError", upstream):
        create(service, queue, dependencies=[upstream], deadline=at(service, 2 * DAY))


def test_a_dependent_becomes_pending_when_all_dependencies_completed(
    service: EmbeddedTaskcluster, queue: Any
) -> None:
    first, second = create(service, queue), create(service, queue, taskQueueId="prov/mac")
    dependent = create(service, queue, dependencies=[first, second])
    assert queue.status(dependent)["status"]["runs"] == []
    service.complete_pending("prov/linux")
    assert service.states()[dependent] == "unscheduled"
    service.complete_pending("prov/mac")
    assert service.states()[dependent] == "pending"


def test_a_task_whose_dependencies_are_done_is_pending_in_the_reply(
    service: EmbeddedTaskcluster, queue: Any
) -> None:
    upstream = create(service, queue)
    service.complete_pending()
    body = definition(service, dependencies=[upstream])
    assert queue.createTask(new_id(), body)["status"]["state"] == "pending"


@pytest.mark.parametrize(
    ("requires", "outcome", "state"),
    [
        ("all-completed", "failed", "unscheduled"),
        ("all-completed", "malformed-payload", "unscheduled"),
        ("all-resolved", "failed", "pending"),
        ("all-resolved", "malformed-payload", "pending"),
        ("all-resolved", "completed", "pending"),
    ],
)
def test_what_a_dependency_became_counts_as_the_task_requires(
    service: EmbeddedTaskcluster, queue: Any, requires: str, outcome: str, state: str
) -> None:
    upstream = create(service, queue)
    before = create(service, queue, dependencies=[upstream], requires=requires)
    service.complete_pending(outcome=lambda *_: outcome)
    after = create(service, queue, dependencies=[upstream], requires=requires)
    states = service.states()
    assert (states[before], states[after]) == (state, state)


def test_a_dependent_runs_once_the_failed_dependency_was_rerun_and_completed(
    service: EmbeddedTaskcluster, queue: Any
) -> None:
    upstream = create(service, queue)
    dependent = create(service, queue, dependencies=[upstream])
    service.complete_pending(outcome=lambda *_: "failed")
    queue.rerunTask(upstream)
    service.complete_pending()
    assert service.states()[dependent] == "pending"


def test_a_dependent_that_never_starts_exceeds_its_deadline(
    service: EmbeddedTaskcluster, queue: Any
) -> None:
    upstream = create(service, queue)
    dependent = create(service, queue, dependencies=[upstream])
    queue.cancelTask(upstream)
    service.clock.advance(DAY + 61)
    run = queue.status(dependent)["status"]["runs"][0]
    assert (run["state"], run["reasonResolved"]) == ("exception", "deadline-exceeded")


def test_a_self_dependent_task_waits_until_it_is_scheduled(
    service: EmbeddedTaskcluster, queue: Any
) -> None:
    gate = new_id()
    queue.createTask(gate, definition(service, dependencies=[gate]))
    dependent = create(service, queue, dependencies=[gate])
    assert service.states() == {gate: "unscheduled", dependent: "unscheduled"}
    queue.scheduleTask(gate)
    assert service.complete_all() == [gate, dependent]


def test_dependents_are_listed(service: EmbeddedTaskcluster, queue: Any) -> None:
    upstream = create(service, queue)
    dependents = sorted(create(service, queue, dependencies=[upstream]) for _ in range(3))
    listed = queue.listDependentTasks(upstream)
    assert [entry["status"]["taskId"] for entry in listed["tasks"]] == dependents


def test_the_delay_of_the_queue_can_be_set() -> None:
    with EmbeddedTaskcluster(settings=Settings.at_once(dependency_poll=5)) as service:
        queue = taskcluster.Queue(service.options())
        upstream = create(service, queue)
        dependent = create(service, queue, dependencies=[upstream])
        service.complete_pending()
        assert service.states()[dependent] == "unscheduled"
        service.clock.advance(6)
        assert service.states()[dependent] == "pending"


def test_many_dependencies_are_checked_in_one_go(service: EmbeddedTaskcluster, queue: Any) -> None:
    wanted = [new_id() for _ in range(2000)]
    with refused(400, "InputError") as caught:
        create(service, queue, dependencies=wanted)
    assert all(task_id in caught.value.body["message"] for task_id in wanted)
