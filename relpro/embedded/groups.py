"""Takes a task group id; gives the group, its tasks page by page, and its allowed changes."""

import attrs

from relpro.embedded.clock import to_text
from relpro.embedded.deployment import Call
from relpro.embedded.errors import Json, conflict, not_found
from relpro.embedded.lifecycle import change
from relpro.embedded.pages import page_of
from relpro.embedded.runs import resolved
from relpro.embedded.store import Store
from relpro.embedded.tasks import TaskRecord, select_tasks

HOUR = 60 * 60 * 1000


@attrs.frozen
class Group:
    """A task group; times in milliseconds."""

    task_group_id: str
    scheduler_id: str
    expires: int
    sealed: int | None

    def to_json(self) -> dict[str, object]:
        """The group in the queue's format."""
        fields = {
            "taskGroupId": self.task_group_id,
            "schedulerId": self.scheduler_id,
            "expires": to_text(self.expires),
        }
        return {**fields, "sealed": to_text(self.sealed)} if self.sealed is not None else {**fields}


def join_group(store: Store, record: TaskRecord) -> None:
    """Create the group, or check that the task may join it; raises `RequestConflict` if not."""
    group = find_group(store, record.task_group_id)
    expires = record.expires + HOUR
    if group is None:
        store.run(
            "insert into task_group values (?, ?, ?, null)",
            record.task_group_id,
            record.scheduler_id,
            expires,
        )
        return
    if group.scheduler_id != record.scheduler_id:
        raise conflict(
            f"Task group {record.task_group_id} contains tasks with schedulerId"
            f" {group.scheduler_id}, not {record.scheduler_id}"
        )
    if group.sealed is not None:
        raise conflict(f"Task group {record.task_group_id} is sealed: it takes no more tasks")
    if group.expires < expires:
        store.run(
            "update task_group set expires = ? where task_group_id = ?",
            expires,
            record.task_group_id,
        )


def find_group(store: Store, task_group_id: str) -> Group | None:
    """The group, if a task was ever created in it."""
    row = store.one(
        "select task_group_id, scheduler_id, expires, sealed from task_group"
        " where task_group_id = ?",
        task_group_id,
    )
    return Group(*row) if row else None


def get_group(call: Call) -> Group:
    """The group that a call names; raises `ResourceNotFound`."""
    task_group_id = call.params["taskGroupId"]
    group = find_group(call.store, task_group_id)
    if group is None:
        raise not_found(f"No task-group with taskGroupId: {task_group_id}")
    return group


def get_task_group(call: Call) -> Json:
    """Queue API, getTaskGroup."""
    call.require(f"queue:list-task-group:{call.params['taskGroupId']}")
    return get_group(call).to_json()


def list_task_group(call: Call) -> Json:
    """Queue API, listTaskGroup."""
    call.require(f"queue:list-task-group:{call.params['taskGroupId']}")
    group = get_group(call)

    def members(offset: int, limit: int) -> list[TaskRecord]:
        condition = "task_group_id = ? order by rowid limit ? offset ?"
        return select_tasks(call.store, condition, group.task_group_id, limit, offset)

    tasks, more = page_of(call.query, members)
    listed = [{"task": record.raw, "status": record.status()} for record in tasks]
    return {**group.to_json(), "tasks": listed, **more}


def seal_task_group(call: Call) -> Json:
    """Queue API, sealTaskGroup."""
    group = get_group(call)
    call.require(f"queue:seal-task-group:{group.scheduler_id}/{group.task_group_id}")
    if group.sealed is None:
        group = attrs.evolve(group, sealed=call.now)
        call.store.run(
            "update task_group set sealed = ? where task_group_id = ?",
            group.sealed,
            group.task_group_id,
        )
    return group.to_json()


def cancel_task_group(call: Call) -> Json:
    """Queue API, cancelTaskGroup."""
    group = get_group(call)
    call.require(f"queue:cancel-task-group:{group.scheduler_id}/{group.task_group_id}")
    if group.sealed is None:
        raise conflict(f"Task group {group.task_group_id} is not sealed: seal it first")
    members = select_tasks(call.store, "task_group_id = ? order by rowid", group.task_group_id)
    cancelled = [m for m in members if not m.is_resolved and m.deadline >= call.now]
    for record in cancelled:
        change(call.deployment, resolved(record, "exception", "canceled", call.now))
    return {
        "taskGroupId": group.task_group_id,
        "taskGroupSize": len(members),
        "cancelledCount": len(cancelled),
        "taskIds": [record.task_id for record in cancelled],
    }
