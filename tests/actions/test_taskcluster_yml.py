"""The repository's `.taskcluster.yml`: what tasks it makes of what happens."""

from typing import Any

import pytest
import yaml

from relpro.load.config import load_config
from relpro.verify.bodies import check_body
from tests.actions.events import CONTEXTS, OWN, TEMPLATE, render

EVENTS = list(CONTEXTS)


@pytest.fixture(params=EVENTS)
def task(request: pytest.FixtureRequest) -> dict[str, Any]:
    return render(request.param, CONTEXTS[request.param])


def test_makes_a_task_that_the_queue_and_its_worker_take(task: dict[str, Any]) -> None:
    body = {key: value for key, value in task.items() if key != "taskId"}
    assert list(check_body("docker-worker", body)) == []


def test_spells_out_what_the_queue_would_fill_in(task: dict[str, Any]) -> None:
    wanted = {"requires", "priority", "retries", "schedulerId", "routes", "taskGroupId", "expires"}
    assert wanted <= task.keys()


def test_a_decision_task_is_the_first_of_its_group(task: dict[str, Any]) -> None:
    assert task["taskGroupId"] == task["taskId"]


def test_chain_of_trust_can_tell_what_it_was_made_for(task: dict[str, Any]) -> None:
    env = task["payload"]["env"]
    assert task["extra"]["tasks_for"] == env["RELPRO_TASKS_FOR"]
    assert task["metadata"]["source"].startswith(env["RELPRO_HEAD_REPOSITORY"])
    assert env["RELPRO_HEAD_REV"] in task["metadata"]["source"]
    assert task["payload"]["features"]["chainOfTrust"] is True


def test_runs_on_the_pool_of_decision_tasks_of_its_level(task: dict[str, Any]) -> None:
    level = task["payload"]["env"]["RELPRO_LEVEL"]
    assert (task["provisionerId"], task["workerType"]) == (f"gecko-{level}", "decision")
    assert task["schedulerId"] == f"gecko-level-{level}"


def test_a_pull_request_is_not_trusted() -> None:
    task = render("github-pull-request", CONTEXTS["github-pull-request"])
    assert task["payload"]["env"]["RELPRO_LEVEL"] == "1"
    assert task["scopes"] == ["assume:repo:github.com/example/app:pull-request"]
    assert not any("latest" in route for route in task["routes"])


def test_a_label_on_a_pull_request_makes_nothing() -> None:
    event = {**CONTEXTS["github-pull-request"]["event"], "action": "labeled"}
    with pytest.raises(ValueError, match="not enough values"):
        render("github-pull-request", {"event": event})


def test_a_tag_is_told_apart_from_a_branch() -> None:
    event = {**CONTEXTS["github-push"]["event"], "ref": "refs/tags/v1.0"}
    task = render("github-push", {"event": event})
    assert task["scopes"] == ["assume:repo:github.com/example/app:tag:v1.0"]
    assert task["payload"]["env"]["RELPRO_HEAD_TAG"] == "v1.0"


def test_is_indexed_where_a_promotion_looks_for_it() -> None:
    task = render("github-push", CONTEXTS["github-push"])
    assert f"index.gecko.v2.app.revision.{'a' * 40}.taskgraph.decision" in task["routes"]
    assert task["taskId"] == OWN


def test_the_trust_domain_is_that_of_the_configuration() -> None:
    (template,) = yaml.safe_load(TEMPLATE.read_bytes())["tasks"]
    assert template["$let"]["trustDomain"] == load_config(TEMPLATE.parent).trust_domain


def test_each_event_runs_relpro() -> None:
    for event in EVENTS:
        assert "relpro decision" in render(event, CONTEXTS[event])["payload"]["command"][-1]
