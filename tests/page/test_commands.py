"""Commands that give a page: what is in it is what the command would print."""

import json
import subprocess
import sys
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any

import orjson
import pytest

from tests.actions.small_project import PARAMETERS, write_project
from tests.page.graphs import document_in

#: A task that is like no other.
MORE = "{description: More, worker-type: succeed, shipping-product: app, scopes: [use:more]}"

#: Runs a command of relpro in a project, with parameters of a release.
Run = Callable[..., bytes]


@pytest.fixture
def relpro(tmp_path: Path) -> Run:
    write_project(tmp_path)
    (tmp_path / "parameters.json").write_text(json.dumps(PARAMETERS))

    def run(*words: str) -> bytes:
        command = [sys.executable, "-m", "relpro", *words, "-p", "parameters.json"]
        ran = subprocess.run(command, cwd=tmp_path, check=False, capture_output=True)
        assert ran.returncode == 0, ran.stderr.decode()
        return ran.stdout

    return run


def fates(shown: Mapping[str, Any]) -> dict[str, set[str]]:
    found: dict[str, set[str]] = {}
    for label, about in shown["about"].items():
        found.setdefault(about["fate"], set()).add(label)
    return found


def test_the_page_of_a_phase_has_what_it_creates_and_what_it_reuses(relpro: Run) -> None:
    (shown,) = document_in(relpro("graph", "--phase", "push", "--format", "html"))["graphs"]
    created = orjson.loads(relpro("graph", "--phase", "push", "--format", "json"))
    assert fates(shown) == {
        "created": {"release-app"},
        "reused": {"build-linux64", "build-win64", "publish-linux64", "publish-win64"},
    }
    assert {label: shown["tasks"][label] for label in created} == created
    assert all(about["why"] and about["place"] for about in shown["about"].values())


def test_a_task_that_others_need_says_which(relpro: Run) -> None:
    words = ("graph", "--phase", "ship", "--fresh", "--format", "html")
    (shown,) = document_in(relpro(*words))["graphs"]
    assert shown["about"]["build-linux64"]["chain"] == ["build-linux64", "publish-linux64"]


def test_the_page_has_only_the_tasks_that_were_asked_for(relpro: Run) -> None:
    words = ("graph", "--phase", "push", "--tasks", "publish", "--format", "html")
    (shown,) = document_in(relpro(*words))["graphs"]
    assert list(shown["tasks"]) == ["publish-linux64", "publish-win64"]


def test_the_page_of_an_early_stage_has_its_tasks_without_fates(relpro: Run) -> None:
    words = ("graph", "--stage", "full", "--kind", "build")
    (shown,) = document_in(relpro(*words, "--format", "html"))["graphs"]
    assert shown["tasks"] == orjson.loads(relpro(*words, "--format", "json"))
    assert not any("fate" in about for about in shown["about"].values())


def test_the_page_of_a_plan_has_what_the_plan_says(relpro: Run, tmp_path: Path) -> None:
    page = relpro("plan", "--phase", "promote", "-o", "plan.json", "--format", "html")
    (shown,) = document_in(page)["graphs"]
    plan = orjson.loads((tmp_path / "plan.json").read_bytes())
    made = fates(shown)
    assert made["created"] == set(plan["create"])
    assert made["reused"] == set(plan["reuse"])
    assert made.get("dropped", set()) <= set(plan["drop"])
    assert f"plan {plan['digest']}" in {line["text"] for line in shown["sections"][0]["lines"]}


def test_the_page_of_a_difference_has_both_graphs_and_the_risks_first(
    relpro: Run, tmp_path: Path
) -> None:
    other = tmp_path / "edited"
    write_project(other)
    kind = other / "kinds" / "build" / "build.yml"
    text = kind.read_text().replace("for Linux", "for all").partition("  win64:")[0]
    kind.write_text(text)
    release = other / "kinds" / "push" / "release.yml"
    release.write_text(f"{release.read_text()}  more: {MORE}\n")
    announce = other / "kinds" / "ship" / "announce.yml"
    announce.write_text(announce.read_text() + "    scopes: [project:releng:bouncer:x]\n")
    words = ("diff", ".", "edited", "--stage", "full", "--format", "html")
    (shown,) = document_in(relpro(*words))["graphs"]
    assert fates(shown) == {
        "same": {"publish-linux64", "release-app"},
        "changed": {"build-linux64", "announce-app"},
        "added": {"release-more"},
        "removed": {"build-win64", "publish-win64"},
    }
    assert shown["tasks"].keys() == shown["about"].keys()
    changes = shown["about"]["build-linux64"]["changes"]
    assert {(one["before"], one["after"]) for one in changes} == {
        ("Compile for Linux", "Compile for all")
    }
    headings = [section["heading"] for section in shown["sections"]]
    assert headings[1:] == ["Risks 3", "All changes"]
    assert shown["sections"][1]["lines"][0]["labels"] == ["announce-app"]


def test_a_saved_plan_cannot_be_drawn(relpro: Run, tmp_path: Path) -> None:
    relpro("plan", "--phase", "promote", "-o", "plan.json")
    command = [sys.executable, "-m", "relpro", "plan", "plan.json", "--format", "html"]
    ran = subprocess.run(command, cwd=tmp_path, check=False, capture_output=True, text=True)
    assert ran.returncode == 2
    assert "a saved plan holds no edges" in ran.stderr
