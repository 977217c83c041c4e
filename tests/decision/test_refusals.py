"""What goes wrong in CI: one message, the right exit code, and nothing is created."""

from collections.abc import Mapping
from pathlib import Path
from typing import Any

import attrs
import pytest

from relpro.embedded import EmbeddedTaskcluster
from relpro.graph.taskids import task_id
from tests.actions.events import OWN
from tests.actions.requests import HISTORY, PARTNERS, PROMOTE
from tests.actions.small_project import write_project
from tests.cli.conftest import Run
from tests.decision.ci import Ci, answers

ACTION = task_id(OWN, "promote")


@pytest.fixture
def ci(
    tmp_path: Path, service: EmbeddedTaskcluster, relpro: Run, monkeypatch: pytest.MonkeyPatch
) -> Ci:
    answers(tmp_path, HISTORY, PARTNERS)
    ci = Ci(write_project(tmp_path / "app"), service, relpro, monkeypatch, tmp_path)
    config = ci.project.root / "kinds" / "config.yml"
    config.write_text(config.read_text().replace("[main,", "[app,"))
    assert ci.push().code == 0
    ci.work()
    return ci


def without(name: str) -> dict[str, Any]:
    return {key: value for key, value in PROMOTE.items() if key != name}


@pytest.mark.parametrize(
    ("given", "code", "exit_code", "message"),
    [
        ({**PROMOTE, "release_promotion_flavor": "promote_ap"}, "Q709", 2, "`promote_app`?"),
        (without("build_number"), "Q709", 2, "lacks `build_number`"),
        (without("release_promotion_flavor"), "Q709", 2, "lacks `release_promotion_flavor`"),
        ({**PROMOTE, "build_number": "one"}, "Q709", 2, '`input.build_number` is `"one"`'),
        ({**PROMOTE, "release_enable_emefree": "yes"}, "Q709", 2, "release_enable_emefree"),
        ({**PROMOTE, "partial_update": {}}, "Q709", 2, "did you mean `partial_updates`?"),
        ({**PROMOTE, "previous_graph_ids": [ACTION[:-1] + "Q"]}, "Q706", 2, "no task has the id"),
        ({**PROMOTE, "release_eta": "2001-01-01T00:00:00Z"}, "Q709", 2, "is in the past"),
        ({**PROMOTE, "partial_updates": {}}, "Q709", 2, "`partial_updates` of the input"),
        (
            {**without("previous_graph_ids"), "revision": "c" * 40},
            "Q707",
            2,
            f"no decision task is indexed at `gecko.v2.app.revision.{'c' * 40}",
        ),
        ({**PROMOTE, "plan_digest": "0" * 64}, "Q708", 4, "was reviewed"),
    ],
)
def test_an_input_is_refused(
    ci: Ci, given: Mapping[str, Any], code: str, exit_code: int, message: str
) -> None:
    given = {**given}
    if (
        "previous_graph_ids" in given
        and given["previous_graph_ids"] == PROMOTE["previous_graph_ids"]
    ):
        given["previous_graph_ids"] = [OWN]
    ran = ci.act("release-promotion", given, ACTION)
    assert (ran.code, ran.err.count("error[")) == (exit_code, 1), ran.err
    assert f"error[{code}]" in ran.err
    assert message in ran.err
    assert "Traceback" not in ran.err
    assert ci.service.tasks(ACTION) == {}


def test_an_artifact_that_is_gone_is_told(ci: Ci) -> None:
    other = task_id(OWN, "other")
    attrs.evolve(ci, lost=("full-task-graph.json",)).push(other)
    ran = ci.act("release-promotion", {**PROMOTE, "previous_graph_ids": [other]}, ACTION)
    assert (ran.code, ran.err.count("error[")) == (3, 1), ran.err
    assert "error[Q706]: artifact `public/full-task-graph.json` of task" in ran.err
    assert "it may have expired" in ran.err
    assert ci.service.tasks(ACTION) == {}


def test_wrong_credentials_are_told(ci: Ci, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("TASKCLUSTER_ACCESS_TOKEN", "wrong")
    ran = ci.act("release-promotion", {**PROMOTE, "previous_graph_ids": [OWN]}, ACTION)
    assert (ran.code, ran.err.count("error[")) == (3, 1), ran.err
    assert "error[Q703]" in ran.err
    assert ci.service.tasks(ACTION) == {}


def test_missing_scopes_are_told(ci: Ci, monkeypatch: pytest.MonkeyPatch) -> None:
    who = ci.service.credentials("queue:get-artifact:public/*", "queue:list-artifacts:*")
    monkeypatch.setenv("TASKCLUSTER_CLIENT_ID", who["clientId"])
    monkeypatch.setenv("TASKCLUSTER_ACCESS_TOKEN", who["accessToken"])
    ran = ci.act("release-promotion", {**PROMOTE, "previous_graph_ids": [OWN]}, ACTION)
    assert ran.code == 4, ran.err
    assert "error[Q704]" in ran.err
    assert ci.service.tasks(ACTION) == {}


def test_no_network_is_told(tmp_path: Path, relpro: Run, monkeypatch: pytest.MonkeyPatch) -> None:
    project = write_project(tmp_path / "app")
    for name in ("TASK_ID", "TASKCLUSTER_PROXY_URL", "TASKCLUSTER_CLIENT_ID"):
        monkeypatch.delenv(name, raising=False)
    monkeypatch.setenv("TASKCLUSTER_ROOT_URL", "http://127.0.0.1:9")
    monkeypatch.setattr("relpro.submit.patience.MOMENT", 0.05)
    given = tmp_path / "input.json"
    given.write_text(
        '{"release_promotion_flavor": "promote_app", "build_number": 1,'
        f' "previous_graph_ids": ["{OWN}"]}}'
    )
    ran = relpro(
        *("action", "release-promotion", "--root", str(project.root)),
        *("--input", str(given), "--dry-run"),
    )
    assert (ran.code, ran.err.count("error[")) == (3, 1), ran.err
    assert "error[Q702]: http://127.0.0.1:9 does not answer" in ran.err
