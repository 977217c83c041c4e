"""The repository's `.taskcluster.yml`: what tasks it makes of what happens."""

import re
from typing import Any

import pytest
import yaml

from relpro.actions.template import disagreements
from relpro.load.config import load_config
from relpro.stock.routes import indexed_branch
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
    "git-push": [None],
    "pr-action": [None],
}


def _context(tasks_for: str, action: str | None) -> dict[str, Any]:
    alike = {"git-push": "github-push", "pr-action": "hg-push"}
    known = alike.get(tasks_for, tasks_for.removesuffix("-untrusted"))
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
    table = {
        branch: {"project": project.name, "level": project.level}
        for project in projects.values()
        if said["canonical"] in project.repositories
        for branch in project.branches
    }
    assert said["branches"] == table
    assert list(disagreements(TEMPLATE.read_bytes(), load_config(TEMPLATE.parent))) == []


@pytest.mark.parametrize(
    ("old", "new", "told"),
    [
        ("main: {project: mozilla-central, level: '3'}", "main: {project: x, level: '1'}", "main`"),
        ("beta: {project: mozilla-beta, level: '3'}", "", "refs/heads/beta`"),
        ("else: {project: try, level: '1'}", "else: {project: try, level: '3'}", "refs/tags/main`"),
        ("else: {project: try, level", "else: {project: autoland, level", "no-project`"),
        ("'home == canonical && branch", "'branch", "firefox-relpro-of-no-project"),
        ("event.ref[11:]", "event.ref[10:]", "refs/heads/esr140`"),
        (
            "main: {project",
            "feature: {project: autoland, level: '3'}\n        main: {project",
            "`refs/heads/feature`",
        ),
        (
            "else: {project: try, level: '1'}",
            "else: {project: try, level: {$if: 'branch[:3] == \"esr\"', then: '3', else: '1'}}",
            "`refs/heads/esr-relpro-of-no-project`",
        ),
    ],
)
def test_a_table_that_differs_from_the_configuration_is_told(old: str, new: str, told: str) -> None:
    text = TEMPLATE.read_text()
    assert old in text
    found = list(disagreements(text.replace(old, new).encode(), load_config(TEMPLATE.parent)))
    assert {one.code for one in found} == {"Q730"}
    assert any(told in one.what for one in found)


def _routes(tasks_for: str, branch: str = "main") -> set[str]:
    context = CONTEXTS[tasks_for]
    if tasks_for == "github-push":
        context = {"event": {**context["event"], "ref": f"refs/heads/{branch}"}}
    return set(render(tasks_for, context)["routes"]) - {"checks"}


@pytest.mark.parametrize("branch", ["main", "a-feature"])
@pytest.mark.parametrize("other", ["github-pull-request", "github-release", "cron"])
def test_only_a_push_is_the_decision_of_a_branch_and_revision(branch: str, other: str) -> None:
    assert not _routes("github-push", branch) & _routes(other)


def test_levels_share_no_route_pool_or_scheduler() -> None:
    trusted, other = _pushed("refs/heads/main"), _pushed("refs/heads/a-feature")
    for name in ("schedulerId", "provisionerId"):
        assert trusted[name] != other[name]
    assert not (set(trusted["routes"]) & set(other["routes"])) - {"checks"}


def test_a_pull_request_is_a_project_of_its_own() -> None:
    env = render("github-pull-request", CONTEXTS["github-pull-request"])["payload"]["env"]
    assert env["GECKO_PROJECT"] == "try-pr"


@pytest.mark.parametrize(
    ("branch", "source"), [("beta", ("mozilla-beta", "3")), ("a-feature", ("try", "1"))]
)
def test_a_cron_job_on_github_is_of_the_project_of_its_branch(
    branch: str, source: tuple[str, str]
) -> None:
    push = {**CONTEXTS["cron"]["push"], "branch": branch}
    env = render("cron", {**CONTEXTS["cron"], "push": push})["payload"]["env"]
    assert (env["GECKO_PROJECT"], env["GECKO_LEVEL"]) == source


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


@pytest.mark.parametrize("branch", ["main", "releases/1.0", "somebody/a/b.c"])
def test_the_branch_of_a_push_is_part_of_where_it_is_indexed(branch: str) -> None:
    event = {**CONTEXTS["github-push"]["event"], "ref": f"refs/heads/{branch}"}
    task = render("github-push", {"event": event})
    place = indexed_branch(task["payload"]["env"]["GECKO_PROJECT"], f"refs/heads/{branch}")
    assert f"index.gecko.v2.{place}.revision.{'a' * 40}.taskgraph.decision" in task["routes"]


@pytest.mark.parametrize("ref", ["refs/tags/v1.0", f"refs/heads/{'x' * 200}"])
def test_a_ref_that_cannot_be_in_a_route_keeps_the_other_routes(ref: str) -> None:
    event = {**CONTEXTS["github-push"]["event"], "ref": ref}
    routes = render("github-push", {"event": event})["routes"]
    assert max(len(route) for route in routes) < 250
    assert [route.partition(".")[0] for route in routes] == ["checks", "index", "index"]


def test_the_trust_domain_is_that_of_the_configuration() -> None:
    (template,) = yaml.safe_load(TEMPLATE.read_bytes())["tasks"]
    assert template["$let"]["trustDomain"] == load_config(TEMPLATE.parent).trust_domain


def test_each_event_runs_relpro() -> None:
    for event in EVENTS:
        assert "relpro decision" in render(event, CONTEXTS[event])["payload"]["command"][2]
