from pathlib import Path

import pytest

from relpro.actions.action import Cancel
from relpro.actions.perform import perform
from relpro.embedded import EmbeddedTaskcluster
from relpro.errors import Refused
from relpro.model.config import PRIORITIES
from relpro.plan.carry_out import Desk
from relpro.plan.records import NoRecords
from relpro.submit.intended import encode_bodies
from relpro.submit.queue import Queue
from relpro.submit.scopes import Scopes, check_scopes, creation, missing, needed, steering
from tests.submit.graphs import changed, now_of, queue_of, tasks


@pytest.mark.parametrize(
    ("held", "scope", "enough"),
    [
        (["a:b"], "a:b", True),
        (["a:b"], "a:bc", False),
        (["a:*"], "a:b", True),
        (["a:*"], "a:*", True),
        (["a:b"], "a:*", False),
        (["*"], "anything", True),
        ([], "anything", False),
        (["b*", "a*"], "ab", True),
    ],
)
def test_a_star_at_the_end_covers_what_begins_alike(
    held: list[str], scope: str, enough: bool
) -> None:
    assert Scopes(held).satisfy(scope) is enough


def test_any_priority_that_is_not_lower_is_enough() -> None:
    (task,) = tasks({"build": []}, priority="medium")
    base = ["queue:scheduler-id:relpro-level-3", "queue:create-task:project:none"]
    enough = [
        priority
        for priority in PRIORITIES
        if not missing(
            Scopes([*base, f"queue:create-task:{priority}:prov/linux"]), creation([task])
        )
    ]
    assert enough == ["highest", "very-high", "high", "medium"]


def test_missing_scopes_are_told_once_grouped_by_the_kinds_that_need_them() -> None:
    intended = list(tasks({f"{kind}-{n}": [] for kind in ("signing", "build") for n in range(9)}))
    intended[0] = changed(intended[0], scopes=["project:signing:cert", "project:signing:a"])
    with pytest.raises(Refused) as caught:
        check_scopes(Scopes(["queue:create-task:project:*"]), tuple(creation(intended)))
    (problem,) = caught.value.diagnostics
    assert problem.what == "creating these tasks needs 4 scopes that the caller lacks"
    assert [line.strip() for line in problem.why.splitlines()] == [
        "for every kind:",
        "queue:create-task:low:prov/linux",
        "queue:scheduler-id:relpro-level-3",
        "for `signing`:",
        "project:signing:a",
        "project:signing:cert",
    ]


def test_what_is_said_to_be_needed_is_what_the_queue_asks_for(
    service: EmbeddedTaskcluster,
) -> None:
    (task,) = tasks({"build": []}, scopes=["s:1", "s:2*"], routes=["r.1"], projectId="some/project")
    every = [choice[0] for choice in needed(task.body)]
    (sent,) = encode_bodies([task], now_of(service))
    for lacking in every:
        held = [scope for scope in every if scope != lacking]
        answer = queue_of(service, *held).create_task(task.task_id, sent)
        assert answer.status == 403
        assert lacking in answer.message
    assert queue_of(service, *every).create_task(task.task_id, sent).is_good


@pytest.mark.parametrize("verb", ["schedule", "rerun", "cancel"])
@pytest.mark.parametrize("which", [0, 1])
def test_what_a_steered_task_is_said_to_need_is_what_the_queue_asks_for(
    service: EmbeddedTaskcluster, verb: str, which: int
) -> None:
    (task,) = tasks({"build": []}, projectId="some/project")
    (sent,) = encode_bodies([task], now_of(service))
    assert queue_of(service, "*").create_task(task.task_id, sent).is_good
    enough = steering(verb, task.task_id, task.body)[which]
    call = {"schedule": Queue.schedule_task, "rerun": Queue.rerun_task, "cancel": Queue.cancel_task}
    with pytest.raises(Refused, match="Q704"):
        call[verb](queue_of(service, f"{enough}x"), task.task_id)
    assert call[verb](queue_of(service, enough), task.task_id)["taskId"] == task.task_id


def test_of_tasks_that_are_steered_together_none_is_where_one_may_not_be(
    service: EmbeddedTaskcluster,
) -> None:
    one, other = tasks({"build": [], "test": []})
    for sent, task in zip(encode_bodies([one, other], now_of(service)), (one, other), strict=True):
        assert queue_of(service, "*").create_task(task.task_id, sent).is_good
    held = queue_of(service, steering("cancel", one.task_id, one.body)[0])
    work = Cancel((one.task_id, other.task_id))
    with pytest.raises(Refused, match="cancel-task:") as caught:
        list(perform(work, Desk(NoRecords(), held, now_of(service)), Path(), lambda _: {}))
    assert other.task_id in str(caught.value)
    assert "exception" not in service.states().values()


def test_a_task_without_optional_fields_needs_the_scopes_of_the_defaults() -> None:
    (task,) = tasks({"build": []})
    bare = changed(task)
    for name in ("schedulerId", "priority", "scopes", "routes"):
        bare = changed(bare, **{name: None})
        del bare.body[name]  # type: ignore[attr-defined]
    assert [choice[0] for choice in needed(bare.body)] == [
        "queue:scheduler-id:-",
        "queue:create-task:project:none",
        "queue:create-task:lowest:prov/linux",
    ]
