"""A project that `relpro init` made, whose tasks run on a Taskcluster with the roles it was given.

Every call is made as who makes it: Taskcluster's services, which assume the role of what happened,
and tasks, which have the scopes of their bodies alone.
"""

import runpy
import subprocess
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import attrs
import jsone
import orjson
import pytest
import taskcluster

from relpro.actions.happenings import HEAD, Happening, happenings
from relpro.actions.template import first_entry, task_of
from relpro.embedded import EmbeddedTaskcluster, Worker
from relpro.embedded.clock import to_text
from relpro.project import Project
from tests.cli.conftest import Ran, Run
from tests.cli.groups import use

REPOSITORY = "https://github.com/me/widget"
PATH = REPOSITORY.removeprefix("https://")
HOOKS = "hook-id:project-widget/in-tree-action-3"

Roles = dict[str, list[str]]


@attrs.define
class Stage:
    """The project below `folder`."""

    folder: Path
    service: EmbeddedTaskcluster
    relpro: Run
    monkeypatch: pytest.MonkeyPatch

    @property
    def root(self) -> Path:
        return self.folder / "widget"

    def start(self) -> None:
        """Write and commit the project, and install its hooks."""
        words = ("--product", "widget", "--repository", REPOSITORY, "--template", "full")
        assert self.relpro("init", "--root", str(self.root), *words).code == 0
        (self.root / ".cron.yml").write_text(CRON)
        git = ("git", "-C", str(self.root), "-c", "user.name=Me", "-c", "user.email=me@example.com")
        for command in (("init", "-q"), ("add", "."), ("commit", "-q", "-m", "Start")):
            subprocess.run([*git, *command], check=True)
        hooks = orjson.loads(self.relpro("hooks", "--root", str(self.root)).out)["hooks"]
        for hook in hooks:
            names = hook.pop("hookGroupId"), hook.pop("hookId")
            taskcluster.Hooks(self.service.options()).createHook(*names, hook)

    def printed(self) -> Roles:
        """The roles that `relpro scopes` prints."""
        ran = self.relpro("scopes", "--root", str(self.root), "--format", "json")
        assert ran.code == 0, ran.err
        return {role["roleId"]: role["scopes"] for role in orjson.loads(ran.out)["roles"]}

    def grant(self, roles: Mapping[str, list[str]]) -> None:
        """Let roles have exactly these scopes."""
        auth = taskcluster.Auth(self.service.options())
        known = {role["roleId"] for role in auth.listRoles()}
        for name, scopes in roles.items():
            body = {"description": "", "scopes": scopes}
            (auth.updateRole if name in known else auth.createRole)(name, body)

    def happens(self, about: str, task_id: str = "") -> tuple[str, Ran]:
        """What comes of something that happens: the id of its decision task, and how that ended.

        Raises `TaskclusterRestFailure` where the task itself may not be made.
        """
        task_id = task_id or taskcluster.slugId()
        revision = ["git", "-C", str(self.root), "rev-parse", "HEAD"]
        head = subprocess.check_output(revision, text=True).strip()
        config = Project(self.root).config
        every = happenings(self.root, config, (), strangers=False)
        (happening,) = [one for one in every if one.about == about]
        body = self._body(happening, {HEAD: head})
        arguments = [f"--{name.replace('_', '-')}={v}" for name, v in happening.arguments.items()]
        (scope,) = body["scopes"]
        taskcluster.Queue(self.service.options(scope)).createTask(task_id, body)
        return task_id, self._run(task_id, "decision", *arguments)

    def asked(self, name: str, group: str, given: Any, task: str | None = None) -> tuple[str, Ran]:
        """What comes of an action that somebody asks for: the id of its task, and how it ended."""
        offered = orjson.loads(self.service.content(group, "public/actions.json") or b"")["actions"]
        (entry,) = [one for one in offered if one["name"] == name]
        context = {"input": given, "taskId": task, "taskGroupId": group}
        payload = jsone.render(entry["hookPayload"], context)
        hook = entry["hookGroupId"], entry["hookId"]
        hooks = taskcluster.Hooks(self.service.options(f"hooks:trigger-hook:{'/'.join(hook)}"))
        own = hooks.triggerHook(*hook, payload)["status"]["taskId"]
        words = (
            ("--artifacts", str(self.folder / "recorded")) if name == "release-promotion" else ()
        )
        return own, self._run(own, "action", *words)

    def promote(self, flavor: str, groups: list[str]) -> tuple[str, Ran]:
        """What comes of a phase of the release upon earlier groups."""
        said = {"release_promotion_flavor": flavor, "build_number": 1}
        return self.asked("release-promotion", groups[0], {**said, "previous_graph_ids": groups})

    def complete(self, group: str) -> None:
        """Complete a group, sign-offs and all, as the project's own script does."""
        script = runpy.run_path(str(self.root / ".ci" / "rehearse.py"))
        with self.monkeypatch.context():
            use(self.monkeypatch, self.service, "*")
            script["run"](group)
            while script["sign_off"](group):
                script["run"](group)

    def _body(self, happening: Happening, changes: Mapping[str, str]) -> dict[str, Any]:
        entry = first_entry((self.root / ".taskcluster.yml").read_bytes())
        body = task_of(entry, happening)
        assert body is not None
        text = orjson.dumps(dict(body)).decode()
        for old, new in changes.items():
            text = text.replace(old, new)
        now = self.service.clock.now()
        dates = {"created": 0, "deadline": 1, "expires": 366}
        made: dict[str, Any] = orjson.loads(text)
        made.pop("taskId")
        made.pop("taskGroupId")
        return made | {name: to_text(now + days * 86_400_000) for name, days in dates.items()}

    def _run(self, own: str, command: str, *words: str) -> Ran:
        body = self.service.task(own)
        worker = Worker(self.service.root_url, self.service.root_credentials, body["taskQueueId"])
        claims = [claim for claim in worker.claim(32) if claim["status"]["taskId"] == own]
        (claim,) = claims
        output = self.folder / "recorded" / own / "public"
        with self.monkeypatch.context() as patch:
            use(patch, self.service, *body["scopes"])
            for name, value in {**body["payload"]["env"], "TASK_ID": own}.items():
                patch.setenv(name, value)
            given = ("--root", str(self.root), "--output-dir", str(output))
            ran = self.relpro(command, *given, *words)
        for path in sorted(output.glob("*.*")) if output.is_dir() else ():
            worker.upload(claim, f"public/{path.name}", path.read_bytes(), "application/json")
        worker.resolve(claim, "completed" if ran.code == 0 else "failed")
        return ran


CRON = """\
jobs:
  - name: nightly
    job: {type: decision-task, treeherder-symbol: N, target-tasks-method: on-push}
    when: []
  - name: hook
    job: {type: trigger-action}
    when: []
"""
