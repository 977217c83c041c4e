"""What the how-to guides tell their readers to do has the effect that they promise."""

import hashlib
import json
import runpy
import shutil
import sys
from collections.abc import Mapping
from pathlib import Path
from typing import Any
from xml.etree import ElementTree

import pytest

from tests.docs.pages import DOCS, Run, Write, blocks, steps
from tests.docs.reader import Reader

ROOT = DOCS.parent
HOW_TO = DOCS / "how-to"
EXAMPLE = "-p docs/examples/release/parameters.yml -p docs/examples/release/history.json"


@pytest.fixture
def reader(tmp_path: Path) -> Reader:
    """Somebody with a copy of this project."""
    for part in ("kinds", "transforms", "docs/examples"):
        shutil.copytree(ROOT / part, tmp_path / part)
    return Reader(tmp_path)


def page(name: str) -> str:
    return (HOW_TO / f"{name}.md").read_text(encoding="utf-8")


def sessions(text: str) -> list[Run]:
    found = [step for step in steps(text) if isinstance(step, Run)]
    assert found
    return found


def graph(reader: Reader, phase: str) -> Mapping[str, Any]:
    made = reader.run(f"relpro graph --phase {phase} {EXAMPLE} --format json 2>/dev/null")
    assert made, reader.run(f"relpro graph --phase {phase} {EXAMPLE}")
    found: Mapping[str, Any] = json.loads(made)
    return found


@pytest.mark.parametrize("name", ["promote-a-release", "test-updates-locally"])
def test_the_guide_shows_what_its_commands_print(name: str, reader: Reader) -> None:
    for run in sessions(page(name)):
        reader.take(run)


def test_gates_hold_every_task_that_publishes_in_their_phase(reader: Reader) -> None:
    gates = blocks(page("gate-a-phase"), "yaml")[0]
    config = reader.folder / "kinds" / "config.yml"
    text = config.read_text(encoding="utf-8")
    assert text.count("\nrelease-promotion:\n") == 1
    text = text.replace("\nrelease-promotion:\n", f"\nrelease-promotion:\n{gates}")
    config.write_text(text, encoding="utf-8")
    for run in sessions(page("gate-a-phase")):
        reader.take(run)
    expected = {
        "push": (["qa", "relman"], {"release-beetmover-push-to-release"}),
        "ship": (["relman"], {"release-balrog-scheduling", "release-bouncer-aliases"}),
    }
    for phase, (roles, kinds) in expected.items():
        made = graph(reader, phase)
        labels = [f"signoff-firefox-{phase}-{role}" for role in roles]
        assert [label for label in made if made[label]["kind"] == "signoff"] == labels
        for label, role in zip(labels, roles, strict=True):
            assert made[label]["task"]["projectId"] == f"signoff/{role}"
        waiting = {
            task["kind"]
            for task in made.values()
            if task["attributes"]["shipping_product"] == "firefox"
            and set(labels) <= set(task["dependencies"].values())
        }
        assert waiting == kinds
        assert kinds <= {task["kind"] for task in made.values()}
        assert all(
            set(labels) <= set(task["dependencies"].values())
            for task in made.values()
            if task["kind"] in kinds
        )


def test_the_update_that_is_served_is_that_of_the_archive(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (script,) = (
        step.text
        for step in steps(page("test-updates-locally"))
        if isinstance(step, Write) and step.path == "serve_update.py"
    )
    mar = tmp_path / "target.complete.mar"
    mar.write_bytes(b"MAR1 and so on")
    path = tmp_path / "serve_update.py"
    path.write_text(script, encoding="utf-8")
    monkeypatch.setattr(sys, "argv", [str(path), str(mar), "140.0.4", "20250715120000"])
    runpy.run_path(str(path), run_name="not main: nothing is served")
    update = ElementTree.parse(tmp_path / "update.xml").getroot()[0]
    patch = update[0]
    assert update.attrib["buildID"] == "20250715120000"
    assert patch.attrib["hashValue"] == hashlib.sha512(b"MAR1 and so on").hexdigest()
    assert patch.attrib["size"] == "14"
    assert patch.attrib["URL"].endswith("/target.complete.mar")


def test_the_transform_that_is_written_passes_the_test_that_is_written_for_it(
    tmp_path: Path,
) -> None:
    reader = Reader(tmp_path)
    tutorial = (DOCS / "tutorial" / "first-release.md").read_text(encoding="utf-8")
    for step in [*steps(tutorial), *steps(page("write-a-transform"))]:
        if isinstance(step, Write):
            reader.take(step)
    printed = reader.run("python -m pytest -q -p no:cacheprovider -p no:xdist tests")
    assert "1 passed" in printed, printed
    kind = tmp_path / "kinds" / "build" / "packages.yml"
    kind.write_text(kind.read_text().replace("[public/target.zip]", "x, hash: md5"))
    assert "error[K201]" in reader.run("relpro graph --stage full")
    kind.write_text(kind.read_text().replace("x, hash", "[x], hash"))
    printed = reader.run("relpro graph --stage full")
    assert "error[T411]: hash `md5` is unknown" in printed
    assert "use sha256 or sha512" in printed


def test_a_locale_is_added_by_one_line(reader: Reader) -> None:
    (line,) = blocks(page("add-a-locale-or-platform"), "text")
    changesets = reader.folder / "kinds" / "data" / "l10n-changesets.json"
    text = changesets.read_text(encoding="utf-8")
    changesets.write_text(text.replace("{\n", f"{{\n{line}", 1), encoding="utf-8")
    after = graph(reader, "promote")
    locales = [task["attributes"].get("locale") for task in after.values()]
    kinds = {
        task["kind"]: [
            other["attributes"]["build_platform"]
            for other in after.values()
            if other["kind"] == task["kind"] and other["attributes"].get("locale") == "xy"
        ]
        for task in after.values()
        if task["attributes"].get("locale") == "xy"
    }
    assert "xy" in locales
    assert len(kinds["balrog"]) == 3
    assert len(kinds["beetmover-repackage"]) == 3
