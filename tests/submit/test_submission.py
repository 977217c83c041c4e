import os
import signal
import time

import pytest

from relpro.embedded import EmbeddedTaskcluster, Fault
from relpro.errors import Refused, RelproError
from relpro.submit.create import create_tasks
from relpro.submit.intended import encode_bodies
from relpro.submit.submission import SubmissionRefused, SubmissionUnreachable, submit
from tests.submit.graphs import (
    CREATOR,
    GROUP,
    changed,
    created,
    now_of,
    queue_of,
    tasks,
)

RELEASE = {
    "build-linux": [],
    "build-win": [],
    "signing-linux": ["build-linux"],
    "signing-win": ["build-win"],
    "beetmover-all": ["signing-linux", "signing-win"],
    "ship": ["beetmover-all"],
}


def codes(error: RelproError) -> list[str]:
    return [one.code for one in error.diagnostics]


def test_every_task_is_created_after_what_it_needs(service: EmbeddedTaskcluster) -> None:
    done = submit(queue_of(service), tasks(RELEASE), now=now_of(service))
    assert list(done.created) == list(RELEASE)
    order = created(service)
    assert sorted(order) == sorted(RELEASE)
    assert all(
        order.index(need) < order.index(label) for label in RELEASE for need in RELEASE[label]
    )
    assert not done.failed
    assert not done.skipped
    assert not done.existing


def test_nothing_starts_before_the_creating_task_is_done(service: EmbeddedTaskcluster) -> None:
    done = submit(queue_of(service), tasks(RELEASE), now=now_of(service))
    states = service.states(GROUP)
    assert {states[one] for one in done.created.values()} == {"unscheduled"}
    service.complete_all()
    assert set(service.states(GROUP).values()) == {"completed"}


def test_tasks_are_of_the_group_and_have_absolute_dates(service: EmbeddedTaskcluster) -> None:
    done = submit(queue_of(service), tasks({"build": []}), now=now_of(service))
    task = service.task(done.created["build"])
    assert task["taskGroupId"] == GROUP
    assert task["dependencies"] == [CREATOR]
    assert task["payload"]["artifacts"][0]["expires"].endswith("Z")
    assert task["created"] < task["payload"]["artifacts"][0]["expires"] < task["expires"]


def test_progress_is_told_up_to_the_last_task(service: EmbeddedTaskcluster) -> None:
    told: list[tuple[int, int]] = []
    submit(
        queue_of(service),
        tasks(RELEASE),
        now=now_of(service),
        progress=lambda done, total: told.append((done, total)),
    )
    assert told == [(count, 6) for count in range(1, 7)]


def test_a_second_run_two_hours_later_creates_only_what_is_missing(
    service: EmbeddedTaskcluster,
) -> None:
    some = {label: RELEASE[label] for label in list(RELEASE)[:3]}
    submit(queue_of(service), tasks(some), now=now_of(service))
    service.clock.advance(2 * 3600)
    done = submit(queue_of(service), tasks(RELEASE), now=now_of(service))
    assert list(done.existing) == list(some)
    assert list(done.created) == ["signing-win", "beetmover-all", "ship"]
    assert sorted(created(service)) == sorted(RELEASE)


def test_a_run_of_what_exists_asks_and_creates_nothing(service: EmbeddedTaskcluster) -> None:
    submit(queue_of(service), tasks(RELEASE), now=now_of(service))
    before = len(service.calls)
    done = submit(queue_of(service), tasks(RELEASE), now=now_of(service))
    assert list(done.existing) == list(RELEASE)
    assert [call.method for call in service.calls[before:]] == ["tasks"]


def test_a_task_with_another_definition_is_named_before_anything_is_created(
    service: EmbeddedTaskcluster,
) -> None:
    submit(queue_of(service), tasks({"build-linux": []}), now=now_of(service))
    intended = list(tasks(RELEASE))
    intended[0] = changed(intended[0], payload={"env": {"LABEL": "other"}}, priority="high")
    with pytest.raises(Refused) as caught:
        submit(queue_of(service), intended, now=now_of(service))
    assert codes(caught.value) == ["Q705"]
    for field in ("`payload.artifacts`", "`payload.env.LABEL`", "`priority`", "`build-linux`"):
        assert field in str(caught.value)
    assert created(service) == ["build-linux"]


def test_missing_scopes_are_reported_by_kind_before_anything_is_created(
    service: EmbeddedTaskcluster,
) -> None:
    intended = list(tasks(RELEASE))
    intended[2] = changed(intended[2], scopes=["project:signing:cert"], routes=["index.a.b"])
    held = (
        "queue:scheduler-id:relpro-level-3",
        "queue:create-task:project:*",
        "queue:create-task:high:prov/*",
    )
    with pytest.raises(Refused) as caught:
        submit(queue_of(service, *held), intended, now=now_of(service))
    (problem,) = caught.value.diagnostics
    assert problem.code == "Q704"
    assert [line.strip() for line in problem.why.splitlines()] == [
        "for `signing`:",
        "project:signing:cert",
        "queue:route:index.a.b",
    ]
    assert created(service) == []


def test_tasks_that_are_too_large_are_named_before_anything_is_sent(
    service: EmbeddedTaskcluster,
) -> None:
    intended = list(tasks({"build-linux": [], "build-win": [], "ship": []}))
    many = [f"{number:022}" for number in range(10_001)]
    intended[0] = changed(intended[0], dependencies=many)
    intended[1] = changed(intended[1], payload={"x": "x" * (10 * 1024 * 1024)})
    before = len(service.calls)
    with pytest.raises(Refused) as caught:
        submit(queue_of(service), intended, now=now_of(service))
    assert codes(caught.value) == ["Q701", "Q701"]
    assert "10,001 dependencies" in str(caught.value)
    assert "10,485,760" in str(caught.value)
    assert len(service.calls) == before


def test_a_refused_task_is_told_with_all_that_needs_it(service: EmbeddedTaskcluster) -> None:
    intended = list(tasks(RELEASE))
    intended[1] = changed(intended[1], metadata={"name": "incomplete"})
    with pytest.raises(SubmissionRefused) as caught:
        submit(queue_of(service), intended, now=now_of(service))
    done = caught.value.submission
    assert list(done.created) == ["build-linux", "signing-linux"]
    assert list(done.failed) == ["build-win"]
    assert "metadata" in done.failed["build-win"]
    assert done.skipped == dict.fromkeys(("signing-win", "beetmover-all", "ship"), "build-win")
    text = str(caught.value)
    assert "`signing-win`, `beetmover-all`, `ship`" in text
    assert "2 of 6 tasks exist" in text


def test_a_conflict_that_nobody_knows_is_named_with_its_dependents(
    service: EmbeddedTaskcluster,
) -> None:
    service.faults.add(Fault("conflict", {"createTask"}, times=1))
    chain = {"build": [], "signing": ["build"], "ship": ["signing"]}
    with pytest.raises(SubmissionRefused) as caught:
        submit(queue_of(service), tasks(chain), now=now_of(service))
    done = caught.value.submission
    assert list(done.failed) == ["build"]
    assert list(done.skipped) == ["signing", "ship"]
    assert "something is in the way" in str(caught.value)


def test_a_conflict_with_an_equal_task_is_no_failure(service: EmbeddedTaskcluster) -> None:
    # As when somebody else submits the same tasks at the same time.
    intended = tasks({"build": []})
    submit(queue_of(service), intended, now=now_of(service))
    service.clock.advance(60)
    outcome = create_tasks(queue_of(service), intended, encode_bodies(intended, now_of(service)))
    assert (outcome.created, outcome.existing) == ((), (0,))


def test_a_conflict_with_another_task_names_what_differs(service: EmbeddedTaskcluster) -> None:
    (task,) = tasks({"build": []})
    submit(queue_of(service), [task], now=now_of(service))
    other = [changed(task, priority="high")]
    outcome = create_tasks(queue_of(service), other, encode_bodies(other, now_of(service)))
    assert "it differs in `priority`" in str(outcome.failed[0])


def test_a_task_of_a_sealed_group_is_refused(service: EmbeddedTaskcluster) -> None:
    queue = queue_of(service)
    assert queue.connection.call("POST", f"/api/queue/v1/task-group/{GROUP}/seal").is_good
    with pytest.raises(SubmissionRefused, match="sealed"):
        submit(queue, tasks({"build": []}), now=now_of(service))


def test_a_group_that_takes_no_tasks_is_told_once(service: EmbeddedTaskcluster) -> None:
    queue = queue_of(service)
    queue.connection.call("POST", f"/api/queue/v1/task-group/{GROUP}/seal")
    with pytest.raises(SubmissionRefused) as caught:
        submit(queue, tasks(RELEASE), now=now_of(service))
    (problem,) = caught.value.diagnostics
    assert (problem.code, problem.what) == ("Q701", "Taskcluster refuses 2 tasks")
    assert "sealed" in problem.why
    assert "not created: `build-linux`, `build-win`" in problem.why
    assert "`beetmover-all`, `ship`" in problem.why
    assert list(caught.value.submission.failed) == ["build-linux", "build-win"]


def test_refusals_for_different_reasons_are_told_apart(service: EmbeddedTaskcluster) -> None:
    one, other = tasks({"build-linux": [], "build-win": []})
    faulty = [changed(one, tags={"number": 1}), changed(other, metadata={"name": "incomplete"})]
    with pytest.raises(SubmissionRefused) as caught:
        submit(queue_of(service), faulty, now=now_of(service))
    whats = [problem.what for problem in caught.value.diagnostics]
    assert whats == [
        f"Taskcluster refuses task `{label}`" for label in ("build-linux", "build-win")
    ]


def begin(service: EmbeddedTaskcluster, *labels: str) -> dict[str, str]:
    """An earlier run, which created only these; gives their ids."""
    some = {label: RELEASE[label] for label in labels}
    return dict(submit(queue_of(service), tasks(some), now=now_of(service)).created)


def test_tasks_that_would_wait_for_a_cancelled_one_are_not_created(
    service: EmbeddedTaskcluster,
) -> None:
    ids = begin(service, "build-linux", "build-win", "signing-linux")
    queue_of(service).cancel_task(ids["build-linux"])
    with pytest.raises(Refused) as caught:
        submit(queue_of(service), tasks(RELEASE), now=now_of(service))
    (problem,) = caught.value.diagnostics
    assert (problem.code, caught.value.exit_code) == ("Q715", 4)
    assert problem.what == "a task of an earlier run is cancelled: `build-linux`"
    assert problem.why.endswith("could not start: `beetmover-all`, `ship`")
    assert "new creating task" in problem.remedy
    assert len(created(service)) == 3


def test_tasks_whose_deadline_has_passed_are_told_together(service: EmbeddedTaskcluster) -> None:
    begin(service, "build-linux", "build-win")
    service.clock.advance(2 * 86_400)
    with pytest.raises(Refused, match="are past the deadline: `build-linux`, `build-win`"):
        submit(queue_of(service), tasks(RELEASE), now=now_of(service))


def test_a_task_that_failed_is_rerun_before_the_rest_is_created(
    service: EmbeddedTaskcluster,
) -> None:
    ids = begin(service, "build-linux", "build-win")
    service.complete_pending()
    service.complete_pending(outcome=lambda *_: "failed")
    with pytest.raises(Refused, match="are failed") as caught:
        submit(queue_of(service), tasks(RELEASE), now=now_of(service))
    assert "rerun" in str(caught.value)
    for task_id in ids.values():
        queue_of(service).rerun_task(task_id)
    assert len(submit(queue_of(service), tasks(RELEASE), now=now_of(service)).created) == 4


def test_what_no_new_task_waits_for_may_have_ended_as_it_did(service: EmbeddedTaskcluster) -> None:
    ids = begin(service, *RELEASE)
    queue_of(service).cancel_task(ids["ship"])
    intended = [*tasks(RELEASE), *tasks({"notify": []})]
    assert list(submit(queue_of(service), intended, now=now_of(service)).created) == ["notify"]


def test_a_task_that_takes_any_outcome_is_created_over_a_cancelled_one(
    service: EmbeddedTaskcluster,
) -> None:
    ids = begin(service, "build-linux")
    queue_of(service).cancel_task(ids["build-linux"])
    intended = tasks({"build-linux": [], "notify": ["build-linux"]})
    either = [intended[0], changed(intended[1], requires="all-resolved")]
    assert list(submit(queue_of(service), either, now=now_of(service)).created) == ["notify"]


def test_an_interrupted_submission_ends_and_can_be_run_again(
    service: EmbeddedTaskcluster,
) -> None:
    service.faults.add(Fault("latency", {"createTask"}, seconds=0.02))
    queue, now = queue_of(service), now_of(service)
    many = tasks({f"build-{number}": [] for number in range(500)})

    def interrupt(done: int, _total: int) -> None:
        if done == 20:
            os.kill(os.getpid(), signal.SIGINT)

    with pytest.raises(KeyboardInterrupt):
        submit(queue, many, now=now, progress=interrupt)
    assert len(created(service)) < 500
    service.faults.clear()
    done = submit(queue, many, now=now)
    assert len(done.created) + len(done.existing) == len(created(service)) == 500


def test_a_bug_in_a_thread_is_raised_by_the_caller(service: EmbeddedTaskcluster) -> None:
    def fail(_done: int, _total: int) -> None:
        raise ZeroDivisionError

    with pytest.raises(ZeroDivisionError):
        submit(queue_of(service), tasks(RELEASE), now=now_of(service), progress=fail)


def test_an_outage_is_told_once_with_every_task_that_is_missing(
    service: EmbeddedTaskcluster,
) -> None:
    service.faults.add(Fault("error-before", {"createTask"}, skip=1))
    with pytest.raises(SubmissionUnreachable) as caught:
        submit(queue_of(service), tasks(RELEASE), now=now_of(service))
    assert codes(caught.value) == ["Q702"]
    done = caught.value.submission
    every = [*done.created, *done.failed, *done.skipped]
    assert sorted(every) == sorted(RELEASE)
    assert len(done.created) == 1


def test_after_an_outage_no_further_task_is_tried(service: EmbeddedTaskcluster) -> None:
    service.faults.add(Fault("error-before", {"createTask"}))
    intended = tasks({f"build-{number}": [] for number in range(200)})
    before = len(service.calls)
    with pytest.raises(SubmissionUnreachable) as caught:
        submit(queue_of(service), intended, now=now_of(service))
    assert len(caught.value.submission.failed) == 200
    tried = {call.params["taskId"] for call in service.calls[before:] if "taskId" in call.params}
    assert len(tried) <= 50


def test_refused_credentials_stop_the_submission(service: EmbeddedTaskcluster) -> None:
    queue = queue_of(service)
    service.clock.skew(3600)
    with pytest.raises(RelproError) as caught:
        submit(queue, tasks(RELEASE), now=now_of(service))
    assert codes(caught.value) == ["Q703"]
    assert caught.value.exit_code == 3
    assert created(service) == []


@pytest.mark.parametrize("kind", ["error-before", "error-after", "reset-before", "reset-after"])
def test_faults_that_pass_leave_no_trace(service: EmbeddedTaskcluster, kind: str) -> None:
    service.faults.add(Fault(kind, probability=0.3))  # type: ignore[arg-type]
    done = submit(queue_of(service), tasks(RELEASE), now=now_of(service))
    assert list(done.created) == list(RELEASE)
    assert sorted(created(service)) == sorted(RELEASE)


def test_calls_that_are_never_answered_are_made_again(service: EmbeddedTaskcluster) -> None:
    service.faults.add(Fault("hang-after", {"createTask"}, probability=0.5, times=4, seconds=0.5))
    began = time.monotonic()
    done = submit(queue_of(service, timeout=0.2), tasks(RELEASE), now=now_of(service))
    assert list(done.created) == list(RELEASE)
    assert time.monotonic() - began < 4
