"""Takes a task whose runs changed; stores it and triggers the consequences, now or later."""

from collections.abc import Callable

from relpro.embedded.agenda import Due
from relpro.embedded.clock import to_text
from relpro.embedded.dependencies import ready_dependents
from relpro.embedded.deployment import Deployment
from relpro.embedded.indexing import index_by_route
from relpro.embedded.runs import claimed, excepted, resolved, with_new_run
from relpro.embedded.tasks import TaskRecord, add_task, get_task, save_task

#: Queues whose tasks the deployment itself resolves, and the result.
BUILT_IN = {"built-in/succeed": "completed", "built-in/fail": "failed"}


def create(deployment: Deployment, record: TaskRecord) -> None:
    """Store a new task, and schedule its deadline and worker."""
    add_task(deployment.store, record, deployment.clock.now())
    delay = int(deployment.settings.deadline_delay * 1000)
    deployment.agenda.add(record.deadline + delay, "deadline", record.task_id)
    if record.runs:
        _offer(deployment, record)


def change(deployment: Deployment, record: TaskRecord) -> None:
    """Store a task that became pending or resolved; schedule its worker, or its dependents."""
    save_task(deployment.store, record, deployment.clock.now())
    settings = deployment.settings
    if record.state == "pending":
        _offer(deployment, record)
    else:
        deployment.at_next_poll(settings.dependency_poll, "resolved", record.task_id)
    if record.state == "completed":
        deployment.later(settings.index_delay, "index", record.task_id, len(record.runs) - 1)


def claim(
    deployment: Deployment, record: TaskRecord, run_id: int, worker: tuple[str, str]
) -> tuple[TaskRecord, int]:
    """Give a pending run to a worker; returns the task and the end of the claim, milliseconds."""
    now = deployment.clock.now()
    until = now + int(deployment.settings.claim_seconds * 1000)
    record = claimed(record, run_id, worker, until=until, now=now)
    save_task(deployment.store, record, now)
    deployment.agenda.add(until, "claim", record.task_id, run_id)
    return record, until


def perform_due(deployment: Deployment) -> None:
    """Handle all events that are due, and their consequences."""
    while deployment.agenda.next_due <= deployment.clock.now():
        with deployment.transaction():
            for due in deployment.agenda.take(deployment.clock.now()):
                record = get_task(deployment.store, due.task_id)
                ACTIONS[due.kind](deployment, record, due)


def _offer(deployment: Deployment, record: TaskRecord) -> None:
    if record.task_queue_id in BUILT_IN:
        delay = deployment.settings.built_in_delay
        deployment.later(delay, "built-in", record.task_id, len(record.runs) - 1)
    deployment.wake()


def _pass_deadline(deployment: Deployment, record: TaskRecord, _: Due) -> None:
    if not record.is_resolved:
        now = deployment.clock.now()
        change(deployment, resolved(record, "exception", "deadline-exceeded", now))


def _expire_claim(deployment: Deployment, record: TaskRecord, due: Due) -> None:
    run = record.runs[due.run_id]
    if run["state"] == "running" and run["takenUntil"] == to_text(due.due):
        change(deployment, excepted(record, "claim-expired", deployment.clock.now()))


def _schedule_dependents(deployment: Deployment, record: TaskRecord, _: Due) -> None:
    now = deployment.clock.now()
    for dependent in ready_dependents(deployment.store, record, now):
        change(deployment, with_new_run(dependent, "scheduled", now))


def _run_built_in(deployment: Deployment, record: TaskRecord, due: Due) -> None:
    if record.state != "pending" or due.run_id != len(record.runs) - 1:
        return
    record, _ = claim(deployment, record, due.run_id, ("built-in", "relpro"))
    now = deployment.clock.now()
    if record.body["payload"]:
        change(deployment, excepted(record, "malformed-payload", now))
    else:
        state = BUILT_IN[record.task_queue_id]
        change(deployment, resolved(record, state, state, now))


def _index(deployment: Deployment, record: TaskRecord, _: Due) -> None:
    index_by_route(deployment.store, record.task_id, record.body)


ACTIONS: dict[str, Callable[[Deployment, TaskRecord, Due], None]] = {
    "deadline": _pass_deadline,
    "claim": _expire_claim,
    "resolved": _schedule_dependents,
    "built-in": _run_built_in,
    "index": _index,
}
