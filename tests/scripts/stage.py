"""A Taskcluster with workers of commands and of scripts, which trust the keys of one rehearsal.

What a script is handed comes of real runs: a decision task publishes the graph, a task of
generic-worker the files, and the worker that ran them has signed for them.
"""

import base64
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any

import attrs
import orjson
import slugid
import taskcluster

from relpro.embedded import EmbeddedTaskcluster
from relpro.submit.access import Access
from relpro.submit.connection import Connection
from relpro.workers import LocalWorker, Outcome, Seat
from relpro.workers.rehearsal import Rehearsal
from relpro.workers.services import Services
from tests.embedded.bodies import at, definition

#: Of workers that run commands.
COMMANDS = "widgets-1/linux"

Json = dict[str, Any]


@attrs.frozen
class Handed:
    """Files that a task made, and the decision task that created it."""

    decision: str
    task_id: str

    def upstream(self, *paths: str, **more: Any) -> Json:
        """An upstream artifact of a payload."""
        return {"taskId": self.task_id, "taskType": "build", "paths": list(paths), **more}


@attrs.frozen
class Stage:
    """The service, the services of scripts, and a folder for workers."""

    service: EmbeddedTaskcluster
    services: Services
    folder: Path

    def options(self) -> Mapping[str, Any]:
        return self.service.options()

    def work(self, queue: str, services: Services | None = None) -> list[Outcome]:
        """Run what is pending on a queue, by a worker that has nothing but services and keys."""
        access = Access.from_environment(self.service.environment())
        seat = Seat(Connection(access), queue)
        rehearsal = Rehearsal.of(services or self.services)
        with LocalWorker(seat, self.folder / queue, rehearsal=rehearsal) as worker:
            return worker.work(until_idle=True)

    def create(self, bodies: Mapping[str, Json]) -> None:
        queue = taskcluster.Queue(self.options())
        for task_id, body in bodies.items():
            queue.createTask(task_id, body)

    def run(
        self,
        script: str,
        payload: Json,
        *scopes: str,
        files: Mapping[str, bytes] | None = None,
        services: Services | None = None,
        meanwhile: Callable[["Handed"], object] = id,
        apart: bool = False,
        **more: Any,
    ) -> "Ran":
        """A task of a script with files that a task upstream made: how it ended.

        `UPSTREAM` in the payload stands for the id of that task: the decision task, which is
        quicker, or one `apart`. `meanwhile` is called once it has made them.
        """
        decision, task_id = (str(slugid.nice()) for _ in range(2))
        build = str(slugid.nice()) if apart else decision
        payload = _replaced(payload, build)
        made = {build: self.making(files or {}, decision)} if apart else {}
        script_task = self.script(script, payload, *scopes, decision=decision, build=build, **more)
        bodies = {**made, task_id: script_task}
        self.decide(decision, bodies, {} if apart else files)
        self.create(bodies)
        if apart:
            (outcome,) = self.work(COMMANDS)
            assert outcome.end.state == "completed", outcome
        handed = Handed(decision, build)
        meanwhile(handed)
        (outcome,) = self.work(f"widgets-1/{script}", services)
        return Ran(self, outcome, handed)

    def decide(
        self,
        decision: str,
        bodies: Mapping[str, Json],
        files: Mapping[str, bytes] | None = None,
    ) -> None:
        """Let a decision task publish a graph, and some files."""
        graph = {task_id: {"task": _as_kept(body)} for task_id, body in bodies.items()}
        every = {**(files or {}), "public/task-graph.json": orjson.dumps(graph)}
        self.create({decision: self.making(every, decision)})
        (outcome,) = self.work(COMMANDS)
        assert outcome.end.state == "completed", outcome

    def making(self, files: Mapping[str, bytes], decision: str) -> Json:
        """A task that publishes files."""
        mounts = [
            {"file": f"made/{number}", "content": {"base64": base64.b64encode(content).decode()}}
            for number, content in enumerate(files.values())
        ]
        artifacts = [
            {"name": name, "path": f"made/{number}", "type": "file"}
            for number, name in enumerate(files)
        ]
        payload = {
            "command": [["true"]],
            "maxRunTime": 60,
            "mounts": mounts,
            "artifacts": artifacts,
            "features": {"chainOfTrust": True},
        }
        tags = {"worker-implementation": "generic-worker"}
        return self._body(COMMANDS, payload, (), decision, tags=tags)

    def script(
        self, script: str, payload: Json, *scopes: str, decision: str, build: str, **more: Any
    ) -> Json:
        """A task of a script."""
        tags = {"worker-implementation": "scriptworker", "kind": script}
        partials = {"partials": more.pop("partials")} if "partials" in more else {}
        extra = {"parent": decision, **partials}
        more = {"tags": tags, "dependencies": [build], "extra": extra, **more}
        return self._body(f"widgets-1/{script}", payload, scopes, decision, **more)

    def _body(
        self, queue: str, payload: Json, scopes: tuple[str, ...], decision: str, **more: Any
    ) -> Json:
        provisioner, _, worker_type = queue.partition("/")
        made = {
            "taskQueueId": None,
            "provisionerId": provisioner,
            "workerType": worker_type,
            "taskGroupId": decision,
            "schedulerId": "widgets-level-1",
            "expires": at(self.service, 86400.0 * 2),
            "payload": payload,
            "scopes": list(scopes),
            "extra": {"parent": decision},
            "retries": 0,
            **more,
        }
        return definition(self.service, **made)


@attrs.frozen
class Ran:
    """How a task of a script ended, and what it was handed."""

    stage: Stage
    outcome: Outcome
    handed: Handed

    @property
    def state(self) -> str:
        """How it ended; where it did not complete, with the reason."""
        end = self.outcome.end
        return f"{end.state}: {end.why}" if end.why else end.state

    def artifact(self, name: str) -> bytes | None:
        return self.stage.service.content(self.outcome.task_id, name, self.outcome.run_id)

    def made(self, name: str) -> bytes:
        content = self.artifact(name)
        assert content is not None, f"no {name}; {self.state}"
        return content

    def names(self) -> list[str]:
        """Its artifacts, without logs and statements."""
        queue = taskcluster.Queue(self.stage.options())
        found = queue.listArtifacts(self.outcome.task_id, self.outcome.run_id)["artifacts"]
        beside = ("public/logs/", "public/chain-of-trust.json")
        return sorted(one["name"] for one in found if not one["name"].startswith(beside))


def _replaced(value: Any, build: str) -> Any:
    return orjson.loads(orjson.dumps(value).replace(b"UPSTREAM", build.encode()))


def _as_kept(body: Json) -> Json:
    """A body as a graph has it."""
    return {"dependencies": [], **body}
