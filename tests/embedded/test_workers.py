"""What a worker does: claim, reclaim, report; and what becomes of its claims."""

import threading
from typing import Any

import pytest
import taskcluster

from relpro.embedded import EmbeddedTaskcluster, Settings, Worker
from tests.embedded.bodies import DAY, create, definition, new_id, refused
from tests.embedded.conftest import Connect

QUEUE = "prov/linux"


@pytest.fixture
def worker(service: EmbeddedTaskcluster) -> Worker:
    scopes = (f"queue:claim-work:{QUEUE}", "queue:worker-id:relpro/*")
    return Worker(service.root_url, service.credentials(*scopes), QUEUE)


def queue_of(service: EmbeddedTaskcluster, claim: Any) -> Any:
    options = {"rootUrl": service.root_url, "credentials": claim["credentials"], "maxRetries": 0}
    return taskcluster.Queue(options)


def test_work_is_given_by_priority_and_then_by_age(
    service: EmbeddedTaskcluster, queue: Any, worker: Worker
) -> None:
    old, new = create(service, queue), create(service, queue)
    urgent = create(service, queue, priority="high")
    claims = worker.claim()
    assert [claim["status"]["taskId"] for claim in claims] == [urgent, old, new]
    assert service.states()[old] == "running"


def test_a_claim_holds_task_status_and_credentials(
    service: EmbeddedTaskcluster, queue: Any, worker: Worker
) -> None:
    task_id = create(service, queue, scopes=["secrets:get:a"])
    (claim,) = worker.claim()
    assert claim["task"] == queue.task(task_id)
    assert (claim["runId"], claim["workerGroup"], claim["workerId"]) == (0, "relpro", "worker")
    assert claim["takenUntil"].endswith("+00:00")
    name = claim["credentials"]["clientId"]
    assert name.startswith(f"task-client/{task_id}/0/on/relpro/worker/until/")
    options = {"rootUrl": service.root_url, "credentials": claim["credentials"]}
    scopes = set(taskcluster.Auth(options).currentScopes()["scopes"])
    place = f"{task_id}/0"
    assert {
        f"queue:reclaim-task:{place}",
        f"queue:resolve-task:{place}",
        f"queue:create-artifact:{place}",
        "secrets:get:a",
    } <= scopes


def test_an_empty_queue_gives_nothing_after_a_while(worker: Worker) -> None:
    assert worker.claim() == []


def test_a_waiting_worker_gets_a_task_as_soon_as_there_is_one() -> None:
    with EmbeddedTaskcluster(settings=Settings.at_once(claim_wait=20)) as service:
        worker, found = Worker(service.root_url, service.root_credentials, QUEUE), list[Any]()
        thread = threading.Thread(target=lambda: found.extend(worker.claim()))
        thread.start()
        task_id = create(service, taskcluster.Queue(service.options()))
        thread.join(timeout=5)
        assert [claim["status"]["taskId"] for claim in found] == [task_id]


def test_claiming_needs_the_scopes_of_queue_and_worker(
    service: EmbeddedTaskcluster, connect: Connect
) -> None:
    body = {"workerGroup": "g", "workerId": "w", "tasks": 1}
    with refused(403, "InsufficientScopes", "queue:worker-id:g/w"):
        connect("Queue", f"queue:claim-work:{QUEUE}").claimWork(QUEUE, body)


@pytest.mark.parametrize("tasks", [0, 33])
def test_one_to_thirty_two_tasks_can_be_claimed(queue: Any, tasks: int) -> None:
    with refused(400, "InputValidationError"):
        queue.claimWork(QUEUE, {"workerGroup": "g", "workerId": "w", "tasks": tasks})


def test_a_claimed_run_cannot_be_claimed_again_even_by_its_worker(
    service: EmbeddedTaskcluster, queue: Any
) -> None:
    task_id, body = create(service, queue), {"workerGroup": "g", "workerId": "w"}
    assert queue.claimTask(task_id, 0, body)["status"]["state"] == "running"
    with refused(409, "RequestConflict"):
        queue.claimTask(task_id, 0, body)
    with refused(404, "ResourceNotFound"):
        queue.claimTask(task_id, 1, body)


@pytest.mark.parametrize(("report", "other"), [("Completed", "Failed"), ("Failed", "Completed")])
def test_a_report_can_be_repeated_but_not_changed(
    service: EmbeddedTaskcluster, queue: Any, worker: Worker, report: str, other: str
) -> None:
    task_id = create(service, queue)
    (claim,) = worker.claim()
    own = queue_of(service, claim)
    for _ in range(2):
        status = getattr(own, f"report{report}")(task_id, 0)["status"]
        assert status["state"] == report.lower()
    with refused(409, "RequestConflict", "is not running or"):
        getattr(own, f"report{other}")(task_id, 0)


def test_a_pending_run_cannot_be_reported(service: EmbeddedTaskcluster, queue: Any) -> None:
    task_id = create(service, queue)
    with refused(409, "RequestConflict", "is not running or"):
        queue.reportCompleted(task_id, 0)
    with refused(404, "ResourceNotFound"):
        queue.reportCompleted(task_id, 1)


def test_a_worker_learns_of_cancellation_by_a_conflict(
    service: EmbeddedTaskcluster, queue: Any, worker: Worker
) -> None:
    task_id = create(service, queue)
    (claim,) = worker.claim()
    queue.cancelTask(task_id)
    for call in ("reclaimTask", "reportCompleted"):
        with refused(409, "RequestConflict"):
            getattr(queue_of(service, claim), call)(task_id, 0)


def test_credentials_of_one_task_do_not_resolve_another(
    service: EmbeddedTaskcluster, queue: Any, worker: Worker
) -> None:
    create(service, queue)
    create(service, queue)
    first, second = worker.claim()
    with refused(403, "InsufficientScopes"):
        queue_of(service, first).reportCompleted(second["status"]["taskId"], 0)


def test_an_expired_claim_is_retried_until_no_retries_are_left(
    service: EmbeddedTaskcluster, queue: Any, worker: Worker
) -> None:
    task_id = create(service, queue, retries=1)
    (claim,) = worker.claim()
    service.clock.advance(20 * 60 + 1)
    status = queue.status(task_id)["status"]
    assert [run["state"] for run in status["runs"]] == ["exception", "pending"]
    assert status["runs"][0]["reasonResolved"] == "claim-expired"
    assert status["runs"][1]["reasonCreated"] == "retry"
    with refused(401, "AuthenticationFailed", "ext.certificate.expiry < now"):
        queue_of(service, claim).reportCompleted(task_id, 0)
    with refused(409, "RequestConflict"):
        queue.reportCompleted(task_id, 0)
    worker.claim()
    service.clock.advance(20 * 60 + 1)
    assert service.states() == {task_id: "exception"}


def test_a_reclaimed_task_keeps_its_worker(
    service: EmbeddedTaskcluster, queue: Any, worker: Worker
) -> None:
    task_id = create(service, queue)
    (claim,) = worker.claim()
    service.clock.advance(15 * 60)
    again = queue_of(service, claim).reclaimTask(task_id, 0)
    assert "task" not in again
    assert again["takenUntil"] > claim["takenUntil"]
    service.clock.advance(15 * 60)
    assert service.states() == {task_id: "running"}
    assert queue_of(service, again).reportCompleted(task_id, 0)["status"]["state"] == "completed"


@pytest.mark.parametrize(
    ("reason", "created"),
    [
        ("worker-shutdown", "retry"),
        ("intermittent-task", "task-retry"),
        ("malformed-payload", None),
        ("resource-unavailable", None),
        ("internal-error", None),
    ],
)
def test_exceptions_are_retried_or_final_by_their_reason(
    service: EmbeddedTaskcluster, queue: Any, worker: Worker, reason: str, created: str | None
) -> None:
    task_id = create(service, queue)
    (claim,) = worker.claim()
    status = queue_of(service, claim).reportException(task_id, 0, {"reason": reason})["status"]
    assert status["runs"][0]["reasonResolved"] == reason
    assert status["state"] == ("pending" if created else "exception")
    assert status["retriesLeft"] == (4 if created else 5)
    assert [run["reasonCreated"] for run in status["runs"][1:]] == ([created] if created else [])


def test_other_reasons_of_exceptions_are_refused(service: EmbeddedTaskcluster, queue: Any) -> None:
    task_id = create(service, queue)
    with refused(400, "InputValidationError"):
        queue.reportException(task_id, 0, {"reason": "canceled"})


def test_pending_and_claimed_tasks_are_counted(
    service: EmbeddedTaskcluster, queue: Any, worker: Worker
) -> None:
    for _ in range(3):
        create(service, queue)
    worker.claim(1)
    assert queue.pendingTasks(QUEUE)["pendingTasks"] == 2
    assert queue.taskQueueCounts(QUEUE)["claimedTasks"] == 1
    assert queue.pendingTasks("prov/unknown")["pendingTasks"] == 0


def test_a_work_loop_runs_tasks_and_their_dependents(
    service: EmbeddedTaskcluster, queue: Any, worker: Worker
) -> None:
    first = create(service, queue)
    second = create(service, queue, dependencies=[first])

    def run(claim: Any) -> str:
        worker.upload(claim, "public/log.txt", b"hello", "text/plain")
        return "completed"

    assert worker.work_loop(run) == [first, second]
    assert service.content(second, "public/log.txt") == b"hello"
    assert set(service.states().values()) == {"completed"}


def test_completing_in_process_follows_dependencies_and_outcomes(
    service: EmbeddedTaskcluster, queue: Any
) -> None:
    first = create(service, queue)
    bad = create(service, queue, dependencies=[first], payload={"fail": True})
    never = create(service, queue, dependencies=[bad])

    def outcome(task_id: str, task: Any) -> str:
        return "failed" if task["payload"].get("fail") else "completed"

    assert service.complete_all(outcome=outcome) == [first, bad]
    assert service.states() == {first: "completed", bad: "failed", never: "unscheduled"}


def test_artifacts_can_be_made_in_process(service: EmbeddedTaskcluster, queue: Any) -> None:
    task_id = new_id()
    queue.createTask(task_id, definition(service))
    service.complete_pending(artifacts={"public/a.txt": b"a"})
    assert [entry["name"] for entry in queue.listLatestArtifacts(task_id)["artifacts"]] == [
        "public/a.txt"
    ]
    assert service.content(task_id, "public/a.txt") == b"a"


def test_a_run_past_its_deadline_cannot_be_claimed(
    service: EmbeddedTaskcluster, queue: Any, worker: Worker
) -> None:
    task_id = create(service, queue)
    service.clock.advance(DAY + 1)
    assert worker.claim() == []
    with refused(409, "RequestConflict", "deadline"):
        queue.claimTask(task_id, 0, {"workerGroup": "g", "workerId": "w"})


def test_a_repeated_exception_changes_nothing(
    service: EmbeddedTaskcluster, queue: Any, worker: Worker
) -> None:
    task_id = create(service, queue)
    (claim,) = worker.claim()
    worker.resolve(claim, "worker-shutdown")
    worker.resolve(claim, "worker-shutdown")
    assert len(service.status(task_id)["runs"]) == 2


def test_a_worker_reports_what_became_of_a_task(
    service: EmbeddedTaskcluster, queue: Any, worker: Worker
) -> None:
    task_id = create(service, queue)
    assert worker.work_loop(lambda _: "failed") == [task_id]
    assert service.states() == {task_id: "failed"}


def test_a_built_in_task_that_was_cancelled_in_time_does_not_run() -> None:
    with EmbeddedTaskcluster(settings=Settings.at_once(built_in_delay=60)) as service:
        queue = taskcluster.Queue(service.options())
        task_id = create(service, queue, taskQueueId="built-in/succeed")
        queue.cancelTask(task_id)
        service.clock.advance(61)
        assert service.states() == {task_id: "exception"}


def test_an_outcome_that_fails_leaves_all_tasks_as_they_were(
    service: EmbeddedTaskcluster, queue: Any
) -> None:
    task_ids = [create(service, queue) for _ in range(2)]

    def outcome(task_id: str, _: Any) -> str:
        return "completed" if task_id == task_ids[0] else 1 / 0  # type: ignore[return-value]

    with pytest.raises(ZeroDivisionError):
        service.complete_pending(outcome=outcome)
    assert set(service.states().values()) == {"pending"}
