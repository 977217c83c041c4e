"""Takes pending tasks; resolves them at once, inside the deployment, without HTTP calls."""

from collections.abc import Callable, Mapping
from typing import Any

from relpro.embedded.artifacts import Artifact, keep_artifact, keep_content
from relpro.embedded.clock import to_text
from relpro.embedded.deployment import Deployment
from relpro.embedded.lifecycle import BUILT_IN, change, claim
from relpro.embedded.runs import excepted, resolved
from relpro.embedded.tasks import TaskRecord, select_tasks

#: The result of a task: `completed`, `failed`, or the reason of an exception.
Outcome = Callable[[str, Mapping[str, Any]], str]


def complete(task_id: str, definition: Mapping[str, object]) -> str:  # noqa: ARG001
    """The result if every task succeeds."""
    return "completed"


def work_off(
    deployment: Deployment, task_queue_id: str, outcome: Outcome, artifacts: Mapping[str, bytes]
) -> list[str]:
    """Resolve pending tasks of one queue, or of all but the built-in ones; returns the task ids."""
    condition = "state = 'pending' and deadline > ? and (task_queue_id = ? or ? = '')"
    order = " order by priority, pending_since, rowid"
    now = deployment.clock.now()
    records = select_tasks(deployment.store, condition + order, now, task_queue_id, task_queue_id)
    done = [record for record in records if record.task_queue_id not in BUILT_IN]
    for record in done:
        _resolve(deployment, record, outcome(record.task_id, record.body), artifacts)
    return [record.task_id for record in done]


def _resolve(
    deployment: Deployment, record: TaskRecord, outcome: str, artifacts: Mapping[str, bytes]
) -> None:
    run_id, now = len(record.runs) - 1, deployment.clock.now()
    record, _ = claim(deployment, record, run_id, ("relpro", "embedded"))
    for name, body in artifacts.items():
        _upload(deployment, record, name, body)
    if outcome in {"completed", "failed"}:
        change(deployment, resolved(record, outcome, outcome, now))
    else:
        change(deployment, excepted(record, outcome, now))


def _upload(deployment: Deployment, record: TaskRecord, name: str, body: bytes) -> None:
    run_id, kind = len(record.runs) - 1, "application/octet-stream"
    details = {
        "storageType": "s3",
        "contentType": kind,
        "expires": to_text(record.expires),
        "contentLength": len(body),
    }
    artifact = Artifact(record.task_id, run_id, name, "s3", kind, record.expires, details)
    keep_artifact(deployment.store, artifact)
    keep_content(deployment.store, artifact, body)
