"""The repository's `.taskcluster.yml`: what tasks it makes of what happens."""

import re
from typing import Any

import pytest
import yaml

from relpro.load.config import load_config
from relpro.verify.bodies import check_body
from tests.actions.events import CONTEXTS, HEAD, OWN, REPOSITORY, TEMPLATE, render

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
    assert task["extra"]["tasks_for"] == env["GECKO_TASKS_FOR"]
    assert task["metadata"]["source"].startswith(env["GECKO_HEAD_REPOSITORY"])
    assert env["GECKO_HEAD_REV"] in task["metadata"]["source"]
    assert task["payload"]["features"]["chainOfTrust"] is True


def test_runs_on_the_pool_of_decision_tasks_of_its_level(task: dict[str, Any]) -> None:
    level = task["payload"]["env"]["GECKO_LEVEL"]
    assert (task["provisionerId"], task["workerType"]) == (f"gecko-{level}", "decision")
    assert task["schedulerId"] == f"gecko-level-{level}"


def test_a_pull_request_is_not_trusted() -> None:
    task = render("github-pull-request", CONTEXTS["github-pull-request"])
    assert task["payload"]["env"]["GECKO_LEVEL"] == "1"
    assert task["scopes"] == ["assume:repo:github.com/mozilla-firefox/firefox:pull-request"]
    assert not any("latest" in route for route in task["routes"])


#: Every event that Taskcluster sends, with each action of it that GitHub has (taskcluster,
#: services/github; GitHub, webhook events): those that make a task.
MAKING: dict[str, list[str | None]] = {
    "github-push": [None],
    "github-pull-request": ["opened", "reopened", "synchronize"],
    "github-pull-request-untrusted": ["opened", "reopened", "synchronize"],
    "github-release": ["published"],
    "cron": [None],
    "hg-push": [None],
}
#: ... and those that make none.
IDLE: dict[str, list[str | None]] = {
    "github-pull-request": [
        "assigned",
        "closed",
        "converted_to_draft",
        "edited",
        "labeled",
        "ready_for_review",
        "review_requested",
        "unlabeled",
    ],
    "github-release": ["created", "deleted", "edited", "prereleased", "released", "unpublished"],
    "github-issue-comment": ["created", "edited"],
}


def _context(tasks_for: str, action: str | None) -> dict[str, Any]:
    known = tasks_for.removesuffix("-untrusted")
    context = CONTEXTS.get(known, CONTEXTS["github-pull-request"])
    return context if action is None else {"event": {**context["event"], "action": action}}


@pytest.mark.parametrize(
    ("tasks_for", "action"), [(event, one) for event, every in MAKING.items() for one in every]
)
def test_an_event_makes_one_task(tasks_for: str, action: str | None) -> None:
    task = render(tasks_for, _context(tasks_for, action))
    assert task["extra"]["tasks_for"] == tasks_for


@pytest.mark.parametrize(
    ("tasks_for", "action"), [(event, one) for event, every in IDLE.items() for one in every]
)
def test_an_event_makes_nothing(tasks_for: str, action: str | None) -> None:
    with pytest.raises(ValueError, match="not enough values"):
        render(tasks_for, _context(tasks_for, action))


def test_a_branch_that_was_deleted_makes_nothing() -> None:
    event = {**CONTEXTS["github-push"]["event"], "after": "0" * 40}
    with pytest.raises(ValueError, match="not enough values"):
        render("github-push", {"event": event})


def test_the_page_says_of_every_event_what_it_makes() -> None:
    page = (TEMPLATE.parent / "docs/how-to/run-in-ci.md").read_text()
    for event in {*MAKING, *IDLE}:
        assert f"| `{event}` |" in page


def _pushed(ref: str, repository: str = REPOSITORY) -> dict[str, Any]:
    event = CONTEXTS["github-push"]["event"]
    there = {**event["repository"], "html_url": repository}
    return render("github-push", {"event": {**event, "ref": ref, "repository": there}})


@pytest.mark.parametrize(
    ("ref", "repository"),
    [
        ("refs/heads/feature", REPOSITORY),
        ("refs/heads/gh-readonly-queue/main/pr-7-" + "a" * 40, REPOSITORY),
        ("refs/heads/dependabot/pip/x", REPOSITORY),
        ("refs/tags/FIREFOX_92_0_1_RELEASE", REPOSITORY),
        ("refs/heads/main", "https://github.com/somebody/firefox"),
        ("refs/heads/${1 + 1}", REPOSITORY),
    ],
)
def test_what_is_no_release_branch_is_not_trusted(ref: str, repository: str) -> None:
    task = _pushed(ref, repository)
    env = task["payload"]["env"]
    assert (env["GECKO_LEVEL"], env["GECKO_PROJECT"], env["GECKO_HEAD_REF"]) == ("1", "try", ref)
    assert task["schedulerId"] == "gecko-level-1"
    assert not any("mozilla-" in route for route in task["routes"])


def test_the_table_of_branches_is_that_of_the_configuration() -> None:
    (template,) = yaml.safe_load(TEMPLATE.read_bytes())["tasks"]
    said = template["$let"]
    projects = load_config(TEMPLATE.parent).projects
    for project in projects.values():
        assert said["canonical"] in project.repositories
        branches = tuple(b for b, name in said["branches"].items() if name == project.name)
        assert branches == project.branches
        for branch in branches:
            env = _pushed(f"refs/heads/{branch}")["payload"]["env"]
            assert (env["GECKO_PROJECT"], env["GECKO_LEVEL"]) == (project.name, project.level)
    assert set(said["branches"].values()) == projects.keys()


def test_a_push_and_a_pull_request_share_no_route() -> None:
    push, pull_request = (
        {route for route in render(event, CONTEXTS[event])["routes"] if route != "checks"}
        for event in ("github-push", "github-pull-request")
    )
    assert not push & pull_request


def test_a_cron_job_keeps_its_arguments() -> None:
    cron = {**CONTEXTS["cron"]["cron"], "quoted_args": "--target-tasks-method=nightly_desktop"}
    task = render("cron", {**CONTEXTS["cron"], "cron": cron})
    last = task["payload"]["command"][2].strip().splitlines()[-1]
    assert last == "relpro decision --target-tasks-method=nightly_desktop"


def test_a_push_to_hg_is_checked_out_and_named_as_hg_does() -> None:
    task = render("hg-push", CONTEXTS["hg-push"])
    env = task["payload"]["env"]
    assert (env["GECKO_REPOSITORY_TYPE"], env["GECKO_PUSHLOG_ID"]) == ("hg", "4711")
    assert env["GECKO_PROJECT"] == "mozilla-release"
    assert task["metadata"]["source"].endswith(f"/raw-file/{HEAD}/.taskcluster.yml")
    assert "hg clone" in task["payload"]["command"][2]


def test_what_people_name_is_no_part_of_the_shell_script() -> None:
    event = {**CONTEXTS["github-push"]["event"], "after": "--output=x; rm -rf /"}
    script, *arguments = render("github-push", {"event": event})["payload"]["command"][2:]
    assert "rm -rf" not in script
    assert "--output=x; rm -rf /" in arguments


def test_the_image_of_the_decision_is_pinned(task: dict[str, Any]) -> None:
    assert re.search(r"@sha256:[0-9a-f]{64}$", task["payload"]["image"])


def test_a_tag_is_told_apart_from_a_branch() -> None:
    event = {**CONTEXTS["github-push"]["event"], "ref": "refs/tags/v1.0"}
    task = render("github-push", {"event": event})
    assert task["scopes"] == ["assume:repo:github.com/mozilla-firefox/firefox:tag:v1.0"]
    assert task["payload"]["env"]["GECKO_HEAD_TAG"] == "v1.0"


def test_is_indexed_where_a_promotion_looks_for_it() -> None:
    task = render("github-push", CONTEXTS["github-push"])
    assert (
        f"index.gecko.v2.mozilla-central.revision.{'a' * 40}.taskgraph.decision" in task["routes"]
    )
    assert task["taskId"] == OWN


def test_the_trust_domain_is_that_of_the_configuration() -> None:
    (template,) = yaml.safe_load(TEMPLATE.read_bytes())["tasks"]
    assert template["$let"]["trustDomain"] == load_config(TEMPLATE.parent).trust_domain


def test_each_event_runs_relpro() -> None:
    for event in EVENTS:
        assert "relpro decision" in render(event, CONTEXTS[event])["payload"]["command"][2]
