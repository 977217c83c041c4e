"""A project that uses every extension point once, with the wheel and nothing of this repository."""

import json
import re
import shutil
import subprocess
from pathlib import Path

import pytest

from tests.adopter.conftest import Installed, run_module

PROJECT = Path(__file__).parent / "extended"
REPOSITORY = "https://github.com/me/thing"
GIVEN = (
    "--param",
    "project=thing",
    "--param",
    "level=3",
    "--param",
    f"head_repository={REPOSITORY}",
)


@pytest.fixture
def things(tmp_path: Path, installed: Installed) -> Path:
    root = tmp_path / "things"
    shutil.copytree(PROJECT, root, ignore=shutil.ignore_patterns("__pycache__"))
    run_module(root, "relpro", "init", "--only", ".taskcluster.yml", python=installed.python)
    git = ("git", "-C", str(root), "-c", "user.name=Us", "-c", "user.email=us@example.com")
    for words in (("init", "-q"), ("add", "."), ("commit", "-q", "-m", "Things")):
        subprocess.run([*git, *words], check=True)
    return root


def said(root: Path, installed: Installed, *words: str, code: int = 0) -> str:
    ran = run_module(root, "relpro", *words, python=installed.python)
    assert ran.returncode == code, ran.stderr
    return ran.stdout + ran.stderr


@pytest.mark.slow
def test_every_extension_point_is_used_once(things: Path, installed: Installed) -> None:
    made = run_module(
        things, "relpro", "graph", *GIVEN, "--format", "json", python=installed.python
    )
    graph = json.loads(made.stdout)
    assert list(graph) == ["fetch-weather", "thing-made", "thing-notarized"]
    assert "date > /builds/worker/artifacts/monday.txt" in str(graph)  # the type of fetch
    notarized = graph["thing-notarized"]["task"]
    assert notarized["payload"] == {"office": "Berlin", "pages": 3}  # the payload builder
    assert notarized["scopes"] == ["project:things:releng:notary:Berlin"]
    task = graph["thing-made"]["task"]
    assert task["payload"]["command"][-2:] == ["./gradlew", "assemble"]  # the handler of `run`
    assert "version 2026" in task["metadata"]["description"]  # the version parser
    assert task["extra"]["treeherder"]["groupName"] == "Things"
    assert any(one.endswith(".made.unknown") for one in task["routes"])  # index type, parameter
    why = said(things, installed, "why-not", "thing-sunscreen", *GIVEN)
    assert "`in-good-weather`: the weather is unknown, not sun" in why  # the strategy, its reason
    why = said(things, installed, "why-not", "thing-notes", *GIVEN)
    assert "by `transforms.choices.no_notes`: nobody reads notes" in why  # the filter
    names = said(things, installed, "actions", "--names", *GIVEN)
    assert "notarize               Have it notarized once more." in names
    done = said(things, installed, "action", "notarize", "--dry-run")
    assert re.search(r"^ +2 +thing$", done, re.MULTILINE), done
    words = ("--phase", "promote", "--param", "campaign=spring", "--format", "json")
    made = run_module(things, "relpro", "graph", *GIVEN, *words, python=installed.python)
    letters = json.loads(made.stdout)
    # One for each group, and what the morph adds.
    assert list(letters) == ["letter-made", "letter-notarized", "receipt"]
    assert list(letters["receipt"]["dependencies"]) == ["letter-made", "letter-notarized"]
    assert letters["letter-made"]["task"]["metadata"]["description"] == (
        "Tell of spring, by the makers"  # the transform, and what a promotion may be given
    )
    why = said(things, installed, "why", "receipt", *GIVEN, *words[:4])
    assert "added by the morph stage: transforms.choices.receipt: a morph of the project" in why
    scopes = said(things, installed, "scopes")
    assert "action notarize of thing\n" in scopes
    assert "project:things:releng:notary:Berlin" in scopes


@pytest.mark.slow
def test_a_decision_computes_parameters_and_asks_for_changes(
    things: Path, installed: Installed
) -> None:
    words = ("--project", "thing", "--level", "3", "--tasks-for", "github-push")
    words += ("--owner", "me@example.com", "--head-repository", REPOSITORY)
    words += ("--head-ref", "refs/heads/main", "--head-rev", "HEAD")
    said(things, installed, "decision", "--dry-run", *words)
    recorded = (things / "artifacts" / "public" / "parameters.yml").read_text()
    assert "weather: sun\n" in recorded  # computed of the tree
    assert "files_changed:\n- README\n" in recorded  # the look-up
    # What was computed decides about tasks, now and later.
    assert "thing-sunscreen\n" in said(things, installed, "graph", "-p", "artifacts/public")


@pytest.mark.slow
@pytest.mark.parametrize(
    ("file", "old", "new", "expected"),
    [
        ("kinds/build/thing.yml", "pages: 3", "pages: 12", "error[G311]: task `thing-notarized`"),
        ("kinds/build/thing.yml", "Berlin", "Nowhere", "there is no such office"),
        (
            "kinds/build/thing.yml",
            "  notes:",
            "  test:",
            "error[K254]: task `thing-test` is",
        ),
        ("transforms/choices.py", "> 5", "> 1", "error[K254]: there are 3 tasks"),
        (
            "kinds/build/thing.yml",
            "Have the thing notarized",
            "Do",
            "`thing-notarized` says nothing",
        ),
        ("kinds/config.yml", "transforms.notary", "transforms.notar", "error[K252]"),
    ],
)
def test_what_is_wrong_is_told_at_its_place(
    file: str, old: str, new: str, expected: str, things: Path, installed: Installed
) -> None:
    path = things / file
    path.write_text(path.read_text().replace(old, new, 1))
    told = said(things, installed, "graph", *GIVEN, code=2)
    assert expected in told
    assert "  --> kinds/" in told
