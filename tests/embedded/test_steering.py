"""Scheduling, rerunning, cancelling, priorities, groups and sealing."""

from typing import Any

import pytest
import taskcluster

from relpro.embedded import ApiError, EmbeddedTaskcluster, Settings
from relpro.embedded.clock import to_milliseconds, to_text
from tests.embedded.bodies import DAY, create, definition, new_id, refused
from tests.embedded.conftest import Connect


def test_schedule_forces_a_task_past_its_dependencies(
    service: EmbeddedTaskcluster, queue: Any
) -> None:
    upstream = create(service, queue)
    dependent = create(service, queue, dependencies=[upstream])
    assert queue.scheduleTask(dependent)["status"]["state"] == "pending"
    service.complete_pending()
    assert queue.scheduleTask(dependent)["status"]["state"] == "completed"
    assert len(service.status(dependent)["runs"]) == 1


@pytest.mark.parametrize("outcome", ["completed", "failed", "malformed-payload"])
def test_rerun_makes_a_new_run_and_resets_retries(
    service: EmbeddedTaskcluster, queue: Any, outcome: str
) -> None:
    task_id = create(service, queue, retries=1)
    service.complete_pending(outcome=lambda *_: "worker-shutdown")
    service.complete_pending(outcome=lambda *_: outcome)
    assert service.status(task_id)["retriesLeft"] == 0
    status = queue.rerunTask(task_id)["status"]
    assert (status["state"], status["retriesLeft"]) == ("pending", 1)
    assert [run["reasonCreated"] for run in status["runs"]] == ["scheduled", "retry", "rerun"]


def test_rerun_starts_an_unscheduled_task(service: EmbeddedTaskcluster, queue: Any) -> None:
    dependent = create(service, queue, dependencies=[create(service, queue)])
    assert queue.rerunTask(dependent)["status"]["state"] == "pending"


def test_cancel_resolves_pending_and_unscheduled_tasks(
    service: EmbeddedTaskcluster, queue: Any
) -> None:
    upstream = create(service, queue)
    dependent = create(service, queue, dependencies=[upstream])
    for task_id, created in ((upstream, "scheduled"), (dependent, "exception")):
        run = queue.cancelTask(task_id)["status"]["runs"][0]
        assert (run["state"], run["reasonResolved"]) == ("exception", "canceled")
        assert run["reasonCreated"] == created


def test_cancelling_a_resolved_task_changes_nothing(
    service: EmbeddedTaskcluster, queue: Any
) -> None:
    task_id = create(service, queue)
    service.complete_pending()
    assert queue.cancelTask(task_id)["status"]["state"] == "completed"


@pytest.mark.parametrize("verb", ["scheduleTask", "rerunTask", "cancelTask"])
def test_a_task_past_its_deadline_cannot_be_changed(
    service: EmbeddedTaskcluster, queue: Any, verb: str
) -> None:
    task_id = create(service, queue)
    service.clock.advance(DAY + 1)
    with refused(409, "RequestConflict", "deadline"):
        getattr(queue, verb)(task_id)


@pytest.mark.parametrize("verb", ["schedule", "rerun", "cancel"])
def test_steering_needs_the_scope_of_the_task_or_of_its_project(
    service: EmbeddedTaskcluster, queue: Any, connect: Connect, verb: str
) -> None:
    task_id = create(service, queue, projectId="releng", schedulerId="s")
    for scope in (
        f"queue:{verb}-task:s/{task_id}/{task_id}",
        f"queue:{verb}-task-in-project:releng",
    ):
        getattr(connect("Queue", scope), f"{verb}Task")(task_id)
    with refused(403, "InsufficientScopes", f"queue:{verb}-task-in-project:releng"):
        getattr(connect("Queue", "none"), f"{verb}Task")(task_id)


def test_unknown_tasks_are_not_found(queue: Any) -> None:
    for verb in ("task", "status", "scheduleTask", "cancelTask", "listDependentTasks"):
        with refused(404, "ResourceNotFound"):
            getattr(queue, verb)(new_id())


def test_statuses_and_tasks_leave_out_unknown_ids(service: EmbeddedTaskcluster, queue: Any) -> None:
    known = [create(service, queue) for _ in range(2)]
    asked = {"taskIds": [known[1], new_id(), known[0]]}
    assert [entry["taskId"] for entry in queue.statuses(asked)["statuses"]] == [known[1], known[0]]
    tasks = queue.tasks(asked)["tasks"]
    assert tasks[0]["task"] == queue.task(known[1])


def test_statuses_need_a_scope_for_each_id() -> None:
    with EmbeddedTaskcluster(settings=Settings.at_once(anonymous=())) as closed:
        one, other = new_id(), new_id()
        queue = taskcluster.Queue(closed.options(f"queue:status:{one}"))
        assert queue.statuses({"taskIds": [one]}) == {"statuses": []}
        with refused(403, "InsufficientScopes", other):
            queue.statuses({"taskIds": [one, other]})


def test_a_changed_priority_shows_in_status_and_order(
    service: EmbeddedTaskcluster, queue: Any
) -> None:
    first, second = create(service, queue), create(service, queue)
    status = queue.changeTaskPriority(second, {"newPriority": "high"})["status"]
    assert status["priority"] == "high"
    assert service.complete_pending() == [second, first]


def test_a_task_group_is_listed_page_by_page_in_order_of_creation(
    service: EmbeddedTaskcluster, queue: Any
) -> None:
    group = new_id()
    made = [create(service, queue, taskGroupId=group, schedulerId="s") for _ in range(5)]
    pages: list[Any] = []
    queue.listTaskGroup(group, paginationHandler=pages.append, query={"limit": 2})
    assert [len(page["tasks"]) for page in pages] == [2, 2, 1]
    found = [entry["status"]["taskId"] for page in pages for entry in page["tasks"]]
    assert found == made
    assert pages[0]["tasks"][0]["task"] == queue.task(made[0])
    assert queue.listTaskGroup(group, query={"limit": 0})["tasks"] == []
    assert len(queue.listTaskGroup(group, query={"limit": 5000})["tasks"]) == 5
    with refused(404, "ResourceNotFound"):
        queue.listTaskGroup(new_id())


def test_a_task_group_outlives_its_tasks_by_an_hour(
    service: EmbeddedTaskcluster, queue: Any
) -> None:
    group = new_id()
    first = create(service, queue, taskGroupId=group, schedulerId="s")
    late = to_milliseconds(service.task(first)["expires"]) + 1000
    create(service, queue, taskGroupId=group, schedulerId="s", expires=to_text(late))
    found = queue.getTaskGroup(group)
    assert found["schedulerId"] == "s"
    assert found["expires"] == to_text(late + 3_600_000)
    assert "sealed" not in found


def test_a_sealed_group_takes_no_task_not_even_one_it_has(
    service: EmbeddedTaskcluster, queue: Any
) -> None:
    group, member, late = new_id(), new_id(), new_id()
    body = definition(service, taskGroupId=group)
    queue.createTask(member, body)
    sealed = queue.sealTaskGroup(group)["sealed"]
    assert queue.sealTaskGroup(group)["sealed"] == sealed
    for task_id in (member, late):
        with refused(409, "RequestConflict", "sealed"):
            queue.createTask(task_id, body)
    assert list(service.tasks()) == [member]


def test_only_a_sealed_group_can_be_cancelled(service: EmbeddedTaskcluster, queue: Any) -> None:
    group = new_id()
    done = create(service, queue, taskGroupId=group)
    service.complete_pending()
    pending = create(service, queue, taskGroupId=group)
    waiting = create(service, queue, taskGroupId=group, dependencies=[pending])
    with refused(409, "RequestConflict", "sealed"):
        queue.cancelTaskGroup(group)
    queue.sealTaskGroup(group)
    assert queue.cancelTaskGroup(group) == {
        "taskGroupId": group,
        "taskGroupSize": 3,
        "cancelledCount": 2,
        "taskIds": [pending, waiting],
    }
    assert service.states() == {done: "completed", pending: "exception", waiting: "exception"}


def test_built_in_workers_resolve_their_tasks(service: EmbeddedTaskcluster, queue: Any) -> None:
    good = create(service, queue, taskQueueId="built-in/succeed")
    bad = create(service, queue, taskQueueId="built-in/fail")
    odd = create(service, queue, taskQueueId="built-in/succeed", payload={"a": 1})
    after = create(service, queue, taskQueueId="built-in/succeed", dependencies=[good])
    assert service.states() == {
        good: "completed",
        bad: "failed",
        odd: "exception",
        after: "completed",
    }
    run = queue.status(odd)["status"]["runs"][0]
    assert (run["reasonResolved"], run["workerGroup"]) == ("malformed-payload", "built-in")


def test_a_pending_task_exceeds_its_deadline_a_minute_late(
    service: EmbeddedTaskcluster, queue: Any
) -> None:
    task_id = create(service, queue)
    service.clock.advance(DAY + 30)
    assert service.states() == {task_id: "pending"}
    service.clock.advance(31)
    status = queue.status(task_id)["status"]
    assert (status["state"], status["runs"][0]["reasonResolved"]) == (
        "exception",
        "deadline-exceeded",
    )


def test_rerunning_a_pending_task_changes_nothing(service: EmbeddedTaskcluster, queue: Any) -> None:
    task_id = create(service, queue)
    assert len(queue.rerunTask(task_id)["status"]["runs"]) == 1


def test_the_priority_of_a_resolved_task_cannot_be_changed(
    service: EmbeddedTaskcluster, queue: Any
) -> None:
    task_id = create(service, queue)
    service.complete_pending()
    with refused(409, "RequestConflict"):
        queue.changeTaskPriority(task_id, {"newPriority": "high"})


def test_a_task_and_its_status_are_read_directly(service: EmbeddedTaskcluster, queue: Any) -> None:
    task_id = create(service, queue)
    assert service.task(task_id) == queue.task(task_id)
    assert service.statuses() == {task_id: queue.status(task_id)["status"]}
    with pytest.raises(ApiError):
        service.task(new_id())
