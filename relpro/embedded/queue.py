"""Takes calls of the queue that create and change tasks; gives statuses and definitions."""

from collections.abc import Mapping

import attrs
import orjson

from relpro.embedded.definition import (
    check_scopes,
    scopes_to_create,
    to_record,
    with_dates,
    with_queue,
)
from relpro.embedded.dependencies import add_dependencies, check_dependencies
from relpro.embedded.deployment import Call
from relpro.embedded.errors import Json, conflict
from relpro.embedded.groups import join_group
from relpro.embedded.lifecycle import change, create
from relpro.embedded.pages import page_of
from relpro.embedded.runs import resolved, with_new_run
from relpro.embedded.scopes import AllOf, AnyOf, Expression
from relpro.embedded.tasks import PRIORITIES, TaskRecord, find_task, get_task, select_tasks


def status_of(record: TaskRecord) -> Json:
    """The status in the answer of most calls."""
    return {"status": record.status()}


def create_task(call: Call) -> Json:
    """Queue API, createTask: with the queue's order of checks and its idempotency."""
    body = with_queue(call.payload)
    call.require(scopes_to_create(body))
    body = with_dates(body, call.now, call.deployment.settings.longest_deadline)
    check_scopes(body)
    record = to_record(call.params["taskId"], body)
    join_group(call.store, record)
    call.store.commit()
    existing = find_task(call.store, record.task_id)
    if existing:
        return _same(existing, record)
    dependencies = body["dependencies"]
    met = check_dependencies(call.store, record, dependencies) if dependencies else []
    if dependencies:
        add_dependencies(call.store, record.task_id, dependencies, met)
    if all(met):
        record = with_new_run(record, "scheduled", call.now)
    create(call.deployment, record)
    return status_of(record)


def _same(existing: TaskRecord, record: TaskRecord) -> Json:
    if existing.definition != record.definition and existing.body != record.body:
        raise conflict(
            f"taskId {record.task_id} already used by another task: a task is defined once,"
            " and only an identical definition may be sent again"
        )
    return status_of(existing)


def task(call: Call) -> orjson.Fragment:
    """Queue API, task."""
    call.require(f"queue:get-task:{call.params['taskId']}")
    return get_task(call.store, call.params["taskId"]).raw


def status(call: Call) -> Json:
    """Queue API, status."""
    call.require(f"queue:status:{call.params['taskId']}")
    return status_of(get_task(call.store, call.params["taskId"]))


def tasks(call: Call) -> Json:
    """Queue API, tasks: definitions; unknown ids are left out."""
    records, more = _known(call, "queue:get-task:")
    listed = [{"taskId": record.task_id, "task": record.raw} for record in records]
    return {"tasks": listed, **more}


def statuses(call: Call) -> Json:
    """Queue API, statuses; unknown ids are left out."""
    records, more = _known(call, "queue:status:")
    listed = [{"taskId": record.task_id, "status": record.status()} for record in records]
    return {"statuses": listed, **more}


def _known(call: Call, scope: str) -> tuple[list[TaskRecord], Mapping[str, str]]:
    task_ids = call.payload.get("taskIds", [])
    call.require(AllOf(tuple(f"{scope}{task_id}" for task_id in task_ids)))
    page, more = page_of(call.query, lambda offset, limit: task_ids[offset : offset + limit])
    found = [find_task(call.store, task_id) for task_id in page]
    return [record for record in found if record], more


def schedule_task(call: Call) -> Json:
    """Queue API, scheduleTask: ignores unmet dependencies."""
    record = _steered(call, "schedule-task")
    if not record.runs:
        record = with_new_run(record, "scheduled", call.now)
        change(call.deployment, record)
    return status_of(record)


def rerun_task(call: Call) -> Json:
    """Queue API, rerunTask: a new run, whatever the results of earlier ones."""
    record = _steered(call, "rerun-task")
    if record.state in {"pending", "running"}:
        return status_of(record)
    record = attrs.evolve(record, retries_left=record.body["retries"])
    record = with_new_run(record, "rerun", call.now)
    change(call.deployment, record)
    return status_of(record)


def cancel_task(call: Call) -> Json:
    """Queue API, cancelTask."""
    record = _steered(call, "cancel-task")
    if not record.is_resolved:
        record = resolved(record, "exception", "canceled", call.now)
        change(call.deployment, record)
    return status_of(record)


def _steered(call: Call, verb: str) -> TaskRecord:
    """The task of a call, if the caller may change it and its deadline is not over."""
    record = get_task(call.store, call.params["taskId"])
    place = f"{record.scheduler_id}/{record.task_group_id}/{record.task_id}"
    in_project = f"queue:{verb}-in-project:{record.project_id}"
    call.require(AnyOf((f"queue:{verb}:{place}", in_project)))
    if record.deadline < call.now:
        raise conflict(f"Task {record.task_id} is past its deadline and can no longer be changed")
    return record


def change_priority(call: Call) -> Json:
    """Queue API, changeTaskPriority."""
    record = get_task(call.store, call.params["taskId"])
    in_queue = f"queue:change-task-priority-in-queue:{record.task_queue_id}"
    call.require(AnyOf((f"queue:change-task-priority:{record.task_id}", in_queue)))
    if record.is_resolved:
        raise conflict(f"Task {record.task_id} is resolved: its priority no longer matters")
    priority = PRIORITIES.index(call.payload["newPriority"])
    call.store.run("update task set priority = ? where task_id = ?", priority, record.task_id)
    return status_of(attrs.evolve(record, priority=priority))


def list_dependents(call: Call) -> Json:
    """Queue API, listDependentTasks."""
    task_id = call.params["taskId"]
    call.require(f"queue:list-dependent-tasks:{task_id}")
    get_task(call.store, task_id)

    def dependents(offset: int, limit: int) -> list[TaskRecord]:
        condition = (
            "task_id in (select task_id from dependency where required = ?)"
            " order by task_id limit ? offset ?"
        )
        return select_tasks(call.store, condition, task_id, limit, offset)

    records, more = page_of(call.query, dependents)
    listed = [{"task": record.raw, "status": record.status()} for record in records]
    return {"taskId": task_id, "tasks": listed, **more}


def pending_tasks(call: Call) -> Json:
    """Queue API, pendingTasks."""
    call.require(f"queue:pending-count:{call.params['taskQueueId']}")
    return {**_queue_names(call), "pendingTasks": _count(call, "pending")}


def task_queue_counts(call: Call) -> Json:
    """Queue API, taskQueueCounts."""
    queue = call.params["taskQueueId"]
    needed: Expression = AllOf((f"queue:pending-count:{queue}", f"queue:claimed-count:{queue}"))
    call.require(needed)
    counts = {"pendingTasks": _count(call, "pending"), "claimedTasks": _count(call, "running")}
    return {**_queue_names(call), **counts}


def _queue_names(call: Call) -> dict[str, object]:
    queue = call.params["taskQueueId"]
    provisioner_id, _, worker_type = queue.partition("/")
    return {"provisionerId": provisioner_id, "workerType": worker_type, "taskQueueId": queue}


def _count(call: Call, state: str) -> int:
    row = call.store.one(
        f"select count(*) from task where task_queue_id = ? and state = '{state}'",  # noqa: S608
        call.params["taskQueueId"],
    )
    assert row is not None
    return int(row[0])
