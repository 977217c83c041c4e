"""What the tasks of a group do, asked of the Taskcluster that has them."""

from pathlib import Path

import orjson
import pytest

from relpro.embedded import EmbeddedTaskcluster
from tests.actions.events import OWN
from tests.actions.small_project import write_project
from tests.cli.conftest import Run
from tests.cli.groups import submit_release, use
from tests.decision.ci import Ci
from tests.submit.graphs import GROUP

ALIAS = "succeed: {provisioner: built-in"
SHIP_IT = (
    "ship-it: {provisioner: made-up, worker-type: ship-it, implementation: scriptworker-shipit,"
    " os: scriptworker}\n    "
)
MARK = """\
description: Say of a build that it is there.
tasks:
  mark:
    description: Say so
    worker-type: ship-it
    shipping-product: app
    dependencies: {build: build-linux64}
    worker: {action: mark-as-shipped, release-name: App-1.0-build1}
kind-dependencies: [build]
"""


@pytest.fixture
def ci(
    tmp_path: Path, service: EmbeddedTaskcluster, relpro: Run, monkeypatch: pytest.MonkeyPatch
) -> Ci:
    project = write_project(tmp_path / "app")
    config = project.root / "kinds" / "config.yml"
    text = config.read_text().replace("[main,", "[app,")
    config.write_text(text.replace(ALIAS, SHIP_IT + ALIAS))
    (project.root / "kinds" / "build" / "mark.yml").write_text(MARK)
    return Ci(project, service, relpro, monkeypatch, tmp_path)


def test_effects_are_those_that_the_decision_task_published(
    ci: Ci, relpro: Run, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    assert ci.push().code == 0
    use(monkeypatch, ci.service)
    monkeypatch.chdir(tmp_path)  # it needs no project
    ran = relpro("effects", "--group", OWN, "--json")
    (row,) = orjson.loads(ran.out)
    assert (row["does"], row["place"], row["task"]) == ("writes", "record", "mark-mark")
    assert row["key"].endswith("/App-1.0-build1")


def test_what_a_failed_task_keeps_from_being_written_is_told(
    ci: Ci, relpro: Run, monkeypatch: pytest.MonkeyPatch
) -> None:
    assert ci.push().code == 0
    use(monkeypatch, ci.service)
    ci.work(failing="build-linux64")
    ran = relpro("status", OWN)
    (line,) = (line for line in ran.out.splitlines() if "not written" in line)
    assert line.startswith("  not written: 1 record place (")
    assert line.endswith("/App-1.0-build1)")
    failed = orjson.loads(relpro("status", OWN, "--json").out)["failed"][0]
    assert failed["blocks"] == ["mark-mark"]
    (place,) = failed["unwritten"]
    assert place["place"] == "record"


def test_a_group_of_no_graph_is_refused(
    service: EmbeddedTaskcluster, relpro: Run, monkeypatch: pytest.MonkeyPatch
) -> None:
    submit_release(service)
    use(monkeypatch, service)
    ran = relpro("effects", "--group", GROUP)
    assert (ran.code, "says which graph it is of" in ran.err) == (2, True)
