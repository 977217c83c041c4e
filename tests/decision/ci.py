"""Decision and action tasks on an embedded Taskcluster, run as a worker would run them."""

import os
import shlex
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import attrs
import orjson
import pytest
import taskcluster

from relpro.embedded import EmbeddedTaskcluster, Worker
from relpro.embedded.clock import to_text
from relpro.project import Project
from tests.actions.events import CONTEXTS, OWN, render, render_action
from tests.actions.small_project import write_json
from tests.cli.conftest import Ran, Run

PUSH = "github-push"


@attrs.frozen
class Ci:
    """A project whose tasks run here; `folder` is theirs. Files of names in `lost` get lost."""

    project: Project
    service: EmbeddedTaskcluster
    relpro: Run
    monkeypatch: pytest.MonkeyPatch
    folder: Path
    lost: tuple[str, ...] = ()

    @property
    def answers(self) -> str:
        """The file of recorded answers to look-ups."""
        return str(self.folder / "answers.json")

    def push(self, own: str = OWN, ref: str = "refs/heads/main") -> Ran:
        """What happens on a push: its decision task is made and run."""
        context = {"event": {**CONTEXTS[PUSH]["event"], "ref": ref}}
        return self._run("decision", render(PUSH, context, own), own)

    def cron(self, arguments: str, own: str) -> Ran:
        """What happens when a cron job is due: its decision task is made and run."""
        context = CONTEXTS["cron"]
        job = {**context["cron"], "quoted_args": arguments}
        task = render("cron", {**context, "cron": job, "ownTaskId": own})
        # What the shell of the worker makes of the last line: `relpro decision ARGUMENTS`.
        script = task["payload"]["command"][2]
        _relpro, command, *words = shlex.split(script.strip().splitlines()[-1])
        return self._run(command, task, own, *words)

    def act(
        self, name: str, given: Any, own: str, group: str = OWN, task: str | None = None
    ) -> Ran:
        """What happens when somebody triggers an action: its task is made and run."""
        offered = orjson.loads(self.artifact(group, "public/actions.json"))
        (entry,) = [one for one in offered["actions"] if one["name"] == name]
        return self._run(
            "action", render_action(entry, given, own=own, group=group, task=task), own
        )

    def again(self, own: str, command: str = "action", **env: str) -> Ran:
        """What happens when a task is run again, some of its variables changed."""
        before = self.service.task(own)["payload"]["env"]
        return self._with_environment({**before, **env}, own, command, self.folder / "again")

    def work(self, failing: str = "") -> None:
        """Run everything that is pending, and what then becomes pending; one label fails."""
        worker = Worker(self.service.root_url, self.service.root_credentials, "built-in/succeed")
        worker.work_loop(
            lambda claim: "failed" if claim["task"]["metadata"]["name"] == failing else "completed"
        )

    def artifact(self, task_id: str, name: str) -> bytes:
        """What a task published."""
        content = self.service.content(task_id, name)
        assert content is not None, name
        return content

    def _run(self, command: str, task: Mapping[str, Any], own: str, *words: str) -> Ran:
        body = {key: value for key, value in task.items() if key != "taskId"}
        now = self.service.clock.now()
        dates = {"created": 0, "deadline": 1, "expires": 365}
        body |= {name: to_text(now + days * 86_400_000) for name, days in dates.items()}
        taskcluster.Queue(self.service.options()).createTask(own, body)
        pool = f"{body['provisionerId']}/{body['workerType']}"
        worker = Worker(self.service.root_url, self.service.root_credentials, pool)
        (claim,) = worker.claim(1)
        output = self.folder / own
        ran = self._with_environment(body["payload"]["env"], own, command, output, *words)
        for path in sorted(output.glob("*")) if output.is_dir() else ():
            if path.name not in self.lost:
                worker.upload(claim, f"public/{path.name}", path.read_bytes(), "application/json")
        worker.resolve(claim, "completed" if ran.code == 0 else "failed")
        return ran

    def _with_environment(
        self, env: Mapping[str, str], own: str, command: str, output: Path, *further: str
    ) -> Ran:
        with self.monkeypatch.context() as patch:
            for name in [name for name in os.environ if name.startswith(("GECKO_", "ACTION_"))]:
                patch.delenv(name)
            for name, value in {**env, "TASK_ID": own}.items():
                patch.setenv(name, value)
            words = [command, "--root", str(self.project.root), "--output-dir", str(output)]
            if command == "action":
                words += ["--answers", self.answers]
            return self.relpro(*words, *further)


def answers(folder: Path, history: Any, partners: Any) -> None:
    """Record what look-ups answer."""
    write_json(
        folder / "answers.json", {"release_history": history, "release_partner_config": partners}
    )
