"""What happens to a repository, as Taskcluster tells `.taskcluster.yml`: only what may be used."""

from pathlib import Path
from typing import Any

import jsone
import yaml

TEMPLATE = Path(__file__).parents[2] / ".taskcluster.yml"
REPOSITORY = "https://github.com/example/app"
HEAD, BASE = "a" * 40, "b" * 40
NOW = "2026-01-01T00:00:00.000Z"

_REPO = {"html_url": REPOSITORY, "full_name": "example/app", "name": "app"}

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
                "ssh_url": "git@github.com:example/app",
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
                "base": {"sha": BASE, "ref": "main", "repo": _REPO},
                "head": {
                    "sha": HEAD,
                    "ref": "change",
                    "repo": {**_REPO, "html_url": "https://github.com/fork/app"},
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
        "repository": {"url": REPOSITORY, "project": "app", "level": "3", "type": "git"},
        "push": {"revision": HEAD, "branch": "main"},
        "ownTaskId": "CronTaskQAaAAAAAAAAAAA",
    },
}

OWN = "DecisionQTaskOfAppAAAA"


def render(tasks_for: str, context: dict[str, Any], own: str = OWN) -> dict[str, Any]:
    """The task that Taskcluster makes of the template, with its id under `taskId`."""
    template = yaml.safe_load(TEMPLATE.read_bytes())
    common: dict[str, Any] = {"tasks_for": tasks_for, "now": NOW}
    if tasks_for.startswith("github-"):
        common["as_slugid"] = lambda _label: own
    rendered = jsone.render(template, {**common, **context})
    (task,) = rendered["tasks"]
    assert isinstance(task, dict)
    return task


def render_action(
    entry: dict[str, Any], given: Any, *, own: str, group: str, task: str | None = None
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
        "clientId": "project/releng/shipit",
    }
    return render("action", context)
