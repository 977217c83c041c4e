"""Decision and action tasks of a checkout, each run in a process of its own as a worker would."""

import os
import subprocess
import sys
from collections.abc import Mapping, Sequence
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import attrs
import orjson
import taskcluster

from relpro.embedded import EmbeddedTaskcluster, Worker
from relpro.embedded.clock import to_text
from relpro.embedded.worker import Claim
from tests.acceptance.checkout import ROOT
from tests.actions.events import CONTEXTS, OWN, render, render_action
from tests.cli.conftest import Ran

Task = Mapping[str, Any]

_DAY = 86_400_000

#: What tasks of a release branch of this trust domain may do.
_SCOPES = (
    "auth:aws-s3:read-write:tc-gp-private-1d-us-east-1/releng/mbsdiff-cache/",
    "docker-worker:*",
    "generic-worker:*",
    "in-tree:*",
    "index:find-task:*",
    "notify:email:*",
    "project:*",
    "queue:create-task:highest:*",
    "queue:create-task:project:*",
    "queue:get-artifact:*",
    "queue:route:*",
    "queue:scheduler-id:gecko-level-3",
    "secrets:get:project/*",
)


#: What happens: the value of `tasks_for`, and what Taskcluster tells beside it.
Happened = tuple[str, Mapping[str, Any]]


def pushed_to(branch: str) -> Happened:
    """A push to a branch of the canonical git repository."""
    event = CONTEXTS["github-push"]["event"]
    return "github-push", {"event": {**event, "ref": f"refs/heads/{branch}"}}


@attrs.frozen
class Ci:
    """A checkout whose tasks run here; `folder` takes the files that they publish.

    `happened` makes the decision task; `params` are further words of its command line.
    """

    root: Path
    service: EmbeddedTaskcluster
    folder: Path
    answers: Path
    happened: Happened = attrs.field(factory=lambda: pushed_to("release"))
    params: tuple[str, ...] = ()

    def push(self, own: str = OWN) -> Ran:
        """What happens on a push: its decision task is made and run."""
        tasks_for, context = self.happened
        return self._run(
            own,
            render(tasks_for, dict(context), own),
            [*self._words("decision", own), *self.params],
        )

    def act(self, name: str, given: Any, own: str, group: str = OWN) -> Ran:
        """What happens when somebody triggers an action of a group: its task is made and run."""
        return self._run(own, self.action_task(name, given, own, group), self.action_words(own))

    def action_task(self, name: str, given: Any, own: str, group: str = OWN) -> Task:
        """The task that runs an action which the decision task of a group offers."""
        (entry,) = [
            one for one in self.json(group, "actions.json")["actions"] if one["name"] == name
        ]
        return render_action(entry, given, own=own, group=group)

    def grant(self) -> None:
        """Let tasks of every repository do what those of a release branch may."""
        role = {"description": "a repository of releases", "scopes": list(_SCOPES)}
        taskcluster.Auth(self.service.options()).createRole("repo:*", role)

    def start(self, claim: Claim, *words: str) -> "subprocess.Popen[str]":
        """Run the command line in a process, as a claimed task: with what it is told and may do."""
        who = claim["credentials"]
        return self.spawn(
            *words,
            **claim["task"]["payload"]["env"],
            TASK_ID=claim["status"]["taskId"],
            TASKCLUSTER_CLIENT_ID=who["clientId"],
            TASKCLUSTER_ACCESS_TOKEN=who["accessToken"],
            TASKCLUSTER_CERTIFICATE=who["certificate"],
        )

    def spawn(self, *words: str, **env: str) -> "subprocess.Popen[str]":
        """Run the command line in a process that can do everything on this Taskcluster."""
        clean = {
            name: value
            for name, value in os.environ.items()
            if not name.startswith(("GECKO_", "ACTION_", "TASK"))
        }
        return subprocess.Popen(
            [sys.executable, "-m", "relpro", *words],
            cwd=ROOT,
            env={**clean, **self.service.environment(), **env},
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            text=True,
        )

    def relpro(self, *words: str) -> Ran:
        """Run the command line as a person would, who may do everything."""
        return ended(self.spawn(*words))

    def now(self) -> str:
        """The time of the services, which tests move."""
        return datetime.fromtimestamp(self.service.clock.now() / 1000, UTC).isoformat()

    def output(self, own: str) -> Path:
        """Where a task leaves what it publishes."""
        return self.folder / own

    def json(self, task_id: str, name: str) -> Any:
        """A JSON file that a task has published."""
        return orjson.loads(self.artifact(task_id, name))

    def artifact(self, task_id: str, name: str) -> bytes:
        """A file that the latest run of a task has published."""
        latest = len(self.service.status(task_id)["runs"]) - 1
        content = self.service.content(task_id, f"public/{name}", latest)
        assert content is not None, f"{task_id} has not published {name}"
        return content

    def create(self, own: str, task: Task) -> None:
        """Create a decision or action task, as Taskcluster itself does."""
        body = {key: value for key, value in task.items() if key != "taskId"}
        now = self.service.clock.now()
        dates = {"created": 0, "deadline": 1, "expires": 365}
        body |= {name: to_text(now + days * _DAY) for name, days in dates.items()}
        taskcluster.Queue(self.service.options()).createTask(own, body)

    def action_words(self, own: str) -> tuple[str, ...]:
        """The command line of an action task."""
        recorded = ("--answers", str(self.answers)) if self.answers.is_file() else ()
        return (*self._words("action", own), *recorded)

    def _words(self, command: str, own: str) -> tuple[str, ...]:
        places = ("--root", str(self.root), "--output-dir", str(self.output(own)))
        return (command, *places, "--now", self.now())

    def claim(self, own: str) -> Claim:
        """Give a decision or action task that is pending to a worker."""
        task = self.service.task(own)
        (claim,) = self._worker(task["taskQueueId"]).claim(1)
        assert claim["status"]["taskId"] == own
        return claim

    def finish(self, claim: Claim, ran: Ran) -> Ran:
        """Publish what a task has written, and resolve it; gives what it gave."""
        worker = self._worker(claim["task"]["taskQueueId"])
        for path in sorted(self.output(claim["status"]["taskId"]).glob("*")):
            worker.upload(claim, f"public/{path.name}", path.read_bytes(), "application/json")
        worker.resolve(claim, "completed" if ran.code == 0 else "failed")
        return ran

    def _run(self, own: str, task: Task, words: Sequence[str]) -> Ran:
        self.create(own, task)
        claim = self.claim(own)
        return self.finish(claim, ended(self.start(claim, *words)))

    def _worker(self, pool: str) -> Worker:
        return Worker(self.service.root_url, self.service.root_credentials, pool)


def ended(process: "subprocess.Popen[str]") -> Ran:
    """What a process gave, once it has ended."""
    out, err = process.communicate(timeout=300)
    return Ran(process.returncode, out, err)
