"""A promotion of this project's kinds over a network on which much goes wrong."""

import re
import time
from collections.abc import Mapping
from typing import Any

import pytest
import urllib3

from relpro.embedded import EmbeddedTaskcluster, Fault
from relpro.graph.taskids import task_id
from relpro.project import Project
from relpro.submit.access import Access, Credentials
from relpro.submit.connection import Connection
from relpro.submit.patience import Patience
from relpro.submit.queue import Queue
from relpro.submit.submission import submit
from tests.acceptance.ci import Ci
from tests.acceptance.crashes import check_finished, made
from tests.acceptance.intentions import Intention, prepare, small_promotion
from tests.acceptance.test_release import SMALL_INPUT
from tests.actions.events import OWN
from tests.submit.graphs import now_of

#: One call in ten fails, half of them after they were carried out.
FAILURES = tuple(
    Fault(kind, {"createTask"}, probability=0.025)
    for kind in ("error-before", "error-after", "reset-before", "reset-after")
)

#: And one in five hundred is never answered.
SILENCE = Fault("hang-after", {"createTask"}, probability=1 / 500, seconds=600)


@pytest.fixture(scope="module")
def intention(relpro_project: Project) -> Intention:
    """Some 1,200 tasks."""
    return small_promotion(relpro_project, 45)


def impatient(service: EmbeddedTaskcluster, timeout: float) -> Queue:
    """A queue that waits so many seconds for an answer."""
    who = service.root_credentials
    access = Access(service.root_url, Credentials(who["clientId"], who["accessToken"]))
    within = urllib3.Timeout(connect=timeout, read=timeout)
    return Queue(Connection(access, Patience(), within))


def test_a_tenth_of_all_calls_may_fail_and_some_never_be_answered(
    service: EmbeddedTaskcluster, intention: Intention
) -> None:
    prepare(service, intention)
    service.faults.add(*FAILURES, SILENCE)
    began = time.monotonic()
    done = submit(impatient(service, 1.0), intention.tasks, now=now_of(service))
    took = time.monotonic() - began
    kinds = {kind for _, kind in service.faults.struck}
    assert kinds == {fault.kind for fault in (*FAILURES, SILENCE)}
    assert took < SILENCE.seconds, "an answer that never comes was waited for"
    service.faults.clear()
    check_finished(service, intention, done, 0)


def test_conflicts_that_nobody_can_explain_fail_the_action_and_are_named(ci: Ci) -> None:
    assert ci.push().code == 0
    ci.service.complete_all()
    promote = task_id(OWN, "promote")
    given = {**SMALL_INPUT, "release_promotion_flavor": "promote_firefox"}
    # The action task itself is the first to be created.
    ci.service.faults.add(Fault("conflict", {"createTask"}, skip=1, times=12))
    ran = ci.act("release-promotion", given, promote)
    assert ran.code == 4
    # One cause is told once, with every task that it kept from being created.
    assert ran.err.count("something is in the way") == 1
    assert "error[Q701]: Taskcluster refuses 12 tasks" in ran.err
    (named,) = re.findall(r"not created: (.*)", ran.err)
    refused = set(re.findall(r"`([^`]+)`", named))
    assert len(refused) == 12
    assert "not created, as they need it: `" in ran.err

    graph = ci.json(promote, "task-graph.json")
    lost = {key for key, task in graph.items() if task["label"] in refused}
    while more := {key for key in graph.keys() - lost if lost & set(needs(graph[key]))}:
        lost |= more
    assert len(lost) > len(refused)
    assert made(ci.service, promote).keys() == graph.keys() - lost
    assert f"{len(graph) - len(lost)} of {len(graph)} tasks exist and are kept" in ran.err


def needs(task: Mapping[str, Any]) -> list[str]:
    found: list[str] = task["task"]["dependencies"]
    return found
