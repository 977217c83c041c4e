"""What a worker of a script believes, and what it refuses before it acts."""

from collections.abc import Callable
from pathlib import Path
from typing import Any

import attrs
import orjson
import pytest
import slugid

from relpro.embedded import EmbeddedTaskcluster
from relpro.workers.keys import make_keys
from tests.scripts.stage import COMMANDS, Handed, Ran, Stage

CERT = "project:widgets:releng:signing:cert:dep-signing"
FILE = "public/build/a.tar.gz"
STATEMENT = "public/chain-of-trust.json"

Meanwhile = Callable[[EmbeddedTaskcluster, Handed], object]


def payload(*paths: str, **more: Any) -> dict[str, Any]:
    item = {"taskId": "UPSTREAM", "taskType": "build", "formats": ["autograph_gpg"]}
    return {"upstreamArtifacts": [{**item, "paths": list(paths or (FILE,)), **more}]}


def sign(stage: Stage, *paths: str, **more: Any) -> Ran:
    return stage.run("signing", payload(*paths), CERT, files={FILE: b"a"}, apart=True, **more)


def put(service: EmbeddedTaskcluster, task_id: str, name: str, content: bytes) -> None:
    """Put other bytes into the storage of artifacts."""
    words = "update content set body = ? where task_id = ? and name = ?"
    assert service._run(lambda: service._store.run(words, content, task_id, name)) == 1


def change(service: EmbeddedTaskcluster, task_id: str, **changes: Any) -> None:
    """Change a definition in the queue's own database."""
    body = orjson.dumps({**service.task(task_id), **changes})
    words = "update task set definition = ? where task_id = ?"
    assert service._run(lambda: service._store.run(words, body, task_id)) == 1


def _other_file(service: EmbeddedTaskcluster, handed: Handed) -> None:
    put(service, handed.task_id, FILE, b"b")


def _other_statement(service: EmbeddedTaskcluster, handed: Handed) -> None:
    said = service.content(handed.task_id, STATEMENT)
    assert said is not None
    put(service, handed.task_id, STATEMENT, said.replace(b'"runId": 0', b'"runId": 1'))


def _statement_of_another_task(service: EmbeddedTaskcluster, handed: Handed) -> None:
    for name in (STATEMENT, f"{STATEMENT}.sig"):
        content = service.content(handed.decision, name)
        assert content is not None
        put(service, handed.task_id, name, content)


def _other_task(service: EmbeddedTaskcluster, handed: Handed) -> None:
    body = service.task(handed.task_id)
    change(service, handed.task_id, payload={**body["payload"], "command": [["false"]]})


def _other_scopes_of_the_parent(service: EmbeddedTaskcluster, handed: Handed) -> None:
    change(service, handed.decision, scopes=["assume:everybody"])


def _other_graph(service: EmbeddedTaskcluster, handed: Handed) -> None:
    put(service, handed.decision, "public/task-graph.json", b"{}")


@pytest.mark.parametrize(
    ("alter", "why"),
    [
        (_other_file, f"`{FILE}` of task"),
        (_other_statement, "no key of generic-worker has signed the statement"),
        (_statement_of_another_task, "is of task"),
        (_other_task, "is not as its worker has stated it: `payload`"),
        (_other_scopes_of_the_parent, "is not as its worker has stated it: `scopes`"),
        (_other_graph, "`public/task-graph.json` of task"),
    ],
)
def test_what_was_altered_is_refused_and_nothing_is_signed(
    stage: Stage, alter: Meanwhile, why: str
) -> None:
    ran = sign(stage, meanwhile=lambda handed: alter(stage.service, handed))
    assert ran.state.startswith("malformed-payload: the Chain of Trust does not hold: ")
    assert why in ran.state
    assert ran.names() == []


def test_what_others_have_signed_is_refused(stage: Stage, tmp_path: Path) -> None:
    keys = make_keys(tmp_path / "keys")
    ran = sign(stage, services=attrs.evolve(stage.services, keys=keys.folder))
    assert "no key of generic-worker has signed the statement" in ran.state
    assert ran.names() == []


def test_a_task_that_is_not_what_its_parent_made_is_refused(stage: Stage) -> None:
    decision, build, task_id = (str(slugid.nice()) for _ in range(3))
    made = stage.making({FILE: b"a"}, decision)
    said = orjson.loads(orjson.dumps(payload()).replace(b"UPSTREAM", build.encode()))
    body = stage.script("signing", said, CERT, decision=decision, build=build)
    elsewhere = {**body, "scopes": [CERT.replace("dep", "release")]}
    stage.decide(decision, {build: made, task_id: elsewhere})
    stage.create({build: made, task_id: body})
    stage.work(COMMANDS)
    (outcome,) = stage.work("widgets-1/signing")
    assert f"differs from the graph of task {decision} in `scopes`" in outcome.end.why


def test_a_file_that_was_not_published_is_refused_unless_it_is_optional(stage: Stage) -> None:
    missing = "public/build/b.tar.gz"
    ran = sign(stage, FILE, missing)
    assert f"does not have `{missing}`" in ran.state
    item = {"taskId": "UPSTREAM", "taskType": "build", "paths": [missing], "optional": True}
    others = {"upstreamArtifacts": [*payload()["upstreamArtifacts"], {**item, "formats": []}]}
    ran = stage.run("signing", others, CERT, files={FILE: b"a"})
    assert ran.state == "completed"


def test_patterns_stand_for_what_was_published(stage: Stage) -> None:
    files = {FILE: b"a", "public/build/c.tar.gz": b"c", "public/other": b"d"}
    ran = stage.run("signing", payload("public/build/*"), CERT, files=files)
    signed = [name for name in ran.names() if name.endswith(".asc")]
    assert signed == [f"{FILE}.asc", "public/build/c.tar.gz.asc"]


def test_what_a_worker_makes_is_stated_and_signed(stage: Stage) -> None:
    ran = sign(stage)
    said, signature = ran.made(STATEMENT), ran.made(f"{STATEMENT}.sig")
    assert sorted(orjson.loads(said)["artifacts"]) == ran.names()
    keys = make_keys(stage.services.keys)
    assert keys.is_signed("scriptworker", said, signature)
    assert not keys.is_signed("scriptworker", said + b" ", signature)
    assert not keys.is_signed("docker-worker", said, signature)


def test_a_script_that_takes_too_long_is_stopped(stage: Stage) -> None:
    said = {**payload(), "maxRunTime": 0}
    ran = stage.run("signing", said, CERT, files={FILE: b"a"})
    assert ran.state == "failed: the task took longer than 0 seconds"
    assert ran.names() == []
