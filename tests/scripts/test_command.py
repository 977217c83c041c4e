"""`relpro keys` and `relpro worker --services`: from a file that people write to a signed file."""

from pathlib import Path

import orjson
import pytest
import slugid

from relpro.workers.services import read_services
from tests.cli.conftest import Run
from tests.scripts.stage import Stage
from tests.scripts.test_signing import CERT

FILE = "public/build/a.tar.gz"

SERVICES = """\
keys: keys
queues: {'widgets-*/signing': scriptworker-signing}
storage: {endpoint: 'http://127.0.0.1:5000/', buckets: {dep: archive}}
repositories: {widget: 'widget.git#main', other: 'https://git.example/other'}
ledger: ledger
"""


def test_workers_of_the_command_make_and_sign_a_file(
    relpro: Run, stage: Stage, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (tmp_path / "services.yml").write_text(SERVICES)
    made = relpro("keys", str(tmp_path / "keys"), "--certificate", "dep-signing")
    assert made.code == 0
    assert str(tmp_path / "keys/signing/dep-signing/mar.pub") in made.out
    decision, build, task_id = (str(slugid.nice()) for _ in range(3))
    item = {"taskId": build, "taskType": "build", "paths": [FILE], "formats": ["autograph_gpg"]}
    signing = {"upstreamArtifacts": [item]}
    bodies = {
        build: stage.making({FILE: b"a"}, decision),
        task_id: stage.script("signing", signing, CERT, decision=decision, build=build),
    }
    graph = {key: {"task": {"dependencies": [], **body}} for key, body in bodies.items()}
    files = {"public/task-graph.json": orjson.dumps(graph)}
    stage.create({decision: stage.making(files, decision), **bodies})
    for name, value in stage.service.environment().items():
        monkeypatch.setenv(name, value)
    queues = ("widgets-1/linux", "widgets-1/signing")
    options = ("--services", str(tmp_path / "services.yml"), "--folder", str(tmp_path / "work"))
    said = ""
    for queue in queues:
        ran = relpro("worker", queue, *options, "--until-idle")
        assert ran.code == 0, ran.err
        said += ran.out
    assert f"{task_id} build: completed" in said
    assert stage.service.content(task_id, f"{FILE}.asc") is not None


def test_places_of_services_are_relative_to_their_file(tmp_path: Path) -> None:
    path = tmp_path / "services.yml"
    path.write_text(SERVICES)
    found = read_services(path)
    assert found.keys == tmp_path / "keys"
    assert found.implementation("widgets-3/signing") == "scriptworker-signing"
    assert found.implementation("widgets-3/linux") is None
    assert found.storage is not None
    assert found.storage.address == "http://127.0.0.1:5000/archive/"
    assert found.repositories == {
        "widget": f"{tmp_path}/widget.git#main",
        "other": "https://git.example/other",
    }


def test_what_is_wrong_in_services_is_told_with_its_line(relpro: Run, tmp_path: Path) -> None:
    path = tmp_path / "services.yml"
    path.write_text("keys: keys\nqueues: {a/b: scriptworker-unheard-of}\nledgers: x\n")
    ran = relpro("worker", "a/b", "--services", str(path))
    assert ran.code == 2
    for line in ("services.yml:2:", "services.yml:3:"):
        assert line in ran.err
