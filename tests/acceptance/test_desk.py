"""A release of this project at a desk: no Taskcluster, only what was recorded."""

import os
import subprocess
import sys
from pathlib import Path

import orjson
import pytest

from relpro.transform.history import origins
from tests.acceptance.checkout import Release, small_release, write_answers, write_checkout
from tests.actions.small_project import DECISION, write_json

#: What a push says of itself.
PUSH = {
    "project": "mozilla-release",
    "level": "3",
    "tasks-for": "hg-push",
    "repository-type": "hg",
    "owner": "release@example.com",
    "head-repository": "https://hg.mozilla.org/releases/mozilla-release",
    "head-rev": "a" * 40,
}
CACHED = "toolchain-linux64-clang-22"


def relpro(*words: str) -> "subprocess.CompletedProcess[str]":
    """A command in a process of its own, without a Taskcluster."""
    names = ("TASKCLUSTER_", "TASK_ID", "GECKO_", "ACTION_")
    env = {name: value for name, value in os.environ.items() if not name.startswith(names)}
    command = [sys.executable, "-m", "relpro", *words]
    return subprocess.run(command, capture_output=True, text=True, env=env, check=False)


@pytest.fixture
def desk(tmp_path: Path) -> Path:
    """A folder with the project in `tree` and the push of its release in `recorded`."""
    release = small_release()
    write_checkout(tmp_path / "tree", release)
    write_answers(tmp_path / "answers.json", release)
    write_json(tmp_path / "input.json", _input(release))
    said = [word for name, value in PUSH.items() for word in (f"--{name}", value)]
    folder = tmp_path / "recorded" / DECISION / "public"
    words = ("--dry-run", "--task-id", DECISION, "--output-dir", str(folder))
    ran = relpro("decision", "--root", str(tmp_path / "tree"), *words, *said)
    assert ran.returncode == 0, ran.stderr
    return tmp_path


def _input(release: Release) -> dict[str, object]:
    updates: dict[str, dict[str, object]] = {}
    for _platform, locale, version, build in origins(release.history):
        update = updates.setdefault(version, {"buildNumber": int(build), "locales": []})
        update["locales"] = sorted({*update["locales"], locale})  # type: ignore[misc]
    return {
        "release_promotion_flavor": "promote_firefox",
        "build_number": 1,
        "version": release.version,
        "previous_graph_ids": [DECISION],
        "partial_updates": updates,
    }


def promoted(desk: Path) -> "subprocess.CompletedProcess[str]":
    words = ("--dry-run", "--input", str(desk / "input.json"), "--group", DECISION)
    recorded = ("--artifacts", str(desk / "recorded"), "--answers", str(desk / "answers.json"))
    return relpro("action", "release-promotion", "--root", str(desk / "tree"), *words, *recorded)


def test_a_release_is_promoted_over_the_builds_of_a_recorded_push(desk: Path) -> None:
    ran = promoted(desk)
    assert (ran.returncode, ran.stderr) == (0, "")
    assert "passed nothing is compiled again" in ran.stdout


def test_recorded_answers_hold_the_index(desk: Path) -> None:
    """They speak for the index alone: what they lack is not there, and would be made anew."""
    public = desk / "recorded" / DECISION / "public"
    full = orjson.loads((public / "full-task-graph.json").read_bytes())
    made = orjson.loads((public / "label-to-taskid.json").read_bytes())
    index = {
        full[label]["optimization"]["index-search"][-1]: task_id
        for label, task_id in made.items()
        if "index-search" in (full.get(label, {}).get("optimization") or {})
    }
    answers = orjson.loads((desk / "answers.json").read_bytes())
    write_json(desk / "answers.json", {**answers, "index": index})
    assert promoted(desk).returncode == 0
    (path,) = full[CACHED]["optimization"]["index-search"]
    del index[path]
    write_json(desk / "answers.json", {**answers, "index": index})
    ran = promoted(desk)
    assert ran.returncode == 4
    assert (
        f"why: it needs `{CACHED}`, which is made anew: index-search: nothing in the" in ran.stderr
    )
    assert (
        f"`{CACHED}`, and it is found in the index (at a desk: in `--answers`), or push anew"
        in ran.stderr
    )
    assert "rebuild_kinds" not in ran.stderr
