"""Takes a task and an event; gives the task with its runs changed. Stores nothing."""

import attrs

from relpro.embedded.clock import to_text
from relpro.embedded.tasks import TaskRecord

#: Exceptions after which the queue tries again, with the reason of the new run (queue API).
RETRIED = {
    "claim-expired": "retry",
    "worker-shutdown": "retry",
    "intermittent-task": "task-retry",
}


def with_new_run(record: TaskRecord, reason: str, now: int) -> TaskRecord:
    """The task with one more run, pending."""
    run = {
        "runId": len(record.runs),
        "state": "pending",
        "reasonCreated": reason,
        "scheduled": to_text(now),
    }
    return attrs.evolve(record, runs=(*record.runs, run))


def with_run(record: TaskRecord, run_id: int, **changes: object) -> TaskRecord:
    """The task with fields of one run changed."""
    runs = list(record.runs)
    runs[run_id] = {**runs[run_id], **changes}
    return attrs.evolve(record, runs=tuple(runs))


def claimed(
    record: TaskRecord, run_id: int, worker: tuple[str, str], *, until: int, now: int
) -> TaskRecord:
    """The task with a run that a worker, given by group and id, has claimed."""
    return with_run(
        record,
        run_id,
        state="running",
        workerGroup=worker[0],
        workerId=worker[1],
        takenUntil=to_text(until),
        started=to_text(now),
    )


def resolved(record: TaskRecord, state: str, reason: str, now: int) -> TaskRecord:
    """The task with its last run resolved; an unscheduled task gets a resolved run."""
    if not record.runs:
        record = with_new_run(record, "exception", now)
    last = len(record.runs) - 1
    return with_run(record, last, state=state, reasonResolved=reason, resolved=to_text(now))


def excepted(record: TaskRecord, reason: str, now: int) -> TaskRecord:
    """The task after an exception: with a new run if the queue retries, else resolved."""
    done = resolved(record, "exception", reason, now)
    if reason not in RETRIED or done.retries_left <= 0:
        return done
    retried = attrs.evolve(done, retries_left=done.retries_left - 1)
    return with_new_run(retried, RETRIED[reason], now)
