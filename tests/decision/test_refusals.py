"""What goes wrong in CI: one message, the right exit code, and nothing is created."""

from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any

import attrs
import pytest

from relpro.embedded import EmbeddedTaskcluster
from relpro.graph.taskids import task_id
from tests.actions.events import OWN
from tests.actions.requests import HISTORY, PARTNERS, PROMOTE
from tests.actions.small_project import write_project
from tests.cli.conftest import Ran, Run
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
        (
            {**PROMOTE, "previous_graph_ids": [ACTION[:-1] + "Q"]},
            "Q716",
            4,
            "the queue does not know",
        ),
        ({**PROMOTE, "release_eta": "2001-01-01T00:00:00Z"}, "Q709", 2, "is in the past"),
        ({**PROMOTE, "partial_updates": {}}, "Q709", 2, "`partial_updates` of the input"),
        (
            {**without("previous_graph_ids"), "revision": "c" * 40},
            "Q707",
            2,
            f"or `gecko.v2.mozilla-central.revision.{'c' * 40}.taskgraph.decision`",
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


@pytest.fixture
def desk(
    tmp_path: Path, ci: Ci, relpro: Run, monkeypatch: pytest.MonkeyPatch
) -> Callable[..., Ran]:
    """Asks for an action of the group, from a shell; `given` is what its input file holds."""
    monkeypatch.setenv("TASK_ID", ACTION)

    def ask(name: str, *words: str, given: str | None = None) -> Ran:
        path = tmp_path / "input"
        if given is not None:
            path.write_text(given)
            words = (*words, "--input", str(path))
        return relpro("action", name, "--root", str(ci.project.root), "--group", OWN, *words)

    return ask


@pytest.mark.parametrize(
    ("given", "message"),
    [
        ("", "error[Y105]: the file is empty"),
        ("- build", "error[Y105]: the file holds a list, not a mapping"),
        ('{"tasks": ["a"], "tasks": ["b"]}', "error[Y103]: key `tasks` is written twice"),
        ("[" * 200, "error[Y106]: values are nested more than"),
        ("3: 4", "error[Q709]: unknown field `3` of the input"),
    ],
)
def test_an_input_file_is_refused(desk: Callable[..., Ran], given: str, message: str) -> None:
    ran = desk("add-new-tasks", "--dry-run", given=given)
    assert ran.code == 2
    assert message in ran.err


@pytest.mark.parametrize("name", ["ACTION_INPUT", "ACTION_TASK_ID"])
def test_a_variable_that_is_no_json_is_refused(
    desk: Callable[..., Ran], monkeypatch: pytest.MonkeyPatch, name: str
) -> None:
    monkeypatch.setenv(name, '"[' + "[" * 50_000)
    ran = desk("rerun")
    assert (ran.code, name in ran.err) == (2, True)


@pytest.mark.parametrize("option", ["--task", "--group", "--task-id"])
def test_what_is_no_id_is_refused(desk: Callable[..., Ran], option: str) -> None:
    ran = desk("cancel", option, "../tasks")
    assert ran.code == 2
    assert f"Invalid value for '{option}': `../tasks` is not an id" in ran.err


def test_a_desk_without_taskcluster_cannot_say_what_there_is_to_cancel(
    desk: Callable[..., Ran], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.delenv("TASKCLUSTER_ROOT_URL")
    ran = desk("cancel-all", "--dry-run")
    assert (ran.code, ran.out) == (3, "")
    assert f"error[Q703]: nobody can be asked for task group `{OWN}`" in ran.err


def test_a_task_that_completed_is_not_said_to_be_cancelled(ci: Ci) -> None:
    build = task_id(OWN, "build-linux64")
    assert ci.service.states(OWN)[build] == "completed"
    assert ci.act("cancel", {}, ACTION, task=build).out == f"completed already: {build}\n"


def test_a_task_that_the_queue_does_not_know_does_nothing(desk: Callable[..., Ran], ci: Ci) -> None:
    before = ci.service.states()
    ran = desk("cancel-all")
    assert ran.code == 4
    assert f"the queue does not know task `{ACTION}`, which is to run this action" in ran.err
    assert ci.service.states() == before


def test_where_nothing_is_left_to_cancel_that_is_said(ci: Ci) -> None:
    ci.service.complete_all()
    assert ci.act("cancel-all", {}, ACTION).out == "nothing to do: every task is resolved\n"


@pytest.mark.parametrize("date", ["9999-12-31", "0001-01-01", "soon"])
def test_a_time_from_which_no_dates_can_be_counted_is_refused(
    desk: Callable[..., Ran], date: str
) -> None:
    ran = desk("cancel-all", "--now", date)
    assert (ran.code, "error[P501]: `--now` is" in ran.err) == (2, True)


def test_a_revision_that_git_does_not_know_is_told(ci: Ci) -> None:
    ran = ci.push(task_id(OWN, "again"))
    assert ran.code == 0
    assert "every file counts as changed" in ran.err
