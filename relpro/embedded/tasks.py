"""Takes a task id; gives the task's definition and status."""

from collections.abc import Mapping
from typing import Any

import attrs
import orjson

from relpro.embedded.clock import to_text
from relpro.embedded.errors import not_found
from relpro.embedded.store import Row, Store

#: From the highest to the lowest priority (queue API, createTask).
PRIORITIES = ("highest", "very-high", "high", "medium", "low", "very-low", "lowest")

RESOLVED = ("completed", "failed", "exception")

COLUMNS = (
    "task_id, task_group_id, scheduler_id, project_id, task_queue_id, priority, state,"
    " retries_left, requires, deadline, expires, pending_since, runs, definition"
)

#: One run, in the format of the queue's status.
Run = Mapping[str, Any]


@attrs.frozen
class TaskRecord:
    """A task: identity, state and runs; `definition` is JSON; times in milliseconds."""

    task_id: str
    task_group_id: str
    scheduler_id: str
    project_id: str
    task_queue_id: str
    priority: int
    retries_left: int
    requires: str
    deadline: int
    expires: int
    definition: bytes
    runs: tuple[Run, ...] = ()

    @property
    def state(self) -> str:
        """The state of the last run, or `unscheduled`."""
        return str(self.runs[-1]["state"]) if self.runs else "unscheduled"

    @property
    def is_resolved(self) -> bool:
        """Whether the task is completed, failed or exception."""
        return self.state in RESOLVED

    @property
    def body(self) -> dict[str, Any]:
        """The definition, with the queue's defaults filled in."""
        definition: dict[str, Any] = orjson.loads(self.definition)
        return definition

    @property
    def raw(self) -> orjson.Fragment:
        """The definition as JSON text."""
        return orjson.Fragment(self.definition)

    def status(self) -> dict[str, Any]:
        """The task's status, as the queue gives it."""
        provisioner_id, _, worker_type = self.task_queue_id.partition("/")
        return {
            "taskId": self.task_id,
            "provisionerId": provisioner_id,
            "workerType": worker_type,
            "taskQueueId": self.task_queue_id,
            "schedulerId": self.scheduler_id,
            "projectId": self.project_id,
            "taskGroupId": self.task_group_id,
            "priority": PRIORITIES[self.priority],
            "deadline": to_text(self.deadline),
            "expires": to_text(self.expires),
            "retriesLeft": self.retries_left,
            "state": self.state,
            "runs": list(self.runs),
        }

    def run(self, run_id: int) -> Run:
        """One run; raises `ResourceNotFound` if there is no such run."""
        if not 0 <= run_id < len(self.runs):
            raise not_found(f"Run {run_id} not found on task {self.task_id}")
        return self.runs[run_id]


def find_task(store: Store, task_id: str) -> TaskRecord | None:
    """The task, if it exists."""
    row = store.one(f"select {COLUMNS} from task where task_id = ?", task_id)  # noqa: S608
    return _record(row) if row else None


def get_task(store: Store, task_id: str) -> TaskRecord:
    """The task; raises `ResourceNotFound` if it does not exist."""
    record = find_task(store, task_id)
    if record is None:
        raise not_found(f"Task {task_id} not found, are you sure it was created?")
    return record


def select_tasks(store: Store, condition: str, *values: object) -> list[TaskRecord]:
    """The tasks selected by an SQL condition, which must not come from a caller."""
    rows = store.all(f"select {COLUMNS} from task where {condition}", *values)  # noqa: S608
    return [_record(row) for row in rows]


def states_of(store: Store, task_group_id: str) -> list[tuple[str, str]]:
    """(task id, state) of the tasks of a group, or of all, in order of creation.

    Whoever waits asks for it again and again: nothing else is read.
    """
    of_group = "where task_group_id = ?" if task_group_id else ""
    values = (task_group_id,) if task_group_id else ()
    return store.all(f"select task_id, state from task {of_group} order by rowid", *values)  # noqa: S608


def add_task(store: Store, record: TaskRecord, now: int) -> None:
    """Store a new task."""
    store.run(
        f"insert into task ({COLUMNS}) values (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)",  # noqa: S608
        record.task_id,
        record.task_group_id,
        record.scheduler_id,
        record.project_id,
        record.task_queue_id,
        record.priority,
        record.state,
        record.retries_left,
        record.requires,
        record.deadline,
        record.expires,
        now,
        orjson.dumps(record.runs),
        record.definition,
    )


def save_task(store: Store, record: TaskRecord, pending_since: int) -> None:
    """Store the changeable fields of a task: priority, state, retries and runs."""
    store.run(
        "update task set priority = ?, state = ?, retries_left = ?, runs = ?, pending_since = ?"
        " where task_id = ?",
        record.priority,
        record.state,
        record.retries_left,
        orjson.dumps(record.runs),
        pending_since,
        record.task_id,
    )


def _record(row: Row) -> TaskRecord:
    return TaskRecord(
        task_id=row[0],
        task_group_id=row[1],
        scheduler_id=row[2],
        project_id=row[3],
        task_queue_id=row[4],
        priority=row[5],
        retries_left=row[7],
        requires=row[8],
        deadline=row[9],
        expires=row[10],
        runs=tuple(orjson.loads(row[12])),
        definition=row[13],
    )
