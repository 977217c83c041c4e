"""`relpro query` and `relpro show`, as a person asks."""

from pathlib import Path

import orjson
import pytest
import yaml

from tests.actions.small_project import PARAMETERS, write_project
from tests.cli.conftest import Run


@pytest.fixture(autouse=True)
def project(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    write_project(tmp_path)
    (tmp_path / "p.json").write_bytes(orjson.dumps(PARAMETERS))
    monkeypatch.chdir(tmp_path)
    return tmp_path


def test_a_question_is_asked_of_what_is_wanted_and_all_that_it_needs(relpro: Run) -> None:
    ran = relpro("query", "deps(announce-app, 2)", "--phase", "ship", "-p", "p.json")
    assert (ran.code, ran.out.split(), ran.err) == (
        0,
        ["publish-linux64", "release-app", "announce-app"],
        "",
    )
    ran = relpro("query", "kind(build)", "--stage", "optimized", "--phase", "ship", "-p", "p.json")
    assert (ran.code, ran.out) == (0, "")


def test_the_answer_comes_in_the_formats_of_graphs(relpro: Run) -> None:
    words = ("--phase", "ship", "-p", "p.json", "--format")
    drawn = relpro("query", "kind('^(r|a)')", *words, "dot-tasks").out
    assert '"release-app" -> "announce-app"' in drawn
    assert '"release" -> "announce"' in relpro("query", "kind('^(r|a)')", *words, "dot").out
    found = orjson.loads(relpro("query", "release-app", *words, "json").out)
    assert list(found) == ["release-app"]


def test_a_mistake_in_a_question_is_told_with_its_code(relpro: Run) -> None:
    ran = relpro("query", "deps(announce-app", "--phase", "ship", "-p", "p.json")
    assert (ran.code, ran.out) == (2, "")
    assert "error[O620]" in ran.err
    assert "`)` must stand where there is nothing" in ran.err


def test_a_task_is_shown_as_the_queue_would_get_it(relpro: Run) -> None:
    ran = relpro("show", "announce-app", "--phase", "ship", "-p", "p.json")
    shown = yaml.safe_load(ran.out)
    assert (ran.code, shown["label"]) == (0, "announce-app")
    assert shown["task"]["metadata"]["name"] == "announce-app"
    assert all(len(one) == 22 for one in shown["task"]["dependencies"])


def test_a_reused_task_is_shown_as_its_kind_makes_it(relpro: Run) -> None:
    shown = yaml.safe_load(relpro("show", "build-linux64", "--phase", "ship", "-p", "p.json").out)
    assert shown["kind"] == "build"
    assert "dependencies" not in shown["task"]


def test_a_task_that_is_not_there_is_told_why(relpro: Run) -> None:
    words = ("--phase", "ship", "-p", "p.json")
    ran = relpro("show", "anounce-app", *words)
    assert (ran.code, ran.out) == (2, "")
    assert "did you mean `announce-app`?" in ran.err
    ran = relpro("show", "build-linux64", *words, "--stage", "optimized")
    assert "stage `optimized` has no task `build-linux64`" in ran.err


def test_neighbours_of_what_is_named_are_kept_where_they_are_asked_for(relpro: Run) -> None:
    words = ("graph", "--stage", "full", "-p", "p.json")
    assert relpro(*words, "--kind", "release").out == "release-app\n"
    beside = "announce-app\npublish-linux64\nrelease-app\n"
    assert relpro(*words, "--kind", "release", "--neighbours").out == beside
    assert relpro(*words, "--tasks", "release", "--neighbours").out == beside
    assert relpro(*words, "--tasks", "relaese").err == (
        'no label of stage full fits --tasks "relaese"\n'
    )


def test_who_needs_a_task_is_told(relpro: Run) -> None:
    told = relpro("why", "publish-linux64", "--phase", "ship", "-p", "p.json").out
    assert told.endswith("  needed by `release-app`\n")
    told = relpro("why", "announce-app", "--phase", "ship", "-p", "p.json").out
    assert "needed by" not in told
