"""What `.taskcluster.yml` makes of real payloads: of forks, merge queues, bots and tags."""

from pathlib import Path
from typing import Any

import attrs
import pytest

from relpro.decision import Event, strangers
from relpro.load.config import load_config
from relpro.verify.bodies import check_body
from tests.actions.events import render
from tests.actions.webhooks import HEAD, NONE, OWNER, Json, pull_request, push, release

ROOT = Path(__file__).parents[2]
QUEUE = f"gh-readonly-queue/main/pr-7066-{'c' * 40}"
#: No address of anybody is said of these.
MERGE_QUEUE, DEPENDABOT, LANDO = "github-merge-queue[bot]", "dependabot[bot]", "lando-worker[bot]"
UPDATE = "dependabot/pip/taskcluster-102.0.1"


@attrs.frozen(kw_only=True)
class Made:
    """What a payload must be decided as; `index` is what follows the trust domain."""

    payload: Json
    project: str
    index: tuple[str, ...]
    scope: str
    owner: str
    head: str = OWNER
    level: str = "1"
    tasks_for: str = "github-push"
    tag: str = ""


def _of_branch(project: str, branch: str) -> tuple[str, ...]:
    return (
        f"{project}.revision.{HEAD}.taskgraph.decision",
        f"{project}.latest.taskgraph.decision",
        f"{project}.branch.{branch}.revision.{HEAD}.taskgraph.decision",
    )


def _no_address(login: str) -> str:
    return f"{login}@users.noreply.github.com"


CASES = {
    "a push to a release branch": Made(
        payload=push("refs/heads/esr140", "somebody", "somebody@example.com"),
        project="mozilla-esr140",
        level="3",
        index=_of_branch("mozilla-esr140", "esr140"),
        scope="branch:esr140",
        owner="somebody@example.com",
    ),
    "a bot that lands what was reviewed": Made(
        payload=push("refs/heads/main", LANDO),
        project="mozilla-central",
        level="3",
        index=_of_branch("mozilla-central", "main"),
        scope="branch:main",
        owner=_no_address(LANDO),
    ),
    "a merge queue": Made(
        payload=push(f"refs/heads/{QUEUE}", MERGE_QUEUE, before=NONE, created=True),
        project="try",
        index=_of_branch("try", QUEUE.replace("/", "%2F")),
        scope=f"branch:{QUEUE}",
        owner=_no_address(MERGE_QUEUE),
    ),
    "the branch of a bot": Made(
        payload=push(f"refs/heads/{UPDATE}", DEPENDABOT, before=NONE, created=True),
        project="try",
        index=_of_branch("try", UPDATE.replace("/", "%2F").replace(".", "%2E")),
        scope=f"branch:{UPDATE}",
        owner=_no_address(DEPENDABOT),
    ),
    "a release branch of a fork": Made(
        payload=push("refs/heads/release", "somebody", owner="somebody"),
        head="somebody",
        project="try",
        index=_of_branch("try", "release"),
        scope="branch:release",
        owner=_no_address("somebody"),
    ),
    "a tag": Made(
        payload=push("refs/tags/FIREFOX_140_13_0esr_RELEASE", "somebody", before=NONE),
        project="try",
        index=_of_branch("try", "")[:2],
        scope="tag:FIREFOX_140_13_0esr_RELEASE",
        owner=_no_address("somebody"),
        tag="FIREFOX_140_13_0esr_RELEASE",
    ),
    "a tag that is called as a release branch is": Made(
        payload=push("refs/tags/release", "somebody", before=NONE, base_ref="refs/heads/release"),
        project="try",
        index=_of_branch("try", "")[:2],
        scope="tag:release",
        owner=_no_address("somebody"),
        tag="release",
    ),
    "a pull request of a fork": Made(
        payload=pull_request("opened", "somebody", head="somebody", ref="main"),
        tasks_for="github-pull-request",
        head="somebody",
        project="try-pr",
        index=_of_branch("try-pr", "")[:1],
        scope="pull-request",
        owner=_no_address("somebody"),
    ),
    "a pull request of a stranger": Made(
        payload=pull_request("synchronize", "stranger", head="stranger", ref="main", sender=OWNER),
        tasks_for="github-pull-request-untrusted",
        head="stranger",
        project="try-pr",
        index=_of_branch("try-pr", "")[:1],
        scope="pull-request-untrusted",
        owner=_no_address("stranger"),
    ),
    "a pull request of a bot": Made(
        payload=pull_request("opened", DEPENDABOT, head=OWNER, ref=UPDATE),
        tasks_for="github-pull-request",
        project="try-pr",
        index=_of_branch("try-pr", "")[:1],
        scope="pull-request",
        owner=_no_address(DEPENDABOT),
    ),
    "a release": Made(
        payload=release("published", "v1.0", "main", "github-actions[bot]"),
        tasks_for="github-release",
        project="mozilla-central",
        level="3",
        index=("mozilla-central.latest.taskgraph.decision-release",),
        scope="release:published",
        owner=_no_address("github-actions[bot]"),
        tag="v1.0",
    ),
    "a release of a tag of no branch": Made(
        payload=release("published", "v1.0", HEAD, "somebody"),
        tasks_for="github-release",
        project="try",
        index=("try.latest.taskgraph.decision-release",),
        scope="release:published",
        owner=_no_address("somebody"),
        tag="v1.0",
    ),
}


@pytest.mark.parametrize("case", CASES.values(), ids=list(CASES))
def test_a_payload_is_of_its_project_level_and_index(case: Made) -> None:
    task = render(case.tasks_for, {"event": case.payload})
    assert list(check_body("docker-worker", {k: v for k, v in task.items() if k != "taskId"})) == []
    assert set(task["routes"]) == {"checks", *(f"index.gecko.v2.{one}" for one in case.index)}
    home = OWNER if "pull_request" in case.payload else case.head
    assert task["scopes"] == [f"assume:repo:github.com/{home}/firefox:{case.scope}"]
    assert (task["schedulerId"], task["provisionerId"], task["metadata"]["owner"]) == (
        f"gecko-level-{case.level}",
        f"gecko-{case.level}",
        case.owner,
    )
    event = Event.read(task["payload"]["env"], "GECKO", {}).values
    wanted = ("project", "level", "owner", "head_repository")
    assert [event[name] for name in wanted] == [
        case.project,
        case.level,
        case.owner,
        f"https://github.com/{case.head}/firefox",
    ]
    assert event.get("head_tag", "") == case.tag
    assert list(strangers(event, load_config(ROOT))) == []


@pytest.mark.parametrize("pusher", [{"name": "key"}, {"name": "key", "email": ""}])
def test_a_push_with_a_key_of_the_repository_has_an_owner(pusher: Any) -> None:
    payload = {**push("refs/heads/main", "somebody"), "pusher": pusher}
    task = render("github-push", {"event": payload})
    assert task["metadata"]["owner"] == _no_address("somebody")


@pytest.mark.parametrize(
    ("tasks_for", "payload"),
    [
        ("github-push", push("refs/heads/main", "somebody", after=NONE, deleted=True)),
        ("github-push", push("refs/tags/v1.0", "somebody", after=NONE, deleted=True)),
        ("github-pull-request", pull_request("closed", "somebody", head="somebody", ref="main")),
        ("github-release", release("created", "v1.0", "main", "somebody")),
    ],
)
def test_what_brings_no_commit_makes_no_task(tasks_for: str, payload: Json) -> None:
    with pytest.raises(ValueError, match="not enough values"):
        render(tasks_for, {"event": payload})
