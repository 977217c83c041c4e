"""Takes the body of createTask; gives the definition that the queue stores, or an error."""

import re
from typing import Any

import orjson

from relpro.embedded.clock import to_milliseconds, to_text
from relpro.embedded.errors import Json, bad_input
from relpro.embedded.scopes import AllOf, AnyOf, Expression
from relpro.embedded.tasks import PRIORITIES, TaskRecord

#: A task id: 22 characters, a version 4 UUID (queue API, identifiers).
SLUG = re.compile(r"[A-Za-z0-9_-]{8}[Q-T][A-Za-z0-9_-][CGKOSWaeimquy26-][A-Za-z0-9_-]{10}[AQgw]")

#: Fields that the queue fills in (queue API, createTask).
DEFAULTS: Json = {
    "schedulerId": "-",
    "projectId": "none",
    "dependencies": [],
    "requires": "all-completed",
    "routes": [],
    "priority": "lowest",
    "retries": 5,
    "scopes": [],
    "tags": {},
    "extra": {},
}

MINUTE = 60_000
DAY = 24 * 60 * MINUTE

#: How far `created` may be from the queue's clock, and the tolerance of the longest deadline.
TOLERANCE = 15 * MINUTE


def with_defaults(body: Json) -> dict[str, object]:
    """A body with the schema's defaults."""
    return {**DEFAULTS, **body}


def with_queue(body: Json) -> dict[str, Any]:
    """A body with all three names of its task queue.

    `InputError` if they are missing or disagree.
    """
    provisioner_id, worker_type = body.get("provisionerId"), body.get("workerType")
    task_queue_id = body.get("taskQueueId")
    if task_queue_id is None:
        if provisioner_id is None or worker_type is None:
            raise bad_input(
                "at least a provisionerId and a workerType or a taskQueueId must be provided"
            )
        task_queue_id = f"{provisioner_id}/{worker_type}"
    own_provisioner, _, own_type = task_queue_id.partition("/")
    if (provisioner_id or own_provisioner, worker_type or own_type) != (own_provisioner, own_type):
        raise bad_input(
            f"taskQueueId `{task_queue_id}` must match provisionerId `{provisioner_id}`"
            f" and workerType `{worker_type}`"
        )
    names = {"provisionerId": own_provisioner, "workerType": own_type}
    return {**body, "taskQueueId": task_queue_id, **names}


def scopes_to_create(body: Json) -> Expression:
    """The scopes that creating this task requires (queue API, createTask)."""
    at_least = PRIORITIES[: PRIORITIES.index(body["priority"]) + 1]
    queue = body["taskQueueId"]
    return AllOf(
        (
            *body["scopes"],
            *(f"queue:route:{route}" for route in body["routes"]),
            f"queue:create-task:project:{body['projectId']}",
            f"queue:scheduler-id:{body['schedulerId']}",
            AnyOf(tuple(f"queue:create-task:{p}:{queue}" for p in reversed(at_least))),
        )
    )


def with_dates(body: Json, now: int, longest_deadline: float) -> dict[str, Any]:
    """A body with its dates checked and in the queue's format."""
    created, deadline = to_milliseconds(body["created"]), to_milliseconds(body["deadline"])
    if created < now - TOLERANCE:
        raise bad_input("`created` cannot be in the past (max 15min drift)")
    if created > now + TOLERANCE:
        raise bad_input("`created` cannot be in the future (max 15min drift)")
    if created > deadline:
        raise bad_input("`deadline` cannot be later than `created`")
    if deadline < now:
        raise bad_input("`deadline` cannot be in the past")
    if deadline - now > longest_deadline * 1000 + TOLERANCE:
        days = longest_deadline / 86400
        raise bad_input(f"`deadline` cannot be more than {days:g} days into the future")
    expires = to_milliseconds(body["expires"]) if "expires" in body else deadline + 365 * DAY
    if expires < deadline:
        raise bad_input("`expires` cannot be before `deadline`")
    dates = {"created": created, "deadline": deadline, "expires": expires}
    return {**body, **{name: to_text(instant) for name, instant in dates.items()}}


def check_scopes(body: Json) -> None:
    """Raise `InputError` for scopes that end in `**`."""
    bad = [scope for scope in body["scopes"] if scope.endswith("**")]
    if bad:
        raise bad_input(f"scopes must not end with `**`, found: {', '.join(bad)}")


def to_record(task_id: str, body: Json) -> TaskRecord:
    """The task for a complete definition, without runs."""
    definition = {**body, "taskGroupId": body.get("taskGroupId", task_id)}
    return TaskRecord(
        task_id=task_id,
        task_group_id=definition["taskGroupId"],
        scheduler_id=body["schedulerId"],
        project_id=body["projectId"],
        task_queue_id=body["taskQueueId"],
        priority=PRIORITIES.index(body["priority"]),
        retries_left=body["retries"],
        requires=body["requires"],
        deadline=to_milliseconds(body["deadline"]),
        expires=to_milliseconds(body["expires"]),
        definition=orjson.dumps(definition),
    )
