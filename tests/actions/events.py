"""What happens to a repository, as Taskcluster tells `.taskcluster.yml`: only what may be used."""

from pathlib import Path
from typing import Any

import jsone
import yaml

from relpro.project import Project

TEMPLATE = Path(__file__).parents[2] / ".taskcluster.yml"
REPOSITORY = "https://github.com/mozilla-firefox/firefox"
HEAD, BASE = "a" * 40, "b" * 40
NOW = "2026-01-01T00:00:00.000Z"

#: The table of the projects to whose branches the template gives a level, in one repository.
PROJECTS = "projects:\n" + "".join(
    f"  {name}: {{level: '{source.level}', repositories: ['{REPOSITORY}'],"
    f" branches: [{', '.join(source.branches)}]}}\n"
    for name, source in Project(TEMPLATE.parent).config.projects.items()
    if REPOSITORY in source.repositories
)

_REPO = {"html_url": REPOSITORY, "full_name": "mozilla-firefox/firefox", "name": "firefox"}

#: What happened -> the context of the template, beside `now`, `tasks_for` and ids.
CONTEXTS: dict[str, dict[str, Any]] = {
    "github-push": {
        "event": {
            "before": BASE,
            "after": HEAD,
            "base_ref": None,
            "ref": "refs/heads/main",
            "pusher": {"email": "release@example.com"},
            "sender": {"login": "somebody"},
            "repository": {
                **_REPO,
                "ssh_url": "git@github.com:mozilla-firefox/firefox",
                "pushed_at": 1700000000,
            },
        }
    },
    "github-pull-request": {
        "event": {
            "action": "synchronize",
            "repository": _REPO,
            "sender": {"login": "somebody"},
            "pull_request": {
                "number": 7,
                "user": {"login": "somebody"},
                "base": {"sha": BASE, "ref": "main", "repo": _REPO},
                "head": {
                    "sha": HEAD,
                    "ref": "change",
                    "repo": {**_REPO, "html_url": "https://github.com/somebody/firefox"},
                    "user": {"login": "somebody"},
                },
            },
        }
    },
    "github-release": {
        "event": {
            "action": "published",
            "repository": {**_REPO, "clone_url": f"{REPOSITORY}.git"},
            "release": {
                "tag_name": "v1.0",
                "target_commitish": "main",
                "published_at": "2026-01-01T00:00:00Z",
            },
            "sender": {"login": "somebody"},
        }
    },
    "cron": {
        "cron": {"job_name": "nightly", "job_symbol": "N", "quoted_args": ""},
        "repository": {"url": REPOSITORY, "project": "firefox", "level": "3", "type": "git"},
        "push": {"revision": HEAD, "branch": "main"},
        "ownTaskId": "CronTaskQAaAAAAAAAAAAA",
    },
    "hg-push": {
        "repository": {
            "url": "https://hg.mozilla.org/releases/mozilla-release",
            "project": "mozilla-release",
            "level": "3",
            "type": "hg",
        },
        "push": {
            "base_revision": BASE,
            "revision": HEAD,
            "comment": " ",
            "owner": "release@example.com",
            "pushlog_id": "4711",
            "pushdate": 1700000000,
        },
        "ownTaskId": "HgPushAAQAaAAAAAAAAAAA",
    },
}

OWN = "DecisionQTaskOfAppAAAA"


def render(
    tasks_for: str, context: dict[str, Any], own: str = OWN, now: str = NOW, text: str = ""
) -> dict[str, Any]:
    """The task that Taskcluster makes of the template; unless it is a hook's, with its `taskId`."""
    template = yaml.safe_load(text or TEMPLATE.read_bytes())
    common: dict[str, Any] = {"tasks_for": tasks_for, "now": now}
    if tasks_for.startswith("github-"):
        common["as_slugid"] = lambda _label: own
    rendered = jsone.render(template, {**common, **context})
    (task,) = rendered["tasks"]
    assert isinstance(task, dict)
    return task


def render_action(
    entry: dict[str, Any],
    given: Any,
    *,
    own: str,
    group: str,
    task: str | None = None,
    now: str = NOW,
    client: str = "project/releng/shipit",
) -> dict[str, Any]:
    """The task that the hook of an entry of `actions.json` makes, asked of a task group."""
    user = {"input": given, "taskId": task, "taskGroupId": group, "task": None}
    payload = jsone.render(entry["hookPayload"], {**user, "parameters": {}})
    action = dict(payload["decision"]["action"])
    url = payload["decision"]["repository"]["url"]
    permission = entry["extra"]["actionPerm"]
    action["repo_scope"] = f"assume:repo:{url.removeprefix('https://')}:action:{permission}"
    action["action_perm"] = permission
    context = {
        "action": action,
        "push": payload["decision"]["push"],
        "repository": payload["decision"]["repository"],
        "input": payload["user"]["input"],
        "parameters": None,
        "taskId": payload["user"]["taskId"],
        "taskGroupId": payload["user"]["taskGroupId"],
        "ownTaskId": own,
        "clientId": client,
    }
    return render("action", context, now=now)
