"""Takes a worker's calls: claims and reclaims tasks, and resolves runs."""

import asyncio
from collections.abc import Mapping

from relpro.embedded.clock import to_text
from relpro.embedded.deployment import Call, Deployment
from relpro.embedded.errors import Json, conflict
from relpro.embedded.hawk import temporary_credentials
from relpro.embedded.lifecycle import change, claim
from relpro.embedded.queue import status_of
from relpro.embedded.runs import excepted, resolved, with_run
from relpro.embedded.scopes import AllOf
from relpro.embedded.tasks import TaskRecord, get_task, save_task, select_tasks


async def claim_work(call: Call) -> Json:
    """Queue API, claimWork: waits a while for a task if there is none."""
    queue, body = call.params["taskQueueId"], call.payload
    worker = f"queue:worker-id:{body['workerGroup']}/{body['workerId']}"
    call.require(AllOf((f"queue:claim-work:{queue}", worker)))
    end = asyncio.get_running_loop().time() + call.deployment.settings.claim_wait
    while True:
        call.deployment.pending.clear()
        records = next_tasks(call.deployment, queue, body.get("tasks", 1))
        left = end - asyncio.get_running_loop().time()
        if records or left <= 0:
            return {"tasks": [_claimed(call, record) for record in records]}
        call.store.commit()
        try:
            await asyncio.wait_for(call.deployment.pending.wait(), min(left, 0.5))
        except TimeoutError:
            continue


def next_tasks(deployment: Deployment, task_queue_id: str, most: int) -> list[TaskRecord]:
    """Pending tasks of a queue in the order in which they run: by priority, then by age."""
    condition = (
        "task_queue_id = ? and state = 'pending' and deadline > ?"
        " order by priority, pending_since, rowid limit ?"
    )
    return select_tasks(deployment.store, condition, task_queue_id, deployment.clock.now(), most)


def claim_task(call: Call) -> Json:
    """Queue API, claimTask."""
    record, run_id = _run_of(call)
    body = call.payload
    worker = f"queue:worker-id:{body['workerGroup']}/{body['workerId']}"
    call.require(AllOf((f"queue:claim-task:{record.task_queue_id}", worker)))
    if record.deadline < call.now:
        raise conflict(f"Run {run_id} on task {record.task_id} is past the task's deadline")
    if record.run(run_id)["state"] != "pending":
        raise conflict(f"Run {run_id} was already claimed by another worker, or is resolved")
    return _claimed(call, record)


def reclaim_task(call: Call) -> Json:
    """Queue API, reclaimTask: a later takenUntil, and new credentials."""
    record, run_id = _run_of(call)
    call.require(f"queue:reclaim-task:{record.task_id}/{run_id}")
    run = _running(record, run_id)
    until = call.now + int(call.deployment.settings.claim_seconds * 1000)
    record = with_run(record, run_id, takenUntil=to_text(until))
    save_task(call.store, record, call.now)
    call.deployment.agenda.add(until, "claim", record.task_id, run_id)
    return _answer(call, record, run_id, run, until)


def report_completed(call: Call) -> Json:
    """Queue API, reportCompleted."""
    return _report(call, "completed")


def report_failed(call: Call) -> Json:
    """Queue API, reportFailed."""
    return _report(call, "failed")


def report_exception(call: Call) -> Json:
    """Queue API, reportException."""
    record, run_id = _reported(call)
    reason = call.payload["reason"]
    run = record.run(run_id)
    if run["state"] == "exception" and run["reasonResolved"] == reason:
        return status_of(record)
    _running(record, run_id)
    record = excepted(record, reason, call.now)
    change(call.deployment, record)
    return status_of(record)


def _report(call: Call, state: str) -> Json:
    record, run_id = _reported(call)
    if record.run(run_id)["state"] == state:
        return status_of(record)
    _running(record, run_id)
    record = resolved(record, state, state, call.now)
    change(call.deployment, record)
    return status_of(record)


def _reported(call: Call) -> tuple[TaskRecord, int]:
    record, run_id = _run_of(call)
    call.require(f"queue:resolve-task:{record.task_id}/{run_id}")
    return record, run_id


def _run_of(call: Call) -> tuple[TaskRecord, int]:
    record, run_id = get_task(call.store, call.params["taskId"]), int(call.params["runId"])
    record.run(run_id)
    return record, run_id


def _running(record: TaskRecord, run_id: int) -> Mapping[str, object]:
    run = record.run(run_id)
    if run["state"] != "running" or run_id != len(record.runs) - 1:
        raise conflict(
            f"Run {run_id} on task {record.task_id} is not running or its claim has ended"
            f" (it is {run['state']})"
        )
    return run


def _claimed(call: Call, record: TaskRecord) -> Json:
    run_id, body = len(record.runs) - 1, call.payload
    worker = (body["workerGroup"], body["workerId"])
    record, until = claim(call.deployment, record, run_id, worker)
    answer = _answer(call, record, run_id, record.runs[run_id], until)
    return {**answer, "task": record.raw}


def _answer(
    call: Call, record: TaskRecord, run_id: int, run: Mapping[str, object], until: int
) -> Json:
    return {
        **status_of(record),
        "runId": run_id,
        "workerGroup": run["workerGroup"],
        "workerId": run["workerId"],
        "takenUntil": to_text(until).replace("Z", "+00:00"),
        "credentials": _credentials(call.deployment, record, run_id, until),
    }


def _credentials(deployment: Deployment, record: TaskRecord, run_id: int, until: int) -> Json:
    """Credentials of a task until its claim ends (queue API, claimWork)."""
    run, place = record.runs[run_id], f"{record.task_id}/{run_id}"
    verbs = ("reclaim-task", "resolve-task", "create-artifact")
    scopes = (*(f"queue:{verb}:{place}" for verb in verbs), *record.body["scopes"])
    worker = f"{run['workerGroup']}/{run['workerId']}"
    name = f"task-client/{place}/on/{worker}/until/{until // 1000}"
    seed = deployment.new_id() + deployment.new_id()
    start = deployment.clock.now() - 60_000
    return temporary_credentials(
        deployment.root, name, scopes, start=start, expiry=until, seed=seed
    )
