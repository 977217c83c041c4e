"""Takes a project, gives the events that can occur in it, as `.taskcluster.yml` sees them.

An event contains only values that a template may use: those that Chain of Trust can find out again.
Changing names and revisions have placeholders, which `relpro.grants.moving` knows.
"""

from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any, Final
from urllib.parse import urlsplit

import attrs

from relpro.actions.action import Action
from relpro.errors import Diagnostic, raise_all
from relpro.load.ordinary import repository_file
from relpro.model.branch import ProjectSource
from relpro.model.config import GraphConfig
from relpro.schemas.documents import CRON
from relpro.yaml.document import parse

Json = Mapping[str, Any]

#: The placeholder for a name that people choose: a branch, a tag, the author of a push.
SOME: Final = "relpro-some-name"
HEAD: Final = "4e1f" * 10
BASE: Final = "5ba5" * 10
NUMBER: Final = 987654321
NOW: Final = "2026-01-01T00:00:00.000Z"
_PUSHED = 1767225600
_TASK: Final = "SomeTaskOfRelproAAAAAA"
_GITHUB = "github.com"
_OWNER = f"{SOME}@example.com"


@attrs.frozen
class Happening:
    """An event: its name for people, `tasks_for`, and the data for the template.

    `arguments` are parameters of the event that a cron job has on its command line. `action` is the
    action in question, for an action.
    """

    about: str
    tasks_for: str
    told: Json
    arguments: Mapping[str, str] = attrs.field(factory=dict)
    action: Action | None = None

    @property
    def context(self) -> dict[str, Any]:
        """All variables of the template."""
        common = {
            "tasks_for": self.tasks_for,
            "now": NOW,
            "taskcluster_root_url": "https://tc.example.com",
        }
        return {**common, **self.told}


def happenings(
    root: Path, config: GraphConfig, projects: tuple[str, ...], *, strangers: bool
) -> Iterator[Happening]:
    """The events of `projects`; by default of every project, and of repositories that are none.

    `strangers` says whether pull requests of people who are no collaborators make tasks. Raises
    `RelproError` (K247, K251) for an invalid `.cron.yml`.
    """
    jobs = tuple(_jobs(root))
    known = [config.projects[name] for name in projects] or [*config.projects.values()]
    for project in known:
        for repository in project.repositories:
            yield from _to_project(project, repository, jobs)
    if not projects:
        every = (url for one in known for url in one.repositories)
        for repository in dict.fromkeys(every):
            if urlsplit(repository).netloc == _GITHUB:
                yield from _to_anybody(repository, strangers=strangers)


def asked(
    actions: tuple[Action, ...], config: GraphConfig, projects: tuple[str, ...]
) -> Iterator[Happening]:
    """The actions that can be triggered for `projects`; by default for every one."""
    for project in config.projects.values():
        if projects and project.name not in projects:
            continue
        for repository in project.repositories:
            if repository in config.action_repositories(project.level):
                for action in actions:
                    if action.is_for(project.name, config):
                        yield _action(action, project, repository)


def _to_project(
    project: ProjectSource, repository: str, jobs: tuple[Json, ...]
) -> Iterator[Happening]:
    if urlsplit(repository).netloc != _GITHUB:
        yield Happening(f"a push to {project.name}", "hg-push", _hg(project, repository))
        branches: tuple[str, ...] = ("",)
    else:
        branches = tuple(one.replace("*", SOME) for one in project.branches)
        for branch in branches:
            about = f"a push to branch {branch.replace(SOME, '*')} of {project.name}"
            yield Happening(about, "github-push", push_told(repository, f"refs/heads/{branch}"))
            about = f"a release from branch {branch.replace(SOME, '*')} of {project.name}"
            yield Happening(about, "github-release", _release(repository, branch))
    for job in jobs:
        for branch in branches[:1]:
            about = f"cron job {job['name']} of {project.name}"
            said = job["job"].get("target-tasks-method")
            arguments = {"target_tasks_method": said} if said else {}
            yield Happening(about, "cron", _cron(project, repository, branch, job), arguments)


def _to_anybody(repository: str, *, strangers: bool) -> Iterator[Happening]:
    yield Happening(
        "a push to any other branch", "github-push", push_told(repository, f"refs/heads/{SOME}")
    )
    yield Happening("a push of a tag", "github-push", push_told(repository, f"refs/tags/{SOME}"))
    yield Happening("a release from another branch", "github-release", _release(repository, SOME))
    yield Happening("a pull request", "github-pull-request", _pull_request(repository))
    if strangers:
        about = "a pull request of a stranger"
        yield Happening(about, "github-pull-request-untrusted", _pull_request(repository))


def _jobs(root: Path) -> Iterator[Json]:
    """The jobs of `.cron.yml` that make decision tasks."""
    path = repository_file(root, ".cron.yml")
    if not path.is_file():
        return
    document = parse(path.read_bytes(), path.name)
    raise_all(
        Diagnostic("K247", f"`.cron.yml`: {text}", (document.locations.origin(*place),))
        for place, text in CRON.located(document.data)
    )
    yield from (one for one in document.data["jobs"] if one["job"]["type"] == "decision-task")


def _repository(url: str) -> dict[str, object]:
    path = urlsplit(url).path.strip("/")
    return {
        "name": path.rpartition("/")[2],
        "full_name": path,
        "html_url": url,
        "clone_url": f"{url}.git",
        "ssh_url": f"git@{_GITHUB}:{path}.git",
        "default_branch": "main",
        "pushed_at": _PUSHED,
    }


def push_told(url: str, ref: str) -> Json:
    """GitHub, webhook event `push`."""
    event = {
        "before": BASE,
        "after": HEAD,
        "base_ref": None,
        "ref": ref,
        "pusher": {"name": SOME, "email": _OWNER},
        "sender": {"login": SOME},
        "repository": _repository(url),
    }
    return {"event": event, "as_slugid": lambda _name: _TASK}


def _release(url: str, branch: str) -> Json:
    """GitHub, webhook event `release`."""
    release = {"tag_name": HEAD, "target_commitish": branch, "published_at": NOW}
    event = {
        "action": "published",
        "release": release,
        "sender": {"login": SOME},
        "repository": _repository(url),
    }
    return {"event": event, "as_slugid": lambda _name: _TASK}


def _pull_request(url: str) -> Json:
    """GitHub, webhook event `pull_request`."""
    fork = {**_repository(url), "html_url": f"https://{_GITHUB}/{SOME}/{SOME}"}
    event = {
        "action": "synchronize",
        "sender": {"login": SOME},
        "repository": _repository(url),
        "pull_request": {
            "number": NUMBER,
            "user": {"login": SOME},
            "base": {"sha": BASE, "ref": SOME, "repo": _repository(url)},
            "head": {"sha": HEAD, "ref": SOME, "repo": fork, "user": {"login": SOME}},
        },
    }
    return {"event": event, "as_slugid": lambda _name: _TASK}


def _of_hook(project: ProjectSource, url: str) -> dict[str, object]:
    kind = "git" if urlsplit(url).netloc == _GITHUB else "hg"
    return {
        "repository": {"url": url, "project": project.name, "level": project.level, "type": kind},
        "ownTaskId": _TASK,
    }


def _hg(project: ProjectSource, url: str) -> Json:
    push = {
        "base_revision": BASE,
        "revision": HEAD,
        "comment": " ",
        "owner": _OWNER,
        "pushlog_id": str(NUMBER),
        "pushdate": _PUSHED,
    }
    return {**_of_hook(project, url), "push": push}


def _cron(project: ProjectSource, url: str, branch: str, job: Json) -> Json:
    symbol = job["job"].get("treeherder-symbol", "")
    said = {"job_name": job["name"], "job_symbol": symbol, "quoted_args": ""}
    push = {"revision": HEAD, **({"branch": branch} if branch else {})}
    return {**_of_hook(project, url), "push": push, "cron": said}


def _action(action: Action, project: ProjectSource, url: str) -> Happening:
    parts = urlsplit(url)
    said = {
        "name": action.name,
        "title": action.title,
        "description": action.description,
        "taskGroupId": _TASK,
        "symbol": "A",
        "cb_name": action.cb_name,
        "repo_scope": f"assume:repo:{parts.netloc}{parts.path}:action:{action.permission}",
        "action_perm": action.permission,
    }
    branch = next(iter(project.branches), "").replace("*", SOME)
    pushlog = "" if parts.netloc == _GITHUB else str(NUMBER)
    push = {"owner": _OWNER, "revision": HEAD, "pushlog_id": pushlog}
    told = {
        **_of_hook(project, url),
        "action": said,
        "push": {**push, **({"branch": f"refs/heads/{branch}"} if branch else {})},
        "input": {},
        "parameters": {},
        "taskId": None,
        "taskGroupId": _TASK,
        "clientId": SOME,
    }
    about = f"action {action.cb_name} of {project.name}"
    return Happening(about, "action", told, action=action)
